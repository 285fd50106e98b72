"""The pictures of the pages, in docs/images: ``python docs/pictures.py [NAME...]`` (needs Chromium and Pillow).

Every picture is the page itself, as the bundled data and the two shocks of the
demo make it, without any quotation; nothing is drawn over it. A state is taken
wide, at 1024 pixels and dark (``-dark``), on a phone (``-phone``), and both of these dark
(``-wide-dark``, ``-phone-dark``).
"""

from __future__ import annotations

import io
import os
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

IMAGES = Path(__file__).parent / "images"
CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
SHOCK, OTHER = "data-reclassification", "entity-list-chips"
#: NVIDIA fails, with a second source for chips of inference; what that saves is beside it.
WHAT_IF = "ask=hit,nvidia,1,second,inference-chips,0.3,&view=cascade&entity=ai-inference"
FORMS = {
    "": {"viewport": {"width": 1440, "height": 900}, "color_scheme": "light"},
    "-dark": {"viewport": {"width": 1024, "height": 768}, "color_scheme": "dark"},
    "-wide-dark": {"viewport": {"width": 1440, "height": 900}, "color_scheme": "dark"},
    "-phone": {"viewport": {"width": 390, "height": 844}, "color_scheme": "light"},
    "-phone-dark": {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"},
}


def main() -> int:
    """Make the pages, open them, and take the pictures, or those whose names are given."""
    from playwright.sync_api import sync_playwright

    import knockon

    os.environ.setdefault("SOURCE_DATE_EPOCH", "1767225600")  # the day of make demo
    graph = knockon.open()
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        pages = {
            "shock": graph.explore(SHOCK),
            "both": graph.explore(SHOCK, compare=OTHER),
            "open": graph.explore(),
            "report": graph.report(SHOCK),
        }
        for name, text in pages.items():
            Path(folder, f"{name}.html").write_text(text, "utf-8")
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        with serving() as server:
            for name, (page, fragment, act, forms) in PICTURES.items():
                address = f"{server}{page}" if page.startswith("/") else Path(folder, f"{page}.html").as_uri()
                for form in forms if not sys.argv[1:] or name in sys.argv[1:] else ():
                    take(browser, address + (f"#{fragment}" if fragment else ""), f"{name}{form}", act, **FORMS[form])
        browser.close()
    return 0


@contextmanager
def serving() -> Iterator[str]:
    """The address of a server with the bundled data, for the pages that a server makes."""
    from knockon.serve.run import create_server, listen
    from knockon.serve.settings import ServerSettings

    settings = ServerSettings(port=0, workers=2)
    with listen(settings) as listener:
        server = create_server(settings)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join(30)


def take(browser: Any, address: str, name: str, act: Callable[[Any], object], **options: Any) -> None:
    """One picture: a fresh page, what is done on it, and a moment for it to settle."""
    context = browser.new_context(reduced_motion="reduce", device_scale_factor=1, **options)
    page = context.new_page()
    page.goto(address)
    page.wait_for_timeout(700)
    act(page)
    page.mouse.move(5, 5)
    page.wait_for_timeout(500)
    save(page.screenshot(), IMAGES / f"{name}.png")
    context.close()


def save(picture: bytes, file: Path) -> None:
    """Write a picture with 256 colours, those of small signs among them: half of the bytes."""
    from PIL import Image

    image = Image.open(io.BytesIO(picture)).convert("RGB")
    image.quantize(256, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(file, optimize=True)


def nothing(page: Any) -> None:
    """The page as it opens."""


def no_table(page: Any) -> None:
    """Without the table."""
    if page.locator("#drawer").is_visible():
        page.click("#toggle-table")


def whole_map(page: Any) -> None:
    """All of the map."""
    no_table(page)
    page.click("#fit")


def selection(page: Any) -> None:
    """The map with a product selected."""
    whole_map(page)
    page.fill("#search", "SenseFoundry")
    page.keyboard.press("Enter")


def remedies(page: Any) -> None:
    """What would help the entity that is selected."""
    no_table(page)
    page.get_by_role("heading", name="What would help?").click()
    page.wait_for_timeout(2500)
    page.get_by_role("heading", name="What would help?").evaluate("e => e.scrollIntoView()")


def brief(page: Any) -> None:
    """The brief on what is asked."""
    no_table(page)
    page.locator("#open-brief").click()
    page.wait_for_timeout(2500)


def ask_in_editor(page: Any) -> None:
    """The SPARQL editor with the rows of its first query."""
    page.click(".yasqe_queryButton")
    page.wait_for_timeout(1500)


def half_way(page: Any) -> None:
    """The cascade at its fourth step."""
    no_table(page)
    page.fill("#step", "4")
    page.evaluate("document.activeElement.blur()")


WIDE, ALL = ("",), tuple(FORMS)
#: By name: the page, the state in its address, what is done then, and the forms it is taken in.
PICTURES: dict[str, tuple[str, str, Callable[[Any], object], tuple[str, ...]]] = {
    "shocks": ("open", "", nothing, ALL),
    "what-if": ("open", WHAT_IF, no_table, ALL),
    "company": ("open", "company=sensefoundry", nothing, ALL),
    "remedies": ("shock", "view=cascade&entity=sensefoundry", remedies, ALL),
    "brief": ("shock", "", brief, ALL),
    "compare": ("both", "", nothing, ALL),
    "map": ("shock", "view=map", whole_map, ALL),
    "home": ("/", "", nothing, ALL),
    "entity": ("/entity/sensefoundry", "", nothing, ALL),
    "editor": ("/editor", "", ask_in_editor, WIDE),
    "selection": ("shock", "view=map", selection, WIDE),
    "cascade": ("shock", "", half_way, WIDE),
    "report": ("report", "", nothing, ALL),
}

if __name__ == "__main__":
    sys.exit(main())
