"""Format numbers and text from data safely for where they go: a line of a terminal, a cell of CSV, JSON."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from json.encoder import encode_basestring as _json_string
from typing import Any, NamedTuple, Self

from knockon.controls import escape_controls, escape_json

#: What a spreadsheet may evaluate: a formula or DDE sign of any width, also after white space, zero-width characters or a
#: quotation mark; and what programs take for the end of a cell or a row. The page has a copy, written by web/generate.py.
FORMULA = re.compile(
    r"[\t\r\n]|[\s\"\x00-\x20\x7f-\xa0\xad\u061c\u180e\u200b-\u200f\u2028-\u202f\u205f-\u206f\ufeff]*"
    r"[=+\-@|%\uff1d\uff0b\uff0d\uff20\uff5c\uff05\ufe62\ufe63\ufe66\ufe6a\ufe6b\u207a\u207b\u207c\u208a\u208b\u208c\u2212]"
)
#: Text that is a number: a spreadsheet may read it as one.
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


class Fixed(float):
    """A number that tables show with a fixed number of decimals; every other form has 12 significant digits.

    >>> plain(Fixed(0.5625)), cell(Fixed(0.5625)), plain(Fixed(0.25, sign=True))
    ('0.56', '0.5625', '+0.25')
    """

    __slots__ = ("mark", "pattern")
    mark: str
    pattern: str

    def __new__(cls, value: float, decimals: int = 2, *, sign: bool = False, mark: str = "") -> Self:
        """Create the number; ``sign`` shows a plus as well as a minus, ``mark`` follows it in tables."""
        instance = super().__new__(cls, value)
        instance.pattern = f"{'+' if sign else ''}.{decimals}f"
        instance.mark = mark
        return instance


class Span(NamedTuple):
    """The low and the high end of a number in one cell.

    >>> plain(Span(Fixed(0.5), Fixed(0.75))), cell(Span(0.5, 2 / 3))
    ('0.50-0.75', '0.5-0.666666666667')
    """

    low: float
    high: float
    between: str = "-"


def number(value: float) -> str:
    """Format a number with at most 12 significant digits, as every text output except tables does.

    >>> number(0.1 + 0.2), number(1e-9), number(5.0)
    ('0.3', '1e-09', '5.0')
    """
    return repr(float(f"{value:.12g}"))


def counted(number: int, singular: str, plural: str = "") -> str:
    """Format a count with its noun: ``singular`` for 1, ``plural`` (by default ``singular`` with an s) for all others.

    >>> counted(1, "dependency", "dependencies"), counted(2, "dependency", "dependencies"), counted(1200, "row")
    ('1 dependency', '2 dependencies', '1,200 rows')
    """
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def days(number: float) -> str:
    """Format a number of days.

    >>> days(1), days(2.5)
    ('1 day', '2.5 days')
    """
    return f"{number:g} day" + ("" if number == 1 else "s")


def format_bytes(count: int) -> str:
    """Format a number of bytes in units of 1,024, as options take them.

    >>> format_bytes(999), format_bytes(34_560), format_bytes(2 * 2**30), format_bytes(1536 * 2**20)
    ('999 bytes', '33.8 KB', '2 GB', '1.5 GB')
    """
    for power, unit in ((30, "GB"), (20, "MB"), (10, "KB")):
        if count >= 1 << power:
            return f"{count / (1 << power):.1f} {unit}".replace(".0 ", " ")
    return f"{count:,} bytes"


def json_text(value: Any, *, indent: int | None = None) -> str:
    r"""Write a value as JSON: floats with 12 significant digits, and null for infinity and NaN.

    Characters that control a terminal are escaped, so that the JSON is the same wherever it is printed.

    >>> json_text({"loss": 0.1 + 0.2, "days": float("inf")})
    '{"loss": 0.3, "days": null}'
    >>> print(json_text("red\x9b31m"))
    "red\u009b31m"
    """
    return escape_json(json.dumps(_rounded(value), ensure_ascii=False, indent=indent))


def indented_json(value: Any, margin: str = "\n") -> str:
    r"""Write a value as the standard library does with an indent of two, floats as ``json_text`` does, in a third of the time.

    Parameters
    ----------
    value
        The value, of types that JSON has; keys are texts.
    margin
        A line feed, and the spaces before the line that the value begins in.

    Examples
    --------
    >>> print(indented_json({"loss": 0.1 + 0.2, "more": [], "days": [float("inf")]}))
    {
      "loss": 0.3,
      "more": [],
      "days": [
        null
      ]
    }
    """
    if isinstance(value, str):
        return _json_string(value)
    if isinstance(value, float):
        return repr(float(f"{value:.12g}")) if math.isfinite(value) else "null"
    inner = margin + "  "
    if isinstance(value, Mapping):
        items = [f"{_json_string(key)}: {indented_json(item, inner)}" for key, item in value.items()]
        return f"{{{inner}{f',{inner}'.join(items)}{margin}}}" if items else "{}"
    if isinstance(value, list | tuple):
        texts = [indented_json(item, inner) for item in value]
        return f"[{inner}{f',{inner}'.join(texts)}{margin}]" if texts else "[]"
    return json.dumps(value) if value is not None else "null"


def _rounded(value: Any) -> Any:
    if type(value) is str:
        return value
    if isinstance(value, float):
        return float(f"{value:.12g}") if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: _rounded(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(inner) for inner in value]
    return value


def plain(value: Any) -> str:
    r"""Format a value as one line of text, with control characters escaped.

    >>> plain("a\x1b[31m"), plain(0.5), plain(None), plain(["x", "y"])
    ('a\\x1b[31m', '0.5', '', 'x, y')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Fixed):
        return format(float(value), value.pattern) + value.mark
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, Span):
        return f"{plain(value.low)}{value.between}{plain(value.high)}"
    if isinstance(value, list | tuple):
        return ", ".join(map(plain, value))
    return escape_controls(re.sub(r"[\n\t\r]+", " ", str(value)))


