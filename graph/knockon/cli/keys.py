"""Keys that people press, one at a time."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


def read_keys() -> Iterator[str]:
    """Yield each key in lower case until the input ends: without Enter on a terminal, each character of another input."""
    if sys.stdin.isatty():
        with _single_keys():
            while key := _next_key():
                if key in "\x03\x04":
                    return
                if not key.isspace():
                    yield key.lower()
        return
    for line in sys.stdin:
        yield from (key.lower() for key in line if not key.isspace())


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


__all__ = ["read_keys"]
