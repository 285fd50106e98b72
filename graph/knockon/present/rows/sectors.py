"""Changes of sectors as people read them: rows and notes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from knockon.analysis.methods import REGISTRY
from knockon.present.rows.firm_shocks import without_flows_note
from knockon.present.rows.table import Table
from knockon.text import Fixed, counted

if TYPE_CHECKING:
    from knockon.analysis.sector_answers import SectorAnswer, SectorChange, SectorShocks

#: What bars are drawn of on a page.
BARS = {"change": "change, the greatest is full"}
_TOTAL = {"price": "prices of what final demand buys rise by", "extraction": "share of all output that is lost:"}


def sector_rows(answer: SectorAnswer) -> Table:
    """Return a row for each sector with numbers unrounded, for programs."""
    return Table([each.to_dict() for each in answer.sectors], _columns(answer))


def sector_tables(answer: SectorAnswer) -> tuple[Table]:
    """Return a row for each sector, for people."""
    return (Table([_rounded(each) for each in answer.sectors], _columns(answer)),)


def sector_shock_rows(answer: SectorShocks) -> Table:
    """Return a row for each shock and sector that it changes, with numbers unrounded, for programs."""
    # Of other models nothing adds up to a total.
    totals = ("total",) if answer.model in _TOTAL else ()
    rows = [
        {"shock_id": shock.shock_id, **({"total": shock.total} if totals else {}), **each.to_dict()}
        for shock in answer.shocks
        for each in shock.sectors
    ]
    return Table(rows, ("shock_id", *totals, *_columns(answer)))


def sector_shock_tables(answer: SectorShocks) -> tuple[Table]:
    """Return a row for each shock and sector that it changes, for people."""
    rows = [{"shock_id": shock.shock_id, **_rounded(each)} for shock in answer.shocks for each in shock.sectors]
    return (Table(rows, ("shock_id", *_columns(answer))),)


def _rounded(change: SectorChange) -> dict[str, object]:
    return {name: Fixed(value, 4) if isinstance(value, float) else value for name, value in change.to_dict().items()}


def _columns(answer: SectorAnswer | SectorShocks) -> tuple[str, ...]:
    more = {"price": ("absorbed", "source"), "extraction": (), "dynamic_inoperability": ("recovered", "cumulative", "source")}
    return ("sector", "shock", "change", *more.get(answer.model, ("source",)))


def sector_notes(answer: SectorAnswer) -> Iterator[str]:
    """Return what the numbers mean, the total, the equation and its source."""
    yield from sector_findings(answer)
    yield from _about(answer)


def sector_findings(answer: SectorAnswer | SectorShocks) -> Iterator[str]:
    """Return what an answer says beside its rows: the total, or how many shocks there are; and sectors without flows."""
    from knockon.analysis.sector_answers import SectorShocks

    if isinstance(answer, SectorShocks):
        idle = [shock.shock_id for shock in answer.shocks if not shock.sectors]
        unchanged = f"; {len(idle):,} of them change nothing: {', '.join(idle[:5])}" if idle else ""
        yield counted(len(answer.shocks), "shock", "shocks") + unchanged
    else:
        if not answer.sectors:
            yield "nothing changes"
        if answer.total is not None:
            yield f"{_TOTAL[answer.model]} {answer.total:.4g}"
    if answer.without_flows:
        yield without_flows_note(answer.without_flows)


def sector_shock_notes(answer: SectorShocks) -> Iterator[str]:
    """Return how many shocks were run, which change nothing, what the numbers mean, the equation and its source."""
    yield from sector_findings(answer)
    yield from _about(answer)


def _about(answer: SectorAnswer | SectorShocks) -> Iterator[str]:
    yield REGISTRY[answer.model].result
    yield f"{answer.equation} ({answer.reference})"


__all__ = [
    "BARS",
    "sector_findings",
    "sector_notes",
    "sector_rows",
    "sector_shock_notes",
    "sector_shock_rows",
    "sector_shock_tables",
    "sector_tables",
]
