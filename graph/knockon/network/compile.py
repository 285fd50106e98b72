"""Compile records into a network: select the dependencies that count, and make slots of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

import numpy as np

from knockon.model import Dependency, Statement, Supply, is_a
from knockon.model.base import days
from knockon.model.dates import absence
from knockon.network.network import MODES, Mode, Network
from knockon.network.supply_shares import MORE_THAN_WHOLE, SupplyShares, supply_shares
from knockon.vocabulary import Combination, Interval, Stance

#: Classes that never depend on anything in a network: rules, people, ideas and sources.
NEVER_DEPENDANT = ("Measure", "Person", "Jurisdiction", "Concept", "Document", "Event")
#: Classes of money; entities of other classes depend on :data:`FINANCE` only when financing is asked for.
MONEY = ("Contract", "Market", "RevenueStream", "Funding")
FINANCE = ("RevenueStream", "Funding")


@dataclass(frozen=True, slots=True)
class RecordFilter:
    """The conditions that records must meet to enter the network.

    Parameters
    ----------
    stances
        The stances of evidence that count, by default "asserts". A record without evidence is always admitted.
    facts_only
        Leave out records that are inferred.
    financing
        Let entities other than contracts, markets and money depend on revenue and funding.
    as_of
        Leave out records that have ended before this day, or have not begun; None ignores dates.
    """

    stances: frozenset[Stance] = frozenset({Stance.ASSERTS})
    facts_only: bool = False
    financing: bool = False
    as_of: date | None = None

    def admits(self, record: Statement) -> str:
        """Return the reason why a record is left out; empty if it is admitted."""
        if record.evidence and not self.stances & {evidence.stance for evidence in record.evidence}:
            return "not asserted"
        if self.facts_only and record.inferred:
            return "inferred"
        return absence(record, self.as_of) or ""


@dataclass(frozen=True, slots=True)
class Compiled:
    """A compiled network and what was decided about its records, by IRI.

    Parameters
    ----------
    network
        The network.
    left_out
        The reason why each dependency or supply is not in the network.
    scaled
        The sum of the stated shares of each dependency where it was more than 1, so that they were scaled to 1.
    completed
        The remainder (0..1) given to the one supplier of each dependency that states no share where all others do.
    """

    network: Network
    left_out: dict[str, str] = field(default_factory=dict)
    scaled: dict[str, float] = field(default_factory=dict)
    completed: dict[str, float] = field(default_factory=dict)


def compile_network(
    records: Iterable[Statement],
    record_filter: RecordFilter | None = None,
    extra_entities: Iterable[str] = (),
    origin: str = "",
    absent_supplies: Mapping[str, Sequence[Supply]] | None = None,
) -> Compiled:
    """Compile the network of the dependencies among records.

    Two dependencies of one dependant on one need are one slot: the hull of
    their intervals, the higher point, all their supplies, marked disputed. One
    that says neither criticality nor supplies adds its stock and alternatives
    to the others, and disputes nothing.

    Parameters
    ----------
    records
        Records of any class; entities among them tell the classes of dependants and needs.
    record_filter
        The conditions that records must meet; by default those of :class:`RecordFilter`.
    extra_entities
        IRIs of entities that are nodes although no dependency names them.
    origin
        The revision of what the records were read from.
    absent_supplies
        Supplies that are not among the records because they are not of the world asked for, by the IRI of their dependency.
        Their shares pass to the supplies that count (see network/supply_shares.py).

    Examples
    --------
    >>> ns = "https://w3id.org/knockon/id/"
    >>> hosting = Dependency(id=ns + "hosting", dependant=ns + "shop", need=ns + "cloud", supply=[{"provider": ns + "acme"}])
    >>> network = compile_network([hosting]).network
    >>> network.size, network.slots, network.supplies
    (3, 1, 1)
    """
    record_filter = record_filter or RecordFilter()
    all_records = list(records)
    classes = {record.id: record.rdf_class for record in all_records}
    left_out: dict[str, str] = {}
    groups: dict[tuple[str, str], list[_SlotRecord]] = defaultdict(list)
    for record in all_records:
        if isinstance(record, Dependency):
            member, unused = _admitted(record, (absent_supplies or {}).get(record.id, ()), record_filter)
            reason = record_filter.admits(record) or _reason_to_exclude(member.record, classes, record_filter)
            if reason:
                left_out[record.id] = reason
            else:
                groups[record.dependant, record.need].append(member)
                left_out |= unused
    # Records that state a criticality or supplies come before those that only add details: the first one names the slot.
    slots = {key: _slot(sorted(groups[key], key=lambda member: (member.details, member.record.id))) for key in sorted(groups)}
    scaled = {name: slot.total for slot in slots.values() if slot.total > MORE_THAN_WHOLE for name in slot.records}
    completed = {name: slot.completed for slot in slots.values() if slot.completed is not None for name in slot.records}
    return Compiled(_arrays(slots, extra_entities, origin), left_out, scaled, completed)


class _SlotRecord(NamedTuple):
    """A dependency of a slot with the supplies that count; ``passing`` are supplies that do not and pass their shares on.

    ``details`` marks a record that only adds a stock or an alternative to what other records say of the need.
    """

    record: Dependency
    passing: tuple[Supply, ...]
    details: bool


def _admitted(
    record: Dependency, absent_supplies: Sequence[Supply], record_filter: RecordFilter
) -> tuple[_SlotRecord, dict[str, str]]:
    """Return the dependency with the supplies that the filter admits, and the reasons why the others are left out."""
    left_out = {supply.id: reason for supply in record.supply if (reason := record_filter.admits(supply))}
    # A supply that begins later has no share to pass on.
    not_counting = [*(supply for supply in record.supply if supply.id in left_out), *absent_supplies]
    passing = tuple(supply for supply in not_counting if not _begins_later(supply, record_filter))
    details = record.adds_details_only and not absent_supplies
    if left_out:
        record = record.model_copy(update={"supply": tuple(s for s in record.supply if s.id not in left_out)})
    return _SlotRecord(record, passing, details), left_out


def _begins_later(supply: Supply, record_filter: RecordFilter) -> bool:
    """Return whether a supply begins after the day of the filter."""
    return record_filter.as_of is not None and supply.from_ is not None and supply.from_ > record_filter.as_of


def _reason_to_exclude(record: Dependency, classes: Mapping[str, str], record_filter: RecordFilter) -> str:
    """Return the reason why the class of its dependant, need or a provider excludes a dependency; empty if none does."""
    dependant = classes.get(record.dependant, "Entity")
    if any(is_a(dependant, name) for name in NEVER_DEPENDANT):
        return f"a {dependant} depends on nothing"
    finance = classes.get(record.need) in FINANCE or any(classes.get(s.provider) in FINANCE for s in record.supply)
    if finance and dependant not in MONEY and not record_filter.financing:
        return "financing"
    return ""


def _arrays(slot_by_ends: Mapping[tuple[str, str], _Slot], extra_entities: Iterable[str], origin: str) -> Network:
    """Build the arrays of slots, which are keyed by dependant and need."""
    keys, slots = list(slot_by_ends), list(slot_by_ends.values())
    supplies = [supply for slot in slots for supply in slot.supplies]
    nodes = tuple(sorted({iri for key in keys for iri in key} | {supply.provider for supply in supplies} | set(extra_entities)))
    row = {iri: i for i, iri in enumerate(nodes)}
    return Network(
        nodes=nodes,
        slot_owner=np.array([row[dependant] for dependant, _ in keys], np.int64),
        slot_need=np.array([row[need] for _, need in keys], np.int64),
        weights=np.array([slot.weight for slot in slots], np.float64).reshape(-1, 3).T.copy(),
        mode=np.array([slot.mode for slot in slots], np.int64),
        at_least=np.array([slot.at_least for slot in slots], np.int64),
        supply_start=np.concatenate([[0], np.cumsum([len(slot.supplies) for slot in slots])]).astype(np.int64),
        supply_provider=np.array([row[s.provider] for s in supplies], np.int64),
        supply_share=np.array([s.share for s in supplies], np.float64),
        slot_records=tuple(slot.records for slot in slots),
        supply_records=tuple(s.records for s in supplies),
        unknown=np.array([slot.unknown for slot in slots], bool),
        disputed=np.array([slot.disputed for slot in slots], bool),
        unstated=np.array([s.unstated for s in supplies], bool),
        buffer=np.array([slot.buffer for slot in slots], np.float64),
        delay=np.array([s.delay for s in supplies], np.float64),
        origin=origin,
    )


@dataclass(frozen=True, slots=True)
class _SlotSupply:
    provider: str
    share: float
    unstated: bool
    delay: float
    records: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Slot:
    weight: Interval
    mode: Mode
    at_least: int
    supplies: tuple[_SlotSupply, ...]
    records: tuple[str, ...]
    unknown: bool
    disputed: bool
    total: float
    completed: float | None
    buffer: float


def _slot(members: Sequence[_SlotRecord]) -> _Slot:
    """Merge the dependencies of one dependant on one need into a slot."""
    records = [member.record for member in members]
    claims = [member.record for member in members if not member.details] or records
    intervals = [d.interval for d in claims]
    by_provider: dict[str, list[Supply]] = defaultdict(list)
    for supply in (supply for dependency in records for supply in dependency.supply):
        by_provider[supply.provider].append(supply)
    combination, at_least = _combination(records)
    passing = [supply for member in members for supply in member.passing if supply.provider not in by_provider]
    shares = SupplyShares(dict.fromkeys(by_provider, 0.0))
    if combination is Combination.SHARES:
        shares = supply_shares({p: _share(ss) for p, ss in by_provider.items()}, _shares_by_provider(passing))
    if list(shares.share.values()) == [1.0]:
        # The share of a sole supplier that meets the whole need has no effect, whether or not anybody stated it.
        combination, shares = Combination.ALL_OF, shares._replace(share=dict.fromkeys(by_provider, 0.0))
    return _Slot(
        weight=Interval(min(i.low for i in intervals), max(i.point for i in intervals), max(i.high for i in intervals)),
        mode=MODES[combination],
        # Where four of five suppliers must work and only three count, all three must.
        at_least=min(at_least or 0, len(by_provider)),
        supplies=tuple(
            _SlotSupply(p, shares.share[p], p in shares.unstated, _shortest_days(s.delay for s in ss), tuple(s.id for s in ss))
            for p, ss in sorted(by_provider.items())
        ),
        records=tuple(d.id for d in records),
        unknown=all(d.criticality is None and d.criticality_value is None for d in claims),
        disputed=len(claims) > 1,
        total=shares.total,
        completed=shares.completed,
        buffer=_shortest_days(d.buffer for d in records),
    )


def _combination(records: Iterable[Dependency]) -> tuple[Combination, int | None]:
    """Return how the supplies of a slot combine, as shares where nobody states it, and the number that must work."""
    kinds = {(d.combination or Combination.SHARES, d.at_least) for d in records if d.supply} or {(Combination.ALL_OF, None)}
    # Where two records disagree how supplies combine, the more harmful reading counts.
    return kinds.pop() if len(kinds) == 1 else (Combination.ALL_OF, None)


def _shortest_days(durations: Iterable[str | None]) -> float:
    """Return the shortest of several durations in days (the most harmful, where records disagree); 0 without any."""
    return min((days(duration) for duration in durations if duration), default=0.0)


def _share(supplies: Iterable[Supply]) -> float | None:
    """Return the share that the records of one supplier state, the greatest where they disagree; None if none does."""
    return max((float(s.share) for s in supplies if s.share is not None), default=None)


def _shares_by_provider(supplies: Iterable[Supply]) -> list[float | None]:
    """Return the share of each supplier among some records."""
    by_provider: dict[str, list[Supply]] = defaultdict(list)
    for supply in supplies:
        by_provider[supply.provider].append(supply)
    return [_share(records) for records in by_provider.values()]
