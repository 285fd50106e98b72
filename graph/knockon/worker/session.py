"""The worker of this process: started when a query first needs it, shared by all threads, and replaced after it has ended.

While a query runs, the parent may have to compute losses for it, and run target queries for that: the same thread starts a
nested query before it has the answer to the first one. A nested query has a worker of its own, which ends with the outer
query; otherwise both would wait forever.
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
from knockon.worker.process import Request, Worker
from knockon.worker.replies import WorkerLost

_lock = threading.RLock()
_worker: Worker | None = None
#: The workers of nested queries, the outermost first; used with the lock held.
_nested: list[Worker] = []
#: The number of unanswered queries of the thread that holds the lock.
_depth = 0


def ask(request: Request, limits: Limits) -> WrittenAnswer:
    """Return the whole answer to a query that has passed the guard; threads wait for each other.

    Raises
    ------
    LimitReached
        It exceeds a limit, or ends the worker.
    QuerySyntaxError
        It does not parse, or uses an unknown ``ko:`` term.
    UsageError
        It cannot be run. Exceptions of functions are raised unchanged.

    Examples
    --------
    >>> from knockon.worker.store_content import EMPTY
    >>> answer = ask(Request(EMPTY, "SELECT ?x { VALUES ?x { 1 2 } }"), Limits(seconds=30))
    >>> [row["x"].value for row in answer.solutions()]
    ['1', '2']
    """
    with _exclusive():
        for _ in range(2):
            try:
                return _current_worker().ask(request, limits)
            except WorkerLost as lost:
                reason = str(lost)
    raise KnockonError(f"the process for queries ends immediately after it starts: {reason}")


def prepare() -> None:
    """Start the worker, so that it is ready when this process has prepared the data."""
    with _exclusive():
        _current_worker()


def end() -> None:
    """End the worker, if there is one."""
    global _worker  # noqa: PLW0603 - one for each process
    _end_nested()
    if _worker is not None:
        _worker.kill()
        _worker = None


@contextmanager
def _exclusive() -> Iterator[None]:
    """Wait until no other thread uses the worker, in a way that Ctrl-C interrupts on every system."""
    global _depth  # noqa: PLW0603 - one for each process
    lock = _lock
    while not lock.acquire(timeout=0.1):
        pass
    _depth += 1
    try:
        yield
    finally:
        if lock is _lock:  # a forked copy of the process has a new lock
            _depth -= 1
            if _depth == 0:
                _end_nested()
        lock.release()


def _end_nested() -> None:
    """End the workers of nested queries."""
    while _nested:
        _nested.pop().kill()


def _current_worker() -> Worker:
    """Return the worker for the current level of nesting; start one if there is none or it has ended."""
    global _worker  # noqa: PLW0603 - one for each process
    if _depth > 1:
        level = _depth - 2
        if level < len(_nested) and not _nested[level].alive:
            del _nested[level:]
        if level == len(_nested):
            _nested.append(Worker())
        return _nested[level]
    if _worker is None or not _worker.alive:
        _worker = Worker()
    return _worker


def _reset_after_fork() -> None:
    """Leave the worker to the original process, and replace the lock, which another thread may have held."""
    global _lock, _worker, _depth  # noqa: PLW0603 - one for each process
    _lock, _depth = threading.RLock(), 0
    while _nested:
        _nested.pop().forget()
    if _worker is not None:
        _worker.forget()
        _worker = None


atexit.register(end)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_reset_after_fork)
