"""The time that all target queries of one run may take together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace

from knockon.errors import LimitReached
from knockon.sparql.limits import TARGET_QUERY, Limits

#: Seconds that all target queries of one run may take together.
TOTAL = 30.0


class Budget:
    """The time that the target queries of one run have left together.

    Parameters
    ----------
    seconds
        How long all of them may take; None is the usual.

    >>> budget = Budget(12)
    >>> budget.limits().seconds
    5.0
    >>> budget.spend(9)
    >>> budget.limits().seconds
    3.0
    >>> budget.spend(3)
    >>> budget.limits()
    Traceback (most recent call last):
    ...
    knockon.errors.LimitReached: the target queries of this run took more than 12 s together
    """

    def __init__(self, seconds: float | None = None) -> None:
        self._seconds = TOTAL if seconds is None else seconds
        self._left = self._seconds

    def limits(self) -> Limits:
        """Return what the next query may take.

        Raises
        ------
        LimitReached
            Nothing is left.
        """
        if self._left <= 0:
            raise LimitReached(f"the target queries of this run took more than {self._seconds:g} s together")
        return replace(TARGET_QUERY, seconds=float(min(TARGET_QUERY.seconds or self._left, self._left)))

    def spend(self, seconds: float) -> None:
        """Take what a query took."""
        self._left -= seconds


_current: ContextVar[Budget | None] = ContextVar("budget", default=None)


@contextmanager
def one_run() -> Iterator[None]:
    """Let all target queries inside share one budget; runs inside others share that of the outermost.

    >>> with one_run():
    ...     outer = current_budget()
    ...     with one_run():
    ...         assert current_budget() is outer
    """
    if _current.get() is not None:
        yield
        return
    token = _current.set(Budget())
    try:
        yield
    finally:
        _current.reset(token)


def current_budget() -> Budget:
    """Return the budget of the run; outside of any, a new one."""
    return _current.get() or Budget()
