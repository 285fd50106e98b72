"""Check that the numbers of an answer are finite: where amounts are too far apart, those of a model overflow."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from knockon.errors import InvalidData, Problem


def check_finite(table: str, *numbers: npt.NDArray[np.float64] | None) -> None:
    """Refuse an answer with a number that is not finite.

    Parameters
    ----------
    table
        The table that the answer is computed from, for the message.
    numbers
        Arrays of the answer; None where it has none.

    Raises
    ------
    InvalidData
        One is infinite or not a number.

    Examples
    --------
    >>> check_finite("flows.csv", np.array([0.5]), None)
    >>> check_finite("flows.csv", np.array([0.5, np.inf]))
    Traceback (most recent call last):
    ...
    knockon.errors.InvalidData: 1 problem:
      flows.csv: its numbers are too far apart to compute with: a result is not finite (check the greatest and the least)
    """
    if not all(each is None or np.isfinite(each).all() for each in numbers):
        message = "its numbers are too far apart to compute with: a result is not finite"
        raise InvalidData([Problem(table, None, message, "check the greatest and the least")])


__all__ = ["check_finite"]
