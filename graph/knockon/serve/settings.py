"""The settings of the server; the options of ``knockon serve`` set them."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from knockon.authoring.options import DEFAULTS, ReadOptions
from knockon.errors import UsageError
from knockon.sparql.limits import Limits

_MB = 2**20
_LIMITS = Limits(seconds=30.0, memory=1024 * _MB, rows=1_000_000, size=256 * _MB)


def default_workers() -> int:
    """Return the number of worker processes: one for each processor, at least 2."""
    return max(2, os.cpu_count() or 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSettings:
    """The settings of one server.

    Parameters
    ----------
    store
        What ``knockon.open`` accepts; None is the bundled data.
    read
        How it is read if it is a file.
    host, port
        The address to listen on; port 0 is any free port.
    root_path
        The path below which a proxy publishes the server, ``/knockon``; the proxy removes it from requests.
    workers
        Processes that answer queries.
    queue
        Requests that wait for a worker before others are refused with status 503.
    limits
        The limits of one query.
    max_body
        The largest body of a request, in bytes.
    read_timeout
        Seconds within which the whole body of a request must arrive.
    stop_timeout
        Seconds that running requests have to end when the server stops.
    writable
        Accept updates, from clients that know the ``token``.
    token
        The secret of a writable server: clients send ``Authorization: Bearer TOKEN``.
    documents
        The folder with the cited documents; without it no quotation is shown.
    proposals
        The queue of proposals that pages show, and that a writable server takes decisions on; None: there are no such pages.
    cors
        The origins of other sites whose pages may read answers; ``*`` is any.
    hosts
        The host names by which clients may address the server, besides ``host`` itself and those of this machine; ``*`` is any.
    log_queries
        Write the text of queries into the access log.
    quiet
        Write no access log.

    Raises
    ------
    UsageError
        Settings contradict each other, or one is out of range.

    Examples
    --------
    >>> ServerSettings(root_path="/knockon/").root_path
    '/knockon'
    """

    store: str | Path | None = None
    read: ReadOptions = DEFAULTS
    host: str = "127.0.0.1"
    port: int = 8030
    root_path: str = ""
    workers: int = field(default_factory=default_workers)
    queue: int = 256
    limits: Limits = _LIMITS
    max_body: int = 2 * _MB
    read_timeout: float = 20.0
    stop_timeout: float = 10.0
    writable: bool = False
    token: str | None = None
    documents: Path | None = None
    proposals: Path | None = None
    cors: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    log_queries: bool = False
    quiet: bool = False

    def __post_init__(self) -> None:
        if self.writable and not self.token:
            raise UsageError("a writable server needs a token: --token-file FILE")
        if self.token and not self.writable:
            raise UsageError("a token is used only by a writable server: --writable")
        if self.workers < 1:
            raise UsageError(f"--workers is at least 1, not {self.workers}")
        if self.queue < 0:
            raise UsageError(f"--queue is at least 0, not {self.queue}")
        if not 0 <= self.port <= 65535:
            raise UsageError(f"--port is 0 to 65535, not {self.port}")
        root = self.root_path.rstrip("/")
        if root and not root.startswith("/"):
            raise UsageError(f"--root-path starts with '/', unlike {self.root_path!r}")
        object.__setattr__(self, "root_path", root)
