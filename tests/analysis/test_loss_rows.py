"""The rows of what a shock does, of which a large store has many: made together, in bounded memory, always the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

import knockon
from knockon.analysis.impact import causal_trace, rows
from knockon.analysis.impact.compare import compare
from knockon.analysis.impact.rows import LossRows, brief_rows, count_at_least, each_at_least, each_more
from knockon.analysis.report.report import gather
from knockon.model import Dependency, Entity
from knockon.present.page.excerpt import path_to
from knockon.present.rows.impact import impact_rows, record
from knockon.store.folder import FolderStore
from knockon.store.kept_records import KeptRecords
from knockon.store.kept_rows import KeptRows
from knockon.vocabulary import Stance
from support.golden import LETTERS
from support.large_graph import NS, large_records
from support.small_records import data_set, documents, entities, need, passage

SHOCKS = {"c0": "high"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of 400 companies, all of which rest on the first."""
    path = tmp_path_factory.mktemp("rows") / "store"
    with FolderStore(path) as store:
        store.load(data_set("large", large_records(400)))
    return path


@pytest.fixture
def graph(folder: Path) -> knockon.Graph:
    """The store, of which nothing was read yet."""
    graph = knockon.open(folder)
    assert isinstance(graph.store.records, KeptRecords)
    return graph


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The statements that are sent to the table of records."""
    statements: list[str] = []
    each_row = KeptRows.each_row

    def counted(self: KeptRows, statement: str, *values: Any) -> Iterator[Any]:
        statements.append(statement)
        return each_row(self, statement, *values)

    monkeypatch.setattr(KeptRows, "each_row", counted)
    return statements


@pytest.mark.parametrize("brief", [False, True])
def test_records_of_many_rows_are_read_together(graph: knockon.Graph, asked: list[str], brief: bool) -> None:
    """The rows of 400 entities take few statements, whether they have what they rest on or not."""
    report = graph.impact(hit=SHOCKS)
    before = len(asked)
    made = list(impact_rows(report).rows) if brief else list(report.impacts)
    assert len(made) == 400
    assert len(asked) - before < 40


def test_one_row_reads_its_path_together(graph: knockon.Graph, asked: list[str]) -> None:
    """A row with a long path takes no statement for each of its links."""
    report = graph.impact(hit=SHOCKS)
    before = len(asked)
    last = report.impacts[-1]
    assert last.step > 5
    assert len(asked) - before < 5


@pytest.mark.parametrize("model", ["leontief", "reach", "timeline", "chance"])
def test_brief_rows_say_what_whole_ones_say(folder: Path, model: str) -> None:
    """A row without what it rests on has the numbers, the names and the binding of the whole one, in any store."""
    letters = knockon.open(LETTERS / "data")
    reports = [knockon.open(folder).impact(hit=SHOCKS, model=model), *letters.impacts(model=model)]
    for report in reports:
        assert [record(row) for row in brief_rows(report.impacts)] == [record(row) for row in report.impacts]
        assert list(each_more(report.impacts)) == [(row.step, row.more) for row in report.impacts]
        table = impact_rows(report).rows
        assert [table[place] for place in range(len(table))] == list(table) == table[:]


@pytest.mark.parametrize("model", ["leontief", "reach", "timeline", "chance"])
def test_paths_are_those_of_the_rows(folder: Path, model: str, asked: list[str]) -> None:
    """The way to each entity goes by the binding of its row and of those before; none of them is made for it."""
    letters = knockon.open(LETTERS / "data")
    for report in [knockon.open(folder).impact(hit=SHOCKS, model=model), *letters.impacts(model=model)]:
        assert isinstance(report.impacts, LossRows)
        before = len(asked)
        paths = list(report.impacts.paths())
        assert len(asked) == before
        known = {row.entity: row for row in report.impacts}
        assert [entity for entity, _ in paths] == sorted(known, key=lambda iri: (-known[iri].loss, iri))
        assert paths == [(entity, path_to(known[entity], known.get)) for entity, _ in paths]


def test_rows_by_their_loss(graph: knockon.Graph) -> None:
    """Those with at least a loss are counted without being made, and come in their order."""
    impacts = graph.impact(hit=SHOCKS).impacts
    expected = [row for row in impacts if row.loss >= 0.05]
    assert 0 < len(expected) < len(impacts)
    for some in (impacts, tuple(impacts)):
        assert list(each_at_least(some, 0.05)) == expected
        assert count_at_least(some, 0.05) == len(expected)


def test_many_rows_are_not_kept(graph: knockon.Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever goes through more rows than are kept gets equal ones each time, and memory has few of them."""
    few = list(graph.impact(hit=SHOCKS).impacts)
    monkeypatch.setattr(rows, "MOST_KEPT", 30)
    impacts = graph.impact(hit=SHOCKS).impacts
    assert isinstance(impacts, LossRows)
    assert list(impacts) == few == list(impacts) == [impacts[place] for place in range(len(impacts))]
    assert len(impacts._made) <= 30


