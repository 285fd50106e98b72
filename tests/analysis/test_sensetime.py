"""What must come out of the bundled data: the answers that the documents themselves give."""

from __future__ import annotations

from itertools import pairwise

import pytest

import knockon
from knockon.analysis.explain.explain import explain
from knockon.model import Dependency, Document, Entity, Person, Shock, Supply
from knockon.model.base import SPAN_LIMIT
from knockon.vocabulary import ID

REPORTS: dict[str, knockon.ImpactReport] = {}


def report(graph: knockon.Graph, shock: str) -> knockon.ImpactReport:
    if shock not in REPORTS:
        REPORTS[shock] = graph.impact(shock)
    return REPORTS[shock]


def step(result: knockon.ImpactReport, name: str) -> int:
    return result.by_id[name].step


# The shock of the documents


def test_the_value_chain_comes_out_in_order(graph: knockon.Graph) -> None:
    """Access to data, then accuracy, then deployment, then recurring revenue, each later than the one before and all lost."""
    result = report(graph, "data-reclassification")
    chain = ("surveillance-data-access", "algorithm-accuracy", "platform-deployment", "recurring-licensing-revenue")
    assert all(step(result, a) < step(result, b) for a, b in pairwise(chain))
    assert all(result.loss(name) == 1.0 for name in chain)


def test_cities_lose_at_least_as_much_as_retailers(graph: knockon.Graph) -> None:
    """The function of the cities goes, that of the retailers degrades; both lose something."""
    for shock in ("data-reclassification", "sensetime-stops"):
        result = report(graph, shock)
        assert result.loss("smart-city-administrators") >= result.loss("southeast-asian-retailers") > 0


@pytest.mark.parametrize(
    "spared",
    [
        "european-market",
        "us-treasury",
        "grizzly-research",
        "gdpr",
        "alibaba-cloud",
        "tencent-cloud",
        "nvidia",
        "android",
        "ios",
    ],
)
def test_a_reclassification_spares_what_has_no_part_in_it(graph: knockon.Graph, spared: str) -> None:
    """Other markets, authorities, laws, suppliers and short sellers are not downstream of the data."""
    assert report(graph, "data-reclassification").loss(spared) == 0.0
    assert report(graph, "data-reclassification").loss(ID + spared) == 0.0


def test_no_person_ever_loses(graph: knockon.Graph) -> None:
    """No shock hits a human being."""
    people = {person.id for person in graph.records(Person)}
    assert people
    for item in graph.impacts():
        assert not people & {impact.entity for impact in item}


def test_a_limit_on_chips_spares_their_makers(graph: knockon.Graph) -> None:
    """The listed buyer comes up short of chips; the seller loses nothing; the hardware layer and what runs on it do."""
    result = report(graph, "entity-list-chips")
    assert result.loss("nvidia") == 0.0
    assert ID + "advanced-chips" in {shortage.need for shortage in result.shortages if shortage.step == 0}
    assert result.loss("ai-inference") > 0
    assert result.loss("sensefoundry") > 0
    assert step(result, "ai-inference") < step(result, "sensefoundry")


def test_every_explanation_ends_at_a_cited_span(graph: knockon.Graph) -> None:
    """For the chips and everybody they reach: links with evidence back to a hit with evidence, spans of a known document."""
    known = {document.id for document in graph.records(Document)}
    for impact in report(graph, "entity-list-chips"):
        why = explain(report(graph, "entity-list-chips"), impact.entity)
        for part in (*why.links, why.origin):
            assert part.evidence, part.text
            for span in part.evidence:
                assert span.document in known
                assert 0 < span.end - span.start <= SPAN_LIMIT


def test_when_the_firm_stops_its_users_lose(graph: knockon.Graph) -> None:
    """Cities, retailers and car makers are reached, and so is the company itself."""
    result = report(graph, "sensetime-stops")
    for name in ("smart-city-administrators", "southeast-asian-retailers", "automotive-manufacturers"):
        assert result.loss(name) > 0
    assert result.loss("sensetime") == 1.0


def test_a_designation_touches_funds_and_no_function(graph: knockon.Graph) -> None:
    """The Treasury's list costs financing, and switches no product off."""
    result = report(graph, "treasury-designation")
    assert result.loss("external-financing") > 0
    assert result.loss("facial-identification") == 0.0
    with_financing = graph.impact("treasury-designation", financing=True)
    assert with_financing.loss("sensetime") > 0 == result.loss("sensetime")


