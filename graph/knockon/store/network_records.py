"""The records of an endpoint that a network is compiled from, read in pages: without texts, and of evidence only what counts.

A network needs dependencies, provisions, entities, measures, shocks and judgements, and of their evidence the document, the
stance and the confidence. Everything else stays where it is, and no more than a page of triples is in memory at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any

from pyoxigraph import NamedNode, Quad

from knockon.errors import InvalidData
from knockon.model import CLASSES, DataSet, DataSetInfo, Entity, Evidence, Record, Statement
from knockon.rdf.fields import fields
from knockon.rdf.from_rdf import read
from knockon.rdf.selectors import SELECTOR
from knockon.rdf.to_rdf import class_node
from knockon.store.keyed_reader import KeyedReader, Revision, Row
from knockon.store.oxigraph import MemoryStore
from knockon.vocabulary import DERIVED_GRAPH, KO, MY, ONTOLOGY_GRAPH

_CLASSES = ("Dependency", "Provision", "Measure", "Shock", "Judgement", "Document")
_ROW = ("s", "p", "o", "g")
#: Records are read in any graph but those of what is derived.
_AUTHORED = f"FILTER(?g NOT IN (<{DERIVED_GRAPH}>, <{ONTOLOGY_GRAPH}>))"


class NetworkRecords(MemoryStore):
    """A store of the records that a network is compiled from.

    Parameters
    ----------
    records
        The records.
    name
        The name of their data set.
    origin
        The revision of the endpoint that they were read from.
    """

    def __init__(self, records: Iterable[Statement], name: str, origin: Revision) -> None:
        info = DataSetInfo(id=f"{MY}data-{name}", title=name, base=MY)
        super().__init__(DataSet(info, tuple(records)), checked=True)
        self._origin = origin

    @property
    def revision(self) -> str:
        """The digest of all triples of the endpoint, by which a change of them is noticed."""
        return self._origin.digest


def read_network_records(reader: KeyedReader, name: str) -> NetworkRecords:
    """Read the records that a network is compiled from.

    Parameters
    ----------
    reader
        Reads from the endpoint.
    name
        The name of the data set that they become.

    Raises
    ------
    InvalidData
        The records are invalid, there are blank nodes, or something was changed while they were read.
    """
    where = f"GRAPH ?g {{ ?s ?p ?o }} {_AUTHORED}"
    before = reader.revision(where)
    evidence: dict[Evidence, Evidence] = {}
    records: list[Statement] = []
    for subjects in reader.keys(f"VALUES ?class {{ {_names(_record_classes())} }} GRAPH ?g {{ ?s a ?class }} {_AUTHORED}"):
        for quads in _with_parts(reader, subjects):
            reading = read(quads, reader.address)
            if reading.problems:
                raise InvalidData(reading.problems, "nothing was read")
            records += (_with_shared_evidence(record, evidence) for record in reading.records)
    reader.unchanged(where, before)
    return NetworkRecords(records, name, before)


def _with_parts(reader: KeyedReader, subjects: Sequence[str]) -> Iterator[list[Quad]]:
    """Yield the quads of some records with those of their parts and evidence, no more records at once than fit into a page."""
    where = f"GRAPH ?g {{ ?s ?p ?o }} FILTER(?p NOT IN ({', '.join(f'<{iri}>' for iri in sorted(_left_out()))})) {_AUTHORED}"
    for page in reader.of_subjects(subjects, where, _ROW):
        rows, new, seen = list(page), page, set[str]()
        while parts := sorted(_parts_named(new) - seen):
            seen.update(parts)
            new = [row for part_page in reader.of_subjects(parts, where, _ROW) for row in part_page]
            rows += new
        yield [Quad(*row) for row in rows]


def _parts_named(rows: Iterable[Row]) -> set[str]:
    """Return the IRIs of the parts and evidence that rows name."""
    return {value.value for _, predicate, value, _ in rows if predicate.value in _part_links() and isinstance(value, NamedNode)}


def _with_shared_evidence(record: Statement, known: dict[Evidence, Evidence]) -> Statement:
    """Return a record whose evidence, and that of its parts, is one object for all that say the same of one document."""
    changes: dict[str, Any] = {}
    for field in fields(type(record)):
        value = getattr(record, field.name)
        if field.nested is Evidence and value:
            changes[field.name] = tuple(known.setdefault(one, one) for one in value)
        elif field.nested is not None and field.many and value:
            changes[field.name] = tuple(
                _with_shared_evidence(part, known) if isinstance(part, Statement) else part for part in value
            )
    return record.model_copy(update=changes) if changes else record


@cache
def _record_classes() -> tuple[type[Record], ...]:
    return tuple(cls for name, cls in CLASSES.items() if name in _CLASSES or issubclass(cls, Entity))


@cache
def _classes_read() -> frozenset[type[Record]]:
    """The classes of the records and of all their parts."""
    found, queue = set[type[Record]](), list(_record_classes())
    while queue:
        cls = queue.pop()
        if cls not in found:
            found.add(cls)
            queue += [field.nested for field in fields(cls) if field.nested is not None]
    return frozenset(found)


@cache
def _part_links() -> frozenset[str]:
    """The properties that lead to parts and to evidence."""
    return frozenset(field.iri for cls in _classes_read() for field in fields(cls) if field.nested is not None)


@cache
def _left_out() -> frozenset[str]:
    """The properties that no network needs: texts that may be missing, and the places of evidence in its document."""
    # An inferred record has a reason.
    texts = {
        (field.iri, field.required or field.alias == "reason")
        for cls in _classes_read()
        for field in fields(cls)
        if field.kind in ("text", "name")
    }
    needed = {iri for iri, required in texts if required}
    return frozenset({iri for iri, _ in texts} - needed | {SELECTOR.value, KO + "claimant"})


def _names(classes: Iterable[type[Record]]) -> str:
    return " ".join(str(class_node(cls)) for cls in classes)


__all__ = ["NetworkRecords", "read_network_records"]
