"""Time to survive and lost sales: cases solved by hand, and laws."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from knockon.errors import UsageError
from knockon.network import Network
from knockon.propagation import survival_simplex
from knockon.propagation.survival_program import LinearProgram
from knockon.propagation.survival_start import start_with
from knockon.propagation.time_to_survive import exposed, lost_sales, time_to_survive
from support.networks import PlainNetwork, to_arrays

#: 0 sells to 1, and 1 what it makes to final demand.
CHAIN = Network.from_flows([0], [1], [1.0], final_demand=[0.0, 2.0])
#: 0 and 1, of one sector, sell to 2; 3, of another, as well. All that 2 makes is final.
PAIR = Network.from_flows([0, 1, 3], [2, 2, 2], [3.0, 1.0, 2.0], sector=[0, 0, 1, 2], final_demand=[0.0, 0.0, 10.0, 0.0])


@st.composite
def tables(draw: st.DrawFn) -> Network:
    """Money flows between a few firms, with final demand."""
    firms = draw(st.integers(2, 5))
    pairs = st.tuples(st.integers(0, firms - 1), st.integers(0, firms - 1)).filter(lambda pair: pair[0] != pair[1])
    links = draw(st.lists(pairs, max_size=8, unique=True))
    amounts = draw(st.lists(st.integers(1, 8).map(float), min_size=len(links), max_size=len(links)))
    final = draw(st.lists(st.integers(0, 4).map(float), min_size=firms, max_size=firms).filter(any))
    sector = draw(st.lists(st.integers(0, 2), min_size=firms, max_size=firms))
    return Network.from_flows([a for a, _ in links], [b for _, b in links], amounts, sector, final_demand=final)


# Solved by hand


def test_without_stocks_nobody_who_is_needed_can_be_missed() -> None:
    """No stock: 0 days for every node that final demand rests on."""
    assert time_to_survive(CHAIN).tolist() == [0, 0]
    assert time_to_survive(PAIR).tolist() == [0, 0, 0, 0]


def test_stock_anywhere_downstream_adds_up_along_a_chain() -> None:
    """Days of output at the supplier and at the maker add up with the supplier down; only the maker's own help it."""
    assert time_to_survive(CHAIN, stock=[5.0, 0.0]).tolist() == [5, 0]
    assert time_to_survive(CHAIN, stock=[5.0, 3.0]).tolist() == [8, 3]
    assert time_to_survive(CHAIN, stock=2.0).tolist() == [4, 2]


def test_a_node_that_nobody_needs_is_missed_for_ever() -> None:
    """A firm without customers and final demand, and one whose goods are negligible to the buyer."""
    idle = Network.from_flows([0, 1], [1, 2], [1.0, 1.0], final_demand=[0.0, 5.0, 0.0])
    assert time_to_survive(idle).tolist() == [0, 0, np.inf]
    trifle = Network.from_flows([0], [1], [1.0], [0, 1], [[1, 0], [1, 1]], final_demand=[0.0, 2.0])
    assert time_to_survive(trifle).tolist() == [np.inf, 0]


def test_a_supplier_of_the_same_sector_stands_in_as_far_as_it_can() -> None:
    """Supplier 1 can replace 0 for ever only with four times its output; with twice, half of the part is missing."""
    assert time_to_survive(PAIR, [0], capacity=[1, 4, 1, 1]).tolist() == [np.inf]
    assert time_to_survive(PAIR, [0], capacity=np.inf).tolist() == [np.inf]
    # 4 a day are needed, 2 made: 0's stock of 6 days of 3 covers the other 2 for 9 days.
    assert time_to_survive(PAIR, [0], stock=[6, 0, 0, 0], capacity=[1, 2, 1, 1]).tolist() == [9]
    # The one supplier of the other part has no stand-in, however much 0 and 1 can make.
    assert time_to_survive(PAIR, [3], stock=[0, 0, 0, 7], capacity=9).tolist() == [7]


