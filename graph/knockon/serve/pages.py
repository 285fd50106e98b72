"""The web app: pages made on the server, which work without scripts, the explorer and the SPARQL editor."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from knockon.analysis.answer import JsonObject
from knockon.errors import KnockonError, LimitReached, PoolFull
from knockon.serve import proposing
from knockon.serve.api import Handler, data_routes
from knockon.serve.entity_tags import entity_tag, not_modified
from knockon.serve.judging import judge
from knockon.serve.kept_answers import KeptAnswers
from knockon.serve.page_twins import PageData, data_set_rows, matrix_rows, page_routes, pair_rows
from knockon.serve.problems import detail_of, status_of
from knockon.serve.query_request import gone_of
from knockon.serve.questions import QUESTIONS
from knockon.serve.site import CACHED, EDITOR_POLICY, PAGE_POLICY, Site, static_file
from knockon.serve.state import ServerState

#: What the editor opens with.
_EXAMPLE = "SELECT ?company ?label WHERE {\n  ?company a ko:Company ; rdfs:label ?label .\n}\nLIMIT 50\n"


def routes(state: ServerState) -> list[BaseRoute]:
    """Return the routes of this part."""
    pages = Pages(state)
    html = pages.route

    async def judged(request: Request) -> Response:
        return await judge(state, request)

    return [
        *page_routes(state, "/", html(pages.home), pages.data["home"]),
        Route("/static/{name}", static_file),
        Route("/explorer", html(pages.explorer)),
        Route("/explorer/data.json", pages.explorer_data),
        *data_routes(state, "/search", "search", html(pages.search)),
        *data_routes(state, "/entity/{name:path}", "entity", html(pages.entity)),
        *data_routes(state, "/shocks", "shocks", html(pages.shocks)),
        *data_routes(state, "/shock/{shock:path}", "impact", html(pages.shock)),
        *data_routes(state, "/queries", "queries", html(pages.queries)),
        Route("/query/{name}", html(pages.query)),
        *data_routes(state, "/sources", "documents", html(pages.sources)),
        *page_routes(state, "/identity", html(pages.identity), pages.data["identity"], judged),
        *proposing.routes(state, pages.site),
        *page_routes(state, "/about", html(pages.about), pages.data["about"]),
        Route("/editor", html(pages.editor, EDITOR_POLICY)),
        Route("/editor/terms.json", pages.terms),
    ]


class Pages:
    """The handlers of the pages of one server."""

    def __init__(self, state: ServerState) -> None:
        self.state, self.site = state, Site(state.settings)
        self._kept = KeptAnswers(lambda name, values, gone: state.pool.ask_question(name, values, gone=gone))
        #: What pages show that are no answer of the API, by their names.
        self.data = {
            data.name: data
            for data in (
                PageData("home", self.home_data, matrix_rows),
                PageData("identity", lambda _: self.kept("page:identity"), pair_rows),
                PageData("about", self.about_data, data_set_rows),
            )
        }

    def route(self, page: Callable[[Request], Awaitable[Response]], policy: str = PAGE_POLICY) -> Handler:
        """Return the handler of a page: an unchanged page is not made again, and an error is a page too."""

        async def handler(request: Request) -> Response:
            # The query of the address belongs to the page, as its path does.
            tag = entity_tag(self.state.snapshot, request, "page", request.url.query)
            if known := not_modified(request, tag):
                # Its headers take the place of those that a browser has kept with the page.
                known.headers["Content-Security-Policy"] = policy
                return known
            try:
                response = await page(request)
            except KnockonError as error:
                return self._problem(error)
            # What was made while the data or the day changed may be of either side.
            if tag == entity_tag(self.state.snapshot, request, "page", request.url.query):
                response.headers["ETag"] = tag
            for name, value in {**CACHED, "Content-Security-Policy": policy}.items():
                response.headers.setdefault(name, value)
            return response

        return handler

    def _problem(self, error: KnockonError) -> Response:
        status = status_of(error)
        headers = {"Cache-Control": "no-store", "Content-Security-Policy": PAGE_POLICY}
        if status == 503:
            headers["Retry-After"] = "1"
        detail = detail_of(error, self.state.settings) if status != 500 else "The server cannot answer this."
        return HTMLResponse(self.site.render("problem.html", status=status, detail=detail), status, headers)

    async def ask(self, request: Request, question: str, values: JsonObject) -> Any:
        """Return the answer to a question, as a worker gives it; a client that hangs up frees the worker."""
        client = request.client.host if request.client else ""
        gone = gone_of(request)
        return json.loads(await self.state.pool.ask_question(question, values, client=client, gone=gone))

    async def kept(self, question: str) -> Any:
        """Return an answer that is the same for every request, made once for each state of the store and each day."""
        return json.loads(await self._kept_bytes(question, {}))

    async def _kept_bytes(self, name: str, values: JsonObject, request: Request | None = None) -> bytes:
        gone = None if request is None else gone_of(request)
        return await self._kept.get(self.site.state_tag(self.state.snapshot), name, values, gone)

    def _page(self, template: str, **content: Any) -> Response:
        return HTMLResponse(self.site.render(template, **content))

    async def home(self, request: Request) -> Response:
        """Answer with the search, the matrix of shocks, and how recent the data are."""
        return self._page("home.html", twins=self.data["home"].twins(self.site.root), **await self.home_data(request))

    async def home_data(self, _: Request) -> JsonObject:
        """Return the shocks with their losses, why there are none, and how recent the data are."""
        try:
            matrix, problem = await self.kept("page:matrix"), ""
        except LimitReached as error:
            # Of a large graph all shocks take longer than one question may; a full pool is an error of the page.
            if isinstance(error, PoolFull):
                raise
            matrix, problem = {"shocks": [], "entities": []}, str(error)
        return {**matrix, "problem": problem, "freshness": await self.kept("freshness")}

    async def search(self, request: Request) -> Response:
        """Answer with the records that match a text."""
        text = request.query_params.get("text", "").strip()
        found = await self.ask(request, "search", {"text": text, "top": 50}) if text else None
        twins = self.site.twins("search", {"text": text}) if text else {}
        return self._page("search.html", text=text, found=found, twins=twins)

    async def entity(self, request: Request) -> Response:
        """Answer with what is known of a record."""
        name = request.path_params["name"]
        content = await self.ask(request, "page:entity", {"name": name})
        return self._page("entity.html", twins=self.site.twins("entity", {"name": name}), **content)

    async def shocks(self, _: Request) -> Response:
        """Answer with all shocks, and how far they reach."""
        return self._page("shocks.html", shocks=await self.kept("shocks"), twins=self.site.twins("shocks", {}))

    async def shock(self, request: Request) -> Response:
        """Answer with the run of a shock."""
        question = QUESTIONS["impact"]
        pairs = [("shock", request.path_params["shock"]), *request.query_params.multi_items()]
        values = question.read_query(pairs)
        content = await self.ask(request, "page:shock", values)
        return self._page("shock.html", twins=self.site.twins("impact", values), **content)

    async def queries(self, _: Request) -> Response:
        """Answer with the library of queries."""
        return self._page("queries.html", queries=await self.kept("queries"), twins=self.site.twins("queries", {}))

    async def query(self, request: Request) -> Response:
        """Answer with a query of the library, a form for its parameters, and its rows."""
        name = request.path_params["name"]
        known = {query["name"]: query for query in await self.kept("queries")}.get(name)
        given = {key: value.strip() for key, value in request.query_params.items() if value.strip()}
        content: dict[str, Any] = {"answer": None, "sparql": known["text"] if known else "", "problem": ""}
        param: JsonObject = {"param": dict(given)} if given else {}
        values = QUESTIONS["query"].read({"name": name, **param})
        asks = known is None or not any(each["default"] is None and each["name"] not in given for each in known["parameters"])
        status = 200
        if asks:
            try:
                content |= await self.ask(request, "page:query", values)
            except KnockonError as error:
                if known is None:
                    raise
                content["problem"], status = str(error), status_of(error)
        page = self._page("query.html", query=known, given=given, twins=self.site.twins("query", values), **content)
        page.status_code = status
        return page

    async def sources(self, _: Request) -> Response:
        """Answer with the documents."""
        return self._page(
            "sources.html",
            documents=await self.kept("documents"),
            quotes=self.state.settings.documents is not None,
            twins=self.site.twins("documents", {}),
        )

    async def identity(self, _: Request) -> Response:
        """Answer with the pairs of entities that may be one."""
        twins = self.data["identity"].twins(self.site.root)
        return self._page("identity.html", twins=twins, **await self.kept("page:identity"))

    async def about(self, request: Request) -> Response:
        """Answer with the version, the data sets and their licences, and what to bear in mind."""
        content: Any = await self.about_data(request)
        return self._page("about.html", freshness=content, twins=self.data["about"].twins(self.site.root), **content)

    async def about_data(self, _: Request) -> JsonObject:
        """Return the version, the state of the content, and the data sets with their licences."""
        from knockon import __version__

        freshness = await self.kept("freshness")
        for data_set, known in zip(freshness["data_sets"], self.state.snapshot.store.data_sets, strict=False):
            data_set["license"] = known.info.license or ""
        return {"version": __version__, "content": self.state.snapshot.revision, **freshness}

    async def explorer(self, request: Request) -> Response:
        """Answer with the explorer, which fetches its data."""
        from knockon.present.page.explorer import page

        values = self._chosen(request)
        address = f"{self.site.root}/explorer/data.json" + (f"?{urlencode(values, quote_via=quote)}" if values else "")
        title = ", ".join(info.info.title for info in self.state.snapshot.store.data_sets) or "Empty graph"
        site = {
            "home": f"{self.site.root}/", "script": self.site.static("explorer.js"), "style": self.site.static("explorer.css"),
        }  # fmt: skip
        return HTMLResponse(page({"title": title}, address, site))

    async def explorer_data(self, request: Request) -> Response:
        """Answer with the data of the explorer."""
        values = self._chosen(request)
        tag = entity_tag(self.state.snapshot, request, "page", values)
        if known := not_modified(request, tag):
            return known
        content = await self._explorer(request, values)
        return Response(content, headers={**CACHED, "ETag": tag}, media_type="application/json")

    async def _explorer(self, request: Request, values: JsonObject) -> bytes:
        save = f"{self.site.root}/identity" if self.state.settings.writable else ""
        return await self._kept_bytes("page:explorer", {**values, "site": self.site.root, "save": save}, request)

    @staticmethod
    def _chosen(request: Request) -> JsonObject:
        return {name: value for name in ("shock", "centre") if (value := request.query_params.get(name, "").strip())}

    async def editor(self, request: Request) -> Response:
        """Answer with the SPARQL editor: without scripts a form."""
        from knockon.vocabulary import PREFIXES

        lines = "".join(f"PREFIX {name}: <{PREFIXES[name]}>\n" for name in ("ko", "rdfs", "skos"))
        text = request.query_params.get("query") or lines + _EXAMPLE
        return self._page("editor.html", query=text)

    async def terms(self, request: Request) -> Response:
        """Answer with what the editor completes: classes and properties in use, the most used first, and prefixes."""
        from knockon.vocabulary import PREFIXES

        tag = entity_tag(self.state.snapshot, request, "page")
        if known := not_modified(request, tag):
            return known
        used = await self.kept("schema")
        content = {
            "prefixes": dict(PREFIXES),
            "class": [term["iri"] for term in used if term["kind"] == "class"],
            "property": [term["iri"] for term in used if term["kind"] == "property"],
            "queries": [{key: each[key] for key in ("name", "title", "text")} for each in await self.kept("queries")],
        }
        return JSONResponse(content, headers={**CACHED, "ETag": tag})


__all__ = ["Pages", "routes"]
