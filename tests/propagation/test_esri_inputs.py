"""ESRI with weights, losses by sector and shocks of the upstream cascade: from the losses of the published equations."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knockon.errors import InvalidData, KnockonError, UsageError
from knockon.network.hits import NODE, Hits
from knockon.network.network import NONE, Network
from knockon.propagation import esri
from knockon.propagation.esri_task import HIT, UPSTREAM
from support.flow_tables import Table, firm_losses, tables, tables_with_losses

Case = tuple[Table, tuple[float, ...]]


def shock_row(table: Table, losses: tuple[float, ...]) -> np.ndarray:
    return np.array([losses]).reshape(1, table.size)


@given(tables_with_losses(), st.data())
def test_weights_change_the_index_and_no_loss(case: Case, data: st.DataObject) -> None:
    """The index is the mean of the losses by the weights given, each cascade by itself and both together."""
    table, psi = case
    weights = np.array(data.draw(st.lists(st.integers(0, 50), min_size=table.size, max_size=table.size)), float)
    if table.size and not weights.any():
        weights[0] = 1.0
    network, shocks = table.network(), shock_row(table, psi)
    plain, weighted = esri(network, shocks), esri(network, shocks, weights=weights)
    assert weighted.loss.tolist() == plain.loss.tolist()
    assert weighted.iterations.tolist() == plain.iterations.tolist()
    part = weights / (weights.sum() or 1.0)
    assert weighted.index == pytest.approx(plain.loss @ part, abs=1e-12)


@given(tables_with_losses())
def test_sales_as_weights_are_the_default(case: Case) -> None:
    """Bit by bit."""
    table, psi = case
    network, shocks = table.network(), shock_row(table, psi)
    if not network.flows or not network.flows.sales.any():
        return
    plain, weighted = esri(network, shocks), esri(network, shocks, weights=network.flows.sales)
    assert (weighted.index, weighted.downstream, weighted.upstream) == (plain.index, plain.downstream, plain.upstream)


def test_a_firm_that_sells_to_final_demand_alone_counts_by_its_jobs() -> None:
    """By its sales in the table the last firm of a chain weighs nothing, by its jobs it does."""
    network = Network.from_flows([0, 1], [1, 2], [1.0, 1.0], final_demand=[0.0, 0.0, 5.0])
    assert esri(network, [2], cascade="downstream").index.tolist() == [0.0]
    assert esri(network, [2], cascade="downstream", weights=[10, 20, 70]).index.tolist() == [0.7]


@given(tables_with_losses(), st.booleans(), st.booleans())
def test_sectors_lose_what_their_firms_lose(case: Case, exact: bool, weighted: bool) -> None:
    """The share of a sector is the mean over its firms by weight, whether losses by node are kept or not; all add up."""
    table, psi = case
    if exact and not all(table.final_demand):
        return
    network, shocks = table.network(), np.concatenate([shock_row(table, psi), np.eye(table.size)])
    weights = np.arange(1.0, table.size + 1) if weighted else None
    result = esri(network, shocks, by_sector=True, weights=weights, exact=exact)
    weight = network.flows.sales if weights is None else weights
    assert result.sector_loss is not None
    for sector in range(len(table.essentiality)):
        firms = np.array(table.sector, int) == sector
        total = weight[firms].sum()
        expected = result.loss[:, firms] @ weight[firms] / total if total else np.full(len(shocks), np.nan)
        assert result.sector_loss[:, sector] == pytest.approx(expected, abs=1e-12, nan_ok=True)
    total = np.bincount(network.flows.sector, weight, network.flows.sectors)
    assert np.nansum(result.sector_loss * total, axis=1) / (total.sum() or 1.0) == pytest.approx(result.index, abs=1e-12)
    alone = esri(network, shocks, by_sector=True, weights=weights, exact=exact, losses=False).sector_loss
    assert alone == pytest.approx(result.sector_loss, abs=1e-12, nan_ok=True)
    assert esri(network, shocks).sector_loss is None


@given(tables(), st.data())
def test_shocks_of_their_own_upstream(table: Table, data: st.DataObject) -> None:
    """Each cascade is the one that its shock alone would give after as many rounds; the loss is the greater of both."""
    down_shock, up_shock = (shock_row(table, data.draw(firm_losses(table))) for _ in range(2))
    network = table.network()
    both = esri(network, down_shock, upstream_shocks=up_shock, eps=0, cap=7)
    down = esri(network, down_shock, eps=0, cap=7, cascade="downstream")
    up = esri(network, up_shock, eps=0, cap=7, cascade="upstream")
    assert both.downstream == pytest.approx(down.downstream, abs=1e-12)
    assert both.upstream == pytest.approx(up.upstream, abs=1e-12)
    # A cascade alone has the hits of its shock in the other one.
    assert (both.loss >= np.maximum(down_shock, up_shock) - 1e-12).all()
    same = esri(network, down_shock, upstream_shocks=down_shock, eps=0, cap=7)
    plain = esri(network, down_shock, eps=0, cap=7)
    for name in ("index", "upstream", "loss", "step", "source", "channel", "residual"):
        assert getattr(same, name).tolist() == getattr(plain, name).tolist(), name


@given(tables(leak=True), st.data(), st.booleans())
def test_sources_of_shocks_of_their_own_lead_back_to_a_hit(table: Table, data: st.DataObject, exact: bool) -> None:
    """The path of each loss ends at a firm that the shock hits in the channel of the path."""
    down_shock, up_shock = (shock_row(table, data.draw(firm_losses(table))) for _ in range(2))
    result = esri(table.network(), down_shock, upstream_shocks=up_shock, eps=0, cap=400, exact=exact)
    for node in np.flatnonzero(result.loss[0] > 1e-9):
        path = result.path(0, int(node))
        assert path[0] == node
        hit = up_shock if result.channel[0, node] == UPSTREAM else down_shock
        if result.channel[0, node] == HIT:
            hit = np.maximum(down_shock, up_shock)
        assert hit[0, path[-1]] > 0
        if result.channel[0, node] == HIT:
            assert (result.step[0, node], result.source[0, node]) == (0, NONE)


def test_hits_as_upstream_shocks() -> None:
    """Any form of shocks is taken: here a firm that stops buying and goes on selling."""
    network = Network.from_flows([0, 1], [1, 2], [1.0, 1.0], final_demand=[0.0, 0.0, 5.0])
    hits = Hits(1, np.array([0]), np.array([NODE]), np.array([2]), np.ones((3, 1)))
    result = esri(network, np.zeros((1, 3)), upstream_shocks=hits, weights=[1, 1, 1])
    assert (result.downstream.tolist(), result.upstream.tolist()) == ([0.0], [1.0])
    assert result.path(0, 0) == (0, 1, 2)


@pytest.mark.parametrize(
    ("options", "kind", "message"),
    [
        ({"weights": [1.0, 2.0]}, UsageError, "weights must be 3 numbers"),
        ({"weights": [1.0, -2.0, 0.0]}, InvalidData, r"weights\[1\]: -2.0 is not 0 or more"),
        ({"weights": [1.0, np.nan, 0.0]}, InvalidData, r"weights\[1\]: nan is not finite"),
        ({"weights": [0.0, 0.0, 0.0]}, InvalidData, "weights: the sum is 0"),
        ({"weights": "jobs"}, UsageError, "weights must be 3 numbers"),
        ({"upstream_shocks": [0, 1]}, UsageError, "upstream_shocks must be as many as shocks: 1, not 2"),
        ({"upstream_shocks": [3]}, UsageError, "names a node outside 0..2"),
        ({"by_sector": 1}, UsageError, "by_sector"),
    ],
)
def test_what_is_refused(options: dict[str, Any], kind: type[KnockonError], message: str) -> None:
    """Each error names the parameter and what it must be."""
    network = Network.from_flows([0, 1], [1, 2], [1.0, 1.0])
    with pytest.raises(kind, match=message):
        esri(network, [0], **options)
