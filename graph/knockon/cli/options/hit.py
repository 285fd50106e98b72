"""``--hit ENTITY=SEVERITY``, a shock made on the command line, and ``--save-as NAME`` to keep it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any

import typer

from knockon.cli import completion
from knockon.cli.configuration import written_store
from knockon.cli.messages import note
from knockon.cli.options.store import open_store_folder
from knockon.cli.signatures import with_options
from knockon.errors import UsageError
from knockon.suggested_command import suggested
from knockon.vocabulary import COVERED_BY

#: The values of ``--hit``: severities by the name of an entity; None where it was not given.
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
_LIST = Annotated[
    list[str] | None,
    typer.Option(
        "--list",
        metavar="LIST[=SEVERITY]",
        autocompletion=completion.measures,
        help="A shock of your own: whom this list covers, by name or ownership, no longer supplies (essential; repeatable).",
    ),
]
#: ``--what-if``, a change to a dependency that a question supposes.
WhatIf = Annotated[
    list[str] | None,
    typer.Option(
        "--what-if",
        metavar="DEPENDENCY=CHANGE",
        help="Suppose criticality=low, source=0.3, supplier=ENTITY, or buffer=30 of a dependency (repeatable).",
    ),
]
Given = Annotated[
    list[str] | None,
    typer.Option(
        "--given", metavar="ENTITY", help="Chance: probabilities under the condition that this has failed (repeatable)."
    ),
]
_OPTIONS: dict[str, tuple[Any, Any]] = {"hit": (_HIT, None), "list_": (_LIST, None), "save_as": (_SAVE_AS, None)}


def hit_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--hit``, ``--list`` and ``--save-as`` to a command, which gets the severities as ``hit`` after the shock was saved.

    The command has the parameter ``store``.
    """

    def run(*, save_as: str | None, hit: list[str] | None, list_: list[str] | None, store: str | None, **values: Any) -> Any:
        severities = {**parse_hits(hit or ()), **parse_lists(list_ or ())} or None
        if save_as is not None:
            _save(save_as, severities, store)
        return command(**values, store=store, hit=severities)

    return with_options(command, run, _OPTIONS, hidden={"hit"})


def check_one_shock(shock: str | None, hit: Hits) -> None:
    """Check that a call names a shock or makes one with ``--hit``.

    Raises
    ------
    UsageError
        It does neither, or both.
    """
    if (shock is None) == (not hit):
        raise UsageError(f"name a shock, or give --hit: one of the two ({suggested('impact')} lists the shocks)")


def parse_hits(texts: Sequence[str]) -> dict[str, str]:
    """Return the severities of several ``--hit`` by the name of the entity.

    Raises
    ------
    UsageError
        A text is not ENTITY=SEVERITY, or two of them name the same entity.

    Examples
    --------
    >>> parse_hits(["nvidia=high", "ios=0.4"])
    {'nvidia': 'high', 'ios': '0.4'}
    """
    severities: dict[str, str] = {}
    for text in texts:
        name, equals, severity = text.rpartition("=")
        if not equals or not name.strip() or not severity.strip():
            raise UsageError(f"--hit {text!r}: write ENTITY=SEVERITY, e.g. --hit nvidia=high or --hit nvidia=0.4")
        if name.strip() in severities:
            raise UsageError(f"--hit names {name.strip()!r} twice")
        severities[name.strip()] = severity.strip()
    return severities


def parse_lists(texts: Sequence[str]) -> dict[str, str]:
    """Return the severities of several ``--list`` by the name by which ``hit`` means all that a list covers.

    Raises
    ------
    UsageError
        A text has no name, or two of them name the same list.

    Examples
    --------
    >>> parse_lists(["us-entity-list", "cmic=0.4"])
    {'covered-by:us-entity-list': 'essential', 'covered-by:cmic': '0.4'}
    """
    severities: dict[str, str] = {}
    for text in texts:
        name, _, severity = text.partition("=") if "=" in text else (text, "", "essential")
        key = f"{COVERED_BY}{name.strip()}"
        if not name.strip() or not severity.strip():
            raise UsageError(f"--list {text!r}: write LIST or LIST=SEVERITY, e.g. --list us-entity-list=high")
        if key in severities:
            raise UsageError(f"--list names {name.strip()!r} twice")
        severities[key] = severity.strip()
    return severities


def parse_what_ifs(texts: Sequence[str]) -> dict[str, str] | None:
    """Return the changes of several ``--what-if`` by the name of the dependency; None if there are none.

    Raises
    ------
    UsageError
        A text is not DEPENDENCY=CHANGE, or two of them name the same dependency.

    Examples
    --------
    >>> parse_what_ifs(["hosting=criticality=low"])
    {'hosting': 'criticality=low'}
    """
    changes: dict[str, str] = {}
    for text in texts:
        name, equals, change = (part.strip() for part in text.partition("="))
        if not equals or not name or not change:
            raise UsageError(f"--what-if {text!r}: write DEPENDENCY=CHANGE, e.g. --what-if {name or 'hosting'}=criticality=low")
        if name in changes:
            raise UsageError(f"--what-if names {name!r} twice")
        changes[name] = change
    return changes or None


def _save(name: str, hit: Hits, store: str | None) -> None:
    from knockon.present.rows.changes import saved_shock_note

    if hit is None:
        raise UsageError("--save-as keeps the shock of --hit or --list: say what is hit, e.g. --hit nvidia=high")
    folder = written_store(store)
    if folder is None:
        first = "knockon load sensetime --store my-store"
        raise UsageError(f"bundled data cannot be written; type `{first}` first, then use --store my-store")
    shock = open_store_folder(folder, "cannot be written").save_shock(name, hit)
    note(saved_shock_note(shock, folder))
