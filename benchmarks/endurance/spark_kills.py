"""Kill executors, or the driver, of Spark in the middle of a job: the right answer or an error, and no part of a table.

The driver is two processes, the program and its Java: they are killed in turn. The next run must remove what they left.
"""

from __future__ import annotations

import json
import os
import queue
import random
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any, NamedTuple, cast

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq
from spark_run import BEGUN, STARTED

from knockon.network import Network
from knockon.network.tables import write_tables
from knockon.propagation import debtrank, reach

sys.path[:0] = [str(Path(__file__).resolve().parents[2] / "tests")]
from support.random_networks import network_of_flows  # noqa: E402 - found in the folder above
from support.spark import QUICK_JAVA, descendants, kill_one  # noqa: E402

#: Where each scenario runs: on two executors of their own with one core each, or in the Java of the driver.
MASTERS = {"executor": "local-cluster[2,1,1024]", "driver": "local[2]"}
#: Parts of the command lines of the processes that are killed.
_EXECUTOR, _JAVA = "CoarseGrainedExecutorBackend", "SparkSubmit"
#: Firms: a job is a few seconds of each round, however few there are.
_FIRMS = 40
#: How long a run, or the end of its processes, may take on a busy machine, in seconds.
_END = 600.0
#: After so many killed drivers one run is left alone.
_ALONE = 25

Counts = tuple[int, int, int, int, tuple[str, ...]]


class Right(NamedTuple):
    """The answer of a model in memory, with the column of its table that has the numbers."""

    model: str
    options: dict[str, Any]
    rounds: int
    numbers: npt.NDArray[np.float64]
    column: str


class Hung(Exception):
    """A run, or the end of its processes, takes too long."""


def kill_spark(name: str, folder: Path, kills: int, draw: random.Random) -> Counts:
    """Kill executors or drivers, until so many were killed before their run answered.

    Returns
    -------
    tuple
        Kills; kills before the answer; runs that ended without a table, and those with a whole and right one; what was wrong.
    """
    network = network_of_flows(1, _FIRMS)
    write_tables(network, folder / "tables")
    (folder / "spill").mkdir()
    killing = (_Executors if name == "executor" else _Drivers)(folder, MASTERS[name], _rights(network), draw)
    try:
        with _without_logs():
            killing.kill(kills)
    except Hung as error:
        killing.faults.append(f"kill {killing.tried}: {error}")
    return killing.tried, killing.died, killing.before, killing.after, tuple(killing.faults)


def _rights(network: Network) -> tuple[Right, ...]:
    steps = reach(network, [0])
    # One round, so that a run is short.
    options = {"equity": np.linspace(20.0, 90.0, network.size).tolist(), "cap": 1}
    distress = debtrank(network, [0], **options, losses=True)
    return (
        Right("reach", {}, int(steps.iterations[0]), steps.step[0].astype(float), "step"),
        Right("debtrank", options, int(distress.iterations[0]), np.asarray(distress.loss)[0], "loss"),
    )


def outcome(answer: dict[str, Any] | None, output: Path, right: Right, *, dead: bool = False) -> int | str:
    """Return how a run came out; ``dead``: its program was killed, and may say nothing.

    Returns
    -------
    int or str
        0 for an error of ours, or nothing, and no table; 1 for the right table, and the right answer if there is one; else
        what is wrong.
    """
    if answer is None:
        if not dead:
            return "the program died, and nobody killed it"
        # It may die when the table has its name and nothing was said yet.
        return _table(output, right) if output.exists() else 0
    if "error" in answer:
        if not answer["error"].startswith("EngineFailed: "):
            return str(answer["error"])
        return f"a table, and {answer['error']}" if output.exists() else 0
    if answer["rounds"] != right.rounds or not np.allclose(answer["numbers"], right.numbers, rtol=0, atol=1e-12):
        return f"{right.model}: a wrong answer"
    return _table(output, right)


