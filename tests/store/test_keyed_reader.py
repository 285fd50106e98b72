"""Reading from an endpoint by keys: everything once, whatever the limit of the server, or an error; and networks from it."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from typing import Any

import pyoxigraph
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, Quad

import knockon
from knockon.cli import run
from knockon.errors import InvalidData, LimitReached
from knockon.graph import Graph
from knockon.model import Company, Shock
from knockon.network.network import Network
from knockon.store.keyed_reader import KeyedReader
from knockon.store.oxigraph import MemoryStore
from knockon.store.remote import RemoteStore
from support.small_records import data_set, documents, entities, iri, need, passage
from support.sparql_servers import OxigraphServer

LETTERS = Path(__file__).parents[1] / "support" / "letters" / "data"
GRAPH = NamedNode("urn:x:g")
WHERE = "GRAPH ?g { ?s ?p ?o }"


class Endpoint:
    """A database that answers as a server does: silently no more than some rows; ``before`` is called with each query."""

    def __init__(self, quads: Iterable[Quad], most: int = 10**9, before: Callable[[str], object] = lambda _: None) -> None:
        self.database = pyoxigraph.Store()
        self.database.bulk_extend(quads)
        self.most, self.before, self.asked = most, before, list[str]()

    def select(self, text: str) -> Any:
        self.asked.append(text)
        self.before(text)
        return list(self.database.query(text))[: self.most]  # type: ignore[arg-type]

    def reader(self, page: int) -> KeyedReader:
        return KeyedReader(self.select, "https://example.org/sparql", page)


def read(reader: KeyedReader, where: str = WHERE) -> list[tuple[Any, ...]]:
    return [row for rows in reader.triples(where, reader.count(where)) for row in rows]


def triples(count: int, objects: int = 3) -> list[Quad]:
    return [
        Quad(NamedNode(f"urn:x:{chr(97 + s % 26)}{s}"), NamedNode(f"urn:x:p{o % 2}"), Literal(str(o)), GRAPH)
        for s in range(count)
        for o in range(objects)
    ]


NODES = st.sampled_from([NamedNode(f"urn:x:{name}") for name in ("a", "A", "ab", "b", "\u00e9", "\u65e5", "\U0001f600", "z")])
OBJECTS = st.one_of(NODES, st.text("ab\"\\\n'\u00e9", max_size=3).map(Literal))


@given(st.lists(st.builds(Quad, NODES, NODES, OBJECTS, st.just(GRAPH)), max_size=40), st.integers(3, 9), st.integers(3, 40))
def test_everything_is_read_once(quads: list[Quad], page: int, most: int) -> None:
    """Whatever the names and texts, the page, and a limit of the server that it does not tell; or else an error."""
    endpoint = Endpoint(quads, most)
    try:
        rows = read(endpoint.reader(page))
    except (InvalidData, LimitReached):
        # The server returns fewer rows than a digest of the graph has, or than one subject has with one object.
        assert most < 16 or page < 16
    else:
        assert sorted(map(str, rows)) == sorted(str((q.subject, q.predicate, q.object)) for q in set(quads))


def test_no_page_is_asked_for_by_offset() -> None:
    """Pages are ranges of keys, nothing is sorted, and the number of requests is in proportion to the pages."""
    endpoint = Endpoint(triples(400))
    rows = read(endpoint.reader(100))
    assert len(rows) == len(set(rows)) == 1_200
    assert not any("OFFSET" in text or "ORDER" in text for text in endpoint.asked)
    assert len(endpoint.asked) < 60


def test_a_subject_may_have_more_triples_than_a_page() -> None:
    """They are read by their objects; many of one object are an error."""
    many = [Quad(GRAPH, NamedNode(f"urn:x:p{n % 3}"), Literal(f"{n // 3:04}"), GRAPH) for n in range(300)]
    assert len(read(Endpoint(many).reader(20))) == 300
    same = [Quad(GRAPH, NamedNode(f"urn:x:p{n}"), Literal("same"), GRAPH) for n in range(300)]
    with pytest.raises(LimitReached, match="with one object"):
        read(Endpoint(same).reader(20))


def test_a_limit_that_the_server_does_not_tell_is_found() -> None:
    """A server that returns 300 rows of each answer is read in pages of 300; what is cut is never taken for whole."""
    endpoint = Endpoint(triples(400), most=300)
    assert len(read(endpoint.reader(1_000))) == 1_200
    assert endpoint.reader(1_000).most_rows == 300


def test_an_answer_that_exceeds_a_limit_is_asked_for_in_smaller_groups() -> None:
    """Where a server takes too long for many subjects at once, it is asked for fewer."""

    def refuse(text: str) -> None:
        if "VALUES" in text and text.count("<urn:x:") > 30:
            raise LimitReached("too long")

    assert len(read(Endpoint(triples(200), before=refuse).reader(100))) == 600


@pytest.mark.parametrize("change", ["value", "add", "remove", "swap"])
def test_a_change_meanwhile_is_noticed(change: str) -> None:
    """A triple that is changed, added or removed while a graph is read makes it an error, and not a mixture."""
    quads = triples(200)
    once: list[str] = []

    def edit(text: str) -> None:
        if "VALUES" in text and not once:
            once.append(text)
            first, last = quads[0], quads[-1]
            if change != "add":
                endpoint.database.remove(first)
            if change == "value":
                endpoint.database.add(Quad(first.subject, first.predicate, Literal("9"), GRAPH))
            if change in ("add", "swap"):
                endpoint.database.add(Quad(last.subject, last.predicate, Literal("new"), GRAPH))

    endpoint = Endpoint(quads, before=edit)
    with pytest.raises(InvalidData, match=r"changed|another number"):
        read(endpoint.reader(100))
    assert once


def test_blank_nodes_in_several_pages_are_an_error() -> None:
    """As subjects and as objects: each page would name them differently."""
    for node in (Quad(BlankNode("b"), GRAPH, GRAPH, GRAPH), Quad(GRAPH, GRAPH, BlankNode("b"), GRAPH)):
        with pytest.raises(InvalidData, match="blank nodes"):
            read(Endpoint([*triples(100), node]).reader(50))


def test_a_server_that_ignores_ranges_is_an_error() -> None:
    """Pages that repeat subjects show in their count; it never reads for ever."""
    endpoint = Endpoint(triples(200))

    def without_filter(text: str) -> Any:
        return endpoint.select(re.sub(r" FILTER.*? }", " }", text))

    deaf = KeyedReader(without_filter, "https://example.org/", 50)
    with pytest.raises(InvalidData, match="another number"):
        list(deaf.keys(WHERE))
    assert len(endpoint.asked) < 60


def without_origin(network: Network) -> str:
    """The hash of a network wherever it was compiled from."""
    return dataclasses.replace(network, origin="").hash


@contextmanager
def paged(address: str, page: int) -> Iterator[Graph]:
    """Open an endpoint that is read in pages of some rows."""
    with knockon.open(address) as remote:
        assert isinstance(remote.store, RemoteStore)
        remote.store.__dict__["traits"] = dataclasses.replace(remote.store.traits, page=page)
        yield remote


@pytest.fixture
def served(endpoint: OxigraphServer) -> tuple[Graph, str]:
    """The invented data, here and at an endpoint."""
    local = knockon.open(LETTERS)
    endpoint.put(local.store.quads())
    return local, endpoint.query


def test_the_network_of_an_endpoint_is_that_of_the_store(served: tuple[Graph, str]) -> None:
    """Under each option that selects records, compiled from pages of a few rows, without a copy of all records."""
    local, address = served
    document = next(record.name for record in local.store.records if record.rdf_class == "Document")
    with paged(address, 60) as remote:
        options: tuple[dict[str, Any], ...] = (
            {}, {"as_of": "all"}, {"as_of": "2020-01-01"}, {"facts_only": True}, {"financing": True}, {"without": document},
            {"according_to": document}, {"min_confidence": 0.9}, {"stances": ("Alleges",)},
        )  # fmt: skip
        for chosen in options:
            network = remote.network(**chosen)
            assert without_origin(network) == without_origin(local.network(**chosen)), chosen
        assert "_data_sets" not in remote.store.__dict__
        assert remote.network().origin == Network.from_graph(remote).origin != ""


def test_impacts_at_an_endpoint_are_those_of_the_store(served: tuple[Graph, str]) -> None:
    """Of shocks and of hits, with every citation and count, without a copy; a target query may rest on all records."""
    local, address = served
    shocks = [record for record in local.store.records if isinstance(record, Shock)]
    names = [record.id for record in local.store.records if isinstance(record, Company)][:3]
    with paged(address, 200) as remote:
        for shock in shocks:
            if not any(hit.target_query for hit in shock.hit):
                assert remote.impact(shock.id).to_dict() == local.impact(shock.id).to_dict(), shock.id
        chosen: tuple[dict[str, Any], ...] = ({"model": "reach"}, {"as_of": "2020-01-01"}, {"facts_only": True})
        for name, options in (*product(names, ({},)), *product(names[:1], chosen)):
            given: Any = {"hit": {name: "high"}, **options}
            assert remote.impact(**given).to_dict() == local.impact(**given).to_dict(), given
        assert "_data_sets" not in remote.store.__dict__
        by_query = next(shock.id for shock in shocks if any(hit.target_query for hit in shock.hit))
        for given in ({"shock": by_query}, {"shock": shocks[0].id, "min_confidence": 0.5}):
            assert remote.impact(**given).to_dict() == local.impact(**given).to_dict()
        assert "_data_sets" in remote.store.__dict__


def test_a_record_that_changes_before_it_is_cited_is_an_error(endpoint: OxigraphServer) -> None:
    """What an answer cites is read after the network was compiled: it must be the same record."""
    records = [*entities("a", "b"), *documents("doc-a")]
    first, second = (need("a", "b", evidence=[passage()], criticality=word) for word in ("low", "high"))
    endpoint.put(MemoryStore(data_set("x", [*records, first])).quads())
    with paged(endpoint.query, 40) as remote:
        remote.network()
        endpoint.put(MemoryStore(data_set("x", [*records, second])).quads())
        with pytest.raises(InvalidData, match="changed while it was read"):
            remote.impact(hit={"b": "high"})


def test_rank_takes_an_address(served: tuple[Graph, str], capsys: pytest.CaptureFixture[str]) -> None:
    """The command gives what it gives for the store."""
    _, address = served
    answers = []
    for source in (address, str(LETTERS)):
        assert run(["rank", source, "--format", "csv"]) == 0
        answers.append(capsys.readouterr().out)
    assert answers[0] == answers[1]


def test_evidence_is_kept_once(endpoint: OxigraphServer) -> None:
    """Records that say the same of one document share its evidence, without places and comments."""
    needs = [need("a", f"n{number}", evidence=[passage(number, number + 5)], comment="long") for number in range(9)]
    records = [*entities("a", *(f"n{number}" for number in range(9))), *documents("doc-a"), *needs]
    endpoint.put(MemoryStore(data_set("x", records)).quads())
    with paged(endpoint.query, 100) as remote:
        kept = [record for record in remote._network_base().store.records if record.rdf_class == "Dependency"]
        assert len({id(record.evidence[0]) for record in kept}) == 1
        assert {record.evidence[0].start for record in kept} == {None}
        assert {record.comment for record in kept} == {None}
        assert {record.id for record in kept} == {iri(f"a-needs-n{number}") for number in range(9)}


def test_a_change_while_a_network_is_read_is_an_error(endpoint: OxigraphServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The revision at the start and at the end must be the same."""
    store = MemoryStore(data_set("x", [*entities("a", "b"), need("a", "b")]))
    endpoint.put(store.quads())
    original = KeyedReader.keys

    def keys(self: KeyedReader, where: str) -> Any:
        yield from original(self, where)
        endpoint.put(MemoryStore(data_set("x", [*entities("a", "c"), need("a", "c")])).quads())

    monkeypatch.setattr(KeyedReader, "keys", keys)
    with paged(endpoint.query, 40) as remote, pytest.raises(InvalidData, match="changed while it was read"):
        remote.network()


def test_records_outside_of_graphs_are_copied(endpoint: OxigraphServer) -> None:
    """Where a server may have records in no named graph, a network is compiled from a copy of all."""
    local = Graph(MemoryStore(data_set("x", [*entities("a", "b"), need("a", "b")])))
    endpoint.put(Quad(*quad.triple) for quad in local.store.quads())
    with knockon.open(endpoint.query) as remote:
        assert without_origin(remote.network()) == without_origin(local.network())
