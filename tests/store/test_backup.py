"""A backup is the store at one moment, whole and compared, whatever others do meanwhile; else there is none."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from knockon.errors import LimitReached, NotFound, StoreBusy, UsageError
from knockon.store import backup
from knockon.store.backup import back_up
from knockon.store.folder import FolderStore
from knockon.store.invalid_store import InvalidStore
from knockon.store.locking import write_lock
from knockon.store.markers import POINTER
from knockon.store.verification import verify_folder
from support.small_records import data_set, entities

ONE, TWO = data_set("x", entities("a", "b")), data_set("x", entities("a", "c"))
#: Loads two data sets in turn until it is killed.
WRITER = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from knockon.store.folder import FolderStore
from support.small_records import data_set, entities
sets = data_set("x", entities("a", "b")), data_set("x", entities("a", "c"))
with FolderStore(Path(sys.argv[1]), write=True) as store:
    print("ready", flush=True)
    while True:
        for data in sets:
            store.load(data, keep=0)
"""
#: Makes backups until it is killed; each copy counts when its name is printed.
COPIER = """
import sys
from pathlib import Path
from knockon.store.backup import back_up
from knockon.store.folder import FolderStore
with FolderStore(Path(sys.argv[1])) as store:
    print("ready", flush=True)
    while True:
        back_up(store, Path(sys.argv[2]), replace=True)
        print("copied", flush=True)
"""


def names(folder: Path) -> str:
    """The entities of a store whose files are all whole, in records and in SPARQL."""
    assert verify_folder(folder).damaged == ()
    with FolderStore(folder) as store:
        (row,) = store.query("SELECT (COUNT(*) AS ?n) WHERE { ?s a ko:Company }")
        assert int(row["n"].value) == len(store.records)
        return "".join(record.name for record in store.records)


