"""What the engine duckdb does when memory or disk end, when it is killed, and with files and names of others."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from knockon.errors import InvalidData, KnockonError, LimitReached, NotFound, UsageError
from knockon.network import Network
from knockon.network.tables import NetworkTables, open_flow_files, open_tables, read_tables, write_tables
from knockon.network.tables.lookup import rows_of
from knockon.propagation import esri, leontief
from knockon.propagation.engines import EngineSettings, duckdb_session, engine
from knockon.propagation.engines.duckdb_import import number_flows
from knockon.propagation.engines.duckdb_session import Session
from support.random_networks import network_of_flows, network_of_records

SMALL = EngineSettings(memory="500MB", threads=1)
#: A process that computes an index with so little memory that it has to spill.
CHILD = """
import sys
from knockon.network.tables import open_tables
from knockon.propagation.engines import duckdb_session, engine
duckdb_session._MANAGED, duckdb_session._LIBRARIES, duckdb_session._LEAST_MANAGED = 0.0, 0, 0.04
with engine("duckdb", memory="500MB", spill=sys.argv[2], threads=1) as chosen:
    print(repr(chosen.run("esri", open_tables(sys.argv[1]), [7], losses=False).index[0]))
"""


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> tuple[NetworkTables, float]:
    """Tables that do not fit into 20 MB, and their index."""
    rng = np.random.default_rng(1)
    firms, flows = 12_000, 120_000
    supplier, customer = rng.integers(0, firms, (2, flows))
    real = supplier != customer
    level = np.where(rng.random((30, 30)) < 0.5, 2, 1)
    sector = rng.integers(0, 30, firms)
    network = Network.from_flows(supplier[real], customer[real], rng.random(int(real.sum())), sector, level)
    folder = tmp_path_factory.mktemp("large") / "tables"
    write_tables(network, folder)
    return open_tables(folder), float(esri(network, [7], losses=False, engine="numpy").index[0])


@pytest.mark.parametrize("kills", [1, pytest.param(50, marks=pytest.mark.slow)])
def test_a_killed_run_leaves_nothing_that_matters(kills: int, large: tuple[NetworkTables, float], tmp_path: Path) -> None:
    """Killed while it spills, a run prints no number; the next one in the same folder is right, and removes what was left."""
    tables, index = large
    rng = np.random.default_rng(kills)
    spilled = 0
    for _ in range(kills):
        before = set(tmp_path.iterdir())
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD, str(tables.folder), str(tmp_path)], stdout=subprocess.PIPE, text=True
        )
        while child.poll() is None and not _files(tmp_path, before):
            time.sleep(0.005)
        time.sleep(float(rng.random()) * 0.2)
        child.kill()
        out, _ = child.communicate()
        assert not out or float(out) == pytest.approx(index, abs=1e-12)
        # The run has removed what the last one left, and left its own files.
        assert not before & set(tmp_path.iterdir())
        spilled += bool(_files(tmp_path, before))
    assert spilled > kills / 2
    with engine("duckdb", memory="500MB", spill=tmp_path, threads=1) as chosen:
        result: Any = chosen.run("esri", tables, [7], losses=False)
    assert result.index[0] == pytest.approx(index, abs=1e-12)
    assert list(tmp_path.iterdir()) == []


def _files(folder: Path, before: set[Path]) -> list[Path]:
    """The temporary files in the folders of runs that were not there before."""
    return [path for run in set(folder.iterdir()) - before for path in run.iterdir()]


def test_a_limit_of_the_temporary_files(
    large: tuple[NetworkTables, float], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that needs more than it may write ends with an error that says which option to raise, and leaves no file."""
    monkeypatch.setattr(duckdb_session, "_LIBRARIES", 10**10)
    monkeypatch.setattr(duckdb_session, "_LEAST_MANAGED", 0.04)
    with (
        engine("duckdb", memory="500MB", spill=tmp_path, spill_limit="1MB", threads=1) as chosen,
        pytest.raises(LimitReached, match=r"more than 1MB for temporary files .* --spill-limit or --memory"),
    ):
        chosen.run("esri", large[0], [7], losses=False)
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_an_error_that_says_so(tmp_path: Path) -> None:
    """What DuckDB reports of a full disk becomes the error of a limit, that names the folder."""
    import duckdb

    with Session(EngineSettings(spill=tmp_path)) as session:
        with pytest.raises(LimitReached, match=f"the disk of {tmp_path} is full"), session._errors():
            raise duckdb.IOException('IO Error: Could not write file "a": No space left on device')
        with pytest.raises(KnockonError, match="DuckDB failed: Parser Error"):
            session.run("SELEKT 1")
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot create a folder for temporary files"):
        Session(EngineSettings(spill=tmp_path / "file" / "below"))


