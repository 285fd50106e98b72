"""How long commands take from a cold process: processor time and wall-clock time, medians; ``make bench-start`` runs it.

Name other checkouts to compare them: their commands run in turns with those of this one, so that all meet the same load.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from arguments import source_folder, whole_number

HERE = Path(__file__).resolve().parents[1]
COMMANDS = (
    ("--help",),
    ("impact", "data-reclassification"),
    ("query", "--name", "depends-on"),
    ("query", "--name", "worst-hit"),
    ("show", "sensetime"),
)


class Times(NamedTuple):
    """Seconds: of the processor, in the program and in the system, and by the clock."""

    processor: float
    clock: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkouts", nargs="*", type=source_folder, help="other checkouts to compare with this one")
    parser.add_argument("--runs", type=whole_number, default=9, help="runs of each command (default: 9)")
    given = parser.parse_args()
    print(f"{'command':48} {'checkout':24} {'processor':>9} {'clock':>7}")
    for command in COMMANDS:
        for checkout, times in compare(command, [*given.checkouts, HERE], given.runs).items():
            processor, clock = (statistics.median(values) for values in zip(*times, strict=True))
            print(f"{' '.join(('knockon', *command)):48} {checkout.name:24} {processor:7.3f} s {clock:5.2f} s")


def compare(command: tuple[str, ...], checkouts: list[Path], runs: int) -> dict[Path, list[Times]]:
    """Run a command of each checkout in turns; the first run of each, which compiles the modules, does not count."""
    times: dict[Path, list[Times]] = {checkout.resolve(): [] for checkout in checkouts}
    with tempfile.TemporaryDirectory() as compiled:
        for number in range(runs + 1):
            for checkout, measured in times.items():
                taken = run(command, checkout, compiled)
                if number:
                    measured.append(taken)
    return times


def run(command: tuple[str, ...], checkout: Path, compiled: str) -> Times:
    """Run a command once, with the bytecode of the modules kept in a folder of its own."""
    environment = {**os.environ, "PYTHONPATH": str(checkout / "graph"), "PYTHONPYCACHEPREFIX": compiled}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    started, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-m", "knockon", *command], env=environment, check=True, capture_output=True)
    after, ended = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    return Times(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, ended - started)


if __name__ == "__main__":
    main()
