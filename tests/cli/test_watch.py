"""watch on the command line: what it prints, its exit codes, and the state that it keeps."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
WATCH = ("watch", "--portfolio", "mine.csv")


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """A portfolio of two companies in the data set of chips, and the file of its state."""
    (tmp_path / "mine.csv").write_text("name,amount\nNVIDIA,120\nASML,50\n", "utf-8")
    return tmp_path / "mine.csv.state.json"


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_run_after_run(knockon: Run, mine: Path) -> None:
    """The first says that it is the first; the same data have no changes and the same state; a later day has some, once."""
    day = (*WATCH, "-s", "chips", "--as-of", "2023-07-31")
    first = knockon(*day, "--fail-on", "any")
    assert (first.code, first.out) == (0, "")
    assert "first run: watching 2 entities, 23 shocks and" in first.err
    assert "the state is in mine.csv.state.json" in first.err
    content = mine.read_bytes()
    second = knockon(*day, "--fail-on", "any")
    assert (second.code, second.out, mine.read_bytes()) == (0, "", content)
    assert "nothing changed since 2023-07-31" in second.err
    later = (*WATCH, "-s", "chips", "--as-of", "2026-01-01", "--fail-on", "new")
    dry = knockon(*later, "--dry-run")
    assert (dry.code, mine.read_bytes()) == (6, content)
    third = knockon(*later)
    assert (third.code, third.out) == (6, dry.out)
    assert "BROKEN: new: " in third.err
    new = [row for row in lines(third.out) if (row["about"], row["change"], row["id"]) == ("loss", "new", "nvidia")]
    assert all(row["loss_old"] == 0 < row["loss_new"] <= 1 for row in new)
    assert new
    assert (knockon(*later).code, knockon(*later).out) == (0, "")


def test_what_somebody_loads_is_a_change(knockon: Run, suppliers: Path, tmp_path: Path) -> None:
    """Fields, records and losses that concern the portfolio, in every form."""
    shocks = tmp_path / "shocks.csv"
    shocks.write_text("shock,target,severity\nglass stops,Lumen Glass,high\n", "utf-8")
    (tmp_path / "names.txt").write_text("Acme Phones\n", "utf-8")
    call = ("watch", "--portfolio", "names.txt", "--state", "seen.json", "--store", "st")
    for file in (suppliers, shocks):
        assert knockon("load", str(file), "--store", "st", "--uses", "suppliers").code == 0
    assert knockon(*call).code == 0
    suppliers.write_text(suppliers.read_text("utf-8").replace("Glass,high", "Glass,low"), "utf-8")
    assert knockon("load", str(suppliers), "--store", "st").code == 0
    seen = (tmp_path / "seen.json").read_bytes()
    changes = {(row["about"], row["change"], row["id"]) for row in lines(knockon(*call, "--dry-run").out)}
    assert changes == {("loss", "better", "acme-phones"), ("record", "changed", "acme-phones--needs--displays")}
    for form in ("table", "json", "csv", "md"):
        done = knockon(*call, "--dry-run", "-f", form)
        assert done.code == 0
        assert "acme-phones--needs--displays" in done.out.replace("\\", "")
    assert (tmp_path / "seen.json").read_bytes() == seen
    assert knockon(*call, "--fail-on", "worse", "--fail-on", "loss>0", "--fail-on", "Acme Phones>0").code == 0


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("watch",), 2, "--portfolio FILE"),
        ((*WATCH, "--fail-on", "worst"), 2, "write a kind of change"),
        ((*WATCH, "--fail-on", "intel>0.5"), 2, "is not in mine.csv"),
        ((*WATCH, "--fail-on", "nvida>0.5"), 3, "did you mean"),
        ((*WATCH, "--state", "nowhere/state.json"), 2, "does not exist"),
        ((*WATCH, "--state", "mine.csv"), 4, "delete the file to start anew"),
        ((*WATCH, "--model", "reach"), 2, "model leontief, not reach"),
        (("watch", "--portfolio", "none.csv"), 3, "no portfolio called"),
    ],
)
def test_what_goes_wrong(knockon: Run, mine: Path, arguments: tuple[str, ...], code: int, words: str) -> None:
    """Wrong rules, files that are no state, other options than before: nothing is printed, and the state stays as it is."""
    assert knockon(*WATCH, "-s", "chips").code == 0
    content = mine.read_bytes()
    done = knockon(*arguments, "-s", "chips")
    assert (done.code, done.out, words in done.err) == (code, "", True), done.err
    assert mine.read_bytes() == content
    assert (mine.parent / "mine.csv").read_text("utf-8").startswith("name")
