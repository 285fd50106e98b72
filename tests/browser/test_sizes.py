"""The page with a great deal on it, with next to nothing, and with texts of any length."""

from __future__ import annotations

from dataclasses import replace

import pytest

from knockon.model import Company, Dependency
from knockon.present.page.excerpt import excerpt
from knockon.present.page.explorer import page as explorer_page
from knockon.present.page.page_data import drawing
from support.browser_page import MARKS, heading, open_page, search_for
from support.explorer_sample import iri, sample_records, sample_report
from support.impact_reports import impact_row, with_label
from support.large_graph import large_records, large_report
from support.short_form import some_of

pytestmark = MARKS


@pytest.fixture
def written(tmp_path):
    """Writes a page and gives its address."""

    def write(records, report=None, title="t", **options):
        path = tmp_path / "page.html"
        path.write_text(explorer_page(drawing(records, report, title=title, **options)), "utf-8")
        return path.as_uri()

    return write


def no_wider(page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.fixture(scope="module", params=[1_500, pytest.param(5_000, marks=pytest.mark.slow)])
def size(request):
    """The number of entities of a large page."""
    return request.param


@pytest.fixture(scope="module")
def large(tmp_path_factory, size):
    """Many entities, a thousand of which lose something."""
    records = large_records(size)
    path = tmp_path_factory.mktemp("large") / "page.html"
    path.write_text(explorer_page(drawing(records, large_report(records, 1_000), title="Large")), "utf-8")
    return path


@pytest.mark.slow
def test_thousands_of_entities_work(chromium, large, size):
    """It opens, finds, explains, steps, sorts, and shows every entity on demand."""
    assert large.stat().st_size < 3_000_000
    with open_page(chromium, large.as_uri()) as page:
        page.set_default_timeout(60_000)
        assert 0 < page.locator(".card:not(.origin)").count() < 600
        page.fill("#step", "2")
        page.fill("#step", "3")
        page.click("#view-map")
        search_for(page, "Company 777")
        assert heading(page) == "Company 777"
        assert page.locator("#why").count() == 1
        while page.locator("#more").is_visible():
            page.click("#more")
        assert len(page.evaluate("knockon.shown()")) == size
        page.click("#zoom-in")
        page.click("#reset")
        assert len(page.evaluate("knockon.shown()")) < 100
        assert no_wider(page)


@pytest.mark.parametrize("width", some_of([390, 1024, 1440], 3))
def test_what_is_left_out_stands_on_the_page(chromium, written, width):
    """The line is there at any width, covers nothing, and is gone where nothing is missing."""
    records, report = sample_records(), sample_report()
    address = written(records, report, part=excerpt(records, [report], limit=8))
    with open_page(chromium, address, viewport={"width": width, "height": 844}) as page:
        notice = page.locator("#left-out")
        assert "Left out: 35 entities" in notice.inner_text()
        assert no_wider(page)
        box, work = notice.bounding_box(), page.locator("main.work").bounding_box()
        assert box["y"] + box["height"] <= work["y"] + 1 or work["y"] + work["height"] <= box["y"] + 1
        assert max(box["y"] + box["height"], work["y"] + work["height"]) <= 845
    with open_page(chromium, written(records, report)) as page:
        assert page.locator("#left-out").is_hidden()


@pytest.mark.parametrize("width", some_of([390, 1440], 2))
def test_labels_of_ten_thousand_characters(chromium, written, width):
    """With and without spaces, in every place that shows a name: nothing is pushed off the page."""
    long = ["x" * 10_000, "long name " * 1_000, "\u6f22" * 10_000]
    records = [Company(id=f"urn:x:{n}", label=label) for n, label in enumerate(long)]
    records += [Dependency(id=f"urn:x:d{n}", dependant="urn:x:0", need=f"urn:x:{n}", mechanism=long[1]) for n in (1, 2)]
    impacts = tuple(impact_row(f"urn:x:{n}", label, step=n) for n, label in enumerate(long))
    address = written(records, replace(with_label(sample_report(), long[0]), impacts=impacts), title=long[0])
    with open_page(chromium, address, viewport={"width": width, "height": 844}) as page:
        page.locator(".card:not(.origin)").first.click()
        assert no_wider(page)
        page.click("#view-map")
        search_for(page, "long name")
        assert heading(page).startswith("long name")
        assert no_wider(page)
        if page.locator("#drawer").is_hidden():
            page.click("#toggle-table")
        assert no_wider(page)


def test_an_entity_without_a_label(chromium, written):
    """It goes by its local name."""
    nameless = Company.model_construct(**{**dict(Company(id="urn:x:no-name", label="x")), "label": ""})
    with open_page(chromium, written([nameless, Company(id="urn:x:b", label=" ")])) as page:
        search_for(page, "no-name")
        assert heading(page) == "no-name"
        assert "no-name" in page.evaluate("knockon.shown()")


@pytest.mark.slow
def test_one_entity(chromium, written):
    with open_page(chromium, written([Company(id="urn:x:a", label="Alone")])) as page:
        assert page.evaluate("knockon.shown()") == ["Alone"]
        search_for(page, "Alone")
        assert heading(page) == "Alone"
        for key in ("ArrowRight", "e", "Escape", "Escape"):
            page.keyboard.press(key)


@pytest.mark.slow
def test_a_shock_that_hits_nothing(chromium, written):
    """The cascade is empty and says so; the map is there."""
    address = written(sample_records(), replace(sample_report(), impacts=()))
    with open_page(chromium, address) as page:
        assert page.locator(".card:not(.origin)").count() == 0
        page.click("#view-map")
        search_for(page, "Acme Vision")
        assert heading(page) == "Acme Vision"


@pytest.mark.slow
def test_a_run_of_entities_that_are_not_drawn(chromium, written):
    """A run may name what the records do not have."""
    impact = impact_row(iri("gone"), "Gone", loss=1.0, step=0)
    with open_page(chromium, written(sample_records(), replace(sample_report(), impacts=(impact,)))) as page:
        page.locator(".card:not(.origin)").first.click()
        assert heading(page) == "Gone"
