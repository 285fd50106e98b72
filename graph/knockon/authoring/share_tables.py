"""Read tables of shocks on flows, the share that each takes of each firm or sector, and tables of weights of firms.

Columns: ``shock`` (its id), ``firm`` (or ``sector``) and ``share``; optionally ``upstream``, the share of its demand that
the firm loses, where that is not the share of its supply.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

import numpy as np

from knockon.authoring.column_table import FIRST_ROW, Column, ColumnTable
from knockon.authoring.firm_columns import check_unique_firms, weight_column
from knockon.authoring.flow_columns import read_columns
from knockon.authoring.flow_tables import TableSource, name_column
from knockon.authoring.name_columns import NameColumn
from knockon.authoring.options import DEFAULTS, ReadOptions
from knockon.authoring.row_checks import check_pairs, check_range, together
from knockon.errors import InvalidData, Problem, collecting

_REQUIRED = ("shock", "share")
_ENTITIES = ("firm", "sector")
#: The most unknown names that an error lists, and the most known ones that they are compared with.
_NAMED, _COMPARED = 5, 10_000


@dataclass(frozen=True, eq=False)
class ShareTable:
    """A table of shocks, ordered by shock and firm.

    Attributes
    ----------
    names
        The id of each shock, in the order of their first rows.
    shock, node
        The number of the shock and of the firm of each row, (rows,).
    share
        The share of the firm that the shock takes, (rows,), 0 or more.
    upstream
        The share of its demand, (rows,); None if the table does not have it.
    """

    names: tuple[str, ...]
    shock: Column
    node: Column
    share: Column
    upstream: Column | None = None

    def matrix(self, nodes: int) -> Column:
        """Return the shares as a matrix, (shocks, nodes)."""
        shares = np.zeros((len(self.names), nodes))
        shares[self.shock, self.node] = self.share
        return shares


def read_shares(
    source: TableSource, nodes: Sequence[str], options: ReadOptions = DEFAULTS, *, most: float = 1.0,
    known_as: tuple[str, str] | None = None,
) -> ShareTable:  # fmt: skip
    """Read a table of shocks on firms or sectors whose names are known.

    Parameters
    ----------
    source
        The path of a file, or a table in memory.
    nodes
        The names of the firms or sectors, in the order of their numbers.
    options
        How text tables are read.
    most
        The greatest share: 1, or more for rises of costs and prices.
    known_as
        What the names are of, and what has them, for messages: ``("system", "links")``; by default a firm or a sector, as
        the column is called, and the flows.

    Raises
    ------
    NotFound
        The file does not exist.
    InvalidData
        A column is missing, a firm is unknown or named twice by a shock, a share is out of range, or there are no rows.
    UsageError
        The source is no table, or a package is missing that reads it.

    Examples
    --------
    >>> columns = {"shock": ["flood", "strike", "flood"], "firm": ["b", "a", "a"], "share": [1, 0.5, 0.2]}
    >>> table = read_shares(columns, ["a", "b"])
    >>> table.names, table.matrix(2).tolist()
    (('flood', 'strike'), [[0.2, 1.0], [0.5, 0.0]])
    """
    table = read_columns(source, _REQUIRED, (*_ENTITIES, "upstream"), options, name="shocks", collect=True)
    column = [name for name in _ENTITIES if name in table.names]
    if len(column) != 1:
        fault = "has both a column 'firm' and a column 'sector'" if column else "has no column 'firm' (or 'sector')"
        raise InvalidData([Problem(table.name, None, fault, "columns: shock, firm, share, and where it differs upstream")])
    if not len(table.amounts["share"]):
        raise InvalidData([Problem(table.name, None, "has no shocks", "a row for each firm that a shock hits")])
    shocks = table.names["shock"]
    node = _checked_rows(table, column[0], nodes, most, known_as or (column[0], "flows"))
    codes, first = np.unique(shocks.code, return_index=True)
    position = np.empty(len(shocks.names), np.int64)
    position[codes[np.argsort(first)]] = np.arange(len(codes))
    texts = shocks.texts()
    shock, share = position[shocks.code], table.amounts["share"]
    stated = table.amounts.get("upstream")
    upstream = None if stated is None else np.where(np.isnan(stated), share, stated)
    order = np.lexsort((node, shock))
    names = tuple(texts[code] for code in codes[np.argsort(first)].tolist())
    return ShareTable(names, shock[order], node[order], share[order], None if upstream is None else upstream[order])


def _checked_rows(table: ColumnTable, name: str, nodes: Sequence[str], most: float, known_as: tuple[str, str]) -> Column:
    """Return the number of the firm or sector of each row of a table of shocks.

    Raises
    ------
    InvalidData
        Names are missing or unknown, pairs are repeated, or numbers are out of range: all of it together.
    """
    problems: list[Problem] = []
    node = _nodes(table, name, nodes, problems, known_as)
    known = np.flatnonzero(node >= 0)
    pairs = table.names["shock"].code[known] * len(nodes) + node[known]
    repeated = f"names a {known_as[0]} a second time for one shock", f"one row for each {known_as[0]} of a shock"
    with collecting(problems):
        together(
            table,
            lambda: name_column(table, "shock"),
            lambda: check_pairs(table, known, pairs, *repeated),
            lambda: check_range(table, "share", most),
            lambda: check_range(table, "upstream", most),
        )
    if problems:
        raise InvalidData(problems)
    return node


def _nodes(table: ColumnTable, name: str, nodes: Sequence[str], problems: list[Problem], known_as: tuple[str, str]) -> Column:
    """Return the number of the firm or sector of each row, -1 where it is unknown, and add what is wrong with the names."""
    rows = {node: row for row, node in enumerate(nodes)}
    column = table.names[name]
    with collecting(problems):
        name_column(table, name)
    texts = column.texts()
    unknown = [place for place, text in enumerate(texts) if text not in rows and text.strip()]
    problems += _unknown(table, column, known_as, unknown, rows)
    return np.array([rows.get(text, -1) for text in texts], np.int64)[column.code]


def _unknown(
    table: ColumnTable, column: NameColumn, known_as: tuple[str, str], places: Sequence[int], known: Collection[str]
) -> Iterator[Problem]:
    """Yield a problem for each of the first unknown names, at its first row, and the number of all."""
    texts, (what, source) = column.texts(), known_as
    for place in places[:_NAMED]:
        text, row = texts[place][:100], int(column.rows_of([place])[0])
        close = get_close_matches(text, known, 1) if len(known) <= _COMPARED else []
        hint = f"did you mean {close[0]}?" if close else f"name each {what} as the {source} do"
        line = row + FIRST_ROW if table.lines is None else int(table.lines[row])
        yield Problem(table.name, line, f"names a {what} that the {source} do not have, {text!r}", hint)
    if len(places) > _NAMED:
        yield Problem(table.name, None, f"{len(places):,} names of this kind in all")


def read_weights(source: TableSource, nodes: Sequence[str], options: ReadOptions = DEFAULTS) -> Column:
    """Read a table of what firms count in an index, such as their jobs, for firms whose names are known.

    Parameters
    ----------
    source, nodes, options
        As :func:`read_shares` takes them; the columns are ``firm`` and ``weight``.

    Returns
    -------
    numpy.ndarray
        The weight of each firm, (nodes,); 0 for those that the table does not name.

    Raises
    ------
    NotFound, InvalidData, UsageError
        As :func:`read_shares` raises them; also where no weight is above 0.

    Examples
    --------
    >>> read_weights({"firm": ["b"], "weight": [40]}, ["a", "b"]).tolist()
    [0.0, 40.0]
    """
    table = read_columns(source, ("firm", "weight"), (), options, name="weights", collect=True)
    problems = [*table.problems]
    node = _nodes(table, "firm", nodes, problems, ("firm", "flows"))
    known = np.flatnonzero(node >= 0)
    with collecting(problems):
        check_unique_firms(node[known], nodes, table, known)
    weights = None
    if not table.unread:
        with collecting(problems):
            weights = weight_column(table, node, np.ones(len(nodes), bool))
    if problems:
        raise InvalidData(problems)
    assert weights is not None  # noqa: S101 - the column is required
    return weights


__all__ = ["ShareTable", "read_shares", "read_weights"]
