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
from knockon.propagation.engines import engine
from knockon.propagation.engines.spark_checkpoint import Checkpoints
from knockon.propagation.engines.spark_session import Session, SparkOptions
from support.random_networks import network_of_flows, network_of_records
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


@pytest.mark.spark
@pytest.mark.parametrize("seeds", [[0], pytest.param(range(1, 50), marks=pytest.mark.slow)], ids=["1", "49"])
def test_graphs(spark: Session, written: Written, seeds: Any) -> None:
    """Every combination, unstated shares, disputes, portions, provisions, loops: leontief in all readings, reach both ways."""
    names = "loss step slot supply source shortage iterations"
    for seed in seeds:
        network, hits = network_of_records(seed)
        tables = written(network)
        ours = engine("spark").run("leontief", tables, hits)
        assert_same(ours, leontief(network, hits), f"low high {names} residual error")
        for upstream in (False, True)[: 2 if seed else 1]:
            assert_same(
                engine("spark").run("reach", tables, hits, upstream=upstream), reach(network, hits, upstream=upstream), names
            )


@pytest.mark.spark
@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_flows(spark: Session, written: Written, seed: int) -> None:
    """ESRI with all kinds of inputs, final demand, costs and both cascades; both variants of DebtRank; several shocks."""
    network = network_of_flows(seed)
    random = np.random.default_rng(seed)
    equity = random.random(network.size) * 200 + 50
    tables = written(network, equity=equity)
    shocks = np.where(random.random((2, network.size)) < 0.1, random.random((2, network.size)), 0.0)
    cascade = ("both", "downstream", "upstream")[seed % 3]
    options: dict[str, Any] = {"replaceability": seed % 4 != 3, "cascade": cascade, "eps": 0.01 if seed else 0.1}
    theirs = esri(network, shocks, **options)
    ours: Any = engine("spark").run("esri", tables, shocks, **options)
    assert_same(ours, theirs, "index downstream upstream loss iterations residual")
    assert ours.caveats == theirs.caveats
    for variant in ("linear", "original"):
        given: dict[str, Any] = {"variant": variant}
        banks = debtrank(network, shocks, equity=equity, **given)
        assert_same(engine("spark").run("debtrank", tables, shocks, **given), banks, "index loss iterations residual")
    assert_same(engine("spark").run("reach", tables, [3]), reach(network, [3]), "loss step iterations")


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
