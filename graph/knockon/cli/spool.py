"""Text that is written while it is computed, since there may be more than fits into memory.

It goes to a temporary file first, and from there to the output: an answer that fails, or that ``--timeout`` stops, is
not written in part.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import IO

from knockon.cli.messages import working

#: Up to this many bytes a text stays in memory.
SMALL = 32_000_000


@contextmanager
def spooled(parts: Iterable[str], doing: str = "") -> Iterator[tuple[IO[bytes], int]]:
    """Give the file that a text was written to, at its beginning, and its size in bytes.

    Parameters
    ----------
    parts
        The text, part by part.
    doing
        The message that is shown while the parts are made; empty for none.

    Raises
    ------
    LimitReached
        The disk of the temporary file is full.
    UsageError
        The temporary file, or what is written from it, cannot be written.
    """
    try:
        with tempfile.SpooledTemporaryFile(SMALL, "w+b") as spool:
            with working(doing):
                for part in parts:
                    spool.write(part.encode())
            size = spool.tell()
            spool.seek(0)
            yield spool, size
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            raise
        from knockon.store.write_errors import temporary_error

        raise temporary_error(error, tempfile.gettempdir()) from None


def lines(spool: IO[bytes]) -> Iterator[str]:
    """Yield the lines of a text in a file."""
    # A line never ends inside a character of several bytes.
    return (line.decode() for line in spool)


__all__ = ["SMALL", "lines", "spooled"]
