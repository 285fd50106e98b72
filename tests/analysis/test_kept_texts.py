"""The texts that searches of a large store look through: kept with their revision, and never needed."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

import knockon
from knockon.analysis.records import kept_texts
from knockon.analysis.records.found_records import record_index
from knockon.analysis.records.kept_texts import KeptTexts
from knockon.analysis.records.record_index import RecordIndex
from knockon.analysis.records.search import SearchResult, search
from knockon.analysis.records.written_texts import write_changed_texts, write_texts
from knockon.graph import data_sets as graph_data_sets
from knockon.model import Company, Statement
from knockon.store import local_change
from knockon.store.folder import FolderStore
from knockon.store.kept import KeptFiles
from knockon.store.kept_records import KeptRecords
from knockon.store.long_work import long_work
from support.kept_tables import kept, kept_changes, mixed
from support.random_records import generator, random_graph
from support.small_records import data_set, entities, iri, need

#: Words of one text and of several, with accents, and of no text.
SEARCHED = ["acme", "a b", "acme needs b", "x y", "lines two", "two y", "zz", "\u00e9nergie", "no such"]


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stores of few records keep texts."""
    monkeypatch.setattr(kept_texts, "LEAST_RECORDS", 0)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A store with an entity of several texts, some with line ends."""
    odd = Company(id=iri("odd"), label="x\ty", altLabel=["y", "two\nlines x"], comment="\u00c9nergie\nof x y")
    with FolderStore(tmp_path / "store") as store:
        store.load(data_set("x", [odd, Company(id=iri("a"), label="Acme"), need("a", "b"), *entities("b")]))
    return tmp_path / "store"


def answers(folder: Path) -> list[SearchResult]:
    """What is found in a store that is opened anew, compared with what is found among all its records."""
    with FolderStore(folder) as store:
        found = [search(record_index(store), text, top=0) for text in SEARCHED]
        assert found == [search(RecordIndex(store), text, top=0) for text in SEARCHED]
    return found


def files(folder: Path, name: str = "texts") -> list[Path]:
    return sorted(folder.glob(f"revision-*/kept/{name}-*"))


def test_texts_are_written_once_for_a_revision(folder: Path) -> None:
    """The next load changes what is found, also where it renames what titles of unchanged records name."""
    first = answers(folder)
    (kept,) = files(folder)
    number = kept.stat().st_ino
    assert answers(folder) == first
    assert files(folder)[0].stat().st_ino == number
    with FolderStore(folder) as store:
        store.load(data_set("y", [Company(id=iri("a"), label="Acme", altLabel=["ZZ"]), *entities("c")]))
    assert answers(folder) != first


def test_damaged_texts_are_written_anew(folder: Path) -> None:
    """A file that was changed is not read."""
    first = answers(folder)
    (kept,) = files(folder)
    kept.write_bytes(kept.read_bytes().replace(b"acme", b"acne"))
    assert answers(folder) == first
    assert b"acne" not in files(folder)[0].read_bytes()


def test_without_room_rows_are_looked_through(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing can be written, the answers are the same."""

    def full(*_arguments: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(KeptFiles, "write", full)
    assert answers(folder)[0].total == 2
    assert not files(folder)


def test_who_waits_is_told(folder: Path) -> None:
    """The first search of a revision says that it writes texts, and the second does not."""
    messages: list[str] = []
    usual = long_work.get()

    def watch(message: str) -> object:
        messages.append(message)
        return usual(message)

    token = long_work.set(watch)  # type: ignore[arg-type] # returns the context of the usual one
    try:
        answers(folder)
        answers(folder)
    finally:
        long_work.reset(token)
    assert len(messages) == 1
    assert "once for this revision" in messages[0]


def test_a_search_goes_on_while_its_revision_is_replaced(folder: Path) -> None:
    """Who has a store open reads the texts of its revision, also where another process loads and removes it."""
    with FolderStore(folder) as store:
        index = record_index(store)
        before = search(index, "acme")
        for path in files(folder):
            path.unlink()
        assert search(index, "acme") == before


@pytest.fixture
def in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small stores are changed as large ones are."""
    for name in ("LEAST_RECORDS", "_LARGEST_SHARE", "_LARGEST_KEPT_SHARE"):
        monkeypatch.setattr(local_change, name, 0)


@pytest.mark.usefixtures("in_parts")
def test_a_further_load_keeps_the_texts_of_what_was_there(folder: Path) -> None:
    """The next revision has the same file of texts, with those of what changed beside it; so does an undo."""
    first = answers(folder)
    (kept_file,) = files(folder)
    content = kept_file.read_bytes()
    with FolderStore(folder) as store:
        store.load(data_set("y", [Company(id=iri("a"), label="Acme", altLabel=["ZZ"]), *entities("c")]))
    assert [path.read_bytes() for path in files(folder)] == [content]
    assert answers(folder) != first
    assert len(files(folder, "changed_texts")) == 1
    with FolderStore(folder) as store:
        store.undo()
    assert [path.read_bytes() for path in files(folder)] == [content]
    assert answers(folder) == first


def test_a_table_that_fills_a_store_leaves_its_texts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first search of a new process writes nothing."""
    table = tmp_path / "needs.csv"
    table.write_text("dependant,need,provider\nShop,Hosting,Cloud\nCloud,Power,Grid\n")
    for least, count in ((3, 1), (1_000, 0)):
        monkeypatch.setattr(graph_data_sets, "_LEAST_WITH_NETWORK", least)
        with knockon.open(tmp_path / f"store-{least}", write=True) as graph:
            graph.load(table)
        assert len(files(tmp_path / f"store-{least}")) == count


def test_texts_of_other_records_are_not_carried_over(tmp_path: Path) -> None:
    """What belongs to another file of records, or is described by nonsense, stays where it is."""
    one, other = KeptFiles(tmp_path / "one"), KeptFiles(tmp_path / "other")
    for files_of in (one, other):
        files_of.folder.parent.mkdir()
    one.write("texts", "program 1234", lambda path: path.write_bytes(b"x") and None)
    for checksum, description in (("123", None), ("234", None), ("1234", b"[]"), ("1234", b"{")):
        if description is not None:
            (one.folder / "texts.json").write_bytes(description)
        other.carry_over("texts", checksum, one)
        assert not other.folder.exists()


SEEDS = st.integers(0, 10_000)


@given(st.tuples(SEEDS, SEEDS, SEEDS))
def test_texts_of_what_changed_are_those_of_all(seeds: tuple[int, int, int]) -> None:
    """Records that are added, changed and removed, twice, and so whom titles name: the same texts in the same order."""
    draw, graphs = generator(sum(seeds)), [random_graph(seed).records for seed in seeds]
    with TemporaryDirectory() as folder:
        place = Path(folder)
        records = kept(place / "records", {each.id: each for each in graphs[0]}.values())
        write_texts(_empty(place / "texts"), records, lambda _done, _every: None)
        for number, other in enumerate(graphs[1:]):
            records = kept_changes(place / f"changes-{number}", records, _renamed(mixed(records, other, draw), number))
            write_changed_texts(_empty(place / f"changed-{number}"), records)
        whole = kept(place / "whole", records)
        write_texts(_empty(place / "whole-texts"), whole, lambda _done, _every: None)
        for words in ([""], ["e1"], ["entity", "2"], ["needs"], ["provides", "new"]):
            assert _found(KeptTexts(place / "texts", place / "changed-1"), records, words) == _found(
                KeptTexts(place / "whole-texts"), whole, words
            )


def _renamed(records: list[Statement], number: int) -> list[Statement]:
    """The same records, of which one entity has another name."""
    return [
        record.model_copy(update={"label": f"New {number}"}) if record.id == iri(f"e{number}") else record for record in records
    ]


def _empty(path: Path) -> Path:
    path.touch()
    return path


def _found(texts: KeptTexts, records: KeptRecords, words: list[str]) -> list[tuple[object, ...]]:
    """What is found, in the order of places."""
    found = sorted(texts.matching(words), key=lambda each: each.place)
    rows = {number: (name, cls) for name, cls, number in records.rows.records(columns="iri, class, number")}
    assert len({each.place for each in found}) == len(found)
    return [(each.quality, each.title, rows[each.record][0], records.classes[rows[each.record][1]]) for each in found]
