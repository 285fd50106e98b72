"""Rationing: orders and stocks are conserved, values worked by hand, and the numbers of BoARIO where it is installed."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knockon.errors import UsageError
from knockon.network import Network
from knockon.network.arrays import Floats
from knockon.network.hits import SLOT, Hits
from knockon.propagation.rationing import Economy, Rationing, Simulation
from knockon.propagation.timeline import timeline
from support.networks import PlainNetwork, slot, to_arrays

#: Firm 0 sells to firm 1, which sells to final demand.
PAIR = Network.from_flows([0], [1], [1.0], final_demand=[0.0, 1.0])
SIZES = st.sampled_from([0.5, 1.0, 3.0, 8.0])


@st.composite
def economies(draw: st.DrawFn) -> tuple[Network, Floats, Rationing, float]:
    """Up to five firms in three sectors, with stocks of slots, rules, and a step."""
    n = draw(st.integers(2, 5))
    pairs = draw(st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)), min_size=1, max_size=9, unique=True))
    network = Network.from_flows(
        [a for a, _ in pairs],
        [b for _, b in pairs],
        [draw(SIZES) for _ in pairs],
        sector=[draw(st.integers(0, 2)) for _ in range(n)],
        essentiality=[[draw(st.integers(0, 2)) for _ in range(3)] for _ in range(3)],
        final_demand=[draw(st.sampled_from([0.0, 1.0, 5.0])) for _ in range(n)],
        self_flows=True,
    )
    stocks = np.array([draw(st.sampled_from([0.0, 1.0, 4.0, 30.0])) for _ in range(network.slots)])
    rules = Rationing(
        psi=draw(st.sampled_from([0.3, 0.8, 1.0])),
        restock=draw(st.sampled_from([1.0, 7.0])),
        spare=draw(st.sampled_from([1.0, 1.5])),
        adapt=draw(st.sampled_from([1.0, 10.0])),
        redirect=draw(st.booleans()),
    )
    return network, stocks, rules, draw(st.sampled_from([0.5, 1.0, 2.0]))


@given(economies(), st.data())
def test_orders_and_stocks_are_conserved(case: tuple[Any, Any, Rationing, float], data: st.DataObject) -> None:
    """What a firm makes is what its customers receive; a stock changes by what comes in less what is used, and is no debt."""
    network, stocks, rules, step = case
    economy = Economy.of(network, stocks, step, None)
    simulation = Simulation(economy, rules, step)
    hit = np.array([data.draw(st.sampled_from([0.0, 0.0, 0.25, 1.0])) for _ in range(economy.firms)])
    group_of_link, groups = economy.group, len(economy.use)
    for t in range(12):
        state = simulation.advance(hit * (t < 6))
        made = state.level * economy.output
        shipped = np.bincount(economy.seller, state.received, economy.firms) + state.delivered
        assert shipped == pytest.approx(made, abs=1e-9)
        assert state.demand == pytest.approx(np.bincount(economy.seller, state.orders, economy.firms) + economy.final)
        arrived = np.bincount(group_of_link, state.received, groups)
        assert state.stock_after == pytest.approx(state.stock_before + (arrived - state.used) * step, abs=1e-9)
        assert (state.stock_after >= 0).all()
        assert (state.used * step <= state.stock_before + 1e-9).all()
        held_up = economy.binding
        assert state.used[held_up] == pytest.approx((economy.use * state.level[economy.buyer])[held_up], abs=1e-9)
        assert (state.received <= state.orders + 1e-9).all()
        assert (state.level <= state.capacity + 1e-12).all()
        assert (state.capacity <= rules.spare + 1e-12).all()


@given(economies())
def test_without_a_shock_nothing_moves(case: tuple[Any, Any, Rationing, float]) -> None:
    """Stocks, orders and output stay what they were."""
    network, stocks, rules, step = case
    result = timeline(network, np.zeros((1, network.size)), buffer=stocks, step=step, rationing=rules, horizon=30)
    assert (result.loss == 0).all()
    assert result.unmet == pytest.approx(0, abs=1e-9)
    assert result.stopped_by == ("tolerance",)


@given(economies())
def test_the_unit_of_money_and_the_order_of_shocks_change_nothing(case: Any) -> None:
    """Thousands in place of millions; and each shock by itself gives what both give together."""
    network, stocks, rules, step = case
    flows = network.flows
    dearer = Network.from_flows(
        flows.supplier, flows.customer, flows.value * 1000, flows.sector, flows.essentiality, flows.final_demand * 1000,
        self_flows=True,
    )  # fmt: skip
    options = {"buffer": stocks, "step": step, "rationing": rules, "horizon": 20, "duration": 5.0}
    both = timeline(network, [1, 0], **options)
    assert both.loss == pytest.approx(timeline(dearer, [1, 0], **options).loss, abs=1e-9)
    for row, node in enumerate([1, 0]):
        alone = timeline(network, [node], **options)
        assert (both.loss[row] == alone.loss[0]).all()
        assert (both.area[row] == alone.area[0]).all()


@pytest.mark.parametrize(("psi", "made"), [(1.0, [1, 0.8, 0.64, 0.512]), (0.5, [1, 1, 1, 0.8, 0.48, 0.288])])
def test_by_hand_a_stock_of_five_days(psi: float, made: list[float]) -> None:
    """The values of the module: what is left of the stock, over what psi asks for."""
    result = timeline(PAIR, [0], buffer=5.0, rationing=Rationing(psi=psi), horizon=len(made) - 1, paths=True)
    assert 1 - result.path[0, :, 1] == pytest.approx(made)
    assert result.unmet[0, 1] == pytest.approx(len(made) - sum(made))
    assert result.area[0, 1] == pytest.approx(sum(1 - level for level in made[:-1]))


def test_what_is_left_is_shared_in_proportion_to_orders() -> None:
    """A supplier at half sends half of each order: three days of stock last both customers as long, whatever they buy."""
    network = Network.from_flows([0, 0], [1, 2], [1.0, 3.0], final_demand=[0.0, 1.0, 3.0])
    economy = Economy.of(network, np.full(network.slots, 3.0), 1.0, None)
    state = Simulation(economy, Rationing(), 1.0).advance(np.array([0.5, 0.0, 0.0]))
    assert state.received.tolist() == [0.5, 1.5]


def test_rivals_fill_in_with_spare_capacity() -> None:
    """Of two suppliers of one sector one closes: with redirected orders and spare capacity the customer loses less."""
    network = Network.from_flows([0, 1], [2, 2], [1.0, 1.0], sector=[0, 0, 1], final_demand=[0.0, 0.0, 2.0])
    given = {"buffer": 3.0, "horizon": 60}
    keeps = timeline(network, [0], rationing=Rationing(redirect=False, spare=1.0), **given)
    moves = timeline(network, [0], rationing=Rationing(spare=2.0, adapt=2.0), **given)
    assert moves.area[0, 2] < 0.5 * keeps.area[0, 2]


def test_closing_a_rival_frees_supply() -> None:
    """The reason for which there are no bounds: with its rival closed as well, a customer of a scarce supplier loses less."""
    network = Network.from_flows([0, 0], [1, 2], [1.0, 1.0], final_demand=[0.0, 1.0, 1.0])
    scarce, rival_too = np.array([0.5, 0.0, 0.0]), np.array([0.5, 0.0, 1.0])
    result = timeline(network, np.stack([scarce, rival_too]), rationing=Rationing(), buffer=2.0, horizon=60)
    assert result.area[1, 1] < result.area[0, 1]
    assert np.isnan(result.low).all()
    assert np.isnan(result.high).all()


def test_lost_orders_go_upstream() -> None:
    """A supplier whose customer makes nothing has nothing to make."""
    result = timeline(PAIR, [1], rationing=Rationing(), buffer=2.0, horizon=30)
    assert result.loss[0, 0] == 1.0


def test_an_output_below_sales_is_refused() -> None:
    """A firm that sells more than it makes: the firm and both numbers are named; what is made beyond sales goes elsewhere."""
    with pytest.raises(UsageError, match=r"firm 0 sells 1 \(to firms and final demand\) but makes 0.5; correct its sales"):
        timeline(PAIR, [0], rationing=Rationing(), output=[0.5, 1.0])
    half = timeline(PAIR, [1], rationing=Rationing(), output=[2.0, 1.0], buffer=2.0, horizon=30)
    assert half.loss[0, 0] == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"rationing": Rationing(), "delay": 1.0}, "no delay, refill or eps"),
        ({"rationing": Rationing(), "refill": 2.0}, "no delay, refill or eps"),
        ({"rationing": Rationing(), "eps": 0.1}, "no delay, refill or eps"),
        ({"output": [1.0, 1.0]}, "give rationing= as well"),
        ({"rationing": Rationing(), "output": [1.0]}, "output"),
        ({"rationing": Rationing(), "output": [np.nan, 1.0]}, "output"),
        ({"rationing": Rationing(), "buffer": -1.0}, "buffer"),
    ],
)
def test_options_that_do_not_fit(options: dict[str, Any], message: str) -> None:
    """Each is refused by name."""
    with pytest.raises(UsageError, match=message):
        timeline(PAIR, [0], **options)


@pytest.mark.parametrize(
    "wrong",
    [{"psi": 0.0}, {"psi": 1.5}, {"psi": np.nan}, {"restock": 0}, {"restock": np.inf}, {"adapt": -1}, {"spare": 0.5},
     {"spare": np.inf}, {"spare": True}, {"redirect": 1}],
)  # fmt: skip
def test_rules_out_of_range(wrong: dict[str, Any]) -> None:
    """The error names the parameter."""
    with pytest.raises(UsageError, match=next(iter(wrong))):
        Rationing(**wrong)


def test_a_graph_and_a_hit_on_a_slot_are_refused() -> None:
    """Words have no amounts, and only firms are hit."""
    graph, _, _ = to_arrays(PlainNetwork(2, (slot(1, 0),)))
    with pytest.raises(UsageError, match="rationing needs amounts"):
        timeline(graph, [0], rationing=Rationing())
    on_slot = Hits(1, np.zeros(1, np.int64), np.array([SLOT]), np.zeros(1, np.int64), np.ones((3, 1)))
    with pytest.raises(UsageError, match="rationing takes hits on firms"):
        timeline(PAIR, on_slot, rationing=Rationing())


def test_the_horizon_is_where_nothing_moves_any_more() -> None:
    """A shock that ends is followed until stocks are full again; a horizon that is given is kept."""
    result = timeline(PAIR, [0], buffer=5.0, rationing=Rationing(restock=5.0), duration=10.0)
    assert result.parameters["horizon_reason"] in ("until nothing moves any more", "the least: nothing moves after it")
    assert result.stopped_by == ("tolerance",)
    assert np.isfinite(result.time_to_recover[0]).all()
    assert timeline(PAIR, [0], rationing=Rationing(), horizon=7).time[-1] == 7.0
    assert timeline(PAIR, [], rationing=Rationing(), horizon=7).loss.shape == (0, 2)


def test_a_run_ends_by_tolerance_once_too_little_moves_to_matter() -> None:
    """Changes below a millionth a day, which go on for decades, are no cap; a cap has a residual."""
    # farm and farm2 sell to mill, mill to baker and shop, baker to shop.
    network = Network.from_flows([3, 4, 0, 0, 1], [0, 0, 1, 2, 2], [2.0, 1.0, 3.0, 1.0, 4.0])
    result = timeline(network, [[0.5, 0, 0, 0, 0]], buffer=30.0, rationing=Rationing(), duration=30.0)
    assert result.stopped_by == ("tolerance",)
    assert 0 < result.residual[0] <= 1e-6
    early = timeline(network, [[0.5, 0, 0, 0, 0]], buffer=30.0, rationing=Rationing(), duration=30.0, horizon=100)
    assert early.stopped_by == ("cap",)
    assert early.residual[0] > 1e-6


def test_the_numbers_of_boario() -> None:
    """On its test table, to 1e-9 without spare capacity and to 3e-4 with it (see benchmarks/ario.py)."""
    pytest.importorskip("boario", reason="BoARIO is not installed: pip install boario pymrio")
    compare = runpy.run_path(str(Path(__file__).parents[2] / "benchmarks" / "ario.py"))["compare"]
    for row in compare():
        assert row.greatest < (1e-9 if row.spare == 1.0 else 3e-4), row
