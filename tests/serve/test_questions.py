"""The registry of questions: its parameters are those of Graph, what is sent is checked, and every form is answered."""

from __future__ import annotations

import inspect
import json
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import jsonschema_rs
import pytest

import knockon
from knockon.errors import NotFound, UsageError
from knockon.serve.openapi import openapi
from knockon.serve.questions import QUESTIONS, answer_bytes
from support.golden import LETTERS
from support.json_schema import validate

#: Values with which each question is asked of the small data set.
ASKED: dict[str, dict[str, Any]] = {
    "search": {"text": "maker"},
    "entity": {"name": "maker-a"},
    "neighbours": {"entity": "maker-a"},
    "paths": {"entity": "sales-d", "source": "maker-a"},
    "profile": {"entity": "maker-a"},
    "impact": {"shock": "maker-a-stops"},
    "explain": {"shock": "maker-a-stops", "entity": "sales-d"},
    "compare": {"shock": "maker-a-stops", "against": {"without": "doc-card"}},
    "exposure": {"entity": "sales-d"},
    "chokepoints": {"entity": "sales-d"},
    "mitigate": {"shock": "maker-a-stops", "protect": "sales-d"},
    "query": {"name": "depends-on", "param": {"entity": "sales-d"}},
    "diff": {"as_of": "2021-06-01", "and_as_of": "2026-01-01"},
    "quotations": {"name": "maker-a"},
}


@pytest.fixture(scope="module")
def graph() -> knockon.Graph:
    return knockon.open(LETTERS / "data")


@pytest.fixture(scope="module")
def bundled() -> knockon.Graph:
    return knockon.open()


@pytest.fixture(scope="module")
def description() -> dict[str, Any]:
    return openapi(documents=True)


@pytest.mark.parametrize("name", [name for name, question in QUESTIONS.items() if question.example])
def test_each_example_has_the_documented_answer(bundled: knockon.Graph, description: dict[str, Any], name: str) -> None:
    """The example of a question is answered on bundled data with the keys and types that the description documents."""
    question = QUESTIONS[name]
    content = answer_bytes(bundled, name, question.read(question.example), "json", LETTERS / "documents")
    validate(description, schema_of(description, name), json.loads(content))


def test_the_schemas_are_strict(description: dict[str, Any]) -> None:
    """A key too many, or one that is missing, is not what is documented: the checks of answers can fail."""
    schema = {"$ref": "#/components/schemas/Range"}
    whole = {"low": 0.1, "point": 0.2, "high": 0.3}
    validate(description, schema, whole)
    for wrong in ({"low": 0.1, "point": 0.2}, {**whole, "more": 1}, {**whole, "low": "0.1"}):
        with pytest.raises(jsonschema_rs.ValidationError):
            validate(description, schema, wrong)


def schema_of(description: dict[str, Any], name: str) -> dict[str, Any]:
    content = description["paths"][QUESTIONS[name].path]["get"]["responses"]["200"]["content"]
    schema: dict[str, Any] = content["application/json"]["schema"]
    return schema


@pytest.mark.parametrize("name", QUESTIONS)
def test_each_form_is_answered(graph: knockon.Graph, description: dict[str, Any], name: str) -> None:
    """Every question has each of its forms; JSON is as it is documented."""
    question = QUESTIONS[name]
    values = question.read(ASKED.get(name, {}))
    for form in question.forms:
        content = answer_bytes(graph, name, values, form, LETTERS / "documents")
        assert content
        if form == "json":
            validate(description, schema_of(description, name), json.loads(content))
    with pytest.raises(UsageError, match="has no form 'xml'"):
        answer_bytes(graph, name, values, "xml")


@pytest.mark.parametrize("name", [name for name, question in QUESTIONS.items() if question.run is None])
def test_the_class_is_that_of_the_method(name: str) -> None:
    """The class of an answer is the one in the signature of the method."""
    question = QUESTIONS[name]
    written = str(inspect.signature(getattr(knockon.Graph, question.method or name)).return_annotation)
    assert written == (f"tuple[{question.answer_class.__name__}, ...]" if question.many else question.answer_class.__name__)
    assert question.answer_class is getattr(import_module(question.answer_class.__module__), question.answer_class.__name__)


def test_every_parameter_is_described() -> None:
    """No parameter is without a description, and none is the path of a file."""
    for question in QUESTIONS.values():
        assert question.summary
        for parameter in question.parameters:
            assert parameter.description, f"{question.name}.{parameter.name}"
            assert "Path" not in parameter.annotation