def test_a_session_reaches_nothing_else(tmp_path: Path) -> None:
    """No statement reads or writes a file, loads an extension or changes a setting."""
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n")
    statements = (
        f"FROM read_csv('{secret}')", f"COPY (SELECT 1) TO '{tmp_path}/out.csv'", "INSTALL httpfs", "LOAD httpfs",
        "SET enable_external_access = true", "SET memory_limit = '1TB'", f"ATTACH '{tmp_path}/other.db'",
        "FROM 'https://example.org/a.parquet'",
    )  # fmt: skip
    with Session(SMALL) as session:
        for statement in statements:
            with pytest.raises(KnockonError):
                session.run(statement)
    assert [path.name for path in tmp_path.iterdir()] == ["secret.csv"]


def parquet(path: Path, **columns: Any) -> Path:
    pq.write_table(pa.table(columns), path)
    return path


def test_files_of_a_user(tmp_path: Path) -> None:
    """Hostile names of files and firms are names; flows that occur twice are added up, and the numbers are those in memory."""
    names = ["'; DROP TABLE flow; --", 'a"b', "é", "$1", "x"]
    seller, buyer = [names[0], names[0], names[1], names[2], names[3]], [names[1], names[1], names[2], names[4], names[4]]
    flows = parquet(tmp_path / "we[i]rd '*.parquet", Seller=seller, Buyer=buyer, Amount=[1.0, 2.0, 3.0, 4.0, 0.0])
    firms = parquet(tmp_path / "firms.parquet", firm=names, sector=[2, 2, 1, 1, 1], costs=[0.0, 9.0, 4.0, 0.0, 8.0])
    level = parquet(tmp_path / "level.parquet", supplier_sector=[2], customer_sector=[1], essentiality=[2])
    tables = number_flows(open_flow_files(flows, firms, level), tmp_path / "tables", SMALL)
    rows = rows_of(tables, names)
    assert [rows[name] for name in sorted(names)] == list(range(5))
    network = read_tables(tables)
    expected = Network.from_flows(
        [rows[name] for name in seller], [rows[name] for name in buyer], [1.0, 2.0, 3.0, 4.0, 0.0],
        [{2: 1, 1: 0}[number] for name in sorted(names) for number in [dict(zip(names, [2, 2, 1, 1, 1], strict=True))[name]]],
        [[1, 1], [2, 1]], costs=[dict(zip(names, [0.0, 9.0, 4.0, 0.0, 8.0], strict=True))[name] for name in sorted(names)],
    )  # fmt: skip
    assert network.supply_share.tolist() == expected.supply_share.tolist()
    assert network.slot_owner.tolist() == expected.slot_owner.tolist()
    with engine("duckdb", memory="500MB", threads=1) as chosen:
        ours: Any = chosen.run("esri", tables, [rows[names[0]]])
    assert ours.loss == pytest.approx(esri(expected, [rows[names[0]]]).loss, abs=1e-12)
    with pytest.raises(NotFound, match="no entity called 'nobody'"):
        rows_of(tables, ["nobody"])


