"""A page in Chromium, with everything that must not happen written down."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from shutil import which
from typing import Any
from weakref import WeakKeyDictionary

import pytest

#: The browser: KNOCKON_CHROMIUM, else Chromium without its windows, which opens a page in half the time, else Chromium.
CHROMIUM = os.environ.get("KNOCKON_CHROMIUM") or which("chromium-headless-shell") or which("chromium")
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
    # All pages are drawn by one process: to start one takes as long as to open a page.
    "--renderer-process-limit=1",
]  # fmt: skip
MARKS = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on PATH"),
]


#: What a page can be given after it was opened; everything else is of its context.
_OF_PAGES = {"viewport", "color_scheme", "forced_colors", "reduced_motion"}
#: The contexts that pages share, by browser, with and without the policy of the page. A window costs more than a page in it.
_SHARED: WeakKeyDictionary[Any, dict[bool, Any]] = WeakKeyDictionary()


@contextmanager
def open_page(browser, address: str, *, bypass_csp: bool = True, **options) -> Iterator:
    """A page, with everything that must not happen written down; leaving it checks that nothing did."""
    with new_tab(browser, bypass_csp=bypass_csp, **{"reduced_motion": "reduce", **options}) as page:
        page.set_default_timeout(60_000)
        wrong: list[str] = []
        page.on(
            "request", lambda r: None if r.url.startswith(("file:", "data:", "blob:")) else wrong.append(f"request {r.url}")
        )
        page.on("dialog", lambda d: (wrong.append(f"dialog {d.message}"), d.dismiss()))
        page.on("pageerror", lambda e: wrong.append(f"error {e}"))
        page.on("console", lambda m: wrong.append(f"console {m.text}") if m.type in ("error", "warning") else None)
        page.goto(address)
        page.locator("#app").wait_for()
        yield page
    assert wrong == []


@contextmanager
def new_tab(browser, *, bypass_csp: bool = False, viewport=None, **options) -> Iterator:
    """A new tab, in a context of its own only where its options need one."""
    size = viewport or {"width": 1440, "height": 900}
    if not set(options) <= _OF_PAGES:
        context = browser.new_context(bypass_csp=bypass_csp, viewport=size, **options)
        yield context.new_page()
        context.close()
        return
    contexts = _SHARED.setdefault(browser, {})
    if bypass_csp not in contexts:
        contexts[bypass_csp] = browser.new_context(bypass_csp=bypass_csp)
        contexts[bypass_csp].new_page()  # an empty page keeps the window open
    context = contexts[bypass_csp]
    present = context.pages
    page = context.new_page()
    page.set_viewport_size(size)
    page.emulate_media(**options)
    try:
        yield page
    finally:
        for tab in context.pages:
            if tab not in present:
                tab.close()


def heading(page) -> str:
    return page.locator("#panel h2").first.inner_text()


def search_for(page, words: str) -> None:
    page.fill("#search", words)
    page.keyboard.press("Enter")


def click_entity(page, label: str, **how) -> None:
    place = page.evaluate("label => knockon.place(label)", label)
    page.mouse.click(place["x"], place["y"], **how)
