"""The propagation engine against its rivals, all in one run: ``python benchmarks/propagation.py``.

Every size runs in a process of its own, so that memory is its own as well. On
the same network the same firms are closed by the compiled kernels in 64 and in
32 bits, by the plain numpy engine, and by the published R package where it is
installed (on fewer firms: what each was given stands in the table). networkx,
which has none of the models, is held against ``reach``. Compilation is done
before the clock starts; ``--all`` closes every firm instead of a sample.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from arguments import some_of

HERE = Path(__file__).resolve().parent
SIZES = {"10k": 10_000, "100k": 100_000, "1M": 1_000_000}
#: How many firms each engine closes, where not all are asked for: (kernels, numpy, R).
SAMPLES = {"10k": (10_000, 500, 20), "100k": (8_000, 64, 4), "1M": (2_000, 4, 0)}
#: So many times fewer where the tail is heavy, and a shock takes so much longer.
FEWER = {"10k": 1, "100k": 2, "1M": 5}
#: What is to be reached: milliseconds a shock in 64 and 32 bits, bytes an edge while it runs.
TARGETS = {"10k": (0.10, None, None), "100k": (0.95, 0.65, 110), "1M": (2.0, None, 60)}


def main() -> int:
    """Run the sizes asked for and print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--sizes", type=some_of(SIZES), default="10k,100k,1M", help="of 10k, 100k, 1M, separated by commas")
    spread = "of 2.3 and heavy: how numbers of customers are spread"
    parser.add_argument("--tails", type=some_of(("2.3", "heavy")), default="2.3,heavy", help=spread)
    parser.add_argument("--all", action="store_true", help="close every firm with the kernels")
    parser.add_argument("--output", "-o", type=Path, help="write the figures as JSON")
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--snapshot", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--build", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        done = build(*asked.one, asked.snapshot) if asked.build else measure(*asked.one, asked.snapshot, asked.all)
        print(json.dumps(done))
        return 0
    rows = [run(size, tail, asked.all) for tail in asked.tails for size in asked.sizes]
    if asked.output:
        asked.output.write_text(json.dumps(rows, indent=1))
    for row in rows:
        show(row)
    return 0


def run(size: str, tail: str, every: bool) -> dict[str, Any]:
    """Build a network in one process, and measure in another that maps it into memory."""
    with tempfile.TemporaryDirectory() as folder:
        snapshot = Path(folder) / "network"
        command = [sys.executable, str(HERE / "propagation.py"), "--one", size, tail, "--snapshot", str(snapshot)]
        built = subprocess.run([*command, "--build"], check=True, capture_output=True, text=True)
        done = subprocess.run([*command, *(["--all"] if every else [])], check=True, capture_output=True, text=True)
        return {"size": size, "tail": tail, **json.loads(built.stdout), **json.loads(done.stdout), "load": os.getloadavg()[0]}


def build(size: str, tail: str, snapshot: Path) -> dict[str, Any]:
    """Make the table, the network of it, and a snapshot of that."""
    from flows import table

    from knockon.network import Network

    columns = table(SIZES[size], tail)
    before = memory()
    began = time.perf_counter()
    network = Network.from_flows(*columns)
    seconds = time.perf_counter() - began
    network.save(snapshot)
    return {"flows": len(columns.value), "build_s": seconds, "build_MB": memory() - before}


def measure(size: str, tail: str, snapshot: Path, every: bool) -> dict[str, Any]:
    """Every engine on one network."""
    from knockon.network import Network
    from knockon.propagation import reach
    from knockon.propagation.esri import esri

    warm = Network.from_flows([0, 1], [1, 2], [1.0, 1.0])
    for kind in (np.float64, np.float32):
        esri(warm, engine="numba", dtype=kind)
    reach(warm, [0], engine="numba")
    before = memory()
    began = time.perf_counter()
    network = Network.open(snapshot)
    opened = time.perf_counter() - began
    kernels, plain, reference = SAMPLES[size]
    kernels //= FEWER[size] if tail == "heavy" else 1
    firms = np.arange(network.size) if every else some(network.size, kernels)
    found: dict[str, Any] = {"open_s": opened, "engines": {}}
    for name, kind in (("kernels, 64 bits", np.float64), ("kernels, 32 bits", np.float32)):
        found["engines"][name] = timed(partial(esri, network, losses=False, engine="numba", dtype=kind), firms)
        if kind is np.float64:
            exact = found["engines"][name].pop("result")
            found["bytes_an_edge"] = (memory() - before) * 1e6 / network.supplies
    single = found["engines"]["kernels, 32 bits"].pop("result")
    few = some(network.size, plain)
    found["engines"]["plain numpy"] = timed(partial(esri, network, losses=False, engine="numpy"), few)
    slow = found["engines"]["plain numpy"].pop("result")
    at = np.searchsorted(firms, np.intersect1d(few, firms))
    same = np.searchsorted(few, np.intersect1d(few, firms))
    found["difference_64"] = float(np.abs(exact.index[at] - slow.index[same]).max(initial=0.0))
    found["difference_32"] = float(np.abs(single.index - exact.index).max(initial=0.0))
    found["rounds"] = float(exact.iterations.mean())
    found["engines"]["R, C++"] = published(network, some(network.size, reference)) if reference else None
    found |= searched(network)
    return found


