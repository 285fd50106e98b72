"""Supposed changes to dependencies: they have the effect that they have in data and in mitigate, or are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

import knockon
from knockon.errors import NotFound, UsageError
from knockon.model import Judgement
from knockon.model.records import ListedRecords
from knockon.store.oxigraph import MemoryStore
from knockon.vocabulary import local_name
from support.golden import LETTERS
from support.small_records import data_set, entities, iri, need

SHOCK, TARGET = "maker-a-stops", "sales-d"


@pytest.fixture(scope="module")
def graph() -> knockon.Graph:
    return knockon.open(LETTERS / "data")


def loss(report: knockon.ImpactReport, name: str) -> tuple[float, float, float]:
    found = report.by_id.get(name)
    return (found.loss_low, found.loss, found.loss_high) if found else (0.0, 0.0, 0.0)


def test_a_change_leaves_the_loss_that_mitigate_states(graph: knockon.Graph) -> None:
    """A lower word, another supplier and a second source leave the losses that ``mitigate`` computes for them."""
    answer = graph.mitigate(SHOCK, TARGET, second_source=0.4)
    tried = set()
    for change in answer.changes:
        if change.kind == "criticality" and "->" in change.change:
            text = f"criticality={change.change.rpartition(' ')[2]}"
        elif change.kind == "source":
            text = "source=0.4"
        elif change.kind == "provider" and change.provider and change.replaces:
            text = f"supplier={local_name(change.provider)}; instead={local_name(change.replaces)}"
        else:
            continue
        tried.add(change.kind)
        report = graph.impact(SHOCK, what_if={local_name(change.dependency): text})
        expected = (change.loss_low_after, change.loss_after, change.loss_high_after)
        assert loss(report, TARGET) == pytest.approx(expected, abs=1e-9), f"{change.dependency}: {text}"
    assert {"criticality", "source"} <= tried


def test_what_is_supposed_is_in_the_answer_and_in_no_other(graph: knockon.Graph) -> None:
    """The answer names the changes, ``compare`` and ``explain`` take them, and the next question knows nothing of them."""
    changes = {"device-d-part": "criticality=0"}
    before, after = graph.impact(SHOCK), graph.impact(SHOCK, what_if=changes)
    assert after.parameters["what_if"] == changes
    assert after.network_hash != before.network_hash
    assert loss(after, "device-d") < loss(before, "device-d")
    compared = graph.compare(SHOCK, what_if=changes)
    assert compared.counts.less_in_second > 0
    assert "what_if" not in compared.first.parameters
    assert graph.impact(SHOCK).to_dict() == before.to_dict()
    supplier = {"device-d-part": "supplier=maker-e; instead=maker-b"}
    assert graph.explain(SHOCK, TARGET, what_if=supplier).parameters["what_if"] == supplier


def test_a_stock_delays_a_loss(graph: knockon.Graph) -> None:
    """A supposed stock counts in ``timeline`` alone: the loss begins later, and is as great in the end."""
    stock = {"device-d-part": "buffer=40"}
    assert loss(graph.impact(SHOCK, what_if=stock), "device-d") == loss(graph.impact(SHOCK), "device-d")
    days = [
        graph.impact(SHOCK, what_if=changes, model="timeline", threshold=0.01).by_id["device-d"].more["time_to_impact"]
        for changes in ({}, stock)
    ]
    assert days[0] is not None
    assert days[1] is not None
    assert days[1] >= days[0] + 10


@pytest.mark.parametrize(
    ("name", "change", "error", "message"),
    [
        ("no-such", "criticality=low", NotFound, "no dependency called"),
        ("maker-a", "criticality=low", NotFound, "is a"),
        ("device-d-part", "criticality=hihg", UsageError, "'Essential'"),
        ("device-d-part", "criticality=1.5", UsageError, "less than or equal to 1"),
        ("device-d-part", "source=2", UsageError, "source must be in 0..1"),
        ("device-d-part", "source=NaN", UsageError, "must be a number"),
        ("device-d-part", "", UsageError, "is not a change"),
        ("device-d-part", "criticality", UsageError, "is not a change"),
        ("device-d-part", "share=0.4", UsageError, "is not a change"),
        ("device-d-part", "source=0.1; source=0.2", UsageError, "is not a change"),
        ("device-d-part", "supplier=maker-e; share=0.9; instead=maker-a", UsageError, "is not a change"),
        ("device-d-part", "supplier=maker-a", UsageError, "supplies it already"),
        ("device-d-part", "supplier=maker-e; instead=power-w", UsageError, "does not supply it"),
        ("device-d-part", "supplier=nobody", NotFound, "no entity called"),
        ("device-d-part", "supplier=maker-e; share=0.9", UsageError, "more than 1"),
        ("device-d-part", "buffer=-1", UsageError, "must be a number"),
        ("device-d-part", "buffer=1e99", UsageError, "must be a number"),
    ],
)
def test_other_changes_are_refused(graph: knockon.Graph, name: str, change: str, error: type, message: str) -> None:
    """A change that cannot be read, or does not fit its dependency, is refused with what is wrong."""
    with pytest.raises(error, match=message):
        graph.impact(SHOCK, what_if={name: change})


def test_many_changes_are_refused(graph: knockon.Graph) -> None:
    """At most a hundred changes are supposed together, and they are texts."""
    with pytest.raises(UsageError, match="at most 100"):
        graph.impact(SHOCK, what_if={f"d{number}": "source=1" for number in range(101)})
    with pytest.raises(UsageError, match="names dependencies with changes"):
        graph.impact(SHOCK, what_if={"device-d-part": 3})  # type: ignore[dict-item]


CHANGES = (
    {"device-d-part": "criticality=0.2"},
    {"device-d-part": "source=0.4"},
    {"device-d-part": "supplier=maker-e; share=0.25"},
    {"device-d-part": "supplier=maker-e; instead=maker-b", "sales-d-device": "criticality=low"},
    {"device-d-part": "buffer=30"},
)


def test_a_store_folder_supposes_what_data_in_memory_do(graph: knockon.Graph, tmp_path: Path) -> None:
    """Records that are read when they are needed give the same answers, alone and among those of a least confidence."""
    with knockon.open(tmp_path / "store", write=True) as stored:
        stored.load(LETTERS / "data")
    with knockon.open(tmp_path / "store") as stored:
        known = {record.name for record in graph.records(knockon.Dependency)}
        for changes in CHANGES:
            assert known.issuperset(changes)
            for options in ({}, {"min_confidence": 0.5}, {"as_of": "2026-01-01"}, {"model": "timeline"}):
                expected = graph.impact(SHOCK, what_if=changes, **options)  # type: ignore[arg-type] # options by name
                found = stored.impact(SHOCK, what_if=changes, **options)  # type: ignore[arg-type]
                assert found.to_dict() == expected.to_dict(), (changes, options)
            assert (
                stored.explain(SHOCK, TARGET, what_if=changes).to_dict()
                == graph.explain(SHOCK, TARGET, what_if=changes).to_dict()
            )
        assert not isinstance(stored._context(what_if=changes).statements, ListedRecords)


@pytest.mark.parametrize("supplier", ["acme", "acme-ltd", "other", iri("acme-ltd")])
def test_a_supplier_is_found_where_entities_are_the_same(supplier: str) -> None:
    """Whichever of its names is written, and whether it or only others are judged the same, it stands beside the first one."""
    same = Judgement(id=iri("j"), entity=[iri("acme"), iri("acme-ltd")], verdict="Same")
    wish = need("shop", "cloud", "first", name="d", criticality_value="0.8", combination="AnyOf")
    records = (*entities("shop", "cloud", "first", "acme", "acme-ltd", "other"), same, wish)
    graph = knockon.Graph(MemoryStore(data_set("x", records)))
    assert loss(graph.impact(hit={"first": "1"}), "shop")[1] == 0.8
    report = graph.impact(hit={"first": "1"}, what_if={"d": f"supplier={supplier}"})
    assert loss(report, "shop") == (0, 0, 0)
