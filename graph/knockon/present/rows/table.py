"""Rows with their columns, before they are laid out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

#: A row by column.
Row: TypeAlias = dict[str, object]


@dataclass(frozen=True)
class Table:
    """Rows, with a title above them and the columns that may be left out on a narrow screen.

    Attributes
    ----------
    rows
        The rows, each by column.
    columns
        The columns that tables and CSV have; JSON has every key of the rows.
    title
        A heading; empty for none.
    drop
        The columns that a narrow screen can do without, the least important first.
    """

    rows: Sequence[Mapping[str, object]]
    columns: Sequence[str]
    title: str = ""
    drop: Sequence[str] = ()


__all__ = ["Row", "Table"]
