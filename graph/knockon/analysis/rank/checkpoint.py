"""The results of a long run so far, in a file that is complete at any moment."""

from __future__ import annotations

import hashlib
import json
import os
import time
from pathlib import Path

import numpy as np

from knockon.errors import InvalidData, Problem, UsageError
from knockon.network.network import Floats
from knockon.store.atomic_write import write_bytes
from knockon.store.regular_files import open_regular

#: The seconds between two writes of the file.
EVERY = 5.0

#: The first line. The SHA-256 of the rest follows, then a header (JSON: the run, and how many rows are done), then the rows.
_ANY_VERSION = b"knockon checkpoint "
_VERSION = _ANY_VERSION + b"2\n"
#: The most bytes of the lines before the rows.
_LONGEST_HEADER = 4096


class Checkpoint:
    """The rows of numbers that a run has computed; with a path, on disk as well.

    Parameters
    ----------
    path
        The file; None: no file.
    identity
        The hash of everything that the numbers depend on: the file of another run is refused.
    size, columns
        The shape of ``rows``.

    Attributes
    ----------
    rows
        The numbers (size, columns); those of the first ``done`` rows are computed, the others are 0.
    done
        How many rows are computed.

    Raises
    ------
    UsageError
        The file belongs to another run.
    InvalidData
        The file is not a checkpoint, is damaged, or another version wrote it.

    Examples
    --------
    >>> checkpoint = Checkpoint(None, "run", 3, 2)
    >>> checkpoint.add(np.ones((2, 2)))
    >>> checkpoint.done, checkpoint.rows.tolist()
    (2, [[1.0, 1.0], [1.0, 1.0], [0.0, 0.0]])
    """

    def __init__(self, path: Path | None, identity: str, size: int, columns: int) -> None:
        self.path, self.identity = path, identity
        self.rows: Floats = np.zeros((size, columns))
        self.done = 0
        # The first rows are written at once, as a run may be killed before the interval has passed.
        self._written = -EVERY
        if path is not None and os.path.lexists(path):
            self._read(path)

    def add(self, rows: Floats) -> None:
        """Add the next rows, and write the file if the last write was long enough ago."""
        self.rows[self.done : self.done + len(rows)] = rows
        self.done += len(rows)
        if time.monotonic() - self._written >= EVERY:
            self.write()

    def write(self) -> None:
        """Write the rows so far to the file; do nothing without a path."""
        if self.path is None:
            return
        content = json.dumps({"identity": self.identity, "rows": self.done, "columns": self.rows.shape[1]}).encode() + b"\n"
        content += self.rows[: self.done].astype("<f8").tobytes()
        write_bytes(self.path, _VERSION + hashlib.sha256(content).hexdigest().encode() + b"\n" + content)
        self._written = time.monotonic()

    def remove(self) -> None:
        """Delete the file, at the end of the run."""
        if self.path is not None:
            self.path.unlink(missing_ok=True)

    def _read(self, path: Path) -> None:
        """Read the rows that an earlier process has written; refuse a file that is damaged or of another run."""
        if path.is_dir():
            raise UsageError(f"{path} is a folder; name the file of a checkpoint, or one that does not exist")
        try:
            with open_regular(path) as file:
                # A longer file belongs to another run, so the rest is not read.
                content = file.read(_LONGEST_HEADER + self.rows.nbytes)
                longer = bool(file.read(1))
        except OSError as error:
            raise _unusable(path, f"cannot be read ({error.strerror})") from None
        if not content.startswith(_VERSION):
            older = content.startswith((_ANY_VERSION, b"PK"))
            raise _unusable(path, "was written by another version of Knock-on" if older else "is not a checkpoint")
        checksum, _, content = content[len(_VERSION) :].partition(b"\n")
        if not longer and checksum != hashlib.sha256(content).hexdigest().encode():
            raise _unusable(path, "is damaged")
        header, _, numbers = content.partition(b"\n")
        try:
            fields = json.loads(header)
            identity, rows, columns = fields["identity"], fields["rows"], fields["columns"]
        except (ValueError, LookupError, TypeError, RecursionError):
            raise _unusable(path, "is damaged") from None
        size, width = self.rows.shape
        if longer or identity != self.identity or columns != width:
            raise UsageError(f"{path} belongs to another run (other flows, model or parameters); delete it to start again")
        if type(rows) is not int or not 0 <= rows <= size or len(numbers) != rows * width * 8:
            raise _unusable(path, "is damaged")
        self.rows[:rows] = np.frombuffer(numbers, "<f8").reshape(rows, width)
        self.done = rows


def _unusable(path: Path, why: str) -> InvalidData:
    return InvalidData([Problem(str(path), None, why, "delete it to start again")])
