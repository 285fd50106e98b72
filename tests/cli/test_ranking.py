"""rank on the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from knockon.text import json_text

Run = Callable[..., Any]

FLOWS = "supplier,customer,value\n" + "".join(f"f{i},f{(i * 7 + 3) % 20},{i + 1}\n" for i in range(20))


@pytest.fixture
def flows(tmp_path: Path) -> Path:
    path = tmp_path / "flows.csv"
    path.write_text(FLOWS)
    return path


def test_a_graph_is_ranked_by_leontief(knockon: Run) -> None:
    """Without a source the bundled data: ids, not IRIs, and the parameters beside it."""
    done = knockon("rank", "--top", "3")
    assert done.code == 0
    assert "sensetime-operations" in done.out
    assert "https://" not in done.out
    assert "77 more" in done.err
    assert "leontief: mean loss of all others; eps 1e-12" in done.err


def test_every_format_holds_every_firm(knockon: Run, flows: Path, tmp_path: Path) -> None:
    """json, jsonl, csv and parquet have all rows, and the same numbers: Parquet with every digit, the others with 12."""
    whole = knockon("rank", str(flows), "-f", "json").json
    assert whole["firms"] == len(whole["rows"]) == 20
    lines = [json.loads(line) for line in knockon("rank", str(flows), "-f", "jsonl").out.splitlines()]
    assert lines == whole["rows"]
    table = knockon("rank", str(flows), "-f", "csv").out.splitlines()
    assert table[0] == "rank,firm,index,downstream,upstream,iterations,residual,stopped_by"
    assert len(table) == 21
    parquet = pytest.importorskip("pyarrow.parquet")
    out = tmp_path / "ranked.parquet"
    assert knockon("rank", str(flows), "-o", str(out)).code == 0
    exact = parquet.read_table(out).to_pylist()
    assert exact != whole["rows"]
    assert json.loads(json_text(exact)) == whole["rows"]
    before = out.read_bytes()
    knockon("rank", str(flows), "-o", str(out))
    assert out.read_bytes() == before


def test_it_goes_on_from_a_checkpoint(knockon: Run, flows: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stopped half way it exits 130 and says how to go on; the same command then ends with the same file."""
    from knockon.analysis.rank import rank as ranking
    from knockon.analysis.rank import runners

    monkeypatch.setattr(runners, "_STEP", 4)
    knockon("rank", str(flows), "-o", str(tmp_path / "whole.csv"))
    real = ranking.Checkpoint.add
    count = 0

    def stop(self: Any, rows: Any) -> None:
        nonlocal count
        count += 1
        if count == 3:
            raise KeyboardInterrupt
        real(self, rows)

    monkeypatch.setattr(ranking.Checkpoint, "add", stop)
    stopped = knockon("rank", str(flows), "-o", str(tmp_path / "parts.csv"))
    assert stopped.code == 130
    assert "the same command continues from" in stopped.err
    assert not (tmp_path / "parts.csv").exists()
    monkeypatch.setattr(ranking.Checkpoint, "add", real)
    again = knockon("rank", str(flows), "-o", str(tmp_path / "parts.csv"))
    assert "continuing from" in again.err
    assert (tmp_path / "parts.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()
    assert not (tmp_path / "parts.csv.checkpoint").exists()


def test_a_cap_exits_five(knockon: Run, flows: Path) -> None:
    """The table is printed all the same, and says what it is worth."""
    done = knockon("rank", str(flows), "--eps", "0", "--cap", "1")
    assert done.code == 5
    assert "STOPPED BY THE CAP" in done.err
    assert "cap" in done.out


def test_debtrank_takes_its_equity_from_the_firms(knockon: Run, flows: Path, tmp_path: Path) -> None:
    """With a column of equity it runs; without one it says what is missing."""
    firms = tmp_path / "firms.csv"
    firms.write_text("firm,equity\n" + "".join(f"f{i},50\n" for i in range(20)))
    assert knockon("rank", str(flows), "--firms", str(firms), "--model", "debtrank").code == 0
    without = knockon("rank", str(flows), "--model", "debtrank")
    assert without.code == 2
    assert "--firms FILE with the columns firm and equity" in without.err
    pairs = tmp_path / "pairs.csv"
    pairs.write_text("supplier_sector,customer_sector,essentiality\nx,y,2\n")
    assert "give every firm one" in knockon("rank", str(flows), "--essentiality", str(pairs)).err


def test_what_firms_sell_to_themselves(knockon: Run, tmp_path: Path) -> None:
    """An error that names the row; left out and counted where that is asked for."""
    path = tmp_path / "flows.csv"
    path.write_text("supplier,customer,value\na,b,1\nb,b,4\nb,c,1\n")
    refused = knockon("rank", str(path))
    assert refused.code == 4
    assert "flows.csv:3: b is its own customer (leave the row out, or use --drop-self-flows, or --keep-self" in refused.err
    done = knockon("rank", str(path), "--drop-self-flows")
    assert done.code == 0
    assert "flows of firms to themselves left out: 1" in done.err
    kept = knockon("rank", str(path), "--keep-self-flows", "-f", "json").json
    assert kept["rows"] != knockon("rank", str(path), "--drop-self-flows", "-f", "json").json["rows"]
    assert "exclude each other" in knockon("rank", str(path), "--keep-self-flows", "--drop-self-flows").err


def test_a_snapshot_is_a_source(knockon: Run, tmp_path: Path) -> None:
    """A network saved from Python is ranked as it is."""
    from knockon.network import Network

    Network.from_flows([0, 1], [1, 2], [1.0, 1.0], names=["a", "b", "c"]).save(tmp_path / "kept")
    rows = knockon("rank", str(tmp_path / "kept"), "-f", "json").json["rows"]
    assert {row["firm"] for row in rows} == {"a", "b", "c"}


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("--model", "magic"), 2, "unknown model 'magic'"),
        (("--model", "esri"), 2, "esri needs money flows"),
        (("-f", "parquet"), 2, "parquet goes to a file"),
        (("nowhere.parquet",), 3, "no file called 'nowhere.parquet'"),
        (("nowhere",), 3, "no store or data set called 'nowhere'"),
        (("--firms", "firms.csv"), 2, "--firms belongs to a table of flows"),
        (("--precision", "16"), 2, "--precision is 64 or 32"),
    ],
)
def test_calls_that_make_no_sense(knockon: Run, arguments: tuple[str, ...], code: int, message: str) -> None:
    """Each is an exit code and a line that says what would be right."""
    done = knockon("rank", *arguments)
    assert (done.code, done.out) == (code, "")
    assert message in done.err


