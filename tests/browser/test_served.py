"""The page with its data elsewhere: fetched from the server it came from, and a readable notice where that fails."""

from __future__ import annotations

import json
import re
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from knockon.errors import UsageError
from knockon.present.page.excerpt import excerpt
from knockon.present.page.explorer import document_json, island, page
from knockon.present.page.packing import unpacked
from knockon.present.page.page_data import drawing
from support.browser_page import MARKS, heading, new_tab, open_page, search_for
from support.explorer_sample import sample_records, sample_report
from support.short_form import some_of

pytestmark = MARKS


@contextmanager
def serving(answers: dict[str, tuple[int, str, bytes]]):
    """A real server on this machine; what it was asked stands in ``asked``."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            status, kind, body = answers.get(self.path, (404, "text/plain", b"nothing here"))
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    asked: list[str] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def served(data, address="/data.json"):
    return {
        "/": (200, "text/html; charset=utf-8", page({"title": data["title"]}, address).encode()),
        address.partition("?")[0]: (200, "application/json", document_json(data)),
    }


@contextmanager
def looking(browser, address, **options):
    """A page whose errors are written down, and whose requests stay on its own server."""
    with new_tab(browser, reduced_motion="reduce", **options) as tab:
        tab.set_default_timeout(60_000)
        tab.away = []
        tab.on(
            "request", lambda r: None if r.url.startswith(("http://127.0.0.1:", "data:", "blob:")) else tab.away.append(r.url)
        )
        tab.goto(address)
        yield tab
    assert tab.away == []


def content(tab):
    """What there is to read, without what hangs on time or address."""
    return {part: tab.locator(part).inner_text() for part in ("h1", "#panel", "#legend", ".amount", "#live")}


def test_the_same_page_as_the_file(chromium, tmp_path):
    """Fetched or carried along, the page shows the same, and works."""
    records, report = sample_records(), sample_report()
    data = drawing(records, report, title="Acme & <Co>", part=excerpt(records, [report], limit=12))
    (tmp_path / "page.html").write_text(page(data), "utf-8")
    seen = []
    with serving(served(data)) as (base, asked):
        with looking(chromium, base) as tab:
            tab.locator("#app").wait_for()
            seen.append((content(tab), tab.evaluate("knockon.shown()"), tab.locator("#left-out").inner_text()))
            tab.click("#view-map")
            search_for(tab, "Vision foundation")
            assert heading(tab) == "Vision foundation model"
        assert asked == ["/", "/data.json"] or set(asked) == {"/", "/data.json", "/favicon.ico"}
    with open_page(chromium, (tmp_path / "page.html").as_uri(), bypass_csp=False) as tab:
        seen.append((content(tab), tab.evaluate("knockon.shown()"), tab.locator("#left-out").inner_text()))
    assert seen[0] == seen[1]
    assert "Left out:" in seen[0][2]


@pytest.mark.parametrize(
    ("answer", "said"),
    some_of(
        [
            ((404, "text/plain", b"nothing"), "/data.json answers 404"),
            ((200, "application/json", b""), "is not JSON"),
            ((200, "application/json", b'{"error": "<img src=x onerror=alert(1)>"}'), "not the data of this page"),
            ((500, "text/html", b"<b>no</b>"), "/data.json answers 500"),
            ((200, "text/html", b"<!doctype html><p>Log in"), "is not JSON"),
            ((200, "application/json", b"null"), "not the data of this page"),
        ],
        2,
        several=True,
    ),
)
def test_answers_that_are_no_data(chromium, answer, said):
    """The page says in words what came, and shows no half of itself."""
    answers = served(drawing([], title="t")) | {"/data.json": answer}
    with serving(answers) as (base, _), looking(chromium, base) as tab:
        tab.locator("#failed").wait_for()
        assert said in tab.locator("#failed").inner_text()
        assert tab.locator("#app").is_hidden()


def test_a_server_that_is_gone(chromium):
    """No answer at all is said as well."""
    answers = served(drawing([], title="t"))
    with serving(answers) as (base, _):
        context = chromium.new_context()
        tab = context.new_page()
        tab.route("**/data.json", lambda route: route.abort("connectionrefused"))
        tab.goto(base)
        tab.locator("#failed").wait_for()
        assert "no answer from /data.json" in tab.locator("#failed").inner_text()
        context.close()


def test_the_policy_lets_it_ask_nobody_else(chromium):
    """Only its own server: whoever gets a script into the page cannot send anything away."""
    with (
        serving({"/other": (200, "text/plain", b"")}) as (elsewhere, heard),
        serving(served(drawing([], title="t"))) as (base, _),
    ):
        with looking(chromium, base) as tab:
            tab.locator("#app").wait_for()
            refused = tab.evaluate(
                "url => fetch(url, {mode: 'no-cors'}).then(() => 'sent', () => 'refused')", f"{elsewhere}/other"
            )
            assert refused == "refused"
        assert heard == []


def test_without_scripts_it_says_where_the_data_is(chromium):
    with serving(served(drawing(sample_records(), title="Acme"))) as (base, asked):
        with looking(chromium, base, java_script_enabled=False) as tab:
            assert tab.locator("noscript, .plain").first.inner_text().count("/data.json") == 1
        assert "/data.json" not in asked


def test_the_page_carries_no_data():
    """Neither in the island nor in the table for those without scripts; the policy opens for its own server only."""
    data = drawing(sample_records(), sample_report(), title="Acme")
    text = page(data, "api/data?shock=x")
    assert "Street faces" not in text
    assert 'id="data" data-address="api/data?shock=x"></script>' in text
    assert re.search(r"; connect-src &#39;self&#39;|; connect-src 'self'", text)
    assert "connect-src" not in page(data)[:4000]
    assert unpacked(json.loads(document_json(data))) == unpacked(json.loads(island(data))) == json.loads(json.dumps(data))


@pytest.mark.parametrize("address", ["data.json", "/data.json", "../api/data", "?data=1", "/a/b%20c?x=1&y=a,b", "./x"])
def test_addresses_on_the_own_server(address):
    assert 'id="data" data-address=' in page({"title": "t"}, address)


@pytest.mark.parametrize(
    "address",
    ["", "//example.org/x", "https://example.org", "javascript:alert(1)", "data:application/json,{}", "/\\example.org",
     "\\\\host", " /x", "/x\n", "\t//example.org", "/a b", "/x#y", 'x" onload="y', "<b>", "file:///etc/passwd", "/\u2028"],
)  # fmt: skip
def test_addresses_elsewhere_are_refused(address):
    """No scheme, no host, nothing that a browser turns into one."""
    with pytest.raises(UsageError, match="own server"):
        page({"title": "t"}, address)
