"""Files as columns, for tables of flows: Parquet, text tables and workbooks, their columns by proper names."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from knockon.authoring.columns import FLOW_SYNONYMS, canonical, plain
from knockon.authoring.csv_form import ENCODING_HINT, read_lines
from knockon.authoring.files import shown
from knockon.authoring.names import Refused
from knockon.authoring.numbers import unified
from knockon.authoring.options import ReadOptions
from knockon.authoring.source import Source
from knockon.authoring.workbooks import read_workbook
from knockon.errors import InvalidData, NotFound, Problem, UsageError
from knockon.model.base import LONGEST_NAME
from knockon.text import parse_cell

Column = npt.NDArray[Any]
#: So many faulty rows are named in an error; the rest is counted.
_SHOWN = 5
#: The first row below the names of the columns, counted from 1.
FIRST = 2
_AMOUNTS = {"value", "finaldemand", "costs", "equity"} | {name for name, meaning in FLOW_SYNONYMS.items() if meaning == "value"}
#: As much of a file as its header may take, in characters.
_HEADER = 100_000


@dataclass(frozen=True, eq=False)
class ColumnTable:
    """Columns of a file; ``lines`` are those of its rows, where it has lines."""

    path: Path
    columns: Mapping[str, Column]
    lines: Column | None = None

    def faulty(self, rows: Any, what: str, hint: str) -> InvalidData:
        """Rows that are wrong, the first few by line, the others counted."""
        places = [int(row) for row in rows]
        at = [int(self.lines[place]) if self.lines is not None else place + FIRST for place in places[:_SHOWN]]
        problems = [Problem(shown(self.path), line, what, hint) for line in at]
        if len(places) > _SHOWN:
            problems.append(Problem(shown(self.path), None, f"{len(places)} rows of this kind in all"))
        return InvalidData(problems)


def read_columns(path: Path, required: tuple[str, ...], optional: tuple[str, ...], options: ReadOptions) -> ColumnTable:
    """The columns of a file that are needed, and those that are known besides; further ones are left out.

    Raises
    ------
    NotFound
        The file is not there.
    InvalidData
        It cannot be read, or a column that is needed is missing.
    """
    if not path.is_file():
        raise NotFound("file", str(path))
    table = _read_parquet(path) if path.suffix.lower() == ".parquet" else _read_text(path, options)
    known = (*required, *optional)
    found = canonical(list(table.columns), known, shown(path), 1, replace(options, ignore_unknown=True), FLOW_SYNONYMS)
    if found.problems:
        raise InvalidData(found.problems)
    columns = {name: table.columns[column] for column, name in found.names.items()}
    for column in found.unknown:
        # What people call these columns elsewhere is as good here: nothing else can be meant.
        name = meant_by_synonym(column, known)
        if name and name not in columns:
            columns[name] = table.columns[column]
    missing = [name for name in required if name not in columns]
    if missing:
        given = [column for column in found.unknown if column]
        hint = f"the columns are {', '.join(table.columns)}" if table.columns else "the first row names the columns"
        if given:
            hint += f"; to read one by another name: --rename {shlex.quote(f'{given[0]}={missing[0]}')}"
        raise InvalidData([Problem(shown(path), None, f"has no column {name!r}", hint) for name in missing])
    return replace(table, columns={name: columns[name] for name in known if name in columns})


def meant_by_synonym(column: str, known: Collection[str]) -> str:
    """The column of a table of flows that another word for it means; empty where there is none.

    >>> meant_by_synonym("Seller", ["supplier"]), meant_by_synonym("Colour", ["supplier"])
    ('supplier', '')
    """
    name = FLOW_SYNONYMS.get(plain(column), "")
    return name if name in known else ""


def header_of(path: Path, options: ReadOptions) -> set[str]:
    """The plain names of the columns of a file, and what those mean that go by another word; none where it is no table."""
    try:
        if path.suffix.lower() == ".parquet":
            columns = list(_parquet().read_schema(path).names)
        elif path.suffix.lower() == ".xlsx":
            forms, _ = read_workbook(Source.of(path), options)
            columns = forms[0].columns if forms else []
        else:
            with path.open(encoding=options.encoding or "utf-8-sig", newline="") as file:
                start = file.read(_HEADER)
            columns = next(iter(read_lines(start, "", [])), (0, []))[1]
    except (OSError, ValueError):
        return set()
    new_names = {plain(old): new for old, new in options.rename}
    plainly = {plain(new_names.get(plain(column), column)) for column in columns}
    return plainly | {plain(FLOW_SYNONYMS[column]) for column in plainly if column in FLOW_SYNONYMS}


def _parquet() -> Any:
    try:
        from pyarrow import parquet
    except ImportError:
        raise UsageError("Parquet files need pyarrow: pip install 'knockon[parquet]'") from None
    return parquet


def _read_parquet(path: Path) -> ColumnTable:
    parquet = _parquet()
    try:
        table = parquet.read_table(path)
    except (OSError, ValueError) as error:  # pyarrow's own errors are these
        raise InvalidData([Problem(str(path), None, f"is no Parquet file that can be read: {_first_line(error)}")]) from None
    return ColumnTable(path, {name: column.to_numpy() for name, column in zip(table.column_names, table.columns, strict=True)})


def _read_text(path: Path, options: ReadOptions) -> ColumnTable:
    """A text table or the first sheet of a workbook that is read."""
    source = Source.of(path, limited=False)
    problems: list[Problem] = []
    if source.ending == ".xlsx":
        forms, sheets = read_workbook(source, options)
        for found in (*(sheet.problems for sheet in sheets), *(form.problems for form in forms)):
            problems += found
        if len(forms) > 1:
            names = ", ".join(form.stem for form in forms)
            raise UsageError(f"{source.name} has several sheets ({names}): say which with --sheet NAME")
        lines = [(forms[0].line, forms[0].columns), *forms[0].written.items()] if forms else []
    else:
        text = source.text(options.encoding, ENCODING_HINT)
        if isinstance(text, Problem):
            raise InvalidData([text])
        lines = [(line, list(map(parse_cell, row))) for line, row in read_lines(text, source.name, problems)]
    if problems:
        raise InvalidData(problems)
    if not lines:
        return ColumnTable(path, {})
    (_, header), *body = lines
    new_names = {plain(old): new for old, new in options.rename}
    header = [new_names.get(plain(column), column) for column in header]
    numbers = np.array([line for line, _ in body], np.int64)
    table = ColumnTable(path, {}, lines=numbers)
    uneven = [place for place, (_, row) in enumerate(body) if len(row) != len(header)]
    if uneven:
        raise table.faulty(uneven, f"has not the {len(header)} columns of the first row", "quote what holds a delimiter")
    if long := [place for place, (_, row) in enumerate(body) if max(map(len, row), default=0) > LONGEST_NAME]:
        # An array of texts takes for each of them the room of the longest.
        raise table.faulty(long, f"has a cell of more than {LONGEST_NAME:,} characters", "a name or a number is shorter")
    table = replace(table, columns={name: np.array([row[place] for _, row in body]) for place, name in enumerate(header)})
    return _pointed(table) if options.decimal == "," else table


def _pointed(table: ColumnTable) -> ColumnTable:
    """The table with points for its decimal commas."""
    columns = dict(table.columns)
    for name in [name for name in columns if plain(name) in _AMOUNTS]:
        cells, wrong = [], []
        for place, cell in enumerate(columns[name].tolist()):
            try:
                cells.append(unified(cell, comma=True, percent=False))
            except Refused:
                wrong.append(place)
        if wrong:
            raise table.faulty(wrong, f"has a point in its {name}, in a table with decimal commas", "leave the point out")
        columns[name] = np.array(cells)
    return replace(table, columns=columns)


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
