"""What a store in a folder must do beyond the contract: last, share and survive."""

from __future__ import annotations

import errno
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import knockon
from knockon.errors import InvalidData, KnockonError, LimitReached, NotFound, StoreBusy, UsageError
from knockon.store.folder import FolderStore, require
from knockon.store.invalid_store import InvalidStore
from knockon.store.markers import POINTER
from knockon.store.oxigraph import MemoryStore
from support.example_data import EXAMPLE
from support.short_form import some_of
from support.small_records import data_set, entities, iri, need

SETS = {size: data_set("x", entities(*(f"e{k}" for k in range(size)))) for size in (1, 2, 300, 400)}

PREAMBLE = """
import sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from support.small_records import data_set, entities
from knockon.store.folder import FolderStore
folder = Path({folder!r})
sets = {{size: data_set("x", entities(*(f"e{{k}}" for k in range(size)))) for size in (1, 2, 300, 400)}}
"""


def script(folder: Path, text: str) -> list[str]:
    tests = str(Path(__file__).resolve().parents[1])
    return [sys.executable, "-c", PREAMBLE.format(tests=tests, folder=str(folder)) + text]


@contextmanager
def running(folder: Path, text: str) -> Iterator[subprocess.Popen[str]]:
    """Another process that has said ``ready`` and goes on until it is killed."""
    process = subprocess.Popen(script(folder, text), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "store"


FOREIGN = """
@prefix ko: <https://w3id.org/knockon/ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix my: <https://w3id.org/knockon/local/> .
my:shop a ko:Company ; rdfs:label "Shop" ; <https://example.org/size> 12.50, [ <https://example.org/unit> "m2" ] .
my:cloud a ko:Service ; rdfs:label "Cloud"@en .
my:d a ko:Dependency ; ko:dependant my:shop ; ko:need my:cloud ; ko:criticalityValue 0.50 .
"""

TABLE = """dependant,need,provider,share,criticality,from
Shop,Cloud,Nimbus,0.333,High,2024
Shop,Cloud,Stratus,0.669,High,2024
SHOP,Ice,Cold,,Low,
"""


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(EXAMPLE, id="example"), "foreign.ttl", "table.csv",
        *(pytest.param(name, marks=pytest.mark.slow) for name in ("chips", "sensetime")),
    ],
)  # fmt: skip
def test_after_a_load_a_store_gives_what_it_gives_when_it_is_opened_again(
    source: str | Path, folder: Path, tmp_path: Path
) -> None:
    """What was just written is not read again: it is the same records in the same order, with origin and time."""
    (tmp_path / "foreign.ttl").write_text(FOREIGN)
    (tmp_path / "table.csv").write_text(TABLE)
    path = tmp_path / source
    with knockon.open(folder, write=True) as graph:
        graph.load(path if path.exists() else source)
        with FolderStore(folder) as again:
            assert graph.store.data_sets == again.data_sets
            assert [(d.origin, d.loaded) for d in graph.store.data_sets] == [(d.origin, d.loaded) for d in again.data_sets]
            assert graph.store.revision == again.revision


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("folder") / "store"
    with FolderStore(folder) as store:
        store.load(SETS[2])
    return folder


@pytest.fixture
def filled(whole: Path, folder: Path) -> Path:
    return shutil.copytree(whole, folder)


def names(store: FolderStore) -> list[str]:
    return [record.name for record in store.records]


def test_it_survives_reopening(filled: Path) -> None:
    """Records, quads, data sets and revision are the same when it is opened again, and as in memory."""
    store, memory = FolderStore(filled), MemoryStore(SETS[2])
    assert (store.records, store.data_sets, store.revision) == (memory.records, memory.data_sets, memory.revision)
    assert set(store.quads()) == set(memory.quads())


def test_a_new_folder_appears_with_the_first_load(folder: Path) -> None:
    """Asking an absent store makes nothing; requiring it says what to do."""
    store = FolderStore(folder)
    assert store.empty
    assert store.records == ()
    with pytest.raises(NotFound, match="knockon load"):
        require(store)
    assert not folder.exists()
    store.load(SETS[1])
    assert not store.empty
    assert require(store) is store
    assert names(FolderStore(folder)) == ["e0"]


