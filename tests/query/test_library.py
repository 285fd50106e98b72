"""The library of named queries: each is well made, answers the bundled data, and takes names, never text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import pytest

import knockon
from knockon.analysis.context import Context
from knockon.analysis.sparql_functions import functions
from knockon.errors import InvalidData, NotFound, UsageError
from knockon.model import (
    CausalChain,
    Company,
    DataSet,
    Discrepancy,
    Document,
    Event,
    Measure,
    Observation,
    Ownership,
    Person,
    Product,
    Relation,
    RevenueStream,
    Shock,
    Vulnerability,
)
from knockon.query.formats import render
from knockon.query.library import NamedQuery, Parameter, library, query_by_name, read_query, run
from knockon.query.terms import term_text
from knockon.sparql.losses import LOSS, STEP
from knockon.sparql.validation import query_fault
from knockon.store.base import Store
from knockon.store.oxigraph import MemoryStore
from knockon.vocabulary import ID, Stance
from support.short_form import some_of
from support.small_records import data_set, documents, entities, iri, need, passage

QUERIES = pytest.mark.parametrize("query", library().values(), ids=library())
Row = tuple[str, ...]


def rows(store: Store, query: NamedQuery | str, given: Mapping[str, str] | None = None, *columns: str) -> list[Row]:
    """The rows of an answer, or some columns of them; bundled IRIs without their namespace."""
    answer = run(
        store, query_by_name(query) if isinstance(query, str) else query, given or {}, functions(lambda: Context(store))
    ).solutions()
    names = columns or [variable.value for variable in answer.variables]
    return [tuple(term_text(row[name]).removeprefix(ID) for name in names) for row in answer]


@QUERIES
def test_each_query_says_what_it_is(query: NamedQuery) -> None:
    """A title, a question, described parameters with defaults, and nothing the guard or the parser minds."""
    assert query.title
    assert query.question.endswith("?")
    assert query_fault(query.text, (LOSS, STEP)) == ""
    assert all(parameter.default and parameter.description for parameter in query.parameters)
    assert "GRAPH" not in query.text
    assert "ORDER BY" in query.text


@pytest.fixture(scope="module")
def bundled_rows(graph: knockon.Graph) -> Callable[[str], list[Row]]:
    """The rows of a query on the bundled data, with its defaults; each query runs once."""
    return cache(lambda name: rows(graph.store, name))


@QUERIES
def test_each_query_finds_something_and_no_row_twice(query: NamedQuery, graph: knockon.Graph) -> None:
    """On the bundled data, with its defaults; what was asked for stands in the answer."""
    answer = graph.query(name=query.name)
    assert {p.name for p in query.parameters} <= {variable.value for variable in answer.variables}
    result = [tuple(row) for row in answer]
    assert result
    assert len(result) == len(set(result))


@pytest.fixture(scope="module")
def turned(graph: knockon.Graph) -> MemoryStore:
    """The bundled data in the opposite order."""
    sets = [DataSet(item.info, item.records[::-1], item.extra[::-1]) for item in graph.store.data_sets]
    return MemoryStore(*sets, checked=True)


@pytest.mark.parametrize("query", some_of(library().values(), 3), ids=lambda one: one.name)
def test_each_query_has_one_order(query: NamedQuery, bundled_rows: Callable[[str], list[Row]], turned: MemoryStore) -> None:
    """The order of loading does not show."""
    assert bundled_rows(query.name) == rows(turned, query)


BARE = [
    *documents("doc-a", "doc-b"), *entities("acme", "rival"), *entities("widget", cls=Product, partOf=iri("acme")),
    *entities("ann", cls=Person), *entities("sales", cls=RevenueStream, partOf=iri("acme")), need("acme", "widget"),
    Measure(id=iri("ban"), label="Ban"), Vulnerability(id=iri("weak"), label="Weak", of=iri("acme")),
    Shock(id=iri("fire"), label="Fire", hit=[{"target": iri("acme")}]),
    CausalChain(id=iri("chain"), label="Chain", chainKind="Cascade", step=[{"order": 1, "label": "One"}]),
    Event(id=iri("event"), label="Event"), Observation(id=iri("figure"), about=iri("acme"), metric="size", asWritten="big"),
    Discrepancy(id=iri("dis"), label="Dis", between=[iri("doc-a"), iri("doc-b")], discrepancyKind="Gap", handling="Kept"),
    Discrepancy(id=iri("odd"), label="Odd", between=iri("doc-a"), discrepancyKind="Gap", handling="Kept", about=iri("acme")),
    Ownership(id=iri("own"), owner=iri("ann"), owned=iri("acme")),
    *[Relation(id=iri(f"r-{kind}"), subject=iri(who), relationType=kind, object=iri("acme"))
      for kind, who in (("competesWith", "rival"), ("customerOf", "rival"), ("employedBy", "ann"))],
]  # fmt: skip
#: What each query still finds where every record has only what it must have.
STILL_THERE = {
    "competitors-and-peers": "rival", "customers": "rival", "depends-on": "widget", "direct-dependants": "acme",
    "direct-dependencies": "acme-needs-widget", "discrepancies-about": "odd", "discrepancies-between-two-documents": "dis",
    "documented-chains": "chain", "documents": "doc-a", "entities-by-class": "acme", "events-timeline": "event",
    "facts-by-document": "doc-b", "figures-over-time": "figure", "measures-by-issuer": "ban", "ownership": "own",
    "parts-of": "widget", "people-and-roles": "ann", "relations-of": "r-customerOf", "revenue-streams": "sales",
    "shocks": "fire", "threats-to": "fire", "unknown-criticality": "acme-needs-widget", "vulnerabilities-and-shocks": "weak",
    "who-depends-on": "acme", "worst-hit": "acme",
}  # fmt: skip


@pytest.mark.parametrize(("name", "found"), STILL_THERE.items(), ids=STILL_THERE)
def test_a_record_without_its_optional_fields_is_still_found(name: str, found: str) -> None:
    """One row for it and no more: what is missing stays empty, and joins with nothing."""
    given = {
        "who-depends-on": {"entity": "widget"},
        "worst-hit": {"shock": "fire"},
        "discrepancies-between-two-documents": {"one": "doc-a", "other": "doc-b"},
    }
    asked = {p.name: "acme" for p in query_by_name(name).parameters}
    answer = rows(MemoryStore(data_set("bare", BARE)), name, given.get(name, asked))
    assert [found in row for row in answer].count(True) == 1


@pytest.fixture(scope="module")
def shop() -> MemoryStore:
    """A shop that needs a cloud, which needs chips: in a loop, over parts, with a rule and an allegation."""
    return MemoryStore(
        data_set(
            "shop",
            [
                *documents("doc-a", "doc-b"),
                *entities("shop", "cloudy", "chipper", "fan"),
                *entities("till", cls=Product, partOf=iri("shop")),
                *entities("cloud", cls=Product, partOf=iri("cloudy")),
                *entities("chips", cls=Product),
                need("till", "cloud", "cloudy", name="till-cloud", criticality="Low", evidence=[passage(0, 9)]),
                need("cloud", "chips", "chipper", name="cloud-chips", criticalityValue="0.9", switchingCost="High"),
                need("chips", "till", name="loop", evidence=[passage(10, 19, stance="Alleges")]),
                need("fan", "shop", "cloudy", "chipper", name="fan-shop", evidence=[passage(20, 29), passage(0, 9, "doc-b")]),
                Measure(id=iri("rule"), label="Rule", covers=[iri("chips")], appliesTo=[iri("cloudy")]),
                Measure(id=iri("cap"), label="Cap", covers=[iri("chipper")]),
                Company(id=iri("evil"), label='x> } SERVICE <http://x.test/> { "', altLabel=["'; DROP ALL #", "[red]"]),
            ],
        )
    )


@pytest.fixture(scope="module")
def alleged(shop: MemoryStore) -> MemoryStore:
    """The shop in the world in which allegations count too: a loop goes through one."""
    return MemoryStore(*shop.data_sets, checked=True, stances=frozenset(Stance))


def test_paths_go_through_what_somebody_asserts(shop: MemoryStore) -> None:
    """An allegation is no link, unless its stance is let in."""
    assert rows(shop, "who-depends-on", {"entity": "shop"}, "dependant", "direct") == [("fan", "true")]
    things = [row[0] for row in rows(shop, "depends-on", {"entity": "shop"}, "thing")]
    assert things == ["cloud", "cloudy", "chipper", "chips"]


def test_who_depends_on_it_over_any_number_of_others_and_its_parts(alleged: MemoryStore) -> None:
    """Its own parts are left out, though they stand in a loop with it."""
    on_shop = rows(alleged, "who-depends-on", {"entity": "shop"}, "dependant", "direct")
    assert on_shop == [("chips", "true"), ("fan", "true"), ("cloud", "false")]
    assert [row[0] for row in rows(alleged, "who-depends-on", {"entity": "chipper"}, "dependant")] == [
        "cloud",
        "fan",
        "chips",
        "till",
    ]


def test_what_it_depends_on_tells_inside_from_outside(alleged: MemoryStore) -> None:
    result = rows(alleged, "depends-on", {"entity": "shop"}, "thing", "direct", "inside")
    assert result == [
        ("cloud", "true", "false"),
        ("cloudy", "true", "false"),
        ("chipper", "false", "false"),
        ("chips", "false", "false"),
        ("till", "false", "true"),
    ]


def test_direct_needs_come_worst_first_one_row_a_provider(shop: MemoryStore) -> None:
    """What rests on an allegation alone is marked so."""
    result = rows(shop, "direct-dependencies", {"entity": "fan"}, "dependency", "provider", "asserted")
    assert result == [("fan-shop", "chipper", "true"), ("fan-shop", "cloudy", "true")]
    assert rows(shop, "direct-dependencies", {"entity": "chips"}, "dependency", "asserted") == [("loop", "false")]


def test_single_providers_shared_providers_and_unknowns(shop: MemoryStore) -> None:
    assert [row[0] for row in rows(shop, "single-provider-needs")] == ["cloud-chips", "till-cloud"]
    assert rows(shop, "shared-providers") == [("chipper", "Chipper", "2", "2"), ("cloudy", "Cloudy", "2", "2")]
    assert [row[0] for row in rows(shop, "unknown-criticality")] == ["fan-shop", "loop"]


def test_what_a_measure_reaches_and_whom_it_names(shop: MemoryStore) -> None:
    """By need, over partOf, or by provider; a measure that names nobody leaves the column empty."""
    columns = ("how", "dependency", "named")
    assert rows(shop, "what-a-measure-reaches", {"measure": "rule"}, *columns) == [("need restricted", "cloud-chips", "cloudy")]
    reached = rows(shop, "what-a-measure-reaches", {"measure": "cap"}, *columns)
    assert reached == [("provider restricted", "cloud-chips", ""), ("provider restricted", "fan-shop", "")]
    on_cloudy = rows(shop, "measures-on-entity", {"entity": "cloudy"}, "how", "measure", "thing")
    assert on_cloudy == [
        ("names it", "rule", "cloudy"),
        ("restricts what it needs", "cap", "chipper"),
        ("restricts what it needs", "rule", "chips"),
    ]


def test_what_nobody_asserts_and_what_rests_on_one_document(shop: MemoryStore) -> None:
    assert rows(shop, "allegations", {}, "record", "start") == [("loop", "10")]
    counted = rows(shop, "facts-by-document", {}, "document", "records", "alone", "passages")
    assert counted == [("doc-a", "3", "2", "3"), ("doc-b", "1", "0", "1")]


def test_locked_in_by_switching_cost(shop: MemoryStore) -> None:
    assert rows(shop, "lock-in", {"entity": "chips"}, "how", "bound", "record") == [("switching cost", "cloud", "cloud-chips")]
    assert rows(shop, "lock-in", {"entity": "shop"}) == []


# Parameters


@pytest.mark.parametrize(
    "name", ["evil", "id:evil", iri("evil"), 'x> } SERVICE <http://x.test/> { "', "'; drop all #", "[RED]"]
)
def test_a_parameter_is_any_name_of_a_record(shop: MemoryStore, name: str) -> None:
    """However hostile the name, what goes into the query is the IRI."""
    assert rows(shop, "depends-on", {"entity": name}) == []
    assert [row[1:] for row in rows(shop, "aliases", {}, "thing", "scheme", "name") if row[0] == "evil"] == [
        ("as written", "'; DROP ALL #"),
        ("as written", "[red]"),
    ]


HOSTILE = [
    "",
    " ",
    "nobody",
    "> } SERVICE <http://x.test/> {",
    "shop> . ?s ?p ?o . <x",
    "\x00",
    "\ud800",
    "?entity",
    "ko:Company",
]


@pytest.mark.parametrize("value", [*HOSTILE, "id:", "https://w3id.org/knockon/id/", "shop>", "x" * 10_000])
def test_a_value_that_names_nothing_is_not_found(shop: MemoryStore, value: str) -> None:
    """It never reaches the query, let alone changes it."""
    with pytest.raises(NotFound):
        run(shop, query_by_name("depends-on"), {"entity": value})


def test_a_parameter_of_another_class_is_not_found(shop: MemoryStore) -> None:
    """The message names the class that it is of."""
    with pytest.raises(NotFound, match=r"'shop' is a .*, not a measure; whether lists cover it: `knockon covered all shop`"):
        run(shop, query_by_name("what-a-measure-reaches"), {"measure": "shop"})


def test_an_unknown_parameter_names_the_known_ones(shop: MemoryStore) -> None:
    with pytest.raises(UsageError, match="depends-on has no parameter 'company'; it takes entity"):
        run(shop, query_by_name("depends-on"), {"company": "shop"})
    with pytest.raises(UsageError, match="it takes none"):
        run(shop, query_by_name("shocks"), {"entity": "shop"})


def test_a_missing_parameter_is_asked_for(shop: MemoryStore) -> None:
    text = "SELECT ?who { ?who a ko:Entity }"
    with pytest.raises(UsageError, match="mine needs who: whom to ask"):
        run(shop, NamedQuery("mine", "Mine", "Who?", (Parameter("who", ("Entity",), None, "whom to ask"),), text), {})


def test_a_parameter_that_the_query_does_not_select_is_refused(shop: MemoryStore) -> None:
    """An error of ours, and no crash of the engine."""
    mine = NamedQuery(
        "mine", "Mine", "Who?", (Parameter("who", ("Entity",), "shop"),), "SELECT ?what { ?who ko:dependsOn ?what }"
    )
    with pytest.raises(UsageError, match="projection"):
        run(shop, mine, {})


def test_a_query_is_found_by_name_or_the_nearest_are_named() -> None:
    assert query_by_name("parts-of").name == "parts-of"
    with pytest.raises(NotFound, match="did you mean who-depends-on"):
        query_by_name("who-depend-on")
    assert list(library()) == sorted(library())


GOOD = "# title: T\n# question: Q?\n"


@pytest.mark.parametrize(
    ("header", "what"),
    [
        ("# question: Q?", "# title:"),
        ("# title: T", "# question:"),
        (GOOD + "# title: U", "# title:"),
        (GOOD + "# param: who Nobody -- x", "invalid parameter"),
        (GOOD + "# param: who", "invalid parameter"),
        (GOOD + "# param: who's Entity", "invalid parameter"),
    ],
)
def test_a_header_that_is_not_well_made_names_the_file(tmp_path: Path, header: str, what: str) -> None:
    file = tmp_path / "mine.rq"
    file.write_text(f"{header}\nSELECT ?who {{ ?who a ko:Entity }}\n", "utf-8")
    with pytest.raises(InvalidData, match=f"mine.rq:1: .*{what}"):
        read_query(file)


def test_a_header_may_leave_out_default_and_description(tmp_path: Path) -> None:
    file = tmp_path / "mine.rq"
    file.write_text("# title: T\n# question: Q?\n# param: who Entity,Document\nSELECT ?who {}\n", "utf-8")
    assert read_query(file).parameters == (Parameter("who", ("Entity", "Document")),)


def test_answers_go_into_every_form(graph: knockon.Graph) -> None:
    for form in ("table", "json", "jsonl", "csv", "tsv", "md"):
        assert "sensetime" in render(run(graph.store, query_by_name("who-depends-on"), {}).solutions(), form)


def test_a_document_may_be_given_by_its_local_name(graph: knockon.Graph) -> None:
    document = next(graph.records(Document))
    assert rows(graph.store, "records-of-document", {"document": document.name})
