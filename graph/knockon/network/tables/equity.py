"""The equity of firms in a network as tables, which the model ``debtrank`` needs of each: nobody need know it of all."""

from __future__ import annotations

import numpy as np

from knockon.errors import InvalidData, Problem, UsageError
from knockon.network.arrays import Floats
from knockon.network.tables.columns import batches
from knockon.network.tables.opened import NetworkTables

#: The number of firms that an error names.
_NAMED = 5


def check_equity(tables: NetworkTables) -> None:
    """Check that tables of money flows state the equity of every firm, above 0, some rows at a time.

    Parameters
    ----------
    tables
        The tables.

    Raises
    ------
    UsageError
        They have no column of it.
    InvalidData
        That of a firm is not known, or not above 0; the first few firms are named.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from knockon.network import Network
    >>> from knockon.network.tables import open_tables, write_tables
    >>> with TemporaryDirectory() as folder:
    ...     write_tables(Network.from_flows([0], [1], [2.0]), f"{folder}/tables", equity=[3.0, 1.0])
    ...     check_equity(open_tables(f"{folder}/tables"))
    """
    if not tables.equity:
        raise UsageError("debtrank needs the equity of each firm: equity=, or a column equity in the table of firms")
    path = tables.path("firms")
    problems: list[Problem] = []
    first = count = 0
    for batch in batches(path, ("id", "equity")):
        stated = np.asarray(batch.column("equity").to_numpy(zero_copy_only=False)).astype(np.float64)
        # What is not known is not a number here, and so not above 0.
        for row in (faulty := np.flatnonzero(~(stated > 0)))[: _NAMED - len(problems)].tolist():
            name = str(batch.column("id")[row].as_py())
            what = "is not known" if np.isnan(stated[row]) else f"is {stated[row]}, not above 0"
            problems.append(Problem(str(path), None, f"column 'equity', row {first + row + 1:,}: that of {name!r} {what}"))
        count += len(faulty)
        first += batch.num_rows
    if count > len(problems):
        problems.append(Problem(str(path), None, f"{count:,} of this kind in all"))
    if problems:
        raise InvalidData(problems, "nothing was computed")


def read_equity(tables: NetworkTables) -> Floats:
    """Return the equity of each firm of tables, (n,), which :func:`check_equity` has checked."""
    column = [
        np.asarray(batch.column(0).to_numpy(zero_copy_only=False)) for batch in batches(tables.path("firms"), ("equity",))
    ]
    return np.concatenate([np.zeros(0), *column]).astype(np.float64, copy=False)


__all__ = ["check_equity", "read_equity"]
