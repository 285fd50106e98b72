"""Price rises: the published table, a series and a block solution as oracles, conservation of money, and what is refused."""

from __future__ import annotations

from typing import Any, get_args

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knockon.errors import InvalidData, KnockonError, UsageError
from knockon.network.network import NONE, Network
from knockon.propagation import extraction, ghosh, price
from knockon.propagation.price import Rise

Array = npt.NDArray[np.float64]

#: Two sectors with outputs 1000 and 2000: Miller and Blair, table 2.3.
TWO = [[150.0, 500.0], [200.0, 100.0]]
OUTPUT = [1000.0, 2000.0]


@st.composite
def economies(draw: st.DrawFn) -> tuple[Array, Array, Array]:
    """The flows of up to six sectors, their final demand such that each buys less than its output, and a pass-through."""
    n = draw(st.integers(1, 6))
    flows = np.array([[draw(st.sampled_from([0, 0, 1, 2, 5])) for _ in range(n)] for _ in range(n)], float)
    demand = np.array([draw(st.integers(1, 9)) for _ in range(n)], float)
    # What a sector sells, with final demand, exceeds what it buys.
    demand += np.maximum(flows.sum(axis=0) - flows.sum(axis=1), 0.0)
    share = np.array([draw(st.sampled_from([0.0, 0.25, 0.5, 1.0, 1.0])) for _ in range(n)])
    return flows, demand, share


def rises_of(n: int) -> st.SearchStrategy[list[float]]:
    return st.lists(st.sampled_from([0.0, 0.0, 0.125, 0.5, 2.0]), min_size=n, max_size=n)


def network_of(flows: Array, demand: Array) -> Network:
    supplier, customer = np.nonzero(flows)
    return Network.from_flows(supplier, customer, flows[supplier, customer], final_demand=demand, self_flows=True)


def test_the_published_inverse() -> None:
    """A rise of costs in each sector in turn gives the rows of the Leontief inverse of the table."""
    result = price(TWO, output=OUTPUT)
    assert result.rise == pytest.approx(np.array([[1.2541, 0.3300], [0.2640, 1.1221]]), abs=5e-5)
    assert result.source.tolist() == [[NONE, 0], [1, NONE]]
    assert result.step.tolist() == [[0, 1], [1, 0]]


def test_a_sector_that_sells_more_than_it_makes() -> None:
    """Prices and supplied losses rest on purchases, and are those of the equations; extraction would have demand below 0."""
    output = np.array([600.0, 2000.0])  # the first sells 650
    rises = np.linalg.solve(np.eye(2) - (np.array(TWO) / output).T, [0.1, 0.0])
    assert price(TWO, [0.1, 0.0], output=output).rise[0] == pytest.approx(rises)
    assert ghosh(TWO, [0.1, 0.0], output=output).loss[0] == pytest.approx(rises)
    with pytest.raises(InvalidData, match=r"600\.0 is less than what the sector sells"):
        extraction(TWO, [[0.1, 0.0]], output=output)


@given(st.data())
def test_the_rises_are_the_series_of_rounds(data: st.DataObject) -> None:
    """Each round passes on the rises of the round before, by plain loops; a table and its network give the same."""
    flows, demand, share = data.draw(economies())
    costs = data.draw(rises_of(len(demand)))
    n, output = len(demand), flows.sum(axis=1) + demand
    rise, before = [0.0] * n, [1.0]
    for _ in range(3000):
        if rise == before:
            break
        before = rise
        rise = [share[j] * (sum(flows[i][j] / output[j] * before[i] for i in range(n)) + costs[j]) for j in range(n)]
    result = price(network_of(flows, demand), costs, pass_through=share)
    assert result.rise[0] == pytest.approx(rise, abs=1e-9)
    assert ((result.rise[0] > 0) == (np.array(rise) > 0)).all()
    assert (price(flows, costs, pass_through=share, output=output).rise == result.rise).all()


@given(st.data())
def test_money_is_conserved(data: st.DataObject) -> None:
    """What costs more is paid by final demand or taken from margins."""
    flows, demand, share = data.draw(economies())
    rises: Rise = data.draw(st.sampled_from(get_args(Rise)[::2]))
    result = price(network_of(flows, demand), data.draw(rises_of(len(demand))), rises=rises, pass_through=share)
    output = flows.sum(axis=1) + demand
    assert result.rise @ demand + result.absorbed @ output == pytest.approx(result.first @ output, rel=1e-9, abs=1e-12)
    assert result.consumer == pytest.approx(result.rise @ demand / demand.sum(), rel=1e-12)


@given(st.data())
def test_a_price_that_is_set_stays_and_the_others_follow(data: st.DataObject) -> None:
    """The others solve their own block, with the set prices as given inputs."""
    flows, demand, share = data.draw(economies())
    prices = np.array(data.draw(rises_of(len(demand))))
    coefficients = (flows / (flows.sum(axis=1) + demand)).T
    result = price(network_of(flows, demand), prices, rises="price", pass_through=share)
    free = prices == 0
    block = share[free, None] * coefficients[np.ix_(free, free)]
    expected = prices.copy()
    expected[free] = np.linalg.solve(
        np.eye(free.sum()) - block, share[free] * (coefficients[np.ix_(free, ~free)] @ prices[~free])
    )
    assert result.rise[0] == pytest.approx(expected, abs=1e-9)
    assert (result.rise[0][~free] == prices[~free]).all()
    assert (result.absorbed[0][~free] == 0).all()
    assert (result.source[0][~free] == NONE).all()


