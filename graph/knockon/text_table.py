"""Lay out tables of plain text for a screen width: wrap running text, never identifiers, and report the columns left out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass

GAP = "  "
_INDENT = "  "
#: A column of running text is not made narrower than this while there are columns that may be left out.
_NARROWEST = 16
#: In running text a longer word may be broken; what stands alone in its cell, such as an identifier, never is.
_LONGEST_WORD = 24
#: The most characters of one word in a cell, and of running text: by far more than names and reasons have.
_LONGEST_NAME, _LONGEST_TEXT = 200, 1_000
Lines = list[str]


@dataclass(frozen=True, slots=True)
class TextTable:
    """A table as text, and the columns that were left out because they did not fit."""

    text: str
    hidden: tuple[str, ...] = ()


def text_table(
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    width: int | None = None,
    *,
    right: Collection[str] = (),
    drop: Sequence[str] = (),
    lines: int | None = 2,
) -> TextTable:
    r"""Lay out a table of at most ``width`` columns of a screen.

    Cells of running text are wrapped between words. Where that is not enough, the columns of ``drop`` are left out one by
    one, then each row takes several lines, then columns are left out from the right. A word that is wider than the screen,
    such as a long identifier, stays whole, and its line is longer than the screen.

    Parameters
    ----------
    columns
        The names of the columns, which are also their headings; underscores become spaces.
    rows
        The cells of each row, each one line of text.
    width
        The width of the screen in characters; None is as wide as the table needs.
    right
        The columns that are aligned to the right.
    drop
        The columns that may be left out, first the one that is missed least.
    lines
        The most lines that a row may take because of its number of columns; with None no column is left out.

    Examples
    --------
    >>> table = text_table(["id", "class", "note"], [["chips", "Product", "made in two places"]], 24, drop=["class"])
    >>> print(table.text, end="")
    id     note
    ────────────────────────
    chips  made in two
           places
    >>> table.hidden
    ('class',)
    """
    rows = [[shortened_cell(text) for text in row] for row in rows]
    if width is None:
        return TextTable(_render(columns, rows, None, right))
    kept = list(columns)
    choices = [kept, *(kept := [column for column in kept if column != name] for name in drop)]
    for kept in choices:
        if _minimum_width(columns, rows, kept) <= width:
            hidden = tuple(column for column in columns if column not in kept)
            return TextTable(_render(kept, _select_columns(columns, rows, kept), width, right), hidden)
    for kept in choices:
        stacked = _stack_columns(columns, rows, kept, width, right, lines)
        if not stacked.hidden:
            break
    shown = {*kept} - {*stacked.hidden}
    return TextTable(stacked.text, tuple(column for column in columns if column not in shown))


def shortened_cell(text: str) -> str:
    """Return the text of a cell, cut where it would pad every row of its column: other forms have it whole.

    >>> len(shortened_cell("x" * 10_000)), shortened_cell("short")
    (200, 'short')
    """
    most = _LONGEST_TEXT if " " in text else _LONGEST_NAME
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _stack_columns(
    columns: Sequence[str], rows: Sequence[Sequence[str]], kept: list[str], width: int, right: Collection[str],
    lines: int | None,
) -> TextTable:  # fmt: skip
    """Lay out each row on several lines: as many columns as fit on the first, the next ones indented below."""
    parts: list[list[str]] = []
    while kept and (lines is None or len(parts) < lines):
        parts.append(_fitting_columns(columns, rows, kept, width - len(_INDENT) * bool(parts)))
        kept = kept[len(parts[-1]) :]
    blocks = [
        _row_lines(part, _select_columns(columns, rows, part), width - len(_INDENT) * (number > 0), right)
        for number, part in enumerate(parts)
    ]
    # Lower columns that are empty in a row take no line.
    stacks = [
        [_INDENT * (number > 0) + line for number, block in enumerate(row) for line in block if line.strip() or number == 0]
        for row in zip(*blocks, strict=True)
    ]
    rule = "─" * min(width, max(display_width(line) for stack in stacks for line in stack))
    text = [*stacks[0], rule, *(line for stack in stacks[1:] for line in stack)]
    return TextTable("".join(line.rstrip() + "\n" for line in text), tuple(kept))


def _fitting_columns(columns: Sequence[str], rows: Sequence[Sequence[str]], columns_left: list[str], width: int) -> list[str]:
    """Return the longest run of columns from the left that fits, at least one."""
    count = next((n for n in range(len(columns_left), 1, -1) if _minimum_width(columns, rows, columns_left[:n]) <= width), 1)
    return columns_left[:count]


def _select_columns(columns: Sequence[str], rows: Sequence[Sequence[str]], kept: Sequence[str]) -> list[list[str]]:
    places = [columns.index(column) for column in kept]
    return [[row[place] for place in places] for row in rows]


def _minimum_width(columns: Sequence[str], rows: Sequence[Sequence[str]], kept: Sequence[str]) -> int:
    """Return the least width at which no word is broken and no column is too narrow."""
    cells = _select_columns(columns, rows, kept)
    least = [_width_bounds(column, [row[place] for row in cells])[0] for place, column in enumerate(kept)]
    return sum(least) + len(GAP) * (len(kept) - 1)


def _width_bounds(column: str, cells: Sequence[str]) -> tuple[int, int]:
    """Return the least and the greatest useful width of a column."""
    heading = column.replace("_", " ")
    words = max(_longest_word(text) for text in (heading, *cells))
    whole = max(display_width(text) for text in (heading, *cells))
    return max(words, min(whole, _NARROWEST)), whole


def _longest_word(text: str) -> int:
    longest = max((display_width(word) for word, _ in split_words(text)), default=0)
    return min(longest, _LONGEST_WORD) if " " in text else longest


def _render(columns: Sequence[str], rows: Sequence[Sequence[str]], width: int | None, right: Collection[str]) -> str:
    head, *body = _row_lines(columns, rows, width, right)
    rule = "─" * max(display_width(line) for block in (head, *body) for line in block)
    return "".join(line.rstrip() + "\n" for line in (*head, rule, *(line for block in body for line in block)))


def _row_lines(columns: Sequence[str], rows: Sequence[Sequence[str]], width: int | None, right: Collection[str]) -> list[Lines]:
    """Return the lines of the heading and of each row."""
    bounds = [_width_bounds(column, [row[place] for row in rows]) for place, column in enumerate(columns)]
    widths = [most for _, most in bounds] if width is None else _distribute_width(bounds, width - len(GAP) * (len(columns) - 1))
    aligned = [column in right for column in columns]
    headings = [column.replace("_", " ") for column in columns]
    return [_cell_lines(cells, widths, aligned) for cells in (headings, *rows)]


def _distribute_width(bounds: Sequence[tuple[int, int]], available: int) -> list[int]:
    """Return a width within each column's bounds: spare room goes first to the columns that need least of it."""
    widths = [least for least, _ in bounds]
    spare = max(0, available - sum(widths))
    order = sorted(range(len(bounds)), key=lambda place: bounds[place][1] - bounds[place][0])
    for rank, place in enumerate(order):
        extra = min(bounds[place][1] - widths[place], spare // (len(order) - rank))
        widths[place] += extra
        spare -= extra
    return widths


def _cell_lines(cells: Sequence[str], widths: Sequence[int], aligned: Sequence[bool]) -> Lines:
    columns = [wrap(cell, width) for cell, width in zip(cells, widths, strict=True)]
    height = max(map(len, columns))
    lines = []
    for number in range(height):
        parts = [
            _pad(lines_of[number] if number < len(lines_of) else "", width, right)
            for lines_of, width, right in zip(columns, widths, aligned, strict=True)
        ]
        lines.append(GAP.join(parts))
    return lines


def _pad(text: str, width: int, right: bool) -> str:
    space = " " * (width - display_width(text))
    return space + text if right else text + space


def wrap(text: str, width: int, indent: str = "") -> Lines:
    """Break a text between words into lines of at most ``width``; lines after the first start with ``indent``.

    >>> wrap("- made in two places", 12, "  ")
    ['- made in', '  two places']
    """
    if display_width(text) <= width:
        return [text]
    lines, line = [], ""
    for word, spaced in _split_words(text, width - len(indent)):
        longer = line + (" " if spaced and line.strip() else "") + word
        if line.strip() and display_width(longer) > width:
            lines.append(line)
            longer = indent + word
        line = longer
    return [*lines, line]


def wrap_lines(text: str, width: int | None) -> str:
    """Wrap each line of a text; continuation lines are indented to where the text of their line starts.

    >>> print(wrap_lines("- made in two places", 12))
    - made in
      two places
    """
    if width is None:
        return text
    lines = []
    for line in text.split("\n"):
        start = re.match(r" *(?:└─ |- )?(?:  \[)?", line)
        indent = " " * min(start.end() if start else 0, width // 2)
        lines += wrap(line, width, indent)
    return "\n".join(lines)


def _split_words(text: str, width: int) -> list[tuple[str, bool]]:
    """Return the words of running text, cutting those that are wider than a line; a text of one word stays whole."""
    result: list[tuple[str, bool]] = []
    for word, spaced in split_words(text):
        if " " not in text or display_width(word) <= width or width < 1:
            result.append((word, spaced))
            continue
        cuts = [word[start : start + width] for start in range(0, len(word), width)]
        result += [(cut, spaced and number == 0) for number, cut in enumerate(cuts)]
    return result


def split_words(text: str) -> list[tuple[str, bool]]:
    """Split a text into what may not be broken (words, single ideographs), each with whether a space precedes it.

    >>> split_words("made in 上海")
    [('made', False), ('in', True), ('上', True), ('海', False)]
    """
    leading = text[: len(text) - len(text.lstrip(" "))]
    result: list[tuple[str, bool]] = []
    for number, word in enumerate(text.split()):
        parts = [word] if word.isascii() else _split_ideographs(word)
        result += [(part, number > 0 and place == 0) for place, part in enumerate(parts)]
    if result and leading:
        result[0] = (leading + result[0][0], False)
    return result


def _split_ideographs(word: str) -> list[str]:
    return re.findall(r"[⺀-鿿가-힣豈-﫿︰-﹏＀-￦][，。、；：！？）」』】》]*|[^⺀-鿿가-힣豈-﫿︰-﹏＀-￦]+", word)


def display_width(text: str) -> int:
    """Return the number of terminal columns that a text takes: two for wide characters, none for combining ones.

    >>> display_width("abc"), display_width("上海"), display_width("e\u0301")
    (3, 4, 1)
    """
    if text.isascii():
        return len(text)
    return sum(_character_width(character) for character in text)


def _character_width(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in {"Me", "Mn", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
