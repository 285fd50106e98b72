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
import stat
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cache, cached_property
from pathlib import Path
from typing import Any, NamedTuple

from knockon.store.atomic_write import temporary_file
from knockon.store.regular_files import read_regular, sha256_of

FOLDER = "kept"
_VERIFIED = "verified.json"
#: Smaller files are compared with their checksums each time: that takes less than to find out whether they changed.
_LARGE = 1 << 20
#: A file that changed so shortly before it was compared may change again without a later time (in nanoseconds): on systems
#: that know fractions of a second, and on those that do not.
_UNSETTLED, _UNSETTLED_SECONDS = 100_000_000, 2_100_000_000
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
        self.folder.mkdir(exist_ok=True)
        target = self.folder / f"{name}.json"
        with temporary_file(self.folder / name) as beside:
            write(beside)
            checksum = sha256_of(beside)
            beside.replace(self.folder / _file_name(name, checksum))
        write_file(target, json.dumps({"key": key, "sha256": checksum}).encode())
        for other in self.folder.glob(f"{name}-*"):
            if other.name != _file_name(name, checksum):
                # Who reads it goes on reading it, where the system allows to remove it.
                with suppress(OSError):
                    other.unlink()


def _file_name(name: str, checksum: str) -> str:
    return f"{name}-{checksum[:16]}"


def write_file(path: Path, content: bytes) -> None:
    """Write a kept file at once; it may be lost with the power, since it has a checksum and is not needed.

    Raises
    ------
    OSError
        It cannot be written.
    """
    with temporary_file(path) as beside:
        beside.write_bytes(content)
        beside.replace(path)


class VerifiedFiles:
    """The large files that have been compared with their checksums, by their state on the disk.

    A file whose size, times and number on the disk are the same since was not written to, so that it need not be read again;
    ``knockon validate`` reads every file all the same.

    Parameters
    ----------
    file
        The file that remembers them.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._has_more = False

    @cached_property
    def _known(self) -> dict[str, list[str]]:
        """The checksum and the state of each file, by its name."""
        try:
            document = json.loads(read_regular(self._file, _MOST_BYTES))
            known, checksum = document["files"], document["sha256"]
            return known if isinstance(known, dict) and checksum == _checksum(known) else {}
        except (OSError, ValueError, LookupError, TypeError, RecursionError):
            return {}

    def matches(self, path: Path, checksum: str, read: Callable[[Path], str] = sha256_of) -> bool:
        """Return whether a file has a checksum; a large one that had it is read only if it has changed since.

        Parameters
        ----------
        path
            The file; files of one revision differ in their names or in those of their folders.
        checksum
            The checksum.
        read
            Returns the checksum of a file.

        Raises
        ------
        OSError
            It cannot be read, or is not a regular file.
        """
        before = path.stat()
        large = before.st_size >= _LARGE and stat.S_ISREG(before.st_mode)
        name = _name(path)
        if large and self._known.get(name) == [checksum, _state(before)]:
            return True
        same = read(path) == checksum
        if same and large and _is_settled(before) and _state(path.stat()) == _state(before):
            self._known[name] = [checksum, _state(before)]
            self._has_more = True
        return same

    def link(self, earlier: VerifiedFiles, source: Path, target: Path, checksum: str) -> bool:
        """Give a file of an earlier revision a name in this one, if the system can do that; what was compared stays compared.

        Parameters
        ----------
        earlier
            The files of the earlier revision that were compared.
        source, target
            The file, and its path in this revision.
        checksum
            Its checksum.
        """
        try:
            # Another name changes one of the times of a file.
            same = earlier._known.get(_name(source)) == [checksum, _state(source.stat())]
            target.hardlink_to(source)
            if same:
                self._known[_name(target)] = [checksum, _state(target.stat())]
                self._has_more = True
        except (OSError, NotImplementedError):
            return False
        return True

    def take_sources(self, earlier: VerifiedFiles) -> None:
        """Take over what is known of the sources of data sets, which are the same files for all revisions."""
        self._known.update({name: known for name, known in earlier._known.items() if name.startswith("sources/")})
        self._has_more = True

    def renew(self) -> None:
        """Know the times of files of this revision again that changed when their names in an earlier one were removed."""
        folder = self._file.parents[1]
        for name, (checksum, state) in list(self._known.items()):
            with suppress(OSError):
                now = _state((folder / name).stat())
                if now != state and _without_change_time(now) == _without_change_time(state):
                    self._known[name] = [checksum, now]
                    self._has_more = True
        self.save()

    def save(self) -> None:
        """Remember what was compared, where the folder can be written."""
        if self._has_more:
            self._has_more = False
            with suppress(OSError):
                self._file.parent.mkdir(exist_ok=True)
                content = {"files": self._known, "sha256": _checksum(self._known)}
                write_file(self._file, json.dumps(content).encode())


def _state(status: os.stat_result) -> str:
    values = status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino, status.st_dev
    return " ".join(map(str, values))


def _without_change_time(state: str) -> list[str]:
    """Return a state without the time at which names, among others, of a file changed."""
    values = state.split()
    return [*values[:2], *values[3:]]


def _name(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def _is_settled(status: os.stat_result) -> bool:
    """Return whether a file was last changed so long ago that another change would have another time."""
    last = max(status.st_mtime_ns, status.st_ctime_ns)
    fractions = any(value % 1_000_000_000 for value in (status.st_mtime_ns, status.st_ctime_ns))
    return time.time_ns() - last > (_UNSETTLED if fractions else _UNSETTLED_SECONDS)


def _checksum(document: Any) -> str:
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()


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


__all__ = ["FOLDER", "KeptFile", "KeptFiles", "VerifiedFiles", "program_digest", "write_file"]
