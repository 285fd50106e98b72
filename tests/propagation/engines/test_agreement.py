"""What the engines take, refuse and write: the same tables, files and rows on each."""

from __future__ import annotations

import sys
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from knockon.analysis.engine_choice import EngineChoice
from knockon.analysis.table_impact import MODELS, table_impact
from knockon.authoring.flow_tables import read_flows
from knockon.errors import InvalidData, UsageError
from knockon.network import Network
from knockon.network.tables import open_flow_files, open_tables, read_tables, write_tables
from knockon.network.tables.equity import read_equity
from knockon.network.tables.read import read_ids
from knockon.propagation.engines import EngineSettings, engine
from knockon.propagation.engines.duckdb_import import number_flows
from support.random_networks import network_of_flows, network_of_records

SMALL = EngineSettings(memory="500MB", threads=1)
DUCKDB = EngineChoice("duckdb", memory="600MB")
BEYOND = ["duckdb", pytest.param("spark", marks=[pytest.mark.spark, pytest.mark.slow])]


@pytest.fixture
def chosen(name: str, request: pytest.FixtureRequest) -> EngineChoice:
    """An engine beyond memory, of which Spark is started once for all tests."""
    if name == "spark":
        request.getfixturevalue("spark")
        return EngineChoice("spark")
    return DUCKDB


@pytest.fixture
def flows(tmp_path: Path) -> Path:
    """Tables of money flows with the equity of their firms."""
    network = network_of_flows(3)
    write_tables(network, tmp_path / "flows", equity=np.random.default_rng(3).random(network.size) * 200 + 50)
    return tmp_path / "flows"


@pytest.fixture
def graph(tmp_path: Path) -> Path:
    """Tables of a graph with hidden nodes."""
    network, _ = network_of_records(7)
    assert network.size > network.entities
    write_tables(network, tmp_path / "graph")
    return tmp_path / "graph"


def rows_of(source: Path, hit: dict[str, str], model: str, choice: EngineChoice, **parameters: Any) -> Any:
    """The columns, rows and end of the impact of a shock."""
    with table_impact(source, hit, engine=choice, model=model, parameters=parameters) as answer:
        return answer.columns, list(answer.rows()), (answer.affected, answer.iterations, answer.stopped_by, answer.index)


@pytest.mark.parametrize("name", BEYOND)
@pytest.mark.parametrize("kind", ["graph", "flows"])
def test_the_rows_of_an_impact_are_those_in_memory(
    chosen: EngineChoice, kind: str, request: pytest.FixtureRequest, name: str
) -> None:
    """Of every model that the engine has: the same columns and entities, losses to 1e-12, the greatest first."""
    source = request.getfixturevalue(kind)
    ids = read_ids(open_tables(source)).cast(pa.string()).to_pylist()
    hit = {ids[0]: "high" if kind == "graph" else "0.9", ids[3]: "0.5"}
    # A few rounds each: those of Spark take seconds.
    forms: list[tuple[str, dict[str, Any]]] = [
        (model, {} if model == "reach" else {"cap": 3}) for model in MODELS[kind] if model in engine(name).models
    ]
    forms += [("debtrank", {"variant": "original", "cap": 3})] if kind == "flows" and name == "duckdb" else []
    for model, parameters in forms:
        columns, rows, end = rows_of(source, hit, model, chosen, **parameters)
        theirs, expected, their_end = rows_of(source, hit, model, EngineChoice(), **parameters)
        assert columns == theirs
        assert end == pytest.approx(their_end, abs=1e-12)
        assert len(rows) > 2
        by_id = {row["id"]: row for row in rows}
        assert len(by_id) == len(rows) == len(expected)
        for row in expected:
            assert by_id[row["id"]] == pytest.approx(row, abs=1e-12)
        assert all(one["loss"] >= other["loss"] for one, other in pairwise(rows))


