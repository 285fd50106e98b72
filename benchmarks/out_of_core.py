"""Networks larger than memory: ``python benchmarks/out_of_core.py --supplies 1e8 --memory 4GB --folder DIR``.

Money flows as the other benchmarks have them (power-law numbers of customers, a coin for each sector whether it is essential)
are written as tables, in pieces. Then ``reach`` and one shock of ``esri`` run on DuckDB, or on Spark in this machine
(``--engine spark``), each in a process of its own, whose peak memory (with that of Java) and temporary files are measured; a
model that takes longer than ``--limit`` says so. ``--check N`` compares N sampled shocks of the models (``leontief`` and
``debtrank`` too) with those in memory instead: compiled, plain numpy and, for ``esri``, in 32 bits.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from knockon.network import Network
from knockon.network.tables import NetworkTables, TableWriter, open_tables

SECTORS, MEAN_CUSTOMERS, TAIL = 50, 7, 2.3
#: The number of suppliers whose flows are made at a time.
PIECE = 1 << 20
#: Java is a process of its own, which has ended when its memory is read.
_PROCESSES = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)


def main() -> int:
    """Write the tables, run the models, and print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--supplies", type=float, default=1e7)
    parser.add_argument("--memory", default="4GB")
    parser.add_argument("--spill-limit", default="30GB")
    parser.add_argument("--folder", type=Path, required=True, help="for the tables and the temporary files")
    parser.add_argument("--models", default="reach,esri")
    parser.add_argument("--engine", choices=("duckdb", "spark"), default="duckdb")
    parser.add_argument("--threads", type=int, default=2, help="the cores of Spark")
    parser.add_argument("--limit", type=float, default=1800, help="the most seconds of a model")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--check", type=int, default=0, help="compare this many shocks with the engine in memory")
    parser.add_argument("--run", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    tables = asked.folder / f"flows-{asked.supplies:.0e}"
    if asked.run:
        print(json.dumps(measure(asked.run, tables, asked)))
        return 0
    if not tables.exists():
        start = time.monotonic()
        links = write(tables, int(asked.supplies), asked.seed)
        size = sum(path.stat().st_size for path in tables.iterdir())
        print(f"{links:,} flows written in {time.monotonic() - start:.0f} s, {size / 1e9:.2f} GB", flush=True)
    if asked.check:
        return check(tables, asked)
    for model in asked.models.split(","):
        command = [sys.executable, __file__, *sys.argv[1:], "--run", model]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as process:
            try:
                print(model, process.communicate(timeout=asked.limit)[0].strip(), flush=True)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                print(model, f"not measured: more than {asked.limit:g} s", flush=True)
        if process.returncode > 0:
            return process.returncode
    return 0


def write(folder: Path, supplies: int, seed: int) -> int:
    """Write the flows between supplies / 7 firms as tables, and return how many there are."""
    random = np.random.default_rng(seed)
    firms = supplies // MEAN_CUSTOMERS
    links = 0
    with TableWriter(folder, "flows", {"firms": firms}) as writer:
        for start in range(0, firms, PIECE):
            number = np.arange(start, min(start + PIECE, firms))
            none = np.zeros(len(number))
            sector = random.integers(0, SECTORS, len(number))
            writer.write("firms", {"firm": number, "id": number, "sector": sector, "final_demand": none, "costs": none})
        for start in range(0, firms, PIECE):
            count = min(PIECE, firms - start)
            tail = np.minimum(random.pareto(TAIL, count) + 1, firms / 10)
            customers = random.poisson(tail * (MEAN_CUSTOMERS * (TAIL - 1) / TAIL))
            supplier = np.repeat(np.arange(start, start + count), customers)
            key = np.unique(supplier * firms + random.integers(0, firms, len(supplier)))
            supplier, customer = key // firms, key % firms
            kept = supplier != customer
            value = random.random(int(kept.sum())) + 1e-3
            writer.write("flows", {"supplier": supplier[kept], "customer": customer[kept], "value": value})
            links += int(kept.sum())
        essential = np.flatnonzero(random.random(SECTORS) < 0.5)
        seller, buyer = np.repeat(essential, SECTORS), np.tile(np.arange(SECTORS), len(essential))
        level = np.full(len(seller), 2)
        writer.write("essentiality", {"supplier_sector": seller, "customer_sector": buyer, "essentiality": level})
        writer.finish(firms)
    return links


def measure(model: str, tables: Path, asked: Any) -> dict[str, Any]:
    """Run one model on one shock, and return what it took."""
    from knockon.propagation.engines import engine

    start = time.monotonic()
    network = open_tables(tables)
    checked = time.monotonic()
    spill = asked.folder / "spill"
    with _Peak(spill) as peak, _chosen(engine, asked) as chosen:
        result = chosen.run(model, network, [network.entities // 2], losses=False)
    return {
        "check_s": round(checked - start, 1), "run_s": round(time.monotonic() - checked, 1),
        "peak_memory_gb": round(sum(resource.getrusage(who).ru_maxrss for who in _PROCESSES) * 1024 / 1e9, 2),
        "processor_s": round(sum(sum(resource.getrusage(who)[:2]) for who in _PROCESSES), 1),
        "peak_spill_gb": round(peak.bytes / 1e9, 2), "rounds": result.iterations.tolist(),
        "index": getattr(result, "index", np.zeros(0)).tolist(), "load": os.getloadavg()[0],
    }  # fmt: skip


class _Peak:
    """Watch how large a folder gets."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.bytes, self._done = folder, 0, threading.Event()

    def __enter__(self) -> _Peak:
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(0.5):
            size = 0
            # Passes over folders that are gone again; ``rglob`` raises an error.
            for folder, _, names in os.walk(self.folder):
                for name in names:
                    with suppress(OSError):
                        size += (Path(folder) / name).stat().st_blocks * 512
            self.bytes = max(self.bytes, size)


def check(tables: Path, asked: Any) -> int:
    """Compare sampled shocks of the engine on tables with those in memory, and print the greatest differences."""
    from knockon.network.tables import read_tables

    opened = open_tables(tables)
    network = read_tables(opened)
    # Of firms with customers: from others nothing propagates.
    assert network.flows is not None  # noqa: S101 - the tables have flows
    suppliers = np.unique(network.flows.supplier)
    shocks = np.random.default_rng(asked.seed).choice(suppliers, asked.check, replace=False)
    for model in asked.models.split(","):
        begun = time.monotonic()
        for what, number in _CHECKS[model](network, opened, shocks, asked).items():
            print(f"{model}: {what}", number, flush=True)
        print(f"{model}: {time.monotonic() - begun:.0f} s, load {os.getloadavg()[0]:.0f}", flush=True)
    return 0


def _check_esri(network: Network, opened: NetworkTables, shocks: npt.NDArray[np.int64], asked: Any) -> dict[str, Any]:
    from knockon.propagation import esri

    kernel = esri(network, shocks, losses=False, engine="numba")
    plain = esri(network, shocks, losses=False, engine="numpy")
    single = esri(network, shocks, losses=False, engine="numba", dtype="float32", eps=1e-5)
    double = esri(network, shocks, losses=False, engine="numba", eps=1e-5)
    ours = _on_tables("esri", opened, shocks, asked, losses=False)
    return {
        "greatest index": kernel.index.max(), "numpy differs by": _furthest(plain.index, kernel.index),
        "32 bits differ by": _furthest(single.index, double.index), "tables differ by": _furthest(ours.index, kernel.index),
        "rounds that differ": int((ours.iterations != kernel.iterations).sum() + (plain.iterations != kernel.iterations).sum()),
    }  # fmt: skip


def _check_reach(network: Network, opened: NetworkTables, shocks: npt.NDArray[np.int64], asked: Any) -> dict[str, Any]:
    from knockon.propagation import reach

    kernel, plain = (reach(network, shocks[:2], engine=engine).step for engine in ("numba", "numpy"))
    ours = _on_tables("reach", opened, shocks[:2], asked, losses=True).step
    return {
        "firms reached": (kernel >= 0).sum(axis=1).tolist(), "steps of numpy that differ": int((plain != kernel).sum()),
        "steps of tables that differ": int((ours != kernel).sum()),
    }  # fmt: skip


def _check_leontief(network: Network, _: NetworkTables, shocks: npt.NDArray[np.int64], asked: Any) -> dict[str, Any]:
    """Compare on the same links as a graph of shares, in which losses run on without replacement."""
    from knockon.network.tables import write_tables
    from knockon.propagation import leontief

    graph = replace(network, flows=None, mode=network.mode.astype(np.int8))
    folder = asked.folder / "graph"
    if not folder.exists():
        write_tables(graph, folder)
    theirs = leontief(graph, shocks, eps=0.01)
    ours = _on_tables("leontief", open_tables(folder), shocks, asked, eps=0.01, losses=True)
    return {
        "firms that lose": (theirs.loss > 0).sum(axis=1).tolist(), "tables differ by": _furthest(ours.loss, theirs.loss),
        "rounds": (ours.iterations.tolist(), theirs.iterations.tolist()),
        "bindings that differ": int((ours.source != theirs.source).sum() + (ours.step != theirs.step).sum()),
    }  # fmt: skip


def _check_debtrank(network: Network, opened: NetworkTables, shocks: npt.NDArray[np.int64], asked: Any) -> dict[str, Any]:
    from knockon.propagation import debtrank

    # Between a third of the flows that a firm has on average and three times as much.
    equity = np.random.default_rng(asked.seed).uniform(1.2, 10.5, opened.entities)
    kernel = debtrank(network, shocks, equity=equity, engine="numba", losses=False)
    plain = debtrank(network, shocks, equity=equity, engine="numpy", losses=True)
    ours = _on_tables("debtrank", opened, shocks, asked, equity=equity, losses=True)
    return {
        "firms that lose": (np.asarray(plain.loss) > 0).sum(axis=1).tolist(), "greatest index": plain.index.max(),
        "indices of numpy and the kernel differ by": _furthest(plain.index, kernel.index),
        "losses of tables differ by": _furthest(ours.loss, plain.loss),
        "rounds": (ours.iterations.tolist(), kernel.iterations.tolist(), plain.iterations.tolist()),
    }  # fmt: skip


_CHECKS = {"esri": _check_esri, "reach": _check_reach, "leontief": _check_leontief, "debtrank": _check_debtrank}


def _on_tables(model: str, tables: NetworkTables, shocks: npt.NDArray[np.int64], asked: Any, **options: Any) -> Any:
    from knockon.propagation.engines import engine

    with _chosen(engine, asked) as chosen:
        return chosen.run(model, tables, shocks, **options)


def _furthest(ours: Any, theirs: Any) -> float:
    return float(np.abs(np.asarray(ours) - np.asarray(theirs)).max())


def _chosen(engine: Any, asked: Any) -> Any:
    """Return the engine that was asked for, with its memory and its folder for temporary files."""
    given = {"spill_limit": asked.spill_limit} if asked.engine == "duckdb" else {"threads": asked.threads}
    return engine(asked.engine, memory=asked.memory, spill=asked.folder / "spill", **given)


if __name__ == "__main__":
    raise SystemExit(main())
