"""The reader's list on the page: marking, the company, and the list alone in every view; in the address and the history."""

from __future__ import annotations

import csv
import io

import pytest

from support.axe import serious
from support.browser_page import MARKS, open_page, search_for

pytestmark = MARKS
CUSTOMER = "sensetime"


def table(page) -> list[dict[str, str]]:
    """The saved table of what is shown."""
    return list(csv.DictReader(io.StringIO(page.evaluate("knockon.csv()"))))


def test_which_shock_hurts_my_customer_most(chromium, graph, unasked):
    """Search, Enter, and one button: every shock on it, as exposure has them, worst first; the address opens on the same."""
    with open_page(chromium, unasked) as page:
        search_for(page, CUSTOMER)
        page.click("#my-company")
        rows = page.locator(".threat-table tbody tr")
        rows.first.wait_for()
        expected = {one.label: one.loss for one in graph.exposure(CUSTOMER).exposures if one.loss > 0}
        assert rows.count() == len(expected)
        worst = rows.first.locator("th .link").inner_text()
        assert expected[worst] == max(expected.values())
        assert page.locator("#company .threats li").count() > 0
        assert serious(page) == []
        link = page.evaluate("knockon.link()")
        assert f"company={CUSTOMER}" in link
        assert "view=" not in link
        page.goto("about:blank")
        page.goto(f"{unasked}#company={CUSTOMER}")
        page.locator(".threat-table tbody tr").first.wait_for()
        page.locator(".threat-table tbody th .link").first.click()
        page.locator("#cascade:not([hidden]) .card[aria-pressed=true]").wait_for()
        assert page.evaluate("knockon.selected()") == "SenseTime"


@pytest.mark.slow
def test_only_my_list(chromium, unasked):
    """Marked by keyboard, by star and by paste; alone in each view, with what is hidden; Back undoes each step."""
    with open_page(chromium, unasked) as page:
        page.click("#view-mine")
        page.locator("#how-to-mark").wait_for()
        assert not page.locator("#only-mine-place").is_visible()
        page.fill("#search", CUSTOMER)
        page.keyboard.press("Shift+Enter")
        page.keyboard.press("Escape")
        page.fill("#names", "NVIDIA\nnvidai\n<img src=x onerror=alert(1)>")
        page.click("#add-names")
        assert page.locator("#view-mine").inner_text() == "★ 2"
        assert page.locator("#unclear li").count() == 2
        page.locator("#unclear .link").first.click()
        assert page.locator("#unclear li").count() == 1
        assert serious(page) == []
        page.check("#only-mine")
        assert "hidden" in page.locator("#only-mine-hides").inner_text()

        page.click("#view-shocks")
        page.locator(".grid tbody tr").first.wait_for()
        marked = set(page.evaluate("knockon.link()").split("mine=")[1].split("&")[0].split(","))
        assert page.locator(".grid thead .who").count() == len(marked)
        page.locator(".grid tbody .shade button").first.click()
        page.locator("#board .card").first.wait_for()
        assert {row["IRI"].rsplit("/", 1)[1] for row in table(page)} <= marked
        page.click("#view-map")
        assert "SenseTime" in page.evaluate("knockon.shown()")
        assert page.locator("#amount").inner_text().endswith("on its way to it")
        page.fill("#search", "a")
        assert "not on your list" in page.locator("#hits").inner_text()
        page.keyboard.press("Escape")

        # The address follows a moment later; steps in between may share an entry.
        page.wait_for_url("**only=mine&view=map*")
        while page.locator("#only-mine").is_checked():
            page.go_back()
            page.wait_for_timeout(50)
        page.goto(f"{unasked}#mine=nvidia,nobody&only=mine&view=mine")
        page.locator("#notice:not([hidden])").wait_for()
        page.locator("tr[data-node] .entity").first.focus()
        page.keyboard.press("m")
        page.locator("#how-to-mark").wait_for()
        assert not page.locator("#only-mine-place").is_visible()


@pytest.mark.slow
def test_a_page_of_a_portfolio_opens_with_the_list(chromium, graph, tmp_path):
    """The list of the page is that of the file; its address names it only once it is changed."""
    (tmp_path / "mine.txt").write_text("NVIDIA\nSenseTime\n", "utf-8")
    file = tmp_path / "page.html"
    file.write_text(graph.explore(portfolio=graph.portfolio(tmp_path / "mine.txt")), "utf-8")
    with open_page(chromium, file.as_uri()) as page:
        assert page.locator("#view-mine").inner_text() == "★ 2"
        page.click("#view-mine")
        listed = page.locator("#mine").inner_text()
        assert "NVIDIA" in listed
        assert "SenseTime" in listed
        assert "mine=" not in page.evaluate("knockon.link()")
