"""Checks of records that are not held: the problems of those in memory, in their order."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knockon.analysis.records.data_sets import contents, graph_summary
from knockon.cli import run
from knockon.errors import InvalidData, Problem
from knockon.model import DataSet, Entity, Ownership, Statement
from knockon.model.dataset import replace_data_sets
from knockon.model.records import class_counts, each
from knockon.rdf import digests
from knockon.rdf.merge import merge
from knockon.rdf.plain_records import PlainRecords
from knockon.rdf.sameness import MOST_SAME
from knockon.store import streamed_checks
from knockon.store.folder import FolderStore
from knockon.store.joint_checks import check_together
from knockon.store.kept_records import KeptDataSet, KeptRecords
from knockon.store.kept_rows import KeptRows
from knockon.store.oxigraph import MemoryStore
from knockon.store.pointer import StoredDataSet
from knockon.store.record_table import write_records
from knockon.store.streamed_checks import check_streamed
from support.faulty_records import random_data_sets
from support.random_records import generator
from support.small_records import data_set, entities, iri, need


@pytest.fixture(autouse=True, scope="module")
def always() -> Iterator[None]:
    """Few records are gone through as many are."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(streamed_checks, "LEAST_STREAMED", 0)
        yield


def problems(check: Callable[[], object]) -> Sequence[Problem]:
    """What a check finds."""
    try:
        check()
    except InvalidData as error:
        return error.problems
    return ()


def in_memory(data_sets: Sequence[DataSet]) -> None:
    """Check data sets with all their records at hand, as a load does."""
    together = replace_data_sets((), data_sets)
    check_together([record for record, _ in merge(together)], together, "loading")


def kept(folder: Path, data_sets: Sequence[DataSet]) -> tuple[DataSet, ...]:
    """Data sets whose records are read from a table, as those of a store folder."""
    (folder / "records").touch()
    write_records(folder / "records", data_sets, merge(data_sets))
    described = [StoredDataSet(each.info.id, each.info.title, "", 0, len(each.records), each.origin, "") for each in data_sets]
    return KeptRecords(KeptRows(folder / "records")).data_sets(described)


@given(st.integers(0))
def test_the_problems_are_those_of_all_records(seed: int) -> None:
    """Whatever is wrong with data sets together is found with the same words in the same order."""
    random = generator(seed)
    for _ in range(20):
        data_sets = random_data_sets(random)
        assert problems(lambda sets=data_sets: check_streamed(sets)) == problems(lambda sets=data_sets: in_memory(sets))


@given(st.integers(0))
def test_the_problems_of_kept_records_are_the_same(seed: int) -> None:
    """Records that are read from a table have the problems that they have in memory."""
    data_sets = replace_data_sets((), random_data_sets(generator(seed)))
    if not problems(lambda: merge(data_sets)):
        with tempfile.TemporaryDirectory() as folder:
            found = problems(lambda: check_streamed(kept(Path(folder), data_sets)))
        assert found == problems(lambda: in_memory(data_sets))


def test_random_data_have_every_kind_of_problem() -> None:
    """The laws above rest on data in which everything goes wrong."""
    kinds = {
        "does not exist", "did you mean", "it must be a", "has the same name as a record", "has the same name as a part",
        "is a different record", "which has no keyColumn", "the shares of", "the provisions of", "the portions of",
        "is part of itself", "are the same", "are judged different", "?target", "goes with provisionCombination",
    }  # fmt: skip
    for seed in range(3_000):
        found = problems(lambda given=seed: in_memory(random_data_sets(generator(given))))
        messages = "".join(f"{problem.message} {problem.hint}" for problem in found)
        kinds = {kind for kind in kinds if kind not in messages}
        if not kinds:
            break
    assert not kinds


