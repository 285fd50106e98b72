"""SPARQL updates of a store in a folder: what they change, what they cannot change, and how they are kept."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import NamedNode, Quad, RdfFormat, Store

from knockon.errors import ForbiddenQuery, InvalidData, KnockonError, LimitReached, QuerySyntaxError, UsageError
from knockon.sparql.limits import Limits
from knockon.sparql.update import run_update
from knockon.sparql.update_text import operations
from knockon.store.folder import FolderStore
from knockon.store.folder_reader import FolderReader
from knockon.store.updates import UPDATES, UpdateReport
from knockon.worker.update import changes_of
from support.small_records import data_set, documents, entities, iri, need, passage

COUNT = "SELECT (COUNT(*) AS ?n) { GRAPH <%s> { ?s ?p ?o } }"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with one data set, which stays as it is: acme needs hosting."""
    folder = tmp_path_factory.mktemp("updates") / "store"
    with FolderStore(folder) as store:
        store.load(data_set("small", [*entities("acme", "hosting"), need("acme", "hosting")]))
    return folder


@pytest.fixture
def store(whole: Path, tmp_path: Path) -> FolderStore:
    """A copy of that store."""
    return FolderStore(shutil.copytree(whole, tmp_path / "store"))


def database(reader: FolderReader) -> Store:
    content = BytesIO()
    reader.content().write(content)
    engine = Store()
    engine.bulk_load(content.getvalue(), RdfFormat.N_QUADS)
    return engine


def update(store: FolderStore, text: str, graphs: Sequence[str] | None = None, named: Sequence[str] = ()) -> UpdateReport:
    """Apply an update in this process; another test starts the process that runs updates of clients."""
    return store.update(lambda reader: run_update(database(reader), text, UPDATES, graphs, named))


def count(store: FolderStore, graph: str) -> int:
    return int(next(iter(store.query(COUNT % graph)))["n"].value)


def label(store: FolderStore, name: str) -> list[str]:
    return [row["x"].value for row in store.query(f"SELECT ?x {{ id:{name} rdfs:label ?x }}")]


def test_what_is_ours_becomes_a_record_and_the_rest_is_kept_and_counted(store: FolderStore) -> None:
    """An inserted company is a record of the data set of updates, in the graph where it was stated, and after a restart."""
    report = update(
        store, "INSERT DATA { GRAPH <urn:x:g> { id:new a ko:Company ; rdfs:label 'New' ; <urn:x:p> 1 . [] <urn:x:q> 2 } }"
    )
    assert (report.added_triples, report.other_triples, [change.added for change in report.data_sets]) == (4, 2, [1])
    again = FolderStore(store.folder)
    for each in (store, again):
        assert "new" in {record.name for record in each.records}
        assert count(each, "urn:x:g") == 4
        assert bool(each.query("ASK { id:new a ko:Entity }")), "derived triples follow"
    assert again.data_sets == store.data_sets
    assert [revision.change for revision in again.history] == ["update updates", "load small"]


def test_a_value_of_a_record_can_be_replaced(store: FolderStore) -> None:
    """DELETE and INSERT of one subject change the record where it is; an undo restores it."""
    update(
        store,
        "DELETE { ?s rdfs:label ?l } INSERT { ?s rdfs:label 'Acme Corp' } WHERE { ?s rdfs:label ?l FILTER(?s = id:acme) }",
    )
    assert label(store, "acme") == ["Acme Corp"]
    assert len(store.data_sets) == 1
    store.undo()
    assert label(store, "acme") == ["Acme"]


def test_what_two_data_sets_state_is_deleted_from_both(store: FolderStore) -> None:
    """A record of two data sets is one, with the triples of both; deleting a value deletes it wherever it is stated."""
    store.load(data_set("other", [*entities("acme", evidence=[passage()]), *documents("doc-a")]))
    assert count(store, iri("doc-a")) > 0, "records with one document are in its graph"
    update(store, "DELETE { id:acme rdfs:label ?l } INSERT { id:acme rdfs:label 'Acme Corp' } WHERE { id:acme rdfs:label ?l }")
    assert label(store, "acme") == ["Acme Corp"]
    assert [data_set.info.short_name for data_set in store.data_sets] == ["other", "small"]


