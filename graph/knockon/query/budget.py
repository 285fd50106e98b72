"""A shared time limit for all target queries of one run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace

from knockon.errors import LimitReached
from knockon.sparql.limits import TARGET_QUERY, Limits

#: The total time of all target queries of one run, in seconds.
TOTAL = 30.0


class Budget:
    """The remaining time of all target queries of one run.

    Parameters
    ----------
    seconds
        The total time; None is the default.

    Examples
    --------
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
        """Return the limits of the next query.

        Raises
        ------
        LimitReached
            No time is left.
        """
        if self._left <= 0:
            raise LimitReached(f"the target queries of this run took more than {self._seconds:g} s together")
        return replace(TARGET_QUERY, seconds=float(min(TARGET_QUERY.seconds or self._left, self._left)))

    def spend(self, seconds: float) -> None:
        """Subtract the time of a query."""
        self._left -= seconds


_current: ContextVar[Budget | None] = ContextVar("budget", default=None)


@contextmanager
def one_run() -> Iterator[None]:
    """Share one budget among all target queries inside; nested runs use the budget of the outermost.

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
    """Return the budget of the current run; outside of a run, a new one."""
    return _current.get() or Budget()
