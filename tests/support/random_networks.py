"""Networks of random records and random flows, with shocks: what the engines are compared on."""

from __future__ import annotations

from typing import Any

import numpy as np

from knockon import Graph
from knockon.network.hits import Hits
from knockon.network.network import Network
from knockon.network.resolve import to_hits
from knockon.store.oxigraph import MemoryStore
from support.random_records import random_graph


def network_of_records(seed: int) -> tuple[Network, Hits]:
    """A graph with every combination, loops, provisions, portions and records that disagree, and its shock."""
    graph = random_graph(seed)
    options: dict[str, Any] = {"stances": graph.stances} if graph.stances else {}
    options |= {"without": graph.without} if graph.without else {}
    store = MemoryStore(*graph.load(), checked=True)
    context = Graph(store)._context(as_of=graph.day or "all", financing=graph.financing, **options)
    outcome = context.run(context.shocks)
    return outcome.network, to_hits(outcome.network, outcome.resolved)[0]


def network_of_flows(seed: int, firms: int = 40) -> Network:
    """Flows with every kind of input; with final demand, and with other costs, for some seeds."""
    rng = np.random.default_rng(seed)
    supplier, customer = rng.integers(0, firms, (2, 5 * firms))
    real = supplier != customer
    value = rng.random(int(real.sum())) * 100
    sector = rng.integers(0, 1 + seed % 6, firms)
    sectors = int(sector.max()) + 1
    costs = np.bincount(customer[real], value, firms) * rng.choice([1.0, 1.5], firms) if seed % 3 == 0 else None
    return Network.from_flows(
        supplier[real], customer[real], value, sector, rng.integers(0, 3, (sectors, sectors)),
        rng.random(firms) * 50 if seed % 2 else None, costs=costs,
    )  # fmt: skip
