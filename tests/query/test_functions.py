"""ko:loss and ko:step in SPARQL: what the model says, errors that arrive, and nothing that leaves the store."""

from __future__ import annotations

from typing import Any

import pytest

from knockon import Graph
from knockon.analysis.context import Context
from knockon.analysis.options import resolve_options
from knockon.errors import ForbiddenQuery, LimitReached, NotFound, UsageError
from knockon.model import Product, Shock
from knockon.query.ask import ask
from knockon.query.terms import term_text
from knockon.store.oxigraph import MemoryStore
from knockon.vocabulary import ID, XSD
from support.small_records import data_set, documents, entities, iri, need, passage


@pytest.fixture
def shop() -> Graph:
    """A shop needs a cloud, which needs chips; a strike hits the cloud, a fire the chips; an idle entity."""
    records = [
        *documents("doc-a", "doc-b"),
        *entities("shop", "cloud", "idle"),
        *entities("chips", cls=Product),
        need("shop", "cloud", criticality="High", evidence=[passage(document="doc-b")]),
        need("cloud", "chips", criticality="Essential", evidence=[passage()]),
        Shock(id=iri("strike"), label="Strike", hit=[{"target": iri("cloud"), "severity": "High"}]),
        Shock(id=iri("fire"), label="Fire", hit=[{"target": iri("chips"), "severity": "Essential"}]),
    ]
    return Graph(MemoryStore(data_set("shop", records)))


def rows(answer: Any) -> list[tuple[str, ...]]:
    return [tuple(term_text(row[v.value]).removeprefix(ID) for v in answer.variables) for row in answer]


def value(graph: Graph, expression: str, **world: str) -> Any:
    (row,) = graph.query(f"SELECT ({expression} AS ?x) {{}}", **world)
    return row["x"]


def test_they_say_what_an_impact_says(shop: Graph) -> None:
    """Loss and step of every shock on every entity are those of the reports, with their datatypes."""
    asked = "SELECT ?shock ?entity (ko:loss(?shock, ?entity) AS ?loss) (ko:step(?shock, ?entity) AS ?step) "
    result = rows(shop.query(asked + "{ ?shock a ko:Shock . ?entity a ko:Entity } ORDER BY ?shock ?entity"))
    expected = []
    for report in shop.impacts():
        for name in ("chips", "cloud", "idle", "shop"):
            step = str(report.by_id[name].step) if name in report.by_id else ""
            expected.append((report.shock.name, name, f"{report.loss(name):g}", step))
    assert result == expected
    assert value(shop, "DATATYPE(ko:loss(id:fire, id:shop))").value == XSD + "double"
    assert value(shop, "DATATYPE(ko:step(id:fire, id:shop))").value == XSD + "integer"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("SELECT ?e { ?e a ko:Entity FILTER(ko:loss(id:strike, ?e) > 0) } ORDER BY ?e", [("cloud",), ("shop",)]),
        ("SELECT ?e { ?e a ko:Entity } ORDER BY DESC(ko:loss(id:fire, ?e)) ?e LIMIT 1", [("chips",)]),
        ("SELECT (SUM(ko:loss(id:fire, ?e)) AS ?sum) { ?e a ko:Entity }", [("2.75",)]),
        ("SELECT ?s { ?s a ko:Shock FILTER EXISTS { ?e a ko:Product FILTER(ko:step(?s, ?e) = 0) } }", [("fire",)]),
        ("SELECT ?e { { SELECT ?e (ko:loss(id:fire, ?e) AS ?l) { ?e a ko:Product } } FILTER(?l = 1) }", [("chips",)]),
        ("SELECT ?c { ?e a ?c } GROUP BY ?c HAVING (MAX(ko:loss(id:strike, ?e)) > 0.6) ORDER BY ?c LIMIT 0", []),
        ("SELECT (<https://w3id.org/knockon/ns#loss>(id:fire, id:shop) AS ?x) {}", [("0.75",)]),
        ("SELECT ?x { BIND(IF(BOUND(?no), ko:loss(?no, id:shop), 1) AS ?x) }", [("1",)]),
    ],
)
def test_they_stand_wherever_an_expression_stands(shop: Graph, text: str, found: list[tuple[str, ...]]) -> None:
    """Filters, orders, aggregates, EXISTS, subqueries, HAVING, under prefix or whole IRI."""
    assert rows(shop.query(text)) == found


def test_every_kind_of_answer_has_them(shop: Graph) -> None:
    """ASK, SELECT and CONSTRUCT give the answers that queries without functions give."""
    asked = shop.query("ASK { FILTER(ko:loss(id:fire, id:shop) = 0.75) }")
    assert asked.columns == ("boolean",)
    assert bool(asked) is True
    assert shop.query("SELECT (ko:loss(id:fire, id:shop) AS ?x) {}").to_dicts() == [{"x": 0.75}]
    built = shop.query("CONSTRUCT { ?e ko:loss ?x } { ?e a ko:Product BIND(ko:loss(id:fire, ?e) AS ?x) }")
    assert built.columns == ("subject", "predicate", "object")
    assert [str(triple.object) for triple in built] == ['"1"^^<http://www.w3.org/2001/XMLSchema#double>']


