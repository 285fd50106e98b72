"""Run queries in worker processes (a minimal form: one worker, whole answers)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Literal

from pyoxigraph import QueryResultsFormat, RdfFormat

from knockon.errors import LimitReached
from knockon.query.ask import ask_serialized
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
        store, limits = self._snapshots.current.store, request.limits or self._settings.limits
        written = await asyncio.to_thread(ask_serialized, store, request.text, limits=limits)
        out = BytesIO()
        rows = getattr(QueryResultsFormat, request.solutions)
        if written.kind == "solutions":
            written.solutions().serialize(out, rows)
        elif written.kind == "boolean":
            written.boolean().serialize(out, rows)
        else:
            from pyoxigraph import serialize

            serialize(written.triples(), out, getattr(RdfFormat, request.triples))
        return StreamedAnswer(written.kind, out.getvalue(), written.rows)

    async def ask_question(self, name: str, values: Mapping[str, Any]) -> bytes:
        """Answer a question of ``Graph`` by its name; return its JSON."""
        raise NotImplementedError(name, values)
