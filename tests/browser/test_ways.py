"""Paths in the explorer: the right ones, in the right order, within their bounds, and lit on the map."""

from __future__ import annotations

import csv
import io
import random
from pathlib import Path

import networkx as nx
import pytest

from knockon.model import Company, Dependency
from knockon.present.page.explorer import page as explorer_page
from knockon.present.page.page_data import drawing
from support.browser_page import MARKS, heading, open_page, search_for
from support.explorer_sample import NEEDS, sample_records
from support.short_form import some_of

pytestmark = MARKS
LONG = "Ж" * 9_000 + " long " * 200
ARABIC = "شركة الرؤية"


def lines(page, selector: str) -> list[str]:
    return [one.strip() for one in page.locator(selector).all_inner_texts()]


def saved(folder, records) -> str:
    path = folder / "page.html"
    path.write_text(explorer_page(drawing(records, title="t")), encoding="utf-8")
    return path.as_uri()


def random_needs(count: int, links: int, seed: int) -> list[tuple[int, int]]:
    """Pairs of who needs and what is needed."""
    draw = random.Random(seed)  # noqa: S311
    pairs = {tuple(draw.sample(range(count), 2)) for _ in range(links)}
    return sorted(pairs)


def made(pairs, count: int, words=("High",)) -> list:
    records = [Company(id=f"urn:x:n{n}", label=f"N{n:02}") for n in range(count)]
    return records + [
        Dependency(id=f"urn:x:d{row}", dependant=f"urn:x:n{a}", need=f"urn:x:n{b}", criticality=words[row % len(words)])
        for row, (a, b) in enumerate(pairs)
    ]


def harm_graph(pairs) -> nx.DiGraph:
    """Arrows as harm travels."""
    return nx.DiGraph((f"N{need:02}", f"N{user:02}") for user, need in pairs)


def ask(page, start: str, end: str, **options) -> dict:
    return page.evaluate("([from, to, options]) => knockon.paths(from, to, options)", [start, end, options])


def find_paths(page, end: str, **fields) -> None:
    """Ask by keyboard, from what is selected."""
    page.keyboard.press("p")
    assert page.evaluate("document.activeElement.id") == "ways-end"
    page.keyboard.type(end)
    page.keyboard.press("Enter")
    for key, value in fields.items():
        if key == "direction":
            page.select_option("#ways-direction", value)
        else:
            page.fill(f"#ways-{key}", str(value))
    page.click("#ways-form .primary")


def test_paths_by_keyboard(chromium, pages):
    """From the selected entity with `p`: table, chain with relations and sources, lens, map, live line; Escape puts it out."""
    with open_page(chromium, pages["map"]) as page:
        search_for(page, "Street faces")
        find_paths(page, "City lic")
        assert heading(page) == "Street faces"
        rows = page.locator(".paths tbody tr")
        assert rows.count() == 2
        assert lines(page, ".paths tbody tr:first-child .chain .label") == [
            "Street faces", "Vision foundation model", "Smart camera", "City Eye platform", "Northport city contract",
            "City licences",
        ]  # fmt: skip
        assert lines(page, ".paths tbody tr:first-child .relation") == ["↑\nneeded by"] * 5
        lens = page.evaluate("knockon.lens()")
        assert {"Street faces", "Smart camera", "Face login", "City licences"} <= set(lens["nodes"])
        assert "2 paths" in lens["name"]
        assert "2 paths from Street faces to City licences lit" in page.locator("#live").inner_text()
        assert set(lens["nodes"]) <= set(page.evaluate("knockon.shown()"))
        assert page.locator("#lens").is_visible()
        page.get_by_role("button", name="Light path 1 alone").click()
        one = page.evaluate("knockon.lens()")
        assert set(one["nodes"]) < set(lens["nodes"])
        assert len(one["nodes"]) == 6
        assert page.evaluate("document.activeElement.dataset.way") == "0"
        assert "Can Acme keep its edge?" in rows.first.locator("details").inner_text()
        page.get_by_role("button", name="Light all 2").click()
        assert page.evaluate("knockon.lens().nodes.length") == len(lens["nodes"])
        page.keyboard.press("Escape")
        assert page.evaluate("knockon.lens()") is None
        assert page.locator("#lens").is_hidden()
        assert heading(page) == "Street faces"