def test_several_nodes_can_be_down_together() -> None:
    """Rows of 0 and 1: both suppliers of one sector, with only their stocks left."""
    down = np.array([[1, 1, 0, 0], [0, 0, 0, 0]])
    # 6 x 3 + 2 x 1 = 20 units, 4 a day.
    assert time_to_survive(PAIR, down, stock=[6, 2, 0, 0]).tolist() == [5, np.inf]


def test_a_firm_that_serves_firms_and_final_demand_shares_its_stock() -> None:
    """Half of 0's goods go to 1, half are final: its stock of four days serves both for four."""
    both = Network.from_flows([0], [1], [1.0], final_demand=[1.0, 2.0])
    assert time_to_survive(both, [0], stock=[4.0, 0.0]).tolist() == [4]
    # What 1 holds frees as much of 0's stock: 8 + 2 units of parts for 2 a day.
    assert time_to_survive(both, [0], stock=[4.0, 2.0]).tolist() == [5]


def test_demand_can_be_replaced() -> None:
    """Half the demand can be met twice as long."""
    assert time_to_survive(CHAIN, [0], stock=[5.0, 0.0], demand=[0.0, 1.0]).tolist() == [10]


def test_lost_sales_are_what_stock_does_not_cover() -> None:
    """Ten days down, five in stock: five days of demand lost; at a margin of a half, half of it."""
    assert lost_sales(CHAIN, [0, 1], 10.0, stock=[5.0, 0.0]).tolist() == [10, 20]
    assert lost_sales(CHAIN, None, [10.0, 1.0], stock=[5.0, 0.0]).tolist() == [10, 2]
    assert lost_sales(CHAIN, [0], 10.0, stock=[5.0, 0.0], margin=0.5).tolist() == [5]
    assert lost_sales(CHAIN, [0], 5.0, stock=[5.0, 0.0]).tolist() == [0]


def test_the_smaller_margin_is_given_up() -> None:
    """Two products of one part that has run out by half: the stock goes to the one worth more."""
    two = Network.from_flows([0, 0], [1, 2], [1.0, 1.0], final_demand=[0.0, 1.0, 1.0])
    assert lost_sales(two, [0], 10.0, stock=[5.0, 0, 0], margin=[0.0, 3.0, 1.0]).tolist() == [10]


def test_exposed_is_where_survival_is_shorter_than_recovery() -> None:
    """Strictly shorter; inf is never exposed."""
    assert exposed([5.0, 7.0, np.inf], [7.0, 7.0, 7.0]).tolist() == [True, False, False]
    assert exposed(time_to_survive(CHAIN, stock=[5.0, 0.0]), 3.0).tolist() == [False, True]
    with pytest.raises(UsageError, match="time to recover"):
        exposed([1.0, 2.0], [1.0, 2.0, 3.0])


# Laws


@pytest.mark.slow
@given(tables(), st.data())
def test_more_stock_or_capacity_never_shortens_survival(network: Network, data: st.DataObject) -> None:
    """And without stock, survival is 0 or for ever."""
    days = st.lists(st.integers(0, 9).map(float), min_size=network.size, max_size=network.size)
    stock, more = np.array(data.draw(days)), np.array(data.draw(days))
    before = time_to_survive(network, stock=stock)
    assert (time_to_survive(network, stock=stock + more) >= before - 1e-5).all()
    assert (time_to_survive(network, stock=stock, capacity=1.5) >= before - 1e-5).all()
    assert set(time_to_survive(network).tolist()) <= {0.0, np.inf}


@given(tables(), st.data())
def test_sales_are_lost_exactly_where_recovery_takes_longer(network: Network, data: st.DataObject) -> None:
    """The two programs agree: nothing is lost up to the time to survive, something after it."""
    stock = data.draw(st.lists(st.integers(0, 9).map(float), min_size=network.size, max_size=network.size))
    survive = time_to_survive(network, stock=stock)
    recover = data.draw(st.integers(0, 30)) + 0.5
    lost = lost_sales(network, None, recover, stock=stock)
    near = np.abs(survive - recover) < 1e-3
    assert ((lost > 1e-6) == exposed(survive, recover))[~near].all()
    within = np.minimum(survive, 1e4)
    assert (lost_sales(network, None, within, stock=stock) <= 1e-3).all()


