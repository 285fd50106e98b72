"""What must hold between records: names once, references to something there, of the right class, shares that add up."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from knockon.errors import nearest
from knockon.model import Entity, Ownership, Record, Shock, Statement, is_a
from knockon.model.faults import Fault
from knockon.query.guard import fault_of
from knockon.rdf.fields import fields
from knockon.vocabulary import local_name


class Found(NamedTuple):
    """A fault, and the record it is in."""

    record: str
    fault: Fault


def check(records: Sequence[Statement], known: Mapping[str, str] | None = None) -> list[Found]:
    """Every fault between records; ``known`` maps IRIs that exist elsewhere to the names of their
    classes, or to an empty string where that is not known.

    >>> from knockon.model import Company
    >>> acme = Company(id="urn:x:acme", label="Acme", partOf="urn:x:nobody")
    >>> [found.fault.message for found in check([acme])]
    ['partOf names nobody, which does not exist']
    """
    classes = dict(known or {})
    for record in records:
        for part in _with_parts(record):
            classes[part.id] = part.rdf_class
    return [*_twice(records), *_references(records, classes), *_owned(records), *_circles(records), *_queries(records)]


def _with_parts(record: Record) -> Iterator[Record]:
    yield record
    for field in fields(type(record)):
        if field.kind == "nested":
            value = getattr(record, field.name)
            for one in value if field.many else [value]:
                yield from _with_parts(one)


def _twice(records: Iterable[Statement]) -> Iterator[Found]:
    for iri, count in Counter(record.id for record in records).items():
        if count > 1:
            yield Found(iri, Fault((), f"{local_name(iri)} stands {count} times", "each record needs an id of its own"))


def _references(records: Iterable[Statement], classes: Mapping[str, str]) -> Iterator[Found]:
    names = {local_name(iri): iri for iri in classes}
    for record in records:
        for field_path, iri, ranges in _named_by(record, ()):
            name, label = local_name(iri), str(field_path[0])
            if iri not in classes:
                close = nearest(name, names)
                yield Found(
                    record.id,
                    Fault(field_path, f"{label} names {name}, which does not exist", f"did you mean {', '.join(close)}?" if close else ""),
                )
            elif classes[iri] and not any(is_a(classes[iri], wanted) for wanted in ranges):
                yield Found(
                    record.id,
                    Fault(field_path, f"{label} names {name}, a {classes[iri]}; it must be a {' or '.join(ranges)}"),
                )


def _named_by(record: Record, path: tuple[int | str, ...]) -> Iterator[tuple[tuple[int | str, ...], str, tuple[str, ...]]]:
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


def _owned(records: Iterable[Statement]) -> Iterator[Found]:
    shares: dict[str, list[Ownership]] = defaultdict(list)
    for record in records:
        if isinstance(record, Ownership) and record.share is not None:
            shares[record.owned].append(record)
    for owned, holdings in shares.items():
        # Holdings of different times may add up to more than one.
        if sum((h.share or Decimal(0) for h in holdings if not h.until), Decimal(0)) > 1:
            total = sum((h.share or Decimal(0) for h in holdings), Decimal(0))
            for holding in holdings:
                yield Found(holding.id, Fault(("share",), f"the shares of {local_name(owned)} come to {total}, more than 1"))


def _circles(records: Iterable[Statement]) -> Iterator[Found]:
    parents = {r.id: r.part_of for r in records if isinstance(r, Entity)}
    for start in parents:
        seen, todo = set(), list(parents[start])
        while todo:
            above = todo.pop()
            if above == start:
                yield Found(start, Fault(("partOf",), f"{local_name(start)} is part of itself"))
                break
            if above not in seen:
                seen.add(above)
                todo.extend(parents.get(above, ()))


def _queries(records: Iterable[Statement]) -> Iterator[Found]:
    for record in records:
        for hit in record.hit if isinstance(record, Shock) else ():
            if hit.target_query is not None and (wrong := fault_of(hit.target_query)):
                yield Found(record.id, Fault(("hit",), f"targetQuery: {wrong}"))
