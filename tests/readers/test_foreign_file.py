"""Inputs of an import: files, folders, gzip and zip, within limits; text that cannot be read names its line."""

from __future__ import annotations

import gzip
import hashlib
import zipfile
from pathlib import Path

import pytest

from knockon.errors import InvalidData, NotFound
from knockon.readers import unpacking
from knockon.readers.foreign_file import ForeignFile
from knockon.readers.input_files import foreign_files


def written(path: Path, content: bytes) -> ForeignFile:
    path.write_bytes(content)
    (file,) = foreign_files(path)
    return file


def text(file: ForeignFile, default: str = "") -> str:
    with file.open_text(default) as stream:
        return stream.read()


def test_the_end_of_file_mark_of_dos_is_dropped(tmp_path: Path) -> None:
    """A Ctrl-Z at the end is no row, with line ends before or after it, and one in the middle stays."""
    for content in (b"a\r\n\x1a", b"a\r\n\x1a\r\n", b"a\r\n"):
        assert text(written(tmp_path / "a.csv", content)) == "a\r\n"
    assert text(written(tmp_path / "b.csv", b"a\x1ab\n")) == "a\x1ab\n"


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"a\nb\0c\n", "a.csv:2: contains a zero byte"), (b"a\n\xe9\n", r"a.csv:2: is not UTF-8 text \(byte 0xe9\)")],
)
def test_what_is_not_text_names_its_line(tmp_path: Path, content: bytes, message: str) -> None:
    """A zero byte and a byte that is not UTF-8 are errors with file and line."""
    with pytest.raises(InvalidData, match=message):
        text(written(tmp_path / "a.csv", content))


def test_encodings_are_named(tmp_path: Path) -> None:
    """Latin-1, UTF-16 without a mark, and UTF-8 with one are read."""
    assert text(written(tmp_path / "a.csv", b"\xe9"), "cp1252") == "é"
    assert text(written(tmp_path / "b.csv", "é".encode("utf-16-le")), "utf-16-le") == "é"
    assert text(written(tmp_path / "c.csv", "\ufeffé".encode()), "utf-8") == "é"


@pytest.mark.parametrize("codec", ["utf-16", "utf-32", "utf-8-sig"])
def test_a_byte_order_mark_says_how_a_file_is_encoded(tmp_path: Path, codec: str) -> None:
    """It counts before the encoding that a mapping has for its files."""
    content = "id,é\n".encode(codec)
    assert text(written(tmp_path / "a.csv", content), "latin-1") == text(written(tmp_path / "b.csv", content)) == "id,é\n"
    (stated,) = foreign_files(tmp_path / "a.csv", codec)
    assert text(stated) == "id,é\n"


def test_gzip_and_zip_are_unpacked(tmp_path: Path) -> None:
    """A gzip file is its inside, a zip archive its members in order; the hash is that of the content."""
    packed = written(tmp_path / "list.csv.gz", gzip.compress(b"a,b\n"))
    assert (packed.stem, packed.ending, text(packed)) == ("list", ".csv", "a,b\n")
    assert packed.sha256 == hashlib.sha256(b"a,b\n").hexdigest()
    with zipfile.ZipFile(tmp_path / "lists.zip", "w") as archive:
        for name in ("b.csv", "folder/a.csv", "__MACOSX/a.csv", ".hidden"):
            archive.writestr(name, name)
    members = foreign_files(tmp_path / "lists.zip")
    assert [member.file_name for member in members] == ["b.csv", "a.csv"]
    assert text(members[1]) == "folder/a.csv"
    assert not members[0].named


def test_a_bomb_ends_at_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What unpacks to far more than its size is an error, before it is unpacked."""
    monkeypatch.setattr(unpacking, "FREE", 1_000)
    bomb = written(tmp_path / "a.csv.gz", gzip.compress(b"0" * 1_000_000))
    with pytest.raises(InvalidData, match="unpacks to more than"):
        text(bomb)
    with pytest.raises(InvalidData, match="unpacks to more than"):
        assert bomb.sha256


def test_damaged_archives_and_missing_files_are_errors(tmp_path: Path) -> None:
    """A truncated gzip file, a damaged zip archive and a missing file name the file."""
    with pytest.raises(InvalidData, match=r"a\.csv\.gz: cannot be unpacked"):
        text(written(tmp_path / "a.csv.gz", gzip.compress(b"abc" * 999)[:-9]))
    (tmp_path / "b.zip").write_bytes(b"PK\x03\x04 no archive")
    with pytest.raises(InvalidData, match="damaged zip archive"):
        foreign_files(tmp_path / "b.zip")
    with pytest.raises(NotFound):
        foreign_files(tmp_path / "missing.csv")


def test_a_folder_is_its_files_by_name(tmp_path: Path) -> None:
    """Those of the folders below it too; hidden files and folders are left out, and links to folders not followed."""
    for name in ("b.csv", "a.csv", ".hidden", "~$lock.xlsx"):
        (tmp_path / name).write_text("x")
    for folder in ("inner", ".git"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "c.csv").write_text("x")
    (tmp_path / "inner" / "circle").symlink_to(tmp_path)
    assert [file.file_name for file in foreign_files(tmp_path)] == ["a.csv", "b.csv", "c.csv"]
