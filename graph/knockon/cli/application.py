"""The program, and the options that every command has: ``--timeout``, ``--quiet``, ``--verbose``."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any

import typer
from typer.models import CommandInfo

from knockon.cli.command import Command
from knockon.cli.distinct_files import refuse_same_files
from knockon.cli.messages import detail, verbosity
from knockon.cli.signatures import refuse_empty, with_options
from knockon.cli.time_limit import TimeLimit

Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Write no messages except errors.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Also write which data were read and how long it took.")]


class Application(typer.Typer):
    """A program whose every command has these options."""

    def limited_to(self, name: str) -> typer.Typer:
        """Return the program with the command that a call needs, since typer builds every option of every command.

        >>> len(Application(name="empty").limited_to("impact").registered_commands)
        0
        """
        small = copy.copy(self)
        small.registered_commands = [info for info in self.registered_commands if _command_name(info) == name]
        small.registered_groups = [] if small.registered_commands else self.registered_groups
        return small if small.registered_commands else self

    def list_only(self, summaries: Mapping[str, str]) -> None:
        """Give the program commands without options, of which its help has the names and these texts."""
        self.registered_commands = [CommandInfo(name, callback=_help_only(text)) for name, text in summaries.items()]

    def command(self, name: str | None = None, **settings: Any) -> Callable[[Any], Any]:
        """Register a command; the settings are those of ``typer.Typer.command``."""
        register = super().command(name, **{"cls": Command, **settings})
        return lambda function: register(_with_common_options(function))


def command_name(arguments: Sequence[str]) -> str:
    """Return the name of the command that is called; empty if there is none, or help on all commands is asked for.

    >>> command_name(["-q", "impact", "--help"]), command_name(["--help", "impact"])
    ('impact', '')
    """
    for argument in arguments:
        if not argument.startswith("-"):
            return argument
        if argument in {"-h", "--help"}:
            break
    return ""


def _command_name(info: CommandInfo) -> str:
    return info.name or getattr(info.callback, "__name__", "").replace("_", "-")


def _help_only(text: str) -> Callable[[], None]:
    """Return a command without options and with a help text."""

    def help_only() -> None:
        """Get the help text of the command below."""

    help_only.__doc__ = text
    return help_only


def set_verbosity(quiet: bool, verbose: bool) -> None:
    """Set which messages are written; ``-q`` and ``-v`` may be before or after the name of the command."""
    verbosity.quiet = verbosity.quiet or quiet
    verbosity.verbose = verbosity.verbose or verbose


#: Commands that run until they are stopped; their own ``--timeout`` is that of one query.
_ENDLESS = frozenset({"serve", "mcp"})


def _with_common_options(command: Callable[..., Any]) -> Callable[..., Any]:
    text = "Stop after this many seconds, with exit code 5.  [default: no limit]"
    options: dict[str, tuple[Any, Any]] = {
        "timeout": (Annotated[float | None, typer.Option("--timeout", metavar="SECONDS", help=text)], None),
        "quiet": (Quiet, False),
        "verbose": (Verbose, False),
    }
    endless = command.__name__ in _ENDLESS
    if endless:
        del options["timeout"]

    def run(*, quiet: bool, verbose: bool, **values: Any) -> Any:
        set_verbosity(quiet, verbose)
        refuse_empty(command, values)
        refuse_same_files(values)
        started = time.monotonic()
        seconds: float | None = None if endless else values.pop("timeout")
        code = TimeLimit(seconds).run(lambda: command(**values))
        detail(f"took {time.monotonic() - started:.2f} s")
        return code

    return with_options(command, run, options)
