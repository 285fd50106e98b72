"""validate, load, export, evidence, query, show, explore on the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]


def test_load_then_ask(knockon: Run, suppliers: Path) -> None:
    """A loaded store answers; loading twice changes nothing; two data sets stand beside each other."""
    assert knockon("load", str(suppliers), "--store", "mine").code == 0
    first = knockon("export", "--store", "mine", "--format", "nq").out
    assert knockon("load", str(suppliers), "--store", "mine").code == 0
    assert knockon("export", "--store", "mine", "--format", "nq").out == first
    assert knockon("load", "sensetime", "--store", "mine").code == 0
    both = knockon("impact", "data-reclassification", "--store", "mine", "--format", "json")
    assert both.code == 0
    assert both.json["impacts"]
    assert knockon("impact", "--store", "mine", "--hit", "volt-cells=essential", "--format", "json").json["impacts"]


def test_invalid_data_loads_nothing(knockon: Run, tmp_path: Path, suppliers: Path) -> None:
    """Every problem is listed with file and line, exit 4, and the store is as it was."""
    knockon("load", str(suppliers), "--store", "mine")
    before = knockon("export", "--store", "mine", "--format", "nq").out
    folder = tmp_path / "bad"
    folder.mkdir()
    (folder / "dataset.yaml").write_text("name: bad\ntitle: Bad\n", "utf-8")
    (folder / "a.yaml").write_text("Company:\n  acme:\n    label: Acme\n    colour: red\n    partOf: nobody\n", "utf-8")
    done = knockon("load", str(folder), "--store", "mine")
    assert done.code == 4
    assert "a.yaml:4" in done.err
    assert "colour" in done.err
    problems = knockon("validate", str(folder), "--format", "json").json["error"]["problems"]
    assert any(problem["line"] == 4 for problem in problems)
    assert knockon("export", "--store", "mine", "--format", "nq").out == before


@pytest.mark.parametrize("form", ["ttl", "trig", "nt", "nq", "jsonld", "rdf"])
def test_export_and_import_keep_the_graph(knockon: Run, suppliers: Path, form: str) -> None:
    """Exported in any format and loaded again, the answers are the same."""
    knockon("export", "--store", str(suppliers), "-o", f"copy.{form}")
    hit = ["--hit", "salar-mining=high", "--format", "json"]
    there = knockon("impact", "--store", f"copy.{form}", *hit)
    assert there.code == 0, there.err
    assert there.json["impacts"] == knockon("impact", "--store", str(suppliers), *hit).json["impacts"]


def test_queries_stay_inside_and_say_where_they_are_wrong(knockon: Run) -> None:
    """SERVICE, LOAD and FROM <file:> are refused; a typo is given with line and column; exit 2."""
    for text in (
        "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "LOAD <file:///etc/passwd>",
        "SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }",
    ):
        assert knockon("query", text).code == 2
    done = knockon("query", "SELECT ?x WHERE {\n ?x a }")
    assert done.code == 2
    assert "line 2" in done.err


def test_query_formats(knockon: Run) -> None:
    """SPARQL JSON, CSV and the rest; no row twice."""
    rows = knockon("query", "SELECT ?c { ?c a ko:Company }", "--format", "json").json["results"]["bindings"]
    assert len(rows) == len({row["c"]["value"] for row in rows}) > 30
    assert knockon("query", "ASK { id:nvidia a ko:Entity }", "--format", "json").json["boolean"] is True
    assert (
        knockon("query", "CONSTRUCT { ?a ko:dependsOn ?b } WHERE { ?a ko:dependsOn ?b }", "--format", "nt").out.count("\n") > 50
    )


def test_evidence_is_proved(knockon: Run, shared: Path) -> None:
    """Every span lies in its document, and at least 95 % of the inventory is touched."""
    seeds = shared / "seeds"
    done = knockon(
        "evidence", "check", "--documents", str(seeds), "--inventory", str(seeds / "inventory.json"), "--format", "json"
    )
    assert done.code == 0
    answer = done.json
    assert answer["ok"] is True
    assert answer["outside"] == answer["too_long"] == answer["unsourced_records"] == []
    assert all(document["matched"] for document in answer["documents"])
    assert answer["inventory"]["share"] >= 0.95


def test_evidence_against_the_wrong_documents(knockon: Run, tmp_path: Path) -> None:
    """Without the documents the check fails, and says which are missing."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "other.txt").write_text("something else", "utf-8")
    done = knockon("evidence", "check", "--documents", "docs")
    assert done.code == 4
    assert "doc-podcast" in done.err


