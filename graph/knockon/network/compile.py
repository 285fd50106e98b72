"""From records to a network: which dependencies count, and how they become slots."""

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
from knockon.network.weights import ABOVE, Weights, weights
from knockon.vocabulary import Combination, Interval, Stance

#: What never depends on anything in a network: it is a rule, a human being, an idea or a source.
NEVER_DEPENDANT = ("Measure", "Person", "Jurisdiction", "Concept", "Document", "Event")
#: Where money comes from; other entities need the two below only when financing is asked for.
MONEY = ("Contract", "Market", "RevenueStream", "Funding")
FINANCE = ("RevenueStream", "Funding")


@dataclass(frozen=True, slots=True)
class RecordFilter:
    """Which records may enter the network.

    Parameters
    ----------
    stances
        What a source must do with a record: by default assert it. A record without evidence is its author's word.
    facts_only
        Leave out records that are inferred.
    financing
        Let entities that are no money need revenue and funding.
    as_of
        Leave out records that have ended before this day, or have not begun; None ignores dates.
    """

    stances: frozenset[Stance] = frozenset({Stance.ASSERTS})
    facts_only: bool = False
    financing: bool = False
    as_of: date | None = None

    def admits(self, record: Statement) -> str:
        """Why a record stays out; empty if it comes in."""
        if record.evidence and not self.stances & {evidence.stance for evidence in record.evidence}:
            return "not asserted"
        if self.facts_only and record.inferred:
            return "inferred"
        return absence(record, self.as_of) or ""


@dataclass(frozen=True, slots=True)
class Compiled:
    """A network, and the dependencies and supplies that stayed out of it with the reason.

    ``scaled`` names the dependencies whose stated shares add up to more than 1
    and were scaled to 1, with their sum; ``completed`` those of which one
    supplier alone states no share, with what the others leave to it.
    """

    network: Network
    left_out: dict[str, str] = field(default_factory=dict)
    scaled: dict[str, float] = field(default_factory=dict)
    completed: dict[str, float] = field(default_factory=dict)


def compile_network(
    records: Iterable[Statement],
    terms: RecordFilter | None = None,
    also: Iterable[str] = (),
    origin: str = "",
    gone: Mapping[str, Sequence[Supply]] | None = None,
) -> Compiled:
    """The network of the dependencies among records; ``also`` names entities that belong in it though nothing needs them.

    ``gone`` are supplies by their dependency that are not of the world asked for and no longer among the records: their
    shares pass to the supplies that count (see network/weights.py). ``origin`` is the revision of what the records were
    read from; the network carries it.

    Two dependencies of one dependant on one need are one slot: the hull of
    their intervals, the higher point, all their supplies, marked disputed. One
    that says neither criticality nor supplies adds its stock and alternatives
    to the others, and disputes nothing.

    >>> ns = "https://w3id.org/knockon/id/"
    >>> hosting = Dependency(id=ns + "hosting", dependant=ns + "shop", need=ns + "cloud", supply=[{"provider": ns + "acme"}])
    >>> network = compile_network([hosting]).network
    >>> network.size, network.slots, network.supplies
    (3, 1, 1)
    """
    terms = terms or RecordFilter()
    held = list(records)
    classes = {record.id: record.rdf_class for record in held}
    left_out: dict[str, str] = {}
    groups: dict[tuple[str, str], list[_Member]] = defaultdict(list)
    for record in held:
        if isinstance(record, Dependency):
            member, unused = _in_use(record, (gone or {}).get(record.id, ()), terms)
            reason = terms.admits(record) or _excluded(member.record, classes, terms)
            if reason:
                left_out[record.id] = reason
            else:
                groups[record.dependant, record.need].append(member)
                left_out |= unused
    # Records that make a claim come before those that only add details to it: the first one speaks for the slot.
    slots = {key: _slot(sorted(groups[key], key=lambda member: (member.details, member.record.id))) for key in sorted(groups)}
    scaled = {name: slot.total for slot in slots.values() if slot.total > ABOVE for name in slot.records}
    completed = {name: slot.completed for slot in slots.values() if slot.completed is not None for name in slot.records}
    return Compiled(_arrays(slots, also, origin), left_out, scaled, completed)


class _Member(NamedTuple):
    """One record of a slot with the supplies that count; ``passing`` are those that do not and pass their shares on.

    ``details`` marks a record that adds a stock or an alternative to what others say of the need, and no claim of its own.
    """

    record: Dependency
    passing: tuple[Supply, ...]
    details: bool


