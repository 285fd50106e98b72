"""SPARQL servers of others, started on free ports for tests: Oxigraph of PyPI, Virtuoso of Debian."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pyoxigraph import Quad, RdfFormat, serialize

OXIGRAPH = shutil.which("oxigraph", path=str(Path(sys.executable).parent)) or shutil.which("oxigraph")
VIRTUOSO, ISQL = shutil.which("virtuoso-t"), shutil.which("isql-vt")

_INI = """
[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
[TempDatabase]
DatabaseFile = virtuoso-temp.db
TransactionFile = virtuoso-temp.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
DirsAllowed = ., {folder}
NumberOfBuffers = 10000
MaxDirtyBuffers = 6000
[HTTPServer]
ServerPort = 127.0.0.1:{http}
[SPARQL]
ResultSetMaxRows = 10000
"""


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_until(ready: Callable[[], bool], process: subprocess.Popen[bytes], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not ready():
        assert process.poll() is None, "the server ended"
        assert time.monotonic() < end, "the server does not start"
        time.sleep(0.05)


def is_up(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5):  # noqa: S310 - our own server
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


@contextmanager
def stopping(process: subprocess.Popen[bytes]) -> Iterator[None]:
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class OxigraphServer:
    """A running Oxigraph server."""

    def __init__(self, port: int) -> None:
        self.base, self.query = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{port}/query"

    def put(self, quads: Iterable[Quad]) -> None:
        """Replace all data."""
        self._send("/store", b"", "application/n-quads", "PUT")
        self._send("/store", serialize(quads, format=RdfFormat.N_QUADS) or b"", "application/n-quads", "POST")

    def _send(self, path: str, body: bytes, kind: str, method: str) -> None:
        request = urllib.request.Request(self.base + path, body, {"Content-Type": kind}, method=method)  # noqa: S310
        with urllib.request.urlopen(request, timeout=600):  # noqa: S310
            pass


@contextmanager
def oxigraph_server(folder: Path | None = None, parts: Path | None = None) -> Iterator[OxigraphServer]:
    """Run an Oxigraph server while the context lasts: in memory, or with the quads of a bulk export in a folder."""
    port = free_port()
    command = [str(OXIGRAPH), "serve", "--bind", f"127.0.0.1:{port}"]
    if folder is not None and parts is not None:
        files = [str(path) for path in sorted(parts.glob("part-*"))]
        load = [str(OXIGRAPH), "load", "--location", str(folder), "--file", *files]
        subprocess.run(load, check=True, capture_output=True, timeout=600)
        command = [str(OXIGRAPH), "serve-read-only", "--location", str(folder), "--bind", f"127.0.0.1:{port}"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with stopping(process):
        server = OxigraphServer(port)
        wait_until(lambda: is_up(server.base), process, 30)
        yield server


@contextmanager
def virtuoso_server(folder: Path, parts: Path) -> Iterator[str]:
    """Run a Virtuoso server with the quads of a bulk export while the context lasts; return the address of its endpoint."""
    sql, http = free_port(), free_port()
    (folder / "virtuoso.ini").write_text(_INI.format(sql=sql, http=http, folder=f"{folder}, {parts}"))
    command = [str(VIRTUOSO), "+foreground", "+configfile", "virtuoso.ini"]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with stopping(process):
        address = f"http://127.0.0.1:{http}/sparql"
        wait_until(lambda: is_up(address), process, 120)
        load = f"ld_dir('{parts}', 'part-*.nq.gz', 'urn:x:none'); rdf_loader_run(); checkpoint;"
        arguments = [str(ISQL), f"127.0.0.1:{sql}", "dba", "dba", f"exec={load}"]
        subprocess.run(arguments, check=True, capture_output=True, timeout=600)
        yield address
