"""Methods of Graph about portfolios: entities that a list names, and what shocks do to them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Unpack

from knockon.analysis.options import Options
from knockon.authoring.options import DEFAULTS, ReadOptions
from knockon.graph.base import GraphBase, public_methods

if TYPE_CHECKING:
    from knockon.analysis.portfolio.portfolio import Portfolio
    from knockon.analysis.portfolio.portfolio_exposure import PortfolioExposure


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
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = f"{folder}/mine.csv"
        ...     _ = open(path, "w").write("name,amount\nASML,100\nNVIDIA,50\n")
        ...     [(holding.id, holding.amount) for holding in knockon.open("chips").portfolio(path).holdings]
        [('asml', 100.0), ('nvidia', 50.0)]
        """
        from knockon.analysis.portfolio.portfolio import resolve_portfolio
        from knockon.authoring.portfolio_file import read_portfolio

        table = read_portfolio(Path(path), read)
        return resolve_portfolio(
            table.file, table.rows, self._present_store().records, amount_column=table.amount_column, unused=table.unused,
            allow_unknown=allow_unknown,
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
        >>> graph = knockon.open("chips")
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     _ = open(f"{folder}/mine.txt", "w").write("NVIDIA\nASML\n")
        ...     portfolio = graph.portfolio(f"{folder}/mine.txt")
        >>> graph.portfolio_exposure(portfolio).holdings[0].worst.loss > 0
        True
        """
        from knockon.analysis.portfolio.portfolio_exposure import portfolio_exposure

        return portfolio_exposure(self._context(*portfolio.by_entity, **options), portfolio)


__all__ = ["PortfolioMethods"]
