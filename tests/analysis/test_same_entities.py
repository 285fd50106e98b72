"""Every answer sees the same entities of several data sets as one, by the IRI that the question names."""

from __future__ import annotations

from pathlib import Path

import pytest

import knockon
from knockon.errors import InvalidData
from knockon.store.oxigraph import MemoryStore
from support.small_records import NS, iri

LEI = "549300S4KLFTLO7GSQ80"
OTHER = "https://example.org/two/"
OURS = f"""
Document:
  doc-a: {{title: A}}
Company:
  nvidia: {{label: NVIDIA, identifier: "LEI {LEI}"}}
  tsmc: {{label: TSMC}}
  shop: {{label: Shop}}
Product:
  gpu: {{label: GPU, partOf: nvidia}}
Dependency:
  d1: {{dependant: gpu, need: tsmc, criticality: High, evidence: [doc-a 0-9]}}
  d2: {{dependant: shop, need: gpu, criticality: Essential, evidence: [doc-a 10-19]}}
"""
THEIRS = f"""
Company:
  nv: {{label: NVIDIA Corp, identifier: "LEI {LEI}"}}
  tsm: {{label: Taiwan Semiconductor}}
  asml: {{label: ASML}}
  fab: {{label: Fab}}
Dependency:
  e1: {{dependant: tsm, need: asml, criticality: High}}
  e2: {{dependant: fab, need: nv, criticality: High}}
"""


def folder(path: Path, name: str, base: str, text: str) -> str:
    """A data set in a folder."""
    path.joinpath(name).mkdir()
    path.joinpath(name, "dataset.yaml").write_text(f"name: {name}\ntitle: {name}\nbase: {base}\n")
    path.joinpath(name, "records.yaml").write_text(text)
    return str(path / name)


def judged(**more: str) -> str:
    """A file with one judgement about the two names of TSMC."""
    rows = "".join(f"\n    {name}: {value}" for name, value in more.items())
    return f"Judgement:\n  tsmc-same:\n    entity: [{iri('tsmc')}, {OTHER}tsm]\n    verdict: Same\n    judgedBy: me{rows}\n"


def opened(*sets: str) -> knockon.Graph:
    """A graph with several data sets."""
    graph = knockon.Graph(MemoryStore())
    graph.load(*sets)
    return graph


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> knockon.Graph:
    """Two data sets, with a judgement and an identifier that two companies share."""
    path = tmp_path_factory.mktemp("same")
    sets = [folder(path, "one", NS, OURS), folder(path, "two", OTHER, THEIRS), folder(path, "three", NS, judged())]
    return opened(*sets)


def losses(report: knockon.ImpactReport) -> dict[str, float]:
    """The loss of each entity by its IRI."""
    return {impact.entity: round(impact.loss, 3) for impact in report}


def test_harm_crosses_from_one_data_set_into_the_other(graph: knockon.Graph) -> None:
    """A hit in one data set reaches the other through the entity that both have, shown by its least IRI."""
    found = losses(graph.impact(hit={"asml": "high"}))
    assert found == {f"{OTHER}asml": 0.75, f"{OTHER}tsm": 0.562, iri("gpu"): 0.422, iri("shop"): 0.422}


@pytest.mark.parametrize("name", ["tsm", "tsmc", "TSMC", "Taiwan Semiconductor", f"{OTHER}tsm", "id:tsmc"])
def test_a_hit_on_any_name_is_a_hit_on_the_entity(graph: knockon.Graph, name: str) -> None:
    """The loss does not depend on the name; the IRI that is shown is the one that the question names."""
    report = graph.impact(hit={name: "high"})
    shown = iri("tsmc") if name in ("tsmc", "id:tsmc") else f"{OTHER}tsm"
    assert losses(report) == {shown: 0.75, iri("gpu"): 0.562, iri("shop"): 0.562}
    hidden = ({iri("tsmc"), f"{OTHER}tsm"} - {shown}).pop()
    assert next(iter(report)).to_dict()["same_as"] == [hidden]
    assert report.to_dict()["same_as"] == {shown: [hidden], f"{OTHER}nv": [iri("nvidia")]}
    # A question that names nothing afterwards is answered with the least IRI again.
    assert f"{OTHER}tsm" in losses(graph.impact(hit={"asml": "high"}))


def test_an_entity_without_other_names_has_no_same_as(graph: knockon.Graph) -> None:
    """The key is there for entities that have another name."""
    assert "same_as" not in next(iter(graph.impact(hit={"asml": "high"}))).to_dict()


