"""Methods of Graph about portfolios: entities that a list names, and what shocks do to them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

from knockon.analysis.options import Options
from knockon.authoring.options import DEFAULTS, ReadOptions
from knockon.graph.base import GraphBase, public_methods
from knockon.model.dates import ALL

if TYPE_CHECKING:
    from knockon.analysis.portfolio.portfolio import Portfolio
    from knockon.analysis.portfolio.portfolio_exposure import PortfolioExposure
    from knockon.analysis.portfolio.watch_answer import WatchReport
    from knockon.analysis.portfolio.watched_losses import Progress


@public_methods
class PortfolioMethods(GraphBase):
    """What happens to the entities of a list."""

    def portfolio(self, path: str | Path, *, allow_unknown: bool = False, read: ReadOptions = DEFAULTS) -> Portfolio:
        r"""Return the entities that a table names: suppliers, customers, holdings.

        A column names them, by ``id`` if there is one, else by ``name`` (or ``company``, ``supplier``, ...); names are looked
        up as everywhere. A column ``amount`` (or ``weight``, ``value``, ...) is optional; several rows of one entity add
        their amounts. A list of names alone needs no header.

        Parameters
        ----------
        path
            The file: a text table (.csv, .tsv, .txt) or a workbook (.xlsx).
        allow_unknown
            Leave rows out that name nothing in the graph, instead of refusing the file; the answer lists them.
        read
            The encoding and decimal sign of the file, its sheet, and other names of its columns.

        Returns
        -------
        Portfolio
            Its entities in the order of the file, with their amounts.

        Raises
        ------
        NotFound
            There is no such file.
        InvalidData
            A row names nothing in the graph, or several entities, or its amount is not a number of 0 or more; each with its
            line.
        UsageError
            The ending is not that of a table, or the workbook has several sheets.

        Examples
        --------
        >>> import tempfile, knockon
        >>> from pathlib import Path
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = f"{folder}/mine.csv"
        ...     _ = Path(path).write_text("name,amount\nASML,100\nNVIDIA,50\n")
        ...     [(holding.id, holding.amount) for holding in knockon.open("chips").portfolio(path).holdings]
        [('asml', 100.0), ('nvidia', 50.0)]
        """
        from knockon.analysis.portfolio.portfolio import resolve_portfolio
        from knockon.authoring.portfolio_file import read_portfolio

        table = read_portfolio(Path(path), read)
        return resolve_portfolio(
            table.file, table.rows, self._present_store().records, amount_column=table.amount_column, unused=table.unused,
            allow_unknown=allow_unknown, same=self._context(as_of=ALL).same,
        )  # fmt: skip

    def portfolio_exposure(self, portfolio: Portfolio, **options: Unpack[Options]) -> PortfolioExposure:
        r"""Return the losses of the entities of a portfolio under every shock.

        Parameters
        ----------
        portfolio
            The portfolio, as ``Graph.portfolio`` returns it.

        Returns
        -------
        PortfolioExposure
            The entities, that with the greatest loss first, and the shocks, by what they do to all of them together.

        Examples
        --------
        >>> import tempfile, knockon
        >>> from pathlib import Path
        >>> graph = knockon.open("chips")
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     _ = Path(f"{folder}/mine.txt").write_text("NVIDIA\nASML\n")
        ...     portfolio = graph.portfolio(f"{folder}/mine.txt")
        >>> graph.portfolio_exposure(portfolio).holdings[0].worst.loss > 0
        True
        """
        from knockon.analysis.portfolio.portfolio_exposure import portfolio_exposure

        return portfolio_exposure(self._context(*portfolio.by_entity, **options), portfolio)

    def watch(
        self,
        portfolio: Portfolio,
        state: str | Path,
        *,
        save: bool = True,
        emit: Callable[[WatchReport], None] | None = None,
        progress: Progress | None = None,
        **options: Unpack[Options],
    ) -> WatchReport:
        r"""Return what changed for a portfolio since the state of an earlier run, and keep the new state.

        Parameters
        ----------
        portfolio
            The portfolio, as ``Graph.portfolio`` returns it.
        state
            The file of the state; where there is none, this is the first run. Another run with the same file waits for the
            end of this one.
        save
            Replace the state by the new one.
        emit
            Is called with the answer before the state is replaced: where it fails, the next run has the changes again.
        progress
            Is called after each shock with its number and that of all shocks to compute.

        Returns
        -------
        WatchReport
            The changes, and whether this was the first run.

        Raises
        ------
        InvalidData
            The file is no state of a watch, or damaged, or of another version.
        StoreBusy
            Another run with the same file takes more than a minute.
        UsageError
            The state is of another model or other options, or cannot be written.

        Examples
        --------
        >>> import tempfile, knockon
        >>> from pathlib import Path
        >>> graph = knockon.open("chips")
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     _ = Path(f"{folder}/mine.txt").write_text("NVIDIA\nASML\n")
        ...     portfolio = graph.portfolio(f"{folder}/mine.txt")
        ...     first = graph.watch(portfolio, f"{folder}/state.json", as_of="2023-07-31")
        ...     second = graph.watch(portfolio, f"{folder}/state.json", as_of="2026-01-01")
        >>> first.first, len(second.changes) > 0
        (True, True)
        """
        from knockon.analysis.portfolio.watch import watch
        from knockon.analysis.portfolio.watch_state import locked_state, read_state, write_state

        file = Path(state)
        with locked_state(file):
            earlier = read_state(file)
            answer = watch(self._context(*portfolio.by_entity, **options), portfolio, earlier, progress)
            if emit is not None:
                emit(answer)
            if save:
                write_state(file, answer.state)
        return answer


__all__ = ["PortfolioMethods"]
