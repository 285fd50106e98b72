"""Graph: an open store with a short method for each question; and ``open``, which makes one."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import NoReturn, Self

from knockon.analysis.argument_types import checks_types
from knockon.authoring.open import open_store
from knockon.authoring.options import DEFAULTS, ReadOptions
from knockon.errors import UsageError
from knockon.graph.base import public_methods
from knockon.graph.catalogue import CatalogueMethods
from knockon.graph.data_sets import DataSetMethods
from knockon.graph.explanations import ExplanationMethods
from knockon.graph.exports import ExportMethods
from knockon.graph.identity import IdentityMethods
from knockon.graph.pages import PageMethods
from knockon.graph.portfolios import PortfolioMethods
from knockon.graph.proposals import ProposalMethods
from knockon.graph.records import RecordMethods
from knockon.graph.structure import StructureMethods
from knockon.graph.versions import VersionMethods


@public_methods
class Graph(
    PageMethods, ExportMethods, StructureMethods, ExplanationMethods, RecordMethods, CatalogueMethods, IdentityMethods,
    PortfolioMethods, VersionMethods, ProposalMethods, DataSetMethods,
):  # fmt: skip
    """A store with questions to ask it.

    Questions about impact take the same options everywhere, ``knockon.Options``: which records are asked (``facts_only``,
    ``as_of``, ``without``, ...), which ``model`` computes (``leontief``, ``reach``, ``timeline`` or ``chance``), and its
    parameters (``eps``, ``cap``, ``horizon``, ``draws``, ...).

    Every answer is as of a day: ``as_of`` is a date, an ISO string, ``"all"`` (ignore dates) or None for today in UTC, which
    the environment variable ``SOURCE_DATE_EPOCH`` pins. Records that have ended before that day or have not begun are left
    out, counted and reported.

    Parameters
    ----------
    store
        The store to ask; ``knockon.open`` opens one.

    Raises
    ------
    UsageError
        It is not a store.

    Examples
    --------
    >>> import knockon
    >>> graph = knockon.open()
    >>> report = graph.impact("data-reclassification")
    >>> report.loss("smart-city-administrators") >= report.loss("southeast-asian-retailers") > 0
    True
    """

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def __repr__(self) -> str:
        from knockon.analysis.records.data_sets import graph_summary

        return f"<knockon.Graph {graph_summary(self.store)}>"

    def __reduce__(self) -> NoReturn:
        raise UsageError(
            "a graph cannot be pickled or copied: its store is open; hand its name over and call knockon.open there again"
        )

    def close(self) -> None:
        """Release files and locks; a ``with`` statement does so at its end.

        Examples
        --------
        >>> import knockon
        >>> knockon.open("chips").close()
        """
        self.store.close()


@checks_types
def open(  # noqa: A001 - knockon.open, as gzip.open
    source: str | Path | None = None, *, write: bool = False, options: ReadOptions = DEFAULTS
) -> Graph:
    """Open a bundled data set, a data set folder or file, or a store folder.

    Parameters
    ----------
    source
        The name of a bundled data set, or the path of a folder or file; None: the bundled data set ``sensetime``.
    write
        Let a path where nothing exists become a store on disk with the first ``load``. Other processes cannot write to the
        store until ``close``.
    options
        How a table is read where it does not state it itself.

    Returns
    -------
    Graph
        The graph, to be closed by ``close`` or a ``with`` statement.

    Raises
    ------
    NotFound
        Nothing is called so, and ``write`` is not given; the nearest bundled names are given.
    UsageError
        A folder that holds no store, and ``write`` is not given.
    InvalidData
        A file or folder that breaks the model.

    Examples
    --------
    >>> open("sensetime")
    <knockon.Graph sensetime: 240 entities, 107 dependencies, 19 shocks, 5 documents>
    """
    return Graph(open_store(source, write=write, options=options))


__all__ = ["Graph", "open"]
