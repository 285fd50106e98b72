"""Rows for people and programs: table, Markdown, CSV, JSON lines; text from data is never run by what shows it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from knockon import markdown
from knockon.errors import UsageError, nearest
from knockon.text import cell, csv_lines, json_text, plain
from knockon.text_table import TextTable, text_table, wrap

FORMS = ("table", "json", "jsonl", "csv", "tsv", "md")
#: The forms whose rows are written one after another.
STREAMED = ("csv", "jsonl", "json")
Row = Mapping[str, Any]
#: The number of rows that are converted to text at a time.
_PART = 1_000


@dataclass(frozen=True, slots=True)
class Selection:
    """The columns and rows to show, and their order.

    Parameters
    ----------
    columns
        The names of the columns; none means those that a command shows.
    sort
        The name of a column, ascending, or with a minus in front descending; empty keeps the order of the answer. Rows
        without a value come last.
    top
        The number of rows, counted after sorting; None is all of them.
    """

    columns: tuple[str, ...] = ()
    sort: str = ""
    top: int | None = None

    def __bool__(self) -> bool:
        return bool(self.columns or self.sort or self.top is not None)

    def of(self, rows: Sequence[Row], columns: Sequence[str]) -> tuple[Sequence[Row], list[str]]:
        """Return the selected rows and columns; rows that are made when they are looked at stay so, unless they are sorted.

        Raises
        ------
        UsageError
            A column that the rows do not have.

        Examples
        --------
        >>> rows = [{"id": "a", "loss": 0.2}, {"id": "b", "loss": 0.7}]
        >>> Selection(("id",), "-loss", 1).of(rows, ["id", "loss"])
        ([{'id': 'b', 'loss': 0.7}], ['id'])
        """
        # Rows may be made each time that they are gone through.
        listed = list(rows) if self.sort else rows
        names = [_known(name, listed, columns, "--columns") for name in self.columns] or list(columns)
        if self.sort:
            name = _known(self.sort.removeprefix("-"), listed, columns, "--sort")
            # Two passes, since both must be stable: equal values keep the order of the answer.
            listed = sorted(listed, key=lambda row: _order(row.get(name)), reverse=self.sort.startswith("-"))
            listed.sort(key=lambda row: row.get(name) in (None, "", "-"))
        return listed if self.top is None else listed[: self.top], names


def _known(name: str, rows: Iterable[Row], columns: Sequence[str], option: str) -> str:
    """Return the column that a name means: one of those that are shown, or another key of the rows."""
    forms = (name, name.replace(" ", "_"))
    for form in forms:
        if form in columns:
            return form
    known = list(dict.fromkeys([*columns, *(key for row in rows for key in row)]))
    for form in forms:
        if form in known:
            return form
    close = nearest(name, known)
    hint = f"did you mean {', '.join(close)}?" if close else f"known are {', '.join(known)}"
    raise UsageError(f"{option}: no column {name!r}; {hint}")


def _order(value: Any) -> tuple[int, float, str]:
    if isinstance(value, int | float):
        return 0, float(value), ""
    return 1, 0.0, plain(value).casefold()


def render(rows: Sequence[Row], columns: Sequence[str], form: str, *, title: str = "", width: int | None = None) -> str:
    """Return rows in one form; ``columns`` are the ones that tables show, JSON has every key.

    >>> print(render([{"a": 1, "b": "=1+1"}], ["a", "b"], "csv"), end="")
    a,b
    1,'=1+1
    """
    if form == "json":
        return json_text(list(map(dict, rows)), indent=2) + "\n"
    if form == "jsonl":
        return "".join(json_text(dict(row)) + "\n" for row in rows)
    if form == "csv":
        return csv_lines([list(map(cell, columns)), *([cell(row.get(column)) for column in columns] for row in rows)])
    if form == "tsv":
        lines = [[_one_line(cell(row.get(column))) for column in columns] for row in rows]
        return "".join("\t".join(line) + "\n" for line in [list(columns), *lines])
    if form == "md":
        return markdown_table(rows, columns)
    return table(rows, columns, title=title, width=width).text


def in_parts(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Yield rows in parts that are converted to text at once."""
    following = iter(rows)
    while part := list(islice(following, _PART)):
        yield part


def render_parts(parts: Iterable[Sequence[Row]], columns: Sequence[str], form: str) -> Iterator[str]:
    r"""Return the text that ``render`` gives for rows that come in parts, piece by piece: csv, jsonl or json.

    >>> parts = [[{"a": 1}], [{"a": 2}]]
    >>> [part for part in render_parts(parts, ["a"], "csv")]
    ['a\n', '1\n', '2\n']
    >>> "".join(render_parts(parts, ["a"], "json")) == render([*parts[0], *parts[1]], ["a"], "json")
    True
    """
    if form == "csv":
        yield render((), columns, "csv")
        for part in parts:
            yield csv_lines([cell(row.get(column)) for column in columns] for row in part)
    elif form == "jsonl":
        for part in parts:
            yield render(part, columns, "jsonl")
    else:
        before = "[\n"
        for row in (row for part in parts for row in part):
            # JSON has line breaks only between its parts, never inside a text.
            yield before + "  " + json_text(dict(row), indent=2).replace("\n", "\n  ")
            before = ",\n"
        yield "[]\n" if before == "[\n" else "\n]\n"


def _one_line(text: str) -> str:
    return text.replace("\t", " ").replace("\r", " ").replace("\n", " ")


def markdown_table(rows: Sequence[Row], columns: Sequence[str]) -> markdown.Markdown:
    """Return rows as a table of Markdown."""
    return markdown.table(columns, ([row.get(column) for column in columns] for row in rows))


def table(
    rows: Sequence[Row], columns: Sequence[str], *, title: str = "", width: int | None = None, drop: Sequence[str] = ()
) -> TextTable:
    """Return rows as a table of plain text with a title; for ``width`` and ``drop`` see ``text_table``.

    >>> print(table([{"id": "a", "loss": 0.25}], ["id", "loss"], title="Losses").text, end="")
    Losses
    <BLANKLINE>
    id  loss
    ────────
    a   0.25
    """
    right = [column for column in columns if _numeric([row.get(column) for row in rows])]
    laid_out = text_table(
        columns, [[plain(row.get(column)) for column in columns] for row in rows], width, right=right, drop=drop
    )
    title_lines = [plain(title)] if width is None else wrap(plain(title), width)
    return TextTable("\n".join([*title_lines, "", laid_out.text]), laid_out.hidden) if title else laid_out


def _numeric(values: Sequence[Any]) -> bool:
    """Return whether a column has numbers only, which are aligned to the right."""
    present = [value for value in values if value is not None]
    return bool(present) and all(isinstance(value, int | float) and not isinstance(value, bool) for value in present)
