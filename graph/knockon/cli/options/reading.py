"""Options of reading files: what a file does not state itself."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from knockon.cli.signatures import refuse_empty, with_options
from knockon.errors import UsageError

if TYPE_CHECKING:
    from knockon.authoring.options import ReadOptions

From = Annotated[
    str | None,
    typer.Option(
        "--from",
        metavar="FORM",
        help="What standard input (-) holds: csv, tsv, xlsx, jsonl, yaml, ttl, trig, nt, nq, jsonld, rdf.",
    ),
]
Encoding = Annotated[str | None, typer.Option("--encoding", metavar="NAME", help="That of text tables, e.g. cp1252.")]
DecimalSign = Annotated[str, typer.Option("--decimal", metavar="SIGN", help="The decimal sign in tables: . or ,")]
Percent = Annotated[
    list[str] | None,
    typer.Option("--percent", metavar="COLUMN", help="A column whose plain numbers are percentages, e.g. share (repeatable)."),
]
Days = Annotated[
    list[str] | None,
    typer.Option("--days", metavar="COLUMN", help="A column whose plain numbers are days, e.g. buffer (repeatable)."),
]
Rename = Annotated[
    list[str] | None,
    typer.Option("--rename", metavar="OLD=NEW", help="Read a column by another name, e.g. Supplier=provider (repeatable)."),
]
IgnoreUnknown = Annotated[
    bool,
    typer.Option(
        "--ignore-unknown",
        help="Leave columns out that are not known, instead of refusing the table; by a mapping: without the notice.",
    ),
]
SheetName = Annotated[
    list[str] | None, typer.Option("--sheet", metavar="NAME", help="Read this sheet of a workbook (repeatable); default: all.")
]
Rejects = Annotated[
    Path | None,
    typer.Option("--rejects", metavar="FILE", help="Read the sound rows; this CSV file keeps the others (exit 4)."),
]
AllowRejects = Annotated[
    bool,
    typer.Option("--allow-rejects", help="With --rejects: rows that are left out are no failure (exit 0)."),
]

Uses = Annotated[
    list[str] | None,
    typer.Option(
        "--uses", metavar="DATASET", help="A data set whose entities the files may name without a prefix, e.g. sensetime."
    ),
]
Language = Annotated[
    str | None,
    typer.Option("--language", metavar="TAG", help="The language of names and texts in tables that state none, e.g. zh."),
]
ArrayDelimiter = Annotated[
    str | None,
    typer.Option("--array-delimiter", metavar="SIGN", help="In CSV of Neo4j: the sign between items of a list; default: ;"),
]
ExactNames = Annotated[bool, typer.Option("--exact-names", help="Keep names apart that differ only in how they are spelt.")]

#: The annotation and the default of each option by name.
_OPTIONS: dict[str, tuple[Any, Any]] = {
    "from_": (From, None), "encoding": (Encoding, None), "decimal": (DecimalSign, "."), "percent": (Percent, None),
    "days": (Days, None),
    "rename": (Rename, None), "ignore_unknown": (IgnoreUnknown, False), "sheet": (SheetName, None), "rejects": (Rejects, None),
    "allow_rejects": (AllowRejects, False), "uses": (Uses, None), "exact_names": (ExactNames, False),
    "language": (Language, None), "array_delimiter": (ArrayDelimiter, None),
}  # fmt: skip
#: The options of other formats than our own.
_FOREIGN = ("array_delimiter",)
#: The options of a table of flows.
FLOWS = ("encoding", "decimal", "rename", "sheet")

#: The options of a file given as ``--store``.
_STORE_OPTIONS = ("from_", "uses", "exact_names", "language")

#: How a file given as ``--store`` is read in the command that runs.
_CURRENT: ContextVar[ReadOptions | None] = ContextVar("store", default=None)


def reading_options(*names: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return a decorator that adds options for reading to a command, those named or all for our own formats, as ``read``."""
    chosen = names or tuple(name for name in _OPTIONS if name not in _FOREIGN)

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        def run(**values: Any) -> Any:
            read = read_options(**{name: values.pop(name) for name in chosen})
            return command(**values, read=read)

        return with_options(command, run, {name: _OPTIONS[name] for name in chosen}, hidden={"read"})

    return decorate


def add_file_options(app: typer.Typer) -> None:
    """Give every command that has ``--store`` the options of a file in its place: ``--from``, ``--uses``, ``--exact-names``."""
    groups = [group.typer_instance for group in app.registered_groups if group.typer_instance]
    for info in (info for program in (app, *groups) for info in program.registered_commands):
        command = info.callback
        if command is not None:
            parameters = inspect.signature(command).parameters
            if "store" in parameters and parameters.keys().isdisjoint(_STORE_OPTIONS):
                info.callback = _with_file_options(command)


def _with_file_options(command: Callable[..., Any]) -> Callable[..., Any]:
    def run(**values: Any) -> Any:
        refuse_empty(extended, values)
        with _reading_store_with(read_options(**{name: values.pop(name) for name in _STORE_OPTIONS})):
            return command(**values)

    extended = with_options(command, run, {name: _OPTIONS[name] for name in _STORE_OPTIONS})
    return extended


def store_read_options() -> ReadOptions:
    """Return how a file that is given as ``--store`` is read in the command that runs."""
    return _CURRENT.get() or read_options()


@contextmanager
def _reading_store_with(options: ReadOptions) -> Iterator[None]:
    """Read a file that is given as ``--store`` with these options while the context lasts."""
    token = _CURRENT.set(options)
    try:
        yield
    finally:
        _CURRENT.reset(token)


def read_options(
    *,
    from_: str | None = None,
    encoding: str | None = None,
    decimal: str = ".",
    percent: Sequence[str] | None = None,
    days: Sequence[str] | None = None,
    rename: Sequence[str] | None = None,
    ignore_unknown: bool = False,
    sheet: Sequence[str] | None = None,
    rejects: Path | None = None,
    allow_rejects: bool = False,
    uses: Sequence[str] | None = None,
    exact_names: bool = False,
    language: str | None = None,
    array_delimiter: str | None = None,
) -> ReadOptions:
    """Return the options of the command line as those of a reader.

    Raises
    ------
    UsageError
        A text of ``--rename`` is not OLD=NEW, or the file of ``--rejects`` cannot be written.
    """
    from knockon.authoring.options import ReadOptions

    if rejects is not None:
        from knockon.store.output_paths import check_output_file

        check_output_file(rejects)
    return ReadOptions(
        form=from_ or "",
        encoding=encoding or "",
        decimal=decimal,
        percent=_separate(percent),
        days=_separate(days),
        rename=_renames(rename or ()),
        ignore_unknown=ignore_unknown,
        sheets=tuple(sheet or ()),
        allow_rejects=allow_rejects,
        rejects=rejects,
        uses=_separate(uses),
        exact_names=exact_names,
        language=language or "",
        array_delimiter=array_delimiter or "",
    )


def _renames(texts: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Return the old and the new name of each ``--rename``."""
    pairs = []
    for text in texts:
        old, equals, new = text.rpartition("=")
        if not equals:
            raise UsageError(f"--rename {text}: write OLD=NEW, e.g. Supplier=provider")
        pairs.append((old, new))
    return tuple(pairs)


def _separate(texts: Sequence[str] | None) -> tuple[str, ...]:
    """Return the names in an option that may be repeated, and may name several between commas."""
    return tuple(name.strip() for text in texts or () for name in text.split(",") if name.strip())
