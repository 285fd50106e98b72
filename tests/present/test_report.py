"""The report page as text: whole, in order, cited, safe against its data, the same every time."""

from __future__ import annotations

import base64
import hashlib
import html
import re
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser

import pytest

import knockon
from knockon.analysis.report import search_limits
from knockon.analysis.report.report import gather
from knockon.analysis.report.shock_report import ShockReport
from knockon.errors import NotFound
from knockon.model import Company, Dependency, Shock
from knockon.present.cascade_drawing import CascadeDrawing, EntityLoss, cascade_drawing
from knockon.present.report.cascade_svg import COLUMNS, ROWS, cascade_svg
from knockon.present.report.loss_chart import Loss, loss_chart
from knockon.present.report.page import page
from knockon.present.report.sentences import remainder, resting
from knockon.present.report.text_width import width
from support.report_sample import HOSTILE, LONG, RTL, graph_of, hostile_graph, iri, wide_graph

BUNDLED = ["data-reclassification", "entity-list-chips", "procurement-withdrawal"]
HEADINGS = [
    "The shock and its legal basis", "Summary", "The ten hit worst", "Why", "Choke points", "What would help",
    "Method and parameters", "Sources",
]  # fmt: skip


class Elements(HTMLParser):
    """Every start tag of a page with its attributes, and the tags that are open at its end."""

    VOID = frozenset({"meta", "br", "img", "link"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open:
            while self.open and self.open.pop() != tag:
                pass


def words_of(text: str) -> str:
    """What a reader sees of a page, in one line."""
    bare = re.sub(r"<style>.*?</style>|<[^>]*>", "", text, flags=re.DOTALL)
    return " ".join(html.unescape(bare).split())


@pytest.fixture(scope="module")
def pages(graph: knockon.Graph) -> dict[str, str]:
    return {shock: graph.report(shock) for shock in BUNDLED}


@pytest.fixture(scope="module")
def hostile() -> str:
    return hostile_graph().report("blow")


@pytest.mark.parametrize("shock", BUNDLED)
def test_the_sections_stand_in_order(pages, shock):
    """Title first, then each section once, as an analyst reads it."""
    assert pages[shock].startswith('<!doctype html>\n<html lang="en">')
    headings = re.findall(r"<h2[^>]*>([^<]*)</h2>", pages[shock])
    assert [re.sub("^Ten of the 21", "The ten", heading) for heading in headings] == HEADINGS
    assert pages[shock].count("<h1") == 1
    assert Elements(pages[shock]).open == []


def test_nothing_runs_and_nothing_loads(pages, hostile):
    """No script, no handler, no style attribute, no address to fetch; the policy names the one style sheet by its hash."""
    for text in (*pages.values(), hostile):
        policy = html.unescape(re.search(r'Content-Security-Policy" content="([^"]*)"', text)[1])
        (style,) = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:"
        assert not re.search(r"url\(|@import|expression", style)
        for tag, attributes in Elements(text).found:
            assert tag not in {"script", "img", "iframe", "object", "embed", "link", "form", "base", "foreignobject"}
            assert not any(name.startswith("on") or name in {"style", "src", "srcset", "action"} for name in attributes)
            assert all((attributes[name] or "").startswith("#") for name in attributes if name.endswith("href"))


def test_references_lead_somewhere(pages, hostile):
    """Ids are unique over both drawings and the page, and every reference finds its own."""
    for text in (*pages.values(), hostile):
        found = Elements(text).found
        ids = [attributes["id"] for _, attributes in found if "id" in attributes]
        assert len(set(ids)) == len(ids)
        named = [attributes["href"][1:] for _, attributes in found if "href" in attributes]
        named += [one for _, attributes in found for one in (attributes.get("aria-labelledby") or "").split()]
        assert set(named) <= set(ids)


@pytest.mark.parametrize("shock", BUNDLED)
def test_the_numbers_are_those_of_the_impact(graph, pages, shock):
    """The table has the ten greatest losses with their ranges, worst first; the chart has the same."""
    worst = sorted(graph.impact(shock), key=lambda one: (-one.loss, -one.loss_low, -one.loss_high, one.step, one.entity))[:10]
    table = re.search(r'aria-label="Table of the worst hit".*?</table>', pages[shock], re.DOTALL)[0]
    rows = re.findall(r'dir="auto">([^<]*)</span>.*?>(\d+%)</td>', table, re.DOTALL)
    assert [(html.unescape(label), loss) for label, loss in rows] == [(one.label, f"{one.loss:.0%}") for one in worst]
    chart = re.search(r'<svg class="chart".*?</svg>', pages[shock], re.DOTALL)[0]
    assert re.findall(r'start">(\d+%)', chart) == [f"{one.loss:.0%}" for one in worst]


def test_every_step_is_cited(pages):
    """Each link of a chain has a document with characters and stance, or says that it is inferred or has no source."""
    for text in pages.values():
        for step in re.findall(r"<li>.*?</li>", re.search(r'id="why".*?</section>', text, re.DOTALL)[0], re.DOTALL):
            assert re.search(r"\[\d+\]</a> characters \d+–\d+, \w+|No document states it|no source", step), step


def test_the_legal_basis_is_told(pages):
    """The measure, its jurisdiction, its dates (or that none is given), and where that is said; what is judged is marked."""
    words = words_of(pages["entity-list-chips"])
    assert "US Entity List restrictions judged: covers, measure kind" in words
    assert "Export control, in force; no date is given. Jurisdiction: United States." in words
    assert "[1] characters 4592–4683, asserts" in words
    assert "No measure is recorded as its legal basis." in words_of(pages["procurement-withdrawal"])


def test_equals_are_told_as_equals(graph, pages):
    """If others lose as much, none is called the worst alone, and the page says how the one it describes was chosen."""
    losses = sorted((one.loss for one in graph.impact("data-reclassification")), reverse=True)
    assert (losses.count(1.0), len(losses)) == (9, 29)
    words = words_of(pages["data-reclassification"])
    for said in (
        "Nine are hit worst alike; first of them, by the surer low end of the range and then the nearer, is Access to surv",
        "Of the revenues, three are hit worst alike; the one described below is Platform licence fees, which loses 100% (73–10",
        "worst loss, of nine alike",
        "Of the revenues, three are hit worst alike; this one was chosen by the surer low end of its range, then the graver "
        "high end, then as the nearer, then by name.",
        "For Platform licence fees, one of three hit worst alike (how it was chosen stands under choke points), which loses",
    ):  # fmt: skip
        assert said in words
    assert "hit less" not in words
    assert "one hit worst is" not in words
    asked = words_of(graph.report("data-reclassification", protect="platform-licence-fees"))
    assert "This page looks into Platform licence fees" in asked
    assert "hit worst alike; this one" not in asked


def test_the_only_one_hit_worst_is_called_so(graph, pages):
    """Without a tie the sentences are the plain ones; a tie beyond the table is still counted there."""
    words = words_of(pages["entity-list-chips"])
    assert "Hit worst is AI inference, which loses 75%" in words
    assert "Eight more lose as much as the last of these, 22 less." in words
    alone = words_of(wide_graph(count=0, deep=3).report("blow"))
    assert "four are hit worst alike" in alone.lower()
    told = gather(graph.impact("entity-list-chips"))
    assert told.focus.group == "revenues"
    single = words_of(page(replace(told, focus=replace(told.focus, equally_hit=1))))
    assert "Of the revenues, the one hit worst is Subscription revenue" in single
    assert "looked into because, of the revenues, it is hit worst." in single


@pytest.mark.parametrize(
    ("equal", "less", "model", "said"),
    [
        (0, 0, "leontief", ""),
        (1, 0, "leontief", "One more loses as much as the last of these."),
        (12, 0, "timeline", "12 more lose as much as the last of these."),
        (0, 1, "leontief", "One more loses less."),
        (0, 6, "leontief", "Six more lose less."),
        (1, 1, "leontief", "One more loses as much as the last of these, one less."),
        (11, 6, "leontief", "11 more lose as much as the last of these, six less."),
        (2, 1, "chance", "Two more fail as probably as the last of these, one less probably."),
        (17, 0, "reach", "17 more are reached."),
        (1, 0, "reach", "One more is reached."),
    ],
)
def test_those_that_are_not_shown(equal, less, model, said):
    """Counted as hit as hard as the last that is shown, or less; each number with its verb."""
    assert remainder(equal, less, model) == said


@pytest.mark.parametrize("shock", BUNDLED)
def test_the_counts_are_those_of_the_impact(graph, shock):
    """Equals, lesser, inferred and judged add up to what the run says."""
    report = graph.impact(shock)
    worst = sorted(report, key=lambda one: (-one.loss, -one.loss_low, -one.loss_high, one.step, one.entity))
    figures = gather(report).figures
    assert figures.equal == sum(one.loss == worst[9].loss for one in worst[10:])
    assert figures.equal + figures.less + 10 == len(worst)
    assert figures.worst == sum(one.loss == worst[0].loss for one in worst)
    assert figures.inferred == sum(bool(one.support.inferred) for one in worst[:10])
    assert figures.judged == sum(bool(one.support.judged) for one in worst[:10]) > 0


def test_what_the_worst_hit_rest_on_is_summed_up(pages):
    """Inferred and judged records both, in the summary; nothing where there is nothing to say."""
    assert (
        "Of the ten in the table, two rest on a link that is inferred and all on a value that the authors of the data judged."
        in words_of(pages["data-reclassification"])
    )
    some = {"shown": 4, "inferred": 2, "judged": 1, "unknown": 3}
    assert resting(**some) == (
        "Of the four in the table, two rest on a link that is inferred, one on a value that the authors of the data judged and "
        "three on a severity or criticality that no source gives."
    )
    assert resting(shown=4, inferred=0, judged=0, unknown=0) == ""


@pytest.fixture(scope="module")
def suppliers(tmp_path_factory) -> knockon.Graph:
    path = tmp_path_factory.mktemp("table") / "suppliers.csv"
    rows = [
        "dependant,need,provider,criticality", "Acme Phones,displays,Lumen Glass,high",
        "Acme Phones,batteries,Volt Cells,essential", "Volt Cells,lithium,Salar Mining,high",
        "City Couriers,phones,Acme Phones,medium",
    ]  # fmt: skip
    path.write_text("\n".join(rows) + "\n", "utf-8")
    return knockon.open(path)


def test_a_need_whose_supplier_is_hit(suppliers):
    """It loses nothing itself and is missing all the same: by how much, and from whom it comes; needs are counted as such."""
    words = words_of(suppliers.report(hit={"salar-mining": "High"}))
    assert "lithiumentity; loses nothing itself, but 75% of it is missing, as it comes from Salar Mining" in words
    assert "75% missing no source" in words
    # The need and its only supplier are one point, in one row.
    assert "Salar Miningentity; needs nothing itself" not in words
    assert "four of nine entities (companies and what they need) lose something" in words
    assert (
        "three needs are missing to those that rest on them, though they lose nothing themselves: lithium, batteries" in words
    )
    assert "Hit itself, and worst, is Salar Mining" in words
    assert "Of all that is hit beyond what the shock hits itself, two are hit worst alike" in words
    elsewhere = words_of(suppliers.report(hit={"lumen-glass": "High"}, protect="acme-phones"))
    assert "displaysentity; loses nothing itself, but 75% of it is missing, as it comes from Lumen Glass" in elsewhere
    assert "lithiumentity; comes from Salar Mining" in elsewhere


def test_a_need_that_is_hit_for_one_is_short(pages):
    """Where the shock hits the link, what is needed loses nothing and is missing."""
    words = words_of(pages["data-reclassification"])
    assert (
        "Surveillance-derived facial datadataset; loses nothing itself, but 100% of it is missing: the shock hits the" in words
    )


def test_what_a_stock_gains_is_explained(suppliers, pages):
    """Why 30 days may last 40: the sum, where it is one of those shown; what "for good" means, where it stands."""
    words = words_of(suppliers.report(hit={"salar-mining": "High"}))
    assert "how much later the loss first reaches 5%; “for good”: it never does. A stock is counted in days" in words
    assert "it lasts longer (30 days ÷ 75% missing = 40 days)." in words
    assert "÷" not in words_of(pages["data-reclassification"])


def test_where_nothing_helps_it_is_said(pages):
    """No single change helps against the withdrawal of procurement: why, and what pairs do."""
    words = words_of(pages["procurement-withdrawal"])
    assert "No single change saves any of the loss. Platform licence fees loses 75% in two equally bad ways" in words
    assert "four save some" in words


def test_sentences_stand_apart(graph, pages):
    """Templates eat line ends: no full stop runs into the next word, nothing is said twice, no gap is left."""
    others = [
        graph.report("scg-layoffs"),
        graph.report("commoditisation"),
        graph.report(hit={"nvidia": 0.3}),
        graph.report("entity-list-chips", protect="nvidia"),
        wide_graph().report("blow"),
    ]
    for text in (*pages.values(), *others):
        body = re.sub(r"<(svg|style|code)\b.*?</\1>", "", text, flags=re.DOTALL)
        for paragraph in re.findall(r"<(?:p|dd|li)\b[^>]*>.*?</(?:p|dd|li)>", body, re.DOTALL):
            said = re.sub(r"\b(doi|https):\S*", "", words_of(paragraph))
            assert not re.search(r"[a-z%)][.;:,][A-Za-z(]| [.,;](?!\d)|\.\.|,,", said), said


def test_method_and_sources(graph, pages):
    """Model, equations with their source, parameters, how it ended, hashes, data set, documents."""
    report = graph.impact("data-reclassification")
    words = words_of(pages["data-reclassification"])
    for said in (
        "Model leontief", "doi:10.1038/s41598-022-11522-z", "eps 1e-12", "after ten rounds; residual 0",
        report.network_hash, graph.store.revision, "SenseTime, from five documents", "SenseTime Group Inc. dependency card",
        "https://w3id.org/knockon/id/doc-dependency-card", "19% of all dependencies", f"Knock-on {knockon.__version__}",
    ):  # fmt: skip
        assert said in words


def test_hostile_text_stays_text(hostile):
    """Whatever a label says, it comes out as itself: no element more, no expression evaluated, no control sent."""
    plain_page = words_of(hostile)
    for text in HOSTILE[:6]:
        assert " ".join(text.split()) in plain_page
    assert "\\u202eright to left" in plain_page
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", hostile)
    assert Elements(hostile).open == []


def test_long_labels_are_cut_and_right_to_left_ones_run_so(hostile):
    """Ten thousand characters stand whole at most where the style clips them; drawings cut them, and know the direction."""
    for drawing in re.findall(r"<svg.*?</svg>", hostile, re.DOTALL):
        # As a reader sees it: a quotation mark is one character, not five.
        assert max(len(html.unescape(text)) for text in re.findall(r">([^<]*)</(?:text|tspan)>", drawing)) < 60
        assert 'direction="rtl"' in drawing
    assert hostile.count(LONG) == len(re.findall(rf'class="clip" dir="auto">{LONG}<', hostile)) > 0
    assert f"<bdi>{RTL}</bdi>" in hostile
    assert len(hostile) < 300_000


def test_the_same_question_gives_the_same_bytes(graph, pages):
    """Twice in one process, and once in another one with other hashes."""
    assert graph.report("entity-list-chips") == pages["entity-list-chips"]
    code = "import knockon, sys; sys.stdout.buffer.write(knockon.open().report('entity-list-chips').encode())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert done.stdout.decode() == pages["entity-list-chips"]


def test_a_shock_that_hits_nothing(graph):
    """In a world that does not hold it: a page that says so, without tables and drawings."""
    words = words_of(graph.report("data-reclassification", without="doc-dependency-card"))
    assert "none of the 37 entities of this network loses anything" in words
    assert "what a query of the shock looks for" in words
    assert "Left out: nothing is hit." in words


def test_an_empty_graph_but_a_shock():
    """The smallest world there is has a page, too."""
    lone = graph_of([Company(id=iri("a"), label="A"), Shock(id=iri("blow"), label="B", hit=[{"target": iri("a")}])])
    words = words_of(lone.report("blow"))
    assert "one of one entity loses something, none beyond what is hit itself" in words
    assert "It is hit itself, as hard as it loses." in words


def test_a_capped_run_says_so(graph):
    """Above everything else, and in what was gathered."""
    told = gather(graph.impact("data-reclassification", cap=2))
    assert told.truncated
    assert "Stopped by its cap." in words_of(page(told))
    assert "Stopped by its cap." not in words_of(graph.report("data-reclassification"))


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ("reach", "are reached, up to eight steps"),
        ("timeline", "loses up to 100%"),
        ("chance", "highest probability of failure"),
    ],
)
def test_other_models(graph, model, said):
    """Each speaks of its own numbers; choke points and remedies are left out, with the reason."""
    options = {"draws": 200} if model == "chance" else {}
    words = words_of(graph.report("data-reclassification", model=model, **options))
    assert said in words
    assert f"the model of this page is {model}" in words


