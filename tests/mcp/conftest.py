"""The assistant of the bundled data that the tests of this folder share."""

from __future__ import annotations

import pytest

from knockon.mcp.assistant import Assistant
from knockon.mcp.snapshots import GraphSnapshots


@pytest.fixture(scope="session")
def assistant() -> Assistant:
    """An assistant's server on the bundled data."""
    return Assistant(GraphSnapshots(None))
