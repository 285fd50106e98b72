"""Worlds and comparisons as a person uses them: one document, one day, two shocks side by side."""

from __future__ import annotations

import csv
import io
import re
from datetime import date

import pytest

import knockon
from knockon.analysis.context import Context
from knockon.analysis.resolved_options import ResolvedOptions
from knockon.model import Company, DataSet, DataSetInfo, Dependency, Document, Entity, Measure, Shock
from knockon.present.page.explorer import page as explorer_page
from knockon.present.page.facts import FactReader
from knockon.present.page.network_worlds import NetworkWorld
from knockon.present.page.page_data import drawing
from knockon.store.oxigraph import MemoryStore
from knockon.store.worlds import world
from support.browser_page import MARKS, heading, open_page, search_for
from support.explorer_sample import cite, iri, sample_records, sample_report
from support.hostile_records import HOSTILE, data_in_page
from support.page_rows import toggled
from support.short_form import some_of

pytestmark = MARKS
SHOCK, OTHER = "data-reclassification", "entity-list-chips"
CARD, NEWSLETTER = "SenseTime Group Inc. dependency card", "Can SenseTime Maintain Its Edge?"


@pytest.fixture
def address(comparison) -> str:
    return comparison


def choose(page, title: str) -> None:
    page.select_option("#world", label=title)


def ticked(page) -> int:
    """The sum of what the legend counts under entities."""
    return page.evaluate("""() => {
        let sum = 0;
        for (const one of document.querySelectorAll('#legend > *')) {
            if (one.matches('.head') && one.innerText.startsWith('Relations')) break;
            one.querySelectorAll('li .count').forEach((count) => { sum += Number(count.textContent); });
        }
        return sum;
    }""")


def rows(page) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(page.evaluate("knockon.csv()"))))


@pytest.mark.parametrize(
    ("name", "title"), some_of([("doc-dependency-card", CARD), ("doc-newsletter", NEWSLETTER)], 2, several=True)
)
def test_a_document_shows_what_according_to_gives(chromium, graph, address, name, title):
    """Entities and facts of the page are those of the ground; map, legend, panel, table and search agree."""
    context = {record.id: record for record in Context(graph.store, ResolvedOptions(according_to=name)).store.records}
    drawn = {one for one, record in context.items() if isinstance(record, Entity | Measure)}
    facts = FactReader(context, frozenset(drawn)).facts()
    with open_page(chromium, address) as page:
        page.click("#view-map")
        choose(page, title)
        there = page.evaluate("knockon.present()")
        assert set(there["entities"]) == drawn
        assert sorted(map(tuple, there["facts"])) == sorted((fact.kind, fact.record) for fact in facts)
        assert ticked(page) == len(drawn)
        assert f"{len(drawn)} of 255 entities, {len(facts)} of" in page.locator("#world-notice").inner_text()
        assert page.locator("#panel .numbers dd").first.inner_text() == str(len(drawn))
        while page.locator("#more").is_visible():
            page.click("#more")
        labels = sorted(context[one].label for one in drawn)
        assert sorted(page.evaluate("knockon.shown()")) == labels
        assert sorted(row["Entity"] for row in rows(page)) == labels
        search_for(page, "SenseTime")
        cited = page.locator("#panel .document:not(#lists .document)").all_text_contents()
        assert set(cited) == {title}
        assert "By all sources" in page.locator("#lists").inner_text()


@pytest.mark.slow
def test_what_is_only_named_says_so(chromium, address):
    """An entity that a document only names keeps its name and loses what others say about it."""
    with open_page(chromium, address) as page:
        choose(page, NEWSLETTER)
        data = data_in_page(page.content())
        members = data["members"][3]
        row = min(toggled(members["named"], toggled(members["nodes"])))
        bare = data["strings"][data["nodes"]["label"][row]]
        search_for(page, bare)
        assert heading(page) == bare
        assert "This document only names it." in page.locator("#panel").inner_text()


@pytest.mark.slow
def test_cascade_follows_the_world(chromium, graph, address):
    """The cascade, its table and its numbers are that world's run; an empty one says why."""
    with open_page(chromium, address) as page:
        page.click("#view-cascade")
        assert page.locator(".card:not(.origin)").count() == 29
        choose(page, NEWSLETTER)
        assert page.locator(".card:not(.origin)").count() == 0
        assert page.locator("#silence").inner_text() == "What the shock hits is not in this world."
        assert rows(page) == []
        assert page.locator("#panel .numbers dd").first.inner_text() == "0"
        choose(page, CARD)
        report = graph.impact(SHOCK, according_to="doc-dependency-card")
        expected = {i.label: round(i.loss, 4) for i in report}
        assert {row["Entity"]: round(float(row["Loss"]), 4) for row in rows(page)} == expected
        assert page.locator(".card:not(.origin)").count() == len(report)


