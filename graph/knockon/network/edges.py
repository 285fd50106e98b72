"""The edges of a network, from needs and providers to the nodes that depend on them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from knockon.network.arrays import NONE, Ints, Rows


class Edges(NamedTuple):
    """The edges from source to owner: the need of each slot that has one, then each supply.

    All but the starts are (edges,). ``slot`` and ``supply`` are the rows behind each edge (supply -1: the edge of a need).
    The edges out of node i are ``out[out_start[i]:out_start[i + 1]]``, those into it
    ``into[into_start[i]:into_start[i + 1]]``; both ascend. ``ways_out`` and ``ways_in``, (edges, 3), hold each edge in that
    order with the node at its other end and its slot: a search reads the three together, in one access to memory.
    """

    source: Rows
    owner: Rows
    slot: Rows
    supply: Rows
    out_start: Ints
    ways_out: Rows
    into_start: Ints
    ways_in: Rows

    @property
    def out(self) -> Rows:
        """The edges in the order of their sources."""
        return self.ways_out[:, 0]

    @property
    def into(self) -> Rows:
        """The edges in the order of their owners."""
        return self.ways_in[:, 0]

    @classmethod
    def of(cls, size: int, slot_owner: Rows, slot_need: Rows, supply_slot: Rows, supply_provider: Rows) -> Edges:
        """Return the edges of a network of ``size`` nodes."""
        need = np.flatnonzero(slot_need != NONE).astype(slot_owner.dtype)
        slot = np.concatenate([need, supply_slot])
        source = np.concatenate([slot_need[need], supply_provider])
        owner = slot_owner[slot]
        supply = np.concatenate([np.full(need.size, NONE), np.arange(len(supply_provider))]).astype(need.dtype)

        def grouped(rows: Rows, far: Rows) -> tuple[Ints, Rows]:
            """Return where the edges of each row start, and the edges by row with their far end and slot."""
            counts = np.bincount(rows, minlength=size) if rows.size else np.zeros(size, np.int64)
            order = np.argsort(rows, kind="stable").astype(need.dtype)
            return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64), np.column_stack([order, far[order], slot[order]])

        return cls(source, owner, slot, supply, *grouped(source, owner), *grouped(owner, source))


__all__ = ["Edges"]
