"""What all drawings of a cascade share: columns, rows, causes and lines."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

import knockon
from knockon.analysis.impact.focus import severity_key
from knockon.present.cascade_drawing import EntityLoss, cascade_drawing
from knockon.present.page.page_data import drawing as page_data

NAMES = [f"urn:x:{letter}" for letter in "abcdefgh"]


@st.composite
def cascades(draw):
    """Losses of some entities, each with causes that need not be there, and shortages between any two names."""
    chosen = draw(st.lists(st.sampled_from(NAMES), unique=True))
    losses = [
        EntityLoss(
            name, name[-1], draw(st.floats(0, 1)), 0.0, 1.0, draw(st.integers(0, 3)),
            tuple(draw(st.lists(st.sampled_from(NAMES), max_size=2))),
        )
        for name in chosen
    ]  # fmt: skip
    pairs = st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES))
    return losses, draw(st.dictionaries(pairs, st.floats(0, 1), max_size=6))


@given(cascades())
def test_every_entity_has_one_place(cascade):
    """Each loss has one box, its column is its step, and the rows of a column count from 0, worst first."""
    losses, shortages = cascade
    boxes = cascade_drawing(losses, shortages).boxes
    assert sorted(box.entity for box in boxes) == sorted(loss.entity for loss in losses)
    steps = {loss.entity: loss.step for loss in losses}
    for column in {box.column for box in boxes}:
        inside = [box for box in boxes if box.column == column]
        assert [box.row for box in inside] == list(range(len(inside)))
        assert [round(box.loss, 9) for box in inside] == sorted((round(box.loss, 9) for box in inside), reverse=True)
        assert all(steps[box.entity] == column for box in inside)


@given(cascades())
def test_causes_lie_before_their_effects(cascade):
    """Lines that bind lead to a later column, and only other shortages may lead back, which they say."""
    losses, shortages = cascade
    drawing = cascade_drawing(losses, shortages)
    for line in drawing.lines:
        onwards = drawing.boxes[line.cause].column < drawing.boxes[line.effect].column
        assert line.back is not onwards
        assert onwards or not line.binding
        assert line.binding is False or drawing.boxes[line.effect].cause == line.cause
    ends = {(drawing.boxes[line.cause].entity, drawing.boxes[line.effect].entity) for line in drawing.lines if not line.binding}
    known = {loss.entity for loss in losses}
    assert ends == {pair for pair in shortages if set(pair) <= known and pair[0] != pair[1]}


@given(cascades(), st.randoms(use_true_random=False))
def test_the_order_of_the_losses_does_not_matter(cascade, randomness: random.Random):
    """The same losses in another order give the same drawing."""
    losses, shortages = cascade
    shuffled = list(losses)
    randomness.shuffle(shuffled)
    assert cascade_drawing(shuffled, shortages) == cascade_drawing(losses, shortages)


@pytest.mark.parametrize("shock", ["data-reclassification", "entity-list-chips"])
def test_page_and_report_have_the_same_drawing(graph: knockon.Graph, shock):
    """The page has every entity in the column, the row and the order in which the report ranks it."""
    report = graph.impact(shock)
    data = page_data(graph.store.records, report, title="t")
    columns = data["cascade"]["impacts"]
    entities = [data["strings"][row] for row in columns["entity"]]
    ranked = sorted(report.impacts, key=lambda impact: (impact.step, severity_key(impact)))
    assert entities == [impact.entity for impact in ranked]
    assert columns["x"] == [impact.step for impact in ranked]
    sources = [entities[cause] if cause >= 0 else None for cause in columns["cause"]]
    assert sources == [impact.source for impact in ranked]
    place = {impact.entity: row for row, impact in enumerate(ranked)}
    pairs = {(place[one.need], place[one.dependant]) for one in report.shortages if {one.need, one.dependant} <= place.keys()}
    back = {pair: int(columns["x"][pair[0]] >= columns["x"][pair[1]]) for pair in pairs}
    assert [tuple(row) for row in data["cascade"]["shortages"]] == sorted((*pair, back[pair]) for pair in pairs)
