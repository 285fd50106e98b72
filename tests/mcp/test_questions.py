"""Twenty questions, each answered by calls of tools that a real client makes, with facts of the bundled data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from knockon.mcp.assistant import Assistant
from support.assistant_client import calls

QUESTIONS = json.loads((Path(__file__).parent / "questions.json").read_text("utf-8"))


def find(value: Any, path: str) -> list[Any]:
    """The values at a path of keys and numbers.

    ``*`` means all items, ``>KEY`` the item with the greatest, ``?KEY=VALUE`` those with a value, ``@KEY`` the key of those
    that have it.
    """
    values = [value]
    for step in path.split("."):
        if step == "*":
            values = [item for each in values for item in each if item is not None]
        elif step.startswith("@"):
            values = [each[step[1:]] for each in values if each.get(step[1:])]
        elif step.startswith(">"):
            values = [max(each, key=lambda item: item[step[1:]]) for each in values]
        elif step.startswith("?"):
            key, _, wanted = step[1:].partition("=")
            values = [item for each in values for item in each if item.get(key) == wanted]
        else:
            values = [each[int(step) if step.isdigit() else step] for each in values]
    return values


def test_there_are_twenty() -> None:
    """The questions are twenty, and together they use every tool but those that name no entity."""
    assert len(QUESTIONS) == 20
    assert len({tool for question in QUESTIONS for tool, _ in question["calls"]}) >= 8


@pytest.mark.parametrize("asked", QUESTIONS, ids=[question["question"] for question in QUESTIONS])
def test_the_answer_has_the_fact(assistant: Assistant, asked: dict[str, Any]) -> None:
    """The answer of the last call has the fact."""
    result = calls(assistant, [(tool, arguments) for tool, arguments in asked["calls"]])[-1]
    assert not result.is_error, result.structured_content
    answer, path = result.structured_content, asked["find"]
    whole = answer if path.startswith("/") else answer["data"]
    found = [value for part in path.removeprefix("/").split("|") for value in find(whole, part)]
    if "is" in asked:
        assert found == asked["is"]
    else:
        assert set(asked["holds"]) <= set(found)
