"""Standard streams that may be closed, full, or read by nobody."""

from __future__ import annotations

import io
import os
import sys

from knockon.errors import UsageError


class _ClosedOutput(io.TextIOBase):
    """Standard output of a process that was started without one."""

    def writable(self) -> bool:
        """Return True: the error comes with the first write."""
        return True

    def write(self, text: str) -> int:
        """Refuse text that would be lost.

        Raises
        ------
        UsageError
            There is any.
        """
        if text:
            raise UsageError("standard output is closed; name a file with -o FILE")
        return 0


def open_streams() -> None:
    """Make every standard stream usable where the process was started with some of them closed.

    A file opened later must not get the number of a standard stream: what is meant for the screen would be written
    into it.
    """
    missing = sys.stdin is None or sys.stdout is None or sys.stderr is None
    while missing and (number := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    if missing:
        os.close(number)
    if sys.stdin is None:
        sys.stdin = io.StringIO()
    if sys.stdout is None:
        sys.stdout = _ClosedOutput()
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 # as long as the process


def stop_writing() -> None:
    """Send what is still to be flushed to nowhere: nobody reads standard output or standard error any more."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            try:
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
            except (OSError, ValueError):
                continue


def write_out(text: str) -> None:
    """Write text to standard output, with a line feed at its end.

    Raises
    ------
    UsageError
        Standard output is closed, or the disk it leads to is full.
    BrokenPipeError
        The reader of a pipe stopped reading.
    """
    try:
        sys.stdout.write(text if text.endswith("\n") or not text else text + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        stop_writing()
        raise UsageError(f"cannot write to standard output: {error.strerror}") from None