def test_explore_writes_one_page(knockon: Run, tmp_path: Path, suppliers: Path) -> None:
    """The page is one file; an unwritable path is an error that says so."""
    assert knockon("explore", "--shock", "entity-list-chips", "-o", "page.html").code == 0
    page = (tmp_path / "page.html").read_text("utf-8")
    assert page.startswith("<!doctype html>") or page.startswith("<!DOCTYPE html>")
    assert knockon("explore", "--store", str(suppliers), "-o", "own.html").code == 0
    (tmp_path / "file").write_text("", "utf-8")
    done = knockon("explore", "-o", "file/page.html")
    assert done.code == 2
    assert "cannot write" in done.err


def test_an_empty_data_set_gives_empty_answers(knockon: Run, tmp_path: Path) -> None:
    """A folder with dataset.yaml alone is a graph of nothing."""
    folder = tmp_path / "empty"
    folder.mkdir()
    (folder / "dataset.yaml").write_text("name: empty\ntitle: Empty\n", "utf-8")
    for arguments in (
        ["impact"],
        ["impact", "--all", "--format", "json"],
        ["chains", "--format", "json"],
        ["query", "SELECT ?x { ?x a ko:Company }"],
    ):
        done = knockon(*arguments, "--store", str(folder))
        assert done.code == 0, done.err
    assert knockon("explore", "--store", str(folder), "-o", "empty.html").code == 0


DEMO = ["data-reclassification.json", "entity-list-chips.json", "sensetime.html", "sensetime.trig"]


def test_demo_writes_its_files(knockon: Run, tmp_path: Path) -> None:
    """The demo prints two cascades and writes four files."""
    assert knockon("demo", "-o", "one").code == 0
    assert sorted(path.name for path in (tmp_path / "one").iterdir()) == DEMO


@pytest.mark.slow
def test_demo_writes_the_same_bytes_twice(knockon: Run, tmp_path: Path) -> None:
    """Each of its files is the same each time."""
    assert knockon("demo", "-o", "one").code == 0
    assert knockon("demo", "-o", "two").code == 0
    for name in DEMO:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_hostile_labels_come_out_as_themselves(knockon: Run, tmp_path: Path) -> None:
    """Quotes, newlines, markup, formulas and right-to-left text are text, in every format."""
    label = '=1+1 "q" </script><script>alert(1)</script> [red]שלום[/red]'
    folder = tmp_path / "hostile"
    folder.mkdir()
    (folder / "dataset.yaml").write_text("name: hostile\ntitle: Hostile\n", "utf-8")
    (folder / "a.yaml").write_text(
        f"Company:\n  evil: {{label: {json.dumps(label)}}}\n  victim: {{label: Victim}}\n"
        "Dependency:\n  d: {dependant: victim, need: evil, criticality: high}\n",
        "utf-8",
    )
    hit = ["impact", "--hit", "evil=high", "--store", str(folder), "--format"]
    assert knockon(*hit, "json").json["impacts"][0]["label"] == label
    assert "'=1+1" in knockon(*hit, "csv").out
    assert "[red]" in knockon(*hit, "table").out
    assert "<script>alert" not in knockon(*hit, "md").out.replace("\\<", "")
