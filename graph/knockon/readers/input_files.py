"""The files that the paths of an import name: files, those in folders, the members of zip archives."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath

from knockon.authoring.files import printable_path
from knockon.errors import InvalidData, NotFound, Problem, UsageError
from knockon.readers.foreign_file import ForeignFile, first_bytes
from knockon.readers.unpacking import MAX_MEMBERS

#: The first bytes of a zip archive.
_ZIP = b"PK\x03\x04"
#: Formats that are zip archives themselves.
_ARCHIVE_FORMATS = {".xlsx", ".xlsm", ".ods", ".xlsb"}


def foreign_files(path: Path, encoding: str = "") -> list[ForeignFile]:
    """Return the files that a path names: itself, the members of a zip archive, or the files in a folder and below, by name.

    Hidden files and folders are left out.

    Parameters
    ----------
    path
        The file, folder or archive.
    encoding
        How their text is encoded; by default what a byte order mark says, else UTF-8 or what a mapping says.

    Raises
    ------
    NotFound
        There is no such path.
    InvalidData
        An archive is damaged, or it or a folder has too many files.
    """
    try:
        if path.is_dir():
            return [replace(file, named=False) for entry in _files_below(path) for file in foreign_files(entry, encoding)]
        if not path.exists():
            raise NotFound("file", printable_path(path))
        if not path.is_file():
            raise UsageError(f"{printable_path(path)} is not a file")
    except OSError as error:
        raise InvalidData([Problem(printable_path(path), None, f"cannot be read: {error.strerror}")]) from None
    name = printable_path(path)
    if path.suffix.lower() in _ARCHIVE_FORMATS or not first_bytes(path, name).startswith(_ZIP):
        return [ForeignFile(name, path, encoding=encoding)]
    return list(_members(path, name, encoding))


def _files_below(folder: Path) -> list[Path]:
    """Return the files in a folder and the folders below it; links to folders are not followed, since they may be circles."""
    found: list[Path] = []
    for place, folders, files in os.walk(folder, onerror=_raise):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        visible = [Path(place, name) for name in sorted(files) if not name.startswith((".", "~$"))]
        found += [file for file in visible if file.is_file()]
        if len(found) > MAX_MEMBERS:
            raise InvalidData([Problem(printable_path(folder), None, f"has more than {MAX_MEMBERS:,} files", "name fewer")])
    return found


def _raise(error: OSError) -> None:
    raise error


def _members(path: Path, name: str, encoding: str) -> Iterator[ForeignFile]:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise InvalidData([Problem(name, None, f"is a damaged zip archive: {error}")]) from None
    if len(members) > MAX_MEMBERS:
        raise InvalidData([Problem(name, None, f"has more than {MAX_MEMBERS:,} members", "unpack it")])
    for member in sorted(members, key=lambda item: item.filename):
        parts = PurePosixPath(member.filename.replace("\\", "/")).parts
        if not member.is_dir() and parts and not parts[-1].startswith(".") and "__MACOSX" not in parts:
            yield ForeignFile(
                f"{name}!{printable_path(Path(member.filename))}", path, member.filename, named=False, encoding=encoding
            )


__all__ = ["foreign_files"]
