"""From records to facts: what the panel shows about an entity, a fact for each record or link.

A fact names the entities it is about (``ends``); a link has exactly two, and
is drawn. Everything else about the record comes along as notes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Any

from knockon.analysis.labels import label_of
from knockon.model import (
    Dependency,
    Designation,
    Discrepancy,
    Entity,
    Event,
    Evidence,
    Judgement,
    Measure,
    Observation,
    Ownership,
    Provision,
    Relation,
    Shock,
    Statement,
    Vulnerability,
)
from knockon.present.page.styles import words
from knockon.vocabulary import prefixed

Note = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that is known about one or more entities."""

    kind: str
    record: str
    ends: tuple[str, ...]
    link: bool = False
    headline: str = ""
    notes: tuple[Note, ...] = ()
    judged: tuple[str, ...] = ()
    inferred: bool = False
    evidence: tuple[Evidence, ...] = ()
    #: The dependant for whose sake a supply is used.
    used_by: str = ""
    #: The days from and until which it holds, as ISO dates; empty where that is open.
    since: str = ""
    until: str = ""
    #: What the dependant loses when the need is not met at all, 0..1; None where it is not stated.
    criticality: float | None = None

    def sort_key(self) -> tuple[str, str, tuple[str, ...]]:
        """Return the key to sort by: kind, then record, so that the order of the records does not matter."""
        return (self.kind, self.record, self.ends)


#: Shown elsewhere: in the ends, the headline or the marks.
_APART = {
    "id", "evidence", "judged", "inferred", "label", "altLabel", "identifier", "partOf", "jurisdiction", "dependant", "need",
    "supply", "owner", "owned", "subject", "relationType", "object", "about", "metric", "participant", "issuer", "appliesTo",
    "covers", "legalBasis", "between", "of", "hit", "reading", "exploits", "provider", "datePrecision", "value", "valueLow",
    "valueHigh", "unit", "asWritten", "provided", "measure", "designated", "entity", "verdict",
}  # fmt: skip


@cache
def _noted(cls: type[Statement]) -> tuple[tuple[str, str], ...]:
    """Return the fields of a class that notes are about, each with the words for it."""
    named = ((name, info.alias or name) for name, info in cls.model_fields.items())
    return tuple((name, words(alias)) for name, alias in named if alias not in _APART)


#: The classes whose records may be about other records than entities.
ABOUT_RECORDS: tuple[type[Statement], ...] = (Observation, Event, Vulnerability, Shock, Discrepancy, Judgement)
#: The classes whose records state links.
LINKING_RECORDS: tuple[type[Statement], ...] = (
    Dependency, Designation, Entity, Measure, Ownership, Provision, Relation,
)  # fmt: skip


