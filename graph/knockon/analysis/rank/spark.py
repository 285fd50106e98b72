"""Close firms on the executors of Spark: each runs the same kernels as in memory, on the network mapped into its memory.

Shocks are independent, so that blocks of them can be computed anywhere. The
blocks are those of a run in memory, and so are the numbers, to the last bit.
Spark tries a block again that fails, or whose executor is lost; what comes back
is checked against what was asked for.
"""

from __future__ import annotations

import hashlib
import uuid
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import numpy as np

from knockon.analysis.rank.runners import RankOptions, Runner, blocks, runner_for
from knockon.errors import EngineFailed, UsageError
from knockon.network.network import Floats, Network
from knockon.propagation.engines.spark_failures import spark_failures
from knockon.propagation.engines.spark_network import SentNetwork, open_sent, send_network

if TYPE_CHECKING:
    from knockon.propagation.engines.spark_session import Session

#: The most jobs that wait for Spark at a time; each has as many blocks as keep all cores busy.
_JOBS = 16


class Request(NamedTuple):
    """What a worker computes: a model with its parameters on a network that was sent; ``run`` differs between runs."""

    run: str
    network: SentNetwork
    model: str
    parameters: RankOptions


class Reply(NamedTuple):
    """The numbers of a block of firms as bytes, with their SHA-256; or why none of this run's blocks can be computed."""

    first: int
    last: int
    numbers: bytes
    checksum: str
    refusal: str = ""


def close_on_spark(
    session: Session, network: Network, model: str, runner: Runner, parameters: RankOptions, first: int
) -> Generator[Floats]:
    """Yield the numbers of blocks of firms in the order of the network.

    Parameters
    ----------
    session
        The running Spark.
    network
        The network.
    model, parameters
        As :func:`knockon.analysis.rank.rank.rank` takes them.
    runner
        The model as it would run in this process.
    first
        The first firm to close.

    Raises
    ------
    UsageError
        The workers have other versions than this process.
    EngineFailed
        A task failed each time it was tried, or Spark ended.
    """
    todo = blocks(runner, first, network.entities)
    if not todo:
        return
    with spark_failures("ranking firms"), _cancelled_at_the_end(session) as tag:
        context = session.context
        request = Request(
            uuid.uuid4().hex, send_network(session, network), model, _for_workers(session, network, runner, parameters)
        )
        broadcast = context.broadcast(request)
        per_job = max(1, -(-2 * session.cores // _JOBS))
        jobs = [todo[start : start + per_job] for start in range(0, len(todo), per_job)]

        def run(job: Sequence[range]) -> list[Reply]:
            context.addJobTag(tag)
            replies: list[Reply] = context.parallelize(job, len(job)).mapPartitions(partial(_close_blocks, broadcast)).collect()
            return replies

        for job, replies in _in_order(run, jobs):
            for block, reply in zip(job, _checked(job, replies), strict=True):
                yield _numbers(reply, block, len(runner.columns))


def _for_workers(session: Session, network: Network, runner: Runner, parameters: RankOptions) -> RankOptions:
    """Return the parameters with what this process would choose by what is installed or by the number of its cores."""
    chosen: dict[str, Any] = dict(parameters)
    if "engine" in runner.parameters:
        chosen["engine"] = runner.parameters["engine"]
    if network.flows is not None and "dtype" in runner.parameters and chosen.get("threads") is None:
        chosen["threads"] = int(session.context.getConf().get("spark.task.cpus", "1") or 1)
    return cast("RankOptions", chosen)


@contextmanager
def _cancelled_at_the_end(session: Session) -> Iterator[str]:
    """Give a tag for jobs, and cancel those that still run at the end."""
    tag = f"knockon-{uuid.uuid4().hex}"
    try:
        yield tag
    finally:
        # A Spark that has ended runs no jobs.
        with suppress(Exception):
            session.context.cancelJobsWithTag(tag)


def _in_order(run: Any, jobs: Sequence[Sequence[range]]) -> Iterator[tuple[Sequence[range], list[Reply]]]:
    """Yield jobs with their replies in the order of the jobs, while the next ones run or wait."""
    waiting: deque[tuple[Sequence[range], Future[list[Reply]]]] = deque()
    pool = ThreadPoolExecutor(min(_JOBS, len(jobs)))
    try:
        for job in jobs:
            waiting.append((job, pool.submit(run, job)))
            if len(waiting) >= 2 * _JOBS:
                done, future = waiting.popleft()
                yield done, future.result()
        while waiting:
            done, future = waiting.popleft()
            yield done, future.result()
    finally:
        # Threads that wait for Spark end when the jobs are cancelled.
        pool.shutdown(wait=False, cancel_futures=True)


def _checked(job: Sequence[range], replies: Sequence[Reply]) -> list[Reply]:
    """Return the replies in the order of the blocks; each block must have one, with the bytes that the worker sent."""
    refusals = [reply.refusal for reply in replies if reply.refusal]
    if refusals:
        raise UsageError(refusals[0])
    by_first = {reply.first: reply for reply in replies}
    if len(replies) != len(job) or [(by_first.get(block.start, (0, 0))[:2]) for block in job] != [
        (block.start, block.stop) for block in job
    ]:
        raise EngineFailed(f"Spark answered {len(replies)} of {len(job)} blocks of firms, or others; nothing was written")
    return [by_first[block.start] for block in job]


def _numbers(reply: Reply, block: range, columns: int) -> Floats:
    """Return the numbers of a block, (firms, columns)."""
    if hashlib.sha256(reply.numbers).hexdigest() != reply.checksum or len(reply.numbers) != len(block) * columns * 8:
        raise EngineFailed(
            f"the numbers of the firms {block.start} to {block.stop - 1} were damaged on their way; nothing was written"
        )
    return np.frombuffer(reply.numbers, "<f8").reshape(len(block), columns)


def _close_blocks(broadcast: Any, firms: Iterable[range]) -> Iterator[Reply]:
    """Close blocks of firms in a worker."""
    for block in firms:
        try:
            rows = _runner(broadcast.value).run(np.arange(block.start, block.stop))
        except UsageError as error:
            # It would fail again everywhere.
            yield Reply(block.start, block.stop, b"", "", str(error))
            continue
        numbers = np.ascontiguousarray(rows, "<f8").tobytes()
        yield Reply(block.start, block.stop, numbers, hashlib.sha256(numbers).hexdigest())


#: The model of the run that this worker serves: it stays from one task to the next.
_current: dict[str, Runner] = {}


def _runner(request: Request) -> Runner:
    """Return the model of a request, in a worker."""
    if request.run not in _current:
        _current.clear()
        _current[request.run] = runner_for(open_sent(request.network), request.model, request.parameters)
    return _current[request.run]


__all__ = ["close_on_spark"]
