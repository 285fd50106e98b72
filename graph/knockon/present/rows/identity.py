"""Candidates for one identity as people read them, and what is known of how well names are matched."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from knockon.present.rows.table import Table
from knockon.text import counted
from knockon.vocabulary import prefixed

if TYPE_CHECKING:
    from knockon.analysis.answer import JsonObject
    from knockon.analysis.records.identity_candidates import IdentityCandidates
    from knockon.identity.labelled_pairs import Evaluation
    from knockon.identity.rules import RuleResult

#: The most groups and names that a note lists.
_LISTED = 3


def candidates_table(answer: IdentityCandidates) -> Table:
    """Return a row for each pair."""
    rows = [
        {
            "score": pair.score, "first": prefixed(pair.first), "first name": pair.first_name, "second": prefixed(pair.second),
            "second name": pair.second_name, "why": pair.reason, "rule": pair.rule,
            "first data sets": ", ".join(pair.first_data_sets), "second data sets": ", ".join(pair.second_data_sets),
        }
        for pair in answer.candidates
    ]  # fmt: skip
    columns = ["score", "first", "first name", "second", "second name", "why", "rule", "first data sets", "second data sets"]
    return Table(rows, columns, drop=["second data sets", "first data sets", "rule"])


def candidate_notes(answer: IdentityCandidates) -> Iterator[str]:
    """Return how many pairs there are, and what was decided before names were compared."""
    yield f"{counted(len(answer.candidates), 'pair')} of {counted(answer.entities, 'entity', 'entities')} may be one"
    if answer.same:
        groups = "; ".join(" = ".join(map(prefixed, group)) for group in answer.same[:_LISTED])
        more = f" and {len(answer.same) - _LISTED:,} more" if len(answer.same) > _LISTED else ""
        known = counted(len(answer.same), "entity", "entities")
        yield f"{known} with several IRIs by judgements or identifiers: {groups}{more}"
    for count, why in (
        (answer.judged, "judged different or unsure"),
        (answer.told_apart, "with different numbers in one register"),
        (answer.linked, "part and whole, or owner and owned"),
        (answer.crowded, "of entities with more candidates than --most"),
    ):
        if count:
            yield f"left out: {counted(count, 'similar pair')} {why}"
    if answer.unusable:
        listed = ", ".join(prefixed(iri) for iri in sorted(answer.unusable)[:_LISTED])
        yield f"not compared: {counted(len(answer.unusable), 'name')} without a letter or digit ({listed})"
    if answer.invalid:
        listed = ", ".join(f"{prefixed(iri)}: {number}" for iri, number in sorted(answer.invalid.items())[:_LISTED])
        yield f"{counted(len(answer.invalid), 'identifier')} with wrong check digits decide nothing ({listed})"
    for rule in answer.rules:
        accepted = sum(pair.rule == rule.rule for pair in answer.candidates)
        yield (
            f"rule {rule.rule} would accept {accepted:,}: {rule.requires}; of {rule.accepted:,} labelled pairs that it accepts "
            f"none is wrong (at most {rule.error_bound:.1%} are, Wilson 95%)"
        )


def evaluation_table(answer: Evaluation) -> Table:
    """Return a row for each rule."""
    columns = ["rule", "requires", "right", "wrong", "error_bound", "used"]
    return Table([_rule_row(rule) for rule in answer.rules], columns)


def _rule_row(rule: RuleResult) -> JsonObject:
    return {
        "rule": rule.rule, "requires": rule.requires, "right": rule.right, "wrong": rule.wrong,
        "error_bound": round(rule.error_bound, 6), "used": rule.used,
    }  # fmt: skip


def evaluation_notes(answer: Evaluation) -> Iterator[str]:
    """Return how well candidates are found."""
    right, wrong = answer.proposed
    yield (
        f"{counted(answer.pairs, 'labelled pair')}, {answer.same:,} of them one entity, {answer.hard:,} hard: "
        f"{right + wrong:,} are candidates from {answer.least:g} on, {right:,} rightly"
    )
    yield f"precision {answer.precision:.3f}, recall {answer.recall:.3f}; the index finds {answer.found:,} of {answer.same:,}"
    yield f"{counted(answer.ties, 'name')} with several candidates of equal similarity, which their names put in order"
    for rule in answer.rules:
        state = "may accept" if rule.used else "may not accept"
        bound = f"at most {rule.error_bound:.1%} wrong (Wilson 95%)"
        yield f"rule {rule.rule} {state}: {rule.right:,} right, {rule.wrong:,} wrong, {bound}"


def evaluation_to_dict(answer: Evaluation) -> JsonObject:
    """Return an evaluation as JSON has it."""
    return {
        "pairs": answer.pairs, "same": answer.same, "hard": answer.hard, "least": answer.least,
        "proposed_right": answer.proposed[0], "proposed_wrong": answer.proposed[1], "found": answer.found,
        "precision": answer.precision, "recall": answer.recall, "ties": answer.ties,
        "rules": [*map(_rule_row, answer.rules)],
    }  # fmt: skip


__all__ = ["candidate_notes", "candidates_table", "evaluation_notes", "evaluation_table", "evaluation_to_dict"]
