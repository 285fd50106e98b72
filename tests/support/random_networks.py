"""Networks of random records and random flows, with shocks: what the engines are compared on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from knockon import Graph
from knockon.network.arrays import NONE
from knockon.network.hits import Hits
from knockon.network.name_arrays import NumberedNames
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
    return Network.from_flows(**_flow_columns(seed, firms))


def _flow_columns(seed: int, firms: int) -> dict[str, Any]:
    """The arrays that :meth:`Network.from_flows` takes."""
    rng = np.random.default_rng(seed)
    supplier, customer = rng.integers(0, firms, (2, 5 * firms))
    real = supplier != customer
    value = rng.random(int(real.sum())) * 100
    sector = rng.integers(0, 1 + seed % 6, firms)
    sectors = int(sector.max()) + 1
    costs = np.bincount(customer[real], value, firms) * rng.choice([1.0, 1.5], firms) if seed % 3 == 0 else None
    return {
        "supplier": supplier[real], "customer": customer[real], "value": value, "sector": sector,
        "essentiality": rng.integers(0, 3, (sectors, sectors)), "final_demand": rng.random(firms) * 50 if seed % 2 else None,
        "costs": costs,
    }  # fmt: skip


def graphs_side_by_side(seeds: Sequence[int]) -> tuple[Network, Hits]:
    """The networks of records of several seeds as one whose parts share nothing, with the shock of each."""
    cases = [network_of_records(seed) for seed in seeds]
    parts = [network for network, _ in cases]
    slots, supplies = (np.cumsum([0, *(getattr(part, name) for part in parts)]) for name in ("slots", "supplies"))
    nodes = _node_numbers(parts)
    owner = np.concatenate([node[part.slot_owner] for node, part in zip(nodes, parts, strict=True)])
    # Slots are in the order of their owners, and supplies in that of their slots.
    order = np.argsort(owner, kind="stable")
    slot_row = np.argsort(order)
    supply_slot = slot_row[np.concatenate([part.supply_slot + first for part, first in zip(parts, slots, strict=False)])]
    supply_order = np.argsort(supply_slot, kind="stable")
    supply_row = np.argsort(supply_order)

    def joined(name: str) -> Any:
        return np.concatenate([getattr(part, name) for part in parts], axis=-1)

    def slot_numbers(name: str) -> Any:
        return np.concatenate(
            [
                np.where(rows == NONE, NONE, slot_row[np.where(rows == NONE, 0, rows) + first])
                for rows, first in ((_slots(part, name), first) for part, first in zip(parts, slots, strict=False))
            ]
        )

    def node_numbers(name: str) -> Any:
        rows = ((getattr(part, name), node) for part, node in zip(parts, nodes, strict=True))
        return np.concatenate([np.where(row == NONE, NONE, node[row]) for row, node in rows])

    network = Network(
        nodes=NumberedNames(sum(part.entities for part in parts)), slot_owner=owner[order],
        slot_need=node_numbers("slot_need")[order], weights=joined("weights")[:, order], mode=joined("mode")[order],
        at_least=joined("at_least")[order], supply_start=np.searchsorted(supply_slot[supply_order], np.arange(len(owner) + 1)),
        supply_provider=node_numbers("supply_provider")[supply_order], supply_share=joined("supply_share")[supply_order],
        unstated=joined("unstated")[supply_order], hidden_entity=node_numbers("hidden_entity"),
        hidden_slot=slot_numbers("hidden_slot"), hit_with=slot_numbers("hit_with")[order],
    )  # fmt: skip
    hits, index = [hits for _, hits in cases], []
    for number, one in enumerate(hits):
        rows = (nodes[number], slot_row[slots[number] : slots[number + 1]], supply_row[supplies[number] : supplies[number + 1]])
        index.append([int(rows[kind][row]) for kind, row in zip(one.kind.tolist(), one.index.tolist(), strict=True)])
    shock = np.repeat(np.arange(len(hits)), [len(one.kind) for one in hits])
    kind, severity = np.concatenate([one.kind for one in hits]), np.concatenate([one.severity for one in hits], axis=1)
    return network, Hits(len(hits), shock, kind, np.concatenate(index).astype(np.int64), severity)


def _node_numbers(parts: Sequence[Network]) -> list[Any]:
    """The numbers that the nodes of each part have in all of them: visible nodes come before hidden ones."""
    entities = np.cumsum([0, *(part.entities for part in parts)])
    hidden = entities[-1] + np.cumsum([0, *(part.size - part.entities for part in parts)])
    return [
        np.concatenate([first + np.arange(part.entities), later + np.arange(part.size - part.entities)])
        for part, first, later in zip(parts, entities, hidden, strict=False)
    ]


def _slots(part: Network, name: str) -> Any:
    """An array of slot numbers of a part; slots that are hit alone are hit with themselves."""
    rows = getattr(part, name)
    return np.arange(part.slots) if name == "hit_with" and not len(rows) else rows


def flows_side_by_side(seeds: Sequence[int], firms: int = 40) -> Network:
    """The networks of money flows of several seeds as one whose parts share neither firms nor sectors."""
    parts = [_flow_columns(seed, firms) for seed in seeds]
    sectors = np.cumsum([0, *(len(part["essentiality"]) for part in parts)])
    essentiality = np.ones((sectors[-1], sectors[-1]), np.int64)
    for number, part in enumerate(parts):
        first = sectors[number]
        rows = slice(first, sectors[number + 1])
        essentiality[rows, rows] = part["essentiality"]
        part["sector"] += first
        if part["costs"] is None:
            part["costs"] = np.bincount(part["customer"], part["value"], firms)
        if part["final_demand"] is None:
            part["final_demand"] = np.zeros(firms)
        part["supplier"] += number * firms
        part["customer"] += number * firms
    names = ("supplier", "customer", "value", "sector", "final_demand", "costs")
    columns: dict[str, Any] = {name: np.concatenate([part[name] for part in parts]) for name in names}
    return Network.from_flows(**columns, essentiality=essentiality)