def test_no_record_that_can_be_right_stays_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A table of records is gone through once, and what is valid is not kept."""
    (stored,) = kept(tmp_path, [data_set("x", [*entities("a", "b", "c"), need("a", "b", "c")])])
    monkeypatch.setattr(KeptRecords, "_all", property(lambda _: pytest.fail("all records are held")))
    monkeypatch.setattr(KeptRecords, "stated", lambda *_: pytest.fail("the records of a data set are held"))
    shown: list[tuple[int, int]] = []
    check_streamed([stored], lambda done, every: shown.append((done, every)))
    assert isinstance(stored.records, KeptDataSet)
    assert stored.records.store._read == {}
    assert [record.id for record in each(stored.records, Entity)] == [iri("a"), iri("b"), iri("c")]
    assert class_counts(stored.records) == Counter({"Company": 3, "Dependency": 1})


def test_progress_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """How many records of how many were gone through is told."""
    monkeypatch.setattr("knockon.store.record_stream._SHOWN", 2)
    shown: list[tuple[int, int]] = []
    check_streamed([data_set("x", entities(*"abcde"))], lambda done, every: shown.append((done, every)))
    assert shown == [(2, 5), (4, 5)]


def test_what_is_forgotten_meanwhile_is_compared_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of texts that come again few are remembered; those that were forgotten are only compared twice."""
    monkeypatch.setattr(digests, "_RECENT", 1)
    records: list[Statement] = [need(dependant, what) for dependant in "ab" for what in "cd"]
    data_sets = [data_set("x", [*entities(*"abd"), *records])]
    assert problems(lambda: check_streamed(data_sets)) == problems(lambda: in_memory(data_sets)) != ()


def test_a_sum_near_the_limit_is_computed_exactly() -> None:
    """Shares that come to 1.01 are rounded ones; a little more is too much."""
    for share, count in (("0.505", 0), ("0.50500000000000000000000000000000001", 2)):
        owned = [Ownership(id=iri(f"o-{name}"), owner=iri(name), owned=iri("c"), share=share) for name in "ab"]
        assert len(problems(lambda given=owned: check_streamed([data_set("x", [*entities(*"abc"), *given])]))) == count


def test_too_many_names_of_one_entity_are_found() -> None:
    """A group of more IRIs than one entity may have is reported of its least one, through whatever it is joined."""
    known = {"scheme": "Wikidata", "notation": "Q95"}
    firms = entities(*(f"firm-{number}" for number in range(MOST_SAME + 1)), identifier=[known])
    (problem,) = problems(lambda: check_streamed([data_set("x", [*firms, *entities("other")])]))
    assert [problem] == list(problems(lambda: in_memory([data_set("x", [*firms, *entities("other")])])))
    assert "100 other IRIs" in problem.message


def test_a_long_chain_of_wholes_is_no_cycle() -> None:
    """Wholes are followed to their ends, however far these are; who leads into a cycle is found."""
    chain = [entities(f"e-{number:04}", partOf=[iri(f"e-{number + 1:04}")])[0] for number in range(500)]
    for last in ([], [iri("e-0400")]):
        data_sets = [data_set("x", [*chain, *entities("e-0500", partOf=last)])]
        assert problems(lambda sets=data_sets: check_streamed(sets)) == problems(lambda sets=data_sets: in_memory(sets))


def test_a_table_is_validated_by_columns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The records of a plain table are made one by one, and what is said of them is the same as of a store of them."""
    (tmp_path / "t.csv").write_text(
        "dependant,need,provider,criticality\nAcme,glass,Lumen,high\nVolt,lithium,Salar,low\n", "utf-8"
    )
    monkeypatch.setattr(PlainRecords, "_made", property(lambda _: pytest.fail("all records are held")))
    assert run(["validate", str(tmp_path / "t.csv"), "--format", "csv"]) == 0
    table = capsys.readouterr()
    assert "ok: 8 records" in table.err
    monkeypatch.undo()
    assert run(["load", str(tmp_path / "t.csv"), "--store", str(tmp_path / "st")]) == 0
    capsys.readouterr()
    assert run(["validate", str(tmp_path / "st"), "--format", "csv"]) == 0
    assert capsys.readouterr().out == table.out


def test_data_sets_are_counted_without_their_records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What `ls` says of a store folder needs none of its records."""
    data_sets = [data_set("x", [*entities("a", "b", "c"), need("a", "b", "c")]), data_set("y", entities("a"))]
    with FolderStore(tmp_path / "st") as store:
        store.load(*data_sets)
    with FolderStore(tmp_path / "st") as store:
        assert isinstance(store.records, KeptRecords)
        monkeypatch.setattr(KeptRecords, "_new", lambda *_: pytest.fail("a record is made"))
        assert [replace(each, origin="", loaded="") for each in contents(store)] == list(contents(MemoryStore(*data_sets)))
        assert graph_summary(store) == graph_summary(MemoryStore(*data_sets))
