"""Runs the tests in processes that are forked when all tests are collected, so that collecting is done once.

``KNOCKON_TEST_PROCESSES`` is their number (see ``Makefile``). Each process has a part of the tests in their order, and takes
over half of what is left of another's part when its own is done. ``KNOCKON_TEST_FIRST`` is a program of Python that runs while
tests are collected, and has ended when the first of them runs. Without fork, and for coverage, there is pytest-xdist.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, NamedTuple

import pytest

#: How often, in seconds, the parent looks whether a process that says nothing is still there, and whether one that has run
#: its last test has ended.
LOOK, LOOK_AT_END = 1.0, 0.05
#: Seconds for what a process cleans up after its last test.
CLEANING = 120.0
_CELL, _PART = struct.Struct("q"), struct.Struct("qq")


class _Shares:
    """The tests that each process has yet to run, in shared memory: whether to stop, then the part of each process."""

    def __init__(self, tests: int, processes: int) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - it is there as long as its memory
        self._file.truncate(_CELL.size * (1 + 2 * processes))
        self._cells = mmap.mmap(self._file.fileno(), 0)
        self._processes = range(processes)
        for process in self._processes:
            self._write(process, tests * process // processes, tests * (process + 1) // processes)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep the other processes out; a lock of a file goes with the process that has it, however it ends."""
        fcntl.lockf(self._file, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.lockf(self._file, fcntl.LOCK_UN)

    def _read(self, process: int) -> tuple[int, int]:
        return _PART.unpack_from(self._cells, _CELL.size * (1 + 2 * process))

    def _write(self, process: int, first: int, end: int) -> None:
        _PART.pack_into(self._cells, _CELL.size * (1 + 2 * process), first, end)

    def close(self) -> None:
        """Let go of the memory."""
        self._cells.close()
        self._file.close()

    def stop(self) -> None:
        """Let no process begin another test."""
        _CELL.pack_into(self._cells, 0, 1)

    def take(self, process: int) -> int | None:
        """Return the place of the next test of a process, or None when all are taken."""
        with self._alone():
            first, end = self._read(process)
            if first == end:
                other = max(self._processes, key=lambda one: self._read(one)[1] - self._read(one)[0])
                start, end = self._read(other)
                first = (start + end) // 2
                self._write(other, start, first)
            if first == end or _CELL.unpack_from(self._cells)[0]:
                return None
            self._write(process, first + 1, end)
            return first


class _Done(NamedTuple):
    """A test that a process has run: where it stands, and its reports, serialized."""

    nodeid: str
    location: tuple[str, int | None, str]
    reports: list[dict[str, Any]]


class _Warned(NamedTuple):
    """A warning that a process has shown."""

    category: str
    text: str
    filename: str
    line: int
    when: str
    nodeid: str
    location: tuple[str, int, str] | None


class _Sender:
    """In a forked process: tells the parent of each test and warning."""

    def __init__(self, config: pytest.Config, connection: Connection) -> None:
        self._config, self._connection = config, connection
        self._reports: list[dict[str, Any]] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._reports.append(self._config.hook.pytest_report_to_serializable(config=self._config, report=report))

    def pytest_runtest_logfinish(self, nodeid: str, location: tuple[str, int | None, str]) -> None:
        self._connection.send(_Done(nodeid, location, self._reports))
        self._reports = []

    def pytest_warning_recorded(
        self, warning_message: warnings.WarningMessage, when: str, nodeid: str, location: tuple[str, int, str] | None
    ) -> None:
        said = warning_message
        self._connection.send(
            _Warned(said.category.__name__, str(said.message), said.filename, said.lineno, when, nodeid, location)
        )


class ForkedRun:
    """A plug-in that runs the collected tests in forked processes, and reports them as if they ran here."""

    def __init__(self, processes: int, first: str = "") -> None:
        self._processes = processes
        self._program = first
        self._first = subprocess.Popen([sys.executable, first]) if first else None
        self._children: dict[Connection, int] = {}
        self._ending: dict[Connection, float] = {}
        self._failed: set[Connection] = set()
        self._broken: list[str] = []

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        """Fork, and gather what the processes report; leave what is not to be run to pytest."""
        options = session.config.option
        if options.collectonly or session.testsfailed or not session.items:
            return None
        if self._first is not None and (code := self._first.wait()) != 0:
            session.shouldfail = f"{self._program} ended with {code}, and no test was run"
            raise session.Failed(session.shouldfail)
        assert threading.active_count() == 1, "a thread that runs while tests are collected would not be in forked processes"
        shares = _Shares(len(session.items), self._processes)
        terminal: Any = session.config.pluginmanager.getplugin("terminalreporter")
        terminal.showfspath = False  # neighbours are of different files
        capture: Any = session.config.pluginmanager.getplugin("capturemanager")
        capture.read_global_capture()  # what is captured by now is none of the processes'
        base = session.config._tmp_path_factory.getbasetemp()  # type: ignore[attr-defined]
        for process in range(self._processes):
            here, there = Pipe(duplex=False)
            if (child := os.fork()) == 0:
                here.close()
                self._become_child(session, process, base, there)
                self._run(session, shares, process)
                shares.close()
                there.send(None)
                return True
            there.close()
            self._children[here] = child
        try:
            self._gather(session, shares)
        finally:
            shares.close()
        return True

    def pytest_unconfigure(self) -> None:
        """End what runs while tests are collected, where they could not be."""
        if self._first is not None:
            self._first.kill()
            self._first.wait()

    def _become_child(self, session: pytest.Session, process: int, base: Path, connection: Connection) -> None:
        config = session.config
        # As plug-ins know the processes of pytest-xdist: those that keep something leave it to the parent.
        config.workerinput = {"workerid": f"gw{process}"}  # type: ignore[attr-defined]
        config.option.basetemp = str(base / f"popen-gw{process}")
        config._tmp_path_factory = pytest.TempPathFactory.from_config(config, _ispytest=True)  # type: ignore[attr-defined]
        capture: Any = config.pluginmanager.getplugin("capturemanager")
        capture.stop_global_capturing()
        capture.start_global_capturing()  # into files of its own
        config.pluginmanager.unregister(name="terminalreporter")
        config.pluginmanager.register(_Sender(config, connection))

    def _run(self, session: pytest.Session, shares: _Shares, process: int) -> None:
        place = shares.take(process)
        while place is not None:
            # What a test needs that the next one needs too is kept; so that one is chosen first.
            following = shares.take(process)
            item, after = session.items[place], None if following is None else session.items[following]
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=after)
            if session.shouldfail or session.shouldstop:
                shares.stop()
                return
            place = following

    def _gather(self, session: pytest.Session, shares: _Shares) -> None:
        left = {item.nodeid for item in session.items}
        try:
            for done in self._messages():
                if isinstance(done, _Warned):
                    _tell_warning(session.config, done)
                    continue
                left.discard(done.nodeid)
                _tell(session.config, done)
                if session.shouldfail or session.shouldstop:
                    shares.stop()
        finally:
            for child in self._children.values():
                os.kill(child, signal.SIGTERM)
        if session.shouldstop:
            raise session.Interrupted(session.shouldstop)
        if not session.shouldfail and (left or self._broken):
            some = f"; {len(left)} tests were not run to their end: {', '.join(sorted(left)[:5])}" if left else ""
            session.shouldfail = f"{', '.join(self._broken) or 'processes ended before their tests did'}{some}"
        if session.shouldfail:
            raise session.Failed(session.shouldfail)

    def _messages(self) -> Iterator[_Done | _Warned]:
        """What the processes tell, until each has ended."""
        while self._children:
            listening = [one for one in self._children if one not in self._ending]
            ready = wait(listening, LOOK_AT_END if self._ending else LOOK)
            for connection in listening:
                if connection in ready:
                    yield from self._received(connection)
            for connection, child in list(self._children.items()):
                ended, status = os.waitpid(child, os.WNOHANG)
                if ended:
                    # A program that a test left behind may hold the connection, which then does not end.
                    while connection not in self._ending and connection.poll():
                        yield from self._received(connection)
                    self._end(connection, status)
                elif time.monotonic() > self._ending.get(connection, float("inf")):
                    os.kill(child, signal.SIGKILL)

    def _received(self, connection: Connection) -> Iterator[_Done | _Warned]:
        """The next message of a process, if it is not that it has run its last test."""
        try:
            message = connection.recv()
        except (EOFError, ConnectionResetError):
            message = None
        if message is None:
            self._ending[connection] = time.monotonic() + CLEANING
            return
        if isinstance(message, _Done) and any(report["outcome"] == "failed" for report in message.reports):
            self._failed.add(connection)
        yield message

    def _end(self, connection: Connection, status: int) -> None:
        child, code = self._children.pop(connection), os.waitstatus_to_exitcode(status)
        self._ending.pop(connection, None)
        connection.close()
        # Code 1 without a test that failed is that of a fault after the last test: of what is cleaned up, or never raised.
        if code != pytest.ExitCode.OK and not (code == pytest.ExitCode.TESTS_FAILED and connection in self._failed):
            self._broken.append(f"process {child} of the tests ended with {code}")


def _tell(config: pytest.Config, done: _Done) -> None:
    config.hook.pytest_runtest_logstart(nodeid=done.nodeid, location=done.location)
    for data in done.reports:
        report = config.hook.pytest_report_from_serializable(config=config, data=data)
        config.hook.pytest_runtest_logreport(report=report)
    config.hook.pytest_runtest_logfinish(nodeid=done.nodeid, location=done.location)


def _tell_warning(config: pytest.Config, said: _Warned) -> None:
    category = type(said.category, (Warning,), {})
    message = warnings.WarningMessage(category(said.text), category, said.filename, said.line)
    config.hook.pytest_warning_recorded.call_historic(
        kwargs={"warning_message": message, "when": said.when, "nodeid": said.nodeid, "location": said.location}
    )


__all__ = ["ForkedRun"]