@dataclass(slots=True)
class FactReader:
    """Reads facts from the records of a data set; it has all of them, to name what they refer to."""

    records: Mapping[str, Statement]
    drawn: frozenset[str] = field(default=frozenset())

    def facts(self, records: Iterable[Statement] | None = None) -> list[Fact]:
        """Return every fact about a drawn entity, in a fixed order; or only those of some of the records."""
        chosen = self.records.values() if records is None else records
        facts = (fact for record in chosen for fact in self._of(record))
        return sorted((fact for fact in facts if fact.ends), key=Fact.sort_key)

    def label(self, iri: str) -> str:
        """Return the label or title of a record, or else its local name."""
        return label_of(self.records, iri)

    def touched(self, iri: str, depth: int = 2) -> tuple[str, ...]:
        """Return the drawn entities that a reference leads to: itself, or the ends of the record it names."""
        if iri in self.drawn:
            return (iri,)
        record = self.records.get(iri)
        if record is None or depth == 0:
            return ()
        return tuple(end for ref in _references(record) for end in self.touched(ref, depth - 1))

    def _of(self, record: Statement) -> Iterator[Fact]:
        match record:
            case Dependency():
                yield from self._dependency(record)
            case Ownership():
                yield self._link("owns", record, record.owner, record.owned)
            case Provision():
                yield self._link("provision", record, record.provided, record.provider)
            case Designation():
                yield self._link("appliesTo", record, record.measure, record.designated)
            case Relation():
                yield self._link(record.relation_type, record, record.subject, record.object)
            case Measure():
                for name, targets in (("issuer", record.issuer), ("appliesTo", record.applies_to), ("covers", record.covers),
                                      ("legalBasis", record.legal_basis), ("jurisdiction", record.jurisdiction)):  # fmt: skip
                    yield from (self._link(name, record, record.id, target, bare=True) for target in targets)
            case Entity():
                yield from (self._link("partOf", record, record.id, whole, bare=True) for whole in record.part_of)
                yield from (self._link("jurisdiction", record, record.id, place, bare=True) for place in record.jurisdiction)
            case Observation() | Event() | Vulnerability() | Shock() | Discrepancy() | Judgement():
                yield self._listed(record)

    def _dependency(self, record: Dependency) -> Iterator[Fact]:
        criticality = None if record.ungraded else record.interval.point
        yield self._link("dependsOn", record, record.dependant, record.need, criticality=criticality)
        # A provider is linked to the need; where the need is missing, to the dependant itself.
        customer = record.need if self._is_present(record.need) else record.dependant
        for supply in record.supply:
            if supply.provider != customer:
                yield self._link("supply", supply, customer, supply.provider, whole=record)

    def _is_present(self, need: str) -> bool:
        return isinstance(self.records.get(need), Entity | Measure)

    def _link(
        self,
        name: str,
        record: Statement,
        start: str,
        end: str,
        *,
        bare: bool = False,
        criticality: float | None = None,
        whole: Dependency | None = None,
    ) -> Fact:
        both = tuple([iri for iri in (start, end) if iri in self.drawn])
        if not both:
            return Fact(name, record.id, ())
        link = len(both) == 2 and start != end
        other = "" if link else self.label(end if start in self.drawn else start)
        # A property of an entity shares its record with others: only notes on this property count.
        notes = () if bare else tuple(self._notes(record))
        judged = tuple(judgement for judgement in _judged(record) if not bare or judgement == words(name))
        ends, evidence = both if link else both[:1], record.evidence
        if whole is None:
            inferred, used_by, held = record.inferred, "", _held(record)
        else:
            # A supply holds while its dependency does.
            evidence, inferred = evidence or whole.evidence, record.inferred or whole.inferred
            used_by, held = whole.dependant, _held(record, whole)
        return Fact(name, record.id, ends, link, other, notes, judged, inferred, evidence, used_by, *held, criticality)

    def _listed(self, record: Statement) -> Fact:
        ends = tuple(dict.fromkeys(end for ref in _references(record) for end in self.touched(ref)))
        kind = "figure" if isinstance(record, Observation) else record.rdf_class.lower()
        evidence, notes = tuple(dict.fromkeys(record.all_evidence())), tuple(self._notes(record))
        since, until = _held(record)
        headline = self._headline(record)
        return Fact(kind, record.id, ends, False, headline, notes, _judged(record), record.inferred, evidence, "", since, until)

    def _headline(self, record: Statement) -> str:
        if isinstance(record, Observation):
            return f"{record.metric}: {record.figure}"
        if isinstance(record, Judgement):
            return f"{words(record.verdict)}: {' and '.join(map(prefixed, record.entity))}"
        return self.label(record.id)

    def _notes(self, record: Statement) -> Iterator[Note]:
        if isinstance(record, Dependency) and record.supply:
            yield "from", ", ".join(self.label(supply.provider) for supply in record.supply)
            if record.combination is None and record.combined:
                yield "combination", record.combined
        if isinstance(record, Provision):
            provided = self.records.get(record.provided)
            if isinstance(provided, Entity) and provided.provision_combination is not None:
                yield "combination", words(provided.provision_combination)
        values = record.__dict__
        for name, head in _noted(type(record)):
            value = values[name]
            if value is not None and value != ():
                yield head, self._text(value)
        if isinstance(record, Discrepancy):
            yield from (("reading", reading.label) for reading in record.reading)

    def _text(self, value: Any) -> str:
        if isinstance(value, tuple):
            return ", ".join(self._text(item) for item in value)
        if isinstance(value, StrEnum):
            return words(value)
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, date | Decimal | int):
            return str(value)
        return self.label(value) if value in self.records else str(value)


