"""``/api/...``: the questions over HTTP, in JSON, CSV and RDF; the data behind pages; and the IRIs of records."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from functools import cache, partial
from urllib.parse import parse_qsl, quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from knockon.analysis.answer import JsonObject, JsonValue
from knockon.errors import NotFound, UsageError
from knockon.serve.entity_tags import CACHED, entity_tag, not_modified
from knockon.serve.media_types import MEDIA_TYPES
from knockon.serve.negotiation import Format, Offers, not_acceptable
from knockon.serve.problems import RequestProblem
from knockon.serve.query_request import gone_of
from knockon.serve.question import Question
from knockon.serve.questions import QUESTIONS
from knockon.serve.state import ServerState
from knockon.text import json_text
from knockon.vocabulary import PREFIXES

#: A handler of requests, such as that of a page.
Handler = Callable[[Request], Awaitable[Response]]
#: The most parameters in the query of an address.
_MOST_PARAMETERS = 1_000
_HTML = "text/html"


def routes(state: ServerState) -> list[BaseRoute]:
    """Return the routes of this part."""
    asked = [question for question in QUESTIONS.values() if state.settings.documents or not question.needs_documents]
    return [
        Route("/api/openapi.json", partial(_description, state)),
        *(Route(question.path, partial(_question, state, question), methods=["GET", "POST"]) for question in asked),
        *(Route(f"{question.path}.{{form}}", partial(_question, state, question)) for question in asked),
        Route("/id/{name:path}", partial(_record, state, "")),
        Route("/local/{name:path}", partial(_record, state, PREFIXES["my"])),
    ]


def data_routes(state: ServerState, path: str, name: str, page: Handler | None = None) -> list[BaseRoute]:
    """Return the routes of a page and of the data behind it, which are an answer to a question.

    The page is sent to clients that prefer HTML; the others get a form of the answer, by ``Accept`` or by the ending of the
    address: ``.json``, ``.csv``, ``.ttl``. Parameters of the question may be in the query of the address.

    Parameters
    ----------
    state
        The state of the server.
    path
        The path of the page; a part of it in braces, the last one, is a parameter of the question.
    name
        The name of the question.
    page
        The handler of the page; None where there is none.
    """
    question = QUESTIONS[name]
    parameter = path.rpartition("{")[2].partition(":")[0].removesuffix("}") if "{" in path else ""
    handler = partial(_page, state, question, parameter, page)
    return [Route(path, handler), *([] if parameter else [Route(f"{path}.{{form}}", handler)])]


async def answer(state: ServerState, request: Request, question: Question, values: JsonObject, chosen: Format) -> Response:
    """Return the answer to a question in a form, or status 304 to a client that has it already.

    Raises
    ------
    UsageError
        The values do not fit the question.
    KnockonError
        As ``WorkerPool.ask_question`` raises it.
    """
    tag = entity_tag(state.snapshot, request, question.name, values, chosen)
    # No cache keeps the words of documents.
    repeatable = request.method in ("GET", "HEAD") and not question.needs_documents
    if repeatable and (known := not_modified(request, tag)):
        return known
    client = request.client.host if request.client else ""
    content = await state.pool.ask_question(question.name, values, chosen.name, client=client, gone=gone_of(request))
    headers = {**CACHED, "Content-Type": chosen.content_type}
    if question.needs_documents:
        headers["Cache-Control"] = "no-store"
    # What was computed while the data or the day changed may be of either side.
    if repeatable and tag == entity_tag(state.snapshot, request, question.name, values, chosen):
        headers["ETag"] = tag
    return Response(content, headers=headers)


async def _question(state: ServerState, question: Question, request: Request) -> Response:
    chosen = chosen_form(question.name, question.forms, request.path_params.get("form", ""), request)
    if request.method == "POST":
        if request.url.query:
            raise UsageError("the parameters of a POST are in its body")
        return await answer(state, request, question, question.read(await _body(request)), chosen)
    return await answer(state, request, question, question.read_query(_pairs(request)), chosen)


async def _page(state: ServerState, question: Question, parameter: str, page: Handler | None, request: Request) -> Response:
    form, value = request.path_params.get("form", ""), request.path_params.get(parameter, "")
    stem, _, ending = value.rpartition(".")
    if stem and ending in question.forms:
        form, value = ending, stem
    chosen = chosen_form(question.name, question.forms, form, request, html=page is not None)
    if page is not None and chosen.media_type == _HTML:
        return await page(request)
    pairs = [*_pairs(request), *([(parameter, value)] if parameter else [])]
    return await answer(state, request, question, question.read_query(pairs), chosen)


def chosen_form(name: str, forms: Sequence[str], form: str, request: Request, *, html: bool = False) -> Format:
    """Return the form of an answer that an address names, or that the client prefers.

    Parameters
    ----------
    name, forms
        What is asked for, and the forms that it has.
    form
        The form that the address names; empty: none.
    request
        The request, which says what the client prefers.
    html
        Whether there is a page, too.

    Raises
    ------
    NotFound
        There is no form of that name.
    RequestProblem
        There is no form that the client accepts.
    """
    if form:
        if form not in forms:
            raise NotFound("form", form, hint=f"({name} has {', '.join(forms)})")
        return Format(form, MEDIA_TYPES[form])
    known = {**({"html": (_HTML,)} if html else {}), **{each: (MEDIA_TYPES[each],) for each in forms}}
    offers = Offers(known)
    chosen = offers.choose(request.headers.get("accept"))
    if chosen is None:
        raise not_acceptable(name, offers)
    return chosen


def _pairs(request: Request) -> list[tuple[str, str]]:
    """Return the names and texts in the query of an address.

    Raises
    ------
    UsageError
        They are not UTF-8, or too many.
    """
    try:
        query = request.scope["query_string"].decode("ascii")
        return parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=_MOST_PARAMETERS)
    except UnicodeDecodeError:
        raise UsageError("the query of the address is not UTF-8, percent-encoded") from None
    except ValueError:
        raise UsageError(f"the query of the address has more than {_MOST_PARAMETERS:,} parameters") from None


async def _body(request: Request) -> JsonObject:
    """Return the JSON object in the body of a request.

    Raises
    ------
    RequestProblem
        It is of another media type.
    UsageError
        It is not valid JSON in UTF-8, not an object, or has a name twice.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != MEDIA_TYPES["json"]:
        raise RequestProblem(415, f"the body of the request must be {MEDIA_TYPES['json']}")
    try:
        value = json.loads((await request.body()).decode(), object_pairs_hook=_unique, parse_constant=_refuse)
        # Half of a surrogate pair can be written in JSON, and nowhere else.
        json.dumps(value, ensure_ascii=False).encode()
    except RecursionError:
        raise UsageError("the body of the request is nested too deeply") from None
    except UnicodeDecodeError as error:
        raise UsageError(f"the body of the request is not UTF-8 (byte {error.start})") from None
    except UnicodeEncodeError:
        raise UsageError("the body of the request has half of a surrogate pair") from None
    except ValueError as error:
        raise UsageError(f"the body of the request is not JSON: {error}") from None
    if not isinstance(value, dict):
        raise UsageError("the body of the request must be a JSON object with the parameters of the question")
    return value


