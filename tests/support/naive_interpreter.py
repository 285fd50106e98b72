"""A second, slow implementation of the loss of each entity under a shock, to test the network and the engine against.

It reads records alone, and follows the design of the models of propagation and
of the vocabulary (dependencies, provisions, parts of a whole). Each rule is a short function, and its comment
states the rule. It imports no other part of Knock-on than the records: no
network, no model, no scale. Nothing is compiled; losses rise from the hits and 0
by plain iteration.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import product
from math import prod
from typing import NamedTuple

from knockon.model import (
    Concept,
    Contract,
    Dependency,
    Entity,
    Funding,
    Hit,
    Jurisdiction,
    Market,
    Person,
    Provision,
    RevenueStream,
    Shock,
    Statement,
    Supply,
)
from knockon.model.dates import covered_days
from support.naive_weights import HIGH, LOW, POINT, Member, combine, each_once, weight_of, weighted_sum

#: Iteration ends when no loss rises by more than this.
EPS = 1e-13
#: The most choices among several records of parts of one whole that are all computed.
MOST_CHOICES = 64
#: The interval of each word, as the table of scales has it: low, point, high.
WORDS: Mapping[str, tuple[float, float, float]] = {
    "Essential": (0.90, 1.00, 1.00),
    "High": (0.60, 0.75, 0.90),
    "Medium": (0.30, 0.45, 0.60),
    "Low": (0.05, 0.15, 0.30),
    "Negligible": (0.0, 0.0, 0.0),
}
#: The interval where neither a word nor a number is given.
UNKNOWN = (0.05, 0.45, 1.00)
#: Classes that lose nothing because of what they need. (Documents, events and measures cannot be dependants at all.)
NEVER_DEPENDANT = (Person, Jurisdiction, Concept)
#: What money comes in by; of these, other entities need the first two only where financing counts.
FINANCING = (RevenueStream, Funding)
MONEY = (*FINANCING, Contract, Market)


class Loss(NamedTuple):
    """What an entity loses (0..1): exact bounds, and the point between them."""

    low: float
    point: float
    high: float


class TargetHit(NamedTuple):
    """The initial loss of one target, at its three readings."""

    target: str
    severity: Loss


def interval(record: Dependency | Hit, name: str) -> Loss:
    """The three readings of a criticality or severity: numbers override the word; the middle stands for a point not given."""
    word, value, low, high = (getattr(record, name + end) for end in ("", "_value", "_low", "_high"))
    if low is not None and high is not None:
        middle = (Fraction(low) + Fraction(high)) / 2
        return Loss(float(low), float(middle if value is None else value), float(high))
    if value is not None:
        return Loss(float(value), float(value), float(value))
    return Loss(*(UNKNOWN if word is None else WORDS[str(word.value)]))


def hits_of(shock: Shock, day: date | None) -> list[TargetHit]:
    """The hits of a shock with a target that hold on a day; those of queries are resolved by who asks."""
    held = (hit for hit in shock.hit if hit.target is not None and _holds_on(hit, day))
    return [TargetHit(str(hit.target), interval(hit, "severity")) for hit in held]


def losses(
    records: Iterable[Statement],
    hits: Iterable[TargetHit],
    day: date | None,
    *,
    financing: bool = False,
    stances: Collection[str] = ("Asserts",),
    without: str | None = None,
) -> dict[str, Loss]:
    """The loss of each entity with low and high, on a day (None: dates are ignored), as if one document did not exist."""
    world = _World(tuple(records), day, financing, frozenset(stances), without)
    targets = tuple(hits)
    low, point, high = (_iterate(world, targets, reading) for reading in (LOW, POINT, HIGH))
    return {entity: Loss(low[entity], point[entity], high[entity]) for entity in point}


# -- Which records count ---------------------------------------------------------------------------------------------

#: A record counts; or it does not and its weight passes to those that count; or it does not and its weight is nobody's.
COUNTS, PASSES_ON, ABSENT = "counts", "passes on", "absent"


def _holds_on(record: Statement, day: date | None) -> bool:
    """Both dates are inclusive; a record without dates holds always, and without a day every record does."""
    if day is None:
        return True
    return (record.begins is None or record.begins <= day) and (record.ends is None or day <= record.ends)


def _has_not_begun(record: Statement, day: date | None) -> bool:
    return day is not None and record.begins is not None and day < record.begins


@dataclass(frozen=True)
class _World:
    """The records of a question, with the day and the options that decide which of them count."""

    records: tuple[Statement, ...]
    day: date | None
    financing: bool
    stances: frozenset[str]
    without: str | None

    def standing(self, record: Statement, *, on_itself: bool = False) -> str:
        """Whether a record counts, and if not, whether its weight passes on.

        What has ended, what no source asserts, what is not of this world and what an entity would be to itself pass their
        weight on; what has not begun passes nothing on.
        """
        if _has_not_begun(record, self.day):
            return ABSENT
        # A record is of this world where some of its evidence is left, that of its supplies included, or it never had any.
        cited = [one.document for one in record.all_evidence()]
        of_this_world = not cited or any(document != self.without for document in cited)
        own = [str(one.stance.value) for one in record.evidence if one.document != self.without]
        asserted = not own or not self.stances.isdisjoint(own)
        counts = of_this_world and asserted and not on_itself and _holds_on(record, self.day)
        return COUNTS if counts else PASSES_ON

    def classes(self, entity: str) -> list[type[Statement]]:
        return [type(record) for record in self.records if record.id == entity]

    def is_a(self, entity: str, classes: tuple[type[Statement], ...]) -> bool:
        return any(issubclass(cls, classes) for cls in self.classes(entity))

    def dependency_standing(self, record: Dependency) -> str:
        """As of any record; and a non-money entity needs revenue and funding only where financing counts."""
        standing = self.standing(record, on_itself=record.dependant == record.need)
        if standing == COUNTS and self.without_effect(record.dependant, record.need):
            return PASSES_ON
        return standing

    def without_effect(self, dependant: str, source: str) -> bool:
        """An entity that is not money loses nothing by a need or provider that is, unless financing counts."""
        return not self.financing and self.is_a(source, FINANCING) and not self.is_a(dependant, MONEY)


# -- The rules of loss -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _State:
    """The losses so far, of each entity and of each without what its provisions fail to deliver; and the hits."""

    whole: dict[str, float]
    bare: dict[str, float]
    hits: Mapping[str, float]

    def hit(self, *targets: str) -> float:
        """Several hits on one target: the greatest."""
        return max((self.hits.get(target, 0.0) for target in targets), default=0.0)

    def loss(self, entity: str) -> float:
        return self.whole.get(entity, 0.0)

    def loss_without_provisions(self, entity: str) -> float:
        return self.bare.get(entity, 0.0)


#: A term of a loss, as a function of the losses so far.
Term = Callable[[_State], float]


def _supplied(record: Dependency, world: _World, reading: int) -> Term | None:
    """What the supplies of its own fail to deliver; None if it has none that count."""
    counting: list[Supply] = []
    gone: list[Fraction | None] = []
    for supply in record.supply:
        standing = world.standing(supply, on_itself=supply.provider == record.dependant)
        if standing == COUNTS:
            counting.append(supply)
        elif standing == PASSES_ON:
            gone.append(weight_of(supply.share))
    if not counting:
        return None
    combination = None if record.combination is None else str(record.combination.value)

    def lost(state: _State, supply: Supply) -> float:
        # One by money keeps its weight and place, and never fails.
        if world.without_effect(record.dependant, supply.provider):
            return 0.0
        return max(state.hit(supply.id), state.loss(supply.provider))

    def meet(state: _State) -> float:
        # A supply loses what hits it or what its provider loses, whichever is more.
        members = [Member(weight_of(s.share), lost(state, s)) for s in counting]
        return combine(combination, record.at_least, members, gone, reading)

    return meet


def _short(record: Dependency, slot: Sequence[Dependency], world: _World, reading: int) -> Term:
    """How short a dependency is of its need: the greatest of the hit on it, the loss of the need, and what supplies lack."""
    supplied = _supplied(record, world, reading)
    # A hit on a record hits its slot: every record of this dependant and need that counts.
    slot_ids = [other.id for other in slot]

    def short(state: _State) -> float:
        if supplied is None:
            # Without supplies of its own (or where none counts any more) it is met by the provisions of its need.
            return max(state.hit(*slot_ids), state.loss(record.need))
        # With supplies of its own it does not feel that other providers of its need fail.
        return max(state.hit(*slot_ids), state.loss_without_provisions(record.need), supplied(state))

    return short


def _needs(entity: str, world: _World, reading: int) -> Term:
    """What an entity loses because of its dependencies: the greatest of c_r short_r over them, and of the whole of its parts.

    Records with the same dependant and need are one slot, and each is computed as if it were the only one: the least
    result is the low, the greatest is the point and the high.
    """
    own = [record for record in world.records if isinstance(record, Dependency) and record.dependant == entity]
    standing = {record.id: world.dependency_standing(record) for record in own}
    slots: dict[str, list[Dependency]] = {}
    for record in own:
        if standing[record.id] == COUNTS:
            slots.setdefault(record.need, []).append(record)
    shorts = {record.id: _short(record, slot, world, reading) for slot in slots.values() for record in slot}
    claims = {need: _claims(slot) for need, slot in slots.items()}
    choices = [*_choices(claims)]
    parts_that_count = {record.need for slot in slots.values() for record in slot if record.portion is not None}
    # A part of which another record counts is still there, so an ended record of it passes nothing on.
    gone = each_once(
        (record.need, weight_of(record.portion))
        for record in own
        if record.portion is not None and standing[record.id] == PASSES_ON and record.need not in parts_that_count
    )

    def of_choice(state: _State, chosen: Sequence[Dependency]) -> float:
        graded = [record for record in chosen if record.portion is None]
        parts = [record for record in chosen if record.portion is not None]
        terms = [interval(record, "criticality")[reading] * shorts[record.id](state) for record in graded]
        members = [Member(weight_of(record.portion), shorts[record.id](state)) for record in parts]
        return max([*terms, weighted_sum(members, gone, reading)])

    def needs(state: _State) -> float:
        results = [of_choice(state, chosen) for chosen in choices]
        return min(results) if reading == LOW else max(results)

    return needs


def _claims(slot: Sequence[Dependency]) -> list[Dependency]:
    """A record that states only details disputes nothing, as long as another record of the slot states more."""
    return [record for record in slot if not states_details_only(record)] or [*slot]


def states_details_only(record: Dependency) -> bool:
    """Whether a record says neither how much is lost nor who supplies, but some detail such as a stock."""
    graded = [record.criticality, record.criticality_value, record.criticality_low, record.portion]
    details = [record.buffer, record.alternatives, record.switching_cost, record.mechanism]
    states = any(value is not None for value in graded) or record.combination is not None or bool(record.supply)
    return not states and (any(value is not None for value in details) or bool(record.alternative))


def _choices(claims: Mapping[str, Sequence[Dependency]]) -> Iterator[Sequence[Dependency]]:
    """One record of each need. Needs without any portion are terms of the maximum, and may vary one by one.

    Where the needs with a portion have more than MOST_CHOICES: the least record of each, the greatest of each, and
    for every need its greatest among the least of the others, and its least among their greatest.
    """
    parts = {need: records for need, records in claims.items() if any(record.portion is not None for record in records)}
    of_parts: Iterable[Sequence[Dependency]] = product(*parts.values())
    if prod(map(len, parts.values())) > MOST_CHOICES:
        ordered = {need: sorted(records, key=_order) for need, records in parts.items()}
        least = {need: records[0] for need, records in ordered.items()}
        greatest = {need: records[-1] for need, records in ordered.items()}
        mixed = [base | {need: other[need]} for base, other in ((least, greatest), (greatest, least)) for need in parts]
        of_parts = [(*choice.values(),) for choice in (least, greatest, *mixed)]
    others = [records for need, records in claims.items() if need not in parts]
    for chosen, *rest in product(of_parts, *others):
        yield (*chosen, *rest)


def _order(record: Dependency) -> tuple[int, Fraction, str]:
    """Portions ascend; a portion that nobody knows comes after them, and a record with a criticality last."""
    weight = weight_of(record.portion)
    return (2 if record.portion is None else 1 if weight is None else 0, weight or Fraction(0), record.id)


class _Provided(NamedTuple):
    """One provider of an entity for all: the records of it that count, and the share."""

    provider: str
    records: tuple[str, ...]
    share: Fraction | None


def _chosen_period(provisions: Iterable[Provision], day: date | None) -> tuple[date, date] | None:
    """The only period whose shares count: the latest that had ended by the day, else the latest that had begun.

    Where dates are ignored: the latest to end.
    """
    periods = {covered_days(provision.period) for provision in provisions if provision.period is not None}
    by_end = sorted(periods, key=lambda days: (days[1], days[0]))
    if day is None:
        return by_end[-1] if by_end else None
    if ended := [days for days in by_end if days[1] <= day]:
        return ended[-1]
    begun = [days for days in sorted(periods) if days[0] <= day]
    return begun[-1] if begun else None


def _provided(entity: str, world: _World, reading: int) -> Term:
    """What the provisions of an entity fail to deliver; 0 without any."""
    own = [record for record in world.records if isinstance(record, Provision) and record.provided == entity]
    declared = [record for record in world.records if isinstance(record, Entity) and record.id == entity]
    stated = [record for record in declared if record.provision_combination is not None]
    combination = str(stated[0].provision_combination.value) if stated and stated[0].provision_combination else None
    at_least = stated[0].at_least if stated else None

    holding = [record for record in own if world.standing(record) == COUNTS]
    chosen = _chosen_period(holding, world.day)

    def of_the_period(record: Provision) -> bool:
        # A provision without a period belongs to every period; those of other periods neither count nor pass anything on.
        return record.period is None or (chosen is not None and covered_days(record.period) == chosen)

    counting = [record for record in holding if of_the_period(record)]
    providers = [*_each_provider_once(counting)]
    still_there = {one.provider for one in providers}
    gone = each_once(
        (record.provider, weight_of(record.share))
        for record in own
        if world.standing(record) == PASSES_ON and of_the_period(record) and record.provider not in still_there
    )
    # Which kind of list it is goes by all its records. Provisions that state neither shares nor how they combine may be
    # incomplete, so that at the low reading nothing need be lost whatever fails.
    incomplete = combination is None and all(record.share is None for record in own)

    def lost(state: _State, one: _Provided) -> float:
        # One by money keeps its weight and place, and never fails.
        if world.without_effect(entity, one.provider):
            return 0.0
        return max(state.hit(*one.records), state.loss(one.provider))

    def provided(state: _State) -> float:
        if reading == LOW and incomplete:
            return 0.0
        members = [Member(one.share, lost(state, one)) for one in providers]
        return combine(combination, at_least, members, gone, reading)

    return provided


def _each_provider_once(provisions: Iterable[Provision]) -> Iterator[_Provided]:
    """One provider counts once in a list, with the higher share among its records."""
    by_provider: dict[str, list[Provision]] = {}
    for provision in provisions:
        by_provider.setdefault(provision.provider, []).append(provision)
    for provider, records in by_provider.items():
        shares = [Fraction(record.share) for record in records if record.share is not None]
        yield _Provided(provider, tuple(record.id for record in records), max(shares, default=None))


def _nothing(_: _State) -> float:
    """The term of an entity that is never a dependant."""
    return 0.0


def _iterate(world: _World, targets: Sequence[TargetHit], reading: int) -> dict[str, float]:
    """The least solution: raise losses from the hits and 0 until nothing rises by more than EPS."""
    hits: dict[str, float] = {}
    for target, severity in targets:
        hits[target] = max(hits.get(target, 0.0), severity[reading])
    entities = [*_entities(world, hits)]
    never = {entity for entity in entities if world.is_a(entity, NEVER_DEPENDANT)}
    needs = {entity: _nothing if entity in never else _needs(entity, world, reading) for entity in entities}
    provided = {entity: _nothing if entity in never else _provided(entity, world, reading) for entity in entities}
    state = _State(dict.fromkeys(entities, 0.0), dict.fromkeys(entities, 0.0), hits)
    while True:
        bare = {entity: max(state.hit(entity), needs[entity](state)) for entity in entities}
        whole = {entity: max(bare[entity], provided[entity](state)) for entity in entities}
        risen = max((whole[entity] - state.whole[entity] for entity in entities), default=0.0)
        risen_bare = max((bare[entity] - state.bare[entity] for entity in entities), default=0.0)
        state = _State(whole, bare, hits)
        if max(risen, risen_bare) <= EPS:
            return whole


def _entities(world: _World, hits: Iterable[str]) -> list[str]:
    """Everything that a dependency or provision names or that is hit, other than records of dependencies and provisions."""
    links = {part.id for record in world.records for part in (record, *record.parts()) if not _can_lose(part)}
    names: dict[str, None] = {}
    for record in world.records:
        if isinstance(record, Dependency):
            names |= dict.fromkeys([record.dependant, record.need, *(supply.provider for supply in record.supply)])
        elif isinstance(record, Provision):
            names |= dict.fromkeys([record.provider, record.provided])
    names |= dict.fromkeys(hit for hit in hits if hit not in links)
    return [*names]


def _can_lose(record: Statement) -> bool:
    return not isinstance(record, Dependency | Supply | Provision)
