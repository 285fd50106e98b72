"""Worlds: what would be said if only one document existed, or if one did not."""

from __future__ import annotations

from decimal import Decimal

import pytest
from pyoxigraph import Literal, NamedNode, Quad

from knockon.errors import NotFound
from knockon.graph import Graph
from knockon.model import CausalChain, Company, Dependency, Entity, Evidence, Measure, Product, Provision, Shock, Statement
from knockon.store.base import Store
from knockon.store.oxigraph import MemoryStore
from knockon.store.worlds import World, find_document, local_names, world
from support.small_records import data_set, documents, entities, iri, need, passage

A, B = [passage(0, 9, "doc-a")], [passage(0, 9, "doc-b")]
FOREIGN = Quad(NamedNode("urn:x:a"), NamedNode("urn:x:p"), Literal("1"), NamedNode("urn:x:g"))


def store() -> MemoryStore:
    """Two documents: A says the shop and its cloud, B the power plant and what it needs; some rest on both, some on none."""
    return MemoryStore(
        data_set(
            "x",
            [
                *documents("doc-a", "doc-b"),
                Company(
                    id=iri("shop"), label="Shop", alt_label=["SHOP"], comment="Said by A.", part_of=iri("group"), evidence=A
                ),
                *entities("group", comment="Said by B.", evidence=B),
                *entities("cloud", cls=Product, evidence=[*A, *B]),
                *entities("plant", comment="Said by B.", evidence=B),
                *entities("author", comment="Nobody's word."),
                Measure(id=iri("law"), label="Law", status="InForce", applies_to=iri("shop"), evidence=B),
                need("shop", "cloud", "acme", evidence=[*A, *B]),
                *entities("acme", evidence=B),
                need("cloud", "plant", evidence=A),
                need("plant", "law", evidence=B),
                need("author", "shop"),
                Shock.model_validate(
                    {"id": iri("blow"), "label": "Blow", "evidence": B, "hit": [{"target": iri("plant"), "evidence": B}]}
                ),
            ],
            extra=(FOREIGN,),
        )
    )


def names(store: Store) -> set[str]:
    return {record.name for record in store.records}


def record(store: Store, name: str) -> Statement:
    return next(r for r in store.records if r.name == name)


def test_no_world_is_the_store_itself() -> None:
    """Neither option: the same store, nothing fallen or absent."""
    whole = store()
    assert world(whole) == World(whole, (), whole, {}, {})


def test_without_keeps_what_has_evidence_left() -> None:
    """What rests on B alone falls; what rests on A as well, or on nobody, stays."""
    result = world(store(), without="doc-b")
    assert {"shop", "cloud", "shop-needs-cloud", "cloud-needs-plant", "author", "author-needs-shop"} <= names(result.store)
    assert local_names(result.fallen) == ["law", "plant-needs-law"]


def test_supplies_that_fall_away_are_told_by_their_dependency() -> None:
    """Their shares pass to those that stay: of 0.6 and 0.4, the one that is left has all."""
    shares = (("acme", "0.6", A), ("plant", "0.4", B))
    supply = [{"provider": iri(name), "share": share, "evidence": evidence} for name, share, evidence in shares]
    power = need("shop", "power", supply=supply, criticality_value="1", evidence=[*A, *B])
    named = [*entities("shop", "power", "acme", "plant"), *documents("doc-a", "doc-b")]
    whole = MemoryStore(data_set("x", [*named, power]))
    result = world(whole, without="doc-b")
    assert {name: [item.id for item in some] for name, some in result.lost_supplies.items()} == {
        iri("shop-needs-power"): [iri("shop-needs-power--plant")]
    }
    graph = Graph(whole)
    assert graph.impact(hit={"acme": 1.0}).loss("shop") == pytest.approx(0.6)
    assert graph.impact(hit={"acme": 1.0}, without="doc-b").loss("shop") == 1.0


def test_without_takes_the_evidence_away() -> None:
    """What stays keeps no word of the document that is gone."""
    result = world(store(), without="doc-b").store
    assert [e.document for e in record(result, "cloud").evidence] == [iri("doc-a")]
    left = [e.document for r in result.records for e in r.all_evidence()]
    assert set(left) == {iri("doc-a")}
    assert not list(result.quads(None, None, None, NamedNode(iri("doc-b"))))


