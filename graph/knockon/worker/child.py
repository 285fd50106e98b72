"""The worker: it reads queries from its standard input and writes answers to its standard output.

Its main thread reads, so that the process ends as soon as its parent has ended;
another thread, with a large stack, answers. The engine releases the lock of the
interpreter while it works.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from array import array
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from json import loads
from queue import Queue
from types import MappingProxyType
from typing import IO, Any, NoReturn, cast

import pyoxigraph
from pyoxigraph import RdfFormat

from knockon.errors import KnockonError, NotFound
from knockon.sparql.database import Database
from knockon.sparql.engine_errors import engine_error
from knockon.sparql.execution import start_query
from knockon.sparql.limits import Limits
from knockon.sparql.losses import Losses, LossFunctions, Row
from knockon.sparql.parse import parse
from knockon.worker.frames import ChunkWriter, Frame, receive, send
from knockon.worker.memory import bound_memory, bound_time

#: The stack size in bytes, since deep queries recurse in the engine; only address space until it is used.
_STACK = 2**28
#: The most databases in folders, and the most bytes of received N-Quads, that are cached.
_MAX_FOLDERS, _MAX_RECEIVED = 4, 2**28


class _Child:
    """Server of queries, one after another, which caches the databases and losses that it received."""

    def __init__(self, frames: Queue[Frame], out: IO[bytes]) -> None:
        self._frames, self._out = frames, out
        self._databases: dict[str, tuple[Database, int]] = {"": (Database(pyoxigraph.Store()), 0)}
        self._losses: Losses | None = None

    def serve(self) -> NoReturn:
        """Serve requests until the pipe is closed."""
        while True:
            frame = self._frames.get()
            try:
                self._answer(frame)
            except KnockonError as error:
                self._send("error", _error_values(error))

    def _send(self, kind: str, values: Mapping[str, object] = MappingProxyType({})) -> None:
        send(self._out, Frame(kind, dict(values)))

    def _request(self, what: str, **values: object) -> Frame:
        """Send a request to the parent, and wait for the reply."""
        self._send("request", {"what": what, **values})
        return self._frames.get()

    def _answer(self, frame: Frame) -> None:
        query = frame.values
        limits = Limits(**query["limits"])
        bound_time(limits)
        if query["database"] not in self._databases:
            # A syntax error is reported before the data are received.
            self._start_limits(limits)
            parse(query["text"])
        database = self._database(query["database"])
        functions = LossFunctions(self._current_losses) if query["functions"] else None
        self._start_limits(limits)
        out = ChunkWriter(self._out)
        try:
            running = start_query(database, query["text"], query["substitutions"], functions)
            kind, rows = running.write(cast("IO[bytes]", out), limits)
        except OSError as error:
            raise engine_error(error, "the query cannot be run") from None
        out.flush()
        self._send("answer", {"kind": kind, "rows": rows})

    def _start_limits(self, limits: Limits) -> None:
        """Start the limits on time and memory, here and in the parent."""
        bound_memory(limits)
        self._send("started")

    def _database(self, key: str) -> Database:
        entry = self._databases.pop(key, None) or self._receive_database(self._request("database"))
        # The entries are in the order of their last use.
        self._databases[key] = entry
        in_folders = [cached for cached, (_, size) in self._databases.items() if cached and not size]
        received = [cached for cached, (_, size) in self._databases.items() if size]
        expired = in_folders[:-_MAX_FOLDERS]
        while sum(self._databases[cached][1] for cached in received) > _MAX_RECEIVED and received[0] != key:
            expired.append(received.pop(0))
        for cached in expired:
            del self._databases[cached]
        return entry[0]

    def _receive_database(self, frame: Frame) -> tuple[Database, int]:
        """Open or receive a database; return it with the bytes received, 0 for a database in a folder."""
        if frame.kind == "open":
            with suppress(OSError, RuntimeError):
                return Database(pyoxigraph.Store.read_only(frame.values["folder"])), 0
            # Another process has removed the files, which the parent still has open.
            frame = self._request("quads")
        content = _ChunkReader(frame, self._frames)
        engine = pyoxigraph.Store()
        engine.bulk_load(cast("IO[bytes]", content), RdfFormat.N_QUADS)
        return Database(engine), content.size + 1

    def _current_losses(self) -> Losses:
        """Return the losses that the functions of the current query look up; those of the last query are cached."""
        frame = self._request("losses", cached=self._losses.key if self._losses else "")
        if frame.content or self._losses is None:
            self._losses = Losses(**loads(frame.content), row=cache(self._row))
        return self._losses

    def _row(self, number: int) -> Row:
        content = self._request("row", row=number).content
        count = len(content) // 12
        return array("d", content[: 8 * count]), array("i", content[8 * count :])


class _ChunkReader:
    """A stream of the content of chunk frames."""

    def __init__(self, first: Frame, frames: Queue[Frame]) -> None:
        self._frames, self._frame, self._place = frames, first, 0
        self.size = 0

    def read(self, count: int) -> bytes:
        if self._frame.kind == "chunk" and self._place == len(self._frame.content):
            self._frame, self._place = self._frames.get(), 0
        part = self._frame.content[self._place : self._place + count]
        self._place += len(part)
        self.size += len(part)
        return part


def _error_values(error: KnockonError) -> Mapping[str, Any]:
    values = {"error": type(error).__name__, "message": str(error)}
    return (
        {**values, "what": error.what, "name": error.name, "nearest": error.nearest} if isinstance(error, NotFound) else values
    )


def main() -> NoReturn:
    """Serve until the parent closes the pipe or dies."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides when a query is interrupted
    commands = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    # Other code that reads or prints must not disturb the frames.
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(2, 1)
    frames: Queue[Frame] = Queue(8)
    with suppress(ValueError, RuntimeError):
        threading.stack_size(_STACK)
    threading.Thread(target=_serve, args=(frames, answers), daemon=True).start()
    with suppress(EOFError, OSError):
        while True:
            frames.put(receive(commands))
    os._exit(0)


def _serve(frames: Queue[Frame], answers: IO[bytes]) -> None:
    try:
        _Child(frames, answers).serve()
    except BaseException as error:
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        sys.stderr.flush()
        os._exit(1)
