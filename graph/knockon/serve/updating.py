"""Updates over HTTP: who may change the store, and the answer to a change."""

from __future__ import annotations

import hmac

from starlette.requests import Request
from starlette.responses import Response

from knockon.serve.problems import RequestProblem
from knockon.serve.settings import ServerSettings
from knockon.serve.sparql_request import ProtocolRequest
from knockon.serve.state import ServerState


def authorize(settings: ServerSettings, request: Request) -> None:
    """Check that a request may change the store.

    Raises
    ------
    RequestProblem
        The server is read-only (status 403), or the request lacks the token (401).
    """
    if not settings.writable:
        raise RequestProblem(
            403, "this server is read-only; `knockon serve STORE --writable --token-file FILE` accepts updates"
        )
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    expected = (settings.token or "").encode()
    if scheme.lower() != "bearer" or not hmac.compare_digest(token.strip().encode(), expected):
        raise RequestProblem(401, "send the token: Authorization: Bearer TOKEN", {"WWW-Authenticate": 'Bearer realm="knockon"'})


async def update(state: ServerState, request: Request, asked: ProtocolRequest) -> Response:
    """Apply an update of the SPARQL protocol."""
    authorize(state.settings, request)
    raise NotImplementedError(asked)
