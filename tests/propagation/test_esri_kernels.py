"""The compiled engine of ESRI: the same numbers as the plain one, alone and abreast, on one core and on two."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from importlib.util import find_spec

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from knockon.errors import UsageError
from knockon.network.network import Network
from knockon.propagation import kernels
from knockon.propagation.esri import EsriResult, esri
from support.flow_tables import BETWEEN
from support.short_form import some_of

with_numba = pytest.mark.skipif(find_spec("numba") is None, reason="the compiled engine needs numba")
#: How far the two engines may lie apart, by the numbers they count in.
NEAR = {"float64": 1e-12, "float32": 1e-5}
Forced = Callable[[str], None]


@pytest.fixture
def forced(monkeypatch: pytest.MonkeyPatch) -> Forced:
    """Send every shock into a lane as soon as it pushes anything, or none ever; or leave it to the rule."""

    def way(name: str) -> None:
        compiled = import_module("knockon.propagation.kernels.esri")
        if name == "abreast":
            monkeypatch.setattr(compiled, "WIDE_SHARE", 0.0)
        elif name == "alone":
            monkeypatch.setattr(compiled, "MAX_LANE_FIRMS", 0)

    return way


@cache
def random_network(seed: int, firms: int = 120, sectors: int = 12) -> Network:
    """A few large sellers, all kinds of inputs, some firms without suppliers or customers, final demand of a part."""
    draw = np.random.default_rng(seed)
    flows = 6 * firms
    seller = (firms * draw.random(flows) ** 2).astype(int)
    buyer = draw.integers(0, firms - 20, flows)
    real = seller != buyer
    return Network.from_flows(
        seller[real],
        buyer[real],
        draw.random(flows)[real],
        draw.integers(0, sectors, firms),
        draw.integers(0, 3, (sectors, sectors)),
        draw.random(firms) * (draw.random(firms) < 0.5),
    )


def shocks_on(network: Network, seed: int) -> np.ndarray:
    """Thirty closed firms, fifteen shocks of several firms in part, and one of nothing."""
    draw = np.random.default_rng(seed)
    n = network.size
    closed = np.eye(n)[draw.choice(n, 30, replace=False)]
    parts = draw.random((15, n)) * (draw.random((15, n)) < draw.random((15, 1)) ** 3)
    return np.concatenate([closed, parts, np.zeros((1, n))])


@cache
def plain_answer(seed: int, **options: object) -> EsriResult:
    """What the plain engine answers on a random network, once for all ways of the compiled one."""
    network = random_network(seed)
    return esri(network, shocks_on(network, seed), engine="numpy", **options)


def same(one: EsriResult, other: EsriResult, near: float, *, rounds: bool = True) -> None:
    for name in ("index", "downstream", "upstream", "residual", "loss", "shortage"):
        assert np.abs(getattr(one, name) - getattr(other, name)).max(initial=0.0) <= near, name
    if rounds:
        assert one.iterations.tolist() == other.iterations.tolist()
        assert one.stopped_by == other.stopped_by


@with_numba
@pytest.mark.parametrize("dtype", ["float64", pytest.param("float32", marks=pytest.mark.slow)])  # compiled anew for 32 bits
@pytest.mark.parametrize("way", ["abreast", "alone", "by the rule"])
@pytest.mark.parametrize("replaceability", [True, False])
def test_both_engines_give_the_same(dtype: str, way: str, replaceability: bool, forced: Forced) -> None:
    """Index, losses, rounds, residual and what stopped: to 1e-12 in 64 bits and 1e-5 in 32, whether alone or abreast."""
    forced(way)
    for seed in (1,):
        network = random_network(seed)
        shocks = shocks_on(network, seed)
        options = {"eps": BETWEEN, "replaceability": replaceability}
        plain = plain_answer(seed, **options)
        fast = esri(network, shocks, engine="numba", dtype=dtype, **options)
        same(fast, plain, NEAR[dtype])
        assert (fast.parameters["engine"], fast.parameters["dtype"]) == ("numba", dtype)


@with_numba
@pytest.mark.parametrize("way", ["abreast", "alone", "by the rule"])
def test_weights_sectors_and_upstream_shocks_are_the_same(way: str, forced: Forced) -> None:
    """Both engines agree on the index by other weights, on losses by sector, and on shocks of their own upstream."""
    forced(way)
    network = random_network(4)
    shocks, upstream = shocks_on(network, 5), shocks_on(network, 6)
    weights = np.random.default_rng(7).integers(0, 900, network.size)
    compiled, plain = (
        esri(network, shocks, upstream_shocks=upstream, weights=weights, by_sector=True, engine=engine)
        for engine in ("numba", "numpy")
    )
    same(compiled, plain, 1e-12)
    assert compiled.sector_loss == pytest.approx(plain.sector_loss, abs=1e-12, nan_ok=True)
    not_kept = esri(network, shocks, upstream_shocks=upstream, weights=weights, by_sector=True, engine="numba", losses=False)
    assert not_kept.sector_loss == pytest.approx(compiled.sector_loss, abs=0.0, nan_ok=True)


@with_numba
@pytest.mark.parametrize("way", ["abreast", "alone"])
def test_a_fine_eps_and_a_cap_are_kept(way: str, forced: Forced) -> None:
    """Far beyond the published eps, and cut off by a cap, the engines still agree on every number and every stop."""
    forced(way)
    network = random_network(3)
    shocks = shocks_on(network, 3)
    for options in ({"eps": BETWEEN * 1e-6, "cap": 5_000}, {"eps": 0.0, "cap": 3}, {"eps": 0.0, "cap": 1}):
        same(esri(network, shocks, engine="numba", **options), plain_answer(3, **options), 1e-12)


@with_numba
@pytest.mark.parametrize("cascade", ["downstream", "upstream"])
@pytest.mark.parametrize("way", ["abreast", "alone", "by the rule"])
def test_one_cascade_alone(cascade: str, way: str, forced: Forced) -> None:
    """Each cascade by itself is the same in both engines."""
    forced(way)
    network = random_network(4)
    shocks = shocks_on(network, 4)
    options = {"eps": BETWEEN, "cascade": cascade}
    same(esri(network, shocks, engine="numba", **options), plain_answer(4, **options), 1e-12)


@with_numba
@pytest.mark.parametrize("firms", [120, pytest.param(250, marks=pytest.mark.slow)])
@pytest.mark.parametrize("way", some_of(["abreast", "alone", "by the rule"], 3))
def test_cores_and_kept_losses_change_nothing(way: str, firms: int, forced: Forced) -> None:
    """One core or two, losses kept or not, all shocks or one at a time: the same numbers to the last bit, nothing left over."""
    forced(way)
    network = random_network(5, firms)
    each = esri(network, engine="numba", threads=1)
    for other in (
        esri(network, engine="numba", threads=2),
        esri(network, engine="numba", threads=2, losses=False),
        esri(network, engine="numba", threads=1, losses=False),
    ):
        assert other.index.tolist() == each.index.tolist()
        assert other.upstream.tolist() == each.upstream.tolist()
        assert other.iterations.tolist() == each.iterations.tolist()
    assert esri(network, engine="numba", threads=2).loss.tolist() == each.loss.tolist()
    for firm in (0, 7, firms - 1):
        same(esri(network, [firm], engine="numba"), esri(network, np.array([firm]), engine="numpy"), 1e-12)
        assert esri(network, [firm], engine="numba").index[0] == each.index[firm]


@with_numba
@pytest.mark.parametrize("way", ["abreast", "alone"])
def test_awkward_tables(way: str, forced: Forced) -> None:
    """No firms, flows or shocks, self-flows, negligible inputs alone, a sector that goes under: as the plain engine has it."""
    forced(way)
    circle = [0, 1, 2, 3], [1, 2, 3, 0], [1.0, 2.0, 3.0, 4.0]
    for network in (
        Network.from_flows([], [], []),
        Network.from_flows([], [], [], sector=[0, 1, 2]),
        Network.from_flows([0], [1], [1.0]),
        Network.from_flows(*circle),
        Network.from_flows(*circle, essentiality=[[0]]),
        Network.from_flows(*circle, [0, 1, 0, 1], [[0, 2], [1, 0]], [0.0, 1.0, 0.0, 1.0]),
        Network.from_flows([0, 0, 1, 2], [0, 1, 0, 2], [1.0, 1.0, 1.0, 2.0], [0, 1, 1], [[2, 1], [1, 0]], self_flows=True),
        Network.from_flows([0, 1], [2, 2], [1e-9, 1e12]),
    ):
        shocks = np.concatenate([np.eye(network.size), np.ones((1, network.size)), np.full((1, network.size), 0.5)])
        for some_shocks in (shocks, shocks[:0]):
            fast = esri(network, some_shocks, engine="numba", eps=BETWEEN)
            plain = esri(network, some_shocks, engine="numpy", eps=BETWEEN)
            same(fast, plain, 1e-12)
            assert fast.loss.shape == some_shocks.shape


@pytest.mark.slow
@with_numba
def test_bindings_are_told_in_32_bits_too() -> None:
    """Where losses are good to six digits, every one still has a path to a firm that is hit."""
    network = random_network(6)
    shocks = shocks_on(network, 6)
    result = esri(network, shocks, engine="numba", dtype="float32", eps=BETWEEN)
    lost = result.loss > 0
    assert (result.step[lost] >= 0).all()
    for shock, node in np.argwhere(lost)[::23]:
        path = result.path(shock, node)
        assert path[0] == node
        assert shocks[shock, path[-1]] > 0


@with_numba
def test_the_compiled_engine_is_refused_bad_parameters() -> None:
    """No cores are no cores, and hits outside the network never reach compiled code."""
    network = Network.from_flows([0], [1], [1.0])
    with pytest.raises(UsageError, match="threads must be a whole number"):
        esri(network, engine="numba", threads=0)
    with pytest.raises(UsageError, match=r"outside 0\.\.1"):
        esri(network, [2], engine="numba")


def test_without_numba_the_plain_engine_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Large work falls back to plain sweeps; asking for the compiled engine says what to install."""
    monkeypatch.setattr(import_module("knockon.propagation.esri"), "COMPILE_FROM", 0)
    monkeypatch.setattr(kernels, "find_spec", lambda _: None)
    network = Network.from_flows([0, 1], [1, 2], [1.0, 1.0])
    assert esri(network).parameters["engine"] == "numpy"
    with pytest.raises(UsageError, match=r"knockon\[fast\]"):
        esri(network, engine="numba")