def test_an_empty_table_says_so(knockon: Run, tmp_path: Path) -> None:
    """A table without rows ranks nobody, and tells."""
    (tmp_path / "flows.csv").write_text("supplier,customer,value\n")
    done = knockon("rank", "flows.csv")
    assert done.code == 0
    assert "nothing to rank" in done.err


def test_without_the_kernels_a_long_run_is_announced(knockon: Run, flows: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who would wait for hours is told before, and how to do without."""
    from knockon.cli import ranking
    from knockon.propagation import kernels

    monkeypatch.setattr(kernels, "available", lambda: False)
    monkeypatch.setattr(ranking, "_SLOW", 10)
    assert "pip install 'knockon[fast]'" in knockon("rank", str(flows)).err


def test_costs_and_cascades_without_a_leak_are_told(knockon: Run, flows: Path, tmp_path: Path) -> None:
    """Without final demand and costs rank warns, with both it does not; costs below the inputs have file and line."""
    bare = knockon("rank", str(flows), "--no-replaceability")
    assert "beware: no final demand is given, so the upstream cascade has no leak" in bare.err
    assert "beware: inputs are taken as all costs and nobody is replaceable" in bare.err
    firms = tmp_path / "firms.csv"
    firms.write_text("firm,final_demand,costs\n" + "".join(f"f{i},5,90\n" for i in range(20)))
    whole = knockon("rank", str(flows), "--firms", str(firms), "--no-replaceability", "-f", "json")
    assert "beware" not in whole.err
    assert whole.json["caveats"] == []
    firms.write_text("firm,costs\nf0,90\nf3,0.5\n")
    refused = knockon("rank", str(flows), "--firms", str(firms))
    assert refused.code == 4
    assert "firms.csv:3: has costs below what the firm buys in the table" in refused.err


def test_the_precision_that_ran_is_told(knockon: Run, flows: Path) -> None:
    """A small table runs in 64 bits whatever was asked for, and both the parameters and a note say so."""
    done = knockon("rank", str(flows), "--precision", "32", "-f", "json")
    assert done.json["parameters"]["dtype"] == "float64"
    assert "this run used 64 bits" in done.err


@pytest.mark.parametrize(
    "option", [("--as-of", "2020-01-01"), ("--facts-only",), ("--without", "doc-a"), ("--stance", "Alleges")]
)
def test_options_on_records_are_refused_where_there_are_none(knockon: Run, flows: Path, option: tuple[str, ...]) -> None:
    """A table of flows has no dates and no documents: an option that would change nothing is an error."""
    done = knockon("rank", str(flows), *option)
    assert done.code == 2
    assert f"{option[0]}: a table of flows has no records" in done.err


def test_esri_weighs_firms_by_the_column_weight(knockon: Run, flows: Path, tmp_path: Path) -> None:
    """An index of jobs instead of sales; a table in which no firm has a weight is refused."""
    firms = tmp_path / "firms.csv"
    firms.write_text("firm,weight\nf3,10\n")
    weighed = knockon("rank", str(flows), "--firms", str(firms), "--format", "json").json
    assert weighed["meaning"] == "share of all weights lost"
    assert len(weighed["parameters"]["weights"]) == 16
    assert {row["firm"]: row["index"] for row in weighed["rows"]}["f3"] == 1.0
    firms.write_text("firm,weight\nf3,0\n")
    refused = knockon("rank", str(flows), "--firms", str(firms))
    assert (refused.code, "gives no firm a weight above 0" in refused.err) == (4, True)
