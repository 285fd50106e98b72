"""The evidence of a world: that of one document, of all documents but one, and with enough confidence."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from knockon.model import Evidence, Statement


class ConfidenceCounts(NamedTuple):
    """What a least confidence leaves out.

    Attributes
    ----------
    below
        How many places of evidence state less, and are left out.
    stated
        How many state this confidence or more.
    not_stated
        How many state no confidence, and count.
    """

    below: int = 0
    stated: int = 0
    not_stated: int = 0


@dataclass(frozen=True, slots=True)
class EvidenceFilter:
    """Filter of the evidence of a world.

    Attributes
    ----------
    only
        The only document (IRI) whose evidence stays; None for all.
    excluded
        The document (IRI) whose evidence is left out.
    min_confidence
        The least confidence of evidence that states one; evidence that states none stays.

    Examples
    --------
    >>> least = EvidenceFilter(min_confidence=Decimal("0.8"))
    >>> [least(Evidence(document="urn:x:list", confidence=value)) for value in ("0.79", "0.8", None)]
    [False, True, True]
    """

    only: str | None = None
    excluded: str | None = None
    min_confidence: Decimal | None = None

    def __call__(self, evidence: Evidence) -> bool:
        """Return whether some evidence stays."""
        if (self.only is not None and evidence.document != self.only) or evidence.document == self.excluded:
            return False
        return self.min_confidence is None or evidence.confidence is None or evidence.confidence >= self.min_confidence

    def confidence_counts(self, records: Iterable[Statement]) -> ConfidenceCounts | None:
        """Return what the least confidence leaves out of the documents that stay; None if there is no such limit.

        A place that several records cite with the same confidence counts once.
        """
        if self.min_confidence is None:
            return None
        by_document = EvidenceFilter(self.only, self.excluded)
        places = {evidence.id: evidence for record in records for evidence in record.all_evidence() if by_document(evidence)}
        return self.counts_of(places.values())

    def counts_of(self, places: Collection[Evidence]) -> ConfidenceCounts:
        """Return how many of some places of evidence state less than the least confidence, that or more, or none."""
        stated = [evidence.confidence for evidence in places if evidence.confidence is not None]
        below = 0 if self.min_confidence is None else sum(confidence < self.min_confidence for confidence in stated)
        return ConfidenceCounts(below, len(stated) - below, len(places) - len(stated))


__all__ = ["ConfidenceCounts", "EvidenceFilter"]
