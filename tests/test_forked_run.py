"""Tests in forked processes: each is run once and told as pytest tells it, and whatever ends a process early is a failure."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")

CONFTEST = """
import pytest
from support.forked_run import ForkedRun

def pytest_configure(config):
    config.pluginmanager.register(ForkedRun(2, "FIRST"))

@pytest.fixture(scope="session")
def ran(tmp_path_factory):
    with open("ran.txt", "a") as file:
        yield lambda name: print(name, tmp_path_factory.getbasetemp(), file=file, flush=True)
        print("over", tmp_path_factory.getbasetemp(), file=file)
"""


def forked(folder: Path, text: str, *options: str, first: str = "") -> tuple[int, str]:
    """The exit status and the output of pytest on one file of tests, in two processes, after a program."""
    (folder / "conftest.py").write_text(CONFTEST.replace("FIRST", first), "utf-8")
    (folder / "test_some.py").write_text(text, "utf-8")
    own = {"PYTHONPATH": str(Path(__file__).parent), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    call = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-c", os.devnull, "--rootdir", folder, folder, *options]
    done = subprocess.run(call, cwd=folder, env=os.environ | own, capture_output=True, text=True, timeout=600, check=False)
    return done.returncode, done.stdout + done.stderr


def test_every_test_is_run_once_and_told(tmp_path: Path) -> None:
    """Passes, failures with their output, skips and warnings; each process has a folder and session fixtures of its own."""
    code, told = forked(
        tmp_path,
        """
import time, warnings
import pytest

@pytest.mark.parametrize("number", range(30))
def test_of_many(ran, number):
    ran(number)
    time.sleep(0.05 if number < 15 else 0)

def test_fails(ran):
    print("what it printed")
    assert [1] == [2]

def test_skips():
    pytest.skip("not here")

def test_warns():
    warnings.warn("mind this")
""",
        "-rs",
    )
    assert (code, re.findall(r"\d+ (?:passed|failed|skipped|warning)", told)) == (
        1, ["1 failed", "31 passed", "1 skipped", "1 warning"],
    ), told  # fmt: skip
    for said in ("what it printed", "assert [1] == [2]", "not here", "mind this"):
        assert told.count(said) >= 1, told
    lines = [line.split() for line in (tmp_path / "ran.txt").read_text("utf-8").splitlines()]
    assert sorted(int(name) for name, _ in lines if name != "over") == list(range(30))
    assert sorted(Path(folder).name for name, folder in lines if name == "over") == ["popen-gw0", "popen-gw1"]
    # The second process takes over tests of the first, which waits in each of its own.
    first = [int(name) for name, folder in lines if name != "over" and folder.endswith("gw0")]
    assert len(first) < 15


def test_a_process_that_ends_early_is_a_failure(tmp_path: Path) -> None:
    """The test that it was in is named, and the others are run."""
    code, told = forked(
        tmp_path,
        """
import os, signal
def test_before(): pass
def test_that_kills(): os.kill(os.getpid(), signal.SIGKILL)
def test_behind(): pass
def test_of_the_other(): pass
def test_last(): pass
""",
    )
    assert code == 1, told
    assert "ended with -9" in told
    assert "test_some.py::test_that_kills" in told
    assert "4 passed" in told or "3 passed" in told  # the one that it was to run next may be lost, and is named then


def test_the_first_failure_ends_all_where_that_is_asked_for(tmp_path: Path) -> None:
    """With -x no process begins another test."""
    code, told = forked(
        tmp_path,
        """
import time
import pytest

@pytest.mark.parametrize("number", range(400))
def test_of_many(number):
    time.sleep(0.01)
    assert number != 1
""",
        "-x",
    )
    assert code == 1
    assert "1 failed" in told
    assert "stopping after 1 failures" in told
    assert int(re.findall(r"(\d+) passed", told)[0]) < 200


def test_a_fault_after_the_last_test_is_a_failure(tmp_path: Path) -> None:
    """What a process cannot clean up is told, although every test passed."""
    code, told = forked(
        tmp_path,
        """
def test_passes(pytestconfig):
    pytestconfig.add_cleanup(lambda: 1 / 0)

def test_of_the_other():
    pass
""",
    )
    assert code == 1, told
    assert "2 passed" in told
    assert "ended with 1" in told


def test_a_process_that_does_not_end_is_killed_and_is_a_failure(tmp_path: Path) -> None:
    """What is cleaned up after the last test has a limit of time."""
    code, told = forked(
        tmp_path,
        """
import time
from support import forked_run

def test_passes(pytestconfig):
    pytestconfig.add_cleanup(lambda: time.sleep(600))

def test_of_the_other():
    pass

forked_run.CLEANING = 0.2
""",
    )
    assert code == 1, told
    assert "2 passed" in told
    assert "ended with -9" in told


@pytest.mark.parametrize("code", [0, 3])
def test_a_program_runs_while_tests_are_collected_and_has_ended_before_them(tmp_path: Path, code: int) -> None:
    """Where it fails, that is told and no test is run."""
    program = tmp_path / "first.py"
    program.write_text(f"import sys, time; time.sleep(0.5); open('made.txt', 'w').close(); sys.exit({code})\n", "utf-8")
    text = "import os\n\ndef test_is_there():\n    assert os.path.exists('made.txt')\n"
    ended, told = forked(tmp_path, text, first=str(program))
    if code:
        assert (ended, "first.py ended with 3, and no test was run" in told) == (1, True), told
        assert "passed" not in told
    else:
        assert (ended, "1 passed" in told) == (0, True), told
