"""Tables of dependencies that are taken over column by column."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from knockon.authoring import table_rows
from knockon.authoring.csv_tables import read_tables
from knockon.authoring.raw import Sheet
from knockon.authoring.source import Source

COLUMNS = ["dependant", "need", "provider", "share", "delay", "criticality", "evidence", "need class", "colour"]
CELLS = st.sampled_from([
    "Acme", "Nimbus", "acme; nimbus", "", "", "0.5", "50%", "x", "P30D", "30", "High", "hihg", "=1+1", "'Acme", "#N/A", "need",
    "https://example.org/a", "Company", "Planet", "\u82af\u7247",
])  # fmt: skip
ROWS = st.lists(st.lists(CELLS, min_size=3, max_size=len(COLUMNS)), min_size=1, max_size=5)


def read(rows: list[list[str]], columns: list[str]) -> Sheet:
    """Read a table."""
    text = io.StringIO()
    csv.writer(text).writerows([columns, *rows])
    (sheet,) = read_tables(Source("dependencies.csv", "dependencies", ".csv", content=text.getvalue().encode()))
    return sheet


def seen(sheet: Sheet) -> tuple[object, ...]:
    """Return what is in a table, in its order."""
    rows = [(row.file, row.line, list(row.cells.items())) for row in sheet.needs]
    return rows, list(sheet.needs.columns), sheet.problems, sheet.notices, sheet.raws


@given(ROWS, st.permutations(COLUMNS[1:]), st.integers(2, len(COLUMNS)))
@example([["Acme", "Hosting", "Nimbus"], ["dependant", "need", "provider"], ["Acme", "Chips", "Nimbus"]], COLUMNS[1:], 3)
@example([["Acme", "Hosting", "", "", "P30D"], ["Acme", "Chips", "Nimbus", "0.5", ""]], COLUMNS[1:], 5)
def test_rows_are_those_that_are_read_one_by_one(rows: list[list[str]], others: list[str], width: int) -> None:
    """Whatever the cells, the rows, their columns and the problems are those of a reader of single rows."""
    columns = [COLUMNS[0], *others][:width]
    table = [[*row, *[""] * width][:width] for row in rows]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(table_rows, "sound_columns", lambda *_: None)
        expected = seen(read(table, columns))
    assert seen(read(table, columns)) == expected


def test_a_sound_table_is_taken_by_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    """No row of a table without faults is made by itself."""
    monkeypatch.setattr(table_rows.TableRows, "_add_rows", None)
    assert len(read([["Acme", "Hosting", "Nimbus"], ["Acme", "Chips", ""]], COLUMNS[:3]).needs) == 2
