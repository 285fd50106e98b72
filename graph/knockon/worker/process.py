"""The parent's side: start the worker, wait for answers, and end the worker when a query exceeds its limits."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from io import BytesIO
from queue import Empty, SimpleQueue
from typing import IO, Any, cast

from knockon.errors import KnockonError
from knockon.sparql.answers import WrittenAnswer, size_limit
from knockon.sparql.limits import Limits
from knockon.sparql.losses import LossFunctions
from knockon.worker.frames import ChunkWriter, Frame, receive, send
from knockon.worker.launch import start_process
from knockon.worker.limit_monitor import LimitMonitor
from knockon.worker.memory import memory_of
from knockon.worker.replies import exit_error, last_message, reply_frame, to_error
from knockon.worker.store_content import StoreContent

#: The memory that a worker may keep after a query, in bytes; a worker that keeps more is ended.
_MAX_KEPT = 2**28
#: The memory of a new worker, in bytes.
_INITIAL_MEMORY = 2**26
#: The seconds that a worker that closed its pipe has to end by itself, so that its signal is known.
_EXIT_TIME = 2


@dataclass(frozen=True, slots=True)
class Request:
    """A query for the worker; the attributes are the parameters of ``sparql.execution.start_query``."""

    data: StoreContent
    text: str
    substitutions: Mapping[str, str] | None = None
    functions: LossFunctions | None = None


class Worker:
    """A process that answers queries, one at a time.

    Raises
    ------
    UsageError
        No Python process can be started.
    """

    def __init__(self) -> None:
        self._process = start_process()
        self._streams = tuple(cast("IO[bytes]", getattr(self._process, name)) for name in ("stdin", "stdout", "stderr"))
        self._frames: SimpleQueue[Frame | None] = SimpleQueue()
        # Waiting for a queue can be interrupted by Ctrl-C and time out; reading a pipe cannot.
        self._reader = threading.Thread(target=_read_frames, args=(self._streams[1], self._frames), daemon=True)
        self._reader.start()
        self._idle_memory = _INITIAL_MEMORY
        self._last_message = ""
        self.alive = True

    @property
    def pid(self) -> int:
        """The id of the process."""
        return self._process.pid

    def ask(self, request: Request, limits: Limits) -> WrittenAnswer:
        """Return the whole answer to a query.

        Raises
        ------
        LimitReached
            The query exceeds a limit, or ends the worker.
        WorkerLost
            The worker ended before it started the query; another worker may answer it.
        KnockonError
            The query is invalid or fails.
        """
        monitor = LimitMonitor(self.pid, limits)
        try:
            return self._exchange(request, limits, monitor)
        except (EOFError, OSError):
            if not monitor.reason:
                with suppress(subprocess.TimeoutExpired):
                    self._process.wait(_EXIT_TIME)
            self.kill()
            code, last = self._process.returncode, self._last_message
            raise exit_error(code, last, monitor.reason, limits, started=monitor.started) from None
        except KnockonError:
            raise
        except BaseException:
            # Ctrl-C, --timeout: the remaining output of the worker is not needed.
            self.kill()
            raise
        finally:
            self._limit_idle_memory()

    def _exchange(self, request: Request, limits: Limits, monitor: LimitMonitor) -> WrittenAnswer:
        values = {
            "database": request.data.key,
            "text": request.text,
            "substitutions": dict(request.substitutions or {}),
            "functions": request.functions is not None,
            "limits": asdict(limits),
        }
        send(self._streams[0], Frame("query", values))
        out, size, sent_data = BytesIO(), 0, False
        while True:
            frame = self._next_frame(monitor)
            if frame.kind == "started":
                if sent_data:
                    self._idle_memory = max(memory_of(self.pid) or 0, _INITIAL_MEMORY)
                monitor.start(self._idle_memory)
            elif frame.kind == "request":
                sent_data = sent_data or frame.values["what"] == "database"
                with monitor.paused():
                    self._reply(frame.values, request)
            elif frame.kind == "chunk":
                size += len(frame.content)
                if limits.size is not None and size > limits.size:
                    self.kill()
                    raise size_limit(limits.size)
                out.write(frame.content)
            elif frame.kind == "answer":
                return WrittenAnswer(frame.values["kind"], frame.values["rows"], out.getvalue())
            else:
                raise to_error(frame.values)

    def _next_frame(self, monitor: LimitMonitor) -> Frame:
        """Wait for the next frame; raise EOFError if the query exceeds a limit or the worker has ended."""
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

    def _reply(self, values: Mapping[str, Any], request: Request) -> None:
        """Send the reply to a request of the worker."""
        try:
            frame = reply_frame(values, request.data, request.functions)
            if frame is not None:
                send(self._streams[0], frame)
                return
            out = ChunkWriter(self._streams[0])
            request.data.write(cast("IO[bytes]", out))
            out.flush()
            send(self._streams[0], Frame("end"))
        except KnockonError:
            # Otherwise the worker would wait for the reply forever.
            self.kill()
            raise

    def _limit_idle_memory(self) -> None:
        """End the worker if it keeps too much memory after a query."""
        memory = memory_of(self.pid) if self.alive else None
        if memory is not None and memory > self._idle_memory + _MAX_KEPT:
            self.kill()

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
        self._last_message = last_message(line.strip() for line in lines)
        for stream in (stdin, stdout, stderr):
            with suppress(OSError):  # unsent bytes have no reader any more
                stream.close()

    def forget(self) -> None:
        """Abandon the worker without ending it: it belongs to the process that this one was forked from."""
        self.alive = False
        null = os.open(os.devnull, os.O_RDWR)
        for stream in self._streams:
            # The pipe must be closed here, so that it ends with its owner; the file descriptor stays valid.
            os.dup2(null, stream.fileno())
        os.close(null)
        # It is not a child of this process, so waiting for it would fail.
        self._process.returncode = 0


def _read_frames(stream: IO[bytes], frames: SimpleQueue[Frame | None]) -> None:
    """Put the frames of the worker into a queue, and None when it has ended."""
    try:
        while True:
            frames.put(receive(stream))
    except (EOFError, OSError, ValueError):
        frames.put(None)