def _table(output: Path, right: Right) -> int | str:
    """Return 1 if a table has the right rows: all firms that are reached, or lose."""
    try:
        rows = pq.read_table(output)
    except (OSError, ValueError) as error:
        return f"{right.model}: a table that cannot be read: {error}"
    node = rows["node" if "node" in rows.column_names else "firm"].to_numpy()
    none = -1.0 if right.column == "step" else 0.0
    numbers = np.full(len(right.numbers), none)
    numbers[node] = rows[right.column].to_numpy()
    whole = len(node) == np.count_nonzero(right.numbers != none)
    return 1 if whole and np.allclose(numbers, right.numbers, rtol=0, atol=1e-12) else f"{right.model}: a wrong table"


class _Killing:
    """What both scenarios count, and a run of theirs."""

    def __init__(self, folder: Path, master: str, rights: tuple[Right, ...], draw: random.Random) -> None:
        self.folder, self.master, self.rights, self.draw = folder, master, rights, draw
        self.tables, self.spill, self.output = folder / "tables", folder / "spill", folder / "result"
        self.tried = self.died = self.before = self.after = 0
        self.faults: list[str] = []

    def begin(self, child: _Child, right: Right) -> None:
        """Let a run begin, to a folder for its table that is not there."""
        shutil.rmtree(self.output, ignore_errors=True)
        child.ask(right.model, self.output, right.options)

    def wait(self, child: _Child, longest: float) -> float:
        """Wait for a random moment of a run, or its answer; return the seconds of a run, fewer on a quieter machine."""
        begun = time.monotonic()
        until = begun + self.draw.uniform(0, longest)
        while not child.has_answered():
            if time.monotonic() > until:
                return longest
            time.sleep(0.02)
        return time.monotonic() - begun

    def whole(self, child: _Child, rights: tuple[Right, ...]) -> list[float]:
        """Return the seconds of a run of each of some models that nobody kills."""
        seconds = []
        for right in rights:
            begun = time.monotonic()
            self.begin(child, right)
            if (found := outcome(child.answer(), self.output, right)) != 1:
                raise SystemExit(f"a run that nobody killed: {found or 'an error'}")
            seconds.append(time.monotonic() - begun)
        return seconds

    def count(self, found: int | str) -> None:
        """Note how a run came out."""
        self.before += found == 0
        self.after += found == 1
        if isinstance(found, str):
            self.faults.append(f"kill {self.tried}: {found}")
        if os.environ.get("KNOCKON_KILLS_VERBOSE"):
            counts = (
                f"{self.died} before an answer, {self.before} without a table, {self.after} right, {len(self.faults)} wrong"
            )
            print(f"kill {self.tried}: {counts}", file=sys.stderr, flush=True)

    def nothing_left(self) -> None:
        """Note what is left behind beside a result, or in the folder for temporary files."""
        beside = set(self.folder.iterdir()) - {self.tables, self.spill, self.output}
        if left := sorted({*self.spill.iterdir(), *beside}):
            self.faults.append(f"kill {self.tried}: {len(left)} files are left, the first is {left[0].name}")


class _Executors(_Killing):
    """One executor is killed in each run of one Spark."""

    def kill(self, kills: int) -> None:
        while self.died < kills and self.tried < 4 * kills:
            with _child(self.tables, self.master, self.spill) as child:
                seconds = self.whole(child, self.rights)
                answered = True
                # After an error Spark may have ended for good: it is started again.
                while answered and self.died < kills and self.tried < 4 * kills:
                    answered = self._one(child, seconds)
            self.nothing_left()

    def _one(self, child: _Child, seconds: list[float]) -> bool:
        number = self.tried % len(self.rights)
        self.tried += 1
        self.begin(child, self.rights[number])
        seconds[number] = self.wait(child, seconds[number])
        self.died += not child.has_answered() and kill_one(child.process.pid, _EXECUTOR)
        answer = child.answer()
        self.count(outcome(answer, self.output, self.rights[number]))
        return answer is not None and "error" not in answer


