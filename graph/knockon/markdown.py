"""Write Markdown, with all text from data escaped.

Arguments are escaped unless they are ``Markdown``, which only these functions create. Markdown that is combined with
other text by Python's own formatting is plain text again, and is escaped: a mistake shows as visible marks, it never
lets data write them. The rules are those of CommonMark 0.31 and of GitHub Flavored Markdown 0.29 with the usual
extensions (math, emoji, attributes, highlights, templates).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from knockon.text import Span, cell, plain

#: Characters that can begin or end markup anywhere in a line.
_MARKS = re.compile(
    r"""[\\`*_\[\]{}<>&|~$^#]          # CommonMark, tables, math, attributes
    | (?<=:)/(?=/) | (?<=/)/ | :(?=//) # https://
    | (?<=\w)\.(?=[^\W\d])             # www.example.org
    | @ | :(?=[a-z_+-][\w+-]*:)         # mail addresses, mentions; :emoji:
    | =(?==) | (?<==)=                 # ==highlight==
    | !(?=\[)                          # an image, where the bracket is a link
    """,
    re.VERBOSE,
)
#: Characters that begin another kind of block at the start of a line; others that do are escaped everywhere.
_START = re.compile(r"^(?P<digits>\d*)(?P<mark>(?<!\d)[+\-=:%;]|(?<=\d)[.)])")


class Markdown(str):
    """Text that is Markdown already; only the functions of this module create it."""

    __slots__ = ()


def escape(value: Any) -> Markdown:
    r"""Return a value as Markdown that shows it, for the middle of a line; what is Markdown stays as it is.

    >>> print(escape("*a*|b <b> https://example.org"))
    \*a\*\|b \<b\> https\:\/\/example\.org
    >>> print(escape(0.5), escape(["x", "y"]), escape(None), escape(escape("a_b")))
    0.5 x, y  a\_b
    """
    if isinstance(value, Markdown):
        return value
    return Markdown(_MARKS.sub(r"\\\g<0>", cell(value) if isinstance(value, float | Span) else plain(value)))


def inline(*parts: Any) -> Markdown:
    r"""Return the parts one after the other, each escaped.

    >>> print(inline(strong("a*b"), " is ", code("c`d")))
    **a\*b** is ``c`d``
    """
    return Markdown("".join(map(escape, parts)))


def joined(separator: Any, parts: Iterable[Any]) -> Markdown:
    """Return the parts with a separator between them, all of them escaped.

    >>> print(joined(", ", [code("a"), "b"]))
    `a`, b
    """
    return Markdown(escape(separator).join(map(escape, parts)))


def strong(value: Any) -> Markdown:
    """Return a value in bold; an empty value stays empty."""
    return _enclose("**", value)


def emphasis(value: Any) -> Markdown:
    """Return a value in italics; an empty value stays empty."""
    return _enclose("*", value)


def _enclose(mark: str, value: Any) -> Markdown:
    # A space next to the marks would make them a list, or plain text.
    text = escape(value).strip()
    return Markdown(f"{mark}{text}{mark}" if text else "")


def code(value: Any) -> Markdown:
    """Return a value as code, its fence longer than any run of backticks in it; an empty value stays empty.

    A character that would end the cell of a table cannot be escaped in code, so such a value is escaped as text.
    """
    text = plain(value).strip()
    if not text or "|" in text or "\\" in text:
        return escape(text)
    fence = "`" * (1 + max(map(len, re.findall("`+", text)), default=0))
    space = " " if text.startswith("`") or text.endswith("`") else ""
    return Markdown(f"{fence}{space}{text}{space}{fence}")


def heading(level: int, *parts: Any) -> Markdown:
    r"""Return a heading of a level from 1 to 6.

    >>> print(heading(2, "C# and #1"), end="")
    ## C\# and \#1
    """
    return Markdown(f"{'#' * level} {inline(*parts).strip()}\n")


def paragraph(*parts: Any) -> Markdown:
    r"""Return a paragraph of one line.

    >>> print(paragraph("  1. not a list"), end="")
    1\. not a list
    """
    return Markdown(f"{_escape_start(inline(*parts))}\n")


def quotation(*parts: Any) -> Markdown:
    r"""Return a paragraph of one line as a quotation.

    >>> print(quotation("- no list"), end="")
    > \- no list
    """
    return Markdown(f"> {paragraph(*parts)}")


def bullets(items: Iterable[Any]) -> Markdown:
    r"""Return a list of items without an order.

    >>> print(bullets(["a", "- b", "# c"]), end="")
    - a
    - \- b
    - \# c
    """
    return Markdown("".join(f"- {_escape_start(escape(item))}\n" for item in items))


def _escape_start(text: Markdown) -> str:
    """Escape the start of a line that would begin another kind of block; four leading spaces would be code."""
    return _START.sub(r"\g<digits>\\\g<mark>", text.strip(" "))


def code_block(text: str) -> Markdown:
    """Return lines of text as a block of code, its fence longer than any run of backticks in it."""
    fence = "`" * max(3, *(1 + len(run) for run in re.findall("`+", text)), 0)
    lines = "".join(f"{plain(line.expandtabs(4))}\n" for line in text.split("\n"))
    return Markdown(f"{fence}\n{lines.rstrip()}\n{fence}\n")


def table(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Markdown:
    r"""Return a table of GitHub Flavored Markdown.

    >>> print(table(["id", "note"], [["a", "x|y"], ["b", None]]), end="")
    | id | note |
    | --- | --- |
    | a | x\|y |
    | b |  |
    """
    lines = [columns, [Markdown("---")] * len(columns), *rows]
    return Markdown("".join(f"| {joined(Markdown(' | '), line)} |\n" for line in lines))


def document(*blocks: Markdown) -> Markdown:
    """Return blocks one below the other, with an empty line between them and none at the end; empty ones are left out.

    >>> print(document(heading(1, "Acme"), paragraph("Makes things.")))
    # Acme
    <BLANKLINE>
    Makes things.
    """
    return Markdown("\n".join(block for block in blocks if block).removesuffix("\n"))
