"""How long a load of cited dependencies takes, and how much memory, beside the bare bulk load of the same quads.

    python benchmarks/loads.py [ROWS ...] [--cited-by ROWS]

Each step runs in a process of its own: `knockon load` of a table into a new store, `pyoxigraph.Store.bulk_load` of the quads
that this load gives to the database, in chunks of 200,000, and a second load of a table of 100 rows. Goals: 4 s for 20,000
rows of 16 quads each, 30 s for 200,000, 150 s for a million; at most twice the bare bulk load, at most 500 MB and 1 KB a row;
2 s for the second load. Where each row has a document of its own there are 23 quads a row, with one for 100 rows some 17.
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

#: How many rows a firm has as dependant, the number of needs, and the rows of the second table.
_ROWS_OF_A_FIRM, _NEEDS, _SECOND = 3, 46, 100
#: Write the text that a load gives to the database into a file, and not into the database. The program ends without closing.
_TEXT = """
import sys
from knockon.cli import main
from knockon.store.database import DatabaseWriter

file = open(sys.argv[1], "wb")
DatabaseWriter.load = lambda self, text: (file.write(text), file.flush()) and None
sys.argv = ["knockon", *sys.argv[2:]]
main()
"""
_BULK = """
import sys, itertools, pyoxigraph
store = pyoxigraph.Store(sys.argv[2])
with open(sys.argv[1], "rb") as file:
    while chunk := b"".join(itertools.islice(file, 200_000)):
        store.bulk_load(chunk, format=pyoxigraph.RdfFormat.N_QUADS, lenient=True)
store.flush()
"""


class Run(NamedTuple):
    """What a process took: seconds, seconds of processors, and the most memory in MB."""

    seconds: float
    cpu: float
    memory: float

    def __str__(self) -> str:
        return f"{self.seconds:8.1f} {self.cpu:8.1f} {self.memory:8.0f}"


def run(*command: str | Path) -> Run:
    """Run a command that must succeed."""
    begun = time.monotonic()
    process = subprocess.Popen(list(map(str, command)), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(map(str, command))[:200]} ended with {process.returncode}")
    return Run(time.monotonic() - begun, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def write_table(path: Path, rows: int, firms: int, seed: int, cited_by: int = 1) -> None:
    """Write a table of cited dependencies, one for each pair of a dependant and a need; so many rows cite one document."""
    draw, pairs = random.Random(seed), set[tuple[int, int]]()  # noqa: S311 - the same table in each run
    with path.open("w") as file:
        file.write("dependant,need,provider,criticality,evidence\n")
        while len(pairs) < rows:
            pair = draw.randrange(1, firms), draw.randrange(1, _NEEDS)
            if pair not in pairs:
                pairs.add(pair)
                cells = (
                    f"firm {pair[0]},need {pair[1]},firm {draw.randrange(1, firms)},{draw.choice(['High', 'Medium', 'Low'])}"
                )
                file.write(f"{cells},https://example.org/{seed}/{len(pairs) // cited_by}\n")


def count_lines(path: Path) -> int:
    """Return the number of lines of a file that there must be."""
    with path.open("rb") as file:
        lines = sum(part.count(b"\n") for part in iter(lambda: file.read(2**24), b""))
    if not lines:
        raise SystemExit("the table was not loaded by columns, so that there is no text to compare with")
    return lines


def main(sizes: list[int], cited_by: int) -> None:
    """Print a line for each size."""
    knockon = [sys.executable, "-m", "knockon"]
    print("                          seconds      cpu       MB")
    for rows in sizes:
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            firms = max(rows // _ROWS_OF_A_FIRM, 10)
            write_table(folder / "first.csv", rows, firms, 1, cited_by)
            write_table(folder / "second.csv", min(_SECOND, rows), firms, 2)
            load = run(*knockon, "load", folder / "first.csv", "--store", folder / "store")
            size = sum(file.stat().st_size for file in (folder / "store").rglob("*") if file.is_file()) / 1e6
            text = folder / "all.nq"
            run(sys.executable, "-c", _TEXT, text, "load", folder / "first.csv", "--store", folder / "text")
            quads = count_lines(text)
            bulk = run(sys.executable, "-c", _BULK, text, folder / "bare")
            second = run(*knockon, "load", folder / "second.csv", "--store", folder / "store")
        limit = 500 + rows / 1000
        print(f"{rows:9,} load         {load}  ({size:,.0f} MB on disk; memory allowed {limit:,.0f} MB)")
        print(f"{rows:9,} bulk load    {bulk}  ({quads:,} quads, {quads / rows:.1f} a row)")
        ratio, of_processors = load.seconds / bulk.seconds, load.cpu / bulk.cpu
        print(f"{rows:9,} times        {ratio:8.2f} {of_processors:8.2f} {load.memory / bulk.memory:8.2f}")
        print(f"{rows:9,} {_SECOND} more     {second}", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("sizes", nargs="*", type=whole_number, metavar="SIZE", help="numbers of rows (20000 and 200000)")
    described = "how many rows cite one document (1)"
    parser.add_argument("--cited-by", type=whole_number, default=1, metavar="ROWS", help=described)
    asked = parser.parse_args()
    main(asked.sizes or [20_000, 200_000], asked.cited_by)
