"""What to bear in mind of a cascade, as a person reads it: caveats, worst parts, and what falls short."""

from __future__ import annotations

import pytest

import knockon
from support.browser_page import MARKS, heading, open_page, search_for
from support.example_data import EXAMPLE
from support.short_form import some_of

pytestmark = MARKS


@pytest.fixture(scope="module")
def address(tmp_path_factory) -> str:
    path = tmp_path_factory.mktemp("bearing") / "example.html"
    path.write_text(knockon.open(EXAMPLE).explore("zeiss-smt-fire"), encoding="utf-8")
    return path.as_uri()


def test_caveats_and_who_is_spared(chromium, address):
    """The overview lists what to bear in mind, apart from the folded method; whom the shock spares is said to lose nothing."""
    with open_page(chromium, address) as page:
        page.click("#view-cascade")
        day, *limits = page.locator("#panel .mind li").all_inner_texts()
        assert day.startswith("As of 2026-01-01")
        assert any("understated" in limit for limit in limits)
        assert (
            page.locator(".cascade-head .quiet").inner_text()
            == "16 of 32 affected · 16 lose nothing · 2 of them fall short for others"
        )
        assert page.locator("#panel details[open]").count() == 0
        assert "16 of 32 entities lose something" in page.locator("#finding .who").inner_text()
        page.locator("#finding .who button").first.click()
        assert page.locator("#why").count() == 1
        for summary in page.locator(".exposure > summary").all():
            summary.click()
        page.wait_for_function("document.querySelectorAll('.threats').length === 2")
        page.locator(".threats .entity").first.click()
        assert "If this happens" in page.locator("#finding .who").inner_text()
        assert "ask=hit" in page.evaluate("knockon.link()")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("company", "part", "loss"),
    [("Samsung Electronics", "Samsung's making of leading-edge chips", "56%"), ("SK hynix", "SK hynix's operations", "11%")],
)
def test_the_worst_part_leads_on(chromium, address, company, part, loss):
    """Affected or not, a company names its worst part; a click selects that."""
    with open_page(chromium, address) as page:
        page.click("#view-cascade")
        search_for(page, company)
        assert heading(page) == company
        line = page.locator("#worst-part")
        assert line.inner_text().split("\n")[0].startswith("Its worst part:")
        assert part in line.inner_text()
        assert loss in line.inner_text()
        line.locator("button").click()
        assert page.evaluate("knockon.selected()") == part
        assert page.locator("#worst-part").count() == 0


@pytest.mark.slow
def test_short_for_others(chromium, address):
    """A need that loses nothing says for whom it falls short, and leads there."""
    with open_page(chromium, address) as page:
        search_for(page, "EUV optics")
        assert "Short by 75% for" in page.locator("#short").inner_text()
        page.locator("#short button").click()
        assert page.evaluate("knockon.selected()") == "EUV lithography systems"
        assert page.locator("#short").count() == 0


@pytest.mark.parametrize("width", some_of([390, 1024, 1440], 3))
def test_it_fits(chromium, address, width):
    with open_page(chromium, address, viewport={"width": width, "height": 844}) as page:
        for name in ("EUV optics", "Samsung Electronics"):
            search_for(page, name)
            panel, box = page.locator("#panel").bounding_box(), page.locator("#panel .bearing").bounding_box()
            assert panel["x"] <= box["x"]
            assert box["x"] + box["width"] <= panel["x"] + panel["width"] + 0.5
            assert page.evaluate("document.documentElement.scrollWidth") <= width