@pytest.mark.parametrize("name", BEYOND)
def test_a_file_of_rows_holds_one_shock(chosen: EngineChoice, flows: Path, tmp_path: Path, name: str) -> None:
    """Several shocks are refused before anything is computed, and there is no file."""
    with chosen.open() as running, pytest.raises(UsageError, match="of one shock, not of 2"):
        running.run("reach", open_tables(flows), [0, 1], rows_to=tmp_path / "rows.parquet")
    assert not (tmp_path / "rows.parquet").exists()


@pytest.mark.parametrize("name", ["memory", *BEYOND])
def test_debtrank_takes_the_equity_of_tables(name: str, request: pytest.FixtureRequest, flows: Path, tmp_path: Path) -> None:
    """Every engine uses the column, and refuses one in which that of a firm is not known, or is not above 0."""
    if name == "spark":
        request.getfixturevalue("spark")
    tables = open_tables(flows)
    with engine(name) as running:
        ours: Any = running.run("debtrank", tables, [0])
        stated: Any = running.run("debtrank", tables, [0], equity=read_equity(tables))
        assert ours.index == pytest.approx(stated.index, abs=1e-15)
        network = network_of_flows(3)
        write_tables(network, tmp_path / "none")
        with pytest.raises(UsageError, match="equity of each firm"):
            running.run("debtrank", open_tables(tmp_path / "none"), [0])
        write_tables(network, tmp_path / "some", equity=[2.0, np.nan, -1.0, 0.0, *np.full(network.size - 4, 3.0)])
        with pytest.raises(InvalidData) as raised:
            running.run("debtrank", open_tables(tmp_path / "some"), [0])
        problems = [problem.message for problem in raised.value.problems]
        assert problems == [
            "column 'equity', row 2: that of '1' is not known",
            "column 'equity', row 3: that of '2' is -1.0, not above 0",
            "column 'equity', row 4: that of '3' is 0.0, not above 0",
        ]
        esri: Any = running.run("esri", open_tables(tmp_path / "some"), [0])
        assert esri.index > 0


def test_many_firms_without_equity_are_counted(tmp_path: Path) -> None:
    """Five are named."""
    write_tables(network_of_flows(3, 30), tmp_path / "tables", equity=np.full(30, np.nan))
    with engine("memory") as running, pytest.raises(InvalidData, match="30 of this kind in all") as raised:
        running.run("debtrank", open_tables(tmp_path / "tables"), [0])
    assert len(raised.value.problems) == 6


