"""The runs that exact bounds need: models are monotone, so runs at the low and the high ends bound the point."""

from __future__ import annotations

import numpy as np

from knockon.network.arrays import Floats

#: The ends of an interval, as rows of ``Network.weights`` and ``Hits.severity``.
LOW, POINT, HIGH = 0, 1, 2


def bounds_to_run(*intervals: Floats, split: bool = False) -> tuple[int, ...]:
    """Return the bounds that need a run of their own: the point alone where low, point and high are equal everywhere.

    Parameters
    ----------
    intervals
        Arrays of intervals, (3, m) each: low end, point and high end.
    split
        Whether shares that nobody stated have more than one reading.

    Examples
    --------
    >>> bounds_to_run(np.array([[0.5], [0.5], [0.5]])), bounds_to_run(np.array([[0.2], [0.5], [0.5]]))
    ((1,), (0, 1, 2))
    """
    if split or any((ends != ends[POINT]).any() for ends in intervals):
        return (LOW, POINT, HIGH)
    return (POINT,)


def enclose(low: Floats, point: Floats, high: Floats) -> tuple[Floats, Floats]:
    """Return ``low`` and ``high`` such that they enclose the point.

    Each run stops by itself, up to eps short of its limit, so that its result may be on the wrong side by as much.

    Examples
    --------
    >>> [ends.tolist() for ends in enclose(np.array([0.5]), np.array([0.4]), np.array([0.6]))]
    [[0.4], [0.6]]
    """
    return np.minimum(low, point), np.maximum(high, point)


__all__ = ["HIGH", "LOW", "POINT", "bounds_to_run", "enclose"]
