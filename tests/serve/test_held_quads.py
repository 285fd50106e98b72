"""The quads of a small store are at hand, so that all processes answer from memory; a large one is read from its folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import IO

import pytest

import knockon
from knockon.serve import held_quads
from knockon.serve.held_quads import with_quads
from knockon.serve.snapshots import Snapshots
from knockon.worker.store_content import StoreContent

LETTERS = Path(__file__).parents[1] / "support" / "letters"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A store in a folder."""
    with knockon.open(tmp_path / "store", write=True) as graph:
        graph.load(LETTERS / "data")
    return tmp_path / "store"


def of_parts(number: int) -> tuple[Callable[[IO[bytes]], object], list[int]]:
    """Return what writes 100 bytes some times, and how often it has."""
    written: list[int] = []

    def write(out: IO[bytes]) -> None:
        for n in range(number):
            out.write(b"<urn:x:s> <urn:x:p> <urn:x:o> .".ljust(99) + b"\n")
            written.append(n)

    return write, written


def test_a_large_content_is_written_no_further_than_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """It stays as it was; so it costs no more memory than a small one."""
    monkeypatch.setattr(held_quads, "MOST_BYTES", 1_000)
    for number, held in ((10, True), (11, False), (10**6, False)):
        write, written = of_parts(number)
        content = StoreContent("key", write)
        found = with_quads(content)
        assert (found.quads is not None, len(written)) == (held, 10)
        assert held or found is content


def test_many_short_quads_are_a_large_content(monkeypatch: pytest.MonkeyPatch) -> None:
    """They take more memory than their bytes tell."""
    monkeypatch.setattr(held_quads, "MOST_QUADS", 10)
    assert with_quads(StoreContent("key", of_parts(10)[0])).quads
    assert with_quads(StoreContent("key", of_parts(11)[0])).quads is None


def test_a_large_folder_is_not_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its size on the disk tells that it is large."""
    content = knockon.open(folder).store.content()
    assert with_quads(content).quads
    monkeypatch.setattr(held_quads, "MOST_BYTES", 1_000)
    unreadable = StoreContent(content.key, lambda _: pytest.fail("it was read"), content.folder)
    assert with_quads(unreadable) is unreadable


@pytest.mark.parametrize("error", [OSError("it is gone"), RuntimeError("Corruption: block checksum mismatch")])
def test_what_cannot_be_read_is_left_to_workers(error: Exception) -> None:
    """They report it with the answer to a query."""

    def write(_out: IO[bytes]) -> None:
        raise error

    content = StoreContent("key", write)
    assert with_quads(content) is content


def test_rows_from_memory_have_other_tags(folder: Path) -> None:
    """Their order is another one, so an answer from a folder is not that of the same tag."""
    in_folder, held = Snapshots(folder), Snapshots(folder, hold=True)
    assert (in_folder.current.content.quads, bool(held.current.content.quads)) == (None, True)
    assert in_folder.current.revision != held.current.revision
    assert held.current.revision == Snapshots(folder, hold=True).current.revision
