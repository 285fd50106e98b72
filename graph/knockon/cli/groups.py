"""The groups of commands in the help, in the order in which a reader meets them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import typer
from typer.core import TyperGroup

from knockon.cli.command import Command, convert_late

#: Every command belongs to one group. Names that are not registered yet are left out of the help.
GROUPS: Mapping[str, tuple[str, ...]] = {
    "Start": ("demo", "search", "show", "profile", "neighbours", "paths", "schema"),
    "Ask": (
        "impact", "explain", "exposure", "covered", "compare", "price", "extraction", "ghosh",
        "inoperability", "fdna", "chains", "query", "evidence",
    ),
    "Weak points": ("chokepoints", "concentration", "loops", "rank", "survive", "uncertainty", "importance", "mitigate"),
    "Share": ("explore", "report", "serve", "mcp"),
    "Your data": (
        "load", "validate", "ls", "diff", "history", "undo", "remove", "export", "import", "mapping", "backup",
        "generate",
    ),
    "Judgement": ("resolve", "propose", "review", "watch", "backtest"),
}  # fmt: skip

#: The greatest length of the first sentence of a help text, which is wrapped and never cut.
_LONGEST = 1_000


class GroupedCommands(TyperGroup):
    """A command with subcommands; without one it prints its help, which lists the subcommands by group."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Print the help and exit 0 if there are no arguments, where click exits 2."""
        if not args and not ctx.resilient_parsing:
            typer.echo(ctx.get_help())
            ctx.exit(0)
        convert_late(self.get_params(ctx))
        return list(super().parse_args(ctx, args))

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names of the commands in the order of the groups; those without a group come last."""
        names = super().list_commands(ctx)
        order = {name: position for position, name in enumerate(name for group in GROUPS.values() for name in group)}
        return sorted(names, key=lambda name: order.get(name, len(order)))

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write a list for each group that has commands."""
        commands = {name: self.get_command(ctx, name) for name in self.list_commands(ctx)}
        visible = {name: command for name, command in commands.items() if command is not None and not command.hidden}
        # The groups are those of the commands; subcommands have none.
        groups = GROUPS if ctx.parent is None else {}
        grouped = {title: [name for name in names if name in visible] for title, names in groups.items()}
        listed = {name for names in grouped.values() for name in names}
        grouped["Commands"] = [name for name in visible if name not in listed]
        width = max(map(len, visible), default=0)
        for title, names in grouped.items():
            if names:
                with formatter.section(title):
                    # Padded to one width, so that the columns of all groups line up.
                    formatter.write_dl([(name.ljust(width), visible[name].get_short_help_str(_LONGEST)) for name in names])


class Subcommands(typer.Typer):
    """The commands below a command, which are commands of the program like all others.

    Parameters
    ----------
    about
        What they do, for their help.
    """

    def __init__(self, about: str) -> None:
        super().__init__(help=about, cls=GroupedCommands, rich_markup_mode=None)

    def command(self, name: str | None = None, **settings: Any) -> Callable[[Any], Any]:
        """Register a command; the settings are those of ``typer.Typer.command``."""
        return super().command(name, **{"cls": Command, **settings})
