"""A load generator for HTTP: keep-alive connections in an event loop (uvloop, httptools), in a process of its own.

Each client sends its next request when it has the whole answer to the last one. A request is a line of the standard input of
the process, ``GET /sparql?query=... ACCEPT``; clients take the lines in turns.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import IO, NamedTuple, cast
from urllib.parse import quote

#: Replaced by a number that is used once, so that no answer can be a kept one.
UNIQUE = "UNIQUE"


@dataclass(frozen=True)
class Load:
    """What a load has shown: seconds of each answer, and how many there were of each status.

    ``0`` are connections that were closed before an answer came, ``cut`` those that were closed within one: the server says
    that what it has sent is not the whole. A connection that is closed when its client asks nothing more is neither.
    """

    seconds: float
    latencies: list[float]
    statuses: dict[str, int]
    bytes: int
    processor: float

    @property
    def rate(self) -> float:
        """Answers in a second."""
        return len(self.latencies) / self.seconds

    def quantile(self, part: float) -> float:
        """Return a quantile of the latencies in milliseconds."""
        ordered = sorted(self.latencies) or [float("nan")]
        return 1000 * ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def request(path: str, query: str, accept: str = "application/sparql-results+json") -> str:
    """Return the line for a query."""
    return f"{path}?query={quote(query)} {accept}"


class Running(NamedTuple):
    """A load that runs, and the file that it writes its result into."""

    process: subprocess.Popen[str]
    result: Path

    def finish(self) -> Load:
        """Wait for the end of the load."""
        self.process.wait()
        load = Load(**json.loads(self.result.read_text("utf-8")))
        self.result.unlink()
        return load


def start(port: int, clients: int, seconds: float, requests: list[str]) -> Running:
    """Start a load."""
    descriptor, result = tempfile.mkstemp()
    os.close(descriptor)
    command = [sys.executable, str(Path(__file__).resolve()), str(port), str(clients), str(seconds), result]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, text=True)
    with cast("IO[str]", process.stdin) as stdin:
        stdin.write("\n".join(requests))
    return Running(process, Path(result))


def run(port: int, clients: int, seconds: float, requests: list[str]) -> Load:
    """Run a load to its end."""
    return start(port, clients, seconds, requests).finish()


class _Client(asyncio.Protocol):
    """One connection, which is opened anew after an answer without end."""

    def __init__(self, load: _Generator) -> None:
        self._load = load

    #: Whether it waits for an answer, and has some of it.
    _waits = _begun = False
    #: Whether the connection stays open after an answer.
    _stays = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._next()

    def _next(self) -> None:
        import httptools

        self._waits, self._begun = not self._load.ended, False
        if self._load.ended:
            self._load.left()
            self._transport.close()
            return
        self._parser, self._complete, self._started = httptools.HttpResponseParser(self), False, time.perf_counter()
        self._transport.write(self._load.next_request())

    def data_received(self, data: bytes) -> None:
        self._load.bytes += len(data)
        self._begun = True
        self._parser.feed_data(data)
        if self._complete:
            self._load.took(self._started, self._parser.get_status_code())
            if self._stays:
                self._next()
            else:
                # The answer said that the server closes the connection, as it does where a request is too long.
                self._waits = False
                self._transport.close()
                self._load.connect()

    def on_message_complete(self) -> None:
        # Known only now: afterwards the parser has forgotten the headers, and every connection would be closed.
        self._complete, self._stays = True, self._parser.should_keep_alive()

    def connection_lost(self, _error: Exception | None) -> None:
        if self._waits and not self._load.closed:
            self._load.took(self._started, "cut" if self._begun else 0)
            self._load.connect()


class _Generator:
    def __init__(self, port: int, clients: int, seconds: float, requests: list[str]) -> None:
        self.port, self.clients, self.seconds = port, clients, seconds
        self.requests = [self._encode(line) for line in requests]
        # Numbers of the clock: another load asks for other texts, as none is sent a million times in a second.
        self.number, self.bytes, self.running = count(time.time_ns() // 1000), 0, clients
        self.ended = self.closed = False
        self.latencies: list[float] = []
        self.statuses: Counter[int | str] = Counter()

    def _encode(self, line: str) -> bytes:
        target, _, accept = line.strip().partition(" ")
        return f"GET {target} HTTP/1.1\r\nHost: localhost:{self.port}\r\nAccept: {accept}\r\n\r\n".encode()

    def next_request(self) -> bytes:
        number = next(self.number)
        return self.requests[number % len(self.requests)].replace(UNIQUE.encode(), b"%d" % number)

    def took(self, started: float, status: int | str) -> None:
        self.statuses[status] += 1
        self.latencies.append(time.perf_counter() - started)

    def connect(self) -> None:
        """Open a connection; again a little later where that fails."""
        loop = asyncio.get_running_loop()

        async def connect() -> None:
            while not self.ended:
                try:
                    await loop.create_connection(lambda: _Client(self), "127.0.0.1", self.port)
                except OSError:
                    await asyncio.sleep(0.05)
                else:
                    return
            self.left()

        self._tasks = [task for task in getattr(self, "_tasks", []) if not task.done()] + [loop.create_task(connect())]

    def left(self) -> None:
        self.running -= 1

    async def run(self) -> Load:
        started = time.perf_counter()
        for _ in range(self.clients):
            self.connect()
        await asyncio.sleep(self.seconds)
        self.ended = True
        seconds = time.perf_counter() - started
        deadline = time.perf_counter() + 60
        while self.running > 0 and time.perf_counter() < deadline:
            await asyncio.sleep(0.01)
        self.closed = True
        used = resource.getrusage(resource.RUSAGE_SELF)
        statuses = {str(status): number for status, number in self.statuses.items()}
        return Load(seconds, self.latencies, statuses, self.bytes, used.ru_utime + used.ru_stime)


def main() -> None:
    import uvloop

    port, clients, seconds, result = sys.argv[1:]
    generator = _Generator(int(port), int(clients), float(seconds), sys.stdin.read().splitlines())
    Path(result).write_text(json.dumps(vars(uvloop.run(generator.run()))), "utf-8")


if __name__ == "__main__":
    main()
