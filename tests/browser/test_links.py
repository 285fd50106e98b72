"""The address of the explorer holds its state: whoever opens it sees the same, and no address breaks the page."""

from __future__ import annotations

from urllib.parse import unquote

import pytest

from knockon.present.page.explorer import page as explorer_page
from knockon.present.page.page_data import drawing
from support.browser_page import MARKS, click_entity, heading, open_page, search_for
from support.explorer_sample import sample_records
from support.short_form import some_of

pytestmark = MARKS

#: What a reader sees, as far as an address should bring it back.
SEEN = """() => ({
  shown: knockon.shown(), selected: knockon.selected(), lens: knockon.lens(), link: knockon.link(),
  view: document.body.dataset.view,
  table: document.querySelector('#drawer').hidden, legend: document.querySelector('#legend').hidden,
  cascade: document.querySelector('#cascade').hidden ? null : [
    document.querySelector('#step').value, document.querySelector('#small')?.checked,
    ...[...document.querySelectorAll('.card')].map((card) => card.innerText + card.getAttribute('aria-pressed')),
  ],
  ticks: [...document.querySelectorAll('#legend input')].map((box) => box.checked),
  csv: knockon.csv(), panel: document.querySelector('#panel').innerText,
  notice: document.querySelector('#notice').hidden ? '' : document.querySelector('#notice-text').textContent,
})"""


def link(page) -> str:
    return page.evaluate("knockon.link()")


def settled(page) -> str:
    """The address, once it has caught up with the page."""
    page.wait_for_function("decodeURIComponent(location.hash.slice(1)) === decodeURIComponent(knockon.link())")
    return page.url


def same_again(chromium, page, address: str, **options) -> None:
    """Law: state, address, fresh page, same state."""
    before = page.evaluate(SEEN)
    assert settled(page).split("#")[0] == address
    with open_page(chromium, page.url, **options) as fresh:
        after = fresh.evaluate(SEEN)
        assert after == before
        assert after["notice"] == ""


@pytest.mark.slow
def test_first_view_has_no_fragment(chromium, pages):
    for name in ("map", "cascade"):
        with open_page(chromium, pages[name]) as page:
            page.wait_for_timeout(300)
            assert link(page) == ""
            assert "#" not in page.url


@pytest.mark.slow
def test_map_with_selection_and_neighbours(chromium, pages):
    with open_page(chromium, pages["map"]) as page:
        click_entity(page, "Smart camera")
        assert link(page) == "entity=camera"
        search_for(page, "Login fees")
        page.keyboard.press("Escape")
        search_for(page, "Acme Vision")
        page.keyboard.press("e")
        assert "entity=acme-vision" in link(page)
        assert "show=" in link(page)
        same_again(chromium, page, pages["map"])
        search_for(page, "Smart camera")
        page.keyboard.press("l")
        assert heading(page).startswith("Line: ")
        assert "line=" in link(page)
        assert "entity=" not in link(page)
        same_again(chromium, page, pages["map"])
        page.keyboard.press("Escape")
        assert heading(page) == "Smart camera"
        page.click("#alone")
        page.select_option("#arrange", "tier")
        assert "arrange=tier,camera" in link(page)
        assert "1 link · " in page.evaluate("knockon.svg()")
        same_again(chromium, page, pages["map"])


@pytest.mark.slow
def test_filters_and_parts(chromium, pages):
    with open_page(chromium, pages["map"]) as page:
        page.get_by_label("Company", exact=False).first.uncheck()
        page.get_by_label("part of", exact=False).first.uncheck()
        page.click("#toggle-table")
        page.locator("#drawer thead button").nth(0).click()
        page.locator("#drawer thead button").nth(0).click()
        same_again(chromium, page, pages["map"])
        for part in ("without=Company", "cut=jurisdiction,partOf", "table=1", "map-sort=0-down"):
            assert part in link(page)
        page.click("#toggle-legend")
        same_again(chromium, page, pages["map"])
        assert "filter=0" in link(page)
        page.click("#toggle-legend")
        page.get_by_role("button", name="Show all relations").click()
        assert "cut=-" in link(page)
        same_again(chromium, page, pages["map"])


