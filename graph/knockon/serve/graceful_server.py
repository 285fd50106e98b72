"""A server of uvicorn that a signal stops without an error."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn


class GracefulServer(uvicorn.Server):
    """A server that ends without error when a signal stops it; uvicorn would raise the signal again."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Let signals stop the server."""
        with super().capture_signals():
            yield
            self._captured_signals.clear()


__all__ = ["GracefulServer"]
