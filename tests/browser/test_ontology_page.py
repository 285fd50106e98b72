"""The reference page of the ontology in a browser: nothing is loaded, nothing is cut off, axe finds nothing, anchors work."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.browser_page import MARKS

pytestmark = MARKS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "ontology" / "index.html"


@pytest.mark.parametrize(("scheme", "width"), [pytest.param("light", 1400, marks=pytest.mark.slow), ("dark", 390)])
def test_the_page_is_whole_and_accessible(chromium, scheme: str, width: int) -> None:
    """Wide and narrow, light and dark: no request, no message on the console, no scrolling sideways; axe finds nothing."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")
    context = chromium.new_context(bypass_csp=True, color_scheme=scheme, viewport={"width": width, "height": 900})
    page = context.new_page()
    wrong: list[str] = []
    page.on("request", lambda request: None if request.url.startswith("file:") else wrong.append(request.url))
    page.on("console", lambda message: wrong.append(message.text))
    page.goto(f"{PAGE.as_uri()}#High")
    assert page.locator("#High").evaluate("row => row.getBoundingClientRect().top < innerHeight")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    found = axe.Axe().run(page).response["violations"]
    context.close()
    assert wrong == []
    assert [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found] == []