def test_named_entities_come_along_as_stubs() -> None:
    """An entity that is named and has no evidence left keeps class, label and whole, and says nothing more."""
    result = world(store(), without="doc-b").store
    assert record(result, "plant") == Company(id=iri("plant"), label="Plant")
    assert record(result, "group") == Company(id=iri("group"), label="Group")
    assert record(result, "acme") == Company(id=iri("acme"), label="Acme")
    mine = world(store(), according_to="doc-b").store
    assert record(mine, "shop") == Company(id=iri("shop"), label="Shop", part_of=iri("group"))


def test_named_measures_come_along_as_stubs() -> None:
    """A measure that something still needs keeps its label."""
    whole = store()
    whole.load(data_set("y", [need("shop", "law", evidence=A)]))
    assert record(world(whole, without="doc-b").store, "law") == Measure(id=iri("law"), label="Law")


def test_according_to_keeps_what_one_document_says() -> None:
    """Records with its evidence, names of what they refer to, shocks, documents; records without evidence are left out."""
    result = world(store(), according_to="doc-a")
    message = {"shop", "cloud", "shop-needs-cloud", "cloud-needs-plant"}
    stubs = {"group", "acme", "plant"}
    assert names(result.store) == message | stubs | {"blow", "doc-a", "doc-b"}
    assert local_names(result.fallen) == ["author", "author-needs-shop", "law", "plant-needs-law"]


def test_both_at_once() -> None:
    """What A says without A is nothing but shocks and documents."""
    assert names(world(store(), according_to="doc-a", without="doc-a").store) == {"blow", "doc-a", "doc-b"}


def test_shocks_stay_whatever_they_rest_on() -> None:
    """A shock stays with its hits, without the evidence that is gone."""
    result = record(world(store(), without="doc-b").store, "blow")
    assert isinstance(result, Shock)
    assert [hit.target for hit in result.hit] == [iri("plant")]
    assert not list(result.all_evidence())


def test_derived_triples_are_made_anew() -> None:
    """DependsOn and superclasses follow from what is left; foreign triples stay."""
    result = world(store(), without="doc-b").store
    depends = {
        (q.subject.value, q.object.value) for q in result.quads(None, NamedNode("https://w3id.org/knockon/ns#dependsOn"))
    }
    assert depends == {
        (iri(a), iri(b)) for a, b in [("shop", "cloud"), ("shop", "acme"), ("cloud", "plant"), ("author", "shop")]
    }
    assert list(result.quads(FOREIGN.subject)) == [FOREIGN]
    entities_there = [r for r in result.records if isinstance(r, Entity)]
    typed = result.query("SELECT ?s WHERE { ?s a ko:Entity }")
    assert {row["s"].value for row in typed} == {r.id for r in entities_there}


def test_a_world_holds_together() -> None:
    """Nothing in a world names an entity that is not there."""
    for options in ({"without": "doc-a"}, {"without": "doc-b"}, {"according_to": "doc-a"}, {"according_to": "doc-b"}):
        result = world(store(), **options).store
        there = {r.id for r in result.records}
        for r in result.records:
            if isinstance(r, Dependency):
                assert {r.dependant, r.need, *(s.provider for s in r.supply)} <= there


def test_a_supply_rests_on_its_own_evidence() -> None:
    """A supplier that only one document names falls with it, and is listed; its dependency stays with the others."""
    supply = [{"provider": iri("p"), "evidence": A}, {"provider": iri("q"), "evidence": B}, {"provider": iri("r")}]
    whole = MemoryStore(
        data_set(
            "x",
            [
                *documents("doc-a", "doc-b"),
                *entities("a", "b", "p", "q", "r"),
                need("a", "b", supply=supply, evidence=[*A, *B]),
            ],
        )
    )
    result = world(whole, without="doc-b")
    dependency = record(result.store, "a-needs-b")
    assert isinstance(dependency, Dependency)
    assert [s.provider for s in dependency.supply] == [iri("p"), iri("r")]
    assert local_names(result.fallen) == ["a-needs-b--q"]


def test_a_chain_stays_whole() -> None:
    """A chain with evidence left keeps all of its steps, those without any left included."""
    steps = [{"order": 1, "label": "One", "evidence": A}, {"order": 2, "label": "Two", "evidence": B}]
    chain = CausalChain.model_validate({"id": iri("c"), "label": "C", "chainKind": "Cascade", "step": steps})
    whole = MemoryStore(data_set("x", [*documents("doc-a", "doc-b"), chain]))
    result = record(world(whole, without="doc-b").store, "c")
    assert isinstance(result, CausalChain)
    assert [(step.order, len(step.evidence)) for step in result.step] == [(1, 1), (2, 0)]


