"""The result of ESRI: the index of each shock, its parts, and the losses behind it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from knockon.errors import UsageError
from knockon.network.network import Floats
from knockon.propagation.esri_task import HIT, UPSTREAM
from knockon.propagation.result import NONE, Result
from knockon.propagation.trace import Bindings


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class EsriResult(Result):
    """The index of each shock, and the losses behind it.

    ``index``, ``downstream`` and ``upstream`` are (k,): the share of all output
    (or of all weight, where weights are given) lost by both cascades together,
    and by each alone. ``sector_loss`` (k, sectors), where it is asked for, is
    the share of its own weight that each sector loses by both cascades
    together, NaN for a sector without weight. ``channel`` is (k, n): 1
    where the downstream loss of a node is its loss, 2 where the upstream loss
    is, 0 where nothing is lost or the node is hit itself. ``step``, ``slot``,
    ``supply`` and ``source`` are those of this channel, but a source may itself
    report the other one: follow :meth:`path`, or one of the two ``trails``
    (downstream, upstream; these four as arrays (k, n)). ``caveats`` says which
    cascade has no leak, so that its number is a function of eps.
    """

    index: Floats
    downstream: Floats
    upstream: Floats
    caveats: tuple[str, ...] = ()
    sector_loss: Floats | None = None
    channel: npt.NDArray[np.int8] | None = None
    trails: tuple[Bindings, Bindings] | None = None

    def path(self, shock: int, node: int) -> tuple[int, ...]:
        """Return the nodes from one that loses back to one that is hit, all in the channel of the first.

        Parameters
        ----------
        shock
            The number of the shock, 0..k-1.
        node
            The number of the node that loses.

        Returns
        -------
        tuple of int
            Node numbers, the node that loses first; empty if it loses nothing.

        Raises
        ------
        UsageError
            Losses by node were not kept, or the shock or node does not exist.

        Examples
        --------
        >>> from knockon.network import Network
        >>> from knockon.propagation import esri
        >>> network = Network.from_flows([0, 1], [1, 2], [1.0, 1.0])
        >>> esri(network, [0]).path(0, 2)
        (2, 1, 0)
        """
        shocks, size = self.step.shape
        if not (0 <= shock < shocks and 0 <= node < size):
            raise UsageError(
                f"there are {shocks} shocks and {size} nodes, numbered from 0; no shock {shock} with a node {node}"
            )
        if self.step[shock, node] == NONE or self.channel is None or self.trails is None:
            return ()
        if self.channel[shock, node] == HIT:
            return (node,)
        source = self.trails[int(self.channel[shock, node] == UPSTREAM)].source[shock]
        nodes = [node]
        while source[nodes[-1]] != NONE:
            nodes.append(int(source[nodes[-1]]))
        return tuple(nodes)


__all__ = ["EsriResult"]
