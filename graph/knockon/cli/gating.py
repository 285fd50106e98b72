"""--fail-on: rules that an answer must not break, and the exit codes that say so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from knockon.cli.messages import note

if TYPE_CHECKING:
    from knockon.analysis.impact.impact import ImpactReport
    from knockon.analysis.impact.thresholds import Aimed, Losses, Rule
    from knockon.graph import Graph

#: A number that was cut short by its cap is not to be trusted, whatever a rule says of it: this code wins.
CAPPED = 5
BROKEN = 6
FailOn = Annotated[
    list[str] | None,
    typer.Option(
        "--fail-on",
        metavar="ENTITY>LOSS",
        help="Exit 6 if the loss is above this (>= at it as well); ENTITY.low and ENTITY.high are the ends (repeatable).",
    ),
]


def rules_of(given: Sequence[str] | None) -> list[Rule]:
    """The rules as typed; UsageError where one is none."""
    from knockon.analysis.impact.thresholds import parse

    return [parse(one) for one in given or ()]


def aims_of(opened: Graph, rules: Sequence[Rule], options: Mapping[str, Any]) -> list[Aimed]:
    """The rules with whom they mean, in the world of the options; NotFound where one names nobody."""
    from knockon.analysis.impact.thresholds import aimed

    return aimed(rules, lambda name: opened.entity(name, **options).id)


def losses_of(report: ImpactReport) -> dict[str, Losses]:
    """The ends and the point of each loss of an answer."""
    return {one.entity: (one.loss_low, one.loss, one.loss_high) for one in report.impacts}


def exit_code(
    aims: Sequence[Aimed], answers: Sequence[tuple[str, Mapping[str, Losses]]], *, truncated: bool, error: float = 0.0
) -> int:
    """Says which rule is broken in which answer (its name, and its losses by entity); the code to exit with.

    ``error`` is how far below their limits the losses may be: a rule within that is not decided.
    """
    from knockon.analysis.impact.thresholds import broken, undecided

    said = [f"{name}{line}" for name, losses in answers for line in broken(aims, losses)]
    for line in said:
        note(f"BROKEN: {line}")
    if said and truncated:
        note(f"exits {CAPPED}, not {BROKEN}: the run was stopped by its cap, and its numbers cannot be trusted")
    doubtful = [f"{name}{line}" for name, losses in answers for line in undecided(aims, losses, error)]
    for line in doubtful:
        note(f"UNDECIDED: {line}; use a smaller --eps")
    return CAPPED if truncated else BROKEN if said else CAPPED if doubtful else 0