@given(tables())
def test_the_unit_of_money_does_not_matter(network: Network) -> None:
    """Flows a million times as large, or as small, survive as long."""
    flows = network.flows
    assert flows is not None
    days = time_to_survive(network, stock=3.0)
    for unit in (1e6, 1e-6):
        other = Network.from_flows(
            flows.supplier, flows.customer, flows.value * unit, flows.sector, final_demand=flows.final_demand * unit
        )
        assert time_to_survive(other, stock=3.0) == pytest.approx(days, abs=1e-4)


@given(tables())
def test_each_node_in_turn_is_one_by_one(network: Network) -> None:
    """None, numbers and rows are three ways to say the same."""
    each = time_to_survive(network, stock=2.0).tolist()
    assert time_to_survive(network, np.eye(network.size), stock=2.0).tolist() == each
    assert [time_to_survive(network, [node], stock=2.0)[0] for node in range(network.size)] == each


# The published program, written out, and solved without a start


def published(network: Network, down: int, stock: Any, capacity: float) -> float:
    """The longest t of the program in the docstring of the module: a variable for each flow, amounts in money."""
    flows = network.flows
    assert flows is not None
    n, m = network.size, len(flows.value)
    output = flows.sales + flows.final_demand
    rows, right = [], []
    for buyer in range(n):
        for sector in range(flows.sectors):
            part = [k for k in range(m) if flows.customer[k] == buyer and flows.sector[flows.supplier[k]] == sector]
            if part:
                row = np.zeros(n + m + 1)
                row[buyer] = sum(flows.value[part]) / output[buyer] if output[buyer] else 1.0
                row[n + np.array(part)] = -1.0
                rows.append(row)
                right.append(0.0)
    for firm in range(n):
        row = np.zeros(n + m + 1)
        row[n + np.flatnonzero(flows.supplier == firm)] = 1.0
        row[firm], row[-1] = -1.0, flows.final_demand[firm]
        rows.append(row)
        right.append(stock[firm] * output[firm])
        most = np.zeros(n + m + 1)
        most[firm], most[-1] = 1.0, -capacity * max(output[firm], 1.0)
        rows.append(most)
        right.append(0.0)
    bounds = [(0.0, 0.0 if k == down else None) for k in range(n + m + 1)]
    solution = linprog(-np.eye(n + m + 1)[-1], A_ub=np.array(rows), b_ub=right, bounds=bounds, method="highs")
    return float("inf") if solution.status == 3 else float(solution.x[-1])


def mixed(firms: int, seed: int) -> tuple[Network, Any]:
    """A network with loops in which many parts have two or three suppliers, and its stocks."""
    random = np.random.default_rng(seed)
    supplier, customer = np.repeat(np.arange(firms), 4), random.integers(0, firms, 4 * firms)
    real = supplier != customer
    value, sector, final = random.random(real.sum()), random.integers(0, 5, firms), random.random(firms)
    network = Network.from_flows(supplier[real], customer[real], value, sector, final_demand=final)
    return network, random.random(firms) * 10


