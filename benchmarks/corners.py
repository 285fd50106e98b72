"""Questions beside the main one, and the memory of this machine: ``python benchmarks/corners.py``.

DebtRank of all firms on the network of ``make bench``, the time to survive of single firms, and ``chokepoints`` and
``mitigate`` on a chain, in processor seconds: on a busy machine these are what stays comparable. Beside what compiled
kernels compute stands what memory bounds: the bytes that they would move if no cache kept any, and how long these take at
the bandwidth of a copy of arrays that fit into no cache, as STREAM measures it, right after. What takes less than that is
served by caches in part; what takes about as long is bound by memory.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from flows import table

from knockon.network import Network
from knockon.propagation import debtrank, reach, time_to_survive
from knockon.propagation.esri import esri

#: The bytes of a line of the cache, which hold one loss of every lane of 64 bits.
LINE, LANES = 64, 8
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


class Figure(NamedTuple):
    """A number with what it measures and its unit, and the bytes that are moved for it at most; 0 where that is no bound."""

    what: str
    number: float
    unit: str
    moved: float = 0.0


def bandwidth() -> float:
    """Return the bytes that one core reads and writes in a second."""
    source, target = np.ones(COPIED // 8), np.zeros(COPIED // 8)
    return 2 * COPIED / seconds(lambda: np.copyto(target, source))


def debtranks(firms: int) -> Iterator[Figure]:
    """Yield the seconds in which all firms default in turn; each has the equity of twice its sales, and 1."""
    columns = table(firms)
    network = Network.from_flows(*columns)
    equity = 1 + 2 * np.bincount(columns.supplier, columns.value, firms)
    for variant in ("linear", "original"):
        options: dict[str, Any] = {"variant": variant, "losses": False, "engine": "numba"}
        debtrank([[0.0, 1.0], [0.0, 0.0]], equity=[1, 1], **options)  # compiles
        rounds = debtrank(network, equity=equity, **options).iterations
        took = seconds(partial(debtrank, network, equity=equity, **options))
        what = f"debtrank, {variant}, {firms:,} firms, {network.supplies:,} flows, {rounds.mean():.1f} rounds"
        # A pass of all lanes reads weight, number and losses of the other end of each exposure, and reads and writes the
        # losses of each firm; the original variant also what firms pass on.
        lines = 2 if variant == "linear" else 3
        moved = rounds.sum() / LANES * (network.supplies * (12 + LINE) + firms * lines * LINE)
        yield Figure(what, took, "s of all cores", moved)


def cascades(firms: int, tail: str, shocks: int) -> Iterator[Figure]:
    """Yield the milliseconds of a firm that is closed, by esri in 64 bits."""
    network = Network.from_flows(*table(firms, tail))
    esri(Network.from_flows([0, 1], [1, 2], [1.0, 1.0]), engine="numba")  # compiles
    closed = np.unique(np.linspace(0, firms - 1, shocks).astype(np.int64))
    options: dict[str, Any] = {"shocks": closed, "losses": False, "engine": "numba"}
    rounds = float(esri(network, **options).iterations.mean())
    took = seconds(lambda: esri(network, **options)) / len(closed)
    # Each round visits every supply and every flow as debtrank does an exposure, and ten rows of lanes for each firm.
    moved = rounds / LANES * (2 * network.supplies * (12 + LINE) + firms * 10 * LINE)
    yield Figure(f"esri, {firms:,} firms, tail {tail}, {rounds:.1f} rounds", took * 1e3, "ms a shock", moved)


def searches(firms: int) -> Iterator[Figure]:
    """Yield the milliseconds in which everything downstream of a firm is reached."""
    network = Network.from_flows(*table(firms))
    edges = len(network.edges.source)
    reach(network, [0], engine="numba")  # compiles, and sorts the edges
    took = statistics.median(seconds(partial(reach, network, [node], engine="numba")) for node in range(REPEATS))
    # An edge is three numbers; it leads to the line of a node and that of a slot.
    yield Figure(f"reach, {edges:,} edges", took * 1e3, "ms", edges * (12 + 2 * LINE))


def survivals(firms: int, nodes: int = 10) -> Iterator[Figure]:
    """Yield the milliseconds of a firm that is down, with stocks."""
    random = np.random.default_rng(1)
    network = Network.from_flows(*table(firms), final_demand=random.random(firms))
    stock = random.random(firms) * 10
    down = np.linspace(0, firms - 1, nodes).astype(int)
    took = seconds(lambda: time_to_survive(network, down, stock=stock)) / nodes
    yield Figure(f"time_to_survive, {firms:,} firms", took * 1e3, "ms a firm")


def chains(links: int) -> Iterator[Figure]:
    """Yield the seconds of questions about the end of a chain, of which everything is needed wholly; reading included."""
    import knockon

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "chain.csv"
        rows = (f"firm {i + 1},part {i},firm {i},1\n" for i in range(links))
        path.write_text("dependant,need,provider,criticalityValue\n" + "".join(rows), "utf-8")
        end = f"firm {links}"
        yield Figure(f"chokepoints, {links:,} links", seconds(lambda: knockon.open(path).chokepoints(end)), "s")
        protect = lambda: knockon.open(path).mitigate(None, end, hit={"firm 0": 1.0})  # noqa: E731
        yield Figure(f"mitigate, {links:,} links", seconds(protect), "s")


def bound(figure: Figure) -> str:
    """Return what memory bounds, in words."""
    if not figure.moved:
        return ""
    speed = bandwidth()
    took = figure.moved / speed * (1e3 if figure.unit.startswith("ms") else 1)
    return f"; {figure.moved / 1e6:,.1f} MB, {took:.3f} at {speed / 1e9:.1f} GB/s"


def main() -> int:
    """Print a line for each figure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--firms", type=int, default=10_000, help="the firms of DebtRank, and of esri once")
    parser.add_argument("--heavy", type=int, default=100_000, help="the firms of esri with a heavy tail")
    parser.add_argument("--reach", type=int, default=143_000, help="the firms of reach: some seven edges each")
    parser.add_argument("--survive", type=int, default=1_000, help="the firms of time_to_survive")
    parser.add_argument("--links", type=int, default=3_000, help="the links of the chain")
    asked = parser.parse_args()
    heavy = cascades(asked.heavy, "heavy", 500)
    kernels = debtranks(asked.firms), cascades(asked.firms, "2.3", 2_000), heavy, searches(asked.reach)
    for figure in chain(*kernels, survivals(asked.survive), chains(asked.links)):
        print(f"{figure.what:62} {figure.number:10.3f} {figure.unit}{bound(figure)}", flush=True)
    print(f"load average {os.getloadavg()[0]:.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
