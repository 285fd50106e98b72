"""Whom lists cover as people read it: tables, rows for programs, and notes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from knockon.analysis.answer_parts import Citation
from knockon.analysis.lists.covered_answer import NO, PART, YES
from knockon.model.dates import as_of_text
from knockon.present.caveats import confidence
from knockon.present.citations import place_text, source_text
from knockon.present.rows.table import Row, Table
from knockon.text import counted
from knockon.vocabulary import Status, local_name

if TYPE_CHECKING:
    from knockon.analysis.lists.covered_answer import Covered, ListCoverage, OwnerStake, PartyCoverage, RuleInForce

_INDENT = "  "
#: What a list covers that no rule of ownership extends.
_NAMES_ALONE = "covers whom it names alone; --rule 0.5 supposes one"
_COLUMNS = ("list", "id", "verdict", "why", "text", "since", "cited")


def covered_tables(answer: Covered) -> tuple[Table, ...]:
    """Return a row for each list; of one list its parties; of one entity what each list says of it, and on what that rests."""
    if answer.entity is not None:
        verdicts = [_party_row(coverage, party) for coverage in answer.lists for party in coverage.parties]
        proofs = [(coverage, list(_proof_rows(coverage))) for coverage in answer.lists]
        title = "Why {}" if len(answer.lists) == 1 else "Why {}, by {}"
        return (
            Table(verdicts, ["list", "verdict", "text", "since", "cited"], drop=["cited", "since"]),
            *(
                Table(rows, ["party", "holds", "counts", "reason", "sources"], title.format(answer.label, c.id), ["sources"])
                for c, rows in proofs
                if rows
            ),
        )
    if len(answer.lists) == 1:
        (coverage,) = answer.lists
        rows = [_party_row(coverage, party) for party in coverage.parties]
        return (Table(rows, [name for name in _COLUMNS if name != "list"], drop=["cited", "since", "why"]),)
    rows = [_list_row(coverage) for coverage in answer.lists]
    return (Table(rows, ["id", "label", "named", "owned", "cannot_tell", "rules"], drop=["label"]),)


def covered_rows(answer: Covered) -> Table:
    """Return a row for each party of each list, for programs."""
    rows = [{"list": coverage.measure, **_record(party)} for coverage in answer.lists for party in coverage.parties]
    columns = ["list", "id", "label", "class", "verdict", "why", "known", "possible", "decides_at", "rule", "whole", "round"]
    return Table(rows, [*columns, "from", "until", "text"])


def _record(party: PartyCoverage) -> Row:
    return {name: value for name, value in party.to_dict().items() if name not in {"listings", "stakes"}}


def _list_row(coverage: ListCoverage) -> Row:
    return {
        "id": coverage.id,
        "label": coverage.label,
        "named": coverage.named,
        "owned": coverage.owned,
        "cannot_tell": coverage.undecided,
        "rules": coverage.not_in_force or ", ".join(map(_rule_name, coverage.rules)) or "none",
    }


def _rule_name(rule: RuleInForce) -> str:
    return rule.label if rule.in_force else f"{rule.label} (not in force: {rule.reason})"


def _party_row(coverage: ListCoverage, party: PartyCoverage) -> Row:
    return {
        "list": coverage.id,
        "id": party.id,
        "verdict": party.verdict,
        "why": party.why or "",
        "text": party.text,
        "since": party.from_.isoformat() if party.from_ else "",
        "cited": len({*_citations(party)}),
    }


def _citations(party: PartyCoverage) -> Iterator[Citation]:
    for listing in party.listings:
        yield from listing.evidence
    for stake in party.stakes:
        if stake.counts != NO:
            yield from stake.evidence


def _proof_rows(coverage: ListCoverage) -> Iterator[Row]:
    """Yield what a verdict rests on as a tree: the entries that name a party, and the stakes in it, below each its owner.

    A party that occurs again is not repeated.
    """
    steps = {party.entity: party for party in (*coverage.parties, *coverage.proof)}
    shown: set[str] = set()
    # What is left to show, the next last: a party, or a stake in one.
    stack: list[tuple[int, PartyCoverage, OwnerStake | None]] = [(0, party, None) for party in coverage.parties]
    while stack:
        depth, party, stake = stack.pop()
        below: str | None
        if stake is not None:
            yield _stake_row(depth, party, stake, again=stake.owner in shown and stake.counts != NO)
            below = stake.owner if stake.counts != NO else None
        else:
            shown.add(party.entity)
            yield from _own_rows(depth, party)
            stack += [(depth, party, stake) for stake in reversed(party.stakes)]
            below = party.whole
        if below in steps and below not in shown:
            stack.append((depth + 1, steps[below], None))


def _own_rows(depth: int, party: PartyCoverage) -> Iterator[Row]:
    """Yield the entries that name a party, and what it is part of."""
    name = f"{_INDENT * depth}{party.id}"
    for listing in party.listings:
        entry = " ".join(filter(None, (local_name(listing.measure), listing.list_entry)))
        since = f" since {listing.from_}" if listing.from_ else ""
        sources = _sources(listing.evidence)
        yield {"party": name, "holds": "", "counts": YES, "reason": f"named by {entry}{since}", "sources": sources}
    if party.whole is not None:
        yield {"party": name, "holds": "", "counts": "", "reason": f"part of {local_name(party.whole)}", "sources": ""}


def _stake_row(depth: int, party: PartyCoverage, stake: OwnerStake, *, again: bool) -> Row:
    return {
        "party": f"{_INDENT * depth}{local_name(stake.owner)}",
        "holds": f"{_shares(stake.share_low, stake.share_high)} of {party.id}",
        "counts": stake.counts,
        "reason": stake.reason + (", see above" if again else ""),
        "sources": _sources(stake.evidence),
    }


def _shares(low: float, high: float) -> str:
    """Return a share in percent, or its range.

    >>> _shares(0.5, 0.5), _shares(0.0, 1.0), _shares(0.125, 0.25)
    ('50%', '0-100%', '12.5-25%')
    """
    return f"{low * 100:.6g}%" if low == high else f"{low * 100:.6g}-{high * 100:.6g}%"


def _sources(evidence: Sequence[Citation]) -> str:
    return "; ".join(" ".join(filter(None, (source_text(citation), place_text(citation)))) for citation in evidence)


def covered_notes(answer: Covered) -> list[str]:
    """Return what to bear in mind of who is covered, a line each."""
    lines = [as_of_text(str(answer.parameters["as_of"]), answer.not_holding), *confidence(answer.parameters, answer.confidence)]
    if not answer.lists:
        return [*lines, "no measure names anybody, and no rule of ownership extends one"]
    shown = answer.lists if len(answer.lists) == 1 or answer.entity is not None else ()
    for coverage in shown:
        lines += _list_notes(coverage, everybody=answer.entity is None, alone=len(shown) == 1)
    if len(shown) > 1 and (plain := [coverage for coverage in shown if _without_rule(coverage)]):
        lines.append(f"no rule of ownership in force extends {counted(len(plain), 'list')}: each {_NAMES_ALONE}")
    if any(coverage.rules for coverage in answer.lists):
        lines += _presumptions(answer)
    return lines


def _without_rule(coverage: ListCoverage) -> bool:
    return not coverage.not_in_force and not any(rule.in_force for rule in coverage.rules)


def _list_notes(coverage: ListCoverage, *, everybody: bool, alone: bool) -> list[str]:
    name = coverage.id
    if coverage.not_in_force:
        return [f"{name} covers nobody on this day: {coverage.not_in_force}"]
    verb = "" if coverage.status == Status.HAPPENED else "is "
    lines = [f"{name} {verb}{coverage.standing}"] if coverage.standing else []
    for rule in coverage.rules:
        share = f"{rule.threshold * 100:.6g}%"
        needed = f"more than {share}" if rule.above_threshold else f"{share} or more"
        when = "" if rule.in_force else f", is not in force: {rule.reason}"
        lines.append(f"{rule.label}, {needed}{when}" + (f" ({_sources(rule.evidence)})" if rule.evidence else ""))
    if alone and _without_rule(coverage):
        lines.append(f"no rule of ownership in force extends {name}: it {_NAMES_ALONE}")
    if everybody:
        cannot = f"of {counted(coverage.undecided, 'party', 'parties')} it cannot be told" if coverage.undecided else ""
        names = f"{name} names {counted(coverage.named, 'party', 'parties')}, and covers {coverage.owned} more by ownership"
        lines.append("; ".join(filter(None, (names, cannot))))
        if coverage.unconnected:
            others = counted(coverage.unconnected, "more organization")
            lines.append(f"of {others} too little is recorded to tell, and nothing leads to them from {name}; --all lists them")
    if any(party.why == PART for party in coverage.parties):
        lines.append("a part of a covered party is covered with it")
    return lines


def _presumptions(answer: Covered) -> list[str]:
    """Return what the answer takes for granted."""
    lines = []
    if stakes := answer.presumed_direct:
        verb = "does" if stakes == 1 else "do"
        lines.append(
            f"{counted(stakes, 'stake')} {verb} not state whether direct, as no other in the data set does: taken as direct"
        )
    if parts := answer.presumed_complete:
        what = counted(parts, "organization")
        lines.append(f"of {what} less than the whole is recorded: the rest taken as held by nobody who is listed")
    if owners := answer.presumed_unowned:
        lines.append(f"of {counted(owners, 'owner')} no owner is recorded: taken as not owned by listed parties")
    return [f"{line}; --strict takes nothing for granted" for line in lines]


__all__ = ["covered_notes", "covered_rows", "covered_tables"]