def test_a_deleted_triple_of_one_graph_stays_in_another(store: FolderStore) -> None:
    """What is deleted from a graph of updates is not deleted from the data set that states it, too."""
    update(store, "INSERT DATA { GRAPH <urn:x:g> { id:acme rdfs:label 'Acme' ; a ko:Company } }")
    update(store, "CLEAR GRAPH <urn:x:g>")
    assert label(store, "acme") == ["Acme"]
    assert [data_set.info.short_name for data_set in store.data_sets] == ["small"]


def test_more_of_an_entity_is_of_updates_and_survives_a_load(store: FolderStore) -> None:
    """What an update says of a company of another data set is merged into it, whatever becomes of the other data set."""
    report = update(store, "INSERT DATA { id:acme skos:altLabel 'ACME' ; ko:partOf id:hosting }")
    assert [(change.name, change.added) for change in report.data_sets] == [("updates", 1)]
    store.load(data_set("small", entities("acme", "hosting")))
    (acme,) = (record for record in store.records if record.name == "acme")
    assert (acme.alt_label, acme.part_of) == (("ACME",), (iri("hosting"),))  # type: ignore[attr-defined]
    assert label(store, "acme") == ["Acme"], "and what both state is there once"
    update(store, "DELETE WHERE { id:acme skos:altLabel ?x } ; DELETE DATA { id:acme ko:partOf id:hosting }")
    assert [data_set.info.short_name for data_set in store.data_sets] == ["small"]


def test_more_of_a_dependency_joins_it(store: FolderStore) -> None:
    """Records that cannot be merged take what an update says of them; a second value is refused."""
    update(store, "INSERT DATA { id:acme-needs-hosting ko:criticality ko:Low }")
    assert bool(store.query("ASK { id:acme-needs-hosting ko:criticality ko:Low }"))
    assert len(store.data_sets) == 1
    with pytest.raises(InvalidData, match="2 values for criticality"):
        update(store, "INSERT DATA { id:acme-needs-hosting ko:criticality ko:High }")


def test_an_update_that_breaks_a_record_changes_nothing(store: FolderStore) -> None:
    """A company without a name, and a reference to nothing, are refused with the reason."""
    for text, reason in {
        "DELETE WHERE { id:acme rdfs:label ?l }": "label is missing",
        "DELETE WHERE { id:hosting ?p ?o }": "hosting",
        "INSERT DATA { id:d a ko:Dependency ; ko:dependant id:nobody ; ko:need id:acme }": "nobody",
    }.items():
        with pytest.raises(InvalidData, match=reason) as raised:
            update(store, text)
        assert "nothing was changed" in str(raised.value)
    assert store.history[0].number == 1


@pytest.mark.parametrize("graph", ["https://w3id.org/knockon/ns", "https://w3id.org/knockon/ns#derived"])
def test_graphs_that_cannot_be_changed_are_refused_by_name(store: FolderStore, graph: str) -> None:
    """Inserting into, deleting from or clearing the ontology and derived triples is refused, and names the graph."""
    engine = database(store)
    for text in (
        f"INSERT DATA {{ GRAPH <{graph}> {{ <urn:x:s> <urn:x:p> 1 }} }}",
        f"DELETE WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}",
        f"CLEAR GRAPH <{graph}>",
        f"WITH <{graph}> DELETE {{ ?s ?p ?o }} WHERE {{ ?s ?p ?o }}",
        f"MOVE <{graph}> TO <urn:x:g>",
        f"COPY id:data-small TO <{graph}>",
    ):
        with pytest.raises(ForbiddenQuery, match=f"<{graph}> cannot be changed"):
            run_update(engine, text, UPDATES)
    with pytest.raises(ForbiddenQuery, match="the ontology"):
        run_update(engine, "DELETE DATA { ko:Company rdfs:subClassOf ko:Organization }", UPDATES)


def test_clear_all_clears_the_rest(store: FolderStore) -> None:
    """CLEAR ALL and DROP ALL leave the ontology alone, and each is one revision that can be undone."""
    update(store, "INSERT DATA { <urn:x:s> <urn:x:p> 1 }")
    for text in ("CLEAR ALL", "DROP ALL"):
        assert not store.update(lambda reader, text=text: run_update(database(reader), text, UPDATES)).changes_nothing
        assert (store.data_sets, store.records) == ((), ())
        assert count(store, "https://w3id.org/knockon/ns") > 0
        store.undo()
        assert len(store.data_sets) == 2


