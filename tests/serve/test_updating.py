"""Changes over HTTP: who may make them, what they are answered with, and when queries see them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn
from urllib.parse import quote

import pytest

import knockon
from knockon.errors import KnockonError, LimitReached, UsageError
from knockon.serve.settings import ServerSettings
from knockon.serve.snapshots import Snapshots
from knockon.store.folder import FolderStore
from knockon.store.locking import write_lock
from support.http_server import HttpServer, Reply, running

TOKEN = "a-token-of-these-tests"  # noqa: S105 - of a server that lives as long as the tests
UPDATE = {"Content-Type": "application/sparql-update", "Authorization": f"Bearer {TOKEN}"}


@pytest.fixture(scope="module")
def writable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HttpServer]:
    """A writable server with a new store."""
    store = tmp_path_factory.mktemp("updating") / "store"
    with running(ServerSettings(store=store, port=0, workers=1, writable=True, token=TOKEN)) as server:
        yield server


def update(server: HttpServer, text: str, **headers: str) -> Reply:
    return server.request("POST", "/sparql", text, {**UPDATE, **{k.replace("_", "-"): v for k, v in headers.items()}})


def test_a_change_is_seen_at_once_and_reported(writable: HttpServer) -> None:
    """The answer counts triples and records; the next query, and its entity tag, are those of the new state."""
    question = f"/sparql?query={quote('ASK { id:acme a ko:Organization }')}"
    before = writable.get(question)
    reply = update(writable, "INSERT DATA { id:acme a ko:Company ; rdfs:label 'Acme' ; <urn:x:p> 1 }")
    assert (reply.status, reply.json["added_triples"], reply.json["other_triples"]) == (200, 3, 1)
    assert reply.json["data_sets"][0]["added"] == 1
    after = writable.get(question, If_None_Match=before.headers["etag"])
    assert (before.json["boolean"], after.status, after.json["boolean"]) == (False, 200, True)


@pytest.mark.parametrize(
    ("header", "status"),
    [("", 401), ("Bearer wrong", 401), (f"Basic {TOKEN}", 401), ("Bearer tök", 401), (f"bearer {TOKEN}", 200)],
)
def test_only_the_token_opens(writable: HttpServer, header: str, status: int) -> None:
    """Without the right token every change is status 401, with the way to log in."""
    for method, target, body in (("POST", "/sparql", "CLEAR DEFAULT"), ("DELETE", "/store?default", None)):
        headers = {"Content-Type": "application/sparql-update", **({"Authorization": header} if header else {})}
        reply = writable.request(method, target, body, {k: v.encode("latin-1") for k, v in headers.items()})  # type: ignore[misc]
        assert reply.status == (status if status != 200 or method == "POST" else 204)
        if status == 401:
            assert reply.headers["www-authenticate"] == 'Bearer realm="knockon"'


def test_a_read_only_server_says_so(server: HttpServer) -> None:
    """Without --writable every change is status 403, whatever the token."""
    assert update(server, "CLEAR ALL").status == 403
    assert server.request("PUT", "/store?graph=urn:x:g", "", {"Content-Type": "text/turtle"}).status == 403
    assert server.request("DELETE", "/store?default").status == 403


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("CLEAR XYZ", 400),
        ("INSERT DATA { <s> <p> }", 400),
        ("CLEAR GRAPH <urn:x:nothing>", 400),
        ("LOAD <file:///etc/passwd>", 403),
        ("CLEAR GRAPH <https://w3id.org/knockon/ns>", 403),
        ("INSERT DATA { id:unnamed a ko:Company }", 422),
    ],
)
def test_bad_updates_have_their_status_and_change_nothing(writable: HttpServer, text: str, status: int) -> None:
    """Each fault has its status, a position where the text is at fault, and no path of this machine."""
    revision = writable.state.snapshot.revision
    reply = update(writable, text)
    assert reply.status == status
    assert str(writable.state.snapshots.current.store.folder) not in reply.text  # type: ignore[attr-defined]
    assert writable.state.snapshot.revision == revision
    if text.startswith("INSERT DATA { <s>"):
        assert reply.json["position"]["line"] == 1


def test_a_graph_is_written_read_and_deleted(writable: HttpServer) -> None:
    """PUT, POST, GET, HEAD and DELETE by name; a graph that is not there is 404, a format that is not known 415."""
    target, turtle = "/store?graph=urn:x:written", {**UPDATE, "Content-Type": "text/turtle"}
    assert writable.get(target).status == 404
    assert writable.request("PUT", target, "<urn:x:s> <urn:x:p> 1 .", turtle).status == 201
    assert writable.request("POST", target, "<urn:x:s> <urn:x:p> 2 .", turtle).status == 204
    reply = writable.get(target, Accept="application/n-triples")
    assert len(reply.text.splitlines()) == 2
    assert writable.get(target, Accept="application/n-triples", If_None_Match=reply.headers["etag"]).status == 304
    assert writable.request("HEAD", target).status == 200
    assert writable.get(target, Accept="image/png").status == 406
    for body, media_type, status in (
        ("<s", "text/turtle", 400),
        ("x", "image/png", 415),
        ("<urn:x:s> <urn:x:p> 1 <urn:x:g> .", "application/n-quads", 400),
    ):
        assert writable.request("PUT", target, body, {**UPDATE, "Content-Type": media_type}).status == status
    assert [writable.request("DELETE", target, headers=UPDATE).status for _ in range(2)] == [204, 404]
    assert writable.request("PUT", "/store?graph=https://w3id.org/knockon/ns", "", turtle).status == 403
    for wrong in ("/store", "/store?graph=a&graph=b", "/store?graph=relative", "/store?default=1", "/store/x?default"):
        assert writable.get(wrong).status == 400, wrong


def test_bundled_data_cannot_be_written() -> None:
    """A writable server needs a store folder, and says how to make one."""
    with pytest.raises(UsageError, match="knockon load"):
        Snapshots("chips", write=True)


def test_settings_that_contradict_each_other_are_refused(tmp_path: Path) -> None:
    """A writable server needs a token, and a token a writable server."""
    with pytest.raises(UsageError, match="--token-file"):
        ServerSettings(store=tmp_path, writable=True)
    with pytest.raises(UsageError, match="--writable"):
        ServerSettings(token=TOKEN)


def test_questions_see_a_change_at_once(writable: HttpServer) -> None:
    """An answer after an update is of the new data, and its tag is not that of the answer before."""
    target = "/api/search?text=quartz-mine"
    before = writable.get(target)
    assert before.json["total"] == 0
    assert update(writable, 'INSERT DATA { id:quartz-mine a ko:Company ; rdfs:label "Quartz Mine" }').status == 200
    after = writable.get(target, If_None_Match=before.headers["etag"])
    assert (after.status, after.json["total"]) == (200, 1)
    assert after.headers["etag"] != before.headers["etag"]
    assert writable.get(target, If_None_Match=after.headers["etag"]).status == 304


def test_no_answer_to_a_change_has_a_path(writable: HttpServer, tmp_path: Path) -> None:
    """Neither where a data set was read from, nor where the store is that another process writes."""
    folder = writable.state.snapshots.current.store.folder  # type: ignore[attr-defined]
    (tmp_path / "mine.yaml").write_text("Company: {loaded: {label: Loaded}}")
    with knockon.open(folder, write=True) as graph:
        graph.load(tmp_path / "mine.yaml")
        reply = update(writable, "CLEAR DEFAULT")
        assert (reply.status, reply.headers["retry-after"], str(folder) in reply.text) == (503, "1", False)
    reply = update(writable, "DELETE WHERE { my:loaded ?p ?o }")
    assert (reply.status, [each["origin"] for each in reply.json["data_sets"]]) == (200, [""])


def test_a_store_that_is_gone_is_not_taken_for_an_empty_one(tmp_path: Path) -> None:
    """The last content stays, until the folder has a store again; an undo to the beginning is an empty store."""
    (tmp_path / "mine.yaml").write_text("Company: {kept: {label: Kept}}")
    with knockon.open(tmp_path / "store", write=True) as graph:
        graph.load(tmp_path / "mine.yaml")
    snapshots = Snapshots(tmp_path / "store")
    known = snapshots.current
    (tmp_path / "store").rename(tmp_path / "away")
    with pytest.raises(KnockonError, match="was removed while it was in use"):
        snapshots.refresh()
    assert snapshots.current is known
    (tmp_path / "away").rename(tmp_path / "store")
    with knockon.open(tmp_path / "store", write=True) as graph:
        graph.undo()
    assert (snapshots.refresh(), snapshots.current.store.records) == (True, ())


def test_faults_of_the_machine_are_told_without_paths(writable: HttpServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another writer is status 503, a full disk 507, a folder that cannot be written 500; the log has the reason."""
    folder = writable.state.writer.folder  # type: ignore[union-attr]
    with write_lock(folder):
        reply = update(writable, "INSERT DATA { <urn:x:busy> <urn:x:p> 1 }")
    assert (reply.status, reply.headers["retry-after"]) == (503, "1")
    assert str(folder) not in reply.text
    for error, status in ((LimitReached(f"the disk of {folder} is full"), 507), (UsageError(f"cannot write {folder}"), 500)):
        monkeypatch.setattr(FolderStore, "update", raising(error))
        reply = update(writable, "INSERT DATA { <urn:x:full> <urn:x:p> 1 }")
        assert (reply.status, str(folder) in reply.text, "log of the server" in reply.text) == (status, False, True)


def raising(error: Exception) -> Callable[..., NoReturn]:
    """A function that raises an error."""

    def fail(*_: object) -> NoReturn:
        raise error

    return fail
