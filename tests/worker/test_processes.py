"""The worker and its parent as processes: however one of them ends, the other one ends too."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")

HEAD = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where the tests run in the background
from knockon.sparql.limits import Limits
from knockon.worker import session
from knockon.worker.store_content import EMPTY
from knockon.worker.process import Request

ENDLESS = "SELECT (COUNT(*) AS ?n) { " + " ".join(f"VALUES ?{name} {{ {'1 ' * 1000} }}" for name in "abcdef") + " }"

def ask(text):
    return session.ask(Request(EMPTY, text), Limits())

print("top", bool(ask("ASK {}")), session._worker.pid, flush=True)
"""


@pytest.fixture
def program(tmp_path: Path) -> Callable[[str], subprocess.Popen[str]]:
    """Start a script as ``__main__``, without the guard that spawning with multiprocessing needs."""

    def start(body: str) -> subprocess.Popen[str]:
        script = tmp_path / "script.py"
        script.write_text(HEAD + body, "utf-8")
        return subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    return start


def line(running: subprocess.Popen[str]) -> list[str]:
    """Return the words of the next line that a program prints."""
    assert running.stdout is not None
    return running.stdout.readline().split()


def is_running(process: int) -> bool:
    """Return whether a process runs; a zombie does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()[0] not in {"Z", "X"}
    except OSError:
        return False


def ends(process: int) -> bool:
    """Return whether a process ends within ten minutes, also on a busy machine; kill it otherwise."""
    for _ in range(12_000):
        if not is_running(process):
            return True
        time.sleep(0.05)
    os.kill(process, signal.SIGKILL)
    return False


def test_a_script_without_a_guard_runs_once(program: Callable[[str], subprocess.Popen[str]]) -> None:
    """The worker does not import the main module of its parent, and prints nothing at the end."""
    out, err = program("").communicate(timeout=600)
    assert [words[:2] for words in map(str.split, out.splitlines())] == [["top", "True"]]
    assert err == ""
    assert ends(int(out.split()[2]))


def test_the_worker_dies_with_its_parent(program: Callable[[str], subprocess.Popen[str]]) -> None:
    """Even if the parent is killed during a long query."""
    with program("print('asks', flush=True)\nask(ENDLESS)") as running:
        worker = int(line(running)[2])
        assert line(running) == ["asks"]
        time.sleep(0.2)
        assert is_running(worker)
        running.kill()
    assert ends(worker)


def test_ctrl_c_ends_a_query(program: Callable[[str], subprocess.Popen[str]]) -> None:
    """KeyboardInterrupt is raised, the worker ends, and another worker answers the next query."""
    body = """
print('asks', flush=True)
try:
    ask(ENDLESS)
except KeyboardInterrupt:
    print('interrupted', flush=True)
print('next', bool(ask("ASK {}")), session._worker.pid, flush=True)
"""
    with program(body) as running:
        worker = int(line(running)[2])
        assert line(running) == ["asks"]
        time.sleep(0.2)
        os.kill(worker, signal.SIGINT)  # a terminal sends it to all of a group; the worker leaves it to its parent
        time.sleep(0.1)
        assert is_running(worker)
        os.kill(running.pid, signal.SIGINT)
        assert line(running) == ["interrupted"]
        assert ends(worker)
        assert line(running)[:2] == ["next", "True"]
        assert running.wait(600) == 0


def test_a_fork_has_a_worker_of_its_own(program: Callable[[str], subprocess.Popen[str]]) -> None:
    """A copy of the process neither uses nor ends the worker of the original; nor does the original end that of the copy."""
    body = """
first = session._worker.pid
if (copy := os.fork()) == 0:
    print('copy', bool(ask("ASK {}")), session._worker.pid != first, session._worker.pid, flush=True)
    sys.exit()
print('ended', os.waitpid(copy, 0)[1], flush=True)
print('first', bool(ask("ASK {}")), session._worker.pid == first, flush=True)
"""
    out, err = program(body).communicate(timeout=600)
    lines = [words.split() for words in out.splitlines()]
    assert lines[1][:3] == ["copy", "True", "True"]
    assert lines[2:] == [["ended", "0"], ["first", "True", "True"]]
    assert "Traceback" not in err
    assert ends(int(lines[0][2]))
    assert ends(int(lines[1][3]))


def test_a_copy_that_lives_on_keeps_no_worker_alive(program: Callable[[str], subprocess.Popen[str]]) -> None:
    """The worker of a killed process ends, though a copy of that process still runs."""
    body = """
if (copy := os.fork()) == 0:
    os.close(1); os.close(2)
    signal.pause()
print('copy', copy, flush=True)
ask(ENDLESS)
"""
    with program(body) as running:
        worker, copy = int(line(running)[2]), int(line(running)[1])
        time.sleep(0.2)
        running.kill()
    try:
        assert ends(worker)
    finally:
        os.kill(copy, signal.SIGKILL)
