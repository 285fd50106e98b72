"""A worker process whose parent is an event loop: it waits for no thread, and for several workers at a time."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from itertools import islice
from typing import IO, Protocol, cast

from knockon.worker.frames import Frame, FrameParser, encode
from knockon.worker.launch import start_process
from knockon.worker.memory import memory_of
from knockon.worker.replies import last_message

#: How nice a process is that gives way to others: a third of their time where all are busy.
_LEAST = 5
#: The bytes that the pipe from a worker can hold, where the system allows it.
_PIPE = 2**20
#: The frames after which a task is not done yet.
_UNFINISHED = frozenset({"request", "chunk", "started"})


class Task(Protocol):
    """What a worker does."""

    def on_frame(self, frame: Frame) -> None:
        """Take the next frame of the worker."""

    def on_end(self, code: int | None, message: str) -> None:
        """Take note that the worker has ended during this task, with its exit code and its last message."""

    def on_moved(self) -> None:
        """Take note that this task is done elsewhere; what the worker makes of it is of no interest."""

    def on_lost(self) -> None:
        """Take note that the worker has ended before it began this task."""


class LoopWorker(asyncio.Protocol):
    """A worker process, which does one task after another; ``start`` creates it.

    Parameters
    ----------
    process
        The process.
    ended
        Called when it has ended.
    """

    def __init__(self, process: subprocess.Popen[bytes], ended: Callable[[LoopWorker], None]) -> None:
        self._process, self._ended = process, ended
        self._parser = FrameParser()
        self._stdout: asyncio.ReadTransport | None = None
        self._stdin: asyncio.WriteTransport | None = None
        self._end: asyncio.Task[None] | None = None
        #: What it does, and what it was sent to do next; empty while it is idle.
        self.tasks: deque[Task] = deque()
        #: The key of the content that it has opened.
        self.database = ""
        #: The key of the content that it was prepared for: it has closed all others.
        self.prepared = ""
        #: Whether it holds a graph, and answers questions.
        self.has_graph = False
        self._idle_memory = 0
        self.alive = True
        #: Whether it gets the time that others leave, which cannot be undone.
        self.lowered = False

    @classmethod
    async def start(cls, ended: Callable[[LoopWorker], None], folders: Iterable[str] = ()) -> LoopWorker:
        """Start a worker.

        Raises
        ------
        UsageError
            No process can be started.
        """
        # In this thread, since the process ends with the thread that starts it.
        process = start_process(folders, with_thread=True)
        worker, loop = cls(process, ended), asyncio.get_running_loop()
        _enlarge(cast("IO[bytes]", process.stdout))
        try:
            worker._stdin, _ = await loop.connect_write_pipe(asyncio.Protocol, cast("IO[bytes]", process.stdin))
            worker._stdout, _ = await loop.connect_read_pipe(lambda: worker, cast("IO[bytes]", process.stdout))
        except BaseException:
            with process:
                process.kill()
            raise
        return worker

    @property
    def pid(self) -> int:
        """The id of the process."""
        return self._process.pid

    def begin(self, task: Task, frame: Frame) -> None:
        """Send a task, which begins when those before it are done."""
        self.tasks.append(task)
        self.send(frame)

    def send(self, *frames: Frame) -> None:
        """Send frames; what the pipe cannot take yet is kept and sent later."""
        if self._stdin is not None and not self._stdin.is_closing():
            for frame in frames:
                for part in encode(frame):
                    self._stdin.write(part)

    def memory(self) -> int:
        """Return the bytes of memory that it has beyond those without a query; 0 where the system does not report them."""
        return (memory_of(self.pid) or 0) - self._idle_memory

    def processor(self) -> float:
        """Return the seconds of the processor that it has used; where the system does not tell, those that went by."""
        if sys.platform != "linux":
            return time.monotonic()
        try:
            # The clock of a process, as clock_getcpuclockid(3) names it.
            return time.clock_gettime(~self.pid << 3 | 2)
        except OSError:  # it has ended
            return 0.0

    def measure(self) -> None:
        """Measure its memory without a query."""
        self._idle_memory = memory_of(self.pid) or 0

    def data_received(self, data: bytes) -> None:
        """Pass frames to the first task, which the last of them ends."""
        try:
            for frame in self._parser.feed(data):
                if self.tasks:
                    (self.tasks[0] if frame.kind in _UNFINISHED else self.tasks.popleft()).on_frame(frame)
        except (EOFError, ValueError):
            self.kill()

    def suspend(self) -> bool:
        """Suspend the process; return whether the system can."""
        return self._signal("SIGSTOP")

    def wake(self) -> None:
        """Let a suspended process go on."""
        self._signal("SIGCONT")

    def _signal(self, name: str) -> bool:
        number = getattr(signal, name, None)
        if number is None or not self.alive:
            return False
        self._process.send_signal(number)
        return True

    def lower(self) -> None:
        """Let it run only where other processes leave time."""
        self.lowered = True
        with suppress(OSError, AttributeError):
            os.setpriority(os.PRIO_PGRP, self.pid, _LEAST)
        with suppress(OSError), open(f"/proc/{self.pid}/autogroup", "w", encoding="ascii") as group:  # noqa: PTH123 - not a file
            group.write(str(_LEAST))

    def kill(self) -> None:
        """Kill the process."""
        if self.alive:
            self.alive = False
            self._process.kill()

    def connection_lost(self, _error: Exception | None) -> None:
        """Take note that the process has ended."""
        self.alive = False
        self._end = asyncio.get_running_loop().create_task(self._reap())

    async def _reap(self) -> None:
        """Wait for the end of the process, and report it."""
        if self._stdin is not None and not self._stdin.is_closing():
            self._stdin.abort()
        try:
            # It has closed its pipe, so it ends in a moment.
            await asyncio.to_thread(self._process.wait, 5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            await asyncio.to_thread(self._process.wait)
        stderr = cast("IO[bytes]", self._process.stderr)
        with stderr:
            message = last_message(line.strip() for line in stderr.read().decode(errors="replace").split("\n"))
        if self.tasks:
            self.tasks.popleft().on_end(self._process.returncode, message)
        self.lose_tasks()
        self._ended(self)

    def lose_tasks(self) -> None:
        """Tell the tasks that this worker does none of them."""
        while self.tasks:
            self.tasks.popleft().on_lost()

    def move_next(self) -> None:
        """Tell the tasks behind the first one that they are done elsewhere: they are sent, and cannot be taken back."""
        for task in islice(self.tasks, 1, None):
            task.on_moved()

    async def wait_ended(self) -> None:
        """Kill the process and wait until it has ended."""
        self.kill()
        while self._process.returncode is None or (self._end is not None and not self._end.done()):
            await asyncio.sleep(0.005)


def _enlarge(pipe: IO[bytes]) -> None:
    """Let a pipe hold several parts of an answer, so that neither side waits for the other one after each."""
    with suppress(ImportError, AttributeError, OSError):
        import fcntl

        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE)
