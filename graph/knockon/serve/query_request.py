"""A request for the pool of workers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.requests import Request

from knockon.serve.streamed_answer import StreamedAnswer
from knockon.sparql.limits import Limits

#: Returns whether the client has hung up.
Gone = Callable[[], Awaitable[bool]]
#: The key of a scope below which the protocol tells about the connection.
CYCLE = "knockon.cycle"
#: The key of a scope below which a request is read already, as a plain one that no point query answers.
PLAIN = "knockon.plain"
#: The keys of a scope below which there is what came of the query of a request, an answer or an error, and when it began.
OUTCOME, STARTED = "knockon.outcome", "knockon.started"


class ClientGone(ConnectionAbortedError):
    """The client has hung up; nothing was answered."""


def gone_of(request: Request) -> Gone:
    """Return what tells whether the client of a request has hung up.

    Requests that wait are asked five times in a second, so the protocol is, and not the request, which would start a scope of
    cancellation to see if a message has come.
    """
    cycle = request.scope.get(CYCLE)
    if cycle is None:
        return request.is_disconnected

    async def gone() -> bool:
        return bool(cycle.disconnected)

    return gone


def outcome_of(request: Request) -> StreamedAnswer | None:
    """Return the answer to the query of a request that has run already; None: it has not.

    Raises
    ------
    BaseException
        The error that came of it.
    """
    found: StreamedAnswer | BaseException | None = request.scope.pop(OUTCOME, None)
    if isinstance(found, BaseException):
        raise found
    return found


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
