"""The answer for one shock: rows, shortages, companies, and how the number came about."""

from __future__ import annotations

import json
from datetime import date

import pytest

from knockon.analysis.context import Context
from knockon.analysis.impact.impact import ImpactReport, impacts
from knockon.analysis.impact.to_rdf import record, turtle
from knockon.analysis.resolved_options import ResolvedOptions
from knockon.errors import InvalidData, NotFound, UsageError
from knockon.model import BusinessUnit, Company, Measure, Product
from knockon.network.compile import RecordFilter
from knockon.present import answers
from knockon.store.files import read_file
from knockon.store.oxigraph import MemoryStore
from knockon.vocabulary import Stance
from support.contexts import bakery, context, impact_of, row, shock
from support.small_records import data_set, entities, iri, need, passage


def report(name: str, *records: object, **options: object) -> ImpactReport:
    world = context(*(records or bakery()), **options)  # type: ignore[arg-type]
    return impacts(world, [world.shock(name)])[0]


def names(result: ImpactReport) -> list[str]:
    return [impact.entity.rsplit("/", 1)[-1] for impact in result]


# Rows


def test_a_row_for_everything_that_loses() -> None:
    """Who loses, how much, between what and what, at which step, through which link, from whom."""
    result = report("drought")
    answer = [(i.entity.rsplit("/", 1)[-1], round(i.loss, 6), i.step) for i in result]
    assert answer == [
        ("flour", 0.75, 0),
        ("baking", 0.75, 1),
        ("rye", 0.5625, 2),
        ("guests", 0.253125, 3),
        ("sales", 0.084375, 3),
    ]
    guests = row(result, "guests")
    assert (guests.loss_low, guests.loss_high) == pytest.approx((0.6 * 0.9 * 0.6 * 0.3, 0.9 * 1.0 * 0.9 * 0.6))
    assert (guests.label, guests.cls) == ("Guests", "Group")
    assert (guests.dependency, guests.provider, guests.source) == (iri("guests-needs-rye"), None, iri("rye"))
    assert row(result, "flour").dependency is None


def test_rows_stand_by_step_then_loss_then_name() -> None:
    """The order is fixed: nearer first, worse first, then by IRI."""
    result = report("drought")
    assert [(i.step, -i.loss, i.entity) for i in result] == sorted((i.step, -i.loss, i.entity) for i in result)


def test_a_second_supplier_holds() -> None:
    """One of two mills gone: the mill alone loses, no need is short; both gone, all goes."""
    assert names(report("frost")) == ["mill-a"]
    assert report("frost").shortages == ()
    both = impact_of(context(*bakery()), mill_a="total", mill_b="essential")
    assert both.loss("baking") == 1.0
    assert row(both, "baking").provider == row(both, "baking").source == iri("mill-a")


def test_loss_is_found_by_name_or_iri() -> None:
    """Local name and IRI give the loss; what is not reached loses nothing, and what is not there is an error."""
    result = report("drought")
    assert result.loss("rye") == result.loss(iri("rye")) == 0.5625
    assert result.loss("mill-a") == 0.0
    with pytest.raises(NotFound, match="nobody"):
        result.loss("nobody")


def test_counts_add_up() -> None:
    """Rows and unaffected are all of the network; the report has a length and can be gone through."""
    world = context(*bakery())
    result = impacts(world, [world.shock("drought")])[0]
    assert len(result) == len(list(result)) == len(result.impacts)
    assert result.unaffected + len(result) == world.compiled().network.size


def test_several_shocks_at_once_are_one_by_one() -> None:
    """A batch of shocks gives the reports that each gives alone."""
    world = context(*bakery())
    together = [impact.to_dict() for impact in impacts(world, world.shocks)]
    assert together == [impacts(world, [shock])[0].to_dict() for shock in world.shocks]
    assert impacts(world, []) == []


# Shortages


def test_a_shortage_for_every_need_that_goes_unmet() -> None:
    """What is missing of each need, and at which step: 0 where the link itself is hit, else that of what is behind it."""
    answer = [(s.dependency.rsplit("/", 1)[-1], round(s.shortage, 6), s.step) for s in report("drought").shortages]
    assert answer == [
        ("baking-needs-flour", 0.75, 0),
        ("rye-needs-baking", 0.75, 1),
        ("guests-needs-rye", 0.5625, 2),
        ("sales-needs-rye", 0.5625, 2),
    ]


