"""The server that the tests of this folder share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from knockon.serve.settings import ServerSettings
from support.http_server import HttpServer, running


@pytest.fixture(scope="session")
def server() -> Iterator[HttpServer]:
    """A read-only server with the bundled data."""
    with running(ServerSettings(port=0, workers=2)) as server:
        yield server
