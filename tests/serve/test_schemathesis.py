"""schemathesis on the description of the API: whatever is sent, the answer is one of those that are documented."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given, settings
from hypothesis.strategies import booleans, dictionaries, fixed_dictionaries, integers, just, none, sampled_from, text

from knockon.serve.openapi import openapi
from knockon.serve.questions import QUESTIONS
from knockon.serve.settings import ServerSettings
from knockon.sparql.limits import Limits
from support.http_server import HttpServer, Reply, running
from support.json_schema import validate

# schemathesis and requests are imported where they are used: every process that collects the tests would import them.
if TYPE_CHECKING:
    import schemathesis

#: Every operation of the API: a method and a path.
OPERATIONS = [f"{method} {question.path}{form}" for question in QUESTIONS.values() if not question.needs_documents
              for method, form in (("get", ""), ("post", ""), ("get", ".{form}"))]  # fmt: skip
#: Requests that fit the description, or do not.
Mode = Literal["positive", "negative"]
MODES: tuple[Mode, ...] = ("positive", "negative")

#: The status of what takes longer than its limit, and of what finds no free worker.
DOCUMENTED_FAILURES = {503, 504}
#: The parameters that name records, which random texts hardly ever do.
NAMES = ("name", "entity", "source", "shock", "protect")


@pytest.fixture(scope="module")
def hasty(folder: Path) -> Iterator[HttpServer]:
    """A server that gives up after a few seconds, so that questions that take long are tried as well."""
    with running(ServerSettings(store=folder, port=0, workers=2, limits=Limits(seconds=4.0))) as server:
        yield server


@functools.cache
def operations() -> dict[str, Any]:
    import schemathesis

    found = (result.ok() for result in schemathesis.openapi.from_dict(openapi()).get_all_operations())
    return {f"{operation.method} {operation.path}": operation for operation in found}


def tries(server: HttpServer, name: str, mode: Mode, count: int) -> None:
    """Send some requests of one operation that fit its description, or do not, and check each answer against it.

    Half of those that fit name records that there are.
    """
    import requests
    from schemathesis import GenerationMode
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi.checks import positive_data_acceptance

    question = QUESTIONS[name.rpartition("/")[2].removesuffix(".{form}")]
    named = {key: value for key, value in question.example.items() if key in NAMES}
    session = requests.Session()

    @settings(max_examples=count)
    @given(case=operations()[name].as_strategy(GenerationMode(mode)), known=booleans())
    def send(case: schemathesis.Case, known: bool) -> None:
        values = case.query if case.method == "GET" else case.body
        if known and mode == "positive" and isinstance(values, dict):
            values.update(named)
        # Which names there are, and which parameters exclude each other, no schema states: what fits it may still be refused.
        excluded = [positive_data_acceptance]
        response = case.call(base_url=server.url, session=session, timeout=600)
        if response.status_code in DOCUMENTED_FAILURES:
            # It is an answer of the description, whose form is compared with it: on a busy machine many questions are stopped.
            excluded.append(not_a_server_error)
        case.validate_response(response, excluded_checks=excluded)

    send()


def test_every_operation_is_known() -> None:
    """The operations that are tried are those of the description."""
    described = [f"{method} {path}" for path, methods in openapi()["paths"].items() for method in methods]
    assert sorted(described) == sorted(OPERATIONS)


@pytest.mark.slow
def test_the_operations_of_the_description_are_read() -> None:
    """All of them, by schemathesis."""
    assert sorted(operations()) == sorted(OPERATIONS)


#: A value of a parameter: a name that there is, any text, or what is no text.
VALUES = text(max_size=20) | sampled_from(["nvidia", "who-depends-on", "../etc/passwd", "\0"]) | integers() | none()
QUERIES = text(max_size=9) | just("who-depends-on")
PARAMETERS = dictionaries(sampled_from(["entity", "x"]) | text(max_size=5), VALUES, max_size=2)


@given(
    name=VALUES, form=sampled_from([*QUESTIONS["entity"].forms, "xyz", "a.b"]), more=dictionaries(text(), text(), max_size=1)
)
def test_some_addresses(server: HttpServer, name: object, form: str, more: dict[str, str]) -> None:
    """The short form of the test below for what stands in an address; schemathesis takes seconds to load."""
    target = f"/api/entity.{quote(form)}?{urlencode({'name': name, **more})}"
    assert_documented(server.get(target), "get", "/api/entity.{form}")


@given(
    body=fixed_dictionaries({"name": QUERIES}, optional={"param": VALUES | PARAMETERS, "as_of": VALUES, "x": VALUES}) | VALUES
)
def test_some_bodies(server: HttpServer, body: object) -> None:
    """As above, for what stands in a body."""
    reply = server.request("POST", "/api/query", json.dumps(body), {"Content-Type": "application/json"})
    assert_documented(reply, "post", "/api/query")


def assert_documented(reply: Reply, method: str, path: str) -> None:
    """Compare status, media type and content of an answer with the description of its operation."""
    description = openapi()
    responses = description["paths"][path][method]["responses"]
    assert str(reply.status) in responses, reply.text
    response = responses[str(reply.status)]
    if "$ref" in response:
        response = description["components"]["responses"][response["$ref"].rpartition("/")[2]]
    media_type = reply.headers["content-type"].partition(";")[0]
    assert media_type in response["content"]
    if media_type in ("application/json", "application/problem+json"):
        validate(description, response["content"][media_type]["schema"], reply.json)


@pytest.mark.slow
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation(hasty: HttpServer, name: str, mode: Mode) -> None:
    """Many requests of every operation; without parameters there are no wrong ones."""
    if mode == "positive" or [*operations()[name].iter_parameters()] or operations()[name].body:
        tries(hasty, name, mode, 40)
