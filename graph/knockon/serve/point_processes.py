"""The processes for point queries beside that of the server: they are started when needed, and given connections.

See docs/decisions/0065-processes-for-point-queries.md; ``point_process`` is what they do.
"""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import time
from collections.abc import Coroutine, Iterator
from contextlib import suppress
from dataclasses import asdict
from typing import Any, Protocol

from knockon.errors import KnockonError
from knockon.serve.access_log import AccessLog
from knockon.serve.metrics import Metrics
from knockon.serve.point_channel import Channel, Message
from knockon.serve.ready_answers import ReadyAnswers
from knockon.serve.settings import ServerSettings
from knockon.serve.shared_state import SharedState
from knockon.serve.snapshots import Snapshots
from knockon.worker.launch import start_with_socket

#: The most connections that one process is given.
_MOST = 500
#: The looks at which a process with connections has said nothing, after which it is given no more, and after which it is ended.
#: Looks are counted and not seconds, since the process of the server may stand still as well.
_SILENT, _STUCK = 10, 100
#: Seconds between two looks at the state of the store; after which a process that does not end is killed; before one that has
#: ended is started again, which double each time up to a minute, and of work after which they begin anew.
_TICK, _END_TIMEOUT, _RESTART, _LONGEST_RESTART, _WORKED = 0.1, 3.0, 0.5, 60.0, 60.0


class Adopt(Protocol):
    """Makes the protocol of a connection that has come back, with what was read from it."""

    def __call__(self, data: bytes) -> asyncio.Protocol:
        """Return a protocol that reads the data first."""


class _Process:
    """One process, its end of the channel, and the number of its connections."""

    def __init__(self, process: subprocess.Popen[bytes], channel: Channel) -> None:
        self.process, self.channel = process, channel
        self.ready, self.connections, self.started = False, 0, time.monotonic()
        #: The looks since its last message.
        self.silent = 0


