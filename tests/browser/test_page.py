"""The explorer page as a person uses it, in Chromium: nothing leaves the page, nothing hostile runs, everything answers."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest

from knockon import controls
from knockon.controls import HARMFUL
from knockon.present.page.explorer import page as explorer_page
from knockon.present.page.page_data import drawing
from support.browser_page import MARKS, click_entity, heading, open_page, search_for
from support.explorer_sample import sample_records, sample_report
from support.hostile_records import HOSTILE
from support.impact_reports import impact_row
from support.short_form import some_of

pytestmark = MARKS


@pytest.mark.parametrize(
    ("name", "bypass_csp"),
    [
        ("hostile-run", True),
        pytest.param("hostile", False, marks=pytest.mark.slow),
        pytest.param("hostile", True, marks=pytest.mark.slow),
        pytest.param("hostile-run", False, marks=pytest.mark.slow),
    ],
)
def test_hostile_text_runs_nothing(chromium, pages, name, bypass_csp):
    """Open, hover, click and sort everything, with and without the policy: hostile text stays text."""
    with open_page(chromium, pages[name], bypass_csp=bypass_csp) as page:
        for card in page.locator(".card:not(.origin)").all()[:6]:
            card.click()
        if page.locator("#views").is_visible():
            page.click("#view-map")
        if page.locator("#drawer").is_hidden():
            page.click("#toggle-table")
        for text in HOSTILE:
            search_for(page, text.split("\n")[0].strip() if "\n" in text else text)
        for label in page.evaluate("knockon.shown()")[:20]:
            place = page.evaluate("label => knockon.place(label)", label)
            page.mouse.move(place["x"], place["y"])
        for row in page.locator("#drawer tbody .entity").all()[:8]:
            row.click()
            page.locator("#panel .link").first.click() if page.locator("#panel .link").count() else None
        for head in page.locator("#drawer thead button").all():
            head.click()
        assert page.evaluate("document.querySelectorAll('img, #app script, iframe, object').length") == 0
        assert page.evaluate("knockon.csv()")


@pytest.mark.parametrize("name", some_of(["hostile-run", "hostile"], 2))
def test_nothing_shows_another_text_than_is_there(chromium, pages, name):
    """Marks of direction and separators of lines are seen, in texts, tips and the title; the table that is saved has them."""
    with open_page(chromium, pages[name]) as page:
        if page.locator("#views").is_visible():
            page.click("#view-map")
        if page.locator("#drawer").is_hidden():
            page.click("#toggle-table")
        search_for(page, HOSTILE[5])
        read = page.evaluate(
            "[document.title, document.querySelector('#app').textContent,"
            " ...[...document.querySelectorAll('[title]')].map((e) => e.title),"
            " ...[...document.querySelectorAll('[aria-label]')].map((e) => e.ariaLabel)]"
        )
        assert not [text for text in read if HARMFUL.search(text)]
        assert any(controls.escape_controls(HOSTILE[5]) in text for text in read)
        assert HOSTILE[5] in page.evaluate("knockon.csv()")
        assert page.evaluate("getComputedStyle(document.querySelector('#panel h2')).unicodeBidi") == "isolate"


def test_works_with_its_policy_on(chromium, pages):
    """The page as it is: its script running, styles applied, nothing refused."""
    with open_page(chromium, pages["cascade"], bypass_csp=False) as page:
        page.click("#view-map")
        assert page.locator("#map canvas").is_visible()
        assert page.evaluate("document.styleSheets.length") >= 1
        search_for(page, "Acme Vision")
        assert heading(page) == "Acme Vision"


def test_policy_stops_foreign_scripts(chromium, pages):
    """A script whose hash the policy does not name stays dead, even inside the page."""
    context = chromium.new_context()
    page = context.new_page()
    page.goto(pages["map"])
    page.locator("#app").wait_for()
    page.evaluate("document.body.append(Object.assign(document.createElement('script'), {textContent: 'window.ran = 1'}))")
    page.evaluate("document.body.append(Object.assign(document.createElement('img'), {src: 'https://example.invalid/x.png'}))")
    assert page.evaluate("window.ran") is None
    context.close()


@pytest.mark.parametrize("network", some_of(["refused", "stalled"], 2))
def test_needs_no_network(chromium, pages, network):
    """With every request refused, or never answered, the page opens at once and works; it asks for nothing anyway."""
    context = chromium.new_context()
    asked: list[str] = []
    kept = []

    def stop(route):
        asked.append(route.request.url)
        if network == "refused":
            route.abort()
        else:
            kept.append(route)

    context.route(lambda url: not url.startswith(("file:", "data:", "blob:")), stop)
    page = context.new_page()
    page.goto(pages["cascade"], wait_until="load")
    page.click("#view-map")
    search_for(page, "Acme Vision")
    assert heading(page) == "Acme Vision"
    assert asked == []
    context.close()


@pytest.mark.slow
def test_a_small_graph_is_shown_as_a_whole(chromium, pages):
    """Nothing is left out of 43 entities; what was collapsed is back after a new start, and the page says how much there is."""
    with open_page(chromium, pages["map"]) as page:
        shown = page.evaluate("knockon.shown()")
        assert len(shown) == 43
        assert {"Acme Vision", "Northland"} <= set(shown)
        assert page.locator("#amount").inner_text() == "43 of 43 entities"
        assert page.locator("#more").is_hidden()
        search_for(page, "Acme Vision")
        page.keyboard.press("e")
        assert page.locator("#amount").inner_text().endswith("of 43 entities: what you chose")
        page.click("#reset")
        assert page.evaluate("knockon.shown()") == shown


def test_search(chromium, pages):
    """By label, alias, identifier, class and name: what is picked is selected, and shown if it was not."""
    wanted = {
        "nimb": "Nimbus Cloud", "أكمي": "Acme Vision", "type:measure": "Face Data Act", "ACV": "Acme Vision",
        "type:company bank": "Harbour Bank", "data-centre": "Northport data centre",
    }  # fmt: skip
    with open_page(chromium, pages["map"]) as page:
        for words, found in wanted.items():
            search_for(page, words)
            assert heading(page) == found
            assert found in page.evaluate("knockon.shown()")
            assert found in page.locator("#live").inner_text()
        page.fill("#search", "zzz")
        assert page.locator("#hits").inner_text() == "Nothing found"


@pytest.mark.slow
def test_click_selects_and_double_click_expands(chromium, pages):
    with open_page(chromium, pages["map"]) as page:
        click_entity(page, "Smart camera")
        assert heading(page) == "Smart camera"
        everything = set(page.evaluate("knockon.shown()"))
        search_for(page, "Acme Vision")
        page.keyboard.press("e")
        before = set(page.evaluate("knockon.shown()"))
        assert before < everything
        click_entity(page, "Acme Vision", click_count=2)
        assert set(page.evaluate("knockon.shown()")) == everything
        page.keyboard.press("e")
        assert set(page.evaluate("knockon.shown()")) == before
        page.click("#back")
        assert set(page.evaluate("knockon.shown()")) == everything
        page.click("#forward")
        assert set(page.evaluate("knockon.shown()")) == before
        assert "Acme Vision" in page.evaluate("knockon.shown()")


def test_panel_cites_and_marks(chromium, pages):
    """Facts by relation, each with document, span, date and stance, and the marks for judged and inferred."""
    with open_page(chromium, pages["map"]) as page:
        search_for(page, "Acme Vision")
        panel = page.locator("#panel").inner_text()
        for said in ("Depends on", "City licences", "Owned by", "Competes with", "Founded by", "Named by", "Figures",
                     "revenue: 41.5 million USD", "employees: 900 to 1100", "Events", "Acme lists its shares",
                     "Vulnerabilities", "Where sources disagree", "Two figures for staff", "Can Acme keep its edge?",
                     "characters 900–960", "Dec 8, 2023", "asserts", "alleges, as Peregrine AI says",
                     "ticker ACV"):  # fmt: skip
            assert said in panel, said
        search_for(page, "Face login")
        panel = page.locator("#panel")
        supplied = panel.locator("details", has_text="Supplied by").locator(".for").first
        assert panel.locator(".mark.judged").count()
        assert supplied.inner_text().strip() == "for Cloud hosting"
        search_for(page, "Cloud hosting")
        assert supplied.inner_text().strip() == "for Face login"
        search_for(page, "type:material gpu")
        assert panel.locator(".mark.inferred").count() or panel.locator(".mark.judged").count()


@pytest.mark.slow
def test_copy(chromium, pages):
    with open_page(chromium, pages["map"], permissions=["clipboard-read", "clipboard-write"]) as page:
        search_for(page, "Acme Vision")
        assert page.get_by_role("button", name="Copy IRI").is_hidden()
        page.get_by_text("For developers").click()
        page.get_by_role("button", name="Copy IRI").click()
        page.wait_for_function("document.querySelector('#live').textContent === 'IRI copied'")
        assert page.evaluate("navigator.clipboard.readText()") == "https://w3id.org/knockon/id/acme-vision"
        page.get_by_role("button", name="Copy SPARQL").click()
        page.wait_for_function("document.querySelector('#live').textContent === 'SPARQL copied'")
        assert "<https://w3id.org/knockon/id/acme-vision>" in page.evaluate("navigator.clipboard.readText()")


@pytest.mark.slow
def test_legend_filters(chromium, pages):
    """A class or a relation that is ticked off is gone from map and table, and comes back."""
    with open_page(chromium, pages["map"]) as page:
        page.click("#toggle-table")
        rows = page.locator("#drawer tbody tr").count()
        page.get_by_label("Company", exact=False).first.uncheck()
        assert "Acme Vision" not in page.evaluate("knockon.shown()")
        assert page.locator("#drawer tbody tr").count() < rows
        page.get_by_label("Company", exact=False).first.check()
        assert page.locator("#drawer tbody tr").count() == rows
        page.get_by_role("button", name="Show no entities").click()
        assert page.locator("#empty").is_visible()
        page.get_by_role("button", name="Show all entities").click()
        assert page.locator("#drawer tbody tr").count() == rows


def test_table_sorts_and_saves(chromium, pages):
    with open_page(chromium, pages["map"], accept_downloads=True) as page:
        page.click("#toggle-table")
        names = page.locator("#drawer tbody th span[dir=auto]")
        page.get_by_role("button", name="Entity").first.click()
        listed = names.all_inner_texts()
        assert [name.strip() for name in listed] == sorted((name.strip() for name in listed), key=str.lower)
        assert page.locator('th[aria-sort="ascending"]').count() == 1
        with page.expect_download() as saved:
            page.click("#csv")
        rows = list(csv.reader(io.StringIO(Path(saved.value.path()).read_text("utf-8-sig"))))
        assert rows[0][0] == "Entity"
        assert len(rows) == len(listed) + 1
        names.nth(2).click()
        assert heading(page) == listed[2].strip()


def test_cascade_steps(chromium, pages):
    """All of it at first; the slider and the buttons walk through it, and the table follows."""
    with open_page(chromium, pages["cascade"]) as page:
        cards = page.locator(".card:not(.origin)")
        everything = cards.count()
        page.click("#toggle-table")
        assert page.locator("#step-name").inner_text() == "Step 6 of 6"
        page.fill("#step", "0")
        assert cards.count() == 1
        assert page.locator("#drawer tbody tr").count() == 1
        page.click("#next")
        page.click("#next")
        assert page.locator("#step-name").inner_text() == "Step 2 of 6"
        page.click("#previous")
        assert page.locator("#step-name").inner_text() == "Step 1 of 6"
        page.click("#play")
        page.wait_for_function("document.querySelector('#step-name').textContent !== 'Step 1 of 6'")
        page.click("#play")
        page.fill("#step", "6")
        assert cards.count() == everything


def test_small_losses_are_counted_and_shown_on_demand(chromium, tmp_path):
    """Below 5 % hidden, with their number; more than forty in a step are folded into the table."""
    report = sample_report()
    many = [impact_row(f"urn:x:{n}", f"Thing {n}", "Product", 0.03 if n < 7 else 0.2 + n / 1000) for n in range(60)]
    report = replace(report, impacts=(*(impact for impact in report.impacts if impact.step == 0), *many))
    (tmp_path / "page.html").write_text(explorer_page(drawing(sample_records(), report, title="t")), encoding="utf-8")
    with open_page(chromium, (tmp_path / "page.html").as_uri()) as page:
        assert page.locator("#small-label").inner_text() == "Show 7 below 5%"
        page.click("#toggle-table")
        assert page.locator(".card:not(.origin)").count() == 41
        assert page.locator(".fold").inner_text() == "13 more in the table"
        assert page.locator("#drawer tbody tr").count() == 54
        page.check("#small")
        assert page.locator(".fold").inner_text() == "20 more in the table"
        assert page.locator("#drawer tbody tr").count() == 61


def test_why(chromium, pages):
    """The way back to the shock, with mechanism and source of every link."""
    with open_page(chromium, pages["cascade"]) as page:
        page.locator(".card", has_text="City licences").click()
        steps = [one.strip() for one in page.locator("#why .entity span[dir=auto]").all_inner_texts()]
        assert steps == [
            "Street faces", "Vision foundation model", "Smart camera", "City Eye platform", "Northport city contract",
            "City licences",
        ]  # fmt: skip
        why = page.locator("#why").inner_text()
        assert "Street faces may no longer be used" in why
        assert "vision-model cannot work without street-faces" in why
        assert "Can Acme keep its edge?" in why
        assert page.locator(".lines .path").count() == 6  # the first leads from the shock
        assert page.locator(".card.on-path").count() == 6
        page.get_by_role("button", name="Map", exact=True).last.click()
        assert heading(page) == "City licences"


def test_by_keyboard_alone(chromium, pages):
    with open_page(chromium, pages["map"]) as page:
        page.keyboard.press("/")
        page.keyboard.type("acme v")
        page.keyboard.press("Enter")
        assert page.evaluate("knockon.selected()") == "Acme Vision"
        seen = set()
        for key in ("ArrowRight", "ArrowLeft", "ArrowUp", "ArrowDown"):
            page.keyboard.press(key)
            seen.add(page.evaluate("knockon.selected()"))
        assert len(seen) > 1
        selected = page.evaluate("knockon.selected()")
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.closest('#panel') !== null")
        page.keyboard.press("Escape")
        assert page.evaluate("document.activeElement.id") == "map"
        page.keyboard.press("Escape")
        assert page.evaluate("knockon.selected()") != selected
        page.keyboard.press("?")
        assert page.locator("#help").is_visible()
        page.keyboard.press("Escape")
        assert page.locator("#help").is_hidden()


@pytest.mark.slow
def test_cascade_by_keyboard(chromium, pages):
    with open_page(chromium, pages["cascade"]) as page:
        page.locator(".card:not(.origin)").first.focus()
        for key in ("ArrowRight", "ArrowRight", "ArrowRight", "ArrowDown", "ArrowLeft"):
            page.keyboard.press(key)
        assert page.evaluate("knockon.selected()") is not None
        assert page.locator('.card[aria-pressed="true"]').count() == 1
        assert page.evaluate("document.activeElement.classList.contains('card')")


@pytest.mark.slow
@pytest.mark.parametrize(("name", "scheme"), some_of([("cascade", "dark"), ("map", "light")], 2, several=True))
def test_narrow(chromium, pages, name, scheme):
    """At 390 pixels nothing is wider than the page, and panel, filter and table open as sheets."""
    with open_page(chromium, pages[name], viewport={"width": 390, "height": 844}, color_scheme=scheme, has_touch=True) as page:
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        search_for(page, "Vision foundation")
        assert page.locator("#panel").is_visible()
        page.get_by_role("button", name="Close facts").click()
        page.click("#toggle-table")
        assert page.locator("#drawer").is_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_without_scripts(chromium, pages):
    """Where scripts do not run there is a table to read."""
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(pages["cascade"])
    assert page.get_by_text("Street faces", exact=True).first.is_visible()
    assert page.locator("#app").is_hidden()
    context.close()


def test_empty(chromium, pages):
    with open_page(chromium, pages["empty"]) as page:
        assert page.locator("#empty").is_visible()
        page.keyboard.press("ArrowRight")
        page.click("#more") if page.locator("#more").is_visible() else None
