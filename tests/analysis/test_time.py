"""Answers as of a day: what has ended or not begun is out of the network, of queries, of target queries and of functions."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

import knockon
from knockon.errors import NotFound, UsageError
from knockon.model import Measure, Relation, Shock, Statement
from knockon.model.dates import Calendar
from knockon.network.record_filter import ITSELF
from knockon.store.oxigraph import MemoryStore
from knockon.store.worlds import reduced_to_names, world
from support.contexts import shock
from support.small_records import data_set, entities, iri, need

DAYS = st.dates(date(2019, 1, 1), date(2022, 12, 31))
#: The day that tests/conftest.py pins.
TODAY = "2026-01-01"


def graph(*records: Statement) -> knockon.Graph:
    return knockon.Graph(MemoryStore(data_set("x", records)))


def law(**dates: str) -> Measure:
    return Measure(id=iri("law"), label="Law", applies_to=iri("shop"), covers=iri("cloud"), **dates)


def ban(**more: object) -> Shock:
    query = f"SELECT ?target {{ <{iri('law')}> ko:appliesTo ?who ; ko:covers ?need . ?target a ko:Dependency ; ko:need ?need }}"
    return shock("ban", {"targetQuery": query, "severity": "High"}, legal_basis=iri("law"), **more)


def shop(**dates: str) -> list[Statement]:
    """A shop that needs a cloud, which a law may cut off, and guests who need the shop."""
    return [*entities("shop", "cloud", "guests"), need("shop", "cloud", criticality="High", **dates), need("guests", "shop")]


def test_what_has_ended_transmits_nothing_by_default() -> None:
    """Today is the default, and the answer names the day, counts what it leaves out and says which."""
    records = [*entities("a", "b"), need("b", "a", until="2020-01-01"), shock("blow", {"target": "a", "severity": "High"})]
    report = graph(*records).impact("blow")
    assert report.by_id.keys() == {"a"}
    assert report.parameters["as_of"] == TODAY
    assert report.not_holding == {"ended": 1, "not begun": 0}
    assert report.left_out == {iri("b-needs-a"): "ended"}
    assert graph(*records).impact("blow", as_of="2020-01-01").by_id.keys() == {"a", "b"}
    assert graph(*records).impact("blow", as_of="all").parameters["as_of"] == "all"


@pytest.mark.parametrize(
    ("dates", "hits"),
    [({}, True), ({"from_": "2021-01-01"}, False), ({"until": "2019-12-31"}, False), ({"from_": "2020-06-01"}, True)],
)
@pytest.mark.parametrize("dated", ["law", "ban"])
def test_a_shock_hits_only_while_it_and_its_legal_basis_hold(dates: dict[str, str], hits: bool, dated: str) -> None:
    """Also where the hit is not a query; the report says why it hits nothing, and is still an answer."""
    on_law, on_ban = (dates, {}) if dated == "law" else ({}, dates)
    direct = shock("cut", {"target": "cloud", "severity": "High"}, legal_basis=iri("law"), **on_ban)
    other_graph = graph(*shop(), law(**on_law), ban(**on_ban), direct)
    for name in ("ban", "cut"):
        report = other_graph.impact(name, as_of="2020-07-01")
        assert (len(report) > 0) == hits == (not report.not_in_force)
        assert (report.to_dict()["not_in_force"] is None) == hits
        assert report.missing_targets == ()


def test_one_measure_that_holds_is_enough() -> None:
    """A shock with two measures hits until both are gone."""
    other = Measure(id=iri("rule"), label="Rule", until="2021-12-31")
    blow = shock("blow", {"target": "cloud", "severity": "High"}, legal_basis=[iri("law"), iri("rule")])
    other_graph = graph(*shop(), law(until="2020-12-31"), other, blow)
    assert len(other_graph.impact("blow", as_of="2021-12-31"))
    assert other_graph.impact("blow", as_of="2022-01-01").not_in_force == (
        "its legal basis law ended on 2020-12-31, rule ended on 2021-12-31"
    )


def test_hits_and_supplies_have_dates() -> None:
    """A hit that has ended does nothing and is named; a shock whose every hit has ended says so; a supply ends alone."""
    hits = [{"target": "cloud", "severity": "High", "until": "2020-12-31"}, {"target": "shop", "severity": "Low"}]
    records = [*entities("acme", "nimbus"), *shop(), shock("both", *hits), shock("one", hits[0])]
    two = need("acme", "hosting", supply=[{"provider": iri("nimbus"), "from": "2022-01-01"}, {"provider": iri("shop")}])
    other_graph = graph(*records, *entities("hosting"), two)
    report = other_graph.impact("both", as_of="2021-06-01")
    assert report.by_id["shop"].loss == 0.15
    assert report.left_out == {iri("both--cloud"): "ended", two.supply[0].id: "not begun"}
    assert other_graph.impact("one", as_of="2021-06-01").not_in_force == "its hit one--cloud ended on 2020-12-31"


def test_target_queries_and_functions_see_the_day() -> None:
    """A query of a shock finds no dependency of another time; ko:loss answers as of the day, and as of today without one."""
    other_graph = graph(*shop(until="2020-12-31"), law(), ban())
    assert [len(other_graph.impact("ban", as_of=day)) for day in ("2020-12-31", None)] == [2, 0]
    ask = f"SELECT (ko:loss(<{iri('ban')}>, <{iri('shop')}>) AS ?loss) {{}}"

    def loss(**options: str) -> float:
        return float(other_graph.query(ask, **options).to_dicts()[0]["loss"])

    assert (loss(), loss(as_of="2020-06-01"), loss(as_of="all")) == (0, 0.5625, 0.5625)


def test_queries_see_all_records_unless_a_day_is_asked_for() -> None:
    """Derived triples too; what a record names keeps its name."""
    works = Relation(id=iri("r"), subject=iri("shop"), relation_type="customerOf", object=iri("cloud"), until="2020-12-31")
    other_graph = graph(*entities("shop", until="2020-01-01"), *entities("cloud", "guests"), need("guests", "shop"), works)
    asked = f"ASK {{ <{iri('shop')}> ko:customerOf <{iri('cloud')}> }}"
    assert [bool(other_graph.query(asked, as_of=day)) for day in (None, "2020-12-31", "2021-01-01", "all")] == [
        True,
        True,
        False,
        True,
    ]
    label = f"ASK {{ <{iri('shop')}> a ko:Entity ; rdfs:label ?name }}"
    assert bool(other_graph.query(label, as_of="2021-01-01"))


def test_a_name_of_another_time_is_not_found_and_says_why() -> None:
    other_graph = graph(*entities("old", until="2020-12-31"), *entities("new"))
    assert other_graph.exposure("old", as_of="2020-06-01").id == "old"
    with pytest.raises(NotFound, match=r"as of 2026-01-01: it ended on 2020-12-31"):
        other_graph.exposure("old")
    with pytest.raises(NotFound, match="ended on 2020-12-31"):
        other_graph.impact(hit={"old": "high"})


@pytest.mark.parametrize("wrong", ["soon", 2024, "2024"])
def test_a_wrong_day_is_a_usage_error(graph: knockon.Graph, wrong: object) -> None:
    for ask in (lambda: graph.impact("data-reclassification", as_of=wrong), lambda: graph.query("ASK {}", as_of=wrong)):  # type: ignore[arg-type]
        with pytest.raises(UsageError, match="write 2025-07-01"):
            ask()


def test_every_answer_has_its_day(graph: knockon.Graph) -> None:
    """The day is a parameter of every answer, and what it leaves out is counted."""
    answers = [
        graph.exposure("sensetime").to_dict(), graph.profile("sensetime").to_dict(), graph.chokepoints("sensetime").to_dict(),
        graph.loops().to_dict(), graph.concentration().to_dict(),
        graph.mitigate("entity-list-chips", "sensefoundry").to_dict(),
        graph.uncertainty("entity-list-chips", draws=16).to_dict(), graph.impact("entity-list-chips").to_dict(),
        graph.explain("entity-list-chips", "sensefoundry").to_dict(),
        graph.compare("entity-list-chips", "data-reclassification").first.to_dict(),
    ]  # fmt: skip
    for answer in answers:
        assert answer["parameters"]["as_of"] == TODAY
        assert answer["not_holding"] == {"ended": 3, "not begun": 0}
    assert graph.rank().parameters["as_of"] == TODAY
    assert {chain.as_of for chain in graph.chains()} == {TODAY}


@pytest.mark.slow
def test_the_designation_hits_nothing_before_it_was_made(graph: knockon.Graph) -> None:
    """The bundled shock with a dated legal basis, wherever shocks are answered."""
    early = "2020-01-01"
    assert not len(graph.impact("treasury-designation", as_of=early))
    assert iri("treasury-designation") in graph.exposure("external-financing", as_of=early).idle
    assert [r.shock.name for r in graph.impacts(as_of=early) if r.not_in_force] == ["treasury-designation"]
    why = {chain.id: chain.why or "" for chain in graph.chains(as_of=early)}
    assert "hits nothing on this day" in why["treasury-to-ipo-delay"]
    sides = graph.compare("treasury-designation", "entity-list-chips", as_of=early)
    assert [bool(side.not_in_force) for side in (sides.first, sides.second)] == [True, False]
    assert "hits nothing as of 2020-01-01" in graph.report("treasury-designation", as_of=early)
    assert "begins on 2021-01-01" in graph.explore("treasury-designation", as_of=early)
    with pytest.raises(NotFound, match="hits nothing as of 2020-01-01"):
        graph.explain("treasury-designation", "sensetime", as_of=early)
    assert len(graph.impact("treasury-designation"))


def test_one_ground_serves_the_days_between_two_dates(graph: knockon.Graph) -> None:
    """The world is made once for an interval, and each answer still has its own day."""
    fresh = knockon.open()
    answer, other = fresh.impact("entity-list-chips", as_of="2024-03-01"), fresh.impact("entity-list-chips", as_of="2025-03-01")
    assert len(fresh._contexts) == 1
    assert [r.parameters["as_of"] for r in (answer, other)] == ["2024-03-01", "2025-03-01"]
    assert answer.cause.context.world.store is other.cause.context.world.store


def test_nothing_left_out_is_the_store_itself() -> None:
    """No copy is made where every record holds; where one is left out, its database is made when SPARQL asks first."""
    store = MemoryStore(data_set("x", [*shop(), law(from_="2020-01-01")]))
    assert world(store, as_of=date(2024, 1, 1)).store is store
    other = world(store, as_of=date(2019, 1, 1)).store
    assert "_db" not in vars(other)
    assert not other.query(f"ASK {{ <{iri('law')}> ko:covers ?need }}")


# Laws

dated = st.tuples(st.none() | DAYS, st.none() | DAYS).map(lambda d: d if None in d else tuple(sorted(d)))  # type: ignore[type-var]


@st.composite
def histories(draw: st.DrawFn) -> list[Statement]:
    """Needs of several times among five entities, some of which have dates too."""
    names = [f"e{k}" for k in range(5)]
    records: list[Statement] = []
    for name in names:
        first, last = draw(dated)
        records += entities(name, from_=first, until=last)
    for k in range(draw(st.integers(1, 6))):
        first, last = draw(dated)
        start, end = draw(dated)
        supply = [{"provider": iri(draw(st.sampled_from(names))), "from": start, "until": end}]
        ends = draw(st.sampled_from(names)), draw(st.sampled_from(names))
        records.append(need(*ends, name=f"n{k}", supply=supply, criticality="High", from_=first, until=last))
    return [*records, shock("blow", {"target": "e0", "severity": "High"})]


def losses(answer: knockon.Graph, day: object) -> dict[str, float]:
    return {i.entity: i.loss for i in answer.impact("blow", as_of=day)}


@given(histories(), DAYS)
def test_all_is_the_union_of_the_days(records: list[Statement], day: date) -> None:
    """As of all every record is there, and every record of a day is one of them."""
    store = MemoryStore(data_set("x", records))
    assert world(store).store is store
    answer = {record.id for record in world(store, as_of=day).store.records}
    assert answer <= {record.id for record in store.records}
    turns = [day, *(record.begins or record.ends or day for record in records)]
    union = set[str]().union(*({r.id for r in world(store, as_of=item).store.records} for item in turns))
    assert union == {record.id for record in store.records}


@given(histories(), DAYS, st.integers(0, 400))
def test_days_between_two_dates_are_alike(records: list[Statement], day: date, later: int) -> None:
    """Two days with no date of a record between them give the same losses."""
    answer, other = graph(*records), day + timedelta(later)
    answer.impact("blow", as_of=day)
    calendar = answer._calendar
    assert calendar is not None
    if calendar.interval(day) == calendar.interval(other):
        assert losses(answer, day) == losses(graph(*records), other)


@given(histories(), DAYS)
def test_what_is_reduced_to_its_name_is_known_without_a_store(records: list[Statement], day: date) -> None:
    """The page lists the same names for a day as the world of the day has."""
    store = MemoryStore(data_set("x", records))
    (named,) = reduced_to_names(store.records, Calendar.of(store.records), [day])
    made = world(store, as_of=day)
    assert named == {record.id for record in made.store.records if record.id in made.absent}


@given(histories(), DAYS)
def test_the_network_and_the_store_of_a_day_say_the_same(records: list[Statement], day: date) -> None:
    """The dependencies and supplies left out of the network are those that the world's store has not, or need themselves."""
    context = graph(*records)._context(as_of=day)
    left_out = context.compiled().left_out
    here = {part.id for record in context.store.records for part in (record, *record.parts())}
    for record in records:
        for part in (record, *record.parts()) if record.rdf_class == "Dependency" else ():
            if ITSELF in (left_out.get(part.id), left_out.get(record.id)):
                continue
            out = part.id not in here
            assert out == (part.id in left_out or record.id in left_out)
