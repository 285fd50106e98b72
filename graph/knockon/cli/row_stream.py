"""Rows that are written while they are computed, since there may be more than fit into memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from knockon.cli.messages import working
from knockon.cli.writer import Writer
from knockon.errors import LimitReached
from knockon.present.tables.tables import STREAMED, Row, in_parts, render_parts

#: The most rows in memory if all of them are needed at once (to sort them, or to lay out a table), and the most if all
#: of their keys are kept.
MOST_ROWS, MOST_WHOLE_ROWS = 500_000, 100_000


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
    out.parts(render_parts(in_parts(rows), columns, out.form), doing)


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
