"""The access log does not stop the server where nobody reads it."""

from __future__ import annotations

import io
import sys
import threading

import pytest

from knockon.serve import access_log
from knockon.serve.access_log import AccessLog


class Stuck(io.StringIO):
    """A standard error that nobody reads, until it is released."""

    def __init__(self) -> None:
        super().__init__()
        self.released = threading.Event()

    def write(self, text: str) -> int:
        self.released.wait(30)
        return super().write(text)


def test_lines_beyond_a_limit_are_counted_and_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Recording never waits; what does not fit is counted, and the rest is written when somebody reads again."""
    stuck = Stuck()
    monkeypatch.setattr(sys, "stderr", stuck)
    monkeypatch.setattr(access_log, "_MOST", 3)
    monkeypatch.setattr(access_log, "_INTERVAL", 10)
    log = AccessLog()
    log.start()
    for number in range(5):
        log.record({"path": f"/{number}\n"})
    assert log.dropped == 2
    stuck.released.set()
    log.close()
    assert stuck.getvalue() == '{"path": "/0\\n"}\n{"path": "/1\\n"}\n{"path": "/2\\n"}\n'


def test_a_closed_standard_error_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines are lost then, and nothing else."""
    closed = io.StringIO()
    closed.close()
    monkeypatch.setattr(sys, "stderr", closed)
    log = AccessLog()
    log.start()
    log.record({"path": "/"})
    log.close()
    assert log.dropped == 0
