"""Answer calls of tools in a process of its own, which is stopped at a limit: a question may take any time and memory."""

from __future__ import annotations

import queue
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any, cast

from knockon.analysis.answer import JsonObject
from knockon.authoring.options import DEFAULTS, ReadOptions
from knockon.errors import LimitReached
from knockon.sparql.answers import memory_limit, time_limit
from knockon.sparql.limits import Limits
from knockon.worker.frames import Frame, receive, send
from knockon.worker.memory import memory_of
from knockon.worker.replies import exit_name

_CODE = "import sys; sys.path += sys.argv[1:]; from knockon.mcp.tool_child import main; main()"
#: Seconds between two looks at a call, and within which a process must have opened the graph.
_TICK, _OPENING = 0.05, 600.0
#: The most questions of which is known which process has answered them.
_MOST_QUESTIONS = 200
#: What one call may take.
LIMITS = Limits(seconds=30.0, memory=2**30, rows=None, size=None)


class ToolProcess:
    """A process that answers calls, one after another; a new one is started after one that was stopped.

    Parameters
    ----------
    source
        What ``knockon.open`` accepts.
    read
        How it is read if it is a file.
    documents
        The folder with the cited documents.
    limits
        What one call may take.

    Examples
    --------
    >>> process = ToolProcess("chips")
    >>> answer, is_error = process.ask("tool", {"name": "list_shocks", "values": {}})
    >>> is_error, answer["total"] > 0
    (False, True)
    >>> process.close()
    """

    def __init__(
        self,
        source: str | Path | None,
        read: ReadOptions = DEFAULTS,
        documents: Path | None = None,
        limits: Limits = LIMITS,
    ) -> None:
        self._opened: dict[str, Any] = {
            "source": None if source is None else str(source),
            "read": asdict(read),
            "documents": None if documents is None else str(documents),
            "limits": asdict(limits),
        }
        self._limits = limits
        self._process: subprocess.Popen[bytes] | None = None
        self._frames: queue.Queue[Frame | None] = queue.Queue()
        self._idle_memory: int | None = None

    def start(self) -> None:
        """Start the process, so that it has opened the graph when it is asked."""
        if self._process is not None:
            return
        folders = [folder for folder in sys.path if Path(folder).is_dir()]
        self._process = subprocess.Popen(  # noqa: S603 - this Python, our own code
            [sys.executable, "-I", "-S", *(["-B"] if sys.dont_write_bytecode else []), "-c", _CODE, *folders],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0, start_new_session=True,
        )  # fmt: skip
        self._frames, self._idle_memory = queue.Queue(), None
        threading.Thread(target=read_frames, args=(self._process.stdout, self._frames), daemon=True).start()
        self._send(Frame("open", self._opened))

    def ask(self, kind: str, values: Mapping[str, Any]) -> tuple[JsonObject, bool]:
        """Return an answer, and whether it is an error.

        Parameters
        ----------
        kind
            ``tool`` (``name``, ``values``) or ``resource`` (``uri``).
        values
            What is asked.

        Raises
        ------
        LimitReached
            It exceeds a limit, or ends the process.
        """
        self.start()
        if self._idle_memory is None:
            self._wait("the graph", Limits(seconds=_OPENING, memory=None))
            self._idle_memory = self._memory()
        self._send(Frame(kind, values))
        answer = self._wait("the call", self._limits).values
        return answer["answer"], answer["is_error"]

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            for stream in (process.stdin, process.stdout):
                with suppress(OSError):
                    cast("IO[bytes]", stream).close()
            process.wait()

    def _memory(self) -> int:
        return (memory_of(self._process.pid) or 0) if self._process is not None else 0

    def _send(self, frame: Frame) -> None:
        assert self._process is not None  # noqa: S101 - it was started
        # One that has ended is noticed where its answer is read.
        with suppress(OSError):
            send(cast("IO[bytes]", self._process.stdin), frame)

    def _wait(self, what: str, limits: Limits) -> Frame:
        """Wait for the next frame; stop the process at a limit."""
        started = time.monotonic()
        while True:
            try:
                frame = self._frames.get(timeout=_TICK)
            except queue.Empty:
                if limits.seconds is not None and time.monotonic() > started + limits.seconds:
                    self.close()
                    raise time_limit(limits.seconds) from None
                if limits.memory is not None and self._memory() - (self._idle_memory or 0) > limits.memory:
                    self.close()
                    raise memory_limit(limits.memory) from None
                continue
            if frame is not None:
                return frame
            code = self._process.wait() if self._process is not None else None
            self.close()
            raise LimitReached(f"{what} ended the process that answers ({exit_name(code)}); ask for less")


class ToolProcesses:
    """Some processes, of which each call gets one that is idle: a long call delays no other.

    Parameters
    ----------
    processes
        The processes. They start when they are needed first, and the first one with ``start``.
    """

    def __init__(self, *processes: ToolProcess) -> None:
        self._all, self._idle = processes, list(processes)
        self._changed = threading.Condition()
        #: Which process has answered a question last: it keeps the rest of the list.
        self._last: dict[str, ToolProcess] = {}

    def start(self) -> None:
        """Start the first process."""
        self._all[0].start()

    def ask(self, kind: str, values: Mapping[str, Any], question: str = "") -> tuple[JsonObject, bool]:
        """Return an answer, and whether it is an error; see ``ToolProcess.ask``.

        Parameters
        ----------
        kind, values
            What is asked.
        question
            The question, if this goes on with the answer to it: it is answered where it began.
        """
        with self._changed:
            wanted = self._last.get(question) if question else None
            while not self._idle or (wanted is not None and wanted not in self._idle):
                self._changed.wait()
            process = wanted or self._idle[0]
            self._idle.remove(process)
        try:
            return process.ask(kind, values)
        finally:
            with self._changed:
                if question:
                    self._last.pop(question, None)
                    self._last[question] = process
                    while len(self._last) > _MOST_QUESTIONS:
                        del self._last[next(iter(self._last))]
                self._idle.insert(0, process)
                self._changed.notify_all()

    def close(self) -> None:
        """End all processes."""
        for process in self._all:
            process.close()


def read_frames(stream: IO[bytes], frames: queue.Queue[Frame | None]) -> None:
    """Pass on the frames of another process, and None at its end."""
    with suppress(EOFError, OSError, ValueError):
        while True:
            frames.put(receive(stream))
    frames.put(None)


__all__ = ["LIMITS", "ToolProcess", "ToolProcesses", "read_frames"]
