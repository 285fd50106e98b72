"""The options by which a command is told how files are read, where they do not say it themselves."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from knockon.cli.signatures import with_options
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

_KINDS: dict[str, tuple[Any, Any]] = {
    "from_": (From, None), "encoding": (Encoding, None), "decimal": (DecimalSign, "."), "percent": (Percent, None),
    "rename": (Rename, None), "ignore_unknown": (IgnoreUnknown, False), "sheet": (SheetName, None), "rejects": (Rejects, None),
    "allow_rejects": (AllowRejects, False),
}  # fmt: skip
#: Those that a table of flows can have.
FLOWS = ("encoding", "decimal", "rename", "sheet")

_FORM: ContextVar[str] = ContextVar("form", default="")


def reading(*names: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A command with options for reading behind its own, all or those named; it is handed them as ``read``."""
    chosen = names or tuple(_KINDS)

    def dress(command: Callable[..., Any]) -> Callable[..., Any]:
        def run(**given: Any) -> Any:
            read = options(**{name: given.pop(name) for name in chosen})
            return command(**given, read=read)

        return with_options(command, run, {name: _KINDS[name] for name in chosen}, hidden={"read"})

    return dress


def from_standard_input(app: typer.Typer) -> None:
    """Give every command that has ``--store`` the option ``--from``, for ``--store -``."""
    groups = [group.typer_instance for group in app.registered_groups if group.typer_instance]
    for info in (info for one in (app, *groups) for info in one.registered_commands):
        command = info.callback
        if command is not None:
            parameters = inspect.signature(command).parameters
            if "store" in parameters and "from_" not in parameters:
                info.callback = _with_form(command)


def form() -> str:
    """The form that ``--from`` gives in the command that runs; empty where none is given."""
    return _FORM.get()


def _with_form(command: Callable[..., Any]) -> Callable[..., Any]:
    def run(**given: Any) -> Any:
        with _in_form(given.pop("from_") or ""):
            return command(**given)

    return with_options(command, run, {"from_": _KINDS["from_"]})


@contextmanager
def _in_form(given: str) -> Iterator[None]:
    token = _FORM.set(given)
    try:
        yield
    finally:
        _FORM.reset(token)


def options(
    *,
    from_: str | None = None,
    encoding: str | None = None,
    decimal: str = ".",
    percent: Sequence[str] | None = None,
    rename: Sequence[str] | None = None,
    ignore_unknown: bool = False,
    sheet: Sequence[str] | None = None,
    rejects: Path | None = None,
    allow_rejects: bool = False,
) -> ReadOptions:
    """What the command line says, as the options of a reader."""
    from knockon.authoring.options import ReadOptions

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
        percent=tuple(name.strip() for given in percent or () for name in given.split(",") if name.strip()),
        rename=tuple(pairs),
        ignore_unknown=ignore_unknown,
        sheets=tuple(sheet or ()),
        allow_rejects=allow_rejects,
        rejects=rejects,
    )
