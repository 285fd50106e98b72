"""The spectral radius of a matrix of non-negative numbers: below 1, repeated multiplication converges to 0."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from knockon.errors import InvalidData, Problem
from knockon.network.network import Floats

if TYPE_CHECKING:
    from scipy.sparse import csc_array, csr_array

_TOLERANCE = 1e-12
_ROUNDS = 300
#: Closer to 1 than this, rounding decides whether the radius is below 1.
_NEAR = 1e-12


def spectral_radius(matrix: csr_array) -> float:
    """Return the spectral radius of a square matrix without negative entries.

    It is the greatest of those of the strongly connected parts. Within a part,
    with any x above 0, it lies between the least and the greatest of
    (B x)_i / x_i (Collatz and Wielandt); powers of I + B draw the two together,
    and where they do so slowly, Noda's inverse iteration does it in a few steps.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> spectral_radius(csr_array([[0, 0.8], [0.2, 0]])), spectral_radius(csr_array([[0, 5.0], [0, 0]]))
    (0.4, 0.0)
    """
    from scipy.sparse.csgraph import connected_components

    if not matrix.nnz:
        return 0.0
    radius = float(matrix.diagonal().max())
    _, part = connected_components(matrix, directed=True, connection="strong")
    order = np.argsort(part, kind="stable")
    for members in np.split(order, np.flatnonzero(np.diff(part[order])) + 1):
        if len(members) > 1:
            radius = max(radius, _radius_of_component(matrix[members][:, members].tocsr()))
    return radius


def check_radius(radius: float, what: str, hint: str) -> None:
    """Raise InvalidData unless a spectral radius is below 1; ``what`` names the matrix."""
    if not radius < 1 - _NEAR:
        raise InvalidData([Problem(what, None, f"the spectral radius is {radius:.6g} and must be below 1", hint)])


def _radius_of_component(block: csr_array) -> float:
    """Return the spectral radius of a strongly connected matrix of two rows or more, by powers of I + B."""
    scale = float(block.data.max())
    if scale < np.finfo(float).tiny:  # its reciprocal is not finite; the radius is 0 for every purpose
        return scale
    block = block / scale
    x = np.ones(block.shape[0])
    for _ in range(_ROUNDS):
        y = block @ x
        low, high = _ratio_bounds(y, x)
        if high - low <= _TOLERANCE * high or not low > 0:
            break
        x = (x + y) / (x + y).max()
    if not high - low <= _TOLERANCE * high:
        low, high = _noda(block)
    return scale * (low + high) / 2


def _noda(block: csr_array) -> tuple[float, float]:
    """Return bounds of the spectral radius by Noda's inverse iteration (Numer. Math. 17, 1971)."""
    from scipy.sparse import csc_array, eye_array

    x = np.ones(block.shape[0])
    low, high = _ratio_bounds(block @ x, x)
    for _ in range(_ROUNDS):
        if high - low <= _TOLERANCE * high:
            break
        try:
            y = factorize(csc_array(high * eye_array(len(x)) - block)).solve(x)
        except InvalidData:
            break
        if not (np.isfinite(y).all() and (y > 0).all()):
            break
        x = y / y.max()
        if not (x > 0).all():
            break
        bounds = _ratio_bounds(block @ x, x)
        low, high = max(low, bounds[0]), min(high, bounds[1])
    return low, high


def _ratio_bounds(y: Floats, x: Floats) -> tuple[float, float]:
    """Return the least and the greatest of y / x: bounds of the spectral radius (Collatz and Wielandt)."""
    ratio = y / x
    return float(ratio.min()), float(ratio.max())


def factorize(matrix: csc_array) -> Any:
    """Return the LU factors of I - A, where the spectral radius of A is below 1.

    Pivots stay on the diagonal: such an M-matrix needs no others, nothing
    cancels, no solution is below 0, and zeros stay exact.

    Raises
    ------
    InvalidData
        It has none: the entries of A are so far apart that those of I are lost by rounding.
    """
    from scipy.sparse.linalg import splu

    try:
        return splu(matrix, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options={"SymmetricMode": True})
    except RuntimeError:  # "Factor is exactly singular"
        hint = "check the greatest and the least numbers of the table"
        raise InvalidData([Problem("A", None, "its numbers are too far apart to compute with", hint)]) from None
