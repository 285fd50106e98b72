"""A synthetic country: it adds up to its table, follows sizes, is the same for a seed, and says that it is synthetic."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knockon.authoring.flow_tables import FlowTable, read_flows
from knockon.errors import InvalidData, LimitReached, NotFound, UsageError
from knockon.network import Network
from knockon.propagation import esri
from knockon.synthetic import generate_country
from knockon.synthetic.economy import Economy, invent_economy, read_economy
from knockon.synthetic.fitting import fit_matrix

#: A wide table of two countries with two industries, changes in inventories, value added, and an industry without flows.
WIDE = """,FRA_A,FRA_B,DEU_A,DEU_B,DEU_C,FRA_HFCE,DEU_HFCE,FRA_INVNT
FRA_A,10,5,0,2,0,7,1,-2
FRA_B,3,0,1,0,0,4,0,1
DEU_A,0,2,6,5,0,0,9,0
DEU_B,1e-3,0,2,0,0,0,0,0
DEU_C,0,0,0,0,0,0,0,0
VA,12,6,13,1,0,0,0,0
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A country of 1,000 firms in CSV."""
    path = tmp_path_factory.mktemp("country") / "made"
    generate_country(path, 1000, 5, tables="csv")
    return path


def tables_of(folder: Path, form: str = "csv") -> FlowTable:
    return read_flows(*(folder / f"synthetic-{name}.{form}" for name in ("flows", "firms", "essentiality")))


def check_margins(folder: Path, economy: Economy, form: str = "csv") -> FlowTable:
    """Compare what is read from the files with the table of sectors: flows, final demand, costs, inventories."""
    table = tables_of(folder, form)
    assert table.sector is not None
    name = [economy.sectors.index(sector) for sector in table.sectors]
    sector = np.array(name)[table.sector]
    size = len(economy.sectors)
    flows = np.zeros((size, size))
    np.add.at(flows, (sector[table.supplier], sector[table.customer]), table.value)
    expected = np.zeros((size, size))
    expected[economy.supplier, economy.customer] = economy.value
    np.testing.assert_allclose(flows, expected, rtol=1e-9, atol=0)
    for stated, total in (
        (table.final_demand, economy.final_demand),
        (table.inventories, economy.inventories),
        (table.costs, None if economy.value_added is None else economy.purchases + economy.value_added),
    ):
        assert (stated is None) == (total is None)
        if stated is not None and total is not None:
            np.testing.assert_allclose(np.bincount(sector, stated, size), total, rtol=1e-9, atol=1e-12)
    assert (table.supplier != table.customer).all()
    assert len(set(zip(table.supplier.tolist(), table.customer.tolist(), strict=True))) == len(table.value)
    return table


def test_an_invented_country_adds_up_to_its_table(folder: Path) -> None:
    """The flows of firms are those of the sectors of synthetic-table.csv, which is itself a table that is read."""
    check_margins(folder, read_economy(folder / "synthetic-table.csv"))


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_table_of_the_user_is_met(form: Any, tmp_path: Path) -> None:
    """With countries, inventories, value added and a sector without flows, which has no firms."""
    if form == "parquet":
        pytest.importorskip("pyarrow")
    (tmp_path / "wide.csv").write_text(WIDE, "utf-8")
    country = generate_country(tmp_path / "made", 60, 2, table=tmp_path / "wide.csv", tables=form)
    assert (country.sectors, country.table) == (4, str(tmp_path / "wide.csv"))
    assert not (tmp_path / "made" / "synthetic-table.csv").exists()
    table = check_margins(tmp_path / "made", read_economy(tmp_path / "wide.csv"), form)
    assert table.inventories is not None
    # DEU_B has no final demand: each of its firms sells to a firm.
    assert table.sector is not None
    of_b = np.flatnonzero(table.sector == table.sectors.index("DEU_B"))
    assert set(of_b.tolist()) <= set(table.supplier.tolist())


@st.composite
def matrices(draw: st.DrawFn) -> list[list[float]]:
    """Up to four sectors, with zeros, tiny and large flows."""
    size = draw(st.integers(1, 4))
    row = st.lists(st.sampled_from([0.0, 1e-6, 1.0, 3.5, 1e7]), min_size=size, max_size=size)
    return draw(st.lists(row, min_size=size, max_size=size))


@settings(max_examples=30, deadline=None)
@given(matrix=matrices(), firms=st.integers(10, 60), seed=st.integers(0, 5), links=st.sampled_from([1, 2.5, 9]))
def test_any_table_is_met_by_any_number_of_firms(
    matrix: list[list[float]], firms: int, seed: int, links: float, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Zeros, tiny and large flows, one sector alone: every pair of sectors has its flows, and none that the table lacks."""
    path = tmp_path_factory.getbasetemp() / "any"
    path.mkdir(exist_ok=True)
    rows = [
        ("supplier", "customer", "value"),
        *((f"s{k}", f"s{m}", v) for k, row in enumerate(matrix) for m, v in enumerate(row)),
    ]
    (path / "sectors.csv").write_text("".join(f"{a},{b},{c}\n" for a, b, c in rows), "utf-8")
    if not np.any(matrix):
        with pytest.raises(InvalidData, match="has no flow above 0"):
            generate_country(path / "made", firms, seed, table=path / "sectors.csv", links=links, tables="csv")
        return
    generate_country(path / "made", firms, seed, table=path / "sectors.csv", links=links, tables="csv")
    check_margins(path / "made", read_economy(path / "sectors.csv"))


