"""The slots of the records of one dependant and need."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from knockon.model.base import days
from knockon.network.arrays import Mode
from knockon.network.planned import (
    Member,
    Node,
    PlannedSubstitute,
    PlannedSupply,
    Plans,
    SlotPlan,
    planned_supplies,
)
from knockon.network.suppliers import Suppliers, combine, shortest
from knockon.network.supply_shares import MORE_THAN_WHOLE
from knockon.vocabulary import Interval


class NeedSlots:
    """The records of one dependant and need, and the slots that they make.

    Parameters
    ----------
    owner
        The node that owns the slots: the dependant, or itself without its provisions.
    need
        The IRI of the need.
    members
        The records; those that only add details come last.
    with_own
        The entities with a hidden node without their provisions: buyers with suppliers of their own need that one.
    plans
        Takes the records whose shares were scaled or completed.
    """

    def __init__(self, owner: Node, need: str, members: Sequence[Member], with_own: frozenset[str], plans: Plans) -> None:
        self.owner, self.need = owner, need
        self.claims = [m for m in members if not m.details] or list(members)
        self.details = tuple(m.record.id for m in members if m not in self.claims)
        self.buffer = shortest(m.record.buffer for m in members)
        self.switching_days = _switching_days(members)
        self.order = (0, need)
        self._with_own, self._plans = with_own, plans

    @property
    def has_part(self) -> bool:
        """Whether a record states a portion of the dependant."""
        return any(m.record.portion is not None for m in self.claims)

    def slots(self) -> Iterator[SlotPlan]:
        """Yield the slot of records that agree on the suppliers, or a slot of each and one that holds them."""
        groups = self.by_suppliers(self.claims)
        if len(groups) == 1:
            intervals = [m.record.interval for m in self.claims]
            weight = Interval(*(pick(ends) for pick, ends in zip((min, max, max), zip(*intervals, strict=True), strict=True)))
            yield self.slot(self.owner, self.claims, weight)
            return
        nodes = [Node(self.owner.entity, "record", m.record.id) for m in self.claims]
        yield SlotPlan(self.owner, self.order, mode=Mode.DISPUTED, supplies=tuple(map(PlannedSupply, nodes)))
        for node, claim in zip(nodes, self.claims, strict=True):
            yield self.slot(node, [claim], claim.record.interval, of_several=True)

    def by_suppliers(self, claims: Sequence[Member]) -> list[list[Member]]:
        """Return records in groups that agree on the suppliers; of delays the shortest counts."""
        if len(claims) == 1:
            return [list(claims)]
        groups: dict[tuple[object, ...], list[Member]] = {}
        for claim in claims:
            suppliers = _suppliers([claim])
            key = (suppliers.mode, suppliers.at_least, tuple(supplier[:3] for supplier in suppliers.each))
            groups.setdefault(key, []).append(claim)
        return list(groups.values())

    def slot(self, owner: Node, claims: Sequence[Member], weight: Interval, *, of_several: bool = False) -> SlotPlan:
        """Return the slot of records that agree on the suppliers; with slots ``of_several`` of the need it is hit together."""
        suppliers = _suppliers(claims)
        # The first slot has the records of details, too.
        records = (*(m.record.id for m in claims), *(self.details if claims[0] is self.claims[0] else ()))
        if suppliers.total > MORE_THAN_WHOLE:
            self._plans.scaled.update(dict.fromkeys(records, suppliers.total))
        if suppliers.completed is not None:
            self._plans.completed.update(dict.fromkeys(records, suppliers.completed))
        own = self.need in self._with_own and bool(suppliers.each)
        return SlotPlan(
            owner=owner,
            order=self.order,
            need=Node(self.need, "own" if own else ""),
            weight=weight,
            mode=suppliers.mode,
            at_least=suppliers.at_least,
            supplies=planned_supplies(suppliers.each, claims[0].without_effect),
            records=records,
            unknown=all(m.record.ungraded and m.record.portion is None for m in claims),
            disputed=len(self.claims) > 1,
            buffer=self.buffer,
            dispute=self.need if of_several else "",
            terms=suppliers.terms,
            substitutes=self._substitutes({supplier.provider for supplier in suppliers.each}),
        )

    def _substitutes(self, in_use: set[str]) -> tuple[PlannedSubstitute, ...]:
        """Return the alternatives that have a switching time and are not in use already, under any of their names."""
        unusable = {*in_use, self.need, self.owner.entity}
        days = self.switching_days
        return tuple(PlannedSubstitute(Node(name), days[name]) for name in sorted(days.keys() - unusable))


def _switching_days(members: Sequence[Member]) -> dict[str, float]:
    """Return the days until each alternative meets the need; the longest (the most harmful) where records disagree."""
    longest: dict[str, float] = {}
    for member in members:
        if (time := member.record.switching_time) is not None:
            for name in member.record.alternative:
                longest[name] = max(longest.get(name, 0.0), days(time))
    return longest


def _suppliers(claims: Sequence[Member]) -> Suppliers:
    """Return the suppliers of records that agree on them."""
    first = claims[0].record
    supplies = [supply for m in claims for supply in m.record.supply]
    return combine(supplies, first.combination, first.at_least, [supply for m in claims for supply in m.passing])


__all__ = ["NeedSlots"]
