"""Commands that are killed leave the state before or the one after, and can be run again: the harness, with few kills."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).resolve().parents[1] / "benchmarks" / "endurance" / "kills.py"


def run(*arguments: str) -> list[list[str]]:
    """The rows that the program prints, without their heading; what was wrong fails."""
    done = subprocess.run([sys.executable, PROGRAM, *arguments], check=False, capture_output=True, text=True)
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
