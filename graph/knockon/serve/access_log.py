"""The access log: one line of JSON for each request on standard error, without the text of queries unless it is asked for."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from queue import Full, Queue

#: Lines that wait to be written; more are left out, since a reader of the log that stops must not stop the server.
_MOST = 10_000


class AccessLog:
    """Writes lines in a thread of its own.

    Attributes
    ----------
    dropped
        The number of lines that were left out since standard error was not read.
    """

    def __init__(self) -> None:
        self.dropped = 0
        self._lines: Queue[str | None] = Queue(_MOST)
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the thread."""
        self._thread = threading.Thread(target=self._write, name="knockon-access-log", daemon=True)
        self._thread.start()

    def record(self, values: Mapping[str, object]) -> None:
        """Write a line; control characters in values are escaped."""
        try:
            self._lines.put_nowait(json.dumps(values))
        except Full:
            self.dropped += 1

    def close(self) -> None:
        """Write what waits, within a second, and end the thread."""
        with suppress(Full):
            self._lines.put_nowait(None)
        if self._thread is not None:
            self._thread.join(1)

    def _write(self) -> None:
        while (line := self._lines.get()) is not None:
            # Where standard error is closed or full, there is no other place to say so.
            with suppress(OSError, ValueError):
                sys.stderr.write(line + "\n")
                sys.stderr.flush()