@pytest.mark.slow
def test_cascade_with_step_and_row(chromium, pages):
    with open_page(chromium, pages["cascade"]) as page:
        page.click("#previous")
        page.locator(".card", has_text="Northport city contract").click()
        page.click("#toggle-table")
        assert "step=5" in link(page)
        assert "entity=city-contract" in link(page)
        same_again(chromium, page, pages["cascade"])
        page.click("#view-map")
        assert "view=map" in link(page)
        same_again(chromium, page, pages["cascade"])


@pytest.mark.slow
@pytest.mark.parametrize("chosen", [None, 1])
def test_paths(chromium, pages, chosen):
    with open_page(chromium, pages["map"]) as page:
        search_for(page, "Chipworks")
        page.keyboard.press("p")
        page.keyboard.type("City lic")
        page.keyboard.press("Enter")
        page.fill("#ways-hops", "8")
        page.click("#ways-form .primary")
        if chosen is not None:
            page.get_by_role("button", name=f"Light path {chosen + 1} alone").click()
        assert f"paths=chipworks,city-revenue,harm,8,5,{0 if chosen is None else chosen + 1}" in link(page)
        same_again(chromium, page, pages["map"])


@pytest.mark.slow
def test_paths_to_here_and_through(chromium, pages):
    with open_page(chromium, pages["cascade"]) as page:
        page.locator(".card", has_text="City licences").click()
        page.keyboard.press("p")
        page.click("#ways-here")
        assert "here=city-revenue,6,hits" in link(page)
        same_again(chromium, page, pages["cascade"])
        page.keyboard.press("Escape")
        page.keyboard.press("t")
        assert "lens=through" in link(page)
        same_again(chromium, page, pages["cascade"])


@pytest.mark.parametrize(
    ("name", "width"), some_of([("hostile-run", 1440), ("map", 390), ("cascade", 390), ("hostile", 1440)], 4, several=True)
)
def test_everything_round_trips_anywhere(chromium, pages, name, width):
    """On a narrow page and with hostile names as well."""
    options = {"viewport": {"width": width, "height": 844}}
    with open_page(chromium, pages[name], **options) as page:
        if name.endswith("run") or name == "cascade":
            page.click("#view-map")
        if page.locator("#more").is_visible():
            page.click("#more")
        if page.locator("#drawer").is_hidden():
            page.locator("#toggle-table").click()
        page.locator("#drawer tbody .entity").nth(3).click()
        page.wait_for_timeout(300)
        same_again(chromium, page, pages[name], **options)


def test_a_pasted_link_is_followed(chromium, pages):
    """A fragment put into the same page restores it; Back leads to what was there."""
    with open_page(chromium, pages["map"]) as page:
        search_for(page, "Smart camera")
        settled(page)
        page.evaluate("location.hash = '#entity=nimbus&table=1'")
        page.wait_for_function("knockon.selected() === 'Nimbus Cloud'")
        assert heading(page) == "Nimbus Cloud"
        assert page.locator("#drawer").is_visible()
        page.click("#back")
        assert heading(page) == "Smart camera"
        page.evaluate("location.hash = ''")
        page.wait_for_function("knockon.selected() === null")


@pytest.mark.slow
def test_the_browsers_back_goes_back_in_the_page(chromium, pages):
    """Each step has an entry: Back and Forward of the browser walk them, and lead out of the page in the end."""
    with open_page(chromium, pages["empty"]) as page:
        page.goto(pages["map"])
        for label in ("Smart camera", "Face login"):
            search_for(page, label)
            settled(page)
        page.click("#alone")
        settled(page)
        page.go_back()
        page.wait_for_function("!document.querySelector('#alone').matches('[aria-pressed=true]')")
        assert heading(page) == "Face login"
        page.go_back()
        page.wait_for_function("knockon.selected() === 'Smart camera'")
        page.go_forward()
        page.wait_for_function("knockon.selected() === 'Face login'")
        page.click("#back")
        page.wait_for_function("knockon.selected() === 'Smart camera'")
        for _ in range(5):
            page.go_back()
            page.wait_for_timeout(100)
            if page.url == pages["empty"]:
                break
        assert page.url == pages["empty"]


