"""The edges of a network, from needs and providers to the nodes that depend on them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from knockon.network.arrays import NONE, Ints, Rows
from knockon.network.row_order import sort_rows


@dataclass(frozen=True, eq=False)
class Edges:
    """The edges from source to owner: the need of each slot that has one, then each supply; ordered when that is asked for.

    ``size`` is the number of nodes; the other fields are (edges,). ``slot`` and ``supply`` are the rows behind each edge
    (supply -1: the edge of a need).
    """

    size: int
    source: Rows
    owner: Rows
    slot: Rows
    supply: Rows

    @classmethod
    def of(cls, size: int, slot_owner: Rows, slot_need: Rows, supply_slot: Rows, supply_provider: Rows) -> Edges:
        """Return the edges of a network of ``size`` nodes."""
        need = np.flatnonzero(slot_need != NONE).astype(slot_owner.dtype)
        slot = np.concatenate([need, supply_slot])
        source = np.concatenate([slot_need[need], supply_provider])
        supply = np.concatenate([np.full(need.size, NONE), np.arange(len(supply_provider))]).astype(need.dtype)
        return cls(size, source, slot_owner[slot], slot, supply)

    @cached_property
    def out_start(self) -> Ints:
        """Where the edges out of each node start: those of node i are ``out[out_start[i]:out_start[i + 1]]``, (nodes + 1,)."""
        return self._starts(self.source)

    @cached_property
    def out(self) -> Rows:
        """The edges in the order of their sources, of each source ascending."""
        return sort_rows(self.source, max(self.size, 1))[1].astype(self.source.dtype)

    @cached_property
    def ways_out(self) -> Rows:
        """The edges in the order of their sources, each with its owner and its slot, (edges, 3).

        A search reads the three together, in one access to memory.
        """
        return np.column_stack([self.out, self.owner[self.out], self.slot[self.out]])

    @cached_property
    def into_start(self) -> Ints:
        """Where the edges into each node start, as ``out_start``."""
        return self._starts(self.owner)

    @cached_property
    def into(self) -> Rows:
        """The edges in the order of their owners, of each owner ascending."""
        # Those of needs are in this order, and those of supplies: numpy merges them faster than it sorts by digits.
        return np.argsort(self.owner, kind="stable").astype(self.source.dtype)

    @cached_property
    def ways_in(self) -> Rows:
        """The edges in the order of their owners, each with its source and its slot, as ``ways_out``."""
        return np.column_stack([self.into, self.source[self.into], self.slot[self.into]])

    def _starts(self, rows: Rows) -> Ints:
        counts = np.bincount(rows, minlength=self.size) if rows.size else np.zeros(self.size, np.int64)
        return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


__all__ = ["Edges"]
