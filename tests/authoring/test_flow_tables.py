"""Tables of flows in files: every form that is taken, and every fault named by its row."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from knockon.authoring.flow_tables import FlowTable, is_table, read_flows
from knockon.authoring.options import ReadOptions
from knockon.errors import InvalidData, NotFound, UsageError
from knockon.model.base import LONGEST_NAME
from support.workbook_file import number, text, workbook

FLOWS = "supplier,customer,value\nacme,shop,3\nmine,acme,1.5\nshop,mine,2\n"


def written(folder: Path, text: str, name: str = "flows.csv") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def faults(folder: Path, text: str, **others: str) -> str:
    paths = {key: written(folder, content, f"{key}.csv") for key, content in others.items()}
    with pytest.raises(InvalidData) as caught:
        read_flows(written(folder, text), paths.get("firms"), paths.get("essentiality"))
    return str(caught.value)


def test_firms_are_numbered_in_the_order_of_their_names(tmp_path: Path) -> None:
    """Names become rows; what is in no other table has no sector, no demand and no equity."""
    table = read_flows(written(tmp_path, FLOWS))
    assert table.names == ("acme", "mine", "shop")
    assert (table.supplier.tolist(), table.customer.tolist()) == ([0, 1, 2], [2, 0, 1])
    assert table.value.tolist() == [3.0, 1.5, 2.0]
    assert (table.sector, table.essentiality, table.final_demand, table.equity) == (None, None, None, None)


def test_numbers_are_ordered_as_numbers_and_codes_as_text(tmp_path: Path) -> None:
    """Firm 9 stands before firm 10; 007 is a name."""
    numbers = read_flows(written(tmp_path, "supplier,customer,value\n10,9,1\n9,2,1\n"))
    assert numbers.names == ("2", "9", "10")
    codes = read_flows(written(tmp_path, "supplier,customer,value\n007,10,1\n9,2,1\n"))
    assert codes.names == ("007", "10", "2", "9")


def test_parquet_and_csv_say_the_same(tmp_path: Path) -> None:
    """The same table in both forms gives the same columns, names as text or as numbers."""
    pa = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    for suppliers, customers in ((["a", "b"], ["b", "c"]), ([3, 11], [11, 4])):
        path = tmp_path / "flows.parquet"
        parquet.write_table(pa.table({"value": [1.0, 2.0], "supplier": suppliers, "customer": customers}), path)
        text = "supplier,customer,value\n" + "".join(
            f"{s},{c},{v}\n" for s, c, v in zip(suppliers, customers, (1.0, 2.0), strict=True)
        )
        item, other = read_flows(path), read_flows(written(tmp_path, text))
        assert is_table(path)
        assert item.names == other.names
        for name in ("supplier", "customer", "value"):
            assert getattr(item, name).tolist() == getattr(other, name).tolist()


def test_what_is_known_of_firms_and_sectors(tmp_path: Path) -> None:
    """Sectors, final demand and equity by firm; essentiality by pair of sectors, 1 where no row says otherwise."""
    firms = "firm,sector,final_demand,equity\nshop,retail,5,7\nacme,tools,0,2\nmine,ore,1,3\nidle,ore,0,1\n"
    pairs = "supplier_sector,customer_sector,essentiality\nore,tools,2\ntools,retail,0\nglass,retail,2\n"
    table = read_flows(
        written(tmp_path, FLOWS), written(tmp_path, firms, "firms.csv"), written(tmp_path, pairs, "essentiality.csv")
    )
    assert table.names == ("acme", "idle", "mine", "shop")
    assert table.sectors == ("ore", "retail", "tools")
    assert table.sector is not None
    assert table.sector.tolist() == [2, 0, 0, 1]
    assert np.asarray(table.essentiality).tolist() == [[1, 1, 2], [1, 1, 1], [1, 0, 1]]
    assert np.asarray(table.final_demand).tolist() == [0, 0, 1, 5]
    assert np.asarray(table.equity).tolist() == [2, 1, 3, 7]


def test_sectors_beside_the_flows(tmp_path: Path) -> None:
    """Columns of sectors in the table of flows do as well, if they never disagree."""
    text = "supplier,customer,value,supplier_sector,customer_sector\na,b,1,x,y\nb,c,1,y,x\n"
    table = read_flows(written(tmp_path, text))
    assert (table.sectors, np.asarray(table.sector).tolist()) == (("x", "y"), [0, 1, 0])
    message = faults(tmp_path, text.replace("b,c,1,y,x", "b,c,1,x,x"))
    assert "flows.csv:2: gives a firm a second sector" in message


@pytest.mark.parametrize(
    ("text", "others", "message"),
    [
        ("supplier,customer\na,b\n", {}, "flows.csv: has no column 'value' (the columns are supplier, customer)"),
        ("", {}, "flows.csv: is empty (the first row names the columns)"),
        ("supplier,customer,value\na,b,1\na,b\n", {}, "flows.csv:3: does not have the 3 columns of the first row"),
        ("supplier,customer,value\na,b,many\n", {}, "flows.csv:2: has a value that is not a number"),
        ("supplier,customer,value\na,b,1\na,b,-2\n", {}, "flows.csv:3: has a negative value"),
        ("supplier,customer,value\na,b,nan\n", {}, "flows.csv:2: has a value that is not finite"),
        ("supplier,customer,value\na,\x1b[31mred,1\n", {}, "flows.csv:2: contains the control character U+001B"),
        ("supplier,customer,value\n,b,1\n", {}, "flows.csv:2: has no supplier"),
        (FLOWS, {"firms": "firm,sector\nacme,x\nacme,x\n"}, "firms.csv:3: names 'acme' a second time"),
        (FLOWS, {"firms": "firm,sector\nacme,x\n"}, "firms.csv: 2 firms have no sector: 'mine', 'shop' (give"),
        (FLOWS, {"firms": "name\nacme\n"}, "firms.csv: has no column 'firm'"),
        (FLOWS, {"firms": "firm,equity\nacme,lots\n"}, "firms.csv:2: has an equity that is not a number"),
        (FLOWS.replace("shop,mine", "sh\u202eop,mine"), {}, "flows.csv:4: has a control character in its supplier"),
        (
            FLOWS,
            {"essentiality": "supplier_sector,customer_sector,essentiality\nx,y,3\n"},
            "essentiality.csv:2: has an essentiality other than 0, 1 or 2",
        ),
    ],
)
def test_faults_are_named_by_file_and_row(tmp_path: Path, text: str, others: dict[str, str], message: str) -> None:
    """What is wrong, where, and what would mend it; never a traceback."""
    assert message in faults(tmp_path, text, **others)


def test_a_workbook_of_flows_with_several_sheets_needs_a_choice(tmp_path: Path) -> None:
    """With --sheet one is read; without it the message names them."""
    rows = [[text(name) for name in ("supplier", "customer", "value")], [text("acme"), text("shop"), number(3)]]
    path = workbook(tmp_path / "flows.xlsx", {"this year": rows, "last year": rows})
    with pytest.raises(UsageError, match=r"has several sheets \(this year, last year\): choose one with --sheet NAME"):
        read_flows(path)
    assert read_flows(path, options=ReadOptions(sheets=("last year",))).value.tolist() == [3.0]


def test_many_faults_are_counted(tmp_path: Path) -> None:
    """The first few rows are named, the others counted."""
    message = faults(tmp_path, "supplier,customer,value\n" + "a,b,x\n" * 9)
    assert message.count("is not a number") == 5
    assert "9 rows of this kind in all" in message


def test_what_is_no_table(tmp_path: Path) -> None:
    """A file that is not there, a Parquet file that is none, and files of other kinds."""
    with pytest.raises(NotFound, match="no file called"):
        read_flows(tmp_path / "none.csv")
    pytest.importorskip("pyarrow")
    with pytest.raises(InvalidData, match="cannot be read as a Parquet file"):
        read_flows(written(tmp_path, "hello", "flows.parquet"))
    (tmp_path / "latin.csv").write_bytes(b"supplier,customer,value\n\xe9,b,1\n")
    with pytest.raises(InvalidData, match="is not UTF-8 text"):
        read_flows(tmp_path / "latin.csv")
    assert not is_table(written(tmp_path, "a,b\n1,2\n", "other.csv"))
    assert not is_table(tmp_path)
    assert not is_table(written(tmp_path, "x", "broken.parquet"))


def test_without_pyarrow_parquet_is_a_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the extra to install."""
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    with pytest.raises(UsageError, match=r"pip install 'knockon\[parquet\]'"):
        read_flows(written(tmp_path, "PAR1", "flows.parquet"))
    with pytest.raises(InvalidData, match="cannot be read as a Parquet file"):
        read_flows(written(tmp_path, "x", "none.parquet"))


