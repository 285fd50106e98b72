"""Keys that people press, one at a time, and lines that they type between them."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


class Keys:
    """The keys of standard input: without Enter on a terminal, each character of another input."""

    def __init__(self) -> None:
        self._rest = ""

    def __iter__(self) -> Iterator[str]:
        """Yield each key in lower case, white space left out, until the input ends; a terminal is set back then."""
        if sys.stdin.isatty():
            with _mode(single=True):
                while (key := _next_key()) and key not in "\x03\x04":
                    if not key.isspace():
                        yield key.lower()
            return
        while line := self._rest or sys.stdin.readline():
            self._rest = line.lstrip()
            if self._rest:
                key, self._rest = self._rest[0], self._rest[1:]
                yield key.lower()

    def line(self) -> str:
        """Return the rest of the line, or the next line that is typed; empty at the end of the input."""
        rest, self._rest = self._rest.strip(), ""
        if rest or not sys.stdin.isatty():
            return rest or sys.stdin.readline().strip()
        with _mode(single=False):
            return sys.stdin.readline().strip()


def read_keys() -> Iterator[str]:
    """Yield each key in lower case until the input ends: without Enter on a terminal, each character of another input."""
    return iter(Keys())


def _next_key() -> str:
    if os.name == "nt":
        import msvcrt

        return msvcrt.getwch()  # type: ignore[attr-defined,no-any-return,unused-ignore] # of Windows
    return sys.stdin.read(1)


@contextmanager
def _mode(*, single: bool) -> Iterator[None]:
    """Let a terminal pass on each key at once, or whole lines that are shown as they are typed, and set it back."""
    if os.name == "nt":
        yield
        return
    import termios

    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)
    flags = termios.ICANON | termios.ECHO
    mode = [*before[:3], before[3] & ~flags if single else before[3] | flags, *before[4:]]
    try:
        # What is typed already stays: TCSAFLUSH, the default of tty.setcbreak, would drop it.
        termios.tcsetattr(terminal, termios.TCSADRAIN, mode)
        yield
    finally:
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)


__all__ = ["Keys", "read_keys"]