def some(size: int, count: int) -> Any:
    """Firms at equal distances; the first of a larger sample are those of a smaller one."""
    return np.unique(np.linspace(0, size - 1, min(count, size)).astype(np.int64))


def timed(close: Callable[[Any], Any], nodes: Any) -> dict[str, Any]:
    """Close firms and report milliseconds a shock: wall clock, and of all cores."""
    wall, cores = time.perf_counter(), time.process_time()
    result = close(shocks=nodes)
    wall, cores = time.perf_counter() - wall, time.process_time() - cores
    return {"shocks": len(nodes), "ms": wall / len(nodes) * 1e3, "core_ms": cores / len(nodes) * 1e3, "result": result}


def searched(network: Any) -> dict[str, Any]:
    """``reach`` from one firm, and the same search by networkx where the graph fits it."""
    from knockon.propagation import reach

    network.edges  # noqa: B018 - sorted once per network, before the clock starts
    found: dict[str, Any] = {}
    for engine in ("numba", "numpy"):
        times = []
        for node in range(7):
            began = time.perf_counter()
            reach(network, [node], engine=engine)
            times.append(time.perf_counter() - began)
        found[f"reach_{engine}_ms"] = statistics.median(times) * 1e3
    if network.size <= SIZES["100k"]:
        import networkx as nx

        graph = nx.DiGraph(zip(network.flows.supplier.tolist(), network.flows.customer.tolist(), strict=True))
        began = time.perf_counter()
        steps = nx.single_source_shortest_path_length(graph, 0)
        found["reach_networkx_ms"] = (time.perf_counter() - began) * 1e3
        found["reach_same"] = len(steps) == int((reach(network, [0]).step >= 0).sum())
    return found


def published(network: Any, nodes: Any) -> dict[str, Any] | None:
    """The R package on the same firms; None where it is not installed."""
    script = shutil.which("Rscript")
    if script is None:
        return None
    flows = network.flows
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / name for name in ("flows.csv", "firms.csv", "essentiality.csv", "closed.csv")]
        columns = np.column_stack([flows.supplier, flows.customer, flows.value])
        np.savetxt(files[0], columns, "%.17g", ",", header="supplier,customer,value", comments="")
        np.savetxt(files[1], flows.sector, "%d", header="sector", comments="")
        np.savetxt(files[2], flows.essentiality, "%d", ",")
        np.savetxt(files[3], nodes, "%d")
        command = [script, str(HERE / "reference.R"), *map(str, files)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        return None
    seconds = [line.split()[1] for line in done.stdout.splitlines() if line.startswith("seconds ")]
    return {"shocks": len(nodes), "ms": float(seconds[-1]) / len(nodes) * 1e3} if seconds else None


def memory() -> float:
    """The most memory this process has held, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


def show(row: dict[str, Any]) -> None:
    """One size as a few lines."""
    firms = SIZES[row["size"]]
    print(f"\n{row['size']} firms, {row['flows']:,} flows, tail {row['tail']}, load average {row['load']:.1f}")
    print(f"  built in {row['build_s']:.2f} s with {row['build_MB']:.0f} MB, opened in {row['open_s'] * 1e3:.0f} ms")
    print(f"  ESRI of one firm closed: {row['rounds']:.2f} rounds in the mean")
    wide, narrow, edge = TARGETS[row["size"]]
    for name, engine in row["engines"].items():
        if engine is None:
            print(f"  {name:18} not installed, or not asked")
            continue
        target = {"kernels, 64 bits": wide, "kernels, 32 bits": narrow}.get(name)
        total = engine["ms"] * firms / 1e3
        how = "measured" if engine["shocks"] == firms else f"from {engine['shocks']:,} firms"
        cores = f", {engine['core_ms']:9.3f} of all cores" if "core_ms" in engine else ""
        goal = f"; to reach {target} ms" if target else ""
        print(f"  {name:18} {engine['ms']:9.3f} ms a shock{cores}; all firms {total:10.1f} s ({how}){goal}")
    print(f"  64 bits differ from numpy by {row['difference_64']:.1e}, 32 from 64 bits by {row['difference_32']:.1e}")
    print(f"  running memory {row['bytes_an_edge']:.0f} bytes an edge" + (f"; to reach {edge}" if edge else ""))
    others = f", networkx {row['reach_networkx_ms']:.1f} ms" if "reach_networkx_ms" in row else ""
    print(f"  reach from one firm: numba {row['reach_numba_ms']:.1f} ms, numpy {row['reach_numpy_ms']:.1f} ms{others}")


if __name__ == "__main__":
    if importlib.util.find_spec("numba") is None:
        sys.exit("the benchmark needs numba: pip install 'knockon[fast]'")
    sys.exit(main())
