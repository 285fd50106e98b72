"""A page in Debian's Chromium, with everything that must not happen written down."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
MARKS = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="there is no /usr/bin/chromium"),
]


@contextmanager
def open_page(browser, address: str, *, bypass_csp: bool = True, **options) -> Iterator:
    """A page, with everything that must not happen written down; leaving it checks that nothing did."""
    context = browser.new_context(
        bypass_csp=bypass_csp, reduced_motion=options.pop("reduced_motion", "reduce"),
        viewport=options.pop("viewport", {"width": 1440, "height": 900}), **options,
    )  # fmt: skip
    page = context.new_page()
    page.set_default_timeout(60_000)
    wrong: list[str] = []
    page.on("request", lambda r: None if r.url.startswith(("file:", "data:", "blob:")) else wrong.append(f"request {r.url}"))
    page.on("dialog", lambda d: (wrong.append(f"dialog {d.message}"), d.dismiss()))
    page.on("pageerror", lambda e: wrong.append(f"error {e}"))
    page.on("console", lambda m: wrong.append(f"console {m.text}") if m.type in ("error", "warning") else None)
    page.goto(address)
    page.locator("#app").wait_for()
    yield page
    context.close()
    assert wrong == []


def heading(page) -> str:
    return page.locator("#panel h2").first.inner_text()


def search_for(page, words: str) -> None:
    page.fill("#search", words)
    page.keyboard.press("Enter")


def click_entity(page, label: str, **how) -> None:
    place = page.evaluate("label => knockon.place(label)", label)
    page.mouse.click(place["x"], place["y"], **how)
