"""The targets and severities of shocks, as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from knockon.errors import UsageError
from knockon.network.array_input import read_array
from knockon.network.arrays import distinct
from knockon.network.network import NONE, Floats, Ints, Network

#: The kinds of target, as ``Hits.kind`` numbers them.
NODE, SLOT, SUPPLY = 0, 1, 2


class Sizes(Protocol):
    """What shocks are checked against: a network, or one as tables."""

    @property
    def entities(self) -> int:
        """The number of visible nodes."""

    @property
    def slots(self) -> int:
        """The number of slots."""

    @property
    def supplies(self) -> int:
        """The number of supplies."""


class InitialLosses(NamedTuple):
    """The losses (0..1) that a shock itself sets: of nodes, slots and supplies, one number for each row of the network."""

    node: Floats
    slot: Floats
    supply: Floats


class NodeLosses(NamedTuple):
    """The losses of nodes that k shocks set themselves: those of shock i are ``node`` and ``loss`` from ``start[i]`` on.

    ``start`` is (k + 1,). Within a shock each node occurs once, in ascending order; losses are in 0..1.
    """

    start: Ints
    node: Ints
    loss: Floats

    def columns(self, size: int, first: int, last: int) -> Floats:
        """Return the losses of the shocks ``first`` to ``last - 1`` as a matrix.

        Parameters
        ----------
        size
            The number of nodes, n.
        first, last
            The range of shocks.

        Returns
        -------
        numpy.ndarray
            (n, last - first), a column for each shock.
        """
        rows = slice(self.start[first], self.start[last])
        losses = np.zeros((size, last - first))
        losses[self.node[rows], np.repeat(np.arange(last - first), np.diff(self.start[first : last + 1]))] = self.loss[rows]
        return losses


@dataclass(frozen=True, eq=False)
class Hits:
    """The hits of k shocks on a network, a row for each hit.

    Parameters
    ----------
    count
        The number of shocks, k. A shock may have no hit.
    shock
        The number of the shock, 0..k-1, (hits,).
    kind
        The kind of the target, (hits,): 0 node, 1 slot, 2 supply.
    index
        The row of the target among the visible nodes, the slots or the supplies of the network, (hits,).
    severity
        The loss of the target in 0..1, (3, hits): the low end, the point and the high end.
    """

    count: int
    shock: Ints
    kind: Ints
    index: Ints
    severity: Floats

    @classmethod
    def of(cls, network: Sizes, shocks: Hits | npt.ArrayLike | None) -> Hits:
        """Return shocks in any form that models take as hits on a network.

        Parameters
        ----------
        network
            The network, of n nodes.
        shocks
            Hits; an integer array of nodes that are closed, one shock each; a (k, n) array of losses in 0..1, one shock for
            each row; n floats, which are one shock; or None to close each node in turn.

        Returns
        -------
        Hits
            The hits of each shock, in the order of the shocks.

        Raises
        ------
        UsageError
            A node, slot or supply that does not exist, a loss outside 0..1, an array of another shape.

        Examples
        --------
        >>> network = Network.from_flows([0], [1], [1.0])
        >>> hits = Hits.of(network, [[0.0, 0.25], [1.0, 0.0]])
        >>> hits.count, hits.index.tolist(), hits.severity[1].tolist()
        (2, [1, 0], [0.25, 1.0])
        """
        if isinstance(shocks, Hits):
            shocks._check(network)
            return shocks
        count = network.entities
        rows = np.arange(count) if shocks is None else _array(shocks)
        if rows.ndim == 1 and (rows.size == 0 or np.issubdtype(rows.dtype, np.integer)):
            nodes = rows.astype(np.int64)
            if len(nodes) == count > len(distinct(nodes)) and np.isin(nodes, (0, 1)).all():
                raise UsageError("whole numbers name the nodes to close; write losses with a decimal point, or as [[...]]")
            if ((nodes < 0) | (nodes >= count)).any():
                raise UsageError(_outside(NODE, count))
            return cls(len(nodes), np.arange(len(nodes)), np.full(len(nodes), NODE), nodes, np.ones((3, len(nodes))))
        if rows.ndim == 1 and np.issubdtype(rows.dtype, np.floating):
            rows = rows[None, :]
        if rows.ndim != 2 or rows.shape[1] != count:
            raise UsageError(f"losses must be (k, {count}), a row for each shock, not {rows.shape}")
        losses = rows.astype(np.float64)
        if not ((losses >= 0) & (losses <= 1)).all():
            raise UsageError("a loss must be in 0..1")
        shock, node = np.nonzero(losses)
        severity = np.broadcast_to(losses[shock, node], (3, len(shock))).copy()
        return cls(len(losses), shock, np.full(len(shock), NODE), node, severity)

    def _check(self, network: Sizes) -> None:
        """Raise UsageError unless all columns fit together and all targets exist."""
        # Compiled code does not check row numbers.
        if not len(self.shock) == len(self.kind) == len(self.index) or self.severity.shape != (3, len(self.shock)):
            raise UsageError("hits need one shock, kind, index and three severities each: columns of one length")
        if ((self.shock < 0) | (self.shock >= self.count)).any():
            raise UsageError(f"hits name a shock outside 0..{self.count - 1}")
        for kind, count in ((NODE, network.entities), (SLOT, network.slots), (SUPPLY, network.supplies)):
            index = self.index[self.kind == kind]
            if ((index < 0) | (index >= count)).any():
                raise UsageError(_outside(kind, count))
        if not np.isin(self.kind, (NODE, SLOT, SUPPLY)).all():
            raise UsageError("a hit is on a node (0), a slot (1) or a supply (2)")
        if not ((self.severity >= 0) & (self.severity <= 1)).all():
            raise UsageError("a severity must be in 0..1")

    @cached_property
    def _by_shock(self) -> tuple[Ints, Ints]:
        """The rows of each shock: ``order[start[k]:start[k + 1]]``."""
        start = np.concatenate([[0], np.cumsum(np.bincount(self.shock, minlength=self.count))])
        return np.argsort(self.shock, kind="stable"), start

    def of_shock(self, shock: int) -> Ints:
        """Return the rows of one shock.

        Parameters
        ----------
        shock
            The number of the shock, 0..k-1.

        Returns
        -------
        numpy.ndarray
            Row numbers of these hits, ascending.
        """
        order, start = self._by_shock
        return order[start[shock] : start[shock + 1]]

    def initial_losses(self, network: Network, shock: int, bound: int) -> InitialLosses:
        """Return the losses that one shock itself sets; of several hits on one target the greatest counts.

        Parameters
        ----------
        network
            The network that is hit.
        shock
            The number of the shock, 0..k-1.
        bound
            The end of the severities that counts: 0 low, 1 point, 2 high.

        Returns
        -------
        InitialLosses
            Losses in 0..1: of nodes (n,), slots and supplies.

        Examples
        --------
        >>> network = Network.from_flows([0], [1], [1.0])
        >>> Hits.of(network, [1]).initial_losses(network, 0, bound=1)
        InitialLosses(node=array([0., 1.]), slot=array([0.]), supply=array([0.]))
        """
        chosen = self.of_shock(shock)
        losses = InitialLosses(np.zeros(network.size), np.zeros(network.slots), np.zeros(network.supplies))
        for kind, array in enumerate(losses):
            rows = chosen[self.kind[chosen] == kind]
            np.maximum.at(array, self.index[rows], self.severity[bound, rows])
        spread_hits(network, losses)
        return losses

    def node_losses(self, model: str, bound: int = 1) -> NodeLosses:
        """Return the hits as losses of nodes; of several hits on one node the greatest counts.

        Parameters
        ----------
        model
            The name of the model, for messages.
        bound
            The end of the severities that counts: 0 low, 1 point, 2 high.

        Returns
        -------
        NodeLosses
            The nodes that each shock hits, with their losses (0..1).

        Raises
        ------
        UsageError
            A slot or supply is hit, and the model knows nodes only.

        Examples
        --------
        >>> network = Network.from_flows([0], [1], [1.0])
        >>> Hits.of(network, [1]).node_losses("esri")
        NodeLosses(start=array([0, 1]), node=array([1]), loss=array([1.]))
        """
        if (self.kind != NODE).any():
            raise UsageError(f"{model} takes losses of nodes; a slot or supply is hit")
        order = np.lexsort((-self.severity[bound], self.index, self.shock))
        key = np.stack([self.shock[order], self.index[order]])
        first = np.ones(len(order), bool)
        first[1:] = (np.diff(key, axis=1) != 0).any(axis=0)
        chosen = order[first]
        start = np.concatenate([[0], np.cumsum(np.bincount(self.shock[chosen], minlength=self.count))]).astype(np.int64)
        return NodeLosses(start, self.index[chosen].astype(np.int64), self.severity[bound, chosen])


def spread_hits(network: Network, losses: InitialLosses) -> None:
    """Set, in place, what hits on visible nodes and disputed slots set on the rows that stand for the same thing.

    Parameters
    ----------
    network
        The network.
    losses
        The losses that hits set, a row for each node, slot and supply, with any number of columns.
    """
    if len(network.hidden_entity):
        twins = np.flatnonzero(network.twin != NONE)
        losses.node[network.twin[twins]] = losses.node[twins]
    if len(network.hit_with) and any(losses.slot.strides):
        shared = np.zeros_like(losses.slot)
        np.maximum.at(shared, network.hit_with, losses.slot)
        losses.slot[:] = shared[network.hit_with]


def _array(shocks: npt.ArrayLike) -> npt.NDArray[Any]:
    """Return shocks as an array of numbers."""
    array = read_array(shocks, "shocks must be node numbers or rows of losses")
    if array.size and array.dtype.kind not in "biuf":
        raise UsageError(f"shocks must be node numbers or rows of losses, not {array.dtype}")
    return array


def _outside(kind: int, count: int) -> str:
    """Return the message for a target that does not exist."""
    if count:
        return f"a shock names a {('node', 'slot', 'supply')[kind]} outside 0..{count - 1}"
    return f"a {'node' if kind == NODE else 'slot or supply'} is hit, and the network has none"