def test_days_by_keyboard(chromium, graph, address):
    """Arrows move the slider a day, Home goes to the first, End back to all; each is a step of the way back."""
    with open_page(chromium, address) as page:
        page.click("#view-cascade")
        slider = page.locator("#day")
        slider.focus()
        assert slider.get_attribute("aria-valuetext") == "All days"
        page.keyboard.press("ArrowLeft")
        assert page.locator("#day-name").inner_text() == "Sep 1, 2023"
        assert "hold on this day" in page.locator("#world-notice").inner_text()
        page.keyboard.press("Home")
        assert slider.get_attribute("aria-valuetext") == "Dec 31, 1999"
        report = graph.impact(SHOCK, as_of=date(1999, 12, 31))
        assert {row["Entity"] for row in rows(page)} == {i.label for i in report}
        # The measure of 2021 is not there yet, but for its name: undated records speak of it.
        search_for(page, "Designation as a Chinese military-industrial complex company")
        assert "It does not hold on this day" in page.locator("#panel").inner_text()
        slider.focus()
        page.keyboard.press("End")
        assert page.locator("#day-name").inner_text() == "all days"
        assert len(page.evaluate("knockon.present().entities")) == 255
        assert page.locator("#whole").is_hidden()


@pytest.mark.slow
def test_each_day_has_the_entities_of_as_of(chromium, graph, address):
    """On every stop of the slider the page has the entities, and those it only names, that ``--as-of`` has."""
    with open_page(chromium, address) as page:
        page.locator("#day").focus()
        stops = page.evaluate("JSON.parse(document.getElementById('data').textContent).days.stop")
        for day in reversed(stops):
            page.keyboard.press("ArrowLeft")
            there = world(graph.store, as_of=date.fromisoformat(day)).store.records
            assert set(page.evaluate("knockon.present().entities")) == {r.id for r in there if isinstance(r, Entity | Measure)}


@pytest.mark.slow
def test_back_leads_through_worlds(chromium, address):
    with open_page(chromium, address) as page:
        page.click("#view-map")
        first = page.evaluate("knockon.shown()")
        choose(page, NEWSLETTER)
        second = page.evaluate("knockon.shown()")
        assert second != first
        page.click("#back")
        assert page.evaluate("knockon.shown()") == first
        assert page.locator("#world").input_value() == "-1"
        page.click("#forward")
        assert page.evaluate("knockon.shown()") == second
        assert page.locator("#world option:checked").inner_text() == NEWSLETTER
        page.click("#whole")
        assert page.evaluate("knockon.shown()") == first


@pytest.mark.slow
def test_selection_that_is_not_there_is_let_go(chromium, address):
    with open_page(chromium, address) as page:
        page.click("#view-map")
        search_for(page, "NVIDIA")
        choose(page, "Business Ventures of Sense Time")
        assert page.evaluate("knockon.selected()") is None
        page.click("#back")
        assert page.evaluate("knockon.selected()") == "NVIDIA"


@pytest.mark.slow
def test_address_names_world_and_comparison(chromium, address):
    """Who opens the address sees the same world; a world that is not there is said to be missing."""
    with open_page(chromium, address) as page:
        choose(page, NEWSLETTER)
        page.click("#view-compare")
        page.click("#compare-worlds")
        link = page.evaluate("knockon.link()")
        assert "world=doc-newsletter" in link
        there = page.evaluate("knockon.present()")
    with open_page(chromium, f"{address}#{link}") as page:
        assert page.evaluate("knockon.present()") == there
        assert page.locator("#compare-worlds").get_attribute("aria-pressed") == "true"
    with open_page(chromium, f"{address}#world=doc-nowhere") as page:
        assert "not in this data" in page.locator("#notice").inner_text()
        assert len(page.evaluate("knockon.present().entities")) == 255


def compared(graph, first: dict, second: dict) -> dict[str, dict]:
    from knockon.analysis.impact.compare import compare

    answer = compare(graph.impact(**first), graph.impact(**second))
    return {row.label: row.to_dict() for row in answer.entities}


