"""One visit with all that a page is for, by pointer, by keyboard alone, and by touch.

A supplier is looked up and fails, the harm runs to the revenue, each link has the sentence that proves it, a second source
makes the loss smaller, before and after are compared, and the address opens all of it again.
"""

from __future__ import annotations

from typing import ClassVar

import pytest

from support.axe import serious
from support.browser_page import MARKS, open_page
from support.scene_sample import PROOF, write_scene
from support.short_form import some_of

pytestmark = MARKS


@pytest.fixture(scope="module")
def scene(tmp_path_factory) -> str:
    """Address of the page of the yard, with the words of its document."""
    return write_scene(tmp_path_factory.mktemp("scene")).as_uri()


class Pointer:
    """Somebody with a mouse."""

    options: ClassVar[dict[str, object]] = {}

    def __init__(self, page) -> None:
        self.page = page

    def press(self, selector: str) -> None:
        self.page.locator(selector).first.click()

    def pick(self, label: str) -> None:
        """Open an entity on the board of the cascade."""
        self.press(f".card:has-text('{label}')")

    def move_slider(self, selector: str, share: float) -> None:
        """Drag the knob to a share of the way."""
        self.page.locator(selector).scroll_into_view_if_needed()
        box = self.page.locator(selector).bounding_box()
        y = box["y"] + box["height"] / 2
        self.page.mouse.move(box["x"] + box["width"] * 0.3, y)
        self.page.mouse.down()
        self.page.mouse.move(box["x"] + box["width"] * share, y, steps=4)
        self.page.mouse.up()


class Keyboard(Pointer):
    """Somebody with a keyboard alone: Tab to what is meant, then Enter or the arrow keys."""

    def reach(self, selector: str) -> None:
        wanted = self.page.locator(selector).first
        wanted.wait_for()
        for _ in range(120):
            if wanted.evaluate("wanted => wanted === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        pytest.fail(f"Tab does not reach {selector}")

    def press(self, selector: str) -> None:
        self.reach(selector)
        self.page.keyboard.press("Enter")

    def pick(self, label: str) -> None:
        self.reach(".card[tabindex='0']")
        for _ in range(10):
            self.page.keyboard.press("ArrowRight")
            if self.page.locator(".card", has_text=label).get_attribute("aria-pressed") == "true":
                return
        pytest.fail(f"the arrow keys do not reach {label}")

    def move_slider(self, selector: str, share: float) -> None:
        self.reach(selector)
        for _ in range(100):
            if float(self.page.input_value(selector)) >= share:
                return
            self.page.keyboard.press("ArrowRight")


class Touch(Pointer):
    """Somebody with a finger on a tablet."""

    options: ClassVar[dict[str, object]] = {"has_touch": True, "viewport": {"width": 820, "height": 1180}}

    def press(self, selector: str) -> None:
        self.page.locator(selector).first.tap()

    def move_slider(self, selector: str, share: float) -> None:
        self.page.locator(selector).scroll_into_view_if_needed()
        box = self.page.locator(selector).bounding_box()
        self.page.touchscreen.tap(box["x"] + box["width"] * share, box["y"] + box["height"] / 2)


def look_up(hand: Pointer, words: str) -> None:
    """Type into the search and take the first that is found."""
    hand.press("#search")
    hand.page.keyboard.type(words)
    hand.page.keyboard.press("Enter")
    hand.page.locator("#panel h2").wait_for()


def after(page) -> int:
    """The worst loss with the change, in per cent."""
    page.locator("body:not([data-busy])").wait_for()
    return int(page.locator(".effect tbody tr").first.locator("td").nth(1).inner_text().split("%")[0])


def visit(page, hand: Pointer, look=lambda _: None) -> tuple[str, tuple[str, int, str]]:
    """Go through the scene with one kind of hand; ``look`` is called in each new state.

    Return the address of the last change, and what the page says then.
    """
    look(page)
    look_up(hand, "northern")
    look(page)
    hand.press("#what-if-fails")
    page.locator(".card", has_text="Sales of ferries").wait_for()
    assert "100" in page.locator(".card", has_text="Sales of ferries").inner_text()
    look(page)
    hand.pick("Sales of ferries")
    assert page.locator("#why .words").all_inner_texts() == PROOF[::-1]
    look(page)
    hand.press("[aria-label^='Change the need of Harbour Pumps']")
    assert page.locator(".lever output").first.inner_text().replace("\u00a0", "") == "30%"
    shrunk = after(page)
    assert shrunk < 100
    hand.move_slider(".lever input[type=range]", 0.6)
    assert after(page) < shrunk
    look(page)
    link, found = page.evaluate("knockon.link()"), state(page)
    hand.press("#before-after")
    page.locator("#compare-changes").wait_for()
    assert page.locator("#view-compare").get_attribute("aria-pressed") == "true"
    look(page)
    return link, found


def state(page) -> tuple[str, int, str]:
    """What is asked, what it comes to, and the saved table."""
    worst = after(page)
    return page.locator("#question-label").inner_text(), worst, page.evaluate("knockon.csv()")


@pytest.mark.parametrize("kind", some_of([Pointer, Keyboard, Touch], 3))
def test_the_scene(chromium, scene, kind):
    """Search, fail, read, mend, compare and hand on, each with one kind of hand."""
    with open_page(chromium, scene, **kind.options) as page:
        link, found = visit(page, kind(page))
    with open_page(chromium, f"{scene}#{link}") as page:
        assert state(page) == found
        assert page.locator("#notice").is_hidden()


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_the_scene(chromium, scene, scheme):
    """In each state on the way, in both schemes."""

    def look(page) -> None:
        assert serious(page) == []

    with open_page(chromium, scene, color_scheme=scheme) as page:
        visit(page, Pointer(page), look)
