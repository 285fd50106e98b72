"""The description of the JSON API in OpenAPI 3.1, made of the questions, of the classes of their answers and of docstrings."""

from __future__ import annotations

import dataclasses
import enum
import sys
import types
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from http import HTTPStatus
from importlib import import_module
from typing import Any, ForwardRef, Literal, Union, cast, get_args, get_origin

from knockon import __version__
from knockon.analysis.answer import JsonObject, JsonValue
from knockon.analysis.answer_keys import answer_keys, meanings
from knockon.docstrings import summary
from knockon.serve.media_types import MEDIA_TYPES
from knockon.serve.parameters import OPTIONS, Parameter, may_be_none
from knockon.serve.question import Question
from knockon.serve.questions import QUESTIONS

#: What each status of an answer means; those of errors are problems (RFC 9457).
STATUSES: Mapping[int, str] = {
    200: "The answer.",
    304: "The answer is the one that the client has: its ETag is in If-None-Match.",
    400: "A parameter is unknown, missing, malformed or out of its range.",
    404: "The graph has no record of a name, or the question has no such form; similar names are in `nearest`.",
    406: "The question has no form that the client accepts; the detail lists those that there are.",
    408: "The body of the request did not arrive in time.",
    413: "The body of the request is too large.",
    415: "The body of the request is not JSON.",
    421: "The server has another name than the one in the Host header.",
    422: "The records that are asked contradict each other.",
    503: "All workers are busy; Retry-After says when to try again.",
    504: "The answer takes more time, memory or space than the server allows.",
}
_BODY = (408, 413, 415)
_PLAIN: Mapping[object, JsonObject] = {
    str: {"type": "string"}, int: {"type": "integer"}, float: {"type": "number"}, bool: {"type": "boolean"},
    type(None): {"type": "null"}, date: {"type": "string", "format": "date"},
}  # fmt: skip
#: Names in annotations that only type checkers import; the module that has each.
_IMPORTED = {
    "ImpactDifferences": "knockon.analysis.impact.impact_differences",
    "PortfolioLoss": "knockon.analysis.portfolio.portfolio_answer",
}


def openapi(*, documents: bool = False, root_path: str = "") -> JsonObject:
    """Return the description of the API.

    Parameters
    ----------
    documents
        Whether the server has a folder of documents that it quotes.
    root_path
        The path below which the server is published.

    Examples
    --------
    >>> sorted(openapi()["paths"])[:2]
    ['/api/chokepoints', '/api/chokepoints.{form}']
    """
    schemas = AnswerSchemas()
    paths: JsonObject = {}
    for question in QUESTIONS.values():
        if documents or not question.needs_documents:
            paths[question.path] = {"get": _operation(question, schemas, "get"), "post": _operation(question, schemas, "post")}
            paths[f"{question.path}.{{form}}"] = {"get": _operation(question, schemas, "form")}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Knock-on",
            "version": __version__,
            "summary": "What companies depend on, and how a shock propagates through it.",
            "description": "Every answer is that of the method of knockon.Graph of the same name. It is about today unless "
            "`as_of` names another day. A GET has an ETag, which changes with the data and with the day.",
        },
        "servers": [{"url": root_path or "/"}],
        "paths": paths,
        "components": {
            "schemas": {**schemas.written, "Problem": _PROBLEM},
            "parameters": {option.name: _query_parameter(option) for option in OPTIONS},
            "responses": _problems(),
        },
    }


def _operation(question: Question, schemas: AnswerSchemas, kind: str) -> JsonObject:
    """Return one operation: ``get``, ``post`` with parameters in JSON, or ``form``, where the address names the form."""
    operation: JsonObject = {
        "operationId": question.name if kind == "get" else f"{question.name}-{kind}",
        "summary": question.summary,
        "responses": _responses(question, schemas, kind),
    }
    if kind == "post":
        body: JsonObject = {"schema": body_schema(question), "example": dict(question.example)}
        operation["requestBody"] = {"required": True, "content": {"application/json": body}}
        return operation
    parameters: list[JsonValue] = [
        {"$ref": f"#/components/parameters/{parameter.name}"}
        if parameter in OPTIONS
        else _query_parameter(parameter, question.example.get(parameter.name))
        for parameter in question.parameters
    ]
    if kind == "form":
        forms: JsonObject = {"type": "string", "enum": list(question.forms)}
        parameters.insert(0, {"name": "form", "in": "path", "required": True, "schema": forms})
    operation["parameters"] = parameters
    return operation


