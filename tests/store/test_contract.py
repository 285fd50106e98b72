"""What every store must do, whatever it is made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import pairwise
from pathlib import Path

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Quad

from knockon.analysis.context import Context
from knockon.analysis.impact.impact import impacts
from knockon.analysis.impact.to_rdf import turtle
from knockon.errors import InvalidData, KnockonError, QuerySyntaxError, UsageError
from knockon.model import Company, DataSet, Entity, Event, ImpactRun, Organization, Ownership, Product, Relation
from knockon.model.language import LanguageString
from knockon.store.base import Store
from knockon.store.changes import LoadReport
from knockon.store.files import from_quads, read_file
from knockon.store.folder import FolderStore
from knockon.store.oxigraph import MemoryStore
from knockon.store.remote import RemoteStore
from knockon.vocabulary import DERIVED_GRAPH, MY, ONTOLOGY_GRAPH, PREFIXES, RDF
from support.small_records import DOCUMENT, data_set, documents, entities, iri, need, passage
from support.sparql_servers import OxigraphServer

TYPE = NamedNode(RDF + "type")
#: The superclasses of a company.
COMPANIES = (
    "ko:Organization", "ko:Entity", "org:FormalOrganization", "org:Organization", "schema:Organization", "prov:Entity",
)  # fmt: skip
LABEL = NamedNode("http://www.w3.org/2000/01/rdf-schema#label")


def shop(**more: object) -> DataSet:
    """A data set with a bit of everything that counts here."""
    return data_set(
        "shop",
        [
            *documents("doc-a", "doc-b"),
            *entities("shop", evidence=[passage(0, 9)]),
            *entities("cloud", cls=Product, identifier=[{"scheme": "x", "notation": "1"}]),
            *entities("acme", evidence=[passage(0, 9), passage(0, 9, "doc-b")]),
            need("shop", "cloud", "acme", criticality="High", evidence=[passage(0, 9), passage(20, 30)]),
            Relation(id=iri("r"), subject=iri("acme"), relation_type="competesWith", object=iri("shop")),
            Ownership(id=iri("o"), owner=iri("acme"), owned=iri("shop"), share="0.5"),
        ],
        **more,
    )


def contents(store: Store) -> tuple[object, ...]:
    """All that can be seen of a store."""
    return (store.revision, store.records, store.data_sets, frozenset(store.quads()))


def ask(store: Store, text: str, **given: str) -> list[str]:
    """The first column of an answer, sorted, as local names or values."""
    rows = store.query(text, given or None)
    return sorted(str(row[0].value).rsplit("/", 1)[-1] for row in rows)


def _describes(quad: Quad) -> bool:
    """Whether a quad is part of the description of a data set; tests/rdf/test_description.py is about those."""
    return str(quad.subject.value).startswith(iri("data-"))


class LoadedEndpoint(RemoteStore):
    """A remote store that puts what is loaded into the server of the tests, as its owner would."""

    def __init__(self, server: OxigraphServer) -> None:
        super().__init__(server.query)
        self.server, self.loaded = server, MemoryStore()
        server.put(self.loaded.quads())

    def load(self, *data_sets: DataSet, replace: bool = False) -> LoadReport:
        report = self.loaded.load(*data_sets, replace=replace)
        self.server.put(self.loaded.quads())
        # What was read before is kept: to see changes, one opens the address again.
        for name in ("_graphs", "_runs", "_data_sets", "copy", "_placed"):
            self.__dict__.pop(name, None)
        return report


#: Each test of the server takes half a second; test_remote.py has a short form.
KINDS = ["memory", "folder", pytest.param("remote", marks=pytest.mark.slow)]


@contextmanager
def opening(request: pytest.FixtureRequest, folder: Path) -> Iterator[Callable[[], Store]]:
    """Open the store under test: the folder is the same one each time, memory and the data of the server are new."""
    with ExitStack() as stack:
        if request.param == "remote":
            server = request.getfixturevalue("endpoint")
            yield lambda: stack.enter_context(LoadedEndpoint(server))
        else:
            yield MemoryStore if request.param == "memory" else lambda: FolderStore(folder)


@pytest.fixture(params=KINDS)
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], Store]]:
    """The function that opens the store under test."""
    with opening(request, tmp_path / "store") as make:
        yield make


@pytest.fixture
def store(make: Callable[[], Store]) -> Store:
    return make()


@pytest.fixture(scope="module", params=KINDS)
def companies_of_two_documents(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store with two companies of one document and one of another, for tests that only ask."""
    with opening(request, tmp_path_factory.mktemp("companies") / "store") as make, make() as store:
        companies = [
            *entities("acme", "one", evidence=[passage(0, 9, "doc-a")]),
            *entities("other", evidence=[passage(0, 9, "doc-b")]),
        ]
        store.load(data_set("shop", [*documents("doc-a", "doc-b"), *companies]))
        yield store


