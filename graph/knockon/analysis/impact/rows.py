"""The rows of a report, each made when it is looked at: a shock may reach a million entities, of which a table shows few."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple, TypeVar, overload

import numpy as np

from knockon.lazy_sequence import LazySequence
from knockon.network.network import Ints, Network
from knockon.propagation.result import Result

T = TypeVar("T")


class NodeLoss(NamedTuple):
    """The loss (0..1) of one entity (IRI), with its bounds."""

    entity: str
    loss: float
    loss_low: float
    loss_high: float


class LossRows(LazySequence[T]):
    """A row for each node that loses something under a shock: by step, the greatest loss first, then by IRI.

    Parameters
    ----------
    network
        The network, whose nodes are in the order of their IRIs.
    result
        The result of the model.
    row
        The row of the shock in the result.
    make_row
        Makes the row of a node.
    """

    def __init__(self, network: Network, result: Result, row: int, make_row: Callable[[int], T]) -> None:
        # No function that refers to the rows themselves: a report is freed as soon as nothing else refers to it.
        self._network, self._result, self._row, self._make_row = network, result, row, make_row
        self._made: dict[int, T] = {}
        #: The numbers of the nodes, ascending.
        self._lost: Ints = np.flatnonzero(result.loss[row] > 0)

    @cached_property
    def nodes(self) -> Ints:
        """The numbers of the nodes, in the order of the rows."""
        return self._ordered(self._lost)

    def _ordered(self, nodes: Ints) -> Ints:
        """Return some of the nodes, ascending, in the order of their rows; equal ones stay in their order."""
        ordered: Ints = nodes[np.lexsort((-self._result.loss[self._row][nodes], self._result.step[self._row][nodes]))]
        return ordered

    @cached_property
    def _items(self) -> Sequence[T]:
        return tuple(map(self._of, self.nodes.tolist()))

    def _of(self, node: int) -> T:
        if node not in self._made:
            self._made[node] = self._make_row(node)
        return self._made[node]

    def __len__(self) -> int:
        return len(self._lost)

    @overload
    def __getitem__(self, place: int) -> T: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[T]: ...
    def __getitem__(self, place: int | slice) -> T | Sequence[T]:
        if isinstance(place, slice):
            return tuple(map(self._of, self.nodes[place].tolist()))
        return self._of(int(self.nodes[place]))

    def of(self, entity: str) -> T | None:
        """Return the row of an entity (IRI); None if it loses nothing."""
        node = self._network.index.get(entity)
        return None if node is None or not self._result.loss[self._row, node] > 0 else self._of(node)

    def loss_of(self, entity: str) -> NodeLoss | None:
        """Return the loss of an entity (IRI) without its row; None if it loses nothing."""
        node = self._network.index.get(entity)
        if node is None or not self._result.loss[self._row, node] > 0:
            return None
        loss, low, high = (float(numbers[self._row, node]) for numbers in self._ends)
        return NodeLoss(entity, loss, low, high)

    @property
    def _ends(self) -> tuple[Any, Any, Any]:
        return self._result.loss, self._result.low, self._result.high

    def losses(self) -> Iterator[NodeLoss]:
        """Yield the loss of each entity that loses something, in the order of the rows; no row is made."""
        numbers = (ends[self._row][self.nodes].tolist() for ends in self._ends)
        for node, *loss in zip(self.nodes.tolist(), *numbers, strict=True):
            yield NodeLoss(self._network.nodes[node], *loss)

    def at_least(self, loss: float) -> Sequence[T]:
        """Return the rows with at least a loss (0..1), in their order; the others are not made."""
        chosen = self._lost[self._result.loss[self._row][self._lost] >= loss]
        return tuple(map(self._of, self._ordered(chosen).tolist()))

    def among(self, entities: Collection[str]) -> Sequence[T]:
        """Return the rows of those of some entities (IRIs) that lose something, in their order; the others are not made."""
        index = self._network.index
        chosen = np.isin(self._lost, [index[entity] for entity in entities if entity in index])
        return tuple(map(self._of, self._ordered(self._lost[chosen]).tolist()))

    def hardest(self) -> Iterator[T]:
        """Yield the rows by loss, the greatest first, then by IRI; each is made when it is looked at."""
        order = np.argsort(-self._result.loss[self._row][self._lost], kind="stable")
        return map(self._of, self._lost[order].tolist())


def at_least(rows: Sequence[Any], loss: float) -> Sequence[Any]:
    """Return those of some rows of impacts that have at least a loss (0..1)."""
    return rows.at_least(loss) if isinstance(rows, LossRows) else [row for row in rows if row.loss >= loss]


def row_of(rows: Sequence[Any], entity: str) -> Any:
    """Return the row of an entity (IRI) among rows of impacts; None if there is none."""
    if isinstance(rows, LossRows):
        return rows.of(entity)
    return next((row for row in rows if row.entity == entity), None)


def among(rows: Sequence[Any], entities: Collection[str]) -> Sequence[Any]:
    """Return those of some rows of impacts that are about some entities (IRIs), in their order."""
    return rows.among(entities) if isinstance(rows, LossRows) else [row for row in rows if row.entity in entities]


def hardest(rows: Sequence[Any]) -> Iterator[Any]:
    """Yield some rows of impacts by loss, the greatest first, then by entity (IRI)."""
    return rows.hardest() if isinstance(rows, LossRows) else iter(sorted(rows, key=lambda row: (-row.loss, row.entity)))


def each_loss(rows: Sequence[Any]) -> Iterator[Any]:
    """Yield what each entity with a row loses (``entity``, ``loss``, ``loss_low``, ``loss_high``); no row is made."""
    return rows.losses() if isinstance(rows, LossRows) else iter(rows)


def losses_of(rows: Sequence[Any], entities: Mapping[str, object]) -> list[NodeLoss]:
    """Return the losses of those of some entities (IRIs) that have a row."""
    if isinstance(rows, LossRows):
        return [loss for entity in entities if (loss := rows.loss_of(entity)) is not None]
    return [NodeLoss(row.entity, row.loss, row.loss_low, row.loss_high) for row in rows if row.entity in entities]


__all__ = ["LossRows", "NodeLoss", "among", "at_least", "each_loss", "hardest", "losses_of", "row_of"]
