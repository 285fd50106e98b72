"""Other worlds on the explorer page: each document's, each day's, and the runs of the shocks in them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from itertools import accumulate

import pytest

import knockon
from knockon.analysis.context import Context
from knockon.analysis.resolved_options import ResolvedOptions
from knockon.errors import NotFound, UsageError
from knockon.model import Company, DataSet, DataSetInfo, Dependency, Document, Entity, Measure, Relation, Shock
from knockon.network.compile import RecordFilter, compile_network
from knockon.present.page import cascade, world_members, worlds
from knockon.present.page.cascade import WorldRun
from knockon.present.page.explorer import page
from knockon.present.page.facts import FactReader
from knockon.present.page.page_data import drawing
from knockon.present.page.world_members import offered, stops, thinned, turning_days
from knockon.store.oxigraph import MemoryStore
from support.explorer_sample import cite, iri, sample_records, sample_report
from support.hostile_records import HOSTILE, data_in_page
from support.impact_reports import with_label

SHOCK, OTHER = "data-reclassification", "entity-list-chips"
DOCUMENTS = ["doc-academic-paper", "doc-dependency-card", "doc-news-brief", "doc-newsletter", "doc-podcast"]


@pytest.fixture(scope="module")
def graph():
    return knockon.open()


@pytest.fixture(scope="module")
def data(graph) -> dict:
    return data_in_page(graph.explore(SHOCK, compare=OTHER))


def full(data: dict, row: int) -> str:
    name = data["strings"][row]
    return name if ":" in name else data["base"] + name


def table_of(data: dict, entry: dict) -> dict:
    table = entry["table"]
    return table if isinstance(table, dict) else data["cascade"] if table == -1 else data["worlds"][table]["table"]


def losses(data: dict, table: dict) -> dict[str, tuple]:
    rows = table["impacts"]
    names = [data["strings"][row] for row in rows["entity"]]
    causes = [names[cause] if cause >= 0 else None for cause in rows["cause"]]
    columns = (rows["loss"], rows["low"], rows["high"], rows["x"])
    return {name: (*cells, cause) for name, cause, *cells in zip(names, causes, *columns, strict=True)}


def engine(report) -> dict[str, tuple]:
    """The same from the engine: the cause is the source of the binding, where that stands at an earlier step."""
    steps = {impact.entity: impact.step for impact in report}
    found = {}
    for i in report:
        known = [n for n in (i.source, i.provider) if n and steps.get(n, i.step) < i.step]
        numbers = (round(i.loss, 6), round(i.loss_low, 6), round(i.loss_high, 6))
        found[i.entity] = (*numbers, i.step, known[0] if known else None)
    return found


def entry_of(data: dict, kind: str, document: int = -1, day: str = "") -> dict:
    found = [one for one in data["worlds"] if (one["kind"], one["document"], one["date"]) == (kind, document, day)]
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_has_what_according_to_gives(graph, data, name):
    """Entities, facts and what a fact says there are those of the ground that ``--according-to`` stands on."""
    records = {record.id: record for record in Context(graph.store, ResolvedOptions(according_to=name)).store.records}
    drawn = frozenset(one for one, record in records.items() if isinstance(record, Entity | Measure))
    document = [full(data, row) for row in data["documents"]["id"]].index(iri(name))
    members = next(one for one in data["members"] if one["document"] == document)
    assert {full(data, data["nodes"]["id"][row]) for row in accumulate(members["nodes"])} == drawn
    bare = {full(data, data["nodes"]["id"][row]) for row in accumulate(members["named"])}
    assert bare == {one for one in drawn if not records[one].documents}
    other = {row: ends for row, ends, *_ in members["other"]}
    facts, nodes = data["facts"], data["nodes"]["id"]
    said = {
        (data["kinds"][facts["kind"][row]]["key"], full(data, facts["record"][row]),
         tuple(full(data, nodes[end]) for end in other.get(row, facts["ends"][row])))
        for row in accumulate(members["facts"])
    }  # fmt: skip
    assert said == {(fact.kind, fact.record, fact.ends) for fact in FactReader(records, drawn).facts()}


def test_a_day_has_what_as_of_gives(graph, data):
    """A dependency or supply holds by its columns exactly where the compiled network has it, on every day of the slider."""
    facts = data["facts"]
    needs = {full(data, facts["record"][row]): row for row, kind in enumerate(facts["kind"])
             if data["kinds"][kind]["key"] in ("dependsOn", "supply")}  # fmt: skip
    for day in data["days"]["stop"]:
        holding = {
            name for name, row in needs.items()
            if (data["strings"][facts["since"][row]] or day) <= day <= (data["strings"][facts["until"][row]] or day)
        }  # fmt: skip
        left_out = compile_network(graph.store.records, RecordFilter(as_of=date.fromisoformat(day))).left_out
        out = {name for name, reason in left_out.items() if reason in ("ended", "not begun")}
        assert needs.keys() - holding == out & needs.keys()
    assert any(data["strings"][row] for row in facts["since"])


@pytest.mark.parametrize(("kind", "shock"), [("document", SHOCK), ("compare", OTHER)])
@pytest.mark.parametrize("name", DOCUMENTS)
def test_runs_by_document_are_the_engines(graph, data, name, kind, shock):
    """Each table of a document is what the command line's run of that shock gives."""
    document = [full(data, row) for row in data["documents"]["id"]].index(iri(name))
    entry = entry_of(data, kind, document)
    report = graph.impact(shock, according_to=name)
    assert losses(data, table_of(data, entry)) == engine(report)
    assert table_of(data, entry)["run"]["unaffected"] == report.unaffected
    assert bool(entry["reason"]) == (not len(report))
    assert data["strings"][entry["shock"]] == report.shock.label


