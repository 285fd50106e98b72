"""The engine duckdb gives the numbers of the models in memory: losses, steps, bindings, rounds and reasons for stopping."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from knockon.network.hits import Hits
from knockon.network.network import Network
from knockon.network.tables import NetworkTables, open_tables, write_tables
from knockon.propagation import Result, debtrank, esri, leontief, reach
from knockon.propagation.engines import Engine, engine
from support.networks import networks_with_shocks, to_arrays
from support.random_networks import network_of_flows, network_of_records

#: The seeds of the networks that each run compares, and of those that take longer: 50 together.
SEEDS = [pytest.param(range(1), id="1"), pytest.param(range(1, 50), id="49", marks=pytest.mark.slow)]
EXACT = 1e-12

Written = Callable[[Network], NetworkTables]


@pytest.fixture
def duckdb(tmp_path: Path) -> Iterable[Engine]:
    """The engine, with a folder of its own, which must be empty in the end."""
    (tmp_path / "spill").mkdir()
    with engine("duckdb", memory="600MB", spill=tmp_path / "spill", threads=1) as chosen:
        yield chosen
    assert list((tmp_path / "spill").iterdir()) == []


@pytest.fixture
def written(tmp_path: Path) -> Written:
    """Writes a network as tables."""

    def write(network: Network, **options: Any) -> NetworkTables:
        write_tables(network, tmp_path / "tables", **options)
        return open_tables(tmp_path / "tables")

    return write


def assert_same(ours: Result, theirs: Result, names: str, *, exact: float = EXACT) -> None:
    """Two results have the same numbers of some names."""
    for name in names.split():
        one, other = np.asarray(getattr(ours, name)), np.asarray(getattr(theirs, name))
        assert one.shape == other.shape, name
        assert np.abs(one - other).max(initial=0) <= exact, name
    assert ours.stopped_by == theirs.stopped_by


BINDINGS = "step slot supply source shortage"


@pytest.mark.parametrize("seeds", SEEDS)
def test_graphs(seeds: range, duckdb: Engine, written: Written) -> None:
    """Every combination, unstated shares, disputes, portions, provisions, loops: reach both ways, leontief in all readings."""
    for seed in seeds:
        network, hits = network_of_records(seed)
        tables = written(network)
        for upstream in (False, True):
            ours = duckdb.run("reach", tables, hits, upstream=upstream)
            assert_same(ours, reach(network, hits, upstream=upstream), f"loss {BINDINGS} iterations")
        for options in ({}, {"eps": 0.01}, {"cap": 2})[: 3 if seed else 1]:
            ours, theirs = duckdb.run("leontief", tables, hits, **options), leontief(network, hits, **options)
            assert_same(ours, theirs, f"loss low high {BINDINGS} iterations residual error")
            if theirs.hidden is not None:
                assert ours.hidden is not None
                assert np.abs(ours.hidden.loss - theirs.hidden.loss).max(initial=0) <= EXACT


@pytest.mark.parametrize("seeds", SEEDS)
def test_flows(seeds: range, duckdb: Engine, written: Written) -> None:
    """ESRI with essential, other and negligible inputs, final demand, costs and both cascades; both variants of DebtRank."""
    for seed in seeds:
        network = network_of_flows(seed)
        rng = np.random.default_rng(seed)
        equity = rng.random(network.size) * 200 + 50
        tables = written(network, equity=equity)
        shocks = np.where(rng.random((1, network.size)) < 0.1, rng.random((1, network.size)), 0.0)
        cascade = ("both", "downstream", "upstream")[seed % 3]
        options: dict[str, Any] = {
            "replaceability": seed % 4 != 3,
            "cascade": cascade,
            "losses": True,
            "eps": 0.01 if seed else 0.1,
        }
        if seed % 5 == 2:
            upstream = np.where(rng.random(shocks.shape) < 0.1, 0.5, 0.0)
            options |= {"upstream_shocks": upstream, "weights": rng.random(network.size), "by_sector": True}
        ours: Any = duckdb.run("esri", tables, shocks, **options)
        theirs = esri(network, shocks, **options)
        if theirs.sector_loss is not None:
            np.testing.assert_allclose(ours.sector_loss, theirs.sector_loss, rtol=0, atol=EXACT)
        assert_same(ours, theirs, "index downstream upstream loss iterations residual")
        assert ours.caveats == theirs.caveats
        for variant in ("linear", "original"):
            ours = duckdb.run("debtrank", tables, shocks, variant=variant)
            banks = debtrank(network, shocks, equity=equity, variant=variant)
            assert_same(ours, banks, "index index_low index_high loss iterations residual")
        steps = duckdb.run("reach", tables, [3])
        assert_same(steps, reach(network, [3]), "loss step iterations")


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(networks_with_shocks())
def test_small_networks(tmp_path_factory: pytest.TempPathFactory, case: Any) -> None:
    """Networks of a few nodes, that are empty, have slots without supplies, or needs of themselves."""
    network, hits, _ = to_arrays(case[0], [case[1]])
    folder = tmp_path_factory.mktemp("small")
    write_tables(network, folder / "tables")
    with engine("duckdb", memory="600MB", spill=folder, threads=1) as chosen:
        ours = chosen.run("leontief", open_tables(folder / "tables"), hits)
    assert_same(ours, leontief(network, hits), f"loss low high {BINDINGS} iterations residual error")


@pytest.mark.slow
def test_a_slow_loop_is_solved(duckdb: Engine, written: Written) -> None:
    """A loop of shares that would take thousands of rounds ends where that in memory ends, at its limit."""
    weight = np.array([[0.999, 1.0]] * 3)
    network = Network(
        nodes="AB", slot_owner=np.array([0, 1]), slot_need=np.array([-1, -1]), weights=weight, mode=np.array([2, 2]),
        at_least=np.zeros(2, int), supply_start=np.array([0, 1, 3]), supply_provider=np.array([1, 0, 1]),
        supply_share=np.array([1.0, 0.9, 0.1]),
    )  # fmt: skip
    hits = Hits.of(network, [[0.3, 0.1]])
    ours, theirs = duckdb.run("leontief", written(network), hits), leontief(network, hits)
    assert_same(ours, theirs, "loss iterations residual error step source")


def test_losses_that_are_not_kept(duckdb: Engine, written: Written) -> None:
    """Without losses by node the index and the rounds are there, and asking for losses is an error that says so."""
    network = network_of_flows(1)
    tables = written(network)
    ours = duckdb.run("esri", tables, [0], losses=False, eps=0.1)
    assert_same(ours, esri(network, [0], eps=0.1), "index iterations")
    with pytest.raises(AttributeError, match="was not kept"):
        _ = ours.loss
    assert_same(duckdb.run("reach", tables, [0], losses=False), reach(network, [0]), "iterations")


def test_storage_in_32_bits(duckdb: Engine, written: Written) -> None:
    """Tables in 32 bits, and cascades in 32 bits, are exact to about 1e-6."""
    network = network_of_flows(5)
    theirs = esri(network, [3], eps=0.1)
    for bits, dtype in ((32, np.float64), (64, np.float32)):
        ours = duckdb.run("esri", written(network, bits=bits), [3], dtype=dtype, eps=0.1)
        assert_same(ours, theirs, "index", exact=1e-6)
