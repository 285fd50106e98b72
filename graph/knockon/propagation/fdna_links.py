"""Read the links of FDNA and their two numbers from columns, mappings or matrices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from knockon.errors import UsageError
from knockon.network.array_input import read_array, reject
from knockon.network.network import Bools, Floats, Ints, Network
from knockon.propagation.matrices import square_matrix, unconnected_network

#: A column, an (n, n) array, one number for all, or a number for each (feeder, receiver).
LinkNumbers: TypeAlias = npt.ArrayLike | Mapping[tuple[int, int], float]
_Pair = tuple[npt.ArrayLike, npt.ArrayLike]


class Links(NamedTuple):
    """Feeder, receiver, strength (0..1) and criticality (0..100) of each link, in the order of receiver and feeder."""

    feeder: Ints
    receiver: Ints
    strength: Floats
    criticality: Floats

    def pick(self, rows: Ints) -> Links:
        """Return some of the links, by their rows."""
        return Links(self.feeder[rows], self.receiver[rows], self.strength[rows], self.criticality[rows])


class _LinkEnds(NamedTuple):
    """Feeder and receiver of each link; ``column`` is its row in a column of numbers, None where columns have no order."""

    size: int
    feeder: Ints
    receiver: Ints
    column: Ints | None


def read_links(
    network: Any, links: _Pair | None, strength: LinkNumbers | None, criticality: LinkNumbers | None
) -> tuple[Network, Links]:
    """Return the network and its links, from any of the forms that :func:`knockon.propagation.fdna.fdna` takes.

    Parameters
    ----------
    network, links, strength, criticality
        As :func:`knockon.propagation.fdna.fdna` takes them.

    Raises
    ------
    UsageError
        Strength or criticality is missing, or the forms cannot be combined.
    InvalidData
        Numbers out of range, a link without a number or twice, a number without a link.

    Examples
    --------
    >>> read_links(3, ([1, 0], [2, 1]), [0.5, 0.75], 100)[1].strength.tolist()
    [0.75, 0.5]
    """
    counted = isinstance(network, int | np.integer) and not isinstance(network, bool)
    if not counted and not isinstance(network, Network):
        if strength is not None:
            raise UsageError("a matrix as the first argument holds the strengths: leave strength out, or pass how many nodes")
        strength, network = square_matrix(network, "fdna"), np.shape(network)[0]
    missing = [name for name, numbers_given in (("strength", strength), ("criticality", criticality)) if numbers_given is None]
    if missing or strength is None or criticality is None:
        raise UsageError(f"fdna needs the {' and the '.join(missing)} of each link")
    if counted and network < 0:
        raise UsageError(f"the number of nodes must be 0 or more, not {network}")
    nodes = network if isinstance(network, Network) else unconnected_network(int(network))
    ends = _ends(network, nodes.size, links, strength, criticality)
    columns = (("strength", strength, 1.0), ("criticality", criticality, 100.0))
    numbers = [_numbers(numbers_given, name, ends, most) for name, numbers_given, most in columns]
    order = np.lexsort((ends.feeder, ends.receiver))
    return nodes, Links(ends.feeder, ends.receiver, *numbers).pick(order)


def _ends(network: Any, size: int, links: _Pair | None, strength: LinkNumbers, criticality: LinkNumbers) -> _LinkEnds:
    """Return the links: those of the columns, else of the network, else those with a strength, else with a criticality."""
    if isinstance(network, Network):
        if network.flows is None:
            raise UsageError("fdna needs links with strengths: make the network by Network.from_flows(feeder, receiver, ...)")
        own = network.flows.supplier.astype(np.int64), network.flows.customer.astype(np.int64)
        if links is None:
            return _LinkEnds(size, *own, np.arange(len(own[0])))
        ends = _ends_from_columns(size, links)
        _check_same_links(ends, _LinkEnds(size, *own, None))
        return ends
    if links is not None:
        return _ends_from_columns(size, links)
    for numbers in (strength, criticality):
        if isinstance(numbers, Mapping):
            return _checked_ends(size, *_node_pairs(numbers), None)
    if _is_matrix(strength):
        matrix = _matrix(strength, "strength", size)
        feeder, receiver = np.nonzero(~np.isnan(matrix) & (matrix != 0))
        return _LinkEnds(size, feeder, receiver, None)
    raise UsageError("fdna needs to know the links: say links=(feeder, receiver), or give strengths as a matrix or mapping")


def _ends_from_columns(size: int, links: _Pair) -> _LinkEnds:
    """Return the links of two columns of node numbers."""
    if len(links) != 2:
        raise UsageError("links must be two columns, (feeders, receivers): of pairs, say tuple(zip(*pairs))")
    if all(isinstance(column, tuple) and len(column) == 2 for column in links) and isinstance(links, list):
        raise UsageError("a list of two pairs may mean either; write the columns as lists: ([feeders], [receivers])")
    columns = [read_array(column, "links must be two columns") for column in links]
    if any(column.ndim != 1 for column in columns) or len(columns[0]) != len(columns[1]):
        raise UsageError("links must be two columns of the same length: (feeder, receiver)")
    if any(column.dtype.kind not in "fiu" or not (column == np.floor(column)).all() for column in columns):
        raise UsageError("links must be numbers of nodes, from 0")
    feeder, receiver = (column.astype(np.int64) for column in columns)
    return _checked_ends(size, feeder, receiver, np.arange(len(feeder)))


def _node_pairs(mapping: Mapping[Any, Any]) -> tuple[Ints, Ints]:
    """Return the feeders and receivers that are the keys of a mapping, sorted."""
    try:
        pairs = np.array(sorted(mapping), dtype=np.int64).reshape(-1, 2)
    except (TypeError, ValueError) as error:
        raise UsageError("a mapping must have pairs of node numbers as keys: {(feeder, receiver): number}") from error
    return pairs[:, 0], pairs[:, 1]


def _checked_ends(size: int, feeder: Ints, receiver: Ints, column: Ints | None) -> _LinkEnds:
    """Return links; raise InvalidData where a node does not exist or a link is a duplicate."""
    ends = _LinkEnds(size, feeder, receiver, column)
    absent = (np.minimum(feeder, receiver) < 0) | (np.maximum(feeder, receiver) >= size)
    _reject_links("links", ends, absent, "names a node that does not exist", f"nodes are numbered 0..{size - 1}")
    _, first = np.unique(feeder * size + receiver, return_index=True)
    duplicate = np.ones(len(feeder), bool)
    duplicate[first] = False
    _reject_links("links", ends, duplicate, "is a duplicate", "one row for each link")
    return ends


def _check_same_links(ends: _LinkEnds, own: _LinkEnds) -> None:
    """Raise InvalidData unless the links are those of the network, in any order."""
    key, known = (link_ends.feeder * link_ends.size + link_ends.receiver for link_ends in (ends, own))
    _reject_links("links", ends, ~np.isin(key, known), "is not a link of the network", "the columns that it was made from")
    _reject_links("links", own, ~np.isin(known, key), "is missing", "every link of the network must be given")


def _numbers(values: LinkNumbers, name: str, ends: _LinkEnds, most: float) -> Floats:
    """Return one number for each link, in the order of the links."""
    if isinstance(values, Mapping):
        numbers = _from_mapping(values, name, ends)
    elif _is_matrix(values):
        matrix = _matrix(values, name, ends.size)
        numbers = matrix[ends.feeder, ends.receiver]
        if name == "strength":
            matrix = np.where(np.isnan(matrix), 0.0, matrix)
            matrix[ends.feeder, ends.receiver] = 0.0
            feeder, receiver = np.nonzero(matrix)
            other = _LinkEnds(ends.size, feeder, receiver, None)
            _reject_links(name, other, np.ones(len(feeder), bool), "is for a link that does not exist", "0 or NaN there")
    else:
        numbers = _column(values, name, ends)
    _reject_links(name, ends, np.isnan(numbers), "has no number", f"every link needs one, in 0..{most:g}")
    _reject_links(
        name, ends, ~((numbers >= 0) & (numbers <= most)), f"is not in 0..{most:g}", "strengths are 0..1, criticalities 0..100"
    )
    return numbers


def _from_mapping(mapping: Mapping[tuple[int, int], float], name: str, ends: _LinkEnds) -> Floats:
    """Return the number of each link from a mapping, NaN where it has none."""
    ends_named = _checked_ends(ends.size, *_node_pairs(mapping), None)
    key, known = (pairs_of.feeder * ends.size + pairs_of.receiver for pairs_of in (ends_named, ends))
    _reject_links(name, ends_named, ~np.isin(key, known), "is for a link that does not exist", "leave it out")
    pairs = zip(ends.feeder.tolist(), ends.receiver.tolist(), strict=True)
    return np.array([mapping.get(pair, np.nan) for pair in pairs], np.float64)


def _column(values: Any, name: str, ends: _LinkEnds) -> Floats:
    """Return the number of each link from a column, or from one number for all."""
    column = read_array(values, f"{name} must be one number for each link")
    if column.dtype.kind not in "fiub" and column.size:
        raise UsageError(f"{name} must hold numbers, not {column.dtype}")
    if column.ndim == 0:
        return np.full(len(ends.feeder), column, np.float64)
    if ends.column is None:
        raise UsageError(f"{name} is a column, and nothing says which link each number is for: say links=(feeder, receiver)")
    if column.shape != ends.feeder.shape:
        raise UsageError(f"{name} must be {len(ends.feeder)} numbers, one for each link, not of shape {column.shape}")
    return column.astype(np.float64)


def _is_matrix(values: object) -> bool:
    """Return whether values have two dimensions."""
    return getattr(values, "ndim", None) == 2 or (
        isinstance(values, list | tuple) and read_array(values, "numbers of links").ndim == 2
    )


def _matrix(values: Any, name: str, size: int) -> Floats:
    """Return a matrix of numbers as a dense (size, size) array."""
    matrix = np.asarray(square_matrix(values, "fdna").toarray())
    if len(matrix) != size:
        raise UsageError(f"{name} must be ({size}, {size}) for {size} nodes, not {matrix.shape}")
    return matrix


def _reject_links(table: str, ends: _LinkEnds, faulty: Bools, message: str, hint: str) -> None:
    """Raise InvalidData that names the first few faulty links by feeder and receiver."""
    reject(table, faulty, lambda row: (f"{ends.feeder[row]}, {ends.receiver[row]}", message), hint)