def test_the_default_graph_is_read_as_the_union_and_written_as_updates(store: FolderStore) -> None:
    """WHERE sees all graphs, also those of an earlier operation; CLEAR DEFAULT clears what updates inserted without a graph."""
    update(
        store,
        "INSERT DATA { GRAPH <urn:x:g> { <urn:x:s> <urn:x:p> id:acme } } ; "
        "INSERT { ?s <urn:x:name> ?l } WHERE { ?s <urn:x:p> ?c . ?c rdfs:label ?l }",
    )
    assert count(store, UPDATES) > 0
    update(store, "CLEAR DEFAULT")
    assert not bool(store.query("ASK { ?s <urn:x:name> ?l }"))
    assert bool(store.query("ASK { ?s <urn:x:p> id:acme }"))
    assert label(store, "acme") == ["Acme"]


def test_graphs_of_the_request_are_those_of_where(store: FolderStore) -> None:
    """using-graph-uri is the default graph of WHERE, of DELETE WHERE too; a text that names graphs itself is refused."""
    update(store, "INSERT DATA { GRAPH <urn:x:a> { <urn:x:s> <urn:x:p> 1 } GRAPH <urn:x:b> { <urn:x:s> <urn:x:p> 2 } }")
    update(store, "INSERT { GRAPH <urn:x:c> { ?s ?p ?o } } WHERE { ?s ?p ?o }", ["urn:x:a"])
    update(store, "INSERT { GRAPH ?g { ?s <urn:x:q> ?o } } WHERE { GRAPH ?g { ?s <urn:x:p> ?o } }", [], ["urn:x:b"])
    assert [count(store, f"urn:x:{name}") for name in "abc"] == [1, 2, 1]
    for text in (
        "WITH <urn:x:a> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
        "DELETE { ?s ?p ?o } USING <urn:x:a> WHERE { ?s ?p ?o }",
    ):
        with pytest.raises(QuerySyntaxError, match="one of the two"):
            update(store, text, ["urn:x:a"])


def test_equal_blank_nodes_of_two_updates_are_two(store: FolderStore) -> None:
    """A blank node of an update is a new node each time."""
    for _ in range(2):
        update(store, "INSERT DATA { [] <urn:x:p> 1 }")
    assert len(list(store.query("SELECT ?s { ?s <urn:x:p> 1 }"))) == 2


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("LOAD <file:///etc/passwd>", ForbiddenQuery, "line 1, column 1: LOAD"),
        ("LOADSILENT<http://localhost/x>", ForbiddenQuery, "LOAD"),
        ("CLEAR ALL; L\\u004fAD <http://localhost/x>", ForbiddenQuery, "LOAD"),
        ("INSERT { ?s ?p 1 } WHERE { SERVICE <http://localhost/x> { ?s ?p ?o } }", ForbiddenQuery, "SERVICE"),
        ("INSERT { ?s ?p 1 } WHERE { BIND(1<2 AS ?x)SERVICE<http://localhost/x>{ ?s ?p ?o } }", ForbiddenQuery, "SERVICE"),
        ("CLEAR XYZ", QuerySyntaxError, "line 1"),
        ("CLEAR ALL;\n\nCLEAR XYZ", QuerySyntaxError, "line 3"),
        ("ASK {}", QuerySyntaxError, "does not begin an operation"),
        ("", QuerySyntaxError, "empty"),
        ("INSERT DATA { <urn:x:s> <urn:x:p> ?o }", QuerySyntaxError, "line 1"),
        ("CLEAR GRAPH <urn:x:nothing>", UsageError, "does not exist"),
        (";".join(["CLEAR ALL"] * 1_001), QuerySyntaxError, "operations"),
        ("DELETE WHERE {" + "{" * 60 + "}" * 60 + "}", QuerySyntaxError, "levels of brackets"),
    ],
)
def test_bad_updates_are_refused_with_their_position(text: str, error: type[KnockonError], message: str) -> None:
    """What would leave the store, does not parse or cannot be run is refused before anything is changed."""
    with pytest.raises(error, match=message):
        run_update(Store(), text, UPDATES)


def test_names_with_the_letters_of_load_and_service_are_names() -> None:
    """Only keywords are refused; names, texts and comments are not."""
    text = "INSERT DATA { <urn:x:load> <urn:x:service> 'LOAD SERVICE' } # LOAD <x>"
    assert len(run_update(Store(), text, UPDATES).added) == 1