def test_the_table_is_what_a_network_takes(tmp_path: Path) -> None:
    """From file to index: a chain of three firms, all of whose inputs are non-essential."""
    from knockon.network import Network
    from knockon.propagation import esri

    table: FlowTable = read_flows(written(tmp_path, "supplier,customer,value\na,b,1\nb,c,1\n"))
    network = Network.from_flows(table.supplier, table.customer, table.value, names=table.names)
    assert esri(network, replaceability=False).index.tolist() == [1.0, 1.0, 1.0]
    assert list(network.nodes) == ["a", "b", "c"]


@pytest.mark.parametrize(
    "text",
    [
        "Supplier;Customer;Value\na;b;1\nb;c;2\n",
        "sep=|\nSELLER|Buyer|Amount\na|b|1\nb|c|2\n",
        "\n\nsupplier\tcustomer\tvalue\tnote\na\tb\t1\tx\n\nb\tc\t2\ty\n",
    ],
)
def test_flows_in_any_spelling_say_the_same(tmp_path: Path, text: str) -> None:
    """Delimiters, capitals, other words, blank lines and further columns change nothing."""
    path = written(tmp_path, text)
    table = read_flows(path)
    assert is_table(path)
    assert (table.names, table.value.tolist()) == (("a", "b", "c"), [1.0, 2.0])
    assert table.line_of(1) == len(text.splitlines())


