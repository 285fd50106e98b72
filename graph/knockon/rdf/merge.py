"""Merge the records of several data sets: the same entity in two of them becomes one."""

from __future__ import annotations

from collections.abc import Iterable

from knockon.errors import InvalidData, Problem
from knockon.model import DataSet, Entity, Statement
from knockon.rdf.fields import fields
from knockon.rdf.to_rdf import most_specific

PlacedRecord = tuple[Statement, str]


def merge(data_sets: Iterable[DataSet]) -> list[PlacedRecord]:
    """Every record once, with the graph of the first data set that has it.

    An entity in two sets keeps the more specific class, the first label that is
    not that of a mere Entity (the other becomes an altLabel) and all of its evidence. Any other record with
    one id and two contents is an error.

    Raises
    ------
    InvalidData
        Two sets say different things under one id.
    """
    found: dict[str, PlacedRecord] = {}
    problems: list[Problem] = []
    for data_set in data_sets:
        for record in data_set.records:
            placed = found.get(record.id)
            if placed is None:
                found[record.id] = (record, data_set.graph)
            elif placed[0] != record:
                one = _one(placed[0], record)
                if one is None:
                    message = f"{record.name} is something else in {placed[1]}"
                    problems.append(Problem(data_set.info.short_name, None, message, "give one of them another id"))
                else:
                    found[record.id] = (one, placed[1])
    if problems:
        raise InvalidData(problems)
    return [found[iri] for iri in sorted(found)]


def _one(first: Statement, second: Statement) -> Statement | None:
    if not (isinstance(first, Entity) and isinstance(second, Entity)):
        return None
    cls = most_specific({type(first), type(second)})
    if cls is None:
        return None
    if type(first) is Entity and cls is not Entity:
        # Whoever knows what it is, knows what it is called: a table may merely have mentioned it.
        first, second = second, first
    data: dict[str, object] = {"id": first.id}
    for field in fields(cls):
        one, two = getattr(first, field.name, None), getattr(second, field.name, None)
        data[field.name] = (*(one or ()), *(two or ())) if field.many else (one if one not in (None, False) else two)
    names = {second.label, *first.alt_label, *second.alt_label} - {first.label}
    return cls.model_validate({**data, "alt_label": tuple(names)})  # type: ignore[return-value]
