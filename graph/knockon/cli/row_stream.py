"""Rows that are written while they are computed: more of them than fit into memory.

They go to a temporary file first, and from there to where the command writes: an answer that fails, or that is stopped
by ``--timeout``, is not written in part.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import IO

from knockon.cli import time_limit
from knockon.cli.messages import note, working
from knockon.cli.output import Writer
from knockon.cli.streams import write_out_parts
from knockon.errors import LimitReached, UsageError
from knockon.present.tables.tables import Row, render_parts

#: The forms whose rows are written one after another.
STREAMED = ("csv", "jsonl", "json")
#: So many rows are held at most where all of them are needed at once: to be sorted, or laid out as a table; fewer of
#: those that are held with all their keys.
HELD, HELD_WHOLE = 500_000, 100_000
#: Up to so many bytes an answer stays in memory.
_SMALL = 32_000_000
#: The rows that are made text at a time.
_PART = 1_000


def write_rows(out: Writer, rows: Iterable[Row], columns: Sequence[str], *, drop: Sequence[str] = (), doing: str = "") -> None:
    """Write rows as ``out.rows`` does, in bounded memory.

    Parameters
    ----------
    out
        Where and in which form.
    rows
        The rows, which all have the same keys.
    columns, drop
        See ``Writer.rows``.
    doing
        What is shown while the rows are computed.

    Raises
    ------
    LimitReached
        There are too many rows to be sorted, or for a form that needs all of them at once.
    UsageError
        A column that the rows do not have, or the file or the temporary file cannot be written.
    """
    if out.form not in STREAMED or out.shaped:
        with working(doing):
            held = _held(out, rows, columns)
        out.rows(held, columns, drop=drop)
        return
    try:
        with tempfile.SpooledTemporaryFile(_SMALL, "w+b") as spool:
            with working(doing):
                for part in render_parts(_parts(rows), columns, out.form):
                    spool.write(part.encode())
            size = spool.tell()
            spool.seek(0)
            _send(out, spool, size)
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            raise
        raise UsageError(f"cannot write a temporary file: {error.strerror}; name another folder for it with TMPDIR") from None


def _send(out: Writer, spool: IO[bytes], size: int) -> None:
    """Write a whole answer: as text where it is short, so that a pager can show it, else part by part."""
    if size <= _SMALL:
        out.text(spool.read().decode())
        return
    time_limit.lift()
    if out.path is None:
        write_out_parts(_texts(spool))
        return
    from knockon.store.atomic_write import write_stream

    write_stream(out.path, spool)
    note(f"wrote {out.path} ({max(1, size // 1000):,} KB)")


def _texts(spool: IO[bytes]) -> Iterator[str]:
    # Lines end between characters, whatever these are made of.
    return (line.decode() for line in spool)


def _parts(rows: Iterable[Row]) -> Iterator[list[Row]]:
    following = iter(rows)
    while part := list(islice(following, _PART)):
        yield part


def _held(out: Writer, rows: Iterable[Row], columns: Sequence[str]) -> list[Row]:
    """All rows, the first whole and the others with what is written of them: support and evidence are much."""
    wanted = {*columns, *out.columns, *(name.replace(" ", "_") for name in out.columns)}
    wanted |= {name for given in (out.sort.removeprefix("-"),) for name in (given, given.replace(" ", "_"))}
    whole = out.form in {"jsonl", "json"} and not out.columns
    most = HELD_WHOLE if whole else HELD
    held: list[Row] = []
    for row in rows:
        if len(held) == most:
            if out.shaped:
                raise LimitReached(
                    f"more than {most:,} rows cannot be sorted or chosen from; leave out --sort, --top and --columns"
                )
            raise LimitReached(f"more than {most:,} rows are too many for {out.form}; write them with -f csv")
        held.append(row if whole or not held else {name: value for name, value in row.items() if name in wanted})
    return held
