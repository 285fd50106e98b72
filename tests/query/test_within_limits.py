"""Queries within limits: of stores in memory and in folders, with functions, and as ``Graph.query`` asks them."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import IO

import pytest

import knockon
from knockon import Graph, Limits
from knockon.analysis.context import Context
from knockon.cli.time_limit import TimeLimit
from knockon.errors import LimitReached, NotFound, UsageError
from knockon.model import Product, Shock
from knockon.query.ask import ask
from knockon.store.folder import FolderStore
from knockon.store.oxigraph import MemoryStore
from knockon.worker import process, session
from support.small_records import data_set, documents, entities, iri, need, passage

ALL = "SELECT * { ?s ?p ?o }"
LOSSES = (
    "SELECT ?shock ?entity (ko:loss(?shock, ?entity) AS ?loss) (ko:step(?shock, ?entity) AS ?step) "
    "{ ?shock a ko:Shock . ?entity a ?any }"
)
CROSS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


@pytest.fixture
def shop() -> Graph:
    """A shop needs a cloud, which needs chips; a strike hits the cloud, a fire the chips."""
    records = [
        *documents("doc-a"),
        *entities("shop", "cloud", "idle"),
        *entities("chips", cls=Product),
        need("shop", "cloud", criticality="High", evidence=[passage()]),
        need("cloud", "chips", criticality="Essential", evidence=[passage()]),
        Shock(id=iri("strike"), label="Strike", hit=[{"target": iri("cloud"), "severity": "High"}]),
        Shock(id=iri("fire"), label="Fire", hit=[{"target": iri("chips"), "severity": "Essential"}]),
    ]
    return Graph(MemoryStore(data_set("shop", records)))


@pytest.fixture
def sent_frames(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Record the kinds of the frames sent to the worker."""
    sent: list[str] = []
    send = process.send

    def counting(stream: IO[bytes], frame: process.Frame) -> None:
        sent.append(frame.kind)
        send(stream, frame)

    monkeypatch.setattr(process, "send", counting)
    return sent


@pytest.mark.parametrize(
    "text", [ALL, "ASK { ?s a ko:Shock }", "CONSTRUCT { ?s ko:dependsOn ?o } { ?s ko:need ?o }", "DESCRIBE id:sensetime"]
)
def test_the_worker_answers_as_this_process_does(graph: Graph, text: str) -> None:
    """Rows and triples, in the same order."""
    here, there = graph.query(text, limits=None), graph.query(text)
    assert there.columns == here.columns
    assert list(there) == list(here)
    assert there.to_text() == here.to_text()


@pytest.mark.parametrize(
    "text", [LOSSES, f"ASK {{ FILTER(ko:loss({iri('fire')!r}, 1) = 1) }}".replace("'", ""), "SELECT (ko:step(1) AS ?x) {}"]
)
def test_functions_answer_as_in_this_process(shop: Graph, text: str) -> None:
    """Losses and steps of all entities, and the errors for other arguments than a shock and an entity."""

    def outcome(limits: Limits | None) -> object:
        try:
            answer = shop.query(text, limits=limits)
        except knockon.KnockonError as error:
            return type(error), str(error), getattr(error, "nearest", None)
        return list(answer)

    assert outcome(None) == outcome(Limits())


def test_an_unknown_shock_has_its_nearest_names(shop: Graph) -> None:
    """As attributes of the error, too; and the worker goes on."""
    with pytest.raises(NotFound, match="did you mean fire") as raised:
        shop.query("SELECT (ko:loss(id:fir, id:shop) AS ?x) {}")
    assert (raised.value.what, raised.value.name, raised.value.nearest) == ("shock", "fir", ["fire"])


