"""The SPARQL server that the tests of this folder share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from support.sparql_servers import OXIGRAPH, OxigraphServer, oxigraph_server


@pytest.fixture(scope="session")
def endpoint() -> Iterator[OxigraphServer]:
    """A server with whatever the last test put there."""
    if OXIGRAPH is None:
        pytest.skip("the oxigraph server is not installed")
    with oxigraph_server() as server:
        yield server
