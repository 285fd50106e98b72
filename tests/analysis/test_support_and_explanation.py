"""What an answer rests on, and the way back from a loss to the shock."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knockon.analysis.answer_parts import Range
from knockon.analysis.context import Context
from knockon.analysis.explain import explain as explain_module
from knockon.analysis.explain.explanation import Explanation, OtherSupplier
from knockon.analysis.impact.impact import impacts
from knockon.errors import LimitReached, NotFound
from knockon.graph import Graph
from knockon.model import Shock, Statement
from knockon.model.dependency import COMBINATION_UNSTATED
from knockon.network.compile import RecordFilter
from knockon.present.caveats import caveats_of, rests_on
from knockon.present.sums import sums_of
from knockon.store.folder import FolderStore
from knockon.store.kept_records import KeptRecords
from knockon.vocabulary import Stance
from support.contexts import bakery, context, dependency_graphs, explain, impact_of, row, shock, support
from support.small_records import data_set, entities, iri, need, passage

ALL = RecordFilter(stances=frozenset(Stance))


def chain(*stances: str | None, **more: object) -> list[Statement]:
    """e0 <- e1 <- e2 ...: each link with evidence of a stance, or none."""
    links = [
        need(f"e{k + 1}", f"e{k}", evidence=[passage(10 * k, 10 * k + 9, stance=s)] if s else [], **more)
        for k, s in enumerate(stances)
    ]
    return [*entities(*(f"e{k}" for k in range(len(stances) + 1))), *links]


# Support


def test_a_path_is_as_weak_as_its_weakest_link() -> None:
    """Asserted, alleged, asserted: alleged from there on, asserted before."""
    report = impact_of(context(*chain("Asserts", "Alleges", "Asserts"), record_filter=ALL), e0="total")
    assert [support(report, f"e{k}").stance for k in (1, 2, 3)] == [Stance.ASSERTS, Stance.ALLEGES, Stance.ALLEGES]


@pytest.mark.parametrize("order", [("Alleges", "Denies"), ("Denies", "Hypothesises"), ("Hypothesises", "Asks")])
def test_stances_have_an_order(order: tuple[str, str]) -> None:
    """Asserts, Alleges, Denies, Hypothesises, Asks: the later is the weaker, wherever it stands."""
    for stances in (order, order[::-1]):
        assert support(impact_of(context(*chain(*stances), record_filter=ALL), e0="total"), "e2").stance == order[1]


def test_a_link_without_a_source_leaves_no_stance() -> None:
    """Where one link on the way has no evidence, the answer has no stance."""
    report = impact_of(context(*chain("Asserts", None, "Asserts")), e0="total")
    assert [support(report, f"e{k}").stance for k in (1, 2, 3)] == [Stance.ASSERTS, None, None]


def test_what_is_hit_itself_rests_on_the_shock() -> None:
    """At step 0 the stance is that of the shock, and a given shock has none."""
    world = context(*entities("a"), shock("blow", {"target": "a"}, evidence=[passage(stance="Hypothesises")]))
    assert support(impacts(world, world.shocks)[0], "a").stance is Stance.HYPOTHESISES
    assert support(impact_of(world, a="high"), "a").stance is None


def test_a_disputed_slot_is_as_strong_as_its_strongest_record() -> None:
    """One record alleged, another asserted: asserted, and counted as disputed."""
    records = [need("a", "b", name=n, evidence=[passage(stance=s)]) for n, s in (("x", "Alleges"), ("y", "Asserts"))]
    answer = support(impact_of(context(*entities("a", "b"), *records, record_filter=ALL), b="total"), "a")
    assert (answer.stance, answer.disputed) == (Stance.ASSERTS, 1)


def test_inferences_and_judgements_on_the_way_are_named() -> None:
    """Records and their judged properties along the path, suppliers and the hit it began with; not those of other ways."""
    supply = [{"provider": iri("p"), "inferred": True, "judged": ["provider"]}]
    records = [
        *entities("a", "b", "p", "aside", "other"),
        need("a", "b", supply=supply, inferred=True, judged=["criticality"]),
        need("aside", "p", judged=["need"], inferred=True),
        shock("blow", {"target": "p", "judged": ["severity"]}, {"target": "other", "judged": ["target"]}),
    ]
    world = context(*records)
    answer = support(impacts(world, world.shocks)[0], "a")
    assert answer.inferred == (iri("a-needs-b"), iri("a-needs-b--p"))
    assert {judged.record: judged.properties for judged in answer.judged} == {
        iri("a-needs-b"): ("criticality",),
        iri("a-needs-b--p"): ("provider",),
        iri("blow--p"): ("severity",),
    }


def test_a_severity_that_nobody_stated_is_counted_on_the_whole_path() -> None:
    """A hit without severity is unknown for the target and for all behind it, whether named or found by a query."""
    query = "SELECT ?target WHERE { ?target a ko:Dependency ; ko:need id:a }"
    records = [
        *entities("a", "b", "c"),
        need("b", "a", criticality="High"),
        need("c", "b"),
        shock("named", {"target": "a"}),
        shock("asked", {"targetQuery": query}),
        shock("graded", {"targetQuery": query.replace("?target WHERE", "?target (0.5 AS ?severity) WHERE")}),
    ]
    where = context(*records)
    named, asked, graded = (impacts(where, [where.shock(name)])[0] for name in ("named", "asked", "graded"))
    assert [(support(named, item).unknown, support(named, item).ungraded_hit) for item in "abc"] == [
        (1, True),
        (1, True),
        (2, True),
    ]
    assert [(support(asked, item).unknown, support(asked, item).ungraded_hit) for item in "bc"] == [(1, True), (2, True)]
    assert [(support(graded, item).unknown, support(graded, item).ungraded_hit) for item in "bc"] == [(0, False), (1, False)]
    assert (named.ungraded_hits, asked.ungraded_hits, graded.ungraded_hits) == ((iri("a"),), (iri("b-needs-a"),), ())


def test_unknown_weights_and_split_shares_are_counted() -> None:
    """Links without a criticality, and links whose shares were split, along the path."""
    records = [
        *entities("a", "b", "c", "p", "q"),
        need("b", "a", "p", "q", combination="Shares"),
        need("c", "b", criticality="High"),
    ]
    report = impact_of(context(*records), p="total", q="total")
    assert (support(report, "b").unknown, support(report, "b").split_shares) == (1, 1)
    assert (support(report, "c").unknown, support(report, "c").split_shares) == (1, 1)
    assert row(report, "c").to_dict()["support"] == {
        "stance": None, "inferred": [], "judged": [], "unknown": 1, "ungraded_hit": False, "disputed": 0,
        "split_shares": 1,
    }  # fmt: skip


def test_a_combination_that_nobody_stated_is_told_everywhere() -> None:
    """In support, among the caveats, in the sentence of the link and in the note; of one supplier there is nothing to tell."""
    records = [
        *entities("a", "b", "c", "p", "q"),
        need("a", "b", "p", "q", criticality="High", evidence=[passage()]),
        need("c", "b", "p", criticality="High", evidence=[passage()]),
        shock("fire", {"target": "p", "severity": "Essential"}),
    ]
    where = context(*records)
    report = impacts(where, [where.shock("fire")])[0]
    assert (support(report, "a").split_shares, support(report, "c").split_shares, report.unstated_combinations) == (
        1,
        0,
        (iri("a-needs-b"),),
    )
    assert rests_on(support(report, "a")).endswith("1 combination not stated")
    answer = "Of 1 need no source states how the suppliers combine (low any-of, point equal shares, high all-of): "
    assert f"{answer}the need of A for B (a-needs-b)." in caveats_of(report)
    reached = impacts(context(*records, model="reach"), [where.shock("fire")])[0]
    assert reached.unstated_combinations == ()
    explanation = explain(report, "a")
    assert f"[{COMBINATION_UNSTATED}]" in explanation.links[0].text
    assert "No source states how the suppliers combine of " in explanation.to_markdown()
    assert "states how" not in explain(report, "c").to_markdown()


# Explanation


def explained(world: Context, name: str, entity: str) -> Explanation:
    return explain(impacts(world, [world.shock(name)])[0], entity)


def test_the_links_lead_back_to_what_was_hit() -> None:
    """From the guests over the rye and the baking to the flour; each link begins where the last one came from."""
    answer = explained(context(*bakery()), "drought", "guests")
    assert [(link.dependant.rsplit("/")[-1], link.source.rsplit("/")[-1]) for link in answer.links] == [
        ("guests", "rye"),
        ("rye", "baking"),
        ("baking", "flour"),
    ]
    assert (answer.origin.target, answer.origin.hit) == (iri("flour"), iri("drought--flour"))
    assert answer.origin.severity == Range(0.6, 0.75, 0.9)
    assert [link.loss for link in answer.links] == pytest.approx([0.253125, 0.5625, 0.75])
    assert [link.shortage for link in answer.links] == pytest.approx([0.5625, 0.75, 0.75])


def test_every_edge_has_its_evidence() -> None:
    """Links cite their dependency, the origin its hit or else the shock; the documents are listed once."""
    answer = explained(context(*bakery()), "drought", "guests").to_dict()
    cites = [[(e["start"], e["end"]) for e in part["evidence"]] for part in (*answer["links"], answer["origin"])]
    assert cites == [[(30, 39)], [(20, 29)], [(10, 19)], [(70, 79)]]
    assert answer["documents"] == [iri("doc-a"), iri("doc-b")]
    frost = explained(context(*bakery()), "frost", "mill-a")
    assert [(e.start, e.stance) for e in frost.origin.evidence] == [(80, "Asserts")]
    assert frost.origin.judged == ("severity",)
    assert frost.links == ()


def test_a_link_cites_every_record_of_a_disputed_slot() -> None:
    """Both records that say it are cited."""
    records = [need("a", "b", name=n, evidence=[passage(s, s + 5)]) for n, s in (("x", 0), ("y", 10))]
    answer = explain(impact_of(context(*entities("a", "b"), *records), b="total"), "a")
    assert [e.start for e in answer.links[0].evidence] == [0, 10]


def test_a_way_may_begin_at_a_link() -> None:
    """Hit on a dependency or on a supply: the last link has no source, and the origin is that record."""
    records = [*bakery(), shock("cut", {"target": "rye-needs-baking", "severity": "High"})]
    answer = explained(context(*records), "cut", "guests")
    assert [link.source for link in answer.links] == [iri("rye"), None]
    assert answer.origin.target == iri("rye-needs-baking")
    assert "the need of Rye for Baking" in answer.origin.text


@pytest.mark.parametrize("model", ["leontief", "reach"])
def test_a_way_may_begin_at_a_supply(model: str) -> None:
    """Hit on a supply, in either model: the binding provider is its own, and the origin names the supply."""
    records = [*entities("a", "b", "p"), need("a", "b", "p"), shock("cut", {"target": "a-needs-b--p"})]
    answer = explained(context(*records, model=model), "cut", "a")
    assert (answer.links[0].provider, answer.links[0].source) == (iri("p"), None)
    assert answer.origin.target == iri("a-needs-b--p")


@pytest.mark.parametrize("model", ["leontief", "reach"])
def test_of_several_hits_the_hardest_is_the_origin(model: str) -> None:
    """One target hit twice, a link hit together with its supply: the origin is the one that binds, with its own severity."""
    records = [
        *entities("a", "b", "p"),
        need("a", "b", "p"),
        shock("cut", {"target": "a-needs-b", "severity": "Low"}, {"target": "a-needs-b--p", "severity": "Essential"}),
        shock(
            "twice",
            {"target": "b", "severity": "Low"},
            {"target_query": "SELECT ?target { VALUES ?target { id:b } }", "severity": "High"},
        ),
    ]
    world = context(*records, model=model)
    if model == "leontief":
        assert explained(world, "cut", "a").origin.target == iri("a-needs-b--p")
        assert explained(world, "cut", "a").origin.severity.point == 1.0
    twice = explained(world, "twice", "a").origin
    assert (twice.target, twice.severity.point) == (iri("b"), 0.75)
    assert twice.hit != iri("twice--b")


def test_where_several_must_fail_the_others_are_named() -> None:
    """Any-of: the binding mill, and beside it what the other one loses; all-of names none."""
    report = impact_of(context(*bakery()), mill_a="high", mill_b="total")
    link = explain(report, "baking").links[0]
    assert link.provider == iri("mill-a")
    assert link.others == (OtherSupplier(iri("mill-b"), "Mill-b", 1.0),)
    assert explain(impact_of(context(*bakery()), flour="high"), "baking").links[0].others == ()


def test_suppliers_that_share_a_need_are_all_listed() -> None:
    """Each with its share, what of it is lost, by its provider or a hit on the supply, and what it adds."""
    supply = [
        {"provider": iri("a"), "share": "0.5"}, {"provider": iri("b"), "share": "0.25"}, {"provider": iri("c")},
    ]  # fmt: skip
    records = [*entities("shop", "steel", "a", "b", "c"), need("shop", "steel", criticality_value="1", supply=supply)]
    cut = shock("cut", {"target": "a", "severity_value": "0.5"}, {"target": "shop-needs-steel--b", "severity_value": "0.2"})
    (link,) = explained(context(*records, cut), "cut", "shop").links
    assert [(part.label, part.portion, part.stated, part.loss, part.adds) for part in link.shares] == [
        ("A", 0.5, 0.5, 0.5, 0.25), ("B", 0.25, 0.25, 0.2, 0.05), ("C", 0.25, None, 0.0, 0.0),
    ]  # fmt: skip
    assert link.shortage == pytest.approx(sum(part.adds for part in link.shares))
    assert {part.need for part in link.shares} == {iri("steel")}
    (total,) = sums_of(link, "leontief")
    assert total.heading == "the suppliers of Steel to Shop add up to 30%"
    assert total.lines[1:] == (
        "B: share 25%, loses 20%, adds 5%", "C: share not stated, taken as 25%, loses 0%, adds 0%",
    )  # fmt: skip


def test_marks_are_in_the_sentence() -> None:
    """What is judged or inferred, with its reason, and the mechanism, stand in the text of the link."""
    record = need(
        "a", "b", criticality="High", mechanism="runs on it", judged=["criticality"], inferred=True, reason="So it seems."
    )
    text = explain(impact_of(context(*entities("a", "b"), record), b="total"), "a").links[0].text
    for part in (
        "A needs B (runs on it)",
        "100% of it is missing",
        "loses 75%",
        "criticality High",
        "judged criticality",
        "So it seems.",
    ):
        assert part in text


def test_markdown_reads_from_the_shock_on() -> None:
    """Paragraphs: the loss with its range; the chain, each step cited; what it rests on; other paths; method; sources."""
    lead, chain_, rests, others, method, sources = paragraphs(explained(context(*bakery()), "drought", "guests"))
    assert lead == (
        "**Guests** loses 25% (between 10% and 49%) when *Drought* strikes, three steps from what is hit (model `leontief`)."
    )
    assert chain_ == (
        "The shock hits Flour by 75% (doc-a 70-79). "
        "Baking needs Flour; with 75% of that missing, at essential criticality (1.00), Baking loses 75% (doc-a 10-19). "
        "Rye needs Baking; with 75% of that missing, at high criticality (0.75), Rye loses 56% (doc-a 20-29). "
        "Guests needs Rye; with 56% of that missing, at medium criticality (0.45), Guests loses 25% (doc-b 30-39)."
    )
    assert "every step is asserted by a source it cites. Nothing on it is inferred." in rests
    assert "there is no other" in others
    assert "eps 1e-12, cap 10000; dates ignored; at rest after four rounds; network `" in method
    assert "*Doc-a*" in sources or "*doc-a*" in sources


def test_markdown_is_honest_of_what_it_rests_on() -> None:
    """Steps without source, inferred and disputed needs, judgements and weak stances are named in words."""
    bare = explain(impact_of(context(*chain(None, "Asserts")), e0="total"), "e2").to_markdown()
    assert "two steps of three have no source; the others are cited above" in bare
    assert "(no source)" in bare
    assert "a criticality that no source gives (taken as 0.45)" in bare
    records = [
        need("b", "a", judged=["criticality"], criticality="High", inferred=True, reason="So it seems.", evidence=[passage()]),
        *(need("c", "b", name=n, evidence=[passage(5, 6, stance=s)]) for n, s in (("x", "Alleges"), ("y", "Alleges"))),
        shock("blow", {"target": "a", "judged": ["severity"], "evidence": [passage()]}),
    ]
    world = context(*entities("a", "b", "c"), *records, record_filter=ALL)
    rests = paragraphs(explained(world, "blow", "c"))[2]
    for item in (
        "of the weakest all that can be said is that a source alleges it",
        "the need of B for A (So it seems)",
        "the severity of the hit and how critical A is to B",
        "Described by several records: the need of C for B",
    ):
        assert item in rests
    assert "No link is disputed" not in rests


def test_markdown_does_not_call_asserted_what_is_inferred() -> None:
    """How many links are asserted and how many inferred; an inferred step cites no source, but what to compare."""
    guess = need("c", "b", inferred=True, reason="a guess", evidence=[passage(5, 9)])
    blow = shock("blow", {"target": "a"}, evidence=[passage()])
    world = context(*entities(*"abcd"), need("b", "a", evidence=[passage()]), guess, need("d", "c", evidence=[passage()]), blow)
    _, chain_, rests, *_ = paragraphs(explained(world, "blow", "d"))
    assert "two of three links are asserted by a source; one is inferred." in rests
    assert "every step" not in rests
    assert chain_.count("(inferred; no document states it; compare doc") == 1
    alone = context(*entities("b", "c"), guess, shock("blow", {"target": "b"}, evidence=[passage()]))
    assert "the hit is asserted by a source; the link is inferred." in explained(alone, "blow", "c").to_markdown()


def test_markdown_counts_the_stance_of_the_shock() -> None:
    """Asserted links under a hypothesised shock: not all is asserted; the method says what came in."""
    records = [*chain("Asserts"), shock("blow", {"target": "e0"}, evidence=[passage(stance="Hypothesises")])]
    text = explained(context(*records, record_filter=ALL), "blow", "e1").to_markdown()
    assert "a source hypothesises it" in text
    assert "with what sources only allege, ask, deny and hypothesise" in text


def test_markdown_shows_labels_as_they_are() -> None:
    """What a label has of Markdown is escaped, so that it cannot change the text around it."""
    odd = entities("a")[0].model_copy(update={"label": "A*b*_c_ <i>"})
    text = explain(impact_of(context(odd, *entities("b"), need("b", "a")), a="high"), "b").to_markdown()
    assert "A\\*b\\*\\_c\\_ \\<i\\>" in text


def paragraphs(answer: Explanation) -> list[str]:
    return answer.to_markdown().split("\n\n")


def test_an_explanation_is_plain_json() -> None:
    """To_dict holds nothing that JSON cannot say, and the row of the entity with it."""
    answer = explained(context(*bakery()), "drought", "guests").to_dict()
    assert json.loads(json.dumps(answer)) == answer
    assert (answer["shock"], answer["entity"], answer["step"]) == (iri("drought"), iri("guests"), 3)


def test_what_is_not_reached_is_not_found() -> None:
    """An entity without a loss has no explanation, and the message says which shock; nor has one nobody knows."""
    report = impacts(context(*bakery()), context(*bakery()).shocks[:1])[0]
    with pytest.raises(NotFound, match="'Drought' does not reach Mill-a"):
        explain(report, "mill-a")
    with pytest.raises(NotFound, match="no entity called 'guest'; did you mean"):
        explain(report, "guest")


def test_what_a_stopped_run_did_not_reach_is_no_absence() -> None:
    """Stopped by its cap before the entity: LimitReached; an entity outside the network no run can reach."""
    world = context(*bakery(), *entities("idle"), cap=1)
    report = impacts(world, world.shocks[:1])[0]
    with pytest.raises(LimitReached, match="'Drought' was stopped by its cap before it reached Guests"):
        explain(report, "guests")
    with pytest.raises(NotFound, match="'Drought' does not reach Idle"):
        explain(report, "idle")


@given(dependency_graphs(), st.data(), st.sampled_from(["leontief", "reach", "timeline", "chance"]))
def test_every_loss_can_be_traced_to_a_hit(records: list[Statement], data: st.DataObject, model: str) -> None:
    """Whatever the graph: each row has as many links as steps, each cited, and they end at a hit of the shock."""
    links = [r.id for r in records if hasattr(r, "need")] + [s.id for r in records for s in getattr(r, "supply", ())]
    targets = data.draw(st.lists(st.sampled_from([*(r.id for r in records[:6]), *links]), min_size=1, max_size=3, unique=True))
    hits = [{"target": target, "severity": data.draw(st.sampled_from(["Essential", "Medium"]))} for target in targets]
    world = context(*records, model=model, **({"model_parameters": {"draws": 50}} if model == "chance" else {}))
    blow = Shock.model_validate({"id": iri("blow"), "label": "Blow", "hit": hits})
    report = impacts(world, [blow])[0]
    for impact in report:
        why = explain(report, impact.entity)
        assert why.origin.target in targets
        assert len(why.links) == impact.step
        assert all(link.evidence for link in why.links)
        assert why.to_markdown()


def test_many_paths_look_up_no_record_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What paths in a store folder are made of is read together, and a link that several paths have is made once."""
    names = [f"{layer}{number}" for layer in "abc" for number in range(3)]
    needs = [need(f"{after}{i}", f"{before}{j}") for before, after in ("ab", "bc") for i in range(3) for j in range(3)]
    records = [*entities("shop", *names), *needs, *(need("shop", f"c{i}") for i in range(3))]
    with FolderStore(tmp_path / "store") as store:
        store.load(data_set("x", records))
    hit = {"a0": "high", "a1": 0.5}
    made, single = explain_module._edge, list[str]()
    links: list[object] = []
    with FolderStore(tmp_path / "store") as store:
        graph = Graph(store)
        graph.impact(hit=hit)
        monkeypatch.setattr(explain_module, "_edge", lambda *given: links.append(given[1:]) or made(*given))
        found = KeptRecords.find

        def find(self: KeptRecords, name: str) -> Statement | None:
            if name not in self._read:
                single.append(name)
            return found(self, name)

        answer = graph.explain(None, "shop", hit=hit, paths=100)
        assert len(answer.paths) == 18
        binding = len(answer.links)
        assert len({*links}) == len(links[binding:])
        monkeypatch.setattr(KeptRecords, "find", find)
        store.records._read.clear()  # type: ignore[attr-defined] # the records of a folder
        assert graph.explain(None, "shop", hit=hit, paths=100).to_dict() == answer.to_dict()
    assert not [name for name in single if "-needs-" in name][binding:]
