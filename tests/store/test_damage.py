"""What a store says when its files are not what was written: InvalidStore names the file, and no answer is given."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from knockon.errors import InvalidData
from knockon.store.folder import FolderStore
from knockon.store.pointer import POINTER, InvalidStore
from networks import data_set, entities

FIRST, SECOND = data_set("x", entities("a", "b")), data_set("x", entities("a", "c"))


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    """A store with a current revision and an earlier one."""
    folder = tmp_path / "store"
    with FolderStore(folder) as store:
        store.load(FIRST)
        store.load(SECOND)
    return folder


def read_everything(folder: Path) -> tuple[object, ...]:
    """All that the store and its earlier revision say."""
    with FolderStore(folder) as store:
        return store.history, store.records, frozenset(store.quads()), store.at(1)


def flipped(folder: Path) -> Iterator[tuple[Path, int]]:
    """Every file of a store, and places in it: some at the edges, some spread over the rest."""
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and path.stat().st_size):
        size = path.stat().st_size
        yield from ((path, place) for place in sorted({0, 9, size // 3, size // 2, size - 9, size - 1}) if 0 <= place < size)


def test_a_flipped_bit_is_named_or_harmless(filled: Path) -> None:
    """In whatever file a bit flips, reading names the file or gives the same answers; writing back heals it."""
    whole = read_everything(filled)
    named = 0
    for path, place in flipped(filled):
        content = path.read_bytes()
        path.write_bytes(content[:place] + bytes([content[place] ^ 4]) + content[place + 1 :])
        try:
            assert read_everything(filled) == whole, path
        except InvalidStore as error:
            assert path.name in str(error) or path.name == POINTER  # noqa: PT017 - both outcomes are right
            named += 1
        path.write_bytes(content)
    assert named > 60
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
    """A pointer whose names are paths is damaged, whatever its checksum says."""
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
