"""The drawing of the map, and what can be saved of it."""

from __future__ import annotations

import base64
import random
import struct
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import pytest

from knockon.model import Company, Dependency
from knockon.present.page.explorer import page as explorer_page
from knockon.present.page.page_data import drawing
from support.browser_page import MARKS, click_entity, heading, open_page, search_for
from support.explorer_sample import sample_report
from support.hostile_records import HOSTILE
from support.impact_reports import impact_row
from support.short_form import some_of

pytestmark = MARKS
SVG = "{http://www.w3.org/2000/svg}"
#: All that a saved drawing may consist of.
PLAIN = {"svg", "g", "title", "rect", "line", "path", "circle", "polygon", "text"}
FAINT = """
[...new DOMParser().parseFromString(knockon.svg(), "image/svg+xml").querySelectorAll("#entities > g[opacity] > title")]
  .map((title) => title.textContent.replace(/ \\(.*/, ""))
"""
NO_CANVAS = "HTMLCanvasElement.prototype.getContext = () => null"


def show_all(page) -> None:
    while page.locator("#more").is_visible():
        page.click("#more")


def place(page, label: str) -> dict[str, float]:
    return page.evaluate("label => knockon.place(label)", label)


def under(page, label: str) -> str | None:
    """What the renderer says stands where an entity was drawn."""
    return page.evaluate(
        """label => {
          const box = document.querySelector("#map").getBoundingClientRect();
          const { x, y } = knockon.place(label);
          return knockon.at(x - box.left, y - box.top);
        }""",
        label,
    )


def size_of(png: bytes) -> tuple[int, int]:
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    return struct.unpack(">II", png[16:24])


def texts(root) -> set[str]:
    return {" ".join("".join(one.itertext()).split()) for one in root.iter(f"{SVG}title")}


def written(root) -> str:
    return " ".join(" ".join(text.text or "" for text in root.iter(f"{SVG}text")).split())


def test_click_and_double_click(chromium, pages):
    """A click selects, one beside everything clears, a double click expands."""
    with open_page(chromium, pages["map"]) as page:
        for label in page.evaluate("knockon.shown()"):
            assert under(page, label) == label
        click_entity(page, "Smart camera")
        assert heading(page) == "Smart camera"
        page.mouse.click(1000, 880)
        assert page.evaluate("knockon.selected()") is None
        everything = page.evaluate("knockon.shown()")
        search_for(page, "Acme Vision")
        page.keyboard.press("e")
        assert set(page.evaluate("knockon.shown()")) < set(everything)
        click_entity(page, "Acme Vision", click_count=2)
        assert page.evaluate("knockon.shown()") == everything


def test_dragging_moves_an_entity_or_the_map(chromium, pages):
    """An entity follows the mouse and stays there; where none lies under the mouse the whole map moves."""
    with open_page(chromium, pages["map"]) as page:
        start, other = place(page, "Smart camera"), place(page, "Acme Vision")
        page.mouse.move(start["x"], start["y"])
        page.mouse.down()
        page.mouse.move(start["x"] + 30, start["y"] + 20, steps=4)
        page.mouse.move(start["x"] + 60, start["y"] + 40, steps=4)
        page.mouse.up()
        end = place(page, "Smart camera")
        assert end["x"] - start["x"] == pytest.approx(60, abs=12)
        assert end["y"] - start["y"] == pytest.approx(40, abs=12)
        assert under(page, "Smart camera") == "Smart camera"
        assert place(page, "Acme Vision") == other
        page.mouse.move(1000, 880)
        page.mouse.down()
        page.mouse.move(1050, 850, steps=4)
        page.mouse.up()
        assert place(page, "Acme Vision")["x"] - other["x"] == pytest.approx(50, abs=12)
        assert place(page, "Smart camera")["x"] - end["x"] == pytest.approx(50, abs=12)


def test_wheel_zooms_around_the_mouse_and_fit_brings_all_back(chromium, pages):
    with open_page(chromium, pages["map"]) as page:
        scale = page.evaluate("knockon.view().scale")
        fixed = place(page, "Smart camera")
        page.mouse.move(fixed["x"], fixed["y"])
        for _ in range(6):
            page.mouse.wheel(0, -120)
        page.wait_for_function("scale => knockon.view().scale > 1.2 * scale", arg=scale)
        page.wait_for_timeout(250)
        assert place(page, "Smart camera")["x"] == pytest.approx(fixed["x"], abs=3)
        page.click("#zoom-in")
        page.click("#fit")
        box = page.locator("#map").bounding_box()
        for label in page.evaluate("knockon.shown()"):
            spot = place(page, label)
            assert box["x"] < spot["x"] < box["x"] + box["width"], label
            assert box["y"] < spot["y"] < box["y"] + box["height"], label


