"""What a store says when its files are not what was written: InvalidStore names the file, and no answer is given."""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pyoxigraph
import pytest
from pyoxigraph import Literal, NamedNode, Quad

import knockon
from knockon.errors import InvalidData, KnockonError
from knockon.query.answers import QueryAnswer
from knockon.sparql.execution import start_query
from knockon.sparql.limits import Limits
from knockon.store.folder import FolderStore
from knockon.store.invalid_store import InvalidStore
from knockon.store.markers import POINTER
from knockon.store.verification import verify_folder
from support.short_form import some_of
from support.small_records import data_set, entities

FIRST, SECOND = data_set("x", entities("a", "b")), data_set("x", entities("a", "c"))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with a current revision and an earlier one, which stays as it is."""
    folder = tmp_path_factory.mktemp("damage") / "store"
    with FolderStore(folder) as store:
        store.load(FIRST)
        store.load(SECOND)
    return folder


@pytest.fixture
def filled(whole: Path, tmp_path: Path) -> Path:
    """A copy of that store."""
    return shutil.copytree(whole, tmp_path / "store")


def read_everything(folder: Path) -> tuple[object, ...]:
    """All that the store and its earlier revision say."""
    with FolderStore(folder) as store:
        return store.history, store.records, frozenset(store.quads()), store.at(1)


def flipped(folder: Path) -> Iterator[tuple[Path, int]]:
    """Every file of a store, and places in it: some at the edges, some spread over the rest."""
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and path.stat().st_size):
        size = path.stat().st_size
        yield from ((path, place) for place in sorted({0, 9, size // 3, size // 2, size - 9, size - 1}) if 0 <= place < size)


@pytest.mark.parametrize("every", [4, pytest.param(1, marks=pytest.mark.slow)])
def test_a_flipped_bit_is_named_or_harmless(filled: Path, every: int) -> None:
    """In whatever file a bit flips, reading names the file or gives the same answers; writing back heals it."""
    whole = read_everything(filled)
    named = 0
    places = list(flipped(filled))[::every]
    assert {path.suffix or path.name.split("-")[0] for path, _ in places} >= {".sst", ".gz", ".json", "MANIFEST", "CURRENT"}
    for path, place in places:
        content = path.read_bytes()
        path.write_bytes(content[:place] + bytes([content[place] ^ 4]) + content[place + 1 :])
        try:
            assert read_everything(filled) == whole, path
        except InvalidStore as error:
            assert path.name in str(error) or path.name == POINTER  # noqa: PT017 - both outcomes are right
            named += 1
        path.write_bytes(content)
    assert named > 60 // every
    assert read_everything(filled) == whole


def test_a_missing_file_is_named(filled: Path) -> None:
    """Each file of the database and each source, taken away: InvalidStore names it."""
    gone = [path for path in filled.rglob("*") if path.suffix in {".sst", ".gz"} or path.name == "CURRENT"]
    for path in gone:
        content = path.read_bytes()
        path.unlink()
        with pytest.raises(InvalidStore, match=path.name):
            read_everything(filled)
        path.write_bytes(content)
    assert len(gone) > 8


def test_a_lost_pointer_is_no_empty_store(filled: Path) -> None:
    """Sources without a pointer file are a damaged store: opening and loading refuse, and nothing is swept."""
    pointer = (filled / POINTER).read_bytes()
    (filled / POINTER).unlink()
    before = sorted(filled.rglob("*"))
    for write in (False, True):
        with pytest.raises(InvalidStore, match=POINTER):
            FolderStore(filled, write=write)
    assert sorted(filled.rglob("*")) == before
    (filled / POINTER).write_bytes(pointer)
    assert len(FolderStore(filled).records) == 2


@pytest.mark.parametrize("form", some_of(["99", -1, 0, 1.0, 2.0, True, None, [2], {}], 3))
def test_a_format_that_is_none_is_refused(filled: Path, form: object) -> None:
    """Whatever else stands for the format is named, and is not taken for a number that it resembles."""
    document = {**json.loads((filled / POINTER).read_text("utf-8")), "format": form}
    (filled / POINTER).write_text(json.dumps(document), "utf-8")
    for write in (False, True):
        with pytest.raises(
            InvalidStore, match=rf"is of format {re.escape(json.dumps(form))}, which is not a format of Knock-on"
        ):
            FolderStore(filled, write=write)


@pytest.mark.parametrize("form", [3, 99])
def test_a_newer_format_is_refused(filled: Path, form: int) -> None:
    """A store that a newer version wrote is not read and not written, and the message says why."""
    document = {**json.loads((filled / POINTER).read_text("utf-8")), "format": form}
    (filled / POINTER).write_text(json.dumps(document), "utf-8")
    before = sorted(filled.rglob("*"))
    for write in (False, True):
        with pytest.raises(InvalidData, match=f"format {form}, written by a newer version.*use the newer version"):
            FolderStore(filled, write=write)
    assert sorted(filled.rglob("*")) == before


def test_names_in_the_pointer_lead_nowhere_else(filled: Path) -> None:
    """A pointer whose names are paths is damaged, whatever its checksum says, and so is one of wrong types or values."""
    for name in ("../../etc", "revision-/../x", "revision-a/b"):
        (filled / POINTER).write_text(json.dumps({"current": name}), "utf-8")
        with pytest.raises(InvalidStore):
            FolderStore(filled)


def test_verify_reads_every_file(filled: Path) -> None:
    """It counts what it compared, and finds the damage of an earlier revision that nothing else reads."""
    with FolderStore(filled) as store:
        assert store.verify() > 10
        earlier, current = store.history[1].data_sets[0].source, store.history[0].data_sets[0].source
        assert earlier != current
        (filled / "sources" / f"{earlier}.nq.gz").write_bytes(b"no gzip")
        assert len(store.records) == 2
        with pytest.raises(InvalidStore, match=earlier):
            store.verify()


def test_verify_names_every_damaged_file(filled: Path) -> None:
    """Several files damaged in several ways: each is named, in the message and among the problems."""
    damaged = sorted((filled / "sources").iterdir()) + sorted(filled.rglob("*.sst"))[:2]
    damaged[0].write_bytes(b"")
    damaged[1].unlink()
    damaged[2].write_bytes(b"other")
    damaged[3].unlink()
    damaged[3].mkdir()
    result = verify_folder(filled)
    assert {path.name for path in damaged} == {Path(problem.file).name for item in result.damaged for problem in item.problems}
    with pytest.raises(InvalidStore) as caught:
        raise InvalidStore.together(result.damaged)
    assert all(str(path) in str(caught.value) for path in damaged)
    assert len(caught.value.problems) == len(damaged)


def test_a_file_that_rocksdb_would_read_is_refused(filled: Path, tmp_path: Path) -> None:
    """A log of changes put beside the files of a database would be applied to it: it is named, and not read."""
    (database,) = filled.glob("revision-*/db")
    shutil.copytree(database, tmp_path / "copy")
    db = pyoxigraph.Store(str(tmp_path / "copy"))
    db.add(Quad(NamedNode("https://evil"), NamedNode("https://p"), Literal("y")))
    (log,) = (path for path in (tmp_path / "copy").glob("*.log") if path.stat().st_size and not (database / path.name).exists())
    shutil.copy(log, database)
    with pytest.raises(InvalidStore, match=f"{log.name}: is not a file of this store"):
        FolderStore(filled)


def test_files_of_others_are_listed_and_left(filled: Path) -> None:
    """Verification lists what the store does not read, and calls none of it damage."""
    (filled / "README").write_text("mine")
    (filled / "revision-abc").mkdir()
    result = verify_folder(filled)
    assert (result.damaged, [path.name for path in result.unused]) == ((), ["README", "revision-abc"])


@pytest.mark.parametrize("kind", ["folder", "pipe", "link in a circle", "link to a device", "link that leads nowhere"])
def test_what_is_no_file_is_named_at_once(filled: Path, kind: str) -> None:
    """Each kind of file of a store replaced by something that is none: InvalidStore names it, and nothing waits."""
    for path in [filled / POINTER, sorted((filled / "sources").iterdir())[0], *sorted(filled.glob("revision-*/db/*.sst"))[:1]]:
        content = path.read_bytes()
        path.unlink()
        if kind == "folder":
            path.mkdir()
        elif kind == "pipe":
            os.mkfifo(path)
        else:
            path.symlink_to({"link in a circle": path.name, "link to a device": "/dev/zero"}.get(kind, "nowhere"))
        with pytest.raises(InvalidStore, match=path.name):
            read_everything(filled)
        path.rmdir() if kind == "folder" else path.unlink()
        path.write_bytes(content)


def test_two_files_that_changed_places_are_named(filled: Path) -> None:
    """Sources, and files of the database, each whole and in the place of another."""
    for item, other in (sorted((filled / "sources").iterdir())[:2], sorted(filled.glob("revision-*/db/*.sst"))[1:3]):
        contents = item.read_bytes(), other.read_bytes()
        item.write_bytes(contents[1])
        other.write_bytes(contents[0])
        with pytest.raises(InvalidStore, match=f"{item.name}|{other.name}"):
            read_everything(filled)
        item.write_bytes(contents[0])
        other.write_bytes(contents[1])


def test_damage_that_comes_while_a_store_is_open_is_our_error(filled: Path) -> None:
    """The files of the database written over after they were compared: reading is InvalidData, and no other error."""
    store = FolderStore(filled)
    for path in filled.glob("revision-*/db/*.sst"):
        path.write_bytes(bytes(255 - byte for byte in path.read_bytes()))
    for read in (
        lambda: list(store.quads()),
        lambda: start_query(store, "SELECT * { ?s ?p ?o }").write(BytesIO(), Limits()),
        lambda: QueryAnswer(store.query("SELECT * { ?s ?p ?o }")).columns,
    ):
        with pytest.raises(InvalidData, match=r"was damaged while it was open.*knockon validate"):
            read()


@pytest.mark.skipif(not hasattr(os, "setresuid") or os.geteuid() != 0, reason="only root can become somebody who may not read")
def test_what_may_not_be_read_is_named(filled: Path, tmp_path: Path) -> None:
    """A pointer file, sources, a database or a folder kept from us: our error says so, and nothing is called damaged."""
    places = {name: tmp_path / name for name in ("pointer", "sources", "database", "folder", "ours")}
    for place in places.values():
        shutil.copytree(filled, place)
    kept = [
        places["pointer"] / POINTER,
        *(places["sources"] / "sources").iterdir(),
        *places["database"].rglob("*.sst"),
        places["folder"],
    ]
    outcomes: dict[str, list[str]] = {}
    assert knockon.open(filled).store.records  # who may not read that much may not import it either
    for path in kept:
        path.chmod(0)
    ancestors = [path for path in tmp_path.parents if path.is_relative_to(tempfile.gettempdir())]
    modes = [(path, path.stat().st_mode) for path in (tmp_path, *ancestors)]
    for path, mode in modes:
        path.chmod(mode | 0o055)
    try:
        os.seteuid(65534)
        for name, place in places.items():
            for action in (lambda place: knockon.open(place).store.records, lambda place: FolderStore(place, write=True)):
                try:
                    action(place)
                except KnockonError as error:
                    outcomes.setdefault(name, []).append(str(error))
    finally:
        os.seteuid(0)
        for path, mode in modes:
            path.chmod(mode)
    assert all("Permission denied" in message for messages in outcomes.values() for message in messages)
    assert {name: len(messages) for name, messages in outcomes.items()} == {**dict.fromkeys(places, 2), "ours": 1}
    assert outcomes["ours"][0].endswith("Permission denied: nothing was changed")
