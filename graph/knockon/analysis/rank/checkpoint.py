"""What a long run has done so far, in a file that is whole at any moment."""

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

#: Seconds between two writings.
EVERY = 5.0

#: The first line. Then follow the SHA-256 of the rest, what run it is and how much is done (JSON), and the numbers.
_ANY_VERSION = b"knockon checkpoint "
_VERSION = _ANY_VERSION + b"2\n"
#: Bytes of the lines before the numbers, at most.
_LONGEST_HEADER = 4096


class Checkpoint:
    """Rows of numbers that fill up from the top; with a path, on disk as well.

    Parameters
    ----------
    path
        The file; None keeps nothing.
    identity
        The hash of all that the numbers depend on: a file of another run is not taken.
    size, columns
        The shape of ``rows``.

    Raises
    ------
    UsageError
        The file belongs to another run.
    InvalidData
        The file is no checkpoint, is damaged, or another version wrote it.

    Examples
    --------
    >>> kept = Checkpoint(None, "run", 3, 2)
    >>> kept.add(np.ones((2, 2)))
    >>> kept.done, kept.rows.tolist()
    (2, [[1.0, 1.0], [1.0, 1.0], [0.0, 0.0]])
    """

    def __init__(self, path: Path | None, identity: str, size: int, columns: int) -> None:
        self.path, self.identity = path, identity
        self.rows: Floats = np.zeros((size, columns))
        self.done = 0
        # The first rows are written down at once: a run may be killed before it is time.
        self._written = -EVERY
        if path is not None and os.path.lexists(path):
            self._take_up(path)

    def add(self, rows: Floats) -> None:
        """Put the next rows in, and write them down when it is time."""
        self.rows[self.done : self.done + len(rows)] = rows
        self.done += len(rows)
        if time.monotonic() - self._written >= EVERY:
            self.write()

    def write(self) -> None:
        """Write down what is done."""
        if self.path is None:
            return
        content = json.dumps({"identity": self.identity, "rows": self.done, "columns": self.rows.shape[1]}).encode() + b"\n"
        content += self.rows[: self.done].astype("<f8").tobytes()
        write_bytes(self.path, _VERSION + hashlib.sha256(content).hexdigest().encode() + b"\n" + content)
        self._written = time.monotonic()

    def remove(self) -> None:
        """The run is over."""
        if self.path is not None:
            self.path.unlink(missing_ok=True)

    def _take_up(self, path: Path) -> None:
        try:
            with open_regular(path) as file:
                # What is longer is of another run, and need not be read.
                content = file.read(_LONGEST_HEADER + self.rows.nbytes)
                longer = bool(file.read(1))
        except OSError as error:
            raise _unusable(path, f"cannot be read ({error.strerror})") from None
        if not content.startswith(_VERSION):
            older = content.startswith((_ANY_VERSION, b"PK"))
            raise _unusable(path, "was written by another version of Knock-on" if older else "is no checkpoint")
        checksum, _, content = content[len(_VERSION) :].partition(b"\n")
        if not longer and checksum != hashlib.sha256(content).hexdigest().encode():
            raise _unusable(path, "is damaged")
        header, _, numbers = content.partition(b"\n")
        try:
            told = json.loads(header)
            identity, rows, columns = told["identity"], told["rows"], told["columns"]
        except (ValueError, LookupError, TypeError, RecursionError):
            raise _unusable(path, "is damaged") from None
        size, width = self.rows.shape
        if longer or identity != self.identity or columns != width:
            raise UsageError(f"{path} belongs to another run (other flows, model or parameters); take it away to begin anew")
        if type(rows) is not int or not 0 <= rows <= size or len(numbers) != rows * width * 8:
            raise _unusable(path, "is damaged")
        self.rows[:rows] = np.frombuffer(numbers, "<f8").reshape(rows, width)
        self.done = rows


def _unusable(path: Path, why: str) -> InvalidData:
    return InvalidData([Problem(str(path), None, why, "take it away to begin anew")])
