"""--timeout: the wall time of a whole command."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from knockon.cli import time_limit
from knockon.cli.time_limit import TimeLimit

Run = Callable[..., Any]
#: Three nested loops over every triple: minutes of compiled code that looks at no signal.
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?c != ?f && ?f != ?i) }"


def in_a_process(code: str) -> subprocess.CompletedProcess[str]:
    """Run some code by itself: where an interruption is swallowed, say by a finaliser, the limit ends its process."""
    head = "import signal, time\nfrom knockon.cli.time_limit import TimeLimit\nfrom knockon.errors import LimitReached\n"
    return subprocess.run([sys.executable, "-c", head + code], capture_output=True, text=True, check=False, timeout=600)


def test_python_is_interrupted_and_takes_back_what_it_began() -> None:
    """What runs gets the chance to clean up, as by Ctrl-C, and the error says how to go on."""
    done = in_a_process("""
try:
    with TimeLimit(0.05):
        try:
            time.sleep(30)
        finally:
            print("cleaned")
except LimitReached as error:
    print(error)
""")
    assert done.returncode == 0
    assert done.stdout.startswith("cleaned\nstopped after 0.05 s")
    assert "--timeout" in done.stdout


def test_the_shortest_limit_is_a_limit() -> None:
    """Time that is up while the limit is set up or taken down is told as any other, and nothing is left to go off."""
    done = in_a_process("""
before, told = signal.getsignal(signal.SIGALRM), 0
for seconds in (1e-9, 1e-6, 1e-5, 1e-4) * 25:
    limit = TimeLimit(seconds)
    try:
        limit.run(lambda: time.sleep(30))
    except LimitReached as error:
        told += "--timeout" in str(error) and not limit.alive
print(told, signal.getsignal(signal.SIGALRM) is before)
""")
    # Where a finaliser swallowed the interruption the process was ended, after the same message.
    ended = done.returncode == 5 and "--timeout" in done.stderr
    assert ended or (done.returncode, done.stdout) == (0, "100 True\n")


def test_an_interruption_that_is_handed_on_as_another_error_is_told_as_one() -> None:
    """Libraries turn what interrupts them into errors of their own; an error before the time is up stays what it is."""
    done = in_a_process("""
def work():
    try:
        time.sleep(30)
    except KeyboardInterrupt:
        raise ValueError("could not be built") from None

for limit, action in ((0.05, work), (30, lambda: 1 / 0)):
    try:
        TimeLimit(limit).run(action)
    except Exception as error:
        print(type(error).__name__)
""")
    assert (done.returncode, done.stdout) == (0, "LimitReached\nZeroDivisionError\n")


def test_no_limit_and_an_answer_in_time() -> None:
    """None and 0 are no limit; who is done in time is not stopped later."""
    for seconds in (None, 0, 30):
        with TimeLimit(seconds) as limit:
            time_limit.lift()
        assert not limit.alive


def test_once_the_answer_is_there_it_is_written_whole() -> None:
    """The limit is lifted before the first byte goes out."""
    with TimeLimit(1.0):
        time_limit.lift()
        time.sleep(1.1)


@pytest.mark.parametrize("seconds", ["-1", "nan", "inf", "soon"])
def test_times_that_make_no_sense(knockon: Run, seconds: str) -> None:
    """Exit 2."""
    done = knockon("impact", "entity-list-chips", "--timeout", seconds)
    assert (done.code, "timeout" in done.err.lower()) == (2, True)


def test_every_command_has_it(knockon: Run) -> None:
    """None has a limit of its own but queries, whose time counts from their beginning."""
    assert "no limit" in knockon("impact", "--help").out
    told = " ".join(knockon("query", "--help").out.split())
    assert "Stop the query after this time (0: no limit). [default: 60.0]" in told
    assert "exit code 5. [default: no limit]" in told
    assert knockon("query", "ASK {}", "--timeout", "0").code == 0


def test_compiled_code_is_stopped_too(tmp_path: Path) -> None:
    """A query that heeds no signal ends the process: exit 5, a message, JSON where it was asked for, no traceback."""
    code = "import sys; from knockon.cli import main; main(sys.argv[1:])"
    arguments = ["query", ENDLESS, "--timeout", "0.5", "-f", "json"]
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=600
    )
    assert done.returncode == 5
    assert done.stderr == "error: stopped after 0.5 s, before it was done; raise --timeout (0: no limit)\n"
    assert '"exit_code": 5' in done.stdout