def body_schema(question: Question) -> JsonObject:
    """Return the schema of the parameters of a question in one JSON object, where those that may be None may be null."""
    properties: JsonObject = {}
    for parameter in question.parameters:
        schema: JsonObject = {**parameter.schema, "description": parameter.description}
        if may_be_none(parameter.annotation):
            schema["type"] = [cast("str", schema["type"]), "null"]
            if "enum" in schema:
                schema["enum"] = [*cast("list[JsonValue]", schema["enum"]), None]
        properties[parameter.name] = schema | _default(parameter)
    required: list[JsonValue] = [parameter.name for parameter in question.parameters if parameter.required]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _default(parameter: Parameter) -> JsonObject:
    return {} if parameter.required or parameter.default is None else {"default": parameter.default}


def _query_parameter(parameter: Parameter, example: JsonValue = None) -> JsonObject:
    """Return a parameter in the query of an address; pairs are texts NAME=VALUE, as on the command line."""
    schema, description = parameter.schema | _default(parameter), parameter.description
    if schema["type"] == "object":
        schema = {"type": "array", "items": {"type": "string", "pattern": "^[^=]+=.*$"}}
        description += " Each as NAME=VALUE; the parameter may be repeated."
    return {
        "name": parameter.name, "in": "query", "required": parameter.required, "description": description, "schema": schema,
        **({"style": "form", "explode": True} if parameter.repeats else {}),
        **({} if example is None else {"example": [*parameter.texts(example)] if parameter.repeats else example}),
    }  # fmt: skip


def _responses(question: Question, schemas: AnswerSchemas, kind: str) -> JsonObject:
    answer = schemas.reference(question.answer_class)
    content: JsonObject = {
        MEDIA_TYPES[form]: {"schema": {"type": "string"}} for form in question.forms if form not in ("json", "jsonld")
    }
    whole: JsonObject = {"type": "array", "items": answer} if question.many else answer
    content = {MEDIA_TYPES["json"]: {"schema": whole}, **content}
    if "jsonld" in question.forms:
        content[MEDIA_TYPES["jsonld"]] = {"schema": {}}
    responses: JsonObject = {"200": {"description": STATUSES[200], "content": content}}
    if kind != "post":
        responses["200"] = {
            **cast("JsonObject", responses["200"]),
            "headers": {"ETag": {"schema": {"type": "string"}, "description": "The tag of these bytes."}},
        }
        responses["304"] = {"description": STATUSES[304]}
    for status in STATUSES:
        if status >= HTTPStatus.BAD_REQUEST and (kind == "post" or status not in _BODY):
            responses[str(status)] = {"$ref": f"#/components/responses/{HTTPStatus(status).name}"}
    return responses


_PROBLEM: JsonObject = {
    "type": "object",
    "description": "An error (RFC 9457).",
    "properties": {
        "title": {"type": "string", "description": "The name of the status."},
        "status": {"type": "integer", "description": "The status."},
        "detail": {"type": "string", "description": "What is wrong, and how to fix it."},
        "nearest": {"type": "array", "items": {"type": "string"}, "description": "Similar names that there are."},
        "problems": {"type": "array", "items": {"type": "string"}, "description": "Each problem with the records."},
        "position": {
            "type": "object",
            "description": "Where the text of a query is wrong.",
            "properties": {"line": {"type": "integer"}, "column": {"type": "integer"}},
        },
    },
    "required": ["title", "status"],
}


def _problems() -> JsonObject:
    content: JsonObject = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        HTTPStatus(status).name: {"description": description, "content": content}
        for status, description in STATUSES.items()
        if status >= HTTPStatus.BAD_REQUEST
    }


