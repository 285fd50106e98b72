"""The options by which a command is told how files are read, where they do not say it themselves."""

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
DecimalSign = Annotated[str, typer.Option("--decimal", metavar="SIGN", help="What stands before decimals in tables: . or ,")]
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
    bool, typer.Option("--ignore-unknown", help="Leave columns out that are not known, instead of refusing the table.")
]
SheetName = Annotated[
    list[str] | None, typer.Option("--sheet", metavar="NAME", help="Read this sheet of a workbook (repeatable); default: all.")
]
Rejects = Annotated[
    Path | None,
    typer.Option("--rejects", metavar="FILE", help="With --allow-rejects: the CSV file for rows that are left out."),
]
AllowRejects = Annotated[
    bool,
    typer.Option("--allow-rejects", help="Read the sound rows of tables; the others go to --rejects."),
]

Uses = Annotated[
    list[str] | None,
    typer.Option(
        "--uses", metavar="DATASET", help="A data set whose entities the files may name without a prefix, e.g. sensetime."
    ),
]
ExactNames = Annotated[bool, typer.Option("--exact-names", help="Keep names apart that differ only in how they are spelt.")]

_KINDS: dict[str, tuple[Any, Any]] = {
    "from_": (From, None), "encoding": (Encoding, None), "decimal": (DecimalSign, "."), "percent": (Percent, None),
    "days": (Days, None),
    "rename": (Rename, None), "ignore_unknown": (IgnoreUnknown, False), "sheet": (SheetName, None), "rejects": (Rejects, None),
    "allow_rejects": (AllowRejects, False), "uses": (Uses, None), "exact_names": (ExactNames, False),
}  # fmt: skip
#: Those that a table of flows can have.
FLOWS = ("encoding", "decimal", "rename", "sheet")

#: Those that a file given as ``--store`` can have.
_OF_STORE = ("from_", "uses", "exact_names")

_STORE: ContextVar[ReadOptions | None] = ContextVar("store", default=None)


def reading(*names: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A command with options for reading behind its own, all or those named; it is handed them as ``read``."""
    chosen = names or tuple(_KINDS)

    def dress(command: Callable[..., Any]) -> Callable[..., Any]:
        def run(**given: Any) -> Any:
            read = options(**{name: given.pop(name) for name in chosen})
            return command(**given, read=read)

        return with_options(command, run, {name: _KINDS[name] for name in chosen}, hidden={"read"})

    return dress


def files_as_stores(app: typer.Typer) -> None:
    """Give every command that has ``--store`` the options of a file in its place: ``--from``, ``--uses``, ``--exact-names``."""
    groups = [group.typer_instance for group in app.registered_groups if group.typer_instance]
    for info in (info for one in (app, *groups) for info in one.registered_commands):
        command = info.callback
        if command is not None:
            parameters = inspect.signature(command).parameters
            if "store" in parameters and "from_" not in parameters:
                info.callback = _of_store(command)


def store_options() -> ReadOptions:
    """How a file that is given as ``--store`` is to be read in the command that runs."""
    return _STORE.get() or options()


def _of_store(command: Callable[..., Any]) -> Callable[..., Any]:
    def run(**given: Any) -> Any:
        refuse_empty(dressed, given)
        with reading_store_with(options(**{name: given.pop(name) for name in _OF_STORE})):
            return command(**given)

    dressed = with_options(command, run, {name: _KINDS[name] for name in _OF_STORE})
    return dressed


@contextmanager
def reading_store_with(given: ReadOptions) -> Iterator[None]:
    """Read a file that is given as ``--store`` with these options, for the time being."""
    token = _STORE.set(given)
    try:
        yield
    finally:
        _STORE.reset(token)


def options(
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
) -> ReadOptions:
    """What the command line says, as the options of a reader."""
    from knockon.authoring.options import ReadOptions

    if rejects is not None:
        from knockon.store.targets import check_target

        check_target(rejects)
    pairs = []
    for given in rename or ():
        old, sign, new = given.rpartition("=")
        if not sign:
            raise UsageError(f"--rename {given}: write OLD=NEW, e.g. Supplier=provider")
        pairs.append((old, new))
    return ReadOptions(
        form=from_ or "",
        encoding=encoding or "",
        decimal=decimal,
        percent=_separate(percent),
        days=_separate(days),
        rename=tuple(pairs),
        ignore_unknown=ignore_unknown,
        sheets=tuple(sheet or ()),
        allow_rejects=allow_rejects,
        rejects=rejects,
        uses=_separate(uses),
        exact_names=exact_names,
    )


def _separate(given: Sequence[str] | None) -> tuple[str, ...]:
    """The names in an option that may be repeated, and may name several between commas."""
    return tuple(name.strip() for text in given or () for name in text.split(",") if name.strip())
