"""--engine of impact and rank: the same answers from another engine, which must have the model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]

DUCKDB = ("--engine", "duckdb", "--memory", "600MB")


def test_impact_is_the_same_and_says_the_engine(knockon: Run, tmp_path: Path) -> None:
    """Every number, binding and reason is that of the engine in memory; nothing is left in the folder for spilling."""
    theirs = knockon("impact", "--hit", "asml=high", "--store", "chips", "-f", "json").json
    ours = knockon("impact", "--hit", "asml=high", "--store", "chips", "-f", "json", *DUCKDB, "--spill", str(tmp_path)).json
    assert ours.pop("engine") == "duckdb"
    assert ours == theirs
    assert list(tmp_path.iterdir()) == []


def test_rank_is_the_same(knockon: Run, tmp_path: Path) -> None:
    """Firms, indices and rounds; the parameters name the engine."""
    table = tmp_path / "flows.csv"
    table.write_text("supplier,customer,value\na,b,1\na,c,2\nb,c,1\nc,a,4\n")
    theirs, ours = (
        knockon("rank", str(table), "--model", "leontief", "--eps", "0.01", "-f", "json", *options).json
        for options in ((), DUCKDB)
    )
    assert ours["parameters"].pop("engine") == "duckdb"
    assert theirs["parameters"].pop("engine") == "numpy"
    for mine, other in zip(ours["rows"], theirs["rows"], strict=True):
        assert mine == pytest.approx(other, abs=1e-12)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--model", "timeline", *DUCKDB), "duckdb has no model timeline; it has reach, leontief, esri, debtrank"),
        (("--engine", "duckbd"), "did you mean duckdb?"),
        (("--memory", "4GB"), "memory is for other engines"),
        (("--engine", "duckdb", "--memory", "much"), "memory must be a size such as 4GB"),
        (("--engine", "duckdb", "--memory", "1MB"), "memory must be at least 500 MB"),
        (("--engine", "duckdb", "--spill-limit", "-1GB"), "spill_limit must be a size"),
    ],
)
def test_what_an_engine_refuses(knockon: Run, options: tuple[str, ...], message: str) -> None:
    """An unknown engine, a model that it does not have, and sizes that are none, are errors of usage."""
    done = knockon("impact", "--hit", "asml=high", "--store", "chips", *options)
    assert done.code == 2
    assert message in done.err
