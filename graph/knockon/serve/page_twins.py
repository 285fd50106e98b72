"""The data of pages that are no answer of the API: the same content as JSON, and as CSV where it is a table."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from knockon.analysis.answer import JsonObject
from knockon.present.tables.tables import render
from knockon.serve.api import Handler, chosen_form
from knockon.serve.entity_tags import CACHED, entity_tag, not_modified
from knockon.serve.state import ServerState
from knockon.text import json_text

#: Rows, and the columns that a table of them has.
Rows = tuple[Sequence[dict[str, Any]], Sequence[str]]


class PageData(NamedTuple):
    """What a page shows.

    Parameters
    ----------
    name
        Its name, with which the addresses of its data begin.
    content
        Returns it.
    rows
        Returns its table; None where it has none.
    lasting
        Whether it stays the same as long as the store and the day do.
    """

    name: str
    content: Callable[[Request], Awaitable[JsonObject]]
    rows: Callable[[Any], Rows] | None = None
    lasting: bool = True

    @property
    def forms(self) -> tuple[str, ...]:
        """The forms of its data."""
        return ("json", "csv") if self.rows else ("json",)

    def twins(self, root: str) -> dict[str, str]:
        """Return the addresses of its data, by the name of their form."""
        return {form.upper(): f"{root}/{self.name}.{form}" for form in self.forms}


def page_routes(state: ServerState, path: str, page: Handler, data: PageData, post: Handler | None = None) -> list[BaseRoute]:
    """Return the routes of a page and of its data, which are chosen by ``Accept`` or the ending of the address.

    Parameters
    ----------
    state
        The state of the server.
    path
        The path of the page.
    page
        The handler of the page.
    data
        What it shows.
    post
        The handler of what is sent to the page; None: nothing is.
    """

    async def handler(request: Request) -> Response:
        if post is not None and request.method == "POST":
            return await post(request)
        named = request.path_params.get("form", "")
        chosen = chosen_form(data.name, data.forms, named, request, html=not named)
        if chosen.name == "html":
            return await page(request)
        headers = {**CACHED, "Content-Type": chosen.content_type}
        tag = entity_tag(state.snapshot, request, data.name, chosen)
        if data.lasting and (known := not_modified(request, tag)):
            return known
        content = await data.content(request)
        if not data.lasting:
            headers["Cache-Control"] = "no-store"
        elif tag == entity_tag(state.snapshot, request, data.name, chosen):
            headers["ETag"] = tag
        if data.rows is not None and chosen.name == "csv":
            rows, columns = data.rows(content)
            return Response(render(rows, columns, "csv"), headers=headers)
        return Response(json_text(content), headers=headers)

    methods = ["GET", "POST"] if post else ["GET"]
    return [Route(path, handler, methods=methods), Route(f"/{data.name}.{{form}}", handler)]


def matrix_rows(content: Any) -> Rows:
    """Return a row for each shock of the first page: what it takes from the entities, one column each."""
    entities = [entity["iri"] for entity in content["entities"]]
    columns = ["shock", "label", "affected"]
    rows = [
        {column: each[column] for column in columns} | dict(zip(entities, each["losses"], strict=True))
        for each in content["shocks"]
    ]
    return rows, [*columns, *entities]


def pair_rows(content: Any) -> Rows:
    """Return a row for each pair of entities that may be one."""
    rows = [
        {"first": first, "first_label": name, "second": second, "second_label": other, "why": pair["why"]}
        for pair in content["pairs"]
        for (first, name), (second, other) in [pair["ends"]]
    ]
    return rows, ["first", "first_label", "second", "second_label", "why"]


def data_set_rows(content: Any) -> Rows:
    """Return a row for each data set, with its licence."""
    columns = ["name", "title", "license", "issued", "loaded", "records", "documents", "last_issued", "last_retrieved"]
    return content["data_sets"], columns


def proposal_rows(content: Any) -> Rows:
    """Return a row for each proposal."""
    return content["proposals"], ["id", "statement", "stance", "state", "by", "decided", "file", "proposer", "day"]


__all__ = ["PageData", "data_set_rows", "matrix_rows", "page_routes", "pair_rows", "proposal_rows"]
