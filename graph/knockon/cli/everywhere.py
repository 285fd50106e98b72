"""Options that every command has: ``--timeout``, ``--quiet``, ``--verbose``."""

from __future__ import annotations

import copy
import os
import time
from collections.abc import Callable, Sequence
from typing import Annotated, Any

import typer
from typer.models import CommandInfo

from knockon.cli.messages import detail, verbosity
from knockon.cli.signatures import refuse_empty, with_options
from knockon.cli.time_limit import TimeLimit

#: The variable by which a shell asks for completions.
COMPLETING = "_KNOCKON_COMPLETE"

Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No messages but errors.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Also say which data was read and how long it took.")]


class Application(typer.Typer):
    """A program whose every command has these options."""

    def limited_to(self, arguments: Sequence[str]) -> typer.Typer:
        """Return the program with what a call needs of it, since typer builds every option of every command.

        Where one of its own commands is called that is this command, and where none is called, their names and help
        texts. A shell that completes needs all of it.

        >>> len(Application(name="empty").limited_to(["impact"]).registered_commands)
        0
        """
        if COMPLETING in os.environ:
            return self
        called = next((argument for argument in arguments if not argument.startswith("-")), "")
        named = [(_command_name(info), info) for info in self.registered_commands]
        small = copy.copy(self)
        if called:
            small.registered_commands = [info for name, info in named if name == called]
            small.registered_groups = [] if small.registered_commands else self.registered_groups
            return small if small.registered_commands else self
        small.registered_commands = [CommandInfo(name, callback=_described_by(info.callback)) for name, info in named]
        return small

    def command(self, name: str | None = None, **settings: Any) -> Callable[[Any], Any]:
        """Register a command; the settings are those of ``typer.Typer.command``."""
        register = super().command(name, **settings)
        return lambda function: register(_supervised(function))


def _command_name(info: CommandInfo) -> str:
    return info.name or getattr(info.callback, "__name__", "").replace("_", "-")


def _described_by(command: Callable[..., Any] | None) -> Callable[[], None]:
    """A command without options and the same help text."""

    def described() -> None:
        """See below."""

    described.__doc__ = command.__doc__
    return described


def be_heard(quiet: bool, verbose: bool) -> None:
    """Set how much is said beside the data; an option before the name of the command counts as one behind it."""
    verbosity.quiet = verbosity.quiet or quiet
    verbosity.verbose = verbosity.verbose or verbose


def _supervised(command: Callable[..., Any]) -> Callable[..., Any]:
    text = "Stop after this many seconds, with exit code 5.  [default: no limit]"
    options: dict[str, tuple[Any, Any]] = {
        "timeout": (Annotated[float | None, typer.Option("--timeout", metavar="SECONDS", help=text)], None),
        "quiet": (Quiet, False),
        "verbose": (Verbose, False),
    }

    def run(*, timeout: float | None, quiet: bool, verbose: bool, **values: Any) -> Any:
        be_heard(quiet, verbose)
        refuse_empty(command, values)
        started = time.monotonic()
        code = TimeLimit(timeout).hold(lambda: command(**values))
        detail(f"took {time.monotonic() - started:.2f} s")
        return code

    return with_options(command, run, options)
