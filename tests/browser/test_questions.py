"""Questions asked on the page itself: all shocks in one table, what if something fails, changes, and their addresses."""

from __future__ import annotations

import csv
import io

import pytest

from support.axe import serious
from support.browser_page import MARKS, open_page, search_for
from support.short_form import some_of

pytestmark = MARKS


def table(page) -> list[dict[str, str]]:
    """The saved table of what is shown."""
    return list(csv.DictReader(io.StringIO(page.evaluate("knockon.csv()"))))


def settle(page) -> None:
    """Wait for a run that is being computed: a slow machine says so first."""
    page.locator("body:not([data-busy])").wait_for()


def losses(page) -> dict[str, float]:
    settle(page)
    page.evaluate("document.querySelector('#small:not(:checked)')?.click()")
    return {row["IRI"]: float(row["Loss"]) for row in table(page)}


def losses_of(report) -> dict[str, float]:
    return {impact.entity: pytest.approx(impact.loss, abs=1e-6) for impact in report.impacts}


@pytest.mark.slow
def test_all_shocks_of_a_page_without_a_shock(chromium, graph, unasked):
    """The page opens on every shock and what it takes from whom, as Python computes it; a cell opens its cascade."""
    with open_page(chromium, unasked) as page:
        page.locator(".grid tbody tr").nth(18).wait_for()
        found = {}
        for row in table(page):
            found.setdefault(row["IRI"], {})[row["Entity IRI"]] = float(row["Loss"])
        for report in graph.each_impact():
            drawn = {iri: loss for iri, loss in losses_of(report).items() if iri in found.get(report.shock.id, {})}
            assert found.get(report.shock.id, {}) == drawn
        assert serious(page) == []
        # By keyboard: into the table, along a row, and open it.
        page.focus("#shock-grid")
        page.keyboard.press("Tab")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        settle(page)
        assert page.locator("#question-label").inner_text() == "Entity List limits on advanced chips"
        assert losses(page) == losses_of(graph.impact("entity-list-chips"))
        assert page.locator(".card[aria-pressed=true]").count() == 1
        # Any other shock by the list of all of them.
        page.click("#choose-shock")
        assert serious(page) == []
        page.keyboard.type("sensetime stops")
        page.keyboard.press("Enter")
        assert losses(page) == losses_of(graph.impact("sensetime-stops"))


def test_what_if_a_supplier_fails(chromium, graph, unasked):
    """Type a supplier and ask; the slider, a second hit, a second source, the address and the command follow."""
    with open_page(chromium, unasked) as page:
        search_for(page, "NVIDIA")
        page.click("#what-if-fails")
        settle(page)
        assert page.locator("#cascade h2").inner_text() == "NVIDIA fails (100%)"
        assert losses(page) == losses_of(graph.impact(hit={"nvidia": 1.0}))
        page.locator(".hit input").fill("0.6")
        assert losses(page) == losses_of(graph.impact(hit={"nvidia": 0.6}))
        assert {row["Question"] for row in table(page)} == {"NVIDIA loses 60%"}
        page.evaluate("navigator.clipboard.writeText = text => { window.copied = text; return Promise.resolve(); }")
        page.click("#copy-command")
        assert page.evaluate("copied") == "knockon impact --hit=nvidia=0.6"
        # A second source for what has a supplier helps those behind it.
        page.locator(".card", has_text="AI inference").first.click()
        page.locator("[data-key^='change ']").first.click()
        settle(page)
        cells = page.locator(".effect tbody tr").first.locator("td").all_inner_texts()
        before, after = (int(cell.split("%")[0]) for cell in cells)
        assert after < before
        assert serious(page) == []
        with_change = losses(page)
        page.wait_for_timeout(200)
        link = page.evaluate("knockon.link()")
        page.click("#before-after")
        assert page.locator("#compare-changes").get_attribute("aria-pressed") == "true"
        page.click("#reset-question")
        settle(page)
        page.click("#view-cascade")
        assert losses(page) == losses_of(graph.impact(hit={"nvidia": 0.6}))
    with open_page(chromium, f"{unasked}#{link}") as page:
        assert losses(page) == with_change
        assert page.locator("#notice").is_hidden()


@pytest.mark.parametrize(
    ("fragment", "told"),
    some_of(
        [
            ("ask=hit,nowhere,1", "not in this data"),
            ("ask=second,inference-chips,0.3,", None),
            ("ask=hit,nvidia,7", "make no sense"),
            ("ask=__proto__,nvidia,1", "make no sense"),
        ],
        2,
        several=True,
    ),
)
def test_an_address_that_asks_nothing_sensible_is_told(chromium, unasked, fragment, told):
    """What is not there or no number is left out and said; changes alone ask nothing."""
    with open_page(chromium, f"{unasked}#{fragment}") as page:
        assert page.locator("#question-label").inner_text() == "Choose a shock"
        if told:
            assert told in page.locator("#notice-text").inner_text()
