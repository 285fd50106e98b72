"""The compiled network: arrays that the models run on, with the names that lead back to the graph."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property

import numpy as np
import numpy.typing as npt

from knockon.vocabulary import Combination

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


class Mode(IntEnum):
    """How the supplies of a slot meet the need."""

    ALL_OF = 0
    ANY_OF = 1
    SHARES = 2
    AT_LEAST = 3


MODES = {
    Combination.ALL_OF: Mode.ALL_OF,
    Combination.ANY_OF: Mode.ANY_OF,
    Combination.SHARES: Mode.SHARES,
    Combination.AT_LEAST: Mode.AT_LEAST,
}


@dataclass(frozen=True, eq=False)
class Network:
    """``n`` nodes own slots (their dependencies), and slots hold supplies.

    Node, slot and supply numbers are rows of these arrays. Slots stand in the
    order of their owners, supplies in the order of their slots. ``weights`` is
    (3, slots): criticality at the low end, the point and the high end of its
    interval, each in 0..1. Shares sum to at most 1 within a slot.
    """

    nodes: tuple[str, ...]
    slot_owner: Ints
    slot_need: Ints
    weights: Floats
    mode: Ints
    at_least: Ints
    supply_start: Ints
    supply_provider: Ints
    supply_share: Floats
    slot_records: tuple[tuple[str, ...], ...] = ()
    supply_records: tuple[tuple[str, ...], ...] = ()
    unknown: Bools = field(default_factory=lambda: np.zeros(0, bool))
    disputed: Bools = field(default_factory=lambda: np.zeros(0, bool))
    split: Bools = field(default_factory=lambda: np.zeros(0, bool))

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
    def supply_slot(self) -> Ints:
        """The slot of each supply."""
        return np.repeat(np.arange(self.slots), np.diff(self.supply_start))

    @cached_property
    def slot_start(self) -> Ints:
        """Where the slots of each node begin; ``slot_start[i + 1]`` is where they end."""
        return np.searchsorted(self.slot_owner, np.arange(self.size + 1))

    @cached_property
    def index(self) -> dict[str, int]:
        """The row of each node by its name."""
        return {name: row for row, name in enumerate(self.nodes)}

    @cached_property
    def slot_index(self) -> dict[str, int]:
        """The row of the slot that each Dependency went into."""
        return {name: row for row, names in enumerate(self.slot_records) for name in names}

    @cached_property
    def supply_index(self) -> dict[str, int]:
        """The row of the supply that each Supply record went into."""
        return {name: row for row, names in enumerate(self.supply_records) for name in names}

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the names and arrays: equal networks, equal results."""
        sha = hashlib.sha256()
        for names in (self.nodes, *self.slot_records, *self.supply_records):
            sha.update("\x1f".join(names).encode() + b"\x1e")
        arrays = (
            self.slot_owner, self.slot_need, self.weights, self.mode, self.at_least,
            self.supply_start, self.supply_provider, self.supply_share,
        )  # fmt: skip
        for array in arrays:
            sha.update(f"{array.dtype}{array.shape}".encode())
            sha.update(np.ascontiguousarray(array).tobytes())
        return sha.hexdigest()

    @property
    def unknown_share(self) -> float:
        """The share of slots whose criticality nobody gave (0..1)."""
        return float(self.unknown.mean()) if self.slots else 0.0
