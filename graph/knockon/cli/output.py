"""The options of output: ``--output``, ``--format``, and those of tables."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from knockon.cli.configuration import configuration
from knockon.cli.output_file import BINARY, ROWS, output_path, requested_form
from knockon.cli.signatures import with_options
from knockon.cli.writer import Writer
from knockon.errors import UsageError


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
    path = output_path(output)
    names = tuple(name.strip() for name in columns.split(",") if name.strip()) if columns else ()
    if columns is not None and not names:
        raise UsageError("--columns: name at least one column")
    requested = requested_form(format_, path, forms)
    default = None if requested else configuration().format
    if (columns or sort or top) and requested is not None and requested not in (*ROWS, "tsv"):
        raise UsageError(f"--columns, --sort and --top apply to rows, and {requested} has none")
    chosen = requested or (default if default in forms else None)
    if requested in BINARY and output is None:
        raise UsageError(f"{requested} goes to a file: name it with -o FILE.{requested}, or use -o - for standard output")
    return Writer(forms, chosen, requested is not None, path, str(output) == "-", names, sort or "", top, wide, not no_pager)
