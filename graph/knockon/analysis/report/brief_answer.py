"""The first page of a report: the finding, what it rests on, what is not known, and what to watch."""

from __future__ import annotations

from dataclasses import dataclass

from knockon.analysis.answer import Answer
from knockon.analysis.answer_parts import Citation
from knockon.analysis.report.hit_groups import HitGroup
from knockon.vocabulary import Stance


@dataclass(frozen=True, slots=True)
class Leading(Answer):
    """Those of one kind that lose most, all of whom lose equally much.

    Attributes
    ----------
    group
        Who they are, and what they lose.
    lesser
        How many others of the kind lose less.
    """

    group: HitGroup
    lesser: int


@dataclass(frozen=True, slots=True)
class Finding(Answer):
    """Who is hurt, and how much.

    Attributes
    ----------
    money
        The revenues, contracts and funding that lose most; None where none loses anything.
    customers
        The companies, groups and markets that lose most; None where none loses anything.
    others
        Of those that nothing else needs, or where there are none of anybody, those that lose most; None where money or a
        customer loses.
    only_hit
        Whether nothing loses anything beside what the shock hits itself.
    """

    money: Leading | None
    customers: Leading | None
    others: Leading | None
    only_hit: bool

    @property
    def leading(self) -> tuple[Leading, ...]:
        """All that the finding names."""
        return tuple(part for part in (self.money, self.customers, self.others) if part is not None)


@dataclass(frozen=True, slots=True)
class DisputedPoint(Answer):
    """A point on which sources disagree, or are wrong.

    Attributes
    ----------
    label
        What it is about.
    kind
        The kind of the discrepancy, such as ``Disagreement``.
    documents
        The documents (IRIs) between which it is.
    """

    label: str
    kind: str
    documents: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis(Answer):
    """What the finding rests on: the documents and the uncertain records on the way from the shock to those it names.

    Attributes
    ----------
    evidence
        A citation of each document on the way.
    undated
        The documents (IRIs) among them without a date.
    stance
        The weakest stance on the way; None where a link has no source.
    links
        How many links there are on the way.
    unsourced, inferred, unknown, disputed, split
        How many of these links have no source and are not inferred, are inferred, have a criticality that no record states,
        are described by several records, and have suppliers of which no record states how they combine.
    judged
        How many records on the way have a severity or criticality that the authors of the data judged.
    ungraded
        The labels of what is hit by an amount that no source states.
    not_asserted
        The stance of the sources on the shock itself, where none asserts it; None where one does, or none is cited.
    disputes
        The points on which sources disagree about those on the way.
    """

    evidence: tuple[Citation, ...]
    undated: tuple[str, ...]
    stance: Stance | None
    links: int
    unsourced: int
    inferred: int
    unknown: int
    disputed: int
    split: int
    judged: int
    ungraded: tuple[str, ...]
    not_asserted: Stance | None
    disputes: tuple[DisputedPoint, ...]

    @property
    def documents(self) -> tuple[str, ...]:
        """The documents (IRIs) on the way."""
        return tuple(citation.document for citation in self.evidence)


@dataclass(frozen=True, slots=True)
class EndingRecord(Answer):
    """A record on the way that ends.

    Attributes
    ----------
    label
        What it is.
    until
        Its last day (ISO 8601).
    evidence
        Where documents state it.
    """

    label: str
    until: str
    evidence: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class OpenQuestion(Answer):
    """Something that a document asks about an entity that is hit.

    Attributes
    ----------
    label
        What it asks.
    about
        The label of the entity; empty where the question is the entity itself.
    evidence
        Where it asks.
    """

    label: str
    about: str
    evidence: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Brief(Answer):
    """The first page of a report.

    Attributes
    ----------
    finding
        Who is hurt, and how much; None where nothing loses anything.
    basis
        What that rests on.
    endings
        What ends after the day of the report, the first to end first.
    questions
        What documents ask about those that are hit.
    likelihood
        The citations of the shock with a confidence that the source states.
    command
        The options of the command line that name the shock.
    """

    finding: Finding | None
    basis: Basis
    endings: tuple[EndingRecord, ...]
    questions: tuple[OpenQuestion, ...]
    likelihood: tuple[Citation, ...]
    command: tuple[str, ...]


__all__ = ["Basis", "Brief", "DisputedPoint", "EndingRecord", "Finding", "Leading", "OpenQuestion"]
