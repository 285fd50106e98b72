"""The table of ``make bench`` at a tiny size: every cell is measured, or says why not, and searches agree."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[1] / "benchmarks" / "compare.py"


def run(*arguments: str) -> str:
    """What the script prints."""
    return subprocess.run([sys.executable, str(SCRIPT), *arguments], capture_output=True, text=True, check=True).stdout


def test_a_cell(tmp_path: Path) -> None:
    """A cell is measured in a process of its own; one that fails says why, and is no number."""
    assert {"MB", "seconds"} <= json.loads(run("--cell", "0", str(tmp_path), "50")).keys()
    failed = json.loads(run("--cell", "6", str(tmp_path / "missing"), "50"))
    assert failed.keys() == {"note"}
    assert failed["note"].startswith("not measured: ")


@pytest.mark.slow
def test_the_whole_table() -> None:
    """Each row has seconds and peak memory, or a reason; all engines reach the same firms."""
    rows = json.loads(run("--sizes", "200", "--format", "json"))
    for row in rows:
        if "seconds" in row:
            assert row["seconds"] > 0
            assert row["MB"] > 0
        else:
            assert row["note"].startswith("not installed: "), row
    assert {row["note"] for row in rows if row["what"] == "reach" and "seconds" in row} == {"reached 200"}
