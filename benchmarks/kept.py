"""What a question on a store folder takes from a process of its own: the first that is asked, and the second.

Run ``python benchmarks/kept.py [DEPENDENCIES ...]`` (20,000 and 200,000 without any). It writes a table of dependencies between
firms, each with a source of its own, loads it into a store, and asks each question twice: wall time and processor time in
seconds, and the greatest memory. The first impact compiles the network, which the store keeps (docs/decisions/0052). Then it
loads a table of 100 rows, takes that back, and checks every file.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from arguments import whole_number

#: The questions, by the arguments of the command.
QUESTIONS = (
    ("impact", "--hit", "firm 5=high"),
    ("explain", "firm 7", "--hit", "firm 5=high", "--format", "json"),
    ("chokepoints", "firm 7", "--order", "1"),
    ("show", "firm 5"),
    ("query", "SELECT ?d { ?d ko:dependant my:firm-5 }"),
    ("profile", "firm 5"),
    ("search", "firm 55"),
    ("explore", "--hit", "firm 5=high", "--centre", "firm 5", "--output", os.devnull),
)
#: The rows of the second table.
_MORE = 100


class Cost(NamedTuple):
    """What a process took: seconds of wall time and of processors, and megabytes of memory."""

    wall: float
    processor: float
    memory: float
    code: int

    def __str__(self) -> str:
        failed = f" (exit {self.code})" if self.code else ""
        return f"{self.wall:7.2f} s wall {self.processor:7.2f} s processor {self.memory:6.0f} MB{failed}"


def run(*arguments: str) -> Cost:
    """Run a command of ``knockon`` in a process of its own."""
    start = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-m", "knockon", *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    memory = usage.ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)
    return Cost(time.perf_counter() - start, usage.ru_utime + usage.ru_stime, memory, process.returncode)


def write_table(path: Path, dependencies: int, firms: int, seed: int = 1) -> None:
    """Write a table of dependencies between firms; the same numbers give the same table."""
    draw = random.Random(seed)  # noqa: S311 - the same table each time
    with path.open("w", encoding="utf-8") as table:
        table.write("dependant,need,provider,criticality,evidence\n")
        for row in range(dependencies):
            # No firm has one need twice, nor itself as a provider.
            dependant, need, step = row % firms, row // firms, draw.randrange(1, firms)
            level = draw.choice(["High", "Medium", "Low"])
            cells = (f"firm {dependant}", f"need {need} of {seed}", f"firm {(dependant + step) % firms}", level)
            table.write(f"{','.join(cells)},https://example.org/{seed}/{row + 1}\n")


def main(sizes: list[int]) -> None:
    """Measure some numbers of dependencies."""
    print(f"{'the program alone':40} {run('--version')}")
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            table, more, store = Path(folder) / "table.csv", Path(folder) / "more.csv", str(Path(folder) / "store")
            write_table(table, size, max(10, size // 3))
            write_table(more, _MORE, max(10, size // 3), seed=2)
            load = run("load", str(table), "--store", store)
            print(f"\n{size:,} dependencies\n{'load':40} {load}", flush=True)
            if load.code:
                sys.exit("the table was not loaded, so that there is nothing to ask")
            disk = sum(file.stat().st_size for file in Path(store).rglob("*") if file.is_file())
            print(f"{'on disk':40} {disk / 1e6:,.0f} MB", flush=True)
            for question in QUESTIONS:
                for number in ("first", "second"):
                    print(f"{number + ' ' + question[0]:40} {run(*question, '--store', store)}", flush=True)
            print(f"{f'load of {_MORE} more':40} {run('load', str(more), '--store', store)}", flush=True)
            print(f"{'undo':40} {run('undo', '--store', store)}", flush=True)
            print(f"{'validate':40} {run('validate', store)}", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    described = "numbers of dependencies (20000 and 200000)"
    parser.add_argument("sizes", nargs="*", type=whole_number, metavar="SIZE", help=described)
    main(parser.parse_args().sizes or [20_000, 200_000])
