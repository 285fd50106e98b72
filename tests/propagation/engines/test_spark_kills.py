"""Executors, Spark's Java process and the program itself are killed in the middle of a run: the right answer, or none."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from knockon.network.tables import NetworkTables, open_tables, write_tables
from knockon.propagation import reach
from support.random_networks import network_of_flows
from support.spark import QUICK_JAVA, descendants, kill_one, missing

pytestmark = [pytest.mark.spark, pytest.mark.slow]
#: A process with one Spark, that computes what it is asked for: a line for the beginning of each run, and one for its end.
CHILD = """
import json, sys
from knockon.errors import KnockonError
from knockon.network.tables import open_tables
from knockon.propagation.engines import engine
from knockon.propagation.engines.spark_options import SparkOptions
from knockon.propagation.engines.spark_session import spark_session
with spark_session(SparkOptions(sys.argv[2])):
    for line in sys.stdin:
        print("begun", flush=True)
        try:
            result = engine("spark").run("reach", open_tables(sys.argv[1]), [0], output=line.strip())
            answer = {"step": result.step[0].tolist(), "iterations": int(result.iterations[0])}
        except KnockonError as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)
"""
#: Parts of the command lines of the processes that are killed.
EXECUTOR, JAVA = "CoarseGrainedExecutorBackend", "SparkSubmit"


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> NetworkTables:
    """A network whose search is several jobs."""
    if reason := missing():
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("killed") / "tables"
    write_tables(network_of_flows(1), folder)
    return open_tables(folder)


class Running:
    """The process, and what it answers."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def begin(self, output: Path) -> None:
        """Ask for a run, and wait until it begins."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{output}\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == "begun\n"

    def answer(self) -> dict[str, Any]:
        """Wait for the end of the run; nothing where the process has ended."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        return json.loads(line) if line else {}


@contextmanager
def running(tables: NetworkTables, master: str, temporary: Path) -> Iterator[Running]:
    """Start the process, with a folder for temporary files whose name has a space."""
    temporary.mkdir(exist_ok=True)
    process = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(tables.folder), master], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env={**os.environ, **QUICK_JAVA, "TMPDIR": str(temporary)},
    )  # fmt: skip
    try:
        yield Running(process)
    finally:
        left = [pid for pid, _ in descendants(process.pid)]
        if process.stdin is not None:
            process.stdin.close()
        try:
            process.wait(600)
        finally:
            process.kill()
            process.wait()
            if process.stdout is not None:
                process.stdout.close()
        assert _ended(left), "a process of Spark outlived the program"


def _ended(processes: list[int]) -> bool:
    """Whether processes end; ten minutes are also enough for a busy machine."""
    until = time.monotonic() + 600
    while any(_runs(pid) for pid in processes):
        if time.monotonic() > until:
            return False
        time.sleep(0.1)
    return True


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def assert_right_or_none(answer: dict[str, Any], output: Path) -> bool:
    """The numbers are those in memory, in the table too; or there is an error and no table. Return whether it answered."""
    if "step" not in answer:
        assert not answer or answer["error"].startswith("EngineFailed: "), answer
        assert not output.exists()
        return False
    theirs = reach(network_of_flows(1), [0])
    assert answer["iterations"] == theirs.iterations[0]
    assert answer["step"] == theirs.step[0].tolist()
    rows = pq.read_table(output)
    step = np.full(theirs.step.shape[1], -1)
    step[rows["node"].to_numpy()] = rows["step"].to_numpy()
    assert step.tolist() == theirs.step[0].tolist()
    return True


@pytest.fixture
def without_logs() -> Iterator[None]:
    """Remove what the executors of a cluster in one machine write beside the program of Spark."""
    import pyspark

    work = Path(pyspark.__file__).parent / "work"
    before = set(work.glob("app-*"))
    yield
    for folder in set(work.glob("app-*")) - before:
        shutil.rmtree(folder)


@pytest.mark.usefixtures("without_logs")
def test_a_killed_executor_changes_no_number(tables: NetworkTables, tmp_path: Path) -> None:
    """Its tasks run again elsewhere; a run that cannot go on is an error, and leaves no table."""
    kills = 40
    random, answered, killed = np.random.default_rng(kills), 0, 0
    with running(tables, "local-cluster[2,1,1024]", tmp_path / "temporary files") as child:
        child.begin(tmp_path / "whole")
        began = time.monotonic()
        assert assert_right_or_none(child.answer(), tmp_path / "whole")
        seconds = time.monotonic() - began
        for number in range(kills):
            output = tmp_path / f"result [{number}] é"
            child.begin(output)
            time.sleep(float(random.random()) * seconds / 2)
            killed += kill_one(child.process.pid, EXECUTOR)
            answered += assert_right_or_none(child.answer(), output)
    sys.stderr.write(f"{killed} executors killed, {answered} of {kills} runs answered\n")
    assert killed > kills / 2
    assert answered > kills / 2
    assert list((tmp_path / "temporary files").iterdir()) == []


def test_a_killed_driver_leaves_nothing_that_is_taken_for_a_result(tables: NetworkTables, tmp_path: Path) -> None:
    """Killed, Java becomes an error and the program takes Java with it; the next run is right, and removes what was left."""
    kills = 10
    random, temporary, answered = np.random.default_rng(kills), tmp_path / "temporary files", 0
    for number in range(kills):
        output = tmp_path / "result"
        shutil.rmtree(output, ignore_errors=True)
        with running(tables, "local[2]", temporary) as child:
            child.begin(output)
            time.sleep(float(random.random()) * 10)
            if number % 2:
                assert kill_one(child.process.pid, JAVA)
            else:
                left = [pid for pid, _ in descendants(child.process.pid)]
                child.process.kill()
                assert _ended(left), "Java outlived the program that was killed"
            answered += assert_right_or_none(child.answer(), output)
    sys.stderr.write(f"{kills} drivers killed, {answered} of their runs had answered before\n")
    shutil.rmtree(tmp_path / "result", ignore_errors=True)
    with running(tables, "local[2]", temporary) as child:
        child.begin(tmp_path / "result")
        assert assert_right_or_none(child.answer(), tmp_path / "result")
    assert list(temporary.iterdir()) == []
    assert [path.name for path in tmp_path.iterdir() if path != temporary] == ["result"]
