"""The pool of worker processes: quick queries are answered throughout, whatever else is asked."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from knockon.errors import ForbiddenQuery, LimitReached, NotAcceptable, NotFound, PoolFull, QuerySyntaxError, UsageError
from knockon.serve.pool import ClientGone, QueryRequest, StreamedAnswer, WorkerPool
from knockon.serve.settings import ServerSettings
from knockon.serve.snapshots import Snapshots
from knockon.sparql.limits import Limits

MB = 2**20
ENDLESS = "SELECT (COUNT(*) AS ?n) { " + " ".join(f"VALUES ?{name} {{ {'1 ' * 300} }}" for name in "abcdefgh") + " }"
POINT = "ASK { id:nvidia a ko:Company }"
#: All rows of the product of all triples with themselves: it sends rows for ever.
ROWS = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
DOUBLED = (
    "SELECT (STRLEN(?x30) AS ?n) { BIND('ab' AS ?x0) "
    + " ".join(f"BIND(CONCAT(?x{n}, ?x{n}) AS ?x{n + 1})" for n in range(30))
    + " }"
)


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    """The event loop of these tests."""
    with asyncio.Runner() as runner:
        yield runner


async def started() -> WorkerPool:
    """Start a pool on the bundled data."""
    pool = WorkerPool(ServerSettings(workers=1, limits=Limits(seconds=20)), Snapshots(None))
    await pool.start()
    return pool


@pytest.fixture(scope="module")
def pool(runner: asyncio.Runner) -> Iterator[WorkerPool]:
    """The pool that these tests share; the last one closes it."""
    pool = runner.run(started())
    yield pool
    runner.run(pool.close())


async def is_answered(pool: WorkerPool) -> bool:
    return (await pool.query(QueryRequest(text=POINT))).whole == b'{"head":{},"boolean":true}'


async def idle(pool: WorkerPool) -> None:
    """Wait until no query runs, and what follows from that is done."""
    # An idle worker may be told of a new snapshot meanwhile, which is a run as well.
    seen = True
    while seen:
        seen = False
        while pool._runs:
            await asyncio.sleep(0.02)
        for _ in range(500):
            await asyncio.sleep(0)
            seen = seen or bool(pool._runs)


async def size_of(answer: StreamedAnswer) -> int:
    return sum([len(part) async for part in answer])


def test_answers_and_errors_of_one_pool(runner: asyncio.Runner, pool: WorkerPool) -> None:
    """Each kind of answer and of error; whatever it was, the next query is answered."""

    async def test() -> None:
        errors = {
            "SELECT ?x {": QuerySyntaxError,
            "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }": ForbiddenQuery,
            "SELECT (<urn:x:f>(1) AS ?x) {}": UsageError,
            "CONSTRUCT WHERE { ?s ?p ?o }": NotAcceptable,
        }
        for text, error in errors.items():
            with pytest.raises(error):
                await pool.query(QueryRequest(text=text, triples=None))
        with pytest.raises(UsageError, match="not an IRI"):
            await pool.query(QueryRequest(text="ASK {}", default_graphs=("no IRI",), named_graphs=()))
        elsewhere = QueryRequest(text="ASK { ?s ?p ?o }", default_graphs=("file:///etc/passwd",), named_graphs=())
        assert (await pool.query(elsewhere)).whole == b'{"head":{},"boolean":false}'
        losses = "SELECT (ko:loss(id:entity-list-chips, id:sensefoundry) AS ?loss) {}"
        assert (await pool.query(QueryRequest(text=losses, solutions="CSV"))).whole == b"loss\r\n0.5625\r\n"
        assert b"entity-list-chips" in await pool.ask_question("shocks", {})
        with pytest.raises(NotFound):
            await pool.ask_question("impact", {"shock": "nowhere"})
        assert await is_answered(pool)

    runner.run(asyncio.wait_for(test(), 600))


def test_point_queries_are_answered_beside_endless_ones(runner: asyncio.Runner, pool: WorkerPool) -> None:
    """More endless queries than there are workers: each is stopped at its limit or refused, and nothing else waits for them."""

    async def test() -> None:
        request = [QueryRequest(text=f"{ENDLESS} # {n}", limits=Limits(seconds=0.5)) for n in range(8)]
        endless = [asyncio.create_task(pool.query(each)) for each in request]
        while not all(task.done() for task in endless):
            assert await is_answered(pool)
            await asyncio.sleep(0.05)
        assert all(isinstance(task.exception(), LimitReached) for task in endless)
        assert any("took more than 0.5 s" in str(task.exception()) for task in endless)

    runner.run(asyncio.wait_for(test(), 600))


def test_memory_and_a_lost_worker_cost_one_query(runner: asyncio.Runner, pool: WorkerPool) -> None:
    """The error says what happened, and the worker is replaced."""

    async def test() -> None:
        with pytest.raises(LimitReached, match="needed more than 64 MB"):
            await pool.query(QueryRequest(text=DOUBLED, limits=Limits(memory=64 * MB)))
        assert await is_answered(pool)
        endless = asyncio.create_task(pool.query(QueryRequest(text=ENDLESS)))
        await asyncio.sleep(0.3)
        run = next(run for run in pool._runs if run.worker in pool._queries.workers)
        os.kill(run.worker.pid, signal.SIGKILL)
        with pytest.raises(LimitReached, match="SIGKILL"):
            await endless
        assert await is_answered(pool)

    runner.run(asyncio.wait_for(test(), 600))


def expected_quick(pool: WorkerPool, text: str, count: int) -> list[QueryRequest]:
    """Return queries of a shape that was very quick before; ``{}`` in the text is a number of each."""
    pool._history.record(text.format(0), 0.0001)
    return [QueryRequest(text=text.format(number)) for number in range(1, count + 1)]


def test_quick_queries_that_share_a_worker_go_elsewhere_where_one_is_long(runner: asyncio.Runner, pool: WorkerPool) -> None:
    """A query that only looks like quick ones delays those behind it for a moment, and costs only itself when it is lost."""

    async def test() -> None:
        rows = " . ".join(f"?a{number} ?b{number} ?c{number}" for number in range(6))
        (misjudged,) = expected_quick(pool, f"SELECT (COUNT(*) AS ?n) {{{{ {rows} }}}} # {{}} misjudged", 1)
        points = expected_quick(pool, "ASK {{ ?s a ko:Company }} # {} behind it", 6)
        endless = asyncio.create_task(pool.query(misjudged))
        sharing = [asyncio.create_task(pool.query(point)) for point in points]
        await asyncio.sleep(0)
        worker = max((run.worker for run in pool._runs), key=lambda worker: len(worker.tasks))
        assert len(worker.tasks) == 1 + len(points)
        answers = await asyncio.gather(*sharing)
        assert {answer.whole for answer in answers} == {b'{"head":{},"boolean":true}'}
        assert not endless.done()
        os.kill(worker.pid, signal.SIGKILL)
        with pytest.raises(LimitReached, match="SIGKILL"):
            await endless
        assert await is_answered(pool)

    runner.run(asyncio.wait_for(test(), 600))


def test_a_worker_that_is_lost_costs_the_query_that_it_had_begun(runner: asyncio.Runner, pool: WorkerPool) -> None:
    """Those that it was sent as well are answered by others."""

    async def test() -> None:
        points = expected_quick(pool, "ASK {{ ?s a ko:Company }} # {} at a lost one", 20)
        sharing = [asyncio.create_task(pool.query(point)) for point in points]
        await asyncio.sleep(0)
        worker = max((run.worker for run in pool._runs), key=lambda worker: len(worker.tasks))
        assert len(worker.tasks) == len(points)
        os.kill(worker.pid, signal.SIGKILL)
        answers = await asyncio.gather(*sharing, return_exceptions=True)
        assert sum(isinstance(answer, Exception) for answer in answers) <= 1
        assert await is_answered(pool)

    runner.run(asyncio.wait_for(test(), 600))


def test_a_client_that_hangs_up_frees_its_worker(runner: asyncio.Runner, pool: WorkerPool) -> None:
    """While it waits for the first byte, and while it reads."""

    async def test() -> None:
        async def gone() -> bool:
            return True

        with pytest.raises(ClientGone):
            await pool.query(QueryRequest(text=ENDLESS), gone)
        answer = await pool.query(QueryRequest(text=ROWS))
        assert answer.whole is None
        await answer.aclose()
        await asyncio.wait_for(idle(pool), 60)
        assert await is_answered(pool)

    runner.run(asyncio.wait_for(test(), 600))


def test_a_request_that_waits_for_a_worker_can_end(runner: asyncio.Runner, pool: WorkerPool) -> None:
    """Its client hangs up or is cancelled, or no worker becomes free in time; afterwards all workers are free as before."""

    async def test() -> None:
        async def gone() -> bool:
            return True

        async def broken() -> bool:
            raise UsageError("the connection cannot be asked")

        await idle(pool)  # a worker that is busy would be free in the middle of this
        lane = pool._queries
        held, lane.idle[:] = list(lane.idle), []
        request = QueryRequest(text="ASK { ?waiting ?for ?worker }", limits=Limits(seconds=0.1))
        try:
            with pytest.raises(ClientGone):
                await pool.query(request, gone)
            with pytest.raises(UsageError, match="cannot be asked"):
                await pool.query(request, broken)
            with pytest.raises(PoolFull, match="became free"):
                await pool.query(request)
            waiting = asyncio.create_task(pool.query(request))
            await asyncio.sleep(0)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            waiting = asyncio.create_task(pool.query(request))
            await asyncio.sleep(0)
        finally:
            for worker in held:
                lane.release(worker)
        # It got its worker at this moment, and gives it back.
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert set(held) <= set(lane.idle)
        assert lane.waiting == 0
        assert await is_answered(pool)

    runner.run(asyncio.wait_for(test(), 600))


def test_a_cut_answer_says_so(runner: asyncio.Runner, pool: WorkerPool) -> None:
    """Whole documents before the first byte, and an error after it."""

    async def test() -> None:
        answer = await pool.query(QueryRequest(text=ROWS, solutions="TSV", limits=Limits(rows=3)))
        assert (answer.cut, answer.rows, (answer.whole or b"").count(b"\n")) == ("rows", 3, 4)
        answer = await pool.query(QueryRequest(text=ROWS, limits=Limits(rows=None, size=4 * MB)))
        with pytest.raises(LimitReached, match="larger than 4 MB"):
            await size_of(answer)
        assert answer.cut == "size"
        answer = await pool.query(QueryRequest(text=ROWS, limits=Limits(seconds=0.3, rows=None, size=None)))
        with pytest.raises(LimitReached, match=r"more than 0.3 s"):
            await size_of(answer)
        assert answer.cut == "time"

    runner.run(asyncio.wait_for(test(), 600))


def test_a_client_that_reads_slowly_keeps_no_worker(
    runner: asyncio.Runner, pool: WorkerPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it has not read waits in a file, up to a limit for all clients together."""

    async def test() -> None:
        text = "CONSTRUCT WHERE { ?s ?p ?o }"
        answer = await pool.query(QueryRequest(text=text, triples="N_TRIPLES"))
        await idle(pool)
        assert not pool._runs
        assert StreamedAnswer.in_files > 0
        content = b"".join([part async for part in answer])
        assert content.count(b"\n") == answer.rows > 10_000
        assert StreamedAnswer.in_files == 0
        monkeypatch.setattr("knockon.serve.streamed_answer._MAX_IN_FILES", 0)
        answer = await pool.query(QueryRequest(text=text, triples="N_TRIPLES"))
        await idle(pool)
        with pytest.raises(LimitReached, match="cannot be kept"):
            await size_of(answer)

    runner.run(asyncio.wait_for(test(), 600))


