"""Wide input-output tables are read as flows between industries, with final demand, inventories and costs apart."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given

from knockon.authoring.flow_tables import is_table, read_flows
from knockon.authoring.mrio import read_mrio
from knockon.authoring.options import DEFAULTS, ReadOptions
from knockon.errors import InvalidData, KnockonError, UsageError
from support.imports import damaged_text

ICIO = """V1,FRA_A01,FRA_C10,DEU_A01,DEU_C10,FRA_HFCE,FRA_INVNT,DEU_HFCE,OUT
FRA_A01,5,10,0,2,8,-3,1,23
FRA_C10,1,4,0,3,20,1,5,34
DEU_A01,0,1,2,6,0,-1,4,12
DEU_C10,0,2,1,1,3,0,10,17
TLS,1,1,0,-1,,,,
VA,16,16,9,6,,,,
OUT,23,34,12,17,,,,
"""
#: The same table with two rows and two columns of labels, as EXIOBASE and pymrio write it.
EXIOBASE = """region\t\tFRA\tFRA\tDEU\tDEU\tFRA\tFRA\tDEU
sector\t\tA01\tC10\tA01\tC10\tHFCE\tINVNT\tHFCE
""" + "\n".join("\t".join((*line.split(",")[0].split("_"), *line.split(",")[1:-1])) for line in ICIO.splitlines()[1:5])


def written(tmp_path: Path, text: str, name: str = "io.csv") -> Path:
    path = tmp_path / name
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize("text", [ICIO, ICIO.replace(",", ";"), EXIOBASE])
def test_the_flows_with_their_diagonal(tmp_path: Path, text: str) -> None:
    table = read_flows(written(tmp_path, text))
    assert table.names == ("FRA_A01", "FRA_C10", "DEU_A01", "DEU_C10")
    matrix = np.zeros((4, 4))
    matrix[table.supplier, table.customer] = table.value
    assert matrix.tolist() == [[5, 10, 0, 2], [1, 4, 0, 3], [0, 1, 2, 6], [0, 2, 1, 1]]
    assert table.sector is not None
    assert [table.sectors[number] for number in table.sector] == ["A01", "C10", "A01", "C10"]


def test_final_demand_inventories_and_costs_are_columns_of_their_own(tmp_path: Path) -> None:
    table = read_flows(written(tmp_path, ICIO))
    assert table.final_demand is not None
    assert table.inventories is not None
    assert table.costs is not None
    assert table.final_demand.tolist() == [9, 25, 4, 13]
    assert table.inventories.tolist() == [-3, 1, -1, 0]
    assert table.costs.tolist() == [23, 34, 12, 17]
    assert table.line_of(0) == 2


def test_inventories_of_firms_may_be_negative_and_final_demand_may_not(tmp_path: Path) -> None:
    flows = written(tmp_path, "supplier,customer,value\na,b,1\n", "flows.csv")
    firms = written(tmp_path, "firm,final_demand,inventories\na,5,-2\n", "firms.csv")
    table = read_flows(flows, firms)
    assert table.inventories is not None
    assert table.inventories.tolist() == [-2, 0]
    with pytest.raises(InvalidData, match="a column of its own, inventories"):
        read_flows(flows, written(tmp_path, "firm,final_demand\na,-5\n", "firms.csv"))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("FRA_A01,5,10", "FRA_A01,5,-10", "io.csv:2: FRA_A01 sells -10 to FRA_C10"),
        ("FRA_C10,1,4", "FRA_C10,1,much", "io.csv:3: has a cell that is not a number"),
        ("FRA_C10,1,4", "FRA_C10,1,nan", "io.csv:3: has a cell that is not a finite number"),
        ("DEU_A01,0,1,2,", "DEU_A01,0,1,", "io.csv:4: has 8 cells, and the header 9"),
        ("\nDEU_C10,0", "\nFRA_A01,0", "io.csv:5: is a second row 'FRA_A01'"),
        ("DEU_A01,DEU_C10", "DEU_C10,DEU_C10", "io.csv:1: has two columns 'DEU_C10'"),
        (",8,-3,1,", ",8,-3,-10,", "the final demand for FRA_A01 is negative"),
    ],
)
def test_a_fault_is_an_error_with_its_line(tmp_path: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(InvalidData) as error:
        read_flows(written(tmp_path, ICIO.replace(old, new, 1)))
    assert message in str(error.value)


def test_decimal_commas_and_a_table_of_firms_that_does_not_belong_to_it(tmp_path: Path) -> None:
    path = written(tmp_path, ICIO.replace(",", ";").replace("10;0;2;8", "10,5;0;2;8"))
    assert 10.5 in read_flows(path, options=ReadOptions(decimal=",")).value.tolist()
    with pytest.raises(UsageError, match="leave out --firms"):
        read_flows(path, path, options=ReadOptions(decimal=","))


def test_other_tables_are_not_taken_for_one(tmp_path: Path) -> None:
    assert not is_table(written(tmp_path, "name,a,b\nx,1,2\n"))
    assert not is_table(written(tmp_path, "dependant,need,value\na,need,3\n"))


@given(damaged_text(ICIO, EXIOBASE))
def test_hostile_tables(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.mktemp("io") / "io.csv"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    try:
        table = read_mrio(path, DEFAULTS)
    except KnockonError:
        return
    assert (table.value > 0).all()
