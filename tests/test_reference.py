"""The reference of answers has every key of the goldens and every field, each with a meaning, and only keys that exist."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import knockon
from knockon import propagation
from knockon.analysis.answer import Answer
from knockon.analysis.report.report import gather
from support.golden import ANSWERS

REFERENCE = Path(__file__).resolve().parents[1] / "docs" / "reference"
TEXT = (REFERENCE / "answers.md").read_text("utf-8")
#: The question that a command asks, where it has another name.
QUESTIONS = {"evidence-check": "check_evidence", "ls": "data_sets"}
#: The line between the table of the keys of an answer and that of its other attributes.
PYTHON = "In Python alone:"
#: Goldens of commands that print rows of a table, not an answer.
ROWS = {"impact-list", "impact-all", "impact-all-reach", "query-list"}
#: The answer of the commands that are no question of their own, by the name of the golden or of the part of it.
OTHERS = {
    "evidence-show": "Quotation",
    "load": "LoadReport", "load-again": "LoadReport", "load-table": "LoadReport", "ls-store": "DataSetSummary",
    "diff-last": "Differences", "diff-file": "Differences", "compare-before": "Comparison", "remove": "RemoveReport",
    "diff-days": "VersionDifferences", "exposure-portfolio": "PortfolioExposure", "import": "ImportReport",
    "undo": "UndoReport", "history": "Revision", "propose-queue": "ProposalReport", "review-list": "ProposalSummary",
    "generate-country": "Country", "backup": "BackupReport", "backtest": "Backtest",
    "price": "SectorAnswer", "extraction": "SectorAnswer", "ghosh": "SectorAnswer", "price-shocks": "SectorShocks",
    "rank-shocks": "FirmShocks", "inoperability": "SectorAnswer", "inoperability-time": "SectorAnswer", "fdna": "SectorAnswer",
    "survive": "SurvivalAnswer",
}  # fmt: skip


class Row(NamedTuple):
    """A row of the table of an answer."""

    key: str
    attribute: str
    type: str
    unit: str
    meaning: str


class PythonRow(NamedTuple):
    """A row of the table of the attributes that JSON does not have."""

    attribute: str
    type: str
    unit: str
    meaning: str


def sections() -> dict[str, str]:
    """The text of each section by its heading."""
    parts = re.split(r"^## (.+)$", TEXT, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def cells_of(text: str) -> list[list[str]]:
    lines = [line for line in text.splitlines() if line.startswith("| `")]
    return [[cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


def rows_of(section: str) -> list[Row]:
    cells = cells_of(section.partition(PYTHON)[0])
    return [Row(key.strip("`"), attribute.strip("`"), *others) for key, attribute, *others in cells]


def python_rows_of(section: str) -> list[PythonRow]:
    return [PythonRow(attribute.strip("`"), *others) for attribute, *others in cells_of(section.partition(PYTHON)[2])]


SECTIONS = sections()
TABLES = {heading: rows for heading, section in SECTIONS.items() if (rows := rows_of(section))}


def returned(question: str) -> list[str]:
    """The headings of the answers that a question returns."""
    part = SECTIONS[f"Graph.{question}"].split("**Returns**")[1].split("**Example**")[0]
    return linked(part)


def linked(text: str) -> list[str]:
    return [name for name in re.findall(r"\[([^\[\]]+)\]\(#[^)]+\)", text) if name in TABLES]


def class_of(heading: str) -> type[Any]:
    """The class of the section of an answer."""
    module, _, name = re.search(r"^`(knockon[\w.]+)`$", SECTIONS[heading], flags=re.MULTILINE)[1].rpartition(".")  # type: ignore[index]
    cls: type[Any] = getattr(importlib.import_module(module), name)
    return cls


def public_questions() -> list[str]:
    """The names of the public methods of ``Graph``."""
    return [name for name in dir(knockon.Graph) if not name.startswith("_") and callable(getattr(knockon.Graph, name))]


def answers_named(cls: type, annotation: str) -> Iterator[type]:
    """Yield the answers that an annotation of a field names."""
    modules = [importlib.import_module(base.__module__) for base in cls.__mro__ if base.__module__.startswith("knockon.")]
    for name in re.findall(r"\w+", annotation):
        for module in modules:
            value = vars(module).get(name)
            if isinstance(value, type) and issubclass(value, Answer):
                yield value


def undocumented(value: Any, heading: str, place: str) -> Iterator[str]:
    """Yield the keys of an answer, or of a list of such, that the table of that heading does not have; parts included."""
    if isinstance(value, list):
        for one in value:
            yield from undocumented(one, heading, place)
    elif isinstance(value, dict):
        for key, inner in value.items():
            rows = [row for row in TABLES[heading] if row.key == key]
            # Keys of a mapping, and what a command adds, are named in the text; a record has those of its fields.
            texts = [row.meaning for row in TABLES[heading] if row.key.endswith(".*")] + [SECTIONS[heading].split("| Key |")[0]]
            if not rows and heading != "RecordDetails" and not any(f"`{key}`" in text for text in texts):
                yield f"{place}.{key} ({heading})"
            for row in rows:
                yield from _in_value(inner, row, f"{place}.{key}")


def _in_value(value: Any, row: Row, place: str) -> Iterator[str]:
    parts = linked(row.type)
    if parts:
        inner = list(value.values()) if row.type.startswith("object of") and isinstance(value, dict) else value
        missing = [list(undocumented(inner, part, place)) for part in parts]
        yield from min(missing, key=len)
    elif re.fullmatch(r"(list of )?object", row.type):
        # Without a table of its own, the meaning names the keys.
        for one in value if isinstance(value, list) else [value]:
            yield from (f"{place}.{key}" for key in one if f"`{key}`" not in row.meaning)


def goldens() -> Iterator[tuple[str, Any, str]]:
    """Each golden of an answer: its name, what it holds, and the question or the heading of the answer."""
    for path in sorted((ANSWERS / "python").glob("*.json")):
        yield f"python/{path.name}", json.loads(path.read_text("utf-8")), path.stem.split("-")[0]
    for path in sorted((ANSWERS / "json").glob("*.json")):
        golden = json.loads(path.read_text("utf-8"))
        named = golden if path.stem == "store" else {path.stem: golden}
        for name, one in named.items():
            if one["code"] in (0, 6) and name not in ROWS and not name.startswith("validate"):
                question = QUESTIONS.get(name, name.split("-")[0])
                yield f"{path.name}:{name}", one["answer"], OTHERS.get(name, question)


@pytest.mark.parametrize(("name", "answer", "asked"), [pytest.param(*golden, id=golden[0]) for golden in goldens()])
def test_every_key_of_a_golden_is_documented(name: str, answer: Any, asked: str) -> None:
    """What a question returns, or a command prints, has no key that the reference does not have."""
    headings = [asked] if asked in TABLES else returned(asked)
    if not headings:
        assert not hasattr(knockon.Graph, asked) or asked in {"entity", "records", "query", "to_networkx"}, name
    assert not [key for heading in headings for key in undocumented(answer, heading, "")]


@pytest.mark.parametrize("heading", TABLES)
def test_every_documented_key_is_an_attribute(heading: str) -> None:
    """Each row names an attribute of the class, says what it means, and of a number its unit or range."""
    cls = class_of(heading)
    attributes = {field.name for field in dataclasses.fields(cls)} | set(dir(cls))
    for row in TABLES[heading]:
        assert row.attribute.split(".")[0] in attributes, row
        assert row.meaning, row
        assert row.unit or not re.search(r"\bnumber\b", row.type) or "string" in row.type, row


@pytest.mark.parametrize("heading", TABLES)
def test_every_field_of_an_answer_is_documented(heading: str) -> None:
    """Each field of a class, in JSON or not, is an attribute in one of its tables, with a meaning; arrays with a shape."""
    cls = class_of(heading)
    fields = {field.name for field in dataclasses.fields(cls)}
    in_json = {part for row in TABLES[heading] for part in (row.attribute, row.attribute.split(".")[0])}
    others = {row.attribute: row for row in python_rows_of(SECTIONS[heading])}
    assert fields <= in_json | others.keys()
    for row in others.values():
        assert row.meaning, row
        assert not re.search(r"\b(Floats|Ints|Bools|Array)\b", row.type) or re.search(r"\(\w+(, \w+)*,?\)", row.meaning), row


def test_every_answer_that_a_question_reaches_has_a_table() -> None:
    """The answers of all public methods of ``Graph``, those in the fields of these, and so on."""
    waiting = [class_of(heading) for name in public_questions() for heading in returned(name)]
    assert len(waiting) > 20
    reached: set[type] = set()
    while waiting:
        cls = waiting.pop()
        if cls not in reached:
            reached.add(cls)
            waiting += [part for field in dataclasses.fields(cls) for part in answers_named(cls, str(field.type))]
    assert reached <= {class_of(heading) for heading in TABLES}


def test_the_content_of_a_report_is_documented() -> None:
    """``Graph.report`` returns HTML; the answer that it is made from has all its keys in the reference."""
    page = gather(knockon.open().impact("entity-list-chips"))
    assert not list(undocumented(page.to_dict(), "ShockReport", ""))


def test_every_question_says_what_it_takes_and_returns() -> None:
    """Each public method of ``Graph`` has a section with its signature, each of its parameters, and what it returns."""
    for name in public_questions():
        assert f"{name}(" in SECTIONS[f"Graph.{name}"]
        takes, returns, _ = SECTIONS[f"Graph.{name}"].partition("**Returns**")
        assert returns, name
        described = re.findall(r"`([^`]+)`", " ".join(re.findall(r"^- (.+?):", takes, flags=re.MULTILINE)))
        parameters = set(inspect.signature(getattr(knockon.Graph, name)).parameters) - {"self"}
        assert parameters == {parameter.lstrip("*") for parameter in described if parameter.lstrip("*") in parameters}, name


FUNCTIONS = [knockon.open, *(f for name in propagation.__all__ if inspect.isfunction(f := getattr(propagation, name)))]


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.__name__)
def test_every_public_function_documents_what_it_takes_and_returns(function: Any) -> None:
    """``knockon.open`` and the models have each of their parameters, and no other, and what they return on the page."""
    text = (REFERENCE / "python.md").read_text("utf-8")
    name = function.__name__ if function is knockon.open else f"knockon.propagation.{function.__name__}"
    section = re.split(r"^## ", text.split(f"\n## {name}\n")[1], flags=re.MULTILINE)[0]
    described = re.search(r"\*\*Parameters\*\*\n\n(.*?)\n\n", section, flags=re.DOTALL)
    assert described is not None
    names = re.findall(r"`([^`]+)`", " ".join(re.findall(r"^- (.+?):", described[1], flags=re.MULTILINE)))
    assert sorted(names) == sorted(inspect.signature(function).parameters)
    assert "**Returns**" in section


def test_every_link_within_the_page_has_a_heading() -> None:
    """Links to answers, parts and options lead to a heading, in the form in which Markdown pages name headings."""
    anchors = {
        re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in re.findall(r"^#+ (.+)$", TEXT, re.MULTILINE)
    }
    linking = TEXT + (REFERENCE / "python.md").read_text("utf-8").replace("answers.md#", "#")
    assert set(re.findall(r"\]\(#([^)]+)\)", linking)) <= anchors
