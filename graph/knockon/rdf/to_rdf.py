"""Convert records to quads, by conversion steps that are built once for each class.

The graph of a quad depends on the evidence: a record with evidence in exactly
one document is in the graph of that document, any other record in the graph of
its data set; an Evidence node is always in the graph of its document. So each
triple is in exactly one graph, however many records use it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from math import isfinite
from typing import Any, NamedTuple

from pyoxigraph import Literal, NamedNode, Quad

from knockon.model import CLASSES, Evidence, Record, Statement
from knockon.model.base import UNKNOWN_NUMBER
from knockon.model.field_types import decimal_text
from knockon.model.language import LanguageString, language_of
from knockon.model.licenses import license_iri
from knockon.rdf.fields import FRAGMENT_CLASS, HAS_SELECTOR, SELECTOR_CLASS, SELECTOR_TERMS, Field, fields
from knockon.rdf.selectors import selector_quads
from knockon.sparql.selection import Selection
from knockon.vocabulary import DCTERMS, KO, RDF, XSD

Term = NamedNode | Literal

TYPE = NamedNode(RDF + "type")
TRUE = Literal(True)
_DATATYPES = {name: NamedNode(XSD + name) for name in ("boolean", "date", "decimal", "double", "duration", "integer")}


def _double(value: float) -> str:
    # XML Schema writes INF and NaN where Python has inf and nan.
    return repr(float(value)) if isfinite(value) else repr(float(value)).upper().replace("NAN", "NaN")


_LEXICAL: dict[str, Callable[[Any], str]] = {
    "decimal": decimal_text,
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
    if field.kind in {"text", "name"}:
        return _text_literal if field.kind == "text" else _name_literal
    if field.kind == "string":
        return Literal
    if field.kind == "license":
        return lambda value: NamedNode(iri) if (iri := license_iri(value)) else Literal(value)
    if field.kind == "word":
        return lambda value: NamedNode(KO + value)
    if field.kind == "property":
        properties = {f.alias: NamedNode(f.iri) for f in fields(cls)}
        return lambda value: properties.get(value) or NamedNode(KO + value)
    if field.kind == "nested":
        return lambda value: NamedNode(value.id)
    lexical, datatype = _LEXICAL[field.kind], _DATATYPES[field.kind]
    return lambda value: Literal(lexical(value), datatype=datatype)


def _text_literal(value: str) -> Literal:
    return _name_literal(LanguageString(value, language_of(value)))


def _name_literal(value: str) -> Literal:
    language = value.language if isinstance(value, LanguageString) else ""
    return Literal(str(value), language=language) if language else Literal(str(value))


@cache
def conversion_steps(cls: type[Record]) -> tuple[Step, ...]:
    """Return the conversion steps of a record class, in the order of its fields."""
    return tuple(Step(field, NamedNode(field.iri), _term_of(cls, field)) for field in fields(cls))


@cache
def class_node(cls: type[Record]) -> NamedNode:
    """Return the IRI of a class as a term."""
    return NamedNode(cls.class_iri())


def graph_of(record: Statement, data_graph: str) -> str:
    """Return the named graph of a record: its only document, or its data set."""
    documents = record.documents
    return documents[0] if len(documents) == 1 else data_graph


def quads(
    record: Statement, data_graph: str, written: set[str] | None = None, selection: Selection | None = None
) -> Iterator[Quad]:
    """Yield the quads of a record, its parts and its evidence; evidence in ``written`` is skipped, new evidence is added to it.

    With a ``selection`` those that it has are yielded, and perhaps some others.

    >>> from knockon.model import Company
    >>> nvidia = Company(id="https://w3id.org/knockon/id/nvidia", label="NVIDIA")
    >>> [q.predicate.value.rsplit("#")[-1] for q in quads(nvidia, "https://w3id.org/knockon/id/data-x")]
    ['type', 'label']
    """
    graph = NamedNode(graph_of(record, data_graph))
    yield from _record_quads(record, graph, set() if written is None else written, selection)


def _record_quads(record: Record, graph: NamedNode, written: set[str], selection: Selection | None) -> Iterator[Quad]:
    subject = NamedNode(record.id)
    has_type, steps = _selected_steps(type(record), selection)
    if has_type:
        yield Quad(subject, TYPE, class_node(type(record)), graph)
    for field, predicate, term in steps:
        value = getattr(record, field.name)
        # For a tristate field, False is written, since a missing value means that it is unknown.
        if value is None or (value is False and not field.tristate):
            continue
        if field.unknown_iri and value == UNKNOWN_NUMBER:
            yield Quad(subject, NamedNode(field.unknown_iri), TRUE, graph)
            continue
        for item in value if field.many else (value,):
            yield Quad(subject, predicate, term(item), graph)
            if field.kind != "nested":
                continue
            if not isinstance(item, Evidence):
                yield from _record_quads(item, graph, written, selection)
            elif item.id not in written:
                written.add(item.id)
                yield from evidence_quads(item)


@cache
def _selected_steps(cls: type[Record], selection: Selection | None) -> tuple[bool, tuple[Step, ...]]:
    """Return whether the class of a record is selected, and the steps that lead to selected triples."""
    steps = conversion_steps(cls)
    if selection is None:
        return True, steps
    return selection.has(TYPE.value, cls.class_iri()), tuple(step for step in steps if _leads_to(step.field, selection))


def _leads_to(field: Field, selection: Selection) -> bool:
    """Return whether a field has selected triples, in its own property or in those of its parts."""
    if selection.has(field.iri) or selection.has(field.unknown_iri):
        return True
    if field.nested is Evidence:
        parts = {HAS_SELECTOR, TYPE.value, *SELECTOR_TERMS.values(), DCTERMS + "conformsTo"}
        classes = {Evidence.class_iri(), SELECTOR_CLASS, FRAGMENT_CLASS}
        own = {step.predicate.value for step in conversion_steps(Evidence)}
        return bool(selection.predicates & (parts | own) or selection.classes & classes)
    return field.nested is not None and any(_selected_steps(field.nested, selection))


def evidence_quads(evidence: Evidence) -> Iterator[Quad]:
    """Yield the quads of an Evidence and its selector, in the graph of its document."""
    graph, subject = NamedNode(evidence.document), NamedNode(evidence.id)
    yield Quad(subject, TYPE, class_node(Evidence), graph)
    for field, predicate, term in conversion_steps(Evidence):
        if field.name not in SELECTOR_TERMS and (value := getattr(evidence, field.name)) is not None:
            yield Quad(subject, predicate, term(value), graph)
    yield from selector_quads(evidence, graph)


@cache
def classes_by_iri() -> dict[str, type[Record]]:
    """Return every record class by its IRI."""
    return {cls.class_iri(): cls for cls in CLASSES.values()}
