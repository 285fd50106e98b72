"""Changes of a store in a folder: what they report, that they can be taken back, and what is kept of them."""

from __future__ import annotations

import random
import shutil
from dataclasses import replace
from pathlib import Path

import pyoxigraph
import pytest
from pyoxigraph import NamedNode, RdfFormat

from knockon.errors import InvalidData, NotFound, UsageError
from knockon.model import DataSet
from knockon.store.assembly import assemble, authored_quads
from knockon.store.backup import back_up
from knockon.store.folder import FolderStore
from knockon.store.invalid_store import InvalidStore
from knockon.store.markers import POINTER
from knockon.store.oxigraph import MemoryStore
from knockon.store.pointer import Pointer, Revision, StoredDataSet
from knockon.store.revisions import prune
from knockon.vocabulary import KO
from support.small_records import data_set, entities, iri, need

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
    assert [revision.number for revision in store.history] == [2, 1]
    store.undo()
    assert names(store) == ["a", "b"]


def test_another_place_is_refused(store: FolderStore) -> None:
    """A data set does not take the place of one that was read elsewhere, unless that is asked for or nothing changes."""
    here, there = replace(ONE, origin="/jan/x.csv"), replace(TWO, origin="/feb/x.csv")
    store.load(here)
    before = store.history
    with pytest.raises(UsageError, match=r"x was read from /jan/x.csv, and /feb/x.csv is another place.*--replace.*--as NAME"):
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
    assert [revision.number for revision in store.history] == [7, 6, 5, 4, 3, 2, 1]


def test_undo_of_the_first_load_is_an_empty_store(store: FolderStore) -> None:
    """The state before the first load is the empty store, and the undo of that brings the data back."""
    with pytest.raises(UsageError, match="there is no earlier state"):
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
    with pytest.raises(UsageError, match=r"was read from /a/x\.csv"):
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


def test_at_most_ten_earlier_revisions_are_kept() -> None:
    """The current one and the ten before it; fewer where the pointer says so; sources that they share count once."""
    shared = StoredDataSet(iri("data-x"), "X", "0" * 64, 1, 1)
    history = tuple(Revision(number, "", "load", (), (shared,)) for number in range(15, 0, -1))
    for keep in (10, 3, 0):
        kept = prune(Pointer(None, history, keep), {shared.source: 100}, 0)
        assert [revision.number for revision in kept.revisions] == list(range(15, 14 - keep, -1))


def test_fewer_are_kept_where_asked(store: FolderStore) -> None:
    """The number is remembered by the store; with 0 there is nothing to undo."""
    for number in range(4):
        store.load(data_set("x", entities(f"e{number}")), keep=2)
    store.load(OTHER)
    assert [revision.number for revision in FolderStore(store.folder).history] == [5, 4, 3]
    with pytest.raises(InvalidData):
        store.load(data_set("bad", [need("nobody", "nothing")]), keep=0)
    assert len(store.history) == 3
    assert store.undo(keep=1).restored == 4
    assert [revision.number for revision in FolderStore(store.folder).history] == [6, 5]
    store.load(ONE, keep=0)
    assert len(store.history) == 1
    with pytest.raises(UsageError, match="keeps no revision before"):
        store.undo()
    for wrong in (-1, 11):
        with pytest.raises(UsageError, match="0 to 10"):
            store.load(ONE, keep=wrong)


def big(seed: int) -> DataSet:
    """A data set that hardly compresses."""
    noise = random.Random(seed)  # noqa: S311 - not used for security
    return data_set("x", entities("a", comment="".join(noise.choices("0123456789abcdef", k=4_000_000))))


@pytest.mark.slow
def test_earlier_revisions_take_no_more_room_than_the_current_one(store: FolderStore) -> None:
    """Large ones fall away when a small one is current; the one before it stays, so that undo works."""
    for seed in range(3):
        store.load(big(seed))
    assert [revision.number for revision in store.history] == [3, 2, 1]
    store.load(ONE)
    assert [revision.number for revision in store.history] == [4, 3]
    store.load(OTHER)
    assert [revision.number for revision in store.history] == [5, 4]
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


def first_format(folder: Path, *sets: DataSet) -> None:
    """A store as the first format had it: one revision with its sources inside, no checksums."""
    revision = folder / "revision-abc_1"
    (revision / "sources").mkdir(parents=True)
    for number, item in enumerate(sets):
        placed = [(record, item.graph) for record in (item.info, *item.records)]
        lines = pyoxigraph.serialize([*authored_quads(placed), *item.extra], format=RdfFormat.N_QUADS) or b""
        (revision / "sources" / f"{number}.nq").write_bytes(lines)
    db = pyoxigraph.Store(str(revision / "db"))
    db.bulk_extend(assemble(sets))
    db.flush()
    del db
    (folder / "write.lock").touch()
    (folder / POINTER).write_text('{"format": 1, "current": "revision-abc_1"}', "utf-8")


