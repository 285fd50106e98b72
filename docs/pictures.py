"""The pictures of the explorer and the report, in docs/images: ``python docs/pictures.py`` (needs /usr/bin/chromium).

Every picture is the page itself, as the bundled data and the two shocks of the
demo make it; nothing is drawn over it.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

IMAGES = Path(__file__).parent / "images"
CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
SHOCK, OTHER = "data-reclassification", "entity-list-chips"


def main() -> int:
    """Make the pages, open them, and take the pictures."""
    from playwright.sync_api import sync_playwright

    import knockon

    os.environ.setdefault("SOURCE_DATE_EPOCH", "1767225600")  # the day of make demo
    graph = knockon.open()
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        explorer, report = Path(folder) / "explorer.html", Path(folder) / "report.html"
        explorer.write_text(graph.explore(SHOCK, compare=OTHER), "utf-8")
        report.write_text(graph.report(SHOCK), "utf-8")
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        for name, act in EXPLORER.items():
            narrow = name == "narrow"
            size = {"width": 390, "height": 844} if narrow else {"width": 1440, "height": 900}
            take(browser, explorer, name, act, viewport=size, color_scheme="dark" if name == "dark" else "light")
        take(browser, report, "report", nothing, viewport={"width": 1100, "height": 1400})
        browser.close()
    return 0


def take(browser: Any, address: Path, name: str, act: Callable[[Any], object], **options: Any) -> None:
    """One picture: a fresh page, what is done on it, and a moment for it to settle."""
    context = browser.new_context(reduced_motion="reduce", device_scale_factor=1, **options)
    page = context.new_page()
    page.goto(address.as_uri())
    page.wait_for_timeout(700)
    act(page)
    page.mouse.move(5, 5)
    page.wait_for_timeout(500)
    page.screenshot(path=IMAGES / f"{name}.png")
    context.close()


def nothing(page: Any) -> None:
    """The page as it opens."""


def to_map(page: Any) -> None:
    """The map without the table."""
    page.click("#view-map")
    if page.locator("#drawer").is_visible():
        page.click("#toggle-table")
    page.click("#fit")


def select(page: Any, words: str) -> None:
    """Pick an entity by search."""
    page.fill("#search", words)
    page.keyboard.press("Enter")


def selection(page: Any) -> None:
    """The map with a company selected."""
    to_map(page)
    select(page, "SenseFoundry")


def half_way(page: Any) -> None:
    """The cascade at its fourth step."""
    page.fill("#step", "4")
    page.evaluate("document.activeElement.blur()")


def why(page: Any) -> None:
    """Why one entity loses."""
    if page.locator("#drawer").is_visible():
        page.click("#toggle-table")
    page.locator(".card", has_text="Recurring licensing").click()


EXPLORER: dict[str, Callable[[Any], object]] = {
    "map": to_map,
    "selection": selection,
    "cascade": half_way,
    "why": why,
    "compare": lambda page: page.click("#view-compare"),
    "dark": selection,
    "narrow": why,
}

if __name__ == "__main__":
    sys.exit(main())
