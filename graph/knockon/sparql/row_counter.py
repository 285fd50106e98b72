r"""Count the rows of a serialized answer while it is written, and find where its rows end.

In TSV a row is a line, in CSV a line whose end is not inside quotes. In XML a row ends with ``</result>``, which no text
contains. In JSON, outside of strings, the first row follows ``[{`` and each other one ``},{``; nothing else is written so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

_ESCAPES = re.compile(rb"\\.", re.DOTALL)
#: What ends a row, or the first line of CSV and TSV; for JSON the end of a row that another one follows.
_ENDS = {"TSV": rb"\n", "CSV": rb"\n", "XML": rb"</result>", "JSON": rb"\}(?=,\{)"}
_STRING = {"CSV": rb'"[^"]*+"', "JSON": rb'"(?>(?:[^"\\]|\\.)*)"'}
#: What completes a document that ends after a row.
CLOSING = {"TSV": b"", "CSV": b"", "XML": b"</results></sparql>", "JSON": b"]}}"}


class RowCounter:
    r"""Counter of the rows of an answer to a SELECT.

    Parameters
    ----------
    form
        Its format: CSV, JSON, TSV or XML.

    Examples
    --------
    >>> counter = RowCounter("CSV")
    >>> for piece in (b'x\r\n"one', b'\n row"\r\n2\r\n'):
    ...     counter.add(piece)
    >>> counter.rows
    2
    """

    def __init__(self, form: str) -> None:
        self._form = form
        self._inside = 0
        self._rest = b""
        self.rows = -1 if form in {"CSV", "TSV"} else 0

    def add(self, content: bytes) -> None:
        """Count the rows that end in the next piece of the answer; in JSON those that begin in it."""
        if self._form == "TSV":
            self.rows += content.count(b"\n")
        elif self._form == "CSV":
            self.rows += self._outside(content).count(b"\n")
        elif self._form == "XML":
            self._count(content, b"</result>")
        else:
            content = self._escape + content
            # A backslash at the end may belong to a quote in the next piece.
            odd = (len(content) - len(content.rstrip(b"\\"))) % 2
            self._escape = b"\\" * odd
            content = content[: len(content) - odd]
            self._count(self._outside(_ESCAPES.sub(b"", content) if b"\\" in content else content), b"[{", b"},{")

    _escape = b""

    def _outside(self, content: bytes) -> bytes:
        """Return what is outside of quotes."""
        parts = content.split(b'"')
        outside = b"".join(parts[self._inside :: 2])
        self._inside = (self._inside + len(parts) - 1) % 2
        return outside

    def _count(self, content: bytes, *marks: bytes) -> None:
        """Count marks that end in a piece."""
        for mark in marks:
            self.rows += (self._rest[-(len(mark) - 1) :] + content).count(mark)
        self._rest = (self._rest + content)[-8:]


def first_rows(content: bytes, form: str, most: int, size: int | None) -> bytes | None:
    r"""Return the beginning of a document with as many whole rows as the limits allow, completed to a valid document.

    Parameters
    ----------
    content
        The beginning of the document, which goes on behind its last row.
    form
        Its format: CSV, JSON, TSV or XML.
    most
        The most rows.
    size
        The most bytes; None is no limit.

    Returns
    -------
    bytes | None
        None if not even one row fits.

    Examples
    --------
    >>> first_rows(b"?x\n1\n2\n3\n4", "TSV", 2, None)
    b'?x\n1\n2\n'
    >>> first_rows(b'{"head":{"vars":["x"]},"results":{"bindings":[{},{},{}', "JSON", 1, None)
    b'{"head":{"vars":["x"]},"results":{"bindings":[{}]}}'
    """
    header = 1 if form in {"CSV", "TSV"} else 0
    room = None if size is None else size - len(CLOSING[form])
    last = 0
    for end in islice(_row_ends(content, form), header, header + most):
        if room is not None and end > room:
            break
        last = end
    return content[:last] + CLOSING[form] if last else None


def _row_ends(content: bytes, form: str) -> Iterator[int]:
    strings = _STRING.get(form)
    pattern = re.compile(b"(?:%b)|(%b)" % (strings, _ENDS[form]) if strings else b"(%b)" % _ENDS[form], re.DOTALL)
    return (match.end() for match in pattern.finditer(content) if match.group(1))
