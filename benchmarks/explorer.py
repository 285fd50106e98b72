"""The explorer page against pyvis as it comes, in Debian's Chromium without graphics card: ``python benchmarks/explorer.py``.

Both get the same graph in the same run. What is measured: from navigation to
the first frame with entities in it (the page as it opens, and with everything
shown), frames a second while the map is dragged to and fro, and the size of the
file. pyvis lays out in the browser and shows nothing before it is done, so it is
given up after ``--patience`` seconds.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from arguments import whole_numbers
from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import TimeoutError as TooLong

from knockon.model import Company, Dependency
from knockon.present.page.explorer import page as explorer_page
from knockon.present.page.page_data import drawing

FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
SIZES = (100, 1_000, 5_000)
#: What is to be reached: seconds to the first drawing by size, frames a second, bytes of the page at 100 entities.
FIRST = {1_000: 1.0, 5_000: 3.0}
FRAMES = 50
WEIGHT = 600_000
#: Sees the first time that anything is filled or laid on a canvas of the page, and the frame after it.
WATCH = """
(() => {
  const brush = CanvasRenderingContext2D.prototype;
  window.drawnAt = null;
  window.waitFor = 0;
  for (const name of ["fill", "drawImage"]) {
    const original = brush[name];
    brush[name] = function (...given) {
      if (window.drawnAt === null && this.canvas.isConnected) {
        window.drawnAt = -1;
        requestAnimationFrame(() => requestAnimationFrame((now) => { window.drawnAt = now - window.waitFor; }));
      }
      return original.apply(this, given);
    };
  }
})();
"""
COUNT = """
window.frames_ = []; window.counting = true;
(function next(now) { window.frames_.push(now); if (window.counting) requestAnimationFrame(next); })(performance.now());
"""


def main() -> int:
    """Measure and print; the exit status tells whether the targets are met."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--sizes", type=whole_numbers, default=SIZES, help="numbers of entities, separated by commas")
    parser.add_argument("--patience", type=float, default=190, help="seconds after which pyvis is given up")
    parser.add_argument("--skip-pyvis", action="store_true", help="measure the explorer alone")
    parser.add_argument("--output", "-o", type=Path, help="write the figures as JSON")
    asked = parser.parse_args()
    rows = []
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        for size in asked.sizes:
            records = graph(size)
            rows.append(ours(browser, records, Path(folder)))
            if not asked.skip_pyvis:
                rows.append(theirs(browser, records, Path(folder), asked.patience))
        browser.close()
    if asked.output:
        asked.output.write_text(json.dumps(rows, indent=1))
    return show(rows, asked.patience)


def graph(size: int) -> list[Any]:
    """Companies that need each other: about two links an entity, the early ones needed most."""
    chance = random.Random(1)  # noqa: S311 - nothing secret
    pairs = {(n, int(n * chance.random() ** 2)) for n in range(1, size) for _ in range(2)}
    name = "https://example.org/{}".format
    records: list[Any] = [Company(id=name(f"c{n}"), label=f"Company {n}") for n in range(size)]
    return records + [Dependency(id=name(f"d{n}-{m}"), dependant=name(f"c{n}"), need=name(f"c{m}")) for n, m in sorted(pairs)]


def ours(browser: Browser, records: list[Any], folder: Path) -> dict[str, Any]:
    """The explorer page: as it opens, then with everything shown."""
    began = time.perf_counter()
    html = explorer_page(drawing(records, title="Benchmark"))
    row: dict[str, Any] = {"page": "explorer", **about(records, html, began)}
    with opened(browser, html, folder) as page:
        row["first_s"] = first(page, 60)
        page.wait_for_selector("#app:not([hidden])")
        if page.locator("#view-map").is_visible():
            page.click("#view-map")
        while page.locator("#more").is_visible():
            page.evaluate("window.drawnAt = null; window.waitFor = performance.now()")
            page.evaluate("document.querySelector('#more').click()")
            row["all_s"] = first(page, 60)
        row["shown"] = len(page.evaluate("knockon.shown()"))
        row["frames"] = frames(page, "#map")
    return row


def theirs(browser: Browser, records: list[Any], folder: Path, patience: float) -> dict[str, Any]:
    """What pyvis makes with its defaults, everything inlined since there is no network."""
    from pyvis.network import Network

    network = Network(directed=True, cdn_resources="in_line")
    began = time.perf_counter()
    for record in records:
        if isinstance(record, Company):
            network.add_node(record.id, label=record.label)
    network.add_edges([(record.dependant, record.need) for record in records if isinstance(record, Dependency)])
    html = network.generate_html(notebook=False)
    row: dict[str, Any] = {"page": "pyvis", **about(records, html, began)}
    with opened(browser, html, folder) as page:
        row["first_s"] = row["all_s"] = first(page, patience)
        row["frames"] = None if row["first_s"] is None else frames(page, "#mynetwork")
    return row


