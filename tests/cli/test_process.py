"""The installed command, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from support.short_form import some_of

COMMAND = Path(sys.executable).with_name("knockon")


def test_help_imports_nothing_heavy() -> None:
    """Help answers without numpy, pydantic, rdflib, pyoxigraph or rich tables."""
    code = "import sys; from knockon.cli import run; run(['--help']); print(sorted({m.split('.')[0] for m in sys.modules}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    modules = done.stdout.splitlines()[-1]
    for heavy in ("numpy", "pydantic", "rdflib", "pyoxigraph", "networkx", "pyvis", "yaml"):
        assert f"'{heavy}'" not in modules


def test_the_command_is_installed(tmp_path: Path) -> None:
    """`knockon impact SHOCK` prints a table on stdout, remarks on stderr, and exits 0."""
    done = subprocess.run([COMMAND, "impact", "treasury-designation"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "external-financing" in done.stdout
    assert "1 of 81 entities loses something; leontief, 1 round, " in done.stderr


@pytest.mark.slow
def test_a_closed_pipe_is_no_error(tmp_path: Path) -> None:
    """The reader of a pipe may stop reading: no traceback, no message."""
    command = [COMMAND, "impact", "--all"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        assert "Traceback" not in running.stderr.read()
    assert running.returncode == 0


def test_an_unexpected_fault_is_a_message(tmp_path: Path) -> None:
    """A fault of ours is one line and exit 1, unless KNOCKON_DEBUG asks for the traceback."""
    code = "import knockon.graph as g; g.open = lambda *a, **k: 1 / 0; from knockon.cli import main; main(['impact'])"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "unexpected ZeroDivisionError" in done.stderr
    assert "Traceback" not in done.stderr


SHELL = "import sys; from knockon.cli import main; main(sys.argv[1:])"


@pytest.mark.parametrize(
    ("redirection", "code", "message"),
    some_of(
        [
            (">&-", 2, "error: standard output is closed; name a file with -o FILE"),
            ("-o out.csv 0<&- >&- 2>&-", 0, ""),
            ("-o out.csv >&-", 0, "wrote out.csv ("),
            (">/dev/full", 5, "error: cannot write to standard output: No space left on device"),
            ("-o out.csv 2>&-", 0, ""),
        ],
        2,
        several=True,
    ),
)
def test_closed_and_full_streams_give_a_message(tmp_path: Path, redirection: str, code: int, message: str) -> None:
    """A stream that is closed or full gives its exit code and at most one line, never a traceback."""
    line = f'"{sys.executable}" -c "{SHELL}" schema {redirection}'
    done = subprocess.run(["sh", "-c", line], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == code
    assert done.stderr.startswith(message)
    assert len(done.stderr.splitlines()) == bool(message)
    assert (tmp_path / "out.csv").exists() == ("out.csv" in redirection)


def test_help_into_a_closed_pipe_is_no_error(tmp_path: Path) -> None:
    """`knockon | head -0` and `knockon --help | head -0` end without a message."""
    for arguments in ([], ["--help"], ["impact", "-h"]):
        reading, writing = os.pipe()
        os.close(reading)
        done = subprocess.run([sys.executable, "-c", SHELL, *arguments], stdout=writing, stderr=subprocess.PIPE, check=False)
        os.close(writing)
        assert (done.returncode, done.stderr) == (0, b"")