def test_answers_that_name_an_entity_show_it_by_that_name(graph: knockon.Graph) -> None:
    """Explanation, exposure, choke points, profile and remedies are about the IRI that was named."""
    explained = graph.explain(None, "tsmc", hit={"asml": "high"})
    assert explained.to_dict()["entity"] == iri("tsmc")
    assert graph.exposure("nvidia").entity == iri("nvidia")
    assert graph.chokepoints("nvidia").entity == iri("nvidia")
    profile = graph.profile("id:nvidia")
    assert (profile.entity, profile.parts) == (iri("nvidia"), graph.profile(f"{OTHER}nv").parts)
    assert profile.to_dict()["same_as"] == [f"{OTHER}nv"]
    assert {line.text for line in profile.dependants} == {line.text for line in graph.profile("nv").dependants}
    assert graph.mitigate(None, "shop", hit={"tsmc": "high"}).to_dict()["entity"] == iri("shop")


def test_a_record_shows_its_other_names(graph: knockon.Graph) -> None:
    """`show` has a record as its data set states it, and which others are the same entity."""
    assert graph.show("id:nvidia").to_dict()["same_as"] == [f"{OTHER}nv"]
    assert graph.show("id:nvidia").values["label"] == "NVIDIA"
    assert "same_as" not in graph.show("asml").to_dict()


def test_parts_of_one_name_are_parts_of_the_company(graph: knockon.Graph) -> None:
    """A company rolls up what is part of it by any of its names."""
    companies = {loss.entity: loss.worst_part for loss in graph.impact(hit={"tsm": "high"}).companies}
    assert companies[f"{OTHER}nv"] == iri("gpu")


def test_functions_of_sparql_know_every_name(graph: knockon.Graph, tmp_path: Path) -> None:
    """ko:loss has one value for both IRIs."""
    shock = f"Shock:\n  stop:\n    label: Stop\n    hit: [{{target: {OTHER}tsm, severity: High}}]\n"
    sets = [folder(tmp_path, "one", NS, OURS), folder(tmp_path, "two", OTHER, THEIRS), folder(tmp_path, "j", NS, judged())]
    both = opened(*sets, folder(tmp_path, "s", NS, shock))
    query = f"SELECT (ko:loss(id:stop, id:tsmc) AS ?a) (ko:loss(id:stop, <{OTHER}tsm>) AS ?b) {{}}"
    assert [(row["a"].value, row["b"].value) for row in both.query(query)] == [("0.75", "0.75")]


def test_judgements_hold_in_worlds_and_on_days_like_other_records(tmp_path: Path) -> None:
    """A judgement that has ended, or whose evidence is left out, joins nothing; identifiers stay."""
    late = judged(until="2020-12-31")
    sets = [folder(tmp_path, "one", NS, OURS), folder(tmp_path, "two", OTHER, THEIRS), folder(tmp_path, "j", NS, late)]
    both = opened(*sets)
    on_day = {day: losses(both.impact(hit={"asml": "high"}, as_of=day)) for day in ("2020-06-01", "2021-06-01", "all")}
    assert [iri("gpu") in found for found in on_day.values()] == [True, False, True]
    # The document states what TSMC is needed for; that TSMC is also `tsm` rests on no document.
    in_world = losses(both.impact(hit={"tsmc": "high"}, as_of="2020-06-01", according_to="doc-a"))
    assert in_world == {iri("tsmc"): 0.75, iri("gpu"): 0.562, iri("shop"): 0.562}


def test_contradicting_judgements_are_an_error_with_file_and_line(tmp_path: Path) -> None:
    """Data that say Same and Different of one pair cannot be opened."""
    text = judged() + judged().replace("Same", "Different").replace("Judgement:\n", "").replace("tsmc-same", "tsmc-different")
    sets = [folder(tmp_path, "one", NS, OURS), folder(tmp_path, "two", OTHER, THEIRS), folder(tmp_path, "j", NS, text)]
    with pytest.raises(InvalidData, match=r"records\.yaml:\d+.*judged different"):
        opened(*sets)


def test_the_page_has_one_node_for_the_same_entities(graph: knockon.Graph) -> None:
    """The explorer page draws one entity, with its other names, and the judgement among its facts."""
    page = str(graph.explore())
    assert "Taiwan Semiconductor" in page
    assert '"same: ' in page.lower()


