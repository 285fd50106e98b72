r"""Sample points of a unit cube evenly, and compute the values of intervals at these points.

A *Latin hypercube* of m points has, in every dimension, exactly one point in
each of the m equal parts of 0..1, in an order of its own:

.. math::

   u_{dk} = (\pi_d(k) + v_{dk}) / m

with random permutations :math:`\pi_d` and :math:`v` uniform in 0..1. What it
says of a mean is at least as exact as m - 1 independent points (Owen
1997). *Sobol'* points, here scrambled, are even in several dimensions at once,
if their number is a power of two.

References
----------
M. D. McKay, R. J. Beckman, W. J. Conover, "A comparison of three methods for
selecting values of input variables in the analysis of output from a computer
code", Technometrics 21(2):239-245 (1979), doi:10.1080/00401706.1979.10489755.
A. B. Owen, "Monte Carlo variance of scrambled net quadrature", SIAM Journal on
Numerical Analysis 34(5):1884-1910 (1997), doi:10.1137/S0036142994277468.
I. M. Sobol', "On the distribution of points in a cube and the approximate
evaluation of integrals", USSR Computational Mathematics and Mathematical
Physics 7(4):86-112 (1967), doi:10.1016/0041-5553(67)90144-9.
"""

from __future__ import annotations

import numpy as np

from knockon.errors import UsageError
from knockon.network.network import Floats
from knockon.propagation.checks import check_draws_and_seed

SAMPLINGS = ("lhs", "sobol")
SHAPES = ("triangular", "uniform")
#: The most dimensions of Sobol' points: as many as there are direction numbers.
MAX_SOBOL_DIMENSIONS = 21_201


def sample_points(sampling: str, dimensions: int, draws: int, seed: int) -> Floats:
    """Return points of the unit cube, (dimensions, draws), the same for the same seed.

    Parameters
    ----------
    sampling
        ``lhs`` (Latin hypercube) or ``sobol`` (scrambled Sobol' points).
    dimensions, draws
        The number of coordinates of a point (0 or more), and the number of points (2 or more).
    seed
        A whole number, 0 or more.

    Raises
    ------
    UsageError
        An unknown sampling, a number out of its range; for ``sobol`` draws that are not a power of two, or too many dimensions.

    Examples
    --------
    Each quarter is met once:

    >>> sorted((sample_points("lhs", 1, 4, seed=0)[0] * 4).astype(int).tolist())
    [0, 1, 2, 3]
    """
    check_sampling(sampling, draws, seed)
    if sampling == "lhs":
        # Without scipy, because scipy.stats takes longer to import than most questions to answer.
        rng = np.random.default_rng(seed)
        parts = rng.permuted(np.tile(np.arange(draws, dtype=np.float64), (dimensions, 1)), axis=1)
        points: Floats = (parts + rng.random((dimensions, draws))) / draws
        return points
    if dimensions > MAX_SOBOL_DIMENSIONS:
        raise UsageError(
            f"sobol has at most {MAX_SOBOL_DIMENSIONS:,} dimensions, and {dimensions:,} things are uncertain: use lhs"
        )
    if not dimensions:
        return np.zeros((0, draws))
    from scipy.stats import qmc

    points = qmc.Sobol(dimensions, scramble=True, seed=np.random.default_rng(seed)).random(draws)
    return np.ascontiguousarray(points.T)


def check_sampling(sampling: str, draws: int, seed: int) -> None:
    """Raise UsageError where :func:`sample_points` would."""
    if sampling not in SAMPLINGS:
        raise UsageError(f"unknown sampling {sampling!r}; known are {', '.join(SAMPLINGS)}")
    check_draws_and_seed(draws, seed, least=2)
    if sampling == "sobol" and draws & (draws - 1):
        below = 1 << (int(draws).bit_length() - 1)
        raise UsageError(f"sobol points are even only in powers of two: draws {below} or {2 * below}, not {draws}")


def interval_quantiles(intervals: Floats, unit: Floats, shape: str = "triangular") -> Floats:
    r"""Return the quantiles of intervals at points of the unit cube, (d, m).

    ``triangular`` has its peak at the point; ``uniform`` does not know the point:

    .. math::

       x(u) = \begin{cases}
         low + \sqrt{u\,(high - low)(point - low)} & u (high - low) < point - low \\
         high - \sqrt{(1 - u)(high - low)(high - point)} & \text{else}
       \end{cases}
       \qquad x(u) = low + u\,(high - low)

    Parameters
    ----------
    intervals
        (3, d): low, point and high of each.
    unit
        (d, m) numbers in 0..1.
    shape
        ``triangular`` or ``uniform``.

    Raises
    ------
    UsageError
        An unknown shape.

    Examples
    --------
    Of a triangle that falls from its peak at 1, half the area is above 0.97:

    >>> interval_quantiles(np.array([[0.9], [1.0], [1.0]]), np.array([[0.0, 0.5, 1.0]])).round(3).tolist()
    [[0.9, 0.971, 1.0]]
    """
    low, point, high = (intervals[end][:, None] for end in range(3))
    width = high - low
    if shape == "uniform":
        values = low + unit * width
    elif shape == "triangular":
        rising = unit * width < point - low
        values = np.where(
            rising,
            low + np.sqrt(unit * width * (point - low)),
            high - np.sqrt((1 - unit) * width * (high - point)),
        )
    else:
        raise UsageError(f"unknown shape {shape!r}; known are {', '.join(SHAPES)}")
    # Rounding must not lead out of the interval.
    clipped: Floats = np.clip(values, low, high)
    return clipped


__all__ = ["MAX_SOBOL_DIMENSIONS", "SAMPLINGS", "SHAPES", "check_sampling", "interval_quantiles", "sample_points"]
