"""Parts that many answers have: a citation, the range of a number, and what names an entity or a dependency."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from knockon.analysis.answer import Answer
from knockon.model import Document, Evidence, Record
from knockon.vocabulary import local_name


@dataclass(frozen=True, slots=True)
class Citation(Answer):
    """A place in a document that states something; without a place it is the whole document.

    Attributes
    ----------
    document
        The document (IRI).
    start, end
        The first code point of its text, and the one after the last; None where the place is not a span.
    stance
        What the document does with the statement: Asserts, Alleges, Denies, Hypothesises or Asks.
    row, sheet
        The row of a table, from 1 with the header, and the sheet of a workbook.
    key
        The row by its key, in the column that the document names.
    pointer
        The place in JSON (RFC 6901).
    line, page
        The line of a text, the page of a PDF: from 1.
    confidence
        How sure the source says it is (0..1); part of no computed number.
    address, retrieved
        Where the document is published, and the day on which it was read there (ISO 8601).
    """

    json_keys: ClassVar[tuple[str, ...]] = (
        "document", "start", "end", "stance", "row?", "sheet?", "key?", "pointer?", "line?", "page?", "confidence?", "address?",
        "retrieved?",
    )  # fmt: skip

    document: str
    start: int | None
    end: int | None
    stance: str
    row: int | None = None
    sheet: str | None = None
    key: str | None = None
    pointer: str | None = None
    line: int | None = None
    page: int | None = None
    confidence: float | None = None
    address: str | None = None
    retrieved: str | None = None


@dataclass(frozen=True, slots=True)
class Range(Answer):
    """A number in 0..1 and its exact bounds.

    Attributes
    ----------
    low, point, high
        The lower bound, the value that a single answer uses, and the upper bound (0..1).
    """

    low: float
    point: float
    high: float


@dataclass(frozen=True, slots=True)
class EntityReference(Answer):
    """Base class of answers, and of rows of answers, that name one entity.

    Attributes
    ----------
    entity
        The entity (IRI).
    id
        Its local name.
    """

    entity: str

    @property
    def id(self) -> str:
        """The local name of the entity."""
        return local_name(self.entity)


@dataclass(frozen=True, slots=True)
class EntityAnswer(EntityReference):
    """Base class of answers, and of rows of answers, about one entity.

    Attributes
    ----------
    label
        Its label.
    cls
        Its class, such as ``Company``.
    """

    label: str
    cls: str


@dataclass(frozen=True)
class DependencyRow(Answer):
    """Base class of rows of answers about one dependency, which one record or several describe.

    Attributes
    ----------
    dependant
        The entity that needs (IRI).
    need
        What it needs (IRI).
    dependencies
        The records of the dependency (IRIs).
    """

    dependant: str
    need: str
    dependencies: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class DependencySummary(DependencyRow):
    """A dependency with the status of its records.

    Attributes
    ----------
    inferred
        Whether any of the records is inferred.
    judged
        The properties of the records that the authors of the data judged.
    evidence
        Where sources state the dependency.
    """

    inferred: bool
    judged: tuple[str, ...]
    evidence: tuple[Citation, ...]


def cite(evidence: Iterable[Evidence], records: Mapping[str, Record]) -> tuple[Citation, ...]:
    """Return evidence as citations, in the order of documents and places.

    Parameters
    ----------
    evidence
        The evidence.
    records
        Records by IRI, among them the documents whose addresses the citations have.

    Examples
    --------
    >>> from knockon.model import Evidence
    >>> [c.to_dict() for c in cite([Evidence(document="urn:x:doc", start=10, end=50)], {})]
    [{'document': 'urn:x:doc', 'start': 10, 'end': 50, 'stance': 'Asserts'}]
    >>> cite([Evidence(document="urn:x:doc", row=5)], {})[0].to_dict()
    {'document': 'urn:x:doc', 'start': None, 'end': None, 'stance': 'Asserts', 'row': 5}
    """
    return in_order(_citation(e, records.get(e.document)) for e in set(evidence))


def in_order(citations: Iterable[Citation]) -> tuple[Citation, ...]:
    """Return citations in the order of documents and places: the whole document, spans, rows, keys, pointers, lines, pages.

    >>> from knockon.model import Evidence
    >>> places = [Evidence(document="urn:x:doc", **place) for place in ({"page": 2}, {"row": 10}, {"row": 9}, {})]
    >>> [(c.row, c.page) for c in in_order(cite(places, {}))]
    [(None, None), (9, None), (10, None), (None, 2)]
    """
    return tuple(sorted(citations, key=_position))


def _citation(evidence: Evidence, document: Record | None) -> Citation:
    known = document if isinstance(document, Document) else None
    return Citation(
        document=evidence.document,
        start=evidence.start,
        end=evidence.end,
        stance=evidence.stance.value,
        row=evidence.row,
        sheet=evidence.sheet,
        key=evidence.key,
        pointer=evidence.pointer,
        line=evidence.line,
        page=evidence.page,
        confidence=None if evidence.confidence is None else float(evidence.confidence),
        address=known.url if known else None,
        retrieved=known.retrieved.isoformat() if known and known.retrieved else None,
    )


def _position(citation: Citation) -> tuple[str | float, ...]:
    numbers = (citation.start, citation.end, citation.row, citation.line, citation.page)
    texts = (citation.sheet, citation.key, citation.pointer)
    kind = next((rank for rank, value in enumerate((citation.start, *_places(citation)), 1) if value is not None), 0)
    tail = (citation.stance, -1.0 if citation.confidence is None else citation.confidence)
    return (citation.document, kind, *(number or 0 for number in numbers), *(text or "" for text in texts), *tail)


def _places(citation: Citation) -> tuple[object, ...]:
    return (citation.row, citation.key, citation.pointer, citation.line, citation.page)


__all__ = [
    "Citation", "DependencyRow", "DependencySummary", "EntityAnswer", "EntityReference", "Range", "cite", "in_order",
]  # fmt: skip