def test_losses_are_sent_once(shop: Graph, sent_frames: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Only when a query calls for them, computed in one run, and each shock for itself."""
    runs: list[int] = []
    run = Context._run
    monkeypatch.setattr(Context, "_run", lambda self, shocks, *rest: runs.append(len(shocks)) or run(self, shocks, *rest))
    shop.query(ALL)
    assert not {"losses", "row"} & set(sent_frames)
    shop.query("SELECT (ko:loss(id:fire, ?e) AS ?x) { ?e a ko:Entity }")
    assert (sent_frames.count("row"), runs) == (1, [2])
    shop.query(LOSSES)
    shop.query(LOSSES)
    assert (sent_frames.count("row"), runs) == (2, [2])


def test_data_in_memory_is_sent_once_per_content(shop: Graph, sent_frames: list[str]) -> None:
    """It is sent again after it has changed."""
    for _ in range(3):
        before = len(shop.query(ALL))
    assert sent_frames.count("end") == 1
    shop.store.load(data_set("more", entities("bakery")))
    assert len(shop.query(ALL)) > before
    assert bool(shop.query("ASK { id:bakery a ko:Entity }"))
    assert sent_frames.count("end") == 2


def test_a_world_is_asked(graph: Graph) -> None:
    """The records of one day."""
    worked = "ASK { id:xu-li ko:employedBy id:motorola }"
    assert bool(graph.query(worked))
    assert not bool(graph.query(worked, as_of="2020-01-01"))


@pytest.mark.slow
def test_a_store_in_a_folder_is_opened_there(tmp_path: Path, sent_frames: list[str]) -> None:
    """No data is sent; the load of another process is visible after a reload, and not before, although files are removed."""
    with FolderStore(tmp_path / "store") as store, FolderStore(tmp_path / "store") as other:
        store.load(data_set("first", entities("shop")))
        first = Graph(store)
        bakery = "ASK { id:bakery a ko:Entity }"
        assert bool(first.query("ASK { id:shop a ko:Entity }"))
        assert "open" in sent_frames
        assert "end" not in sent_frames
        session.end()  # the next worker has nothing open
        other.load(data_set("second", entities("bakery")))
        assert not bool(first.query(bakery))
        assert sent_frames.count("end") == 1  # the files are gone, and only this process has them open
        store.reload()
        assert bool(first.query(bakery))
        assert sent_frames.count("end") == 1


def test_an_empty_store_can_be_asked(tmp_path: Path) -> None:
    """A folder into which nothing was loaded has no database."""
    with FolderStore(tmp_path / "store") as store:
        assert not bool(ask(store, "ASK { ?s ?p ?o }", limits=Limits()))


def test_limits_of_a_graph(graph: Graph) -> None:
    """They are options of ``query``; the answer of a stopped query is an error, never half of it."""
    with pytest.raises(LimitReached, match="more than 10 rows"):
        graph.query(ALL, limits=Limits(rows=10))
    with pytest.raises(LimitReached, match=r"more than 0.1 s"):
        graph.query(CROSS, limits=Limits(seconds=0.1))
    with pytest.raises(UsageError, match=r"limits must be knockon.Limits\(...\), not 5"):
        graph.query(ALL, limits=5)  # type: ignore[arg-type]


def test_named_queries_of_bundled_data_need_no_worker(graph: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are short, and so is what is asked; with limits of one's own they go to the worker."""
    asked: list[str] = []
    original = session.ask
    monkeypatch.setattr(session, "ask", lambda request, limits: asked.append(request.text) or original(request, limits))
    answer = graph.query(name="who-depends-on")
    assert graph.query(name="who-depends-on", as_of="2025-01-01").columns == answer.columns
    assert asked == []
    assert list(graph.query(name="who-depends-on", limits=Limits(seconds=30))) == list(answer)
    assert len(asked) == 1


def test_a_large_store_of_others_needs_one(shop: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    """A query of the library over many records of a stranger can be long."""
    asked: list[str] = []
    original = session.ask
    monkeypatch.setattr(session, "ask", lambda request, limits: asked.append(request.text) or original(request, limits))
    shop.query(name="depends-on", entity="shop")
    assert asked == []
    monkeypatch.setattr("knockon.graph.records._SMALL_STORE", 3)
    shop.query(name="depends-on", entity="shop")
    assert len(asked) == 1


def test_what_is_loaded_into_bundled_data_is_not_trusted() -> None:
    """Only what comes with the package is."""
    opened = knockon.open("chips")
    assert opened.store.trusted
    opened.store.load(data_set("mine", entities("shop")))
    assert not opened.store.trusted


def test_answers_can_be_pickled(graph: Graph) -> None:
    """All kinds come back as they were; a graph, a store and a result that holds one say why they cannot."""
    for text in ("SELECT ?x { ?x a ko:Shock } ORDER BY ?x", "ASK {}", "CONSTRUCT WHERE { ?s ko:employedBy ?o }"):
        for limits in (None, Limits()):
            answer = graph.query(text, limits=limits)
            again = pickle.loads(pickle.dumps(answer))  # noqa: S301 - our own
            assert (list(again), again.columns, bool(again), len(again)) == (
                list(answer),
                answer.columns,
                bool(answer),
                len(answer),
            )
    for held in (graph, graph.store, graph.impact("entity-list-chips")):
        with pytest.raises(UsageError, match="cannot be pickled or copied"):
            pickle.dumps(held)


def test_own_functions_are_called_in_this_process() -> None:
    """A function of Python cannot be handed to another process."""
    with pytest.raises(UsageError, match="limits=None"):
        ask(MemoryStore(), "SELECT (<urn:x:one>() AS ?x) {}", functions={"urn:x:one": lambda: None}, limits=Limits())


def test_a_timeout_of_the_command_ends_the_worker(graph: Graph) -> None:
    """The time of the whole command ends a query as Ctrl-C does."""
    assert bool(graph.query("ASK {}"))
    worker = session._worker
    assert worker is not None
    with pytest.raises(LimitReached, match="--timeout"):
        TimeLimit(0.3).run(lambda: graph.query(CROSS))
    assert not worker.alive
