"""The memory of one process over a thousand impacts and ten thousand queries: it must stop growing.

python benchmarks/endurance/memory.py
python benchmarks/endurance/memory.py --impacts 100 --queries 1000
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from pathlib import Path
from typing import NamedTuple

sys.path[:0] = [str(Path(__file__).resolve().parents[2] / "graph"), str(Path(__file__).resolve().parents[1])]

from arguments import source, whole_number  # noqa: E402

import knockon  # noqa: E402

#: Models that take every shock, beside options that make networks of their own.
OPTIONS: tuple[dict[str, object], ...] = (
    {}, {"model": "reach"}, {"model": "timeline", "horizon": 60}, {"facts_only": True}, {"as_of": "2023-01-01"},
)  # fmt: skip
QUERIES = (
    "SELECT ?a ?b {{ ?a ko:partOf ?b }} OFFSET {number} LIMIT 20",
    "SELECT (COUNT(*) AS ?n) {{ ?d a ko:Dependency FILTER({number} > 0) }}",
    "ASK {{ ?a ko:dependsOn ?b FILTER(STRLEN(STR(?a)) > {number}) }}",
    "CONSTRUCT {{ ?a ko:offers ?b }} {{ ?a ko:offers ?b }} LIMIT {number}",
)


class Growth(NamedTuple):
    """Resident memory in MB after a tenth of the steps, after half of them and after all, and the seconds that they took."""

    tenth: float
    half: float
    end: float
    seconds: float


def main() -> int:
    """Measure and print; the exit code is 1 if the second half of the steps needed more than a tenth more memory."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--impacts", type=whole_number, default=1_000, help="(1000)")
    parser.add_argument("--queries", type=whole_number, default=10_000, help="(10000)")
    parser.add_argument("--data", type=source, default="chips", help="a bundled data set or a source (chips)")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, knockon.open(Path(folder) / "store", write=True) as graph:
        graph.load(given.data)
        grown = {"impacts": measure(_impacts(graph), given.impacts), "queries": measure(_queries(graph), given.queries)}
    print(f"{'':<9}{'1/10 MB':>10}{'1/2 MB':>10}{'end MB':>10}{'seconds':>10}")
    for name, growth in grown.items():
        print(f"{name:<9}{growth.tenth:>10.1f}{growth.half:>10.1f}{growth.end:>10.1f}{growth.seconds:>10.1f}")
    return int(any(growth.end > growth.half * 1.1 for growth in grown.values()))


def measure(steps: Iterator[Callable[[], object]], count: int) -> Growth:
    """Take so many steps, and note the memory on the way."""
    begun, marks = time.monotonic(), {max(count // 10, 1): 0.0, max(count // 2, 1): 0.0, count: 0.0}
    for number, step in enumerate(islice(steps, count), start=1):
        step()
        if number in marks:
            marks[number] = resident()
    tenth, half, end = (marks[max(part, 1)] for part in (count // 10, count // 2, count))
    return Growth(tenth, half, end, time.monotonic() - begun)


def resident() -> float:
    """Return the memory of this process that is in use, in MB."""
    return int(Path("/proc/self/statm").read_text("utf-8").split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def _impacts(graph: knockon.Graph) -> Iterator[Callable[[], object]]:
    shocks = [shock.id for shock in graph.records(knockon.Shock)]
    for number, shock in enumerate(cycle(shocks)):
        options = OPTIONS[number // len(shocks) % len(OPTIONS)]
        yield lambda shock=shock, options=options: graph.impact(shock, **options).to_dict()  # type: ignore[misc]


def _queries(graph: knockon.Graph) -> Iterator[Callable[[], object]]:
    number = 0
    while True:
        number += 1
        text = QUERIES[number % len(QUERIES)].format(number=number)
        yield lambda text=text: graph.query(text, limits=None).to_dicts()  # type: ignore[misc]


if __name__ == "__main__":
    sys.exit(main())