def _unique(pairs: Sequence[tuple[str, JsonValue]]) -> JsonObject:
    values = dict(pairs)
    if len(values) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"{next(name for name in names if names.count(name) > 1)[:80]!r} is given twice")
    return values


def _refuse(text: str) -> JsonValue:
    raise ValueError(f"{text} is not a number of JSON")


async def _description(state: ServerState, request: Request) -> Response:
    tag = entity_tag(state.snapshot, request)
    if known := not_modified(request, tag):
        return known
    settings = state.settings
    # The classes of all answers are imported for the first one.
    content = await asyncio.to_thread(_openapi, settings.documents is not None, settings.root_path)
    return Response(content, headers={**CACHED, "ETag": tag}, media_type=MEDIA_TYPES["json"])


@cache
def _openapi(documents: bool, root_path: str) -> bytes:
    from knockon.serve.openapi import openapi

    return json_text(openapi(documents=documents, root_path=root_path)).encode()


async def _record(state: ServerState, base: str, request: Request) -> Response:
    """Lead from the path of an IRI to what is known of its record: status 303, since the record itself cannot be sent."""
    name = quote(base + request.path_params["name"], safe="")
    return RedirectResponse(f"{state.settings.root_path}/entity/{name}", 303, {"Vary": "Accept"})


__all__ = ["Handler", "answer", "chosen_form", "data_routes", "routes"]
