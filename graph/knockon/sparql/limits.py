"""Limits of a query: time, memory, rows and bytes."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

from knockon.errors import UsageError

_MB, _GB = 2**20, 2**30


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one query; None and 0 mean no limit.

    Parameters
    ----------
    seconds
        Wall time.
    memory
        Bytes of memory, besides the data itself. It is enforced on Linux, and on other systems as far as they report it.
    rows
        Rows of a SELECT, triples of a CONSTRUCT or DESCRIBE.
    size
        Bytes of the serialized answer (about 50 for each term).

    Raises
    ------
    UsageError
        A limit is negative or not a number.

    Examples
    --------
    >>> Limits(seconds=5).rows, Limits(rows=0).rows
    (1000000, None)
    """

    seconds: float | None = 60.0
    memory: int | None = 2 * _GB
    rows: int | None = 1_000_000
    size: int | None = 512 * _MB

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            whole = field.name != "seconds"
            if value is None or value == 0:
                object.__setattr__(self, field.name, None)
            elif isinstance(value, bool) or not isinstance(value, int if whole else int | float):
                raise UsageError(f"{field.name} must be a {'whole ' * whole}number, not {value!r}")
            elif not (math.isfinite(value) and value > 0):
                raise UsageError(f"{field.name} must be above 0, or 0 for no limit, not {value}")


#: For target queries, which are part of data and select records of one graph.
TARGET_QUERY = Limits(seconds=5.0, memory=512 * _MB, rows=100_000, size=64 * _MB)
