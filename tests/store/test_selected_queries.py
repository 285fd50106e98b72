"""A simple query asked of the triples that it can match has the rows that it has on all data."""

from __future__ import annotations

import random
from collections import defaultdict
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Quad

import knockon
from knockon.model import Dependency, ImpactRun, Shock
from knockon.rdf.to_rdf import TYPE
from knockon.sparql.selection import Selection, selection_of
from knockon.store.assembly import assemble, selected_quads
from knockon.store.oxigraph import MemoryStore
from knockon.vocabulary import ASSERTED
from support.random_records import generator, random_graph
from support.small_records import data_set, entities, iri

PREDICATES = (
    "ko:partOf", "ko:need", "ko:dependant", "ko:supply", "ko:provider", "ko:provided", "ko:criticality", "ko:evidence",
    "ko:fromDocument", "ko:dependsOn", "dcterms:requires", "rdfs:label", "rdfs:subClassOf", "oa:hasSelector", "ko:hit",
    "ko:target", "ko:shareUnknown", "ko:disputed", "void:classPartition",
)  # fmt: skip
CLASSES = ("ko:Company", "ko:Entity", "ko:Dependency", "ko:Supply", "ko:Evidence", "prov:Entity", "void:Dataset", "owl:Class")
VARIABLES = ("?target", "?a", "?b")


