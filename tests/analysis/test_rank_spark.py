"""Every firm closed in turn by the executors of Spark: the same bits as in memory, or an error."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import knockon
from knockon.analysis.rank import checkpoint as keeping
from knockon.analysis.rank import runners
from knockon.analysis.rank import spark as on_spark
from knockon.analysis.rank.rank import rank
from knockon.errors import EngineFailed, UsageError
from knockon.network import Network
from knockon.propagation.engines import spark_network
from knockon.propagation.engines.spark_options import SparkOptions
from knockon.propagation.engines.spark_session import Session
from support.example_data import EXAMPLE
from support.spark import kill_one, money_flows

pytestmark = pytest.mark.spark
HERE = SparkOptions()


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of a few firms, so that small networks have several."""
    monkeypatch.setattr(runners, "_STEP", 16)


def test_the_numbers_are_those_of_memory(spark: Session) -> None:
    """Of every model, on flows and on a graph, to the last bit; and the answer as a whole."""
    network = money_flows(90)
    equity = np.random.default_rng(1).random(network.size) + 0.5
    for given, model, options in (
        (network, "esri", {}),
        (network, "leontief", {"engine": "numpy"}),
        (network, "debtrank", {"equity": equity, "variant": "original"}),
        (knockon.open(EXAMPLE).network(), "leontief", {}),
    ):
        here, there = rank(given, model, **options), rank(given, model, spark=HERE, **options)
        assert {name: column.tobytes() for name, column in here.columns.items()} == {
            name: column.tobytes() for name, column in there.columns.items()
        }
        assert here.to_dict() == there.to_dict()


def test_a_killed_worker_is_replaced(spark: Session) -> None:
    """Spark computes its block again: the answer is the right one."""
    network = money_flows(90)
    killed: list[bool] = []

    def progress(done: int) -> None:
        if done and not any(killed):
            killed.append(kill_one(os.getpid(), "pyspark.daemon"))

    assert rank(network, "esri", spark=HERE, progress=progress).to_dict() == rank(network, "esri").to_dict()
    assert any(killed)


def test_a_run_that_fails_leaves_its_progress(spark: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was computed is in the checkpoint; the next run, on another engine, goes on from there."""
    network, file = money_flows(90), tmp_path / "progress"
    monkeypatch.setattr(keeping, "EVERY", 0)
    numbers, calls = on_spark._numbers, []

    def fails_later(*arguments: Any) -> Any:
        calls.append(arguments)
        if len(calls) > 2:
            raise EngineFailed("gone")
        return numbers(*arguments)

    monkeypatch.setattr(on_spark, "_numbers", fails_later)
    with pytest.raises(EngineFailed):
        rank(network, "esri", spark=HERE, checkpoint=file)
    started: list[int] = []
    answer = rank(network, "esri", checkpoint=file, progress=started.append)
    assert started[0] == 32
    assert answer.to_dict() == rank(network, "esri").to_dict()


def test_other_programs_are_refused(spark: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker with another numpy or other code than the sender computes nothing, and the error names both."""
    own = spark_network.programs()
    monkeypatch.setattr(spark_network, "programs", lambda: own._replace(numpy="1.0"))
    with pytest.raises(UsageError, match=r"numpy is .* in the Python of the worker on .*, and 1\.0 where"):
        rank(money_flows(40), "esri", spark=HERE)


def test_a_network_that_was_damaged_on_its_way_is_refused(spark: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each file is checked against its checksum by every worker, and the last error is that of the file."""
    send = spark_network.send_network

    def send_damaged(session: Session, network: Network) -> Any:
        sent = send(session, network)
        file = Path(sent.folder, "supply_share.npy")
        content = bytearray(file.read_bytes())
        content[-1] ^= 1
        file.write_bytes(content)
        return sent

    monkeypatch.setattr(on_spark, "send_network", send_damaged)
    with pytest.raises(EngineFailed, match=r"a task failed each time it was tried: .*InvalidData"):
        rank(money_flows(41), "esri", spark=HERE)


def test_replies_that_are_lost_or_damaged_are_errors() -> None:
    """An answer for each block that was asked for, with the bytes that were sent, or no answer."""
    numbers = np.zeros((2, 5)).tobytes()
    good = on_spark.Reply(0, 2, numbers, on_spark.hashlib.sha256(numbers).hexdigest())
    job = [range(2), range(2, 4)]
    for replies in ([good], [good, good], [good, good._replace(first=2, last=3)], []):
        with pytest.raises(EngineFailed, match=r"Spark answered . of 2 blocks"):
            on_spark._checked(job, replies)
    for damaged in (good._replace(numbers=numbers[:-8]), good._replace(checksum="")):
        with pytest.raises(EngineFailed, match="damaged"):
            on_spark._numbers(damaged, range(2), 5)
