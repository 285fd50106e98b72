"""The shocks of a table on firms as people read them: rows and notes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from knockon.present.rows.ranking import parameters_text
from knockon.present.rows.table import Row, Table
from knockon.text import counted

if TYPE_CHECKING:
    from knockon.analysis.rank.firm_shocks import FirmShock, FirmShocks

_COLUMNS = ("shock_id", "hit", "index", "downstream", "upstream", "iterations", "residual", "stopped_by")
_OF_SECTOR = ("shock_id", "sector", "loss")
_DROP = ("residual", "iterations", "stopped_by")
#: The most names that a note lists.
_NAMED = 5


def firm_shock_rows(answer: FirmShocks) -> Table:
    """Return the rows for programs: one for each shock, or for each shock and sector where sectors were asked for."""
    if not _has_sectors(answer):
        return Table([_row(shock) for shock in answer.shocks], _COLUMNS)
    rows: list[Row] = [{**_row(shock), **part.to_dict()} for shock in answer.shocks for part in shock.sectors]
    return Table(rows, (*_COLUMNS[:5], "sector", "loss", *_COLUMNS[5:]))


def firm_shock_tables(answer: FirmShocks) -> tuple[Table, ...]:
    """Return the shocks for people, and the losses of sectors in a table of their own where they were asked for."""
    shocks = Table([_row(shock) for shock in answer.shocks], _COLUMNS, f"{answer.model}: {answer.meaning}", _DROP)
    if not _has_sectors(answer):
        return (shocks,)
    rows: list[Row] = [
        {"shock_id": shock.shock_id, **part.to_dict()} for shock in answer.shocks for part in shock.sectors if part.loss != 0
    ]
    return shocks, Table(rows, _OF_SECTOR, "share of its weight that each sector loses")


def _has_sectors(answer: FirmShocks) -> bool:
    return any(shock.sectors for shock in answer.shocks)


def _row(shock: FirmShock) -> Row:
    return {name: getattr(shock, name) for name in _COLUMNS}


def firm_shock_notes(answer: FirmShocks) -> Iterator[str]:
    """Return how it was computed, its equations, what the index does not say, and whether a cap stopped a shock."""
    shocks = counted(len(answer.shocks), "shock", "shocks")
    firms, parameters = counted(answer.firms, "firm", "firms"), parameters_text(answer.parameters)
    yield f"{shocks} on {firms}; {answer.model}: {answer.meaning}; {parameters}"
    yield f"{answer.equation} ({answer.reference})"
    yield from _limits(answer)


def firm_shock_findings(answer: FirmShocks) -> Iterator[str]:
    """Return how many shocks were run on how many firms, and what the index does not say."""
    shocks = counted(len(answer.shocks), "shock", "shocks")
    yield f"{shocks} on {counted(answer.firms, 'firm', 'firms')}: the {answer.meaning}"
    yield from _limits(answer)


def _limits(answer: FirmShocks) -> Iterator[str]:
    for caveat in answer.caveats:
        yield f"beware: {caveat}"
    if answer.truncated:
        yield "STOPPED BY THE CAP: the index of some shocks may be too low; raise --cap"


def without_flows_note(firms: Sequence[str]) -> str:
    """Return which firms of a table of firms no flow names.

    >>> without_flows_note(["acme", "bolt"])
    'no flow names 2 of the table of firms, which neither sell nor buy: acme, bolt'
    """
    listed = ", ".join(firms[:_NAMED]) + (f" and {len(firms) - _NAMED:,} more" if len(firms) > _NAMED else "")
    return f"no flow names {len(firms):,} of the table of firms, which neither sell nor buy: {listed}"


__all__ = ["firm_shock_findings", "firm_shock_notes", "firm_shock_rows", "firm_shock_tables", "without_flows_note"]
