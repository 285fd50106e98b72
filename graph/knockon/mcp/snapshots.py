"""The graph that tools ask, as it is now, and for a while as it was: so that a list that was begun can be continued."""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path
from typing import NamedTuple

from knockon.authoring.options import DEFAULTS, ReadOptions
from knockon.errors import UsageError
from knockon.graph import Graph
from knockon.mcp.listing import Listing
from knockon.serve.snapshots import Snapshots, revision_of
from knockon.store.base import Store

#: The most snapshots of a store, answers, and rows of all answers together, that are kept.
_SNAPSHOTS, _ANSWERS, _ROWS = 3, 16, 50_000


class Opened(NamedTuple):
    """A graph, and the revision of its content."""

    revision: str
    graph: Graph


class GraphSnapshots:
    """The graph of a source by revision: the current one, which follows the store, and the last ones before it.

    Parameters
    ----------
    source
        What ``knockon.open`` accepts.
    read
        How it is read if it is a file.
    """

    def __init__(self, source: str | Path | None, read: ReadOptions = DEFAULTS) -> None:
        self._snapshots = Snapshots(source, read)
        self._store: Store | None = None
        self._current = ""
        self._graphs: OrderedDict[str, Graph] = OrderedDict()
        self._answers: OrderedDict[tuple[str, str, str], Listing] = OrderedDict()

    def current(self) -> Opened:
        """Return the graph as the store is now."""
        self._snapshots.refresh()
        store = self._snapshots.current.store
        if store is not self._store:
            # A folder that changes until its records are read is read again, and then has another revision.
            _ = store.data_sets
            self._store, self._current = store, revision_of(store)
            self._graphs[self._current] = Graph(store)
            self._graphs.move_to_end(self._current)
            while len(self._graphs) > _SNAPSHOTS:
                self._graphs.popitem(last=False)
        return Opened(self._current, self._graphs[self._current])

    def at(self, revision: str) -> Opened:
        """Return the graph of an earlier answer.

        Raises
        ------
        UsageError
            It is not kept any more.
        """
        self.current()
        if revision not in self._graphs:
            raise UsageError("the data have changed since then, and that snapshot is gone; begin again without a cursor")
        return Opened(revision, self._graphs[revision])

    def kept(self, key: tuple[str, str, str]) -> Listing | None:
        """Return the answer to a question (revision, day, question), if it was given lately."""
        if key in self._answers:
            self._answers.move_to_end(key)
        return self._answers.get(key)

    def keep(self, key: tuple[str, str, str], listing: Listing) -> None:
        """Keep an answer for its next pages, and as many of those before it as there is room for."""
        self._answers[key] = listing
        self._answers.move_to_end(key)
        while len(self._answers) > 1 and (len(self._answers) > _ANSWERS or self._rows() > _ROWS):
            self._answers.popitem(last=False)

    def _rows(self) -> int:
        return sum(len(listing.rows) for listing in self._answers.values())


__all__ = ["GraphSnapshots", "Opened"]
