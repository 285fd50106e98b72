"""One table of everything a user waits for, engine beside engine: ``make bench SIZES=10000``.

Each cell is measured in a process of its own, with a limit of time, and its peak memory stands beside it. What is not
installed, or takes longer than its limit, says so. Where an index is computed of some firms alone, the cell says of how many,
and the seconds are those of the sample.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from arguments import whole_numbers

HERE = Path(__file__).resolve().parent
#: The firms whose index is computed, at most.
SAMPLE = {"kernel": 2_000, "numpy": 20, "R, C++": 4}
#: Up to this many firms the kernel closes every one.
ALL_FIRMS = 100_000


def network_of(folder: Path) -> Any:
    from knockon.network import Network

    return Network.open(folder / "network")


def build(folder: Path, size: int) -> dict[str, Any]:
    from flows import table

    from knockon.network import Network

    columns = table(size)
    began = time.perf_counter()
    network = Network.from_flows(*columns)
    seconds = time.perf_counter() - began
    network.save(folder / "network")
    return {"seconds": seconds, "note": f"{network.supplies:,} flows"}


def from_parquet(folder: Path, size: int) -> dict[str, Any]:
    from knockon.network import Network
    from knockon.synthetic import generate_country

    generate_country(folder / "country", size, 1)
    began = time.perf_counter()
    network = Network.from_table(*(folder / "country" / f"synthetic-{name}.parquet" for name in ("flows", "firms")))
    return {"seconds": time.perf_counter() - began, "note": f"{network.supplies:,} flows"}


def dependencies(folder: Path, size: int) -> Path:
    """Write a table of one dependency for each firm: on a part that one firm of the last tenth makes."""
    path = folder / "dependencies.csv"
    random = np.random.default_rng(1)
    provider = random.integers(size - size // 10, size, size)
    rows = (f"Firm {i},Part {p % 997},Firm {p},1\n" for i, p in enumerate(provider.tolist()) if i != p)
    path.write_text("dependant,need,provider,share\n" + "".join(rows), "utf-8")
    return path


def load(folder: Path, size: int) -> dict[str, Any]:
    path = dependencies(folder, size)
    return command("load", str(path), "--store", str(folder / "store"))


def impact(folder: Path, size: int) -> dict[str, Any]:
    return command("impact", "--store", str(folder / "store"), "--hit", f"Firm {size - 1}=high", "--top", "5")


def command(*arguments: str) -> dict[str, Any]:
    """Run a command from a fresh process, as a user does."""
    began = time.perf_counter()
    done = subprocess.run([sys.executable, "-m", "knockon", *arguments], capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - began
    if done.returncode:
        raise RuntimeError(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else f"exit {done.returncode}")
    return {"seconds": seconds, "MB": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e3}


def reach_inside(engine: str) -> Callable[[Path, int], dict[str, Any]]:
    def run(folder: Path, size: int) -> dict[str, Any]:  # noqa: ARG001 - like every cell
        from knockon.propagation import reach

        network = network_of(folder)
        reach(network, [0], engine=engine)  # compiles, and sorts the edges
        began = time.perf_counter()
        result = reach(network, [0], engine=engine)
        return {"seconds": time.perf_counter() - began, "note": f"reached {int((result.step >= 0).sum()):,}"}

    return run


def reach_networkx(folder: Path, size: int) -> dict[str, Any]:  # noqa: ARG001 - like every cell
    import networkx

    flows = network_of(folder).flows
    graph = networkx.DiGraph(zip(flows.supplier.tolist(), flows.customer.tolist(), strict=True))
    began = time.perf_counter()
    reached = networkx.single_source_shortest_path_length(graph, 0)
    return {"seconds": time.perf_counter() - began, "note": f"reached {len(reached):,}"}


def reach_rustworkx(folder: Path, size: int) -> dict[str, Any]:
    import rustworkx

    flows = network_of(folder).flows
    graph = rustworkx.PyDiGraph()
    graph.add_nodes_from(range(size))
    graph.extend_from_edge_list(list(zip(flows.supplier.tolist(), flows.customer.tolist(), strict=True)))
    began = time.perf_counter()
    reached = sum(len(layer) for layer in rustworkx.bfs_layers(graph, [0]))
    return {"seconds": time.perf_counter() - began, "note": f"reached {reached:,}"}


def reach_outside(name: str) -> Callable[[Path, int], dict[str, Any]]:
    def run(folder: Path, size: int) -> dict[str, Any]:  # noqa: ARG001 - like every cell
        __import__({"duckdb": "duckdb", "spark": "pyspark"}[name])
        from knockon.network.tables import open_tables, write_tables
        from knockon.propagation.engines import engine

        write_tables(network_of(folder), folder / f"tables-{name}")
        tables = open_tables(folder / f"tables-{name}")
        began = time.perf_counter()
        result = engine(name).run("reach", tables, [0])
        seconds = time.perf_counter() - began
        # Spark is a process of its own, which has ended by now.
        peak = sum(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        return {"seconds": seconds, "MB": peak / 1e3, "note": f"reached {int((result.step >= 0).sum()):,}"}

    return run


def index(engine: str) -> Callable[[Path, int], dict[str, Any]]:
    def run(folder: Path, size: int) -> dict[str, Any]:
        from knockon.network import Network
        from knockon.propagation import esri

        network = network_of(folder)
        esri(Network.from_flows([0, 1], [1, 2], [1.0, 1.0]), engine=engine)
        every = engine == "numba" and size <= ALL_FIRMS
        firms = some(size, size if every else SAMPLE["kernel" if engine == "numba" else "numpy"])
        began = time.perf_counter()
        esri(network, firms, losses=False, engine=engine)
        return {"seconds": time.perf_counter() - began, "note": sampled(len(firms), size)}

    return run


def index_reference(folder: Path, size: int) -> dict[str, Any]:
    if shutil.which("Rscript") is None:
        raise ImportError("Rscript")
    from propagation import published

    firms = some(size, SAMPLE["R, C++"])
    done = published(network_of(folder), firms)
    if done is None:
        raise ImportError("the R packages GLcascade and fastcascade")
    return {"seconds": done["ms"] * len(firms) / 1e3, "note": sampled(len(firms), size)}


def some(size: int, count: int) -> Any:
    return np.unique(np.linspace(0, size - 1, min(count, size)).astype(np.int64))


def sampled(count: int, size: int) -> str:
    return "every firm" if count == size else f"sampled: {count:,} firms"


#: What is measured, in its order; the cells of a size share a folder.
CELLS: dict[tuple[str, str], Callable[[Path, int], dict[str, Any]]] = {
    ("build from arrays", "kernel"): build,
    ("build from Parquet", "kernel"): from_parquet,
    ("load into a store", "knockon"): load,
    ("first impact", "knockon"): impact,
    ("second impact", "knockon"): impact,
    ("reach", "kernel"): reach_inside("numba"),
    ("reach", "numpy"): reach_inside("numpy"),
    ("reach", "networkx"): reach_networkx,
    ("reach", "rustworkx"): reach_rustworkx,
    ("reach", "DuckDB"): reach_outside("duckdb"),
    ("reach", "Spark"): reach_outside("spark"),
    ("index of firms", "kernel"): index("numba"),
    ("index of firms", "numpy"): index("numpy"),
    ("index of firms", "R, C++"): index_reference,
}


def cell(number: int, folder: Path, size: int) -> dict[str, Any]:
    """Measure a cell in this process."""
    try:
        measured = list(CELLS.values())[number](folder, size)
    except ImportError as error:
        return {"note": f"not installed: {error.name or error}"}
    except Exception as error:
        return {"note": f"not measured: {type(error).__name__}: {error}".splitlines()[0][:100]}
    return {"MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3, **measured}


def measure(number: int, folder: Path, size: int, limit: float) -> dict[str, Any]:
    """Measure a cell in a process of its own, which ends with its children at the limit of time."""
    arguments = [sys.executable, str(HERE / "compare.py"), "--cell", str(number), str(folder), str(size)]
    with subprocess.Popen(
        arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        try:
            out, err = process.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            process.communicate()
            return {"note": f"not measured: more than the limit of {limit:g} s"}
    if process.returncode:
        return {"note": f"not measured: exit {process.returncode} {err.strip().splitlines()[-1:]}"[:100]}
    measured: dict[str, Any] = json.loads(out.splitlines()[-1])
    return measured


def main() -> int:
    """Measure the sizes asked for and print one table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument(
        "--sizes", type=whole_numbers, default="10000,100000,1000000", help="numbers of firms, separated by commas"
    )
    parser.add_argument("--limit", type=float, default=300, help="the most seconds of a cell, its preparation included")
    parser.add_argument("--format", choices=("table", "json"), default="table")
    parser.add_argument("--cell", nargs=3, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.cell:
        number, folder, size = asked.cell
        print(json.dumps(cell(int(number), Path(folder), int(size))))
        return 0
    rows = []
    for size in asked.sizes:
        with tempfile.TemporaryDirectory() as folder:
            for number, (what, engine) in enumerate(CELLS):
                measured = measure(number, Path(folder), size, asked.limit)
                rows.append({"firms": size, "what": what, "engine": engine, "limit_s": asked.limit, **measured})
                print(f"{size:,} {what} {engine}", file=sys.stderr)
    if asked.format == "json":
        print(json.dumps(rows, indent=1))
        return 0
    print(f"each cell within {asked.limit:g} s; load average {os.getloadavg()[0]:.1f}")
    print(f"{'firms':>9}  {'what':20}{'engine':11}{'seconds':>10}{'peak MB':>9}  note")
    for row in rows:
        seconds = f"{row['seconds']:10.4f}" if "seconds" in row else f"{'-':>10}"
        peak = f"{row['MB']:9.0f}" if "MB" in row else f"{'-':>9}"
        print(f"{row['firms']:9,}  {row['what']:20}{row['engine']:11}{seconds}{peak}  {row.get('note', '')}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
