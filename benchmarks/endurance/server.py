"""How ``knockon serve`` holds out: 32 clients for ten minutes, hostile queries among theirs; memory at the start and the end.

24 clients ask point queries and short joins, six ask hostile queries all the time, and two hang up on theirs. Named are the
errors of the first, which should be none, their latencies, and what became of the hostile queries. The bundled data are
loaded into a store in a folder, as others load their own.
"""

from __future__ import annotations

import argparse
import socket
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import NamedTuple

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parents[2] / "tests")]

import http_load  # noqa: E402 - found in the folders above
from arguments import source  # noqa: E402
from http_servers import Server, knockon, load, running  # noqa: E402

from knockon.bundled import DEFAULT_DATA_SET  # noqa: E402
from support.hostile_queries import ENDLESS, REFUSED  # noqa: E402

#: Short joins, beside point queries.
JOINS = (
    "SELECT ?a ?b { ?a ko:partOf ?b . ?b a ?c } LIMIT 20",
    "SELECT (COUNT(*) AS ?n) { ?d a ko:Dependency ; ko:dependant ?e . ?e a ko:Company }",
    "CONSTRUCT { ?a ko:partOf ?b } { ?a ko:partOf+ ?b }",
)
#: Formats for rows and for triples.
ANY = "application/sparql-results+json, text/turtle"


class Endurance(NamedTuple):
    """What the ordinary and the hostile clients have seen, and the memory before and after: server, workers, their number."""

    ordinary: http_load.Load
    hostile: http_load.Load
    before: tuple[float, float, int]
    after: tuple[float, float, int]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=600.0, help="how long it lasts (default: 600)")
    parser.add_argument("--timeout", type=float, default=10.0, help="the time limit of a query, in seconds (default: 10)")
    parser.add_argument("--data", type=source, default=DEFAULT_DATA_SET, help=f"bundled data (default: {DEFAULT_DATA_SET})")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store = load(given.data, Path(folder) / "store")
        with running(*knockon(str(store), "--timeout", f"{given.timeout:g}")) as server:
            result = endure(server, given.seconds)
    ordinary, hostile = result.ordinary, result.hostile
    errors = {status: number for status, number in ordinary.statuses.items() if status != "200"}
    print(f"ordinary: {len(ordinary.latencies):,} answers, {ordinary.rate:,.0f} /s, errors {errors or 'none'}")
    print(f"  p50 {ordinary.quantile(0.5):.1f} ms, p99 {ordinary.quantile(0.99):.1f} ms, longest {ordinary.quantile(1):.0f} ms")
    print(f"hostile: {len(hostile.latencies):,}, by status (0: closed before an answer, cut: within one) {hostile.statuses}")
    for name, (own, others, number) in (("start", result.before), ("end", result.after)):
        print(f"memory at the {name}: server {own:.0f} MB, {number} workers {others:.0f} MB")


def endure(server: Server, seconds: float, pause: float = 6.0, first: float = 1.0) -> Endurance:
    """Let all clients ask for some seconds; memory is measured after a pause, before them after some first seconds of four."""
    http_load.run(server.port, 4, first, requests(server))
    before = _settled(server, pause)
    stop = threading.Event()
    hanging = [threading.Thread(target=_hang_up, args=(server, stop)) for _ in range(2)]
    for thread in hanging:
        thread.start()
    texts = [*ENDLESS.values(), *(text for text in REFUSED.values() if len(text) < 50_000)]
    hostile = http_load.start(server.port, 6, seconds, [http_load.request(server.path, text, ANY) for text in texts])
    ordinary = http_load.run(server.port, 24, seconds, requests(server))
    stop.set()
    for thread in hanging:
        thread.join()
    return Endurance(ordinary, hostile.finish(), before, _settled(server, pause))


def requests(server: Server) -> list[str]:
    """Return what ordinary clients ask: point queries, of which half never come again, and some joins."""
    names = ("nvidia", "sensetime", "sensefoundry", "xu-li", "motorola", "entity-list-chips")
    points = [f"SELECT ?p ?o {{ id:{name} ?p ?o }}" for name in names]
    texts = [*points, *(f"{text} # {http_load.UNIQUE}" for text in points), *(f"{text} # {http_load.UNIQUE}" for text in JOINS)]
    return [http_load.request(server.path, text, ANY) for text in texts]


def _hang_up(server: Server, stop: threading.Event) -> None:
    """Ask endless queries, and leave."""
    texts = list(ENDLESS.values())
    while not stop.wait(0.5):
        target = http_load.request(server.path, texts[int(time.monotonic() * 10) % len(texts)]).split()[0]
        with socket.create_connection(("127.0.0.1", server.port)) as connection:
            connection.sendall(f"GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            stop.wait(0.3)


def _settled(server: Server, pause: float) -> tuple[float, float, int]:
    time.sleep(pause)
    return server.memory()


if __name__ == "__main__":
    main()
