"""The worker processes of a server: they answer queries and questions on read-only snapshots, and are killed at a limit.

See docs/decisions/0046-a-pool-that-survives.md.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import IO, Any, cast

from knockon.errors import InvalidData, KnockonError, LimitReached, PoolFull
from knockon.serve.lanes import Lane
from knockon.serve.query_history import LatestAnswers, QueryHistory, Speed
from knockon.serve.query_text import is_repeatable
from knockon.serve.settings import ServerSettings
from knockon.serve.snapshots import Snapshots
from knockon.serve.streamed_answer import StreamedAnswer
from knockon.sparql.answers import rows_limit, size_limit
from knockon.sparql.limits import Limits
from knockon.worker.event_loop import LoopWorker
from knockon.worker.frames import CHUNK, Frame
from knockon.worker.memory import return_memory
from knockon.worker.replies import WorkerLost, exit_error, to_error
from knockon.worker.store_content import StoreContent

#: Returns whether the client has hung up.
Gone = Callable[[], Awaitable[bool]]

#: Seconds between two checks of running queries, and between two checks of idle workers and of clients that wait.
_TICK, _SLOW_TICK = 0.02, 0.2
#: Seconds after which a query is a long one, and after which its worker runs only where others leave time.
_LONG, _LOWERED = 0.1, 5.0
#: Seconds after which it is a long one where others wait.
_CROWDED = 0.03
#: Quick workers besides one for each processor; long queries for each processor.
_SPARE, _LONG_QUERIES = 2, 1
#: Seconds that a snapshot stays before workers with a graph follow without being asked.
_SETTLED = 2.0
#: How often a query is asked again whose worker or snapshot was lost before it began.
_ATTEMPTS = 3
#: The most seconds that a request waits where queries may take any time.
_MAX_WAIT = 600.0


class ClientGone(ConnectionAbortedError):
    """The client has hung up; nothing was answered."""


class _NeedsFunctions(Exception):
    """The query calls a function, which only a worker with a graph has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryRequest:
    """A query, with the graphs of its data set, the formats of its answer and its limits.

    Parameters
    ----------
    text
        The SPARQL; it need not have passed the guard.
    default_graphs, named_graphs
        The IRIs of the graphs of the request; both None: those that the query names, else all of the store.
    solutions, triples
        The names of the formats (attributes of ``QueryResultsFormat`` and ``RdfFormat``) of rows and booleans, and of
        triples; None: not acceptable.
    limits
        Its limits; None: those of the server.
    client
        The address of the client: the addresses of waiting requests take turns.
    """

    text: str
    default_graphs: tuple[str, ...] | None = None
    named_graphs: tuple[str, ...] | None = None
    solutions: str | None = "JSON"
    triples: str | None = "TURTLE"
    limits: Limits | None = None
    client: str = ""


