"""The pages of the web app: what they show, where they lead, what they may load, and what becomes of hostile text."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path
from urllib.parse import quote, unquote

import pytest

from knockon.identity.judgement_file import Judged, judgements_yaml
from knockon.model import Company, DataSet, DataSetInfo, Entity
from knockon.serve.settings import ServerSettings
from knockon.store.folder import FolderStore
from knockon.vocabulary import ID, Verdict
from support.document_sample import cited_graph, write_documents
from support.hostile_records import HOSTILE, hostile_records
from support.http_server import HttpServer, running

#: An icon without a picture, so that browsers ask for none.
ICON = "data:,"
#: What a client of a writable server must know.
ADMISSION = "open sesame"
#: Companies of one label.
NOVA_LABEL = "Nova Optics"
NOVA = [f"{ID}nova-{place}" for place in range(3)]
#: Addresses that were tried already.
CHECKED: set[str] = set()
PAGES = (
    "/", "/search?text=nvidia", "/entity/nvidia", "/entity/entity-list-chips", "/entity/doc-newsletter", "/shocks",
    "/shock/entity-list-chips", "/queries", "/query/who-depends-on?entity=nvidia", "/sources", "/identity", "/about", "/editor",
    "/explorer",
)  # fmt: skip


class Links(HTMLParser):
    """The addresses in a page, its text, and what no page has: handlers, inline scripts and styles."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.inline: list[str] = []
        self.text = ""
        self._tag = ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self._tag = tag
        self.addresses += [value for name, value in attrs if name in ("href", "src", "action") and value and value != ICON]
        self.inline += [name for name, _ in attrs if name.startswith("on") or name == "style"]

    def handle_data(self, data):
        if self._tag in ("script", "style") and data.strip():
            self.inline.append(data)
        self.text += data


def page(server: HttpServer, target: str) -> Links:
    """A page, which has nothing that its policy would have to allow."""
    reply = server.get(target, Accept="text/html")
    assert (reply.status, reply.headers["content-type"]) == (200, "text/html; charset=utf-8"), target
    policy = reply.headers["content-security-policy"]
    assert "default-src 'none'; script-src 'self';" in policy
    assert ("unsafe-inline" in policy) == target.startswith("/editor")
    found = Links(reply.text)
    assert found.inline == []
    return found


@pytest.mark.parametrize("target", PAGES)
def test_every_link_of_a_page_leads_somewhere(server: HttpServer, target: str) -> None:
    """Also to the data behind it, without scripts; what leaves the server is the address of a source."""
    found = page(server, target)
    here = {address.partition("#")[0] for address in found.addresses if address.startswith("/")} - {""}
    assert here >= ({"/"} if target == "/explorer" else {"/", "/explorer", "/editor", "/sources"})
    for address in sorted(here - CHECKED)[:5]:
        assert server.request("HEAD", address).status == 200, (target, address)
        CHECKED.add(address)
    assert all(re.match(r"https?://|/|#", address) for address in found.addresses)


def test_a_page_that_nothing_has_changed_is_not_made_again(server: HttpServer) -> None:
    """Status 304 by its tag; another page has another tag."""
    tags = {server.get(target, Accept="text/html").headers["etag"] for target in ("/", "/search?text=a", "/search?text=b")}
    assert len(tags) == 3
    for target in ("/entity/nvidia", "/editor"):
        reply = server.get(target, Accept="text/html")
        known = server.get(target, Accept="text/html", If_None_Match=reply.headers["etag"])
        assert known.status == 304
        # A browser takes the headers of this answer for those of the page that it has.
        assert known.headers["content-security-policy"] == reply.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("path", "name", "key", "columns"),
    [
        ("/", "home", "shocks", "shock,label,affected"),
        ("/identity", "identity", "pairs", "first,first_label,second,second_label,why"),
        ("/about", "about", "data_sets", "name,title,license,issued"),
    ],
)
def test_pages_of_their_own_have_their_data_beside_them(
    server: HttpServer, path: str, name: str, key: str, columns: str
) -> None:
    """As JSON and as a table, by the ending and by ``Accept``; the page links to them, and they have tags."""
    reply = server.get(f"/{name}.json")
    content = reply.json
    table = server.get(f"/{name}.csv")
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    lines = table.text.splitlines()
    assert lines[0].startswith(columns)
    assert len(lines) == 1 + len(content[key])
    assert server.get(path, Accept="application/json").json == content
    assert server.get(path, Accept="text/csv").text == table.text
    assert {f"/{name}.json", f"/{name}.csv"} <= set(page(server, path).addresses)
    assert server.get(f"/{name}.json", If_None_Match=reply.headers["etag"]).status == 304
    assert server.get(f"/{name}.ttl").status == 404
    assert server.get(path, Accept="image/png").status == 406


