"""The settings of the server; the options of ``knockon serve`` set them."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

from knockon.authoring.options import DEFAULTS, ReadOptions
from knockon.errors import NotFound, UsageError
from knockon.sparql.limits import Limits

_MB = 2**20
_ROOT_PATH = re.compile(r"(?:/[\w.~-]+)+", re.ASCII)
_ORIGIN = re.compile(r"https?://[a-z0-9.:\[\]-]+", re.ASCII)
_NAME = re.compile(r"[\w.-]+", re.ASCII)
#: The most processes of a kind: more than the processors of large machines only take memory.
_MOST_PROCESSES = 64
_LIMITS = Limits(seconds=30.0, memory=1024 * _MB, rows=1_000_000, size=256 * _MB)


def default_workers() -> int:
    """Return the number of worker processes: one for each processor, at least 2 and at most 64."""
    return min(_MOST_PROCESSES, max(2, os.cpu_count() or 1))


def default_processes() -> int:
    """Return the number of processes that answer point queries: one for each processor, at most 4; on Linux only."""
    return min(4, os.cpu_count() or 1) if sys.platform == "linux" else 1


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
        Processes that answer queries, 1 to 64.
    processes
        Processes that answer point queries, 1 to 64, that of the server among them. The others start when several clients ask.
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
        Settings contradict each other, or one is out of range or cannot be.
    NotFound
        There is no such folder of documents.

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
    processes: int = field(default_factory=default_processes)
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
        for option, count in (("--workers", self.workers), ("--processes", self.processes)):
            if not 1 <= count <= _MOST_PROCESSES:
                raise UsageError(f"{option} is 1 to {_MOST_PROCESSES}, not {count}")
        if self.processes > 1 and sys.platform != "linux":
            raise UsageError("--processes is 1 on this system: connections are given to other processes on Linux only")
        if self.queue < 0:
            raise UsageError(f"--queue is at least 0, not {self.queue}")
        if not 0 <= self.port <= 65535:
            raise UsageError(f"--port is 0 to 65535, not {self.port}")
        if self.documents is not None and not self.documents.is_dir():
            raise NotFound("folder", str(self.documents))
        self._check_addresses()

    def _check_addresses(self) -> None:
        """Refuse what no browser or other client ever sends: it would allow nothing, and nobody would see why."""
        root = self.root_path.rstrip("/")
        if root and not _ROOT_PATH.fullmatch(root):
            raise UsageError(f"--root-path starts with '/' and is the path of an address, /knockon, unlike {self.root_path!r}")
        object.__setattr__(self, "root_path", root)
        for origin in self.cors:
            if origin != "*" and not _ORIGIN.fullmatch(origin):
                raise UsageError(f"--cors is an origin like https://app.example.org, without a path, or *; not {origin!r}")
        for name in self.hosts:
            if name != "*" and not _NAME.fullmatch(name):
                raise UsageError(f"--allow-host is a name without scheme, port and path, or *; not {name!r}")

    def without_paths(self, text: str) -> str:
        """Return a message as clients may read it: with words for what the server reads and writes, not its paths.

        >>> ServerSettings(store="/srv/data/st").without_paths("/srv/data/st is being written; /srv/data/store is not")
        'the store is being written; /srv/data/store is not'
        """
        places = {"the store": self.store, "the documents": self.documents, "the proposals": self.proposals}
        for words, place in places.items():
            # A name without a folder is what it is called, not where it is.
            paths = () if place is None else {path for path in (str(place), str(Path(place).resolve())) if os.sep in path}
            for path in sorted(paths, key=len, reverse=True):
                text = re.sub(rf"(?<![\w./-]){re.escape(path)}(?![\w-])", words, text)
        return text
