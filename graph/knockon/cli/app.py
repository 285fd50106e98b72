"""The application: which commands there are."""

from __future__ import annotations

from typing import Annotated

import typer

from knockon import __version__
from knockon.cli import asking, data, describing, impacts, pages

app = typer.Typer(
    name="knockon",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="What companies depend on, and how a shock knocks on through it.",
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def knockon(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")] = False,
) -> None:
    """What companies depend on, and how a shock knocks on through it."""


for module in (pages, data, asking, impacts, describing):
    module.register(app)
