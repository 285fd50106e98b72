"""uncertainty on the command line."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]


def test_the_table_has_bounds_quantiles_and_what_it_hangs_on(knockon: Run) -> None:
    """Two tables, and beside them how it was drawn, from which seed, and on what it hangs."""
    done = knockon("uncertainty", "entity-list-chips", "--min-loss", "0.5", "--draws", "256")
    assert done.code == 0
    (line,) = [line for line in done.out.splitlines() if line.startswith("sensefoundry ")]
    assert line.split()[:3] == ["sensefoundry", "0.56", "0.32"]
    assert " 0.81 " in line
    assert "severity High" in line
    assert "What the losses hang on" in done.out
    assert "256 draws (Latin hypercube, triangular, seed 0); one number for each word, shared by all its uses" in done.err
    assert "most hangs on severity High, which alone moves 40 of 40 entities" in done.err
    assert "exact bounds" in done.err
    assert "not shown" in done.err
    assert "left out" in done.err


def test_other_draws_say_so(knockon: Run) -> None:
    """A number for each link, Sobol' points, another shape and seed are told beside the table."""
    arguments = ["--draws-per", "link", "--sampling", "sobol", "--shape", "uniform", "--seed", "3", "--draws", "64"]
    done = knockon("uncertainty", "entity-list-chips", *arguments)
    assert "64 draws (scrambled Sobol' points, uniform, seed 3); a number for each link and hit" in done.err
    assert "link sensefoundry-inference (High)" in done.out


def test_every_format(knockon: Run, tmp_path: Path) -> None:
    """JSON has everything, lines and CSV a row for each entity, Markdown two tables, -o a file."""
    ask = ("uncertainty", "entity-list-chips", "--draws", "64")
    answer = knockon(*ask, "-f", "json").json
    assert answer["parameters"]["seed"] == 0
    assert answer["assumptions"][0]["assumption"] == "severity High"
    assert all(row["loss_low"] <= row["loss_q05"] <= row["loss_q95"] <= row["loss_high"] for row in answer["entities"])
    lines = [json.loads(line) for line in knockon(*ask, "-f", "jsonl").out.splitlines()]
    assert lines == answer["entities"]
    rows = list(csv.DictReader(io.StringIO(knockon(*ask, "-f", "csv").out)))
    assert [row["id"] for row in rows] == [row["id"] for row in answer["entities"]]
    assert float(rows[0]["loss_median"]) == answer["entities"][0]["loss_median"]
    assert knockon(*ask, "-f", "md").out.count("\n| --- |") == 2
    knockon(*ask, "-f", "json", "-o", "out.json")
    assert json.loads((tmp_path / "out.json").read_text("utf-8")) == answer


def test_a_shock_of_your_own(knockon: Run, suppliers: Path) -> None:
    """--hit as with impact, on a list of suppliers; a hit by a number leaves only the words of the links."""
    done = knockon("uncertainty", "--hit", "Salar Mining=1", "--store", suppliers.name)
    assert done.code == 0
    assert "stated numbers" in done.out
    assert "severity" not in done.out


def test_nothing_uncertain_and_nothing_hit(knockon: Run, tmp_path: Path) -> None:
    """Both are answers: all draws alike, or every loss 0."""
    (tmp_path / "exact.csv").write_text("dependant,need,criticalityValue\nshop,goods,0.5\n", "utf-8")
    done = knockon("uncertainty", "--hit", "goods=1", "--store", "exact.csv")
    assert (done.code, "all draws are alike" in done.err) == (0, True), done.err
    done = knockon("uncertainty", "--hit", "goods=0", "--store", "exact.csv")
    assert (done.code, done.out) == (0, "")
    assert "every loss is 0 in every draw" in done.err
    assert knockon("uncertainty", "--hit", "goods=0", "--store", "exact.csv", "-f", "json").json["entities"] == []


def test_a_cap_exits_5(knockon: Run) -> None:
    """Told beside the table."""
    done = knockon("uncertainty", "entity-list-chips", "--cap", "1", "--draws", "8")
    assert "(stopped by its cap: losses may be too low)" in done.out
    assert (done.code, "STOPPED BY ITS CAP" in done.err) == (5, True)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["entity-list-chip"], 3, "entity-list-chips"),
        ([], 2, "name a shock"),
        (["entity-list-chips", "--hit", "nvidia=1"], 2, "one of the two"),
        (["--hit", "nvidia"], 2, "ENTITY=SEVERITY"),
        (["entity-list-chips", "--draws", "1"], 2, "draws"),
        (["entity-list-chips", "--draws", "1000", "--sampling", "sobol"], 2, "512 or 1024"),
        (["entity-list-chips", "--sampling", "moon"], 2, "lhs, sobol"),
        (["entity-list-chips", "--shape", "moon"], 2, "triangular, uniform"),
        (["entity-list-chips", "--draws-per", "moon"], 2, "word, link"),
        (["entity-list-chips", "--threshold", "1.5"], 2, "threshold"),
        (["entity-list-chips", "--worst", "0"], 2, "worst"),
        (["entity-list-chips", "--seed", "-1"], 2, "seed"),
        (["entity-list-chips", "--model", "reach"], 2, "leontief"),
        (["entity-list-chips", "--format", "xml"], 2, "json"),
    ],
)
def test_wrong_calls_say_how_to_mend_them(knockon: Run, arguments: list[str], code: int, said: str) -> None:
    """The exit code, the word that helps, no traceback."""
    done = knockon("uncertainty", *arguments)
    assert done.code == code, done.err
    assert said in done.err
    assert "Traceback" not in done.err
