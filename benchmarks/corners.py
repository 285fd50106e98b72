"""Questions beside the main one, and the memory of this machine: ``python benchmarks/corners.py``.

DebtRank of all firms on the network of ``make bench``, the time to survive of single firms, and ``chokepoints`` and
``mitigate`` on a chain, in processor seconds: on a busy machine these are what stays comparable. The bandwidth of memory
is that of a copy of arrays that fit into no cache, as STREAM measures it.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from flows import table

from knockon.network import Network
from knockon.propagation import debtrank, time_to_survive

#: Two arrays of this many bytes fit into no cache.
COPIED = 2**28
REPEATS = 3


def seconds(work: Callable[[], Any]) -> float:
    """Return the median of the processor seconds of some runs."""
    times = []
    for _ in range(REPEATS):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return statistics.median(times)


def bandwidth() -> Iterator[tuple[str, float, str]]:
    """Yield the bytes that one core reads and writes in a second."""
    source, target = np.ones(COPIED // 8), np.zeros(COPIED // 8)
    yield "copy in memory, one core", 2 * COPIED / seconds(lambda: np.copyto(target, source)) / 1e9, "GB/s"


def debtranks(firms: int) -> Iterator[tuple[str, float, str]]:
    """Yield the seconds in which all firms default in turn; each has the equity of twice its sales, and 1."""
    columns = table(firms)
    network = Network.from_flows(*columns)
    equity = 1 + 2 * np.bincount(columns.supplier, columns.value, firms)
    for variant in ("linear", "original"):
        options: dict[str, Any] = {"variant": variant, "losses": False, "engine": "numba"}
        debtrank([[0, 1.0], [0, 0]], equity=[1, 1], **options)  # compiles
        rounds = debtrank(network, equity=equity, **options).iterations.mean()
        took = seconds(lambda options=options: debtrank(network, equity=equity, **options))
        yield f"debtrank, {variant}, {firms:,} firms, {network.supplies:,} flows, {rounds:.1f} rounds", took, "s of all cores"


def survivals(firms: int, nodes: int = 10) -> Iterator[tuple[str, float, str]]:
    """Yield the milliseconds of a firm that is down, with stocks."""
    random = np.random.default_rng(1)
    network = Network.from_flows(*table(firms), final_demand=random.random(firms))
    stock = random.random(firms) * 10
    down = np.linspace(0, firms - 1, nodes).astype(int)
    took = seconds(lambda: time_to_survive(network, down, stock=stock)) / nodes
    yield f"time_to_survive, {firms:,} firms", took * 1e3, "ms a firm"


def chains(links: int) -> Iterator[tuple[str, float, str]]:
    """Yield the seconds of questions about the end of a chain, of which everything is needed wholly; reading included."""
    import knockon

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "chain.csv"
        rows = (f"firm {i + 1},part {i},firm {i},1\n" for i in range(links))
        path.write_text("dependant,need,provider,criticalityValue\n" + "".join(rows), "utf-8")
        end = f"firm {links}"
        yield f"chokepoints, {links:,} links", seconds(lambda: knockon.open(path).chokepoints(end)), "s"
        protect = lambda: knockon.open(path).mitigate(None, end, hit={"firm 0": 1.0})  # noqa: E731
        yield f"mitigate, {links:,} links", seconds(protect), "s"


def main() -> int:
    """Print a line for each figure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--firms", type=int, default=10_000, help="the firms of DebtRank")
    parser.add_argument("--survive", type=int, default=1_000, help="the firms of time_to_survive")
    parser.add_argument("--links", type=int, default=3_000, help="the links of the chain")
    asked = parser.parse_args()
    for figures in (bandwidth(), debtranks(asked.firms), survivals(asked.survive), chains(asked.links)):
        for what, number, unit in figures:
            print(f"{what:62} {number:10.3f} {unit}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
