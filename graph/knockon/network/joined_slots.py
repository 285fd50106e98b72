"""One network of planned slots and of slots that are alone."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from knockon.network.arrays import NONE, Bools, Floats, Ints, Rows
from knockon.network.assemble import assemble, in_order
from knockon.network.chosen_names import concatenate_names, merge_names, take_names
from knockon.network.lone_slots import LoneSlots
from knockon.network.name_arrays import PackedGroups, PackedNames
from knockon.network.network import Network
from knockon.network.planned import SlotPlan
from knockon.network.substitutes import Substitutes


def assemble_with(lone: LoneSlots, plans: Sequence[SlotPlan], extra_entities: Iterable[str], origin: str) -> Network:
    """Return the network that ``assemble`` makes of some planned slots and of the plans of all that are alone.

    Parameters
    ----------
    lone
        The slots that are alone; no planned slot is about the dependant and the need of one of them.
    plans, extra_entities, origin
        As in :func:`knockon.network.assemble.assemble`.
    """
    named = np.zeros(len(lone.names), bool)
    for ends in (lone.dependant, lone.need, lone.provider):
        named[ends] = True
    used = np.flatnonzero(named)
    planned = assemble(plans, extra_entities, origin)
    nodes, rows, planned_rows = merge_names(take_names(lone.names, used), planned.nodes)
    row = np.full(len(lone.names), NONE)
    row[used] = rows
    return _Joined(_moved_to(planned, nodes, planned_rows), lone, row, plans).network()


def _moved_to(planned: Network, nodes: PackedNames, rows: Ints) -> Network:
    """Return a network among more visible nodes; ``rows`` are those of its own among these, (entities,)."""
    hidden = np.arange(len(planned.hidden_entity)) + len(nodes)
    # None, which is -1, is the last place.
    place = np.concatenate([rows, hidden, [NONE]])
    substitutes = planned.substitutes
    return replace(
        planned,
        nodes=nodes,
        slot_owner=place[planned.slot_owner],
        slot_need=place[planned.slot_need],
        supply_provider=place[planned.supply_provider],
        hidden_entity=place[planned.hidden_entity],
        substitutes=None if substitutes is None else replace(substitutes, provider=place[substitutes.provider]),
    )


class _Joined:
    """Two sets of slots: those of a network, and those that are alone.

    Parameters
    ----------
    planned
        The network.
    lone
        The slots that are alone.
    row
        The row in the network of each of their names.
    plans
        The plans of the network.
    """

    def __init__(self, planned: Network, lone: LoneSlots, row: Ints, plans: Sequence[SlotPlan]) -> None:
        self.planned, self.lone = planned, lone
        self._owner, self._need, self._provider = row[lone.dependant], row[lone.need], row[lone.provider]
        self._order = self._slots_in_order(in_order(plans))
        # Where each slot goes: first those of the network, then those that are alone.
        self._place = np.empty_like(self._order)
        self._place[self._order] = np.arange(len(self._order))

    def _slots_in_order(self, plans: Sequence[SlotPlan]) -> Ints:
        """Return the numbers of all slots in the order of their owners and of what is their order there."""
        nodes, entities = self.planned.nodes, self.planned.entities
        kind, rank = np.zeros(len(plans), np.int64), np.zeros(len(plans), np.int64)
        for place, plan in enumerate(plans):
            # Those of hidden nodes are in order: no slot that is alone is one of them.
            if self.planned.slot_owner[place] < entities:
                kind[place], text = plan.order
                before = bisect_left(nodes, text)
                rank[place] = 2 * before + (before < entities and nodes[before] == text)
        owners = np.concatenate([self.planned.slot_owner, self._owner])
        kinds = np.concatenate([kind, np.zeros(len(self._owner), np.int64)])
        return np.asarray(np.lexsort((np.concatenate([rank, 2 * self._need + 1]), kinds, owners)), np.int64)

    def network(self) -> Network:
        """Return the network of all slots."""
        planned, forms, form = self.planned, self.lone.forms, self.lone.form
        count = np.concatenate([np.diff(planned.supply_start), self.lone.supply_count])
        start = np.concatenate([[0], np.cumsum(count)])
        ordered = count[self._order]
        supply_start = np.concatenate([[0], np.cumsum(ordered)])
        # The supplies in the order of their slots, by their numbers before.
        supplies = np.arange(supply_start[-1]) + np.repeat(start[:-1][self._order] - supply_start[:-1], ordered)
        weights = np.array([each.weight for each in forms], np.float64).reshape(-1, 3)[form].T
        by_form = {name: np.array([getattr(each, name) for each in forms])[form] for name in _OF_SLOTS}
        more: dict[str, Any] = {name: _joined(getattr(planned, name), values)[self._order] for name, values in by_form.items()}
        more |= {name: _joined(getattr(planned, name), values)[supplies] for name, values in self._of_supplies().items()}
        substitutes = planned.substitutes
        return Network(
            nodes=planned.nodes,
            slot_owner=np.concatenate([planned.slot_owner, self._owner])[self._order],
            slot_need=np.concatenate([planned.slot_need, self._need])[self._order],
            weights=np.concatenate([planned.weights, weights], axis=1)[:, self._order].copy(),
            supply_start=supply_start,
            supply_provider=np.concatenate([planned.supply_provider, self._provider])[supplies],
            slot_records=_chosen(planned.slot_records, self.lone.records, self._order),
            supply_records=_chosen(planned.supply_records, self.lone.supply_records, supplies),
            origin=planned.origin,
            hidden_entity=planned.hidden_entity,
            hidden_slot=np.where(planned.hidden_slot == NONE, NONE, self._place[planned.hidden_slot]),
            hit_with=self._hit_with(),
            substitutes=None if substitutes is None else self._moved(substitutes),
            **more,
        )

    def _of_supplies(self) -> dict[str, Rows | Floats | Bools]:
        """Return the share, the delay and whether the share is unstated of the supplies of the slots that are alone."""
        forms, form, count = self.lone.forms, self.lone.form, self.lone.supply_count
        first = np.concatenate([[0], np.cumsum([len(each.supplies) for each in forms], dtype=np.int64)])[form]
        within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        place = np.repeat(first, count) + within
        columns = (("supply_share", "share"), ("delay", "delay"), ("unstated", "unstated"))
        return {name: np.array([getattr(s, at) for each in forms for s in each.supplies])[place] for name, at in columns}

    def _hit_with(self) -> Ints:
        """Return the first of the slots whose records dispute one need: of those that are alone the slot itself."""
        first = self.planned.hit_with
        if not len(first):
            return first
        own = np.arange(len(first), len(self._order))
        return np.asarray(self._place[np.concatenate([first, own])][self._order])

    def _moved(self, substitutes: Substitutes) -> Substitutes:
        slot = self._place[substitutes.slot]
        order = np.argsort(slot, kind="stable")
        return Substitutes(slot[order], substitutes.provider[order], substitutes.days[order])


#: What a form says of its slot, by the names of the arrays of a network.
_OF_SLOTS = ("mode", "at_least", "unknown", "disputed", "buffer")


def _joined(planned: Rows | Floats | Bools, lone: Rows | Floats | Bools) -> Rows | Floats | Bools:
    return np.concatenate([planned, lone.astype(planned.dtype)])


def _chosen(planned: Sequence[tuple[str, ...]], lone: PackedNames, order: Ints) -> PackedGroups:
    """Return the records of slots or supplies in their order."""
    groups = PackedGroups.of(planned)
    count = np.concatenate([np.diff(groups.ends, prepend=0), np.ones(len(lone), np.int64)])
    start, ordered = np.cumsum(count) - count, count[order]
    ends = np.cumsum(ordered)
    rows = np.arange(len(groups.names) + len(lone)) + np.repeat(start[order] - (ends - ordered), ordered)
    return PackedGroups(take_names(concatenate_names(groups.names, lone), rows), ends)


__all__ = ["assemble_with"]
