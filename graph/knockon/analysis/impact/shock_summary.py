"""The answer to what a shock is: its targets and its legal basis, each with evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from knockon.analysis.answer import Answer
from knockon.analysis.answer_parts import Citation, Range


@dataclass(frozen=True, slots=True)
class LabelList(Answer):
    """The labels of the first records of a list.

    Attributes
    ----------
    labels
        The labels.
    more
        How many further records the list has.
    """

    labels: tuple[str, ...]
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementSummary(Answer):
    """The fields that every statement has.

    Attributes
    ----------
    from_, until
        The first and the last day of its validity (ISO 8601); None where not given. The key in JSON of the first is
        ``from``.
    comment
        A remark; None where there is none.
    inferred
        Whether it is inferred.
    reason
        Why it is inferred; None where no reason is given.
    judged
        The names of judged properties.
    evidence
        Where documents state it.
    """

    json_names: ClassVar[Mapping[str, str]] = {"from_": "from"}

    from_: str | None
    until: str | None
    comment: str | None
    inferred: bool
    reason: str | None
    judged: tuple[str, ...]
    evidence: tuple[Citation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HitSummary(Answer):
    """Something that a shock hits.

    Attributes
    ----------
    target
        What is hit (IRI).
    label
        What it is called.
    is_link
        Whether it is a dependency or a supply. The key in JSON is ``link``.
    severity
        The severity of the hit (0..1), with bounds.
    unknown
        Whether no record states the severity.
    judged
        The names of judged properties of the hit.
    evidence
        Where documents state the hit.
    """

    json_names: ClassVar[Mapping[str, str]] = {"is_link": "link"}

    target: str
    label: str
    is_link: bool
    severity: Range
    unknown: bool
    judged: tuple[str, ...]
    evidence: tuple[Citation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureDetails(StatementSummary):
    """The fields of the record of a measure.

    Attributes
    ----------
    kind, status
        The kind of the measure and whether it is in force; None where not given.
    issuer, jurisdiction, applies_to, covers
        The labels of its issuers, of the jurisdictions where it holds, of those to whom it applies, and of what it covers.
    rests_on
        The labels of its legal basis.
    """

    json_keys = (
        "kind", "status", "issuer", "jurisdiction", "applies_to", "covers", "rests_on", "from_", "until", "comment",
        "inferred", "reason", "judged", "evidence",
    )  # fmt: skip

    kind: str | None
    status: str | None
    issuer: LabelList
    jurisdiction: LabelList
    applies_to: LabelList
    covers: LabelList
    rests_on: LabelList


@dataclass(frozen=True, slots=True)
class MeasureSummary(Answer):
    """A measure in the legal basis of a shock.

    Attributes
    ----------
    iri
        The measure (IRI).
    label
        Its label.
    details
        The fields of its record; None where this world has no record of it. JSON has its keys beside the others.
    """

    json_keys = ("iri", "label", "known", "*details")

    iri: str
    label: str
    details: MeasureDetails | None

    @property
    def known(self) -> bool:
        """Whether this world has a record of it."""
        return self.details is not None


@dataclass(frozen=True, slots=True)
class WeaknessSummary(Answer):
    """A vulnerability that a shock exploits.

    Attributes
    ----------
    label
        Its label.
    of
        The labels of those who are vulnerable.
    evidence
        Where documents state it.
    known
        Whether this world has a record of it.
    """

    label: str
    of: LabelList
    evidence: tuple[Citation, ...]
    known: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ShockSummary(StatementSummary):
    """The summary of a shock: its targets, its legal basis, and the weaknesses that it exploits.

    Attributes
    ----------
    id, iri
        Its local name and its IRI.
    label
        Its label.
    given
        Whether the caller described it, so that the graph has no record of it.
    status
        Whether it has happened, such as ``Hypothetical``; None where no record states it.
    not_in_force
        Why it hits nothing on the day, as a sentence; None where it does hit.
    hits, hits_more
        The first targets, the most severe hit first, and how many more there are.
    missing
        The names of targets that are not in the graph.
    measures, measures_more
        The first measures of its legal basis, and how many more there are.
    exploits, exploits_more
        The first weaknesses that it exploits, and how many more there are.
    """

    json_keys = (
        "id", "iri", "label", "given", "status", "not_in_force", "from_", "until", "comment", "inferred", "reason", "judged",
        "evidence", "hits", "hits_more", "missing", "measures", "measures_more", "exploits", "exploits_more",
    )  # fmt: skip

    id: str
    iri: str
    label: str
    given: bool
    status: str | None
    not_in_force: str | None
    hits: tuple[HitSummary, ...]
    hits_more: int
    missing: tuple[str, ...]
    measures: tuple[MeasureSummary, ...]
    measures_more: int
    exploits: tuple[WeaknessSummary, ...]
    exploits_more: int


__all__ = [
    "HitSummary", "LabelList", "MeasureDetails", "MeasureSummary", "ShockSummary", "StatementSummary", "WeaknessSummary",
]  # fmt: skip
