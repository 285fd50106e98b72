"""Read Parquet files, text tables and workbooks as columns with canonical names, for tables of flows."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from knockon.authoring.columns import FLOW_SYNONYMS, match_columns, normalize_column
from knockon.authoring.csv_form import ENCODING_HINT, read_lines
from knockon.authoring.files import printable_path
from knockon.authoring.names import InvalidName
from knockon.authoring.numbers import normalize_number
from knockon.authoring.options import ReadOptions
from knockon.authoring.source import Source
from knockon.authoring.workbooks import read_workbook
from knockon.errors import InvalidData, NotFound, Problem, UsageError
from knockon.model.base import LONGEST_NAME
from knockon.text import parse_cell

Column = npt.NDArray[Any]
#: The most faulty rows that an error lists; the rest are counted.
_MAX_LISTED = 5
#: The number of the first row below the header, counted from 1.
FIRST_ROW = 2
_AMOUNTS = {"value", "finaldemand", "costs", "equity"} | {name for name, meaning in FLOW_SYNONYMS.items() if meaning == "value"}
#: The longest header, in characters.
_HEADER = 100_000


@dataclass(frozen=True, eq=False)
class ColumnTable:
    """The columns of a file; ``lines`` are the lines of its rows, if it has lines."""

    path: Path
    columns: Mapping[str, Column]
    lines: Column | None = None

    def faulty(self, rows: Any, message: str, hint: str) -> InvalidData:
        """Create the error for faulty rows: the first few by line, the rest counted."""
        places = [int(row) for row in rows]
        lines = [int(self.lines[place]) if self.lines is not None else place + FIRST_ROW for place in places[:_MAX_LISTED]]
        problems = [Problem(printable_path(self.path), line, message, hint) for line in lines]
        if len(places) > _MAX_LISTED:
            problems.append(Problem(printable_path(self.path), None, f"{len(places)} rows of this kind in all"))
        return InvalidData(problems)


def read_columns(path: Path, required: tuple[str, ...], optional: tuple[str, ...], options: ReadOptions) -> ColumnTable:
    """Read the required and the optional columns of a file; other columns are left out.

    Raises
    ------
    NotFound
        The file does not exist.
    InvalidData
        The file cannot be read, or a required column is missing.
    """
    if not path.is_file():
        raise NotFound("file", str(path))
    table = _read_parquet(path) if path.suffix.lower() == ".parquet" else _read_text(path, options)
    known = (*required, *optional)
    matched = match_columns(
        list(table.columns), known, printable_path(path), 1, replace(options, ignore_unknown=True), FLOW_SYNONYMS
    )
    if matched.problems:
        raise InvalidData(matched.problems)
    columns = {name: table.columns[column] for column, name in matched.names.items()}
    for column in matched.unknown:
        # Synonyms are accepted without --rename here, since nothing else can be meant.
        name = column_for_synonym(column, known)
        if name and name not in columns:
            columns[name] = table.columns[column]
    missing = [name for name in required if name not in columns]
    if missing:
        unknown = [column for column in matched.unknown if column]
        hint = f"the columns are {', '.join(table.columns)}" if table.columns else "the first row names the columns"
        if unknown:
            hint += f"; to read one by another name: --rename {shlex.quote(f'{unknown[0]}={missing[0]}')}"
        raise InvalidData([Problem(printable_path(path), None, f"has no column {name!r}", hint) for name in missing])
    return replace(table, columns={name: columns[name] for name in known if name in columns})


def column_for_synonym(column: str, known: Collection[str]) -> str:
    """Return the column of a table of flows that a synonym means; empty if there is none.

    >>> column_for_synonym("Seller", ["supplier"]), column_for_synonym("Colour", ["supplier"])
    ('supplier', '')
    """
    name = FLOW_SYNONYMS.get(normalize_column(column), "")
    return name if name in known else ""


def read_header(path: Path, options: ReadOptions) -> set[str]:
    """Return the normalized column names of a file with what their synonyms mean; empty if the file is not a table."""
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
    new_names = {normalize_column(old): new for old, new in options.rename}
    normalized = {normalize_column(new_names.get(normalize_column(column), column)) for column in columns}
    return normalized | {normalize_column(FLOW_SYNONYMS[column]) for column in normalized if column in FLOW_SYNONYMS}


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
        raise InvalidData([Problem(str(path), None, f"cannot be read as a Parquet file: {_first_line(error)}")]) from None
    return ColumnTable(path, {name: column.to_numpy() for name, column in zip(table.column_names, table.columns, strict=True)})


def _read_text(path: Path, options: ReadOptions) -> ColumnTable:
    """Read a text table, or the one sheet of a workbook."""
    source = Source.of(path, limited=False)
    problems: list[Problem] = []
    if source.ending == ".xlsx":
        forms, sheets = read_workbook(source, options)
        for listed in (*(sheet.problems for sheet in sheets), *(form.problems for form in forms)):
            problems += listed
        if len(forms) > 1:
            names = ", ".join(form.stem for form in forms)
            raise UsageError(f"{source.name} has several sheets ({names}): choose one with --sheet NAME")
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
    new_names = {normalize_column(old): new for old, new in options.rename}
    header = [new_names.get(normalize_column(column), column) for column in header]
    numbers = np.array([line for line, _ in body], np.int64)
    table = ColumnTable(path, {}, lines=numbers)
    uneven = [place for place, (_, row) in enumerate(body) if len(row) != len(header)]
    if uneven:
        raise table.faulty(
            uneven, f"does not have the {len(header)} columns of the first row", "quote cells that contain a delimiter"
        )
    if long := [place for place, (_, row) in enumerate(body) if max(map(len, row), default=0) > LONGEST_NAME]:
        # An array of texts uses the size of the longest for each of them.
        raise table.faulty(long, f"has a cell of more than {LONGEST_NAME:,} characters", "a name or a number is shorter")
    table = replace(table, columns={name: np.array([row[place] for _, row in body]) for place, name in enumerate(header)})
    return _with_decimal_points(table) if options.decimal == "," else table


def _with_decimal_points(table: ColumnTable) -> ColumnTable:
    """Return the table with decimal points instead of decimal commas."""
    columns = dict(table.columns)
    for name in [name for name in columns if normalize_column(name) in _AMOUNTS]:
        cells, wrong = [], []
        for place, cell in enumerate(columns[name].tolist()):
            try:
                cells.append(normalize_number(cell, comma=True, percent=False))
            except InvalidName:
                wrong.append(place)
        if wrong:
            raise table.faulty(wrong, f"has a point in its {name}, in a table with decimal commas", "leave the point out")
        columns[name] = np.array(cells)
    return replace(table, columns=columns)


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
