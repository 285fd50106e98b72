"""What would help is found and tried on the page, and all of it goes on one page of paper."""

from __future__ import annotations

import re

from support.axe import serious
from support.browser_page import MARKS, open_page
from support.scene_sample import write_scene

pytestmark = MARKS


def sheets(page, paper: str) -> int:
    """How many sheets of a paper the page prints on."""
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(format=paper)))


def test_what_would_help_is_tried_and_handed_on(chromium, tmp_path) -> None:
    """A second source halves the loss, one click tries it and another takes it back; the brief is one sheet of paper."""
    address = f"{write_scene(tmp_path).as_uri()}#ask=hit,foundry,1&entity=sales&view=cascade"
    with open_page(chromium, address) as page:
        page.get_by_role("heading", name="What would help?").click()
        page.locator(".try").first.wait_for()
        assert "halves the loss of Sales of ferries" in page.locator("#panel .computed").first.inner_text()
        tried = page.locator(".try").first
        words = tried.get_attribute("aria-label")
        tried.focus()
        page.keyboard.press("Enter")
        page.locator(".try[aria-pressed='true']").first.wait_for()
        assert words is not None
        assert "a second source for 30%" in words
        assert ",source," in page.evaluate("knockon.link()")
        left = page.locator(".effect").first.locator("tbody tr").nth(0).inner_text()
        assert words.rpartition("it loses ")[2].partition(" ")[0] in left or "Sales" not in left
        assert serious(page) == []
        page.locator(".try[aria-pressed='true']").first.click()
        page.locator(".try[aria-pressed='true']").first.wait_for(state="detached")
        assert ",source," not in page.evaluate("knockon.link()")

        page.locator("#open-brief").focus()
        page.keyboard.press("Enter")
        page.locator("#brief-page").get_by_text("A second source that takes over").wait_for()
        assert page.evaluate("document.activeElement.id") == "brief-title"
        page.locator("#brief-title-field").fill("<img src=x onerror=alert(1)>")
        page.locator("#brief-classification-field").fill("Internal")
        assert page.locator("#brief-title").inner_text() == "<img src=x onerror=alert(1)>"
        assert serious(page) == []
        text = page.locator("#brief-page").inner_text()
        for part in ("Sales of ferries loses 100%", "What we do not know", "A note on ferries", "Internal"):
            assert part in text
        assert [sheets(page, paper) for paper in ("A4", "Letter")] == [1, 1]
        page.set_viewport_size({"width": 390, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.keyboard.press("Escape")
        assert page.locator("#app").is_visible()
        assert page.evaluate("document.activeElement.id") == "open-brief"
