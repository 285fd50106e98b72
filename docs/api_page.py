"""The page of the JSON API: every question with its parameters and answer, from the registry that the server uses too."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from answers_page import anchor, heading
from knockon.serve.media_types import MEDIA_TYPES
from knockon.serve.openapi import STATUSES
from knockon.serve.parameters import OPTIONS, Parameter
from knockon.serve.question import Question
from knockon.serve.questions import QUESTIONS


def page() -> str:
    """Return the page as Markdown; ``answers_page.page`` has been called before, which gives answers their headings."""
    lines = [
        "# JSON API", "",
        "Written by `make docs` from `graph/knockon/serve/`. `knockon serve` answers these questions; for programs they are",
        "described in OpenAPI 3.1 at `/api/openapi.json`.", "",
        "A question is asked by `GET` with parameters in the query, or by `POST` with a JSON object of them. A list is given",
        "by repeating the parameter; an object by repeating it with `NAME=VALUE`. What is not given has its default.", "",
        "The answer is JSON, the `to_dict()` of the answer in Python, or another form that the ending of the address or the",
        "`Accept` header names:", "",
        *(f"- `.{form}`: `{media_type}`" for form, media_type in MEDIA_TYPES.items()), "",
        "The path of a record, `/entity/NAME`, has the same forms; `/id/NAME` leads there.", "",
        "A `GET` has an `ETag`, which changes with the data and with the day; `If-None-Match` gets status 304 before anything",
        "is computed. Errors are `application/problem+json` (RFC 9457) with a `title`, a `status` and a `detail`:", "",
        "| Status | Means |", "|---|---|", *(f"| {status} | {meaning} |" for status, meaning in STATUSES.items()), "",
    ]  # fmt: skip
    for question in QUESTIONS.values():
        lines += _question(question)
    lines += ["## Options", "", "Questions about losses take these, or some of them, as their tables show.", ""]
    return "\n".join([*lines, *_table(OPTIONS), ""])


def _question(question: Question) -> Iterator[str]:
    yield from (f"## {question.path}", "", question.summary, "")
    if question.needs_documents:
        yield from ("Only where the server has a folder of documents: `knockon serve --documents FOLDER`.", "")
    yield from ("```http", f"GET {question.address(question.example)}", "```", "")
    if any(isinstance(value, dict) for value in question.example.values()):
        body = json.dumps(question.example)
        yield from ("```http", f"POST {question.path}", "Content-Type: application/json", "", body, "```", "")
    own = [parameter for parameter in question.parameters if parameter not in OPTIONS]
    taken = [f"`{parameter.name}`" for parameter in question.parameters if parameter in OPTIONS]
    yield from (*_table(own), "") if own else ()
    if taken:
        yield from (f"And [options](#options): {', '.join(taken)}.", "")
    name = heading(question.answer_class)
    answer = f"[{name}](answers.md#{anchor(name)})"
    yield from (f"Answer: {f'a list of {answer}' if question.many else answer}. Forms: {', '.join(question.forms)}.", "")


def _table(parameters: Sequence[Parameter]) -> Iterator[str]:
    yield from ("| Parameter | Type | Default | Means |", "|---|---|---|---|")
    for parameter in parameters:
        meaning = parameter.description.replace("|", "\\|")
        default = "" if parameter.default is None else f"`{json.dumps(parameter.default)}`"
        yield f"| `{parameter.name}` | {_type(parameter)} | {'required' if parameter.required else default} | {meaning} |"


def _type(parameter: Parameter) -> str:
    if parameter.schema["type"] == "array":
        return "list of strings"
    if "properties" in parameter.schema:
        return "object of options"
    if parameter.schema["type"] == "object":
        return "object"
    words = parameter.schema.get("enum")
    return ", ".join(f"`{word}`" for word in words) if isinstance(words, list) else str(parameter.schema["type"])


__all__ = ["page"]