@pytest.mark.parametrize(
    ("name", "values", "message"),
    [
        ("search", {}, "search needs text"),
        ("search", {"text": None}, "search needs text"),
        ("search", {"text": 5}, "text must be a text"),
        ("search", {"text": "a", "topp": 5}, "did you mean top"),
        ("search", {"text": "a", "top": True}, "top must be a whole number"),
        ("search", {"text": "a", "top": 10**30}, "too large"),
        ("impact", {"hit": {"asml": float("nan")}}, "too large"),
        ("impact", {"hit": {"asml": [1]}}, "texts or numbers by name"),
        ("impact", {"stances": "Asks"}, "a list of texts"),
        ("impact", {"stances": [1]}, "a list of texts"),
        ("impact", {"eps": float("inf")}, "too large"),
        ("impact", {"portfolio": ["asml"]}, "no parameter 'portfolio'"),
        ("compare", {"shock": "x", "before": "/etc/passwd"}, "no parameter 'before'"),
        ("compare", {"shock": "x", "against": {"model": 5, "cap": 1}}, "model must be a text"),
        ("compare", {"shock": "x", "against": {"read": 5}}, "against= has no parameter 'read'"),
        ("diff", {"old": "/etc/passwd"}, "old must be a whole number"),
        ("query", {"name": "depends-on", "param": {"entity": 5}}, "param must be texts by name"),
        ("quotations", {"name": "x", "documents": "/etc"}, "no parameter 'documents'"),
    ],
)
def test_other_values_are_refused(name: str, values: dict[str, Any], message: str) -> None:
    """Values of unknown names or other types are refused before a graph is asked."""
    with pytest.raises(UsageError, match=message):
        QUESTIONS[name].read(values)


def test_the_query_of_an_address_is_read() -> None:
    """Texts become values of the types of the parameters; one that is none is refused."""
    question = QUESTIONS["compare"]
    pairs = [("shock", "x"), ("hit", "a=high"), ("hit", "b=0.5"), ("against", "facts_only=true"), ("against", "cap=3"),
             ("eps", "1e-6"), ("financing", "TRUE"), ("stances", "Asks"), ("stances", "Denies")]  # fmt: skip
    assert question.read_query(pairs) == {
        "shock": "x", "hit": {"a": "high", "b": "0.5"}, "against": {"facts_only": True, "cap": 3}, "eps": 1e-6,
        "financing": True, "stances": ["Asks", "Denies"],
    }  # fmt: skip
    for wrong in ([("shock", "x"), ("shock", "y")], [("hit", "a")], [("hit", "a=1"), ("hit", "a=2")], [("cap", "1_0")],
                  [("cap", "1.5")], [("eps", "nan")], [("facts_only", "maybe")], [("nothing", "")]):  # fmt: skip
        with pytest.raises(UsageError):
            question.read_query(wrong)


@pytest.mark.parametrize("name", QUESTIONS)
def test_an_address_asks_what_it_is_made_of(name: str) -> None:
    """The query of an address is read as the values that it was made of."""
    question = QUESTIONS[name]
    for values in (question.example, ASKED.get(name, {})):
        query = question.address(values).partition("?")[2]
        assert question.read_query(parse_qsl(query, strict_parsing=bool(query))) == values


def test_an_argument_is_no_option(graph: knockon.Graph) -> None:
    """A parameter of a library query cannot pass for an option of the method that runs it."""
    for name in ("limits", "name", "text", "according_to"):
        with pytest.raises(UsageError, match="has no parameter"):
            answer_bytes(graph, "query", {"name": "depends-on", "param": {name: "x"}})


def test_documents_are_quoted_only_where_there_is_a_folder(graph: knockon.Graph) -> None:
    """Without a folder of documents nothing is quoted."""
    with pytest.raises(NotFound, match="--documents"):
        answer_bytes(graph, "quotations", {"name": "maker-a"})


def test_no_answer_names_the_folder_of_the_store(tmp_path: Path) -> None:
    """Differences between revisions are named by their numbers, and neither answers nor errors have the path."""
    folder = tmp_path / "store@here"
    with knockon.open(folder, write=True) as graph:
        graph.load(LETTERS / "data", name="letters")
        graph.save_shock("No more parts", {"part-p": "high"})
        asked: list[tuple[str, dict[str, Any]]] = [
            ("diff", {}), ("diff", {"old": 1}), ("diff", {"old": 1, "new": 2}), ("diff", {"old": 0}), ("freshness", {}),
            ("diff", {"as_of": "2021-06-01", "and_as_of": "2026-01-01"}), ("documents", {}),
            ("diff", {"old": 1, "as_of": "2021-06-01", "and_as_of": "2026-01-01"}),
        ]  # fmt: skip
        answers = [json.loads(answer_bytes(graph, name, QUESTIONS[name].read(values))) for name, values in asked]
        with pytest.raises(NotFound) as error:
            answer_bytes(graph, "diff", {"old": 7})
    assert str(tmp_path) not in json.dumps(answers) + str(error.value)
    names = [(answer["old"], answer["new"]) for answer in answers if "old" in answer]
    assert names == [("1", "current"), ("1", "current"), ("1", "2"), ("0", "current"), ("current", "current"), ("1", "1")]
    assert answers[4]["revision"] == 2
