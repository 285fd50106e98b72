"""Errors as HTTP answers: ``application/problem+json`` (RFC 9457), which never show a path of this machine or a traceback."""

from __future__ import annotations

import re
from collections.abc import Mapping
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from knockon.errors import (
    ForbiddenQuery,
    InvalidData,
    KnockonError,
    LimitReached,
    NotAcceptable,
    NotFound,
    PoolFull,
    QuerySyntaxError,
    StoreBusy,
    UsageError,
    shortened,
)
from knockon.serve.settings import ServerSettings
from knockon.sparql.answers import without_options
from knockon.store.invalid_store import InvalidStore

_POSITION = re.compile(r"line (\d+), column (\d+)")
#: The most characters of a detail: a name from the request may be long.
_MAX_DETAIL = 2_000
#: Seconds after which a client may try again.
_RETRY = 1


class RequestProblem(UsageError):
    """A request that HTTP has a status for: 405, 406, 413, 415, ...

    Parameters
    ----------
    status
        The status.
    detail
        What is wrong, and how to fix it.
    headers
        Headers of the answer: ``Allow``, ``WWW-Authenticate``.

    Examples
    --------
    >>> RequestProblem(405, "use GET", {"Allow": "GET"}).status
    405
    """

    def __init__(self, status: int, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status, self.headers = status, dict(headers or {})


class BrokenAnswer(Exception):
    """An answer that ends early after its head was sent: the connection is closed without its end."""


def status_of(error: KnockonError) -> int:
    """Return the HTTP status for an error.

    >>> [status_of(error) for error in (NotFound("entity", "x"), QuerySyntaxError("line 1, column 2: ..."), PoolFull("busy"))]
    [404, 400, 503]
    """
    if isinstance(error, RequestProblem):
        return error.status
    if isinstance(error, InvalidStore):
        return 500
    statuses: tuple[tuple[type[KnockonError], int], ...] = (
        (PoolFull, 503),
        (StoreBusy, 503),
        (LimitReached, 504),
        (ForbiddenQuery, 403),
        (NotAcceptable, 406),
        (UsageError, 400),
        (NotFound, 404),
        (InvalidData, 422),
    )
    return next((status for kind, status in statuses if isinstance(error, kind)), 500)


def error_response(error: KnockonError, settings: ServerSettings) -> Response:
    """Return the answer for an error: title, detail, and where they are known the position and the nearest names.

    Parameters
    ----------
    error
        The error.
    settings
        Those of the server, whose paths no client is told.
    """
    status = status_of(error)
    if status == HTTPStatus.INTERNAL_SERVER_ERROR and not isinstance(error, RequestProblem):
        return problem(status)
    headers = error.headers if isinstance(error, RequestProblem) else {}
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers = {"Retry-After": str(error.retry_after if isinstance(error, PoolFull) else _RETRY)}
    more: dict[str, object] = {}
    detail = detail_of(error, settings)
    if isinstance(error, InvalidData):
        # The places are those of the request: no file of this machine is named.
        detail = f"{len(error.problems):,} problem(s); nothing was changed"
        problems = [f"{each.message}" + f" ({each.hint})" * bool(each.hint) for each in error.problems]
        more["problems"] = [settings.without_paths(each) for each in shortened(problems, 20)]
    if isinstance(error, QuerySyntaxError) and (match := _POSITION.match(detail)):
        more["position"] = {"line": int(match[1]), "column": int(match[2])}
    if isinstance(error, NotFound) and error.nearest:
        more["nearest"] = error.nearest
    return problem(status, detail, headers, more)


def detail_of(error: KnockonError, settings: ServerSettings) -> str:
    """Return the message of an error for a client, who knows neither paths of this machine nor options of commands."""
    return settings.without_paths(without_options(str(error)))


def problem(
    status: int, detail: str = "", headers: Mapping[str, str] | None = None, more: Mapping[str, object] | None = None
) -> Response:
    """Return a problem as JSON, with a status."""
    content = {"title": HTTPStatus(status).phrase, "status": status, "detail": detail[:_MAX_DETAIL], **(more or {})}
    return JSONResponse(
        {key: value for key, value in content.items() if value != ""},
        status,
        {"Cache-Control": "no-store", **(headers or {})},
        "application/problem+json",
    )


def on_error(request: Request, error: Exception) -> Response:
    """Answer a request whose handler raised an error of Knock-on."""
    settings = request.app.state.server.settings
    return error_response(error, settings) if isinstance(error, KnockonError) else problem(500)


def on_http_exception(_: Request, error: Exception) -> Response:
    """Answer a request that no route takes: an unknown path, a method that a path does not have."""
    if not isinstance(error, HTTPException):
        return problem(500)
    details = {404: "there is nothing at this path", 405: "this path does not have that method"}
    return problem(error.status_code, details.get(error.status_code, ""), error.headers)
