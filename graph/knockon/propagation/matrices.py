"""A matrix of amounts between nodes, and a number for each node: what the models on arrays take in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from knockon.errors import InvalidData, Problem, UsageError
from knockon.network.hits import Hits
from knockon.network.network import Bools, Floats, Network

if TYPE_CHECKING:
    from scipy.sparse import csr_array

#: So many faulty rows are named in an error; the rest is counted.
_SHOWN = 5


def matrix_of(given: Network | npt.ArrayLike, model: str) -> tuple[Network, csr_array]:
    """The network, and its flows as a sparse matrix: entry (i, j) is what flows from i to j.

    A square array or sparse matrix may stand for the flows themselves; its
    network is then one of nodes without slots. The diagonal is kept.

    Parameters
    ----------
    given
        Made by :meth:`Network.from_flows`; or (n, n), an array or a scipy sparse matrix.
    model
        Who asks, for messages.

    Raises
    ------
    UsageError
        A network without flows, or what is not a square matrix of numbers.
    InvalidData
        Entries that are negative or not finite.

    Examples
    --------
    >>> network, matrix = matrix_of([[0, 3], [1.5, 0]], "debtrank")
    >>> network, matrix.toarray().tolist()
    (<Network of 2 nodes, 0 slots, 0 supplies>, [[0.0, 3.0], [1.5, 0.0]])
    """
    from scipy.sparse import csr_array

    if isinstance(given, Network):
        if given.flows is None:
            raise UsageError(
                f"{model} needs amounts, and this network has none: "
                "make one by Network.from_flows(...), or pass a square matrix; a compiled graph has words instead"
            )
        flows = given.flows
        return given, csr_array((flows.value, flows.customer, flows.start), shape=(given.size, given.size))
    matrix = square(given, model)
    check_entries(matrix, ~np.isfinite(matrix.data), "not finite", "every entry must be a number of 0 or more")
    check_entries(matrix, matrix.data < 0, "negative", "every entry must be 0 or more")
    matrix.eliminate_zeros()
    return bare(matrix.shape[0]), matrix


def square(given: object, model: str) -> csr_array:
    """A square matrix of numbers as a sparse one of our own, rows in order, entries not yet looked at."""
    from scipy.sparse import csr_array, issparse

    matrix: Any = given if issparse(given) else as_array(given, f"{model} takes a Network.from_flows(...) or a square matrix")
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise UsageError(f"{model} takes a Network.from_flows(...) or a square matrix, not one of shape {matrix.shape}")
    if matrix.dtype.kind not in "fiub":
        raise UsageError(f"{model} takes a matrix of numbers, not of {matrix.dtype}")
    own = csr_array(matrix, dtype=np.float64, copy=True)
    own.sum_duplicates()
    return own


def as_array(given: Any, what: str) -> npt.NDArray[Any]:
    """An array of anything; UsageError, which begins with ``what``, where rows differ in length."""
    try:
        return np.asarray(given)
    except ValueError as error:
        raise UsageError(f"{what}; these rows differ in length") from error


def bare(size: int) -> Network:
    """A network of n nodes, numbered, and nothing between them."""
    return Network.from_flows([], [], [], final_demand=np.zeros(size))


def check_entries(matrix: csr_array, faulty: Bools, what: str, hint: str) -> None:
    """InvalidData that names the first few faulty entries of a matrix by row and column."""
    if not faulty.any():
        return
    where = np.flatnonzero(faulty)
    rows = np.searchsorted(matrix.indptr, where, side="right") - 1
    names = [f"[{row}, {matrix.indices[entry]}]" for row, entry in zip(rows[:_SHOWN], where[:_SHOWN], strict=True)]
    reject("matrix", names, matrix.data[where[:_SHOWN]], len(where), what, hint)


def reject(table: str, names: list[str], values: npt.NDArray[Any], count: int, what: str, hint: str) -> None:
    """InvalidData with a problem for each name, and how many there are in all."""
    problems = [Problem(f"{table}{name}", None, f"{value} is {what}", hint) for name, value in zip(names, values, strict=False)]
    if count > len(problems):
        problems.append(Problem(table, None, f"{count} of this kind in all"))
    raise InvalidData(problems)


def check_rows(name: str, values: npt.NDArray[Any], faulty: Bools, what: str, hint: str) -> None:
    """InvalidData that names the first few faulty rows of a column."""
    if faulty.any():
        rows = np.flatnonzero(faulty)
        reject(name, [f"[{row}]" for row in rows[:_SHOWN]], values[rows[:_SHOWN]], len(rows), what, hint)


def by_node(given: npt.ArrayLike, size: int, name: str, *, positive: bool = False) -> Floats:
    """A finite number of 0 or more (or above 0) for each node.

    Raises
    ------
    UsageError
        Not one number for each node.
    InvalidData
        Numbers that are out of range, named by their rows.

    Examples
    --------
    >>> by_node([6, 8], 2, "equity")
    array([6., 8.])
    """
    array = as_array(given, f"{name} must be {size} numbers, one for each node")
    if array.shape != (size,) or (array.size and array.dtype.kind not in "fiub"):
        raise UsageError(f"{name} must be {size} numbers, one for each node, not {array.dtype} of shape {array.shape}")
    numbers = array.astype(np.float64)
    least = "above 0" if positive else "0 or more"
    check_rows(name, numbers, ~np.isfinite(numbers), "not finite", f"a number {least} for each node")
    check_rows(name, numbers, (numbers <= 0) if positive else (numbers < 0), f"not {least}", f"a number {least} for each node")
    return numbers


def hits_of(network: Network, shocks: Hits | npt.ArrayLike | None, model: str) -> Hits:
    """Hits in any form, which must be on nodes.

    Raises
    ------
    UsageError
        A slot or supply is hit, a node that is not there, a severity outside 0..1.
    """
    hits = Hits.of(network, shocks)
    hits.node_losses(model)
    return hits


def bounds_of(hits: Hits) -> tuple[int, ...]:
    """The bounds that need a run of their own: the point alone where every severity is without doubt."""
    doubtful = (hits.severity != hits.severity[1]).any()
    return (0, 1, 2) if doubtful else (1,)


def losses_of(hits: Hits, bound: int, size: int, model: str, first: int, last: int) -> Floats:
    """What the shocks ``first`` to ``last - 1`` set themselves at one bound: (n, shocks)."""
    start, node, loss = hits.node_losses(model, bound)
    mine = slice(start[first], start[last])
    initial_loss = np.zeros((size, last - first))
    initial_loss[node[mine], np.repeat(np.arange(last - first), np.diff(start[first : last + 1]))] = loss[mine]
    return initial_loss
