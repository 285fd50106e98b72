"""``--portfolio FILE``: the entities that an answer is about, and how the file is read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from knockon.cli.messages import note_lines
from knockon.cli.options.reading import FLOWS, DecimalSign, Encoding, Rename, SheetName, read_options
from knockon.cli.signatures import with_options
from knockon.errors import UsageError

if TYPE_CHECKING:
    from knockon.analysis.portfolio.portfolio import Portfolio
    from knockon.authoring.options import ReadOptions
    from knockon.graph import Graph

_PORTFOLIO = Annotated[
    Path | None,
    typer.Option(
        "--portfolio", metavar="FILE",
        help="Only the entities of this table, which has a column name or id, and may have amounts.",
    ),
]  # fmt: skip
_ALLOW_UNKNOWN = Annotated[
    bool,
    typer.Option("--allow-unknown", help="Leave rows of the portfolio out that name nothing in the graph, counted."),
]
_READING: dict[str, tuple[Any, Any]] = {
    "allow_unknown": (_ALLOW_UNKNOWN, False), "encoding": (Encoding, None), "decimal": (DecimalSign, "."),
    "rename": (Rename, None), "sheet": (SheetName, None),
}  # fmt: skip


class PortfolioSource(NamedTuple):
    """A portfolio as a call names it: its file, and how it is read."""

    path: Path
    options: ReadOptions
    allow_unknown: bool

    def of(self, graph: Graph) -> Portfolio:
        """Return the entities of a graph that the file names, and write what it leaves out."""
        from knockon.present.portfolio_phrases import portfolio_notes

        portfolio = graph.portfolio(self.path, allow_unknown=self.allow_unknown, read=self.options)
        note_lines(portfolio_notes(portfolio))
        return portfolio


def portfolio_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--portfolio`` to a command, and how it is read; the command gets a ``PortfolioSource`` or None as ``portfolio``."""
    options = {"portfolio": (_PORTFOLIO, None), **_READING}

    def run(**values: Any) -> Any:
        given = {name: values.pop(name) for name in options}
        return command(**values, portfolio=_source(**given))

    return with_options(command, run, options, hidden={"portfolio"})


def _source(*, portfolio: Path | None, allow_unknown: bool, **reading: Any) -> PortfolioSource | None:
    if portfolio is not None:
        return PortfolioSource(portfolio, read_options(**reading), allow_unknown)
    given = [name for name in FLOWS if reading[name] not in (None, [], ".")]
    given += ["allow-unknown"] if allow_unknown else []
    if given:
        raise UsageError(f"--{given[0]} says how a portfolio is read; name one with --portfolio FILE")
    return None


__all__ = ["PortfolioSource", "portfolio_options"]
