"""Standard streams that may be closed or full, or whose reader has gone."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterable

# Not that of typing: the help of the program is written without loading it.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TextIO

    from knockon.errors import KnockonError


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
            There is text to write.
        """
        if text:
            from knockon.errors import UsageError

            raise UsageError("standard output is closed; name a file with -o FILE")
        return 0


def open_streams() -> None:
    """Make every standard stream usable where the process was started with some of them closed.

    A file opened later must not get the number of a standard stream: text for the screen would be written into
    it.
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
    """Discard what is still to be written: standard output has failed, or its reader has gone."""
    _discard(sys.stdout)
    try:
        sys.stderr.flush()
    except (OSError, ValueError):
        _discard(sys.stderr)


def _discard(stream: TextIO) -> None:
    """Redirect a stream, with all that is in its buffers, to the null device."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        stream.flush()
    except (OSError, ValueError):
        return


class _Terminal:
    """A standard stream that is a terminal: control characters written to it are shown, and do not act on the screen."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def write(self, text: str) -> int:
        """Write text with its control characters made visible."""
        from knockon.controls import for_terminal

        self.stream.write(for_terminal(text))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """Write several texts."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


def guard_terminals() -> None:
    """Make standard streams on a terminal safe: neither data, names of files nor arguments in messages act on it."""
    if sys.stdout.isatty():
        sys.stdout = _Terminal(sys.stdout)
    if sys.stderr.isatty():
        sys.stderr = _Terminal(sys.stderr)


def bare_stderr() -> TextIO:
    """Return standard error for output that moves the cursor on purpose, such as a progress bar; never for data."""
    return sys.stderr.stream if isinstance(sys.stderr, _Terminal) else sys.stderr


def write_out(text: str, form: str = "") -> None:
    """Write text to standard output, with a line feed at its end; control characters do not act on a terminal.

    Parameters
    ----------
    text
        The text.
    form
        Its form, which may have escapes of its own for control characters.

    Raises
    ------
    LimitReached
        The disk that standard output leads to is full.
    UsageError
        Standard output is closed.
    BrokenPipeError
        The reader of a pipe stopped reading.
    """
    if sys.stdout.isatty():
        from knockon.controls import for_terminal

        text = for_terminal(text, form)
    write_out_parts([text if text.endswith("\n") or not text else text + "\n"])


def write_out_parts(parts: Iterable[str]) -> None:
    """Write text that comes in parts to standard output, as it is.

    Raises
    ------
    LimitReached
        The disk that standard output leads to is full.
    UsageError
        Standard output is closed.
    BrokenPipeError
        The reader of a pipe stopped reading.
    """
    try:
        for part in parts:
            sys.stdout.write(part)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        stop_writing()
        raise _output_error(error) from None


def _output_error(error: OSError) -> KnockonError:
    """Return our error for a standard output that fails."""
    from knockon.errors import LimitReached, UsageError
    from knockon.store.write_errors import is_full

    kind = LimitReached if is_full(error.errno) else UsageError
    return kind(f"cannot write to standard output: {error.strerror}")


def write_out_bytes(content: bytes) -> None:
    """Write bytes to standard output.

    Raises
    ------
    UsageError
        It is a terminal, or it cannot be written.
    """
    binary = getattr(sys.stdout, "buffer", None)
    if binary is None or sys.stdout.isatty():
        from knockon.errors import UsageError

        raise UsageError("this format is not text: name a file with -o FILE, or redirect standard output to one")
    try:
        sys.stdout.flush()
        binary.write(content)
        binary.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        stop_writing()
        raise _output_error(error) from None
