"""Start workers, and give them what they read: the current snapshot, and the graph of those that answer questions."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import suppress
from dataclasses import asdict
from io import BytesIO
from pathlib import Path
from typing import IO, Any, cast

from knockon.serve.lanes import Lane
from knockon.serve.settings import ServerSettings
from knockon.serve.snapshots import Snapshots
from knockon.serve.streamed_answer import StreamedAnswer
from knockon.serve.worker_run import Run
from knockon.sparql.limits import Limits
from knockon.worker.event_loop import LoopWorker
from knockon.worker.frames import CHUNK, Frame
from knockon.worker.store_content import StoreContent

#: Sends a frame to a worker, and returns what it begins.
Begin = Callable[[Lane, LoopWorker, StoreContent, Limits, Frame], Run]
_NO_LIMITS = Limits(seconds=None, memory=None)


class WorkerData:
    """What workers read.

    Parameters
    ----------
    settings
        The settings of the server.
    snapshots
        The snapshots of its store.
    begin
        Sends a frame to a worker.
    background
        Lets a coroutine run.
    """

    def __init__(
        self,
        settings: ServerSettings,
        snapshots: Snapshots,
        begin: Begin,
        background: Callable[[Coroutine[Any, Any, None]], None],
    ) -> None:
        self._settings, self._snapshots, self._begin, self._background = settings, snapshots, begin, background
        self._dump: tuple[str, asyncio.Task[bytes]] | None = None

    async def launch(self, lane: Lane, *, graph: bool) -> LoopWorker:
        """Start a worker and let it open the current snapshot; ``graph``: one that answers questions."""
        worker = await LoopWorker.start(lane.ended, [path for path in sys.path if Path(path).is_dir()] if graph else ())
        worker.has_graph = graph
        try:
            await self.prepare(lane, worker)
        except BaseException:
            lane.discard(worker)
            raise
        return worker

    async def prepare(self, lane: Lane, worker: LoopWorker) -> StreamedAnswer:
        """Let a worker open the current snapshot, and close others."""
        settings, content = self._settings, self._snapshots.current.content
        held = {
            "module": "knockon.serve.held_graph",
            "source": None if settings.store is None else str(settings.store),
            "read": asdict(settings.read),
            "documents": None if settings.documents is None else str(settings.documents),
            "writable": settings.writable,
        }
        values = {"database": content.key, "graph": held if worker.has_graph else None, "limits": asdict(settings.limits)}
        answer = await self._begin(lane, worker, content, _NO_LIMITS, Frame("prepare", values)).head
        worker.prepared = content.key
        worker.measure()
        return answer

    async def follow(self, lane: Lane) -> None:
        """Let the idle workers of a lane open the current snapshot."""
        key = self._snapshots.current.content.key
        for worker in [worker for worker in lane.idle if worker.prepared != key]:
            if worker in lane.idle:
                lane.idle.remove(worker)
                with suppress(Exception):
                    await self.prepare(lane, worker)

    def reply(self, run: Run, what: str) -> None:
        """Reply to the request of a worker for data."""
        content = run.content
        if content.quads is not None:
            run.worker.send(*_chunks(content.quads), Frame("end"))
        elif what == "database" and content.folder is not None:
            run.worker.send(Frame("open", {"folder": str(content.folder)}))
        else:
            self._background(self._send_quads(run))

    async def _send_quads(self, run: Run) -> None:
        if self._dump is None or self._dump[0] != run.content.key:
            self._dump = run.content.key, asyncio.create_task(asyncio.to_thread(_quads, run.content))
        dump = self._dump[1]
        try:
            quads = await asyncio.shield(dump)
        except Exception as error:
            run.stop("lost", error)
            return
        run.worker.send(*_chunks(quads), Frame("end"))
        if run.content.folder is not None:
            # Only what is in no folder is needed again.
            self._dump = None


def _quads(content: StoreContent) -> bytes:
    out = BytesIO()
    content.write(cast("IO[bytes]", out))
    return out.getvalue()


def _chunks(content: bytes) -> Iterator[Frame]:
    for start in range(0, len(content), CHUNK):
        yield Frame("chunk", content=content[start : start + CHUNK])