def test_a_record_of_two_data_sets_is_one_in_a_world() -> None:
    """An entity that two data sets share is merged once, with the evidence of both that is left."""
    item = data_set("a", [*documents("doc-a", "doc-b"), *entities("x", evidence=A)])
    two = data_set("b", [*documents("doc-b"), *entities("x", evidence=B)])
    result = world(MemoryStore(item, two), without="doc-a").store
    assert [e.document for e in record(result, "x").evidence] == [iri("doc-b")]
    assert len([r for r in result.records if r.name == "x"]) == 1


def test_a_document_is_found_by_name_or_iri() -> None:
    """Local name and IRI lead to it; anything else is NotFound with the nearest names."""
    whole = store()
    assert find_document(whole, "doc-a") == find_document(whole, iri("doc-a")) == iri("doc-a")
    for options in ({"without": "doc-aa"}, {"according_to": "doc-aa"}):
        with pytest.raises(NotFound, match="no document called 'doc-aa'; did you mean doc-a") as caught:
            world(whole, **options)
        assert caught.value.nearest[0] == "doc-a"
    with pytest.raises(NotFound):
        world(whole, without="shop")


def _stated(number: str | None, document: str = "doc-a") -> list[Evidence]:
    return [Evidence(document=iri(document), row=2, confidence=number)]


def test_a_least_confidence_leaves_out_what_states_less() -> None:
    """Evidence of exactly that confidence stays, and so does evidence that states none; counts tell them apart."""
    whole = MemoryStore(
        data_set(
            "x",
            [
                *documents("doc-a", "doc-b"),
                *entities("shop", "mill", "grid", "well", "author"),
                need("shop", "mill", evidence=_stated("0.79")),
                need("shop", "grid", evidence=_stated("0.8")),
                need("shop", "well", evidence=[*_stated("0.1"), *_stated(None, "doc-b")]),
                need("author", "shop"),
            ],
        )
    )
    result = world(whole, min_confidence=Decimal("0.8"))
    assert local_names(result.fallen) == ["shop-needs-mill"]
    assert result.confidence == (2, 1, 1)
    assert [e.document for e in record(result.store, "shop-needs-well").evidence] == [iri("doc-b")]
    assert world(whole, min_confidence=Decimal("0.8"), without="doc-b").confidence == (2, 1, 0)
    graph = Graph(whole)
    for least, lost in ((0.79, 0.45), (0.8, 0.0), (0, 0.45)):
        assert graph.impact(hit={"mill": 1.0}, min_confidence=least).loss("shop") == lost


def test_the_share_of_a_supply_of_little_confidence_passes_to_the_others() -> None:
    """As in the world without a document."""
    shares = (("acme", "0.6", _stated("0.9")), ("plant", "0.4", _stated("0.2")))
    supply = [{"provider": iri(name), "share": share, "evidence": evidence} for name, share, evidence in shares]
    power = need("shop", "power", supply=supply, criticality_value="1", evidence=_stated("0.9"))
    graph = Graph(MemoryStore(data_set("x", [*entities("shop", "power", "acme", "plant"), *documents("doc-a"), power])))
    assert graph.impact(hit={"acme": 1.0}, min_confidence=0.5).loss("shop") == 1.0
    assert graph.impact(hit={"plant": 1.0}, min_confidence=0.5).loss("shop") == 0.0


def test_how_provisions_combine_stays_with_a_name() -> None:
    """An entity that needs all its providers does not become safer where the document that describes it is left out."""
    plant = Company(
        id=iri("plant"), label="Plant", comment="Said by B.", provision_combination="AtLeast", at_least=2, evidence=B
    )
    provisions = [
        Provision(id=iri(f"plant--{name}"), provider=iri(name), provided=iri("plant"), evidence=A) for name in ("one", "two")
    ]
    whole = MemoryStore(data_set("x", [*documents("doc-a", "doc-b"), plant, *entities("one", "two"), *provisions]))
    kept = record(world(whole, without="doc-b").store, "plant")
    assert isinstance(kept, Company)
    assert (kept.comment, kept.provision_combination, kept.at_least) == (None, "AtLeast", 2)
