"""Check records against each other: unique ids, references to existing records of the right class, sums of shares."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from pyoxigraph import NamedNode

from knockon.errors import nearest
from knockon.model import Entity, Evidence, Ownership, Record, Shock, Statement, is_a
from knockon.model.validation_errors import Fault
from knockon.model.weights import ROUNDED, Span, totals_by_day
from knockon.rdf.fields import fields
from knockon.rdf.ontology import ontology
from knockon.sparql.known_terms import unknown_term
from knockon.sparql.projection import selected_variables
from knockon.sparql.size import TARGET
from knockon.sparql.validation import query_fault
from knockon.vocabulary import DERIVED_GRAPH, KO, local_name, namespace, prefixed

#: Names compared in search of the one that was meant, before the search is given up.
_EFFORT = 300_000
#: Target queries that are planned, which takes up to a twentieth of a second each; in others an unknown function is told
#: when it is called.
_PLANNED = 100
#: Names like the missing one that are looked at: those that cannot be meant are passed over.
_MEANT = 8
#: Members of a circle that a message names.
_RING = 10


class Violation(NamedTuple):
    """A fault with its record, and the faulty value if it is a reference or a query.

    Faults of one ``cause`` have one remedy: a name that is used in many records and declared in none.
    """

    record: str
    fault: Fault
    value: str = ""
    cause: str = ""


#: A reference: the way to it, the IRI it names, and the classes of which that must be.
Reference = tuple[tuple[int | str, ...], str, tuple[str, ...]]


class Draft(NamedTuple):
    """The references of a record; for an invalid record they may be all that is known."""

    id: str
    cls: str
    references: Sequence[Reference]


def check(
    records: Sequence[Statement],
    known: Mapping[str, str] | None = None,
    *,
    complete: bool = True,
    drafts: Sequence[Draft] = (),
) -> list[Violation]:
    """Yield every fault between records.

    Parameters
    ----------
    records
        The records, all that stand together.
    known
        IRIs that exist elsewhere with the names of their classes, or with an
        empty string where that is not known.
    complete
        False if some records could not be read: then a reference to a missing
        record is not a fault.
    drafts
        Broken records: they are there all the same, and what they refer to is looked at too.

    Examples
    --------
    >>> from knockon.model import Company
    >>> acme = Company(id="urn:x:acme", label="Acme", partOf="urn:x:nobody")
    >>> [found.fault.message for found in check([acme])]
    ['partOf names nobody, which does not exist']
    """
    classes = dict(known or {})
    classes |= {draft.id: draft.cls for draft in drafts}
    for record in records:
        for part in with_parts(record):
            classes[part.id] = part.rdf_class
    broken = {draft.id for draft in drafts} | {iri for iri, cls in classes.items() if not cls}
    meant = _References(classes, broken, complete)
    return [
        *_twice(records),
        *meant.faults([*_drafted(records), *drafts]),
        *_owned(records),
        *_circles(records),
        *_queries(records),
    ]


def with_parts(record: Record) -> Iterator[Record]:
    """Yield a record and all its parts."""
    yield record
    for field in fields(type(record)):
        if field.kind == "nested":
            value = getattr(record, field.name)
            for one in value if field.many else [value]:
                yield from with_parts(one)


def _twice(records: Iterable[Statement]) -> Iterator[Violation]:
    owners = Counter(record.id for record in records)
    for iri, count in owners.items():
        if count > 1:
            yield Violation(iri, Fault((), f"{local_name(iri)} occurs {count} times", "each record needs an id of its own"))
    parts: dict[str, str] = {}
    for record in records:
        for part in with_parts(record):
            # The same evidence may well stand in several records.
            if part is record or isinstance(part, Evidence):
                continue
            other = part.id if part.id in owners else parts.setdefault(part.id, record.id)
            if other != record.id:
                clash = f"its part {local_name(part.id)} has the same name as {_whose(part.id, other)}"
                yield Violation(record.id, Fault((), clash, "give one of the two records another id"))


def _whose(part: str, other: str) -> str:
    return "a record" if part == other else f"a part of {local_name(other)}"


def _drafted(records: Iterable[Statement]) -> Iterator[Draft]:
    for record in records:
        yield Draft(record.id, record.rdf_class, tuple(_named_by(record, ())))


class _References:
    """Checker of references: the target must exist and have a fitting class."""

    def __init__(self, classes: Mapping[str, str], broken: Collection[str], complete: bool) -> None:
        self.classes, self.broken, self.complete = classes, broken, complete
        self.pools: dict[tuple[str, ...], dict[str, list[str]]] = {}
        self.near: dict[tuple[str, tuple[str, ...]], list[str]] = {}
        self.effort = _EFFORT

    def faults(self, drafts: Iterable[Draft]) -> Iterator[Violation]:
        """Yield references to missing records and to records of the wrong class."""
        for draft in drafts:
            for reference in draft.references:
                path, iri, ranges = reference
                name, label, cls = _as_typed(iri, draft.id), str(path[0]), self.classes.get(iri)
                if cls is None:
                    if self.complete and not self._in_broken(iri):
                        fault = Fault(path, f"{label} names {name}, which does not exist", self._hint(draft, reference))
                        yield Violation(draft.id, fault, iri, f"missing {iri}")
                elif cls and not any(is_a(cls, wanted) for wanted in ranges):
                    wrong = f"{label} names {name}, a {cls}; it must be a {' or '.join(ranges)}"
                    yield Violation(draft.id, Fault(path, wrong), iri, f"class {wrong}")

    def _in_broken(self, iri: str) -> bool:
        """Return whether an IRI may be a part of a record whose content is not known."""
        stem = iri
        while (cut := stem.rfind("--")) > 0:
            stem = stem[:cut]
            if stem in self.broken:
                return True
        return False

    def _hint(self, draft: Draft, reference: Reference) -> str:
        """Suggest existing records of a fitting class, except the record itself and what an alternative replaces."""
        path, missing, ranges = reference
        never = {draft.id}
        if path[0] == "alternative":
            never |= {iri for route, iri, _ in draft.references if route[0] in {"dependant", "need", "supply"}}
        meant = [iri for iri in self._nearest(missing, ranges) if iri not in never and not iri.startswith(draft.id + "--")]
        return f"did you mean {', '.join(_as_typed(iri, draft.id) for iri in meant[:3])}?" if meant else ""

    def _nearest(self, missing: str, ranges: tuple[str, ...]) -> list[str]:
        """Return IRIs of fitting classes with names like a missing one; empty after too many searches."""
        key = (missing, ranges)
        if key not in self.near:
            pool, name = self._pool(ranges), local_name(missing)
            names = [name] if name in pool else []
            if not names and self.effort >= 0:
                self.effort -= len(pool)
                names = nearest(name, pool, _MEANT)
            self.near[key] = [iri for one in names for iri in pool[one]]
        return self.near[key]

    def _pool(self, ranges: tuple[str, ...]) -> dict[str, list[str]]:
        if ranges not in self.pools:
            fitting: dict[str, list[str]] = defaultdict(list)
            for iri, cls in self.classes.items():
                if not cls or any(is_a(cls, wanted) for wanted in ranges):
                    fitting[local_name(iri)].append(iri)
            self.pools[ranges] = fitting
        return self.pools[ranges]


def _as_typed(iri: str, beside: str) -> str:
    """Write an IRI as the data set of another one would: as a local name, with a prefix, or in full.

    >>> _as_typed("urn:x:a", "urn:x:b"), _as_typed("https://w3id.org/knockon/id/a", "urn:x:b"), _as_typed("urn:y:a", "urn:x:b")
    ('a', 'id:a', 'urn:y:a')
    """
    return local_name(iri) if namespace(iri) == namespace(beside) else prefixed(iri)


def _named_by(record: Record, path: tuple[int | str, ...]) -> Iterator[Reference]:
    for field in fields(type(record)):
        value = getattr(record, field.name)
        if value is None or not (field.ranges or field.kind == "nested"):
            continue
        for place, one in enumerate(value) if field.many else ((None, value),):
            here = (*path, field.alias) if place is None else (*path, field.alias, place)
            if field.kind == "nested":
                yield from _named_by(one, here)
            else:
                yield here, one, field.ranges


def _owned(records: Iterable[Statement]) -> Iterator[Violation]:
    holdings: dict[str, list[Ownership]] = defaultdict(list)
    for record in records:
        if isinstance(record, Ownership) and record.share is not None and record.direct is not False:
            holdings[record.owned].append(record)
    for owned, held in holdings.items():
        # Holdings of different times may add up to more than one.
        spans = (Span(h.share or Decimal(0), h.from_ or date.min, h.until) for h in held)
        day = next((day for day, total in totals_by_day(spans) if total > ROUNDED), None)
        if day is not None:
            together = [h for h in held if (h.from_ or date.min) <= day and (h.until is None or day < h.until)]
            total = sum((h.share for h in together if h.share is not None), Decimal(0))
            hint = ""
            if any(holding.direct is None for holding in together):
                hint = "only direct holdings are summed: say direct: false of an indirect one (in tables, a column direct)"
            fault = Fault(("share",), f"the shares of {local_name(owned)} come to {total}, more than 1", hint)
            yield from (Violation(holding.id, fault) for holding in together)


def _circles(records: Iterable[Statement]) -> Iterator[Violation]:
    parents = {record.id: record.part_of for record in records if isinstance(record, Entity)}
    done: set[str] = set()
    for start, first in parents.items():
        # Depth first without recursion: what is met again on the way up closes a circle.
        way, above = ([start], [iter(first)]) if start not in done else ([], [])
        place_of = {iri: place for place, iri in enumerate(way)}
        while way:
            one = next(above[-1], None)
            if one is None:
                above.pop()
                del place_of[way[-1]]
                done.add(way.pop())
            elif one in place_of:
                yield _circle(way[place_of[one] : place_of[one] + _RING])
            elif one in parents and one not in done:
                place_of[one] = len(way)
                way.append(one)
                above.append(iter(parents[one]))


def _circle(ring: Sequence[str]) -> Violation:
    through = ", ".join(local_name(iri) for iri in ring[1:])
    message = f"{local_name(ring[0])} is part of itself" + (f", through {through}" if through else "")
    return Violation(ring[0], Fault(("partOf",), message))


def _queries(records: Iterable[Statement]) -> Iterator[Violation]:
    faults: dict[str, str] = {}
    for record in records:
        for hit in record.hit if isinstance(record, Shock) else ():
            query = hit.target_query
            if query is None:
                continue
            if query not in faults:
                faults[query] = _fault_of_query(query, parsed_only=len(faults) >= _PLANNED)
            if faults[query]:
                yield Violation(record.id, Fault(("hit", "targetQuery"), f"targetQuery: {faults[query]}"), query)


def _fault_of_query(text: str, *, parsed_only: bool) -> str:
    wrong = query_fault(text, limits=TARGET, parsed_only=parsed_only)
    if wrong := wrong or unknown_term(text, _ontology_names().__contains__, _local_names):
        return wrong
    return "" if "target" in selected_variables(text) else "must be a SELECT with a variable ?target"


@cache
def _ontology_names() -> frozenset[str]:
    """The IRIs of the terms of the vocabulary, and of the graphs that queries may name."""
    return frozenset({q.subject.value for q in ontology() if isinstance(q.subject, NamedNode)} | {DERIVED_GRAPH})


def _local_names() -> set[str]:
    return {iri.removeprefix(KO) for iri in _ontology_names() if iri.startswith(KO)}
