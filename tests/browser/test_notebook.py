"""The page and the table as a notebook shows them: in a frame of a page that is somebody else's."""

from __future__ import annotations

import pytest

from knockon.present.notebook import Page, impact_html
from knockon.present.page.explorer import page as explorer_page
from knockon.present.page.page_data import drawing
from support.browser_page import MARKS
from support.explorer_sample import sample_records, sample_report
from support.hostile_records import HOSTILE, hostile_records
from support.impact_reports import impact_report, impact_row

pytestmark = MARKS
HOST = """<!doctype html><html><head><meta charset="utf-8"><title>Notebook</title></head><body>
<script>window.secret = "token"; document.cookie = "session=1"; try { localStorage.token = "1" } catch { }</script>
<div id="cell">%s</div></body></html>"""


@pytest.fixture
def host(chromium, tmp_path):
    """Shows a cell of a notebook; the page, its frame, and all that went wrong in it."""
    contexts = []

    def show(cell: str, **options):
        (tmp_path / "notebook.html").write_text(HOST % cell, "utf-8")
        context = chromium.new_context(viewport={"width": 1200, "height": 800}, reduced_motion="reduce", **options)
        contexts.append(context)
        tab = context.new_page()
        tab.set_default_timeout(60_000)
        wrong = []
        tab.on("request", lambda r: None if r.url.startswith(("file:", "data:", "blob:", "about:")) else wrong.append(r.url))
        tab.on("dialog", lambda d: (wrong.append(d.message), d.dismiss()))
        tab.on("pageerror", lambda e: wrong.append(str(e)))
        tab.on("console", lambda m: wrong.append(m.text) if m.type in ("error", "warning") else None)
        tab.goto((tmp_path / "notebook.html").as_uri())
        return tab, tab.frames[1], wrong

    yield show
    for context in contexts:
        context.close()


def framed(records, report=None, title="Acme"):
    return Page(explorer_page(drawing(records, report, title=title)), title)._repr_html_()


def test_the_page_works_in_its_frame(host):
    """It draws, finds, answers a click, and keeps its history to itself."""
    tab, frame, wrong = host(framed(sample_records()))
    frame.locator("#app").wait_for()
    assert frame.locator("#map canvas").first.is_visible()
    frame.fill("#search", "Acme Vision")
    tab.keyboard.press("Enter")
    assert frame.locator("#panel h2").first.inner_text() == "Acme Vision"
    place = frame.evaluate("knockon.place('Acme Vision')")
    box = tab.locator("iframe").bounding_box()
    frame.locator("#reset").click()
    place = frame.evaluate("knockon.place('Smart camera')")
    tab.mouse.click(box["x"] + place["x"], box["y"] + place["y"])
    assert frame.locator("#panel h2").first.inner_text() == "Smart camera"
    frame.locator("#back").click()
    tab.wait_for_timeout(300)
    assert wrong == []


@pytest.mark.slow
def test_a_cascade_works_in_its_frame(host):
    tab, frame, wrong = host(framed(sample_records(), sample_report()))
    frame.locator(".card:not(.origin)").first.wait_for()
    frame.locator(".card", has_text="City licences").click()
    assert frame.locator("#panel h2").first.inner_text() == "City licences"
    tab.wait_for_timeout(300)
    assert wrong == []


def test_the_frame_reaches_nothing_around_it(host):
    """Its origin is nobody's: neither the notebook's document, nor its storage, nor its cookies, nor its window."""
    tab, frame, _ = host(framed(hostile_records(), title=HOSTILE[0]))
    frame.locator("#app").wait_for()
    for reach in ("parent.document.title", "parent.secret", "top.secret", "document.cookie", "localStorage.token",
                  "window.frameElement.id", "parent.eval('1')"):  # fmt: skip
        said = frame.evaluate("reach => { try { return String((0, eval)(reach)) } catch (e) { return e.name } }", reach)
        assert said in ("SecurityError", "EvalError", "TypeError"), (reach, said)
    assert frame.evaluate("self.origin") == "null"
    assert frame.evaluate("() => { try { top.location = 'about:blank#gone'; return 'moved' } catch (e) { return e.name } }")
    assert frame.evaluate("window.open('about:blank')") is None
    assert tab.title() == "Notebook"
    assert tab.evaluate("window.secret") == "token"


def test_hostile_text_runs_nothing_in_the_notebook(host):
    """Not in the frame, and not in the page around it."""
    tab, frame, wrong = host(framed(hostile_records(), title=HOSTILE[0]))
    frame.locator("#app").wait_for()
    for text in HOSTILE[:4]:
        frame.fill("#search", text)
        tab.keyboard.press("Enter")
    assert tab.evaluate("document.querySelectorAll('#cell > *').length") == 2
    assert tab.evaluate("document.scripts.length") == 1
    assert wrong == []


@pytest.mark.slow
def test_copying_and_saving_in_the_frame(host):
    """Where the clipboard is closed the old way does, a table can be saved, and there is no link to copy."""
    tab, frame, wrong = host(framed(sample_records()), accept_downloads=True)
    frame.locator("#app").wait_for()
    assert frame.locator("#copy-link").is_hidden()
    frame.fill("#search", "Acme Vision")
    tab.keyboard.press("Enter")
    frame.get_by_text("For developers").click()
    frame.get_by_role("button", name="Copy IRI").click()
    frame.locator("#live", has_text="IRI copied").wait_for(state="attached")
    frame.click("#toggle-table")
    with tab.expect_download() as saved:
        frame.click("#csv")
    assert saved.value.suggested_filename.endswith(".csv")
    # Chromium remarks that the clipboard is closed here; nothing else may be wrong.
    assert [one for one in wrong if "Clipboard API" not in one] == []


def test_an_impact_needs_neither_scripts_nor_frame(chromium, tmp_path):
    """The table of a run shows where scripts are off, hostile text as text."""
    report = impact_report(HOSTILE[0], [impact_row(f"urn:x:{place}", label) for place, label in enumerate(HOSTILE[:12])])
    (tmp_path / "notebook.html").write_text(HOST % impact_html(report), "utf-8")
    for scripts in (False, True):
        context = chromium.new_context(java_script_enabled=scripts)
        shown = context.new_page()
        wrong: list[str] = []
        shown.on("dialog", lambda d, wrong=wrong: (wrong.append(d.message), d.dismiss()))
        shown.goto((tmp_path / "notebook.html").as_uri())
        assert HOSTILE[0] in shown.locator("#cell p strong").inner_text()
        assert shown.locator("#cell tbody tr").count() == len(report)
        assert shown.locator("#cell img, #cell script, #cell svg, #cell iframe").count() == 0
        context.close()
        assert wrong == []