def test_whom_it_looks_into(graph):
    """The worst-hit revenue unless somebody is named; who is named by nobody is not found, with the nearest names."""
    assert gather(graph.impact("entity-list-chips")).focus.id == "subscription-revenue"
    assert gather(graph.impact("entity-list-chips"), "sensefoundry").focus.id == "sensefoundry"
    with pytest.raises(NotFound, match="sensefoundry"):
        gather(graph.impact("entity-list-chips"), "sensefoundri")
    assert "loses nothing when this shock strikes" in words_of(graph.report("entity-list-chips", protect="nvidia"))


def test_what_would_take_too_long_is_left_out_and_said_to_be(graph, monkeypatch):
    """Beyond the sizes that are set for a page."""
    monkeypatch.setattr(search_limits, "MOST_UPSTREAM", 3)
    monkeypatch.setattr(search_limits, "MOST_CHANGED", 3)
    words = words_of(graph.report("entity-list-chips"))
    assert "Left out: it rests on 20 entities" in words
    assert "dependencies lie on the way to it, and to change each would take too long" in words


def _description(told: ShockReport) -> CascadeDrawing:
    """What is drawn of a report."""
    return cascade_drawing(
        EntityLoss(one.entity, one.label, one.loss, one.loss_low, one.loss_high, one.step, (one.source,) if one.source else ())
        for one in told.cascade
    )


