"""The engine spark gives the numbers of the models in memory; a checkpoint that lost rows stops the run."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pytest

from knockon.errors import EngineFailed, UsageError
from knockon.network.network import Network
from knockon.network.tables import NetworkTables, open_tables, write_tables
from knockon.propagation import Result, debtrank, esri, leontief, reach
from knockon.propagation.debtrank_rounds import Variant
from knockon.propagation.engines import engine
from knockon.propagation.engines.spark_checkpoint import Checkpoints
from knockon.propagation.engines.spark_options import SparkOptions
from knockon.propagation.engines.spark_session import Session
from support.random_networks import flows_side_by_side, graphs_side_by_side, network_of_flows, network_of_records
from support.spark import kill_one

EXACT = 1e-12
Written = Callable[..., NetworkTables]


@pytest.fixture
def written(tmp_path: Path) -> Written:
    """Writes a network as tables, in a folder whose name Spark could take for a pattern."""

    def write(network: Network, **options: Any) -> NetworkTables:
        write_tables(network, tmp_path / "tables [é]*'", **options)
        return open_tables(tmp_path / "tables [é]*'")

    return write


def assert_same(ours: Result, theirs: Result, names: str) -> None:
    """Two results have the same numbers of some names, and stop for the same reason."""
    for name in names.split():
        one, other = np.asarray(getattr(ours, name)), np.asarray(getattr(theirs, name))
        assert one.shape == other.shape, name
        assert np.abs(one - other).max(initial=0) <= EXACT, name
    assert ours.stopped_by == theirs.stopped_by


#: The seeds of the networks that each run compares: one, or all side by side in one network, each with a shock of its own.
SEEDS = [pytest.param(range(1), id="1"), pytest.param(range(50), id="50", marks=pytest.mark.slow)]
BINDINGS = "step slot supply source shortage"


def test_networks_side_by_side_are_each_alone() -> None:
    """What the comparisons below rest on: a network has the losses and rounds among others that it has alone."""
    seeds = (4, 0, 7)
    together = leontief(*graphs_side_by_side(seeds))
    first = 0
    for shock, seed in enumerate(seeds):
        alone = leontief(*network_of_records(seed))
        rows = slice(first, first + alone.loss.shape[1])
        for name in ("low", "loss", "high"):
            assert np.abs(getattr(together, name)[shock, rows] - getattr(alone, name)[0]).max() <= EXACT
        assert np.count_nonzero(together.high[shock]) == np.count_nonzero(alone.high)
        assert together.iterations[shock] == alone.iterations[0]
        first = rows.stop


@pytest.mark.spark
@pytest.mark.parametrize("seeds", SEEDS)
def test_graphs(spark: Session, written: Written, seeds: range) -> None:
    """Every combination, unstated shares, disputes, portions, provisions, loops: leontief in all readings, reach both ways."""
    network, hits = graphs_side_by_side(seeds)
    tables = written(network)
    every = len(seeds) > 1
    for upstream in (False, True)[: 1 + every]:
        ours = engine("spark").run("reach", tables, hits, upstream=upstream)
        assert_same(ours, reach(network, hits, upstream=upstream), f"loss {BINDINGS} iterations")
    # Each round takes Spark a second or two.
    for options in ({}, {"eps": 0.01}, {"cap": 2}) if every else ({"cap": 3},):
        ours, theirs = engine("spark").run("leontief", tables, hits, **options), leontief(network, hits, **options)
        assert_same(ours, theirs, f"loss low high {BINDINGS} iterations residual error")


@pytest.mark.spark
@pytest.mark.slow
@pytest.mark.parametrize("replaceability", [True, False])
@pytest.mark.parametrize("cascade", ["both", "downstream", "upstream"])
def test_esri(spark: Session, written: Written, cascade: Any, replaceability: bool) -> None:
    """50 networks with all kinds of inputs, final demand and costs, and a shock of each: both cascades, and each alone."""
    network, equity, shocks = flows_and_shocks()
    options: dict[str, Any] = {"replaceability": replaceability, "cascade": cascade, "losses": True}
    theirs = esri(network, shocks, **options)
    ours: Any = engine("spark").run("esri", written(network, equity=equity), shocks, **options)
    assert_same(ours, theirs, "index downstream upstream loss iterations residual")
    assert ours.caveats == theirs.caveats


@pytest.mark.spark
@pytest.mark.slow
def test_debtrank(spark: Session, written: Written) -> None:
    """50 networks and a shock of each: both variants, and what is reached."""
    network, equity, shocks = flows_and_shocks()
    tables = written(network, equity=equity)
    variants: tuple[Variant, ...] = ("linear", "original")
    for variant in variants:
        ours: Any = engine("spark").run("debtrank", tables, shocks, variant=variant)
        banks = debtrank(network, shocks, equity=equity, variant=variant)
        assert_same(ours, banks, "index index_low index_high loss iterations residual")
    assert_same(engine("spark").run("reach", tables, shocks), reach(network, shocks), "loss step iterations")


@pytest.mark.spark
@pytest.mark.slow
def test_ten_thousand_firms(spark: Session, written: Written) -> None:
    """Three firms of a network that is more than a few blocks: what is reached, and what is lost."""
    network, firms = network_of_flows(1, 10_000), [5, 4_000, 9_999]
    tables = written(network)
    assert_same(engine("spark").run("reach", tables, firms), reach(network, firms), "loss step iterations")
    ours: Any = engine("spark").run("esri", tables, firms, losses=True)
    assert_same(ours, esri(network, firms, losses=True), "index downstream upstream loss iterations residual")


def flows_and_shocks() -> tuple[Network, Any, Any]:
    """50 networks of money flows side by side, the equity of their firms, and for each a shock that hits a tenth of it."""
    network, random = flows_side_by_side(range(50)), np.random.default_rng(1)
    firms = network.size // 50
    shocks = np.zeros((50, network.size))
    for number in range(50):
        hit = np.where(random.random(firms) < 0.1, random.random(firms), 0.0)
        shocks[number, number * firms : (number + 1) * firms] = hit
    return network, random.random(network.size) * 200 + 50, shocks


@pytest.mark.spark
@pytest.mark.parametrize("damage", ["lost", "truncated"])
def test_a_checkpoint_that_lost_rows_stops_the_run(
    spark: Session, written: Written, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    """A file that disappears, or is cut short, between writing and reading is an error, not a smaller network."""

    def after_write(self: Checkpoints, url: str) -> None:
        file = max(Path(urlsplit(url).path).glob("part-*.parquet"), key=lambda path: path.stat().st_size)
        if damage == "lost":
            file.unlink()
        else:
            os.truncate(file, file.stat().st_size // 2)

    monkeypatch.setattr(Checkpoints, "after_write", after_write)
    with pytest.raises(EngineFailed, match=r"rows were written and|failed while"):
        engine("spark").run("reach", written(network_of_flows(2)), [0])


@pytest.mark.spark
@pytest.mark.slow
@pytest.mark.parametrize("_", range(10))
def test_a_killed_worker_gives_the_right_answer_or_an_error(spark: Session, written: Written, _: int) -> None:
    """Python workers that are killed while joins run change no number."""
    network = network_of_flows(1)
    tables = written(network)
    kill_one(os.getpid(), "pyspark.daemon")
    assert_same(engine("spark").run("esri", tables, [0], eps=0.1), esri(network, [0], eps=0.1), "index iterations")


def test_settings_that_spark_does_not_have() -> None:
    """Each is refused with what to do instead."""
    for settings, message in (
        ({"spill_limit": "1GB"}, "no limit"),
        ({"threads": 2, "master": "local[2]"}, "leave out --threads"),
        ({"master": "sc://host"}, "Spark Connect"),
        ({"master": "here"}, "'here' is not a master"),
    ):
        with pytest.raises(UsageError, match=message):
            engine("spark", **settings)
    with pytest.raises(UsageError, match="takes none"):
        engine("duckdb", master="local[2]")
    with pytest.raises(UsageError, match="512 MB"):
        SparkOptions(memory=1)
