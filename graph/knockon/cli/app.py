"""The application with all its commands."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from importlib import import_module
from typing import Annotated, Any

import typer

from knockon import __version__
from knockon.cli.application import Application, Quiet, Verbose, command_name, set_verbosity
from knockon.cli.groups import GroupedCommands
from knockon.cli.help import COMPLETING
from knockon.cli.summaries import SUMMARIES

#: The commands of each module, so that a call imports only the module of its command.
FAMILIES: Mapping[str, tuple[str, ...]] = {
    "explore": ("demo", "explore"),
    "data": ("validate", "load", "evidence"),
    "export": ("export",),
    "backup": ("backup",),
    "importing": ("import", "mapping"),
    "data_sets": ("ls", "history", "undo", "remove"),
    "differences": ("diff",),
    "searching": ("search",),
    "identity": ("resolve",),
    "propose": ("propose",),
    "review": ("review",),
    "query": ("query", "schema", "show"),
    "impacts": ("impact", "exposure", "explain", "chains"),
    "profile": ("profile",),
    "watch": ("watch",),
    "backtest": ("backtest",),
    "covered": ("covered",),
    "links": ("neighbours", "paths"),
    "structure": ("chokepoints", "loops", "concentration"),
    "whatif": ("mitigate", "compare"),
    "uncertainty": ("uncertainty",),
    "importance": ("importance",),
    "ranking": ("rank",),
    "sectors": ("price", "extraction", "ghosh"),
    "systems": ("inoperability", "fdna", "survive"),
    "reporting": ("report",),
    "generate": ("generate",),
    "mcp": ("mcp",),
    "serve": ("serve",),
}


def create_app(families: Iterable[str] = FAMILIES) -> Application:
    """Create the program with the commands of some modules; without argument, with all."""
    from knockon.cli.options import add_file_options

    app = _without_commands()
    for family in families:
        import_module(f"knockon.cli.{family}").register(app)
    add_file_options(app)
    return app


def _without_commands() -> Application:
    app = Application(
        name="knockon",
        cls=GroupedCommands,
        add_completion=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
        help="What companies depend on, and how a shock knocks on through it.",
        epilog=(
            "Exit codes: 0 done, 1 unexpected, 2 the call makes no sense, 3 not found, 4 invalid data, "
            "5 stopped by a cap, a lock or --timeout, 6 a rule of --fail-on is broken. Data goes to stdout, messages to stderr."
        ),
    )
    app.callback()(knockon)
    return app


def program_for(arguments: Sequence[str]) -> Callable[..., Any]:
    """Return the program as far as a call needs it; a shell that completes needs all of it.

    It takes what ``typer.main.get_command`` returns takes.
    """
    return _program("" if COMPLETING in os.environ else command_name(arguments), COMPLETING in os.environ)


@lru_cache(maxsize=64)
def _program(name: str, completing: bool) -> Callable[..., Any]:
    """Return the program with one command; with all if the name is unknown. It serves all calls of a process.

    Without a name it has the help of all commands and nothing else of them, and imports none.
    """
    if not name and not completing:
        app = _without_commands()
        app.list_only(SUMMARIES)
        return typer.main.get_command(app)
    families = () if completing else tuple(family for family, names in FAMILIES.items() if name in names)
    app = create_app(families or FAMILIES)
    return typer.main.get_command(app if completing else app.limited_to(name))


def _version(is_requested: bool) -> None:
    if is_requested:
        typer.echo(__version__)
        raise typer.Exit


def knockon(
    version: Annotated[  # noqa: ARG001 # its callback answers
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """What companies depend on, and how a shock knocks on through it."""
    set_verbosity(quiet, verbose)