@pytest.mark.parametrize("day", ["1999-12-31", "2018-09-01", "2022-01-01", "2023-09-01"])
def test_runs_by_day_are_the_engines(graph, data, day):
    """Each table of a day is what ``--as-of`` gives; days that share a network share a table."""
    for kind, shock in (("date", SHOCK), ("compare", OTHER)):
        report = graph.impact(shock, as_of=date.fromisoformat(day))
        entry = entry_of(data, kind, -1, day)
        assert losses(data, table_of(data, entry)) == engine(report)
    assert len({json.dumps(table_of(data, one)) for one in data["worlds"] if one["kind"] == "date"}) == 2


def test_second_shock_is_the_engines(graph, data):
    assert losses(data, table_of(data, entry_of(data, "compare"))) == engine(graph.impact(OTHER))
    assert losses(data, data["cascade"]) == engine(graph.impact(SHOCK))


def test_equal_runs_are_named_not_repeated(data):
    """No two tables of a page say the same, and every reference leads to a table."""
    tables = [one["table"] for one in data["worlds"] if isinstance(one["table"], dict)]
    stripped = [{**table, "run": table["run"] | {"parameters": ""}} for table in [data["cascade"], *tables]]
    assert len({json.dumps(table, sort_keys=True) for table in stripped}) == len(stripped)
    for one in data["worlds"]:
        assert isinstance(table_of(data, one), dict)


def test_same_bytes(graph, data):
    assert data_in_page(knockon.open().explore(SHOCK, compare=OTHER)) == data


def test_size(graph):
    """With all worlds and a second shock the bundled page stays below 620 KB."""
    assert len(graph.explore(SHOCK, compare=OTHER).encode()) < 620_000


def test_what_the_call_fixes_is_not_varied(graph):
    """A page of one document has no runs of others; a page of one day none of other days."""
    one = data_in_page(graph.explore(SHOCK, according_to="doc-dependency-card"))
    assert {entry["kind"] for entry in one["worlds"]} <= {"date"}
    other = data_in_page(graph.explore(SHOCK, as_of=date(2023, 1, 1)))
    assert {entry["kind"] for entry in other["worlds"]} == {"document"}


def test_needs_a_first_shock(graph):
    with pytest.raises(UsageError, match="first shock"):
        graph.explore(compare=OTHER)
    with pytest.raises(NotFound):
        graph.explore(SHOCK, compare="nonsense")


def test_without_a_shock_there_are_worlds_but_no_runs(graph):
    plain = data_in_page(graph.explore())
    assert "worlds" not in plain
    assert len(plain["members"]) == 5
    assert plain["days"]["stop"][0] == "1999-12-31"


