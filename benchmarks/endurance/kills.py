"""Kill commands with SIGKILL at random moments: they leave the state before or the one after, and can be run again.

Scenarios: ``import`` (a table into a store), ``judgement`` (decisions on entities, and their load), ``proposal`` (accepted
proposals, and their load), ``linked`` (a load that takes over the files of the database), ``columns`` (a table that is loaded
by columns into an empty store), ``spill`` (a network larger than memory), ``update`` (updates of a served store), ``executor``
and ``driver`` (processes of Spark; skipped where there is no Java or pyspark). A kill counts only if the process died before it
reported success. Commands run in forked processes, which have all modules already; the server and Spark are processes of their
own.

    python benchmarks/endurance/kills.py --kills 200
    python benchmarks/endurance/kills.py import update --kills 20 --seed 3
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "benchmarks"), str(ROOT / "benchmarks" / "endurance"), str(ROOT / "graph")]

from scenarios import SCENARIOS, Scenario  # noqa: E402 - found in the folders above
from served_updates import kill_server  # noqa: E402
from spark_kills import MASTERS, kill_spark  # noqa: E402

from support.spark import missing  # noqa: E402


class Outcome(NamedTuple):
    """What a scenario showed: kills, those that came before success, states before and after, and what was wrong."""

    name: str
    kills: int
    died: int
    before: int
    after: int
    faults: tuple[str, ...]
    seconds: float


def main() -> int:
    """Run the scenarios and print a line for each; the exit code is 1 if anything was wrong."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    names = [*SCENARIOS, "update", *MASTERS]
    parser.add_argument("scenarios", nargs="*", choices=[*names, []], help=f"some of {', '.join(names)} (all)")
    parser.add_argument("--kills", type=int, default=200, help="kills that come before success, for each scenario (200)")
    parser.add_argument("--seed", type=int, default=1, help="where the random moments begin (1)")
    given = parser.parse_args()
    faults = 0
    print(f"{'scenario':<12}{'kills':>7}{'died':>7}{'before':>8}{'after':>7}{'wrong':>7}{'seconds':>9}")
    for name in given.scenarios or names:
        if name in MASTERS and (reason := missing()):
            print(f"{name:<12} skipped: {reason}", flush=True)
            continue
        outcome = endure(name, given.kills, given.seed)
        counts = f"{outcome.kills:>7}{outcome.died:>7}{outcome.before:>8}{outcome.after:>7}{len(outcome.faults):>7}"
        print(f"{name:<12}{counts}{outcome.seconds:>9.1f}", flush=True)
        for fault in outcome.faults[:20]:
            print(f"  {fault}", flush=True)
        faults += len(outcome.faults)
    return 1 if faults else 0


def endure(name: str, kills: int, seed: int) -> Outcome:
    """Kill one scenario until so many kills came before success; at most four times as many are tried."""
    begun = time.monotonic()
    draw = random.Random(seed)  # noqa: S311 - a moment is no secret
    with tempfile.TemporaryDirectory(prefix="knockon-kills-") as folder:
        if name in MASTERS:
            outcome = kill_spark(name, Path(folder), kills, draw)
        elif name == "update":
            outcome = kill_server(Path(folder), kills, draw)
        else:
            outcome = _kill(SCENARIOS[name], Path(folder), kills, draw)
    return Outcome(name, *outcome, time.monotonic() - begun)


def _kill(scenario: Scenario, folder: Path, kills: int, draw: random.Random) -> tuple[int, int, int, int, tuple[str, ...]]:
    """Kill one command at random moments of its run, each time in a copy of the same folder."""
    whole, place = folder / "whole", folder / "place"
    whole.mkdir()
    _in_child(lambda: scenario.prepare(whole), check=True)
    longest = _longest(scenario, whole, place)
    tried = died = before = after = 0
    faults: list[str] = []
    while died < kills and tried < 4 * kills:
        tried += 1
        _copy(whole, place)
        success = _killed(lambda: scenario.run(place), draw.uniform(0, longest))
        died += not success
        state = _in_child(lambda: scenario.state(place))
        before += state == 0
        after += state == 1
        if state not in {0, 1} or (success and state == 0):
            faults.append(f"kill {tried}: state {state} after {'success' if success else 'a kill'}")
            continue
        # The same command finishes what was begun, or says that it is done.
        _in_child(lambda: scenario.run(place))
        if scenario.finish is not None and _in_child(lambda: scenario.state(place)) == 0:
            _in_child(lambda: scenario.finish(place) if scenario.finish else 0)
        if (state := _in_child(lambda: scenario.state(place))) != 1:
            faults.append(f"kill {tried}: state {state} after the command was run again")
        elif litter := scenario.litter(place):
            faults.append(f"kill {tried}: {len(litter)} files are left, the first is {litter[0].name}")
    return tried, died, before, after, tuple(faults)


def _longest(scenario: Scenario, whole: Path, place: Path) -> float:
    """Return the seconds of a run that nobody kills, of which the state must be the one after."""
    _copy(whole, place)
    if (state := _in_child(lambda: scenario.state(place))) != 0:
        raise SystemExit(f"{scenario.name}: the state before is {state}, not 0")
    begun = time.monotonic()
    _in_child(lambda: scenario.run(place), check=True)
    seconds = time.monotonic() - begun
    if (state := _in_child(lambda: scenario.state(place))) != 1:
        raise SystemExit(f"{scenario.name}: the state after is {state}, not 1")
    return seconds


def _copy(whole: Path, place: Path) -> None:
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(whole, place)


def _killed(run: Callable[[], int], after: float) -> bool:
    """Run something in a forked process, kill it after some seconds; return whether it had succeeded by then."""
    process = _fork(run)
    time.sleep(after)
    with suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == 0


def _in_child(run: Callable[[], int | None], *, check: bool = False) -> int:
    """Run something in a forked process, since this one must open no database and start no thread; return its exit code."""
    code = os.waitstatus_to_exitcode(os.waitpid(_fork(run), 0)[1])
    if check and code:
        raise SystemExit(f"exit code {code}")
    return code


def _fork(run: Callable[[], int | None]) -> int:
    sys.stdout.flush()
    process = os.fork()
    if process == 0:
        code = 70
        try:
            with _silent():
                code = run() or 0
        except BaseException as error:
            print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
        os._exit(code)
    return process


@contextmanager
def _silent() -> Iterator[None]:
    """Let commands write their data and messages to nowhere."""
    with open(os.devnull, "w") as nowhere:  # noqa: PTH123 - no path of ours
        os.dup2(nowhere.fileno(), 1)
        if not os.environ.get("KNOCKON_KILLS_VERBOSE"):
            os.dup2(nowhere.fileno(), 2)
    yield


if __name__ == "__main__":
    sys.exit(main())
