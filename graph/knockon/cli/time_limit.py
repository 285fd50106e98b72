"""``--timeout``: a limit on the wall time of a whole command."""

from __future__ import annotations

import math
import os
import signal
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import TypeVar

from knockon.errors import LimitReached, UsageError

T = TypeVar("T")

#: How long a command may take to stop by itself, in seconds; compiled code does not look at signals.
_GRACE = 2.0
#: The time between two signals, in seconds.
_REPEAT = 0.05


class _TimeIsUp(KeyboardInterrupt):
    """Raised in the command when its time is up; what handles Ctrl-C handles this, too."""


class TimeLimit:
    """A context that stops the command inside it when its time is up.

    The command is interrupted as by Ctrl-C, so that unfinished writes are undone. If that has no effect, because compiled
    code runs, the process ends after the message.

    Parameters
    ----------
    seconds
        The time; None or 0 for no limit.

    Raises
    ------
    LimitReached
        On leaving, when the time was up.
    UsageError
        The time is negative or not a number.
    """

    def __init__(self, seconds: float | None) -> None:
        if seconds is not None and not (math.isfinite(seconds) and seconds >= 0):
            raise UsageError(f"--timeout is a number of seconds, 0 or more (0 is no limit), not {seconds:g}")
        # Timers accept no longer time than this, which is some centuries.
        self.seconds = min(seconds or 0.0, threading.TIMEOUT_MAX - _GRACE)
        self._alarm = threading.Timer(self.seconds, self._interrupt)
        self._end = threading.Timer(self.seconds + _GRACE, self._exit)
        self._lifted = self._interrupted = self._ready = False
        self._before: object = None
        # Held while a signal is sent: none may come once the limit is lifted, when it would end the process.
        self._sending = threading.Lock()

    def __enter__(self) -> TimeLimit:
        global _current  # noqa: PLW0603 # one command runs at a time
        _current = self
        if self.seconds:
            if _can_interrupt():
                self._before = signal.signal(signal.SIGALRM, self._raise)
            for timer in (self._alarm, self._end):
                timer.daemon = True
                timer.start()
            # Nothing is raised while a thread starts, which would swallow it: time that is already up is reported here.
            self._ready = True
            if self._interrupted:
                self._remove()
                raise self.error()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._remove()
        if isinstance(error, _TimeIsUp):
            raise self.error() from None

    def run(self, work: Callable[[], T]) -> T:
        """Return the result of ``work``, which runs within the limit; the interruption may also come before or after it.

        Raises
        ------
        LimitReached
            The time was up.
        """
        try:
            with self:
                return work()
        except BaseException:
            self._remove()
            if self._interrupted:
                # Compiled code may hand the interruption on as an error of its own.
                raise self.error() from None
            raise

    def _remove(self) -> None:
        global _current  # noqa: PLW0603
        self.lift()
        _current = None
        if self._before is not None:
            # To ignore signals discards those that were sent and not seen yet.
            signal.signal(signal.SIGALRM, signal.SIG_IGN)
            signal.signal(signal.SIGALRM, self._before)  # type: ignore[arg-type] # what signal gave

    @property
    def alive(self) -> bool:
        """Whether the limit can still stop the command."""
        return bool(self.seconds) and not self._lifted

    def lift(self) -> None:
        """Remove the limit: the answer is computed, and must not be written in part."""
        with self._sending:
            self._lifted = True
        self._alarm.cancel()
        self._end.cancel()

    def error(self) -> LimitReached:
        """Return the error that reports the limit."""
        return LimitReached(f"stopped after {self.seconds:g} s, before it was done; raise --timeout (0: no limit)")

    def _raise(self, *_: object) -> None:
        if self._lifted:
            return
        self._interrupted = True
        if self._ready:
            raise _TimeIsUp

    def _interrupt(self) -> None:
        # A signal that arrives just before a blocking call is seen only after it: it is sent until it was seen.
        while hasattr(signal, "pthread_kill") and not self._interrupted:
            with self._sending:
                if self._lifted:
                    return
                signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGALRM)
            time.sleep(_REPEAT)

    def _exit(self) -> None:
        from knockon.cli.failures import write_failure

        if not self._lifted:
            os._exit(write_failure(self.error(), directly=True))


_current: TimeLimit | None = None


def lift() -> None:
    """Remove the limit of the command that runs, if it has one."""
    if _current is not None:
        _current.lift()


def _can_interrupt() -> bool:
    """Return whether the command can be interrupted: only in the main thread, and not on every system."""
    return hasattr(signal, "pthread_kill") and threading.current_thread() is threading.main_thread()
