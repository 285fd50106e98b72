"""Parts that many answers contain: a citation, and the range of a number."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from knockon.analysis.answer import Answer
from knockon.model import Evidence


@dataclass(frozen=True, slots=True, order=True)
class Citation(Answer):
    """Where a document says something.

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


def cite(evidence: Iterable[Evidence]) -> tuple[Citation, ...]:
    """Return evidence as citations, in the order of documents and places.

    >>> from knockon.model import Evidence
    >>> [c.to_dict() for c in cite([Evidence(document="urn:x:doc", start=10, end=50)])]
    [{'document': 'urn:x:doc', 'start': 10, 'end': 50, 'stance': 'Asserts'}]
    """
    ordered = sorted(set(evidence), key=lambda e: (e.document, e.start, e.end, e.stance.value))
    return tuple(Citation(e.document, e.start, e.end, e.stance.value) for e in ordered)


__all__ = ["Citation", "Range", "cite"]
