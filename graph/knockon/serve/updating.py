"""Changes over HTTP: who may change the store, one change after another, and what a change is answered with."""

from __future__ import annotations

import asyncio
import hmac
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from knockon.errors import KnockonError, LimitReached, PoolFull, QuerySyntaxError, StoreBusy
from knockon.serve.problems import RequestProblem
from knockon.serve.query_text import with_base, without_base
from knockon.serve.settings import ServerSettings
from knockon.serve.sparql_request import ProtocolRequest
from knockon.serve.state import ServerState
from knockon.sparql.update import GraphChanges
from knockon.store.folder_reader import FolderReader
from knockon.store.updates import UPDATES, UpdateReport
from knockon.worker.update import changes_of


def authorize(settings: ServerSettings, request: Request) -> None:
    """Check that a request may change the store.

    Raises
    ------
    RequestProblem
        The server is read-only (status 403), or the request lacks the token (401).
    """
    if not settings.writable:
        raise RequestProblem(403, "this server is read-only; it accepts updates if it is started with --writable")
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not is_token(settings, token):
        raise RequestProblem(401, "send the token: Authorization: Bearer TOKEN", {"WWW-Authenticate": 'Bearer realm="knockon"'})


def is_token(settings: ServerSettings, token: str) -> bool:
    """Return whether a text is the token of the server, in a time that says nothing of it."""
    return hmac.compare_digest(token.strip().encode(), (settings.token or "").encode())


async def update(state: ServerState, request: Request, asked: ProtocolRequest) -> Response:
    """Apply an update of the SPARQL protocol; the answer is a report in JSON, after which every query sees the change."""
    authorize(state.settings, request)
    text = with_base(asked.text, lambda: str(request.url.replace(query="")))
    graphs, limits = (asked.default_graphs, asked.named_graphs or ()), state.settings.limits
    try:
        report = await change(state, lambda store: changes_of(store.content(), text, UPDATES, graphs, limits))
    except QuerySyntaxError as error:
        if text is not asked.text:
            raise type(error)(without_base(str(error))) from None
        raise
    # Where other data sets were read from is a path of this machine.
    data_sets = tuple(replace(change, origin="", replaced_origin="") for change in report.data_sets)
    return JSONResponse(replace(report, data_sets=data_sets).to_dict(), headers={"Cache-Control": "no-store"})


async def change(state: ServerState, changes_of: Callable[[FolderReader], GraphChanges]) -> UpdateReport:
    """Change the store; concurrent changes wait for each other.

    Parameters
    ----------
    state
        The server.
    changes_of
        Returns what to change, while nobody else can change the store.

    Raises
    ------
    KnockonError
        See ``FolderStore.update``.
    """
    async with state.writing:
        return await asyncio.to_thread(_change, state, changes_of)


def _change(state: ServerState, changes_of: Callable[[FolderReader], GraphChanges]) -> UpdateReport:
    assert state.writer is not None  # noqa: S101 - requests are authorized before
    with changing(state):
        return state.writer.update(changes_of)


@contextmanager
def changing(state: ServerState) -> Iterator[None]:
    """Follow a change of the store, and tell the client of its faults without a word about this machine.

    Raises
    ------
    PoolFull
        Another process changes the store.
    RequestProblem
        The store cannot be changed: status 500, and 507 if the disk is full.
    """
    try:
        yield
    except StoreBusy:
        raise PoolFull("another process is changing the store; try again later") from None
    except KnockonError as error:
        if state.writer is None or str(state.writer.folder) not in str(error):
            raise
        # It is about this machine (a full disk, permissions), and so for whoever runs the server.
        sys.stderr.write(f"the store cannot be changed: {error}\n")
        status = 507 if isinstance(error, LimitReached) else 500
        raise RequestProblem(status, "the store cannot be changed; the reason is in the log of the server") from None
    finally:
        state.snapshots.refresh()
