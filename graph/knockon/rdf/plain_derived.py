"""Derive the triples of plain records as text: what ``derived``, ``covered_by`` and ``descriptions`` derive from objects."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import chain

from pyoxigraph import Quad

from knockon.model import (
    STATEMENTS,
    DataSetInfo,
    Dependency,
    Document,
    Evidence,
    ImpactRun,
    Statement,
)
from knockon.rdf.covered import covered_by
from knockon.rdf.derived import DEPENDS_ON, DISPUTED, derived, disputed
from knockon.rdf.description import described
from knockon.rdf.ontology import superclasses, superproperties
from knockon.rdf.plain_records import PlainDependency, PlainEntity, PlainRecord, PlainRecords, cited_document, to_record
from knockon.rdf.sameness import Sameness
from knockon.vocabulary import ASSERTED, DERIVED_GRAPH, RDF

#: The end of a line in the graph of derived triples, and the most links whose lines are put together at once.
_END, _AT_ONCE = f" <{DERIVED_GRAPH}> .\n", 100_000


def can_be_derived(records: PlainRecords) -> bool:
    """Return whether the triples that follow from records can be derived as text.

    Where entities are the same as others, or runs are stored, they are derived from record objects.
    """
    return not any(isinstance(record, ImpactRun) for record in records.others) and not Sameness.of(
        records.others, lambda _: True
    )


def type_lines(record: PlainRecord | Statement) -> str:
    """Return the superclasses of a plain record as N-Quads; those of other records are derived with their links.

    >>> type_lines(PlainEntity("urn:x:a", "Entity", "A")).split()[2]
    '<http://www.w3.org/ns/prov#Entity>'
    """
    if isinstance(record, PlainEntity):
        return _lines(record.id, _above(record.cls))
    if isinstance(record, str):
        return _lines(cited_document(record), _above(Document.rdf_class))
    return _lines(record.id, _above(Dependency.rdf_class)) if isinstance(record, PlainDependency) else ""


def evidence_type_lines(evidence: Iterable[str]) -> Iterator[str]:
    """Yield the superclasses of evidence, by its IRIs, as N-Quads."""
    above = _type_objects(Evidence.class_iri())
    return (_lines(iri, above) for iri in evidence)


def derived_lines(records: PlainRecords, graph: str) -> Iterator[str]:
    """Yield the links of records, the marks of disputed dependencies, and what follows from records that are not plain.

    Parameters
    ----------
    records
        The records of one data set.
    graph
        Its IRI.
    """
    yield from _links(records.dependencies)
    other = derived(records.others) if records.others else set[Quad]()
    # Whether a dependency is disputed depends on the plain ones too.
    quads = {quad for quad in other if quad.predicate != DISPUTED}
    quads.update(disputed(_of_shared_pairs(records), Sameness()))
    ownerships = {record.id: graph for record in records.others}
    quads.update(covered_by(records.others, ownerships) if records.others else ())
    yield from (f"{quad} .\n" for quad in quads)


def description_lines(info: DataSetInfo, records: PlainRecords, triples: int) -> Iterator[str]:
    """Yield the description of a data set with a number of triples as N-Quads."""
    classes = Counter({STATEMENTS[name]: count for name, count in records.class_counts().items()})
    others = (record.id for record in records.others if isinstance(record, Document))
    documents = chain(map(cited_document, records.documents), others)
    return (f"{quad} .\n" for quad in described(info, classes, triples, documents))


def _links(dependencies: Sequence[PlainDependency]) -> Iterator[str]:
    """Yield each link from a dependant to what it needs or who provides it once, with its super-properties."""
    import numpy as np  # not for loads that have no plain rows

    numbers: dict[str, int] = {}
    starts, ends = array("q"), array("q")
    for record in dependencies:
        if not _counts(record):
            continue
        dependant = numbers.setdefault(record.dependant, len(numbers))
        for iri in (record.need, *(supply.provider for supply in record.supplies)):
            starts.append(dependant)
            ends.append(numbers.setdefault(iri, len(numbers)))
    count, names = max(1, len(numbers)), list(numbers)
    pairs = np.unique(np.asarray(starts) * count + np.asarray(ends))
    del numbers, starts, ends  # while lines are made of the pairs
    predicates = [f"> <{iri}> <" for iri in (DEPENDS_ON.value, *(node.value for node in superproperties(DEPENDS_ON.value)))]
    for place in range(0, len(pairs), _AT_ONCE):
        for start, end in zip(*map(np.ndarray.tolist, np.divmod(pairs[place : place + _AT_ONCE], count)), strict=True):
            yield from (f"<{names[start]}{predicate}{names[end]}>{_END}" for predicate in predicates)


def _of_shared_pairs(records: PlainRecords) -> list[Statement]:
    """Return the dependencies whose dependant and need are those of another one too, as objects."""
    import numpy as np  # not for loads that have no plain rows

    others = [record for record in records.others if isinstance(record, Dependency)]
    dependencies: list[PlainDependency | Dependency] = [*records.dependencies, *others]
    numbers: dict[str, int] = {}
    ends = array("q")
    for record in dependencies:
        ends.append(numbers.setdefault(record.dependant, len(numbers)))
        ends.append(numbers.setdefault(record.need, len(numbers)))
    dependants, needs = np.asarray(ends).reshape(-1, 2).T
    pairs = dependants * len(numbers) + needs
    several, counts = np.unique(pairs, return_counts=True)
    if len(several) == len(pairs):
        return []
    places = np.flatnonzero(np.isin(pairs, several[counts > 1])).tolist()
    shared = [dependencies[place] for place in places]
    return [record if isinstance(record, Statement) else to_record(record) for record in shared if _counts(record)]


def _counts(record: PlainDependency | Statement) -> bool:
    """Return whether links are derived from a dependency: it rests on an assertion or on nothing."""
    if isinstance(record, PlainDependency):
        return not record.cited or any(isinstance(each, str) or each.asserts for each in record.cited)
    return record.rests_on(ASSERTED)


@cache
def _above(cls: str) -> tuple[str, ...]:
    return _type_objects(STATEMENTS[cls].class_iri())


@cache
def _type_objects(iri: str) -> tuple[str, ...]:
    """Return what follows the subject in the lines of the superclasses of a class."""
    return tuple(f"> <{RDF}type> <{node.value}>{_END}" for node in superclasses(iri))


def _lines(iri: str, above: Iterable[str]) -> str:
    return "".join(f"<{iri}{each}" for each in above)


__all__ = ["can_be_derived", "derived_lines", "description_lines", "evidence_type_lines", "type_lines"]
