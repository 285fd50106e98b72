"""schemathesis on the description of the API: whatever is sent, the answer is one of those that are documented."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis.strategies import booleans

from knockon.serve.openapi import openapi
from knockon.serve.questions import QUESTIONS
from knockon.serve.settings import ServerSettings
from knockon.sparql.limits import Limits
from support.http_server import HttpServer, running

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
    assert sorted(operations()) == sorted(OPERATIONS)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", ["get /api/entity.{form}", "post /api/query"])
def test_some_operations(server: HttpServer, name: str, mode: Mode) -> None:
    """A few requests of a few operations: the short form of the test below."""
    tries(server, name, mode, 3)


@pytest.mark.slow
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation(hasty: HttpServer, name: str, mode: Mode) -> None:
    """Many requests of every operation; without parameters there are no wrong ones."""
    if mode == "positive" or [*operations()[name].iter_parameters()] or operations()[name].body:
        tries(hasty, name, mode, 40)