def in_words(name: str) -> str:
    """Split a name of the vocabulary into words.

    >>> in_words("RevenueStream"), in_words("competesWith")
    ('revenue stream', 'competes with')
    """
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).lower()


def with_article(noun: str) -> str:
    """Put "a" or "an" before a noun, by its first letter; no noun of the vocabulary is an exception to that.

    >>> with_article("open question"), with_article("narrative")
    ('an open question', 'a narrative')
    """
    return f"{'an' if noun[:1].lower() in 'aeiou' else 'a'} {noun}"


def cell(value: Any) -> str:
    r"""Format a value for CSV: text that a spreadsheet would evaluate gets an apostrophe in front, which marks it as text.

    So does such text that already has an apostrophe in front, so that ``parse_cell`` restores exactly the original.

    >>> cell("=HYPERLINK(1)"), cell("-3.5"), cell(-3.5), cell("\u200b\uff1d1"), cell("'=1")
    ("'=HYPERLINK(1)", '-3.5', '-3.5', "'\u200b\uff1d1", "''=1")
    """
    if isinstance(value, float):
        return number(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return repr(value)
    if isinstance(value, Span):
        return f"{cell(value.low)}{value.between}{cell(value.high)}"
    text = "" if value is None else "; ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    return "'" + text if _is_formula(text.lstrip("'")) else text


def parse_cell(text: str) -> str:
    """Return the original text of a CSV cell: without the apostrophe that ``cell`` put in front.

    >>> parse_cell("'=HYPERLINK(1)"), parse_cell("'tis"), parse_cell("''=1"), parse_cell("'-3.5")
    ('=HYPERLINK(1)', "'tis", "'=1", "'-3.5")
    """
    return text[1:] if text.startswith("'") and _is_formula(text.lstrip("'")) else text


def _is_formula(text: str) -> bool:
    return bool(FORMULA.match(text)) and not NUMBER.fullmatch(text)


def csv_lines(rows: Iterable[Sequence[str]]) -> str:
    r"""Write rows as CSV with LF line ends.

    The csv module does not quote a lone carriage return, and readers end the row there.

    >>> csv_lines([["a", "b,c"], [""]])
    'a,"b,c"\n""\n'
    """
    lines = ('""' if list(row) == [""] else ",".join(map(_quote, row)) for row in rows)
    return "".join(f"{line}\n" for line in lines)


def _quote(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if set(',"\r\n') & set(text) else text