@pytest.mark.slow
def test_two_fingers_zoom(chromium, pages):
    """Fingers that part make the map larger, around the point between them."""
    with open_page(chromium, pages["map"], has_touch=True) as page:
        scale = page.evaluate("knockon.view().scale")
        box = page.locator("#map").bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        session = page.context.new_cdp_session(page)
        for kind, apart in (("touchStart", 60), ("touchMove", 90), ("touchMove", 120)):
            points = [{"x": x - apart, "y": y, "id": 1}, {"x": x + apart, "y": y, "id": 2}]
            session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        assert page.evaluate("knockon.view().scale") == pytest.approx(2 * scale, rel=0.05)


def saved(page, which: str) -> tuple[str, bytes]:
    page.click("#save")
    with page.expect_download() as download:
        page.click(f"#save-{which}")
    return download.value.suggested_filename, Path(download.value.path()).read_bytes()


@pytest.mark.parametrize(("name", "view"), some_of([("cascade", "cascade"), ("map", "map")], 2, several=True))
def test_saved_as_picture_and_as_vectors(chromium, pages, name, view):
    """Under the policy of the page: the vectors hold every label as text, the picture is twice their size."""
    with open_page(chromium, pages[name], bypass_csp=False, accept_downloads=True) as page:
        file, vectors = saved(page, "svg")
        assert file == f"Acme-{view}.svg"
        root = ET.fromstring(vectors)  # noqa: S314 - our own
        shown = page.evaluate("knockon.shown()") if view == "map" else page.locator(".card .label").all_inner_texts()
        said = written(root)
        for label in shown:
            assert label in said or any(one.startswith(label) for one in texts(root)), label
        assert {one.tag.removeprefix(SVG) for one in root.iter()} <= PLAIN
        file, picture = saved(page, "png")
        assert file == f"Acme-{view}.png"
        assert size_of(picture) == (2 * int(root.get("width")), 2 * int(root.get("height")))
        assert root.get("viewBox") == f"0 0 {root.get('width')} {root.get('height')}"
        file, table = saved(page, "csv")
        assert file.endswith(".csv")
        assert b"Entity" in table


@pytest.mark.slow
def test_short_labels_are_all_written(chromium, pages):
    """Not only those that fit on the screen: each label that fits three lines stands there in full."""
    with open_page(chromium, pages["map"]) as page:
        show_all(page)
        said = written(ET.fromstring(page.evaluate("knockon.svg()").encode()))  # noqa: S314
        for label in page.evaluate("knockon.shown()"):
            if len(label) <= 40 and max(map(len, label.split())) < 20:
                assert label in said, label


@pytest.mark.parametrize("name", some_of(["hostile", "hostile-run"], 2))
def test_hostile_labels_are_only_text(chromium, pages, name):
    """Whatever a label holds, the vectors are well-formed, and hold no element or handler of its making."""
    with open_page(chromium, pages[name]) as page:
        for _ in range(2):
            text = page.evaluate("knockon.svg()")
            root = ET.fromstring(text.encode())  # noqa: S314
            assert {one.tag.removeprefix(SVG) for one in root.iter()} <= PLAIN
            for one in root.iter():
                assert not [key for key in one.attrib if key.startswith("on") or "href" in key or key == "style"]
            if page.locator("#view-map").is_visible():
                page.click("#view-map")
            show_all(page)
        assert any(HOSTILE[0].split()[0] in said for said in [written(root), *texts(root)])
        assert page.evaluate("knockon.png(1)").startswith("data:image/png;base64,")


def test_save_menu_by_keyboard(chromium, pages):
    """It opens on its first entry, arrows go round, Escape closes it and nothing else."""
    with open_page(chromium, pages["map"]) as page:
        search_for(page, "Smart camera")
        page.focus("#save")
        page.keyboard.press("Enter")
        focused = "document.activeElement.id"
        assert page.evaluate(focused) == "save-png"
        page.keyboard.press("ArrowUp")
        assert page.evaluate(focused) == "save-csv"
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
        assert page.evaluate(focused) == "save-svg"
        page.keyboard.press("Escape")
        assert page.locator("#save-menu").is_hidden()
        assert page.evaluate(focused) == "save"
        assert page.evaluate("knockon.selected()") == "Smart camera"
        page.click("#save")
        page.mouse.click(1000, 880)
        assert page.locator("#save-menu").is_hidden()


