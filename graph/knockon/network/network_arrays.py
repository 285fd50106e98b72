"""The arrays of a compiled network, with the names that lead back to the graph, and values derived from them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from knockon.network.arrays import NONE, Bools, Floats, Ints, Mode, Rows, distinct
from knockon.network.edges import Edges
from knockon.network.flows import Flows
from knockon.network.name_arrays import NumberedNames, delimited
from knockon.network.rows_by_number import RowsByNumber
from knockon.network.substitutes import Substitutes
from knockon.vocabulary import Interval


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
    hidden_entity: Rows = field(default_factory=lambda: np.zeros(0, np.int64))
    hidden_slot: Rows = field(default_factory=lambda: np.zeros(0, np.int64))
    hit_with: Rows = field(default_factory=lambda: np.zeros(0, np.int64))
    substitutes: Substitutes | None = None

    def __post_init__(self) -> None:
        # An array that is not given takes no memory: one zero, repeated by broadcasting.
        for name, count, kind in (
            ("unknown", self.slots, bool), ("disputed", self.slots, bool), ("unstated", self.supplies, bool),
            ("buffer", self.slots, float), ("delay", self.supplies, float),
        ):  # fmt: skip
            if not len(getattr(self, name)) and count:
                object.__setattr__(self, name, np.broadcast_to(np.zeros(1, kind), count))

    def __repr__(self) -> str:
        return f"<Network of {self.entities:,} nodes, {self.slots:,} slots, {self.supplies:,} supplies>"

    @property
    def entities(self) -> int:
        """The number of visible nodes: results have a number for each of these."""
        return len(self.nodes)

    @property
    def size(self) -> int:
        """The number of nodes, hidden ones included."""
        return len(self.nodes) + len(self.hidden_entity)

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
    def dependents(self) -> tuple[Ints, Rows]:
        """The slots that have each node as need or provider: those of node i are ``slot[start[i]:start[i + 1]]``.

        The starts are (n + 1,), the slots (edges,).
        """
        return self.edges.out_start, self.edges.slot[self.edges.out]

    @cached_property
    def edges(self) -> Edges:
        """The edges from needs and providers to the nodes that depend on them."""
        return Edges.of(self.size, self.slot_owner, self.slot_need, self.supply_slot, self.supply_provider)

    @cached_property
    def entity(self) -> Ints:
        """The visible node that each node stands for, (n,): of a visible node the node itself."""
        return np.concatenate([np.arange(self.entities), self.hidden_entity]).astype(np.int64)

    @cached_property
    def twin(self) -> Ints:
        """The hidden node of each visible node without its provisions, (entities,); -1 where it has none."""
        twin = np.full(self.entities, NONE)
        of_entity = np.flatnonzero(self.hidden_slot == NONE)
        twin[self.hidden_entity[of_entity]] = self.entities + of_entity
        return twin

    @cached_property
    def idle(self) -> Bools:
        """Whether a node stands for its entity as one that never fails, (n,): the provider of supplies that pass no loss on."""
        idle = np.zeros(self.size, bool)
        nothing = (self.slot_need == NONE) & (np.diff(self.supply_start) == 0) & (self.weights[2] == 0)
        idle[self.slot_owner[nothing]] = True
        idle[: self.entities] = False
        return idle

    @cached_property
    def inner_edges(self) -> Bools:
        """Whether an edge leads from a hidden node to one that stands for the same entity, (edges,): no step of its own."""
        edges = self.edges
        inner: Bools = (edges.source >= self.entities) & (self.entity[edges.source] == self.entity[edges.owner])
        return inner

    @cached_property
    def inner_slots(self) -> Bools:
        """Whether a slot only joins the hidden nodes of its owner, (slots,): a sum of parts, disputed records, an identity."""
        inner = np.zeros(self.slots, bool)
        if len(self.hidden_entity):
            # So do slots without anything: of a node that never fails, or a sum without parts.
            inner |= (self.slot_need == NONE) & (np.diff(self.supply_start) == 0)
            inner[self.edges.slot[self.inner_edges]] = True
        return inner

    @cached_property
    def inner_depth(self) -> int:
        """The greatest number of inner edges in a row."""
        if not len(self.hidden_entity):
            return 0
        source, owner = self.edges.source[self.inner_edges], self.edges.owner[self.inner_edges]
        depth, reached = 0, distinct(owner)
        while len(reached) and depth < self.size:
            depth, reached = depth + 1, distinct(owner[np.isin(source, reached)])
        return depth

    @cached_property
    def outer_supply(self) -> Ints:
        """The supply by which each hidden node is part of its entity or of another hidden node, (hidden,).

        Where records disagree a part may have several portions: it is the supply with the greatest. -1 where it is the
        entity without its provisions, or a part that adds nothing.
        """
        outer = np.full(len(self.hidden_entity), NONE)
        parts = np.flatnonzero(self.supply_provider >= self.entities) if len(outer) else np.zeros(0, np.int64)
        # Of several, the last assignment counts.
        parts = parts[np.lexsort((-parts, self.supply_share[parts]))]
        outer[self.supply_provider[parts] - self.entities] = parts
        return outer

    def whole_supply(self, slot: int) -> int:
        """Return the supply that states which portion of its entity a slot is.

        Parameters
        ----------
        slot
            The number of the slot.

        Returns
        -------
        int
            The number of the supply; -1 where the slot is no part of a whole.
        """
        node = int(self.slot_owner[slot])
        while node >= self.entities and (supply := int(self.outer_supply[node - self.entities])) != NONE:
            if self.mode[self.supply_slot[supply]] == Mode.SHARES:
                return supply
            node = int(self.slot_owner[self.supply_slot[supply]])
        return NONE

    def weight(self, slot: int) -> Interval:
        """Return what the entity loses when all of a slot is short: its criticality, or of a part of a whole its portion.

        Parameters
        ----------
        slot
            The number of the slot.

        Returns
        -------
        Interval
            The low end, the point and the high end, in 0..1.
        """
        low, point, high = self.weights[:, slot].tolist()
        readings = [self._portion(supply) for supply in self.whole_supplies(slot)]
        if not readings:
            return Interval(low, point, high)
        least, middle, most = (pick(ends) for pick, ends in zip((min, max, max), zip(*readings, strict=True), strict=True))
        return Interval(low * least, point * middle, high * most)

    def whole_supplies(self, slot: int) -> Ints:
        """Return the supplies that state which portion of its entity a slot is: several where records disagree.

        Parameters
        ----------
        slot
            The number of the slot.

        Returns
        -------
        numpy.ndarray
            The numbers of the supplies, ascending; none where the slot is no part of a whole.
        """
        whole = self.whole_supply(slot)
        if whole == NONE:
            return np.zeros(0, np.int64)
        same_part = self._supplies_of_hidden.having(int(self.supply_provider[whole]))
        supplies: Ints = same_part[self.mode[self.supply_slot[same_part]] == Mode.SHARES]
        return supplies

    @cached_property
    def _supplies_of_hidden(self) -> RowsByNumber:
        """The supplies whose provider is a hidden node, by that node."""
        return RowsByNumber(self.supply_provider, np.flatnonzero(self.supply_provider >= self.entities))

    def _portion(self, supply: int) -> Interval:
        """Return the portion that a supply states; at the ends a remainder belongs to one of those that state none."""
        share = float(self.supply_share[supply])
        most = float(self.remainder[self.supply_slot[supply]])
        return Interval(0.0, share, most) if self.unstated[supply] else Interval(share, share, share)

    def records_of_slot(self, slot: int) -> tuple[str, ...]:
        """Return the records that make a slot: of its dependency, else of its provisions, else of its parts.

        Parameters
        ----------
        slot
            The number of the slot.

        Returns
        -------
        tuple of str
            The IRIs.
        """
        if self.slot_records[slot]:
            return self.slot_records[slot]
        supplies = range(self.supply_start[slot], self.supply_start[slot + 1])
        if not self.inner_slots[slot]:
            return tuple(name for supply in supplies for name in self.supply_records[supply])
        hidden = {int(self.supply_provider[supply]) for supply in supplies} - set(range(self.entities))
        slots = [other for node in sorted(hidden) for other in range(self.slot_start[node], self.slot_start[node + 1])]
        return tuple(dict.fromkeys(name for other in slots for name in self.records_of_slot(other)))

    def together(self, slot: int) -> Ints:
        """Return the slots that are hit together with one: those whose records are about the same need.

        Parameters
        ----------
        slot
            The number of the slot.

        Returns
        -------
        numpy.ndarray
            Their numbers, ascending, the slot itself among them.
        """
        return self._slots_by_hit.having(int(self.hit_with[slot])) if len(self.hit_with) else np.array([slot])

    @cached_property
    def _slots_by_hit(self) -> RowsByNumber:
        """The slots by the number of those that are hit together."""
        return RowsByNumber(self.hit_with)

    def name(self, row: int) -> str:
        """Return the name of the entity that a node stands for.

        Parameters
        ----------
        row
            The number of the node, which may be a hidden one.

        Returns
        -------
        str
            The name of the visible node.
        """
        return self.nodes[int(self.entity[row])]

    @cached_property
    def index(self) -> Mapping[str, int]:
        """The row of each visible node by its name."""
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
        for names in (groups, self.slot_records, self.supply_records):
            for part in delimited(names, "\x1f", "\x1e"):
                sha.update(part)
        arrays: tuple[npt.NDArray[Any], ...] = (
            self.slot_owner, self.slot_need, self.weights, self.mode, self.at_least,
            self.supply_start, self.supply_provider, self.supply_share, self.buffer, self.delay,
        )  # fmt: skip
        # Networks in which every share is stated keep the hash that they had in versions without readings.
        unstated = (self.unstated,) if self.unstated.any() else ()
        # Likewise networks without hidden nodes.
        hidden = (self.hidden_entity, self.hidden_slot, self.hit_with) if len(self.hidden_entity) else ()
        # And networks without switching times.
        substitutes = self.substitutes.arrays() if self.substitutes is not None else ()
        for array in (*arrays, *unstated, *hidden, *(self.flows.arrays() if self.flows else ()), *substitutes):
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

    def parts_unstated(self, slots: Bools | None = None) -> tuple[str, ...]:
        """Return the records of parts whose portions nobody states, of all sums of parts or of some of them.

        Parameters
        ----------
        slots
            Whether a sum of parts counts, (slots,); by default all do.

        Returns
        -------
        tuple of str
            The IRIs, sorted.
        """
        supplies = self.unstated & self.inner_slots[self.supply_slot]
        if slots is not None:
            supplies &= slots[self.supply_slot]
        hidden = self.supply_provider[supplies] - self.entities
        return tuple(sorted({name for slot in self.hidden_slot[hidden].tolist() for name in self.records_of_slot(slot)}))

    @property
    def unknown_share(self) -> float:
        """The share of slots (0..1) of which nobody states the criticality, or the shares of several suppliers."""
        stated = ~self.inner_slots
        return float((self.unknown | self.split)[stated].mean()) if stated.any() else 0.0