def test_the_first_format_is_read_as_it_is(tmp_path: Path) -> None:
    """Records, quads, history and revision are those of the data; nothing in the folder changes."""
    folder = tmp_path / "store"
    first_format(folder, ONE, OTHER)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    store, memory = FolderStore(folder), MemoryStore(ONE, OTHER)
    assert (store.records, store.data_sets, store.revision) == (memory.records, memory.data_sets, memory.revision)
    assert set(store.quads()) == set(memory.quads())
    assert [(revision.number, revision.change, revision.records) for revision in store.history] == [(1, "load x, y", 3)]
    assert store.at(1) == (ONE, OTHER)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_all_of_in_the_first_format_counts_where_it_is_judged(tmp_path: Path) -> None:
    """That format wrote it where nobody said anything: records and SPARQL read it as not given, and so does the next format."""
    everyone = entities("a", "b", "c", "p", "q")
    stated = need("a", "b", "p", "q", combination="AllOf", judged=["combination"])
    written = need("a", "c", "p", "q", combination="AllOf")
    first_format(tmp_path / "store", data_set("x", [*everyone, stated, written]))
    expected = MemoryStore(data_set("x", [*everyone, stated, need("a", "c", "p", "q")]))
    store = FolderStore(tmp_path / "store")
    for _ in range(2):
        assert store.records == expected.records
        assert set(store.quads(None, NamedNode(KO + "combination"))) == set(expected.quads(None, NamedNode(KO + "combination")))
        store.load(OTHER)
        store.remove("y")


@pytest.mark.parametrize("change", ["load", "remove", "undo"])
def test_the_first_change_writes_the_new_format(tmp_path: Path, change: str) -> None:
    """A load, a removal or an undo of a store of the first format keeps what it held as revision 1."""
    folder = tmp_path / "store"
    first_format(folder, ONE, OTHER)
    store = FolderStore(folder)
    expected = {"load": ["a", "c", "z"], "remove": ["z"], "undo": []}[change]
    if change == "load":
        store.load(TWO)
    elif change == "remove":
        store.remove("x")
    else:
        store.undo()
    again = FolderStore(folder)
    assert names(again) == expected
    assert [revision.number for revision in again.history] == [2, 1]
    assert not (folder / "revision-abc_1").exists()
    again.undo(to=1)
    assert names(FolderStore(folder)) == ["a", "b", "z"]
    assert again.verify() > 10


def test_a_damaged_store_of_the_first_format_is_named(tmp_path: Path) -> None:
    """Garbled or missing sources: InvalidStore."""
    first_format(tmp_path / "store", ONE)
    sources = tmp_path / "store" / "revision-abc_1" / "sources"
    (sources / "0.nq").write_text("garbage <", "utf-8")
    with pytest.raises(InvalidStore):
        FolderStore(tmp_path / "store")
    shutil.rmtree(sources)
    with pytest.raises(InvalidStore):
        FolderStore(tmp_path / "store")


def test_a_namesake_with_another_base_is_told(store: FolderStore) -> None:
    """It stands beside the other, as another data set, and the report says so once."""
    store.load(ONE)
    other = DataSet(ONE.info.model_copy(update={"id": "urn:x:data-x", "base": "urn:x:"}), ())
    (notice,) = store.load(other).notices
    assert f"has the same name as {ONE.info.id}, but another base" in str(notice)
    assert store.load(other).notices == ()


def test_a_data_set_in_use_is_not_parsed_again_and_still_checked(store: FolderStore) -> None:
    """A second reader shares it with the first; a file that was damaged meanwhile is found all the same."""
    store.load(ONE)
    first, second = FolderStore(store.folder), FolderStore(store.folder)
    assert first.data_sets[0] == second.data_sets[0]
    (source,) = (store.folder / "sources").iterdir()
    source.write_bytes(source.read_bytes()[:-9])
    with pytest.raises(InvalidStore):
        _ = FolderStore(store.folder).data_sets


def test_a_clock_that_is_set_back_changes_no_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Revisions are ordered by their numbers, whatever the clock said: history, undo and a backup are right."""
    with FolderStore(tmp_path / "st") as store:
        for data, clock in ((data_set("x", entities("a")), "1767225600"), (data_set("x", entities("b")), "946684800")):
            monkeypatch.setenv("SOURCE_DATE_EPOCH", clock)
            store.load(data)
        assert [(revision.number, revision.made[:4]) for revision in store.history] == [(2, "2000"), (1, "2026")]
        back_up(store, tmp_path / "copy")
        store.undo()
        assert [record.name for record in store.records] == ["a"]
    with FolderStore(tmp_path / "copy") as copy:
        assert [record.name for record in copy.records] == ["b"]
        copy.verify()
