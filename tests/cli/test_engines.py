"""--engine of impact and rank: the same answers from another engine, which must have the model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
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
        (("--memory", "4GB"), "memory goes with other engines"),
        (("--engine", "duckdb", "--memory", "much"), "memory must be a size such as 4GB"),
        (("--engine", "duckdb", "--memory", "1MB"), "memory must be at least 500 MB"),
        (("--engine", "duckdb", "--spill-limit", "-1GB"), "--spill-limit must be a size"),
    ],
)
def test_what_an_engine_refuses(knockon: Run, options: tuple[str, ...], message: str) -> None:
    """An unknown engine, a model that it does not have, and sizes that are none, are errors of usage."""
    done = knockon("impact", "--hit", "asml=high", "--store", "chips", *options)
    assert done.code == 2
    assert message in done.err


@pytest.mark.parametrize("options", [(), DUCKDB], ids=["memory", "duckdb"])
def test_impact_on_a_table_of_flows(knockon: Run, tmp_path: Path, options: tuple[str, ...]) -> None:
    """Firms by id, the greatest loss first, and a note of how it ended; of another model the steps."""
    path = tmp_path / "flows.parquet"
    pq.write_table(pa.table({"supplier": ["a", "b"], "customer": ["b", "c"], "value": [1.0, 2.0]}), path)
    done = knockon("impact", "--store", str(path), "--hit", "a=1", "-f", "csv", *options)
    assert done.out.splitlines() == ["id,loss,low,high", "a,1.0,1.0,1.0", "b,1.0,1.0,1.0", "c,1.0,1.0,1.0"]
    assert "3 of 3 entities lose something; esri on " + (options[1] if options else "memory") in done.err
    assert "share of all sales lost" in done.err
    assert "doi:10.1038/s41598-022-11522-z" in done.err
    done = knockon("impact", "--store", str(path), "--hit", "a=1", "--model", "reach", "-f", "csv", *options)
    assert done.out.splitlines()[-1] == "c,1.0,1.0,1.0,2"


def test_rationing_on_a_table_of_flows(knockon: Run, tmp_path: Path) -> None:
    """No low and high, days in place of steps, and the reason; on a graph it is refused, as words have no amounts."""
    path = tmp_path / "flows.parquet"
    pq.write_table(pa.table({"supplier": ["a"], "customer": ["b"], "value": [1.0]}), path)
    given = ("--model", "timeline", "--set", "rationing=true", "--set", "buffer=5", "--set", "psi=1", "--set", "horizon=3")
    done = knockon("impact", "--store", str(path), "--hit", "a=1", "-f", "csv", *given)
    assert done.out.splitlines() == [
        "id,loss,time_to_impact,time_to_recover,area",
        "a,1.0,0.0,,3.0",
        "b,0.488,1.0,,0.56",
    ]
    assert "there is no low and no high" in done.err
    assert done.code == 5
    done = knockon("impact", "--hit", "asml=high", "--store", "chips", *given)
    assert done.code == 2
    assert "rationing is about amounts" in done.err


def test_impact_on_tables_refuses_what_needs_a_graph(knockon: Run, tmp_path: Path) -> None:
    """A shock by name, records of a world, an unknown id and a model of graphs are errors that say so."""
    path = tmp_path / "flows.parquet"
    pq.write_table(pa.table({"supplier": [1], "customer": [2], "value": [1.0]}), path)
    for arguments, code, message in (
        (("shock",), 2, "needs a graph"),
        (("--hit", "1=1", "--facts-only"), 2, "--facts-only needs a graph"),
        ((), 2, "say what is hit by id"),
        (("--hit", "3=1"), 3, "no entity called '3'"),
        (("--hit", "1=1", "--model", "leontief", "--set", "rationing=true"), 2, "takes no 'rationing'"),
        (("--hit", "1=1", "--model", "chance"), 2, "chance does not run on flows"),
        (("--hit", "1=1", "--model", "timeline", "--set", "psi=0.5"), 2, "psi goes with --set rationing=true"),
        (("--hit", "1=1", "--model", "timeline", "--set", "rationing=3"), 2, "rationing must be true or false"),
        (("--hit", "1=1", "--model", "timeline", "--set", "rationing=true", "--set", "psi=2"), 2, "psi must be above 0"),
        (("--hit", "1=hihg"), 2, "not a severity"),
    ):
        done = knockon("impact", "--store", str(path), *arguments)
        assert done.code == code, done.err
        assert message in done.err
