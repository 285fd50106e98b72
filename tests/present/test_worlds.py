"""Other worlds on the explorer page: each document's, each day's, and the runs of the shocks in them."""

from __future__ import annotations

from datetime import date
from itertools import accumulate

import pytest

import knockon
from knockon.analysis.context import Context
from knockon.analysis.resolved_options import ResolvedOptions
from knockon.errors import NotFound, UsageError
from knockon.model import Company, DataSet, DataSetInfo, Dependency, Document, Entity, Measure, Relation, Shock
from knockon.network.compile import RecordFilter, compile_network
from knockon.present.page import world_members, worlds
from knockon.present.page.facts import FactReader
from knockon.present.page.page_data import drawing
from knockon.present.page.world_members import offered, stops, thinned, turning_days
from knockon.store.oxigraph import MemoryStore
from support.engine_cases import needs_node
from support.explorer_sample import cite, iri
from support.hostile_records import HOSTILE, data_in_page
from support.page_rows import toggled
from support.page_runs import computed

SHOCK, OTHER = "data-reclassification", "entity-list-chips"
DOCUMENTS = ["doc-academic-paper", "doc-dependency-card", "doc-news-brief", "doc-newsletter", "doc-podcast"]


@pytest.fixture(scope="module")
def both(graph):
    """The page of two shocks."""
    return graph.explore(SHOCK, compare=OTHER)


@pytest.fixture(scope="module")
def data(both) -> dict:
    return data_in_page(both)


def full(data: dict, row: int) -> str:
    name = data["strings"][row]
    return name if ":" in name else data["base"] + name


@pytest.fixture(scope="module")
def runs(data) -> dict:
    return computed(data)


def losses(run: dict) -> dict[str, tuple]:
    """What each entity loses in a run that the page computes."""
    names = [impact["iri"] for impact in run["impacts"]]
    return {
        i["iri"]: (i["loss"], i["low"], i["high"], i["step"], names[i["cause"]] if i["cause"] >= 0 else None)
        for i in run["impacts"]
    }


def engine(report) -> dict[str, tuple]:
    """The same from the engine: the cause is the source of the binding, where that stands at an earlier step."""
    steps = {impact.entity: impact.step for impact in report}
    found = {}
    for i in report:
        known = [n for n in (i.source, i.provider) if n and steps.get(n, i.step) < i.step]
        numbers = (round(i.loss, 6), round(i.loss_low, 6), round(i.loss_high, 6))
        found[i.entity] = (*numbers, i.step, known[0] if known else None)
    return found


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_has_what_according_to_gives(graph, data, name):
    """Entities, facts and what a fact says there are those of the ground that ``--according-to`` stands on."""
    records = {record.id: record for record in Context(graph.store, ResolvedOptions(according_to=name)).store.records}
    drawn = frozenset(one for one, record in records.items() if isinstance(record, Entity | Measure))
    document = [full(data, row) for row in data["documents"]["id"]].index(iri(name))
    members = next(one for one in data["members"] if one["document"] == document)
    assert {full(data, data["nodes"]["id"][row]) for row in toggled(members["nodes"])} == drawn
    bare = {full(data, data["nodes"]["id"][row]) for row in toggled(members["named"], toggled(members["nodes"]))}
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


@needs_node
@pytest.mark.parametrize("shock", [SHOCK, OTHER])
@pytest.mark.parametrize("name", DOCUMENTS)
def test_runs_by_document_are_the_engines(graph, data, runs, name, shock):
    """What the page computes in the world of a document is what the command line's run of that shock gives."""
    document = [full(data, row) for row in data["documents"]["id"]].index(iri(name))
    run = runs[(document, ""), iri(shock)]
    report = graph.impact(shock, according_to=name)
    assert losses(run) == engine(report)
    assert run["run"]["unaffected"] == report.unaffected
    assert bool(run["reason"]) == (not len(report))
    assert run["run"]["shock_label"] == report.shock.label


@needs_node
@pytest.mark.parametrize("day", ["1999-12-31", "2018-09-01", "2022-01-01", "2023-09-01"])
def test_runs_by_day_are_the_engines(graph, runs, day):
    """What the page computes on a day is what ``--as-of`` gives."""
    for shock in (SHOCK, OTHER):
        report = graph.impact(shock, as_of=date.fromisoformat(day))
        assert losses(runs[(-1, day), iri(shock)]) == engine(report)


def test_days_that_share_a_network_have_it_once(data):
    """Of nine days two differ; what they share is named by its row."""
    days = [world for world in data["network"]["worlds"] if world["date"]]
    assert len(days) > 5
    assert sum("slots" in world for world in days) < len(days)
    for world in days:
        assert "slots" in world or "slots" in data["network"]["worlds"][world["same"]]


@needs_node
def test_the_page_opens_on_what_it_computes(graph, data, runs):
    """The run that is sent for readers without scripts has the losses that the page computes; the second shock is next."""
    table = data["cascade"]["impacts"]
    sent = {
        data["strings"][name]: numbers
        for name, *numbers in zip(*(table[key] for key in ("entity", "loss", "low", "high", "x")), strict=True)
    }
    assert sent == {name: list(numbers[:4]) for name, numbers in losses(runs[(-1, ""), iri(SHOCK)]).items()}
    assert losses(runs[(-1, ""), iri(OTHER)]) == engine(graph.impact(OTHER))
    assert data["network"]["opens"] == 2


def test_same_bytes(graph, data):
    assert data_in_page(knockon.open().explore(SHOCK, compare=OTHER)) == data


