"""What is known of queries from the last time: whether they took long, and the answers to the latest ones.

A text that took long is expected to take long again. Texts that differ only in names, strings and numbers have the same shape,
and a shape of which all texts were quick is expected to be quick.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Hashable
from functools import lru_cache
from typing import Generic, Literal, TypeVar

from knockon.serve.streamed_answer import StreamedAnswer

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
Speed = Literal["quick", "long", "unknown"]

#: The most texts and shapes that are remembered, and the longest text of which they are.
_MAX_REMEMBERED, _MAX_TEXT = 5000, 2**12
#: The most bytes of answers that are kept, and of one of them.
_MAX_KEPT, _MAX_ANSWER = 2**25, 2**16
#: Names, strings and numbers.
_VALUE = re.compile(r"<[^<>\s]*+>|\"(?:[^\"\\]|\\.)*+\"|'(?:[^'\\]|\\.)*+'|[\w.-]*+:[\w.%-]++|\b\d[\w.]*+", re.DOTALL)


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


class QueryHistory:
    """The speed of earlier queries.

    Examples
    --------
    >>> history = QueryHistory()
    >>> history.record("SELECT ?x { id:acme ?x 1 }", long=False)
    >>> history.speed("SELECT ?x { id:nvidia ?x 2 }"), history.speed("SELECT * { ?s ?p ?o }")
    ('quick', 'unknown')
    >>> history.record("SELECT ?x { id:nvidia ?x 2 }", long=True)
    >>> history.speed("SELECT ?x { id:acme ?x 1 }"), history.speed("SELECT ?x { id:nvidia ?x 2 }")
    ('unknown', 'long')
    """

    def __init__(self) -> None:
        #: Whether a text took long, and whether a shape was quick, by hash.
        self._texts: _Latest[int, bool] = _Latest(_MAX_REMEMBERED)
        self._shapes: _Latest[int, bool] = _Latest(_MAX_REMEMBERED)

    def speed(self, text: str) -> Speed:
        """Return what is to be expected of a query."""
        long = self._texts.values.get(hash(text))
        if long:
            return "long"
        if len(text) > _MAX_TEXT or not self._shapes.values.get(_shape(text)):
            return "unknown"
        return "quick"

    def record(self, text: str, *, long: bool) -> None:
        """Remember whether a query took long."""
        key = hash(text)
        if not long and self._texts.values.get(key) is False:
            return
        self._texts.set(key, long)
        if len(text) <= _MAX_TEXT:
            self._shapes.set(_shape(text), not long)


@lru_cache(256)
def _shape(text: str) -> int:
    return hash(_VALUE.sub("_", text))


class LatestAnswers:
    """Whole answers that the content alone decides, to requests that came twice: later ones get the same bytes.

    Most requests come once, and would fill the memory.
    """

    def __init__(self) -> None:
        self._seen: _Latest[int, None] = _Latest(_MAX_REMEMBERED)
        self._answers: OrderedDict[Hashable, tuple[str, bytes, int]] = OrderedDict()
        self._size = 0

    def get(self, key: Hashable) -> StreamedAnswer | None:
        """Return the answer to a request; None if it is not kept."""
        kept = self._answers.get(key)
        if kept is None:
            return None
        self._answers.move_to_end(key)
        kind, whole, rows = kept
        return StreamedAnswer(kind, _nothing, whole, rows)

    def put(self, key: Hashable, answer: StreamedAnswer) -> None:
        """Keep an answer if it is small, whole and not cut, and was asked for before."""
        once = hash(key) in self._seen.values
        self._seen.set(hash(key), None)
        if not once or answer.whole is None or answer.cut or len(answer.whole) > _MAX_ANSWER or key in self._answers:
            return
        self._answers[key] = answer.kind, answer.whole, answer.rows
        self._size += len(answer.whole)
        while self._size > _MAX_KEPT or len(self._answers) > _MAX_REMEMBERED:
            _, (_, dropped, _) = self._answers.popitem(last=False)
            self._size -= len(dropped)

    def clear(self) -> None:
        """Drop all answers."""
        self._answers.clear()
        self._size = 0


def _nothing() -> None:
    """Free no worker: none computes this answer."""