def assert_same(found: list[dict[str, str]], expected: dict[str, dict]) -> None:
    assert {row["Entity"] for row in found} == expected.keys()
    names = {
        "Loss A": "loss_first", "Low A": "loss_low_first", "High A": "loss_high_first", "Loss B": "loss_second",
        "Low B": "loss_low_second", "High B": "loss_high_second", "Difference": "difference",
        "Difference low": "difference_low", "Difference high": "difference_high", "Step A": "step_first",
        "Step B": "step_second", "Rank A": "rank_first", "Rank B": "rank_second", "Rank change": "rank_change",
    }  # fmt: skip
    for row in found:
        for column, key in names.items():
            value = expected[row["Entity"]][key]
            assert (float(row[column]) if row[column] else None) == (value if value is None else pytest.approx(value, abs=3e-6))


def test_two_shocks_side_by_side(chromium, graph, address):
    """Every number of the comparison is what knockon compare says; totals, filter, sorting and CSV agree."""
    expected = compared(graph, {"shock": SHOCK}, {"shock": OTHER})
    with open_page(chromium, address) as page:
        page.click("#view-compare")
        found = rows(page)
        assert_same(found, expected)
        sizes = [abs(float(row["Difference"])) for row in found]
        assert sizes == sorted(sizes, reverse=True)
        totals = [int(one) for one in page.locator(".totals dd").all_inner_texts()]
        only = [sum(row["only_in"] == side for row in expected.values()) for side in ("first", "second")]
        assert totals[:2] == only
        # Each is counted once.
        assert sum(totals) == len(expected)
        page.click("#compare thead button >> text=Entity")
        assert [row["Entity"] for row in rows(page)] == sorted(expected, key=str.lower)
        assert page.locator("#compare thead th").first.get_attribute("aria-sort") == "ascending"
        with page.expect_download() as saved:
            page.click("#compare-csv")
        assert saved.value.suggested_filename == "compare.csv"
        assert page.locator("#drawer").is_hidden()


@pytest.mark.slow
def test_only_what_differs(chromium, graph, address):
    """One document against all sources: equal rows go when only differences are wanted."""
    expected = compared(graph, {"shock": SHOCK}, {"shock": SHOCK, "according_to": "doc-dependency-card"})
    differing = {label for label, row in expected.items() if row["difference"]}
    with open_page(chromium, address) as page:
        choose(page, CARD)
        page.click("#against")
        assert page.locator("#view-compare").get_attribute("aria-pressed") == "true"
        assert_same(rows(page), expected)
        page.check("#different")
        assert {row["Entity"] for row in rows(page)} == differing
        page.click("#whole")
        assert "Choose a document or a day" in page.locator("#compare").inner_text()


@pytest.mark.slow
def test_differences_are_told_without_colour(chromium, address):
    """Arrow and sign go with the shade; ranges that overlap are named."""
    with open_page(chromium, address) as page:
        page.click("#view-compare")
        cells = page.locator("#compare .verdict").all_inner_texts()
        assert all(re.match(r"(▲ \+|▼ −)(<1|\d+)|=", cell) for cell in cells)
        assert any(cell.startswith("▲") for cell in cells)
        assert any(cell.startswith("▼") for cell in cells)
        assert any("ranges overlap" in cell for cell in cells)


@pytest.mark.slow
def test_why_under_either(chromium, address):
    """A click selects the entity and opens both ways back; a step of one leads on."""
    with open_page(chromium, address) as page:
        page.click("#view-compare")
        page.click("#compare tbody button >> text=SenseFoundry")
        assert page.evaluate("knockon.selected()") == "SenseFoundry"
        heads = page.locator("#panel .why h3").all_inner_texts()
        assert [head[:12] for head in heads] == ["Why under A:", "Why under B:"]
        page.locator("#panel .why >> nth=1").locator(".entity").first.click()
        assert page.evaluate("knockon.selected()") != "SenseFoundry"
        page.click("#compare tbody button >> text=AI inference")
        assert "It loses nothing." in page.locator("#panel .why").first.inner_text()


