"""Queries that would never end, in a text or in data, exit with a message; FROM is honoured."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from knockon.query import budget
from knockon.sparql.limits import TARGET_QUERY

CASES = Path(__file__).parents[1] / "cases" / "hostile"
Run = Callable[..., Any]


@pytest.mark.parametrize("name", ["bind3000.rq", "or20000.rq", "pathseq600.rq"])
def test_a_query_that_is_too_large_exits_2(knockon: Run, name: str) -> None:
    """It says where it is too large, and of what there is too much."""
    done = knockon("query", "--file", str(CASES / name))
    assert (done.code, done.out) == (2, "")
    assert "line 1, column " in done.err
    assert ": more than " in done.err


def test_a_text_without_end_is_not_read_to_its_end(knockon: Run, tmp_path: Path) -> None:
    """From a file or from standard input."""
    text = "ASK {} #" + "x" * 4_000_000
    (tmp_path / "long.rq").write_text(text)
    for done in (knockon("query", "--file", "long.rq"), knockon("query", "-", stdin=text)):
        assert (done.code, done.out) == (2, "")
        assert "longer than 1,000,000 characters" in done.err


@pytest.mark.parametrize(
    "commands",
    [
        [("impact", "--all"), ("explain", "bad", "a")],
        pytest.param([("impact", "bad"), ("report", "bad")], marks=pytest.mark.slow),
    ],
    ids=["some", "others"],
)
def test_a_target_query_without_end_exits_5(
    knockon: Run, monkeypatch: pytest.MonkeyPatch, commands: list[tuple[str, ...]]
) -> None:
    """It is named with file and line; the same data set is read and validated, and its other shocks are computed."""
    monkeypatch.setattr(budget, "TARGET_QUERY", replace(TARGET_QUERY, seconds=0.2))
    folder = str(CASES / "targetquery-cross2")
    assert knockon("validate", folder).code == 0
    for command in commands:
        done = knockon(*command, "--store", folder)
        assert (done.code, done.out) == (5, ""), command
        assert "d.yaml:7: bad: targetQuery: the query took more than 0.2 s and was stopped" in done.err
    assert knockon("impact", "--hit", "b=high", "--store", folder).code == 0


def test_a_target_query_that_is_too_large_exits_4(knockon: Run) -> None:
    """When it is read, with file and line."""
    done = knockon("validate", str(CASES / "targetquery-path380"))
    assert done.code == 4
    assert "d.yaml:10: bad: targetQuery: line 1, column 188: more than 50 triple patterns" in done.err


def test_from_says_which_graphs_are_asked(knockon: Run) -> None:
    """In the process that answers queries, too: a graph that is not there is empty."""

    def count(clause: str, pattern: str = "?s ?p ?o") -> int:
        text = f"SELECT (COUNT(*) AS ?n) {clause} {{ {pattern} }}"
        return int(knockon("query", text, "-f", "json").json["results"]["bindings"][0]["n"]["value"])

    everything, ontology = count(""), count("FROM <https://w3id.org/knockon/ns>")
    assert 0 < ontology < everything
    assert count("", "GRAPH <https://w3id.org/knockon/ns> { ?s ?p ?o }") == ontology
    assert count("FROM <urn:x:nothing>") == 0
    assert count("FROM NAMED <https://w3id.org/knockon/ns>") == 0
    assert count("FROM NAMED <https://w3id.org/knockon/ns>", "GRAPH ?g { ?s ?p ?o }") == ontology
