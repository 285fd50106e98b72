"""The graph of links of a large network, whose links are made when a search comes to them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from knockon.network.arrays import NONE, Floats, Ints
from knockon.network.edges import Edges
from knockon.network.network import Mode, Network

if TYPE_CHECKING:
    import networkx as nx

#: The links of one entity by the entity at their other end.
Links = dict[str, dict[str, int]]


def lazy_link_graph(network: Network) -> nx.DiGraph:
    """Return the graph that ``cycles.link_graph`` returns, whose links are made when they are asked for.

    It has the same links in the same order, so that searches find the same, and cannot be changed.

    Parameters
    ----------
    network
        The network.

    Examples
    --------
    >>> network = Network.from_flows([0, 1], [1, 2], [1.0, 1.0], names=["acme", "bolt", "shop"])
    >>> lazy_link_graph(network)["shop"]["bolt"]
    {'slot': 1, 'supply': 1}
    """
    import networkx as nx

    rows = _Rows(network)
    # First those of dependants, then those of what they need, as networkx asks for them.
    tables = iter((_Adjacency(network, rows, rows.owner, rows.source), _Adjacency(network, rows, rows.source, rows.owner)))

    class LazyGraph(nx.DiGraph):  # type: ignore[misc] # networkx has no types
        node_dict_factory = staticmethod(lambda: _Nodes(network, rows))
        adjlist_outer_dict_factory = staticmethod(lambda: next(tables))

    return LazyGraph()


class _Rows:
    """The links: of several between the same two entities the strongest, then one that is not partial, in that order.

    ``owner`` and ``source`` are the entities at their ends, (links,), ``slot`` and ``supply`` the rows behind them.
    """

    def __init__(self, network: Network) -> None:
        edges = network.edges
        order = np.lexsort((edges.slot, edges.supply, _is_partial(network, edges), -_strength(network, edges)))
        owner, source = network.entity[edges.owner[order]], network.entity[edges.source[order]]
        # Parts and records are the entity itself, and an entity is no loop of its own.
        order, owner, source = (rows[owner != source] for rows in (order, owner, source))
        _, first = np.unique(owner * max(network.size, 1) + source, return_index=True)
        first.sort()
        self.owner, self.source, chosen = owner[first], source[first], order[first]
        self.slot, self.supply = edges.slot[chosen], edges.supply[chosen]


def _strength(network: Network, edges: Edges) -> Floats:
    """Return the criticality or portion of each edge, times the share of its supply where shares are added up, (edges,)."""
    weight = network.weights[1].astype(float)
    # Of the slots of hidden nodes alone some are parts of a whole.
    for slot in np.flatnonzero(network.slot_owner >= network.entities).tolist():
        weight[slot] = network.weight(slot).point
    strength: Floats = weight[edges.slot]
    shared = (edges.supply != NONE) & (network.mode[edges.slot] == Mode.SHARES)
    strength[shared] *= network.supply_share[edges.supply[shared]]
    return strength


def _is_partial(network: Network, edges: Edges) -> Ints:
    """Return 1 for each edge whose supplier others can take the place of, and 0 for the others, (edges,)."""
    count, mode = np.diff(network.supply_start)[edges.slot], network.mode[edges.slot]
    required = np.where(mode == Mode.ANY_OF, 1, network.at_least[edges.slot])
    chosen = (mode == Mode.ANY_OF) | (mode == Mode.AT_LEAST)
    return np.asarray((edges.supply != NONE) & chosen & (count > required), np.int64)


class _Nodes(Mapping[str, dict[str, Any]]):
    """The entities with links, by name; they have no values."""

    def __init__(self, network: Network, rows: _Rows) -> None:
        self._network = network
        self._linked = np.zeros(network.entities, bool)
        self._linked[rows.owner] = self._linked[rows.source] = True

    def __getitem__(self, name: str) -> dict[str, Any]:
        row = self._network.index[name]
        if not self._linked[row]:
            raise KeyError(name)
        return {}

    def __iter__(self) -> Iterator[str]:
        return (self._network.nodes[row] for row in np.flatnonzero(self._linked).tolist())

    def __len__(self) -> int:
        return int(self._linked.sum())


class _Adjacency(Mapping[str, Links]):
    """The links of each entity by its name, in the order of all links."""

    def __init__(self, network: Network, rows: _Rows, near: Ints, far: Ints) -> None:
        self._network, self._rows, self._far = network, rows, far
        self._order = np.argsort(near, kind="stable")
        self._start = np.concatenate([[0], np.cumsum(np.bincount(near, minlength=network.entities))])
        self._nodes = _Nodes(network, rows)
        self._made: dict[str, Links] = {}

    def __getitem__(self, name: str) -> Links:
        if name not in self._made:
            self._nodes[name]
            row = self._network.index[name]
            links = self._order[self._start[row] : self._start[row + 1]]
            slots, supplies = (rows[links].tolist() for rows in (self._rows.slot, self._rows.supply))
            names = map(self._network.nodes.__getitem__, self._far[links].tolist())
            ends = zip(names, slots, supplies, strict=True)
            self._made[name] = {end: {"slot": slot, "supply": supply} for end, slot, supply in ends}
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._nodes)

    def __len__(self) -> int:
        return len(self._nodes)


__all__ = ["lazy_link_graph"]