def test_a_link_that_is_hit_is_short_at_step_nought() -> None:
    """A hit on a dependency or a supply: the shortage stands at step 0, its owner at step 1, the seller is spared."""
    cut = shock("cut", {"target": "rye-needs-baking", "severity_value": "0.5"})
    result = report("cut", *bakery(), cut)
    assert next((s.dependency, s.shortage, s.step) for s in result.shortages) == (iri("rye-needs-baking"), 0.5, 0)
    assert names(result) == ["rye", "guests", "sales"]
    assert row(result, "rye").step == 1
    both = shock("both", *({"target": f"baking-needs-flour--mill-{m}", "severity": "Essential"} for m in "ab"))
    result = report("both", *bakery(), both)
    assert (result.loss("mill-a"), result.loss("baking")) == (0.0, 1.0)
    assert result.shortages[0].step == 0


def test_every_record_of_a_disputed_slot_has_its_row() -> None:
    """Two records of one need are short together."""
    world = context(*entities("a", "b"), need("a", "b", name="x"), need("a", "b", name="y"))
    assert [s.dependency for s in impact_of(world, b="high").shortages] == [iri("x"), iri("y")]


# Companies


def test_a_company_s_row_shows_its_own_loss_and_its_worst_part() -> None:
    """Never an average: the company's own loss apart, and beside it the part that loses most, at any depth."""
    (company,) = report("drought").companies
    assert (company.entity, company.loss) == (iri("bakery"), 0.0)
    assert (company.worst_part, company.worst_part_loss) == (iri("baking"), 0.75)


def test_a_company_that_is_hit_itself_has_a_row() -> None:
    """Own loss without parts that lose: no worst part. A part that is a company stands in its whole, too."""
    parent = entities("holding")
    world = context(
        *parent, *entities("child", part_of=iri("holding")), *entities("grandchild", cls=BusinessUnit, part_of=iri("child"))
    )
    rows = {c.id: (c.loss, c.worst_part, c.worst_part_loss) for c in impact_of(world, child="high").companies}
    assert rows == {"child": (0.75, None, None), "holding": (0.0, iri("child"), 0.75)}
    rows = {c.id: (c.loss, c.worst_part) for c in impact_of(world, grandchild="high", holding="low").companies}
    assert rows == {"child": (0.0, iri("grandchild")), "holding": (0.15, iri("grandchild"))}


def test_of_equal_parts_the_first_by_name_stands() -> None:
    """Ties are settled the same way each time."""
    world = context(*entities("firm"), *entities("b", "a", cls=Product, part_of=iri("firm")))
    assert impact_of(world, a="high", b="high").companies[0].worst_part == iri("a")


def test_parts_that_go_round_do_not_hang() -> None:
    """PartOf in several wholes counts in each of them."""
    world = context(*entities("one", "two"), Product(id=iri("p"), label="P", part_of=[iri("one"), iri("two")]))
    assert [c.id for c in impact_of(world, p="low").companies] == ["one", "two"]


# How the number came about


def test_a_report_carries_how_it_was_made() -> None:
    """Model, parameters, rounds, residual, how it stopped, the hash of the network, the share of unknown weights."""
    result = report("drought", eps=1e-6, cap=50)
    assert (result.model, result.stopped_by, result.truncated, result.residual) == ("leontief", "tolerance", False, 0.0)
    assert result.iterations == 4
    assert result.parameters["eps"] == 1e-6
    assert result.parameters["stances"] == ["Asserts"]
    assert len(result.network_hash) == 64
    assert result.unknown_share == 0.0
    assert report("cut", *entities("a", "b"), need("a", "b"), shock("cut", {"target": "b"})).unknown_share == 1.0


def test_a_cap_that_cuts_is_said() -> None:
    """One round only: the answer says that it was cut."""
    result = report("drought", cap=1)
    assert (result.stopped_by, result.truncated, names(result)) == ("cap", True, ["flour", "baking"])
    assert result.to_dict()["truncated"] is True