def _held(*records: Statement) -> tuple[str, str]:
    """Return the first and the last day on which all of the records hold; empty where that is open."""
    begins = [day.isoformat() for record in records if (day := record.begins)]
    ends = [day.isoformat() for record in records if (day := record.ends)]
    return max(begins, default=""), min(ends, default="")


class LinkReader(FactReader):
    """Reads only the links between facts and entities: enough to choose by, in a fraction of the time.

    All entities and measures are ``drawn``.
    """

    def links(self, records: Iterable[Statement]) -> Iterator[Fact]:
        """Yield the links between drawn entities that some records state, in their order."""
        return (fact for record in records for fact in self._of(record) if fact.link)

    def _is_present(self, need: str) -> bool:
        return need in self.drawn

    def _dependency(self, record: Dependency) -> Iterator[Fact]:
        yield self._link("dependsOn", record, record.dependant, record.need)
        customer = record.need if self._is_present(record.need) else record.dependant
        for supply in record.supply:
            if supply.provider != customer:
                yield self._link("supply", supply, customer, supply.provider)

    def _link(self, name: str, record: Statement, start: str, end: str, **_: Any) -> Fact:
        ends = tuple(iri for iri in (start, end) if iri in self.drawn)
        link = len(ends) == 2 and start != end
        return Fact(name, record.id, ends if link else ends[:1], link)

    def _listed(self, record: Statement) -> Fact:
        ends = tuple(dict.fromkeys(end for ref in _references(record) for end in self.touched(ref)))
        return Fact(record.rdf_class.lower(), record.id, ends)


def _judged(record: Statement) -> tuple[str, ...]:
    return tuple(words(name) for name in record.judged)


def link_ends(record: Statement) -> Iterable[str]:
    """Return what may be at the ends of the links that a record states.

    >>> list(link_ends(Dependency(id="urn:x:d", dependant="urn:x:a", need="urn:x:b", supply=[{"provider": "urn:x:c"}])))
    ['urn:x:a', 'urn:x:b', 'urn:x:c']
    """
    match record:
        case Dependency():
            return (record.dependant, record.need, *(supply.provider for supply in record.supply))
        case Measure():
            groups = (record.issuer, record.applies_to, record.covers, record.legal_basis, record.jurisdiction)
            return (record.id, *(iri for group in groups for iri in group))
        case Entity():
            return (record.id, *record.part_of, *record.jurisdiction)
        case Designation() | Ownership() | Provision() | Relation():
            return _references(record)
    return ()


#: The two ends of a record that links them.
_ENDS: dict[type[Statement], tuple[str, str]] = {
    Dependency: ("dependant", "need"),
    Designation: ("measure", "designated"),
    Ownership: ("owner", "owned"),
    Provision: ("provider", "provided"),
    Relation: ("subject", "object"),
}


def _references(record: Statement) -> Iterable[str]:
    """Return the records that a record is about."""
    match record:
        case Observation():
            return (record.about,)
        case Judgement():
            return record.entity
        case Event():
            return record.participant
        case Vulnerability():
            return (*record.of, *record.about)
        case Shock():
            return tuple(hit.target for hit in record.hit if hit.target)
        case Discrepancy():
            return (*record.about, *record.between)
        case Dependency() | Designation() | Ownership() | Provision() | Relation():
            return tuple(getattr(record, name) for name in _ENDS[type(record)])
    return ()