@pytest.mark.parametrize(("name", "package"), [("duckdb", "duckdb"), ("duckdb", "pyarrow"), ("spark", "pyspark")])
def test_an_engine_that_is_not_installed_is_refused_at_once(name: str, package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the engine is chosen, not after the network was read."""
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(UsageError, match=rf"pip install 'knockon\[{name}\]'"):
        engine(name)


def texts(*values: Any) -> Any:
    return pa.array([str(value) for value in values])


FLOWS = {"supplier": ["a", "b"], "customer": ["b", "c"], "value": [1.0, 2.0]}
FIRMS = {"firm": ["a", "b", "c"]}
SECTORS = {"supplier_sector": texts(10, 9), "customer_sector": texts(9, 100)}
#: Flows, firms and levels of files that can be used.
TAKEN: dict[str, tuple[dict[str, Any], dict[str, Any] | None, dict[str, Any] | None]] = {
    "digits": ({"supplier": texts(10, 9, 100), "customer": texts(9, 100, 2), "value": [1.0, 1.0, 1.0]}, None, None),
    "digits and numbers": ({"supplier": texts(10, 9), "customer": [9, 100], "value": [1.0, 1.0]}, {"firm": texts(10, 7)}, None),
    "digits and a name": ({"supplier": texts(10, 9), "customer": texts(9, "x"), "value": [1.0, 1.0]}, None, None),
    "digits with zeros": ({"supplier": texts(10, 9), "customer": texts(9, "007"), "value": [1.0, 1.0]}, None, None),
    "many digits": ({"supplier": texts(10**18, 9), "customer": texts(9, 10), "value": [1.0, 1.0]}, None, None),
    "negative digits": ({"supplier": texts(-10, 9), "customer": texts(9, -9), "value": [1.0, 1.0]}, None, None),
    "sectors of digits": ({**FLOWS, **SECTORS}, None, None),
    "sectors of suppliers alone": ({"supplier": ["a", "b", "a"], "customer": ["b", "a", "b"], "value": [1.0, 2.0, 3.0],
                                    "supplier_sector": [1, 0, 1]}, None, None),
    "sectors of customers alone": ({"supplier": ["a", "b", "a"], "customer": ["b", "a", "b"], "value": [1.0, 2.0, 3.0],
                                    "customer_sector": [0, 1, 0]}, None, None),
    "sectors of names": ({**FLOWS, "supplier_sector": texts("s", "r"), "customer_sector": texts("r", 9)}, None, None),
    "sectors of both": ({**FLOWS, "supplier_sector": [10, 9], "customer_sector": texts(9, 100)},
                        {"firm": ["a"], "sector": texts(10)}, None),
    "equity of some": (FLOWS, {"firm": ["a", "c"], "equity": [2.0, 3.0]}, None),
    "equity with gaps": (FLOWS, {**FIRMS, "equity": pa.array([2.0, None, -3.0])}, None),
    "equity that is no number": (FLOWS, {**FIRMS, "equity": [2.0, float("nan"), 0.0]}, None),
    "equity as texts": (FLOWS, {**FIRMS, "equity": ["2.5", "", None]}, None),
    "equity as decimals": (FLOWS, {**FIRMS, "equity": pa.array([Decimal("2.5"), None, Decimal("-1")])}, None),
    "equity as whole numbers": (FLOWS, {**FIRMS, "equity": pa.array([2, None, 3])}, None),
    "no equity": (FLOWS, {**FIRMS, "equity": pa.nulls(3)}, None),
    **{
        f"levels as {kind}": ({**FLOWS, **SECTORS}, None,
                              {"supplier_sector": [10, 9], "customer_sector": [9, 100], "essentiality": values})
        for kind, values in {
            "numbers": [2, 0], "floats": [2.0, 0.0], "texts": ["2", "0"], "bytes": [b"2", b"0"],
            "decimals": [Decimal(2), Decimal(0)], "categories": pa.array(["2", "0"]).dictionary_encode(),
        }.items()
    },
}  # fmt: skip
#: Those that cannot.
REFUSED: dict[str, tuple[dict[str, Any], dict[str, Any] | None, dict[str, Any] | None]] = {
    "infinite equity": (FLOWS, {**FIRMS, "equity": [2.0, float("inf"), 1.0]}, None),
    "immense equity": (FLOWS, {**FIRMS, "equity": [2.0, -1e200, 1.0]}, None),
    "equity in words": (FLOWS, {**FIRMS, "equity": ["2", "much", "1"]}, None),
    "equity that says nan": (FLOWS, {**FIRMS, "equity": ["2", "nan", "1"]}, None),
    "no costs": (FLOWS, {**FIRMS, "costs": pa.array([2.0, None, 9.0])}, None),
    "costs below inputs": (FLOWS, {**FIRMS, "costs": [0.0, 1 - 1e-7, 9.0]}, None),
    **{
        f"level {value!r}": ({**FLOWS, **SECTORS}, None,
                             {"supplier_sector": [10], "customer_sector": [9], "essentiality": [value]})
        for value in (3, -1, 1.5, "2.0", "", "x", None)
    },
}  # fmt: skip


def written(folder: Path, case: tuple[Any, ...]) -> list[Path | None]:
    """The files of a case."""
    paths: list[Path | None] = []
    for name, columns in zip(("flows", "firms", "levels"), case, strict=True):
        paths.append(None if columns is None else folder / f"{name}.parquet")
        if columns is not None:
            pq.write_table(pa.table(columns), folder / f"{name}.parquet")
    return paths


@pytest.mark.parametrize("case", TAKEN)
def test_files_of_a_user_are_the_same_network_in_memory_and_in_tables(tmp_path: Path, case: str) -> None:
    """Firms and sectors have the same order and numbers, and each firm the same equity, known or not."""
    flows, firms, levels = written(tmp_path, TAKEN[case])
    assert flows is not None
    here = read_flows(flows, firms, levels)
    tables = number_flows(open_flow_files(flows, firms, levels), tmp_path / "tables", SMALL)
    assert read_ids(tables).cast(pa.string()).to_pylist() == list(here.names)
    there = read_tables(tables)
    columns = (here.supplier, here.customer, here.value, here.sector, here.essentiality, here.final_demand)
    expected = Network.from_flows(*columns, costs=here.costs, names=here.names)
    assert there.flows is not None
    assert expected.flows is not None
    for name in ("start", "customer", "value", "sector", "essentiality"):
        assert getattr(there.flows, name).tolist() == getattr(expected.flows, name).tolist(), name
    assert tables.equity == (here.equity is not None)
    if here.equity is not None:
        np.testing.assert_array_equal(read_equity(tables), here.equity)


@pytest.mark.parametrize("case", REFUSED)
def test_files_of_a_user_that_cannot_be_used_are_refused_by_both(tmp_path: Path, case: str) -> None:
    """In memory, and as tables, which are not written."""
    flows, firms, levels = written(tmp_path, REFUSED[case])
    assert flows is not None
    with pytest.raises(InvalidData):
        read_flows(flows, firms, levels)
    with pytest.raises(InvalidData):
        number_flows(open_flow_files(flows, firms, levels), tmp_path / "tables", SMALL)
    assert not (tmp_path / "tables").exists()


@pytest.mark.parametrize("choice", [EngineChoice(), DUCKDB], ids=["memory", "duckdb"])
def test_a_file_of_flows_is_read_alike(tmp_path: Path, choice: EngineChoice) -> None:
    """Amounts are needed by the models of money alone; a firm that sells to itself is named as the file names it."""
    source = tmp_path / "flows.parquet"
    pq.write_table(pa.table({"supplier": ["a", "b"], "customer": ["b", "c"]}), source)
    _, rows, _ = rows_of(source, {"a": "1"}, "reach", choice)
    assert [(row["id"], row["step"]) for row in rows] == [("a", 0), ("b", 1), ("c", 2)]
    with pytest.raises(InvalidData, match=r"has no column 'value' \(the columns are supplier, customer\)"):
        rows_of(source, {"a": "1"}, "esri", choice)
    pq.write_table(pa.table({"supplier": ["a", "b"], "customer": ["b", "b"], "value": [1.0, 2.0]}), source)
    with pytest.raises(InvalidData, match=r"flows\.parquet.* '?b'? is its own customer \(leave the row out; `knockon rank`"):
        rows_of(source, {"a": "1"}, "esri", choice)


def test_rows_with_equal_losses_have_one_order(tmp_path: Path) -> None:
    """Ids that are digits as texts come in the order of numbers on every engine, and so do their rows."""
    ids = [str(number) for number in range(5, 15)]
    flows = {"supplier": ["1"] * len(ids), "customer": ids, "value": [1.0] * len(ids)}
    pq.write_table(pa.table(flows), tmp_path / "flows.parquet")
    for model in ("esri", "reach"):
        rows = [rows_of(tmp_path / "flows.parquet", {"1": "1"}, model, choice)[1] for choice in (EngineChoice(), DUCKDB)]
        assert [row["id"] for row in rows[0]] == [row["id"] for row in rows[1]] == ["1", *ids]
