"""How long a stock holds off the loss of a node: the times of :mod:`knockon.propagation.timeline`, for many stocks at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from knockon.network.hits import NODE, Hits
from knockon.network.name_arrays import Numbered
from knockon.network.network import NONE, Bools, Floats, Network
from knockon.propagation.timeline import timeline

#: So many numbers (copies times the largest of nodes, slots and supplies) are held at once.
_CELLS = 1_000_000


class Times(NamedTuple):
    """Days until a loss arrives, and whether a stock or a delay is recorded on its way (else days count links)."""

    days: Floats
    timed: Bools


def times(
    network: Network,
    hits: Hits,
    shock: int,
    target: int,
    stocks: Sequence[tuple[int, float]],
    *,
    horizon: int,
    threshold: float,
) -> Times:
    """Days until a shock costs the target the threshold: as the network is, then with each stock (slot, days) alone.

    Told of the point, in steps of a day up to ``horizon``; inf where it does
    not happen by then. All are one run on as many copies of the network, of
    which none knows of another.

    >>> from knockon.network import Network
    >>> chain = Network.from_flows([0, 1], [1, 2], [1.0, 1.0])
    >>> times(chain, Hits.of(chain, [0]), 0, 2, [(0, 5.0), (1, 7.0)], horizon=30, threshold=0.5).days.tolist()
    [2.0, 7.0, 9.0]
    """
    variants: list[tuple[int, float] | None] = [None, *stocks]
    width = max(1, _CELLS // max(1, network.size, network.slots, network.supplies))
    found = []
    for start in range(0, len(variants), width):
        part = variants[start : start + width]
        buffer = np.tile(network.buffer, (len(part), 1))
        for copy, stock in enumerate(part):
            if stock is not None:
                buffer[copy, stock[0]] = stock[1]
        many, struck = _copies(network, hits, shock, len(part))
        course = timeline(many, struck, horizon=horizon, threshold=threshold, buffer=buffer.reshape(-1), paths=False)
        found.append((course.time_to_impact[0, target :: network.size], course.timed[0, target :: network.size]))
    return Times(*(np.concatenate(column) for column in zip(*found, strict=True)))


def _copies(network: Network, hits: Hits, shock: int, count: int) -> tuple[Network, Hits]:
    """A network that is one network several times, each with the same shock; the point alone."""
    copy = np.arange(count)[:, None]

    def moved(rows: object, by: int) -> np.ndarray:
        tiled = np.asarray(rows, np.int64)[None, :]
        return np.where(tiled == NONE, NONE, tiled + copy * by).reshape(-1)

    ends = moved(network.supply_start[1:], network.supplies)
    many = Network(
        nodes=Numbered(network.size * count),
        slot_owner=moved(network.slot_owner, network.size),
        slot_need=moved(network.slot_need, network.size),
        weights=np.tile(network.weights[1], (3, count)),
        mode=np.tile(network.mode, count),
        at_least=np.tile(network.at_least, count),
        supply_start=np.concatenate([[0], ends]).astype(np.int64),
        supply_provider=moved(network.supply_provider, network.size),
        supply_share=np.tile(network.supply_share, count),
        delay=np.tile(network.delay, count),
    )
    mine = hits.of_shock(shock)
    kind, index = hits.kind[mine], hits.index[mine]
    size = np.select([kind == NODE, kind == 1], [network.size, network.slots], network.supplies)
    rows = (index[None, :] + copy * size[None, :]).reshape(-1)
    severity = np.tile(hits.severity[1, mine], (3, count))
    return many, Hits(1, np.zeros(rows.size, np.int64), np.tile(kind, count), rows, severity)
