"""Compute how long stocks delay the loss of a node, with :mod:`knockon.propagation.timeline`, for many stocks at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from knockon.network.hits import NODE, SLOT, Hits
from knockon.network.name_arrays import NumberedNames
from knockon.network.network import NONE, Bools, Floats, Network
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
    variants: list[tuple[int, float] | None] = [None, *stocks]
    width = lanes_in_memory(network)
    columns = []
    for start in range(0, len(variants), width):
        batch = variants[start : start + width]
        buffer = np.tile(network.buffer, (len(batch), 1))
        for copy, stock in enumerate(batch):
            if stock is not None:
                buffer[copy, stock[0]] = stock[1]
        copies, copied_hits = _copies(network, hits, shock, len(batch))
        result = timeline(copies, copied_hits, horizon=horizon, threshold=threshold, buffer=buffer.reshape(-1), paths=False)
        columns.append((result.time_to_impact[0, target :: network.size], result.timed[0, target :: network.size]))
    return BufferTimes(*(np.concatenate(parts) for parts in zip(*columns, strict=True)))


def _copies(network: Network, hits: Hits, shock: int, count: int) -> tuple[Network, Hits]:
    """Return a network of unconnected copies of one network, each with the same shock, at the point values."""
    copy = np.arange(count)[:, None]

    def renumbered(rows: object, by: int) -> np.ndarray:
        tiled = np.asarray(rows, np.int64)[None, :]
        return np.where(tiled == NONE, NONE, tiled + copy * by).reshape(-1)

    ends = renumbered(network.supply_start[1:], network.supplies)
    copies = Network(
        nodes=NumberedNames(network.size * count),
        slot_owner=renumbered(network.slot_owner, network.size),
        slot_need=renumbered(network.slot_need, network.size),
        weights=np.tile(network.weights[1], (3, count)),
        mode=np.tile(network.mode, count),
        at_least=np.tile(network.at_least, count),
        supply_start=np.concatenate([[0], ends]).astype(np.int64),
        supply_provider=renumbered(network.supply_provider, network.size),
        supply_share=np.tile(network.supply_share, count),
        delay=np.tile(network.delay, count),
    )
    chosen = hits.of_shock(shock)
    kind, index = hits.kind[chosen], hits.index[chosen]
    size = np.select([kind == NODE, kind == SLOT], [network.size, network.slots], network.supplies)
    rows = (index[None, :] + copy * size[None, :]).reshape(-1)
    severity = np.tile(hits.severity[1, chosen], (3, count))
    return copies, Hits(1, np.zeros(rows.size, np.int64), np.tile(kind, count), rows, severity)


__all__ = ["BufferTimes", "buffer_times"]
