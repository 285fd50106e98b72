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
        while key := self.key():
            yield key

    def key(self) -> str:
        """Return the next key in lower case, white space left out; empty at the end of the input."""
        if sys.stdin.isatty():
            key = " "
            while key.isspace():
                with _single_keys():
                    key = _next_key()
            return "" if key in "\x03\x04" else key.lower()
        while not self._rest.strip():
            self._rest = sys.stdin.readline()
            if not self._rest:
                return ""
        self._rest = self._rest.lstrip()
        key, self._rest = self._rest[0], self._rest[1:]
        return key.lower()

    def line(self) -> str:
        """Return the rest of the line, or the next line that is typed; empty at the end of the input."""
        rest, self._rest = self._rest.strip(), ""
        return rest or sys.stdin.readline().strip()


def read_keys() -> Iterator[str]:
    """Yield each key in lower case until the input ends: without Enter on a terminal, each character of another input."""
    return iter(Keys())


def _next_key() -> str:
    if os.name == "nt":
        import msvcrt

        return msvcrt.getwch()  # type: ignore[attr-defined,no-any-return,unused-ignore] # of Windows
    return sys.stdin.read(1)


@contextmanager
def _single_keys() -> Iterator[None]:
    """Let a terminal pass each key on at once, and set it back."""
    if os.name == "nt":
        yield
        return
    import termios
    import tty

    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)
    try:
        tty.setcbreak(terminal)
        yield
    finally:
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)


__all__ = ["Keys", "read_keys"]