@with_numba
def test_large_work_wakes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Above the limit the compiled engine is chosen, and says so."""
    monkeypatch.setattr(import_module("knockon.propagation.esri"), "COMPILE_FROM", 0)
    result = esri(random_network(1), [0, 1])
    assert result.parameters["engine"] == "numba"


@with_numba
@pytest.mark.parametrize("firms", [60, pytest.param(250, marks=pytest.mark.slow)])
@pytest.mark.parametrize("room", [True, False])
def test_lanes_take_memory_only_where_shocks_are_often_wide(monkeypatch: pytest.MonkeyPatch, room: bool, firms: int) -> None:
    """Lanes have rows where closed firms soon reach a good part of all flows, and none among pairs of firms."""
    compiled = import_module("knockon.propagation.kernels.esri")
    rows: list[int] = []
    plain = compiled.lane_states

    def watched(*given: object) -> object:
        state = plain(*given)
        rows.append(len(state.down))
        return state

    monkeypatch.setattr(compiled, "lane_states", watched)
    pairs = Network.from_flows(np.arange(0, 2 * firms, 2), np.arange(1, 2 * firms, 2), np.ones(firms))
    network = random_network(5, firms) if room else pairs
    same(esri(network, engine="numba"), esri(network, engine="numpy"), NEAR["float64"])
    assert any(rows) is room


@with_numba
@pytest.mark.parametrize("way", ["abreast", "alone"])
def test_a_sector_that_is_nearly_gone_is_the_same_for_both(way: str, forced: Forced) -> None:
    """Sales of 0.05 of which 9.1e-11 are left: what is left counts as 1 at 1e-10 or below, whoever sums it."""
    forced(way)
    for left in (9.1e-11, 1.1e-10, 5e-9, 1e-6):
        network = Network.from_flows([0, 0], [1, 2], [0.05, 0.0], sector=[0, 1, 1], final_demand=[0.0, 1.0, 1.0])
        hit = np.array([[1 - left / 0.05, 0.0, 0.0]])
        same(esri(network, hit, engine="numpy"), esri(network, hit, engine="numba", losses=True), 1e-12)
    assert esri(network, np.array([[1 - 9.1e-11 / 0.05, 0, 0]]), engine="numpy").loss[0, 1] == pytest.approx(0.05)


@with_numba
@given(st.lists(st.floats(1e-12, 1.0), min_size=3, max_size=6), st.lists(st.floats(0, 12), min_size=3, max_size=3))
def test_tiny_sales_are_the_same_for_both(sales: list[float], digits: list[float]) -> None:
    """However small what firms sell and what of it is left, both engines weigh suppliers alike."""
    firms = len(sales)
    seller, buyer = [*range(firms), *range(firms)], [firms] * firms + [firms + 1] * firms
    kinds = [i % 2 for i in range(firms)] + [2, 2]
    network = Network.from_flows(seller, buyer, [*sales, *sales], sector=kinds)
    hit = np.zeros((1, firms + 2))
    hit[0, :3] = [1 - 10**-digit for digit in digits]
    left = [sum(2 * sales[i] * (1 - hit[0, i]) for i in range(firms) if i % 2 == kind) for kind in (0, 1)]
    # On the edge itself one rounding decides, and no two orders of summing are the same.
    assume(all(abs(rest - 1e-10) > 1e-20 for rest in left))
    same(esri(network, hit, engine="numpy"), esri(network, hit, engine="numba", losses=True), 1e-12)
