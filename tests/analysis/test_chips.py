"""The chips data set: what is in it, that all of it is cited by address, and that its shocks are answered."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import knockon
from knockon import Graph
from knockon.authoring.read import read_data_set
from knockon.bundled import data_set_folder
from knockon.model import Dependency, Designation, Document, Entity, Institution, Provision, Record, Shock, Statement
from knockon.vocabulary import ID

#: Who loses what, at the point, in the shocks that are asked for most.
LOSSES = {
    "euv-export-stop": {"tsmc-leading-edge": 1.0, "nvidia": 1.0, "gpu-compute": 1.0, "foundry-service": 0.0},
    "gallium-germanium-control": {"gallium": 0.98, "united-states-gallium-use": 0.98},
    "gallium-ban-returns": {"united-states-gallium-use": 0.75, "gallium": 0.0},
    "zeiss-fire": {"optical-columns": 0.75, "asml": 0.75, "euv-lithography-systems": 0.75},
    "helium-stop": {"helium": 0.30, "wafer-fabrication": 0.0},
    "eda-stop": {"chinese-chip-design": 0.75, "nvidia-gpus": 0.0},
    "hbm-export-control": {"huawei-ascend": 0.5625, "nvidia-gpus": 0.0},
}


@pytest.fixture(scope="module")
def records() -> tuple[Record, ...]:
    """The records of the data set, read from its files."""
    return tuple(read_data_set(data_set_folder("chips")).records)


@pytest.fixture(scope="module")
def both() -> Iterator[Graph]:
    """The data set together with that of SenseTime."""
    with knockon.open("sensetime") as graph:
        graph.load("chips")
        yield graph


@pytest.fixture(scope="module")
def chips() -> Iterator[Graph]:
    """The data set alone."""
    with knockon.open("chips") as graph:
        yield graph


def test_it_is_large_enough_and_connected(records: tuple[Record, ...]) -> None:
    """At least 80 entities and 120 dependencies or provisions, of which nine in ten hang together."""
    entities = {r.id for r in records if isinstance(r, Entity) and not isinstance(r, Institution)}
    links: list[tuple[str, str]] = []
    for record in records:
        if isinstance(record, Provision):
            links.append((record.provided, record.provider))
        elif isinstance(record, Dependency):
            links += [(record.dependant, other) for other in (record.need, *(s.provider for s in record.supply))]
    assert len(entities) >= 80
    assert sum(isinstance(r, Dependency | Provision) for r in records) >= 120
    near: dict[str, set[str]] = {}
    for one, other in links:
        near.setdefault(one, set()).add(other)
        near.setdefault(other, set()).add(one)
    reached, front = set(), ["https://w3id.org/knockon/id/gpu-compute"]
    while front:
        node = front.pop()
        if node not in reached:
            reached.add(node)
            front += near[node]
    assert len(reached) >= 0.9 * len(near)


def test_every_document_has_an_address_and_a_day_of_reading(records: tuple[Record, ...]) -> None:
    """Whoever doubts a record can open the page."""
    for document in (r for r in records if isinstance(r, Document)):
        assert document.url is not None
        assert document.url.startswith(("http://", "https://"))
        assert document.retrieved is not None
        assert document.publisher


def test_every_record_is_cited_or_says_why_it_is_there(records: tuple[Record, ...]) -> None:
    """All but publishers and documents have evidence, or are inferred with a reason; no cited document is missing."""
    documents = {r.id for r in records if isinstance(r, Document)}
    cited = set()
    for record in records:
        if isinstance(record, Statement) and not isinstance(record, Document | Institution):
            evidence = [item.document for item in record.all_evidence()]
            assert evidence or (record.inferred and record.reason), record.id
            cited.update(evidence)
    assert cited == documents


def test_words_are_the_pages_words_or_judged(records: tuple[Record, ...]) -> None:
    """A number beside no share is 1 for a link that takes a thing apart, and marked; severities are judged."""
    for record in records:
        if isinstance(record, Dependency) and record.criticality_value is not None:
            assert record.criticality_value == 1
            assert record.inferred or "criticalityValue" in record.judged, record.id
        if isinstance(record, Shock):
            assert all("severity" in hit.judged for hit in record.hit), record.id


def test_most_shocks_are_policies(records: tuple[Record, ...]) -> None:
    """At least twelve find their targets by a query, so that they hit what the graph comes to hold."""
    assert sum(all(hit.target_query for hit in r.hit) for r in records if isinstance(r, Shock)) >= 12


def test_every_shock_reaches_somebody(chips: Graph, records: tuple[Record, ...]) -> None:
    """None has a target that is missing, and none hits nothing."""
    shocks = {r.id for r in records if isinstance(r, Shock)}
    reports = chips.impacts()
    assert {report.shock.id for report in reports} == shocks
    for report in reports:
        assert report.impacts, report.shock.id
        assert not report.run.missing_targets, report.shock.id


@pytest.mark.parametrize("shock", LOSSES)
def test_losses_of_well_known_shocks(chips: Graph, shock: str) -> None:
    """A control on buyers does not switch off the seller, nor buyers elsewhere; single suppliers pass all on."""
    report = chips.impact(shock)
    assert {name: round(report.loss(name), 6) for name in LOSSES[shock]} == LOSSES[shock]


def test_with_sensetime_an_euv_stop_reaches_its_training_through_nvidia(both: Graph) -> None:
    """The two data sets meet in the names that they share."""
    report = both.impact("euv-export-stop")
    assert report.loss("sensetime") == 0.75
    # What is trained already goes on: it loses less than its development.
    assert 0 < report.loss("facial-recognition-algorithms") < report.loss("algorithm-development")
    explained = both.explain("euv-export-stop", "sensetime")
    assert "https://w3id.org/knockon/id/doc-copperroad-euv" in explained.documents
    assert any("nvidia" in str(part.to_dict()) for part in explained.parts)


def test_the_timeline_answers_days(chips: Graph) -> None:
    """Stocks run down: gas in Taiwan after ten days, materials in Korea after a month, machines after a year."""
    days = {
        "taiwan-gas-blockade": ("taiwan-electricity", 10),
        "photoresist-curb": ("sk-hynix-operations", 30),
        "euv-export-stop": ("tsmc-leading-edge", 365),
    }
    for shock, (entity, day) in days.items():
        report = chips.impact(shock, model="timeline", horizon=400)
        (impact,) = [i for i in report.impacts if i.entity.endswith(f"/{entity}")]
        assert impact.more["time_to_impact"] == day


def test_the_entity_list_is_that_of_the_sensetime_data(both: Graph, records: tuple[Record, ...]) -> None:
    """Loaded together it is one measure that names SenseTime and whom the chips data designate."""
    found = both.query("SELECT ?party WHERE { id:us-entity-list ko:appliesTo ?party }")
    parties = {str(row["party"]).removeprefix(ID) for row in found.to_dicts()}
    designated = {r.designated.removeprefix(ID) for r in records if isinstance(r, Designation)}
    assert parties == {"sensetime", *designated}