def test_a_full_pool_refuses(runner: asyncio.Runner, pool: WorkerPool, monkeypatch: pytest.MonkeyPatch) -> None:
    """And says when to ask again; what waits already is answered."""
    assert not pool._queries.waiting
    monkeypatch.setattr(pool._queries._waiting, "_most", 4)

    async def test() -> None:
        unknown = QueryRequest(text="ASK { ?company a ko:Company ; ?of ?which }")
        answers = await asyncio.gather(*(pool.query(unknown) for _ in range(20)), return_exceptions=True)
        refused = [answer for answer in answers if isinstance(answer, PoolFull)]
        assert len(refused) > 5
        assert refused[0].retry_after >= 1
        assert all(isinstance(answer, PoolFull) or answer.rows == 1 for answer in answers)  # type: ignore[union-attr]

    runner.run(asyncio.wait_for(test(), 600))


def test_answers_are_kept_for_requests_that_come_again(runner: asyncio.Runner, pool: WorkerPool) -> None:
    """The same bytes, without a worker; none where the answer may be another one each time."""

    async def test() -> None:
        kept, changing = QueryRequest(text=f"{POINT} # kept"), QueryRequest(text="SELECT (RAND() AS ?x) {}")
        answers = [(await pool.query(kept)).whole for _ in range(3)]
        assert len(set(answers)) == 1
        assert len({(await pool.query(changing)).whole for _ in range(4)}) == 4
        for worker in list(pool._queries.workers):
            pool._queries.discard(worker)
        assert not pool._queries.idle
        assert (await pool.query(kept)).whole == answers[0]

    runner.run(asyncio.wait_for(test(), 600))


def test_no_process_is_left(runner: asyncio.Runner, pool: WorkerPool) -> None:
    """Closing ends all workers, busy or not, those for questions too; who waits for one is told that the server stops."""

    async def test() -> None:
        endless = [asyncio.create_task(pool.query(QueryRequest(text=f"{ENDLESS} # {n} at the end"))) for n in range(3)]
        await pool.ask_question("shocks", {})
        while not any(run.lane is pool._queries for run in pool._runs):
            await asyncio.sleep(0.01)
        pids = [worker.pid for lane in (pool._queries, pool._questions) for worker in lane.workers]
        await pool.close()
        assert {type(error) for error in await asyncio.gather(*endless, return_exceptions=True)} == {PoolFull}
        assert len(pids) > 1
        assert not any(Path(f"/proc/{pid}").exists() for pid in pids)

    runner.run(asyncio.wait_for(test(), 600))
