"""What a long run has done so far, in a file that is whole at any moment."""

from __future__ import annotations

import io
import time
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from knockon.errors import InvalidData, Problem, UsageError
from knockon.network.network import Floats
from knockon.store.files import write_bytes

#: Seconds between two writings.
EVERY = 5.0


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
        The file is no checkpoint.

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
        if path is not None and path.exists():
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
        file = io.BytesIO()
        np.savez(file, identity=np.array(self.identity), rows=self.rows[: self.done])
        write_bytes(self.path, file.getvalue())
        self._written = time.monotonic()

    def remove(self) -> None:
        """The run is over."""
        if self.path is not None:
            self.path.unlink(missing_ok=True)

    def _take_up(self, path: Path) -> None:
        try:
            with np.load(path, allow_pickle=False) as file:
                identity, rows = str(file["identity"]), file["rows"].astype(np.float64)
        except (OSError, ValueError, KeyError, EOFError, BadZipFile):
            raise InvalidData([Problem(str(path), None, "is no checkpoint", "take it away to begin anew")]) from None
        if identity != self.identity or rows.ndim != 2 or rows.shape[1:] != self.rows.shape[1:] or len(rows) > len(self.rows):
            raise UsageError(f"{path} belongs to another run (other flows, model or parameters); take it away to begin anew")
        self.rows[: len(rows)] = rows
        self.done = len(rows)