class PointProcesses:
    """The processes of one server.

    Parameters
    ----------
    settings
        Its settings.
    snapshots
        The snapshots of its store.
    ready, metrics, log
        What counts the answers, requests and lines of the process of the server: those of the others are added.
    """

    def __init__(
        self, settings: ServerSettings, snapshots: Snapshots, ready: ReadyAnswers, metrics: Metrics, log: AccessLog
    ) -> None:
        self._settings, self._state = settings, SharedState(snapshots)
        self._ready, self._metrics, self._log = ready, metrics, log
        self._most = settings.processes - 1 if sys.platform == "linux" else 0
        self._processes: list[_Process] = []
        self._adopt: Adopt | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._following: asyncio.Task[None] | None = None
        self._not_before, self._delay = 0.0, _RESTART
        self._passed = 0

    @property
    def connections(self) -> int:
        """The connections that these processes have."""
        return sum(process.connections for process in self._processes)

    def open(self, adopt: Adopt) -> None:
        """Let connections be given away."""
        if self._most:
            self._adopt = adopt
            self._state.open()

    def give(self, descriptor: int, data: bytes, own: int) -> bool:
        """Give a connection away if another process has fewer; return whether that is done.

        Parameters
        ----------
        descriptor
            The connection, which stays open here.
        data
            The request that was read from it.
        own
            The number of connections of the process of the server.
        """
        if self._adopt is None or not self._state.readable:
            return False
        self._fill(own)
        ready = [process for process in self._processes if process.ready and process.silent <= _SILENT]
        if not ready:
            return False
        process = min(ready, key=lambda process: process.connections)
        if process.connections + 1 >= own or process.connections >= _MOST:
            return False
        try:
            process.channel.send(Message("connection", data, descriptor))
        except OSError:
            return False
        process.connections += 1
        self._passed += 1
        return True

    def _fill(self, own: int) -> None:
        """Start a process where connections for it are there."""
        started = len(self._processes)
        if own < started + 2 or started == self._most or time.monotonic() < self._not_before:
            return
        if all(process.ready for process in self._processes):  # one after another
            try:
                self._start()
            except (OSError, KnockonError) as error:
                self._wait_to_start(f"no process for point queries can be started: {error}")

    def _start(self) -> None:
        own, others = Channel.pair()
        try:
            started = start_with_socket("knockon.serve.point_process", others.end, sys.path)
        except BaseException:
            own.close()
            raise
        finally:
            others.close()
        process = _Process(started, own)
        own.end.setblocking(False)
        settings = self._settings
        # Neither the token nor any path.
        names = ("host", "hosts", "root_path", "processes", "log_queries", "quiet")
        values = {name: getattr(settings, name) for name in names}
        own.tell("settings", {**values, "limits": asdict(settings.limits)}, self._state.descriptor)
        own.send(self._state.message())
        self._processes.append(process)
        asyncio.get_running_loop().add_reader(own.end.fileno(), self._on_message, process)
        if self._following is None:
            self._following = asyncio.create_task(self._follow())

    async def _follow(self) -> None:
        """Tell the processes of each new state of the store."""
        while True:
            await asyncio.sleep(_TICK)
            self._end_stuck()
            if not self._state.is_told:
                self._tell()

    def _tell(self) -> None:
        try:
            message = self._state.message()
        except OSError as error:
            sys.stderr.write(f"processes for point queries cannot be given the data: {error}\n")
            return
        for process in list(self._processes):
            try:
                process.channel.send(message)
            except OSError:
                self._state.tell_again()  # it has not read what came before: again at the next look

    def _end_stuck(self) -> None:
        """End processes that stand still with their connections, whose clients can then ask again."""
        for process in self._processes:
            process.silent = process.silent + 1 if process.connections else 0
            if process.silent == _STUCK:
                sys.stderr.write("a process for point queries stands still, and is ended\n")
                process.process.kill()

    def _on_message(self, process: _Process) -> None:
        try:
            message = process.channel.receive()
        except BlockingIOError:
            return
        except OSError:
            message = None
        process.silent = 0
        if message is None:
            self._lose(process)
        elif message.kind == "connection":
            process.connections -= 1
            self._background(self._take(message))
        else:
            process.ready = True
            self._add(process, **message.values)

    def _add(self, process: _Process, closed: int = 0, answered: int = 0, dropped: int = 0, metrics: Any = None) -> None:
        """Add what a process has done to what this one has."""
        process.connections -= closed
        self._ready.points.answered += answered
        self._log.dropped += dropped
        if metrics:
            self._metrics.add(metrics)

    async def _take(self, message: Message) -> None:
        """Serve a connection that has come back."""
        connection = socket.socket(fileno=message.descriptor)
        adopt = self._adopt
        if adopt is None:
            connection.close()
            return
        try:
            await asyncio.get_running_loop().connect_accepted_socket(lambda: adopt(message.content), connection)
        except OSError:
            connection.close()

    def _lose(self, process: _Process) -> None:
        """Forget a process that has ended, and its connections."""
        self._forget(process)
        if self._adopt is None:
            return
        if time.monotonic() > process.started + _WORKED:
            self._delay = _RESTART
        self._wait_to_start(f"a process for point queries has ended, and with it {process.connections} connections")

    def _wait_to_start(self, message: str) -> None:
        sys.stderr.write(f"{message}; another one is started after {self._delay:g} s if it is needed\n")
        self._not_before = time.monotonic() + self._delay
        self._delay = min(2 * self._delay, _LONGEST_RESTART)

    def _forget(self, process: _Process) -> None:
        self._processes.remove(process)
        asyncio.get_running_loop().remove_reader(process.channel.end.fileno())
        process.channel.close()
        self._background(asyncio.to_thread(_reap, process.process))

    def _background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """End the processes: their clients get the answers that have begun."""
        self._adopt = None
        if self._following is not None:
            self._following.cancel()
            with suppress(asyncio.CancelledError):
                await self._following
            self._following = None
        for process in list(self._processes):
            self._forget(process)
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._state.close()

    def metrics(self) -> Iterator[tuple[str, str, str, float]]:
        """Yield name, kind, description and value of each metric."""
        yield (
            "knockon_point_processes",
            "gauge",
            "Processes for point queries besides that of the server.",
            len(self._processes),
        )
        yield "knockon_point_connections", "gauge", "Connections that these processes have.", self.connections
        yield "knockon_connections_passed_total", "counter", "Connections that were given to these processes.", self._passed


def _reap(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(_END_TIMEOUT)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


__all__ = ["PointProcesses"]
