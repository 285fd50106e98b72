"""The records of an endpoint that a network is compiled from, read in pages: without texts, and of evidence only what counts.

A network needs dependencies, provisions and entities, and of their evidence the document, the stance and the confidence. Of
these there may be millions; measures, shocks, judgements, vulnerabilities and documents are few, and read whole. Everything
else stays where it is, and no more than a page of triples is in memory at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import Any

from pyoxigraph import NamedNode, Quad

from knockon.errors import InvalidData
from knockon.model import CLASSES, DataSet, DataSetInfo, Entity, Evidence, Record, Statement
from knockon.rdf.fields import Field, fields
from knockon.rdf.from_rdf import read
from knockon.rdf.selectors import SELECTOR
from knockon.rdf.to_rdf import class_node
from knockon.store.keyed_reader import KeyedReader, Revision, Row
from knockon.store.oxigraph import MemoryStore
from knockon.vocabulary import DERIVED_GRAPH, KO, MY, ONTOLOGY_GRAPH

#: The classes, beside entities, of which there may be many, and those whose records are read whole.
_MANY, _WHOLE = ("Dependency", "Provision", "Ownership"), ("Measure", "Shock", "Judgement", "Document", "Vulnerability")
#: What describes data sets, and stored runs.
_NO_RECORDS = ("DataSetInfo", "ImpactRun")
_ROW = ("s", "p", "o", "g")
#: Records are read in any graph but those of what is derived.
_AUTHORED = f"FILTER(?g NOT IN (<{DERIVED_GRAPH}>, <{ONTOLOGY_GRAPH}>))"


class NetworkRecords(MemoryStore):
    """A store of the records that a network is compiled from.

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

    def __init__(self, reader: KeyedReader, name: str) -> None:
        self._reader = reader
        self._info = DataSetInfo(id=f"{MY}data-{name}", title=name, base=MY)
        self._evidence: dict[Evidence, Evidence] = {}
        where = f"GRAPH ?g {{ ?s ?p ?o }} {_AUTHORED}"
        self._origin: Revision = reader.revision(where)
        of_class = "VALUES ?class {{ {} }} GRAPH ?g {{ ?s a ?class }}" + _AUTHORED.replace("{", "{{").replace("}", "}}")
        dated = f"VALUES ?dated {{ <{KO}from> <{KO}until> }} GRAPH ?h {{ ?s ?dated ?day }}"
        patterns = (
            (of_class.format(_names(_is_many)), False),
            (of_class.format(_names(_is_whole)), True),
            # Answers count all records that do not hold on their day.
            (f"{of_class.format(_names(_is_other))} {dated}", False),
        )
        records = {
            record.id: record
            for pattern, whole in patterns
            for subjects in reader.keys(pattern)
            for record in self._read(subjects, whole=whole)
        }
        reader.unchanged(where, self._origin)
        self._known = records
        self._complete: set[str] = set()
        super().__init__(DataSet(self._info, tuple(records.values())), checked=True)

    @property
    def revision(self) -> str:
        """The digest of all triples of the endpoint, by which a change of them is noticed."""
        return self._origin.digest

    def complete(self, iris: Iterable[str]) -> bool:
        """Read some of the records whole, with their texts and the places of their evidence, for what cites them.

        Returns
        -------
        bool
            Whether one was read; False if all were whole before.

        Raises
        ------
        InvalidData
            One was changed meanwhile.
        """
        new = sorted(set(iris) & self._known.keys() - self._complete)
        self._complete.update(new)
        for record in self._read(new, whole=True):
            if not _agree(self._known[record.id], record):
                raise self._reader.error("was changed while it was read", "try again when nobody writes to it")
            self._known[record.id] = record
        if new:
            self._put((DataSet(self._info, tuple(self._known.values())),), checked=True)
        return bool(new)

    def _read(self, subjects: Sequence[str], *, whole: bool) -> Iterator[Statement]:
        """Yield the records of some subjects."""
        for quads in _with_parts(self._reader, subjects, frozenset() if whole else _left_out()):
            reading = read(quads, self._reader.address)
            if reading.problems:
                raise InvalidData(reading.problems, "nothing was read")
            yield from reading.records if whole else (_sharing(record, self._evidence) for record in reading.records)


