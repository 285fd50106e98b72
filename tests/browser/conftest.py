"""One browser for all files, and the sample pages on disk."""

from __future__ import annotations

from dataclasses import replace

import pytest

import knockon
from knockon.present.page.explorer import page as explorer_page
from knockon.present.page.page_data import drawing
from support.browser_page import CHROMIUM, FLAGS
from support.explorer_sample import sample_records, sample_report
from support.hostile_records import HOSTILE, hostile_records
from support.impact_reports import with_label
from support.shared_pages import shared_page


@pytest.fixture(scope="session")
def chromium():
    sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    with sync_api.sync_playwright() as playwright:
        # A busy machine takes its time; all tests of this process would fail if half a minute were not enough.
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS, timeout=300_000)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def comparison(graph: knockon.Graph, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Address of the page of the bundled data with two shocks to compare: data-reclassification and entity-list-chips."""
    shocks = {"shock": "data-reclassification", "compare": "entity-list-chips"}
    return shared_page(tmp_path_factory, "comparison", lambda: graph.explore(**shocks)).as_uri()


@pytest.fixture(scope="session")
def unasked(graph: knockon.Graph, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Address of a page of the bundled data that was made without a shock."""
    return shared_page(tmp_path_factory, "unasked", graph.explore).as_uri()


@pytest.fixture(scope="session")
def pages(tmp_path_factory) -> dict[str, str]:
    """Address of each sample page on disk."""
    folder = tmp_path_factory.mktemp("explorer")
    report = with_label(sample_report(), HOSTILE[0])
    impacts = tuple(replace(impact, label=HOSTILE[place % len(HOSTILE)]) for place, impact in enumerate(report.impacts))
    hostile_run = replace(report, impacts=impacts, run=replace(report.run, model=HOSTILE[1]))
    texts = {
        "map": drawing(sample_records(), title="Acme"),
        "cascade": drawing(sample_records(), sample_report(), title="Acme"),
        "hostile": drawing(hostile_records(), title=HOSTILE[0]),
        "hostile-run": drawing([*sample_records(), *hostile_records()], hostile_run, title=HOSTILE[1]),
        "empty": drawing([], title="Empty"),
    }
    for name, data in texts.items():
        (folder / f"{name}.html").write_text(explorer_page(data), encoding="utf-8")
    return {name: (folder / f"{name}.html").as_uri() for name in texts}
