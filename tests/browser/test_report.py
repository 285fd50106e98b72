"""The report in Chromium: nothing runs, nothing is asked of the network, nothing sticks out, and it prints."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

import knockon
from knockon.present.report.pdf import printed
from support.axe import complaints
from support.browser_page import MARKS, new_tab
from support.report_sample import hostile_graph, wide_graph
from support.shared_pages import shared_page
from support.short_form import some_of

pytestmark = MARKS
NAMES = ["data-reclassification", "entity-list-chips", "procurement-withdrawal", "hostile", "wide", "empty"]


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory, graph: knockon.Graph) -> dict[str, Path]:
    """Each sample page on disk."""
    texts = {name: partial(graph.report, name) for name in NAMES[:3]}
    texts |= {"hostile": lambda: hostile_graph().report("blow"), "wide": lambda: wide_graph().report("blow")}
    texts["empty"] = partial(graph.report, "data-reclassification", without="doc-dependency-card")
    return {name: shared_page(tmp_path_factory, f"report-{name}", text) for name, text in texts.items()}


@contextmanager
def opened(browser, path: Path, **options) -> Iterator:
    """A report with its own policy in force; leaving it checks that it asked for nothing, ran and complained of nothing."""
    with new_tab(browser, **{"viewport": {"width": 1280, "height": 720}, **options}) as page:
        wrong: list[str] = []
        page.on("request", lambda r: None if r.url.startswith(("file:", "data:")) else wrong.append(f"request {r.url}"))
        page.on("dialog", lambda d: (wrong.append(f"dialog {d.message}"), d.dismiss()))
        page.on("pageerror", lambda e: wrong.append(f"error {e}"))
        page.on("console", lambda m: wrong.append(f"console {m.text}"))
        page.goto(path.as_uri())
        title = page.title()
        yield page
        assert page.title() == title != "ran"
    assert wrong == []


@pytest.mark.parametrize("name", some_of(NAMES, 3))
@pytest.mark.parametrize("width", [390, 1200])
def test_it_fits_and_is_quiet(chromium, reports, name, width):
    """No request but for the file, no word on the console, no overflow: what is too wide scrolls in its own place."""
    with opened(chromium, reports[name], viewport={"width": width, "height": 900}) as page:
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.mouse.move(200, 300)
        assert page.evaluate("document.querySelectorAll('script, img, iframe, [onload], [onerror]').length") == 0


@pytest.mark.parametrize("name", some_of(["hostile", "data-reclassification"], 2))
def test_words_of_a_drawing_stay_in_their_boxes(chromium, reports, name):
    """However long a label is, its lines are no wider than its box, and charts keep within their frame."""
    with opened(chromium, reports[name], viewport={"width": 1200, "height": 900}) as page:
        out = page.evaluate(
            """() => [...document.querySelectorAll('svg .box')].filter(box => box.querySelector('text')).flatMap(box => {
                 const frame = box.querySelector('rect').getBoundingClientRect();
                 return [...box.querySelectorAll('text')].filter(text => {
                   const said = text.getBoundingClientRect();
                   return said.left < frame.left - .5 || said.right > frame.right + .5 || said.bottom > frame.bottom + .5;
                 }).map(text => text.textContent);
               })"""
        )
        assert out == []
        beyond = page.evaluate(
            """() => [...document.querySelectorAll('svg')].flatMap(svg => {
                 const frame = svg.getBoundingClientRect();
                 return [...svg.querySelectorAll('text')].filter(text => {
                   const said = text.getBoundingClientRect();
                   return said.left < frame.left - 1 || said.right > frame.right + 1;
                 }).map(text => text.textContent);
               })"""
        )
        assert beyond == []


@pytest.mark.parametrize("scheme", some_of(["dark", "light"], 2))
@pytest.mark.parametrize(
    "name", ["data-reclassification", *(pytest.param(other, marks=pytest.mark.slow) for other in ("hostile", "empty"))]
)
def test_axe_finds_nothing(chromium, reports, name, scheme):
    """Contrast, names, headings, tables: nothing at all to complain of, in light and in dark."""
    with new_tab(chromium, bypass_csp=True, color_scheme=scheme, viewport={"width": 1200, "height": 900}) as page:
        page.goto(reports[name].as_uri())
        assert complaints(page) == []


def test_dark_and_print_have_their_own_colours(chromium, reports):
    """The drawings follow: dark by preference, light on paper whatever the preference."""
    fill = "getComputedStyle(document.querySelector('.box.entity rect')).fill"
    seen = {}
    for scheme in ("light", "dark"):
        with opened(chromium, reports["data-reclassification"], color_scheme=scheme) as page:
            seen[scheme] = page.evaluate(fill)
            page.emulate_media(media="print", color_scheme=scheme)
            seen[f"{scheme} print"] = page.evaluate(fill)
    assert seen["light"] != seen["dark"]
    assert seen["light print"] == seen["dark print"] == seen["light"]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["entity-list-chips", "hostile"])
def test_it_prints(reports, name):
    """A PDF of some pages."""
    content = printed(reports[name].read_text("utf-8"))
    assert content.startswith(b"%PDF")
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b", content)) <= 20


def test_the_same_page_gives_the_same_pdf(reports, monkeypatch):
    """Where the day is pinned, the time of printing is not in it."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767225600")
    text = reports["empty"].read_text("utf-8")
    first = printed(text)
    assert b"/CreationDate (D:20260101000000+00'00')" in first
    assert printed(text) == first


@pytest.mark.parametrize("name", some_of(NAMES[:3], 3))
def test_the_brief_is_the_first_page(chromium, reports, name):
    """On A4 all of it is on page one, with all that it does not need folded or behind it; the drawing begins page two."""
    with opened(chromium, reports[name], viewport={"width": 673, "height": 990}) as page:
        page.emulate_media(media="print")
        assert 500 < page.evaluate("document.querySelector('.brief').getBoundingClientRect().bottom") < 990
        assert page.evaluate("getComputedStyle(document.querySelector('#spread').parentElement).breakBefore") == "page"


def test_what_is_folded_is_printed(chromium, reports):
    """The details of the run are closed on the screen, and on paper they are there."""
    with opened(chromium, reports["data-reclassification"], viewport={"width": 673, "height": 990}) as page:
        height = "document.querySelector('details').getBoundingClientRect().height"
        closed = page.evaluate(height)
        page.emulate_media(media="print")
        assert page.evaluate(height) > 3 * closed
