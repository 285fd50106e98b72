"""What the page says to bear in mind is what the run says: caveats, worst parts, shortages of what loses nothing."""

from __future__ import annotations

import pytest

import knockon
from knockon.analysis.run_info import RunInfo
from knockon.errors import UsageError
from knockon.model import Company, DataSet, DataSetInfo, Dependency, Ownership
from knockon.present.caveats import caveats, caveats_of, fallen, rests_on, short, ungraded, worst_parts
from knockon.present.text.explanation_text import tree
from knockon.store.oxigraph import MemoryStore
from knockon.vocabulary import UNSTATED
from support.contexts import explain
from support.engine_cases import needs_node
from support.example_data import EXAMPLE
from support.hostile_records import HOSTILE, data_in_page
from support.page_runs import computed

NS = "https://w3id.org/knockon/id/"


@pytest.fixture(scope="module")
def example():
    return knockon.open(EXAMPLE)


def names(data: dict, rows: list[int]) -> list[str | None]:
    return [data["strings"][data["nodes"]["label"][row]] if row >= 0 else None for row in rows]


def test_what_is_left_out_is_told(graph):
    """The cap on sums, and what did not enter the network with the reasons why."""
    data = data_in_page(graph.explore("data-reclassification"))
    said = data["cascade"]["run"]["caveats"]
    assert "independent partial losses are understated" in said[0]
    assert said[2] == (
        "Of the dependencies and their suppliers, 3 were left out: 2 financing (the need of SenseTime for External financing "
        "(sensetime-financing), the need of SenseTime for Government-related revenue (sensetime-government-business); "
        "--financing lets them in), 1 not asserted (the need of External financing for Investors "
        "(investor-patience-financing); --stance lets it in)."
    )
    assert "the shock is hypothesised" in said[3]


def test_a_placeholder_is_never_worded_as_a_figure_of_a_source(graph):
    """Every view of a shock whose severity nobody stated says so, and counts it; with a stated severity none does."""
    report, told = graph.impact("short-seller-report"), graph.explain("short-seller-report", "sensetime-shares")
    views = [
        told.to_markdown(),
        tree(told),
        graph.report("short-seller-report"),
        str(graph.explore("short-seller-report")),
        " ".join(caveats_of(report)),
    ]
    assert all(UNSTATED in view for view in views)
    assert all(" by 45" not in view for view in views)
    assert "The hit is ungraded" in views[0]
    assert "every step is asserted by a source it cites." not in views[0]
    assert rests_on(report.impacts[0].support) == "asserted, 1 judged, 1 unknown (the hit)"
    assert ungraded([]) == ""
    assert "no source states" not in graph.explain("entity-list-chips", "senseauto").to_markdown()
    profile = graph.profile("sensetime-shares").to_dict()["forces"]
    assert [line["support"]["ungraded_hit"] for line in profile if line.get("computed")] == [True]


def test_what_is_judged_is_not_called_asserted(graph):
    """A judged severity and a judged criticality are marked where they are told, and excepted from what sources assert."""
    told = graph.explain("entity-list-chips", "sensetime")
    text = told.to_markdown()
    assert "by 75% (judged) (doc-dependency-card" in text
    assert "at high criticality (0.75, judged)" in text
    assert "every step is asserted by a source it cites, save what is named next." in text
    origin = told.to_dict()["origin"]["text"]
    assert origin.endswith("by 75% [judged severity].")


def test_cut_short_missing_and_fallen_are_told():
    records = tuple(f"urn:x/{n}" for n in range(10))
    run = RunInfo(
        model="chance", parameters={}, network_hash="", stopped_by="cap", missing_targets=("urn:x/a",), fallen=records
    )
    assert any("cap" in line for line in caveats(run))
    assert "Not hit, because not there: a." in caveats(run)
    assert fallen(run) == "10 records fell away with the world asked for: 0, 1, 2, 3, 4, 5, 6, 7 and 2 more."
    nothing = RunInfo(model="", parameters={}, network_hash="")
    assert caveats(nothing) == []
    assert fallen(nothing) == ""


def test_worst_parts_are_those_of_the_run(example):
    """Each company with a part that loses more than it does, and no other."""
    report = example.impact("zeiss-smt-fire")
    expected = {(company.entity, company.worst_part) for company in report.companies if company.part_is_worse}
    assert {(whole, part) for whole, part, _, _ in worst_parts(report)} == expected
    data = data_in_page(example.explore("zeiss-smt-fire"))
    parts = {tuple(names(data, row[:2])): row[3] for row in data["cascade"]["parts"]}
    assert parts["Samsung Electronics", "Samsung's making of leading-edge chips"] == 0.5625
    assert parts["SK hynix", "SK hynix's operations"] == 0.1125


