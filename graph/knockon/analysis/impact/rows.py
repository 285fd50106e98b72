"""The rows of a report, each made when it is looked at: a shock may reach a million entities, of which a table shows few."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple, TypeVar, overload

import numpy as np

from knockon.analysis import models
from knockon.analysis.impact.loss_paths import LossPaths
from knockon.lazy_sequence import LazySequence
from knockon.network.network import Bools, Ints, Network
from knockon.propagation.result import Result

T = TypeVar("T")


class NodeLoss(NamedTuple):
    """The loss (0..1) of one entity (IRI), with its bounds."""

    entity: str
    loss: float
    loss_low: float
    loss_high: float


#: Up to this many rows are kept once they are made.
MOST_KEPT = 20_000
#: How many rows are made together, first and at most.
_FIRST, _MOST = 50, 1_000


class LossRows(LazySequence[T]):
    """A row for each node that loses something under a shock: by step, the greatest loss first, then by IRI.

    Whoever goes through more than ``MOST_KEPT`` rows gets them in bounded memory: they are made anew each time.

    Parameters
    ----------
    network
        The network, whose nodes are in the order of their IRIs.
    result
        The result of the model.
    row
        The row of the shock in the result.
    make_rows
        Makes the rows of some nodes, whose records it reads together.
    make_brief
        Makes them without what they rest on.
    """

    def __init__(
        self,
        network: Network,
        result: Result,
        row: int,
        make_rows: Callable[[Sequence[int]], Sequence[T]],
        make_brief: Callable[[Sequence[int]], Sequence[Any]],
    ) -> None:
        # No function that refers to the rows themselves: a report is freed as soon as nothing else refers to it.
        self._network, self._result, self._row = network, result, row
        self._make_rows, self._make_brief = make_rows, make_brief
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

    @property
    def _items(self) -> Sequence[T]:  # not kept: there may be many
        return tuple(self)

    def __iter__(self) -> Iterator[T]:
        return self._each(self.nodes)

    def brief(self) -> Iterator[Any]:
        """Yield the rows without what they rest on, in their order; none is kept."""
        for first in range(0, len(self.nodes), _MOST):
            yield from self._make_brief(self.nodes[first : first + _MOST].tolist())

    def each_more(self) -> Iterator[tuple[int, Mapping[str, float | bool | None]]]:
        """Yield the step and the further values of each row, in their order; no row is made."""
        steps = self._result.step[self._row][self.nodes].tolist()
        for node, step in zip(self.nodes.tolist(), steps, strict=True):
            yield step, models.node_values(self._result, self._row, node)

    def _each(self, nodes: Ints) -> Iterator[T]:
        """Yield the rows of some nodes, which are made in blocks."""
        first, size = 0, _FIRST
        while first < len(nodes):
            block = nodes[first : first + size].tolist()
            known = {node: self._made.get(node) for node in block}
            missing = [node for node, row in known.items() if row is None]
            made = dict(zip(missing, self._make_rows(missing), strict=True))
            if len(self._lost) <= MOST_KEPT:
                self._made |= made
            yield from (known | made).values()  # type: ignore[misc] # each is known
            first, size = first + size, min(2 * size, _MOST)

    def _of(self, node: int) -> T:
        # Threads may share the rows: what was found is not looked up again.
        made = self._made.get(node)
        if made is None:
            if len(self._made) >= MOST_KEPT:
                self._made.clear()
            (made,) = self._make_rows((node,))
            self._made[node] = made
        return made

    def __len__(self) -> int:
        return len(self._lost)

    @overload
    def __getitem__(self, place: int) -> T: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[T]: ...
    def __getitem__(self, place: int | slice) -> T | Sequence[T]:
        if isinstance(place, slice):
            return tuple(self._each(self.nodes[place]))
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

    def each_at_least(self, loss: float) -> Iterator[T]:
        """Yield the rows with at least a loss (0..1), in their order; the others are not made."""
        return self._each(self._ordered(self._lost[self._losing(loss)]))

    def count_at_least(self, loss: float) -> int:
        """Return how many rows have at least a loss (0..1); none is made."""
        return int(self._losing(loss).sum())

    def _losing(self, loss: float) -> Bools:
        """Return whether each of the nodes, ascending, has at least a loss."""
        losing: Bools = self._result.loss[self._row][self._lost] >= loss
        return losing

    def among(self, entities: Collection[str]) -> Sequence[T]:
        """Return the rows of those of some entities (IRIs) that lose something, in their order; the others are not made."""
        index = self._network.index
        chosen = np.isin(self._lost, [index[entity] for entity in entities if entity in index])
        return tuple(self._each(self._ordered(self._lost[chosen])))

    def paths(self) -> Iterator[tuple[str, list[str]]]:
        """Yield each entity (IRI) by loss, the greatest first, then by IRI, with the path from the hit; no row is made."""
        ways = LossPaths(self._network, self._result, self._row)
        for node in self._lost[np.argsort(-self._result.loss[self._row][self._lost], kind="stable")].tolist():
            yield self._network.nodes[node], ways.to(node)


def each_at_least(rows: Sequence[Any], loss: float) -> Iterator[Any]:
    """Yield those of some rows of impacts that have at least a loss (0..1)."""
    return rows.each_at_least(loss) if isinstance(rows, LossRows) else (row for row in rows if row.loss >= loss)


def count_at_least(rows: Sequence[Any], loss: float) -> int:
    """Return how many of some rows of impacts have at least a loss (0..1)."""
    return rows.count_at_least(loss) if isinstance(rows, LossRows) else sum(row.loss >= loss for row in rows)


def row_of(rows: Sequence[Any], entity: str) -> Any:
    """Return the row of an entity (IRI) among rows of impacts; None if there is none."""
    if isinstance(rows, LossRows):
        return rows.of(entity)
    return next((row for row in rows if row.entity == entity), None)


def among(rows: Sequence[Any], entities: Collection[str]) -> Sequence[Any]:
    """Return those of some rows of impacts that are about some entities (IRIs), in their order."""
    return rows.among(entities) if isinstance(rows, LossRows) else [row for row in rows if row.entity in entities]


def each_loss(rows: Sequence[Any]) -> Iterator[Any]:
    """Yield what each entity with a row loses (``entity``, ``loss``, ``loss_low``, ``loss_high``); no row is made."""
    return rows.losses() if isinstance(rows, LossRows) else iter(rows)


def brief_rows(rows: Sequence[Any]) -> Iterator[Any]:
    """Yield rows of impacts without what they rest on: those that are made when they are looked at take less time so."""
    return rows.brief() if isinstance(rows, LossRows) else iter(rows)


def each_more(rows: Sequence[Any]) -> Iterator[tuple[int, Mapping[str, float | bool | None]]]:
    """Yield the step, and the values of the model beside the loss, of each of some rows of impacts; no row is made."""
    return rows.each_more() if isinstance(rows, LossRows) else ((row.step, row.more) for row in rows)


def losses_of(rows: Sequence[Any], entities: Mapping[str, object]) -> list[NodeLoss]:
    """Return the losses of those of some entities (IRIs) that have a row."""
    if isinstance(rows, LossRows):
        return [loss for entity in entities if (loss := rows.loss_of(entity)) is not None]
    return [NodeLoss(row.entity, row.loss, row.loss_low, row.loss_high) for row in rows if row.entity in entities]


__all__ = [
    "MOST_KEPT", "LossRows", "NodeLoss", "among", "brief_rows", "count_at_least", "each_at_least", "each_loss", "each_more",
    "losses_of", "row_of",
]  # fmt: skip