class TestStore:
    """The contract of store/base.py."""

    def test_an_empty_store_is_empty(self, store: Store) -> None:
        """An empty store can be queried without an error."""
        assert (store.records, store.data_sets) == ((), ())
        assert ask(store, "SELECT ?s WHERE { ?s a ko:Entity }") == []
        assert len(store.revision) == 64

    def test_what_is_loaded_can_be_asked(self, store: Store) -> None:
        """Records come back equal, in the order of their IRIs, and SPARQL sees them with the prefixes known."""
        given = shop()
        store.load(given)
        assert store.records == tuple(sorted(given.records, key=lambda r: r.id))
        assert store.data_sets == (given,)
        assert ask(store, "SELECT ?s WHERE { ?s a ko:Company }") == ["acme", "shop"]

    def test_loading_twice_changes_nothing(self, store: Store) -> None:
        """The same data set again leaves revision, records and quads equal."""
        store.load(shop())
        before = contents(store)
        store.load(shop())
        assert contents(store) == before

    def test_the_order_of_loading_does_not_matter(self, store: Store) -> None:
        """Data sets one by one, together, or the other way round are the same store."""
        first, second = data_set("a", entities("x")), data_set("a-b", entities("x", "y", alt_label=["Z"]))
        store.load(second)
        store.load(first)
        assert contents(MemoryStore(first, second)) == contents(MemoryStore(second, first))
        seen, expected = list(contents(store)), list(contents(MemoryStore(first, second)))
        if isinstance(store, RemoteStore):
            # Quads do not say that a record is in two data sets: it is in the first.
            del seen[2], expected[2]
        assert seen == expected

    def test_loading_again_replaces(self, store: Store) -> None:
        """A record that the new data set lacks vanishes, with what followed from it; other data sets stay."""
        store.load(shop(), data_set("other", entities("else")))
        store.load(data_set("shop", entities("cloud")))
        assert [record.name for record in store.records] == ["cloud", "else"]
        assert ask(store, "SELECT ?s WHERE { ?s ko:dependsOn ?o }") == []
        assert contents(store) == contents(
            MemoryStore(data_set("shop", entities("cloud")), data_set("other", entities("else")))
        )

    @pytest.mark.parametrize(
        "broken",
        [
            lambda: [data_set("bad", [need("nobody", "nothing")])],
            lambda: [data_set("bad", [Company(id=iri("x"), label="X", part_of=iri("shop-needs-cloud"))])],
            lambda: [data_set("fine", entities("fine")), data_set("bad", entities("x", part_of=iri("nobody")))],
            lambda: [data_set("bad", entities("shop-needs-cloud"))],
            lambda: [data_set("shop", [need("shop", "cloud")])],
        ],
        ids=["dangling", "wrong class", "one of two", "conflict", "replacement"],
    )
    def test_a_failed_load_leaves_all_as_it_was(
        self, store: Store, make: Callable[[], Store], broken: Callable[[], list[DataSet]]
    ) -> None:
        """InvalidData, nothing of it there, nothing lost, and the next load works."""
        store.load(shop())
        before = contents(store)
        with pytest.raises(InvalidData, match="nothing was loaded"):
            store.load(*broken())
        assert contents(store) == before
        if isinstance(store, FolderStore):
            assert contents(make()) == before
        store.load(data_set("more", entities("more")))
        assert len(store.data_sets) == 2

    def test_an_entity_in_two_data_sets_is_one(self, store: Store) -> None:
        """The more specific class, the first label, the other as altLabel, all evidence; a subject has one label."""
        item = Organization(id=iri("acme"), label="Acme", evidence=[passage(0, 9)])
        two = Company(id=iri("acme"), label="ACME Inc.", alt_label=["Acme"], evidence=[passage(20, 30)], part_of=iri("group"))
        store.load(data_set("a", [*documents("doc-a"), item]), data_set("b", [*documents("doc-a"), two, *entities("group")]))
        merged = next(record for record in store.records if record.id == iri("acme"))
        assert merged == Company(
            id=iri("acme"),
            label="Acme",
            alt_label=[LanguageString("ACME Inc.", "en")],
            evidence=[passage(0, 9), passage(20, 30)],
            part_of=iri("group"),
        )
        assert len(list(store.quads(NamedNode(iri("acme")), LABEL))) == 1
        own = "FILTER(STRSTARTS(STR(?c), STR(ko:)))"
        assert ask(store, f"SELECT ?c WHERE {{ id:acme a ?c {own} }}") == sorted(
            f"ns#{c}" for c in ("Company", "Organization", "Entity")
        )

    def test_one_id_with_two_meanings_is_refused(self, store: Store) -> None:
        """Two unrelated classes, or different records that are not entities: InvalidData that names the record."""
        with pytest.raises(InvalidData, match="acme is a different record"):
            store.load(data_set("a", entities("acme")), data_set("b", entities("acme", cls=Product)))
        events = [Event(id=iri("fire"), label="Fire", date=day) for day in ("2024-01-01", "2024-01-02")]
        with pytest.raises(InvalidData, match="fire is a different record"):
            store.load(data_set("a", [events[0]]), data_set("b", [events[1]]))
        assert store.records == ()

    def test_the_same_record_in_two_data_sets_is_no_conflict(self, store: Store) -> None:
        """Equal is equal, whoever says it; and it stays while one of them says it."""
        both = [*entities("a", "b"), need("a", "b")]
        store.load(data_set("a", both), data_set("b", both))
        assert len(store.records) == 3
        store.load(data_set("b", entities("a", "b")))
        assert len(store.records) == 3
        store.load(data_set("a", []))
        assert [record.name for record in store.records] == ["a", "b"]

    def test_two_data_sets_of_one_short_name_are_two(self, store: Store, make: Callable[[], Store]) -> None:
        """The same name under two bases: neither replaces the other, and both are there afterwards."""
        first, second = (
            from_quads([], "", "x"),
            DataSet(from_quads([], "", "x").info.model_copy(update={"id": "urn:x:data-x"}), ()),
        )
        store.load(DataSet(first.info, tuple(entities("a"))), DataSet(second.info, tuple(entities("b"))))
        for seen in (store, make()) if isinstance(store, FolderStore) else (store,):
            assert [record.name for record in seen.records] == ["a", "b"]
            assert [item.info.id for item in seen.data_sets] == [MY + "data-x", "urn:x:data-x"]

    def test_there_are_no_blank_nodes(self, store: Store) -> None:
        """Supplies, evidence, selectors and identifiers have names; blank nodes that came in have names of their content."""
        node, knows = BlankNode(), NamedNode("urn:x:knows")
        extra = [Quad(NamedNode(iri("shop")), knows, node), Quad(node, knows, Literal("somebody"))]
        store.load(from_quads([*MemoryStore(shop()).quads(), *extra], "x", "shop"))
        assert not [q for q in store.quads() if BlankNode in (type(q.subject), type(q.object))]
        assert ask(store, "SELECT ?n WHERE { id:shop <urn:x:knows>/<urn:x:knows> ?n }") == ["somebody"]
        before = store.revision, frozenset(store.quads())
        store.load(from_quads([*MemoryStore(shop()).quads(), *extra], "x", "shop"))
        assert (store.revision, frozenset(store.quads())) == before

    def test_a_triple_stands_in_exactly_one_graph(self, store: Store) -> None:
        """However many records, data sets and foreign triples say it; the ontology and derived triples included."""
        extra = [Quad(NamedNode(iri("shop")), LABEL, Literal("Shop", language="en"), NamedNode("urn:x:g"))]
        mine = [Quad(NamedNode("urn:x:a"), NamedNode("urn:x:p"), Literal("1"), NamedNode(f"urn:x:{g}")) for g in "gh"]
        store.load(shop(extra=(*extra, *mine)), data_set("again", shop().records, extra=tuple(mine)))
        counted = Counter((q.subject, q.predicate, q.object) for q in store.quads())
        assert max(counted.values()) == 1
        assert all(isinstance(q.graph_name, NamedNode) for q in store.quads())

    def test_records_stand_where_their_evidence_is(self, store: Store) -> None:
        """One document: its graph; several or none: the data set's; evidence: with its document."""
        store.load(shop())

        def graphs(name: str) -> set[str]:
            own = (q for q in store.quads(NamedNode(iri(name))) if q.graph_name.value != DERIVED_GRAPH)
            return {q.graph_name.value for q in own}

        assert graphs("shop") == graphs("shop-needs-cloud") == graphs("shop-needs-cloud--acme") == {DOCUMENT}
        assert graphs("acme") == graphs("cloud") == graphs("r") == {iri("data-shop")}
        evidence = [e for record in store.records for e in record.evidence]
        assert {graphs(e.name).pop() for e in evidence if e.document == DOCUMENT} == {DOCUMENT}
        assert {graphs(e.name).pop() for e in evidence if e.document == iri("doc-b")} == {iri("doc-b")}

    def test_derived_triples_follow_from_the_records(self, store: Store) -> None:
        """Superclasses, super-properties, dependsOn, relations (both ways if symmetric) and owns; nothing else."""
        store.load(shop())

        def node(name: str) -> NamedNode:
            prefix, colon, local = name.partition(":")
            return NamedNode(PREFIXES[prefix] + local) if colon else NamedNode(iri(name))

        types = [
            *(f"{name} {above}" for name in ("shop", "acme") for above in COMPANIES),
            *("cloud ko:Entity", "cloud prov:Entity", "cloud schema:Product"),
        ]
        expected = {(node(line.split()[0]), TYPE, node(line.split()[1])) for line in types}
        identifier = NamedNode(iri("cloud") + "--id-5f4c03d55b")
        expected.add((node("cloud"), node("schema:identifier"), identifier))
        documents = {e.document for record in store.records for e in record.all_evidence()}
        expected |= {(NamedNode(iri), TYPE, node(above)) for iri in documents for above in ("prov:Entity", "foaf:Document")}
        passages = {e.id for record in store.records for e in record.all_evidence()}
        expected |= {(NamedNode(iri), TYPE, node("oa:SpecificResource")) for iri in passages}
        needs = ("ko:dependsOn", "dcterms:requires")
        expected |= {(node("shop"), node(need), node(to)) for need in needs for to in ("cloud", "acme")}
        ends, links = (("acme", "shop"), ("shop", "acme")), ("ko:competesWith", "ko:related")
        expected |= {(node(a), node(link), node(b)) for link in links for a, b in ends}
        expected |= {(node("acme"), node("ko:owns"), node("shop"))}
        derived = [q for q in store.quads(None, None, None, NamedNode(DERIVED_GRAPH)) if not _describes(q)]
        assert {(q.subject, q.predicate, q.object) for q in derived} == expected

    def test_the_default_graph_is_the_union_without_repeats(self, store: Store) -> None:
        """A count is a count: the default graph has each triple of every graph once."""
        store.load(shop(), data_set("again", shop().records))
        count = next(iter(store.query("SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }")))["n"].value
        assert int(count) == len({(q.subject, q.predicate, q.object) for q in store.quads()})
        assert ask(store, "SELECT ?o WHERE { id:shop ko:dependsOn ?o }") == ["acme", "cloud"]

    def test_named_graphs_can_be_asked(self, store: Store) -> None:
        """GRAPH sees documents, data sets, the ontology and ko:derived by their names."""
        store.load(shop())
        assert ask(store, "SELECT ?s WHERE { GRAPH id:doc-a { ?s a ko:Dependency } }") == ["shop-needs-cloud"]
        graphs = ask(store, "SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s ?p ?o } }")
        assert {"ns", "ns#derived", "doc-a", "doc-b", "data-shop"} == set(graphs)
        assert list(store.quads(None, None, None, NamedNode(ONTOLOGY_GRAPH)))

    def test_foreign_triples_are_kept(self, store: Store) -> None:
        """What no record says stays as it came, in its own graph or its data set's, through a load of something else."""
        own = Quad(
            NamedNode("urn:x:a"), NamedNode("urn:x:p"), Literal("1", datatype=NamedNode("urn:x:t")), NamedNode("urn:x:g")
        )
        loose = Quad(NamedNode(iri("shop")), NamedNode("urn:x:p"), Literal("là", language="fr"))
        store.load(shop(extra=(own, loose)))
        store.load(data_set("other", entities("else")))
        assert list(store.quads(own.subject)) == [own]
        assert [q.graph_name.value for q in store.quads(None, NamedNode("urn:x:p"), loose.object)] == [iri("data-shop")]
        assert ask(store, "SELECT ?v WHERE { id:shop <urn:x:p> ?v }") == ["là"]

    def test_substitutions_give_variables_beforehand(self, store: Store) -> None:
        """A variable of the SELECT that is given an IRI is that IRI; one that is not selected is refused by name."""
        store.load(shop())
        text = "SELECT ?what ?who WHERE { ?who ko:dependsOn ?what }"
        assert ask(store, text, who=iri("shop")) == ["acme", "cloud"]
        assert ask(store, text, who=iri("acme")) == []
        with pytest.raises(UsageError, match=r"\?nobody"):
            ask(store, text, nobody=iri("shop"))

    def test_a_query_that_does_not_parse_says_where(self, store: Store) -> None:
        """QuerySyntaxError with line and column, and the prefix that nobody declared."""
        with pytest.raises(QuerySyntaxError, match="line 2, column"):
            store.query("SELECT ?s\nWHERE { ?s ?p }")
        with pytest.raises(QuerySyntaxError, match="the prefix our: is not declared"):
            store.query("SELECT ?s WHERE { ?s a our:Thing }")

    def test_stored_runs_stand_outside_the_default_graph(self, store: Store, make: Callable[[], Store], tmp_path: Path) -> None:
        """A run is in a graph of its own, alone or with its data: asked by name it answers, unasked it changes no count."""
        plain = data_set("shop", [*shop().records])
        store.load(plain)
        # Descriptions of data sets differ, since the number of data sets does.
        described = "?s a ko:DataSetInfo } FILTER NOT EXISTS { ?d void:classPartition ?s"
        counted = f"SELECT (COUNT(*) AS ?n) WHERE {{ ?s ?p ?o FILTER NOT EXISTS {{ {described} }} }}"
        before = [int(row["n"].value) for row in store.query(counted)]
        context = Context(store)
        (tmp_path / "run.ttl").write_text(turtle(impacts(context, [context.shock_from([("acme", "high")])])[0]))
        run = read_file(tmp_path / "run.ttl")
        assert [type(record) for record in run.records] == [ImpactRun]
        for sources in ([run], [DataSet(plain.info, (*plain.records, *run.records)), data_set("run", [])]):
            store.load(*sources)
            opened = make() if isinstance(store, FolderStore) else store
            assert ask(opened, "SELECT ?s WHERE { ?s a ko:ImpactRun }") == []
            assert ask(opened, "SELECT ?s WHERE { ?s a ko:Company }") == ["acme", "shop"]
            named = "SELECT ?e WHERE { GRAPH ?g { ?run a ko:ImpactRun ; ko:impact [ ko:entity ?e ] } }"
            assert ask(opened, named) == ["acme", "shop"]
            assert [int(row["n"].value) for row in opened.query(counted)] == before
            losses = "SELECT ?e FROM <GRAPH> { ?run a ko:ImpactRun ; ko:impact [ ko:entity ?e ] }"
            assert ask(opened, losses.replace("GRAPH", run.records[0].id)) == ["acme", "shop"]
            assert ask(opened, "SELECT ?s FROM <GRAPH> { ?s a ko:Company }".replace("GRAPH", run.records[0].id)) == []

    @pytest.mark.parametrize(
        ("clauses", "pattern", "rows"),
        [
            ("", "?s a ?class", ["acme", "one", "other"]),
            ("FROM id:doc-a", "?s a ?class", ["acme", "one"]),
            ("FROM id:doc-b", "?s a ?class", ["other"]),
            ("FROM id:doc-a FROM <https://w3id.org/knockon/id/doc-b>", "?s a ?class", ["acme", "one", "other"]),
            ("FROM id:doc-c", "?s a ?class", []),
            ("FROM NAMED id:doc-a", "?s a ?class", []),
            ("FROM NAMED id:doc-a", "GRAPH ?g { ?s a ?class }", ["acme", "one"]),
            ("FROM NAMED id:doc-a FROM NAMED id:doc-b", "GRAPH ?g { ?s a ?class }", ["acme", "one", "other"]),
            ("FROM id:doc-a", "GRAPH ?g { ?s a ?class }", []),
            ("FROM id:doc-a", "GRAPH id:doc-a { ?s a ?class }", []),
            ("FROM id:doc-b FROM NAMED id:doc-a", "?x a ko:Company GRAPH ?g { ?s a ?class }", ["acme", "one"]),
            ("FROM id:doc-c FROM NAMED id:doc-a", "?x a ko:Company GRAPH ?g { ?s a ?class }", []),
        ],
    )
    def test_from_says_which_graphs_are_asked(
        self, companies_of_two_documents: Store, clauses: str, pattern: str, rows: list[str]
    ) -> None:
        """FROM graphs are the default graph, FROM NAMED graphs the named ones; a graph that is not there is empty."""
        text = f"SELECT ?s {clauses} {{ {pattern} FILTER(?class = ko:Company) }}"
        assert ask(companies_of_two_documents, text) == rows
        if "acme" in rows:
            assert ask(companies_of_two_documents, text, s=iri("acme")) == ["acme"]

    def test_the_revision_follows_the_content(self, store: Store) -> None:
        """Each change of a record is another revision; the way back leads to the first one."""
        store.load(shop())
        first = store.revision
        store.load(data_set("more", entities("more")))
        second = store.revision
        store.load(data_set("more", entities("more", comment="Said.")))
        third = store.revision
        store.load(data_set("more", []))
        assert store.revision == first
        assert len({first, second, third}) == 3

    def test_it_is_a_context(self, make: Callable[[], Store]) -> None:
        """The context manager closes it; closing it twice is not an error."""
        with make() as store:
            store.load(shop())
        store.close()

    def test_every_error_is_one_of_ours(self, store: Store) -> None:
        """What a caller does wrong raises a KnockonError, never something of the database."""
        for wrong in ("", "nonsense", "SELECT", "INSERT DATA { <urn:a> <urn:b> <urn:c> }"):
            with pytest.raises(KnockonError):
                store.query(wrong)

    def test_records_are_entities_once(self, store: Store) -> None:
        """Records are in one order without repeats, whatever the data sets share."""
        store.load(shop(), data_set("again", shop().records))
        names = [record.id for record in store.records]
        assert all(a < b for a, b in pairwise(names))
        assert len([r for r in store.records if isinstance(r, Entity)]) == 3
