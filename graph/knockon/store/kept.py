"""The folder ``kept`` of a database revision: what was derived from it, to be read again instead of computed again.

Nothing in it is needed. It is written by whoever asks first and may write, and checked before it is used: a file that is
damaged, or that another version of the program or another revision wrote, counts as missing and is written anew. It goes away
with its revision. docs/decisions/0052-kept-networks.md says why.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache, cached_property
from pathlib import Path
from typing import NamedTuple

from knockon.store.atomic_write import temporary_file, write_unsynced
from knockon.store.regular_files import read_regular, sha256_of
from knockon.store.verified_files import VerifiedFiles

FOLDER = "kept"
_VERIFIED = "verified.json"
#: The largest description, in bytes.
_MOST_BYTES = 1 << 24


class KeptFile(NamedTuple):
    """A kept file, and its checksum."""

    path: Path
    checksum: str


class KeptFiles:
    """The kept files of one revision.

    Parameters
    ----------
    folder
        The folder of the revision, which contains its database.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder / FOLDER

    @cached_property
    def verified(self) -> VerifiedFiles:
        """The large files of the revision that have been compared with their checksums."""
        return VerifiedFiles(self.folder / _VERIFIED)

    def find(self, name: str, key: str) -> Path | None:
        """Return the file that was kept under a name for a key; None where there is none, or it is damaged."""
        found = self.locate(name, key)
        return found and found.path

    def locate(self, name: str, key: str) -> KeptFile | None:
        """Return the file that was kept under a name for a key, with its checksum; None as for ``find``."""
        try:
            described = json.loads(read_regular(self.folder / f"{name}.json", _MOST_BYTES))
            return self.checked(name, described["sha256"]) if described["key"] == key else None
        except (OSError, ValueError, LookupError, TypeError, RecursionError):
            return None

    def checked(self, name: str, checksum: str) -> KeptFile | None:
        """Return the file that was kept under a name with a checksum; None where there is none, or it is damaged."""
        path = self.folder / _file_name(name, checksum)
        try:
            if not self.verified.matches(path, checksum):
                return None
        except OSError:
            return None
        self.verified.save()
        return KeptFile(path, checksum)

    def take_over(self, name: str, checksum: str, earlier: KeptFiles) -> None:
        """Keep a file that is kept beside an earlier revision: the same file, where the system can link it.

        Raises
        ------
        OSError
            The file is missing, the folder cannot be written, or the disk is full.
        """
        self.folder.mkdir(exist_ok=True)
        source, target = (files.folder / _file_name(name, checksum) for files in (earlier, self))
        if not self.verified.link(earlier.verified, source, target, checksum):
            with temporary_file(target) as beside:
                shutil.copyfile(source, beside)
                beside.replace(target)
        self.verified.save()

    def carry_over(self, name: str, checksum: str, earlier: KeptFiles) -> None:
        """Keep a file of an earlier revision under the same name and key, if its key ends with a checksum; else do nothing.

        Parameters
        ----------
        name
            The name.
        checksum
            The checksum of what the file was made of.
        earlier
            The kept files of the earlier revision.

        Raises
        ------
        OSError
            The folder cannot be written, or the disk is full.
        """
        try:
            content = read_regular(earlier.folder / f"{name}.json", _MOST_BYTES)
            described = json.loads(content)
            file, key = described["sha256"], described["key"]
            if not (isinstance(file, str) and isinstance(key, str) and key.endswith(f" {checksum}")):
                return
        except (OSError, ValueError, LookupError, TypeError, RecursionError):
            return
        self.take_over(name, file, earlier)
        write_unsynced(self.folder / f"{name}.json", content)

    def write(self, name: str, key: str, write: Callable[[Path], None]) -> None:
        """Keep a file under a name for a key, in place of an earlier one.

        Parameters
        ----------
        name
            The name.
        key
            What the file was made of.
        write
            Writes the file to a path where an empty one is.

        Raises
        ------
        OSError
            The folder cannot be written, or the disk is full.
        """
        with self.new_file(name) as file:
            write(file)
            self.keep(name, key, file)

    @contextmanager
    def new_file(self, name: str) -> Iterator[Path]:
        """Create an empty file that may be kept under a name (``keep``); on exit it is removed unless it was.

        Raises
        ------
        OSError
            The folder cannot be written.
        """
        self.folder.mkdir(exist_ok=True)
        with temporary_file(self.folder / name) as file:
            yield file

    def keep(self, name: str, key: str, file: Path) -> None:
        """Keep a new file, which is complete, under a name for a key, in place of an earlier one.

        Raises
        ------
        OSError
            The folder cannot be written, or the disk is full.
        """
        checksum = sha256_of(file)
        path = self.folder / _file_name(name, checksum)
        file.replace(path)
        self.verified.written(path, checksum)
        self.verified.save()
        write_unsynced(self.folder / f"{name}.json", json.dumps({"key": key, "sha256": checksum}).encode())
        for other in self.folder.glob(f"{name}-*"):
            if other.name != _file_name(name, checksum):
                # Who reads it goes on reading it, where the system allows to remove it.
                with suppress(OSError):
                    other.unlink()


def _file_name(name: str, checksum: str) -> str:
    return f"{name}-{checksum[:16]}"


@cache
def program_digest(*parts: str) -> str | None:
    """Return a digest of the program text of some parts of the package: another version may derive something else.

    Parameters
    ----------
    parts
        The names of folders of the package, such as ``model``.

    Returns
    -------
    str or None
        None where the text cannot be read, so that nothing can be kept.
    """
    digest, package = hashlib.sha256(), Path(__file__).parents[1]
    try:
        for part in parts:
            files = sorted(name for name in os.listdir(package / part) if name.endswith(".py"))  # noqa: PTH208 - the names
            if not files:
                return None
            for name in files:
                content = (package / part / name).read_bytes()
                digest.update(f"{part}/{name} {len(content)}\n".encode() + content)
    except OSError:
        return None
    return digest.hexdigest()


__all__ = ["FOLDER", "KeptFile", "KeptFiles", "program_digest"]
