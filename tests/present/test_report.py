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
from knockon.model import CLASSES, Company, Dependency, Shock
from knockon.present.cascade_drawing import CascadeDrawing, EntityLoss, cascade_drawing
from knockon.present.report.cascade_svg import COLUMNS, ROWS, cascade_svg
from knockon.present.report.page import page
from support.report_sample import HOSTILE, LONG, RTL, graph_of, hostile_graph, iri, wide_graph

BUNDLED = ["data-reclassification", "entity-list-chips", "procurement-withdrawal"]
HEADINGS = [
    "Finding", "How it spreads", "Who is hit", "Why", "Choke points", "What was tried", "The shock and its legal basis",
    "Method", "Sources",
]  # fmt: skip
BRIEF = ["What we know", "What we do not know", "What would help", "What to watch"]


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
    """Title first, then the brief, then each section once, as an analyst reads it."""
    assert pages[shock].startswith('<!doctype html>\n<html lang="en">')
    headings = re.findall(r"<h2[^>]*>([^<]*)</h2>", pages[shock])
    assert headings == HEADINGS
    assert re.findall(r"<h3>([^<]*)</h3>", pages[shock])[:4] == BRIEF
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
def test_everybody_hit_is_in_one_row_with_those_alike(graph, shock):
    """A row holds one class and one loss; every entity that loses something is in exactly one; rows fall in loss."""
    report = graph.impact(shock)
    groups = gather(report).groups
    assert sorted(iri for group in groups for iri in group.entities) == sorted(one.entity for one in report)
    losses = {one.entity: one for one in report}
    for group in groups:
        assert {losses[iri].cls for iri in group.entities} == {group.cls}
        assert {round(losses[iri].loss, 9) for iri in group.entities} == {round(group.loss, 9)}
        assert group.loss_low == min(losses[iri].loss_low for iri in group.entities)
        assert group.loss_high == max(losses[iri].loss_high for iri in group.entities)
    assert [group.loss for group in groups] == sorted((group.loss for group in groups), reverse=True)
    keys = [(group.cls, round(group.loss, 9), group.is_hit) for group in groups]
    assert len(set(keys)) == len(keys)


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


def brief_of(text: str) -> str:
    """What a reader sees of the first page."""
    return words_of(re.search(r'<section class="brief".*?</section>', text, re.DOTALL)[0])


def test_the_finding_names_money_and_customers_first(pages):
    """Two sentences: who of the money and of the customers loses most, all of them alike, then what that rests on."""
    assert brief_of(pages["data-reclassification"]).startswith(
        "Finding If this happens, Platform licence fees, Recurring licensing revenue and Revenue of the smart city division "
        "lose 100% (66–100%), and four other revenues and contracts less; SenseTime loses 100% (73–100%), and four other "
        "companies and groups less; in all, 29 of 81 entities lose something. It rests on two documents, one undated [1] [2], "
        "on seven severities and criticalities that the authors of the data judged and one link that no document states."
    )
    for text in pages.values():
        assert "surer low end" not in text
        assert "by name" not in text


def test_likelihood_is_the_status_where_no_source_states_one(graph, pages):
    """Never a number of ours; a confidence that a source states is cited."""
    assert "LikelihoodNo source states one. Status: in force. Impact" in brief_of(pages["entity-list-chips"])
    hypothetical = brief_of(pages["data-reclassification"])
    assert "Status: hypothetical, not reported to have happened. No source asserts that it happens: it is" in hypothetical
    assert "LikelihoodNot stated: the shock was made for this report." in brief_of(graph.report(hit={"nvidia": 0.3}))
    told = gather(graph.impact("entity-list-chips"))
    stated = replace(told.shock.evidence[0], confidence=0.25)
    brief = replace(told.brief, likelihood=(stated,))
    assert "LikelihoodA source states it with a confidence of 0.25 [1]." in brief_of(page(replace(told, brief=brief)))


def test_what_is_not_known_is_from_the_run(graph, pages):
    """Documents without a date, weights that no source gives, what is judged and inferred, and what sources dispute."""
    said = brief_of(pages["entity-list-chips"])
    for line in (
        "Whether all of it still holds: three of four documents have no date.",
        "How critical 19% of all links are: no source says (none of these on the way).",
        "11 numbers on the way are judgements of the authors of the data, not figures of a source.",
        "Five links on the way are inferred: no document states them.",
        "In dispute or open between the sources: Hard to replace or a common offer.",
    ):
        assert line in said
    alone = brief_of(graph.report("entity-list-chips", according_to="doc-dependency-card"))
    assert "Whether it is right: all rests on one undated document [1], and no other confirms it." in alone
    assert "All of it rests on one undated document [1]" in alone


def test_what_would_help_is_a_run_that_can_be_repeated(graph, pages):
    """The share of the second source, the loss then and the command; the command gives the same loss."""
    said = brief_of(pages["entity-list-chips"])
    assert (
        "A second source that takes over 50% of the need halves the loss of Subscription revenue, from 56% to 28% (16–40%): of "
        "AI inference for AI-as-a-service." in said
    )
    assert "knockon mitigate entity-list-chips --protect subscription-revenue --second-source 0.5" in said
    again = graph.mitigate("entity-list-chips", "subscription-revenue", second_source=0.5)
    rows = {change.dependency.rpartition("/")[2]: change for change in again.changes if change.kind == "source"}
    assert rows["ai-as-a-service-inference"].loss_after == pytest.approx(0.28125)


