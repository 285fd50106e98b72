"""The application: routes of all parts, middleware, and the start and end of the workers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from knockon.errors import KnockonError
from knockon.serve import sparql_protocol
from knockon.serve.problems import on_error, on_http_exception
from knockon.serve.settings import ServerSettings
from knockon.serve.state import ServerState

#: The parts of the server: each module has ``routes(state)``.
PARTS = (sparql_protocol,)


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

    routes = [*_own_routes(state), *(route for part in PARTS for route in part.routes(state))]
    app = Starlette(
        routes=routes,
        lifespan=lifespan,
        exception_handlers={KnockonError: on_error, HTTPException: on_http_exception, Exception: on_error},
    )
    app.state.server = state
    return app


def _own_routes(state: ServerState) -> list[BaseRoute]:
    async def healthz(_: Request) -> Response:
        return JSONResponse({"status": "ok", "revision": state.snapshot.revision}, headers={"Cache-Control": "no-store"})

    async def metrics(_: Request) -> Response:
        return PlainTextResponse(state.metrics.text(), media_type="text/plain; version=0.0.4")

    return [Route("/healthz", healthz), Route("/metrics", metrics)]
