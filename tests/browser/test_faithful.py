"""What the page offers is what one gets: folded rows, taps on a phone, paper, and drawings of the run that is shown."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

import knockon
from knockon.present.page.explorer import page as explorer_page
from knockon.present.page.page_data import drawing
from support.browser_page import MARKS, open_page
from support.large_graph import large_records, large_report
from support.shared_pages import shared_page

pytestmark = MARKS
SVG = "{http://www.w3.org/2000/svg}"
CARDS = "fold => [...fold.closest('.column').querySelectorAll('.card .label')].map((label) => label.innerText)"
PHONE = {"viewport": {"width": 390, "height": 780}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}


@pytest.fixture(scope="module")
def large(tmp_path_factory) -> str:
    """A page on which more than 400 rows stand before those that a step folds."""

    def text() -> str:
        records = large_records(900)
        return explorer_page(drawing(records, large_report(records, 900, least=0.06), title="Large"))

    return shared_page(tmp_path_factory, "large", text).as_uri()


@pytest.fixture(scope="module")
def bundled(tmp_path_factory) -> str:
    return shared_page(tmp_path_factory, "sensetime-stops", lambda: knockon.open().explore("sensetime-stops")).as_uri()


@pytest.mark.slow
def test_the_rows_that_a_step_folds_are_in_the_table_it_opens(chromium, large):
    """Every entity of the step is there, the first folded one in sight and in focus, and the way back is a click."""
    with open_page(chromium, large) as page:
        fold = page.locator(".fold").last
        shown = fold.evaluate(CARDS)
        more = int(re.match(r"[\d,]+", fold.inner_text())[0].replace(",", ""))
        fold.click()
        page.locator("#all-steps").wait_for()
        while page.locator("#more-rows").is_visible():
            page.click("#more-rows")
        listed = page.locator("#drawer tbody th button span[dir=auto]").all_inner_texts()
        assert len(listed) == len(shown) + more
        assert set(listed) > set(shown)
        page.click("#all-steps")
        assert page.locator("#drawer h2").inner_text().startswith("Cascade up to step")


@pytest.mark.slow
def test_a_folded_row_has_the_focus_when_its_table_opens(chromium, large):
    """Who came by keyboard goes on from there, and the address keeps the table."""
    with open_page(chromium, large) as page:
        fold = page.locator(".fold").first
        shown = len(fold.evaluate(CARDS))
        fold.focus()
        page.keyboard.press("Enter")
        place = page.evaluate(
            "[...document.querySelectorAll('#drawer tbody tr')].indexOf(document.activeElement.closest('tr'))"
        )
        assert place == shown
        assert "rows=" in page.evaluate("knockon.link()")


@pytest.mark.slow
def test_more_rows_than_the_table_shows_at_first_can_be_shown(chromium, large):
    """400 at a time, counted, to the last one."""
    with open_page(chromium, large) as page:
        if page.locator("#drawer").is_hidden():
            page.click("#toggle-table")
        total = int(page.locator("#drawer .head .count").inner_text().split()[0].replace(",", ""))
        assert page.locator("#drawer tbody tr").count() == 400 < total
        page.click("#more-rows")
        while page.locator("#more-rows").is_visible():
            page.click("#more-rows")
        assert page.locator("#drawer tbody tr").count() == total


#: Waits for the click that a tap ends with; where there is none, long enough for one.
LISTEN = """() => { window.click = new Promise((done) => {
    addEventListener('click', () => done(1), { capture: true, once: true });
    setTimeout(() => done(0), 300);
}); }"""


@pytest.mark.slow
def test_a_tap_presses_nothing_that_appears_under_the_finger(chromium, bundled):
    """Wherever an entity is tapped, it is selected, and the panel that slides in hears no click of that tap."""
    covered = clicks = 0
    with open_page(chromium, bundled, **PHONE) as page:
        page.click("#view-map")
        page.evaluate("document.querySelector('#panel').addEventListener('click', () => { window.pressed = true; })")
        for label in page.evaluate("knockon.shown()"):
            place = page.evaluate("label => knockon.place(label)", label)
            if not page.evaluate("({ x, y }) => Boolean(document.elementFromPoint(x, y)?.closest('#map'))", place):
                continue
            page.evaluate(LISTEN)
            page.touchscreen.tap(place["x"], place["y"])
            clicks += page.evaluate("window.click")
            assert page.evaluate("knockon.selected()")
            assert not page.evaluate("window.pressed")
            covered += page.locator("#panel").bounding_box()["y"] < place["y"]
            page.keyboard.press("Escape")
        assert covered
        assert clicks


@pytest.mark.slow
def test_the_map_keeps_its_shape_on_paper(chromium, bundled, tmp_path):
    """A drawing of the map stands in for the canvas: as wide as the sheet, its height in proportion; gone afterwards."""
    with open_page(chromium, bundled) as page:
        page.click("#view-map")
        page.emulate_media(media="print")
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert page.locator("#map").is_hidden()
        box = page.locator("#paper svg").bounding_box()
        _, _, wide, high = map(float, page.locator("#paper svg").get_attribute("viewBox").split())
        assert box["width"] > 200
        assert box["height"] <= box["width"] * high / wide + 1
        labels = page.locator("#paper svg #labels text").count()
        assert labels >= len(page.evaluate("knockon.shown()")) * 0.9
        page.evaluate("dispatchEvent(new Event('afterprint'))")
        assert page.locator("#paper").count() == 0
        page.emulate_media(media="screen")
        page.pdf(path=str(tmp_path / "map.pdf"))
        assert (tmp_path / "map.pdf").stat().st_size > 20_000


@pytest.mark.slow
def test_a_saved_cascade_is_that_of_the_world_that_is_shown(chromium, bundled):
    """Its thin lines are shortages of the run on the screen, whichever document is shown and whichever entity is selected."""
    with open_page(chromium, bundled) as page:
        for world in page.locator("#world option").evaluate_all("all => all.map((one) => one.value)"):
            page.select_option("#world", world)
            cards = page.locator("#board .card")
            for place in range(min(10, cards.count())):
                cards.nth(place).click()
                root = ET.fromstring(page.evaluate("knockon.svg()"))  # noqa: S314 - made by our page
                dashed = [one for one in root.iter(f"{SVG}path") if one.get("stroke-dasharray")]
                assert len(dashed) == page.locator("#board .lines .thin").count()
