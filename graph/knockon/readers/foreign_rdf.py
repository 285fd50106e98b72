"""Read RDF of other vocabularies: CONSTRUCT queries beside the ontology's alignments say what records it has.

The triples are kept as they are. Queries run in a process of their own, with limits, and reach no network.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cache, partial
from pathlib import Path
from typing import Any, NamedTuple

from pyoxigraph import DefaultGraph, NamedNode, Quad, QueryTriples

from knockon.authoring.files import printable_path
from knockon.bundled import ontology_folder
from knockon.errors import LimitReached, NotFound, UsageError, shortened
from knockon.model import Record
from knockon.model.language import ENGLISH, LanguageString
from knockon.query.ask import ask_quads
from knockon.rdf.fields import Field, fields
from knockon.rdf.from_rdf import Reading
from knockon.rdf.from_rdf import read as read_records
from knockon.rdf.parse import parse_rdf
from knockon.rdf.skolem import skolemise
from knockon.readers.collector import RecordCollector
from knockon.readers.foreign_file import ForeignFile
from knockon.readers.record_drafts import Place
from knockon.readers.registry import Head
from knockon.readers.subject_places import SubjectPlaces
from knockon.sparql.guard import guard
from knockon.sparql.limits import Limits
from knockon.store.files import format_of
from knockon.vocabulary import RDF

#: The limits of one query: the data of one import, not of a query of somebody else.
_LIMITS = Limits(seconds=120.0, memory=4 * 2**30, rows=20_000_000, size=4 * 2**30)
#: The largest file, in bytes: RDF is read as a whole.
_LARGEST = 500_000_000
#: What stands in the queries for the base of the ids of the data set.
_BASE = "urn:knockon:base:"
_READS = re.compile(r"^# reads: (\S+)$", re.MULTILINE)
#: The namespaces of later releases, as those that the queries know.
_IOF = "https://spec.industrialontologies.org/ontology/"
_MOVED = (
    (f"{_IOF}core/Core/", "https://purl.industrialontologies.org/ontology/core/Core/"),
    (f"{_IOF}supplychain/SupplyChain/", "https://www.industrialontologies.org/ontology/supplychain/SupplyChain/"),
)


class Construct(NamedTuple):
    """A CONSTRUCT query, and the namespaces of the vocabularies that it reads."""

    name: str
    text: str
    namespaces: tuple[str, ...]


@cache
def constructs() -> tuple[Construct, ...]:
    """Return the queries in ontology/construct, by name.

    >>> [query.name for query in constructs()]
    ['fibo', 'gleif', 'iof', 'org']
    """
    files = sorted((ontology_folder() / "construct").glob("*.rq"))
    texts = [(file.stem, file.read_text("utf-8")) for file in files]
    return tuple(Construct(name, text, tuple(_READS.findall(text))) for name, text in texts)


#: What is in a file of RDF whose ending has other formats too.
_SIGNS = {".json": ('"@context"', '"@id"', '"@graph"'), ".xml": ("http://www.w3.org/1999/02/22-rdf-syntax-ns#",)}


def recognises(head: Head) -> bool:
    """Return whether a file names a vocabulary of which a query reads records."""
    if head.file.ending in _SIGNS and not any(sign in head.text for sign in _SIGNS[head.file.ending]):
        return False
    spaces = [space for query in constructs() for space in query.namespaces] + [moved for moved, _ in _MOVED]
    return any(space in head.text for space in spaces)


class _Subjects(NamedTuple):
    """The document of a file, and the places of its subjects."""

    document: str
    places: SubjectPlaces


def read(files: Sequence[ForeignFile], collector: RecordCollector) -> None:
    """Read the triples of all files, which may refer to each other, and the records that the queries make of them."""
    _read(files, collector, constructs())


def reader_of(path: Path) -> partial[None]:
    """Return the reader that makes records by one CONSTRUCT query of somebody's own, instead of those that are shipped.

    Raises
    ------
    NotFound
        There is no such file.
    UsageError
        The query does not parse, is not a CONSTRUCT, or would leave the store.
    """
    if not path.is_file():
        raise NotFound("file", printable_path(path))
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeError) as error:
        raise UsageError(f"{printable_path(path)} cannot be read: {error}") from None
    guard(text)
    return partial(_read, queries=[Construct(printable_path(path), text, ("",))])


def _read(files: Sequence[ForeignFile], collector: RecordCollector, queries: Iterable[Construct]) -> None:
    quads: list[Quad] = []
    homes: dict[str, _Subjects] = {}
    for file in files:
        found, places = _parse(file)
        home = _Subjects(collector.document(file), places)
        for quad in found:
            homes.setdefault(str(quad.subject)[1:-1], home)
        quads += found
        collector.progress(len(found))
    if not quads:
        return
    known = [_with_known_names(quad) for quad in quads]
    own = read_records(quads)
    collector.foreign(own.extra)
    _add(own, homes, collector)
    terms = {term.value for quad in known for term in (quad.predicate, quad.object) if isinstance(term, NamedNode)}
    for query in queries:
        if any(term.startswith(query.namespaces) for term in terms):
            # A query sees the triples of the files and nothing else: the ontology names classes that no file mentions.
            answer = ask_quads(known, query.text.replace(_BASE, collector.base), _LIMITS)
            if not isinstance(answer, QueryTriples):
                raise UsageError(f"{query.name} is not a CONSTRUCT query, so that it makes no records")
            triples = [Quad(t.subject, t.predicate, t.object, DefaultGraph()) for t in answer]
            _add(read_records(triples, query.name), homes, collector)


def _parse(file: ForeignFile) -> tuple[list[Quad], SubjectPlaces]:
    form = format_of(Path(file.file_name))
    with file.open_binary() as stream:
        content = stream.read(_LARGEST + 1)
    if len(content) > _LARGEST:
        raise LimitReached(f"{file.name} is larger than {_LARGEST // 1_000_000} MB, and RDF is read as a whole: split it")
    quads = skolemise(parse_rdf(content, form, file.name, Path(file.path).resolve().as_uri()))
    return quads, SubjectPlaces(content.decode("utf-8-sig", "replace"), form)


def _with_known_names(quad: Quad) -> Quad:
    """Return a quad with the names of terms that the queries know, where a vocabulary has moved."""
    predicate, value = quad.predicate, quad.object
    for moved, known in _MOVED:
        if predicate.value.startswith(moved):
            predicate = NamedNode(known + predicate.value.removeprefix(moved))
        if isinstance(value, NamedNode) and value.value.startswith(moved):
            value = NamedNode(known + value.value.removeprefix(moved))
    # Classes and properties move; subjects keep their names.
    if predicate is quad.predicate and (value is quad.object or quad.predicate.value != RDF + "type"):
        return quad
    return Quad(quad.subject, predicate, value if quad.predicate.value == RDF + "type" else quad.object, quad.graph_name)


def _add(reading: Reading, homes: Mapping[str, _Subjects], collector: RecordCollector) -> None:
    """Add records with the place of their subject; those of no subject rest on the first document as a whole."""
    first = next(iter(homes.values()))
    # What cannot be a record has no place of its own: all faults of a query are one.
    for source in dict.fromkeys(problem.file for problem in reading.problems):
        messages = shortened(str(problem) for problem in reading.problems if problem.file == source)
        collector.reject(first.document, Place(f"query:{source}"), "; ".join(messages))
    for record in reading.records:
        home = homes.get(record.id, first)
        collector.add(record.rdf_class, record.id, stated_fields(record), home.document, home.places.of(record.id))


def stated_fields(record: Record) -> dict[str, Any]:
    """Return the fields of a record that are stated, by their names in data files."""
    data: dict[str, Any] = {}
    for field in fields(type(record)):
        if field.name not in record.model_fields_set or field.name in ("id", "evidence"):
            continue
        value = getattr(record, field.name)
        for item in value if isinstance(value, tuple) else [value]:
            name, plain = _plain(field, item)
            data[name] = [*data.get(name, []), plain] if field.many else plain
    return data


def _plain(field: Field, value: Any) -> tuple[str, Any]:
    """Return the name of a field, with the language of a text that has another one than is usual, and its value."""
    if isinstance(value, Record):
        return field.alias, stated_fields(value)
    if isinstance(value, LanguageString):
        usual = ENGLISH if field.kind == "text" else ""
        name = field.alias if value.language in (usual, "") else f"{field.alias}@{value.language}"
        return name, str(value).strip()
    return field.alias, value if isinstance(value, bool | Decimal) or value is None else str(value)
