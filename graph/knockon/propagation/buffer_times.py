"""Compute how long stocks delay the loss of a node, with :mod:`knockon.propagation.timeline`, for many stocks at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from knockon.network.hits import NODE, SLOT, SUPPLY, Hits
from knockon.network.name_arrays import NumberedNames
from knockon.network.network import NONE, Bools, Floats, Ints, Network
from knockon.network.substitutes import Substitutes
from knockon.propagation.leontief_round import lanes_in_memory
from knockon.propagation.timeline import timeline


class BufferTimes(NamedTuple):
    """Days until a loss arrives (inf: never), and whether a stock or delay is on its way (else days count links)."""

    days: Floats
    timed: Bools


def buffer_times(
    network: Network,
    hits: Hits,
    shock: int,
    target: int,
    stocks: Sequence[tuple[int, float]],
    *,
    horizon: int,
    threshold: float,
) -> BufferTimes:
    """Return the days until the loss of the target reaches the threshold: without a stock, then with each stock alone.

    All are one run on a network that consists of unconnected copies, one for each stock, at the point values.

    Parameters
    ----------
    network
        The network, of n nodes.
    hits, shock
        The number of the shock among the hits.
    target
        The row of the target.
    stocks
        (slot, days of stock) for each run.
    horizon
        The number of days to simulate, in steps of a day.
    threshold
        The loss (0..1) of the target to wait for.

    Returns
    -------
    BufferTimes
        (1 + stocks,) each; days are inf where the loss does not arrive by the horizon.

    Examples
    --------
    >>> from knockon.network import Network
    >>> chain = Network.from_flows([0, 1], [1, 2], [1.0, 1.0])
    >>> buffer_times(chain, Hits.of(chain, [0]), 0, 2, [(0, 5.0), (1, 7.0)], horizon=30, threshold=0.5).days.tolist()
    [2.0, 7.0, 9.0]
    """

    def run(batch: Sequence[tuple[int, float] | None]) -> tuple[Floats, Bools]:
        """Return days and whether they are timed, with each stock of a batch; None is no stock."""
        copies = _Copies(network, len(batch))
        buffer = copies.slot_values(network.buffer)
        for copy, stock in enumerate(batch):
            if stock is not None:
                buffer[copies.slots[copy, stock[0]]] = stock[1]
        copied_hits = copies.hits(hits, shock)
        result = timeline(copies.network(), copied_hits, horizon=horizon, threshold=threshold, buffer=buffer, paths=False)
        return result.time_to_impact[0, target :: network.entities], result.timed[0, target :: network.entities]

    columns = [run([None])]
    if np.isinf(columns[0][0]).all():
        # A stock makes no loss arrive earlier: what does not arrive without it does not arrive with it.
        return BufferTimes(np.full(1 + len(stocks), np.inf), np.repeat(columns[0][1], 1 + len(stocks)))
    width = lanes_in_memory(network)
    columns += [run(stocks[start : start + width]) for start in range(0, len(stocks), width)]
    return BufferTimes(*(np.concatenate(parts) for parts in zip(*columns, strict=True)))


class _Copies:
    """Unconnected copies of one network as one network; in it, too, hidden nodes come after all visible ones.

    Attributes
    ----------
    nodes, slots, supplies
        The row in all copies of each row in each copy, (copies, rows).
    """

    def __init__(self, network: Network, count: int) -> None:
        self.one, self.count = network, count
        # Slots and supplies are in the order of the nodes that own them.
        slots = int(network.slot_start[network.entities])
        self.nodes = _rows(network.entities, network.size, count)
        self.slots = _rows(slots, network.slots, count)
        self.supplies = _rows(int(network.supply_start[slots]), network.supplies, count)

    def slot_values(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return a value for each slot of all copies, from one for each slot, (slots,)."""
        return _placed(values, self.slots)

    def network(self) -> Network:
        """Return the network of the copies, at the point values."""
        one = self.one
        width = np.diff(one.supply_start)
        share, delay, unstated = (_placed(rows, self.supplies) for rows in (one.supply_share, one.delay, one.unstated))
        return Network(
            nodes=NumberedNames(one.entities * self.count),
            slot_owner=self._renumbered(one.slot_owner, self.slots),
            slot_need=self._renumbered(one.slot_need, self.slots),
            weights=np.tile(self.slot_values(one.weights[1]), (3, 1)),
            mode=self.slot_values(one.mode),
            at_least=self.slot_values(one.at_least),
            supply_start=np.concatenate([[0], np.cumsum(self.slot_values(width))]).astype(np.int64),
            supply_provider=self._renumbered(one.supply_provider, self.supplies),
            supply_share=share,
            delay=delay,
            unstated=unstated,
            hidden_entity=(self.nodes[:, one.hidden_entity]).reshape(-1),
            hidden_slot=np.where(one.hidden_slot == NONE, NONE, self.slots[:, one.hidden_slot]).reshape(-1),
            hit_with=_placed_rows(self.slots[:, one.hit_with], self.slots) if len(one.hit_with) else one.hit_with,
            substitutes=self._substitutes(),
        )

    def hits(self, hits: Hits, shock: int) -> Hits:
        """Return one shock on every copy, at the point values."""
        chosen = hits.of_shock(shock)
        kind, index = hits.kind[chosen], hits.index[chosen]
        rows = np.zeros((self.count, len(chosen)), np.int64)
        for number, table in ((NODE, self.nodes), (SLOT, self.slots), (SUPPLY, self.supplies)):
            rows[:, kind == number] = table[:, index[kind == number]]
        severity = np.tile(hits.severity[1, chosen], (3, self.count))
        return Hits(1, np.zeros(rows.size, np.int64), np.tile(kind, self.count), rows.reshape(-1), severity)

    def _substitutes(self) -> Substitutes | None:
        """Return the alternatives of all copies."""
        given = self.one.substitutes
        if given is None:
            return None
        slot, provider = self.slots[:, given.slot].reshape(-1), self.nodes[:, given.provider].reshape(-1)
        days = np.tile(given.days, self.count)
        order = np.argsort(slot, kind="stable")
        return Substitutes(slot[order], provider[order], days[order])

    def _renumbered(self, nodes: npt.NDArray[Any], places: Ints) -> Ints:
        """Return node numbers, one for each slot or supply, in all copies."""
        return _placed_rows(np.where(nodes == NONE, NONE, self.nodes[:, nodes]), places)


def _rows(visible: int, size: int, count: int) -> Ints:
    """Return the rows of copies, (count, size), in which the first ``visible`` rows of all copies come before the others."""
    copy, row = np.arange(count)[:, None], np.arange(size)[None, :]
    hidden = size - visible
    return np.where(row < visible, copy * visible + row, count * visible + copy * hidden + row - visible)


def _placed(values: npt.NDArray[Any], places: Ints) -> npt.NDArray[Any]:
    """Return one value for each row of one copy, (rows,), at its places in all copies."""
    return _placed_rows(np.broadcast_to(values, places.shape), places)


def _placed_rows(values: npt.NDArray[Any], places: Ints) -> npt.NDArray[Any]:
    """Return values for the rows of each copy, (copies, rows), at their places in all copies."""
    placed = np.empty(places.size, values.dtype)
    placed[places.reshape(-1)] = values.reshape(-1)
    return placed


__all__ = ["BufferTimes", "buffer_times"]