@pytest.mark.slow
def test_short_links_can_be_written_by_hand(chromium, pages):
    with open_page(chromium, pages["map"] + "#paths=street-faces,city-revenue") as page:
        assert page.locator(".paths tbody tr").count() == 2
        assert page.evaluate("knockon.lens().name").startswith("2 paths")
    with open_page(chromium, pages["map"] + "#entity=https://w3id.org/knockon/id/nimbus") as page:
        assert heading(page) == "Nimbus Cloud"
    with open_page(chromium, pages["cascade"] + "#step=2") as page:
        assert page.locator("#step-name").inner_text() == "Step 2 of 6"


@pytest.mark.slow
def test_link_for_other_data(chromium, pages, tmp_path):
    """Rows of other data are refused with a notice; what goes by name is still found."""
    with open_page(chromium, pages["map"]) as page:
        search_for(page, "Acme Vision")
        page.keyboard.press("e")
        search_for(page, "Smart camera")
        fragment = settled(page).split("#")[1]
        assert "data=" in fragment
    fewer = [record for record in sample_records() if not record.id.endswith("/lens") and "lens" not in record.id]
    (tmp_path / "other.html").write_text(explorer_page(drawing(fewer, title="t")), encoding="utf-8")
    with open_page(chromium, (tmp_path / "other.html").as_uri() + "#" + fragment) as page:
        assert "made for other data" in page.locator("#notice-text").inner_text()
        assert heading(page) == "Smart camera"
        shown = page.evaluate("knockon.shown()")
        page.click("#notice-close")
        assert page.locator("#notice").is_hidden()
        page.click("#reset")
        assert set(page.evaluate("knockon.shown()")) | {"Smart camera"} == set(shown)
    with open_page(chromium, pages["map"] + "#entity=gone") as page:
        assert "not in this data" in page.locator("#notice-text").inner_text()
        assert page.evaluate("knockon.selected()") is None


HOSTILE = [
    "%", "%zz", "%E0%A4%A", "entity=%", "entity=%zz", "__proto__=1", "constructor=x&toString=y", "hasOwnProperty=1", "=", "===",
    "&&&",
    "entity=__proto__", "view=__proto__", "view=constructor", "view=", "step=99999999999", "step=-1", "step=NaN", "step=1e3",
    "row=5000000", "row=-7", "show=0-99999999", "show=9999999", "show=5-2", "show=~~~", "show=~" + "_" * 5000,
    "show=" + "1," * 3000,
    "paths=,,,,,", "paths=a", "paths=street-faces,city-revenue,sideways", "paths=street-faces,city-revenue,harm,99",
    "paths=street-faces,city-revenue,harm,6,5000", "paths=street-faces,city-revenue,harm,6,5,60",
    "paths=street-faces,street-faces",
    "paths=%25,%25", "here=", "here=street-faces,0", "here=street-faces,6,hats", "lens=through", "lens=<b>", "table=yes",
    "map-sort=9-up", "map-sort=__proto__-up", "cascade-sort=7-down", "without=<script>alert(1)</script>", "cut=__proto__",
    "entity=<img src=x onerror=alert(1)>", "entity=javascript:alert(1)", "small=2", "filter=-", "data=<b>", "entity=a&entity=b",
    "x" * 300_000, "&".join("a=1" for _ in range(5000)), "\u202e\u0000\ud7ff", "entity=" + "%F0%9F%92%A9" * 2000,
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "fragments"),
    [("cascade", HOSTILE[::3]), *(pytest.param(name, HOSTILE, marks=pytest.mark.slow) for name in ("map", "cascade"))],
    ids=["cascade-some", "map", "cascade"],
)
def test_hostile_fragments(chromium, pages, name, fragments):
    """Garbage, huge, broken and out of range: never an error, never more than a notice, and the page still works."""
    with open_page(chromium, pages[name]) as page:
        before = page.evaluate("knockon.shown()")
        for fragment in fragments:
            page.evaluate("hash => { location.hash = '#start'; location.hash = hash; }", fragment)
            page.wait_for_timeout(20)
            notice = page.locator("#notice-text").inner_text() if page.locator("#notice").is_visible() else ""
            assert "<" not in notice
            assert len(notice) < 400
            assert page.evaluate("[0, 1].every((n) => !({})[n]) && ({}).polluted === undefined")
            assert page.evaluate("knockon.link()") is not None
        page.evaluate("location.hash = ''")
        page.wait_for_timeout(100)
        assert page.evaluate("knockon.shown()") == before
        search_for(page, "Nimbus")
        assert heading(page) == "Nimbus Cloud"