@given(st.data())
def test_a_duty_is_what_it_costs_the_customers(data: st.DataObject) -> None:
    """A duty on what a sector sells is a rise of the costs of those that buy from it, itself left out."""
    flows, demand, share = data.draw(economies())
    duty = np.array(data.draw(rises_of(len(demand))))
    output = flows.sum(axis=1) + demand
    costs = [sum(flows[i, j] * duty[i] for i in range(len(duty)) if i != j) / output[j] for j in range(len(duty))]
    network = network_of(flows, demand)
    as_costs = price(network, costs, pass_through=share)
    assert price(network, duty, rises="duty", pass_through=share).rise == pytest.approx(as_costs.rise, abs=1e-12)


@given(st.data())
def test_no_price_falls_when_costs_or_pass_through_rise(data: st.DataObject) -> None:
    """More is never passed on as less."""
    flows, demand, share = data.draw(economies())
    lower = np.array(data.draw(rises_of(len(demand))))
    higher = lower + np.array(data.draw(rises_of(len(demand))))
    more = np.maximum(share, data.draw(st.sampled_from([0.0, 0.5, 1.0])))
    network = network_of(flows, demand)
    before, after = price(network, lower, pass_through=share), price(network, higher, pass_through=more)
    assert (after.rise >= before.rise - 1e-12).all()


@given(st.data())
def test_sources_lead_to_a_sector_that_is_hit(data: st.DataObject) -> None:
    """Following the sources goes down step by step to a sector with a rise of its own."""
    flows, demand, _ = data.draw(economies())
    costs = data.draw(rises_of(len(demand)))
    result = price(network_of(flows, demand), costs)
    for start in np.flatnonzero(result.rise[0] > 0):
        sector = start
        while result.source[0, sector] != NONE:
            assert result.step[0, sector] == result.step[0, result.source[0, sector]] + 1
            sector = result.source[0, sector]
        assert costs[sector] > 0
    assert (result.step[0][result.rise[0] == 0] == -1).all()


def test_a_rise_may_exceed_1_and_has_its_source() -> None:
    """A price that triples is no loss in 0..1: what it does to a customer still has it as its source."""
    result = price([[0.0, 50.0], [0.0, 0.0]], [2.0, 0.0], rises="price", output=[50.0, 100.0])
    assert result.rise.tolist() == [[2.0, 1.0]]
    assert result.source.tolist() == [[NONE, 0]]


def test_without_final_demand_there_is_no_price_of_it() -> None:
    """A matrix has no final demand, so the rise of what it buys is unknown, not 0."""
    assert np.isnan(price(TWO, [0.1, 0.0], output=OUTPUT).consumer).all()


def test_no_shocks_and_no_sectors() -> None:
    """No rows give no rows."""
    assert price(TWO, np.zeros((0, 2)), output=OUTPUT).rise.shape == (0, 2)
    assert price(np.zeros((0, 0)), np.zeros((0, 0))).rise.shape == (0, 0)
    assert price(TWO, [0.0, 0.0], rises="price", output=OUTPUT).rise.tolist() == [[0.0, 0.0]]


@pytest.mark.parametrize(
    ("table", "shocks", "more", "kind", "message"),
    [
        (
            [[0.0, 5.0], [0.0, 0.0]],
            [0.1, 0],
            {"output": [5.0, 5.0]},
            InvalidData,
            r"inputs for each unit of output\[1\]: 1.0 is 1 or",
        ),
        ([[0.0, 5.0], [0.0, 0.0]], [0.1, 0], {"output": [5.0, 4.0]}, InvalidData, "outputs must exceed what is bought"),
        ([[0.0, 5.0], [0.0, 0.0]], [0.1, 0], {}, InvalidData, r"output\[1\]: 0.0 is not an output of a sector that buys"),
        ([[0.0, -5.0], [0.0, 0.0]], [0.1, 0], {"output": OUTPUT}, InvalidData, "-5.0 is negative"),
        ([[0.0, np.nan], [0.0, 0.0]], [0.1, 0], {"output": OUTPUT}, InvalidData, "not finite"),
        (TWO, [-0.1, 0], {"output": OUTPUT}, InvalidData, r"shock 0\[0\]: -0.1 is not 0 or more"),
        (TWO, [np.inf, 0], {"output": OUTPUT}, InvalidData, "not finite"),
        (TWO, [0.1], {"output": OUTPUT}, UsageError, "rows of 2 rises"),
        (TWO, ["a", "b"], {"output": OUTPUT}, UsageError, "rows of 2 rises"),
        (TWO, [[0.1, 0.2], [0.1]], {"output": OUTPUT}, UsageError, "differ in length"),
        (TWO, [0.1, 0], {"output": [1000.0]}, UsageError, "output must be 2 numbers"),
        (TWO, [0.1, 0], {"output": OUTPUT, "pass_through": 1.5}, UsageError, "pass_through must be in 0..1, not 1.5"),
        (TWO, [0.1, 0], {"output": OUTPUT, "pass_through": [0.5]}, UsageError, "pass_through must be 2 numbers"),
        (TWO, [0.1, 0], {"output": OUTPUT, "pass_through": np.nan}, InvalidData, "not finite"),
        (TWO, [0.1, 0], {"output": OUTPUT, "rises": "wage"}, UsageError, "unknown rises 'wage'; known are cost, price, duty"),
    ],
)
def test_what_is_refused(
    table: list[list[float]], shocks: Any, more: dict[str, Any], kind: type[KnockonError], message: str
) -> None:
    """Each error says what is wrong, where, and how to fix it."""
    with pytest.raises(kind, match=message):
        price(table, shocks, **more)