@pytest.mark.slow
def test_filters_are_respected(chromium, pages):
    """What the legend switches off is no way; switching it on again brings the paths back into the open table."""
    with open_page(chromium, pages["map"]) as page:
        search_for(page, "Street faces")
        find_paths(page, "City lic")
        page.get_by_label("Service", exact=False).first.uncheck()
        assert page.locator(".paths tbody tr").count() == 1
        assert "Face login" not in page.evaluate("knockon.lens().nodes")
        page.get_by_label("depends on", exact=False).first.uncheck()
        assert page.locator(".paths tbody tr").count() == 0
        assert "There is none" in page.locator("#ways").inner_text()
        assert page.evaluate("knockon.lens()") is None
        page.get_by_label("depends on", exact=False).first.check()
        page.get_by_label("Service", exact=False).first.check()
        assert page.locator(".paths tbody tr").count() == 2
        page.get_by_label("Dataset", exact=False).first.uncheck()
        assert "left out by the filter" in page.locator("#ways").inner_text()


@pytest.mark.slow
def test_direction_and_swap(chromium, pages):
    """Harm goes one way, which the page finds and says, whichever end was named first; another in any direction."""
    with open_page(chromium, pages["map"], accept_downloads=True) as page:
        search_for(page, "City licences")
        find_paths(page, "Street faces")
        assert page.locator("#ways h3").inner_text() == "2 paths"
        said = "Harm travels from Street faces to City licences. None goes the other way."
        assert page.locator("#harm-way").inner_text() == said
        with page.expect_download() as saved:
            page.click("#paths-csv")
        rows = list(csv.reader(io.StringIO(Path(saved.value.path()).read_text("utf-8-sig"))))
        assert rows[1][:5] == ["1", "1", "Street faces", "needed by", "Vision foundation model"]
        page.get_by_role("button", name="Swap ends").click()
        assert page.locator("#ways h3").inner_text() == "0 paths"
        assert page.locator("#harm-way").inner_text() == "2 the other way."
        page.get_by_role("button", name="Swap ends").click()
        page.get_by_role("button", name="Change").click()
        page.select_option("#ways-direction", "any")
        page.fill("#ways-k", "3")
        page.click("#ways-form .primary")
        assert page.locator("#ways h3").inner_text() == "3 paths"
        assert "The best 3; there are more." in page.locator("#ways").inner_text()


@pytest.mark.slow
def test_form_minds_its_bounds(chromium, pages):
    """Numbers out of bounds are brought back, a missing end is asked for, Escape closes the form and nothing else."""
    with open_page(chromium, pages["map"]) as page:
        search_for(page, "Street faces")
        page.keyboard.press("p")
        page.click("#ways-form .primary")
        assert "Choose the other end" in page.locator("#ways-form [role=alert]").inner_text()
        assert page.evaluate("document.activeElement.id") == "ways-end"
        for key, given, kept in (("hops", "99", "10"), ("hops", "0", "1"), ("k", "500", "50"), ("k", "-3", "1")):
            page.fill(f"#ways-{key}", given)
            page.locator(f"#ways-{key}").blur()
            assert page.input_value(f"#ways-{key}") == kept
        page.locator("#ways-k").press("e")
        page.click("#ways-swap")
        assert page.locator("#ways-end").get_attribute("aria-label") == "From"
        page.locator("#ways-end").press("Escape")
        assert page.locator("#ways-form").count() == 0
        assert page.evaluate("knockon.selected()") == "Street faces"
        assert page.evaluate("document.activeElement.id") == "paths"


@pytest.mark.slow
def test_step_limit_is_said(chromium, tmp_path):
    """Hundreds of thousands of ways to a provider that serves another: the search gives up, and the table says so."""
    width = 25
    pairs = [(layer * width + a, (layer - 1) * width + b) for layer in (1, 2, 3) for a in range(width) for b in range(width)]
    start, provider, need, other, end = range(4 * width, 4 * width + 5)
    pairs += [(a, start) for a in range(width)] + [(provider, 3 * width + a) for a in range(width)] + [(end, need)]
    records = made(pairs, 4 * width + 5)
    supply = [{"provider": f"urn:x:n{provider}"}]
    records += [Dependency(id="urn:x:supplied", dependant=f"urn:x:n{other}", need=f"urn:x:n{need}", supply=supply)]
    with open_page(chromium, saved(tmp_path, records)) as page:
        search_for(page, f"N{start}")
        find_paths(page, f"N{end}", hops=8)
        assert "The search stopped after 200,000 steps: not all paths were looked at." in page.locator("#ways").inner_text()
        assert page.locator(".paths").count() == 0
        assert page.evaluate("knockon.lens()") is None
        assert len(ask(page, f"N{start}", f"N{other}", hops=8)["paths"]) == 5


