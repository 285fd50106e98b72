"""Kill a server while it takes updates: what it acknowledged is there afterwards, of the rest at most the last one."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError

from http_servers import ENVIRONMENT, free_port

import knockon
from knockon.store.verification import verify_folder

_PROGRAM = "import sys; from knockon.cli import main; sys.exit(main())"
#: How long a server may take to start, and the longest time before it is killed, in seconds.
_START, _LONGEST = 300.0, 3.0


def kill_server(folder: Path, kills: int, draw: random.Random) -> tuple[int, int, int, int, tuple[str, ...]]:
    """Kill servers of one store that goes on growing, so many times.

    Returns
    -------
    tuple
        Kills; kills while an update was being made; of these, those whose last update is not there, and those where it is;
        what was wrong.
    """
    store, token = folder / "store", folder / "token"
    (folder / "first.yaml").write_text("Company:\n  acme: {label: Acme Works}\n", "utf-8")
    token.write_text("a" * 40, "utf-8")
    token.chmod(0o600)
    subprocess.run(
        [sys.executable, "-c", _PROGRAM, "load", folder / "first.yaml", "--store", store],
        env=ENVIRONMENT, check=True, capture_output=True,
    )  # fmt: skip
    tried = died = lost = made = 0
    acknowledged: set[int] = set()
    faults: list[str] = []
    sent = 0
    while died < kills and tried < 4 * kills:
        tried += 1
        first, sent, waiting = sent, *_updates_until_killed(store, token, sent, acknowledged, draw)
        died += waiting
        found = _found(store)
        if isinstance(found, str):
            faults.append(f"kill {tried}: {found}")
            break
        if missing := acknowledged - found:
            faults.append(f"kill {tried}: {len(missing)} acknowledged updates are lost, the first is {min(missing)}")
        if strange := {number for number in found - acknowledged if number != sent - 1 and number >= first}:
            faults.append(f"kill {tried}: updates {sorted(strange)} were not acknowledged and not the last")
        is_made = sent - 1 in found and waiting
        made, lost = made + is_made, lost + (waiting and not is_made)
        acknowledged |= found
    return tried, died, lost, made, tuple(faults)


def _updates_until_killed(store: Path, token: Path, sent: int, acknowledged: set[int], draw: random.Random) -> tuple[int, bool]:
    """Start a server, send it updates until it is killed; return the number after the last, and whether that had no answer."""
    port = free_port()
    command: list[str | Path] = [
        sys.executable,
        "-c",
        _PROGRAM,
        "serve",
        store,
        "--port",
        str(port),
        "--writable",
        "--token-file",
        token,
    ]
    waiting = False
    with _server(command) as server:
        _wait(port)
        killer = threading.Timer(draw.uniform(0, _LONGEST), server.send_signal, [signal.SIGKILL])
        killer.start()
        while server.poll() is None:
            number, sent, waiting = sent, sent + 1, True
            try:
                _insert(port, token, number)
            except HTTPError as error:
                # The server has answered that it did not make the update: it did not die before it reported.
                waiting = False
                error.close()
                break
            except (OSError, HTTPException):
                break
            acknowledged.add(number)
            waiting = False
        killer.join()
    return sent, waiting


@contextmanager
def _server(command: Sequence[str | Path]) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server that does not outlive the block, whatever happens in it."""
    with subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            yield server
        finally:
            server.kill()


def _insert(port: int, token: Path, number: int) -> None:
    update = f'INSERT DATA {{ id:made{number} a ko:Company ; rdfs:label "Made {number}" }}'
    headers = {"Content-Type": "application/sparql-update", "Authorization": f"Bearer {token.read_text('utf-8')}"}
    request = urllib.request.Request(f"http://127.0.0.1:{port}/sparql", update.encode(), headers)
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
        answer.read()


def _wait(port: int) -> None:
    until = time.monotonic() + _START
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5):
                return
        except OSError:
            time.sleep(0.02)
    raise SystemExit("the server does not start")


def _found(store: Path) -> set[int] | str:
    """Return the numbers of the updates that a store has, in records and in its database; or what is wrong with it."""
    if damaged := verify_folder(store).damaged:
        return str(damaged[0])
    with knockon.open(store) as graph:
        names = [record.id.rpartition("/made")[2] for record in graph.store.records if "/made" in record.id]
        rows = graph.query("SELECT ?s WHERE { ?s a ko:Company }", limits=None)
    if len(rows) != len(names) + 1:
        return f"{len(names)} records, and {len(rows) - 1} in the database"
    return set(map(int, names))
