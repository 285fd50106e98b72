"""``--fail-on``: rules that an answer must not break, and the exit codes of an answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from knockon.cli.messages import note_lines

if TYPE_CHECKING:
    from typing import Unpack

    from knockon.analysis.impact.impact import ImpactReport
    from knockon.analysis.impact.thresholds import EntityRule, Losses, Rule
    from knockon.analysis.options import Options
    from knockon.graph import Graph

#: The exit code of a run that its cap stopped. It wins over BROKEN: the losses of such a run cannot be trusted.
CAPPED = 5
#: The exit code of an answer that breaks a rule.
BROKEN = 6
FailOn = Annotated[
    list[str] | None,
    typer.Option(
        "--fail-on",
        metavar="ENTITY>LOSS",
        help="Exit 6 if the loss is above this (>= at it as well); ENTITY.low and ENTITY.high are the ends (repeatable).",
    ),
]


def parse_rules(texts: Sequence[str] | None) -> list[Rule]:
    """Return the rules of several ``--fail-on``.

    Raises
    ------
    UsageError
        A text is not a rule.
    """
    from knockon.analysis.impact.thresholds import parse_rule

    return [parse_rule(text) for text in texts or ()]


def resolve_rules(graph: Graph, rules: Sequence[Rule], **options: Unpack[Options]) -> list[EntityRule]:
    """Return rules with the entities that they name, among the records that the options let in.

    Raises
    ------
    NotFound
        A rule names an entity that does not exist.
    """
    from knockon.analysis.impact.thresholds import resolve_rule

    return [resolve_rule(rule, lambda name: graph.entity(name, **options).id) for rule in rules]


def losses_by_entity(report: ImpactReport) -> dict[str, Losses]:
    """Return the low end, the point and the high end of each loss of a report, by every IRI of the entity."""
    return {
        iri: (impact.loss_low, impact.loss, impact.loss_high)
        for impact in report.impacts
        for iri in (impact.entity, *(impact.same_as or ()))
    }


def exit_code(
    rules: Sequence[EntityRule], answers: Sequence[tuple[str, Mapping[str, Losses]]], *, truncated: bool, error: float = 0.0
) -> int:
    """Write which rules are broken or undecided, and return the exit code of the command.

    Parameters
    ----------
    rules
        The rules of ``--fail-on``.
    answers
        The losses to judge, by the IRI of the entity, each with the prefix of its messages (``"first: "``).
    truncated
        Whether a cap stopped a run.
    error
        How far below their limits the losses may be (0..1): a rule within that distance is undecided.
    """
    from knockon.analysis.impact.thresholds import possible_violations, violations
    from knockon.present.rows.rules import rule_notes

    broken = [f"{prefix}{line}" for prefix, losses in answers for line in violations(rules, losses)]
    undecided = [f"{prefix}{line}" for prefix, losses in answers for line in possible_violations(rules, losses, error)]
    note_lines(rule_notes(broken, undecided, untrusted=f"{CAPPED}, not {BROKEN}" if truncated else ""))
    return CAPPED if truncated else BROKEN if broken else CAPPED if undecided else 0
