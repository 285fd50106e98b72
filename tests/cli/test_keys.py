"""Keys and lines of a terminal, and of other input."""

from __future__ import annotations

import io
import os
import pty
import sys
import termios

import pytest

from knockon.cli.keys import Keys


def test_keys_and_lines_of_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key needs no Enter and is not shown, what is typed ahead is kept, and the terminal is set back at the end."""
    mine, its = pty.openpty()
    before = termios.tcgetattr(its)
    os.write(mine, b"A\n")
    with os.fdopen(its, "r") as terminal:
        monkeypatch.setattr(sys, "stdin", terminal)
        keys = Keys()
        pressed = iter(keys)
        assert next(pressed) == "a"
        assert not termios.tcgetattr(its)[3] & (termios.ICANON | termios.ECHO)
        os.write(mine, b"E")
        assert next(pressed) == "e"
        os.write(mine, b"need=cobalt\n")
        assert keys.line() == "need=cobalt"
        os.write(mine, b"q\x04")
        assert list(pressed) == ["q"]
        assert termios.tcgetattr(its) == before
    os.close(mine)


def test_keys_and_lines_of_other_input(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each character but white space is a key; a line is the rest of one, or the next one."""
    monkeypatch.setattr(sys, "stdin", io.StringIO("a e x=1; y=2\n\ne\nz=3\nq"))
    keys = Keys()
    pressed = iter(keys)
    assert [next(pressed), next(pressed), keys.line()] == ["a", "e", "x=1; y=2"]
    assert [next(pressed), keys.line(), next(pressed), list(pressed)] == ["e", "z=3", "q", []]
    assert keys.line() == ""
