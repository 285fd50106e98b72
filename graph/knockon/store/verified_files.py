"""The large files of a revision that were compared with their checksums, so that not each process reads all of them."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any

from knockon.store.atomic_write import write_unsynced
from knockon.store.regular_files import read_regular, sha256_of

#: Smaller files are compared with their checksums each time: that takes less than to find out whether they changed.
_LARGE = 1 << 20
#: A file that changed so shortly before it was compared may change again without a later time (in nanoseconds): on systems
#: that know fractions of a second, and on those that do not.
_UNSETTLED, _UNSETTLED_SECONDS = 100_000_000, 2_100_000_000
#: The largest file that remembers them, in bytes.
_MOST_BYTES = 1 << 24


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

    def is_valid(self, path: Path, checksum: str, check: Callable[[], bool]) -> bool:
        """Return whether what a file describes is valid; what was found so is not checked again while the file is the same.

        Parameters
        ----------
        path
            The file.
        checksum
            The checksum of all that is described, which has been compared.
        check
            Returns whether it is valid.

        Raises
        ------
        OSError
            The file is missing.
        """
        before, name = path.stat(), f"valid: {_name(path)}"
        # The state on the disk cannot be known to who made a folder elsewhere.
        if self._known.get(name) == [checksum, _state(before)]:
            return True
        valid = check()
        if valid and _is_settled(before) and _state(path.stat()) == _state(before):
            self._known[name] = [checksum, _state(before)]
            self._has_more = True
        return valid

    def written(self, path: Path, checksum: str) -> None:
        """Remember the checksum of a large file that this process wrote, or read and moved to its place, as matching.

        Nothing is remembered of a file whose content changed so shortly before that another change may have the same time.
        """
        with suppress(OSError):
            status = path.stat()
            if status.st_size >= _LARGE and _is_settled_since(status.st_mtime_ns):
                self._known[_name(path)] = [checksum, _state(status)]
                self._has_more = True

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
                write_unsynced(self._file, json.dumps(content).encode())


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
    return _is_settled_since(status.st_mtime_ns) and _is_settled_since(status.st_ctime_ns)


def _is_settled_since(changed: int) -> bool:
    """Return whether a change now would have another time than one at a time in nanoseconds."""
    return time.time_ns() - changed > (_UNSETTLED if changed % 1_000_000_000 else _UNSETTLED_SECONDS)


def _checksum(document: Any) -> str:
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()


__all__ = ["VerifiedFiles"]
