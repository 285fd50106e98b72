"""The slots and hidden nodes that the dependencies of one dependant become.

A dependency is a slot of its dependant. Several records of one need that
differ in their suppliers are computed one by one: each is a hidden node, and a
``DISPUTED`` slot holds them. Parts of a whole add up: each is a hidden node,
and one slot of the dependant shares the whole out among them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from knockon.model import Dependency, Supply
from knockon.network.arrays import Mode
from knockon.network.suppliers import Supplier, Suppliers, Terms, combine, shortest
from knockon.network.supply_shares import MORE_THAN_WHOLE, SupplyShares, supply_shares
from knockon.vocabulary import Interval

#: All of what is short is lost.
ALL = Interval(1.0, 1.0, 1.0)


class Node(NamedTuple):
    """A node to be: an entity (IRI), or a hidden node of it.

    ``role`` is empty for the entity itself, ``own`` for the entity without its
    provisions, ``part`` for a part of it by the need ``of``, ``record`` for one
    of several records, ``of``, that disagree.
    """

    entity: str
    role: str = ""
    of: str = ""


class Member(NamedTuple):
    """A dependency with the supplies that count; ``passing`` are supplies that do not and pass their shares on.

    ``details`` marks a record that only adds a stock or an alternative to what other records say of the need.
    """

    record: Dependency
    passing: tuple[Supply, ...]
    details: bool


class PlannedSupply(NamedTuple):
    """A supply to be, as :class:`knockon.network.suppliers.Supplier`, from a node."""

    provider: Node
    share: float = 0.0
    unstated: bool = False
    delay: float = 0.0
    records: tuple[str, ...] = ()


class SlotPlan(NamedTuple):
    """A slot to be.

    ``order`` is its place among those of its owner. ``dispute`` is the need
    that other slots of the same entity are about as well: a hit on one of them
    hits all.
    """

    owner: Node
    order: tuple[int, str]
    need: Node | None = None
    weight: Interval = ALL
    mode: Mode = Mode.ALL_OF
    at_least: int = 0
    supplies: tuple[PlannedSupply, ...] = ()
    records: tuple[str, ...] = ()
    unknown: bool = False
    disputed: bool = False
    buffer: float = 0.0
    dispute: str = ""
    terms: Terms | None = None


class Plans(NamedTuple):
    """The slots of one dependant, and the shares of each of its dependencies that were scaled or completed (see Compiled)."""

    slots: list[SlotPlan]
    scaled: dict[str, float]
    completed: dict[str, float]


def plan_slots(
    owner: Node, needs: Mapping[str, Sequence[Member]], passing: Sequence[float | None], with_own: frozenset[str]
) -> Plans:
    """Return the slots of one dependant.

    Parameters
    ----------
    owner
        The node that owns them: the dependant, or itself without its provisions.
    needs
        The records of each need; those that only add details come last.
    passing
        The portions (0..1, None where unknown) of records that do not count and pass them on.
    with_own
        The entities with a hidden node without their provisions: buyers with suppliers of their own need that one.
    """
    plans = Plans([], {}, {})
    claims = {need: [m for m in members if not m.details] or list(members) for need, members in needs.items()}
    stated = {need: _portion(members) for need, members in claims.items() if any(m.record.portion is not None for m in members)}
    portions = supply_shares(stated, passing) if stated else SupplyShares({})
    for need in sorted(needs):
        plan = _NeedPlan(owner, need, claims[need], needs[need], portions.share.get(need), with_own, plans)
        plans.slots.extend(plan.slots())
    if stated:
        plans.slots.append(_whole(owner, portions))
        ids = [m.record.id for need in stated for m in claims[need] if m.record.portion is not None]
        if portions.total > MORE_THAN_WHOLE:
            plans.scaled.update(dict.fromkeys(ids, portions.total))
        if portions.completed is not None:
            unknown = [m.record.id for need in stated if stated[need] is None for m in claims[need]]
            plans.completed.update(dict.fromkeys(unknown, portions.completed))
    return plans


def provision_slot(node: Node, suppliers: Suppliers, weight: Interval, *, unknown: bool) -> SlotPlan:
    """Return the slot of an entity that holds its provisions."""
    supplies = _planned(suppliers.each)
    return SlotPlan(
        node, (2, ""), None, weight, suppliers.mode, suppliers.at_least, supplies, unknown=unknown, terms=suppliers.terms
    )


def identity_slot(entity: str) -> SlotPlan:
    """Return the slot by which an entity loses what it loses without its provisions."""
    return SlotPlan(Node(entity), (3, ""), Node(entity, "own"))


def _whole(owner: Node, portions: SupplyShares) -> SlotPlan:
    """Return the slot that adds up the parts of a dependant; a part that is none of it is left out."""
    supplies = tuple(
        PlannedSupply(Node(owner.entity, "part", need), share, need in portions.unstated)
        for need, share in sorted(portions.share.items())
        if share > 0 or need in portions.unstated
    )
    return SlotPlan(owner, (1, ""), mode=Mode.SHARES, supplies=supplies)


def _portion(members: Iterable[Member]) -> float | None:
    """Return the greatest portion that records state; None where none states one."""
    portions = (m.record.portion for m in members)
    return max((float(portion) for portion in portions if portion is not None and portion != "unknown"), default=None)


class _NeedPlan:
    """The slots of one dependant and need: a term of its maximum, a part of the whole, or both where records disagree."""

    def __init__(
        self,
        owner: Node,
        need: str,
        claims: Sequence[Member],
        members: Sequence[Member],
        share: float | None,
        with_own: frozenset[str],
        plans: Plans,
    ) -> None:
        self.owner, self.need, self.claims, self.share = owner, need, claims, share
        self.with_own, self.plans = with_own, plans
        self.order = (0, need)
        self.buffer = shortest(m.record.buffer for m in members)
        self.details = tuple(m.record.id for m in members if m not in claims)
        self.greatest = _portion(claims)

    def slots(self) -> list[SlotPlan]:
        """Return the slots; those with records are hit together where there are several."""
        parts = [m for m in self.claims if m.record.portion is not None]
        terms = [m for m in self.claims if m.record.portion is None]
        slots = []
        if terms:
            # A record that states a portion is, beside one that states a criticality, one more reading of the loss.
            weights = [m.record.interval if m in terms else self._of_whole(m) for m in self.claims]
            slots += list(self._claims(self.owner, self.claims, weights, "record"))
        if parts:
            part = Node(self.owner.entity, "part", self.need)
            low = 0.0 if terms else 1.0
            weights = [Interval(low * self._relative(m), self._relative(m), self._relative(m)) for m in parts]
            slots += list(self._claims(part, parts, weights, "part record"))
        dispute = self.need if sum(bool(slot.records) for slot in slots) > 1 else ""
        return [slot._replace(dispute=dispute if slot.records else "") for slot in slots]

    def _claims(self, owner: Node, claims: Sequence[Member], weights: Sequence[Interval], role: str) -> Iterator[SlotPlan]:
        """Yield the slot of records that agree on the suppliers, or a slot of each and one that holds them."""
        suppliers = [_suppliers([m]) for m in claims] if len(claims) > 1 else []
        if all(_terms(each) == _terms(suppliers[0]) for each in suppliers):
            weight = Interval(*(pick(ends) for pick, ends in zip((min, max, max), zip(*weights, strict=True), strict=True)))
            yield self._slot(owner, claims, weight, self.details)
            return
        nodes = [Node(self.owner.entity, role, m.record.id) for m in claims]
        supplies = tuple(PlannedSupply(node) for node in nodes)
        yield SlotPlan(owner, self.order, mode=Mode.DISPUTED, supplies=supplies)
        for node, claim, weight in zip(nodes, claims, weights, strict=True):
            yield self._slot(node, [claim], weight, self.details if claim is claims[0] else ())

    def _slot(self, owner: Node, claims: Sequence[Member], weight: Interval, details: tuple[str, ...]) -> SlotPlan:
        suppliers = _suppliers(claims)
        records = (*(m.record.id for m in claims), *details)
        if suppliers.total > MORE_THAN_WHOLE:
            self.plans.scaled.update(dict.fromkeys(records, suppliers.total))
        if suppliers.completed is not None:
            self.plans.completed.update(dict.fromkeys(records, suppliers.completed))
        own = self.need in self.with_own and bool(suppliers.each)
        return SlotPlan(
            owner=owner,
            order=self.order,
            need=Node(self.need, "own" if own else ""),
            weight=weight,
            mode=suppliers.mode,
            at_least=suppliers.at_least,
            supplies=_planned(suppliers.each),
            records=records,
            unknown=all(m.record.ungraded and m.record.portion is None for m in claims),
            disputed=len(self.claims) > 1,
            buffer=self.buffer,
            terms=suppliers.terms,
        )

    def _relative(self, claim: Member) -> float:
        """Return the portion of a record relative to the greatest; one that is not known follows those that are."""
        portion = claim.record.portion
        if portion is None or portion == "unknown" or not self.greatest:
            return 1.0
        return float(portion) / self.greatest

    def _of_whole(self, claim: Member) -> Interval:
        """Return the portion of a record as if it were a criticality."""
        point = (self.share or 0.0) * self._relative(claim)
        return Interval(0.0 if self.greatest is None else point, point, point)


def _suppliers(claims: Sequence[Member]) -> Suppliers:
    """Return the suppliers of records that agree on them."""
    first = claims[0].record
    supplies = [supply for m in claims for supply in m.record.supply]
    return combine(supplies, first.combination, first.at_least, [supply for m in claims for supply in m.passing])


def _terms(suppliers: Suppliers) -> tuple[object, ...]:
    """Return what two records agree on if they name the same suppliers in the same way; of delays the shortest counts."""
    return (suppliers.mode, suppliers.at_least, tuple(supplier[:3] for supplier in suppliers.each))


def _planned(suppliers: Iterable[Supplier]) -> tuple[PlannedSupply, ...]:
    return tuple(PlannedSupply(Node(s.provider), s.share, s.unstated, s.delay, s.records) for s in suppliers)


__all__ = ["ALL", "Member", "Node", "PlannedSupply", "Plans", "SlotPlan", "identity_slot", "plan_slots", "provision_slot"]
