"""Changes of sectors as people read them: rows and notes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from knockon.analysis.methods import REGISTRY
from knockon.present.rows.table import Table
from knockon.text import Fixed

if TYPE_CHECKING:
    from knockon.analysis.sectors import SectorAnswer

_TOTAL = {"price": "prices of what final demand buys rise by", "extraction": "share of all output that is lost:"}


def sector_rows(answer: SectorAnswer) -> Table:
    """Return a row for each sector with numbers unrounded, for programs."""
    return Table([each.to_dict() for each in answer.sectors], _columns(answer))


def sector_tables(answer: SectorAnswer) -> tuple[Table]:
    """Return a row for each sector, for people."""
    rows = [
        {name: Fixed(value, 4) if isinstance(value, float) else value for name, value in each.to_dict().items()}
        for each in answer.sectors
    ]
    return (Table(rows, _columns(answer)),)


def _columns(answer: SectorAnswer) -> tuple[str, ...]:
    more = {"price": ("absorbed", "source"), "ghosh": ("source",)}
    return ("sector", "shock", "change", *more.get(answer.model, ()))


def sector_notes(answer: SectorAnswer) -> Iterator[str]:
    """Return what the numbers mean, the total, the equation and its source."""
    if not answer.sectors:
        yield "nothing changes"
    if answer.total is not None:
        yield f"{_TOTAL[answer.model]} {answer.total:.4g}"
    yield REGISTRY[answer.model].result
    yield f"{answer.equation} ({answer.reference})"


__all__ = ["sector_notes", "sector_rows", "sector_tables"]
