"""Changes of a store in a folder: what they report, that they can be taken back, and what is kept of them."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest

from knockon.errors import InvalidData, NotFound, UsageError
from knockon.model import DataSet
from knockon.store.folder import FolderStore
from knockon.store.oxigraph import MemoryStore
from networks import data_set, entities, need

ONE = data_set("x", entities("a", "b"))
TWO = data_set("x", [*entities("a", comment="Changed."), *entities("c")])
OTHER = data_set("y", entities("z"))


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "store")


def names(store: FolderStore) -> list[str]:
    return [record.name for record in store.records]


def test_a_load_reports_what_it_did(store: FolderStore) -> None:
    """Records added, changed, removed and unchanged, for the data sets that were loaded."""
    (first,) = store.load(ONE).data_sets
    assert (first.added, first.changed, first.removed, first.unchanged) == (2, 0, 0, 0)
    store.load(OTHER)
    report = store.load(TWO)
    (change,) = report.data_sets
    assert (change.name, change.added, change.changed, change.removed, change.unchanged) == ("x", 1, 1, 1, 0)
    assert str(change) == "x: 1 added, 1 changed, 1 removed, 0 unchanged"
    assert report.revision == 3
    assert not report.changes_nothing
    assert store.load(TWO, OTHER).changes_nothing
    assert MemoryStore(ONE).load(TWO).data_sets == report.data_sets


def test_the_same_again_is_no_change(store: FolderStore) -> None:
    """A load that changes nothing makes no revision, so that undo takes back the change before it."""
    store.load(ONE)
    store.load(TWO)
    assert store.load(TWO).revision == 2
    assert [one.number for one in store.history] == [2, 1]
    store.undo()
    assert names(store) == ["a", "b"]


def test_another_place_is_refused(store: FolderStore) -> None:
    """A data set does not take the place of one that was read elsewhere, unless that is asked for or nothing changes."""
    here, there = replace(ONE, origin="/jan/x.csv"), replace(TWO, origin="/feb/x.csv")
    store.load(here)
    before = store.history
    with pytest.raises(UsageError, match=r"x came from /jan/x.csv, and /feb/x.csv is another place.*--replace.*--as NAME"):
        store.load(there)
    assert store.history == before
    assert store.load(replace(here, origin="/feb/x.csv")).changes_nothing
    store.load(here, replace=True)
    report = store.load(there, replace=True)
    assert report.data_sets[0].replaced_origin == "/jan/x.csv"
    assert FolderStore(store.folder).data_sets[0].origin == "/feb/x.csv"
    store.load(replace(ONE, origin="/feb/x.csv"))
    assert names(store) == ["a", "b"]


def test_two_sources_of_one_name_are_refused(store: FolderStore) -> None:
    """In one load neither wins over the other; the same source named twice is one."""
    with pytest.raises(UsageError, match="two of the sources are called x"):
        store.load(replace(ONE, origin="/a/x.csv"), replace(TWO, origin="/b/x.csv"))
    assert store.empty
    same = replace(ONE, origin="/a/x.csv")
    store.load(same, replace(same, records=ONE.records))
    assert names(store) == ["a", "b"]


def test_undo_takes_back_whatever_came_last(store: FolderStore) -> None:
    """A load, a replacement, a removal, an undo; each undo is a revision of its own."""
    store.load(ONE)
    store.load(TWO)
    store.load(OTHER)
    store.remove("x")
    assert names(store) == ["z"]
    report = store.undo()
    assert names(FolderStore(store.folder)) == ["a", "c", "z"]
    assert (report.restored, report.revision, report.undone) == (3, 5, ("revision 4: remove x",))
    assert store.undo().restored == 4
    assert names(store) == ["z"]
    assert store.history[0].change == "undo, back to revision 4"
    store.undo(to=1)
    assert names(store) == ["a", "b"]
    assert [one.number for one in store.history] == [7, 6, 5, 4, 3, 2, 1]


def test_undo_of_the_first_load_is_an_empty_store(store: FolderStore) -> None:
    """The state before the first load is the empty store, and the undo of that brings the data back."""
    with pytest.raises(UsageError, match="nothing to undo"):
        store.undo()
    store.load(ONE)
    assert store.undo().restored == 0
    assert names(store) == []
    assert store.data_sets == ()
    assert not store.empty
    store.undo()
    assert names(store) == ["a", "b"]
    with pytest.raises(UsageError, match="at revision 3 already"):
        store.undo(to=3)
    with pytest.raises(NotFound, match=r"no revision called '8' \(kept are 1, 2, 3\)"):
        store.undo(to=8)
    assert store.undo(to=0).revision == 4


def test_an_undo_restores_where_data_came_from(store: FolderStore) -> None:
    """The origin of a data set goes back with its content, so that the next load is judged by it."""
    store.load(replace(ONE, origin="/a/x.csv"))
    store.load(replace(TWO, origin="/b/x.csv"), replace=True)
    store.undo()
    with pytest.raises(UsageError, match=r"came from /a/x\.csv"):
        store.load(replace(TWO, origin="/b/x.csv"))


def test_remove_is_refused_while_others_need_it(store: FolderStore) -> None:
    """Each reference to what would be gone is listed, and the store stays as it is; removing both works."""
    store.load(ONE, data_set("y", [*entities("z"), need("z", "a"), need("b", "z")]))
    before = store.history
    with pytest.raises(InvalidData, match=r"2 problems, nothing was removed:") as caught:
        store.remove("x")
    assert [problem.file for problem in caught.value.problems] == ["after removing x"] * 2
    assert "need names a" in str(caught.value)
    assert store.history == before
    report = store.remove("y", "data-x")
    assert dict(report.classes) == {"Company": 3, "Dependency": 2}
    assert store.data_sets == ()
    with pytest.raises(NotFound, match="no data set called 'x'"):
        store.remove("x")


def test_remove_says_what_stays(store: FolderStore) -> None:
    """Records that another data set holds too stay, and are counted apart."""
    store.load(ONE, data_set("y", entities("b", "z")))
    report = store.remove("y")
    assert (dict(report.classes), report.shared, report.data_sets[0].removed) == ({"Company": 1}, 1, 2)
    assert names(store) == ["a", "b"]


def test_at_most_ten_earlier_revisions_are_kept(store: FolderStore) -> None:
    """Twelve loads leave the current revision and ten before it; the sources of the others are gone."""
    for count in range(1, 13):
        store.load(data_set("x", entities(*(f"e{k}" for k in range(count)))))
    assert [one.number for one in store.history] == list(range(12, 1, -1))
    assert len(list((store.folder / "sources").iterdir())) == 11
    assert [len(store.at(number)[0].records) for number in (2, 7, 12)] == [2, 7, 12]


def test_fewer_are_kept_where_asked(store: FolderStore) -> None:
    """The number is remembered by the store; with 0 there is nothing to undo."""
    for number in range(4):
        store.load(data_set("x", entities(f"e{number}")), keep=2)
    store.load(OTHER)
    assert [one.number for one in FolderStore(store.folder).history] == [5, 4, 3]
    store.load(ONE, keep=0)
    assert len(store.history) == 1
    with pytest.raises(UsageError, match="keeps no earlier revision"):
        store.undo()
    for wrong in (-1, 11):
        with pytest.raises(UsageError, match="0 to 10"):
            store.load(ONE, keep=wrong)


def big(seed: int) -> DataSet:
    """A data set that hardly compresses."""
    noise = random.Random(seed)  # noqa: S311 - noise is no secret
    return data_set("x", entities("a", comment="".join(noise.choices("0123456789abcdef", k=4_000_000))))


def test_earlier_revisions_take_no_more_room_than_the_current_one(store: FolderStore) -> None:
    """Large ones fall away when a small one is current; the one before it stays, so that undo works."""
    for seed in range(3):
        store.load(big(seed))
    assert [one.number for one in store.history] == [3, 2, 1]
    store.load(ONE)
    assert [one.number for one in store.history] == [4, 3]
    store.load(OTHER)
    assert [one.number for one in store.history] == [5, 4]
    assert len(list((store.folder / "sources").iterdir())) == 2


def test_a_reader_of_an_earlier_revision_outlives_a_writer(store: FolderStore) -> None:
    """Opened before other changes, it reads earlier revisions that are kept, and says so of those that are not."""
    store.load(ONE)
    store.load(TWO)
    early = FolderStore(store.folder)
    store.load(OTHER, keep=1)
    assert early.at(2) == (TWO,)
    with pytest.raises(NotFound, match="kept are 2, 3"):
        early.at(1)


def test_times_can_be_pinned(store: FolderStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """SOURCE_DATE_EPOCH is the time of a change; the pointer file then differs in the database alone."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    store.load(ONE)
    assert store.history[0].made == store.data_sets[0].loaded == "2023-11-14T22:13:20Z"
