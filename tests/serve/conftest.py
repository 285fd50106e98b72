"""The server that the tests of this folder share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import knockon
from knockon.bundled import DEFAULT_DATA_SET
from knockon.serve.settings import ServerSettings
from knockon.sparql.limits import Limits
from knockon.store.folder import FolderStore
from support.http_server import HttpServer, running


@pytest.fixture(scope="session")
def server() -> Iterator[HttpServer]:
    """A read-only server with the bundled data."""
    with running(ServerSettings(port=0, workers=1)) as server:
        yield server


@pytest.fixture(scope="session")
def strict() -> Iterator[HttpServer]:
    """A server with small limits, for one site, below a path; it has a log."""
    settings = ServerSettings(
        store="chips", port=0, workers=1, max_body=1_000, read_timeout=0.3, cors=("https://site.example",),
        hosts=("graph.example",), root_path="/knockon", log_queries=True, limits=Limits(seconds=20, rows=500),
    )  # fmt: skip
    with running(settings, log=True, questions=False) as server:
        yield server


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store in a folder with the bundled data, of which the server answers point queries itself."""
    folder = tmp_path_factory.mktemp("bundled") / "store"
    FolderStore(folder).load(*knockon.open(DEFAULT_DATA_SET).store.data_sets)
    return folder
