"""Tables of flows from Parquet, Arrow, data frames and plain text: the same columns, or an error with column and row."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knockon.authoring import plain_text
from knockon.authoring.flow_tables import FlowTable, read_flows
from knockon.authoring.name_columns import number_names, of_numbers, of_texts
from knockon.errors import InvalidData, UsageError
from knockon.network import Network

pa = pytest.importorskip("pyarrow")

VALUES = [3.0, 1.5, 2.0]


def summary(table: FlowTable) -> tuple[Any, ...]:
    return table.names, table.supplier.tolist(), table.customer.tolist(), table.value.tolist()


def flows(supplier: Any = ("b", "a", "b"), customer: Any = ("c", "b", "a"), value: Any = VALUES) -> dict[str, Any]:
    return {"supplier": supplier, "customer": customer, "value": value}


@pytest.mark.parametrize(
    "kind",
    [pa.string(), pa.large_string(), pa.binary(), pa.string_view(), pa.dictionary(pa.int8(), pa.string()), pa.binary(1)],
    ids=str,
)
def test_names_of_every_type_of_text_are_the_same(kind: Any, tmp_path: Path) -> None:
    """Texts, views, categories and bytes, in memory; what Parquet can hold, in a file too."""
    from pyarrow import parquet

    columns = flows()
    table = pa.table(columns | {name: pa.array(columns[name]).cast(kind) for name in ("supplier", "customer")})
    expected = (("a", "b", "c"), [1, 0, 1], [2, 1, 0], VALUES)
    assert summary(read_flows(table)) == expected
    if kind != pa.string_view():
        parquet.write_table(table, tmp_path / "flows.parquet")
        assert summary(read_flows(tmp_path / "flows.parquet")) == expected


@pytest.mark.parametrize(
    "column",
    # Made when they are needed: with its first array pyarrow imports pandas.
    [
        lambda: pa.array([10, 9, 10], pa.int8()),
        lambda: pa.array([10, 9, 10], pa.uint64()),
        lambda: pa.array([10.0, 9.0, 10.0]),
        lambda: pa.array([Decimal(10), Decimal(9), Decimal(10)], pa.decimal128(38, 0)),
        lambda: pa.array(["10", "9", "10"]),
        lambda: pa.chunked_array([["10"], [], ["9", "10"]]),
    ],
    ids=["int8", "uint64", "double", "decimal", "string", "chunks"],
)
def test_whole_numbers_are_the_same_in_every_type(column: Callable[[], Any]) -> None:
    """Numbers of any width, floats without decimals, decimals, texts of digits: sorted as numbers, named alike."""
    assert summary(read_flows(flows(column(), [9, 7, 8]))) == (("7", "8", "9", "10"), [3, 2, 3], [2, 0, 1], VALUES)


def test_large_and_negative_numbers_stay_different_names() -> None:
    """64 bits with and without sign: nothing is rounded to a neighbour."""
    large = 2**63 + 1
    table = read_flows(flows(pa.array([large, large - 1, 5], pa.uint64()), [-5, 2**53 + 1, 2**53]))
    assert len(table.names) == 6
    assert {str(large), str(large - 1), "-5", str(2**53 + 1)} <= set(table.names)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"supplier": ["a", None, "b"]}, "flows:3: has no supplier"),
        ({"supplier": ["a", "", "b"]}, "flows:3: has no supplier"),
        ({"supplier": [1, None, 2]}, "flows:3: has no supplier"),
        ({"supplier": [1.0, 2.5, 3.0]}, "flows:3: has a supplier that is a number with decimals"),
        ({"customer": [1.0, 1e300, 3.0]}, "flows:3: has a customer that is a number with decimals, or too large"),
        ({"customer": [True, False, True]}, "flows: column 'customer' has the type bool (names are texts or whole numbers)"),
        ({"customer": [[1], [2], [3]]}, "flows: column 'customer' has the type list"),
        ({"customer": [datetime.date(2020, 1, 1)] * 3}, "flows: column 'customer' has the type date32"),
        ({"customer": [1, 2, "x"]}, "flows:4: column 'customer' cannot be read"),
        ({"customer": ["a", "b\x1b", "c"]}, "flows:3: has a control character in its customer"),
        ({"customer": [b"a", b"\xff", b"c"]}, "flows:3: has a customer that is not UTF-8"),
        ({"value": [1.0, None, 2.0]}, "flows:3: has no value"),
        ({"value": [1.0, float("inf"), 2.0]}, "flows:3: has a value that is not finite"),
        ({"value": [1, -1, 2]}, "flows:3: has a negative value"),
        ({"value": [True, True, False]}, "flows: column 'value' has the type bool"),
        ({"value": [datetime.datetime(2020, 1, 1)] * 3}, "flows: column 'value' has the type timestamp"),
        ({"value": ["1", "many", "2"]}, "flows:3: has a value that is not a number"),
        ({"value": ["1", "1_000", "2"]}, "flows:3: has a value that is not a number"),
        ({"value": [1.0, 2.0]}, "flows: has columns of different lengths"),
    ],
)
def test_faulty_columns_are_named_with_their_row(columns: dict[str, Any], message: str, tmp_path: Path) -> None:
    """A wrong type, a missing name or value: the same in memory and, where Parquet holds it, in a file."""
    from pyarrow import parquet

    with pytest.raises(InvalidData) as caught:
        read_flows(flows() | columns)
    assert message in str(caught.value)
    try:
        table = pa.table(flows() | columns)
    except (ValueError, TypeError, pa.ArrowException):
        return
    parquet.write_table(table, tmp_path / "flows.parquet")
    with pytest.raises(InvalidData) as caught:
        read_flows(tmp_path / "flows.parquet")
    assert message.replace("flows:", "flows.parquet:") in str(caught.value)


def test_amounts_of_every_type_are_the_same_numbers() -> None:
    """Integers, decimals, halves of floats and texts; a decimal is its nearest float."""
    for column in (
        pa.array([3, 1, 2], pa.uint8()),
        pa.array([3, 1, 2], pa.float16()),
        pa.array(["3", "1.0", "2"]),
        pa.array([Decimal("3"), Decimal("1"), Decimal("2")]),
    ):
        assert read_flows(flows(value=column)).value.tolist() == [3.0, 1.0, 2.0]
    exact = [Decimal("0.1"), Decimal("123456789.987654321"), Decimal("5e-9")]
    assert read_flows(flows(value=pa.array(exact, pa.decimal128(38, 12)))).value.tolist() == [float(x) for x in exact]


def test_tables_without_rows_make_an_empty_network(tmp_path: Path) -> None:
    """With columns and no rows there are no firms; without columns it is an error."""
    from pyarrow import parquet

    empty = pa.table(
        {"supplier": pa.array([], pa.null()), "customer": pa.array([], pa.string()), "value": pa.array([], pa.null())}
    )
    assert Network.from_table(empty).size == 0
    parquet.write_table(pa.table({}), tmp_path / "none.parquet")
    (tmp_path / "zero.parquet").write_bytes(b"")
    with pytest.raises(InvalidData, match=r"none.parquet: is empty"):
        read_flows(tmp_path / "none.parquet")
    with pytest.raises(InvalidData, match=r"zero.parquet: cannot be read as a Parquet file"):
        read_flows(tmp_path / "zero.parquet")
    with pytest.raises(UsageError, match="not int"):
        read_flows(5)


def test_a_data_frame_is_a_table() -> None:
    """Of pandas, with categories and other columns; and a column of mixed types is named with its row."""
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"Seller": ["b", "a"], "note": [object(), 1], "buyer": ["c", "b"], "amount": [1, 2]})
    frame["buyer"] = frame["buyer"].astype("category").cat.add_categories(["unused"])
    assert read_flows(frame).names == ("a", "b", "c")
    frame["amount"] = [1, "x"]
    with pytest.raises(InvalidData, match=r"flows:3: column 'value' cannot be read"):
        read_flows(frame)


def test_firms_and_flows_agree_whatever_their_types() -> None:
    """Firms as texts of numbers, flows as floats with decimals of 0: the same firms."""
    firms = {"firm": ["7", "8", "9", "10"], "sector": [2.0, 1.0, 2.0, 1.0], "final_demand": [1, 2, 3, 4]}
    levels = {"supplier_sector": ["1"], "customer_sector": [2], "essentiality": [2.0]}
    network = Network.from_table(flows([10.0, 9.0, 10.0], [9, 7, 8]), firms, levels)
    assert list(network.nodes) == ["7", "8", "9", "10"]
    assert network.flows is not None
    assert network.flows.final_demand.tolist() == [1, 2, 3, 4]
    assert network.flows.essentiality.tolist() == [[1, 2], [1, 1]]


def test_essentiality_that_contradicts_itself_or_no_firm_is_refused() -> None:
    """Two levels for one pair, and a table about sectors that no firm is in, which would change nothing."""
    firms = {"firm": ["a", "b", "c"], "sector": ["x", "y", "x"]}
    pair = {"supplier_sector": ["x", "x"], "customer_sector": ["y", "y"], "essentiality": [2, 1]}
    with pytest.raises(InvalidData, match="essentiality:2: states another essentiality than a later row"):
        read_flows(flows(), firms, pair)
    with pytest.raises(InvalidData, match="names no pair of sectors that the firms are in"):
        read_flows(flows(), firms, {"supplier_sector": ["X"], "customer_sector": ["Y"], "essentiality": [2]})
    with pytest.raises(UsageError, match="essentiality needs sectors"):
        Network.from_table(flows(), None, pair)


def test_self_flows_are_refused_kept_or_dropped() -> None:
    """The error names the row; dropping leaves the other rows, keeping has them all."""
    columns = flows(["a", "b", "b"])
    columns["customer"] = ["c", "b", "a"]
    with pytest.raises(InvalidData, match="flows:3: b is its own customer"):
        Network.from_table(columns)
    assert Network.from_table(columns, self_flows="drop").supplies == 2
    assert Network.from_table(columns, self_flows="keep").supplies == 3
    with pytest.raises(UsageError, match="self_flows is one of"):
        Network.from_table(columns, self_flows="some")  # type: ignore[arg-type]


_CELLS = st.sampled_from(
    ["a", "b", " a", "7", "007", "1.5", "2", "-3", "nan", "", "'=x", '"a"', '"b,c"', 'a"b', "é", "1e3", "+1"]
)
_LINES = st.lists(st.lists(_CELLS, min_size=2, max_size=4).map(",".join), max_size=6)


@given(
    lines=_LINES,
    good=st.lists(st.tuples(*[st.sampled_from(["a", "b", '"c,d"', "10"])] * 2), max_size=4),
    end=st.sampled_from(["\n", "\r\n", "\n\n"]),
)
def test_plain_text_is_read_as_row_by_row(
    lines: list[str], good: list[tuple[str, str]], end: str, tmp_path_factory: Any
) -> None:
    """What Arrow reads is what the rows say, with the same errors, whatever the quotation marks and blank lines."""
    folder = tmp_path_factory.getbasetemp()
    texts = [f"{a},{b},{place + 0.5}" for place, (a, b) in enumerate(good)]
    for content in (texts, [*texts, *lines]):
        path = folder / "flows.csv"
        path.write_text(end.join(["supplier,customer,value", *content]), "utf-8", newline="")
        outcomes = []
        for small in (0, 10**9):
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(plain_text, "_SMALL", small)
                try:
                    table = read_flows(path)
                    outcomes.append((summary(table), [table.line_of(row) for row in range(len(table.value))]))
                except InvalidData as error:
                    outcomes.append(str(error))  # type: ignore[arg-type]
        assert outcomes[0] == outcomes[1]


def test_plain_text_with_quoted_cells_is_read_by_arrow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The fast way is taken for a plain table, with a byte order mark and quoted names too."""
    monkeypatch.setattr(plain_text, "_SMALL", 0)
    monkeypatch.setattr("knockon.authoring.text_columns.TextTable._fill", None)
    path = tmp_path / "flows.csv"
    path.write_text('\ufeff"supplier";"customer";"value"\r\n"a;x";b;1\r\nb;"c";2\r\n', "utf-8", newline="")
    assert summary(read_flows(path)) == (("a;x", "b", "c"), [0, 1], [1, 2], [1.0, 2.0])


@given(
    st.lists(st.integers(-(2**63), 2**63 - 1) | st.integers(0, 9), max_size=8),
    st.lists(st.sampled_from(["7", "x", "07"]), max_size=4),
)
def test_names_are_numbered_in_their_order(numbers: list[int], texts: list[str]) -> None:
    """As numbers where all are, else as texts; each row keeps its name."""
    words = sorted(set(texts))
    columns = [of_numbers(np.array(numbers, np.int64)), *of_texts(words, np.array([words.index(t) for t in texts], np.int64))]
    names, rows = number_names(columns)
    assert [[names[row] for row in part] for part in rows] == [list(map(str, numbers)), texts]
    in_order = sorted(names, key=int) if set(texts) <= {"7"} else sorted(names)
    assert list(names) == in_order
