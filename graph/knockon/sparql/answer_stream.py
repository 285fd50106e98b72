"""Write an answer in a format of the SPARQL protocol while it is produced, within limits of rows and bytes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import IO, NamedTuple, cast

from pyoxigraph import QueryBoolean, QueryResultsFormat, QuerySolutions, QueryTriples, RdfFormat, Triple, serialize

from knockon.errors import LimitReached, NotAcceptable
from knockon.sparql.answers import Answer, Kind, rows_limit, size_limit
from knockon.sparql.limits import Limits
from knockon.sparql.row_counter import RowCounter, first_rows

#: The bytes that are kept until the first part is sent: an answer that ends before is sent whole.
HEAD = 2**16
#: The bytes, and the seconds, after which further parts are sent.
_PART, _DELAY = 2**17, 0.05


class Formats(NamedTuple):
    """The formats of an answer: names of attributes of ``QueryResultsFormat`` and ``RdfFormat``; None: not acceptable."""

    solutions: str | None = "JSON"
    triples: str | None = "N_TRIPLES"


class Streamed(NamedTuple):
    """The end of an answer: its kind, its rows, the limit that cut it (``rows``, ``size`` or none), what was not sent yet."""

    kind: Kind
    rows: int
    cut: str
    rest: bytes


class _CutError(Exception):
    """The answer has reached a limit, whose name is the argument."""


def stream_answer(answer: Answer, formats: Formats, limits: Limits, send: Callable[[Kind, bytes], object]) -> Streamed:
    r"""Write an answer; return its end.

    An answer that reaches its limit of rows or bytes before a part was sent is completed to a valid document with the
    first rows. Afterwards it simply ends: nobody may take what was sent for the whole.

    Parameters
    ----------
    answer
        The answer.
    formats
        The formats for rows and booleans, and for triples.
    limits
        The limits on rows and bytes.
    send
        Sends a part of an answer of some kind.

    Raises
    ------
    NotAcceptable
        There is no format for an answer of this kind.
    LimitReached
        Not even one row is within the limit of bytes.

    Examples
    --------
    >>> from pyoxigraph import Store
    >>> answer = Store().query("SELECT ?x { VALUES ?x { 1 2 3 } }")
    >>> stream_answer(answer, Formats("TSV"), Limits(rows=2), print)
    Streamed(kind='solutions', rows=2, cut='rows', rest=b'?x\n1\n2\n')
    """
    if isinstance(answer, QueryTriples):
        return _stream_triples(answer, _acceptable(formats.triples, "triples"), limits, send)
    form = _acceptable(formats.solutions, "rows")
    if isinstance(answer, QueryBoolean):
        content = answer.serialize(format=getattr(QueryResultsFormat, form))
        return Streamed("boolean", 1, "", cast("bytes", content))
    return _stream_solutions(answer, form, limits, send)


def _acceptable(form: str | None, kind: str) -> str:
    if form is None:
        raise NotAcceptable(f"the answer consists of {kind}, and none of the formats that the request accepts can hold them")
    return form


def _stream_solutions(answer: QuerySolutions, form: str, limits: Limits, send: Callable[[Kind, bytes], object]) -> Streamed:
    counter = RowCounter(form)

    def check(content: bytes) -> None:
        counter.add(content)
        if limits.rows is not None and counter.rows > limits.rows:
            raise _CutError("rows")

    out = _Parts(lambda content: send("solutions", content), limits.size, check)
    try:
        answer.serialize(cast("IO[bytes]", out), getattr(QueryResultsFormat, form))
    except _CutError as cut:
        reason, rest = str(cut), out.rest()
        if out.sent:
            return Streamed("solutions", counter.rows, reason, b"")
        whole = first_rows(rest, form, limits.rows or counter.rows, limits.size)
        if whole is None:
            raise _error_of(reason, limits) from None
        rows = RowCounter(form)
        rows.add(whole)
        return Streamed("solutions", rows.rows, reason, whole)
    return Streamed("solutions", counter.rows, "", out.rest())


def _stream_triples(answer: QueryTriples, form: str, limits: Limits, send: Callable[[Kind, bytes], object]) -> Streamed:
    count, cut = 0, ""

    def limited() -> Iterator[Triple]:
        nonlocal count, cut
        for triple in answer:
            if count == limits.rows:
                cut = "rows"
                return
            count += 1
            yield triple

    out = _Parts(lambda content: send("triples", content), limits.size)
    try:
        serialize(limited(), cast("IO[bytes]", out), getattr(RdfFormat, form))
    except _CutError as reason:
        if not out.sent:
            raise _error_of(str(reason), limits) from None
        return Streamed("triples", count, str(reason), b"")
    return Streamed("triples", count, cut, out.rest())


def _error_of(reason: str, limits: Limits) -> LimitReached:
    return size_limit(limits.size or 0) if reason == "size" else rows_limit(limits.rows or 0)


class _Parts:
    """A stream that sends parts, the first one when ``HEAD`` bytes are there."""

    def __init__(self, send: Callable[[bytes], object], size: int | None, check: Callable[[bytes], None] | None = None) -> None:
        self._send, self._size, self._check = send, size, check
        self._parts: list[bytes] = []
        self._kept = self._total = 0
        self._last = 0.0
        #: Whether a part was sent.
        self.sent = False

    def write(self, content: bytes) -> int:
        self._parts.append(content)
        self._kept += len(content)
        self._total += len(content)
        if self._check is not None:
            self._check(content)
        if self._size is not None and self._total > self._size:
            raise _CutError("size")
        if self._kept >= (_PART if self.sent else HEAD) or (self.sent and time.monotonic() > self._last + _DELAY):
            self._send(self.rest())
            self.sent, self._last = True, time.monotonic()
        return len(content)

    def flush(self) -> None:
        """Do nothing: parts are sent when they are large enough."""

    def rest(self) -> bytes:
        """Return what was not sent yet, and drop it."""
        content = b"".join(self._parts)
        self._parts, self._kept = [], 0
        return content
