"""The worker processes of a server: they answer queries and questions on read-only snapshots, and are killed at a limit.

See docs/decisions/0046-a-pool-that-survives.md. ``lanes`` decides which worker answers which request, ``worker_waits``
waits for one, ``worker_run`` is a request at a worker, ``run_monitor`` compares it with its limits, and ``worker_data``
gives workers what they read.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Coroutine, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict
from typing import Any

from knockon.errors import InvalidData, KnockonError, LimitReached, PoolFull
from knockon.serve.lanes import Lane
from knockon.serve.query_history import QueryHistory
from knockon.serve.query_request import ClientGone, Gone, QueryRequest
from knockon.serve.ready_answers import ReadyAnswers
from knockon.serve.run_monitor import RunMonitor
from knockon.serve.settings import ServerSettings
from knockon.serve.snapshots import Snapshots
from knockon.serve.streamed_answer import StreamedAnswer
from knockon.serve.worker_data import WorkerData
from knockon.serve.worker_run import LONG, NeedsFunctions, NotBegun, Run
from knockon.serve.worker_waits import WorkerWaits
from knockon.sparql.limits import Limits
from knockon.worker.event_loop import LoopWorker
from knockon.worker.frames import Frame
from knockon.worker.memory import return_memory
from knockon.worker.replies import WorkerLost
from knockon.worker.store_content import StoreContent

#: Seconds between two looks at idle workers.
_TICK = 0.2
#: Quick workers besides one for each processor; long queries for each processor.
_SPARE, _LONG_QUERIES = 2, 1
#: Seconds that a snapshot stays before workers with a graph follow without being asked.
_SETTLED = 2.0
#: How often a query is asked again whose worker or snapshot was lost before it began.
_ATTEMPTS = 3


class WorkerPool:
    """The worker processes of a server.

    Parameters
    ----------
    settings
        The settings of the server.
    snapshots
        The snapshots of its store.
    """

    def __init__(self, settings: ServerSettings, snapshots: Snapshots) -> None:
        self._settings, self._snapshots = settings, snapshots
        self._data = WorkerData(settings, snapshots, self._begin, self._background)
        workers, memory = settings.workers, settings.limits.memory
        # The process of the server needs a processor, too.
        self._queries = Lane(
            lambda: self._data.launch(self._queries, graph=False),
            workers + _SPARE,
            workers * _LONG_QUERIES,
            settings.queue,
            parallel=max(workers - 1, 1),
        )
        self._questions = Lane(lambda: self._data.launch(self._questions, graph=True), _SPARE, workers, settings.queue, first=1)
        self._runs = RunMonitor(None if memory is None else memory * workers, self._background)
        self._history = QueryHistory()
        self._waits = WorkerWaits(self._background)
        #: The answers of the process of the server itself.
        self.ready = ReadyAnswers(settings.limits, settings.processes)
        self._tidying: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._closed = False

    async def start(self) -> None:
        """Start the workers; return when the first one can answer queries.

        Raises
        ------
        KnockonError
            No worker can be started.
        """
        # Who asks as soon as the server is ready finds it as it stays: point queries need no worker.
        await asyncio.gather(self._queries.first(), self._follow_points())
        # Importing what questions need takes a second: the first worker begins as soon as queries have theirs.
        self._questions.fill()
        self._tidying = asyncio.create_task(self._tidy())

    async def close(self) -> None:
        """End the workers."""
        self._closed = True
        self._queries.stop_starts()
        self._questions.stop_starts()
        if self._tidying is not None:
            self._tidying.cancel()
        self._runs.close()
        for run in self._runs:
            run.stop("closed", PoolFull("the server stops"))
        await asyncio.gather(self._queries.close(), self._questions.close())

    async def query(self, request: QueryRequest, gone: Gone | None = None) -> StreamedAnswer:
        """Run a query; return its answer when it is complete or its first 64 kB are there.

        Parameters
        ----------
        request
            The query.
        gone
            Returns whether the client has hung up: asked from time to time.

        Raises
        ------
        PoolFull
            Too many requests wait already, or too many long queries run.
        LimitReached
            It exceeds a limit before the first byte of its answer.
        QuerySyntaxError
            It does not parse, or is not allowed.
        NotAcceptable
            The answer has none of the formats.
        UsageError
            It cannot be run.
        ClientGone
            The client has hung up.
        """
        if (answer := self.point(request)) is not None:
            return answer
        content = self._snapshots.current.content.key
        return self.ready.keep(request, content, await self._compute(request, gone))

    def point(self, request: QueryRequest) -> StreamedAnswer | None:
        """Return the answer to a query if it is kept, or needs no worker; None for others."""
        return self.ready.answer(request, self._snapshots.current.content.key)

    async def _compute(self, request: QueryRequest, gone: Gone | None) -> StreamedAnswer:
        """Let a worker run a query."""
        limits = request.limits or self._settings.limits
        graphs = None
        if request.default_graphs is not None or request.named_graphs is not None:
            graphs = [list(request.default_graphs or ()), list(request.named_graphs or ())]
        values: dict[str, Any] = {
            "text": request.text, "graphs": graphs, "formats": (request.solutions, request.triples),
        }  # fmt: skip
        if request.limits is not None:
            values["limits"] = asdict(limits)
        return await self._ask("stream", values, limits, request.client, gone, request.text)

    async def ask_question(
        self,
        name: str,
        values: Mapping[str, Any],
        form: str = "json",
        *,
        client: str = "",
        gone: Gone | None = None,
    ) -> bytes:
        """Answer a question of ``serve.questions`` by its name, in a worker that holds the graph open.

        Parameters
        ----------
        name
            The name of the question.
        values
            Its checked values.
        form
            The form of the answer: ``json``, ``csv``, ...
        client, gone
            As in ``query``.

        Raises
        ------
        KnockonError
            As ``query``, and those of the question.
        """
        limits = self._settings.limits
        asked = {"name": name, "values": dict(values), "form": form}
        text = f"{name} {json.dumps(asked['values'], sort_keys=True)}"
        answer = await self._ask("question", asked, limits, client, gone, text)
        return answer.whole or b""

    async def _ask(
        self,
        kind: str,
        values: Mapping[str, Any],
        limits: Limits,
        client: str,
        gone: Gone | None,
        text: str,
    ) -> StreamedAnswer:
        lane = self._queries if kind == "stream" else self._questions
        error: Exception = KnockonError("the processes for queries end immediately after they start")
        attempts = _ATTEMPTS + len(lane.workers)
        while attempts and not self._closed:
            attempts -= 1
            expected = self._history.expect(text)
            worker = lane.take(expected) or await self._waits.wait(lane, client, gone, limits.seconds, expected)
            content = self._snapshots.current.content
            if lane is self._questions and worker.prepared != content.key:
                # An answer from another graph would get the tag of this one. Then the worker is free for whoever is next.
                with suppress(WorkerLost, InvalidData):
                    await self._data.prepare(lane, worker)
                error = PoolFull("the data change faster than they can be read; try again later")
                continue
            frame = Frame(kind, {"database": content.key, **values})
            try:
                return await self._run(self._begin(lane, worker, content, limits, frame, gone, expected.seconds), text)
            except NotBegun:
                attempts += 1
            except WorkerLost as lost:
                error = KnockonError(f"the process for queries ends immediately after it starts: {lost}")
            except NeedsFunctions:
                lane = self._questions
            except InvalidData:
                # Another process has removed the files of this snapshot.
                if not await asyncio.to_thread(self._snapshots.refresh) and content is self._snapshots.current.content:
                    raise
        raise PoolFull("the server stops") if self._closed else error

    async def _run(self, run: Run, text: str) -> StreamedAnswer:
        """Wait for the first part of an answer, and remember how long it took."""
        try:
            return await run.head
        except asyncio.CancelledError:
            run.abandon()
            raise
        finally:
            if run.was_long or not run.abandoned:
                # Of an answer in parts, and of an error, only how long it took until the first one is known, and roughly.
                self._history.record(text, None if run.was_long else run.took or max(run.seconds, LONG / 2))

    def _begin(
        self,
        lane: Lane,
        worker: LoopWorker,
        content: StoreContent,
        limits: Limits,
        frame: Frame,
        gone: Gone | None = None,
        expected: float = 0.0,
    ) -> Run:
        run = Run(self, lane, worker, content, limits, gone, expected)
        self._runs.add(run)
        worker.begin(run, frame)
        return run

    def reply(self, run: Run, what: str) -> None:
        """Reply to the request of a worker for data."""
        self._data.reply(run, what)

    def finished(self, run: Run) -> None:
        """Take the worker of a run back."""
        self._runs.remove(run)
        worker = run.worker
        if worker.alive and run.content.key:
            worker.database = run.content.key
        if worker in run.lane.workers:
            run.lane.release(worker, run.expected, check=run.seconds > 0)

    def lost(self, run: Run) -> None:
        """Forget a run that no worker does."""
        self._runs.remove(run)

    def stopped(self, run: Run) -> None:
        """Kill the worker of a run; what it was to do next is done by others."""
        self._runs.remove(run)
        if run.is_first:
            run.worker.tasks.popleft()
        run.worker.lose_tasks()
        run.lane.discard(run.worker)

    def _background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _follow_points(self) -> None:
        """Answer point queries from the current snapshot."""
        self.ready.points.follow(*await asyncio.to_thread(self.ready.points.open, self._snapshots.current.content))

    async def _tidy(self) -> None:
        """Let idle workers follow the snapshot, and end those that are not needed."""
        count, seen, since = 0, self.ready.points.key, time.monotonic()
        while True:
            await asyncio.sleep(_TICK)
            count += 1
            self.ready.points.note_reads()
            key = self._snapshots.current.content.key
            if key != seen:
                seen, since = key, time.monotonic()
                self.ready.kept.clear()
                await self._follow_points()
            await self._data.follow(self._queries)
            if time.monotonic() > since + _SETTLED:
                # A graph takes longer to open; a question that is asked before opens it, too.
                await self._data.follow(self._questions)
            if count % 20 == 0:
                self._queries.tidy()
                self._questions.tidy()
                if not self._runs:
                    return_memory()

    def metrics(self) -> Iterator[tuple[str, str, str, float]]:
        """Yield name, kind, description and value of each metric."""
        lanes = (self._queries, self._questions)
        workers = [worker for lane in lanes for worker in lane.workers]
        yield "knockon_workers", "gauge", "Worker processes.", len(workers)
        yield "knockon_workers_busy", "gauge", "Worker processes that compute an answer.", len(self._runs)
        yield "knockon_point_queries_total", "counter", "Queries that the server itself answered.", self.ready.points.answered
        yield "knockon_queries_long", "gauge", "Long queries that run.", sum(len(lane.long) for lane in lanes)
        yield "knockon_queue_waiting", "gauge", "Requests that wait for a worker.", sum(lane.waiting for lane in lanes)
        yield "knockon_workers_replaced_total", "counter", "Workers that were ended.", sum(lane.replaced for lane in lanes)
        stopped = self._runs.stopped.total()
        yield "knockon_queries_stopped_total", "counter", "Queries that were stopped before their end.", stopped
        yield "knockon_pool_full_total", "counter", "Requests that were refused since too many waited.", self._waits.refused


__all__ = ["ClientGone", "LimitReached", "PoolFull", "QueryRequest", "StreamedAnswer", "WorkerPool"]
