"""The arrays of a compiled network, with the names that lead back to the graph, and what follows from them alone."""

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
from knockon.network.name_arrays import Numbered


class Edges(NamedTuple):
    """The edges from source to owner: the need of each slot that has one, then each supply.

    ``slot`` and ``supply`` say what each is (supply -1: a need). The edges out
    of node i are ``out[out_start[i]:out_start[i + 1]]``, those into it
    ``into[into_start[i]:into_start[i + 1]]``; both ascend. ``ways_out`` and
    ``ways_in`` (edges, 3) hold each edge in that order with its far end and its
    slot: a search reads the three together, and waits for memory once.
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
        """The edges by their source."""
        return self.ways_out[:, 0]

    @property
    def into(self) -> Rows:
        """The edges by their owner."""
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
            counts = np.bincount(rows, minlength=network.size) if rows.size else np.zeros(network.size, np.int64)
            order = np.argsort(rows, kind="stable").astype(need.dtype)
            return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64), np.column_stack([order, far[order], slot[order]])

        return cls(source, owner, slot, supply, *grouped(source, owner), *grouped(owner, source))


@dataclass(frozen=True, eq=False)
class NetworkArrays:
    """``n`` nodes own slots (their dependencies), and slots hold supplies.

    Node, slot and supply numbers are rows of these arrays. Slots stand in the
    order of their owners, supplies in the order of their slots. ``slot_need``
    is -1 where a slot has no need of its own (flows name suppliers only).
    ``weights`` is (3, slots): criticality at the low end, the point and the
    high end of its interval, each in 0..1. Shares sum to at most 1 within a
    slot. ``unstated`` marks the supplies (two or more of a slot of shares) whose
    shares nobody stated: ``supply_share`` divides the remainder equally among
    them, and at the low and high end it belongs to one of them, the least or
    the most harmed. ``buffer`` (per slot) and ``delay`` (per supply) are in days, 0 where
    nobody gave one. ``origin`` is the hash of what the network was compiled
    from, ``flows`` the money behind it where it came from flow tables.
    """

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
        # What nobody gave costs no memory: one zero, seen everywhere.
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
        """Where the slots of each node begin; ``slot_start[i + 1]`` is where they end."""
        kind = self.slot_owner.dtype
        return np.searchsorted(self.slot_owner, np.arange(self.size + 1, dtype=kind)).astype(kind)

    @cached_property
    def edges(self) -> Edges:
        """Every way in which a node rests on another, grouped by source and by owner."""
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
        groups = () if isinstance(self.nodes, Numbered) else (self.nodes,)
        for names in (*groups, *self.slot_records, *self.supply_records):
            sha.update("\x1f".join(names).encode() + b"\x1e")
        arrays: tuple[npt.NDArray[Any], ...] = (
            self.slot_owner, self.slot_need, self.weights, self.mode, self.at_least,
            self.supply_start, self.supply_provider, self.supply_share, self.buffer, self.delay,
        )  # fmt: skip
        # Where every share is known the hash is what it was before there were readings.
        open_ = (self.unstated,) if self.unstated.any() else ()
        for array in (*arrays, *open_, *(self.flows.arrays() if self.flows else ())):
            sha.update(f"{array.dtype}{array.shape}".encode())
            # In pieces: an array that is one value seen everywhere is not written out for it.
            for piece in np.nditer(array, ["external_loop", "buffered", "zerosize_ok"], order="C", buffersize=1 << 16):
                sha.update(np.ascontiguousarray(piece).data)
        return sha.hexdigest()

    @cached_property
    def split(self) -> Bools:
        """Which slots have suppliers among which nobody divided a remainder."""
        if not self.unstated.any():
            return np.broadcast_to(np.zeros(1, bool), self.slots)
        return np.bincount(self.supply_slot[self.unstated], minlength=self.slots) > 0

    @cached_property
    def remainder(self) -> Floats:
        """(slots,): the part of each need that belongs to suppliers whose shares nobody stated (0..1)."""
        if not self.unstated.any():
            return np.broadcast_to(np.zeros(1), self.slots)
        stated, rest = (
            np.bincount(self.supply_slot[one], self.supply_share[one], self.slots) for one in (~self.unstated, self.unstated)
        )
        # Equal parts of a whole need not add up to it: 49 times 1/49 is less than 1.
        return np.where(self.split & (np.abs(stated + rest - 1.0) < 1e-12), 1.0 - stated, rest)

    @property
    def unknown_share(self) -> float:
        """The share of slots (0..1) whose criticality nobody gave, or whose suppliers nobody says how they combine."""
        return float((self.unknown | self.split).mean()) if self.slots else 0.0
