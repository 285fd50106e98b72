"""Eight questions about one entity, each line cited."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest

import knockon
from knockon.analysis.records import profile as profile_module
from knockon.analysis.records.profile import profile
from knockon.analysis.records.profile_answer import QUESTIONS, ComputedLine, Profile
from knockon.errors import NotFound
from knockon.model import Measure, Observation, Product, Provision, Relation, Statement
from knockon.present.rows.profile import profile_notes
from knockon.store.folder import FolderStore
from support.contexts import bakery, context
from support.golden import LETTERS
from support.small_records import data_set, entities, iri, need, passage


def asked(name: str, *records: Statement, **options: object) -> Profile:
    answer = profile(context(*(records or bakery()), **options), name)
    as_json = answer.to_dict()
    assert json.loads(json.dumps(as_json)) == as_json
    return answer


def texts(answer: Profile, key: str) -> list[str]:
    return [line.text for line in dict(answer.sections())[key]]


def relation(kind: str, subject: str, obj: str) -> Relation:
    return Relation(
        id=iri(f"{subject}-{kind}"), subject=iri(subject), relation_type=kind, object=iri(obj), evidence=[passage(5, 9)]
    )


def test_it_says_who_is_asked() -> None:
    """IRI, name, label, class and all parts at any depth."""
    answer = asked("Bakery")
    assert (answer.entity, answer.id, answer.label, answer.cls) == (iri("bakery"), "bakery", "Bakery", "Company")
    assert answer.parts == tuple(iri(name) for name in ("baking", "bread-2", "rye", "sales"))
    assert set(QUESTIONS) < set(answer.to_dict())


def test_revenue_lists_streams_and_figures() -> None:
    """A stream with what it needs, and figures about money of any part; other figures are left out."""
    figures = [
        Observation(
            id=iri("o1"),
            about=iri("bakery"),
            metric="Net revenue",
            value="3",
            unit="M",
            period="2022",
            evidence=[passage(1, 5)],
        ),
        Observation(id=iri("o2"), about=iri("rye"), metric="profit", value_low="1", value_high="2"),
        Observation(id=iri("o3"), about=iri("bakery"), metric="income", as_written="some"),
        Observation(id=iri("o4"), about=iri("bakery"), metric="staff", value="9"),
        Observation(id=iri("o5"), about=iri("bakery"), metric="loss", value="0", as_written="nil"),
    ]
    answer = asked("bakery", *bakery(), *figures)
    assert texts(answer, "revenue") == [
        "Sales: needs Rye",
        "Bakery: Net revenue 3 M, 2022",
        "Rye: profit 1 to 2",
        "Bakery: income some",
        "Bakery: loss nil (0)",
    ]
    assert [(e.start, e.end) for e in answer.revenue[0].evidence] == [(40, 49)]


def test_lock_in_is_what_others_find_hard_to_leave() -> None:
    """Switching costs of outsiders on its parts, also through functions that only pass them on, and lockedInBy."""
    records = [
        *entities("firm", "user", "other", "key"),
        *entities("thing", cls=Product, part_of=iri("firm")),
        *entities("function", cls=Product),
        need("function", "thing", criticality_value="1"),
        need("user", "function", switching_cost="High", criticality="Low"),
        need("other", "thing", switching_cost="Prohibitive", criticality="High"),
        need("thing", "key", switching_cost="High"),
        relation("lockedInBy", "user", "key"),
    ]
    assert texts(asked("firm", *records), "lock_in") == [
        "Other: needs Thing; switching cost prohibitive",
        "User: needs Function; switching cost high",
        "User: locked in by Key",
    ]


def test_limits_are_stated_limits_and_needs_without_alternative() -> None:
    """LimitedBy of any part, and what it needs that nobody else offers."""
    records = [
        *bakery(),
        *entities("oven"),
        need("rye", "oven", alternatives="NoAlternative"),
        need("sales", "oven", alternatives="FewAlternatives"),
        relation("limitedBy", "baking", "oven"),
    ]
    assert texts(asked("bakery", *records), "limits") == ["Baking: limited by Oven", "Rye: no alternative to Oven"]


def test_depends_on_is_what_parts_need_from_outside() -> None:
    """By criticality, providers and how they combine named; what parts need of each other is left out."""
    answer = asked(
        "bakery",
        *bakery(),
        *entities("salt", "air"),
        need("rye", "salt"),
        need("rye", "air", criticality_value="0"),
    )
    assert texts(answer, "depends_on") == [
        "Baking: needs Flour, provided by Mill-a, Mill-b (any one is enough); criticality Essential",
        "Rye: needs Salt; criticality not given",
        "Rye: needs Air; criticality 0",
    ]


def test_dependants_stand_in_tiers() -> None:
    """Who needs it directly, then who needs those; for a supplier, too."""
    answer = asked("bakery", *bakery(), *entities("critics"), need("critics", "guests"))
    assert [(line.tier, line.text.split(": needs")[0]) for line in answer.dependants] == [(1, "Guests"), (2, "Critics")]
    answer = asked("mill-a")
    assert [(line.tier, line.text.split(": needs")[0]) for line in answer.dependants] == [
        (1, "Baking"),
        (2, "Rye"),
        (3, "Guests"),
        (3, "Sales"),
    ]


def test_scaling_is_stated_or_a_loop() -> None:
    """ScalesBy of any part, and loops that pass through one, each with the evidence of all of its links."""
    records = [
        *bakery(),
        *entities("copies"),
        need("baking", "rye", evidence=[passage(90, 99)]),
        relation("scalesBy", "rye", "copies"),
    ]
    answer = asked("bakery", *records)
    assert texts(answer, "scaling") == ["Rye: scales by Copies", "Loop: Baking needs Rye needs Baking"]
    assert [e.start for e in answer.scaling[1].evidence] == [20, 90]


def test_forces_are_measures_and_shocks() -> None:
    """Measures that name a part with their status, then each shock with own loss and worst part, marked as computed."""
    answer = asked("bakery")
    assert texts(answer, "forces") == [
        "Law (InForce): bears on Bakery",
        "Drought: loses nothing itself; worst part Baking 75% (54% to 90%)",
    ]
    assert [isinstance(line, ComputedLine) for line in answer.forces] == [False, True]
    assert texts(asked("mill-a"), "forces") == ["Frost: loses 100% (90% to 100%)"]
    covered = Measure(id=iri("ban"), label="Ban", covers=[iri("rye"), iri("sales")])
    assert "Ban: bears on Rye, Sales" in texts(asked("bakery", *bakery(), covered), "forces")


def test_vulnerabilities_are_stated_or_a_single_provider() -> None:
    """Weaknesses of any part, and needs with one named provider; one with alternatives is none."""
    records = [
        *bakery(),
        *entities("oven", "power"),
        need("rye", "oven", "mill-a"),
        need("rye", "power", "mill-b", alternatives="ManyAlternatives"),
    ]
    assert texts(asked("bakery", *records), "vulnerabilities") == ["One oven", "Rye: one named provider of Oven, Mill-a"]


def test_unknown_sections_are_listed() -> None:
    """A section without a line is named under unknown; where nothing is known all are."""
    assert asked("bakery").unknown == ("lock_in", "limits", "scaling")
    answer = asked("idle", *entities("idle"))
    assert answer.unknown == tuple(QUESTIONS)
    assert all(lines == () for _, lines in answer.sections())


def test_every_line_says_what_it_rests_on() -> None:
    """Record, stance, inferred, judged and evidence on each line of each section."""
    records = [*bakery(), need("rye", "mill-a", evidence=[passage(1, 2)], judged=["criticality"], inferred=True)]
    answer = asked("bakery", *records)
    for _, lines in answer.sections():
        for line in lines:
            assert {"text", "record", "stance", "inferred", "judged", "evidence"} <= set(line.to_dict())
    (line,) = [line for line in answer.depends_on if line.record == iri("rye-needs-mill-a")]
    assert (line.stance, line.inferred, line.judged) == ("Asserts", True, ("criticality",))
    assert [(e.start, e.end) for e in line.evidence] == [(1, 2)]


def test_terms_and_worlds_hold_for_profiles() -> None:
    """A dependency that the terms keep out, or whose document is gone, stands in no section."""
    records = [*bakery(), need("rye", "mill-a", evidence=[passage(stance="Alleges")])]
    assert len(texts(asked("bakery", *records), "depends_on")) == 1
    assert asked("bakery", without="doc-b").dependants == ()


def test_a_name_that_nobody_has_is_not_found() -> None:
    """NotFound with the nearest names."""
    with pytest.raises(NotFound, match="did you mean"):
        asked("bakry")


def test_figures_stand_as_the_source_states_them() -> None:
    """No converted currency: the words of the source, and a number only where number and unit are its own."""
    answer = texts(knockon.open().profile("sensetime"), "revenue")
    assert any("accumulated loss $3.4 bn" in line for line in answer)
    assert not any("CNY" in line for line in answer)
    read = Observation(id=iri("o"), about=iri("bakery"), metric="loss", value="3", unit="CNY", as_written="$3", judged=["unit"])
    assert "Bakery: loss $3" in texts(asked("bakery", *bakery(), read), "revenue")


def test_a_computed_loss_has_its_range() -> None:
    """What a shock costs an entity, and its worst part, is told with low and high, and with what it rests on."""
    lines = [line for line in knockon.open().profile("sensetime").forces if isinstance(line, ComputedLine)]
    assert all("%" not in line.text or "% to " in line.text for line in lines)
    (designation,) = [line for line in lines if line.record.endswith("/treasury-designation")]
    assert "worst part External financing 45% (30% to 60%)" in designation.text


def test_a_combination_is_told_of_several_suppliers_alone() -> None:
    """In words, and only where there are two or more; no term of the vocabulary."""
    lines = texts(knockon.open().profile("sensetime"), "depends_on")
    assert any("provided by NVIDIA; criticality High" in line for line in lines)
    assert any("provided by Alibaba Cloud, Tencent Cloud (any one is enough)" in line for line in lines)
    assert not any("AllOf" in line or "AnyOf" in line for line in lines)


def test_it_lists_who_provides_it_and_what_it_provides() -> None:
    """Provisions are cited lines of what it depends on and of what depends on it; a portion is stated as one."""

    def provision(provider: str, provided: str, **more: object) -> Provision:
        return Provision(id=iri(f"{provided}--{provider}"), provider=iri(provider), provided=iri(provided), **more)

    records = (
        *entities("mill", "flour", "field", "bread", "shop"),
        provision("mill", "flour", share="0.9", period="2025", evidence=[passage(1, 5)]),
        provision("field", "mill"),
        need("bread", "flour", portion="0.4"),
        need("shop", "bread", portion="unknown"),
    )
    answer = asked("mill", *records)
    assert texts(answer, "depends_on") == ["Mill: provided by Field"]
    assert texts(answer, "dependants") == [
        "Bread: needs Flour, provided by Mill; portion 0.4",
        "Flour: provided by Mill; share 0.9, 2025",
        "Shop: needs Bread; portion unknown",
    ]
    assert [len(line.evidence) for line in answer.dependants] == [0, 1, 0]


def test_a_provider_of_two_periods_is_named_once() -> None:
    """Several figures of what one provides make it no second provider."""
    figures = [
        Provision(
            id=iri(f"oven--by-smith--{year}"), provider=iri("smith"), provided=iri("oven"), period=year, evidence=passage()
        )
        for year in ("2024", "2025")
    ]
    answer = asked("shop", *entities("shop", "oven", "smith"), need("shop", "oven"), *figures)
    assert any("needs Oven, provided by Smith;" in text for text in texts(answer, "depends_on"))


def test_a_large_store_has_the_same_profiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Records that are found by links give each line that all records give, on a day on which some have ended, and on all."""
    place = tmp_path / "store"
    with knockon.open(place, write=True) as graph:
        graph.load("sensetime")
        graph.load(LETTERS / "data")
    names, answers = ["sensetime", "gpu-compute", "maker-a", "nvidia", "smart-city-administrators", "hikvision"], []
    for least in (10**9, 0):
        monkeypatch.setattr(profile_module, "LEAST_RECORDS", least)
        monkeypatch.setattr(profile_module, "MOST_DEPENDENCIES", 10**9)
        with knockon.open(place) as graph:
            days = ("2026-01-01", "all")
            answers.append([graph.profile(name, as_of=day).to_dict() for name in names for day in days])
    assert answers[0] == answers[1]
    assert any(answer["dependants"] for answer in answers[0])


