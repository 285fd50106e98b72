"""Queries in data say what is hit, within limits: one that has no end is named with its place, and harms no other shock."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

import knockon
from knockon.errors import InvalidData, LimitReached
from knockon.graph import Graph
from knockon.query import budget
from knockon.sparql.limits import TARGET_QUERY

CASES = Path(__file__).parents[1] / "cases" / "hostile"
PLACE = r"d\.yaml:7: bad: targetQuery: "


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits that are reached at once."""
    monkeypatch.setattr(budget, "TARGET_QUERY", replace(TARGET_QUERY, seconds=0.2, memory=2**27))


def folder(path: Path, *queries: str) -> Path:
    """A data set of two companies with a shock that names what it hits, and one for each query."""
    path.mkdir()
    (path / "dataset.yaml").write_text("name: x\n")
    shocks = "".join(f"  q{i}:\n    label: Q\n    hit: [{{targetQuery: '{q}'}}]\n" for i, q in enumerate(queries))
    (path / "d.yaml").write_text(
        "Company:\n  a: {label: A}\n  b: {label: B}\n  c: {label: C}\n"
        "Dependency:\n  ab: {dependant: a, need: b, criticality: High}\n"
        f"Shock:\n  plain: {{label: Plain, hit: [{{target: b, severity: High}}]}}\n{shocks}"
    )
    return path


ENDLESS = (
    "SELECT ?target { { SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } } ?target a ko:Company FILTER(?n > 1) }"
)


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize(
    ("case", "message"),
    [
        ("manyhits", "more than 100,000 rows|more than 0.2 s"),
        ("cross2", "took more than 0.2 s"),
        ("concat", "more than 128 MB of memory|more than 0.2 s"),
    ],
)
def test_a_query_without_end_is_stopped_and_named(case: str, message: str) -> None:
    """Time, memory and rows are bounded, and the message has the file and the line of the shock."""
    with pytest.raises(LimitReached, match=f"{PLACE}.*({message}).* and was stopped"):
        knockon.open(CASES / f"targetquery-{case}").impact("bad")


def test_a_long_path_is_refused_when_it_is_read() -> None:
    """It took half a minute to validate."""
    with pytest.raises(InvalidData, match=r"d\.yaml:10: bad: targetQuery: line 1, column 188: more than 50 triple patterns"):
        knockon.open(CASES / "targetquery-path380")


@pytest.mark.usefixtures("short")
def test_a_shock_has_no_part_in_the_run_of_another_one(tmp_path: Path) -> None:
    """Only the queries of shocks that are asked for are asked; all of them where all are."""
    graph = knockon.open(folder(tmp_path / "x", ENDLESS))
    assert graph.impact("plain").loss("a") > 0
    with pytest.raises(LimitReached, match=r"d\.yaml:9: q0: targetQuery"):
        graph.impacts()
    with pytest.raises(LimitReached, match=r"d\.yaml:9: q0: targetQuery"):
        list(graph.each_impact())


def test_all_queries_of_a_run_share_its_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousand slow queries end with the first that finds no time left; the next run has time again."""
    monkeypatch.setattr(budget, "TOTAL", 0.0)
    graph = knockon.open(folder(tmp_path / "x", "SELECT ?target { ?target a ko:Company }"))
    with pytest.raises(LimitReached, match="q0: targetQuery: the target queries of this run took more than 0 s together"):
        graph.impact("q0")
    monkeypatch.undo()
    assert graph.impact("q0").loss("a") > 0


def test_what_only_a_query_hits_is_in_the_network_of_its_run(tmp_path: Path) -> None:
    """C needs nothing and nobody needs it: it is there where it is hit."""
    graph = knockon.open(folder(tmp_path / "x", 'SELECT ?target { ?target rdfs:label ?l FILTER(STR(?l) = "C") }'))
    assert graph.impact("q0").loss("c") > 0
    assert "c" not in [impact.entity.rsplit("/", 1)[-1] for impact in graph.impact("plain").impacts]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("SELECT ?target ?severity { ?target a ko:Company BIND(7 AS ?severity) }", "is not a severity"),
        ('SELECT ?target ?severity { ?target a ko:Company BIND("a lot" AS ?severity) }', "is not a severity"),
    ],
)
def test_an_answer_that_makes_no_sense_is_named_with_its_place(tmp_path: Path, query: str, message: str) -> None:
    """From a file with its line, in a world of one day too; from a store with the place that it was loaded from."""
    source = folder(tmp_path / "x", query)
    for options in ({}, {"as_of": "2020-01-01"}):
        with pytest.raises(InvalidData, match=rf"d\.yaml:9: q0: targetQuery: .*{message}"):
            knockon.open(source).impact("q0", **options)
    with knockon.open(tmp_path / "store", write=True) as graph:
        graph.load(source)
    origin = re.escape(str(source))
    with (
        knockon.open(tmp_path / "store") as graph,
        pytest.raises(InvalidData, match=f"{origin}: q0: targetQuery: .*{message}"),
    ):
        graph.impact("q0")


def test_rows_that_say_the_same_hit_once(tmp_path: Path) -> None:
    """A target that stands in many rows with one severity is one target."""
    graph: Graph = knockon.open(folder(tmp_path / "x", "SELECT ?target { ?target a ko:Company . ?other a ko:Company }"))
    assert graph.impact("q0").to_dict()["missing_targets"] == []
    assert [target.iri.rsplit("/", 1)[-1] for target in graph.impact("q0").cause.outcome.resolved[0].targets] == ["a", "b", "c"]
