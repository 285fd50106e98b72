"""The needs that are not met under a shock, each made when it is looked at: a shock may leave a million of them short."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import cached_property
from typing import Any, overload

import numpy as np

from knockon.analysis.impact.impact_parts import Shortage
from knockon.analysis.outcome import Outcome
from knockon.lazy_sequence import LazySequence
from knockon.network.name_arrays import group_sizes
from knockon.network.network import Bools, Ints
from knockon.propagation.result import NONE

#: The step of a need of which nothing that it rests on loses anything.
_NEVER = np.iinfo(np.int64).max


class ShortageRows(LazySequence[Shortage]):
    """The shortages under one shock: by step, the greatest first, then by dependency.

    Parameters
    ----------
    outcome
        What the model returned.
    row
        The number of the shock in the outcome.
    """

    def __init__(self, outcome: Outcome, row: int) -> None:
        self._outcome, self._row = outcome, row

    @cached_property
    def _slots(self) -> Ints:
        """The slots that are short, ascending."""
        network, shortage = self._outcome.network, self._outcome.result.shortage[self._row]
        # A slot without a dependency, of provisions or of parts, is no need of its own.
        slots: Ints = np.flatnonzero((shortage > 0) & (network.slot_need != NONE) & ~network.inner_slots)
        return slots

    @cached_property
    def _placed(self) -> Sequence[tuple[int, float, str, int]]:
        """Step, negative shortage, dependency and slot of each row, in the order of the rows."""
        return self._sorted(self._slots)

    def _sorted(self, slots: Ints) -> list[tuple[int, float, str, int]]:
        numbers = zip(self._steps(slots).tolist(), (-self._outcome.result.shortage[self._row][slots]).tolist(), strict=True)
        records = self._outcome.network.slot_records
        return sorted(
            (step, missing, name, slot)
            for slot, (step, missing) in zip(slots.tolist(), numbers, strict=True)
            for name in records[slot]
        )

    def _steps(self, slots: Ints) -> Ints:
        """Return how many links away from the hit each need is short; 0 where one of its records is hit."""
        network = self._outcome.network
        reached = self._outcome.result.all_nodes.step[self._row]
        steps = np.where(reached == NONE, _NEVER, reached.astype(np.int64))
        nearest = steps[network.slot_need]
        supplied = np.flatnonzero(np.diff(network.supply_start) > 0)
        if supplied.size:
            suppliers = np.minimum.reduceat(steps[network.supply_provider], network.supply_start[supplied])
            nearest[supplied] = np.minimum(nearest[supplied], suppliers)
        nearest[self._hit] = 0
        return nearest[slots]

    @cached_property
    def _hit(self) -> Bools:
        """Whether a record of a slot, or of one that is hit together with it, is hit (slots,)."""
        network = self._outcome.network
        hit = np.zeros(network.slots, bool)
        targets = {target.iri for target in self._outcome.resolved[self._row].targets}
        # What is hit are entities, but for a few shocks.
        if all(iri in network.index for iri in targets):
            return hit
        for slot, names in enumerate(network.slot_records):
            if not targets.isdisjoint(names):
                hit[network.together(slot)] = True
        for supply, names in enumerate(network.supply_records):
            if not targets.isdisjoint(names):
                hit[network.supply_slot[supply]] = True
        return hit

    def _shortage(self, placed: tuple[int, float, str, int]) -> Shortage:
        step, missing, name, slot = placed
        network = self._outcome.network
        return Shortage(name, network.name(network.slot_owner[slot]), network.name(network.slot_need[slot]), -missing, step)

    @property
    def _items(self) -> Sequence[Shortage]:  # not kept: there may be many
        return tuple(self)

    def __iter__(self) -> Iterator[Shortage]:
        return map(self._shortage, self._placed)

    def __len__(self) -> int:
        return len(self._placed)

    @overload
    def __getitem__(self, place: int) -> Shortage: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Shortage]: ...
    def __getitem__(self, place: int | slice) -> Shortage | Sequence[Shortage]:
        if isinstance(place, slice):
            return tuple(map(self._shortage, self._placed[place]))
        return self._shortage(self._placed[place])

    def between(self, entities: Collection[str]) -> Iterator[Shortage]:
        """Yield those of some entities (IRIs) for each other, in their order; the others are not made."""
        network = self._outcome.network
        chosen = np.zeros(network.entities, bool)
        chosen[[network.index[iri] for iri in entities if iri in network.index]] = True
        owner, need = (network.entity[nodes[self._slots]] for nodes in (network.slot_owner, network.slot_need))
        return map(self._shortage, self._sorted(self._slots[chosen[owner] & chosen[need]]))

    def spared_needs(self) -> int:
        """Return how many entities are needed and missing although they lose nothing themselves."""
        network = self._outcome.network
        slots = self._slots[group_sizes(network.slot_records)[self._slots] > 0]
        needs = network.entity[network.slot_need[slots]]
        return len({*needs[~(self._outcome.result.loss[self._row][needs] > 0)].tolist()})


def shortages_between(shortages: Sequence[Any], entities: Collection[str]) -> Iterator[Any]:
    """Yield those of some shortages that are of some entities (IRIs) for each other, in their order."""
    if isinstance(shortages, ShortageRows):
        return shortages.between(entities)
    return (each for each in shortages if each.need in entities and each.dependant in entities)


__all__ = ["ShortageRows", "shortages_between"]
