"""The ways by which losses came to entities, by the numbers of nodes: no record is read for them."""

from __future__ import annotations

from collections.abc import Iterator

from knockon.network.network import NONE, Network
from knockon.propagation.result import Result


class LossPaths:
    """The ways from the hit to the entities that lose something under one shock.

    Parameters
    ----------
    network
        The network.
    result
        The result of the model.
    row
        The row of the shock in the result.
    """

    def __init__(self, network: Network, result: Result, row: int) -> None:
        self._network, self._loss, self._step = network, result.loss[row], result.step[row]
        nodes = result.all_nodes
        self._slot, self._supply, self._source = nodes.slot[row], nodes.supply[row], nodes.source[row]

    def to(self, node: int) -> list[str]:
        """Return the entities (IRIs) from the hit to a node, which comes last.

        Of what a loss came by it is the source, else the provider, that loses something in an earlier step.
        """
        path: list[int] = []
        current: int | None = node
        while current is not None:
            path.append(current)
            current = next((cause for cause in self._causes(current) if self._is_before(cause, current)), None)
        return [self._network.nodes[place] for place in reversed(path)]

    def _causes(self, node: int) -> Iterator[int]:
        """Yield the visible nodes of the source and of the provider by which a node loses."""
        if self._slot[node] == NONE:
            return
        if self._source[node] != NONE:
            yield int(self._network.entity[self._source[node]])
        if self._supply[node] != NONE:
            yield int(self._network.entity[self._network.supply_provider[self._supply[node]]])

    def _is_before(self, cause: int, node: int) -> bool:
        return bool(self._loss[cause] > 0 and self._step[cause] < self._step[node])


__all__ = ["LossPaths"]
