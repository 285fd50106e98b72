"""The access log: one line of JSON for each request on standard error, without the text of queries unless it is asked for."""

from __future__ import annotations

import json
import sys
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import TextIO

#: Lines that wait to be written; more are left out, since a reader of the log that stops must not stop the server.
_MOST = 10_000
#: Seconds between two writes: to wake a thread for each request would take longer than all else that a request needs.
_INTERVAL = 0.1
#: The bytes that any pipe takes at once (pipe(7), PIPE_BUF); lines are ASCII.
_PIECE = 4_096


class AccessLog:
    """Writes lines in a thread of its own, several at a time.

    Attributes
    ----------
    dropped
        The number of lines that were left out since standard error was not read.
    stream
        Where lines are written; None: standard error.
    """

    def __init__(self) -> None:
        self.dropped = 0
        self.stream: TextIO | None = None
        self._entries: deque[Mapping[str, object]] = deque()
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the thread."""
        self._closed.clear()
        self._thread = threading.Thread(target=self._run, name="knockon-access-log", daemon=True)
        self._thread.start()

    def record(self, values: Mapping[str, object]) -> None:
        """Write a line soon; control characters in values are escaped."""
        if len(self._entries) < _MOST:
            self._entries.append(values)
        else:
            self.dropped += 1

    def close(self) -> None:
        """Write what waits, within a second, and end the thread."""
        self._closed.set()
        if self._thread is not None:
            self._thread.join(1)

    def _run(self) -> None:
        while not self._closed.wait(_INTERVAL):
            self._write()
        self._write()

    def _write(self) -> None:
        lines = [json.dumps(self._entries.popleft()) + "\n" for _ in range(len(self._entries))]
        # Where standard error is closed or full, there is no other place to say so.
        with suppress(OSError, ValueError):
            stream = self.stream or sys.stderr
            for piece in _pieces(lines):
                stream.write(piece)
                stream.flush()


def _pieces(lines: Iterable[str]) -> Iterator[str]:
    """Yield lines together, no more than a pipe takes at once: other processes write to the same one, between pieces.

    >>> list(_pieces(["a" * 3000, "b" * 1000, "c" * 200])) == ["a" * 3000 + "b" * 1000, "c" * 200]
    True
    """
    piece: list[str] = []
    size = 0
    for line in lines:
        if piece and size + len(line) > _PIECE:
            yield "".join(piece)
            piece, size = [], 0
        piece.append(line)
        size += len(line)
    if piece:
        yield "".join(piece)
