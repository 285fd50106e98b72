"""The output of a command: ``--output``, ``--format``, and the options of tables."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, Protocol, TypeVar

import typer

from knockon.cli import pager, time_limit
from knockon.cli.configuration import configuration
from knockon.cli.messages import note
from knockon.cli.signatures import with_options
from knockon.cli.streams import write_out_bytes
from knockon.errors import UsageError
from knockon.present.rows.table import Table

#: The forms of rows.
ROWS = ("table", "json", "jsonl", "csv", "md", "parquet", "xlsx")
_BINARY = ("parquet", "xlsx")
#: The form of each ending of a file name that is not itself the name of a form.
ENDINGS: Mapping[str, str] = {
    "txt": "table", "markdown": "md", "ndjson": "jsonl", "htm": "html", "turtle": "ttl", "pq": "parquet",
    # In RDF, and only there:
    "json": "jsonld", "xml": "rdf", "owl": "rdf",
}  # fmt: skip
Row = Mapping[str, Any]


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
    chosen
        The requested form; None if none was requested.
    explicit
        Whether the call itself names the form, and not only the file of defaults.
    path
        The file to write; None is standard output.
    streamed
        Whether standard output was named, as ``-``: binary forms go there only then.
    columns, sort, top
        See ``present.tables.tables.Selection``; ``top`` of 0 is all rows.
    wide
        Show every column, however narrow the screen is.
    paging
        Start a pager if the text is taller than the terminal.
    """

    forms: tuple[str, ...]
    chosen: str | None = None
    explicit: bool = False
    path: Path | None = None
    streamed: bool = False
    columns: tuple[str, ...] = ()
    sort: str = ""
    top: int | None = None
    wide: bool = False
    paging: bool = True

    @property
    def form(self) -> str:
        """The form to write."""
        return self.chosen or self.forms[0]

    @property
    def for_people(self) -> bool:
        """Whether the rows are read by people, who get fewer columns and shorter names."""
        return self.form in {"table", "md"}

    @property
    def shaped(self) -> bool:
        """Whether columns, an order or a number of rows were chosen."""
        return bool(self.columns or self.sort or self.top)

    def check(self, columns: Sequence[str]) -> None:
        """Refuse options that ``rows`` with these columns would refuse, before a command changes anything.

        Raises
        ------
        UsageError
            A column that does not exist, or columns of a JSON document, or of rows that are not written.
        """
        from knockon.present.tables.tables import Selection

        if self.shaped and not self.explicit:
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
        if self.shaped:
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
        if self.chosen is None or (self.chosen not in forms and not self.explicit):
            return replace(self, forms=forms, chosen=None)
        return replace(self, forms=forms, chosen=_known(self.chosen, forms))

    def rows(self, rows: Sequence[Row], columns: Sequence[str], *, title: str = "", drop: Sequence[str] = ()) -> None:
        """Write rows; ``columns`` are those that tables and CSV have, JSON has every key."""
        self.tables(Table(rows, columns, title, drop))

    def tables(self, *tables: Table) -> None:
        """Write several tables one below the other; ``--columns``, ``--sort`` and ``--top`` apply to the first."""
        from knockon.present.tables.tables import Selection, markdown_table, render, table

        selection = Selection(self.columns, self.sort, self.top or None)
        first, *others = tables
        rows, columns = selection.of(first.rows, first.columns)
        if self.form in _BINARY:
            self.content(_binary(self.form, rows, columns))
        elif self.form == "table":
            chosen = [Table(rows, columns, first.title, () if self.columns else first.drop), *others]
            layouts = [table(t.rows, t.columns, title=t.title, width=self.width, drop=t.drop) for t in chosen if t.rows]
            self.text("\n".join(layout.text for layout in layouts))
            _note_hidden([name for layout in layouts for name in layout.hidden])
        elif self.form == "md":
            from knockon.markdown import document

            some = [t for t in (Table(rows, columns), *others) if t.rows]
            self.text(document(*(markdown_table(t.rows, t.columns) for t in some)))
        else:
            keys = [{name: row.get(name) for name in columns} for row in rows] if self.columns else rows
            self.text(render(keys, columns, self.form))
        if self.top and len(first.rows) > len(rows):
            note(f"{len(first.rows) - len(rows)} more rows; without --top all are shown")

    def answer(self, answer: A, people: Callable[[A], Iterable[Table]], programs: Callable[[A], Table]) -> None:
        """Write an answer: as one document of JSON, as tables for people, or as rows for programs."""
        if self.form == "json":
            self.json(answer.to_dict())
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
            if not self.streamed:
                hint = f"name it with -o FILE.{self.form}, or use -o - for standard output"
                raise UsageError(f"{self.form} goes to a file: {hint}")
            write_out_bytes(content)
            return
        from knockon.store.atomic_write import write_bytes

        write_bytes(self.path, content)
        note(f"wrote {self.path} ({max(1, len(content) // 1000):,} KB)")


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


def _known(form: str, forms: Sequence[str]) -> str:
    if form not in forms:
        raise UsageError(f"{form!r} is not a format here; use one of {', '.join(forms)}")
    return form