@pytest.mark.slow
def test_selection_dims_the_rest_in_the_drawing(chromium, pages):
    """What is neither selected nor beside it is faint, as on the screen."""
    with open_page(chromium, pages["map"]) as page:
        assert page.evaluate(FAINT) == []
        search_for(page, "Face login")
        dimmed = set(page.evaluate(FAINT))
        assert dimmed
        assert "Face login" not in dimmed


@pytest.mark.slow
def test_lens_is_what_is_lit(chromium, pages):
    """What lies upstream and downstream is bright when asked for, and goes out again with Escape."""
    with open_page(chromium, pages["map"]) as page:
        show_all(page)
        search_for(page, "Face login")
        neighbours = set(page.evaluate(FAINT))
        page.keyboard.press("t")
        lens = page.evaluate("knockon.lens()")
        shown = page.evaluate("knockon.shown()")
        assert set(page.evaluate(FAINT)) == set(shown) - set(lens["nodes"]) != neighbours
        assert lens["name"] in written(ET.fromstring(page.evaluate("knockon.svg()").encode()))  # noqa: S314
        page.keyboard.press("Escape")
        assert set(page.evaluate(FAINT)) == neighbours


@pytest.fixture(scope="module")
def large(tmp_path_factory) -> str:
    """5,000 entities, about 10,000 links, and a cascade of 1,000."""
    chance = random.Random(1)  # noqa: S311 - nothing secret
    name = "urn:x:{}".format
    records: list = [Company(id=name(n), label=f"Company {n}") for n in range(5000)]
    pairs = {(n, int(n * chance.random() ** 2)) for n in range(1, 5000) for _ in range(2)}
    records += [Dependency(id=name(f"d{n}-{m}"), dependant=name(n), need=name(m)) for n, m in sorted(pairs)]
    # Everyone it reaches loses by one who lost a step before.
    impacts = tuple(
        impact_row(
            name(n), f"Company {n}", loss=1 - n / 2000, step=n.bit_length(), dependency=name(f"d{n}"),
            cause=name(n // 2) if n else None,
        )
        for n in range(1000)
    )  # fmt: skip
    report = replace(sample_report(), impacts=impacts)
    file = tmp_path_factory.mktemp("large") / "large.html"
    file.write_text(explorer_page(drawing(records, report, title="Large")), encoding="utf-8")
    return file.as_uri()


@pytest.mark.slow
def test_five_thousand_entities(chromium, large):
    """All are shown; steps, selection, search and zoom answer. Its short form is in test_sizes.py."""
    with open_page(chromium, large) as page:
        page.set_default_timeout(60_000)
        assert page.locator("#step-name").inner_text().endswith("of 10")
        page.fill("#step", "3")
        assert page.locator("#step-name").inner_text() == "Step 3 of 10"
        page.click("#view-map")
        page.click("#toggle-table")
        show_all(page)
        assert len(page.evaluate("knockon.shown()")) == 5000
        search_for(page, "Company 4321")
        assert heading(page) == "Company 4321"
        page.wait_for_timeout(300)
        assert under(page, "Company 4321") == "Company 4321"
        page.keyboard.press("ArrowLeft")
        page.click("#fit")
        page.keyboard.press("Escape")
        page.click("#reset")


@pytest.mark.parametrize("name", some_of(["cascade", "map"], 2))
def test_without_canvas_there_is_the_table(chromium, pages, name):
    """A browser that gives no canvas says so, and shows the same entities as a table that answers."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, bypass_csp=True)
    page = context.new_page()
    page.set_default_timeout(60_000)
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.add_init_script(NO_CANVAS)
    page.goto(pages[name])
    page.locator("#app").wait_for()
    if name == "cascade":
        page.click("#view-map")
    assert page.locator("#no-canvas").is_visible()
    assert page.locator("#drawer tbody tr").count() == len(page.evaluate("knockon.shown()"))
    page.locator("#drawer tbody .entity").first.click()
    assert heading(page) == page.evaluate("knockon.selected()")
    ET.fromstring(page.evaluate("knockon.svg()").encode())  # noqa: S314
    page.click("#save")
    page.click("#save-png")
    page.wait_for_function("document.querySelector('#live').textContent.startsWith('No picture could be made')")
    assert wrong == []
    context.close()


@pytest.mark.slow
def test_png_is_a_data_address(chromium, pages):
    """The hook for tests gives the picture itself, at the scale asked for."""
    with open_page(chromium, pages["map"]) as page:
        picture = base64.b64decode(page.evaluate("knockon.png(1)").split(",")[1])
        root = ET.fromstring(page.evaluate("knockon.svg()").encode())  # noqa: S314
        assert size_of(picture) == (int(root.get("width")), int(root.get("height")))
