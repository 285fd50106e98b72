"""What is known of queries from the last time: whether they took long, and the answers to the latest ones.

A text that took long is expected to take long again. Texts that differ only in names, strings and numbers have the same shape,
and a shape of which all texts were quick is expected to be quick.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Hashable
from functools import lru_cache
from typing import Generic, Literal, NamedTuple, TypeVar

from knockon.serve.streamed_answer import StreamedAnswer

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
Speed = Literal["quick", "long", "unknown"]

#: The most texts and shapes that are remembered, and the longest text of which they are.
_MAX_REMEMBERED, _MAX_TEXT = 5000, 2**12
#: The most bytes of requests and answers that are kept, and of one of them.
_MAX_KEPT, _MAX_ANSWER = 2**25, 2**16
#: How much of a difference to what was expected the next expectation takes over.
_WEIGHT = 0.2
#: Names, strings and numbers.
_VALUE = re.compile(r"<[^<>\s]*+>|\"(?>(?:[^\"\\]|\\.)*)\"|'(?>(?:[^'\\]|\\.)*)'|[\w.-]*+:[\w.%-]++|\b\d[\w.]*+", re.DOTALL)


class _Latest(Generic[K, V]):
    """The values that were set last."""

    def __init__(self, most: int) -> None:
        self._most = most
        self.values: OrderedDict[K, V] = OrderedDict()

    def set(self, key: K, value: V) -> None:
        self.values[key] = value
        self.values.move_to_end(key)
        if len(self.values) > self._most:
            self.values.popitem(last=False)


class Expectation(NamedTuple):
    """What is expected of a query: its speed, and of one that is quick, the seconds that it takes."""

    speed: Speed
    seconds: float = 0.0


class QueryHistory:
    """The speed of earlier queries.

    Examples
    --------
    >>> history = QueryHistory()
    >>> history.record("SELECT ?x { id:acme ?x 1 }", 0.001)
    >>> history.expect("SELECT ?x { id:nvidia ?x 2 }"), history.expect("SELECT * { ?s ?p ?o }").speed
    (Expectation(speed='quick', seconds=0.001), 'unknown')
    >>> history.record("SELECT ?x { id:nvidia ?x 2 }", None)
    >>> history.expect("SELECT ?x { id:acme ?x 1 }").speed, history.expect("SELECT ?x { id:nvidia ?x 2 }").speed
    ('unknown', 'long')
    """

    def __init__(self) -> None:
        #: The texts that took long, and the seconds of the shapes that were quick, by hash.
        self._long: _Latest[int, None] = _Latest(_MAX_REMEMBERED)
        self._shapes: _Latest[int, float] = _Latest(_MAX_REMEMBERED)

    def expect(self, text: str) -> Expectation:
        """Return what is to be expected of a query."""
        if hash(text) in self._long.values:
            return Expectation("long")
        seconds = self._shapes.values.get(_shape(text)) if len(text) <= _MAX_TEXT else None
        return Expectation("unknown") if seconds is None else Expectation("quick", seconds)

    def record(self, text: str, seconds: float | None) -> None:
        """Remember the seconds that a query took; None: it was a long one."""
        short = len(text) <= _MAX_TEXT
        if seconds is None:
            self._long.set(hash(text), None)
            if short:
                self._shapes.values.pop(_shape(text), None)
            return
        self._long.values.pop(hash(text), None)
        if short:
            shape = _shape(text)
            before = self._shapes.values.get(shape)
            self._shapes.set(shape, seconds if before is None else before + _WEIGHT * (seconds - before))


@lru_cache(256)
def _shape(text: str) -> int:
    return hash(_VALUE.sub("_", text))


class LatestAnswers:
    """Whole answers that the content alone decides, to requests that came twice: later ones get the same bytes.

    Most requests come once, and would fill the memory.

    Parameters
    ----------
    processes
        The number of processes that share the memory for them.
    """

    def __init__(self, processes: int = 1) -> None:
        self._most = _MAX_KEPT // processes
        self._seen: _Latest[int, None] = _Latest(_MAX_REMEMBERED)
        self._answers: OrderedDict[Hashable, tuple[str, bytes, int, int]] = OrderedDict()
        self._size = 0

    def get(self, key: Hashable) -> StreamedAnswer | None:
        """Return the answer to a request; None if it is not kept."""
        kept = self._answers.get(key)
        if kept is None:
            return None
        self._answers.move_to_end(key)
        kind, whole, rows, _ = kept
        return StreamedAnswer(kind, _nothing, whole, rows)

    def put(self, key: Hashable, answer: StreamedAnswer, size: int) -> None:
        """Keep an answer if it is small, whole and not cut, and was asked for before.

        Parameters
        ----------
        key
            The request.
        answer
            Its answer.
        size
            The characters of the request, which are kept, too.
        """
        once = hash(key) in self._seen.values
        self._seen.set(hash(key), None)
        if not once or answer.whole is None or answer.cut or key in self._answers:
            return
        size += len(answer.whole)
        if size > _MAX_ANSWER:
            return
        self._answers[key] = answer.kind, answer.whole, answer.rows, size
        self._size += size
        while self._size > self._most or len(self._answers) > _MAX_REMEMBERED:
            _, (_, _, _, dropped) = self._answers.popitem(last=False)
            self._size -= dropped

    def clear(self) -> None:
        """Drop all answers."""
        self._answers.clear()
        self._size = 0


def _nothing() -> None:
    """Free no worker: none computes this answer."""