def about(records: list[Any], html: str, began: float) -> dict[str, Any]:
    """Entities and links, seconds it took to write the page, and its size."""
    entities = sum(isinstance(record, Company) for record in records)
    seconds = time.perf_counter() - began
    return {"entities": entities, "links": len(records) - entities, "written_s": seconds, "bytes": len(html.encode())}


class opened:  # noqa: N801 - reads as a verb where it is used
    """A page from a file, in a window of its own, where nothing reaches the network."""

    def __init__(self, browser: Browser, html: str, folder: Path) -> None:
        self.context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce", bypass_csp=True)
        self.file = folder / "page.html"
        self.file.write_text(html, encoding="utf-8")

    def __enter__(self) -> Page:
        page = self.context.new_page()
        page.set_default_timeout(60_000)
        page.route("**/*", lambda route: route.continue_() if route.request.url.startswith("file:") else route.abort())
        page.add_init_script(WATCH)
        page.goto(self.file.as_uri(), wait_until="commit")
        return page

    def __exit__(self, *_: object) -> None:
        self.context.close()


def first(page: Page, patience: float) -> float | None:
    """Seconds until entities are drawn, or None where that takes too long."""
    try:
        page.wait_for_function("window.drawnAt > 0", timeout=patience * 1000, polling=50)
        return float(page.evaluate("window.drawnAt")) / 1000
    except TooLong:
        return None


def frames(page: Page, where: str, seconds: float = 4) -> dict[str, float]:
    """Frames a second while the map is dragged to and fro, and the longest wait for one, in milliseconds."""
    box = page.locator(where).bounding_box()
    if box is None:
        raise SystemExit(f"{where} is not on the page")
    page.wait_for_timeout(1000)
    x, y = empty_place(page, box)
    page.mouse.move(x, y)
    page.mouse.down()
    page.evaluate(COUNT)
    began, turn = time.perf_counter(), 0
    while time.perf_counter() - began < seconds:
        turn += 1
        there = turn % 80 if turn % 160 < 80 else 80 - turn % 80
        page.mouse.move(x + 4 * there, y + 2 * there)
    stamps = page.evaluate("(window.counting = false, window.frames_)")
    page.mouse.up()
    waits = [after - before for before, after in itertools.pairwise(stamps)]
    return {"a_second": 1000 * len(waits) / sum(waits), "longest_ms": max(waits)}


def empty_place(page: Page, box: Any) -> tuple[float, float]:
    """Where no entity lies under the mouse, so that dragging moves the map."""
    for step in range(40):
        x, y = 60 + 7 * step, 80 + 11 * step
        if not page.evaluate("([x, y]) => window.knockon?.at(x, y) ?? null", [x, y]):
            return box["x"] + x, box["y"] + y
    return box["x"] + 60, box["y"] + 80


def show(rows: list[dict[str, Any]], patience: float) -> int:
    """Print the table and hold the explorer against its targets."""
    print(f"{'page':10}{'entities':>9}{'links':>8}{'file':>9}{'first':>12}{'all':>12}{'frames/s':>10}{'longest':>9}")
    for row in rows:
        waited = (row["first_s"], row.get("all_s", row["first_s"]))
        seconds = [f"over {patience:.0f} s" if value is None else f"{value:.2f} s" for value in waited]
        moved = row["frames"]
        pace = (f"{moved['a_second']:.0f}", f"{moved['longest_ms']:.0f} ms") if moved else ("-", "-")
        graph = f"{row['page']:10}{row['entities']:9,}{row['links']:8,}{row['bytes'] / 1000:6.0f} KB"
        print(f"{graph}{seconds[0]:>12}{seconds[1]:>12}{pace[0]:>10}{pace[1]:>9}")
    print(f"\nload of the machine {os.getloadavg()[0]:.1f}")
    missed = [text for row in rows if row["page"] == "explorer" for text in misses(row)]
    print("targets (1 s at 1,000, 3 s at 5,000, 50 frames a second, 600 KB at 100):", "; ".join(missed) or "all met")
    return 1 if missed else 0


def misses(row: dict[str, Any]) -> list[str]:
    """What this row falls short of."""
    found = []
    limit = FIRST.get(row["entities"])
    for name in ("first_s", "all_s"):
        value = row.get(name)
        if limit is not None and (value is None or value > limit):
            found.append(f"{name} {value} over {limit} s at {row['entities']:,}")
    if row["frames"]["a_second"] < FRAMES:
        found.append(f"{row['frames']['a_second']:.0f} frames a second at {row['entities']:,}")
    if row["entities"] <= 100 and row["bytes"] > WEIGHT:
        found.append(f"{row['bytes']:,} bytes at {row['entities']}")
    return found


if __name__ == "__main__":
    sys.exit(main())
