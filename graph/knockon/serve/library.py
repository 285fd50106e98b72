"""The library of queries over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from knockon.analysis.records.library import LibraryAnswer, library_answer
from knockon.graph import Graph
from knockon.query.library import check_arguments, query_by_name


def ask_library(graph: Graph, name: str, param: Mapping[str, str] | None = None, as_of: str | None = None) -> LibraryAnswer:
    """Return the rows of a query of the library. It runs without limits of its own: a worker has them.

    Parameters
    ----------
    param
        The parameters of the query, each the name of a record: ``{"entity": "nvidia"}``.
    as_of
        The day whose records are asked; None: all records.
    """
    query = query_by_name(name)
    arguments: dict[str, Any] = dict(param or {})
    # An argument must not pass for an option of ``Graph.query``.
    check_arguments(query, arguments)
    return library_answer(query, graph.query(name=name, limits=None, as_of=as_of, **arguments))


__all__ = ["ask_library"]