def test_where_nothing_helps_it_is_said(graph, pages):
    """No single second source halves the loss where it arrives in two ways; none at all where the shock cuts the last link."""
    two = brief_of(pages["procurement-withdrawal"])
    assert "No single second source halves the loss of Platform licence fees; two together do, from 75% to 38%" in two
    lone = Company(id=iri("a"), label="A")
    need = Dependency(id=iri("n"), dependant=iri("a"), need=iri("b"), criticality="High")
    blow = Shock(id=iri("blow"), label="B", hit=[{"target": iri("n"), "severity": "Essential"}])
    cut = brief_of(graph_of([lone, Company(id=iri("b"), label="Bread"), need, blow]).report("blow"))
    assert "Nothing that was tried halves the loss of A: no second source" in cut


def test_what_to_watch(graph, pages):
    """The measures with their dates, what ends, the open questions about those hit; that there is nothing, if so."""
    assert "US Entity List restrictions (United States): in force, no date is given." in brief_of(pages["entity-list-chips"])
    assert "Open questions of the documents about SenseTime: Consumers or enterprises" in brief_of(pages["entity-list-chips"])
    lone = [Company(id=iri("a"), label="A"), Shock(id=iri("blow"), label="B", hit=[{"target": iri("a")}], until="2099-01-31")]
    assert "What to watch The shock ends on 2099-01-31." in brief_of(graph_of(lone).report("blow"))
    assert "no date and no open question to watch" in brief_of(wide_graph().report("blow"))


def test_a_stock_that_carries_over_until_the_shock_ends():
    """Where the shock has an end: the size is a part of its days where a part is missing; a service is not stored."""
    for cls, said in (
        (
            "Product",
            "A stock of 23 days of Bread for Shop carries over until the shock ends on 2026-01-30: the loss stays below 5%",
        ),
        ("Service", "What would help A second source that takes over 50% of the need halves the loss of Shop, from 56% to 28%"),
    ):
        records = [
            Company(id=iri("shop"), label="Shop"), CLASSES[cls](id=iri("bread"), label="Bread"),
            Dependency(id=iri("n"), dependant=iri("shop"), need=iri("bread"), criticality="High"),
            Shock(id=iri("blow"), label="B", hit=[{"target": iri("bread"), "severity": "High"}], until="2026-01-30"),
        ]  # fmt: skip
        brief = brief_of(graph_of(records).report("blow", as_of="2026-01-01"))
        assert said in brief
        assert ("carries over" in brief) is (cls == "Product")


def test_an_entity_that_the_shock_spares_loses_nothing(graph):
    """Said at once of the entity that was asked for."""
    said = brief_of(graph.report("entity-list-chips", protect="nvidia"))
    assert "As long as this is in force, NVIDIA loses nothing, as this shock spares it; " in said
    assert "NVIDIA loses nothing under this shock: there is nothing to save." in said


def test_many_that_lose_equally_much_are_counted():
    """Forty companies alike are forty, with three of them as examples; a row of the table names twelve."""
    text = wide_graph().report("blow")
    assert "40 companies and groups alike, Company 0, Company 1 and Company 10 among them, lose 45% (27–60%)" in brief_of(text)
    assert "Company 19 and 28 more40 companies" in words_of(text)


def test_customers_of_a_table_are_those_that_nothing_else_needs(suppliers):
    """A table states no classes: the finding is about the ends of the chain, not about the suppliers nearest to the shock."""
    said = brief_of(suppliers.report(hit={"salar-mining": "essential"}))
    assert said.startswith("Finding If this happens, City Couriers loses 34% (15–60%)") or "City Couriers loses" in said
    assert "Volt Cells loses" not in said.partition(";")[0]


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
    words = words_of(suppliers.report(hit={"salar-mining": "High"}, protect="acme-phones"))
    assert "lithiumentity; loses nothing itself, but 75% of it is missing, as it comes from Salar Mining" in words
    assert "75% missing no source" in words
    # The need and its only supplier are one point, in one row.
    assert "Salar Miningentity; needs nothing itself" not in words
    assert "in all, four of nine entities lose something" in words
    assert (
        "three needs are missing to those that rest on them, though they lose nothing themselves: lithium, batteries" in words
    )
    assert "Salar Miningone entity, hit itself" in words
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
    words = words_of(suppliers.report(hit={"salar-mining": "High"}, protect="acme-phones"))
    assert "how much later the loss first reaches 5%; “for good”: it never does. A stock is counted in days" in words
    assert "it lasts longer (30 days ÷ 75% missing = 40 days)." in words
    assert "÷" not in words_of(pages["data-reclassification"])


def test_why_no_single_change_helps(pages):
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
    for drawing in re.findall(r'<svg class="cascade".*?</svg>', hostile, re.DOTALL):
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
    assert "None of the 37 entities of this network loses anything" in words
    assert "what a query of the shock looks for" in words
    assert "Left out: nothing is hit." in words


def test_an_empty_graph_but_a_shock():
    """The smallest world there is has a page, too."""
    lone = graph_of([Company(id=iri("a"), label="A"), Shock(id=iri("blow"), label="B", hit=[{"target": iri("a")}])])
    words = words_of(lone.report("blow"))
    assert "in all, one of one entity loses something, which is hit itself." in words
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
        ("reach", "are reached; up to eight steps"),
        ("timeline", "loses up to 100%"),
        ("chance", "fail with a probability of 100%"),
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
    assert "knockon mitigate entity-list-chips --protect subscription-revenue looks for it." in words


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
