"""The application: routes of all parts, middleware, and the start and end of the workers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from knockon.errors import KnockonError
from knockon.serve import api, graph_store, pages, sparql_protocol
from knockon.serve.entity_tags import AnyTag
from knockon.serve.middleware import MIN_COMPRESSED, Compress, Gate, Watch
from knockon.serve.point_requests import PointRequests
from knockon.serve.problems import on_error, on_http_exception
from knockon.serve.settings import ServerSettings
from knockon.serve.sparql_protocol import QueryPath
from knockon.serve.state import ServerState

#: The parts of the server: each module has ``routes(state)``.
PARTS = (sparql_protocol, graph_store, pages, api)
#: The level of compression: a higher one takes longer and saves little.
_LEVEL = 4


def create_app(settings: ServerSettings) -> Starlette:
    """Create the application of a server.

    Parameters
    ----------
    settings
        Its settings.

    Raises
    ------
    UsageError, NotFound, InvalidData
        The store cannot be opened.
    """
    state = ServerState(settings)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        await state.start()
        try:
            yield
        finally:
            await state.close()

    app = Starlette(
        # Each request is compared with them in this order, and queries come most often.
        routes=[*(route for part in PARTS for route in part.routes(state)), *_own_routes(state)],
        lifespan=lifespan,
        middleware=[
            Middleware(Watch, state=state),
            Middleware(Gate, settings=settings),
            *_cors(settings),
            Middleware(AnyTag),
            Middleware(Compress, minimum_size=MIN_COMPRESSED, compresslevel=_LEVEL),
            Middleware(QueryPath, state=state),
        ],
        exception_handlers={KnockonError: on_error, HTTPException: on_http_exception},
    )
    app.state.server, app.state.points = state, PointRequests(state)
    return app


def _cors(settings: ServerSettings) -> list[Middleware]:
    """Return what lets pages of other sites read answers; no cookie or other secret of a browser is ever used."""
    if not settings.cors:
        return []
    methods = ["GET", "HEAD", "POST", *(["PUT", "DELETE"] if settings.writable else [])]
    headers = ["Accept", "Authorization", "Content-Type", "If-None-Match"]
    exposed = ["ETag", "Knockon-Cut", "Location", "Retry-After"]
    return [
        Middleware(
            CORSMiddleware, allow_origins=settings.cors, allow_methods=methods, allow_headers=headers, expose_headers=exposed
        )
    ]


def _own_routes(state: ServerState) -> list[BaseRoute]:
    async def healthz(_: Request) -> Response:
        return JSONResponse({"status": "ok", "revision": state.snapshot.revision}, headers={"Cache-Control": "no-store"})

    async def metrics(_: Request) -> Response:
        lines = [
            *state.pool.metrics(),
            *state.processes.metrics(),
            ("knockon_log_lines_dropped_total", "counter", "Log lines left out.", state.log.dropped),
        ]
        return PlainTextResponse(state.metrics.text(lines), media_type="text/plain; version=0.0.4")

    return [Route("/healthz", healthz), Route("/metrics", metrics)]
