"""Read the input of models on arrays: a matrix of amounts between nodes, and a number for each node."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from knockon.errors import UsageError
from knockon.network.array_input import read_array, reject, reject_rows
from knockon.network.hits import Hits
from knockon.network.network import NONE, Bools, Floats, Network

#: Sales may be above the output by as much as sums are rounded, in parts of the output.
_ROUNDING = 1e-9

if TYPE_CHECKING:
    from scipy.sparse import csr_array


def flow_matrix(table: Network | npt.ArrayLike, model: str) -> tuple[Network, csr_array]:
    """Return a network and its flows as a sparse matrix: entry (i, j) is what flows from i to j.

    Of a square array or sparse matrix, which may be given instead, the network has nodes and no slots. The diagonal is kept.

    Parameters
    ----------
    table
        A network of :meth:`Network.from_flows`; or an array or scipy sparse matrix, (n, n).
    model
        The name of the model, for messages.

    Raises
    ------
    UsageError
        The network has no flows, or the table is not a square matrix of numbers.
    InvalidData
        Entries that are negative or not finite.

    Examples
    --------
    >>> network, matrix = flow_matrix([[0, 3], [1.5, 0]], "debtrank")
    >>> network, matrix.toarray().tolist()
    (<Network of 2 nodes, 0 slots, 0 supplies>, [[0.0, 3.0], [1.5, 0.0]])
    """
    from scipy.sparse import csr_array

    if isinstance(table, Network):
        if table.flows is None:
            raise UsageError(
                f"{model} needs amounts, and the network has no flows: "
                "make one by Network.from_flows(...), or pass a square matrix; a compiled graph has words instead"
            )
        flows = table.flows
        return table, csr_array((flows.value, flows.customer, flows.start), shape=(table.size, table.size))
    matrix = square_matrix(table, model)
    check_entries(matrix, ~np.isfinite(matrix.data), "not finite", "every entry must be a number of 0 or more")
    check_entries(matrix, matrix.data < 0, "negative", "every entry must be 0 or more")
    matrix.eliminate_zeros()
    return unconnected_network(matrix.shape[0]), matrix


def square_matrix(table: object, model: str) -> csr_array:
    """Return a square matrix of numbers as a sparse copy with ordered rows; its entries are not checked yet."""
    from scipy.sparse import csr_array, issparse

    matrix: Any = table if issparse(table) else read_array(table, f"{model} takes a Network.from_flows(...) or a square matrix")
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise UsageError(f"{model} takes a Network.from_flows(...) or a square matrix, not one of shape {matrix.shape}")
    if matrix.dtype.kind not in "fiub":
        raise UsageError(f"{model} takes a matrix of numbers, not of {matrix.dtype}")
    copy = csr_array(matrix, dtype=np.float64, copy=True)
    copy.sum_duplicates()
    return copy


def unconnected_network(size: int) -> Network:
    """Return a network of n numbered nodes without slots."""
    return Network.from_flows([], [], [], final_demand=np.zeros(size))


def check_entries(matrix: csr_array, faulty: Bools, problem: str, hint: str) -> None:
    """Raise InvalidData that names the first few faulty entries of a matrix by row and column."""

    def describe(entry: int) -> tuple[str, str]:
        row = np.searchsorted(matrix.indptr, entry, side="right") - 1
        return f"{row}, {matrix.indices[entry]}", f"{matrix.data[entry]} is {problem}"

    reject("matrix", faulty, describe, hint)


def node_values(values: npt.ArrayLike, size: int, name: str, *, positive: bool = False) -> Floats:
    """Return a finite number of 0 or more (or above 0) for each node.

    Parameters
    ----------
    values
        The numbers, (size,), in any unit.
    size
        The number of nodes.
    name
        The name of the parameter, for messages.
    positive
        Whether 0 is an error.

    Raises
    ------
    UsageError
        There is not one number for each node.
    InvalidData
        Numbers are out of range; the message names their rows.

    Examples
    --------
    >>> node_values([6, 8], 2, "equity")
    array([6., 8.])
    """
    array = read_array(values, f"{name} must be {size} numbers, one for each node")
    if array.shape != (size,) or (array.size and array.dtype.kind not in "fiub"):
        raise UsageError(f"{name} must be {size} numbers, one for each node, not {array.dtype} of shape {array.shape}")
    numbers = array.astype(np.float64)
    least = "above 0" if positive else "0 or more"
    reject_rows(name, numbers, ~np.isfinite(numbers), "not finite", f"a number {least} for each node")
    reject_rows(name, numbers, (numbers <= 0) if positive else (numbers < 0), f"not {least}", f"a number {least} for each node")
    return numbers


def reject_oversold(outputs: Floats, sales: Floats) -> None:
    """Refuse sectors that sell more to sectors than they make: amounts would come from nowhere.

    Parameters
    ----------
    outputs, sales
        What each sector makes, and what it sells to sectors, (n,), in the unit of the flows.

    Raises
    ------
    InvalidData
        Sales are above the output by more than rounding; the message names the sectors.

    Examples
    --------
    >>> reject_oversold(np.array([2.0, 5.0]), np.array([2.0, 3.0]))
    """
    oversold = outputs - sales < -_ROUNDING * outputs
    reject_rows("output", outputs, oversold, "less than what the sector sells to sectors", "output is sales and final demand")


def node_hits(network: Network, shocks: Hits | npt.ArrayLike | None, model: str) -> Hits:
    """Return shocks in any form of :meth:`knockon.network.Hits.of` as hits, which must be on nodes.

    Raises
    ------
    UsageError
        A slot or supply is hit, a node that does not exist, a severity outside 0..1.
    """
    hits = Hits.of(network, shocks)
    hits.node_losses(model)
    return hits


def initial_losses(hits: Hits, bounds: tuple[int, ...], size: int, model: str) -> dict[int, Floats]:
    """Return the losses that the shocks themselves set, for each bound (n, k)."""
    return {bound: hits.node_losses(model, bound).columns(size, 0, hits.count) for bound in bounds}


def without_slots(network: Network, shocks: int) -> dict[str, Any]:
    """Return the fields of a result that models without slots and supplies do not fill, for k shocks."""
    none = np.broadcast_to(np.int64(NONE), (shocks, network.size))
    return {"slot": none, "supply": none, "shortage": np.broadcast_to(0.0, (shocks, network.slots))}
