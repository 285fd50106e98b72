"""Proposals as people read them: rows of a queue, what became of them, and one of them to decide on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from knockon.errors import shortened
from knockon.present.rows.impact_differences import impact_differences_notes
from knockon.present.rows.table import Table
from knockon.text import counted, plain
from knockon.vocabulary import prefixed

if TYPE_CHECKING:
    from knockon.analysis.impact.impact_differences import ImpactDifferences
    from knockon.analysis.records.proposals import ProposalReport, ProposalReview, ProposalSummary

PROPOSAL_COLUMNS = (
    "id", "state", "statement", "class", "stance", "confidence", "file", "page", "start", "end", "match", "proposer", "day",
    "by", "decided",
)  # fmt: skip
_DROP = ("by", "decided", "match", "day", "proposer", "class", "page", "file")
#: The most losses that the terminal lists.
_LOSSES = 5


def proposals_table(proposals: Sequence[ProposalSummary]) -> Table:
    """Return a row for each proposal."""
    return Table([proposal.to_dict() for proposal in proposals], PROPOSAL_COLUMNS, drop=_DROP)


def proposals_note(proposals: Sequence[ProposalSummary], queue: Path) -> str:
    """Return how many proposals of a queue are open, accepted and rejected."""
    states = Counter(proposal.state for proposal in proposals)
    listed = ", ".join(f"{states[state]:,} {state}" for state in ("open", "accepted", "rejected"))
    return f"{queue}: {listed}"


def report_notes(report: ProposalReport) -> Iterator[str]:
    """Yield what became of the proposals about a document."""
    added, known, refused = len(report.proposed), len(report.known), len(report.refused)
    yield f"{report.file}: {counted(added, 'proposal')} added, {known:,} known already, {refused:,} refused ({report.proposer})"
    if not report.characters:
        yield f"{report.file} has no text: a scan, or an empty file"
    lines = (f"{r.number}: {r.reason}" + (f" ({r.hint})" if r.hint else "") for r in report.refused)
    yield from (f"refused {line}" for line in shortened(lines))


def review_lines(answer: ProposalReview) -> Iterator[str]:
    """Yield the lines that tell people about a proposal."""
    proposal = answer.proposal
    trusted = "" if proposal.confidence is None else f", confidence {proposal.confidence:g}"
    yield f"{proposal.statement}  [{proposal.cls}, {proposal.stance}{trusted}, by {proposal.proposer}, {proposal.id}]"
    details = {name: value for name, value in proposal.fields.items() if not _is_reference(value)}
    if details:
        yield "  " + "; ".join(f"{name}: {plain(value)}" for name, value in details.items())
    place = f"{proposal.file}, {f'page {proposal.page}, ' if proposal.page else ''}{proposal.start}-{proposal.end}"
    if answer.quote is None:
        yield f"  {place}: {answer.document_fault}"
    else:
        yield f"  {place}: ...{_line(answer.before)}[[{_line(answer.quote)}]]{_line(answer.after)}..."
    for fact in answer.facts:
        yield f"  {fact.bearing}: {prefixed(fact.record)} ({fact.label}) {fact.why}"
    if not answer.facts:
        yield "  the graph says nothing about it"
    if answer.record_fault:
        yield f"  cannot be accepted: {answer.record_fault}"
    if answer.impacts is not None:
        yield from (f"  {line}" for line in _impact_lines(answer.impacts))


def _impact_lines(impacts: ImpactDifferences) -> Iterator[str]:
    """Yield whose loss acceptance would change, the greatest changes first."""
    yield from (f"with it {line}" for line in impact_differences_notes(impacts)[:1])
    for change in impacts.changes[:_LOSSES]:
        losses = f"{change.old[1]:.2f} -> {change.new[1]:.2f}"
        yield f"{change.kind.value}: {change.label} under {change.shock_label}: {losses}"
    if len(impacts.changes) > _LOSSES:
        yield f"and {len(impacts.changes) - _LOSSES:,} more (--show ID --format json has all)"


def _is_reference(value: object) -> bool:
    if isinstance(value, list):
        return all(map(_is_reference, value))
    return isinstance(value, dict) or (isinstance(value, str) and value.startswith(("http://", "https://", "urn:")))


def _line(text: str) -> str:
    """Return a passage on one line, with a space where it begins or ends with white space."""
    inside = " ".join(text.split())
    return plain(f"{' ' if text[:1].isspace() else ''}{inside}{' ' if text[-1:].isspace() and inside else ''}")


__all__ = ["PROPOSAL_COLUMNS", "proposals_note", "proposals_table", "report_notes", "review_lines"]
