"""The web app in Chromium, under its own policy: it asks nothing of another server, and axe finds nothing serious."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import knockon
from knockon.model import Company, DataSet, DataSetInfo, Shock
from knockon.serve.settings import ServerSettings
from knockon.store.folder import FolderStore
from knockon.vocabulary import ID
from support.axe import serious
from support.browser_page import MARKS, new_tab, search_for
from support.hostile_records import HOSTILE
from support.http_server import HttpServer, running

pytestmark = MARKS
#: How light the text of a part is, and what it is on: the first ground behind it that is not transparent.
_COLOURS = """selector => {
  const light = (colour) => colour.match(/[\\d.]+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0);
  let behind = document.querySelector(selector);
  const text = light(getComputedStyle(behind).color);
  while (/, 0\\)$/.test(getComputedStyle(behind).backgroundColor)) behind = behind.parentElement;
  return { text, ground: light(getComputedStyle(behind).backgroundColor) };
}"""
#: What a client of a writable server must know.
ADMISSION = "open sesame"


@pytest.fixture(scope="module")
def site() -> Iterator[HttpServer]:
    """A server with the bundled data."""
    with running(ServerSettings(port=0, workers=2)) as server:
        yield server


@contextmanager
def visiting(chromium, server: HttpServer, target: str, **options) -> Iterator:
    """A page of a server; leaving it checks that it has asked no other server, and that nothing went wrong."""
    with new_tab(chromium, **{"reduced_motion": "reduce", **options}) as page:
        page.set_default_timeout(60_000)
        wrong: list[str] = []
        own = (server.url, "data:", "blob:")
        page.on("request", lambda r: None if r.url.startswith(own) else wrong.append(f"request {r.url}"))
        page.on("dialog", lambda d: (wrong.append(f"dialog {d.message}"), d.dismiss()))
        page.on("pageerror", lambda e: wrong.append(f"error {e}"))
        page.on("console", lambda m: wrong.append(f"console {m.text}") if m.type in ("error", "warning") else None)
        page.goto(server.url + target)
        yield page
        assert wrong == []


def test_from_the_search_to_an_entity_its_shocks_and_the_query(chromium, site: HttpServer) -> None:
    """By links alone; the page of the entity has its neighbours with their sources, and leads to the editor with its query."""
    with visiting(chromium, site, "/") as page:
        assert serious(page) == []
        page.locator(".ask input").fill("SenseFoundry")
        page.keyboard.press("Enter")
        page.get_by_role("link", name="SenseFoundry", exact=True).first.click()
        assert page.locator("h1").inner_text() == "SenseFoundry"
        assert page.locator(".sources li").count() > 3
        page.get_by_role("link", name="Entity List limits on advanced chips").first.click()
        assert "40 of 81 entities lose something" in page.locator("main").inner_text()
        page.get_by_role("link", name="Query this").click()
        page.locator(".yasqe .CodeMirror-line").first.wait_for()
        assert "/entity-list-chips> AS ?subject" in page.locator(".yasqe .CodeMirror-code").inner_text()


def test_the_editor_asks_its_own_endpoint_and_completes_what_is_in_use(chromium, site: HttpServer) -> None:
    """The rows come from /sparql; the library opens as tabs; a property is completed from those that the data have."""
    with visiting(chromium, site, "/editor") as page:
        page.locator(".yasqe .CodeMirror-line").first.wait_for()
        with page.expect_response(lambda response: response.url == f"{site.url}/sparql"):
            page.click(".yasqe_queryButton")
        page.locator(".yasr table tbody tr").first.wait_for()
        page.select_option("#library-query", "who-depends-on")
        page.locator(".tab.active", has_text="Who depends on it").wait_for()
        page.evaluate(
            "text => { const editor = knockonEditor.getTab().getYasqe(); editor.setValue(text);"
            " editor.focus(); editor.setCursor({ line: 0, ch: text.length - 2 }); editor.autocomplete(); }",
            "PREFIX ko: <https://w3id.org/knockon/ns#> SELECT * WHERE { ?x ko:dependsO }",
        )
        page.get_by_text("ko:dependsOn", exact=True).first.wait_for()


@pytest.mark.slow
def test_the_editor_has_the_colours_of_the_theme(chromium, site: HttpServer) -> None:
    """Text, code and rows are light on dark where the reader prefers that, and have contrast."""
    with visiting(chromium, site, "/editor", color_scheme="dark") as page:
        page.locator(".yasqe .CodeMirror-line").first.wait_for()
        page.click(".yasqe_queryButton")
        page.locator(".yasr table tbody tr").first.wait_for()
        for part in (".CodeMirror", ".CodeMirror-gutters", ".yasr", ".yasr table tbody td", ".tabsList"):
            colours = page.evaluate(_COLOURS, part)
            assert colours["text"] > colours["ground"], part
        assert [found for found in serious(page) if found.startswith("color-contrast")] == []


def test_the_explorer_computes_on_live_data(chromium, site: HttpServer) -> None:
    """A what-if in the page, whose panel leads back to the pages of the server; without any inline script."""
    with visiting(chromium, site, "/explorer#view=map") as page:
        page.locator("#app").wait_for()
        search_for(page, "nvidia")
        page.get_by_role("button", name="What if this fails?").first.click()
        page.locator("#cascade .card, #question .loses, #question").first.wait_for()
        page.locator(".developers summary").click()
        assert page.locator(".ways-on a").first.get_attribute("href") == "/entity/nvidia"
        assert serious(page) == []


@pytest.mark.slow
def test_axe_finds_nothing_serious_in_proposals(chromium, tmp_path: Path) -> None:
    """In the list, and in one with its form."""
    (tmp_path / "note.txt").write_text("Acme Works depends on Bolt Makers.")
    (tmp_path / "graph.yaml").write_text("Company:\n  acme: {label: Acme Works}\n  bolt: {label: Bolt Makers}\n")
    with knockon.open(tmp_path / "store", write=True) as graph:
        graph.load(tmp_path / "graph.yaml")
        (row,) = graph.propose(tmp_path / "note.txt", queue=tmp_path / "queue.jsonl").proposed
    settings = ServerSettings(
        store=tmp_path / "store", port=0, workers=1, writable=True, token=ADMISSION, proposals=tmp_path / "queue.jsonl",
        documents=tmp_path,
    )  # fmt: skip
    with running(settings) as server:
        for target in ("/proposals", f"/proposals/{row.id}"):
            with visiting(chromium, server, target, color_scheme="dark") as page:
                assert serious(page) == []


_OTHERS = ("/", "/shocks", "/shock/entity-list-chips", "/queries", "/sources", "/about", "/identity", "/search?text=chips")


@pytest.mark.parametrize("target", ["/entity/sensetime", *(pytest.param(other, marks=pytest.mark.slow) for other in _OTHERS)])
def test_axe_finds_nothing_serious_in_the_dark_and_narrow(chromium, site: HttpServer, target: str) -> None:
    """At 390 px nothing is cut off at the side, and no column of words is a letter wide."""
    with visiting(chromium, site, target, color_scheme="dark", viewport={"width": 390, "height": 844}) as page:
        assert serious(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        cells = page.evaluate("[...document.querySelectorAll('thead th')].map((cell) => cell.getBoundingClientRect().width)")
        assert all(width >= 36 for width in cells)


@pytest.mark.slow
def test_hostile_names_are_judged_and_saved_on_the_server(chromium, tmp_path: Path) -> None:
    """On a writable server with its token: afterwards nothing is left to judge."""
    label = f"Nova {HOSTILE[1]}"
    pair = [Company(id=f"{ID}nova-{place}", label=label) for place in range(2)]
    shock = Shock(id=f"{ID}fire", label=HOSTILE[0], hit=[{"target": pair[0].id, "severity": "high"}])
    FolderStore(tmp_path / "store").load(DataSet(DataSetInfo(id=ID + "data-nova", title=HOSTILE[0]), (*pair, shock)))
    settings = ServerSettings(store=tmp_path / "store", port=0, workers=1, writable=True, token=ADMISSION)
    with running(settings) as server, visiting(chromium, server, "/identity") as page:
        assert label in page.locator("main").inner_text()
        page.get_by_role("link", name="Judge them").click()
        page.locator("#identity .pair-card").wait_for()
        page.keyboard.press("s")
        page.fill("#identity input[type=password]", ADMISSION)
        with page.expect_response(lambda response: response.request.method == "POST") as sent:
            page.click("#send-judgements")
        assert sent.value.status == 200
        page.goto(f"{server.url}/identity")
        assert "No two entities" in page.locator("main").inner_text()
        page.goto(f"{server.url}/")
        assert HOSTILE[0] in page.locator("main").inner_text()
