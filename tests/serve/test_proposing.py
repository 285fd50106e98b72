"""The pages of proposals: what they show, who may decide, and what becomes of a decision."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

import pytest

import knockon
from knockon.serve.settings import ServerSettings
from support.http_server import HttpServer, Reply, running

ADMISSION = "open sesame"
DATA = """Company:
  acme: {label: Acme Works}
  bolt: {label: Bolt Makers}
Shock:
  stop: {label: Bolt stops, hit: [{target: bolt, severity: High}]}
"""
NOTE = (
    "A note. Acme Works depends on Bolt Makers. Acme Works <script>alert(1)</script> relies on \x1b[31m tin. "
    "Acme Works uses salt."
)


class Site(NamedTuple):
    """A writable server, its folder, and the names of its proposals."""

    server: HttpServer
    folder: Path
    names: list[str]

    def decide(self, name: str, decision: str = "accept", token: str = ADMISSION, **more: str) -> Reply:
        form = {"token": token, "by": "Ann", "decision": decision, **more}
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.server.request("POST", f"/proposals/{name}", urlencode(form), headers)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server with a store, a document and three proposals about it."""
    folder = tmp_path_factory.mktemp("proposals")
    (folder / "graph.yaml").write_text(DATA)
    (folder / "papers").mkdir()
    (folder / "papers" / "note.txt").write_text(NOTE)
    queue = folder / "proposals.jsonl"
    ends = {"dependant": "acme", "need": {"class": "Material", "label": "<b>tin</b>"}}
    hostile = {"class": "Dependency", "fields": ends, "quote": NOTE[43:100].strip()}
    with knockon.open(folder / "store", write=True) as graph:
        graph.load(folder / "graph.yaml")
        rules = graph.propose(folder / "papers" / "note.txt", queue=queue).proposed
        names = [
            rules[0].id,
            *(row.id for row in graph.propose(folder / "papers" / "note.txt", [hostile], queue=queue).proposed),
        ]
    settings = ServerSettings(
        store=folder / "store", port=0, workers=1, writable=True, token=ADMISSION, proposals=queue, documents=folder / "papers"
    )
    with running(settings) as server:
        yield Site(server, folder, names)


def test_the_page_of_a_proposal_has_what_a_decision_needs(site: Site) -> None:
    """The words, what the graph says, whose loss changes, a form; hostile words are text, and nothing is kept."""
    reply = site.server.get(f"/proposals/{site.names[0]}")
    assert (reply.status, reply.headers["cache-control"]) == (200, "no-store")
    assert "<mark>Acme Works depends on Bolt Makers</mark>" in reply.text
    assert "Bolt stops" in reply.text
    assert 'name="token"' in reply.text
    hostile = site.server.get(f"/proposals/{site.names[1]}").text
    assert "<script>alert" not in hostile
    assert "<b>tin" not in hostile
    assert "\x1b" not in hostile
    assert 'href="/proposals"' in site.server.get("/about").text
    for page in ("/proposals", f"/proposals/{site.names[1]}"):
        assert str(site.folder) not in site.server.get(page).text


def test_proposals_have_their_data_beside_them(site: Site) -> None:
    """The list as JSON and as a table, one with its words as JSON; nothing of it is kept, and no path is in it."""
    listed = site.server.get("/proposals.json")
    names = [row["id"] for row in listed.json["proposals"]]
    assert set(site.names) <= set(names)
    assert listed.headers["cache-control"] == "no-store"
    table = site.server.get("/proposals.csv").text.splitlines()
    assert table[0].startswith("id,statement,stance,state")
    assert len(table) == 1 + len(names)
    one = site.server.get(f"/proposals/{site.names[0]}.json")
    assert one.json["review"]["quote"] == "Acme Works depends on Bolt Makers"
    assert one.headers["cache-control"] == "no-store"
    assert f'href="/proposals/{site.names[0]}.json"' in site.server.get(f"/proposals/{site.names[0]}").text
    assert site.server.get("/proposals/p-none.json").status == 404
    assert str(site.folder) not in listed.text + one.text


def test_who_does_not_know_the_token_decides_nothing(site: Site) -> None:
    """Status 401, and 400 for another form; the files are not there afterwards."""
    assert site.decide(site.names[0], token="wrong").status == 401  # noqa: S106 # it is none
    assert site.decide(site.names[0], token="").status == 401
    assert site.decide(site.names[0], decision="drop").status == 400
    assert site.decide(site.names[0], by="").status == 400
    assert site.decide("p-none").status == 404
    assert site.server.request("POST", f"/proposals/{site.names[0]}", b"\xff=%ff").status == 400
    assert site.server.get("/proposals/p-none").status == 404
    assert not (site.folder / "proposals.decisions.yaml").exists()


def test_a_store_that_another_process_writes_takes_no_decision(site: Site) -> None:
    """Status 503, without the path of the store; nothing is written down as decided."""
    with knockon.open(site.folder / "store", write=True):
        reply = site.decide(site.names[0])
    assert reply.status == 503
    assert "another process is changing the store" in reply.text
    assert str(site.folder) not in reply.text
    assert not (site.folder / "proposals.decisions.yaml").exists()


def test_no_answer_names_a_folder_of_the_machine(site: Site) -> None:
    """A proposal that is not there, documents that are gone: what the server reads has words instead of paths."""
    papers, moved = site.folder / "papers", site.folder / "moved"
    papers.rename(moved)
    try:
        replies = [site.server.get(f"/proposals/{name}") for name in ("p-none", site.names[0])]
        replies.append(site.decide(site.names[0]))
    finally:
        moved.rename(papers)
    assert [reply.status for reply in replies] == [404, 200, 404]
    assert [str(site.folder) in reply.text for reply in replies] == [False] * 3
    assert "&#39;the documents&#39;" in replies[1].text


def test_a_decision_becomes_a_record_that_answers_see(site: Site) -> None:
    """The next proposal follows with the token in its form; a wrong amendment and a changed document are refused."""
    assert site.decide(site.names[0], fields="criticality=Huge").status == 422
    reply = site.decide(site.names[0], fields="criticality=High", reason="well known")
    assert (reply.status, reply.headers["cache-control"]) == (200, "no-store")
    assert f'value="{ADMISSION}"' in reply.text
    # Workers follow the store within a second.
    asked = (site.server.get("/api/neighbours?entity=acme").text for _ in range(100) if time.sleep(0.05) is None)
    assert any("local/bolt" in text for text in asked)
    assert "accepted" in site.server.get("/proposals").text
    assert site.decide(site.names[0], "reopen").status == 200
    (site.folder / "papers" / "note.txt").write_text(NOTE + " ")
    reply = site.decide(site.names[0])
    assert (reply.status, "changed since" in reply.text, str(site.folder) in reply.text) == (422, True, False)
    assert site.decide(site.names[0], "reject").status == 200


def test_a_server_without_a_queue_has_no_such_pages(server: HttpServer) -> None:
    """Neither the pages nor the link to them."""
    assert server.get("/proposals").status == 404
    assert server.request("POST", "/proposals/p-1", "").status in (404, 405)
    assert "/proposals" not in server.get("/about").text