def test_the_data_of_the_explorer_of_a_shock_are_made_once(server: HttpServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """They take seconds: a second client gets the same bytes without a worker."""
    target = "/explorer/data.json?shock=entity-list-chips"
    first = server.get(target)
    assert first.status == 200
    monkeypatch.setattr(server.state.pool, "ask_question", None)
    again = server.get(target)
    assert (again.text, again.headers["etag"]) == (first.text, first.headers["etag"])


@pytest.mark.parametrize(
    ("target", "status", "says"),
    [
        ("/entity/no-such-record", 404, "no-such-record"),
        ("/shock/nvidia", 404, "nvidia"),
        ("/query/no-such-query", 404, "no-such-query"),
        ("/query/who-depends-on?entity=zzzz", 404, "zzzz"),
        ("/query/who-depends-on?colour=red", 400, "colour"),
        ("/shock/entity-list-chips?as_of=never", 400, "not a day"),
        ("/entity/%3Cscript%3Ealert(1)%3C%2Fscript%3E", 404, "<script>alert(1)</script>"),
    ],
)
def test_an_error_is_a_page_too(server: HttpServer, target: str, status: int, says: str) -> None:
    """With its status, in words, with nothing of this machine; what was asked for is text."""
    reply = server.get(target, Accept="text/html")
    assert (reply.status, reply.headers["content-type"]) == (status, "text/html; charset=utf-8")
    found = Links(reply.text)
    assert says in found.text
    assert found.inline == []
    assert "Traceback" not in reply.text


def test_a_query_of_the_library_has_its_rows_and_goes_on_in_the_editor(server: HttpServer) -> None:
    """The rows are those of the API; the query that leads to the editor has its parameters bound, and the same rows."""
    found = page(server, "/query/who-depends-on?entity=nvidia")
    rows = server.get("/api/query?name=who-depends-on&param=entity%3Dnvidia").json["rows"]
    assert f"Rows {len(rows)}" in " ".join(found.text.split())
    (editor,) = [address for address in found.addresses if address.startswith("/editor?query=")]
    query = unquote(editor.partition("=")[2])
    assert "VALUES (?entity) { (<https://w3id.org/knockon/id/nvidia>) }" in query
    asked = server.request("POST", "/sparql", query, {"Content-Type": "application/sparql-query", "Accept": "text/csv"})
    assert len(asked.text.strip().splitlines()) == len(rows) + 1


@pytest.fixture(scope="module")
def own() -> Iterator[HttpServer]:
    """A writable server behind a proxy, below a path, with records whose every text would do harm, and three of one label."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        store = FolderStore(Path(folder))
        store.load(
            DataSet(DataSetInfo(id=ID + "data-hostile", title=HOSTILE[0]), tuple(hostile_records())),
            DataSet(
                DataSetInfo(id=ID + "data-nova", title="Nova"), tuple(Company(id=iri, label="Nova Optics") for iri in NOVA)
            ),
        )
        settings = ServerSettings(store=Path(folder), port=0, workers=1, root_path="/ko", writable=True, token=ADMISSION)
        with running(settings) as server:
            yield server


def test_hostile_text_stays_text_and_links_stay_below_the_root_path(own: HttpServer) -> None:
    """On every page: no tag, no handler and no address comes from a label; every link begins with the path of the proxy."""
    search = page(own, "/search?text=quotes")
    records = [address for address in search.addresses if address.startswith("/ko/entity/")]
    assert records
    for target in ("/", "/sources", "/shocks", "/about", *(address.removeprefix("/ko") for address in records)):
        found = page(own, target)
        assert all(address.startswith(("/ko/", "#")) for address in found.addresses), target
        assert "alert(1)" not in " ".join(found.addresses)
    assert HOSTILE[0] in page(own, "/about").text


def test_judgements_are_saved_on_a_writable_server(own: HttpServer) -> None:
    """With the token alone; they join those before them, count at once, and may not contradict each other."""

    def send(first: int, second: int, verdict: Verdict, token: str = ADMISSION) -> int:
        name = f"judgement-{first}-{second}"
        text = judgements_yaml([Judged((NOVA[first], NOVA[second]), verdict, "Ann", "2026-01-01", "alike", name)])
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/yaml"}
        return own.request("POST", "/identity", text, headers).status

    assert send(0, 1, Verdict.SAME, "wrong") == 401
    with FolderStore(Path(own.state.settings.store or ""), write=True):
        assert send(0, 1, Verdict.SAME) == 503
    with ThreadPoolExecutor(2) as threads:  # of two at a time, none replaces the other
        assert list(threads.map(send, (0, 1), (1, 2), [Verdict.SAME] * 2)) == [200, 200]
    assert send(0, 2, Verdict.DIFFERENT) == 422
    assert own.request("POST", "/identity", "Judgement: [", {"Authorization": f"Bearer {ADMISSION}"}).status == 422
    assert own.get("/explorer/data.json").json["site"] == "/ko"
    assert "No two entities" in page(own, "/identity").text
    assert own.state.snapshot.store.data_sets[-1].info.short_name in ("judgements", "nova")


def test_a_read_only_server_takes_no_judgements(server: HttpServer) -> None:
    """Status 403, before the body is read."""
    assert server.request("POST", "/identity", "Judgement: {}").status == 403


@pytest.mark.slow
def test_pages_quote_the_documents_at_hand(server: HttpServer, tmp_path: Path) -> None:
    """The words that a record and its links cite, as text; a server without the folder says that it quotes nothing."""
    graph = cited_graph()
    FolderStore(tmp_path / "store").load(*graph.store.data_sets)
    settings = ServerSettings(store=tmp_path / "store", port=0, workers=1, documents=write_documents(tmp_path / "documents"))
    with running(settings) as own:
        names = [record.id.removeprefix(ID) for record in graph.store.records if isinstance(record, Entity)]
        texts = " ".join(page(own, f"/entity/{quote(name, safe='')}").text for name in names)
    assert "The bakery buys all of its <b>flour</b>" in " ".join(texts.split())
    assert "it quotes nothing" in page(server, "/sources").text


def test_the_editor_is_the_one_that_its_licence_names() -> None:
    """The vendored files are those whose hashes are written beside them, with the version and the licence."""
    folder = files("knockon.serve") / "static"
    note = (folder / "yasgui.LICENSE.txt").read_text("utf-8")
    assert "@zazuko/yasgui 4.6.2" in note
    for name in ("yasgui.min.js", "yasgui.min.css"):
        assert f"SHA-256 of {name}: {hashlib.sha256((folder / name).read_bytes()).hexdigest()}" in note
