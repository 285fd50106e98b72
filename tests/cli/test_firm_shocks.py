"""Many shocks on a table of flows: the numbers of ESRI for each, from the command line and from Python."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from knockon.analysis.rank.firm_shocks import firm_shocks
from knockon.authoring.share_tables import read_shares
from knockon.errors import UsageError
from knockon.network import Network
from knockon.propagation import esri

Run = Callable[..., Any]
FLOWS = "supplier,customer,value\nmill,bakery,10\nmill,farm,2\nfarm,mill,5\nbakery,shop,20\n"
FIRMS = "firm,sector,final_demand,jobs\nmill,food,3,10\nfarm,land,4,20\nbakery,food,2,30\nshop,trade,25,40\n"
SHOCKS = "shock,firm,share,upstream\nflood,mill,1,\nflood,farm,0.5,0\nstrike,shop,0.5,1\n"


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    for name, text in (("flows", FLOWS), ("firms", FIRMS), ("shocks", SHOCKS)):
        (tmp_path / f"{name}.csv").write_text(text, "utf-8")
    return tmp_path


def ranked(knockon: Run, folder: Path, *arguments: str) -> Any:
    return knockon("rank", str(folder / "flows.csv"), "--firms", str(folder / "firms.csv"), *arguments)


def test_each_shock_has_the_numbers_of_esri(knockon: Run, tables: Path) -> None:
    """Index, cascades, rounds and sectors are those of one call of the model with the same arrays."""
    network = Network.from_table(tables / "flows.csv", tables / "firms.csv")
    order = {str(name): row for row, name in enumerate(network.nodes)}
    down, up = np.zeros((2, 4)), np.zeros((2, 4))
    for shock, firm, supply, demand in (
        (0, "mill", 1, 1), (0, "farm", 0.5, 0), (1, "shop", 0.5, 1)
    ):  # fmt: skip
        down[shock, order[firm]], up[shock, order[firm]] = supply, demand
    jobs = np.zeros(4)
    for firm, number in (("mill", 10), ("farm", 20), ("bakery", 30), ("shop", 40)):
        jobs[order[firm]] = number
    expected = esri(network, down, upstream_shocks=up, weights=jobs, by_sector=True)
    assert expected.sector_loss is not None
    options = ("--weights", "jobs", "--shocks", str(tables / "shocks.csv"), "--by-sector")
    answer = ranked(knockon, tables, *options, "-f", "json").json
    for row, shock in enumerate(answer["shocks"]):
        assert shock["index"] == pytest.approx(expected.index[row], abs=1e-11)
        assert shock["downstream"] == pytest.approx(expected.downstream[row], abs=1e-11)
        assert shock["upstream"] == pytest.approx(expected.upstream[row], abs=1e-11)
        assert [part["loss"] for part in shock["sectors"]] == pytest.approx(expected.sector_loss[row].tolist(), abs=1e-11)
    assert [(shock["shock_id"], shock["hit"]) for shock in answer["shocks"]] == [("flood", 2), ("strike", 1)]
    assert "another hit of each firm" in answer["equation"]
    rows = ranked(knockon, tables, *options, "-f", "jsonl").out.splitlines()
    assert [json.loads(row)["sector"] for row in rows] == ["food", "land", "trade"] * 2
    assert ranked(knockon, tables, *options).out.count("strike") == 4


def test_without_shocks_every_firm_closes(knockon: Run, tables: Path) -> None:
    """Losses by sector of each closure, with the indices of the ranking; weights from a file of their own."""
    weights = tables / "w.csv"
    weights.write_text("firm,weight\nmill,10\nfarm,20\nbakery,30\nshop,40\n", "utf-8")
    by_sector = ranked(knockon, tables, "--weights", str(weights), "--by-sector", "-f", "json").json
    rows = ranked(knockon, tables, "--weights", "jobs", "-f", "json").json["rows"]
    indices = {row["firm"]: row["index"] for row in rows}
    assert {shock["shock_id"]: shock["index"] for shock in by_sector["shocks"]} == pytest.approx(indices)


def test_the_chosen_column_counts(knockon: Run, tables: Path) -> None:
    """Beside a column weight another one may be named; naming weight itself is what it is without --weights."""
    jobs = ranked(knockon, tables, "--weights", "jobs", "-f", "csv").out
    (tables / "firms.csv").write_text(FIRMS.replace("jobs", "jobs,weight").replace("0\n", "0,1\n"), "utf-8")
    assert ranked(knockon, tables, "--weights", "jobs", "-f", "csv").out == jobs
    by_weight = ranked(knockon, tables, "-f", "csv").out
    assert by_weight != jobs
    assert ranked(knockon, tables, "--weights", "weight", "-f", "csv").out == by_weight


def test_parquet_is_read_as_csv(knockon: Run, tables: Path) -> None:
    """The same shocks, the same bytes."""
    csv = pytest.importorskip("pyarrow.csv")
    parquet = pytest.importorskip("pyarrow.parquet")
    parquet.write_table(csv.read_csv(tables / "shocks.csv"), tables / "shocks.parquet")
    first, second = (
        ranked(knockon, tables, "--shocks", str(tables / f"shocks.{end}"), "-f", "csv") for end in ("csv", "parquet")
    )
    assert first.out == second.out


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("--weights", "revenue"), 4, "firms.csv: has no column 'revenue'"),
        (("--by-sector", "--model", "leontief"), 2, "--by-sector belongs to the model esri"),
        (("--by-sector", "--engine", "duckdb"), 2, "run in memory"),
        (("--by-sector", "--checkpoint", "x"), 2, "--checkpoint is for the closure"),
        (("--shocks", "no.csv"), 3, "no file called 'no.csv'"),
        (("--by-sector", "--cap", "1"), 5, "STOPPED BY THE CAP"),
    ],
)
def test_what_is_refused_or_stopped(knockon: Run, tables: Path, arguments: tuple[str, ...], code: int, message: str) -> None:
    """With its exit code."""
    done = ranked(knockon, tables, *arguments)
    assert done.code == code
    assert message in done.err


def test_firms_that_no_flow_names_are_told(knockon: Run, tables: Path) -> None:
    """Some: counted and named; all, or all that count: refused, since every number of them would be lost."""
    firms = tables / "firms.csv"
    firms.write_text(FIRMS + "ghost,land,1,7\n", "utf-8")
    done = ranked(knockon, tables)
    assert done.code == 0
    assert "no flow names 1 of the table of firms, which neither sell nor buy: ghost" in done.err
    firms.write_text("firm,jobs\nmil,3\nfrm,4\n", "utf-8")
    done = ranked(knockon, tables)
    assert done.code == 4
    assert "flows.csv names any of its 2 firms (the table of firms spells their names" in done.err
    firms.write_text("firm,jobs\nmill,0\nghost,4\n", "utf-8")
    done = ranked(knockon, tables, "--weights", "jobs")
    assert done.code == 4
    assert "weighs only firms that no flow names" in done.err


def test_sectors_need_names() -> None:
    """Without sectors there is nothing to add up."""
    network = Network.from_flows([0], [1], [1.0], names=["a", "b"])
    with pytest.raises(UsageError, match="need the sector of each firm"):
        firm_shocks(network, read_shares({"shock": ["s"], "firm": ["a"], "share": [1]}, ["a", "b"]), by_sector=True)