class _Query:
    """Writes a query of the simple kind at random; some have a path without a tie, so that they are not simple after all."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng

    def text(self) -> str:
        return f"SELECT {self.rng.choice(('', 'DISTINCT '))}?target WHERE {self.group(2)}"

    def group(self, depth: int) -> str:
        rng = self.rng
        parts = [f"?target {self.path(1)} {rng.choice(VARIABLES)} ."]
        parts += [self.triple() for _ in range(rng.randint(0, 2))]
        if depth and rng.random() < 0.3:
            parts.append(f"{self.group(depth - 1)} UNION {self.group(depth - 1)}")
        if depth and rng.random() < 0.3:
            parts.append(f"FILTER {rng.choice(('', 'NOT '))}EXISTS {{ {self.triple()} }}")
        if rng.random() < 0.2:
            parts.append(f"FILTER (?target != {rng.choice(VARIABLES)})")
        return "{ " + " ".join(parts) + " }"

    def triple(self) -> str:
        subject, value = self.rng.sample(VARIABLES, 2)
        if self.rng.random() < 0.3:
            return f"{subject} a {self.rng.choice(CLASSES)} ."
        value = self.rng.choice((value, value, f"<{iri('e1')}>"))
        return f"{subject} {self.path(2)} {value} ; {self.path(1)} {self.rng.choice(VARIABLES)} ."

    def path(self, depth: int) -> str:
        rng = self.rng
        kind = rng.random() if depth else 1.0
        if kind < 0.2:
            return f"{self.path(depth - 1)}/{self.path(depth - 1)}"
        if kind < 0.3:
            return f"({self.path(depth - 1)}|^{self.path(0)})"
        if kind < 0.5:
            return f"({self.path(depth - 1)}){rng.choice('*+?')}"
        return rng.choice(PREDICATES)


@cache
def both(seed: int) -> tuple[MemoryStore, MemoryStore]:
    """A small graph in two stores: one that has been asked all data, and one that has not."""
    stores = tuple(MemoryStore(*random_graph(seed).load(), checked=True) for _ in range(2))
    assert stores[0].query("ASK { ?s ?p ?o }")
    return stores  # type: ignore[return-value]


def rows(answer: object) -> set[str]:
    return {str(row[0]) for row in answer}  # type: ignore[attr-defined]


@given(seed=st.integers(0, 10**6), graph=st.integers(0, 5))
def test_the_rows_are_those_of_all_data(seed: int, graph: int) -> None:
    """For queries of every form that is asked of a part of the data."""
    whole, part = both(graph)
    texts = [_Query(generator(seed + number)).text() for number in range(12)]
    prepared = MemoryStore(*whole.data_sets, checked=True)
    prepared.prepare_rows(texts[:6])
    for text in texts:
        assert rows(part.query_for_rows(text)) == rows(prepared.query_for_rows(text)) == rows(whole.query(text)), text
    assert any(map(selection_of, texts))


@pytest.mark.slow
def test_each_predicate_and_class(graph: knockon.Graph) -> None:
    """All triples with it are selected: of records, their parts and evidence, derived ones, descriptions and the ontology."""
    document = next(iter(graph.records(knockon.Document))).id
    sets = graph._context(according_to=document).world.store.data_sets
    by_predicate, by_class = defaultdict[str, set[Quad]](set), defaultdict[str, set[Quad]](set)
    whole = set(assemble(sets, checked=True))
    for quad in whole:
        by_predicate[quad.predicate.value].add(quad)
        if quad.predicate == TYPE:
            by_class[quad.object.value].add(quad)
    assert len(by_predicate) > 60
    assert len(by_class) > 60
    selections = [(Selection(frozenset({name}), frozenset()), quads) for name, quads in by_predicate.items()]
    selections += [(Selection(frozenset(), frozenset({name})), quads) for name, quads in by_class.items()]
    for selection, quads in selections:
        selected = selected_quads(sets, selection, ASSERTED)
        assert quads <= set(selected) <= whole, selection


def test_the_bundled_target_queries(graph: knockon.Graph) -> None:
    """In the world of all sources and of each document."""
    texts = {hit.target_query for shock in graph.records(Shock) for hit in shock.hit if hit.target_query}
    assert texts
    assert all(map(selection_of, texts))
    documents = [record.id for record in graph.records(knockon.Document)]
    for options in ({}, {"according_to": documents[0]}, {"without": documents[-1]}):
        sets = graph._context(**options).world.store.data_sets
        whole, part = (MemoryStore(*sets, checked=True, trusted=True) for _ in range(2))
        assert all(rows(part.query_for_rows(text)) == rows(whole.query(text)) for text in texts)
        assert "_db" not in vars(part)


def test_prepared_queries_share_one_part() -> None:
    """What all of them rest on is gathered once, until other data is loaded."""
    chips = knockon.open("chips")
    texts = {hit.target_query for shock in chips.records(Shock) for hit in shock.hit if hit.target_query}
    sets = chips.store.data_sets
    whole, prepared = (MemoryStore(*sets, checked=True, trusted=True) for _ in range(2))
    prepared.prepare_rows([*texts, "SELECT ?target { ?target ?any id:acme }"])
    assert len(set(map(selection_of, texts))) == len(prepared._parts) > len({*map(id, prepared._parts.values())}) == 1
    assert all(rows(prepared.query_for_rows(text)) == rows(whole.query(text)) for text in texts)
    assert "_db" not in vars(prepared)
    prepared.load(sets[0], replace=True)
    assert not prepared._parts


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?target { ?target ?any id:acme }",
        "SELECT ?target { ?target ko:partOf* ?any }",
        "SELECT ?target { ?target ko:partOf* id:acme }",
        "SELECT ?target { { ?target ko:partOf* ?any } UNION { ?target a ko:Company } }",
        "SELECT ?target { BIND (id:acme AS ?target) ?target ko:partOf* ?any }",
        "SELECT ?target { ?target !ko:partOf ?any }",
        "SELECT ?target { GRAPH ?g { ?target a ko:Company } }",
        "SELECT ?target FROM id:data-x { ?target a ko:Company }",
        "SELECT ?target { ?target a ko:Company } LIMIT 1",
        "SELECT (SAMPLE(?one) AS ?target) { ?one a ko:Company }",
        "SELECT ?target { { SELECT ?target { ?target a ko:Company } LIMIT 1 } }",
        "PREFIX ko: <urn:x:> SELECT ?target { ?target a ko:Company }",
        "SELECT ?target { ?target a ko:Company FILTER (EXISTS { ?target ?any ?b }) }",
        "SELECT ?target { ?target a ko:Company OPTIONAL { ?target ?any ?b } }",
        "SELECT ?target { [] ko:need ?target }",
        "SELECT ?target { << ?target ko:need ?b >> ?c ?d }",
        "SELECT ?target { ?target <relative> ?b }",
        "SELECT ?target { ?target a ko:Company ",
        "SELECT ?target " + "{" * 900 + "}" * 900,
        "",
    ],
)
def test_what_is_not_simple_is_asked_of_all_data(text: str) -> None:
    """What may match any triple, or depends on the order of rows, on graphs, or on words that are not read here."""
    assert selection_of(text) is None


def test_stored_runs_and_other_vocabularies_are_asked_of_all_data() -> None:
    """What follows from a stored run is in no answer, and a foreign triple may be one of ours."""
    records = [*entities("a", "b"), Dependency(id=iri("ab"), dependant=iri("a"), need=iri("b"))]
    run = ImpactRun(
        id=iri("run"), model="leontief", parameters="{}", iterations=1, residual=0.0, stopped_by="tolerance", network_hash="0"
    )
    store = MemoryStore(data_set("x", [*records, run]), checked=True)
    assert rows(store.query_for_rows("SELECT ?target { ?target a ko:ImpactRun }")) == set()
    assert "_db" in vars(store)
