"""Answer point queries in the process of the server: to wake a worker takes longer than they do.

See docs/decisions/0058-point-queries-in-the-server.md. What is not small, not plain or not read at once is left to a worker,
which answers it as if nobody had tried: the answers are the same bytes.
"""

from __future__ import annotations

import sys
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from itertools import islice
from math import inf
from typing import IO, cast

import pyoxigraph
from pyoxigraph import Literal, NamedNode, QueryBoolean, QueryResultsFormat, QueryTriples

from knockon.errors import KnockonError
from knockon.serve.bounded_stream import BoundedStream, TooLong
from knockon.serve.point_query import Pattern, PointQuery, read_point_query
from knockon.serve.query_request import QueryRequest
from knockon.serve.streamed_answer import StreamedAnswer
from knockon.sparql.database import Database, in_memory
from knockon.sparql.limits import Limits
from knockon.vocabulary import PREFIXES
from knockon.worker.store_content import StoreContent

#: The most bytes of an answer; the engine writes 8 kB at a time, so it stops within so many more.
_MOST = 2**14
#: The most combinations of triples that a query with several patterns goes through.
_MOST_STEPS = 500
#: The most graphs that the default graph consists of: each is searched.
_MOST_GRAPHS = 16
#: The seconds after which a query was slow, and for how many times as long nothing is answered here if that was for the
#: disk, and not since other processes had their turn.
_SLOW, _REST = 0.02, 50.0
#: The most patterns that are known to have larger answers.
_MAX_REMEMBERED = 5_000


class PointAnswers:
    """The point queries of one server.

    Parameters
    ----------
    limits
        The limits of its queries: where they are narrower than those here, workers cut the answers.
    """

    def __init__(self, limits: Limits) -> None:
        # A row has one byte at least, so an answer within both has no more rows than bytes.
        self._most = min(_MOST, limits.rows or _MOST, limits.size or _MOST)
        self._database: Database | None = None
        #: The key of the content that it answers from; empty until a folder was opened.
        self.key = ""
        #: What was too large, by its patterns: it is not tried again.
        self._left: OrderedDict[tuple[Pattern, ...], None] = OrderedDict()
        self._resting, self._reads = -inf, 0
        #: How many queries were answered.
        self.answered = 0

    def open(self, content: StoreContent) -> tuple[str, Database | None]:
        """Open a content, for ``follow``; this may take a moment, and is done in a thread.

        A large content without a folder, one that cannot be read, and one of many graphs are left to workers, which say why.
        """
        if content.quads is not None or content.folder is not None:
            with suppress(OSError, RuntimeError, KnockonError):
                database = Database(_open(content)).freeze()
                # What all queries read from the disk is read here, and not while requests wait.
                list(islice(database.quads(), 1))
                if database.graph_count <= _MOST_GRAPHS:
                    return content.key, database
        return content.key, None

    def follow(self, key: str, database: Database | None) -> None:
        """Answer from another content; the one before is closed."""
        self.key, self._database, self._reads = key, database, _disk_reads()
        self._left.clear()

    def note_reads(self) -> None:
        """Take note of what was read from the disk until now; called from time to time, so that no query is blamed for it."""
        self._reads = _disk_reads()

    def answer(self, request: QueryRequest, key: str) -> StreamedAnswer | None:
        """Return the answer to a point query; None if a worker must answer.

        Parameters
        ----------
        request
            The request.
        key
            The key of the current content.
        """
        database = self._database
        if database is None or key != self.key or request.solutions is None or request.limits is not None:
            return None
        if request.default_graphs is not None or request.named_graphs is not None:
            return None
        query = read_point_query(request.text)
        if query is None or query.patterns in self._left or time.monotonic() < self._resting:
            return None
        started = time.monotonic()
        try:
            answer = self._run(database, query, request.text, getattr(QueryResultsFormat, request.solutions))
        except TooLong:
            self._leave(query.patterns)
            answer = None
        except (OSError, RuntimeError, ValueError, SyntaxError, KnockonError):
            # A worker finds the same, and says it.
            answer = None
        took = time.monotonic() - started
        if took > _SLOW:
            # Counted only now, since to ask the system before each query takes time; the reads may be somewhat earlier ones.
            before, self._reads = self._reads, _disk_reads()
            if self._reads > before:
                self._resting = started + took + _REST * took
        self.answered += answer is not None
        return answer

    def _run(self, database: Database, query: PointQuery, text: str, form: QueryResultsFormat) -> StreamedAnswer | None:
        if not query.is_direct:
            _check_steps(database, query.patterns)
        answer = database.query(text, prefixes=PREFIXES if query.has_prefixes else {})
        if isinstance(answer, QueryTriples):
            return None
        if isinstance(answer, QueryBoolean):
            return StreamedAnswer("boolean", _nothing, answer.serialize(format=form), 1)
        out = BoundedStream(self._most)
        answer.serialize(cast("IO[bytes]", out), form)
        return StreamedAnswer("solutions", _nothing, out.content)

    def _leave(self, patterns: tuple[Pattern, ...]) -> None:
        self._left[patterns] = None
        if len(self._left) > _MAX_REMEMBERED:
            self._left.popitem(last=False)


def _open(content: StoreContent) -> pyoxigraph.Store:
    if content.quads is not None:
        return in_memory(content.quads)
    return pyoxigraph.Store.read_only(str(content.folder))


def _check_steps(database: Database, patterns: tuple[Pattern, ...]) -> None:
    """Raise if the triples that match have too many combinations."""
    steps = 1
    for pattern in patterns:
        found = islice(database.quads(*map(_term, pattern)), _MOST_STEPS // steps + 1)
        steps *= max(1, sum(1 for _ in found))
        if steps > _MOST_STEPS:
            raise TooLong


def _term(text: str | None) -> NamedNode | Literal | None:
    if text is None:
        return None
    if text.startswith("<"):
        return NamedNode(text[1:-1])
    value, _, language = text[1:].rpartition(text[0])
    return Literal(value, language=language[1:]) if language else Literal(value)


def _disk_counter() -> Callable[[], int]:
    """Return a function that counts the blocks that this thread, or where that is unknown this process, has read."""
    if sys.platform == "win32":
        numbers = iter(range(sys.maxsize))
        return lambda: next(numbers)  # it does not tell: what was slow has waited
    import resource

    who: int = getattr(resource, "RUSAGE_THREAD", resource.RUSAGE_SELF)
    return lambda: resource.getrusage(who).ru_inblock


_disk_reads = _disk_counter()


def _nothing() -> None:
    """Free no worker: none computes this answer."""


__all__ = ["PointAnswers"]
