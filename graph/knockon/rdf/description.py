"""Describe each data set in VoID and DCAT: how many triples and records it has, its licence, its source documents.

The descriptions are derived from the data sets whenever quads are built, and stand in the graph of derived triples: they
are no part of the data, so that neither a revision nor a difference between versions contains them. They state nothing
about the time of loading, which is in the history of a store.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pyoxigraph import Literal, NamedNode, Quad

from knockon.model import DataSet, DataSetInfo, Document, Evidence, ImpactRun, Record, Statement
from knockon.rdf.fields import fields
from knockon.rdf.to_rdf import TYPE, class_node, evidence_quads
from knockon.sparql.selection import Selection
from knockon.vocabulary import DCAT, DCTERMS, DERIVED_GRAPH, ONTOLOGY_GRAPH, VOID

_GRAPH = NamedNode(DERIVED_GRAPH)
_CLASSES = (NamedNode(VOID + "Dataset"), NamedNode(DCAT + "Dataset"))
_TRIPLES, _ENTITIES, _CLASS_COUNT = (NamedNode(VOID + name) for name in ("triples", "entities", "classes"))
_PARTITION, _PARTITION_CLASS = NamedNode(VOID + "classPartition"), NamedNode(VOID + "class")
_URI_SPACE, _VOCABULARY = NamedNode(VOID + "uriSpace"), NamedNode(VOID + "vocabulary")
_SOURCE, _IDENTIFIER = NamedNode(DCTERMS + "source"), NamedNode(DCTERMS + "identifier")
#: The properties of a data set that are derived.
_DERIVED = frozenset({_TRIPLES, _ENTITIES, _CLASS_COUNT, _PARTITION, _URI_SPACE, _VOCABULARY, _SOURCE, _IDENTIFIER})


def descriptions(data_sets: Iterable[DataSet]) -> set[Quad]:
    """Return the descriptions of data sets, all in the graph ``ko:derived``.

    The numbers are those of the data set alone, whatever else a store holds: its records by class, and the triples that
    state them, without derived ones. Title, description, licence and date of publication are those of its
    ``ko:DataSetInfo``.

    >>> from knockon.model import Company
    >>> ns = "https://w3id.org/knockon/id/"
    >>> described = descriptions([DataSet(DataSetInfo(id=ns + "data-x", title="X"), (Company(id=ns + "acme", label="Acme"),))])
    >>> sorted(int(quad.object.value) for quad in described if quad.predicate == NamedNode(VOID + "triples"))
    [5]
    """
    return {quad for data_set in data_sets for quad in _of_data_set(data_set)}


def may_describe(selection: Selection) -> bool:
    """Return whether the descriptions of data sets have triples of a selection."""
    return any(selection.has(predicate.value) for predicate in (TYPE, _PARTITION_CLASS, *_DERIVED)) or any(
        selection.has(TYPE.value, cls.value) for cls in _CLASSES
    )


def _of_data_set(data_set: DataSet) -> Iterator[Quad]:
    classes = Counter(type(record) for record in data_set.records if not isinstance(record, ImpactRun))
    documents = (record.id for record in data_set.records if isinstance(record, Document))
    return described(data_set.info, classes, triple_count(data_set), documents)


def described(
    info: DataSetInfo, classes: Mapping[type[Statement], int], triples: int, documents: Iterable[str]
) -> Iterator[Quad]:
    """Yield the description of one data set.

    Parameters
    ----------
    info
        What it states of itself.
    classes
        The number of its records of each class.
    triples
        The number of its triples.
    documents
        The IRIs of its documents.
    """
    subject = NamedNode(info.id)
    values: list[tuple[NamedNode, Any]] = [(TYPE, cls) for cls in _CLASSES]
    values += [
        (_IDENTIFIER, Literal(info.short_name)),
        (_TRIPLES, Literal(triples)),
        (_ENTITIES, Literal(sum(classes.values()))),
        (_CLASS_COUNT, Literal(len(classes))),
        (_URI_SPACE, Literal(info.base)),
        (_VOCABULARY, NamedNode(ONTOLOGY_GRAPH)),
    ]
    yield from (Quad(subject, predicate, value, _GRAPH) for predicate, value in values)
    # A million documents are not held as terms.
    yield from (Quad(subject, _SOURCE, NamedNode(document), _GRAPH) for document in documents)
    for cls, count in classes.items():
        part = NamedNode(f"{info.id}--{cls.rdf_class}")
        yield Quad(subject, _PARTITION, part, _GRAPH)
        yield Quad(part, _PARTITION_CLASS, class_node(cls), _GRAPH)
        yield Quad(part, _ENTITIES, Literal(count), _GRAPH)


def triple_count(data_set: DataSet) -> int:
    """Return how many triples state a data set: its own description, its records and triples of other vocabularies.

    Stored runs are left out, as in the default graph. It counts what ``to_rdf.quads`` yields without building it, which is
    several times as fast.
    """
    written, counts = set[str](), dict[tuple[bool, ...], int]()
    records = (record for record in data_set.records if not isinstance(record, ImpactRun))
    count = sum(_count(record, written, counts) for record in (data_set.info, *records))
    return count + len({(quad.subject, quad.predicate, quad.object) for quad in data_set.extra})


def _count(record: Record, written: set[str], counts: dict[tuple[bool, ...], int]) -> int:
    """Return how many triples state a record and its parts; evidence in ``written`` was counted before."""
    count = 1
    for field in fields(type(record)):
        value = getattr(record, field.name)
        if value is None or value == () or (value is False and not field.tristate):
            continue
        items = value if field.many else (value,)
        count += len(items)
        for part in items if field.kind == "nested" else ():
            if not isinstance(part, Evidence):
                count += _count(part, written, counts)
            elif part.id not in written:
                written.add(part.id)
                count += _evidence_count(part, counts)
    return count


def _evidence_count(evidence: Evidence, counts: dict[tuple[bool, ...], int]) -> int:
    """Return how many triples state an Evidence; ``counts`` has those of earlier ones, by which fields have a value."""
    key = tuple(getattr(evidence, field.name) is not None for field in fields(Evidence))
    if key not in counts:
        counts[key] = sum(1 for _ in evidence_quads(evidence))
    return counts[key]


def derived_description(
    infos: Iterable[DataSetInfo], properties: Mapping[Any, Sequence[tuple[NamedNode, Any]]]
) -> Iterator[tuple[Any, NamedNode, Any]]:
    """Yield the triples of a file that describe its data sets as ``descriptions`` does; they are derived again.

    Parameters
    ----------
    infos
        The data sets that the file describes.
    properties
        The properties and values of each subject of the file.
    """
    for info in infos:
        subject = NamedNode(info.id)
        for predicate, value in properties.get(subject, ()):
            if predicate in _DERIVED or (predicate == TYPE and value in _CLASSES):
                yield subject, predicate, value
            if predicate == _PARTITION and str(getattr(value, "value", "")).startswith(f"{info.id}--"):
                yield from ((value, inner, item) for inner, item in properties.get(value, ()))


__all__ = ["derived_description", "described", "descriptions", "may_describe", "triple_count"]