def form_by_ending(path: Path, forms: Sequence[str]) -> str:
    """Return the form of the ending of a file name.

    Raises
    ------
    UsageError
        There is no ending, or its form is not in ``forms``.

    Examples
    --------
    >>> form_by_ending(Path("losses.CSV"), ROWS), form_by_ending(Path("notes.txt"), ROWS)
    ('csv', 'table')
    """
    ending = path.suffix.lower().removeprefix(".")
    form = next((name for name in (ending, ENDINGS.get(ending)) if name in forms), None)
    if form is None:
        what = f"the ending .{ending} is not a format here" if ending else "the name has no ending that names a format"
        known = ", ".join(f".{'txt' if name == 'table' else name}" for name in forms)
        raise UsageError(f"{path}: {what}; use one of {known}, or give --format")
    return form


def target(path: Path | None) -> Path | None:
    """Return the file to write, None for ``-``, which is standard output.

    Raises
    ------
    UsageError
        It is a folder, or its folder does not exist.
    """
    if path is None or str(path) == "-":
        return None
    from knockon.store.output_paths import check_output_file

    check_output_file(path)
    return path


def default_target(path: Path) -> Path:
    """Return the file that is written if none is named, after creating its folder with a message.

    Raises
    ------
    UsageError
        The folder cannot be created.
    """
    folder = path.parent
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file; name a folder")
    if not folder.exists():
        try:
            folder.mkdir()
        except OSError as error:
            raise UsageError(f"cannot create the folder {folder}: {error.strerror}; name a file with -o FILE") from None
        note(f"created the folder {folder}")
    return path


def _requested_form(form: str | None, path: Path | None, forms: Sequence[str]) -> str | None:
    """Return the form that the call names, by its option or by the ending of the file."""
    if form is not None:
        return _known(form, forms)
    if path is not None and (path.is_file() or not path.exists()):
        # The ending of the name of a pipe or a device means nothing.
        return form_by_ending(path, forms)
    return None


def writes(*forms: str, rows: bool = True, optional: str = "") -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return a decorator that adds the options of output to a command, which gets a ``Writer`` as ``out``.

    Parameters
    ----------
    forms
        The forms that the command knows, its default first.
    rows
        Whether it writes rows, of which columns can be chosen.
    optional
        The purpose of a format, if nothing is written unless one is named.
    """
    known = ", ".join(forms)
    text = f"{optional}: {known}." if optional else f"{known}.  [default: by the ending of -o, else {forms[0]}]"
    options: dict[str, tuple[Any, Any]] = {
        "format_": (
            Annotated[
                str | None,
                typer.Option("--format", "-f", help=text),
            ],
            None,
        ),
        "output": (
            Annotated[Path | None, typer.Option("--output", "-o", help="The file to write; - is standard output.")],
            None,
        ),
    }
    if rows:
        options |= _TABLE_OPTIONS

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        def run(**values: Any) -> Any:
            chosen = {name: values.pop(name) for name in options}
            return command(**values, out=writer(forms, **chosen))

        return with_options(command, run, options, hidden={"out"})

    return decorate


_TABLE_OPTIONS: dict[str, tuple[Any, Any]] = {
    "columns": (
        Annotated[
            str | None,
            typer.Option("--columns", metavar="A,B,...", help="Only these columns; any key of the rows."),
        ],
        None,
    ),
    "sort": (
        Annotated[str | None, typer.Option("--sort", metavar="COLUMN", help="Sort by this column; -COLUMN sorts down.")],
        None,
    ),
    "top": (Annotated[int | None, typer.Option("--top", min=0, help="Only this many rows; 0 is all.")], None),
    "wide": (Annotated[bool, typer.Option("--wide", help="Every column, however narrow the screen.")], False),
    "no_pager": (Annotated[bool, typer.Option("--no-pager", help="Never start a pager.")], False),
}


def writer(
    forms: tuple[str, ...], *, format_: str | None = None, output: Path | None, columns: str | None = None,
    sort: str | None = None, top: int | None = None, wide: bool = False, no_pager: bool = False,
) -> Writer:  # fmt: skip
    """Return the writer for the options of output.

    Raises
    ------
    UsageError
        The form does not exist here, or the file cannot be written.
    """
    path = target(output)
    names = tuple(name.strip() for name in columns.split(",") if name.strip()) if columns else ()
    if columns is not None and not names:
        raise UsageError("--columns: name at least one column")
    requested = _requested_form(format_, path, forms)
    default = None if requested else configuration().format
    if (columns or sort or top) and requested is not None and requested not in (*ROWS, "tsv"):
        raise UsageError(f"--columns, --sort and --top apply to rows, and {requested} has none")
    chosen = requested or (default if default in forms else None)
    if requested in _BINARY and output is None:
        raise UsageError(f"{requested} goes to a file: name it with -o FILE.{requested}, or use -o - for standard output")
    return Writer(forms, chosen, requested is not None, path, str(output) == "-", names, sort or "", top, wide, not no_pager)