@pytest.fixture(params=["from a start", "from nothing"])
def solver(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways of solving: highspy from a start, and scipy."""
    if request.param == "from nothing":
        monkeypatch.setattr(survival_simplex, "available", lambda: False)
    else:
        pytest.importorskip("highspy")


@pytest.mark.usefixtures("solver")
@pytest.mark.parametrize(
    ("firms", "capacity"), [(12, 1.0), (14, 1.2), (14, 0.9), pytest.param(20, 1.0, marks=pytest.mark.slow)]
)
def test_the_program_is_the_published_one(firms: int, capacity: float) -> None:
    """Substitution of parts with one supplier, and a start, change no answer."""
    network, stock = mixed(firms, firms)
    days = time_to_survive(network, stock=stock, capacity=capacity)
    assert days == pytest.approx([published(network, down, stock, capacity) for down in range(firms)], abs=1e-6, rel=1e-9)


@given(tables(), st.integers(0, 9), st.sampled_from([1.0, 1.5]))
def test_the_program_is_the_published_one_on_any_table(network: Network, stock: int, capacity: float) -> None:
    """With firms that nobody needs, demand that nobody meets, and stocks of nothing."""
    held = np.full(network.size, float(stock))
    days = time_to_survive(network, stock=held, capacity=capacity)
    assert days == pytest.approx([published(network, down, held, capacity) for down in range(network.size)], abs=1e-6, rel=1e-9)


def test_several_that_are_down_have_a_start_too() -> None:
    """Whatever the start, the answer is that of a solver without one; where no single one is missed there is none."""
    network, stock = mixed(30, 7)
    random = np.random.default_rng(2)
    down = random.random((8, 30)) < 0.2
    days = time_to_survive(network, down, stock=stock)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(survival_simplex, "available", lambda: False)
        assert time_to_survive(network, down, stock=stock) == pytest.approx(days, abs=1e-6)
    idle = Network.from_flows([0], [1], [1.0], final_demand=[0.0, 2.0])
    assert start_with(LinearProgram.of(idle, 5.0, None, [2.0, 0.0]), np.array([False, True])) is None


def test_the_solver_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    """Standard output belongs to the answers of commands."""
    time_to_survive(PAIR, stock=[6, 0, 0, 0])
    assert capfd.readouterr() == ("", "")


# Bad input

WRONG: list[tuple[dict[str, Any], str]] = [
    ({"stock": -1}, "stock"),
    ({"stock": [1.0]}, "stock"),
    ({"stock": np.inf}, "stock"),
    ({"stock": "much"}, "stock"),
    ({"capacity": -1}, "capacity"),
    ({"capacity": np.nan}, "capacity"),
    ({"demand": [0.0, -1.0]}, "demand"),
    ({"demand": 0.0}, "no final demand"),
    ({"nodes": [7]}, "outside"),
    ({"nodes": np.array([[0.5, 0.0]])}, "down or not"),
]


@pytest.mark.parametrize(("wrong", "what"), WRONG, ids=str)
def test_numbers_that_make_no_sense_are_refused(wrong: dict[str, Any], what: str) -> None:
    """Each raises UsageError and names what is wrong."""
    with pytest.raises(UsageError, match=what):
        time_to_survive(CHAIN, **wrong)


def test_networks_that_lack_amounts_are_refused() -> None:
    """A graph of words, flows without final demand, demand where nothing is made; a time to recover below 0."""
    with pytest.raises(UsageError, match="from_flows"):
        time_to_survive(to_arrays(PlainNetwork(2))[0])
    with pytest.raises(UsageError, match="final demand"):
        time_to_survive(Network.from_flows([0], [1], [1.0]))
    with pytest.raises(UsageError, match="no output"):
        time_to_survive(Network.from_flows([0], [1], [1.0]), demand=1.0)
    with pytest.raises(UsageError, match="time_to_recover"):
        lost_sales(CHAIN, [0], -1.0)


def test_no_nodes_are_safe() -> None:
    """Nothing down: an empty answer."""
    assert time_to_survive(CHAIN, []).shape == (0,)
    assert lost_sales(CHAIN, [], 3.0).shape == (0,)


@given(tables(), st.integers(1, 8))
def test_without_stocks_a_day_or_for_ever(network: Network, capacity: int) -> None:
    """Who has no stock survives for ever or not at all, as the program itself says: the days with a speck of stock are few."""
    times = time_to_survive(network, capacity=capacity)
    assert set(times.tolist()) <= {0.0, np.inf}
    assert (np.isinf(times) == (time_to_survive(network, stock=1e-3, capacity=capacity) > 1e3)).all()
