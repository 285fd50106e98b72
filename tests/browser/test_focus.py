"""Where the keyboard is after what it did: never nowhere."""

from __future__ import annotations

import pytest

from support.browser_page import MARKS, heading, open_page, search_for
from support.short_form import some_of

pytestmark = MARKS
HELD = """() => {
    const held = document.activeElement;
    return held === document.body ? "nowhere" : held.id || held.dataset.key || held.dataset.row || held.textContent.trim();
}"""
KEY = "all => all.map(one => one.dataset.key)"


@pytest.mark.parametrize(
    ("view", "table"), some_of([("compare", "#compare"), ("map", "#drawer"), ("cascade", "#drawer")], 3, several=True)
)
def test_rows_of_a_table(chromium, comparison, view, table):
    """Enter on a row leaves the keyboard on it; arrows go to the next row and back, and stop at the ends."""
    with open_page(chromium, comparison) as page:
        page.click(f"#view-{view}")
        if page.locator(table).is_hidden():
            page.click("#toggle-table")
        names = page.locator(f"{table} tbody th .entity")
        keys = names.evaluate_all(KEY)
        assert len(set(keys)) == len(keys) > 5
        names.nth(0).focus()
        page.keyboard.press("ArrowUp")
        assert page.evaluate(HELD) == keys[0]
        for row in (1, 2, 3):
            page.keyboard.press("ArrowDown")
            page.keyboard.press("Enter")
            assert page.evaluate(HELD) == keys[row]
            assert page.locator(f"{table} tr[aria-current] th .entity").evaluate_all(KEY) == [keys[row]]
        page.keyboard.press("ArrowUp")
        page.keyboard.press("Enter")
        assert page.evaluate(HELD) == keys[2]
        names.nth(len(keys) - 1).focus()
        page.keyboard.press("ArrowDown")
        assert page.evaluate(HELD) == keys[-1]


@pytest.mark.slow
def test_closing_a_part(chromium, pages):
    """Closed table: its button. Closed panel: the map, or the card on the board. Closed filter: its button."""
    with open_page(chromium, pages["map"]) as page:
        page.click("#toggle-table")
        page.get_by_role("button", name="Close table").focus()
        page.keyboard.press("Enter")
        assert page.locator("#drawer").is_hidden()
        assert page.evaluate(HELD) == "toggle-table"
        search_for(page, "Smart camera")
        page.get_by_role("button", name="Close facts").focus()
        page.keyboard.press("Enter")
        assert page.evaluate(HELD) == "map"
        page.keyboard.press("ArrowRight")
        assert page.evaluate("knockon.selected()")
    with open_page(chromium, pages["cascade"]) as page:
        page.locator(".card:not(.origin)").nth(2).click()
        page.get_by_role("button", name="Close facts").focus()
        page.keyboard.press("Enter")
        assert page.evaluate(HELD) == page.locator(".card:not(.origin)").first.get_attribute("data-row")
    with open_page(chromium, pages["map"], viewport={"width": 390, "height": 844}) as page:
        page.click("#toggle-legend")
        page.get_by_role("button", name="Close filter").focus()
        page.keyboard.press("Enter")
        assert page.evaluate(HELD) == "toggle-legend"


def test_in_the_panel(chromium, pages):
    """Another entity: its heading. What stays in the panel keeps the keyboard."""
    with open_page(chromium, pages["map"]) as page:
        search_for(page, "Smart camera")
        page.locator("#panel .fact .entity").first.focus()
        page.keyboard.press("Enter")
        assert heading(page) != "Smart camera"
        assert page.evaluate(HELD) == heading(page)
        for button in ("expand", "through"):
            page.locator(f"#{button}").focus()
            page.keyboard.press("Enter")
            assert page.evaluate(HELD) == button


@pytest.mark.slow
def test_paths(chromium, pages):
    """Escape, and the cross, lead from the paths back to the button that asks for them."""
    for leave in ("Escape", "Enter"):
        with open_page(chromium, pages["map"]) as page:
            search_for(page, "Smart camera")
            page.locator("#paths").focus()
            page.keyboard.press("Enter")
            page.locator("#ways-here").focus()
            page.keyboard.press("Enter")
            assert page.locator("#ways").is_visible()
            if leave == "Enter":
                page.get_by_role("button", name="Close paths").focus()
            page.keyboard.press(leave)
            assert page.locator("#ways").count() == 0
            assert page.evaluate(HELD) == "paths"


@pytest.mark.slow
def test_leaving_a_world(chromium, comparison):
    """The button "Show all" goes away with the world; the keyboard goes on at the choice of worlds."""
    with open_page(chromium, comparison) as page:
        page.select_option("#world", index=1)
        page.locator("#whole").focus()
        page.keyboard.press("Enter")
        assert page.evaluate(HELD) == "world"


@pytest.mark.slow
def test_the_last_step(chromium, pages):
    """The button "Next" is switched off at the last step: the keyboard goes on at the slider beside it."""
    with open_page(chromium, pages["cascade"]) as page:
        page.locator("#step").fill("1")
        page.locator("#next").focus()
        for _ in range(9):
            page.keyboard.press("Enter")
            if page.locator("#next").is_disabled():
                break
        assert page.locator("#next").is_disabled()
        assert page.evaluate(HELD) == "step"