def test_a_portfolio_has_the_same_entities_once(graph: knockon.Graph, tmp_path: Path) -> None:
    """By any of their names, with the sum of their amounts; a watch keeps them by the name that the list has."""
    (tmp_path / "mine.csv").write_text(f"id,amount\n{OTHER}tsm,1\nTSMC,2\nfab,4\n", "utf-8")
    mine = graph.portfolio(tmp_path / "mine.csv")
    report = graph.impact(hit={"asml": "high"}, portfolio=mine)
    assert report.portfolio is not None
    assert (report.portfolio.entities, report.portfolio.amount) == (2, 7.0)
    expected = 3 * report.loss("tsmc") + 4 * report.loss("fab")
    assert report.portfolio.weighted_loss == pytest.approx(expected)
    assert {h.id: h.amount for h in graph.portfolio_exposure(mine).holdings} == {"tsm": 3.0, "fab": 4.0}
    watched = graph.watch(mine, tmp_path / "state.json", save=False)
    assert (watched.entities, watched.state.holdings) == (2, {f"{OTHER}tsm": 3.0, f"{OTHER}fab": 4.0})


def test_what_becomes_the_same_loses_what_the_other_does(tmp_path: Path) -> None:
    """In the differences of two versions an entity that is the same as another in one of them has its losses there."""
    shock = "Shock:\n  stop:\n    label: Stop\n    hit:\n      - {target: 'https://example.org/two/asml', severity: High}\n"
    one, two = folder(tmp_path, "one", NS, OURS + shock), folder(tmp_path, "two", OTHER, THEIRS)
    three = folder(tmp_path, "three", NS, judged())
    with knockon.open(tmp_path / "st", write=True) as graph:
        graph.load(one, two)
        graph.load(three)
        answer = graph.diff_impacts(1).impacts
    # The company of the other data set lost the same before, and does still.
    assert {change.id: change.kind.value for change in answer.changes} == {"tsmc": "new", "gpu": "new", "shop": "new"}


LISTED = f"""
Measure:
  block: {{label: Block}}
OwnershipRule:
  half: {{label: Half, extends: block, threshold: 0.5}}
Company:
  parent: {{label: Parent Holding}}
Designation:
  block-parent: {{measure: block, designated: parent, listEntry: "7"}}
Shock:
  blocked:
    label: Blocked
    legalBasis: block
    hit:
      - targetQuery: "SELECT ?target {{ ?target a ko:Supply ; ko:provider ?firm . ?firm ko:coveredBy <{NS}block> }}"
        severity: Essential
"""
OWNERS = f"""
Company:
  parent-co: {{label: PARENT HOLDING LTD}}
  cloud: {{label: Cloud}}
  shop: {{label: Shop}}
Service:
  hosting: {{label: Hosting}}
Ownership:
  o: {{owner: parent-co, owned: cloud, share: SHARE, direct: true}}
Dependency:
  d: {{dependant: shop, need: hosting, criticality: High, supply: [cloud]}}
Judgement:
  j: {{entity: [parent-co, {NS}parent], verdict: Same}}
"""


@pytest.mark.parametrize(("share", "expected"), [("0.5", {f"{OTHER}shop": 0.75}), ("0.49", {})])
def test_a_listing_under_one_name_covers_what_is_owned_under_another(
    tmp_path: Path, share: str, expected: dict[str, float]
) -> None:
    """The 50 percent rule, its triples and a policy see the listed party and the owner as one."""
    sets = [folder(tmp_path, "lists", NS, LISTED), folder(tmp_path, "owners", OTHER, OWNERS.replace("SHARE", share))]
    both = opened(*sets)
    assert losses(both.impact("blocked")) == expected
    assert both.covered("block", "parent-co").verdict == "covered"
    assert both.covered("block", "cloud").verdict == ("covered" if expected else "cannot tell")
    query = f"SELECT ?firm {{ ?firm ko:coveredBy <{NS}block> }} ORDER BY ?firm"
    found = [row["firm"].value for row in both.query(query)]
    assert found == [*([f"{OTHER}cloud"] if expected else []), f"{OTHER}parent-co", f"{NS}parent"]


def test_triples_of_same_entities_are_read_back(tmp_path: Path) -> None:
    """A file of triples, in which derived ones are among the others, gives the same records again."""
    sets = [folder(tmp_path, "lists", NS, LISTED), folder(tmp_path, "owners", OTHER, OWNERS.replace("SHARE", "0.5"))]
    both = opened(*sets)
    for ending in ("nt", "nq"):
        both.export(tmp_path / f"all.{ending}")
        again = knockon.open(tmp_path / f"all.{ending}")
        assert {record.id: record for record in again.store.records} == {record.id: record for record in both.store.records}
        assert not any(data_set.extra for data_set in again.store.data_sets)