def test_short_though_nothing_is_lost(example):
    """A need whose supplier is hit loses nothing itself; the page says for whom it falls short, and counts such needs."""
    report = example.impact("zeiss-smt-fire")
    lost = {impact.entity for impact in report}
    expected = {(one.need, one.dependant): one.shortage for one in report.shortages if one.need not in lost}
    assert short(report) == pytest.approx(expected)
    data = data_in_page(example.explore("zeiss-smt-fire"))
    assert ["EUV optics", "EUV lithography systems"] in [names(data, row[:2]) for row in data["cascade"]["short"]]
    assert data["cascade"]["run"]["short"] == len({need for need, _ in expected}) == 2


def test_a_made_up_shock_is_run_as_impact_runs_it(example):
    """The page of --hit has the losses of impact --hit, in the main world and on each day."""
    hit = {"zeiss-smt": "high"}
    data = data_in_page(example.explore(hit=hit))
    report = example.impact(hit=hit)
    impacts = data["cascade"]["impacts"]
    found = {data["strings"][row]: loss for row, loss in zip(impacts["entity"], impacts["loss"], strict=True)}
    assert found == {one.entity: pytest.approx(one.loss, abs=1e-6) for one in report}
    assert data["cascade"]["run"]["shock_label"] == report.shock.label
    assert not any(world["reason"] for world in data["network"]["worlds"])


@pytest.mark.slow
@needs_node
def test_a_made_up_shock_in_the_world_of_a_document(graph):
    """It is run there, too; where its target is not there, that is the reason for an empty cascade."""
    data = data_in_page(graph.explore(hit={"nvidia": 0.6}))
    runs = [run for ((document, _), shock), run in computed(data).items() if document >= 0 and shock.startswith("urn:knockon:")]
    assert "What the shock hits is not in this world." in {run["reason"] for run in runs}
    assert any(run["impacts"] and not run["reason"] for run in runs)


def test_one_shock_to_begin_with(example):
    with pytest.raises(UsageError, match="one of the two"):
        example.explore("zeiss-smt-fire", hit={"asml": "high"})
    with pytest.raises(UsageError, match="at least one thing"):
        example.explore(hit={})


def test_hostile_names_travel_as_data():
    """Names of parts and needs, and ids in caveats, never stand in the page as markup."""
    whole, part, need = (Company(id=f"{NS}c{n}", label=HOSTILE[n], part_of=[f"{NS}c0"] if n == 1 else []) for n in range(3))
    link = Dependency(id=f"{NS}d", dependant=part.id, need=need.id, criticality="High", supply=[{"provider": f"{NS}p"}])
    records = (whole, part, need, Company(id=f"{NS}p", label="P"), link)
    graph = knockon.Graph(MemoryStore(DataSet(DataSetInfo(id=f"{NS}set", title="Set"), records)))
    text = graph.explore(hit={"p": "essential"})
    table = data_in_page(text)["cascade"]
    assert len(table["parts"]) == len(table["short"]) == 1
    for hostile in HOSTILE[:3]:
        assert hostile not in text


def test_ownership_that_passes_on_nothing_is_told():
    """Where an owner is hit, every view says how much it owns and that no loss goes along; else nothing is said of it."""
    records = (
        *(Company(id=f"{NS}{name}", label=name.title()) for name in ("parent", "left", "right", "shop")),
        *(Ownership(id=f"{NS}owns-{name}", owner=NS + "parent", owned=NS + name, share="0.6") for name in ("left", "right")),
        Dependency(id=NS + "need", dependant=NS + "shop", need=NS + "parent", criticality="High"),
    )
    graph = knockon.Graph(MemoryStore(DataSet(DataSetInfo(id=NS + "data-x", title="X"), records)))
    told = "Parent owns 2 others; ownership passes on no loss here"
    report = graph.impact(hit={"parent": "high"})
    assert f"{told}." in caveats_of(report)
    explained = explain(report, "shop")
    assert told in tree(explained)
    assert told in explained.to_markdown()
    assert told in graph.report(hit={"parent": "high"})
    assert told in str(graph.explore(hit={"parent": "high"}))
    assert graph.impact(hit={"left": "high"}).to_dict()["owners_hit"] == []
