"""Links that pass on a loss as it is, so that what happens at their beginning need not be followed apart from their end.

Where all that depends on a node is one node, which needs nothing else that loses, and needs it wholly (criticality 1), both
lose the same, whatever that is. On a chain of such links the shocks of all nodes are one shock at its end.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from knockon.network.arrays import Floats, Ints
from knockon.network.network import Network
from knockon.propagation.leontief_round import LaneEquations
from knockon.propagation.levels import Hit, single_links


class WholeLinks(NamedTuple):
    """For each node the last one that loses the same whatever it loses, and the number of links to that one, (n,) each."""

    end: Ints
    links: Ints

    @classmethod
    def of(cls, network: Network, equations: LaneEquations, state: Floats, target: int) -> WholeLinks:
        """Return the ends of the links that pass losses on as they are.

        Parameters
        ----------
        network
            A network in which nothing depends on itself.
        equations
            Its equations, of one column.
        state
            The losses that they give, (n,), from which one node at a time is to lose something else.
        target
            A node whose loss is asked for: what it passes on does not matter, and it is the end of what leads to it.

        Examples
        --------
        >>> from knockon.network.hits import InitialLosses
        >>> from knockon.propagation.combinations import Rules
        >>> from knockon.propagation.leontief_round import zero_column
        >>> chain = Network.from_flows([0, 1, 2], [1, 2, 3], [1.0, 1.0, 1.0])
        >>> none = InitialLosses(*map(zero_column, (4, 3, 3)))
        >>> equations = LaneEquations(Rules(chain), np.array([[1.0], [0.5], [1.0]]), none)
        >>> WholeLinks.of(chain, equations, np.zeros(4), 3)
        WholeLinks(end=array([1, 1, 3, 3]), links=array([1, 0, 1, 0]))
        """
        end = np.arange(network.size)
        edges = network.edges
        alone = np.diff(edges.out_start) == 1
        end[alone] = edges.ways_out[edges.out_start[:-1][alone], 1]
        single, (slot, first, second, _) = single_links(network)
        hit = Hit.of(network, equations.hit)
        other = np.where(first[end] == np.arange(network.size), second[end], first[end])
        unaffected = (other == np.arange(network.size)) | (state[other] == 0)
        whole = single & ~hit.node & ~hit.slot
        whole[whole] = equations.weight[slot[whole], 0] == 1
        passes = alone & whole[end] & unaffected
        passes[target] = False
        end, links = np.where(passes, end, np.arange(network.size)), passes.astype(np.int64)
        while (end[end] != end).any():
            links, end = links + links[end], end[end]
        return cls(end, links)


__all__ = ["WholeLinks"]