def test_many_triples_are_one_update() -> None:
    """The size of INSERT DATA is limited by its bytes alone."""
    text = "INSERT DATA { " + " ".join(f"<urn:x:s{n}> <urn:x:p> {n} ." for n in range(3_000)) + " }"
    assert len(run_update(Store(), text, UPDATES).added) == 3_000


def test_semicolons_inside_of_operations_do_not_split_them() -> None:
    """Only semicolons between operations split; declarations hold for all that follow."""
    text = "PREFIX x: <urn:x:> INSERT DATA { x:s x:p ';' ; x:q 1 } ; DELETE WHERE { x:s ?p 1 ; x:q ?o } ; PREFIX y: <urn:y:>"
    assert [operation.kind for operation in operations(text, UPDATES)] == ["INSERT DATA", "DELETE WHERE"]
    assert [quad.object.value for quad in run_update(Store(), text, UPDATES).added] == [";"]


def test_an_update_runs_in_a_process_and_is_stopped(store: FolderStore) -> None:
    """The process returns the same changes, and is killed when the time is up."""
    text = "INSERT DATA { <urn:x:s> <urn:x:p> 1 } ; DELETE DATA { id:acme rdfs:label 'Acme' }"
    assert changes_of(store.content(), text, UPDATES) == run_update(database(store), text, UPDATES)
    endless = "INSERT { ?a <urn:x:p> ?h } WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
    with pytest.raises(LimitReached, match="took more than"):
        changes_of(store.content(), endless, UPDATES, limits=Limits(seconds=0.2))
    with pytest.raises(ForbiddenQuery, match="cannot be changed"):
        changes_of(store.content(), "CLEAR GRAPH <https://w3id.org/knockon/ns>", UPDATES)


NAMES = st.sampled_from(["urn:x:a", "urn:x:b", "urn:x:c"])
DATA = st.builds(
    lambda verb, quads: f"{verb} DATA {{ " + " ".join(f"GRAPH <{g}> {{ <{s}> <{p}> <{o}> }}" for g, s, p, o in quads) + " }",
    st.sampled_from(["INSERT", "DELETE"]),
    st.lists(st.tuples(NAMES, NAMES, NAMES, NAMES), min_size=1, max_size=4),
)
MANAGEMENT = st.one_of(
    st.builds(lambda verb, g: f"{verb} SILENT GRAPH <{g}>", st.sampled_from(["CLEAR", "DROP"]), NAMES),
    st.builds(lambda verb, g, h: f"{verb} SILENT <{g}> TO <{h}>", st.sampled_from(["COPY", "MOVE", "ADD"]), NAMES, NAMES),
    st.builds(lambda g, h: f"INSERT {{ GRAPH <{g}> {{ ?s ?p ?s }} }} WHERE {{ GRAPH <{h}> {{ ?s ?p ?o }} }}", NAMES, NAMES),
)


@given(st.one_of(st.lists(DATA, min_size=1, max_size=6), st.lists(st.one_of(DATA, MANAGEMENT), min_size=1, max_size=6)))
def test_named_graphs_change_as_the_engine_changes_them(parts: list[str]) -> None:
    """Law: where an update names its graphs, the result is that of the engine alone."""
    text = " ; ".join(parts)
    engine = Store()
    start = [Quad(NamedNode("urn:x:a"), NamedNode("urn:x:b"), NamedNode("urn:x:c"), NamedNode(f"urn:x:{n}")) for n in "ab"]
    engine.extend(start)
    changes = run_update(engine, text, UPDATES)
    engine.update(text)
    assert (set(start) - changes.removed) | changes.added == set(engine)


@given(st.lists(DATA, min_size=1, max_size=5), st.booleans())
def test_operations_that_name_their_quads_change_the_same_without_a_copy(parts: list[str], in_default: bool) -> None:
    """Law: with a further operation that changes nothing, for which the database is copied, the changes are the same."""
    text = " ; ".join(parts)
    if in_default:
        text = re.sub(r"GRAPH <[^>]*> \{([^}]*)\}", r"\1 .", text)
    engine = Store()
    engine.extend(Quad(NamedNode("urn:x:a"), NamedNode("urn:x:b"), NamedNode("urn:x:c"), NamedNode(f"urn:x:{n}")) for n in "ab")
    assert run_update(engine, text, UPDATES) == run_update(engine, f"{text} ; DELETE WHERE {{ <urn:x:none> ?p ?o }}", UPDATES)