@pytest.mark.parametrize(
    ("flows", "firms", "message"),
    [
        ({"supplier": ["a", "b"], "customer": ["b", "b"]}, None, "'b' is its own customer"),
        ({"supplier": [1], "customer": [2]}, {"firm": [1, 1], "costs": [1.0, 2.0]}, "'1' occurs several times"),
        ({"supplier": [1], "customer": [2]}, {"firm": [1], "sector": ["x"]}, "'2' has no sector"),
        ({"supplier": [1], "customer": [2], "supplier_sector": ["x"], "customer_sector": ["y"]},
         {"firm": [1], "sector": ["z"]}, "'1' has several sectors"),
        ({"supplier": [1], "customer": [2], "value": [5.0]}, {"firm": [2], "costs": [4.0]}, "'2' are below what it buys"),
        ({"supplier": ["a"], "customer": ["b"]}, {"firm": ["A", "B"]}, "no flow names any of its firms"),
    ],
)  # fmt: skip
def test_faulty_files_of_a_user(tmp_path: Path, flows: dict[str, Any], firms: dict[str, Any] | None, message: str) -> None:
    """What contradicts itself is an error that names the firm."""
    first = parquet(tmp_path / "flows.parquet", **flows)
    second = parquet(tmp_path / "firms.parquet", **firms) if firms else None
    with pytest.raises(InvalidData) as error:
        number_flows(open_flow_files(first, second), tmp_path / "tables", SMALL)
    assert message in str(error.value)
    assert ".parquet" in str(error.value)


@pytest.mark.parametrize(
    ("levels", "message"),
    [
        ({"supplier_sector": ["x", "x"], "customer_sector": ["y", "y"], "essentiality": [2, 0]}, "'x to y' has several levels"),
        ({"supplier_sector": ["z"], "customer_sector": ["y"], "essentiality": [2]}, "no pair of sectors that the firms are in"),
        ({"supplier_sector": ["x"], "customer_sector": ["y"], "essentiality": [3]}, "above 2"),
    ],
)
def test_faulty_levels_of_a_user(tmp_path: Path, levels: dict[str, Any], message: str) -> None:
    """Levels of essentiality that contradict each other, or are about no firm, are an error, as they are in memory."""
    flows = parquet(tmp_path / "flows.parquet", supplier=["a"], customer=["b"], value=[1.0])
    firms = parquet(tmp_path / "firms.parquet", firm=["a", "b"], sector=["x", "y"])
    level = parquet(tmp_path / "level.parquet", **levels)
    with pytest.raises(InvalidData) as error:
        number_flows(open_flow_files(flows, firms, level), tmp_path / "tables", SMALL)
    assert message in str(error.value)
    with pytest.raises(InvalidData):
        Network.from_table(flows, firms, essentiality=level)


#: Ids of four flows, as Arrow arrays of every type that holds them.
IDS: dict[str, Callable[[list[int]], Any]] = {
    "texts": lambda ids: pa.array([f"n{number}" for number in ids]),
    "categories": lambda ids: pa.array([f"n{number}" for number in ids]).dictionary_encode(),
    "bytes": lambda ids: pa.array([f"n{number}".encode() for number in ids]),
    "fixed bytes": lambda ids: pa.array([f"n{number}".encode() for number in ids], pa.binary(2)),
    "floats": lambda ids: pa.array(list(map(float, ids))),
    "halves": lambda ids: pa.array(np.array(ids, np.float16)),
    "beyond floats": lambda ids: pa.array([2**53 + number for number in ids]),
    "without sign": lambda ids: pa.array(ids, pa.uint64()),
    "beyond 64 bits with sign": lambda ids: pa.array([2**63 + number for number in ids], pa.uint64()),
    "decimals": lambda ids: pa.array([Decimal(10**25 + number) for number in ids], pa.decimal128(30, 0)),
}
#: Their amounts.
AMOUNTS: dict[str, Callable[[list[int]], Any]] = {
    "whole": lambda values: pa.array(values, pa.uint8()),
    "halves": lambda values: pa.array(np.array(values, np.float16)),
    "single": lambda values: pa.array(values, pa.float32()),
    "decimals": lambda values: pa.array(list(map(Decimal, values)), pa.decimal128(9, 2)),
    "texts": lambda values: pa.array(list(map(str, values))),
    "categories": lambda values: pa.array(list(map(float, values))).dictionary_encode(),
}


