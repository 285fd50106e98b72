"""Answers about proposals: what became of those that were given, what is open, and what accepting one would do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from knockon.analysis.answer import Answer, JsonValue
from knockon.analysis.context import Context
from knockon.analysis.impact.impact_differences import ImpactDifferences, impact_differences
from knockon.analysis.labels import label_of, name_of
from knockon.analysis.options import resolve_options
from knockon.errors import InvalidData, KnockonError
from knockon.model import Record
from knockon.proposals.check_line import Refused
from knockon.proposals.comparison import compare
from knockon.proposals.decisions import Decision, Verdict
from knockon.proposals.document_text import DocumentText
from knockon.proposals.proposal import Proposal
from knockon.proposals.propose import Proposed
from knockon.proposals.review import ProposalReview as Review
from knockon.store.base import Store
from knockon.text import in_words, with_article

#: How many characters of the document are shown before and after a quotation.
_AROUND = 160


@dataclass(frozen=True, slots=True)
class ProposalSummary(Answer):
    """A proposal, and what was decided on it.

    Attributes
    ----------
    id
        Its name.
    cls
        The class of the record that is proposed.
    statement
        What it states, in words, by the labels of the graph.
    fields
        Its fields by their names in data files; a new record is an object with ``class`` and ``label``.
    file
        The name of the file of its document.
    document
        The SHA-256 of the document.
    page
        The page of a PDF, from 1; None, and not in JSON, for other documents.
    start, end
        The span that it rests on: the first code point of the text (of the page), and the one after the last.
    match
        How the quotation was found: exact, white space or hyphenation.
    stance
        What the document does with the statement: Asserts, Alleges, Denies, Hypothesises or Asks.
    confidence
        How far the proposer trusts it (0..1); None, and not in JSON, if it does not say.
    proposer, day
        Who proposed it, and when (ISO 8601).
    state
        ``open``, ``accepted`` or ``rejected``.
    by, decided
        Who decided, and when (ISO 8601); None, and not in JSON, where it is open.
    """

    json_keys: ClassVar[tuple[str, ...]] = (
        "id", "cls", "statement", "fields", "file", "document", "page?", "start", "end", "match", "stance", "confidence?",
        "proposer", "day", "state", "by?", "decided?",
    )  # fmt: skip

    id: str
    cls: str
    statement: str
    fields: Mapping[str, JsonValue]
    file: str
    document: str
    page: int | None
    start: int
    end: int
    match: str
    stance: str
    confidence: float | None
    proposer: str
    day: str
    state: str = "open"
    by: str | None = None
    decided: str | None = None


@dataclass(frozen=True, slots=True)
class RefusedProposal(Answer, Refused):
    """A proposal that cannot become a record."""


@dataclass(frozen=True, slots=True)
class ProposalReport(Answer):
    """What became of the proposals about a document.

    Attributes
    ----------
    file
        The name of the file of the document.
    document
        The SHA-256 of the document.
    characters
        How many characters of text it has; 0 of a PDF that is a scan.
    proposer
        Who proposed.
    proposed
        Those that were added to the queue.
    known
        The names of those that were in it already, or on which somebody has decided.
    refused
        Those that cannot become a record, with the reason.
    """

    file: str
    document: str
    characters: int
    proposer: str
    proposed: tuple[ProposalSummary, ...]
    known: tuple[str, ...]
    refused: tuple[RefusedProposal, ...]


@dataclass(frozen=True, slots=True)
class ProposalFact(Answer):
    """A record of the graph that bears on a proposal.

    Attributes
    ----------
    record
        The record (IRI).
    label
        What it is called.
    bearing
        ``agrees``, ``conflicts`` or ``related``.
    why
        What it states.
    """

    record: str
    label: str
    bearing: str
    why: str


@dataclass(frozen=True, slots=True)
class ProposalReview(Answer):
    """A proposal for people to decide on.

    Attributes
    ----------
    proposal
        The proposal.
    quote
        The words that it rests on, from the document at hand; None where it is not at hand, or was changed.
    before, after
        What stands before and after them in the document.
    document_fault
        Why they cannot be shown; None, and not in JSON, where they can. It cannot be accepted then.
    facts
        The records of the graph that contradict it, agree with it, or are about the same.
    record_fault
        Why the record would be invalid; None, and not in JSON, where it would not.
    impacts
        The losses that differ with it; None, and not in JSON, where they were not asked for, or it cannot be accepted.
    """

    json_keys: ClassVar[tuple[str, ...]] = (
        "proposal", "quote", "before", "after", "document_fault?", "facts", "record_fault?", "impacts?",
    )  # fmt: skip

    proposal: ProposalSummary
    quote: str | None
    before: str
    after: str
    document_fault: str | None
    facts: tuple[ProposalFact, ...]
    record_fault: str | None
    impacts: ImpactDifferences | None


def statement_of(cls: str, fields: Mapping[str, JsonValue], records: Mapping[str, Record]) -> str:
    """Return what a record states, in words.

    >>> statement_of("Dependency", {"dependant": "urn:x/acme", "need": {"class": "Service", "label": "Hosting"}}, {})
    'acme needs Hosting (a new service)'
    """

    def name(key: str) -> str:
        return _named(fields.get(key), records)

    if cls == "Dependency":
        supply = _named(fields.get("supply"), records)
        verb = _verb("need", fields.get("dependant"), records)
        return f"{name('dependant')} {verb} {name('need')}" + (f", supplied by {supply}" if supply else "")
    if cls == "Provision":
        return f"{name('provider')} {_verb('provide', fields.get('provider'), records)} {name('provided')}"
    if cls == "Ownership":
        share, verb = fields.get("share"), _verb("own", fields.get("owner"), records)
        return f"{name('owner')} {verb} {f'a share of {share} of' if share else 'a part of'} {name('owned')}"
    if cls == "Designation":
        return f"{name('measure')} lists {name('designated')}"
    if cls == "Relation":
        return f"{name('subject')} {in_words(str(fields.get('relationType', '')))} {name('object')}"
    part = name("partOf")
    what = f"{name('label') or name('about')}, {with_article(in_words(cls))}"
    return what + (f" of {part}" if part else "")


def _verb(verb: str, subject: JsonValue, records: Mapping[str, Record]) -> str:
    """Return a verb in the form that goes with its subject: groups have names in the plural."""
    record = records.get(subject) if isinstance(subject, str) else None
    cls = record.rdf_class if record is not None else subject.get("class") if isinstance(subject, dict) else ""
    return verb if cls == "Group" else f"{verb}s"


def _named(value: JsonValue, records: Mapping[str, Record]) -> str:
    if isinstance(value, list):
        return " and ".join(_named(item, records) for item in value)
    if isinstance(value, dict) and "class" in value:
        return f"{value.get('label')} (a new {in_words(str(value['class']))})"
    if isinstance(value, dict):
        return _named(value.get("provider"), records)
    if isinstance(value, str) and ":" in value:
        return label_of(records, value)
    return "" if value is None else str(value)


def summary(proposal: Proposal, records: Mapping[str, Record], decision: Decision | None = None) -> ProposalSummary:
    """Return a proposal as people and programs read it; of an accepted one the fields that were accepted."""
    fields = decision.fields if decision is not None and decision.verdict is Verdict.ACCEPTED else proposal.fields
    return ProposalSummary(
        proposal.id, proposal.cls, statement_of(proposal.cls, fields, records), dict(fields), proposal.file, proposal.document,
        proposal.page, proposal.start, proposal.end, proposal.match, proposal.stance.value, proposal.confidence,
        proposal.proposer, proposal.day, decision.verdict.casefold() if decision else "open",
        decision.by if decision else None, decision.day if decision else None,
    )  # fmt: skip


def summaries(review: Review) -> tuple[ProposalSummary, ...]:
    """Return all proposals of a queue, in its order."""
    records = {record.id: record for record in review.store.records}
    return tuple(summary(p, records, review.decisions.get(name)) for name, p in review.proposals.items())


def report(proposed: Proposed, store: Store, document: DocumentText, proposer: str) -> ProposalReport:
    """Return what became of the proposals about a document."""
    records = {record.id: record for record in store.records}
    characters = sum(map(len, document.pages))
    return ProposalReport(
        document.name, document.sha256, characters, proposer, tuple(summary(proposal, records) for proposal in proposed.added),
        tuple(proposal.id for proposal in proposed.known),
        tuple(RefusedProposal(refused.number, refused.reason, refused.hint) for refused in proposed.refused),
    )  # fmt: skip


def review_proposal(
    review: Review, name: str, fields: Mapping[str, object] | None = None, *, impacts: bool = True, shocks: Sequence[str] = ()
) -> ProposalReview:
    """Return a proposal with its quotation, what the graph says about it, and what accepting it would change.

    Raises
    ------
    NotFound
        There is no such proposal.
    """
    proposal = review.find(name)
    records = {record.id: record for record in review.store.records}
    quote, before, after, fault = None, "", "", None
    decision: Decision | None = None
    record_fault, differences = None, None
    try:
        text = review.document(proposal).page(proposal.page)
    except KnockonError as error:
        fault = str(error)
    else:
        quote = text[proposal.start : proposal.end]
        before = text[max(0, proposal.start - _AROUND) : proposal.start]
        after = text[proposal.end : proposal.end + _AROUND]
        try:
            decision = review.decided(name, Verdict.ACCEPTED, "", "", fields=fields)
            with_it = review.store_with(decision)
        except InvalidData as error:
            record_fault = "; ".join(map(str, error.problems))
        else:
            if impacts and with_it is not None:
                options = resolve_options()
                without = review.store_with(without=[name]) or review.store
                differences = impact_differences(Context(without, options), Context(with_it, options), shocks)
    stated = decision.fields if decision is not None else proposal.fields
    facts = compare(proposal, review.store.records, stated)
    rows = tuple(ProposalFact(fact.record, name_of(records, fact.record), fact.bearing.value, fact.why) for fact in facts)
    shown = summary(proposal, records, review.decisions.get(name))
    return ProposalReview(shown, quote, before, after, fault, rows, record_fault, differences)


__all__ = [
    "ProposalFact", "ProposalReport", "ProposalReview", "ProposalSummary", "RefusedProposal", "report", "review_proposal",
    "statement_of", "summaries", "summary",
]  # fmt: skip
