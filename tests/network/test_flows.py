"""Money-flow tables: what becomes of them, in whatever form they come, and what is said of bad ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knockon.errors import InvalidData, UsageError
from knockon.network.network import NONE, Mode, Network
from knockon.network.row_order import sort_rows
from support.flow_tables import Table, tables


def flows_of(network: Network) -> list[tuple[int, int, float]]:
    assert network.flows is not None
    return list(
        zip(network.flows.supplier.tolist(), network.flows.customer.tolist(), network.flows.value.tolist(), strict=True)
    )


def slots_of(network: Network) -> list[tuple[int, float, dict[int, float]]]:
    """Owner, weight, and the share of each provider."""
    starts = network.supply_start
    return [
        (
            int(network.slot_owner[row]),
            float(network.weights[1, row]),
            dict(
                zip(
                    network.supply_provider[starts[row] : starts[row + 1]].tolist(),
                    network.supply_share[starts[row] : starts[row + 1]].tolist(),
                    strict=True,
                )
            ),
        )
        for row in range(network.slots)
    ]


# What becomes of a table


def test_essential_inputs_have_a_slot_for_each_sector() -> None:
    """Firm 4 buys essentials of two sectors: a slot each, shares within the sector."""
    network = Network.from_flows([0, 1, 2, 3], [4, 4, 4, 4], [1.0, 3.0, 2.0, 2.0], [0, 0, 1, 1, 2], np.full((3, 3), 2))
    assert slots_of(network) == [(4, 1.0, {0: 0.25, 1: 0.75}), (4, 1.0, {2: 0.5, 3: 0.5})]
    assert set(network.mode.tolist()) == {Mode.SHARES}
    assert set(network.slot_need.tolist()) == {NONE}


def test_other_inputs_share_one_slot_and_are_shares_of_all_that_is_bought() -> None:
    """Essential, non-essential and negligible inputs of one firm: three slots, the last of no weight; the first is whole."""
    kinds = [[2, 0, 0, 0], [1, 0, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0]]
    network = Network.from_flows([1, 2, 3, 4], [0, 0, 0, 0], [4.0, 2.0, 1.0, 1.0], [0, 0, 1, 2, 3], kinds)
    assert slots_of(network) == [(0, 1.0, {1: 1.0}), (0, 1.0, {2: 0.25, 3: 0.125}), (0, 0.0, {4: 0.125})]
    assert network.weights.shape == (3, 3)


def test_by_default_there_is_one_sector_of_non_essential_inputs() -> None:
    """Three columns alone: every input is non-essential, firms are as many as the highest number says, and named by it."""
    network = Network.from_flows([0, 2], [1, 1], [1.0, 3.0])
    assert slots_of(network) == [(1, 1.0, {0: 0.25, 2: 0.75})]
    assert list(network.nodes) == ["0", "1", "2"]
    assert network.flows is not None
    assert network.flows.essentiality.tolist() == [[1]]
    assert network.flows.final_demand.tolist() == [0.0, 0.0, 0.0]


def test_sales_and_purchases_are_sums_over_all_flows() -> None:
    """Row sums and column sums, of negligible inputs too; flows stand by supplier and customer."""
    network = Network.from_flows([2, 0, 0], [0, 2, 1], [4.0, 1.0, 2.0], essentiality=[[0]], final_demand=[5, 6, 7])
    assert network.flows is not None
    assert flows_of(network) == [(0, 1, 2.0), (0, 2, 1.0), (2, 0, 4.0)]
    assert network.flows.sales.tolist() == [3.0, 0.0, 4.0]
    assert network.flows.purchases.tolist() == [4.0, 2.0, 1.0]
    assert network.flows.final_demand.tolist() == [5.0, 6.0, 7.0]


def test_repeats_are_added_up_and_zeros_left_out_and_both_counted() -> None:
    """Two rows of one pair are one flow; a flow of 0 is none."""
    network = Network.from_flows([0, 1, 0, 2], [1, 2, 1, 1], [1.0, 0.0, 2.5, 1.0])
    assert network.flows is not None
    assert flows_of(network) == [(0, 1, 3.5), (2, 1, 1.0)]
    assert (network.flows.merged, network.flows.dropped) == (1, 1)
    description = network.describe()
    assert (description["flows"], description["flows_added_up"], description["flows_of_zero_left_out"]) == (2, 1, 1)
    again = Network.from_flows([0, 2], [1, 1], [3.5, 1.0])
    assert network.hash == again.hash


def test_firms_without_flows_are_known_from_the_columns_of_firms() -> None:
    """As many firms as there are sectors, demands or names, also in an empty table."""
    assert Network.from_flows([], [], [], sector=[0, 1, 2]).size == 3
    assert Network.from_flows([0], [1], [1.0], final_demand=[0.0] * 5).size == 5
    named = Network.from_flows([0], [1], [1.0], names=["a", "b", "c"])
    assert (named.size, named.index["c"]) == (3, 2)
    assert Network.from_flows([], [], []).size == 0


def test_self_flows_are_kept_where_asked_for() -> None:
    """A firm may be a supply of its own slot."""
    network = Network.from_flows([0, 1], [0, 0], [1.0, 3.0], self_flows=True)
    assert slots_of(network) == [(0, 1.0, {0: 0.25, 1: 0.75})]


@given(tables())
def test_nothing_of_a_table_is_lost(table: Table) -> None:
    """Every flow is one supply of one slot of its customer; money and shares add up."""
    network = table.network()
    flows = network.flows
    assert flows is not None
    assert flows_of(network) == sorted(table.flows)
    assert network.slot_owner[flows.slot].tolist() == flows.customer.tolist()
    assert sorted(zip(network.supply_provider, network.slot_owner[network.supply_slot], strict=True)) == sorted(
        (i, j) for i, j, _ in table.flows
    )
    assert (np.diff(network.slot_owner) >= 0).all()
    for owner, weight, shares in slots_of(network):
        bought = {i: value for i, j, value in table.flows if j == owner}
        kinds = {table.essentiality[table.sector[i]][table.sector[owner]] for i in shares}
        assert len(kinds) == 1
        kind = kinds.pop()
        assert weight == (0.0 if kind == 0 else 1.0)
        sectors = {table.sector[i] for i in shares}
        whole = sum(v for i, v in bought.items() if kind != 2 or table.sector[i] in sectors)
        assert kind != 2 or len(sectors) == 1
        assert shares == pytest.approx({i: bought[i] / whole for i in shares})


# The forms in which columns come

WHOLE = Network.from_flows([0, 1, 2], [1, 2, 0], [1.0, 2.0, 3.0], [0, 1, 1]).hash


def _pandas(values: list[float], kind: str) -> Any:
    pandas = pytest.importorskip("pandas")
    return pandas.Series(values, dtype=kind, index=[7, 3, 5])


def _chunked(values: list[float], kind: str) -> Any:
    arrow = pytest.importorskip("pyarrow")
    return arrow.chunked_array([values[:1], values[1:]], type=kind)


def _arrow(values: list[float], kind: str) -> Any:
    return pytest.importorskip("pyarrow").array(values, type=kind)


FORMS: dict[str, tuple[Callable[[Any, Any], Any], Any, Any]] = {
    "lists": (lambda values, kind: [kind(value) for value in values], int, float),
    "tuples": (lambda values, kind: tuple(kind(value) for value in values), int, float),
    "int32": (np.array, np.int32, np.float64),
    "uint8": (np.array, np.uint8, np.uint16),
    "uint64": (np.array, np.uint64, np.int64),
    "whole floats": (np.array, np.float64, np.float32),
    "other byte order": (np.array, ">i8", ">f8"),
    "pandas": (_pandas, "int64", "float64"),
    "pandas nullable": (_pandas, "Int64", "Float64"),
    "pandas of Arrow": (_pandas, "int64[pyarrow]", "double[pyarrow]"),
    "Arrow": (_arrow, "int32", "double"),
    "Arrow unsigned": (_arrow, "uint32", "float"),
    "Arrow chunked": (_chunked, "int64", "double"),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_column_gives_the_same_network(form: str) -> None:
    """Lists, numpy, pandas and Arrow, whatever the width of their numbers and however they are indexed."""
    make, rows, money = FORMS[form]
    if "Arrow" in form:
        pytest.importorskip("pyarrow")
    network = Network.from_flows(
        make([0, 1, 2], rows), make([1, 2, 0], rows), make([1, 2, 3], money), make([0, 1, 1], rows), final_demand=[0] * 3
    )
    assert network.hash == WHOLE
    assert network.flows is not None
    assert network.flows.value.dtype == np.float64


def test_strided_and_read_only_columns_are_taken_and_left_as_they_are() -> None:
    """Every second row of a table that may not be written to."""
    table = np.array([[0, 1], [9, 9], [1, 2], [9, 9], [2, 0]])
    table.setflags(write=False)
    money = np.array([1.0, 2.0, 3.0])
    assert Network.from_flows(table[::2, 0], table[::2, 1], money, [0, 1, 1]).hash == WHOLE
    assert money.tolist() == [1.0, 2.0, 3.0]


@pytest.mark.parametrize("form", ["list", "tuple", "numpy", "pandas", "Arrow"])
def test_names_come_in_every_form(form: str) -> None:
    """The names of firms are strings, whatever held them."""
    names: Any = ["a", "bé", "c"]
    if form == "tuple":
        names = tuple(names)
    elif form == "numpy":
        names = np.array(names)
    elif form == "pandas":
        names = pytest.importorskip("pandas").Series(names)
    elif form == "Arrow":
        names = pytest.importorskip("pyarrow").array(names)
    network = Network.from_flows([0], [1], [1.0], names=names)
    assert network.nodes == ("a", "bé", "c")
    assert len(network.hash) == 64


# Bad input: told as what it is, by row

GOOD: dict[str, Any] = {"supplier": [0, 1, 2], "customer": [1, 2, 0], "value": [1.0, 2.0, 3.0]}


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"value": [1.0, -2.0, 3.0]}, r"value\[1\]: -2.0 is negative"),
        ({"value": [1.0, np.nan, 3.0]}, r"value\[1\]: nan is not finite"),
        ({"value": [1.0, 2.0, np.inf]}, r"value\[2\]: inf is not finite"),
        ({"value": [1e308, 1e308, 1e308]}, "value: the sum is not finite"),
        ({"value": [1.0, None, 3.0]}, r"value\[1\]: no value"),
        ({"value": np.ma.array([1.0, 2.0, 3.0], mask=[0, 0, 1])}, r"value\[2\]: no value"),
        ({"supplier": [0, None, 2]}, r"supplier\[1\]: no value"),
        ({"supplier": [0, -1, 2]}, r"supplier\[1\]: -1 is negative"),
        ({"supplier": [0, 1.5, 2]}, r"supplier\[1\]: 1.5 is not a row number"),
        ({"supplier": [0, np.nan, 2]}, r"supplier\[1\]: nan is not a row number"),
        ({"supplier": [0, 1e300, 2]}, r"supplier\[1\]: 1e\+300 is too large for a row number"),
        ({"supplier": np.array([0, 2**64 - 1, 2], np.uint64)}, r"supplier\[1\]: 18446744073709551615 is too large"),
        ({"customer": [1, 2**31, 0]}, r"customer\[1\]: 2147483648 is too large for a row number"),
        ({"customer": [1, 10**9, 0]}, r"customer\[1\]: 1000000000 is a firm number beyond any that 3 flows need"),
        ({"customer": [0, 2, 0]}, r"supplier\[0\]: 0 is its own customer"),
        ({"sector": [0, 0]}, r"supplier\[2\]: 2 is not a firm"),
        ({"sector": [0, -1, 0]}, r"sector\[1\]: -1 is negative"),
        ({"sector": [0, 10**6, 0]}, r"sector\[1\]: 1000000 is beyond the 10,000 sectors"),
        ({"sector": [0, 1, 2], "essentiality": [[1, 1], [1, 1]]}, r"sector\[2\]: 2 is not a sector"),
        ({"essentiality": [[3]]}, "other values than 0, 1 and 2"),
        ({"essentiality": [[1.5]]}, "other values than 0, 1 and 2"),
        ({"essentiality": [[np.nan]]}, "other values than 0, 1 and 2"),
        ({"essentiality": [["2"]]}, "other values than 0, 1 and 2"),
        ({"final_demand": [0.0, -1.0, 0.0]}, r"final_demand\[1\]: -1.0 is negative"),
        ({"final_demand": [0.0, 1.0, None]}, r"final_demand\[2\]: no value"),
        ({"names": ["a", "b", "a"]}, r"names\[2\]: a is a duplicate"),
        ({"names": ["a", 1, "c"]}, r"names\[1\]: 1 is not a name"),
        ({"names": ["a", "\ud800", "c"]}, r"names\[1\]: .* is not a name"),
    ],
)
def test_bad_rows_are_named(wrong: dict[str, Any], message: str) -> None:
    """What is wrong, in which column and row; nothing is dropped in silence."""
    with pytest.raises(InvalidData, match=message):
        Network.from_flows(**{**GOOD, **wrong})


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"value": [1.0, 2.0]}, "3 suppliers, 3 customers, 2 values"),
        ({"supplier": [[0, 1, 2]]}, r"supplier must be one column, not of shape \(1, 3\)"),
        ({"supplier": 0}, r"supplier must be one column, not of shape \(\)"),
        ({"supplier": [0, [1, 2], 2]}, "supplier must be one column; its rows are of different lengths"),
        ({"supplier": None}, "supplier must be one column"),
        ({"supplier": ["a", "b", "c"]}, "supplier must hold numbers from 0, not <U1; names, rows = np.unique"),
        ({"supplier": [0, 2**70, 2]}, "supplier must hold numbers from 0"),
        ({"value": ["1", "2", "3"]}, "value must hold numbers"),
        ({"value": np.array([1, 2, 3j])}, "value must hold numbers, not complex128"),
        ({"value": np.array(["2020", "2021", "2022"], "M8[Y]")}, "value must hold numbers"),
        ({"sector": [0, 0, 0], "final_demand": [0.0, 0.0]}, "sector has 3, final_demand has 2"),
        ({"sector": 0}, "sector must be one column"),
        ({"sector": ["a", "b", "c"]}, "sector must hold numbers"),
        ({"final_demand": 0.0}, "final_demand must be one column"),
        ({"essentiality": [[1, 2]]}, r"\(m, m\) for m sectors, not \(1, 2\)"),
        ({"essentiality": [1]}, r"\(m, m\) for m sectors, not \(1,\)"),
        ({"essentiality": [[1, 2], [1]]}, "rows differ in length"),
        ({"names": "abc"}, "names must be one column"),
    ],
)
def test_calls_that_make_no_sense_are_refused(wrong: dict[str, Any], message: str) -> None:
    """Another shape, another length, or no numbers at all."""
    with pytest.raises(UsageError, match=message):
        Network.from_flows(**{**GOOD, **wrong})


@pytest.mark.parametrize("column", ["supplier", "value"])
@pytest.mark.parametrize("form", ["pandas nullable", "pandas of Arrow", "Arrow", "Arrow chunked"])
def test_gaps_of_tables_are_named(column: str, form: str) -> None:
    """A null of pandas or Arrow is told by its row, as any other."""
    make, rows, money = FORMS[form]
    if "Arrow" in form:
        pytest.importorskip("pyarrow")
    gap = make([0, None, 2], rows if column == "supplier" else money)
    with pytest.raises(InvalidData, match=rf"{column}\[1\]: nan"):
        Network.from_flows(**{**GOOD, column: gap})


def test_the_first_faulty_rows_are_named_and_the_rest_is_counted() -> None:
    """Of eight negative values five are named; the error says that they are eight."""
    with pytest.raises(InvalidData) as error:
        Network.from_flows([0] * 9, [1] * 9, [1.0, *[-1.0] * 8])
    messages = [str(problem) for problem in error.value.problems]
    assert sum("is negative" in text for text in messages) == 5
    assert "value: 8 of this kind in all" in messages
    assert not any("value[6]" in text for text in messages)


def test_a_hint_says_how_to_mend_it() -> None:
    """Each kind of fault has its mend."""
    for wrong, hint in (
        ({"value": [-1.0, 1.0, 1.0]}, "turn the flow around"),
        ({"customer": [0, 2, 0]}, "self_flows=True"),
        ({"customer": [1, 10**9, 0]}, "sector="),
    ):
        with pytest.raises(InvalidData, match=hint):
            Network.from_flows(**{**GOOD, **wrong})


@given(st.lists(st.integers(0, 2**40), max_size=30), st.integers(0, 3))
def test_rows_are_sorted_as_numpy_sorts_them_stably(keys: list[int], divisor: int) -> None:
    """Keys of any length, with many equal ones or none."""
    key = np.array(keys, np.int64) >> (10 * divisor)
    sorted_key, rows = sort_rows(key, int(key.max(initial=0)) + 1)
    order = np.argsort(key, kind="stable")
    assert rows.tolist() == order.tolist()
    assert sorted_key.tolist() == key[order].tolist()
