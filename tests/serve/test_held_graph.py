"""The graph that a worker holds."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from knockon.authoring.options import ReadOptions
from knockon.errors import KnockonError, NotFound
from knockon.serve.held_graph import HeldGraph
from knockon.serve.questions import QUESTIONS


def test_a_new_store_is_an_empty_graph(tmp_path: Path) -> None:
    """A writable server begins with nothing: lists are empty, names are not found, and nothing says where the store is."""
    held = HeldGraph(str(tmp_path / "store"), {}, None, writable=True)
    for name in ("shocks", "documents", "schema"):
        assert isinstance(json.loads(held.answer(name, {}, "json")), list)
    assert json.loads(held.answer("freshness", {}, "json"))["data_sets"] == []
    assert json.loads(held.answer("search", {"text": "a"}, "json"))["total"] == 0
    for name in ("entity", "impact", "profile", "neighbours", "exposure", "chokepoints"):
        (parameter, *_) = QUESTIONS[name].parameters
        with pytest.raises(NotFound) as error:
            held.answer(name, {parameter.name: "nvidia"}, "json")
        assert str(tmp_path) not in str(error.value)


def test_a_store_that_is_gone_is_no_empty_graph(tmp_path: Path) -> None:
    """Only a writable server may begin without a store."""
    with pytest.raises(NotFound):
        HeldGraph(str(tmp_path / "store"), {}, None)


def test_an_unforeseen_error_costs_one_answer(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    """It is an error without details for the client, its traceback is written, and the next question is answered."""
    held = HeldGraph(None, {}, None)
    monkeypatch.setattr("knockon.graph.Graph.documents", lambda _: 1 / 0)
    with pytest.raises(KnockonError) as error:
        held.answer("documents", {}, "json")
    assert type(error.value) is KnockonError
    assert "ZeroDivisionError" not in str(error.value)
    assert "ZeroDivisionError" in capfd.readouterr().err
    assert held.answer("freshness", {}, "json")


def test_an_endpoint_is_opened_with_the_options_of_a_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Options that came through JSON are the defaults still, which an endpoint is opened with; this one is not there."""
    monkeypatch.setattr("knockon.store.sparql_client._PAUSES", ())
    held = HeldGraph("http://127.0.0.1:1/sparql", json.loads(json.dumps(asdict(ReadOptions()))), None)
    with pytest.raises(NotFound, match="no SPARQL endpoint"):
        held.answer("shocks", {}, "json")
