"""Arguments of the Python interface that make no sense: each is refused by its name, with an error of Knock-on."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import pytest

import knockon
from knockon.errors import KnockonError, UsageError
from knockon.graph import Graph
from support.example_data import EXAMPLE

#: Values that fit hardly anything.
WRONG: list[Any] = [None, -1, 1.5, float("nan"), "", "no\0such", b"bytes", [], {"a": 1}, object(), True, (1, 2), 10**30, int]
#: Sound arguments of every method that takes some, on the data set ``example``.
SOUND: dict[str, tuple[Any, ...]] = {
    "search": ("asml",), "show": ("asml",), "profile": ("asml",), "exposure": ("asml",), "entity": ("asml",),
    "chokepoints": ("asml",), "query": ("ASK {}",), "save_shock": ("x", {"asml": "high"}), "diff": (EXAMPLE, EXAMPLE),
    "check_evidence": (".",), "load": (EXAMPLE,), "remove": ("example",),
}  # fmt: skip


@pytest.fixture(scope="module")
def graph() -> Graph:
    return knockon.open(EXAMPLE)


@pytest.mark.parametrize("name", SOUND)
def test_whatever_is_given_is_answered_or_refused(graph: Graph, name: str, tmp_path: Path) -> None:
    """No argument of any type gives an error that is not one of Knock-on."""
    refused = 0
    for place in range(len(SOUND[name])):
        for value in WRONG:
            arguments = [*SOUND[name][:place], value, *SOUND[name][place + 1 :]]
            try:
                getattr(graph, name)(*arguments)
            except KnockonError as error:
                refused += bool(str(error))
    assert refused > 5


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("search", {"text": 3}, "text must be a text, not 3"),
        ("search", {"text": "asml", "top": "many"}, "top must be a whole number, not 'many'"),
        ("impacts", {"facts_only": "yes"}, "facts_only must be True or False, not 'yes'"),
        ("impacts", {"without": ["doc"]}, "without must be a text, not"),
        ("impacts", {"as_of": 2025}, "as_of"),
        ("impacts", {"min_confidence": "high"}, "min_confidence must be a number, not 'high'"),
        ("impacts", {"min_confidence": 1.5}, "min_confidence must be in 0..1, not 1.5"),
        ("query", {"text": "ASK {}", "min_confidence": float("nan")}, "min_confidence must be in 0..1, not nan"),
        ("impacts", {"eps": "small"}, "eps must be a number, not 'small'"),
        ("impacts", {"cap": 1.5}, "cap must be a whole number, not 1.5"),
        ("impacts", {"stances": 3}, "stances must be a list, not 3"),
        ("loops", {"supposing": ["asml"]}, "pairs of names"),
        ("concentration", {"of": 3}, "of must be a text, not 3"),
        ("export", {"path": 3}, "path must be a text or a path, not 3"),
        ("load", {"name": 3}, "name must be a text, not 3"),
        ("load", {"options": {}}, r"options must be knockon.ReadOptions\(...\), not {}"),
        ("records", {"cls": "Company"}, "cls must be a class such as knockon.model.Company, not 'Company'"),
    ],
)
def test_the_message_names_the_argument(graph: Graph, name: str, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        getattr(graph, name)(**arguments)


def test_numbers_of_numpy_are_numbers(graph: Graph) -> None:
    import numpy as np

    assert graph.search("asml", top=np.int64(1)).matches == graph.search("asml", top=1).matches
    assert graph.chokepoints("asml", threshold=np.float32(0.5)) == graph.chokepoints("asml", threshold=0.5)


def test_a_graph_is_made_of_a_store() -> None:
    with pytest.raises(UsageError, match=r"made of a store, not of str; knockon.open\(...\) opens one"):
        Graph("sensetime")  # type: ignore[arg-type] # what is tested


def test_python_says_itself_what_is_missing(graph: Graph) -> None:
    """A call with too few or too many arguments is a TypeError, and signatures stay readable."""
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'entity'"):
        graph.exposure()  # type: ignore[call-arg] # what is tested
    assert list(inspect.signature(Graph.search).parameters) == ["self", "text", "cls", "top"]
