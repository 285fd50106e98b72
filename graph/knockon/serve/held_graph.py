"""The graph that a worker holds open: it answers questions by name, and has the functions of queries."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from knockon.analysis.sparql_functions import functions
from knockon.authoring.open import open_store
from knockon.authoring.options import ReadOptions
from knockon.errors import KnockonError
from knockon.graph import Graph
from knockon.model import Shock
from knockon.serve.questions import answer_bytes
from knockon.store.folder import FolderStore
from knockon.store.oxigraph import MemoryStore


class HeldGraph:
    """A graph in a worker.

    Parameters
    ----------
    source
        What ``knockon.open`` accepts.
    read
        The values of ``ReadOptions``.
    documents
        The folder with the cited documents; None: no quotation is shown.
    writable
        Whether the source is a folder that may still be empty: then so is the graph.

    Examples
    --------
    >>> held = HeldGraph("chips", {}, None)
    >>> held.answer("shocks", {}, "json")[:1] in {b"{", b"["}
    True
    """

    def __init__(self, source: str | None, read: Mapping[str, Any], documents: str | None, *, writable: bool = False) -> None:
        is_empty = writable and source is not None and FolderStore(Path(source)).empty
        self._graph = Graph(MemoryStore() if is_empty else open_store(source, options=read_options(read)))
        self._documents = None if documents is None else Path(documents)
        #: The functions that a query may call.
        self.functions = functions(self._graph._context)
        self._warm()

    def _warm(self) -> None:
        """Ask a first question, so that the modules and the network of most others are ready."""
        # What is wrong with the data is the answer to questions, and keeps no worker from starting.
        with suppress(KnockonError):
            if (shock := next(self._graph.records(Shock), None)) is not None:
                self._graph.impact(shock.id)

    def answer(self, name: str, values: Mapping[str, Any], form: str) -> bytes:
        """Answer a question by its name.

        Raises
        ------
        KnockonError
            As the question raises it; an error that nobody foresaw is one too, so that it costs this answer and no worker.
        """
        try:
            return answer_bytes(self._graph, name, values, form, self._documents)
        except (KnockonError, MemoryError):
            raise
        except Exception as error:
            sys.stderr.write("".join(traceback.format_exception(error)))
            raise KnockonError(f"{name} cannot be answered") from None


def read_options(read: Mapping[str, Any]) -> ReadOptions:
    """Return options that came as JSON, in which tuples are lists: what is the default must be equal to it."""
    values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in read.items()}
    return ReadOptions(**values)