class AnswerSchemas:
    """The JSON Schemas of classes of answers, each written once, and referred to by name.

    Attributes
    ----------
    written
        The schemas by name.
    """

    def __init__(self) -> None:
        self.written: JsonObject = {}
        self._names: dict[type, str] = {}

    def reference(self, cls: type) -> JsonObject:
        """Return a reference to the schema of a class, which is written if it is not yet."""
        if cls not in self._names:
            taken = cls.__name__ in self._names.values()
            self._names[cls] = f"{cls.__name__}-{cls.__module__.rpartition('.')[2]}" if taken else cls.__name__
            self.written[self._names[cls]] = {}
            self.written[self._names[cls]] = self._schema(cls)
        return {"$ref": f"#/components/schemas/{self._names[cls]}"}

    def _schema(self, cls: type) -> JsonObject:
        properties: JsonObject = {}
        required: list[JsonValue] = []
        described, others = meanings(cls), False
        for key in answer_keys(cls):
            schema = self._of(_resolved(key.annotation, key.owner), key.owner)
            if key.spread:
                part = self._part(schema)
                others = others or part is None
                properties |= part or {}
            else:
                properties[key.key] = {**schema, "description": described.get(key.attribute, "")}
                required += [] if key.optional else [key.key]
        return {
            "type": "object", "description": summary(cls.__doc__), "properties": properties, "required": required,
            "additionalProperties": others,
        }  # fmt: skip

    def _part(self, schema: JsonObject) -> JsonObject | None:
        """Return the properties of a part whose keys are among those of the whole; None where it is a mapping."""
        for each in (schema, *cast("list[JsonObject]", schema.get("anyOf", []))):
            if "$ref" in each:
                return cast("JsonObject", cast("JsonObject", self.written[str(each["$ref"]).rpartition("/")[2]])["properties"])
        return None

    def _of(self, kind: Any, owner: type) -> JsonObject:
        """Return the schema of a type."""
        origin, inner = get_origin(kind), get_args(kind)
        if isinstance(kind, str | ForwardRef):  # JsonValue, which contains itself
            return {}
        if origin in (Union, types.UnionType):
            return _any_of([self._of(each, owner) for each in inner])
        if origin is Literal:
            return {"enum": list(inner)}
        if isinstance(origin, type) and issubclass(origin, Mapping):
            return {"type": "object", "additionalProperties": self._of(inner[1], owner)}
        if origin is tuple and inner[-1] is not Ellipsis:
            return {"type": "array", "prefixItems": [self._of(each, owner) for each in inner], "items": False}
        if isinstance(origin, type):
            return {"type": "array", "items": self._of(inner[0], owner)}
        if kind in _PLAIN:
            return dict(_PLAIN[kind])
        if isinstance(kind, type) and issubclass(kind, enum.Enum):
            return {"enum": [member.value for member in kind]}
        if isinstance(kind, type) and dataclasses.is_dataclass(kind):
            # What is annotated with a class may be one of its subclasses, which has more keys.
            return _any_of([self.reference(each) for each in (kind, *kind.__subclasses__())])
        raise TypeError(f"{owner.__module__}: {kind!r} has no schema in JSON")


def _any_of(schemas: Sequence[JsonObject]) -> JsonObject:
    unique = [schema for number, schema in enumerate(schemas) if schema not in schemas[:number]]
    plain = [schema["type"] for schema in unique if list(schema) == ["type"]]
    if len(unique) == 1:
        return unique[0]
    return {"type": list(plain)} if len(plain) == len(unique) else {"anyOf": list(unique)}


def _resolved(annotation: str, owner: type) -> Any:
    """Return the type that an annotation means in the module of a class."""
    names = dict(_classes())
    return eval(annotation, {**names, **vars(sys.modules[owner.__module__])})  # noqa: S307 - an annotation of this package


def _classes() -> Iterator[tuple[str, type]]:
    for name, module in _IMPORTED.items():
        yield name, getattr(import_module(module), name)


__all__ = ["STATUSES", "AnswerSchemas", "body_schema", "openapi"]
