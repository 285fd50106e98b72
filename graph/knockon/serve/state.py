"""What the handlers of requests share: settings, the current snapshot, the pool of workers, metrics."""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress

from knockon.controls import escape_controls
from knockon.serve.access_log import AccessLog
from knockon.serve.metrics import Metrics
from knockon.serve.point_processes import PointProcesses
from knockon.serve.pool import WorkerPool
from knockon.serve.query_request import QueryRequest
from knockon.serve.settings import ServerSettings
from knockon.serve.snapshots import Snapshot, Snapshots
from knockon.serve.streamed_answer import StreamedAnswer
from knockon.store.folder import FolderStore

#: Seconds between two looks at the pointer file of the store.
_INTERVAL = 0.5


class ServerState:
    """The state of one server.

    Parameters
    ----------
    settings
        Its settings.

    Raises
    ------
    UsageError, NotFound, InvalidData
        The store cannot be opened.
    """

    def __init__(self, settings: ServerSettings) -> None:
        self.settings = settings
        # Where updates come, all processes would read the quads again for each of them.
        self.snapshots = Snapshots(settings.store, settings.read, write=settings.writable, hold=not settings.writable)
        self.pool = WorkerPool(settings, self.snapshots)
        self.metrics = Metrics()
        self.log = AccessLog()
        self.processes = PointProcesses(settings, self.snapshots, self.pool.ready, self.metrics, self.log)
        # Changes need a store of their own: a snapshot stays as it is for those who read it.
        self.writer = FolderStore(self.snapshot.store.folder) if isinstance(self.snapshot.store, FolderStore) else None
        #: Held while the store is changed.
        self.writing = asyncio.Lock()
        self._following: asyncio.Task[None] | None = None

    @property
    def snapshot(self) -> Snapshot:
        """The current snapshot of the store."""
        return self.snapshots.current

    @property
    def revision(self) -> str:
        """The name of its content."""
        return self.snapshots.current.revision

    def point(self, request: QueryRequest) -> StreamedAnswer | None:
        """Return the answer to a query if it needs no worker; None for others."""
        return self.pool.point(request)

    async def start(self) -> None:
        """Start the workers, and follow the changes of the store."""
        self.log.start()
        await self.pool.start()
        self._following = asyncio.create_task(self._follow())

    async def close(self) -> None:
        """End the workers."""
        if self._following is not None:
            self._following.cancel()
            with suppress(asyncio.CancelledError):
                await self._following
        await self.pool.close()
        self.log.close()

    async def _follow(self) -> None:
        previous = ""
        while True:
            await asyncio.sleep(_INTERVAL)
            message = ""
            try:
                await asyncio.to_thread(self.snapshots.refresh)
            except Exception as error:  # whatever it is, the last good state is served until the store can be read again
                message = f"the store cannot be read again: {error}"
            if message not in ("", previous):  # once, and not twice in each second
                sys.stderr.write(escape_controls(message) + "\n")
            previous = message