def test_an_entity_that_loses_nothing_has_no_step(shop: Graph) -> None:
    """In the store but not in the network, or not reached: loss 0, no step; no record at all, or a text: no value."""
    for name in ("id:idle", "id:doc-a"):
        assert value(shop, f"ko:loss(id:fire, {name})").value == "0"
        assert value(shop, f"ko:step(id:fire, {name})") is None
    assert value(shop, "ko:loss(id:strike, id:chips)").value == "0"
    assert value(shop, "ko:step(id:strike, id:chips)") is None
    for name in ("id:nobody", '"shop"'):
        assert value(shop, f"ko:loss(id:fire, {name})") is None
        assert value(shop, f"ko:step(id:fire, {name})") is None


@pytest.mark.parametrize(
    "text",
    [
        "SELECT (ko:loss(id:fir, id:shop) AS ?x) {}",
        "SELECT (COALESCE(ko:loss(id:fir, ?e), 0) AS ?x) { ?e a ko:Entity }",
        "SELECT ?e { ?e a ko:Entity FILTER(ko:step(id:fir, ?e) > 0) }",
        "ASK { FILTER(ko:loss(id:fir, id:shop) > 0) }",
        "CONSTRUCT { ?e ko:loss ?x } { ?e a ko:Entity BIND(ko:loss(id:fir, ?e) AS ?x) }",
    ],
)
def test_an_unknown_shock_reaches_the_caller(shop: Graph, text: str) -> None:
    """It is NotFound with the nearest names before any row is handed out, though the engine would go on without a value."""
    with pytest.raises(NotFound, match="no shock called 'fir'; did you mean fire"):
        shop.query(text)


def test_an_entity_is_no_shock(shop: Graph) -> None:
    """Arguments the wrong way round, too few of them, or a text: an error, not an empty answer."""
    with pytest.raises(NotFound, match="takes the IRI of a shock, then that of an entity"):
        shop.query("SELECT (ko:loss(id:shop, id:fire) AS ?x) {}")
    with pytest.raises(NotFound):
        shop.query('SELECT (ko:loss("fire", id:shop) AS ?x) {}')
    for given in ("id:fire", "id:fire, id:shop, 1", ""):
        with pytest.raises(UsageError, match="takes a shock and an entity"):
            shop.query(f"SELECT (ko:step({given}) AS ?x) {{}}")


def test_they_answer_for_the_world_that_is_asked(shop: Graph) -> None:
    """Without the document of a link nothing arrives over it."""
    assert value(shop, "ko:loss(id:fire, id:shop)").value == "0.75"
    assert value(shop, "ko:loss(id:fire, id:shop)", without="doc-b").value == "0"
    assert value(shop, "ko:loss(id:fire, id:shop)", according_to="doc-b") is not None


def test_all_shocks_are_computed_once(shop: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    """One run serves every call and every query of a world; loading makes a new one; no call, no run."""
    runs = []
    run = Context._run
    monkeypatch.setattr(Context, "_run", lambda self, shocks, *rest: runs.append(len(shocks)) or run(self, shocks, *rest))
    shop.query("SELECT * { ?s ?p ?o } LIMIT 1")
    assert runs == []
    for _ in range(2):
        shop.query("SELECT (ko:loss(?s, ?e) AS ?x) { ?s a ko:Shock . ?e a ko:Entity }")
    assert runs == [2]


def test_a_run_that_was_cut_short_is_an_error(shop: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    """A number that may be too low has nowhere to say so in an answer: LimitReached."""
    short = Context(shop.store, resolve_options(cap=1))
    monkeypatch.setattr(shop, "_context", lambda **_: short)
    with pytest.raises(LimitReached, match="had not settled after 1 rounds"):
        shop.query("SELECT (ko:loss(id:fire, id:shop) AS ?x) {}")


@pytest.mark.parametrize(
    "text",
    [
        "SELECT (ko:loss(id:fire, id:shop) AS ?x) { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "SELECT (ko:loss(id:fire, id:shop) AS ?x) FROM <file:///etc/passwd> {}",
        "INSERT { id:shop ko:loss ?x } WHERE { BIND(ko:loss(id:fire, id:shop) AS ?x) }",
    ],
)
def test_the_guard_goes_on_refusing(shop: Graph, text: str) -> None:
    """A query that calls a function may not leave the store either."""
    with pytest.raises(ForbiddenQuery):
        shop.query(text)


def test_other_functions_stay_unknown(shop: Graph) -> None:
    """Beside the two, nothing can be called; nor can they where nobody lends them, as in the target query of a shock."""
    with pytest.raises(UsageError, match="urn:x:f> is not supported"):
        shop.query("SELECT (<urn:x:f>(ko:loss(id:fire, id:shop)) AS ?x) {}")
    with pytest.raises(UsageError, match="not supported"):
        ask(shop.store, "SELECT (ko:loss(id:fire, id:shop) AS ?x) {}")


def test_an_interrupt_comes_through(shop: Graph) -> None:
    """What a function raises is not swallowed, whatever it is, and later calls are not made."""
    calls = []

    def stop(*_: object) -> None:
        calls.append(1)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ask(shop.store, "SELECT (<urn:x:f>(?e) AS ?x) { ?e a ko:Entity }", functions={"urn:x:f": stop})
    assert calls == [1]
