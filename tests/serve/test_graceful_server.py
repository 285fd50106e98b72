"""How servers end."""

from __future__ import annotations

import signal

import pytest
import uvicorn

from knockon.serve.graceful_server import GracefulServer


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_a_server_without_an_error(number: signal.Signals) -> None:
    """The server stops, and the signal is not raised again afterwards."""
    server = GracefulServer(uvicorn.Config("nothing", log_config=None))
    with server.capture_signals():
        signal.raise_signal(number)
    assert server.should_exit