def test_rows_that_are_forgotten_meanwhile_are_there_all_the_same(
    graph: knockon.Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever goes through rows gets each of them, though another thread makes memory forget what it held."""
    expected = list(graph.impact(hit=SHOCKS).impacts)
    impacts = graph.impact(hit=SHOCKS).impacts
    assert isinstance(impacts, LossRows)
    make_rows = impacts._make_rows

    def interrupted(nodes: Sequence[int]) -> Sequence[Any]:
        impacts._made.clear()
        return make_rows(nodes)

    assert (impacts[0], impacts[1]) == (expected[0], expected[1])
    monkeypatch.setattr(impacts, "_make_rows", interrupted)
    assert list(impacts) == expected


def test_links_that_are_forgotten_meanwhile_are_there_all_the_same(
    graph: knockon.Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever asks for a link gets it, though another thread reads ahead and makes memory forget it."""
    monkeypatch.setattr(causal_trace, "_MOST_LINKS", -1)
    impacts = graph.impact(hit=SHOCKS).impacts
    assert isinstance(impacts, LossRows)
    trace = impacts._make_rows.args[0]  # type: ignore[attr-defined] # made by partial
    node = int(impacts.nodes[-1])
    expected = trace.link(node)

    class Interrupted(dict[int, Any]):
        def __setitem__(self, number: int, link: Any) -> None:
            super().__setitem__(number, link)
            trace.read_ahead_brief([])

    trace._links = Interrupted()
    assert trace.link(node) == expected is not None


def test_a_comparison_makes_no_whole_rows(graph: knockon.Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two answers are compared by their numbers and names alone."""
    expected = compare(graph.impact(hit=SHOCKS), graph.impact(hit={"c1": 0.5}))
    first, second = graph.impact(hit=SHOCKS), graph.impact(hit={"c1": 0.5})

    def refused(*_: object) -> None:
        raise AssertionError("a whole row was made")

    monkeypatch.setattr(LossRows, "_each", refused)
    assert compare(first, second).to_dict() == expected.to_dict()


def test_what_is_read_ahead_is_found(graph: knockon.Graph, asked: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Records that were read together are found without a look; memory holds a limited number of them."""
    records = graph.store.records
    assert isinstance(records, KeptRecords)
    monkeypatch.setattr("knockon.store.kept_records._MOST_READ", 50)
    wanted = [f"{NS}c{number}" for number in range(40)]
    records.read_ahead([*wanted, f"{NS}missing"])
    before = len(asked)
    assert all(isinstance(records.by_iri[iri], Entity) for iri in wanted)
    assert len(asked) == before
    records.read_ahead(f"{NS}c{number}" for number in range(100, 145))
    assert len(records._read) <= 50


def test_a_report_makes_each_row_once_and_those_of_its_finding_again(
    graph: knockon.Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows that are not kept are not made for counts, and what the report says is the same."""
    expected = gather(graph.impact(hit=SHOCKS)).to_dict()
    monkeypatch.setattr(rows, "MOST_KEPT", 0)
    report = graph.impact(hit=SHOCKS)
    made: list[int] = []
    make_rows = report.impacts._make_rows  # type: ignore[attr-defined] # rows of losses
    monkeypatch.setattr(report.impacts, "_make_rows", lambda nodes: made.extend(nodes) or make_rows(nodes))
    page = gather(report)
    assert page.to_dict() == expected
    # Once for all of them, and again for those of the finding and on the way to them.
    assert len(report.impacts) <= len(made) < 2 * len(report.impacts)


def test_what_asks_is_found_in_rows(tmp_path: Path) -> None:
    """Of a large store those that may ask something are read, and no others."""
    asking = need("a", "b", evidence=[passage(stance="Asks")])
    with FolderStore(tmp_path / "store") as store:
        named = [*documents("doc-a"), *entities("a", "b", "c")]
        store.load(data_set("x", [*named, asking, need("b", "c", evidence=[passage()])]))
    with FolderStore(tmp_path / "store") as store:
        assert [*store.records.citing_as(Stance.ASKS, Dependency)] == [asking]
        assert [*store.records.citing_as(Stance.ASKS, Entity)] == []