def test_the_drawing_folds():
    """No column is fuller than it may be, no drawing wider; every entity is drawn or counted."""
    told = gather(wide_graph().impact("blow"))
    drawing = cascade_svg(_description(told), "A shock")
    assert len(drawing.headings) == COLUMNS
    places = [box.x for box in drawing.boxes]
    assert max(map(places.count, places)) == ROWS
    assert sum(len(box.entities) for box in drawing.boxes) == len(told.cascade)
    assert drawing.folded == sum(len(box.entities) for box in drawing.boxes if box.kind == "fold") > 30
    assert all(box.x + drawing.box_width <= drawing.width + 0.01 for box in drawing.boxes)
    assert all(box.y + drawing.box_height <= drawing.height for box in drawing.boxes)


@pytest.mark.parametrize("shock", BUNDLED)
def test_boxes_do_not_overlap(graph, shock):
    """Each stands for itself, and every line leads to the right."""
    drawing = cascade_svg(_description(gather(graph.impact(shock))), "A shock")
    for one in drawing.boxes:
        for other in drawing.boxes:
            if one is not other and one.x == other.x:
                assert abs(one.y - other.y) >= drawing.box_height
    assert [round(x, 1) for x, _ in drawing.headings] == sorted(
        {round(box.x + drawing.box_width / 2, 1) for box in drawing.boxes}
    )
    for line in drawing.lines:
        numbers = [float(number) for number in re.findall(r"[\d.]+", line.path)]
        assert numbers[0] < numbers[-2]