def test_turning_days_and_thinning():
    """The day after the last counts; a supply's days count; nothing dated, no days."""
    records = [
        Company(id=iri("a"), label="A", from_=date(2020, 1, 1)),
        Dependency(id=iri("n"), dependant=iri("a"), need=iri("b"), supply=[{"provider": iri("c"), "until": "2021-05-31"}]),
    ]
    assert turning_days(records) == ["2019-12-31", "2020-01-01", "2021-06-01"]
    assert turning_days([Company(id=iri("a"), label="A", until=date.max)]) == []
    assert thinned([str(n) for n in range(100)], 24)[::23] == ["0", "99"]
    days = [date(2000 + n // 12, 1 + n % 12, 1) for n in range(120)]
    many = [
        Relation(id=iri(f"r{n}"), subject=iri("a"), relation_type="customerOf", object=iri("b"), from_=day)
        for n, day in enumerate(days)
    ]
    # Relations change no run; an entity that has not begun cannot be hit, so each of those days needs a run of its own.
    assert len(stops(many)) == world_members.DAYS
    firms = [Company(id=iri(f"c{n}"), label="C", from_=day) for n, day in enumerate(days)]
    assert len(stops(firms)) == world_members.RUNS
    assert drawing(firms, title="Many")["days"]["of"] == 121


def test_many_documents(monkeypatch):
    """Only the most cited are offered, and only as many as can be worked out."""
    records = [Document(id=iri(f"doc-{n}"), title=f"D{n}") for n in range(4)]
    records += [
        Company(id=iri(f"c{n}-{k}"), label="C", evidence=cite((f"doc-{n}", 90 * k))) for n in range(4) for k in range(n)
    ]
    assert offered(records, 2) == [iri("doc-2"), iri("doc-3")]
    monkeypatch.setattr(world_members, "CITING", 3)
    assert offered(records) == [iri("doc-0"), iri("doc-3")]


def small_graph(*extra) -> knockon.Graph:
    said = {"evidence": cite(("doc-a", 0))}
    records = (
        Document(id=iri("doc-a"), title=HOSTILE[0]), Document(id=iri("doc-b"), title=HOSTILE[1]),
        Company(id=iri("a"), label="A", **said), Company(id=iri("b"), label="B", **said),
        Dependency(id=iri("n"), dependant=iri("a"), need=iri("b"), criticality="High", **said),
        Shock(id=iri("s"), label=HOSTILE[2], hit=[{"target": iri("b"), "severity": "Essential"}], **said), *extra,
    )  # fmt: skip
    info = DataSetInfo(id=iri("data-small"), title=HOSTILE[3])
    return knockon.Graph(MemoryStore(DataSet(info, records)))


def test_hostile_titles_travel_as_data():
    text = small_graph().explore("s")
    data = data_in_page(text)
    assert [data["strings"][row] for row in data["documents"]["title"]] == HOSTILE[:2]
    for hostile in HOSTILE[:3]:
        assert hostile not in text


def test_large_graphs_say_why_there_is_no_run(monkeypatch):
    monkeypatch.setattr(worlds, "RECORDS", 3)
    data = data_in_page(small_graph().explore("s"))
    runs = [one for one in data["worlds"] if one["document"] >= 0]
    assert len(runs) == 2
    assert all(one["table"] is None and one["reason"].startswith("Not computed") for one in runs)


def test_only_the_most_cited_documents_are_run(monkeypatch):
    monkeypatch.setattr(worlds, "RUNS", 1)
    runs = data_in_page(small_graph().explore("s"))["worlds"]
    assert [one["table"] is None for one in runs] == [False, True]
    assert "most cited" in runs[1]["reason"]


def test_a_world_without_the_target_is_empty_for_a_reason():
    runs = data_in_page(small_graph().explore("s"))["worlds"]
    assert [len(one["table"]["impacts"]["loss"]) if isinstance(one["table"], dict) else one["table"] for one in runs] == [-1, 0]
    assert runs[1]["reason"] == "What the shock hits is not in this world."


def test_failed_runs_say_what_failed(monkeypatch):
    """An error of one world is its reason; the page is still made."""

    class Broken(Context):
        def runs(self, shocks):
            if self.options.according_to:
                raise UsageError(HOSTILE[0])
            return super().runs(shocks)

    monkeypatch.setattr("knockon.analysis.context.Context", Broken)
    runs = data_in_page(small_graph().explore("s"))["worlds"]
    assert [one["reason"] for one in runs] == [HOSTILE[0]] * 2


def test_too_many_rows_are_left_out(monkeypatch):
    """Where the tables of other worlds would be too long, they are left out and that is said."""
    monkeypatch.setattr(cascade, "WORLD_ROWS", 3)
    short, shorter = (replace(sample_report(), impacts=sample_report().impacts[:count]) for count in (3, 2))
    runs = [WorldRun("document", iri(name), "", "S", report) for name, report in (("doc-card", short), ("doc-news", shorter))]
    data = drawing(sample_records(), sample_report(), title="Acme", worlds=runs)
    first, second = data["worlds"]
    assert len(first["table"]["impacts"]["loss"]) == 3
    assert second["table"] is None
    assert second["reason"] == cascade.TOO_LONG


def test_page_takes_the_worlds():
    """Reports given by hand: the second shock stands first, and what equals the main run is named -1."""
    report = sample_report()
    data = drawing(sample_records(), report, title="Acme", others=[with_label(report, "Other")],
                   worlds=[WorldRun("document", iri("doc-card"), "", "S", sample_report())])  # fmt: skip
    assert [one["table"] if isinstance(one["table"], int) else "table" for one in data["worlds"]] == ["table", -1]
    assert page(data)


def test_a_part_offers_the_worlds_of_what_it_cites(graph):
    """Around a centre only documents that are cited there can be chosen, and rows are those of the part."""
    data = data_in_page(graph.explore(SHOCK, centre="southeast-asian-retailers", depth=1))
    cited = {data["evidence"]["document"][row] for rows in data["facts"]["evidence"] for row in rows}
    cited |= {data["evidence"]["document"][row] for rows in data["nodes"]["evidence"] for row in rows}
    assert {one["document"] for one in data["members"]} <= cited | set(data["evidence"]["document"])
    assert len(data["members"]) < 5
    for one in data["members"]:
        assert all(row < len(data["nodes"]["id"]) for row in accumulate(one["nodes"]))
        assert all(row < len(data["facts"]["record"]) for row in accumulate(one["facts"]))