def copied(folder: Path, target: Path, *, replace: bool = False) -> str:
    """The entities of a backup that is made now."""
    with FolderStore(folder) as store:
        report = back_up(store, target, replace=replace)
    assert report.files == sum(1 for path in target.rglob("*") if path.is_file() and path.name != "write.lock")
    return names(target)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with an earlier revision, which stays as it is."""
    folder = tmp_path_factory.mktemp("backup") / "store"
    with FolderStore(folder) as written:
        written.load(ONE)
        written.load(TWO)
    return folder


@pytest.fixture
def store(whole: Path, tmp_path: Path) -> Path:
    """A copy of that store."""
    return shutil.copytree(whole, tmp_path / "store")


def test_a_backup_is_a_store(store: Path, tmp_path: Path) -> None:
    """It has the records, the earlier revisions and the history; it is changed by itself, and can be copied back."""
    assert copied(store, tmp_path / "copy") == "ac"
    with FolderStore(store) as before, FolderStore(tmp_path / "copy") as after:
        assert after.history == before.history
        assert after.at(1) == before.at(1)
        after.undo()
    assert (names(store), names(tmp_path / "copy")) == ("ac", "ab")
    assert copied(tmp_path / "copy", tmp_path / "back") == "ab"


@pytest.fixture
def writer(store: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that changes the store without a pause, and holds its lock."""
    program = [sys.executable, "-c", WRITER, str(store), str(Path(__file__).parents[1])]
    with subprocess.Popen(program, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield process
        process.kill()


def test_a_store_is_copied_while_it_changes(store: Path, tmp_path: Path, writer: subprocess.Popen[str]) -> None:
    """Each copy is one of the states, whole, though the writer removes the files of the one before."""
    for number in range(3):
        assert copied(store, tmp_path / f"copy{number}") in {"ab", "ac"}
    assert writer.poll() is None


@pytest.mark.parametrize("kills", [2, pytest.param(200, marks=pytest.mark.slow)])
def test_a_killed_backup_leaves_the_old_copy_or_the_new_one(store: Path, tmp_path: Path, kills: int) -> None:
    """SIGKILL at any moment: what is at the target is whole, and the next backup removes what is left beside it."""
    target, draw = tmp_path / "copy", random.Random(1)  # noqa: S311 - a moment is no secret
    copied(store, target)
    for _ in range(kills):
        with subprocess.Popen([sys.executable, "-c", COPIER, store, target], stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            # It makes one copy after the other, so that it always dies while it makes one.
            time.sleep(draw.uniform(0, 0.05))
            process.send_signal(signal.SIGKILL)
        assert copied(store, target, replace=True) == "ac"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy", "store"]


def test_a_kill_between_the_two_renames_loses_nothing(store: Path, tmp_path: Path) -> None:
    """The old copy was moved aside, and the new one is not yet there: the next backup that fails brings it back."""
    target = tmp_path / "copy"
    copied(store, target)
    aside = tmp_path / f".{target.name}.knockon-x"
    aside.mkdir()
    target.rename(aside / "old")
    source = next((store / "sources").iterdir())
    source.write_bytes(b"")
    with FolderStore(store) as opened, pytest.raises(InvalidStore):
        back_up(opened, target)
    assert names(target) == "ac"


@pytest.mark.parametrize("part", ["sources/*", "revision-*/db/*.sst"])
def test_a_damaged_file_is_named_and_nothing_is_copied(store: Path, tmp_path: Path, part: str) -> None:
    """A flipped bit that came after the store was opened: the file of the store, not of the copy."""
    file = sorted(store.glob(part))[0]
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    with FolderStore(store) as opened:
        file.write_bytes(content)
        with pytest.raises(InvalidStore, match=file.name) as error:
            back_up(opened, tmp_path / "copy")
    assert str(store) in str(error.value)
    assert [path.name for path in tmp_path.iterdir()] == ["store"]


def test_a_missing_file_is_named(store: Path, tmp_path: Path) -> None:
    """A file that the pointer file lists does not exist, and the store did not change."""
    file = sorted(store.glob("sources/*"))[0]
    with FolderStore(store) as opened:
        file.unlink()
        with pytest.raises(InvalidStore, match=file.name):
            back_up(opened, tmp_path / "copy")


def test_where_a_copy_may_be_made(store: Path, tmp_path: Path) -> None:
    """A new or an empty folder; a store if that is said; nothing else, and never in the store or around it."""
    (tmp_path / "empty").mkdir()
    assert copied(store, tmp_path / "empty") == "ac"
    with FolderStore(store) as opened:
        opened.load(ONE)
        (tmp_path / "mine").mkdir()
        (tmp_path / "mine" / "thesis.txt").write_text("precious")
        (tmp_path / "file").write_text("precious")
        (tmp_path / "link").symlink_to(store)
        for target, message in {
            "mine": "is not a store", "file": "is not a store", "empty": "--replace", "no/where": "does not exist",
            "store/inside": "in each other", "store": "in each other", "link": "in each other", ".": "in each other",
        }.items():  # fmt: skip
            with pytest.raises(UsageError, match=message):
                back_up(opened, tmp_path / target, replace=target != "empty")
        with write_lock(tmp_path / "empty"), pytest.raises(StoreBusy):
            back_up(opened, tmp_path / "empty", replace=True)
    assert names(tmp_path / "empty") == "ac"
    assert copied(store, tmp_path / "empty", replace=True) == "ab"
    assert (tmp_path / "mine" / "thesis.txt").read_text("utf-8") == "precious"


def test_nothing_to_copy(tmp_path: Path) -> None:
    """An empty store has no backup."""
    with FolderStore(tmp_path / "store") as empty, pytest.raises(NotFound):
        back_up(empty, tmp_path / "copy")
    with FolderStore(tmp_path / "store") as emptied:
        emptied.load(ONE)
        emptied.undo()
        assert copied(tmp_path / "store", tmp_path / "copy") == ""


def test_a_full_disk(store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too little space is an error before anything is copied."""
    monkeypatch.setattr(backup, "free_bytes", lambda _: 1_000)
    with FolderStore(store) as opened, pytest.raises(LimitReached, match="nothing was written"):
        back_up(opened, tmp_path / "copy")
    assert [path.name for path in tmp_path.iterdir()] == ["store"]


@pytest.mark.slow
def test_more_files_than_may_be_open(store: Path, tmp_path: Path) -> None:
    """A low limit on open files is raised as far as the system allows; beyond that it is an error of ours."""
    pytest.importorskip("resource")
    program = """
import resource, sys
from pathlib import Path
from knockon.store.backup import back_up
from knockon.store.folder import FolderStore
store = FolderStore(Path(sys.argv[1]))
few, most = len(list(Path("/proc/self/fd").iterdir())) + 4, resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (few, few if sys.argv[3] == "few" else most))
try:
    back_up(store, Path(sys.argv[2]))
except Exception as error:
    print(type(error).__name__, error)
"""
    for allowed, expected in (("many", ""), ("few", "LimitReached")):
        place = tmp_path / allowed
        done = subprocess.run(
            [sys.executable, "-c", program, store, place, allowed], capture_output=True, text=True, check=True
        )
        assert done.stdout.startswith(expected), done.stdout + done.stderr
        assert place.exists() is (not expected)


def test_the_first_format_is_converted_first(store: Path) -> None:
    """A store without checksums is refused with what converts it."""
    (store / POINTER).write_text('{"current": "revision-1"}')
    with pytest.raises(UsageError, match="any change converts it"):
        backup._current_pointer(store)