def test_an_empty_folder_is_a_new_store(tmp_path: Path) -> None:
    """A folder with nothing in it may become a store."""
    FolderStore(tmp_path).load(SETS[1])
    assert names(FolderStore(tmp_path)) == ["e0"]


@pytest.mark.parametrize("write", [False, True])
def test_a_folder_that_is_no_store_is_refused(tmp_path: Path, write: bool) -> None:
    """A folder with other files in it, and a file, are left alone: UsageError."""
    (tmp_path / "thesis.txt").write_text("Do not touch.")
    for place in (tmp_path, tmp_path / "thesis.txt"):
        with pytest.raises(UsageError, match="is not a store of Knock-on"):
            FolderStore(place, write=write)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_place_that_cannot_be_written_is_a_usage_error(tmp_path: Path) -> None:
    """A folder below a file cannot be made: said in our words."""
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot write"):
        FolderStore(tmp_path / "file" / "store").load(SETS[1])


def test_only_one_database_stays(filled: Path) -> None:
    """Loads do not pile up on disk: one database, the compressed sources of each content, the pointer, the lock."""
    store = FolderStore(filled)
    for size in (1, 2, 1):
        store.load(SETS[size])
    assert len(list(filled.glob("revision-*"))) == 1
    assert {path.name.split("-")[0] for path in filled.iterdir()} <= {"revision", "sources", "knockon", "write.lock"}
    assert len(list((filled / "sources").iterdir())) == 2


def test_a_failed_load_leaves_no_litter(filled: Path) -> None:
    """After InvalidData the folder holds what it held."""
    before = sorted(path.name for path in filled.iterdir())
    with pytest.raises(InvalidData):
        FolderStore(filled).load(data_set("bad", [need("nobody", "nothing")]))
    assert sorted(path.name for path in filled.iterdir()) == before


