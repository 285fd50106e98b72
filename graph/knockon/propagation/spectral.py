"""The spectral radius of a matrix of non-negative numbers: whether what goes round grows or fades."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from knockon.errors import InvalidData, Problem
from knockon.network.network import Floats

if TYPE_CHECKING:
    from scipy.sparse import csc_array, csr_array

_TOLERANCE = 1e-12
_ROUNDS = 300
#: So close to 1, rounding decides on which side.
_NEAR = 1e-12


def spectral_radius(matrix: csr_array) -> float:
    """The spectral radius of a square matrix without negative entries.

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
            radius = max(radius, _of_part(matrix[members][:, members].tocsr()))
    return radius


def check_radius(radius: float, what: str, hint: str) -> None:
    """InvalidData where what goes round does not fade."""
    if not radius < 1 - _NEAR:
        raise InvalidData([Problem(what, None, f"the spectral radius is {radius:.6g} and must be below 1", hint)])


def _of_part(block: csr_array) -> float:
    """The radius of a part that is strongly connected, with two members or more."""
    scale = float(block.data.max())
    block = block / scale
    x = np.ones(block.shape[0])
    for _ in range(_ROUNDS):
        y = block @ x
        low, high = _between(y, x)
        if high - low <= _TOLERANCE * high or not low > 0:
            break
        x = (x + y) / (x + y).max()
    if not high - low <= _TOLERANCE * high:
        low, high = _noda(block)
    return scale * (low + high) / 2


def _noda(block: csr_array) -> tuple[float, float]:
    from scipy.sparse import csc_array, eye_array

    x = np.ones(block.shape[0])
    low, high = _between(block @ x, x)
    for _ in range(_ROUNDS):
        if high - low <= _TOLERANCE * high:
            break
        try:
            y = fading(csc_array(high * eye_array(len(x)) - block)).solve(x)
        except RuntimeError:
            break
        if not (np.isfinite(y).all() and (y > 0).all()):
            break
        x = y / y.max()
        if not (x > 0).all():
            break
        nearer = _between(block @ x, x)
        low, high = max(low, nearer[0]), min(high, nearer[1])
    return low, high


def _between(y: Floats, x: Floats) -> tuple[float, float]:
    ratio = y / x
    return float(ratio.min()), float(ratio.max())


def fading(matrix: csc_array) -> Any:
    """The LU factors of I - A where what goes round in A fades.

    The pivots stay on the diagonal: such a matrix needs no others, nothing
    cancels, and no solution is below 0 or lost where it must be 0.
    """
    from scipy.sparse.linalg import splu

    return splu(matrix, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options={"SymmetricMode": True})
