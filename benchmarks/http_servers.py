"""The servers that the benchmarks of HTTP compare: ours and that of Oxigraph, on the same quads."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parents[1]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(HERE / "graph")}


class Server(NamedTuple):
    """A running server: its name, its process, its port, and the path of its SPARQL endpoint."""

    name: str
    process: int
    port: int
    path: str

    def processes(self) -> Iterator[Path]:
        """Return the folders of the server and of its worker processes."""
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                parent = int((folder / "stat").read_text("utf-8").rpartition(")")[2].split()[1])
                if self.process in {int(folder.name), parent}:
                    yield folder

    def processor(self) -> float:
        """Return the seconds of the processor that the server and its workers have used."""
        used = 0
        for folder in self.processes():
            with suppress(OSError):
                fields = (folder / "stat").read_text("utf-8").rpartition(")")[2].split()
                # Of children that have ended, too.
                used += sum(map(int, fields[11:15]))
        return used / os.sysconf("SC_CLK_TCK")

    def memory(self) -> tuple[float, float, int]:
        """Return the private memory of the server and of its workers in MB, and the number of workers."""
        own, others, number = 0.0, 0.0, 0
        for folder in self.processes():
            with suppress(OSError):
                resident, shared = map(int, (folder / "statm").read_text("utf-8").split()[1:3])
                private = (resident - shared) * os.sysconf("SC_PAGE_SIZE") / 2**20
                if int(folder.name) == self.process:
                    own = private
                else:
                    others, number = others + private, number + 1
        return own, others, number


def free_port() -> int:
    """Return a port that is free."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def running(name: str, command: list[str], port: int, path: str) -> Iterator[Server]:
    """Run a server while the context lasts; it is ready when it answers a query."""
    # What it writes must not fill a pipe.
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=ENVIRONMENT) as process:
        try:
            for _ in range(600):
                try:
                    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}?query=ASK%7B%7D", timeout=10):
                        break
                except OSError:
                    time.sleep(0.02)
            yield Server(name, process.pid, port, path)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


def knockon(store: str | None, *options: str) -> tuple[str, list[str], int, str]:
    """Return the arguments of ``running`` for our server."""
    port = free_port()
    command = [sys.executable, "-m", "knockon", "serve", *([store] if store else []), "--port", str(port), "--quiet", *options]
    return "knockon", command, port, "/sparql"


def oxigraph(folder: Path) -> tuple[str, list[str], int, str]:
    """Return the arguments of ``running`` for the server of Oxigraph; its default graph is all, as ours."""
    port = free_port()
    program = shutil.which("oxigraph") or str(Path(sys.executable).with_name("oxigraph"))
    options = ["--location", str(folder), "--bind", f"127.0.0.1:{port}", "--union-default-graph"]
    return "oxigraph", [program, "serve-read-only", *options], port, "/query"


def load(data: str, store: Path) -> Path:
    """Load data into a new store of ours; return its folder."""
    command = [sys.executable, "-m", "knockon", "load", data, "--store", str(store), "--quiet"]
    subprocess.run(command, check=True, env=ENVIRONMENT, stdout=subprocess.DEVNULL)
    return store


def prepare(folder: Path, data: str) -> tuple[Path, Path, list[str]]:
    """Load data into a store of ours and one of Oxigraph; return both, and the IRIs of its entities."""
    import pyoxigraph

    ours, theirs, quads = load(data, folder / "store"), folder / "oxigraph", folder / "quads.nq"
    database = next(ours.glob("revision-*/db"))
    store = pyoxigraph.Store.read_only(str(database))
    with quads.open("wb") as out:
        store.dump(out, pyoxigraph.RdfFormat.N_QUADS)
    program = oxigraph(theirs)[1][0]
    command = [program, "load", "--location", str(theirs), "--file", str(quads)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    base = re.compile(r"https://w3id\.org/knockon/id/[\w-]+")
    subjects = {quad.subject.value for quad in store if isinstance(quad.subject, pyoxigraph.NamedNode)}
    return ours, theirs, sorted(iri for iri in subjects if base.fullmatch(iri))
