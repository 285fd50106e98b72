"""The arrays of a compiled network, with the names that lead back to the graph, and values derived from them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from knockon.network.arrays import NONE, Bools, Floats, Ints, Rows
from knockon.network.flows import Flows
from knockon.network.name_arrays import NumberedNames


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
    def of(cls, network: NetworkArrays) -> Edges:
        """Return the edges of a network."""
        need = np.flatnonzero(network.slot_need != NONE).astype(network.slot_owner.dtype)
        slot = np.concatenate([need, network.supply_slot])
        source = np.concatenate([network.slot_need[need], network.supply_provider])
        owner = network.slot_owner[slot]
        supply = np.concatenate([np.full(need.size, NONE), np.arange(network.supplies)]).astype(need.dtype)

        def grouped(rows: Rows, far: Rows) -> tuple[Ints, Rows]:
            """Return where the edges of each row start, and the edges by row with their far end and slot."""
            counts = np.bincount(rows, minlength=network.size) if rows.size else np.zeros(network.size, np.int64)
            order = np.argsort(rows, kind="stable").astype(need.dtype)
            return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64), np.column_stack([order, far[order], slot[order]])

        return cls(source, owner, slot, supply, *grouped(source, owner), *grouped(owner, source))


@dataclass(frozen=True, eq=False)
class NetworkArrays:
    """The arrays of a network, which :class:`knockon.network.Network` documents, and values derived from them."""

    nodes: Sequence[str]
    slot_owner: Rows
    slot_need: Rows
    weights: Floats
    mode: npt.NDArray[np.signedinteger[Any]]
    at_least: Rows
    supply_start: Rows
    supply_provider: Rows
    supply_share: Floats
    slot_records: Sequence[tuple[str, ...]] = ()
    supply_records: Sequence[tuple[str, ...]] = ()
    unknown: Bools = field(default_factory=lambda: np.zeros(0, bool))
    disputed: Bools = field(default_factory=lambda: np.zeros(0, bool))
    unstated: Bools = field(default_factory=lambda: np.zeros(0, bool))
    buffer: Floats = field(default_factory=lambda: np.zeros(0))
    delay: Floats = field(default_factory=lambda: np.zeros(0))
    origin: str = ""
    flows: Flows | None = None

    def __post_init__(self) -> None:
        # An array that is not given takes no memory: one zero, repeated by broadcasting.
        for name, count, kind in (
            ("unknown", self.slots, bool), ("disputed", self.slots, bool), ("unstated", self.supplies, bool),
            ("buffer", self.slots, float), ("delay", self.supplies, float),
        ):  # fmt: skip
            if not len(getattr(self, name)) and count:
                object.__setattr__(self, name, np.broadcast_to(np.zeros(1, kind), count))

    def __repr__(self) -> str:
        return f"<Network of {self.size:,} nodes, {self.slots:,} slots, {self.supplies:,} supplies>"

    @property
    def size(self) -> int:
        """The number of nodes."""
        return len(self.nodes)

    @property
    def slots(self) -> int:
        """The number of slots."""
        return len(self.slot_owner)

    @property
    def supplies(self) -> int:
        """The number of supplies."""
        return len(self.supply_provider)

    @cached_property
    def supply_slot(self) -> Rows:
        """The slot of each supply."""
        return np.repeat(np.arange(self.slots, dtype=self.slot_owner.dtype), np.diff(self.supply_start))

    @cached_property
    def slot_start(self) -> Rows:
        """The first slot of each node, (n + 1,): the slots of node i are ``slot_start[i]:slot_start[i + 1]``."""
        kind = self.slot_owner.dtype
        return np.searchsorted(self.slot_owner, np.arange(self.size + 1, dtype=kind)).astype(kind)

    @cached_property
    def edges(self) -> Edges:
        """The edges from needs and providers to the nodes that depend on them, grouped by source and by owner."""
        return Edges.of(self)

    @cached_property
    def index(self) -> Mapping[str, int]:
        """The row of each node by its name."""
        return {name: row for row, name in enumerate(self.nodes)}

    @cached_property
    def slot_index(self) -> Mapping[str, int]:
        """The row of the slot that each Dependency went into."""
        return {name: row for row, names in enumerate(self.slot_records) for name in names}

    @cached_property
    def supply_index(self) -> Mapping[str, int]:
        """The row of the supply that each Supply record went into."""
        return {name: row for row, names in enumerate(self.supply_records) for name in names}

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the names and arrays: equal networks, equal results."""
        sha = hashlib.sha256()
        groups = () if isinstance(self.nodes, NumberedNames) else (self.nodes,)
        for names in (*groups, *self.slot_records, *self.supply_records):
            sha.update("\x1f".join(names).encode() + b"\x1e")
        arrays: tuple[npt.NDArray[Any], ...] = (
            self.slot_owner, self.slot_need, self.weights, self.mode, self.at_least,
            self.supply_start, self.supply_provider, self.supply_share, self.buffer, self.delay,
        )  # fmt: skip
        # Networks in which every share is stated keep the hash that they had in versions without readings.
        unstated = (self.unstated,) if self.unstated.any() else ()
        for array in (*arrays, *unstated, *(self.flows.arrays() if self.flows else ())):
            sha.update(f"{array.dtype}{array.shape}".encode())
            # In pieces, so that an array repeated by broadcasting is never written out in full.
            for piece in np.nditer(array, ["external_loop", "buffered", "zerosize_ok"], order="C", buffersize=1 << 16):
                sha.update(np.ascontiguousarray(piece).data)
        return sha.hexdigest()

    @cached_property
    def split(self) -> Bools:
        """Whether a slot has suppliers whose shares nobody stated, (slots,)."""
        if not self.unstated.any():
            return np.broadcast_to(np.zeros(1, bool), self.slots)
        return np.bincount(self.supply_slot[self.unstated], minlength=self.slots) > 0

    @cached_property
    def remainder(self) -> Floats:
        """The part (0..1) of each need that belongs to suppliers whose shares nobody stated, (slots,)."""
        if not self.unstated.any():
            return np.broadcast_to(np.zeros(1), self.slots)
        stated, rest = (
            np.bincount(self.supply_slot[supplies], self.supply_share[supplies], self.slots)
            for supplies in (~self.unstated, self.unstated)
        )
        # Equal parts of a whole need not add up to it: 49 times 1/49 is less than 1.
        return np.where(self.split & (np.abs(stated + rest - 1.0) < 1e-12), 1.0 - stated, rest)

    @property
    def unknown_share(self) -> float:
        """The share of slots (0..1) of which nobody states the criticality, or the shares of several suppliers."""
        return float((self.unknown | self.split).mean()) if self.slots else 0.0
