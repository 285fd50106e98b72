"""The application: which commands there are."""

from __future__ import annotations

from typing import Annotated

import typer

from knockon import __version__
from knockon.cli import (
    data,
    data_sets,
    differences,
    explore,
    impacts,
    profile,
    query,
    ranking,
    reporting,
    searching,
    structure,
    uncertainty,
    whatif,
)
from knockon.cli.application import Application, Quiet, Verbose, set_verbosity
from knockon.cli.groups import GroupedCommands
from knockon.cli.options import add_file_options

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


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def knockon(
    version: Annotated[  # noqa: ARG001 # its callback answers
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """What companies depend on, and how a shock knocks on through it."""
    set_verbosity(quiet, verbose)


for module in (
    explore,
    data,
    data_sets,
    differences,
    searching,
    query,
    impacts,
    profile,
    structure,
    whatif,
    uncertainty,
    ranking,
    reporting,
):
    module.register(app)
add_file_options(app)