class _Run:
    """What a worker computes, and the answer as far as it is there."""

    __slots__ = (
        "abandoned", "answer", "begun", "checked", "content", "gone", "head", "lane", "last", "limits", "pool", "reason",
        "seconds", "was_long", "worker",
    )  # fmt: skip

    def __init__(
        self, pool: WorkerPool, lane: Lane, worker: LoopWorker, content: StoreContent, limits: Limits, gone: Gone | None
    ) -> None:
        self.pool, self.lane, self.worker, self.content, self.limits = pool, lane, worker, content, limits
        #: The answer, when its first part is there; for the preparation of a worker, an empty one.
        self.head: asyncio.Future[StreamedAnswer] = asyncio.get_running_loop().create_future()
        self.answer: StreamedAnswer | None = None
        #: How long it has run without being suspended, and the processor time of its worker when it began.
        self.seconds, self.begun = 0.0, worker.processor()
        self.last = time.monotonic()
        self.reason = ""
        self.abandoned = self.was_long = False
        #: Tells whether the client has hung up, and when it was asked.
        self.gone, self.checked = gone, self.last

    @property
    def is_long(self) -> bool:
        """Whether it is a long one: by its processor time, since on a busy machine a short one may take a while, too."""
        limit = _CROWDED if self.lane.crowded else _LONG
        return self.seconds >= _LOWERED or (self.seconds >= limit and self.worker.processor() - self.begun >= limit)

    def on_frame(self, frame: Frame) -> None:
        if frame.kind == "request":
            self.pool.reply(self, frame.values["what"])
        elif frame.kind == "chunk":
            if self.answer is None:
                self._begin(StreamedAnswer(frame.values["kind"], self.abandon))
            self._feed(frame.content)
        elif frame.kind in {"answer", "ready"}:
            self._finish(frame)
            self.pool.finished(self)
        else:
            self.fail(_NeedsFunctions() if frame.kind == "functions" else to_error(frame.values))
            self.pool.finished(self)

    def _feed(self, content: bytes) -> None:
        try:
            if self.answer is not None and content:
                self.answer.feed(content)
        except OSError as error:
            self.stop("lost", LimitReached(f"the answer cannot be kept until it is read: {error}"))

    def _begin(self, answer: StreamedAnswer) -> None:
        self.answer = answer
        if not self.head.done():
            self.head.set_result(answer)

    def _finish(self, frame: Frame) -> None:
        rows, cut = frame.values.get("rows", 0), frame.values.get("cut", "")
        if self.answer is None:
            self._begin(StreamedAnswer(frame.values.get("kind", ""), self.abandon, frame.content, rows, cut))
            return
        self._feed(frame.content)
        if self.reason:
            return
        limit = {"rows": lambda: rows_limit(self.limits.rows or 0), "size": lambda: size_limit(self.limits.size or 0)}
        self.answer.end(rows, cut, limit[cut]() if cut else None)

    def on_end(self, code: int | None, message: str) -> None:
        self.fail(exit_error(code, message, self.reason, self.limits, started=self.worker.database == self.content.key))
        self.pool.finished(self)

    def fail(self, error: Exception) -> None:
        """Report an error to whoever waits."""
        if self.answer is not None:
            self.answer.end(0, self.reason or "lost", error)
        elif not self.head.done():
            self.head.set_exception(error)
            # Nobody may wait any more.
            self.head.exception()

    def stop(self, reason: str, error: Exception) -> None:
        """Kill the worker for a reason."""
        self.reason = reason
        self.fail(error)
        self.worker.task = None
        self.pool.finished(self)
        self.lane.discard(self.worker)

    def abandon(self) -> None:
        """Take note that nobody waits for the answer: what is nearly done may end, else the worker is killed."""
        self.abandoned = True
        self.fail(ClientGone())
        if self.seconds >= _LONG:
            self.stop("abandoned", ClientGone())


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
        workers = settings.workers
        self._queries = Lane(partial(self._launch, graph=False), workers + _SPARE, workers * _LONG_QUERIES, settings.queue)
        self._questions = Lane(partial(self._launch, graph=True), _SPARE, workers, settings.queue, first=1)
        self._runs: set[_Run] = set()
        self._history, self._answers = QueryHistory(), LatestAnswers()
        self._dump: tuple[str, asyncio.Task[bytes]] | None = None
        self._ticking: asyncio.TimerHandle | None = None
        self._tidying: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopped: dict[str, int] = {}
        self._refused = 0

    async def start(self) -> None:
        """Start the workers; return when the first one can answer queries.

        Raises
        ------
        KnockonError
            No worker can be started.
        """
        # Importing what questions need takes a second: the first worker begins as soon as queries have theirs.
        await self._queries.first()
        self._questions.fill()
        self._tidying = asyncio.create_task(self._tidy())

    async def close(self) -> None:
        """End the workers."""
        if self._tidying is not None:
            self._tidying.cancel()
        if self._ticking is not None:
            self._ticking.cancel()
        self._queries.closed = self._questions.closed = True
        for run in list(self._runs):
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
        graphs = None
        if request.default_graphs is not None or request.named_graphs is not None:
            graphs = [list(request.default_graphs or ()), list(request.named_graphs or ())]
        limits, content = request.limits or self._settings.limits, self._snapshots.current.content
        key = (
            content.key, request.text, request.default_graphs, request.named_graphs, request.solutions, request.triples, limits,
        )  # fmt: skip
        if (known := self._answers.get(key)) is not None:
            return known
        values: dict[str, Any] = {
            "text": request.text, "graphs": graphs, "formats": (request.solutions, request.triples),
        }  # fmt: skip
        if request.limits is not None:
            values["limits"] = asdict(limits)
        answer = await self._ask("stream", values, limits, request.client, gone, request.text)
        if answer.whole is not None and is_repeatable(request.text, "triples" if answer.kind == "triples" else "rows"):
            self._answers.put(key, answer)
        return answer

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
        for _ in range(_ATTEMPTS + len(lane.workers)):
            speed = self._history.speed(text)
            worker = lane.take(speed) or await self._wait(lane, client, gone, limits, speed)
            content = self._snapshots.current.content
            if lane is self._questions and worker.prepared != content.key:
                # An answer from another graph would get the tag of this one. Then the worker is free for whoever is next.
                with suppress(WorkerLost, InvalidData):
                    await self._prepare(lane, worker)
                error = PoolFull("the data change faster than they can be read; try again later")
                continue
            run = self._begin(lane, worker, content, limits, gone)
            worker.send(Frame(kind, {"database": content.key, **values}))
            try:
                return await run.head
            except WorkerLost as lost:
                error = KnockonError(f"the process for queries ends immediately after it starts: {lost}")
            except _NeedsFunctions:
                lane = self._questions
            except InvalidData:
                # Another process has removed the files of this snapshot.
                if not await asyncio.to_thread(self._snapshots.refresh) and content is self._snapshots.current.content:
                    raise
            except asyncio.CancelledError:
                run.abandon()
                raise
            finally:
                if run.was_long or not run.abandoned:
                    # Of an answer in parts, the time until the first one counts.
                    self._history.record(text, long=run.was_long)
        raise error

    async def _wait(self, lane: Lane, client: str, gone: Gone | None, limits: Limits, speed: Speed) -> LoopWorker:
        """Wait for a worker; raise ClientGone where the client hangs up, PoolFull after the time that a query may take."""
        try:
            request = lane.wait(client, speed)
        except PoolFull:
            self._refused += 1
            raise
        end = time.monotonic() + (limits.seconds or _MAX_WAIT)
        # Most requests wait for a moment only, in which nothing has to be watched.
        timer = asyncio.get_running_loop().call_later(
            _SLOW_TICK, lambda: self._background(self._watch_waiting(request, gone, end))
        )
        try:
            return await request
        except BaseException:
            if not request.cancel() and not request.cancelled() and request.exception() is None:
                lane.release(request.result())
            raise
        finally:
            timer.cancel()

    async def _watch_waiting(self, request: asyncio.Future[LoopWorker], gone: Gone | None, end: float) -> None:
        """End the waiting of a request whose client hangs up, or which waits for too long."""
        while not request.done():
            error: Exception | None = None
            try:
                if gone is not None and await gone():
                    error = ClientGone()
            except Exception as problem:
                error = problem
            if error is None and time.monotonic() > end:
                error = PoolFull("no worker became free in time; try again later")
            if error is None:
                await asyncio.wait((request,), timeout=_SLOW_TICK)
            elif not request.done():
                self._refused += isinstance(error, PoolFull)
                request.set_exception(error)

    def _begin(self, lane: Lane, worker: LoopWorker, content: StoreContent, limits: Limits, gone: Gone | None = None) -> _Run:
        worker.task = run = _Run(self, lane, worker, content, limits, gone)
        self._runs.add(run)
        if self._ticking is None:
            self._ticking = asyncio.get_running_loop().call_later(_TICK, self._tick)
        return run

    def finished(self, run: _Run) -> None:
        """Take the worker of a run back."""
        if run in self._runs:
            self._runs.discard(run)
            if run.reason:
                self._stopped[run.reason] = self._stopped.get(run.reason, 0) + 1
            if run.worker.task is run:
                run.worker.task = None
                if run.content.key != "" and run.worker.alive:
                    run.worker.database = run.content.key
                if run.worker in run.lane.workers:
                    run.lane.release(run.worker, check=run.seconds > 0)

    def _tick(self) -> None:
        """Compare the running queries with their limits."""
        self._ticking = None
        now, used = time.monotonic(), []
        for run in list(self._runs):
            if run.worker not in run.lane.suspended:
                run.seconds += now - run.last
            run.last = now
            if run.gone is not None and now - run.checked >= _SLOW_TICK:
                run.checked = now
                self._background(self._check_client(run, run.gone))
            memory = run.worker.memory()
            if run.limits.memory is not None:
                used.append((memory, id(run), run))
            self._check(run, memory)
        self._bound_total(used)
        if self._runs:
            self._ticking = asyncio.get_running_loop().call_later(_TICK, self._tick)

    def _check(self, run: _Run, memory: int) -> None:
        """Compare a run with its limits, and find its place among the long ones."""
        limits = run.limits
        if limits.seconds is not None and run.seconds >= limits.seconds:
            run.stop("time", exit_error(None, "", "time", limits, started=True))
        elif limits.memory is not None and memory > limits.memory:
            run.stop("memory", exit_error(None, "", "memory", limits, started=True))
        elif run.abandoned and run.seconds >= _LONG:
            run.stop("abandoned", ClientGone())
        elif run.is_long and run.worker in run.lane.workers:
            run.was_long = True
            if not run.lane.make_long(run.worker):
                run.stop("crowded", PoolFull("too many long queries run already; try again later", 5))
            elif run.seconds >= _LOWERED and not run.worker.lowered:
                run.worker.lower()

    async def _check_client(self, run: _Run, gone: Gone) -> None:
        """Stop a query whose client has hung up before its answer began."""
        if await gone() and run.answer is None and run in self._runs:
            run.abandon()

    def _background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _bound_total(self, used: list[tuple[int, int, _Run]]) -> None:
        """Stop the largest query where all together take more memory than one for each worker may."""
        most = self._settings.limits.memory
        if most is not None and sum(memory for memory, _, _ in used) > most * self._settings.workers:
            run = max(used)[2]
            if run in self._runs:
                run.stop("memory", PoolFull("the queries that run take too much memory together; try again later", 5))

    async def _tidy(self) -> None:
        """Let idle workers follow the snapshot, and end those that are not needed."""
        count, seen, since = 0, "", 0.0
        while True:
            await asyncio.sleep(_SLOW_TICK)
            count += 1
            key = self._snapshots.current.content.key
            if key != seen:
                seen, since = key, time.monotonic()
                self._answers.clear()
            await self._follow(self._queries, key)
            if time.monotonic() > since + _SETTLED:
                # A graph takes longer to open; a question that is asked before opens it, too.
                await self._follow(self._questions, key)
            if count % 20 == 0:
                self._queries.tidy()
                self._questions.tidy()
                if not self._runs:
                    return_memory()

    async def _follow(self, lane: Lane, key: str) -> None:
        """Let idle workers open another snapshot."""
        for worker in [worker for worker in lane.idle if worker.prepared != key]:
            if worker in lane.idle:
                lane.idle.remove(worker)
                with suppress(Exception):
                    await self._prepare(lane, worker)

    async def _launch(self, *, graph: bool) -> LoopWorker:
        """Start a worker and let it open the current snapshot."""
        lane = self._questions if graph else self._queries
        worker = await LoopWorker.start(lane.ended, [path for path in sys.path if Path(path).is_dir()] if graph else ())
        try:
            await self._prepare(lane, worker)
        except BaseException:
            lane.discard(worker)
            raise
        return worker

    async def _prepare(self, lane: Lane, worker: LoopWorker) -> None:
        settings, content = self._settings, self._snapshots.current.content
        held = {
            "module": "knockon.serve.held_graph",
            "source": None if settings.store is None else str(settings.store),
            "read": asdict(settings.read),
            "documents": None if settings.documents is None else str(settings.documents),
            "writable": settings.writable,
        }
        run = self._begin(lane, worker, content, Limits(seconds=None, memory=None))
        graph = held if lane is self._questions else None
        worker.send(Frame("prepare", {"database": content.key, "graph": graph, "limits": asdict(settings.limits)}))
        await run.head
        worker.prepared = content.key
        worker.measure()

    def reply(self, run: _Run, what: str) -> None:
        """Reply to the request of a worker for data."""
        if what == "database" and run.content.folder is not None:
            run.worker.send(Frame("open", {"folder": str(run.content.folder)}))
            return
        self._background(self._send_quads(run))

    async def _send_quads(self, run: _Run) -> None:
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

    def metrics(self) -> Iterator[tuple[str, str, str, float]]:
        """Yield name, kind, description and value of each metric."""
        lanes = (self._queries, self._questions)
        workers = [worker for lane in lanes for worker in lane.workers]
        yield "knockon_workers", "gauge", "Worker processes.", len(workers)
        yield "knockon_workers_busy", "gauge", "Worker processes that compute an answer.", len(self._runs)
        yield "knockon_queries_long", "gauge", "Long queries that run.", sum(len(lane.long) for lane in lanes)
        yield "knockon_queue_waiting", "gauge", "Requests that wait for a worker.", sum(lane.waiting for lane in lanes)
        yield "knockon_workers_replaced_total", "counter", "Workers that were ended.", sum(lane.replaced for lane in lanes)
        stopped = sum(self._stopped.values())
        yield "knockon_queries_stopped_total", "counter", "Queries that were stopped before their end.", stopped
        yield "knockon_pool_full_total", "counter", "Requests that were refused since too many waited.", self._refused


def _quads(content: StoreContent) -> bytes:
    out = BytesIO()
    content.write(cast("IO[bytes]", out))
    return out.getvalue()


def _chunks(content: bytes) -> Iterator[Frame]:
    for start in range(0, len(content), CHUNK):
        yield Frame("chunk", content=content[start : start + CHUNK])


__all__ = ["ClientGone", "LimitReached", "PoolFull", "QueryRequest", "StreamedAnswer", "WorkerPool"]
