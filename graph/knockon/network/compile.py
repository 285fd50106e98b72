"""From records to a network: which dependencies count, and how they become slots."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from knockon.model import Dependency, Statement, Supply, is_a
from knockon.model.base import days
from knockon.model.dates import absence
from knockon.network.network import MODES, Mode, Network
from knockon.vocabulary import Combination, Interval, Stance

#: What never depends on anything in a network: it is a rule, a human being, an idea or a source.
NEVER_DEPENDANT = ("Measure", "Person", "Jurisdiction", "Concept", "Document", "Event")
#: Where money comes from; other entities need the two below only when financing is asked for.
MONEY = ("Contract", "Market", "RevenueStream", "Funding")
FINANCE = ("RevenueStream", "Funding")


@dataclass(frozen=True, slots=True)
class Terms:
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
    """A network, and the dependencies and supplies that stayed out of it with the reason."""

    network: Network
    left_out: dict[str, str] = field(default_factory=dict)


def compile_network(
    records: Iterable[Statement], terms: Terms | None = None, also: Iterable[str] = (), origin: str = ""
) -> Compiled:
    """The network of the dependencies among records; ``also`` names entities that belong in it though nothing needs them.

    ``origin`` is the revision of what the records were read from; the network carries it.

    Two dependencies of one dependant on one need are one slot: the hull of
    their intervals, the higher point, all their supplies, marked disputed.

    >>> ns = "https://w3id.org/knockon/id/"
    >>> hosting = Dependency(id=ns + "hosting", dependant=ns + "shop", need=ns + "cloud", supply=[{"provider": ns + "acme"}])
    >>> network = compile_network([hosting]).network
    >>> network.size, network.slots, network.supplies
    (3, 1, 1)
    """
    terms = terms or Terms()
    held = list(records)
    classes = {record.id: record.rdf_class for record in held}
    left_out: dict[str, str] = {}
    groups: dict[tuple[str, str], list[Dependency]] = defaultdict(list)
    for record in held:
        if isinstance(record, Dependency):
            dependency, unused = _in_use(record, terms)
            reason = terms.admits(record) or _excluded(dependency, classes, terms)
            if reason:
                left_out[record.id] = reason
            else:
                groups[record.dependant, record.need].append(dependency)
                left_out |= unused
    return Compiled(_arrays(groups, also, origin), left_out)


def _in_use(record: Dependency, terms: Terms) -> tuple[Dependency, dict[str, str]]:
    """The dependency with those of its supplies that the terms admit, and why the others stay out."""
    unused = {supply.id: reason for supply in record.supply if (reason := terms.admits(supply))}
    if not unused:
        return record, unused
    return record.model_copy(update={"supply": tuple(s for s in record.supply if s.id not in unused)}), unused


def _excluded(record: Dependency, classes: Mapping[str, str], terms: Terms) -> str:
    dependant = classes.get(record.dependant, "Entity")
    if any(is_a(dependant, name) for name in NEVER_DEPENDANT):
        return f"a {dependant} depends on nothing"
    finance = classes.get(record.need) in FINANCE or any(classes.get(s.provider) in FINANCE for s in record.supply)
    if finance and dependant not in MONEY and not terms.financing:
        return "financing"
    return ""


def _arrays(groups: Mapping[tuple[str, str], list[Dependency]], also: Iterable[str], origin: str) -> Network:
    named = {iri for (dependant, need), _ in groups.items() for iri in (dependant, need)} | set(also)
    named |= {supply.provider for members in groups.values() for d in members for supply in d.supply}
    nodes = tuple(sorted(named))
    row = {iri: i for i, iri in enumerate(nodes)}
    keys = sorted(groups)
    slots = [_slot(sorted(groups[key], key=lambda d: d.id)) for key in keys]
    supplies = [supply for slot in slots for supply in slot.supplies]
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
        split=np.array([slot.split for slot in slots], bool),
        buffer=np.array([slot.buffer for slot in slots], np.float64),
        delay=np.array([s.delay for s in supplies], np.float64),
        origin=origin,
    )


@dataclass(frozen=True, slots=True)
class _Source:
    provider: str
    share: float
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
    split: bool
    buffer: float


def _slot(members: Sequence[Dependency]) -> _Slot:
    intervals = [d.interval for d in members]
    weight = Interval(min(i.low for i in intervals), max(i.point for i in intervals), max(i.high for i in intervals))
    supplied = [d for d in members if d.supply]
    by_provider: dict[str, list[Supply]] = defaultdict(list)
    for dependency in supplied:
        for supply in dependency.supply:
            by_provider[supply.provider].append(supply)
    kinds = {(d.combination, d.at_least) for d in supplied} or {(Combination.ALL_OF, None)}
    # Where two records disagree how supplies combine, the more harmful reading counts.
    combination, at_least = kinds.pop() if len(kinds) == 1 else (Combination.ALL_OF, None)
    shares, split = _shares(by_provider) if combination is Combination.SHARES else (dict.fromkeys(by_provider, 0.0), False)
    return _Slot(
        weight=weight,
        mode=MODES[combination],
        # Of five of which four must work only three may be in use: then all of them must.
        at_least=min(at_least or 0, len(by_provider)),
        supplies=tuple(
            _Source(p, shares[p], _least(s.delay for s in ss), tuple(s.id for s in ss)) for p, ss in sorted(by_provider.items())
        ),
        records=tuple(d.id for d in members),
        unknown=all(d.criticality is None and d.criticality_value is None for d in members),
        disputed=len(members) > 1,
        split=split,
        buffer=_least(d.buffer for d in members),
    )


def _least(durations: Iterable[str | None]) -> float:
    """Of several durations the shortest, in days; 0 where there is none. Where records disagree, the more harmful counts."""
    return min((days(duration) for duration in durations if duration), default=0.0)


def _shares(by_provider: Mapping[str, Sequence[Supply]]) -> tuple[dict[str, float], bool]:
    stated = {
        p: max(float(s.share) for s in ss if s.share is not None)
        for p, ss in by_provider.items()
        if any(s.share is not None for s in ss)
    }
    total = sum(stated.values())
    if total > 1:  # only where two records disagree
        stated = {p: share / total for p, share in stated.items()}
    silent = [p for p in by_provider if p not in stated]
    # Unstated shares split what is left equally; the result says so.
    rest = max(0.0, 1.0 - total) / len(silent) if silent else 0.0
    return {**stated, **dict.fromkeys(silent, rest)}, bool(silent)
