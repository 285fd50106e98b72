"""A network as tables: what is written is opened again, and whatever is wrong with a folder is an error that says where."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import knockon
from knockon.errors import InvalidData, NotFound, UsageError
from knockon.network import Network
from knockon.network.tables import FlowFiles, open_flow_files, open_tables, read_tables, write_tables
from knockon.network.tables.opened import MANIFEST, manifest_bytes


@pytest.fixture
def flows(tmp_path: Path) -> Path:
    """Tables of three firms in two sectors."""
    network = Network.from_flows([0, 1, 1], [1, 2, 0], [3.0, 1.0, 1.5], sector=[0, 1, 1], essentiality=[[1, 2], [0, 1]])
    write_tables(network, tmp_path / "flows", equity=[1.0, 2.0, 3.0])
    return tmp_path / "flows"


def change(file: Path, **columns: Any) -> None:
    """Replace columns of a Parquet file (None: leave it out), and remove the manifest, which would notice."""
    table = pq.read_table(file)
    for name, values in columns.items():
        place = table.column_names.index(name)
        table = table.remove_column(place)
        if values is not None:
            table = table.add_column(place, name, pa.array(values))
    pq.write_table(table, file)
    (file.parent / "tables.json").unlink()


def test_a_graph_is_written_with_its_hidden_nodes(tmp_path: Path) -> None:
    """The files hold the arrays of the network, row by row."""
    network = knockon.open("chips").network()
    write_tables(network, tmp_path / "graph")
    tables = open_tables(tmp_path / "graph", origin=network.origin)
    assert (tables.kind, tables.entities, tables.nodes) == ("graph", network.entities, network.size)
    slots, supplies = (pq.read_table(tables.path(name)).to_pydict() for name in ("slots", "supplies"))
    assert slots["owner"] == network.slot_owner.tolist()
    assert slots["need"] == network.slot_need.tolist()
    assert supplies["provider"] == network.supply_provider.tolist()
    assert supplies["share"] == network.supply_share.tolist()
    nodes = pq.read_table(tables.path("nodes")).to_pydict()
    assert nodes["entity"] == network.entity.tolist()
    assert nodes["part"][network.entities :] == network.hidden_slot.tolist()
    (tmp_path / "graph" / "tables.json").unlink()
    assert open_tables(tmp_path / "graph").entities == network.entities


def test_costs_are_those_of_the_network(tmp_path: Path) -> None:
    """Costs that are not what a firm buys are found again in the shares of its inputs."""
    costs = [4.0, 8.0, 16.0]
    network = Network.from_flows([0, 1, 2], [2, 2, 1], [1.0, 3.0, 2.0], costs=costs)
    write_tables(network, tmp_path / "flows")
    assert pq.read_table(tmp_path / "flows" / "firms.parquet")["costs"].to_pylist() == [0.0, 8.0, 16.0]


def test_numbers_in_32_bits(tmp_path: Path, flows: Path) -> None:
    """Amounts may be stored in half the space; a folder of tables is replaced at once."""
    write_tables(Network.from_flows([0], [1], [0.1]), flows, bits=32)
    assert pq.read_schema(flows / "flows.parquet").field("value").type == pa.float32()
    assert open_tables(flows).links == 1
    assert [path.name for path in tmp_path.iterdir()] == ["flows"]


def test_no_rows(tmp_path: Path) -> None:
    """A network of nothing has files of no rows."""
    write_tables(Network.from_flows([], [], []), tmp_path / "flows")
    assert open_tables(tmp_path / "flows").rows == {"firms": 0, "flows": 0, "essentiality": 0}


@pytest.mark.parametrize(
    ("file", "columns", "message"),
    [
        ("flows", {"value": None}, "flows.parquet: has no column 'value' (the columns are supplier, customer)"),
        ("flows", {"value": ["a", "b", "c"]}, "flows.parquet: column 'value' is of type string, not of numbers"),
        ("flows", {"supplier": [0.0, 1.0, 1.0]}, "column 'supplier' is of type double, not of whole numbers"),
        ("flows", {"value": [1.0, None, 2.0]}, "flows.parquet: column 'value', row 2: no value"),
        ("flows", {"value": [1.0, 2.0, float("nan")]}, "flows.parquet: column 'value', row 3: nan is not finite"),
        ("flows", {"value": [1.0, 2.0, 1e101]}, "column 'value', row 3: 1e+101 is beyond 1e+100; measure in a larger unit"),
        ("flows", {"value": [1.0, 2.0, float("inf")]}, "column 'value', row 3: inf is not finite"),
        ("flows", {"value": [1.0, -2.0, 1.0]}, "column 'value', row 2: -2.0 is negative"),
        ("flows", {"customer": [1, 0, 3]}, "column 'customer', row 3: 3 is outside 0..2, the rows of firms.parquet"),
        ("flows", {"customer": [1, 0, 0]}, "column 'customer', row 3: 0 is not greater than in the row before"),
        ("flows", {"supplier": [1, 0, 1]}, "column 'supplier', row 2: 0 is less than in the row before"),
        ("firms", {"firm": [0, 2, 1]}, "column 'firm', row 2: 2 is not the number of the row"),
        ("firms", {"id": ["a", None, "c"]}, "firms.parquet: column 'id', row 2: no value"),
        ("firms", {"id": ["a", "", "c"]}, "firms.parquet: column 'id', row 2: empty"),
        ("firms", {"id": [0.5, 1.0, 2.0]}, "column 'id' is of type double, not of texts or whole numbers"),
        ("essentiality", {"essentiality": [2, 3]}, "column 'essentiality', row 2: 3 is outside 0..2"),
    ],
)
def test_faulty_columns(flows: Path, file: str, columns: dict[str, Any], message: str) -> None:
    """The error says which file, column and row, and what is wrong with it."""
    change(flows / f"{file}.parquet", **columns)
    with pytest.raises(InvalidData) as error:
        open_tables(flows)
    assert message in str(error.value)


def test_damaged_folders(flows: Path) -> None:
    """A file that is missing, is no Parquet file or is not the one that was written; tables of another revision."""
    with pytest.raises(InvalidData, match="of another revision"):
        open_tables(flows, origin="f00")
    good = (flows / "firms.parquet").read_bytes()
    pq.write_table(
        pq.read_table(flows / "firms.parquet").set_column(3, "final_demand", pa.array([1.0] * 3)), flows / "firms.parquet"
    )
    with pytest.raises(InvalidData, match=r"firms\.parquet: is not what was written"):
        open_tables(flows)
    (flows / "firms.parquet").write_bytes(good[:-9])
    with pytest.raises(InvalidData, match=r"firms\.parquet: cannot be read as a Parquet file"):
        open_tables(flows)
    (flows / "firms.parquet").unlink()
    with pytest.raises(InvalidData, match=r"firms\.parquet: does not exist"):
        open_tables(flows)
    (flows / "tables.json").write_text("{}")
    with pytest.raises(InvalidData, match=r"tables\.json: is not a manifest"):
        open_tables(flows)
    with pytest.raises(NotFound):
        open_tables(flows.parent / "nowhere")
    with pytest.raises(UsageError, match="exists already and is not a network as tables"):
        write_tables(Network.from_flows([0], [1], [1.0]), flows.parent)


def test_a_file_that_cannot_grow_leaves_nothing(tmp_path: Path) -> None:
    """Where the disk, or the size that a file may have, ends within a table, the error is ours, and nothing is left."""
    resource = pytest.importorskip("resource")
    network = Network.from_flows(np.arange(500), np.arange(500) + 1, np.random.default_rng(1).random(500))
    write_tables(network, tmp_path / "whole")
    size = (tmp_path / "whole" / "flows.parquet").stat().st_size
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    for limit in (size // 2, size - 500, size - 300, size - 100, size - 10):
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
        try:
            with pytest.raises(UsageError, match="cannot write"):
                write_tables(network, tmp_path / "tables")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert [path.name for path in tmp_path.iterdir()] == ["whole"]


@pytest.mark.parametrize(
    "changed",
    [
        {"entities": "3"}, {"entities": None}, {"entities": 1.5}, {"entities": True}, {"origin": 5}, {"network": None},
        {"files": {}}, {"files": []}, {"kind": ["flows"]}, {"rows": "x"}, {"rows": None}, {"sha256": 7},
    ],
)  # fmt: skip
def test_a_manifest_of_other_types_is_refused(flows: Path, changed: dict[str, Any]) -> None:
    """Values of other types are an error also where the checksum of the manifest is right."""
    path = flows / MANIFEST
    manifest = json.loads(path.read_text())
    del manifest["sha256"]
    of_a_file = changed.keys() & {"rows", "sha256"}
    (manifest["files"]["flows"] if of_a_file else manifest).update(changed)
    path.write_bytes(manifest_bytes(manifest))
    with pytest.raises(InvalidData, match=MANIFEST):
        open_tables(flows)
    for name in ("origin", "entities"):
        path.write_bytes(manifest_bytes({key: value for key, value in manifest.items() if key != name}))
        with pytest.raises(InvalidData, match=MANIFEST):
            open_tables(flows)


@pytest.mark.parametrize(
    ("file", "column"), [("firms", "sector"), ("essentiality", "supplier_sector"), ("essentiality", "customer_sector")]
)
def test_sectors_that_do_not_fit_into_memory_are_an_error(flows: Path, file: str, column: str) -> None:
    """A sector number beyond what a matrix of all pairs has room for is an error with file, column and row."""
    path = flows / f"{file}.parquet"
    count = pq.read_table(path).num_rows
    change(path, **{column: [0] * (count - 1) + [2**30]})
    with pytest.raises(InvalidData, match=f"{file}.parquet: column '{column}', row {count}: 1073741824 is beyond"):
        read_tables(open_tables(flows))


def parquet(path: Path, **columns: Any) -> Path:
    pq.write_table(pa.table(columns), path)
    return path


def test_files_of_a_user(tmp_path: Path) -> None:
    """Columns are known in any spelling and by synonyms; ids are texts or whole numbers, and two columns are enough."""
    two = parquet(tmp_path / "two.parquet", Seller=["a", "b"], Buyer=["b", "c"])
    assert open_flow_files(two).flows.columns == {"supplier": "Seller", "customer": "Buyer"}
    assert not open_flow_files(two).valued
    three = parquet(tmp_path / "three.parquet", supplier=[2**60], customer=[5], amount=pa.array([3], pa.int32()))
    files = open_flow_files(three, parquet(tmp_path / "firms.parquet", firm=[5], Sector=["x"]))
    assert isinstance(files, FlowFiles)
    assert files.valued
    assert files.firms is not None
    assert files.firms.columns == {"firm": "firm", "sector": "Sector"}


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"supplier": ["a"], "value": [1.0]}, "has no column 'customer'"),
        ({"supplier": ["a", None], "customer": ["b", "c"]}, "column 'supplier', row 2: no value"),
        ({"supplier": ["a"], "customer": ["b"], "value": [-1.0]}, "column 'value', row 1: -1.0 is negative"),
        ({"supplier": ["a"], "customer": ["b"], "value": ["x"]}, "column 'value', row 1: 'x' is not a number"),
        ({"supplier": ["a"], "customer": ["b"], "value": [True]}, "column 'value' is of type bool"),
        ({"supplier": ["a"], "customer": ["b"], "value": [[1.0]]}, "column 'value' is of type list"),
        ({"supplier": ["a"], "Supplier": ["a"], "customer": ["b"]}, "has two columns 'supplier'"),
        ({"from": ["a"], "seller": ["a"], "customer": ["b"]}, "has two columns 'supplier': from, seller"),
        ({"supplier": [1.5], "customer": ["b"]}, "column 'supplier', row 1: 1.5 has decimals"),
        ({"supplier": [2.0**60], "customer": ["b"]}, "too large to be exact"),
        ({"supplier": [b"\xff"], "customer": ["b"]}, "column 'supplier', row 1: not UTF-8"),
        ({"supplier": ["a\x1b[31m"], "customer": ["b"]}, "column 'supplier', row 1: a control character"),
        ({"supplier": ["nan"], "customer": ["b"]}, "column 'supplier', row 1: no id"),
        ({f"c{number}": [1] for number in range(2000)}, "c29 and 1,970 more"),
        ({"x" * 10_000: [1]}, "xxx..."),
    ],
)
def test_faulty_files_of_a_user(tmp_path: Path, columns: dict[str, Any], message: str) -> None:
    """The error says which file and column, and what is wrong with it."""
    with pytest.raises(InvalidData) as error:
        open_flow_files(parquet(tmp_path / "flows.parquet", **columns))
    assert message in str(error.value)
    assert "flows.parquet" in str(error.value)


def test_what_is_no_path_is_an_error_that_says_so(tmp_path: Path) -> None:
    """A number, a name that is too long, a character that no path has, and a folder of Parquet files."""
    network = Network.from_flows([0], [1], [1.0])
    for name in (3, None, {"supplier": [1]}, "x" * 5000, "a\0b", "\ud800"):
        calls: list[Callable[[Any], Any]] = [
            open_tables, open_flow_files, Network.open, network.save, lambda path: write_tables(network, path),
        ]  # fmt: skip
        for call in calls:
            with pytest.raises(UsageError, match="path"):
                call(name)
    (tmp_path / "parts.parquet" / "year=2025").mkdir(parents=True)
    parquet(tmp_path / "parts.parquet" / "year=2025" / "part-0.parquet", supplier=["a"], customer=["b"], value=[1.0])
    for read in (open_flow_files, Network.from_table):
        with pytest.raises(UsageError, match="is a folder; name a file; the Parquet files in it are read one at a time"):
            read(tmp_path / "parts.parquet")
    with pytest.raises(UsageError, match="write them as one file"):
        knockon.open(tmp_path / "parts.parquet")


def test_rows_are_counted_over_pieces(tmp_path: Path) -> None:
    """A faulty row of a later piece has its own number."""
    value = np.ones(300_000)
    value[-1] = -1
    path = parquet(tmp_path / "flows.parquet", supplier=np.arange(300_000), customer=np.arange(300_000) + 1, value=value)
    with pytest.raises(InvalidData, match=r"row 300,000: -1\.0 is negative"):
        open_flow_files(path)