def test_degrees_and_values_follow_sizes(folder: Path) -> None:
    """Sizes are Zipf's; larger firms have more suppliers, more customers and larger flows."""
    table = tables_of(folder)
    lines = (folder / "synthetic-firms.csv").read_text("utf-8").splitlines()
    place = lines[0].split(",").index("employees")
    size = {line.split(",")[0]: int(line.split(",")[place]) for line in lines[1:]}
    sizes = np.array([size[name] for name in table.names])
    ranked = np.sort(sizes)[::-1]
    for rank in (1, 10, 100):
        assert 1000 / rank <= ranked[rank - 1] * 1.01 <= 2.05 * 1000 / rank
    for numbers in (
        np.bincount(table.supplier, minlength=1000),
        np.bincount(table.customer, minlength=1000),
        np.bincount(table.supplier, table.value, 1000),
        np.bincount(table.customer, table.value, 1000),
    ):
        order = np.argsort(np.argsort(numbers)), np.argsort(np.argsort(sizes))
        assert np.corrcoef(*order)[0, 1] > 0.4
        assert numbers[sizes >= ranked[49]].mean() > 3 * numbers[sizes <= ranked[500]].mean()
    assert 6 < len(table.value) / 1000 < 8


def test_the_same_seed_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    """Another seed gives others; the manifest has the checksum of each file; an older country is replaced as a whole."""
    other = tmp_path / "made"
    generate_country(other, 1000, 6, tables="csv")
    different = {path.name: path.read_bytes() for path in other.iterdir()}
    generate_country(other, 1000, 5, tables="csv")
    same = {path.name: path.read_bytes() for path in other.iterdir()}
    assert same == {path.name: path.read_bytes() for path in folder.iterdir()}
    assert different["synthetic-flows.csv"] != same["synthetic-flows.csv"]


def test_parquet_and_csv_are_one_country(folder: Path, tmp_path: Path) -> None:
    """Every name and digit is the same in both, and the metadata of Parquet say that it is synthetic."""
    pytest.importorskip("pyarrow")
    from pyarrow import parquet

    generate_country(tmp_path / "made", 1000, 5)
    networks = [
        Network.from_table(*(place / f"synthetic-{name}.{form}" for name in ("flows", "firms", "essentiality")))
        for place, form in ((folder, "csv"), (tmp_path / "made", "parquet"))
    ]
    assert networks[0].hash == networks[1].hash
    schema = parquet.read_schema(tmp_path / "made" / "synthetic-flows.parquet")
    assert schema.metadata[b"synthetic"] == b"true"
    assert (esri(networks[0], [0]).index <= 1).all()