def test_what_a_profile_leaves_out_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a chain of dependants the nearest are listed, the same each time, and a note says that there are more."""
    names = ["root", *(f"n{place}" for place in range(9))]
    chain = [need(after, before) for before, after in itertools.pairwise(names)]
    with FolderStore(tmp_path / "store") as store:
        store.load(data_set("x", [*entities(*names), *chain]))
    monkeypatch.setattr(profile_module, "LEAST_RECORDS", 0)
    monkeypatch.setattr(profile_module, "MOST_DEPENDENCIES", 3)
    with knockon.open(tmp_path / "store") as graph:
        answer = graph.profile("root")
        assert [line.tier for line in answer.dependants] == [1, 2, 3]
        assert (answer.limited, answer.to_dict()["limited"]) == (3, 3)
        assert any(line.startswith("LEFT OUT: more than 3 dependencies") for line in profile_notes(answer))
        assert graph.profile("n8").limited is None
        assert [line.text for line in graph.profile("n8").depends_on] == [
            line.text for line in asked("n8", *entities(*names), *chain).depends_on
        ]


def test_shares_are_written_alike_from_files_and_from_quads(tmp_path: Path) -> None:
    """Zeros at the end of a share say nothing: a data set, a store of it, and its quads have one profile."""
    source = tmp_path / "parts"
    source.mkdir()
    (source / "dataset.yaml").write_text("name: parts\nbase: https://example.org/\n")
    (source / "all.yaml").write_text(
        "Company:\n  shop: {label: Shop}\n  bolt: {label: Bolt}\nService:\n  parts: {label: Parts}\n"
        "Dependency:\n  shop-parts: {dependant: shop, need: parts, portion: 0.50}\n"
        "Provision:\n  first: {provided: parts, provider: bolt, share: 0.70}\n"
    )
    with knockon.open(tmp_path / "store", write=True) as graph:
        graph.load(source)
        graph.export(tmp_path / "parts.nq")
    read = [knockon.open(tmp_path / name) for name in ("parts", "store", "parts.nq")]
    profiles = [[graph.profile(name).to_dict() for name in ("shop", "bolt", "parts")] for graph in read]
    assert "share 0.7" in str(profiles[0])
    assert "portion 0.5" in str(profiles[0])
    assert profiles[0] == profiles[1] == profiles[2]