def _with_parts(reader: KeyedReader, subjects: Sequence[str], left_out: frozenset[str]) -> Iterator[list[Quad]]:
    """Yield the quads of some records with those of their parts and evidence, no more records at once than fit into a page."""
    needed = f"FILTER(?p NOT IN ({', '.join(f'<{iri}>' for iri in sorted(left_out))}))" if left_out else ""
    where = f"GRAPH ?g {{ ?s ?p ?o }} {needed} {_AUTHORED}"
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


def _sharing(record: Statement, known: dict[Evidence, Evidence]) -> Statement:
    """Return a record whose evidence, and that of its parts, is one object for all that say the same of one document."""
    changes: dict[str, Any] = {}
    for field in fields(type(record)):
        value = getattr(record, field.name)
        if field.nested is Evidence and value:
            changes[field.name] = tuple(known.setdefault(one, one) for one in value)
        elif field.nested is not None and field.many and value:
            changes[field.name] = tuple(_sharing(part, known) if isinstance(part, Statement) else part for part in value)
    return record.model_copy(update=changes) if changes else record


def _agree(record: Record, whole: Record) -> bool:
    """Return whether a record and one that was read whole say the same, but for texts and evidence."""
    if type(record) is not type(whole) or record.id != whole.id:
        return False
    for field in fields(type(record)):
        one, other = getattr(record, field.name), getattr(whole, field.name)
        if field.nested is Evidence or _is_text(field):
            continue
        if field.nested is not None and field.many:
            if len(one) != len(other) or not all(map(_agree, one, other)):
                return False
        elif one != other:
            return False
    return True


def _is_text(field: Field) -> bool:
    """Return whether a field is a text that may be missing; an inferred record has a reason."""
    return field.kind == "text" and not field.required and field.alias != "reason"


def _is_many(cls: type[Record]) -> bool:
    return cls.rdf_class in _MANY or issubclass(cls, Entity)


def _is_whole(cls: type[Record]) -> bool:
    return cls.rdf_class in _WHOLE


def _is_other(cls: type[Record]) -> bool:
    return issubclass(cls, Statement) and not (cls.nested or _is_many(cls) or _is_whole(cls) or cls.rdf_class in _NO_RECORDS)


def _names(chosen: Callable[[type[Record]], bool]) -> str:
    """Return some classes of records, as SPARQL lists them."""
    return " ".join(str(class_node(cls)) for cls in CLASSES.values() if chosen(cls))


@cache
def _classes_read() -> frozenset[type[Record]]:
    """The classes of the records and of all their parts."""
    found = set[type[Record]]()
    queue = [cls for cls in CLASSES.values() if _is_many(cls) or _is_whole(cls) or _is_other(cls)]
    while queue:
        cls = queue.pop()
        if cls not in found:
            found.add(cls)
            queue += [field.nested for field in fields(cls) if field.nested is not None]
    return frozenset(found)


@cache
def _part_links() -> frozenset[str]:
    """The properties that lead to parts, to evidence and to its places."""
    links = {field.iri for cls in _classes_read() for field in fields(cls) if field.nested is not None}
    return frozenset({*links, SELECTOR.value})


@cache
def _left_out() -> frozenset[str]:
    """The properties that no network needs: texts that may be missing, and the places of evidence in its document."""
    every = [field for cls in _classes_read() for field in fields(cls)]
    texts, needed = ({field.iri for field in every if _is_text(field) is text} for text in (True, False))
    return frozenset(texts - needed | {SELECTOR.value, KO + "claimant"})


__all__ = ["NetworkRecords"]
