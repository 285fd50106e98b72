"""Rows that are written while they are computed, since there may be more than fit into memory.

They go to a temporary file first, and from there to the output: an answer that fails, or that ``--timeout`` stops, is
not written in part.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from typing import IO

from knockon.cli import time_limit
from knockon.cli.messages import note_written, working
from knockon.cli.streams import write_out_parts
from knockon.cli.writer import Writer
from knockon.errors import LimitReached, UsageError
from knockon.present.tables.tables import STREAMED, Row, in_parts, render_parts

#: The most rows in memory if all of them are needed at once (to sort them, or to lay out a table), and the most if all
#: of their keys are kept.
MOST_ROWS, MOST_WHOLE_ROWS = 500_000, 100_000
#: Up to this many bytes an answer stays in memory.
_SMALL = 32_000_000


def write_rows(out: Writer, rows: Iterable[Row], columns: Sequence[str], *, drop: Sequence[str] = (), doing: str = "") -> None:
    """Write rows as ``out.rows`` does, in bounded memory.

    Parameters
    ----------
    out
        The writer of the command.
    rows
        The rows, which all have the same keys.
    columns, drop
        See ``Writer.rows``.
    doing
        The message that is shown while the rows are computed.

    Raises
    ------
    LimitReached
        There are too many rows to sort, or for a form that needs all of them at once.
    UsageError
        A column that the rows do not have, or the file or the temporary file cannot be written.
    """
    if out.form not in STREAMED or out.has_selection:
        with working(doing):
            collected = _collect(out, rows, columns)
        out.rows(collected, columns, drop=drop)
        return
    write_parts(out, render_parts(in_parts(rows), columns, out.form), doing)


def write_parts(out: Writer, parts: Iterable[str], doing: str = "") -> None:
    """Write text that comes in parts, whole or not at all.

    Parameters
    ----------
    out
        The writer of the command.
    parts
        The text, of which a few parts are in memory at a time.
    doing
        The message that is shown while they are made; empty for none.

    Raises
    ------
    UsageError
        The file or the temporary file cannot be written.
    """
    try:
        with tempfile.SpooledTemporaryFile(_SMALL, "w+b") as spool:
            with working(doing):
                for part in parts:
                    spool.write(part.encode())
            size = spool.tell()
            spool.seek(0)
            _send(out, spool, size)
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            raise
        raise UsageError(f"cannot write a temporary file: {error.strerror}; name another folder for it with TMPDIR") from None


def _send(out: Writer, spool: IO[bytes], size: int) -> None:
    """Write a whole answer: as one text if it is short, so that a pager can show it, else in parts."""
    if size <= _SMALL:
        out.text(spool.read().decode())
        return
    time_limit.lift()
    if out.path is None:
        write_out_parts(_texts(spool))
        return
    from knockon.store.atomic_write import write_stream

    write_stream(out.path, spool)
    note_written(out.path, size)


def _texts(spool: IO[bytes]) -> Iterator[str]:
    # A line never ends inside a character of several bytes.
    return (line.decode() for line in spool)


def _collect(out: Writer, rows: Iterable[Row], columns: Sequence[str]) -> list[Row]:
    """Return all rows, the first whole and the others with the keys that are written: support and evidence need much memory."""
    names = {*columns, *out.columns, *(name.replace(" ", "_") for name in out.columns)}
    order = out.sort.removeprefix("-")
    names |= {order, order.replace(" ", "_")}
    every_key = out.form in {"jsonl", "json"} and not out.columns
    limit = MOST_WHOLE_ROWS if every_key else MOST_ROWS
    collected: list[Row] = []
    for row in rows:
        if len(collected) == limit:
            if out.has_selection:
                raise LimitReached(
                    f"more than {limit:,} rows cannot be sorted or selected; leave out --sort, --top and --columns"
                )
            raise LimitReached(f"more than {limit:,} rows are too many for {out.form}; write them with -f csv")
        collected.append(row if every_key or not collected else {name: value for name, value in row.items() if name in names})
    return collected
