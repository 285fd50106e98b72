"""Find the rows of entities in a network as tables by their ids."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from knockon.errors import InvalidData, NotFound, Problem
from knockon.network.tables.columns import batches, pyarrow
from knockon.network.tables.opened import NetworkTables


def rows_of(tables: NetworkTables, ids: Iterable[str], source: str = "") -> dict[str, int]:
    """Return the row of each of some entities, as shocks name them.

    Parameters
    ----------
    tables
        The tables.
    ids
        The ids, whole numbers as digits.
    source
        The file that somebody named, for messages, where the tables were made of it; by default that of the tables.

    Raises
    ------
    NotFound
        An id does not occur.
    InvalidData
        An id occurs several times.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from knockon.network import Network
    >>> from knockon.network.tables import open_tables, write_tables
    >>> with TemporaryDirectory() as folder:
    ...     write_tables(Network.from_flows([0], [1], [2.0], names=["acme", "bolt"]), f"{folder}/tables")
    ...     rows_of(open_tables(f"{folder}/tables"), ["bolt"])
    {'bolt': 1}
    """
    pa = pyarrow()
    import pyarrow.compute as pc

    wanted = dict.fromkeys(ids)
    path = tables.path("firms" if tables.kind == "flows" else "nodes")
    listed = pa.array(list(wanted), pa.string())
    rows: dict[str, int] = {}
    first = 0
    for batch in batches(path, ("id",)):
        names = batch.column(0).cast(pa.string())
        for place in np.flatnonzero(np.asarray(pc.is_in(names, listed))).tolist():
            name, row = names[place].as_py(), first + place
            # Hidden nodes have the ids of their entities.
            if row >= tables.entities:
                continue
            if name in rows:
                what = f"column 'id': {name!r} occurs in the rows {rows[name] + 1:,} and {row + 1:,}"
                raise InvalidData(
                    [Problem(source or str(path), None, what, "each entity has an id of its own")], "nothing was computed"
                )
            rows[name] = row
        first += len(names)
    for name in wanted:
        if name not in rows:
            raise NotFound("entity", name, hint=f"in {source or path}")
    return rows


__all__ = ["rows_of"]
