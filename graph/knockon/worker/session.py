"""The one worker of this process: started when a query first needs it, shared by all threads, replaced when it was ended.

While a query runs, the parent may have to compute losses for it, and ask target queries for that: the same thread asks
again before its first answer is there. Such a question within a question has a worker of its own, which ends with the
outer one; else both would wait for ever.
"""

from __future__ import annotations

import atexit
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from knockon.errors import KnockonError
from knockon.sparql.answers import WrittenAnswer
from knockon.sparql.limits import Limits
from knockon.worker.process import Request, Worker, WorkerLost

_lock = threading.RLock()
_worker: Worker | None = None
#: The workers of questions within questions, the outermost first; used with the lock held.
_inner: list[Worker] = []
#: How many questions of the thread that holds the lock are not answered yet.
_depth = 0


def ask(request: Request, limits: Limits) -> WrittenAnswer:
    """Return the whole answer to a query that has passed the guard; threads wait for each other.

    Raises
    ------
    LimitReached
        It goes beyond a limit, or it ends the worker.
    QuerySyntaxError
        It does not parse, or it has a ``ko:`` term that does not exist.
    UsageError
        It cannot be run. What a function raises comes through.

    Examples
    --------
    >>> from knockon.worker.store_content import EMPTY
    >>> answer = ask(Request(EMPTY, "SELECT ?x { VALUES ?x { 1 2 } }", check_terms=False), Limits(seconds=30))
    >>> [row["x"].value for row in answer.solutions()]
    ['1', '2']
    """
    with _alone():
        for _ in range(2):
            try:
                return _living().ask(request, limits)
            except WorkerLost as lost:
                reason = str(lost)
    raise KnockonError(f"the process for queries ends as soon as it is started: {reason}")


def prepare() -> None:
    """Start the worker, so that it gets ready while this process does other things."""
    with _alone():
        _living()


def end() -> None:
    """End the worker, if there is one."""
    global _worker  # noqa: PLW0603 - one for the process
    _end_inner()
    if _worker is not None:
        _worker.kill()
        _worker = None


@contextmanager
def _alone() -> Iterator[None]:
    """Wait for other threads in a way that sees Ctrl-C on every system."""
    global _depth  # noqa: PLW0603 - counts what the lock holds
    lock = _lock
    while not lock.acquire(timeout=0.1):
        pass
    _depth += 1
    try:
        yield
    finally:
        if lock is _lock:  # not in a copy of the process, which counts anew
            _depth -= 1
            if _depth == 0:
                _end_inner()
        lock.release()


def _end_inner() -> None:
    while _inner:
        _inner.pop().kill()


def _living() -> Worker:
    global _worker  # noqa: PLW0603 - one for the process
    if _depth > 1:
        place = _depth - 2
        if place < len(_inner) and not _inner[place].alive:
            del _inner[place:]
        if place == len(_inner):
            _inner.append(Worker())
        return _inner[place]
    if _worker is None or not _worker.alive:
        _worker = Worker()
    return _worker


def _forget() -> None:
    """In a copy of this process: leave the worker, and a lock that another thread may hold, to the original."""
    global _lock, _worker, _depth  # noqa: PLW0603 - one for the process
    _lock, _depth = threading.RLock(), 0
    while _inner:
        _inner.pop().forget()
    if _worker is not None:
        _worker.forget()
        _worker = None


atexit.register(end)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