@pytest.mark.slow
def test_through_and_back(chromium, pages):
    """`t` lights everything upstream and downstream among what is shown, `t` or the cross puts it out again."""
    graph = nx.DiGraph()
    labels = {record.id.rsplit("/", 1)[1]: record.label for record in sample_records() if getattr(record, "label", None)}
    for line in NEEDS.strip().splitlines():
        user, need, _, *providers = line.split()
        graph.add_edge(labels[need], labels[user])
        graph.add_edges_from((labels[by], labels[need]) for by in providers)
    with open_page(chromium, pages["map"]) as page:
        search_for(page, "Smart camera")
        page.keyboard.press("t")
        shown = set(page.evaluate("knockon.shown()"))
        among = graph.subgraph(shown)
        wanted = nx.ancestors(among, "Smart camera") | nx.descendants(among, "Smart camera") | {"Smart camera"}
        assert set(page.evaluate("knockon.lens().nodes")) == wanted
        assert f"{len(wanted) - 1} entities of the map on ways through Smart camera lit" in page.locator("#live").inner_text()
        assert page.locator("#through").get_attribute("aria-pressed") == "true"
        page.keyboard.press("t")
        assert page.evaluate("knockon.lens()") is None
        page.click("#through")
        page.get_by_role("button", name="Light everything again").click()
        assert page.evaluate("knockon.lens()") is None
        page.click("#through")
        search_for(page, "Face login")
        assert page.evaluate("knockon.lens()") is None
        page.click("#back")
        assert page.evaluate("knockon.lens().name") == f"{len(wanted) - 1} entities of the map on ways through Smart camera"


@pytest.mark.slow
def test_paths_to_here(chromium, pages):
    """From what the shock hits, or from all, grouped by hops; picking one shows its paths."""
    with open_page(chromium, pages["cascade"]) as page:
        page.locator(".card", has_text="City licences").click()
        page.keyboard.press("p")
        page.click("#ways-here")
        assert page.evaluate("document.body.dataset.view") == "map"
        assert [line.split("links")[0].strip() for line in lines(page, "#ways .here h4")] == ["5"]
        assert page.locator("#ways .here .entity").count() == 1
        page.get_by_label("Only from what the shock hits").uncheck()
        counts = page.locator("#ways .here .entity").count()
        assert counts > 5
        page.locator("#ways .here .entity", has_text="Smart camera").click()
        assert page.evaluate("knockon.lens().name").endswith("from Smart camera to City licences")
        page.click("#back")
        assert page.locator("#ways .here .entity").count() == counts


@pytest.mark.slow
@pytest.mark.parametrize("width", some_of([390, 1440], 2))
def test_long_and_right_to_left_labels(chromium, tmp_path, width):
    """Labels of 10,000 characters and in Arabic leave the page as wide as it was, and read their own way."""
    names = [LONG, ARABIC, "plain", LONG + "2"]
    records = [Company(id=f"urn:x:n{n}", label=name) for n, name in enumerate(names)]
    records += [Dependency(id=f"urn:x:d{n}", dependant=f"urn:x:n{n + 1}", need=f"urn:x:n{n}") for n in range(3)]
    with open_page(chromium, saved(tmp_path, records), viewport={"width": width, "height": 844}) as page:
        search_for(page, "ЖЖЖ")
        page.keyboard.press("p")
        page.keyboard.type("n3")
        page.keyboard.press("Enter")
        page.click("#ways-form .primary")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        panel = page.locator("#panel")
        assert panel.evaluate("e => e.scrollWidth <= e.clientWidth")
        assert page.locator("#ways .chain .entity").count() == 4
        boxes = [one.bounding_box() for one in page.locator("#ways .chain .entity").all()]
        assert all(box["height"] < 80 for box in boxes)
        assert page.locator('#ways .chain [dir="auto"]').count() == 4
        assert page.locator("#lens").is_visible()
        assert page.locator("#lens").bounding_box()["width"] <= 650
