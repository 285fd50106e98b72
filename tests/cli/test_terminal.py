"""On a terminal: tables fit it, text is wrapped, and what is too tall goes through a pager."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
from collections.abc import Callable
from pathlib import Path

import pytest

RUN = "import sys; from knockon.cli import main; main(sys.argv[1:])"


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, str]]:
    """Run a command in a terminal of 80 columns: its exit code, and what the terminal got."""
    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.delenv("LINES", raising=False)

    def run(*arguments: str, lines: int = 24, **environment: str) -> tuple[int, str]:
        program = [sys.executable, "-c", RUN, *arguments]
        mine, its = pty.openpty()
        fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", lines, 80, 0, 0))
        variables = {**os.environ, "TERM": "dumb", **environment}
        process = subprocess.Popen(
            program, stdin=its, stdout=its, stderr=its, cwd=tmp_path, env=variables, start_new_session=True
        )
        os.close(its)
        written = b""
        try:
            while part := os.read(mine, 65536):
                written += part
        except OSError:  # the other end is gone
            pass
        os.close(mine)
        return process.wait(), written.decode().replace("\r\n", "\n")

    return run


def test_a_table_fits_the_terminal_and_says_what_it_hides(terminal: Callable[..., tuple[int, str]]) -> None:
    """80 columns: no line is longer, identifiers are whole, hidden columns are named; notes are wrapped."""
    code, text = terminal("impact", "entity-list-chips", "--no-pager")
    assert code == 0
    assert max(map(len, text.splitlines())) <= 80
    assert "recurring-licensing-revenue" in text
    assert "hidden (" in text


def test_what_is_too_tall_goes_through_the_pager(terminal: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    """PAGER gets the data and not the messages; a short answer needs none."""
    pager = tmp_path / "pager"
    pager.write_text(f"#!{sys.executable}\nimport sys\nprint('PAGED', len(sys.stdin.readlines()))\n", "utf-8")
    pager.chmod(0o755)
    code, text = terminal("schema", PAGER=str(pager))
    assert (code, "PAGED" in text, "ko:evidence" in text) == (0, True, False)
    assert "PAGED" not in terminal("schema", "--top", "3", PAGER=str(pager))[1]


@pytest.mark.slow
def test_where_no_pager_is_wanted_or_found_there_is_none(terminal: Callable[..., tuple[int, str]]) -> None:
    """The option, an empty PAGER, and one that is not there: the whole answer is on the terminal."""
    assert "ko:evidence" in terminal("schema", "--no-pager", PAGER="cat")[1]
    assert "ko:evidence" in terminal("schema", PAGER="")[1]
    assert "ko:evidence" in terminal("schema", PAGER="no-such-pager-anywhere")[1]
