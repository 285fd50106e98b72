"""The parent's side: start the worker, wait for answers, and end the worker when a query exceeds its limits."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from array import array
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import IO, Any, cast

import pyoxigraph

from knockon import errors
from knockon.errors import KnockonError, LimitReached, NotFound, UsageError
from knockon.sparql.answers import WrittenAnswer, memory_limit, size_limit, time_limit
from knockon.sparql.limits import Limits
from knockon.sparql.losses import LossFunctions
from knockon.worker.frames import ChunkWriter, Frame, receive, send
from knockon.worker.limit_monitor import LimitMonitor
from knockon.worker.memory import memory_of
from knockon.worker.store_content import StoreContent

# The folders of what the worker imports come after those of Python itself, so that no file of a user takes the place of one.
_CODE = "import sys; sys.path += sys.argv[1:]; from knockon.worker.child import main; main()"
_HERE = str(Path(__file__).resolve().parents[2])
#: Memory that a worker may keep after a query, in bytes; one that keeps more is ended.
_KEPT = 2**28
#: What a worker takes before it has done anything, in bytes.
_SMALL = 2**26
#: Seconds in which a worker that breaks off may end by itself, so that its signal is known.
_DYING = 2
#: What a worker says last where memory ran out, before advice of its runtime.
_NO_MEMORY = ("memory allocation of", "MemoryError")
_OWN_WAY = "limits=None answers in this process, without limits"


@dataclass(frozen=True, slots=True)
class Request:
    """A query for the worker; the parameters are those of ``sparql.execution.start_query``."""

    data: StoreContent
    text: str
    substitutions: Mapping[str, str] | None = None
    functions: LossFunctions | None = None
    check_terms: bool = True


class WorkerLost(Exception):
    """The worker had ended before the query came to it."""


class Worker:
    """A process that answers queries, one at a time.

    Raises
    ------
    UsageError
        There is no Python that could be started.
    """

    def __init__(self) -> None:
        if not sys.executable or getattr(sys, "frozen", False):
            raise UsageError(f"queries run in a process of their own, and no Python can be started for it; {_OWN_WAY}")
        folders = dict.fromkeys((_HERE, str(Path(pyoxigraph.__file__).resolve().parents[1])))
        options = ["-I", "-S", *(["-B"] if sys.dont_write_bytecode else [])]
        try:
            self._process = subprocess.Popen(  # noqa: S603 - this Python, our own code
                [sys.executable, *options, "-c", _CODE, *folders],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                # The lock of a buffer that another thread holds would stay locked in a copy of this process.
                bufsize=0,
                # Ctrl-C is for this process, which then ends the other.
                start_new_session=True,
            )
        except OSError as error:
            raise UsageError(f"the process for queries cannot be started: {error.strerror}; {_OWN_WAY}") from None
        self._streams = tuple(cast("IO[bytes]", getattr(self._process, name)) for name in ("stdin", "stdout", "stderr"))
        self._frames: SimpleQueue[Frame | None] = SimpleQueue()
        # A thread that waits for a queue sees Ctrl-C and the clock, and one that waits for a pipe does not.
        self._reader = threading.Thread(target=_read, args=(self._streams[1], self._frames), daemon=True)
        self._reader.start()
        self._resting = _SMALL
        self._last_words = ""
        self.alive = True

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    def ask(self, request: Request, limits: Limits) -> WrittenAnswer:
        """Return the whole answer to a query.

        Raises
        ------
        LimitReached
            It goes beyond a limit, or ends the worker.
        WorkerLost
            The worker ended before it began; another one will do.
        KnockonError
            What the query itself is refused for.
        """
        monitor = LimitMonitor(self.pid, limits)
        try:
            return self._exchange(request, limits, monitor)
        except (EOFError, OSError):
            if not monitor.reason:
                with suppress(subprocess.TimeoutExpired):
                    self._process.wait(_DYING)
            self.kill()
            raise self._reason(monitor, limits) from None
        except KnockonError:
            raise
        except BaseException:
            # Ctrl-C, --timeout: the remaining output of the worker is not needed.
            self.kill()
            raise
        finally:
            self._rest()

    def _exchange(self, request: Request, limits: Limits, monitor: LimitMonitor) -> WrittenAnswer:
        values = {
            "database": request.data.key,
            "text": request.text,
            "substitutions": dict(request.substitutions or {}),
            "functions": request.functions is not None,
            "check_terms": request.check_terms,
            "limits": asdict(limits),
        }
        send(self._streams[0], Frame("query", values))
        out, size, handed_over = BytesIO(), 0, False
        while True:
            frame = self._next(monitor)
            if frame.kind == "started":
                if handed_over:
                    self._resting = max(memory_of(self.pid) or 0, _SMALL)
                monitor.start(self._resting)
            elif frame.kind == "need":
                handed_over = handed_over or frame.values["what"] == "database"
                with monitor.paused():
                    self._serve(frame.values, request)
            elif frame.kind == "chunk":
                size += len(frame.content)
                if limits.size is not None and size > limits.size:
                    self.kill()
                    raise size_limit(limits.size)
                out.write(frame.content)
            elif frame.kind == "answer":
                return WrittenAnswer(frame.values["kind"], frame.values["rows"], out.getvalue())
            else:
                raise _error(frame.values)

    def _next(self, monitor: LimitMonitor) -> Frame:
        """Wait for the next frame; EOFError where there is none, since the query went too far or the worker is gone."""
        while True:
            wait = monitor.next_check - time.monotonic()
            if wait <= 0:
                if monitor.exceeded():
                    raise EOFError
                continue
            try:
                frame = self._frames.get(timeout=wait)
            except Empty:
                continue
            if frame is None:
                raise EOFError
            return frame

    def _serve(self, asked: Mapping[str, Any], request: Request) -> None:
        """Send the reply that the worker waits for."""
        try:
            frame = _wanted(asked, request)
            if frame is not None:
                send(self._streams[0], frame)
                return
            out = ChunkWriter(self._streams[0])
            request.data.write(cast("IO[bytes]", out))
            out.flush()
            send(self._streams[0], Frame("end"))
        except KnockonError:
            # The worker would wait for ever.
            self.kill()
            raise

    def _rest(self) -> None:
        """End a worker that keeps much memory after a query."""
        now = memory_of(self.pid) if self.alive else None
        if now is not None and now > self._resting + _KEPT:
            self.kill()

    def _reason(self, monitor: LimitMonitor, limits: Limits) -> Exception:
        """Return the error that explains why the worker ended."""
        code, last = self._process.returncode, self._last_words
        memory = monitor.reason == "memory" or last.startswith(_NO_MEMORY)
        if memory and limits.memory is not None:
            return memory_limit(limits.memory)
        over = monitor.reason == "time" or (hasattr(signal, "SIGXCPU") and code == -signal.SIGXCPU)
        if over and limits.seconds is not None:
            return time_limit(limits.seconds)
        if not monitor.started:
            return WorkerLost(last or _signal_name(code))
        how = _signal_name(code) + (f": {last}" if last else "")
        if code is None or code >= 0:
            return KnockonError(f"the process for queries failed: {how}")
        return LimitReached(
            f"the query ended the process that answered it ({how}): it is too long or too deep for the engine; simplify it"
        )

    def kill(self) -> None:
        """Kill the worker."""
        if not self.alive:
            return
        self.alive = False
        self._process.kill()
        self._process.wait()
        self._reader.join()
        stdin, stdout, stderr = self._streams
        lines = stderr.read().decode(errors="replace").split("\n")
        self._last_words = _telling(line.strip() for line in lines)
        for stream in (stdin, stdout, stderr):
            with suppress(OSError):  # what was still to be sent has no reader
                stream.close()

    def forget(self) -> None:
        """Abandon the worker silently: it belongs to the process that this one was forked from."""
        self.alive = False
        null = os.open(os.devnull, os.O_RDWR)
        for stream in self._streams:
            # The pipe must see that only its owner holds it; the number of the file stays taken.
            os.dup2(null, stream.fileno())
        os.close(null)
        # It is no child of this process, so there is nothing to wait for.
        self._process.returncode = 0


def _telling(lines: Iterable[str]) -> str:
    """The line that says why a worker ended: that memory ran out, which advice may follow, or else the last one.

    >>> _telling(["memory allocation of 8589934592 bytes failed", "stack backtrace:", "note: Some details are omitted"])
    'memory allocation of 8589934592 bytes failed'
    """
    said = [line for line in lines if line and not line.startswith("note:")]
    return next((line for line in said if line.startswith(_NO_MEMORY)), said[-1] if said else "")


def _read(stream: IO[bytes], frames: SimpleQueue[Frame | None]) -> None:
    """Pass on what the worker sends, and None when it is gone."""
    try:
        while True:
            frames.put(receive(stream))
    except (EOFError, OSError, ValueError):
        frames.put(None)


def _wanted(asked: Mapping[str, Any], request: Request) -> Frame | None:
    """The frame that the worker waits for; None for the data themselves."""
    what = asked["what"]
    if what == "database" and request.data.folder is not None:
        return Frame("open", {"folder": str(request.data.folder)})
    if what in {"database", "quads"}:
        return None
    if request.functions is None:
        raise EOFError
    losses = request.functions.losses
    if what == "losses":
        if losses.key == asked["kept"]:
            return Frame("losses")
        names = {name: list(getattr(losses, name)) for name in ("shocks", "nodes", "others", "unsettled")}
        return Frame("losses", content=json.dumps({**names, "key": losses.key, "cap": losses.cap}).encode())
    loss, step = losses.row(int(asked["row"]))
    return Frame("row", content=array("d", loss).tobytes() + array("i", step).tobytes())


def _error(values: Mapping[str, Any]) -> KnockonError:
    """The error that the worker met, as it would have been met here."""
    kind = getattr(errors, str(values.get("error")), KnockonError)
    error: KnockonError = kind.__new__(kind)
    KnockonError.__init__(error, str(values.get("message")))
    if isinstance(error, NotFound):
        error.what, error.name, error.nearest = values["what"], values["name"], list(values["nearest"])
    return error


def _signal_name(code: int | None) -> str:
    try:
        return signal.Signals(-(code or 0)).name
    except ValueError:
        return f"exit code {code}"
