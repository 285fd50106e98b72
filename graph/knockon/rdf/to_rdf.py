"""Convert records to quads, by a plan compiled once for each class.

Which graph a quad stands in follows from evidence: a record resting on one
document stands in that document's graph, one resting on several or none in the
graph of its data set; an Evidence node always stands with its document. So a
triple has exactly one place, however many records use it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from decimal import Decimal
from functools import cache
from math import isfinite
from typing import Any, NamedTuple

from pyoxigraph import Literal, NamedNode, Quad

from knockon.model import CLASSES, Evidence, Record, Statement
from knockon.rdf.fields import Field, fields
from knockon.vocabulary import KO, OA, RDF, XSD

Term = NamedNode | Literal

TYPE = NamedNode(RDF + "type")
SELECTOR = NamedNode(OA + "hasSelector")
SELECTOR_TYPE = NamedNode(OA + "TextPositionSelector")
START, END = NamedNode(OA + "start"), NamedNode(OA + "end")
_DATATYPES = {name: NamedNode(XSD + name) for name in ("boolean", "date", "decimal", "double", "duration", "integer")}


def _decimal(value: Decimal) -> str:
    # xsd:decimal has no exponent; equal values get equal text. Decimal.normalize would round to 28 digits.
    text = format(value, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in {"-0", ""} else text


def _double(value: float) -> str:
    # XML Schema writes INF and NaN where Python has inf and nan.
    return repr(float(value)) if isfinite(value) else repr(float(value)).upper().replace("NAN", "NaN")


_LEXICAL: dict[str, Callable[[Any], str]] = {
    "decimal": _decimal,
    "double": _double,
    "integer": str,
    "boolean": lambda value: "true" if value else "false",
    "date": date.isoformat,
    "duration": str,
}


class Step(NamedTuple):
    """The conversion of one field: its property, and the term of a value."""

    field: Field
    predicate: NamedNode
    term: Callable[[Any], Term]


def _term_of(cls: type[Record], field: Field) -> Callable[[Any], Term]:
    if field.kind == "iri":
        return NamedNode
    if field.kind == "text":
        return lambda value: Literal(value, language="en")
    if field.kind == "string":
        return Literal
    if field.kind == "word":
        return lambda value: NamedNode(KO + value)
    if field.kind == "property":
        properties = {f.alias: NamedNode(f.iri) for f in fields(cls)}
        return lambda value: properties.get(value) or NamedNode(KO + value)
    if field.kind == "nested":
        return lambda value: NamedNode(value.id)
    lexical, datatype = _LEXICAL[field.kind], _DATATYPES[field.kind]
    return lambda value: Literal(lexical(value), datatype=datatype)


@cache
def plan(cls: type[Record]) -> tuple[Step, ...]:
    """Return the conversion steps of a record class, in the order of its fields."""
    return tuple(Step(field, NamedNode(field.iri), _term_of(cls, field)) for field in fields(cls))


@cache
def class_node(cls: type[Record]) -> NamedNode:
    """The IRI of a class as a term."""
    return NamedNode(cls.class_iri())


def graph_of(record: Statement, data_graph: str) -> str:
    """Return the named graph of a record: its only document, or its data set."""
    documents = record.documents
    return documents[0] if len(documents) == 1 else data_graph


def quads(record: Statement, data_graph: str, written: set[str] | None = None) -> Iterator[Quad]:
    """The quads of a record, its parts and its evidence; evidence in ``written`` is skipped, and new evidence is added to it.

    >>> from knockon.model import Company
    >>> nvidia = Company(id="https://w3id.org/knockon/id/nvidia", label="NVIDIA")
    >>> [q.predicate.value.rsplit("#")[-1] for q in quads(nvidia, "https://w3id.org/knockon/id/data-x")]
    ['type', 'label']
    """
    yield from _say(record, NamedNode(graph_of(record, data_graph)), set() if written is None else written)


def _say(record: Record, graph: NamedNode, written: set[str]) -> Iterator[Quad]:
    subject = NamedNode(record.id)
    yield Quad(subject, TYPE, class_node(type(record)), graph)
    for field, predicate, term in plan(type(record)):
        value = getattr(record, field.name)
        # False is written where its absence would mean that it is unknown.
        if value is None or (value is False and not field.tristate):
            continue
        for one in value if field.many else (value,):
            yield Quad(subject, predicate, term(one), graph)
            if field.kind != "nested":
                continue
            if not isinstance(one, Evidence):
                yield from _say(one, graph, written)
            elif one.id not in written:
                written.add(one.id)
                yield from _say_evidence(one)


def _say_evidence(evidence: Evidence) -> Iterator[Quad]:
    graph, subject, selector = (NamedNode(i) for i in (evidence.document, evidence.id, evidence.selector_id))
    yield Quad(subject, TYPE, class_node(Evidence), graph)
    for field, predicate, term in plan(Evidence):
        if field.name not in {"start", "end"} and (value := getattr(evidence, field.name)) is not None:
            yield Quad(subject, predicate, term(value), graph)
    yield Quad(subject, SELECTOR, selector, graph)
    yield Quad(selector, TYPE, SELECTOR_TYPE, graph)
    yield Quad(selector, START, Literal(evidence.start), graph)
    yield Quad(selector, END, Literal(evidence.end), graph)


@cache
def class_of() -> dict[str, type[Record]]:
    """Every record class by its IRI."""
    return {cls.class_iri(): cls for cls in CLASSES.values()}


def most_specific(classes: Iterable[type[Record]]) -> type[Record] | None:
    """Return the most specific class; None if two classes are unrelated.

    >>> from knockon.model import Company, Entity, Product
    >>> most_specific([Entity, Company]).__name__, most_specific([Company, Product])
    ('Company', None)
    """
    found = list(classes)
    lowest = [c for c in found if all(issubclass(c, other) for other in found)]
    return lowest[0] if lowest else None
