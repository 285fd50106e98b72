"""The worker: it reads queries from its standard input and writes answers to its standard output.

Its main thread reads, so that the process ends as soon as its parent is gone;
another thread, with a large stack, answers. The engine lets other threads run
while it works.
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

#: Deep queries recurse in the engine; the stack is reserved and costs nothing until it is used.
_STACK = 2**28
#: Databases in folders, and bytes of N-Quads handed over, that are kept.
_FOLDERS, _HANDED_OVER = 4, 2**28


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
                self._send("error", _described(error))

    def _send(self, kind: str, values: Mapping[str, object] = MappingProxyType({})) -> None:
        send(self._out, Frame(kind, dict(values)))

    def _need(self, what: str, **values: object) -> Frame:
        """Send a request to the parent, and wait for the reply."""
        self._send("need", {"what": what, **values})
        return self._frames.get()

    def _answer(self, frame: Frame) -> None:
        asked = frame.values
        limits = Limits(**asked["limits"])
        bound_time(limits)
        if asked["database"] not in self._databases:
            # What cannot be read need not wait for the data.
            self._begin(limits)
            parse(asked["text"])
        database = self._database(asked["database"])
        functions = LossFunctions(self._present_losses) if asked["functions"] else None
        self._begin(limits)
        out = ChunkWriter(self._out)
        try:
            started = start_query(database, asked["text"], asked["substitutions"], functions, check_terms=asked["check_terms"])
            kind, rows = started.write(cast("IO[bytes]", out), limits)
        except OSError as error:
            raise engine_error(error, "the query cannot be run") from None
        out.flush()
        self._send("answer", {"kind": kind, "rows": rows})

    def _begin(self, limits: Limits) -> None:
        """Start the limits on time and memory."""
        bound_memory(limits)
        self._send("started")

    def _database(self, key: str) -> Database:
        kept = self._databases.pop(key, None) or self._received(self._need("database"))
        # The last of them is the one used last.
        self._databases[key] = kept
        folders = [one for one, (_, size) in self._databases.items() if one and not size]
        handed_over = [one for one, (_, size) in self._databases.items() if size]
        unused = folders[:-_FOLDERS]
        while sum(self._databases[one][1] for one in handed_over) > _HANDED_OVER and handed_over[0] != key:
            unused.append(handed_over.pop(0))
        for one in unused:
            del self._databases[one]
        return kept[0]

    def _received(self, frame: Frame) -> tuple[Database, int]:
        if frame.kind == "open":
            with suppress(OSError, RuntimeError):
                return Database(pyoxigraph.Store.read_only(frame.values["folder"])), 0
            # Another process has replaced the files; the parent still has them open.
            frame = self._need("quads")
        content = _Chunks(frame, self._frames)
        engine = pyoxigraph.Store()
        engine.bulk_load(cast("IO[bytes]", content), RdfFormat.N_QUADS)
        return Database(engine), content.size + 1

    def _present_losses(self) -> Losses:
        """Return the losses that the functions of this query look up; the last ones are cached."""
        frame = self._need("losses", kept=self._losses.key if self._losses else "")
        if frame.content or self._losses is None:
            self._losses = Losses(**loads(frame.content), row=cache(self._row))
        return self._losses

    def _row(self, number: int) -> Row:
        content = self._need("row", row=number).content
        count = len(content) // 12
        return array("d", content[: 8 * count]), array("i", content[8 * count :])


class _Chunks:
    """A stream of what comes in chunks."""

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


def _described(error: KnockonError) -> Mapping[str, Any]:
    values = {"error": type(error).__name__, "message": str(error)}
    return (
        {**values, "what": error.what, "name": error.name, "nearest": error.nearest} if isinstance(error, NotFound) else values
    )


def main() -> NoReturn:
    """Serve until the parent closes the pipe or dies."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it is the parent's to say when a query ends
    commands = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    # What anything else reads or prints must not come between the frames.
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