@pytest.fixture(scope="module")
def plain(chromium, pages):
    """What the page shows without a fragment."""
    with open_page(chromium, pages["cascade"]) as page:
        return page.evaluate("knockon.shown()")


@pytest.mark.parametrize(
    "fragment", some_of(["%E0%A4%A", "__proto__=1", "show=0-99999999", "paths=%25,%25", "step=-1&row=-7&lens=<b>"], 5)
)
def test_hostile_fragments_at_the_start(chromium, pages, plain, fragment):
    """The page comes up as it would without, and says that it left something out."""
    with open_page(chromium, f"{pages['cascade']}#{fragment}") as page:
        assert page.evaluate("knockon.shown()") == plain
        assert "made" not in page.locator("#notice-text").inner_text()
        assert page.locator("#notice").is_visible()


def test_copy_link(chromium, pages):
    with open_page(chromium, pages["map"], permissions=["clipboard-read", "clipboard-write"]) as page:
        search_for(page, "Smart camera")
        page.click("#copy-link")
        page.wait_for_function("document.querySelector('#live').textContent === 'Link copied'")
        assert page.evaluate("navigator.clipboard.readText()") == f"{pages['map']}#entity=camera"


@pytest.mark.slow
def test_parts_open_when_a_page_gets_room(chromium, pages):
    """A frame that gets its size late has the parts of a wide page, and a short link; what somebody closed stays closed."""
    with open_page(chromium, pages["map"], viewport={"width": 400, "height": 900}) as page:
        assert page.locator("#legend").is_hidden()
        page.set_viewport_size({"width": 1440, "height": 900})
        page.locator("#legend").wait_for()
        assert page.locator("#drawer").is_hidden()
        assert link(page) == ""
        page.click("#toggle-legend")
        page.set_viewport_size({"width": 400, "height": 900})
        page.set_viewport_size({"width": 1440, "height": 900})
        page.wait_for_timeout(100)
        assert page.locator("#legend").is_hidden()
        assert link(page) == "filter=0"


@pytest.mark.slow
def test_in_a_sandboxed_frame(chromium, pages, tmp_path):
    """As in a notebook: no address to change, no error, and no button for a link that would lead nowhere."""
    outer = tmp_path / "outer.html"
    outer.write_text('<!doctype html><title>t</title><div id="app">outside</div>', encoding="utf-8")
    text = tmp_path / "page.html"
    text.write_text(explorer_page(drawing(sample_records(), title="t")), encoding="utf-8")
    with open_page(chromium, outer.as_uri(), bypass_csp=False) as page:
        page.evaluate(
            """html => { const frame = document.createElement('iframe'); frame.sandbox = 'allow-scripts'; frame.width = 1200;
            frame.height = 700; frame.srcdoc = html; document.body.append(frame); }""",
            text.read_text("utf-8"),
        )
        frame = page.frame_locator("iframe")
        frame.locator("#map").wait_for()
        frame.locator("#search").fill("Smart camera")
        frame.locator("#search").press("Enter")
        page.wait_for_timeout(400)
        inner = page.frames[1]
        assert inner.evaluate("knockon.link()") == "entity=camera"
        assert unquote(inner.evaluate("location.hash")) in ("", "#entity=camera")
        assert inner.evaluate("knockon.selected()") == "Smart camera"
        assert frame.locator("#copy-link").is_hidden()
