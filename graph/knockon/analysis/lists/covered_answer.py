"""The answer to whom lists cover, and its parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from knockon.analysis.answer import Answer, JsonValue
from knockon.analysis.answer_parts import Citation, EntityAnswer
from knockon.vocabulary import local_name

#: The verdicts on a party.
COVERED, NOT_COVERED, CANNOT_TELL = "covered", "not covered", "cannot tell"
#: The verdicts, the strongest first.
VERDICTS = (COVERED, CANNOT_TELL, NOT_COVERED)
#: Why a party is covered: a list names it, covered parties own enough of it, or it is part of a covered party.
NAMED, OWNED, PART = "named", "owned", "part"
#: Whether a stake counts.
YES, MAYBE, NO = "yes", "maybe", "no"


@dataclass(frozen=True, kw_only=True)
class _Dated(Answer):
    """Base class of parts that are valid from one day to another; None is open."""

    json_names: ClassVar[Mapping[str, str]] = {"from_": "from"}

    from_: date | None
    until: date | None


@dataclass(frozen=True, kw_only=True)
class Listing(_Dated):
    """An entry of a list that names a party.

    Attributes
    ----------
    record
        The designation, or the measure that names the party itself (IRI).
    measure
        The measure whose list it is (IRI).
    list_entry, name_as_listed
        The id of the entry in the list and the name there; None where they are not recorded.
    from_, until
        The first and the last day of the entry; None is open. In JSON ``from`` and ``until``.
    evidence
        Where documents state it.
    """

    record: str
    measure: str
    list_entry: str | None
    name_as_listed: str | None
    evidence: tuple[Citation, ...]


@dataclass(frozen=True, kw_only=True)
class OwnerStake(_Dated):
    """A stake in a party, and whether the rule counts it.

    Attributes
    ----------
    owner, owner_label
        Who holds it: IRI and label.
    share_low, share_high
        The share (0..1) that is certain to be held directly, and the greatest that may be.
    counts
        ``yes``: the owner is covered; ``maybe``: it may be, or the stake may count; ``no``.
    reason
        Why it counts or not, in words.
    records
        The ownerships (IRIs).
    from_, until
        The days on which all of them are valid; None is open. In JSON ``from`` and ``until``.
    evidence
        Where documents state them.
    """

    owner: str
    owner_label: str
    share_low: float
    share_high: float
    counts: str
    reason: str
    records: tuple[str, ...]
    evidence: tuple[Citation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyCoverage(EntityAnswer):
    """Whether a list covers one party, and why.

    Attributes
    ----------
    verdict
        ``covered``, ``not covered`` or ``cannot tell``.
    why
        ``named``, ``owned`` or ``part`` for what is covered; None for the others.
    text
        The verdict with its reason as a sentence.
    known, possible
        The share (0..1) that covered parties hold directly at least and at most; None where no rule applies.
    decides_at
        Where it cannot be told: how much (0..1) of what is unknown must be held by covered parties for it to be covered.
    rule
        The rule (IRI) that the shares are compared with; None where no rule applies.
    whole
        The covered party that it is part of (IRI), or of which it cannot be told.
    round
        How many steps of ownership lead to it from a named party, 0 for these; None where it is not covered by ownership.
    listings
        The entries that name it.
    stakes
        The stakes in it, those that count first.
    from_, until
        The days on which everything that the verdict rests on is valid; None is open. In JSON ``from`` and ``until``.
    """

    json_keys: ClassVar[tuple[str, ...]] = (
        "entity", "id", "label", "cls", "verdict", "why", "text", "known", "possible", "decides_at", "rule", "whole", "round",
        "from_", "until", "listings", "stakes",
    )  # fmt: skip
    json_names: ClassVar[Mapping[str, str]] = {"from_": "from"}

    verdict: str
    why: str | None
    text: str
    known: float | None
    possible: float | None
    decides_at: float | None
    rule: str | None
    whole: str | None
    round: int | None
    listings: tuple[Listing, ...]
    stakes: tuple[OwnerStake, ...]
    from_: date | None
    until: date | None


@dataclass(frozen=True, kw_only=True)
class RuleInForce(_Dated):
    """An ownership rule of a list.

    Attributes
    ----------
    rule, label
        The rule: IRI and label.
    extends
        The measures (IRIs) whose parties count together.
    threshold
        The share (0..1) that covers.
    above_threshold
        Whether more than that is needed.
    in_force
        Whether it applies on the day.
    reason
        Why it does not; empty where it does.
    from_, until
        The first and the last day of the rule; None is open. In JSON ``from`` and ``until``.
    evidence
        Where documents state it.
    """

    rule: str
    label: str
    extends: tuple[str, ...]
    threshold: float
    above_threshold: bool
    in_force: bool
    reason: str
    evidence: tuple[Citation, ...]


@dataclass(frozen=True, kw_only=True)
class ListCoverage(Answer):
    """Whom the list of one measure covers.

    Attributes
    ----------
    measure, label
        The measure: IRI and label.
    id
        Its local name.
    kind
        Its kind, such as ``AssetFreeze``; None where it is not recorded.
    status, standing
        Its status, such as ``InForce`` or ``Hypothetical``, None where it is not recorded; and that with its days, in words.
    not_in_force
        Why the list covers nobody on the day; None where it holds.
    rules
        The rules that extend the list, in force or not.
    named
        How many parties the list names.
    owned
        How many more are covered by ownership.
    undecided
        Of how many it cannot be told, though records lead from the list to them.
    unconnected
        Of how many more organizations it cannot be told, since too little of their ownership is recorded; no record leads
        from the list to them.
    parties
        The parties: named, owned, then those of which it cannot be told; of a question about one entity, this one.
    proof
        Of a question about one entity: the other parties that its verdict rests on, the nearest first.
    """

    json_keys: ClassVar[tuple[str, ...]] = (
        "measure", "id", "label", "kind", "status", "standing", "not_in_force", "rules", "named", "owned",
        "undecided", "unconnected", "parties", "proof",
    )  # fmt: skip

    measure: str
    label: str
    kind: str | None
    status: str | None
    standing: str
    not_in_force: str | None
    rules: tuple[RuleInForce, ...]
    named: int
    owned: int
    undecided: int
    unconnected: int
    parties: tuple[PartyCoverage, ...]
    proof: tuple[PartyCoverage, ...]

    @property
    def id(self) -> str:
        """The local name of the measure."""
        return local_name(self.measure)


@dataclass(frozen=True, kw_only=True)
class Covered(Answer):
    """Whom lists cover, by name and by ownership.

    Attributes
    ----------
    lists
        The lists that were asked about, in the order of their ids; of one entity those that cover it first, then those of
        which that cannot be told, and of each those in force before others. The parties of a list: those that it names, then
        by the steps of ownership to them, then those of which it cannot be told, in the order of their ids.
    entity
        The entity (IRI) that was asked about; None for all parties.
    label
        Its label.
    verdict
        The strongest verdict on it of any list: covered, then cannot tell; None without an entity.
    strict
        Whether nothing was taken for granted about what no record states.
    supposed
        The threshold (0..1) of a rule that the question supposes in place of those recorded; None without one.
    presumed_direct
        How many stakes count as direct though their data set states of none whether it is.
    presumed_complete
        How many organizations, of which less than the whole is recorded, listed parties are taken to hold no more of.
    presumed_unowned
        How many owners of which no owner is recorded are taken not to be owned by listed parties.
    parameters
        The options of the question, by name.
    not_holding
        How many records do not hold on the day, by reason.
    confidence
        With a least confidence, what it leaves out, as in ``RunInfo``.
    """

    json_keys: ClassVar[tuple[str, ...]] = (
        "entity", "label", "verdict", "strict", "supposed", "presumed_direct", "presumed_complete", "presumed_unowned", "lists",
        "parameters", "not_holding", "confidence?",
    )  # fmt: skip

    lists: tuple[ListCoverage, ...]
    entity: str | None
    label: str | None
    strict: bool
    supposed: float | None
    presumed_direct: int
    presumed_complete: int
    presumed_unowned: int
    parameters: Mapping[str, JsonValue]
    not_holding: Mapping[str, int]
    confidence: Mapping[str, int] | None

    @property
    def verdict(self) -> str | None:
        """The strongest verdict on the entity of any list; None without an entity."""
        if self.entity is None:
            return None
        verdicts = {party.verdict for coverage in self.lists for party in coverage.parties}
        return next((verdict for verdict in VERDICTS if verdict in verdicts), NOT_COVERED)


@dataclass(frozen=True, slots=True)
class CoverageReason(Answer):
    """A sentence about why a list covers somebody, with its sources.

    Attributes
    ----------
    entity
        The covered party, or what is part of one (IRI).
    measure
        The measure whose list it is (IRI).
    text
        The sentence.
    evidence
        Where documents state what it says.
    """

    entity: str
    measure: str
    text: str
    evidence: tuple[Citation, ...]


__all__ = [
    "CANNOT_TELL", "COVERED", "MAYBE", "NAMED", "NO", "NOT_COVERED", "OWNED", "PART", "YES", "CoverageReason", "Covered",
    "ListCoverage", "Listing", "OwnerStake", "PartyCoverage", "RuleInForce",
]  # fmt: skip