@pytest.mark.parametrize(("ids", "amounts"), [*((kind, "whole") for kind in IDS), *(("texts", kind) for kind in AMOUNTS)])
def test_columns_of_every_type_give_the_network_that_they_give_in_memory(tmp_path: Path, ids: str, amounts: str) -> None:
    """Ids and amounts of any type that holds them are the same firms and flows in DuckDB as in memory."""
    flows = parquet(
        tmp_path / "flows.parquet", supplier=IDS[ids]([1, 2, 3, 1]), customer=IDS[ids]([2, 3, 4, 4]),
        value=AMOUNTS[amounts]([3, 2, 1, 4]),
    )  # fmt: skip
    here = Network.from_table(flows)
    there = read_tables(number_flows(open_flow_files(flows), tmp_path / "tables", SMALL))
    assert list(there.nodes) == list(here.nodes)
    assert here.flows is not None
    assert there.flows is not None
    for name in ("start", "customer", "value"):
        assert getattr(there.flows, name).tolist() == getattr(here.flows, name).tolist()


@pytest.mark.parametrize("size", ["0", "-1", "4XB", "1e30GB", "nan", "9" * 400, "9" * 400 + "GB", "99999999TB", 10**400, 0])
def test_a_size_that_is_none_is_refused(size: Any) -> None:
    """No number of bytes, or one that no engine can count to, is an error of a line that says what a size is."""
    for name in ("memory", "spill_limit"):
        with pytest.raises(UsageError, match=f"{name} must be a size such as 4GB") as error:
            EngineSettings(**{name: size})
        assert len(str(error.value)) < 200


@pytest.mark.slow
def test_rows_of_what_one_shock_does(tmp_path: Path) -> None:
    """The rows of a file have the losses of the result, the greatest first."""
    network, hits = network_of_records(7)
    write_tables(network, tmp_path / "tables")
    tables = open_tables(tmp_path / "tables")
    with engine("duckdb", memory="500MB", threads=1) as chosen:
        chosen.run("leontief", tables, hits, losses=False, rows_to=tmp_path / "rows.parquet")
        with pytest.raises(UsageError, match="of one shock, not of 2"):
            chosen.run("reach", tables, [0, 1], rows_to=tmp_path / "rows.parquet")
        with pytest.raises(UsageError, match="esri needs tables of money flows"):
            chosen.run("esri", tables, hits)
    rows = pq.read_table(tmp_path / "rows.parquet").to_pylist()
    result = leontief(network, hits)
    assert len(rows) == int((result.high[0] > 0).sum()) > 0
    for row in rows:
        node = network.index[row["id"]]
        theirs = [float(end[0, node]) for end in (result.low, result.loss, result.high)]
        assert [row["low"], row["loss"], row["high"]] == pytest.approx(theirs, abs=1e-12)
    assert [row["loss"] for row in rows] == sorted((row["loss"] for row in rows), reverse=True)


def test_debtrank_needs_equity(tmp_path: Path) -> None:
    """Without equity, or with one that is not above 0, the error says what is missing and of whom."""
    network = network_of_flows(1, 10)
    with engine("duckdb", memory="500MB", threads=1) as chosen:
        write_tables(network, tmp_path / "tables")
        with pytest.raises(UsageError, match="equity of each firm"):
            chosen.run("debtrank", open_tables(tmp_path / "tables"), [0])
        write_tables(network, tmp_path / "tables", equity=[0.0, *[1.0] * 9])
        with pytest.raises(InvalidData, match=r"firms\.parquet: column 'equity', row 1: that of '0' is 0\.0, not above 0"):
            chosen.run("debtrank", open_tables(tmp_path / "tables"), [0])


def test_a_parameter_that_an_engine_does_not_take_is_refused(tmp_path: Path) -> None:
    """The error names it, and what the model takes there."""
    write_tables(Network.from_flows([0], [1], [1.0]), tmp_path / "tables")
    with (
        engine("duckdb") as duckdb,
        pytest.raises(UsageError, match="duckdb takes no exact; it takes eps, cap"),
    ):
        duckdb.run("esri", open_tables(tmp_path / "tables"), [0], exact=True)