def test_other_names_are_read_where_they_are_said(tmp_path: Path) -> None:
    """--rename; two columns for one are refused; a missing one is told with those that are there."""
    path = written(tmp_path, "from firm,to firm,value\na,b,1\n")
    options = ReadOptions(rename=(("from firm", "supplier"), ("to firm", "customer")))
    assert is_table(path, options)
    assert not is_table(path)
    assert read_flows(path, options=options).names == ("a", "b")
    assert "the columns are from firm, to firm, value" in faults(tmp_path, path.read_text())
    assert "duplicate column 'supplier'" in faults(tmp_path, "supplier,Supplier,customer,value\na,a,b,1\n")


def test_a_point_among_decimal_commas_is_refused(tmp_path: Path) -> None:
    """1.234 may be a thousand or little more than one."""
    path = written(tmp_path, "supplier;customer;value\na;b;1,5\nb;c;1.234\n")
    with pytest.raises(InvalidData, match=r"flows.csv:3: has a point in its value"):
        read_flows(path, options=ReadOptions(decimal=","))


def test_a_long_name_does_not_make_every_row_long(tmp_path: Path) -> None:
    """Texts of a column take the room of the longest: what is too long for a name is refused with its row."""
    text = "supplier,customer,value\nacme,shop,1\n" + "x" * (LONGEST_NAME + 1) + ",shop,1\n"
    message = faults(tmp_path, text)
    assert "flows.csv:3: " in message
    assert f"has a cell of more than {LONGEST_NAME:,} characters (a name or a number is shorter)" in message
