"""Options that every command has: ``--timeout``, ``--quiet``, ``--verbose``."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Annotated, Any

import typer

from knockon.cli.messages import detail, verbosity
from knockon.cli.signatures import with_options
from knockon.cli.time_limit import TimeLimit

#: Commands that stop by themselves after so many seconds, where --timeout says nothing.
TIMEOUTS = {"query": 60.0}

Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No messages but errors.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Also say which data was read and how long it took.")]


class Application(typer.Typer):
    """A program whose every command has these options."""

    def command(self, name: str | None = None, **settings: Any) -> Callable[[Any], Any]:
        """Register a command; the settings are those of ``typer.Typer.command``."""
        register = super().command(name, **settings)
        return lambda function: register(_supervised(function))


def be_heard(quiet: bool, verbose: bool) -> None:
    """Set how much is said beside the data; an option before the name of the command counts as one behind it."""
    verbosity.quiet = verbosity.quiet or quiet
    verbosity.verbose = verbosity.verbose or verbose


def _supervised(command: Callable[..., Any]) -> Callable[..., Any]:
    usual = TIMEOUTS.get(command.__name__)
    by_default = f"{usual:g}; 0 is no limit" if usual else "no limit"
    text = f"Stop after so many seconds, with exit code 5.  [default: {by_default}]"
    options: dict[str, tuple[Any, Any]] = {
        "timeout": (Annotated[float | None, typer.Option("--timeout", metavar="SECONDS", help=text)], None),
        "quiet": (Quiet, False),
        "verbose": (Verbose, False),
    }

    def run(*, timeout: float | None, quiet: bool, verbose: bool, **values: Any) -> Any:
        be_heard(quiet, verbose)
        started = time.monotonic()
        with TimeLimit(usual if timeout is None else timeout):
            code = command(**values)
        detail(f"took {time.monotonic() - started:.2f} s")
        return code

    return with_options(command, run, options)