class _Drivers(_Killing):
    """The program and its Java are killed in turn, each time in a Spark of its own."""

    def kill(self, kills: int) -> None:
        longest = self._alone()
        while self.died < kills and self.tried < 4 * kills:
            longest = self._one(longest)
            if self.tried % _ALONE == 0:
                self._alone()
        self._alone()

    def _alone(self) -> float:
        """Return the seconds of a run that nobody kills, which removes what killed ones left."""
        with _child(self.tables, self.master, self.spill) as child:
            (seconds,) = self.whole(child, self.rights[:1])
        self.nothing_left()
        return seconds

    def _one(self, longest: float) -> float:
        left = set(self.spill.iterdir())
        right = self.rights[self.tried % len(self.rights)]
        self.tried += 1
        with _child(self.tables, self.master, self.spill) as child:
            if stale := left & set(self.spill.iterdir()):
                self.faults.append(f"kill {self.tried}: the next run leaves {min(stale).name} of a killed one")
            self.begin(child, right)
            longest = self.wait(child, longest)
            self.died += not child.has_answered()
            dead = self.tried // len(self.rights) % 2 == 0
            if dead:
                child.kill()
            else:
                kill_one(child.process.pid, _JAVA)
            answer = child.answer()
        self.count(outcome(answer, self.output, right, dead=dead))
        return longest


class _Child:
    """A program with Spark, and what it answers."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process, self._lines = process, queue.Queue[str | None]()
        self._input, self._output = cast("IO[str]", process.stdin), cast("IO[str]", process.stdout)
        self.below: list[int] = []
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in self._output:
            self._lines.put(line.strip())
        self._lines.put(None)

    def wait_for(self, wanted: str) -> None:
        if (line := self._line()) != wanted:
            raise SystemExit(f"Spark said {line!r}, and not {wanted!r}")

    def ask(self, model: str, output: Path, options: dict[str, Any]) -> None:
        self._input.write(json.dumps({"model": model, "output": str(output), "options": options}) + "\n")
        self._input.flush()
        self.wait_for(BEGUN)

    def has_answered(self) -> bool:
        return not self._lines.empty()

    def answer(self) -> dict[str, Any] | None:
        """Wait for the end of a run; None where the program has died."""
        line = self._line()
        return None if line is None else json.loads(line)

    def kill(self) -> None:
        self.below = [process for process, _ in descendants(self.process.pid)]
        self.process.kill()

    def close(self) -> None:
        """Let the program end: it has no more to run."""
        with suppress(BrokenPipeError):
            self._input.close()

    def _line(self) -> str | None:
        try:
            return self._lines.get(timeout=_END)
        except queue.Empty:
            raise Hung(f"a run has not ended after {_END:g} s") from None


@contextmanager
def _child(tables: Path, master: str, spill: Path) -> Iterator[_Child]:
    """Start the program, and Spark; afterwards none of their processes may be left."""
    command = [sys.executable, str(Path(__file__).with_name("spark_run.py")), str(tables), master, str(spill)]
    paths = (str(Path(__file__).resolve().parents[2] / "graph"), os.environ.get("PYTHONPATH", ""))
    environment = {**QUICK_JAVA, **os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))}
    errors = None if os.environ.get("KNOCKON_KILLS_VERBOSE") else subprocess.DEVNULL
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True, env=environment
    ) as process:
        child = _Child(process)
        try:
            child.wait_for(STARTED)
            yield child
            below = child.below or [number for number, _ in descendants(process.pid)]
            child.close()
            _wait_for_end(process, below)
        finally:
            process.kill()


def _wait_for_end(process: subprocess.Popen[str], below: list[int]) -> None:
    until = time.monotonic() + _END
    while process.poll() is None or any(_runs(number) for number in below):
        if time.monotonic() > until:
            raise Hung("a process of Spark outlives its program")
        time.sleep(0.05)


def _runs(number: int) -> bool:
    try:
        return Path(f"/proc/{number}/stat").read_text("utf-8").rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


@contextmanager
def _without_logs() -> Iterator[None]:
    """Remove what the executors of a cluster in one machine write beside the program of Spark."""
    spec = find_spec("pyspark")
    work = Path(spec.origin or "").parent / "work" if spec else Path()
    before = set(work.glob("app-*"))
    try:
        yield
    finally:
        for folder in set(work.glob("app-*")) - before:
            shutil.rmtree(folder, ignore_errors=True)