def test_alternatives_that_are_recorded_are_named():
    """A recorded alternative is offered by its label, not as hypothetical."""
    names = {"shop": "Shop", "one": "Maker One", "two": "Maker Two", "goods": "Goods"}
    records = [Company(id=iri(key), label=label) for key, label in names.items()]
    need = Dependency(
        id=iri("n"), dependant=iri("shop"), need=iri("goods"), criticality="High", supply=[{"provider": iri("one")}],
        alternative=[iri("two")],
    )  # fmt: skip
    blow = Shock(id=iri("blow"), label="Blow", hit=[{"target": iri("one"), "severity": "Essential"}])
    words = words_of(graph_of([*records, need, blow]).report("blow"))
    assert "Maker Two in place of Maker One" in words
    assert "recorded alternative" in words


def test_the_scale_of_the_chart():
    """A dot stands as far between the first and the last line of the grid as its loss lies between 0 and 1."""
    losses = [Loss("A", loss, loss / 2, 1.0) for loss in (0.0, 0.3, 1.0)]
    chart = loss_chart(losses, title="t", name="n")
    first, last = chart.ticks[0][0], chart.ticks[-1][0]
    assert [(row.x - first) / (last - first) for row in chart.rows] == pytest.approx([loss.loss for loss in losses], abs=1e-4)
    assert all(row.low <= row.x <= row.high == last for row in chart.rows)
    assert all(chart.top < row.y < chart.bottom < chart.height for row in chart.rows)
    heights = [row.y for row in chart.rows]
    assert heights == sorted(set(heights))


def test_the_labels_of_the_chart_have_room():
    """A label is cut before it leaves the drawing, and one that runs from right to left ends at the same place."""
    chart = loss_chart([Loss(LONG, 0.5, 0.4, 0.6), Loss(RTL, 0.5, 0.4, 0.6)], title="t", name="n")
    assert len(chart.rows[0].label) < 60
    assert width(chart.rows[0].label, 10.5) <= chart.label_x
    assert [row.right_to_left for row in chart.rows] == [False, True]


def test_an_empty_chart():
    """A chart without rows still has its grid."""
    chart = loss_chart([], title="t", name="n")
    assert chart.rows == ()
    assert [label for _, label in chart.ticks] == ["0%", "25%", "50%", "75%", "100%"]
