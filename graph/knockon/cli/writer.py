"""The writer of an answer: rows, documents and text in every form, to a file or to standard output."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any, Protocol, TypeVar

from knockon.cli import pager, time_limit
from knockon.cli.configuration import configuration
from knockon.cli.messages import note, note_written
from knockon.cli.output_file import BINARY, known_form
from knockon.cli.streams import write_out_bytes, write_out_parts
from knockon.errors import UsageError
from knockon.present.rows.table import Table

Row = Mapping[str, Any]


#: Up to this many characters a text is not written in parts.
_SHORT = 1_000_000


class _Answer(Protocol):
    def to_dict(self) -> Mapping[str, Any]: ...


A = TypeVar("A", bound=_Answer)


@dataclass(frozen=True)
class Writer:
    """Writes the answer of one command.

    Parameters
    ----------
    forms
        The forms that the command knows, its default first.
    requested
        The requested form; None if none was requested.
    explicit
        Whether the call itself names the form, and not only the file of defaults.
    path
        The file to write; None is standard output.
    to_stdout
        Whether standard output was named, as ``-``: binary forms go there only then.
    columns, sort, top
        See ``present.tables.tables.Selection``; ``top`` of 0 is all rows.
    wide
        Show every column, however narrow the screen is.
    paging
        Start a pager if the text is taller than the terminal.
    """

    forms: tuple[str, ...]
    requested: str | None = None
    explicit: bool = False
    path: Path | None = None
    to_stdout: bool = False
    columns: tuple[str, ...] = ()
    sort: str = ""
    top: int | None = None
    wide: bool = False
    paging: bool = True

    @property
    def form(self) -> str:
        """The form to write."""
        return self.requested or self.forms[0]

    @property
    def for_people(self) -> bool:
        """Whether the rows are read by people, who get fewer columns and shorter names."""
        return self.form in {"table", "md"}

    @property
    def has_selection(self) -> bool:
        """Whether columns, an order or a number of rows were requested."""
        return bool(self.columns or self.sort or self.top)

    def check(self, columns: Sequence[str]) -> None:
        """Refuse options that ``rows`` with these columns would refuse, before a command changes anything.

        Raises
        ------
        UsageError
            A column that does not exist, or columns of a JSON document, or of rows that are not written.
        """
        from knockon.present.tables.tables import Selection

        if self.has_selection and not self.explicit:
            raise UsageError("--columns, --sort and --top apply to the rows that --format writes; name a format")
        if self.form == "json":
            self.check_whole()
        Selection(self.columns, self.sort).of((), columns)

    def check_whole(self) -> None:
        """Refuse columns, an order or a number of rows if a JSON document is written.

        Raises
        ------
        UsageError
            One of them was given.
        """
        if self.has_selection:
            raise UsageError("--columns, --sort and --top apply to rows, and this JSON is one document; use --format jsonl")

    @property
    def width(self) -> int | None:
        """The width of tables and text: that of the file of defaults, else that of the terminal, else no limit."""
        if self.wide:
            return None
        configured = configuration().width
        if configured or self.path is not None or not sys.stdout.isatty():
            return configured
        return shutil.get_terminal_size((80, 24)).columns

    def limited_to(self, *forms: str) -> Writer:
        """Return the writer of an answer that has these forms, the default first.

        Raises
        ------
        UsageError
            Another form was requested.
        """
        if self.requested is None or (self.requested not in forms and not self.explicit):
            return replace(self, forms=forms, requested=None)
        return replace(self, forms=forms, requested=known_form(self.requested, forms))

    def rows(self, rows: Sequence[Row], columns: Sequence[str], *, title: str = "", drop: Sequence[str] = ()) -> None:
        """Write rows; ``columns`` are those that tables and CSV have, JSON has every key."""
        self.tables(Table(rows, columns, title, drop))

    def tables(self, *tables: Table) -> None:
        """Write several tables one below the other; ``--columns``, ``--sort`` and ``--top`` apply to the first."""
        from knockon.present.tables.tables import Selection, markdown_table, table

        selection = Selection(self.columns, self.sort, self.top or None)
        first, *others = tables
        rows, columns = selection.of(first.rows, first.columns)
        if self.form in BINARY:
            self.content(_binary(self.form, list(rows), columns))
        elif self.form == "table":
            rows = list(rows)
            shown = [Table(rows, columns, first.title, () if self.columns else first.drop), *others]
            layouts = [table(t.rows, t.columns, title=t.title, width=self.width, drop=t.drop) for t in shown if t.rows]
            self.text("\n".join(layout.text for layout in layouts))
            _note_hidden([name for layout in layouts for name in layout.hidden])
        elif self.form == "md":
            from knockon.markdown import document

            some = [t for t in (Table(rows, columns), *others) if t.rows]
            self.text(document(*(markdown_table(t.rows, t.columns) for t in some)))
        else:
            self._rows_for_programs(rows, columns)
        if self.top and len(first.rows) > len(rows):
            note(f"{len(first.rows) - len(rows)} more rows; without --top all are shown")

    def _rows_for_programs(self, rows: Sequence[Row], columns: Sequence[str]) -> None:
        """Write rows as CSV or JSON; many of them in parts, each made when it is written."""
        from knockon.present.tables.tables import STREAMED, in_parts, render, render_parts

        keys = ({name: row.get(name) for name in columns} for row in rows) if self.columns else rows
        if self.form in STREAMED:
            self._parts(render_parts(in_parts(keys), columns, self.form))
        else:
            self.text(render(list(keys), columns, self.form))

    def answer(self, answer: A, people: Callable[[A], Iterable[Table]], programs: Callable[[A], Table]) -> None:
        """Write an answer: as one document of JSON, as tables for people, or as rows for programs."""
        if self.form == "json":
            self.document(answer)
        elif self.for_people:
            self.tables(*people(answer))
        else:
            self.tables(programs(answer))

    def json(self, value: Any) -> None:
        """Write a document of JSON.

        Raises
        ------
        UsageError
            ``--columns``, ``--sort`` or ``--top`` was given: they apply to rows.
        """
        from knockon.text import json_text

        self.check_whole()
        self.text(json_text(value, indent=2))

    def document(self, answer: A) -> None:
        """Write an answer as a document of JSON, as ``json`` does; one with many rows in parts.

        Raises
        ------
        UsageError
            As ``json`` raises it.
        """
        from knockon.analysis.answer import Answer

        if not isinstance(answer, Answer):
            self.json(answer.to_dict())
            return
        from knockon.present.json_parts import json_parts

        self.check_whole()
        self._parts(json_parts(answer))

    def _parts(self, parts: Iterator[str]) -> None:
        """Write text that comes in parts: at once where it is short."""
        first: list[str] = []
        size = 0
        for part in parts:
            first.append(part)
            size += len(part)
            if size > _SHORT:
                self.parts(chain(first, parts))
                return
        self.text("".join(first))

    def parts(self, parts: Iterable[str], doing: str = "") -> None:
        """Write text that comes in parts, whole or not at all: as one if it is short, so that a pager can show it.

        Parameters
        ----------
        parts
            The text, of which a few parts are in memory at a time.
        doing
            The message that is shown while they are made; empty for none.
        """
        from knockon.cli import spool

        with spool.spooled(parts, doing) as (file, size):
            if size <= spool.SMALL:
                self.text(file.read().decode())
                return
            time_limit.lift()
            if self.path is None:
                write_out_parts(spool.lines(file))
                return
            from knockon.store.atomic_write import write_stream

            write_stream(self.path, file)
            note_written(self.path, size)

    def text(self, text: str) -> None:
        """Write text; Markdown that was not made by ``knockon.markdown`` is escaped."""
        if self.form == "md":
            from knockon.markdown import escape

            text = escape(text)
        if self.path is not None:
            self.content((text if text.endswith("\n") or not text else text + "\n").encode())
            return
        time_limit.lift()
        pager.show(text, self.form, pager=self.paging, wide=self.wide)

    def listing(self, text: str) -> None:
        """Write the text of a program; in Markdown as a block of code."""
        if self.form == "md":
            from knockon.markdown import code_block

            text = code_block(text)
        self.text(text)

    def content(self, content: bytes) -> None:
        """Write bytes to the file, whole or not at all, or to standard output."""
        time_limit.lift()
        if self.path is None:
            if not self.to_stdout:
                hint = f"name it with -o FILE.{self.form}, or use -o - for standard output"
                raise UsageError(f"{self.form} goes to a file: {hint}")
            write_out_bytes(content)
            return
        from knockon.store.atomic_write import write_bytes

        write_bytes(self.path, content)
        note_written(self.path, len(content))


def _note_hidden(hidden: Sequence[str]) -> None:
    names = list(dict.fromkeys(hidden))
    if names:
        note(f"{len(names)} column{'' if len(names) == 1 else 's'} hidden ({', '.join(names)}); --wide shows all")


def _binary(form: str, rows: Sequence[Row], columns: Sequence[str]) -> bytes:
    if form == "parquet":
        from knockon.present.tables.parquet import parquet

        return parquet(rows, columns)
    from knockon.present.tables.workbook import workbook

    return workbook(rows, columns)
