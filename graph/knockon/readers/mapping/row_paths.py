"""Paths to the rows of a file of objects: ``data.items[]``, or ``companies{}`` for the objects of an object."""

from __future__ import annotations

import re
from typing import NamedTuple

#: The path to a file as a whole, whose object is the only row.
WHOLE = "."
#: The column of the name under which a row is in the object around it.
ROW_NAME = "_row_name"
_STEP = re.compile(r"([^.\[\]{}]+)((?:\[\])*|\{\})")


class RowStep(NamedTuple):
    """A step of a path to rows.

    Attributes
    ----------
    name
        The name of the value that it leads to; empty for the value at which it starts.
    many
        Whether a list is there.
    keyed
        Whether an object is there, of which each value is a row, or leads to rows.
    """

    name: str
    many: bool = False
    keyed: bool = False


def row_steps(path: str) -> list[RowStep]:
    """Return the steps of the path to the rows of a file; none if it is a row as a whole.

    Raises
    ------
    ValueError
        It is not a path.

    Examples
    --------
    >>> row_steps("data.items[]"), row_steps("{}")
    ([RowStep(name='data', many=False, keyed=False), RowStep(name='items', many=True, keyed=False)], \
[RowStep(name='', many=False, keyed=True)])
    """
    if path == WHOLE:
        return []
    first, *others = path.split(".")
    steps = [RowStep("", keyed=True)] if first == "{}" else []
    for part in others if steps else (first, *others):
        match = _STEP.fullmatch(part)
        if match is None:
            message = f"{path[:100]!r} is not a path; write e.g. data.items[], statements[].interests[], or companies{{}}"
            raise ValueError(f"{message} for the objects of an object")
        steps.append(RowStep(match[1], match[2].startswith("["), match[2] == "{}"))
    return steps


__all__ = ["ROW_NAME", "WHOLE", "RowStep", "row_steps"]
