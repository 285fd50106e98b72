"""What the methods of a Graph say of names, shocks and options that make no sense: an error that helps, never a drop."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import knockon
from knockon import Graph, NotFound, UsageError
from knockon.analysis import models
from knockon.analysis.options import DEFAULTS, Options
from support.example_data import EXAMPLE


@pytest.fixture(scope="module")
def graph() -> Graph:
    return knockon.open()


@pytest.mark.parametrize(
    "name", ["sensetime", "SenseTime", "Sense Time", "id:sensetime", "https://w3id.org/knockon/id/sensetime"]
)
def test_a_loss_is_found_by_every_name_of_its_entity(graph: Graph, name: str) -> None:
    """Label, other name, local name, prefixed name and IRI give the same loss, in impact and in uncertainty."""
    assert graph.impact("sensetime-stops").loss(name) == 1.0
    assert graph.uncertainty("sensetime-stops", draws=16).losses(name).max() > 0.9


def test_a_loss_is_0_only_for_what_is_known(graph: Graph) -> None:
    """An entity that loses nothing has 0, in a world without it as well; a typo is an error that names the nearest."""
    report = graph.impact("sensetime-stops")
    assert report.loss("nvidia") == 0.0
    assert graph.impact("sensetime-stops", according_to="doc-podcast").loss("nvidia") == 0.0
    for ask in (report.loss, graph.uncertainty("sensetime-stops", draws=16).losses):
        with pytest.raises(NotFound, match="no entity called 'sensetme'; did you mean sensetime"):
            ask("sensetme")


Ask = Callable[..., Any]
ASKS: dict[str, Ask] = {
    "impact": lambda graph, *shock, **more: graph.impact(*shock, **more),
    "mitigate": lambda graph, *shock, **more: graph.mitigate(*(shock or (None,)), "sensetime", **more),
    "uncertainty": lambda graph, *shock, **more: graph.uncertainty(*shock, **more),
    "report": lambda graph, *shock, **more: graph.report(*shock, **more),
}


@pytest.mark.parametrize("name", ASKS)
def test_a_shock_and_a_hit_are_one_of_two(graph: Graph, name: str) -> None:
    """Both, or neither, is refused: nothing that was given is dropped."""
    for shock, more in ((("sensetime-stops",), {"hit": {"nvidia": "high"}}), ((), {})):
        with pytest.raises(UsageError, match="one of the two"):
            ASKS[name](graph, *shock, **more)


@pytest.mark.parametrize("name", ASKS)
@pytest.mark.parametrize("hit", ["nvidia", ["nvidia"], 3])
def test_a_hit_has_a_form(graph: Graph, name: str, hit: object) -> None:
    """A value that is not a mapping is refused, with the form to write."""
    with pytest.raises(UsageError, match=r"hit=.*: a shock is given by its name, and what is hit as hit=\{'NAME': 'high'\}"):
        ASKS[name](graph, hit=hit)


def test_a_mapping_is_no_name_of_a_shock(graph: Graph) -> None:
    """A hit in the place of the shock is told where it goes."""
    with pytest.raises(UsageError, match="what is hit as hit="):
        graph.impact({"nvidia": "high"})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("ask", "wrong", "message"),
    [
        (Graph.impact, {"facts_onyl": True}, "unknown option 'facts_onyl'; did you mean facts_only?"),
        (Graph.compare, {"against": {"witout": "x"}}, "unknown option 'witout'; did you mean without?"),
        (Graph.uncertainty, {"drwas": 4}, "unknown option 'drwas'; did you mean draws?"),
        (Graph.report, {"protct": "nvidia"}, "unknown option 'protct'; did you mean protect?"),
        (Graph.impact, {"model": "timeline", "horizn": 4}, "unknown option 'horizn'; did you mean horizon?"),
        (Graph.impact, {"horizon": 4}, "leontief takes no 'horizon'"),
        (Graph.impact, {"stances": "Aleges"}, "'Aleges' is not a stance; use Asserts, Alleges,"),
    ],
)
def test_a_misspelt_option_is_not_blamed_on_the_model(graph: Graph, ask: Ask, wrong: dict[str, Any], message: str) -> None:
    """It is called unknown, with the nearest and the list; a parameter of another model is refused by the model."""
    with pytest.raises(UsageError, match=message.replace("?", r"\?")):
        ask(graph, "sensetime-stops", **wrong)


def test_one_stance_need_not_be_a_list(graph: Graph) -> None:
    """A single word is not taken for its letters."""
    assert graph.impact("sensetime-stops", stances="Alleges").parameters["stances"] == ["Alleges", "Asserts"]


def test_what_is_named_is_told_by_its_class(graph: Graph) -> None:
    """A company in the place of a shock is called one, a shock in the place of an entity too; documents are listed."""
    with pytest.raises(NotFound, match="'nvidia' is a company, not a shock; to hit it, say how hard"):
        graph.impact("nvidia")
    with pytest.raises(NotFound, match="'sensetime-stops' is a shock, not an entity"):
        graph.exposure("sensetime-stops")
    with pytest.raises(
        NotFound, match=r"no document called 'x' \(documents: .*doc-newsletter \(Can SenseTime Maintain Its Edge\?\)"
    ):
        graph.impact("sensetime-stops", according_to="x")
    by_title = graph.impact("sensetime-stops", without="Can SenseTime Maintain Its Edge?")
    assert by_title.fallen == graph.impact("sensetime-stops", without="doc-newsletter").fallen != ()


def test_what_is_not_there_is_opened_only_to_write(tmp_path: Path) -> None:
    """A misspelt name is an error that names the bundled one; a new store, or one in a folder, needs write=True."""
    with pytest.raises(NotFound, match="no store or data set called 'sensetme'; did you mean sensetime"):
        knockon.open("sensetme")
    with pytest.raises(NotFound, match="write=True"):
        knockon.open(tmp_path / "st")
    with pytest.raises(UsageError, match="holds neither a store nor a dataset"):
        knockon.open(tmp_path)
    assert not (tmp_path / "st").exists()
    with knockon.open(tmp_path / "st", write=True) as made:
        made.load(EXAMPLE)
    with knockon.open(tmp_path / "st") as again:
        assert again.exposure("asml").exposures


def test_the_options_are_those_of_the_models() -> None:
    """Options names every general option and every parameter of every model, and nothing else."""
    takes = {name for model in models.MODELS for name in models.parameters(model)}
    assert set(Options.__annotations__) == {*DEFAULTS, *takes}