@pytest.mark.parametrize("scheme", some_of(["light", "dark"], 2))
@pytest.mark.parametrize("width", some_of([390, 1024, 1440], 3))
def test_fits(chromium, address, width, scheme):
    """No sideways scrolling and no parts over each other, in any view and world."""
    with open_page(chromium, address, viewport={"width": width, "height": 844}, color_scheme=scheme) as page:
        if width == 390:
            assert page.locator("#world").is_hidden()
            page.click("#world-toggle")
        for view in ("map", "cascade", "compare"):
            page.click(f"#view-{view}")
            for title in (CARD, "All sources"):
                choose(page, title)
                assert page.evaluate("document.documentElement.scrollWidth") <= width
                box = page.locator("#worlds").bounding_box()
                bar, work = page.locator(".bar").bounding_box(), page.locator(".work").bounding_box()
                assert bar["y"] + bar["height"] <= box["y"] + 0.5
                assert box["y"] + box["height"] <= work["y"] + 0.5
                assert work["y"] + work["height"] <= 845
        assert page.evaluate("document.getElementById('compare').scrollWidth") <= page.evaluate(
            "document.getElementById('compare').clientWidth"
        )


def test_hostile_worlds(chromium, tmp_path):
    """Titles, reasons and shocks are text in the bar, in the notice and in the comparison."""
    records = [Document(id=iri(f"doc-h{n}"), title=text) for n, text in enumerate(HOSTILE)]
    records += [Company(id=iri(f"h{n}"), label=text, evidence=cite((f"doc-h{n}", 0))) for n, text in enumerate(HOSTILE)]
    other = Shock(id=iri("other"), label=HOSTILE[0], hit=[{"target": iri("street-faces"), "severity": "Essential"}])
    context = Context(MemoryStore(DataSet(DataSetInfo(id=iri("data-h"), title="H"), (*sample_records(), *records, other))))
    worlds = [NetworkWorld("", "", lambda: context)]
    worlds += [NetworkWorld(iri(f"doc-h{n}"), "", None, reason=text) for n, text in enumerate(HOSTILE)]
    shocks = [context.shock("data-ban"), other]
    data = drawing(context.store.records, sample_report(), title="Acme", worlds=worlds, shocks=shocks, compared=2)
    path = tmp_path / "hostile.html"
    path.write_text(explorer_page(data), encoding="utf-8")
    with open_page(chromium, path.as_uri(), bypass_csp=False) as page:
        for value in page.locator("#world option").evaluate_all("all => all.map((one) => one.value)"):
            page.select_option("#world", value=value)
            for view in ("map", "cascade", "compare"):
                page.click(f"#view-{view}")
        page.select_option("#world", value=page.locator("#world option").nth(3).get_attribute("value"))
        page.click("#view-cascade")
        assert page.locator("#silence").inner_text()
        assert page.evaluate("document.querySelectorAll('img, #app script, iframe, object').length") == 0


def test_nothing_to_choose(chromium, pages, tmp_path):
    """Without documents and days there is no bar; without a second shock and worlds nothing to compare."""
    with open_page(chromium, pages["empty"]) as page:
        assert page.locator("#worlds").count() == 0
    path = tmp_path / "bare.html"
    path.write_text(explorer_page(drawing([Company(id=iri("a"), label="A")], title="A")), encoding="utf-8")
    with open_page(chromium, path.as_uri()) as page:
        assert page.locator("#worlds").count() == 0
        assert page.locator("#view-compare").count() == 0


@pytest.mark.slow
def test_undrawn_entity_in_a_comparison(chromium, tmp_path):
    """What loses but does not stand on the map can be opened all the same."""
    ghost = Dependency(id=iri("ghost-need"), dependant="urn:x:ghost", need="urn:x:nothing", criticality="High")
    other = Shock(id=iri("other"), label="Other", hit=[{"target": ghost.id, "severity": "High"}])
    records = (*sample_records(), ghost, other)
    graph = knockon.Graph(MemoryStore(DataSet(DataSetInfo(id=iri("data-g"), title="G"), records), checked=True))
    data = data_in_page(graph.explore("data-ban", compare="other"))
    path = tmp_path / "ghost.html"
    path.write_text(explorer_page(data), encoding="utf-8")
    with open_page(chromium, path.as_uri()) as page:
        page.click("#view-compare")
        page.click("#compare tbody button >> text=ghost")
        assert heading(page) == "ghost"
        assert "It loses nothing." in page.locator("#panel .why").first.inner_text()
        assert page.locator("#compare tr[aria-current]").count() == 1
        page.click("#compare tbody button >> text=ghost")
        assert heading(page) == "Two answers side by side"