def test_nothing_looks_real(folder: Path) -> None:
    """Firms are numbered; files, the sectors of the invented table and the manifest say synthetic."""
    table = tables_of(folder)
    assert all(re.fullmatch(r"Firm \d{6}", name) for name in table.names)
    assert all(name.startswith("Synthetic sector ") for name in table.sectors)
    assert json.loads((folder / "synthetic-country.json").read_text("utf-8"))["synthetic"] is True
    assert "Nothing in this folder is real" in (folder / "README.md").read_text("utf-8")
    assert all(path.name.startswith("synthetic-") or path.name == "README.md" for path in folder.iterdir())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"firms": 9}, "firms is a whole number from 10 to 10,000,000, not 9"),
        ({"firms": 10**9}, "firms is a whole number from 10"),
        ({"firms": 100.0}, "firms is a whole number"),
        ({"firms": True}, "firms is a whole number"),
        ({"seed": -1}, "seed is a whole number from 0"),
        ({"sectors": 0}, "sectors is a whole number from 1 to 500"),
        ({"sectors": 200}, "100 firms are too few: 200 sectors need 400 firms, two where one sells to itself"),
        ({"links": 0.5}, "links is a number from 1 to 100"),
        ({"links": float("nan")}, "links is a number from 1 to 100"),
        ({"firms": 10**7, "links": 8}, "more than 70,000,000 flows"),
        ({"tables": "xlsx"}, "tables are written as parquet or csv"),
    ],
)
def test_numbers_out_of_bounds_are_refused(arguments: dict[str, Any], message: str, tmp_path: Path) -> None:
    """With what they may be; nothing is written."""
    with pytest.raises(UsageError, match=re.escape(message)):
        generate_country(tmp_path / "made", **{"firms": 100, "tables": "csv", **arguments})
    assert not list(tmp_path.iterdir())


def test_other_folders_and_files_are_left_alone(tmp_path: Path) -> None:
    """A folder that is no synthetic country, a file, a table that is none."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "x").write_text("x", "utf-8")
    for place in ("mine", "mine/x"):
        with pytest.raises(UsageError, match="exists already and is not a synthetic country"):
            generate_country(tmp_path / place, 20, tables="csv")
    with pytest.raises(UsageError, match="cannot write"):
        generate_country(tmp_path / "mine" / "x" / "y", 20, tables="csv")
    with pytest.raises(NotFound):
        generate_country(tmp_path / "made", 20, table=tmp_path / "none.csv", tables="csv")
    with pytest.raises(UsageError, match="sectors are those of the table"):
        generate_country(tmp_path / "made", 20, table=tmp_path / "mine" / "x", sectors=3, tables="csv")
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_without_pyarrow_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Parquet needs it, CSV does not."""
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    with pytest.raises(UsageError, match=r"pip install 'knockon\[parquet\]'"):
        generate_country(tmp_path / "made", 20)
    assert generate_country(tmp_path / "made", 20, tables="csv").firms == 20


def test_an_invented_economy_balances() -> None:
    """Output is sales and final demand, and purchases and value added; all are above 0, of one sector too."""
    for sectors in (1, 2, 37):
        economy = invent_economy(sectors, 1000, 4)
        assert economy.value_added is not None
        np.testing.assert_allclose(economy.sales + economy.final_demand, economy.purchases + economy.value_added, rtol=1e-12)
        assert min(economy.value.min(), economy.final_demand.min(), economy.value_added.min()) > 0


def test_fitting_meets_both_margins_or_says_so() -> None:
    """Proportions of the first matrix stay; totals that no scaling meets are an error."""
    fitted = fit_matrix(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([5.0, 5.0]), np.array([3.0, 7.0]))
    np.testing.assert_allclose(fitted.sum(axis=1), 5, rtol=1e-12)
    np.testing.assert_allclose(fitted.sum(axis=0), [3, 7], rtol=1e-12)
    assert fitted[0, 0] * fitted[1, 1] / fitted[0, 1] / fitted[1, 0] == pytest.approx(4 / 6)
    with pytest.raises(LimitReached):
        fit_matrix(np.ones((1, 1)), np.array([1.0]), np.array([2.0]))


def test_every_firm_of_the_list_has_one_row(folder: Path) -> None:
    """Firms are listed once, those without flows too."""
    rows = defaultdict(int)
    for line in (folder / "synthetic-firms.csv").read_text("utf-8").splitlines()[1:]:
        rows[line.split(",")[0]] += 1
    assert len(rows) == 1000
    assert set(rows.values()) == {1}
