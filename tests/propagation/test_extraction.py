"""Extraction of sectors and the model of Ghosh: dense solutions as oracles, laws, and what is refused."""

from __future__ import annotations

from typing import Any, get_args

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knockon.errors import InvalidData, KnockonError, UsageError
from knockon.network.network import Network
from knockon.propagation import extraction, ghosh, inoperability, price
from knockon.propagation.extraction import Extracted
from support.networks import EIGHTHS

Array = npt.NDArray[np.float64]

TWO = [[150.0, 500.0], [200.0, 100.0]]
OUTPUT = [1000.0, 2000.0]


@st.composite
def economies(draw: st.DrawFn) -> tuple[Array, Array]:
    """The flows of up to six sectors, and final demand of each, at least 1."""
    n = draw(st.integers(1, 6))
    flows = np.array([[draw(st.sampled_from([0, 0, 1, 2, 5])) for _ in range(n)] for _ in range(n)], float)
    return flows, np.array([draw(st.integers(1, 9)) for _ in range(n)], float)


def network_of(flows: Array, demand: Array) -> Network:
    supplier, customer = np.nonzero(flows)
    return Network.from_flows(supplier, customer, flows[supplier, customer], final_demand=demand, self_flows=True)


def outputs_without(flows: Array, demand: Array, share: Array, extracted: str) -> Array:
    """The outputs of the equations, solved densely for one shock."""
    output = flows.sum(axis=1) + demand
    left, one, coefficients = np.diag(1 - share), np.eye(len(share)), flows / output
    if extracted == "backward":
        return np.linalg.solve(one - coefficients @ left, demand)
    return np.linalg.solve(one - left @ coefficients, left @ demand if extracted == "complete" else demand)


@given(economies(), st.sampled_from(get_args(Extracted)), st.data())
def test_outputs_are_solved_anew(economy: tuple[Array, Array], extracted: Extracted, data: st.DataObject) -> None:
    """Losses are those of the table with the shares left out; a table and its network give the same."""
    flows, demand = economy
    n, output = len(demand), flows.sum(axis=1) + demand
    share = np.array(data.draw(st.lists(st.one_of(st.just(0.0), st.just(1.0), EIGHTHS), min_size=n, max_size=n)))
    left = outputs_without(flows, demand, share, extracted)
    result = extraction(network_of(flows, demand), share, extracted=extracted)
    assert result.loss[0] == pytest.approx(np.maximum(1 - left / output, 0), abs=1e-9)
    assert result.lost[0] == pytest.approx((output - left).sum(), abs=1e-9 * output.sum())
    assert result.index[0] == pytest.approx((output - left).sum() / output.sum(), abs=1e-9)
    assert result.elsewhere[0] == pytest.approx((output - left)[share == 0].sum(), abs=1e-9 * output.sum())
    assert extraction(flows, share, extracted=extracted, output=output).loss == pytest.approx(result.loss, abs=1e-12)


@given(economies(), st.sampled_from(get_args(Extracted)))
def test_each_sector_in_turn(economy: tuple[Array, Array], extracted: Extracted) -> None:
    """Without shocks each sector is extracted alone; one that is extracted completely has nothing left."""
    network = network_of(*economy)
    every = extraction(network, extracted=extracted)
    assert every.loss == pytest.approx(extraction(network, np.eye(network.size), extracted=extracted).loss, abs=0)
    if extracted == "complete":
        assert np.diagonal(every.loss) == pytest.approx(1.0, abs=1e-9)


@given(economies(), st.sampled_from(get_args(Extracted)), st.data())
def test_no_loss_falls_when_more_is_extracted(economy: tuple[Array, Array], extracted: Extracted, data: st.DataObject) -> None:
    """More of a sector, or one sector more."""
    flows, demand = economy
    draws = st.lists(EIGHTHS, min_size=len(demand), max_size=len(demand))
    less = np.array(data.draw(draws))
    more = np.maximum(less, data.draw(draws))
    result = extraction(network_of(flows, demand), np.array([less, more]), extracted=extracted)
    assert (result.loss[1] >= result.loss[0] - 1e-12).all()


def test_a_sector_without_output_loses_nothing() -> None:
    """Nothing divides by 0, and no shocks or sectors give no rows."""
    result = extraction(Network.from_flows([0], [1], [1.0], final_demand=[0.0, 2.0, 0.0], self_flows=True))
    assert result.loss.tolist() == [[1.0, 0.0, 0.0], [1.0, 1.0, 0.0], [0.0, 0.0, 0.0]]
    assert extraction(np.zeros((0, 0))).loss.shape == (0, 0)
    assert extraction(TWO, np.zeros((0, 2)), output=OUTPUT).loss.shape == (0, 2)


@given(economies(), st.data())
def test_ghosh_is_the_supply_driven_allocation(economy: tuple[Array, Array], data: st.DataObject) -> None:
    """Outputs by the allocation coefficients, in shares; and the rises of prices, which obey the same equation."""
    flows, demand = economy
    # What a sector buys must leave something for its primary inputs, whose fall is the shock.
    demand = demand + np.maximum(flows.sum(axis=0) - flows.sum(axis=1), 0)
    n, output = len(demand), flows.sum(axis=1) + demand
    fall = np.array(data.draw(st.lists(EIGHTHS, min_size=n, max_size=n))) / 8
    allocation = flows / output[:, None]
    change = np.linalg.solve((np.eye(n) - allocation).T, fall * output)
    network = network_of(flows, demand)
    result = ghosh(network, fall[None, :])
    assert result.loss[0] == pytest.approx(np.minimum(change / output, 1), abs=1e-12)
    assert result.model == "ghosh"
    same = inoperability(network, fall[None, :], interdependency="supply")
    assert result.loss.tolist() == same.loss.tolist()
    if (result.loss < 1).all():
        assert price(network, fall[None, :]).rise == pytest.approx(result.loss, abs=1e-12)


@pytest.mark.parametrize(
    ("shocks", "options", "kind", "message"),
    [
        ([0.5, 2.0], {}, UsageError, "0..1"),
        ([0.5], {}, UsageError, "2"),
        ([1.0, 0.0], {"extracted": "all"}, UsageError, "unknown extracted 'all'; known are complete, forward, backward"),
        (
            [1.0, 0.0],
            {"output": [600.0, 2000.0]},
            InvalidData,
            r"output\[0\]: 600.0 is less than what the sector sells",
        ),
        ([1.0, 0.0], {"output": [650.0, 300.0]}, InvalidData, "at least one sector must sell to final demand"),
        ([1.0, 0.0], {"output": [-1.0, 300.0]}, InvalidData, "not 0 or more"),
    ],
)
def test_what_is_refused(shocks: Any, options: dict[str, Any], kind: type[KnockonError], message: str) -> None:
    """Each error says what is wrong and how to fix it."""
    with pytest.raises(kind, match=message):
        extraction(TWO, shocks, **{"output": OUTPUT, **options})
