"""How fast ``knockon serve`` answers, beside the ``oxigraph`` server on the same quads, in turns.

The load generator is http_load.py. Point queries are asked once with texts that come again, so that answers can be kept,
and once with texts that never come again. The processor time of a request is that of the server with all its processes.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import http_load
from arguments import source, whole_number
from http_servers import ENVIRONMENT, Server, free_port, knockon, oxigraph, prepare, running


class Case(NamedTuple):
    """A load: its name, the number of clients, the requests for a server, and the target."""

    name: str
    clients: int
    requests: Callable[[Server], list[str]]
    target: str


class Result(NamedTuple):
    """What a load has shown, with the processor time of the server for one request, in microseconds."""

    load: http_load.Load
    processor: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=source, default="chips", help="bundled data, or what `knockon load` reads (chips)")
    parser.add_argument("--seconds", type=float, default=4.0, help="seconds of each load (default: 4)")
    parser.add_argument("--rounds", type=whole_number, default=3, help="rounds, of which the median counts (default: 3)")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        ours, theirs, names = prepare(Path(folder), given.data)
        print(f"{given.data}, {len(names):,} names; load generator: http_load.py; {given.rounds} rounds of {given.seconds:g} s")
        with running(*knockon(str(ours))) as first, running(*oxigraph(theirs)) as second:
            medium = five_milliseconds(second)
            for case in cases(names, medium):
                results = measure(case, (first, second), given.rounds, given.seconds)
                report(case, results)
    seconds, processor = (statistics.median(values) for values in zip(*starts(5), strict=True))
    print(f"start on the bundled data, to the first answer: {seconds:.2f} s (target: 1.5 s), {processor:.2f} s of a processor")


def cases(names: list[str], medium: str) -> list[Case]:
    """Return the loads, with their targets."""
    points = [f"SELECT ?p ?o {{ <{name}> ?p ?o }}" for name in names[:500]]
    unique = [f"{text} # {http_load.UNIQUE}" for text in points]
    table = "SELECT * { ?s ?p ?o . ?t ?q ?o } LIMIT 100000"
    # Ours must not answer from what it keeps where the target is about computing.
    return [
        Case("point query, texts that come again", 1, requests_of(points), "+1 ms at the median"),
        Case("point query, new texts", 1, requests_of(unique), "+1 ms at the median"),
        Case("point query, texts that come again", 32, requests_of(points), "40 % of the rate"),
        Case("point query, new texts", 32, requests_of(unique), "40 % of the rate"),
        Case("query of 5 ms", 32, requests_of([f"{medium} # {http_load.UNIQUE}"]), "80 % of the rate"),
        Case("CSV of 100,000 rows", 1, requests_of([f"{table} # {http_load.UNIQUE}"], "text/csv"), "1.3 times the time"),
    ]


def requests_of(texts: list[str], accept: str = "application/sparql-results+json") -> Callable[[Server], list[str]]:
    return lambda server: [http_load.request(server.path, text, accept) for text in texts]


def five_milliseconds(server: Server) -> str:
    """Return a query for which the other server takes about five milliseconds of a processor.

    Not by the clock: on a busy machine a query of two milliseconds takes five.
    """
    rows = 100
    while True:
        text = f"SELECT (COUNT(*) AS ?n) {{ {{ SELECT ?s ?r {{ ?s ?p ?o . ?o ?q ?r }} LIMIT {rows} }} }}"
        before = server.processor()
        load = http_load.run(server.port, 1, 1.0, [http_load.request(server.path, text)])
        took = 1000 * (server.processor() - before) / len(load.latencies)
        if took > 4.5 or rows > 10**6:
            return text
        rows = int(rows * min(2.0, max(1.1, 5 / max(took, 1))))


def measure(case: Case, servers: tuple[Server, Server], rounds: int, seconds: float) -> dict[str, list[Result]]:
    """Run a load on both servers in turns."""
    results: dict[str, list[Result]] = {server.name: [] for server in servers}
    for _ in range(rounds):
        for server in servers:
            before = server.processor()
            load = http_load.run(server.port, case.clients, seconds, case.requests(server))
            if set(load.statuses) != {"200"}:
                raise SystemExit(f"{server.name}: {case.name}: answers by status: {load.statuses}")
            results[server.name].append(Result(load, 1e6 * (server.processor() - before) / len(load.latencies)))
    return results


def report(case: Case, results: dict[str, list[Result]]) -> None:
    """Print the medians of the rounds."""
    print(f"{case.name}, {case.clients} client{'s' if case.clients > 1 else ''} (target: {case.target})")
    medians, rates = {}, {}
    for name, found in results.items():
        medians[name] = statistics.median(result.load.quantile(0.5) for result in found)
        rates[name] = statistics.median(result.load.rate for result in found)
        last = statistics.median(result.load.quantile(0.99) for result in found)
        used = statistics.median(result.processor for result in found)
        client = statistics.median(1e6 * result.load.processor / len(result.load.latencies) for result in found)
        print(
            f"  {name:9} {rates[name]:9,.0f} /s   median {medians[name]:8.2f} ms   p99 {last:8.2f} ms   "
            f"processor {used:7,.0f} us   client {client:6,.0f} us"
        )
    ours, theirs = results
    print(
        f"  {medians[ours] - medians[theirs]:+.2f} ms, {rates[ours] / rates[theirs]:.0%} of the rate, "
        f"{medians[ours] / medians[theirs]:.2f} times the time"
    )


def starts(times: int) -> list[tuple[float, float]]:
    """Return the seconds from starting our server on the bundled data to its first answer, and those of a processor."""
    found = []
    for _ in range(times):
        port, started = free_port(), time.monotonic()
        command = [sys.executable, "-m", "knockon", "serve", "--port", str(port), "--quiet"]
        with subprocess.Popen(command, env=ENVIRONMENT, stderr=subprocess.DEVNULL) as process:
            while True:
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=10).close()
                    break
                except OSError:
                    time.sleep(0.005)
            found.append((time.monotonic() - started, Server("", process.pid, port, "").processor()))
            process.terminate()
    return found


if __name__ == "__main__":
    main()
