"""Commands that are killed leave the state before or the one after, and can be run again: the harness, with few kills."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from support.spark import missing

PROGRAM = Path(__file__).resolve().parents[1] / "benchmarks" / "endurance" / "kills.py"


def run(*arguments: str, environment: Mapping[str, str] | None = None) -> list[list[str]]:
    """The rows that the program prints, without their heading; what was wrong fails."""
    done = subprocess.run([sys.executable, PROGRAM, *arguments], check=False, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]
    return [line.split() for line in done.stdout.splitlines()[1:]]


def test_a_killed_import() -> None:
    """A table is imported whole or not at all, and the same command finishes it."""
    ((name, kills, died, before, after, wrong, _),) = run("import", "--kills", "1")
    assert (name, wrong) == ("import", "0")
    assert int(kills) >= int(died) == 1
    assert int(before) + int(after) == int(kills)


@pytest.mark.slow
@pytest.mark.parametrize("scenario", ["import", "judgement", "proposal", "linked", "columns", "spill", "update"])
def test_many_kills(scenario: str) -> None:
    """Twenty kills of each."""
    ((_, _, died, *_),) = run(scenario, "--kills", "20")
    assert int(died) == 20


@pytest.mark.slow
@pytest.mark.spark
@pytest.mark.parametrize("scenario", ["executor", "driver"])
def test_killed_processes_of_spark(scenario: str) -> None:
    """Two kills of each in the middle of a job: the right answer or an error of ours, and no part of a table."""
    if reason := missing():
        pytest.skip(reason)
    ((_, _, died, *_),) = run(scenario, "--kills", "2")
    assert int(died) == 2


def test_spark_is_skipped_visibly_where_it_is_missing() -> None:
    """Without Java the rows of its scenarios say so, and nothing fails."""
    without = {name: value for name, value in os.environ.items() if name != "JAVA_HOME"} | {"PATH": ""}
    rows = run("executor", "driver", environment=without)
    assert [row[:3] for row in rows] == [["executor", "skipped:", "no"], ["driver", "skipped:", "no"]]


def test_what_a_killed_run_leaves_is_judged(tmp_path: Path) -> None:
    """Half a table, a table beside an error, a wrong number and a program that died by itself are faults; an error is none."""
    judge = (
        "import json, sys; sys.path[:0] = sys.argv[1:2]\n"
        "import kills, spark_kills, numpy as np, pyarrow as pa, pyarrow.parquet as pq\n"
        "from pathlib import Path\n"
        "output, none = Path(sys.argv[2]), Path(sys.argv[2] + '-none')\n"
        "right = spark_kills.Right('reach', {}, 2, np.array([0.0, 1.0, -1.0]), 'step')\n"
        "said = lambda *numbers: {'rounds': 2, 'numbers': list(numbers)}\n"
        "lost, other = {'error': 'EngineFailed: gone'}, {'error': 'UsageError: gone'}\n"
        "def judged(answer, place, dead=False):\n"
        "    return spark_kills.outcome(answer, place, right, dead=dead)\n"
        "found = [judged(None, none, True), judged(lost, none), judged(None, none), judged(other, none)]\n"
        "for rows in ([0], [0, 1]):\n"
        "    pq.write_table(pa.table({'node': rows, 'step': rows}), output)\n"
        "    found += [judged(None, output, True), judged(lost, output)]\n"
        "    found += [judged(said(0, 1, -1), output), judged(said(0, 2, -1), output)]\n"
        "print(json.dumps(found))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", judge, PROGRAM.parent, tmp_path / "table"], capture_output=True, text=True, check=True
    )
    assert [found if isinstance(found, int) else "wrong" for found in json.loads(done.stdout)] == [
        0, 0, "wrong", "wrong", *["wrong"] * 4, 1, "wrong", 1, "wrong",
    ]  # fmt: skip


def test_a_fault_is_found(tmp_path: Path) -> None:
    """A command that writes half of its state makes the program fail: the check can fail."""
    scenario = (
        "from pathlib import Path\n"
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "import kills, random, time\n"
        "def run(folder):\n"
        "    (folder / 'a').write_text('1'); time.sleep(0.05); (folder / 'b').write_text('1'); return 0\n"
        "def state(folder):\n"
        "    return {(): 0, ('a', 'b'): 1}.get(tuple(sorted(p.name for p in folder.iterdir())), 9)\n"
        "broken = kills.Scenario('broken', lambda folder: None, run, state)\n"
        "print(len(kills._kill(broken, Path(sys.argv[2]), 10, random.Random(1))[-1]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", scenario, PROGRAM.parent, tmp_path], capture_output=True, text=True, check=True
    )
    assert int(done.stdout) > 0
