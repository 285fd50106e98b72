"""The page for those who do not use a mouse, do not see colours, or do not see: axe, keyboard, zoom, print, forced colours."""

from __future__ import annotations

import pytest

from support.axe import serious
from support.browser_page import MARKS, open_page, search_for
from support.short_form import some_of

pytestmark = MARKS


#: Each scheme on some page; the others are slow.
LOOKED_AT = [("map", "light"), ("cascade", "dark")]
OTHERS = [
    ("map", "dark"),
    ("cascade", "light"),
    *((name, scheme) for name in ("hostile-run", "empty") for scheme in ("light", "dark")),
]


@pytest.mark.parametrize(("name", "scheme"), some_of(LOOKED_AT, 2, several=True))
def test_axe_finds_nothing_serious_with_all_parts_open(chromium, pages, name, scheme):
    """With the table, a selection and the list of what was found, and in the help: nothing serious."""
    with open_page(chromium, pages[name], color_scheme=scheme) as page:
        if page.locator("#drawer").is_hidden():
            page.click("#toggle-table")
        search_for(page, "a")
        page.fill("#search", "a")
        assert serious(page) == []
        page.keyboard.press("Escape")
        page.click("#open-help")
        assert serious(page) == []


@pytest.mark.slow
@pytest.mark.parametrize(("name", "scheme"), [*LOOKED_AT, *OTHERS])
def test_axe_finds_nothing_serious(chromium, pages, name, scheme):
    """As it opens, with the table, a selection, the search, and the help: nothing serious."""
    with open_page(chromium, pages[name], color_scheme=scheme) as page:
        assert serious(page, whole=True) == []
        if page.locator("#drawer").is_hidden():
            page.click("#toggle-table")
        assert serious(page, whole=True) == []
        if name != "empty":
            search_for(page, "a")
            assert serious(page, whole=True) == []
        page.fill("#search", "a")
        assert serious(page, whole=True) == []
        page.keyboard.press("Escape")
        page.click("#open-help")
        assert serious(page, whole=True) == []
        page.keyboard.press("Escape")
        page.click("#save")
        assert serious(page, whole=True) == []


@pytest.mark.slow
def test_axe_finds_nothing_serious_in_a_comparison(chromium, comparison):
    """Two shocks side by side, with the bar of worlds: nothing serious."""
    with open_page(chromium, comparison) as page:
        page.click("#view-compare")
        assert serious(page, whole=True) == []


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_ways_worlds_and_comparison(chromium, comparison, scheme):
    """The form and list of paths, the bar of worlds, and two shocks side by side: nothing serious."""
    with open_page(chromium, comparison, color_scheme=scheme) as page:
        page.click("#view-compare")
        assert serious(page, whole=True) == []
        page.click("#view-map")
        search_for(page, "SenseFoundry")
        page.click("#toggle-table")
        page.get_by_role("button", name="Paths…").click()
        assert serious(page, whole=True) == []
        page.get_by_role("button", name="Paths to here").first.click()
        assert serious(page, whole=True) == []


@pytest.mark.parametrize("width", [640, *(pytest.param(other, marks=pytest.mark.slow) for other in (720, 800, 1024))])
@pytest.mark.parametrize("view", some_of(["map", "cascade"], 2))
def test_little_room(chromium, comparison, width, view):
    """At 200 % zoom nothing is cut off at the side, every control can be reached, and a word of the table stays whole."""
    size = {"width": width, "height": 450 if width < 1000 else 768}
    with open_page(chromium, comparison, viewport=size, device_scale_factor=2) as page:
        page.click(f"#view-{view}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        for control in ("#search", "#view-map", "#view-compare", "#toggle-table", "#save", "#copy-link", "#open-help"):
            box = page.locator(control).bounding_box()
            assert box["x"] >= 0, control
            assert box["x"] + box["width"] <= width, control
        assert page.locator("#search").bounding_box()["width"] >= 200
        if page.locator("#drawer").is_hidden():
            page.click("#toggle-table")
        narrow = page.locator("#drawer tbody td:not(.number)").evaluate_all("all => Math.min(...all.map(e => e.clientWidth))")
        assert narrow >= 80


def test_forced_colours(chromium, pages):
    """The drawing takes the reader's own colours, and what is pressed stays legible."""
    with open_page(chromium, pages["cascade"], forced_colors="active") as page:
        ink = page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--node-organisation').trim()")
        assert ink == "CanvasText"
        assert serious(page) == []
        page.click("#view-map")
        assert page.locator("#map canvas").is_visible()


def test_print(chromium, pages, tmp_path):
    """On paper: light, without controls, and with all rows of the table."""
    with open_page(chromium, pages["cascade"], color_scheme="dark") as page:
        page.click("#toggle-table")
        rows = page.locator("#drawer tbody tr").count()
        page.emulate_media(media="print")
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(250, 249, 247)"
        for control in ("#search", "#play", "#legend", "#csv"):
            assert page.locator(control).is_hidden(), control
        last = page.locator("#drawer tbody tr").nth(rows - 1).bounding_box()
        assert last["y"] + last["height"] <= page.evaluate("document.documentElement.scrollHeight") + 1
        page.evaluate("dispatchEvent(new Event('afterprint'))")
        assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") != "rgb(250, 249, 247)"


def test_numbers_and_dates_by_locale(chromium, pages):
    """English words, with numbers and dates as the reader's language writes them."""
    with open_page(chromium, pages["cascade"], locale="de-DE") as page:
        assert page.locator(".card .much b").first.inner_text() == "100\u00a0%"
        search_for(page, "Acme Vision")
        assert "08.12.2023" in page.locator("#panel").inner_text()


def test_motion_is_left_out_where_little_is_asked_for(chromium, pages):
    """No transition runs with reduced motion."""
    with open_page(chromium, pages["cascade"]) as page:
        times = page.locator(".card, .group button").evaluate_all("all => all.map(e => getComputedStyle(e).transitionDuration)")
        assert set(times) == {"0s"}
