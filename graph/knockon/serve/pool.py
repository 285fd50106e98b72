"""Run queries in worker processes (a minimal form: one worker, whole answers)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Literal

from pyoxigraph import QueryResultsFormat, RdfFormat

from knockon.errors import LimitReached
from knockon.serve.settings import ServerSettings
from knockon.serve.snapshots import Snapshots
from knockon.sparql.limits import Limits


class PoolFull(LimitReached):
    """All workers are busy, and the queue is full."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryRequest:
    """A query, with the graphs of its data set, the format of the answer and the limits.

    Parameters
    ----------
    text
        The SPARQL.
    default_graphs, named_graphs
        The IRIs of the graphs of the request; None: those that the query names, else all of the store.
    solutions, triples
        The names of the formats (attributes of ``QueryResultsFormat`` and ``RdfFormat``) of rows and booleans, and of triples.
    limits
        The limits.
    """

    text: str
    default_graphs: tuple[str, ...] | None = None
    named_graphs: tuple[str, ...] | None = None
    solutions: str = "JSON"
    triples: str = "TURTLE"
    limits: Limits | None = None


class StreamedAnswer:
    """An answer whose bytes arrive while it is computed."""

    def __init__(self, kind: Literal["solutions", "boolean", "triples"], content: bytes, rows: int) -> None:
        self.kind = kind
        self.rows = rows
        #: Why the answer ends early: "", "rows", "size", "time", "memory"; known after the last chunk.
        self.cut = ""
        self._content = content

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._content

    async def aclose(self) -> None:
        """Free the worker."""


class WorkerPool:
    """The worker processes."""

    def __init__(self, settings: ServerSettings, snapshots: Snapshots) -> None:
        self._settings, self._snapshots = settings, snapshots
        self._graph: Any = None
        self._asking = asyncio.Lock()

    async def start(self) -> None:
        """Start the processes."""

    async def close(self) -> None:
        """End the processes."""

    async def query(self, request: QueryRequest) -> StreamedAnswer:
        """Run a query.

        Raises
        ------
        PoolFull
            Too many requests wait already.
        LimitReached
            It exceeds a limit before the first byte of its answer.
        QuerySyntaxError
            It does not parse, or is not allowed.
        """
        written, content = await asyncio.to_thread(self._run, request)
        return StreamedAnswer(written, content, 0)

    def _run(self, request: QueryRequest) -> tuple[Literal["solutions", "boolean", "triples"], bytes]:
        from typing import Any as _Any

        from pyoxigraph import NamedNode, QueryBoolean, QuerySolutions

        from knockon.sparql.database import Database
        from knockon.sparql.guard import guard

        store: _Any = self._snapshots.current.store
        guard(request.text)
        if request.default_graphs is None:
            answer = Database(store._db).query(request.text)
        else:
            from knockon.sparql.syntax import syntax_error
            from knockon.vocabulary import PREFIXES

            try:
                answer = store._db.query(
                    request.text,
                    prefixes=PREFIXES,
                    default_graph=[NamedNode(g) for g in request.default_graphs],
                    named_graphs=[NamedNode(g) for g in request.named_graphs or ()],
                )
            except SyntaxError as error:
                raise syntax_error(error, request.text) from None
        out = BytesIO()
        if isinstance(answer, (QueryBoolean, QuerySolutions)):
            answer.serialize(out, getattr(QueryResultsFormat, request.solutions))
            return "boolean" if isinstance(answer, QueryBoolean) else "solutions", out.getvalue()
        answer.serialize(out, getattr(RdfFormat, request.triples))
        return "triples", out.getvalue()

    def metrics(self) -> list[tuple[str, str, str, float]]:
        """Return the numbers of the pool for /metrics."""
        return [("knockon_workers", "gauge", "Processes for queries.", self._settings.workers)]

    async def ask_question(self, name: str, values: Mapping[str, Any], form: str = "json") -> bytes:
        """Answer a question of ``Graph`` by its name, in a form; its values are those that ``Question.read`` returns."""
        from knockon.graph import Graph
        from knockon.serve.questions import answer_bytes

        async with self._asking:
            store = self._snapshots.current.store
            if self._graph is None or self._graph.store is not store:
                self._graph = Graph(store)
            return await asyncio.to_thread(answer_bytes, self._graph, name, values, form, self._settings.documents)