def test_either_cloud_is_enough(graph: knockon.Graph) -> None:
    """One cloud gone leaves the service whole; both gone take it down."""
    assert graph.impact(hit={"alibaba-cloud": "total"}).loss("ai-as-a-service") == 0.0
    assert graph.impact(hit={"tencent-cloud": "total"}).loss("ai-as-a-service") == 0.0
    both = graph.impact(hit={"alibaba-cloud": "total", "tencent-cloud": "total"})
    assert both.loss("ai-as-a-service") == 0.75


def test_without_the_main_document_the_answer_changes(graph: knockon.Graph) -> None:
    """A world without the dependency card says so: fewer rows, records fallen, another network."""
    answer, other = report(graph, "data-reclassification"), graph.impact("data-reclassification", without="doc-dependency-card")
    assert other.network_hash != answer.network_hash
    assert len(other) < len(answer)
    assert other.fallen
    assert other.loss("smart-city-administrators") == 0.0


def test_chains_that_can_be_tested_come_out_in_order(graph: knockon.Graph) -> None:
    """Every documented cascade of which the shock leaves something to test is tested; none is computed the other way round."""
    rows = graph.chains()
    tested = [row for row in rows if row.testable]
    assert {row.kind for row in tested} == {"Cascade"}
    untested = {row.id for row in rows if row.kind == "Cascade"} - {row.id for row in tested}
    # Their steps are the shock itself: the closure of a market, a listing.
    assert untested == {"european-market-closure", "treasury-to-ipo-delay"}
    # Where no step is reached there is no order to speak of.
    assert {row.id for row in tested if row.in_order is None} == {"southeast-asia-procurement-risk", "valuation-trap"}
    assert not [row.id for row in tested if row.in_order is False]
    complete = {row.id for row in tested if row.complete}
    assert complete == {"value-chain", "entity-list-to-hardware", "procurement-withdrawal-cascade"}
    missed = {row.id: [step.not_reached for step in row.steps if step.not_reached] for row in tested}
    # The document names car makers at the end of the chain, and states no need of theirs that leads there.
    assert missed["data-reclassification-collapse"] == [("automotive-manufacturers",)]


def test_every_shock_hits_something(graph: knockon.Graph) -> None:
    """No shock is without effect, none misses a target, none is cut short."""
    for impact in graph.impacts():
        assert len(impact) > 0, impact.shock.name
        assert impact.missing_targets == (), impact.shock.name
        assert not impact.truncated


# The data


def test_every_record_has_evidence(graph: knockon.Graph) -> None:
    """All but the documents themselves rest on a span of one."""
    bare = [
        record.name for record in graph.store.records if not isinstance(record, Document) and not list(record.all_evidence())
    ]
    assert bare == []


def test_a_company_provides_nothing(graph: knockon.Graph) -> None:
    """`sensetime` is supplier of nobody and need of nobody; nor is any whole whose parts are in the graph as products."""
    dependencies = list(graph.records(Dependency))
    providers = {supply.provider for d in dependencies for supply in d.supply}
    needs = {d.need for d in dependencies}
    assert ID + "sensetime" not in providers | needs
    wholes = {above for entity in graph.records(Entity) for above in entity.part_of}
    dependants = {d.dependant for d in dependencies}
    both = {whole for whole in wholes & dependants if whole in providers | needs}
    companies = {company.id for company in graph.records(knockon.Company)}
    assert not both & companies


def test_every_inference_has_its_reason(graph: knockon.Graph) -> None:
    """What no document states says why it is there."""
    inferred = [record for record in graph.store.records if record.inferred]
    assert inferred
    assert [record.name for record in inferred if not record.reason] == []


def test_names_are_of_one_kind(graph: knockon.Graph) -> None:
    """Every IRI lies in the base of the data set, parts included."""
    for record in graph.store.records:
        assert record.id.startswith(ID)
    supplies = [supply for d in graph.records(Dependency) for supply in d.supply]
    assert all(isinstance(item, Supply) and item.id.startswith(ID) for item in supplies)
    assert len({shock.id for shock in graph.records(Shock)}) >= 10


def test_spans_are_where_they_say(graph: knockon.Graph, shared: object) -> None:
    """Against the source documents: every document is there, no span is outside one or too long."""
    from pathlib import Path

    folder = Path(str(shared)) / "seeds"
    if not folder.is_dir():
        pytest.skip(f"no {folder}")
    answer = graph.check_evidence(folder, folder / "inventory.json" if (folder / "inventory.json").is_file() else None)
    assert answer.ok, answer.outside
    assert all(document.matched for document in answer.documents)
    if answer.inventory is not None:
        assert answer.inventory.share > 0.9, answer.inventory.untouched
