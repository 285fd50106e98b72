"""Albuquerque 2000 and Kariya 1997 as small networks: who had a substitute in time, and who had none.

The data set says of every figure where it is from, and what is inferred: no source gives the days of stock of 2000, which are
supposed to be the same for both customers.
"""

from __future__ import annotations

from pathlib import Path

import pytest

import knockon
from knockon.errors import NotFound
from knockon.model import Dependency

CASE = Path(__file__).parents[1] / "cases" / "two_fires"
#: Six weeks until the plant made chips again.
WEEKS = 42


@pytest.fixture(scope="module")
def graph() -> knockon.Graph:
    return knockon.open(CASE)


def test_nokia_loses_nothing_and_ericsson_all_until_the_plant_restarts(graph: knockon.Graph) -> None:
    """Same plant, same stock: one changes to other makers on day 19, before its 21 days are used up; the other cannot."""
    report = graph.impact("albuquerque-fire", model="timeline", duration=WEEKS)
    assert report.loss("nokia-phones") == 0.0
    assert report.loss("ericsson-phones") == 1.0
    times = report.by_id["ericsson-phones"].more
    assert (times["time_to_impact"], times["time_to_recover"], times["area"]) == (22.0, 43.0, 21.0)
    [change] = report.substitutions or ()
    assert (change.dependant_label, change.day, change.loss) == ("Mobile phones of Nokia", 19.0, 0.0)
    with pytest.raises(NotFound, match=r"the need of Mobile phones of Nokia for Radio chips is met by .* after 19 days"):
        graph.explain("albuquerque-fire", "nokia-phones", model="timeline", duration=WEEKS)


def test_neither_the_stock_nor_the_substitute_alone_saves_nokia(graph: knockon.Graph) -> None:
    """Without a stock it loses 18 days; facts_only leaves out what no source states, and then it fares as the other."""
    none = graph.impact("albuquerque-fire", model="timeline", duration=WEEKS, what_if={"nokia-chips": "buffer=0"})
    assert none.by_id["nokia-phones"].more["area"] == 18.0
    stated = graph.impact("albuquerque-fire", model="timeline", duration=WEEKS, facts_only=True)
    assert stated.loss("nokia-phones") == stated.loss("ericsson-phones") == 1.0


def test_toyota_stops_and_recovers_when_substitutes_come_in(graph: knockon.Graph) -> None:
    """Four hours of stock, 1% from another maker, and other makers from day 5 on, though Aisin makes nothing to the end."""
    report = graph.impact("kariya-fire", model="timeline")
    cars = report.by_id["toyota-cars"]
    assert cars.loss == pytest.approx(0.99)
    assert (cars.more["time_to_impact"], cars.more["time_to_recover"]) == (1.0, 5.0)
    assert report.by_id["kariya"].more["time_to_recover"] is None
    text = graph.explain("kariya-fire", "toyota-cars", model="timeline").to_markdown()
    assert "after 5 days it is met by 36 suppliers of Toyota" in text


def test_every_figure_has_a_source_or_a_reason(graph: knockon.Graph) -> None:
    """Dependencies cite a page with an address, or are inferred and say why."""
    for record in graph.records(Dependency):
        assert record.evidence or (record.inferred and record.reason), record.id
