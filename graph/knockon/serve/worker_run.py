"""What a worker computes for one request, and the answer as far as it is there."""

from __future__ import annotations

import asyncio
from typing import Protocol

from knockon.errors import LimitReached
from knockon.serve.lanes import Lane
from knockon.serve.query_request import ClientGone, Gone
from knockon.serve.streamed_answer import StreamedAnswer
from knockon.sparql.answers import rows_limit, size_limit
from knockon.sparql.limits import Limits
from knockon.worker.event_loop import LoopWorker
from knockon.worker.frames import Frame
from knockon.worker.replies import exit_error, to_error
from knockon.worker.store_content import StoreContent

#: Seconds after which a query is a long one, which nothing waits for.
LONG = 0.1


class NeedsFunctions(Exception):
    """The query calls a function, which only a worker with a graph has."""


class NotBegun(Exception):
    """The worker was needed for another query, or has ended, before it began this one, which is sent to another worker."""


class Owner(Protocol):
    """What is told of a run: the pool."""

    def reply(self, run: Run, what: str) -> None:
        """Reply to the request of a worker for data."""

    def finished(self, run: Run) -> None:
        """Take note that a worker is done with a run."""

    def lost(self, run: Run) -> None:
        """Take note that no worker does a run."""

    def stopped(self, run: Run) -> None:
        """Kill the worker of a run."""


class Run:
    """One request at a worker.

    Parameters
    ----------
    owner
        What is told when the run ends or needs data.
    lane, worker
        The worker, and the lane that it is of.
    content
        The content of the store that it reads.
    limits
        The limits of the request.
    gone
        Tells whether the client has hung up.
    expected
        The seconds that it is expected to take, if it may share a worker with others.
    """

    __slots__ = (
        "abandoned", "answer", "begun", "checked", "content", "expected", "gone", "head", "lane", "last", "limits", "owner",
        "reason", "seconds", "took", "was_long", "worker",
    )  # fmt: skip

    def __init__(
        self,
        owner: Owner,
        lane: Lane,
        worker: LoopWorker,
        content: StoreContent,
        limits: Limits,
        gone: Gone | None = None,
        expected: float = 0.0,
    ) -> None:
        self.owner, self.lane, self.worker, self.content, self.limits = owner, lane, worker, content, limits
        #: The answer, when its first part is there; for the preparation of a worker, an empty one.
        self.head: asyncio.Future[StreamedAnswer] = asyncio.get_running_loop().create_future()
        self.answer: StreamedAnswer | None = None
        self.gone, self.expected = gone, expected
        #: What the monitor has seen: how long it has run without being suspended, when it was looked at, when its client was
        #: asked, and the processor time of the worker at the first look. Most requests end before that.
        self.seconds = self.last = self.checked = self.begun = 0.0
        #: The seconds that it took, as the worker tells at the end.
        self.took = 0.0
        #: Why it was stopped.
        self.reason = ""
        self.abandoned = self.was_long = False

    @property
    def is_first(self) -> bool:
        """Whether its worker computes it, and not another one before it."""
        return bool(self.worker.tasks) and self.worker.tasks[0] is self

    def on_frame(self, frame: Frame) -> None:
        """Take the next frame of the worker."""
        if frame.kind == "request":
            self.owner.reply(self, frame.values["what"])
        elif frame.kind == "chunk":
            if self.abandoned and self.answer is None:
                self.stop("abandoned", ClientGone())
                return
            if self.answer is None:
                self._begin(StreamedAnswer(frame.values["kind"], self.abandon))
            self._feed(frame.content)
        else:
            if frame.kind in {"answer", "ready"}:
                self._finish(frame)
            else:
                self.fail(NeedsFunctions() if frame.kind == "functions" else to_error(frame.values))
            self.owner.finished(self)

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
        values = frame.values
        rows, cut, self.took = values.get("rows", 0), values.get("cut", ""), values.get("seconds", 0.0)
        if self.answer is None:
            self._begin(StreamedAnswer(values.get("kind", ""), self.abandon, frame.content, rows, cut))
            return
        self._feed(frame.content)
        if self.reason:
            return
        limit = {"rows": lambda: rows_limit(self.limits.rows or 0), "size": lambda: size_limit(self.limits.size or 0)}
        self.answer.end(rows, cut, limit[cut]() if cut else None)

    def on_end(self, code: int | None, message: str) -> None:
        """Take note that the worker has ended during this run."""
        self.fail(exit_error(code, message, self.reason, self.limits, started=self.worker.database == self.content.key))
        self.owner.finished(self)

    def on_moved(self) -> None:
        """Take note that another worker does this; this one still has it to do, but nobody waits for that."""
        self.abandoned = True
        self.fail(NotBegun())

    def on_lost(self) -> None:
        """Take note that the worker has ended before it began this run."""
        self.on_moved()
        self.owner.lost(self)

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
        self.owner.stopped(self)

    def abandon(self) -> None:
        """Take note that nobody waits for the answer: what is nearly done may end, else the worker is killed."""
        self.abandoned = True
        self.fail(ClientGone())
        if self.seconds >= LONG:
            self.stop("abandoned", ClientGone())


__all__ = ["LONG", "NeedsFunctions", "NotBegun", "Run"]
