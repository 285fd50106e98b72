"""Pages of proposals: the queue, one to decide on, and decisions, which need the token of the server."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qsl, quote

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from knockon.analysis.answer import JsonObject
from knockon.errors import InvalidData, KnockonError
from knockon.graph import Graph
from knockon.proposals.review import amendments
from knockon.serve.media_types import MEDIA_TYPES
from knockon.serve.page_twins import PageData, page_routes, proposal_rows
from knockon.serve.problems import RequestProblem, detail_of, status_of
from knockon.serve.query_request import gone_of
from knockon.serve.site import PAGE_POLICY, Site
from knockon.serve.state import ServerState
from knockon.serve.updating import changing, is_token
from knockon.store.folder import FolderStore
from knockon.text import json_text

#: What the buttons of the form are called.
_DECISIONS = ("accept", "reject", "reopen")
#: The most fields of the form.
_MOST_FIELDS = 20


def routes(state: ServerState, site: Site) -> list[BaseRoute]:
    """Return the routes of this part; none where the server has no queue of proposals."""
    if state.settings.proposals is None:
        return []
    pages = ProposalPages(state, site, state.settings.proposals)
    listed = PageData("proposals", lambda request: pages.content(request, "page:proposals", {}), proposal_rows, lasting=False)
    return [
        *page_routes(state, "/proposals", pages.listed, listed),
        Route("/proposals/{id}.json", pages.one_as_json),
        Route("/proposals/{id}", pages.one, methods=["GET", "POST"]),
    ]


class ProposalPages:
    """The handlers of the pages of proposals. They are made anew each time: the queue grows while the store stays the same."""

    def __init__(self, state: ServerState, site: Site, queue: Path) -> None:
        self.state, self.site, self.queue = state, site, queue

    async def listed(self, request: Request) -> Response:
        """Answer with all proposals."""
        twins = {form.upper(): f"{self.site.root}/proposals.{form}" for form in ("json", "csv")}
        return await self._answer(request, "proposals.html", "page:proposals", {}, twins=twins)

    async def one_as_json(self, request: Request) -> Response:
        """Answer with the data of the page of a proposal."""
        content = await self.content(request, "page:proposal", {"id": request.path_params["id"]})
        return Response(json_text(content), headers={"Cache-Control": "no-store", "Content-Type": MEDIA_TYPES["json"]})

    async def one(self, request: Request) -> Response:
        """Answer with one proposal: its words, what the graph says about it, and what it would change; or take a decision."""
        if request.method == "POST":
            return await self.decide(request)
        return await self._answer(request, "proposal.html", "page:proposal", {"id": request.path_params["id"]})

    async def decide(self, request: Request) -> Response:
        """Take a decision from the form of a proposal, and answer with the next one that is open."""
        name = request.path_params["id"]
        try:
            form = self._form(await request.body())
            async with self.state.writing:
                await asyncio.to_thread(self._decide, name, form)
        except KnockonError as error:
            return self._problem(error)
        shown = json.loads(await self._ask(request, "page:proposals", {}))["proposals"]
        # The token goes into the next form, and nowhere else: no cookie, no address, nothing that is kept.
        known = {"token": form["token"], "by": form["by"]}
        waiting = [row["id"] for row in shown if row["state"] == "open"]
        if not waiting:
            return await self._answer(request, "proposals.html", "page:proposals", {})
        return await self._answer(request, "proposal.html", "page:proposal", {"id": waiting[0]}, **known)

    def _form(self, body: bytes) -> dict[str, str]:
        """Return the values of the form.

        Raises
        ------
        RequestProblem
            The server is read-only, the token is wrong, or the form is another one.
        """
        if not self.state.settings.writable:
            raise RequestProblem(403, "this server is read-only; it takes decisions if it is started with --writable")
        try:
            values = dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS))
        except ValueError:
            raise RequestProblem(400, "the form cannot be read") from None
        form = {name: values.get(name, "").strip() for name in ("token", "by", "decision", "fields", "reason")}
        if not is_token(self.state.settings, form["token"]):
            raise RequestProblem(401, "the token is wrong", {"WWW-Authenticate": 'Bearer realm="knockon"'})
        if form["decision"] not in _DECISIONS:
            raise RequestProblem(400, f"decision is one of {', '.join(_DECISIONS)}")
        if not form["by"]:
            raise RequestProblem(400, "say who decides")
        return form

    def _decide(self, name: str, form: Mapping[str, str]) -> None:
        """Write the decision, and load the accepted records."""
        store = self.state.snapshot.store
        graph = Graph(FolderStore(store.folder) if isinstance(store, FolderStore) else store)
        decision: Any = form["decision"]
        fields = amendments(form["fields"].split(";")) if decision == "accept" else None
        documents = self.state.settings.documents
        with changing(self.state):
            graph.decide_proposal(
                name, decision, self.queue, by=form["by"], documents=documents, fields=fields or None, reason=form["reason"]
            )

    async def _ask(self, request: Request, question: str, values: JsonObject) -> bytes:
        client = request.client.host if request.client else ""
        asked = {**values, "queue": str(self.queue)}
        return await self.state.pool.ask_question(question, asked, client=client, gone=gone_of(request))

    async def content(self, request: Request, question: str, values: JsonObject) -> JsonObject:
        """Return what a page shows, without paths of this machine."""
        content = cast("dict[str, Any]", json.loads(await self._ask(request, question, values)))
        if fault := content.get("review", {}).get("document_fault"):
            content["review"]["document_fault"] = self.state.settings.without_paths(fault)
        return content

    async def _answer(self, request: Request, template: str, question: str, values: JsonObject, **known: Any) -> Response:
        try:
            content: dict[str, Any] = {**await self.content(request, question, values)}
        except KnockonError as error:
            return self._problem(error)
        if "review" in content:
            name = quote(content["review"]["proposal"]["id"], safe="")
            known["twins"] = {"JSON": f"{self.site.root}/proposals/{name}.json"}
        page = self.site.render(template, **{"token": "", "by": "", **content, **known})
        return HTMLResponse(page, headers=_HEADERS)

    def _problem(self, error: KnockonError) -> Response:
        """Return an error as a page, without the path of a file."""
        status = status_of(error)
        detail = detail_of(error, self.state.settings) if status != 500 else "The server cannot answer this."
        if isinstance(error, InvalidData):
            detail = self.state.settings.without_paths("; ".join(problem.message for problem in error.problems[:5]))
        headers = {**_HEADERS, **({"Retry-After": "1"} if status == 503 else {})}
        headers |= error.headers if isinstance(error, RequestProblem) else {}
        return HTMLResponse(self.site.render("problem.html", status=status, detail=detail), status, headers)


_HEADERS = {"Cache-Control": "no-store", "Content-Security-Policy": PAGE_POLICY}

__all__ = ["routes"]
