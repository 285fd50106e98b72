"""Answers that need no worker: those that are kept, and those to point queries."""

from __future__ import annotations

from collections.abc import Hashable

from knockon.serve.point_answers import PointAnswers
from knockon.serve.query_history import LatestAnswers
from knockon.serve.query_request import QueryRequest
from knockon.serve.query_text import is_repeatable
from knockon.serve.streamed_answer import StreamedAnswer
from knockon.sparql.limits import Limits


class ReadyAnswers:
    """The answers that one process has at once.

    Parameters
    ----------
    limits
        The limits of the queries of the server.
    processes
        The number of processes that share the memory for kept answers.
    """

    def __init__(self, limits: Limits, processes: int = 1) -> None:
        self.kept, self.points = LatestAnswers(processes), PointAnswers(limits)

    def answer(self, request: QueryRequest, content: str) -> StreamedAnswer | None:
        """Return the answer to a query if it is kept, or needs no worker; None for others.

        Parameters
        ----------
        request
            The query.
        content
            The key of the content that is asked.
        """
        if (known := self.kept.get(_key(request, content))) is not None:
            return known
        answer = self.points.answer(request, content)
        return None if answer is None else self.keep(request, content, answer)

    def keep(self, request: QueryRequest, content: str, answer: StreamedAnswer) -> StreamedAnswer:
        """Keep an answer that the content alone decides; return it."""
        if answer.whole is not None and is_repeatable(request.text, "triples" if answer.kind == "triples" else "rows"):
            size = len(request.text) + sum(map(len, (*(request.default_graphs or ()), *(request.named_graphs or ()))))
            self.kept.put(_key(request, content), answer, size)
        return answer


def _key(request: QueryRequest, content: str) -> Hashable:
    return (
        content, request.text, request.default_graphs, request.named_graphs, request.solutions, request.triples, request.limits,
    )  # fmt: skip


__all__ = ["ReadyAnswers"]
