"""Times to survive as people read them: rows and notes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from knockon.analysis.methods import REGISTRY
from knockon.present.rows.firm_shocks import without_flows_note
from knockon.present.rows.table import Row, Table
from knockon.text import Fixed, counted

if TYPE_CHECKING:
    from knockon.analysis.survival import SurvivalAnswer

#: What bars are drawn of on a page.
BARS = {"days": "days, the most are full"}
_COLUMNS = ("firm", "days", "recovery", "exposed", "lost_sales")


def survival_rows(answer: SurvivalAnswer) -> Table:
    """Return a row for each firm with numbers unrounded, for programs."""
    return Table([each.to_dict() for each in answer.firms], _COLUMNS)


def survival_tables(answer: SurvivalAnswer) -> tuple[Table]:
    """Return a row for each firm, for people; without the columns that nothing is known of."""
    rows: list[Row] = []
    for each in answer.firms:
        days: object = "for ever" if each.days is None else Fixed(each.days, 1)
        recovery: Row = {"recovery": each.recovery, "exposed": each.exposed, "lost_sales": each.lost_sales}
        rows.append({"firm": each.firm, "days": days, **recovery})
    return (Table(rows, _COLUMNS if any(each.recovery is not None for each in answer.firms) else _COLUMNS[:2]),)


def survival_notes(answer: SurvivalAnswer) -> Iterator[str]:
    """Return how many firms are exposed, what the numbers mean, their equations and source, and what they assume."""
    yield from survival_findings(answer)
    method = REGISTRY[answer.model]
    yield method.result
    yield f"{answer.equation} ({answer.reference})"
    yield method.caveat


def survival_findings(answer: SurvivalAnswer) -> Iterator[str]:
    """Return how many firms are exposed, and which firms no flow names."""
    exposed = [each for each in answer.firms if each.exposed]
    if any(each.exposed is not None for each in answer.firms):
        yield f"{counted(len(exposed), 'firm takes', 'firms take')} longer to recover than the others can survive"
    if answer.without_flows:
        yield without_flows_note(answer.without_flows)


__all__ = ["BARS", "survival_findings", "survival_notes", "survival_rows", "survival_tables"]
