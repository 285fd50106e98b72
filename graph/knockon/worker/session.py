"""The one worker of this process: started when a query first needs it, shared by all threads, replaced when it was ended."""

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

_lock = threading.Lock()
_worker: Worker | None = None


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

    >>> from knockon.worker.handover import NOTHING
    >>> answer = ask(Request(NOTHING, "SELECT ?x { VALUES ?x { 1 2 } }", check_terms=False), Limits(seconds=30))
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
    if _worker is not None:
        _worker.kill()
        _worker = None


@contextmanager
def _alone() -> Iterator[None]:
    """Wait for other threads in a way that sees Ctrl-C on every system."""
    lock = _lock
    while not lock.acquire(timeout=0.1):
        pass
    try:
        yield
    finally:
        lock.release()


def _living() -> Worker:
    global _worker  # noqa: PLW0603 - one for the process
    if _worker is None or not _worker.alive:
        _worker = Worker()
    return _worker


def _forget() -> None:
    """In a copy of this process: leave the worker, and a lock that another thread may hold, to the original."""
    global _lock, _worker  # noqa: PLW0603 - one for the process
    _lock = threading.Lock()
    if _worker is not None:
        _worker.forget()
        _worker = None


atexit.register(end)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
