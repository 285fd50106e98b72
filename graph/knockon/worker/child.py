"""The worker: it reads queries from its standard input and writes answers to its standard output.

A thread with a large stack reads and answers. The main thread only waits for the end of the parent, so that the process
ends even during a query; the engine releases the lock of the interpreter while it works.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import threading
import time
from array import array
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import cache, lru_cache, partial
from importlib import import_module
from json import loads
from queue import Queue
from types import MappingProxyType
from typing import IO, Any, NoReturn, Protocol, cast

import pyoxigraph

from knockon.errors import KnockonError
from knockon.sparql.answer_stream import Formats, stream_answer
from knockon.sparql.answers import Function, size_limit
from knockon.sparql.database import Database, Graphs, in_memory
from knockon.sparql.engine_errors import engine_error
from knockon.sparql.execution import start_query
from knockon.sparql.guard import guard
from knockon.sparql.limits import Limits
from knockon.sparql.losses import Losses, LossFunctions, Row
from knockon.sparql.parse import parse
from knockon.worker.frames import ChunkWriter, Frame, receive, send
from knockon.worker.memory import TimeBound, bound_memory
from knockon.worker.replies import error_values

#: The stack size in bytes, since deep queries recurse in the engine; only address space until it is used.
_STACK = 2**28
#: The most databases in folders, and the most bytes of received N-Quads, that are cached.
_MAX_FOLDERS, _MAX_RECEIVED = 4, 2**28
#: The longest query, in characters, that is remembered to have passed the guard.
_MAX_REMEMBERED = 2**12
#: The kinds of frames that are requests; others are replies to requests of the worker.
_REQUESTS = ("query", "stream", "prepare", "question")


class _Child:
    """Server of queries, one after another, which caches the databases and losses that it received."""

    def __init__(self, receive_frame: Callable[[], Frame], out: IO[bytes]) -> None:
        self._receive, self._out = receive_frame, out
        #: Requests that were sent while this process waited for a reply to one of its own.
        self._postponed: deque[Frame] = deque()
        self._databases: dict[str, tuple[Database, int]] = {"": (Database(pyoxigraph.Store()), 0)}
        self._losses: Losses | None = None
        self._graph: GraphOfWorker | None = None
        self._time_bound = TimeBound()
        #: The limits of requests that name none.
        self._limits = Limits()

    def serve(self) -> NoReturn:
        """Serve requests until the pipe is closed."""
        answers = dict(zip(_REQUESTS, (self._answer, self._stream, self._prepare, self._answer_question), strict=True))
        while True:
            frame = self._postponed.popleft() if self._postponed else self._receive()
            try:
                answers[frame.kind](frame.values)
            except KnockonError as error:
                self._send("error", error_values(error))

    def _send(self, kind: str, values: Mapping[str, object] = MappingProxyType({}), content: bytes = b"") -> None:
        send(self._out, Frame(kind, dict(values), content))

    def _request(self, what: str, **values: object) -> Frame:
        """Send a request to the parent, and wait for the reply."""
        self._send("request", {"what": what, **values})
        return self._reply()

    def _reply(self) -> Frame:
        """Wait for the next frame that is a reply; requests that come before it are answered later."""
        while (frame := self._receive()).kind in _REQUESTS:
            self._postponed.append(frame)
        return frame

    def _answer(self, query: Mapping[str, Any]) -> None:
        limits = self._limits_of(query)
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

    def _stream(self, query: Mapping[str, Any]) -> None:
        """Answer a query of the server: it is checked here, and its answer is sent while it is produced."""
        started, limits, text = time.thread_time(), self._limits_of(query), query["text"]
        _check(text)
        database = self._database(query["database"])
        if query["graphs"] is not None:
            database = Database(database.engine, Graphs(*query["graphs"]))
        functions = self._graph.functions if self._graph else _NoFunctions()
        try:
            running = start_query(database, text, None, functions)
            with running.checked():
                end = stream_answer(running.answer, Formats(*query["formats"]), limits, self._send_part)
        except _NeedsFunctions:
            self._send("functions")
            return
        except OSError as error:
            raise engine_error(error, "the query cannot be run") from None
        seconds = time.thread_time() - started
        self._send("answer", {"kind": end.kind, "rows": end.rows, "cut": end.cut, "seconds": seconds}, end.rest)

    def _send_part(self, kind: str, content: bytes) -> None:
        self._send("chunk", {"kind": kind}, content)

    def _prepare(self, values: Mapping[str, Any]) -> None:
        """Open a database, and close all others; set the limit on memory above what the process uses then."""
        key = values["database"]
        self._databases = {known: entry for known, entry in self._databases.items() if known in {"", key}}
        self._database(key)
        if values["graph"] is not None:
            # The module is of a higher layer, which this process imports only if it is to answer questions.
            self._graph = import_module(values["graph"].pop("module")).HeldGraph(**values["graph"])
        self._limits = Limits(**values["limits"])
        bound_memory(self._limits)
        self._send("ready", {"database": key})

    def _answer_question(self, question: Mapping[str, Any]) -> None:
        if self._graph is None:
            raise EOFError
        started, limits = time.thread_time(), self._limits_of(question)
        content = self._graph.answer(question["name"], question["values"], question["form"])
        if limits.size is not None and len(content) > limits.size:
            raise size_limit(limits.size)
        seconds = time.thread_time() - started
        self._send("answer", {"kind": question["form"], "rows": 1, "cut": "", "seconds": seconds}, content)

    def _limits_of(self, request: Mapping[str, Any]) -> Limits:
        """Return the limits of a request, and set the system limit on its time."""
        limits = Limits(**request["limits"]) if "limits" in request else self._limits
        self._time_bound.set(limits.seconds)
        return limits

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
                return Database(pyoxigraph.Store.read_only(frame.values["folder"])).freeze(), 0
            # Another process has removed the files, which the parent still has open.
            frame = self._request("quads")
        content = _ChunkReader(frame, self._reply)
        engine = in_memory(cast("IO[bytes]", content))
        return Database(engine).freeze(), content.size + 1

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

    def __init__(self, first: Frame, receive_frame: Callable[[], Frame]) -> None:
        self._receive, self._frame, self._place = receive_frame, first, 0
        self.size = 0

    def read(self, count: int) -> bytes:
        if self._frame.kind == "chunk" and self._place == len(self._frame.content):
            self._frame, self._place = self._receive(), 0
        part = self._frame.content[self._place : self._place + count]
        self._place += len(part)
        self.size += len(part)
        return part


class GraphOfWorker(Protocol):
    """The graph of a worker that answers questions: ``knockon.serve.held_graph``."""

    @property
    def functions(self) -> Mapping[str, Function]:
        """The functions that a query may call."""

    def answer(self, name: str, values: Mapping[str, Any], form: str) -> bytes:
        """Answer a question by its name."""


class _NeedsFunctions(Exception):
    """A query calls a function, which only a worker with a graph has."""


class _NoFunctions(Mapping[str, "Function"]):
    """The functions of a worker without a graph: to look them up raises an exception."""

    def __getitem__(self, iri: str) -> Function:
        raise _NeedsFunctions

    def __iter__(self) -> Iterator[str]:
        raise _NeedsFunctions

    def __len__(self) -> int:
        return 1


@lru_cache(512)
def _check_short(text: str) -> None:
    guard(text)


def _check(text: str) -> None:
    """Let a text pass the guard, or raise; short texts that passed lately are not read again."""
    (_check_short if len(text) <= _MAX_REMEMBERED else guard)(text)


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
    has_poll = hasattr(select, "poll")
    receive_frame: Callable[[], Frame] = partial(receive, commands) if has_poll else frames.get
    with suppress(ValueError, RuntimeError):
        threading.stack_size(_STACK)
    threading.Thread(target=_serve, args=(receive_frame, answers), daemon=True).start()
    if has_poll:
        # Without an event to wait for, only the end of the parent is reported.
        end = select.poll()
        end.register(commands, 0)
        end.poll()
    else:
        with suppress(EOFError, OSError):
            while True:
                frames.put(receive(commands))
    os._exit(0)


def _serve(receive_frame: Callable[[], Frame], answers: IO[bytes]) -> None:
    try:
        _Child(receive_frame, answers).serve()
    except EOFError:
        os._exit(0)
    except BaseException as error:
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        sys.stderr.flush()
        os._exit(1)