def fails(*_: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("step", ["check_together", "add_source", "build_database", "add_revision", "write_lock"])
def test_a_first_load_that_fails_leaves_no_folder(folder: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    """At whatever step it fails; one that was there, or has something else in it, stays. The same load works afterwards."""
    with monkeypatch.context() as patched:
        if step == "write_lock":
            patched.setattr("filelock.FileLock.acquire", fails)
        else:
            patched.setattr(f"knockon.store.folder.{step}", fails)
        with pytest.raises(LimitReached, match="is full"):
            FolderStore(folder).load(SETS[2])
        assert not folder.exists()
        folder.mkdir()
        with pytest.raises(LimitReached, match="is full"):
            FolderStore(folder).load(SETS[2])
        assert folder.is_dir()
    shutil.rmtree(folder)
    FolderStore(folder).load(SETS[2])
    assert len(FolderStore(folder).records) == 2


def test_a_folder_is_removed_with_nothing_of_others_in_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What another program put there meanwhile stays, and the folder with it."""

    def interrupted(*_: object) -> None:
        (folder / "notes.txt").write_text("mine")
        raise KeyboardInterrupt

    monkeypatch.setattr("knockon.store.folder.check_together", interrupted)
    with pytest.raises(KeyboardInterrupt):
        FolderStore(folder).load(SETS[2])
    assert (folder / "notes.txt").read_text() == "mine"


def test_a_writer_that_puts_nothing_into_a_new_folder_removes_it(folder: Path) -> None:
    """Neither a name that is not there nor an open store without a load makes one."""
    with pytest.raises(NotFound):
        FolderStore(folder).remove("x")
    with FolderStore(folder, write=True) as store:
        assert folder.is_dir()
        with pytest.raises(NotFound):
            store.remove("x")
    assert not folder.exists()
    with FolderStore(folder, write=True) as store:
        store.load(SETS[1])
    assert len(FolderStore(folder).records) == 1


def test_a_folder_that_goes_while_its_lock_is_waited_for_is_made_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process removes the folder of its failed first load between the opening of the lock and having it."""
    from filelock import FileLock

    acquire = FileLock.acquire
    removed = []

    def late(self: FileLock, *arguments: Any, **named: Any) -> Any:
        proxy = acquire(self, *arguments, **named)
        if not removed:
            removed.append(folder)
            shutil.rmtree(folder)
        return proxy

    monkeypatch.setattr(FileLock, "acquire", late)
    FolderStore(folder).load(SETS[2])
    assert len(FolderStore(folder).records) == 2


def test_a_second_writer_is_told_to_wait(filled: Path) -> None:
    """Opened for writing twice, or loaded into while open for writing elsewhere: StoreBusy; closing lets others in."""
    first = FolderStore(filled, write=True)
    with pytest.raises(StoreBusy, match="being written"):
        FolderStore(filled, write=True)
    reader = FolderStore(filled)
    with pytest.raises(StoreBusy):
        reader.load(SETS[1])
    first.load(SETS[1])
    first.load(SETS[2])
    with pytest.raises(StoreBusy):
        reader.load(SETS[1])
    first.close()
    reader.load(SETS[1])
    assert names(reader) == ["e0"]
    FolderStore(filled, write=True).close()


def test_another_process_is_told_to_wait(filled: Path) -> None:
    """While one process has it open for writing, another reads and cannot write; a killed writer holds nothing."""
    writing = "store = FolderStore(folder, write=True)\nprint('ready', flush=True)\nsys.stdin.read()"
    with running(filled, writing):
        assert names(FolderStore(filled)) == ["e0", "e1"]
        with pytest.raises(StoreBusy):
            FolderStore(filled, write=True)
        with pytest.raises(StoreBusy):
            FolderStore(filled).load(SETS[1])
    FolderStore(filled, write=True).close()


def test_a_reader_sees_one_state_while_another_writes(filled: Path) -> None:
    """Opened before a load or during one, a reader answers from one revision, whole, in records and in SPARQL."""
    early = FolderStore(filled)
    loading = "print('ready', flush=True)\nwhile True:\n    for size in (2, 300):\n        FolderStore(folder).load(sets[size])"
    with running(filled, loading):
        seen = set[int]()
        # At least five times, and until both states were seen.
        for number in range(500):
            if number >= 5 and seen == {2, 300}:
                break
            with FolderStore(filled) as store:
                records = len(store.records)
                (row,) = store.query("SELECT (COUNT(*) AS ?n) WHERE { ?s a ko:Company }")
                assert int(row["n"].value) == records
            seen.add(records)
        assert seen <= {2, 300}
        (row,) = early.query("SELECT (COUNT(*) AS ?n) WHERE { ?s a ko:Company }")
        assert int(row["n"].value) == 2
        assert len(early.records) in {2, 300}


def test_a_reader_that_waited_sees_what_came_since(filled: Path) -> None:
    """Opened before another's load and asked for records only after: the new ones, never none."""
    reader = FolderStore(filled)
    FolderStore(filled).load(SETS[1], data_set("y", entities("z")))
    assert names(reader) == ["e0", "z"]
    assert bool(reader.query("ASK { id:z a ko:Company }"))
    assert len(reader.data_sets) == 2


def test_after_its_own_load_a_store_stays_as_it_is_while_others_change_it(filled: Path) -> None:
    """Queries and records are those of one state, although another load came before; reading again shows it."""
    with FolderStore(filled) as store:
        store.load(data_set("y", entities("mine")))
        with FolderStore(filled) as other:
            other.load(data_set("z", entities("theirs")))
        assert store.query(f"ASK {{ <{iri('mine')}> ?p ?o }}")
        assert not store.query(f"ASK {{ <{iri('theirs')}> ?p ?o }}")
        assert names(store) == ["e0", "e1", "mine"]
        store.reload()
        assert store.query(f"ASK {{ <{iri('theirs')}> ?p ?o }}")
        assert names(store) == ["e0", "e1", "mine", "theirs"]


def test_a_folder_that_is_gone_is_no_empty_store(filled: Path) -> None:
    """Opened for writing, it opens its database at the first query: without its files that is an error each time."""
    with FolderStore(filled, write=True) as store:
        assert names(store) == ["e0", "e1"]
        shutil.rmtree(filled)
        for _ in range(2):
            with pytest.raises(InvalidStore):
                store.query("ASK { id:e0 a ko:Company }")


def test_a_store_that_let_its_lock_go_shows_what_came_since(filled: Path) -> None:
    """Its database was not opened before another load removed it."""
    with FolderStore(filled, write=True) as store:
        store.load(data_set("y", entities("mine")))
    with FolderStore(filled) as other:
        other.load(data_set("z", entities("theirs")))
    assert store.query(f"ASK {{ <{iri('theirs')}> ?p ?o }}")
    assert names(store) == ["e0", "e1", "mine", "theirs"]


def test_what_others_loaded_meanwhile_is_kept(filled: Path) -> None:
    """A load starts from what is there now, not from what was there at opening."""
    stale = FolderStore(filled)
    assert names(stale) == ["e0", "e1"]
    FolderStore(filled).load(data_set("y", entities("z")))
    stale.load(data_set("w", entities("w")))
    assert names(stale) == names(FolderStore(filled)) == ["e0", "e1", "w", "z"]


LOADING = """
print('ready', flush=True)
while True:
    for size in (400, 300):
        FolderStore(folder).load(sets[size])
"""


@pytest.mark.parametrize("moment", some_of([3, 0, 1, 2, 4], 5))
def test_a_killed_load_does_no_harm(filled: Path, moment: int) -> None:
    """SIGKILL at any moment: the store is as it was before the load or after it, opens, asks, and loads again."""
    whole = {MemoryStore(SETS[size]).revision for size in (2, 300, 400)}
    with running(filled, LOADING) as process:
        time.sleep(random.Random(moment).uniform(0, 0.25) * (moment + 1))  # noqa: S311 - not used for security
        process.kill()
        process.wait()
    store = FolderStore(filled)
    assert store.revision in whole
    (row,) = store.query("SELECT (COUNT(*) AS ?n) WHERE { ?s a ko:Company }")
    assert int(row["n"].value) == len(store.records)
    store.load(SETS[1])
    assert names(FolderStore(filled)) == ["e0"]
    assert len(list(filled.glob("revision-*"))) == 1


def test_a_killed_first_load_leaves_an_empty_store(folder: Path) -> None:
    """Killed before anything was pointed at, the folder is still a store, empty, and takes the next load."""
    (folder / "revision-dead").mkdir(parents=True)
    (folder / "write.lock").write_text("")
    (folder / "knockon-store.new").write_text('{"curr')
    store = FolderStore(folder)
    assert store.empty
    store.load(SETS[1])
    assert names(FolderStore(folder)) == ["e0"]
    assert len(list(folder.glob("revision-*"))) == 1


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b'"x"',
        b"7",
        b"\xff\xfe",
        b'{"current": "revision-gone"}',
        b'{"current": ""}',
        b'{"current": "../.."}',
        b"{}",
    ],
    ids=repr,
)
def test_a_damaged_pointer_is_a_clean_error(filled: Path, content: bytes) -> None:
    """InvalidData that names the file and the mend, for readers and writers."""
    (filled / POINTER).write_bytes(content)
    for write in (False, True):
        with pytest.raises(InvalidData, match=r"knockon-store.json: .*load the data into a new folder"):
            FolderStore(filled, write=write)


def test_a_failed_opening_lets_the_lock_go(filled: Path) -> None:
    """Who fails to open a damaged store for writing keeps nobody out."""
    whole = (filled / POINTER).read_bytes()
    (filled / POINTER).write_bytes(b"{")
    with pytest.raises(KnockonError):
        FolderStore(filled, write=True)
    (filled / POINTER).write_bytes(whole)
    FolderStore(filled, write=True).close()


def test_names_of_data_sets_need_not_be_file_names(folder: Path) -> None:
    """Long names, and names with signs that files cannot have, are stored and come back."""
    odd = ["x" * 300, "a%2Fb", "é", "..", "con", "A", "a"]
    sets = [data_set(name, entities(f"e{k}")) for k, name in enumerate(odd)]
    FolderStore(folder).load(*sets)
    store = FolderStore(folder)
    assert sorted(item.info.id for item in store.data_sets) == sorted(iri(f"data-{name}") for name in odd)
    assert len(store.records) == len(odd)
