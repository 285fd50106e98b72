"""What the page says threatens an entity: the shocks of ``exposure``, and the single failures of ``chokepoints``."""

from __future__ import annotations

import json

import pytest

import knockon
from support.engine_cases import needs_node, run_node
from support.hostile_records import data_in_page

pytestmark = needs_node


@pytest.mark.parametrize(
    ("name", "entity"), [pytest.param("chips", "nvidia", marks=pytest.mark.slow), ("sensetime", "sensetime")]
)
def test_shocks_and_single_failures_are_those_of_python(name: str, entity: str) -> None:
    """The losses of each shock, and every entity whose failure alone takes half, with what it takes."""
    graph = knockon.open(name)
    exposure, points = graph.exposure(entity), graph.chokepoints(entity, order=1)
    lines, _ = run_node("single-failures.js", [{"data": data_in_page(graph.explore()), "entities": [exposure.entity]}])
    have = json.loads(lines[0])
    # Python also lists shocks that take something from its parts only.
    want = {one.shock: one.loss for one in exposure.exposures if one.loss > 0}
    assert dict(have["shocks"]) == pytest.approx(want)
    assert [loss for _, loss in have["shocks"]] == sorted((loss for _, loss in have["shocks"]), reverse=True)
    assert dict(have["points"]) == pytest.approx({point.entity: point.loss for point in points.points})
