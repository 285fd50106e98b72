"""The reference page of the ontology in a browser: nothing is loaded, nothing is cut off, axe finds nothing, anchors work."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.axe import complaints
from support.browser_page import MARKS, new_tab

pytestmark = MARKS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "ontology" / "index.html"


#: The parts of the page that axe looks at in `make test`: it takes a second for each hundred rows of the table.
SOME = "header, nav, h1, h2, #High"


@pytest.mark.parametrize(
    ("scheme", "width", "part"),
    [
        ("dark", 390, SOME),
        pytest.param("dark", 390, None, marks=pytest.mark.slow),
        pytest.param("light", 1400, None, marks=pytest.mark.slow),
    ],
)
def test_the_page_is_whole_and_accessible(chromium, scheme: str, width: int, part: str | None) -> None:
    """Wide and narrow, light and dark: no request, no message on the console, no scrolling sideways; axe finds nothing."""
    with new_tab(chromium, bypass_csp=True, color_scheme=scheme, viewport={"width": width, "height": 900}) as page:
        wrong: list[str] = []
        page.on("request", lambda request: None if request.url.startswith("file:") else wrong.append(request.url))
        page.on("console", lambda message: wrong.append(message.text))
        page.goto(f"{PAGE.as_uri()}#High")
        assert page.locator("#High").evaluate("row => row.getBoundingClientRect().top < innerHeight")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert complaints(page, part) == []
    assert wrong == []
