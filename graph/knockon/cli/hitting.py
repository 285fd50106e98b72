"""A shock of one's own on the command line: ``--hit ENTITY=SEVERITY``, and ``--save-as NAME`` to keep it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from shlex import quote
from typing import TYPE_CHECKING, Annotated, Any

import typer

from knockon.cli import completion
from knockon.cli.configuration import written_store
from knockon.cli.messages import note
from knockon.cli.signatures import with_options
from knockon.errors import UsageError

if TYPE_CHECKING:
    from knockon.graph import Graph

#: What ``--hit`` says: severities by the name of an entity; None where it was not given.
Hits = Mapping[str, str] | None

_HIT = Annotated[
    list[str] | None,
    typer.Option(
        "--hit",
        metavar="ENTITY=SEVERITY",
        autocompletion=completion.hits,
        help="A shock of your own: essential, high, medium, low, or 0..1 (repeatable).",
    ),
]
_SAVE_AS = Annotated[
    str | None,
    typer.Option("--save-as", metavar="NAME", help="Keep the shock of --hit in the data set my-shocks of the store folder."),
]
_OPTIONS: dict[str, tuple[Any, Any]] = {"hit": (_HIT, None), "save_as": (_SAVE_AS, None)}


def hits(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command ``--hit`` and ``--save-as``; it is handed what is hit as ``hit``, after the shock was saved.

    The command has the parameter ``store``.
    """

    def run(*, save_as: str | None, hit: list[str] | None, store: str | None, **values: Any) -> Any:
        struck = severities(hit) if hit else None
        if save_as is not None:
            _save(save_as, struck, store)
        return command(**values, store=store, hit=struck)

    return with_options(command, run, _OPTIONS, hidden={"hit"})


def severities(given: Sequence[str]) -> dict[str, str]:
    """Return what ``--hit`` says: severities by name.

    Raises
    ------
    UsageError
        One is not ENTITY=SEVERITY, or names what another one names.

    Examples
    --------
    >>> severities(["nvidia=high", "ios=0.4"])
    {'nvidia': 'high', 'ios': '0.4'}
    """
    found: dict[str, str] = {}
    for one in given:
        name, equals, severity = one.rpartition("=")
        if not equals or not name.strip() or not severity.strip():
            raise UsageError(f"--hit {one!r}: write ENTITY=SEVERITY, e.g. --hit nvidia=high or --hit nvidia=0.4")
        if name.strip() in found:
            raise UsageError(f"--hit names {name.strip()!r} twice")
        found[name.strip()] = severity.strip()
    return found


def _save(name: str, hit: Hits, store: str | None) -> None:
    if hit is None:
        raise UsageError("--save-as keeps the shock of --hit: say what is hit, e.g. --hit nvidia=high")
    with writable(store) as opened:
        saved = opened.save_shock(name, hit)
    folder = quote(written_store(store) or "")
    note(f"saved as {saved.name} in my-shocks of {folder}; `knockon impact {saved.name} --store {folder}` asks of it again")


def writable(store: str | None) -> Graph:
    """Return the graph of a store folder that is named by ``--store`` or the environment.

    Raises
    ------
    UsageError
        None is named, or it is a file or bundled data, with the command to type first.
    """
    from knockon.cli.options import graph
    from knockon.store.folder import FolderStore

    folder = written_store(store)
    if folder is None:
        first = "knockon load sensetime --store my-store"
        raise UsageError(f"bundled data cannot be written; type `{first}` first, then use --store my-store")
    opened = graph(folder)
    if not isinstance(opened.store, FolderStore):
        first = f"knockon load {quote(folder)} --store my-store"
        raise UsageError(f"{folder} is no store folder and cannot be written; type `{first}` first, then use --store my-store")
    return opened
