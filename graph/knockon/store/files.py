"""Read RDF files as data sets, and write quads as RDF files."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Any

import pyoxigraph
from pyoxigraph import NamedNode, Quad, RdfFormat, Triple

from knockon.errors import InvalidData, LimitReached, NotFound, Notice, Problem, UsageError
from knockon.model import DataSet, DataSetInfo
from knockon.model.base import digest
from knockon.model.share_notices import share_notices
from knockon.rdf.from_rdf import read
from knockon.rdf.ontology import ontology
from knockon.rdf.parse import parse_rdf
from knockon.rdf.skolem import skolemise_counted
from knockon.rdf.write import serialise
from knockon.store.atomic_write import write_bytes
from knockon.vocabulary import KO, MY, PREFIXES, RDF

FORMATS: dict[str, RdfFormat] = {
    "ttl": RdfFormat.TURTLE,
    "nt": RdfFormat.N_TRIPLES,
    "nq": RdfFormat.N_QUADS,
    "trig": RdfFormat.TRIG,
    "jsonld": RdfFormat.JSON_LD,
    "rdf": RdfFormat.RDF_XML,
}
_SUFFIXES = {".owl": "rdf", ".xml": "rdf", ".json": "jsonld", ".turtle": "ttl"}


def format_of(path: Path) -> RdfFormat:
    """Return the RDF format of a file by its ending.

    >>> format_of(Path("a.trig")).name
    'TriG'
    """
    ending = path.suffix.lower()
    name = _SUFFIXES.get(ending, ending.lstrip("."))
    if name not in FORMATS:
        known = ", ".join(f".{name}" for name in FORMATS)
        what = f"the ending {ending}" if ending else "a name without an ending"
        raise UsageError(f"{path}: {what} is not a format of RDF; use {known}")
    return FORMATS[name]


def read_file(path: Path) -> DataSet:
    """Read an RDF file as a data set with the name of the file.

    Raises
    ------
    NotFound
        The file does not exist.
    InvalidData
        It does not parse, or its records are invalid.
    """
    format_of(path)
    if not path.is_file():
        raise NotFound("file", str(path))
    return _read(path, path, str(path), slug(path.stem))


def read_bytes(content: bytes, ending: str, source: str, name: str) -> DataSet:
    """Read RDF from memory as a data set with a name; ``ending`` determines the format, ``source`` is the name in problems.

    Raises
    ------
    InvalidData
        It does not parse, or its records are invalid.
    """
    return _read(content, Path(f"{name}{ending}"), source, slug(name))


def _read(file: Path | bytes, path: Path, source: str, name: str) -> DataSet:
    form, base = format_of(path), path.resolve().as_uri()
    content = file if isinstance(file, bytes) else _content(file)
    quads = parse_rdf(content, form, source, base)
    if not quads:
        raise InvalidData([_no_rdf(content, form, source)])
    data_set = from_quads(quads, source, name, partial(_line_of, content, form))
    if data_set.records:
        return replace(data_set, notices=(*data_set.notices, *share_notices(data_set.records, lambda _: (source, None))))
    if not data_set.extra and not _describes_itself(quads):
        hint = "load a file that has records"
        raise InvalidData([Problem(source, None, "0 records: it contains only the vocabulary", hint)])
    return replace(data_set, notices=(*data_set.notices, _only_foreign(data_set, source)))


def line_in_file(path: Path, iri: str) -> int | None:
    """Return the line of an RDF file that makes statements about a subject; None if it is not found."""
    try:
        return _line_of(path.read_bytes(), format_of(path), iri) if path.is_file() else None
    except (OSError, UsageError, MemoryError):
        return None


def _line_of(content: bytes, form: RdfFormat, iri: str) -> int | None:
    # Loaded only for a file with problems.
    from knockon.rdf.subject_lines import line_of_subject

    return line_of_subject(content.decode("utf-8-sig", "replace"), form, iri)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from None
    except MemoryError:
        raise LimitReached(f"{path} does not fit into memory: split it, or raise the limit (ulimit -v)") from None


def _no_rdf(content: bytes, form: RdfFormat, source: str) -> Problem:
    if form != RdfFormat.JSON_LD:
        return Problem(source, None, "contains no triples", "is it the right file?")
    why = "nothing in it has an IRI under its @context" if b'"@context"' in content else "JSON without @context"
    hint = (
        'bring JSON in as JSON Lines (.jsonl), one record a line: {"class": "Company", "id": "acme", "label": "Acme"}; '
        "or as a table with the columns dependant and need; or draft a mapping with `knockon mapping suggest FILE`, "
        "and read it with `knockon import FILE`"
    )
    return Problem(source, None, f"contains no RDF ({why})", hint)


def _describes_itself(quads: Iterable[Quad]) -> bool:
    return any(q.predicate.value == RDF + "type" and q.object == NamedNode(KO + "DataSetInfo") for q in quads)


def _only_foreign(data_set: DataSet, source: str) -> Notice:
    count = len(data_set.extra)
    hint = (
        "to compute with them: `knockon import FILE` makes records of IOF, GLEIF, W3C ORG and FIBO; of others, with "
        "--mapping QUERY.rq, a CONSTRUCT query that creates ko:Company, ko:Dependency and so on"
    )
    return Notice(
        source, None, f"0 records, {count:,} triple{'s' if count != 1 else ''} of other vocabularies (SPARQL sees them)", hint
    )


def slug(text: str) -> str:
    r"""Convert a text to a local name; a text without Latin letters and digits becomes a digest.

    >>> slug("Acme Widgets, Ltd."), slug("\u534e\u4e3a")
    ('acme-widgets-ltd', 'x82eaaba81d')
    """
    import unicodedata

    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "x" + digest(text)


#: Names that Windows reads as devices, with any ending.
_DEVICES = re.compile(r"(con|prn|aux|nul|(com|lpt)[0-9])$")
#: The most characters of a file name without its ending; systems allow 255 bytes with the ending.
_LONGEST_STEM = 120


def file_stem(names: Iterable[str]) -> str:
    """Convert names from data to a safe file name without ending: never a path, a device or too long.

    >>> file_stem(["Acme", "../../etc"]), file_stem(["CON"]), file_stem([]), len(file_stem(["x" * 999]))
    ('acme-etc', 'x-con', 'empty', 120)
    """
    stem = "-".join(map(slug, names)) or "empty"
    if len(stem) > _LONGEST_STEM:
        suffix = digest(stem)
        stem = f"{stem[: _LONGEST_STEM - len(suffix) - 1]}-{suffix}"
    return f"x-{stem}" if _DEVICES.match(stem) else stem


def from_quads(
    quads: Iterable[Quad], source: str, name: str = "", line_of: Callable[[str], int | None] | None = None
) -> DataSet:
    """Convert quads to a data set, with the description that they contain or, without one, the name ``name``.

    Problems have ``source`` as their file, and the line that ``line_of`` returns for a subject (IRI).

    Quads of the ontology are skipped, also in a file without graphs.

    Raises
    ------
    InvalidData
        The records are invalid; every problem is listed.
    """
    named, ambiguous = skolemise_counted(quads)
    own = [q for q in named if (q.subject, q.predicate, q.object) not in _ontology_triples()]
    reading = read(own, source, line_of)
    if reading.problems:
        raise InvalidData(reading.problems)
    infos = [r for r in reading.records if isinstance(r, DataSetInfo)]
    info = infos[0] if len(infos) == 1 else DataSetInfo(id=f"{MY}data-{name}", title=name, base=MY)
    records = tuple(r for r in reading.records if not isinstance(r, DataSetInfo))
    return DataSet(info, records, reading.extra, notices=(*reading.notices, *_ambiguity_notice(source, ambiguous)))


def _ambiguity_notice(source: str, count: int) -> tuple[Notice, ...]:
    if not count:
        return ()
    hint = (
        "the same file always gives the same names, but its triples in another order may give other names, so that the "
        "blank nodes change when it is loaded: give these nodes IRIs to prevent that"
    )
    return (Notice(source, None, f"{count:,} blank nodes cannot be told apart and were named in the order of the file", hint),)


@cache
def _ontology_triples() -> frozenset[tuple[Any, Any, Any]]:
    # As written in its files, and as a store writes it, which converts 0.90 to 0.9.
    store = pyoxigraph.Store()
    store.bulk_extend(ontology())
    return frozenset((q.subject, q.predicate, q.object) for q in (*ontology(), *store))


def write_file(quads: Iterable[Quad], path: Path) -> None:
    """Write quads to a file atomically, in the format of its ending; the same quads give the same bytes."""
    write_bytes(path, to_bytes(quads, format_of(path)))


def to_bytes(quads: Iterable[Quad], form: RdfFormat) -> bytes:
    """Serialise quads in an RDF format, sorted; formats without graphs get triples.

    Raises
    ------
    UsageError
        The format cannot represent one of them: a control character in RDF/XML, a triple term in JSON-LD.
    """
    ordered = sorted(set(quads), key=_sort_key)
    if form.supports_datasets:
        return serialise(ordered, form, PREFIXES)
    return serialise(dict.fromkeys(quad.triple for quad in ordered), form, PREFIXES)


def _sort_key(quad: Quad) -> tuple[str, str, bool, str, str]:
    is_type = quad.predicate == NamedNode(RDF + "type")
    # As N-Quads writes it, so that bulk exports (quad_sort.py), which compare lines, have the same order.
    value = f"<<( {quad.object} )>>" if isinstance(quad.object, Triple) else str(quad.object)
    return str(quad.graph_name), str(quad.subject), not is_type, str(quad.predicate), value


__all__ = [
    "FORMATS",
    "format_of",
    "from_quads",
    "line_in_file",
    "read_bytes",
    "read_file",
    "slug",
    "to_bytes",
    "write_file",
]
