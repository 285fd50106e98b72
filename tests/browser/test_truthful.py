"""What the page says of itself is so: the notice of a day, the rings, what is judged, and the numbers it gives away."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

import knockon
from support.browser_page import MARKS, open_page, search_for
from support.hostile_records import data_in_page
from support.shared_pages import shared_page
from support.short_form import some_of

pytestmark = MARKS
NAMES = ["Entity", "IRI", "Class", "Step", "Via", "Loss", "Low", "High", "Sources", "Rests on", "Question"]
LINES = """p => {
    const range = document.createRange();
    range.selectNodeContents(p);
    return new Set([...range.getClientRects()].map(box => box.top)).size;
}"""


@pytest.fixture(scope="module")
def shocked(tmp_path_factory):
    """Address and data of a page with a cascade."""
    file = shared_page(tmp_path_factory, "data-reclassification", lambda: knockon.open().explore("data-reclassification"))
    return file.as_uri(), data_in_page(file.read_text("utf-8"))


@pytest.mark.parametrize("width", some_of([390, 1024, 1440], 3))
def test_notice_is_not_cut(chromium, shocked, width):
    """All of it can be read, in two lines where there is room for no more than that beside the controls."""
    with open_page(chromium, shocked[0], viewport={"width": width, "height": 900}) as page:
        if width == 390:
            page.click("#world-toggle")
        page.locator("#day").fill("0")
        size = page.locator("#world-notice").evaluate("p => [p.scrollWidth - p.clientWidth, p.scrollHeight - p.clientHeight]")
        assert max(size) <= 0
        lines = page.locator("#world-notice").evaluate(LINES)
        assert lines <= (4 if width == 390 else 2)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.slow
def test_rings_are_explained(chromium, pages):
    """In the legend and the saved drawing of a cascade, and in the help; a map without a shock has none."""
    with open_page(chromium, pages["cascade"]) as page:
        page.click("#view-map")
        assert page.locator("#rings svg").count() == 3
        assert "Ring: loss" in page.locator("#rings").inner_text()
        drawing = "".join(ET.fromstring(page.evaluate("knockon.svg()").encode()).itertext())  # noqa: S314
        assert "Ring: loses 25%" in drawing
        assert "Ring: loses 100%" in drawing
        page.click("#open-help")
        told = page.locator("#help").inner_text()
        assert "ring around an entity is its loss" in told
        assert "Every line is a fact; where its source is known, the panel cites it." in told
    with open_page(chromium, pages["map"]) as page:
        assert page.locator("#rings").count() == 0
        assert "Ring" not in page.evaluate("knockon.svg()")


def test_judged_records_are_counted_as_records(chromium, shocked):
    """The count names records; what the shock does is one of them, and is marked where the shock stands."""
    address, data = shocked
    impacts, strings = data["cascade"]["impacts"], data["strings"]
    row = next(row for row, judged in enumerate(impacts["judged"]) if len(judged) == 3)
    assert any(strings[one].startswith(f"{data['cascade']['run']['shock']}--") for one in impacts["judged"][row])
    with open_page(chromium, address) as page:
        search_for(page, strings[impacts["label"][row]])
        assert "rests on: asserted, 3 judged" in page.locator("#why > p").inner_text()
        assert page.locator("#why .shock .mark.judged").count() == 1


@pytest.mark.slow
@pytest.mark.parametrize("works", [True, False])
def test_copying_by_the_old_way(chromium, pages, works):
    """Without a clipboard the page says what came of it, and the keyboard stays."""
    with open_page(chromium, pages["map"]) as page:
        page.evaluate("works => { navigator.clipboard.writeText = () => Promise.reject(new Error('closed')); "
                      "document.execCommand = () => works; }", works)  # fmt: skip
        search_for(page, "Smart camera")
        page.get_by_text("For developers").click()
        page.get_by_role("button", name="Copy IRI").focus()
        page.keyboard.press("Enter")
        page.wait_for_function("said => document.querySelector('#live').textContent.startsWith(said)",
                               arg="IRI copied" if works else "Could not copy")  # fmt: skip
        assert page.evaluate("document.activeElement.textContent") == "Copy IRI"
