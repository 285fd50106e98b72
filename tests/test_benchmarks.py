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


@pytest.mark.parametrize(
    ("program", "arguments", "message"),
    [
        ("proposals.py", [], "are required"),
        ("proposals.py", ["nosuch"], "no inventory called 'nosuch/inventory.json'"),
        ("compare.py", ["--sizes", "10,many"], "'many' is not a whole number from 1 on"),
    ],
)
def test_a_wrong_call_is_an_error_with_a_message(program: str, arguments: list[str], message: str) -> None:
    """Exit code 2, and no traceback."""
    command = [sys.executable, str(SCRIPT.with_name(program)), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, "Traceback" in done.stderr) == (2, "", False)
    assert message in done.stderr


def test_the_types_of_arguments(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What is valid is read, and what is not is an error that argparse shows."""
    monkeypatch.syspath_prepend(str(SCRIPT.parent))
    types = __import__("arguments")
    assert (types.whole_numbers("10,2_000"), types.some_of(["a", "b"])("b,a")) == ([10, 2_000], ["b", "a"])
    assert (types.source("chips"), types.source(str(tmp_path))) == ("chips", str(tmp_path))
    assert types.source_folder(str(SCRIPT.parents[1])) == SCRIPT.parents[1]
    for parse, wrong in [
        (types.whole_number, "0"), (types.whole_number, "-1"), (types.whole_number, "\u0661"), (types.whole_numbers, "1,,2"),
        (types.some_of(["a"]), ""), (types.source, "nosuch"), (types.existing_file, "nosuch"),
        (types.source_folder, str(tmp_path)),
    ]:  # fmt: skip
        with pytest.raises(types.ArgumentTypeError):
            parse(wrong)


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