def test_a_page_of_another_model_is_sent_its_finding(graph, data):
    """In the words of that model; a page that computes words it itself."""
    finding = data_in_page(graph.explore(SHOCK, model="chance", draws=200))["cascade"]["finding"]
    assert "fails with a probability of" in finding[0] or "fail with a probability of" in finding[0]
    assert len(finding) == 2
    assert "finding" not in data["cascade"]


def test_size(both):
    """With all shocks in all worlds the bundled page stays below 600 KB."""
    assert len(both.encode()) < 600_000


@pytest.mark.slow
def test_the_page_of_the_larger_data_set_is_light_too():
    """So does that of the chips, with a shock to open on."""
    assert len(knockon.open("chips").explore("abf-shortage").encode()) < 600_000


@pytest.mark.slow
def test_what_the_call_fixes_is_not_varied(graph):
    """A page of one document has no runs of others; a page of one day none of other days."""
    one = data_in_page(graph.explore(SHOCK, according_to="doc-dependency-card"))
    assert {world["document"] for world in one["network"]["worlds"]} == {-1}
    other = data_in_page(graph.explore(SHOCK, as_of=date(2023, 1, 1)))
    assert {world["date"] for world in other["network"]["worlds"]} == {""}


def test_needs_a_first_shock(graph):
    with pytest.raises(UsageError, match="first shock"):
        graph.explore(compare=OTHER)
    with pytest.raises(NotFound):
        graph.explore(SHOCK, compare="nonsense")


def test_without_a_shock_there_are_worlds_and_all_shocks(graph):
    plain = data_in_page(graph.explore())
    assert "cascade" not in plain
    assert len(plain["network"]["shocks"]["label"]) == 19
    assert plain["network"]["opens"] == 0
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
    assert len(stops(firms)) == world_members.DAY_RUNS
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


def other_worlds(graph: knockon.Graph) -> list[dict]:
    """The worlds of a page but that of all sources."""
    data = data_in_page(graph.explore("s"))
    return [world | {"reason": data["strings"][world["reason"]]} for world in data["network"]["worlds"][1:]]


def test_large_graphs_say_why_there_is_no_run(monkeypatch):
    monkeypatch.setattr(worlds, "RECORDS", 3)
    assert [world["reason"].startswith("Not computed") for world in other_worlds(small_graph())] == [True] * 2


def test_only_the_most_cited_documents_are_run(monkeypatch):
    monkeypatch.setattr(worlds, "RUNS", 1)
    first, second = other_worlds(small_graph())
    assert ("slots" in first, "slots" in second) == (True, False)
    assert "most cited" in second["reason"]


@needs_node
def test_a_world_without_the_target_is_empty_for_a_reason():
    runs = computed(data_in_page(small_graph().explore("s")))
    assert [len(run["impacts"]) for run in runs.values()] == [2, 2, 0]
    assert [run["reason"] for run in runs.values()] == ["", "", "What the shock hits is not in this world."]


def test_a_world_that_fails_says_why(monkeypatch):
    """An error of one world is its reason; the page is still made."""

    class Broken(Context):
        def compiled(self, shocks=()):
            if self.options.according_to:
                raise UsageError(HOSTILE[0])
            return super().compiled(shocks)

    monkeypatch.setattr("knockon.analysis.context.Context", Broken)
    assert [world["reason"] for world in other_worlds(small_graph())] == [HOSTILE[0]] * 2


@needs_node
def test_a_shock_whose_query_fails_says_why():
    """The page is made, and that shock alone has no run."""
    query = f"SELECT ?target ?severity {{ VALUES (?target ?severity) {{ (<{iri('b')}> 7) }} }}"
    broken = Shock(id=iri("t"), label="Broken", hit=[{"target_query": query}])
    data = data_in_page(small_graph(broken).explore("s"))
    run = computed(data)[(-1, ""), iri("t")]
    assert run["impacts"] == []
    assert "is not a severity" in run["reason"]


def test_other_models_are_not_computed_by_the_page(graph):
    """The page of another model has its run in all sources, and nothing to compute with."""
    data = data_in_page(graph.explore(SHOCK, model="reach"))
    assert "network" not in data
    assert data["cascade"]["run"]["model"] == "reach"


def test_the_centre_is_the_company_of_the_reader(graph):
    """A page around an entity opens on what threatens it; one that was made with a shock opens on the shock."""
    data = data_in_page(graph.explore(centre="sensefoundry", depth=0))
    assert data["portfolio"] == {"company": 0, "left_out": 0, "nodes": []}
    assert "portfolio" not in data_in_page(graph.explore(SHOCK, model="reach", centre="sensefoundry", depth=0))


def test_a_part_offers_the_worlds_of_what_it_cites(graph):
    """Around a centre only documents that are cited there can be chosen, and rows are those of the part."""
    data = data_in_page(graph.explore(SHOCK, centre="southeast-asian-retailers", depth=1))
    cited = {data["evidence"]["document"][row] for rows in data["facts"]["evidence"] for row in rows}
    cited |= {data["evidence"]["document"][row] for rows in data["nodes"]["evidence"] for row in rows}
    assert {one["document"] for one in data["members"]} <= cited | set(data["evidence"]["document"])
    assert len(data["members"]) < 5
    for one in data["members"]:
        assert max(toggled(one["nodes"]), default=0) < len(data["nodes"]["id"])
        assert all(row < len(data["facts"]["record"]) for row in accumulate(one["facts"]))
