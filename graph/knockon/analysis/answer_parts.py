"""Parts that many answers have: a citation, the range of a number, and what names an entity or a dependency."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from knockon.analysis.answer import Answer
from knockon.model import Evidence
from knockon.vocabulary import local_name


@dataclass(frozen=True, slots=True, order=True)
class Citation(Answer):
    """A place in a document that states something.

    Attributes
    ----------
    document
        The document (IRI).
    start, end
        The first code point of its text, and the one after the last.
    stance
        What the document does with the statement: Asserts, Alleges, Denies, Hypothesises or Asks.
    """

    document: str
    start: int
    end: int
    stance: str


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


def cite(evidence: Iterable[Evidence]) -> tuple[Citation, ...]:
    """Return evidence as citations, in the order of documents and places.

    >>> from knockon.model import Evidence
    >>> [c.to_dict() for c in cite([Evidence(document="urn:x:doc", start=10, end=50)])]
    [{'document': 'urn:x:doc', 'start': 10, 'end': 50, 'stance': 'Asserts'}]
    """
    ordered = sorted(set(evidence), key=lambda e: (e.document, e.start, e.end, e.stance.value))
    return tuple(Citation(e.document, e.start, e.end, e.stance.value) for e in ordered)


__all__ = ["Citation", "DependencyRow", "DependencySummary", "EntityAnswer", "EntityReference", "Range", "cite"]
