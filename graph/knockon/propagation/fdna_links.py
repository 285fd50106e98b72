"""Links with two numbers each, in the forms that people have them in: columns, mappings, matrices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from knockon.errors import InvalidData, Problem, UsageError
from knockon.network.network import Bools, Floats, Ints, Network
from knockon.propagation.matrices import as_array, bare, square

#: A column, an (n, n) array, one number for all, or a number for each (feeder, receiver).
Given: TypeAlias = npt.ArrayLike | Mapping[tuple[int, int], float]
_Pair = tuple[npt.ArrayLike, npt.ArrayLike]
#: So many faulty links are named in an error; the rest is counted.
_SHOWN = 5


class Links(NamedTuple):
    """Feeder, receiver, strength (0..1) and criticality (0..100) of each link, in the order of receiver and feeder."""

    feeder: Ints
    receiver: Ints
    strength: Floats
    criticality: Floats

    def pick(self, rows: Ints) -> Links:
        """Some of the links."""
        return Links(self.feeder[rows], self.receiver[rows], self.strength[rows], self.criticality[rows])


class _Ends(NamedTuple):
    """The links alone. ``column`` is where a column has the number of each; None where there is no order to go by."""

    size: int
    feeder: Ints
    receiver: Ints
    column: Ints | None


def links_of(network: Any, links: _Pair | None, strength: Given | None, criticality: Given | None) -> tuple[Network, Links]:
    """The network and its links, from any of the forms that :func:`knockon.propagation.fdna.fdna` takes.

    Raises
    ------
    UsageError
        Strength or criticality is missing, or forms that do not go together.
    InvalidData
        Numbers out of range, a link without a number or twice, a number without a link.

    Examples
    --------
    >>> links_of(3, ([1, 0], [2, 1]), [0.5, 0.75], 100)[1].strength.tolist()
    [0.75, 0.5]
    """
    counted = isinstance(network, int | np.integer) and not isinstance(network, bool)
    if not counted and not isinstance(network, Network):
        if strength is not None:
            raise UsageError("a matrix as the first argument holds the strengths: leave strength out, or pass how many nodes")
        strength, network = square(network, "fdna"), np.shape(network)[0]
    missing = [name for name, one in (("strength", strength), ("criticality", criticality)) if one is None]
    if missing or strength is None or criticality is None:
        raise UsageError(f"fdna needs the {' and the '.join(missing)} of each link")
    if counted and network < 0:
        raise UsageError(f"the number of nodes must be 0 or more, not {network}")
    made = network if isinstance(network, Network) else bare(int(network))
    ends = _ends(network, made.size, links, strength, criticality)
    given = (("strength", strength, 1.0), ("criticality", criticality, 100.0))
    numbers = [_numbers(one, name, ends, most) for name, one, most in given]
    order = np.lexsort((ends.feeder, ends.receiver))
    return made, Links(ends.feeder, ends.receiver, *numbers).pick(order)


def _ends(network: Any, size: int, links: _Pair | None, strength: Given, criticality: Given) -> _Ends:
    """Which links there are: those of the network, or of the columns, or that have a strength (else: a criticality)."""
    if isinstance(network, Network):
        if network.flows is None:
            raise UsageError("fdna needs links with strengths: make the network by Network.from_flows(feeder, receiver, ...)")
        own = network.flows.supplier.astype(np.int64), network.flows.customer.astype(np.int64)
        if links is None:
            return _Ends(size, *own, np.arange(len(own[0])))
        ends = _columns(size, links)
        _same(ends, _Ends(size, *own, None))
        return ends
    if links is not None:
        return _columns(size, links)
    for one in (strength, criticality):
        if isinstance(one, Mapping):
            return _checked(size, *_keys(one), None)
    if _is_matrix(strength):
        matrix = _matrix(strength, "strength", size)
        feeder, receiver = np.nonzero(~np.isnan(matrix) & (matrix != 0))
        return _Ends(size, feeder, receiver, None)
    raise UsageError("fdna needs to know the links: say links=(feeder, receiver), or give strengths as a matrix or mapping")


def _columns(size: int, links: _Pair) -> _Ends:
    if len(links) != 2:
        raise UsageError("links must be two columns, (feeders, receivers): of pairs, say tuple(zip(*pairs))")
    if all(isinstance(one, tuple) and len(one) == 2 for one in links) and isinstance(links, list):
        raise UsageError("a list of two pairs may mean either; write the columns as lists: ([feeders], [receivers])")
    columns = [as_array(one, "links must be two columns") for one in links]
    if any(one.ndim != 1 for one in columns) or len(columns[0]) != len(columns[1]):
        raise UsageError("links must be two columns of the same length: (feeder, receiver)")
    if any(one.dtype.kind not in "fiu" or not (one == np.floor(one)).all() for one in columns):
        raise UsageError("links must be numbers of nodes, from 0")
    feeder, receiver = (one.astype(np.int64) for one in columns)
    return _checked(size, feeder, receiver, np.arange(len(feeder)))


def _keys(given: Mapping[Any, Any]) -> tuple[Ints, Ints]:
    try:
        pairs = np.array(sorted(given), dtype=np.int64).reshape(-1, 2)
    except (TypeError, ValueError) as error:
        raise UsageError("a mapping must have pairs of node numbers as keys: {(feeder, receiver): number}") from error
    return pairs[:, 0], pairs[:, 1]


def _checked(size: int, feeder: Ints, receiver: Ints, column: Ints | None) -> _Ends:
    ends = _Ends(size, feeder, receiver, column)
    absent = (np.minimum(feeder, receiver) < 0) | (np.maximum(feeder, receiver) >= size)
    _refuse("links", ends, absent, "names a node that is not there", f"nodes are numbered 0..{size - 1}")
    _, first = np.unique(feeder * size + receiver, return_index=True)
    again = np.ones(len(feeder), bool)
    again[first] = False
    _refuse("links", ends, again, "stands more than once", "one row for each link")
    return ends


def _same(ends: _Ends, own: _Ends) -> None:
    """The links given are those of the network, in any order."""
    key, known = (one.feeder * one.size + one.receiver for one in (ends, own))
    _refuse("links", ends, ~np.isin(key, known), "is not a link of the network", "the columns that it was made from")
    _refuse("links", own, ~np.isin(known, key), "is missing", "every link of the network must be there")


def _numbers(given: Given, name: str, ends: _Ends, most: float) -> Floats:
    """One number for each link, in the order of the links."""
    if isinstance(given, Mapping):
        numbers = _mapped(given, name, ends)
    elif _is_matrix(given):
        matrix = _matrix(given, name, ends.size)
        numbers = matrix[ends.feeder, ends.receiver]
        if name == "strength":
            matrix = np.where(np.isnan(matrix), 0.0, matrix)
            matrix[ends.feeder, ends.receiver] = 0.0
            feeder, receiver = np.nonzero(matrix)
            other = _Ends(ends.size, feeder, receiver, None)
            _refuse(name, other, np.ones(len(feeder), bool), "stands where there is no link", "0 or NaN there")
    else:
        numbers = _column(given, name, ends)
    _refuse(name, ends, np.isnan(numbers), "has no number", f"every link needs one, in 0..{most:g}")
    _refuse(
        name, ends, ~((numbers >= 0) & (numbers <= most)), f"is not in 0..{most:g}", "strengths are 0..1, criticalities 0..100"
    )
    return numbers


def _mapped(given: Mapping[tuple[int, int], float], name: str, ends: _Ends) -> Floats:
    named = _checked(ends.size, *_keys(given), None)
    key, known = (one.feeder * ends.size + one.receiver for one in (named, ends))
    _refuse(name, named, ~np.isin(key, known), "stands where there is no link", "leave it out")
    pairs = zip(ends.feeder.tolist(), ends.receiver.tolist(), strict=True)
    return np.array([given.get(pair, np.nan) for pair in pairs], np.float64)


def _column(given: Any, name: str, ends: _Ends) -> Floats:
    column = as_array(given, f"{name} must be one number for each link")
    if column.dtype.kind not in "fiub" and column.size:
        raise UsageError(f"{name} must hold numbers, not {column.dtype}")
    if column.ndim == 0:
        return np.full(len(ends.feeder), column, np.float64)
    if ends.column is None:
        raise UsageError(f"{name} is a column, and nothing says which link each number is for: say links=(feeder, receiver)")
    if column.shape != ends.feeder.shape:
        raise UsageError(f"{name} must be {len(ends.feeder)} numbers, one for each link, not of shape {column.shape}")
    return column.astype(np.float64)


def _is_matrix(given: object) -> bool:
    return getattr(given, "ndim", None) == 2 or (
        isinstance(given, list | tuple) and as_array(given, "numbers of links").ndim == 2
    )


def _matrix(given: Any, name: str, size: int) -> Floats:
    matrix = np.asarray(square(given, "fdna").toarray())
    if len(matrix) != size:
        raise UsageError(f"{name} must be ({size}, {size}) for {size} nodes, not {matrix.shape}")
    return matrix


def _refuse(table: str, ends: _Ends, faulty: Bools, what: str, hint: str) -> None:
    if not faulty.any():
        return
    rows = np.flatnonzero(faulty)
    problems = [Problem(f"{table}[{ends.feeder[row]}, {ends.receiver[row]}]", None, what, hint) for row in rows[:_SHOWN]]
    if len(rows) > _SHOWN:
        problems.append(Problem(table, None, f"{len(rows)} of this kind in all"))
    raise InvalidData(problems)