def test_what_a_shock_hits_and_the_network_lacks_is_listed() -> None:
    """Targets that are not there, that stayed out, or that are no part of a network are named, not dropped."""
    records = [
        *bakery(),
        need("guests", "flour", evidence=[passage(stance="Alleges")]),
        shock(
            "odd",
            {"target": "guests-needs-flour"},
            {"target": "sales"},
            {"target_query": "SELECT ?target { ?target a ko:Funding }"},
        ),
    ]
    result = report("odd", *records)
    assert len(result.missing_targets) == 2
    assert iri("guests-needs-flour") in result.missing_targets
    assert result.left_out == {iri("guests-needs-flour"): "not asserted"}
    assert names(result) == ["sales"]


def test_a_target_that_a_world_lacks_is_missing() -> None:
    """Where the document that speaks of the target is gone, the hit is listed and hits nothing."""
    records = [
        *entities("gone", evidence=[passage(0, 9)]),
        *entities("stays"),
        shock("blow", {"target": "gone"}, {"target": "stays"}),
    ]
    result = report("blow", *records, without="doc-a")
    assert (result.missing_targets, names(result)) == ((iri("gone"),), ["stays"])
    assert result.fallen == (iri("gone"),)


def test_terms_reach_the_network() -> None:
    """Stances, facts, dates and financing change who is reached."""
    records = [
        *entities("a", "b", "c", "d", "e"),
        need("b", "a", evidence=[passage(stance="Alleges")]),
        need("c", "a", inferred=True),
        need("d", "a", until="2020-01-01"),
        need("e", "a"),
        shock("blow", {"target": "a"}),
    ]
    assert names(report("blow", *records)) == ["a", "c", "d", "e"]
    assert names(report("blow", *records, record_filter=RecordFilter(facts_only=True))) == ["a", "d", "e"]
    assert names(report("blow", *records, record_filter=RecordFilter(as_of=date(2021, 1, 1)))) == ["a", "c", "e"]
    assert names(report("blow", *records, record_filter=RecordFilter(stances=frozenset(Stance)))) == ["a", "b", "c", "d", "e"]


def test_reach_is_a_model_too() -> None:
    """With reach everything downstream has loss 1, whatever the words."""
    result = report("drought", model="reach")
    assert result.model == "reach"
    assert {i.loss for i in result} == {1.0}
    assert names(result) == ["flour", "baking", "rye", "guests", "sales"]


@pytest.mark.parametrize("wrong", [{"model": "magic"}, {"eps": -1.0}, {"eps": 1.0}, {"cap": 0}])
def test_settings_that_make_no_sense_are_refused(wrong: dict[str, object]) -> None:
    """Another model, an eps outside 0..1, a cap below 1: UsageError."""
    with pytest.raises(UsageError):
        ResolvedOptions(**wrong)  # type: ignore[arg-type]


# Shocks given on the spot


def test_a_shock_may_be_given_by_names_and_severities() -> None:
    """Words in any case, total, or a number; entities, measures and dependencies by name or label."""
    world = context(*bakery())
    given = world.shock_from([("Flour", "HIGH"), ("rye-needs-baking", "0.25"), ("law", "total")])
    severity = {hit.target.rsplit("/", 1)[-1]: (hit.severity, hit.severity_value) for hit in given.hit if hit.target}
    assert severity["flour"] == ("High", None)
    assert float(severity["rye-needs-baking"][1] or 0) == 0.25
    assert severity["law"] == ("Essential", None)
    assert given.id == world.shock_from([("Flour", "HIGH"), ("rye-needs-baking", "0.25"), ("law", "total")]).id


@pytest.mark.parametrize(
    "hits", [[("flour", "hihg")], [("flour", "1.5")], [("flour", "nan")], [], [("flour", "high"), ("Flour", "low")]], ids=str
)
def test_what_cannot_be_given_is_a_usage_error(hits: list[tuple[str, str]]) -> None:
    """No severity, none in 0..1, nothing to hit, one thing twice: said in our words."""
    with pytest.raises(UsageError):
        context(*bakery()).shock_from(hits)