def _in_use(record: Dependency, gone: Sequence[Supply], terms: RecordFilter) -> tuple[_Member, dict[str, str]]:
    """The dependency with those of its supplies that the terms admit, and why the others stay out."""
    unused = {supply.id: reason for supply in record.supply if (reason := terms.admits(supply))}
    # What has not begun yet has no share that it could pass on.
    passing = tuple(s for s in (*record.supply, *gone) if (s.id in unused or s in gone) and not _yet_to_begin(s, terms))
    details = record.adds_details_only and not gone
    if unused:
        record = record.model_copy(update={"supply": tuple(s for s in record.supply if s.id not in unused)})
    return _Member(record, passing, details), unused


def _yet_to_begin(supply: Supply, terms: RecordFilter) -> bool:
    return terms.as_of is not None and supply.from_ is not None and supply.from_ > terms.as_of


def _excluded(record: Dependency, classes: Mapping[str, str], terms: RecordFilter) -> str:
    dependant = classes.get(record.dependant, "Entity")
    if any(is_a(dependant, name) for name in NEVER_DEPENDANT):
        return f"a {dependant} depends on nothing"
    finance = classes.get(record.need) in FINANCE or any(classes.get(s.provider) in FINANCE for s in record.supply)
    if finance and dependant not in MONEY and not terms.financing:
        return "financing"
    return ""


def _arrays(slots_of: Mapping[tuple[str, str], _Slot], also: Iterable[str], origin: str) -> Network:
    keys, slots = list(slots_of), list(slots_of.values())
    supplies = [supply for slot in slots for supply in slot.supplies]
    nodes = tuple(sorted({iri for key in keys for iri in key} | {supply.provider for supply in supplies} | set(also)))
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
class _Source:
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
    supplies: tuple[_Source, ...]
    records: tuple[str, ...]
    unknown: bool
    disputed: bool
    total: float
    completed: float | None
    buffer: float


def _slot(members: Sequence[_Member]) -> _Slot:
    records = [member.record for member in members]
    claims = [member.record for member in members if not member.details] or records
    intervals = [d.interval for d in claims]
    by_provider: dict[str, list[Supply]] = defaultdict(list)
    for supply in (supply for dependency in records for supply in dependency.supply):
        by_provider[supply.provider].append(supply)
    combination, at_least = _combination(records)
    passing = [supply for member in members for supply in member.passing if supply.provider not in by_provider]
    found = Weights(dict.fromkeys(by_provider, 0.0))
    if combination is Combination.SHARES:
        found = weights({p: _share(ss) for p, ss in by_provider.items()}, _shares_by_provider(passing))
    if list(found.share.values()) == [1.0]:
        # Of one supplier that meets all of a need no share has a say, whether or not anybody stated it.
        combination, found = Combination.ALL_OF, found._replace(share=dict.fromkeys(by_provider, 0.0))
    return _Slot(
        weight=Interval(min(i.low for i in intervals), max(i.point for i in intervals), max(i.high for i in intervals)),
        mode=MODES[combination],
        # Of five of which four must work only three may be in use: then all of them must.
        at_least=min(at_least or 0, len(by_provider)),
        supplies=tuple(
            _Source(p, found.share[p], p in found.unstated, _least(s.delay for s in ss), tuple(s.id for s in ss))
            for p, ss in sorted(by_provider.items())
        ),
        records=tuple(d.id for d in records),
        unknown=all(d.criticality is None and d.criticality_value is None for d in claims),
        disputed=len(claims) > 1,
        total=found.total,
        completed=found.completed,
        buffer=_least(d.buffer for d in records),
    )


def _combination(records: Iterable[Dependency]) -> tuple[Combination, int | None]:
    """How the supplies of a slot combine: where nobody says it, they are read as shares."""
    kinds = {(d.combination or Combination.SHARES, d.at_least) for d in records if d.supply} or {(Combination.ALL_OF, None)}
    # Where two records disagree how supplies combine, the more harmful reading counts.
    return kinds.pop() if len(kinds) == 1 else (Combination.ALL_OF, None)


def _least(durations: Iterable[str | None]) -> float:
    """Of several durations the shortest, in days; 0 where there is none. Where records disagree, the more harmful counts."""
    return min((days(duration) for duration in durations if duration), default=0.0)


def _share(supplies: Iterable[Supply]) -> float | None:
    """The share that the records of one supplier state; where they disagree, the greatest."""
    return max((float(s.share) for s in supplies if s.share is not None), default=None)


def _shares_by_provider(supplies: Iterable[Supply]) -> list[float | None]:
    """The share of each supplier among some records, each once."""
    by_provider: dict[str, list[Supply]] = defaultdict(list)
    for supply in supplies:
        by_provider[supply.provider].append(supply)
    return [_share(records) for records in by_provider.values()]