def test_unknown_names_are_not_found() -> None:
    """A shock, an entity or a target nobody knows: NotFound with the nearest."""
    world = context(*bakery())
    for ask in (lambda: world.shock("drougth"), lambda: world.entity("flou"), lambda: world.shock_from([("flou", "high")])):
        with pytest.raises(NotFound, match="did you mean"):
            ask()


def test_a_measure_may_be_hit() -> None:
    """A law that falls takes what needs it along; the law itself needs nothing."""
    world = context(Measure(id=iri("patent"), label="Patent"), *entities("firm"), need("firm", "patent", criticality="High"))
    assert impact_of(world, patent="total").loss("firm") == 0.75


def test_a_hostile_target_query_never_runs() -> None:
    """A query that would leave the store is InvalidData when it is asked, though nobody looked at it on loading."""
    hostile = shock("evil", {"target_query": "SELECT ?target { SERVICE <http://127.0.0.1:9/> { ?target ?p ?o } }"})
    world = Context(MemoryStore(data_set("x", [hostile]), checked=True))
    with pytest.raises(InvalidData, match="SERVICE would leave the store"):
        impacts(world, world.shocks)


# Forms


def test_json_is_whole_and_plain() -> None:
    """Every key of the contract, plain values only, the same twice."""
    result = report("drought")
    data = json.loads(result.to_json())
    assert data == result.to_dict()
    assert list(data) == [
        "shock", "shock_label", "shock_stance", "model", "parameters", "iterations", "residual", "error", "stopped_by",
        "truncated", "network_hash", "affected", "unaffected", "unknown_share", "missing_targets", "ungraded_hits",
        "owners_hit", "unstated_combinations", "unstated_portions", "scaled_shares", "completed_shares", "met_by_provisions",
        "periods", "incomplete_periods", "left_out", "fallen", "not_holding", "not_in_force", "shortages", "impacts",
        "companies",
    ]  # fmt: skip
    assert list(data["impacts"][1]) == [
        "entity", "id", "label", "class", "loss", "loss_low", "loss_high", "step", "binding", "support", "evidence",
    ]  # fmt: skip
    assert data["impacts"][0]["binding"] is None
    assert data["impacts"][1]["binding"] == {"dependency": iri("baking-needs-flour"), "provider": None, "source": iri("flour")}
    assert result.to_json() == report("drought").to_json()


def test_a_table_has_a_row_an_impact() -> None:
    """Pandas: fixed columns, also where nothing is lost."""
    pytest.importorskip("pandas")
    frame = answers.ImpactReport.of(report("drought")).to_pandas()
    assert list(frame["id"]) == ["flour", "baking", "rye", "guests", "sales"]
    assert frame.loc[1, "dependency"] == iri("baking-needs-flour")
    nothing = answers.ImpactReport.of(impact_of(context(*entities("a")), a="negligible")).to_pandas()
    assert (len(nothing), list(nothing.columns)) == (0, list(frame.columns))


def test_a_run_is_a_record_of_the_graph(tmp_path: object) -> None:
    """As Turtle it reads back as an ImpactRun with an Impact a row, and is named after what was asked."""
    from pathlib import Path

    result = report("drought")
    file = Path(str(tmp_path)) / "run.ttl"
    file.write_text(turtle(result), "utf-8")
    (run,) = read_file(file).records
    assert run == record(result)
    assert {i.entity: (i.loss, i.depth) for i in record(result).impact} == {i.entity: (i.loss, i.step) for i in result}
    assert record(result).id == record(report("drought")).id != record(report("drought", cap=99)).id
    assert record(impact_of(context(*bakery()), flour="high")).shock == ()


def test_two_entities_of_one_local_name_are_told_apart() -> None:
    """Same local name under two bases: both have rows, and loss by IRI is each one's own."""
    twin = Company(id="urn:x:flour", label="Twin")
    world = Context(context(*bakery(), twin, shock("both", {"target": "flour", "severity": "Low"})).store)
    result = impacts(world, [world.shock("both")])[0]
    assert (result.loss(iri("flour")), result.loss("urn:x:flour")) == (0.15, 0.0)
