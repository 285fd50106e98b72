"""A part of a network in DuckDB as a network in memory: some nodes with all that their losses depend on.

It is what the linear equations of a slowly converging loop are solved on, and what bindings are read off: the code for both is
that of the models in memory.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from knockon.network.arrays import NONE, Floats, Ints
from knockon.network.hits import InitialLosses
from knockon.network.name_arrays import NumberedNames
from knockon.network.network import Network
from knockon.propagation.combinations import Rules
from knockon.propagation.engines.duckdb_session import Session
from knockon.propagation.leontief_round import LaneEquations


class Part(NamedTuple):
    """A part of a network: its arrays, and the numbers that its rows have in the whole.

    ``inside`` says of each node whether all its slots are in the part; the others are there as providers alone.
    """

    network: Network
    nodes: Ints
    slots: Ints
    supplies: Ints
    inside: np.typing.NDArray[np.bool_]
    hit: InitialLosses

    def equations(self, bound: int, state: Floats, *, split: bool) -> LaneEquations:
        """Return the equations of one bound, in which nodes outside keep their losses.

        Parameters
        ----------
        bound
            0 low, 1 point, 2 high.
        state
            The losses of the nodes of the part.
        split
            Whether any slot of the whole network has several readings.
        """
        hit = InitialLosses(np.where(self.inside, self.hit.node, state)[:, None], *(part[:, None] for part in self.hit[1:]))
        reading = np.array([[float(bound)]]) if split else None
        return LaneEquations(Rules(self.network), self.network.weights[bound][:, None], hit, reading)


def part_of(session: Session, bound: int, entities: int) -> Part:
    """Return the part of the nodes in the table ``chosen``, and of those that depend on them directly.

    Parameters
    ----------
    session
        A session with a graph, ``edge``, ``hit_node``, ``hit_slot``, ``hit_supply`` and ``chosen`` (node).
    bound
        The bound whose hits are read: 0 low, 1 point, 2 high.
    entities
        The number of visible nodes of the whole network.
    """
    session.run("""
        CREATE OR REPLACE TEMP TABLE inside AS
        SELECT node FROM chosen UNION SELECT owner FROM edge SEMI JOIN chosen ON chosen.node = source
    """)
    slot = session.arrays(f"""
        SELECT slot, owner, need, mode, at_least, weight_0, weight_1, weight_2, hit_with, coalesce(hit_{bound}, 0.0) AS hit
        FROM slot SEMI JOIN inside ON inside.node = owner LEFT JOIN hit_slot USING (slot) ORDER BY slot
    """)
    supply = session.arrays(f"""
        SELECT supply, supply.slot AS slot, provider, share, unstated, coalesce(hit_{bound}, 0.0) AS hit
        FROM supply SEMI JOIN (SELECT slot FROM slot SEMI JOIN inside ON inside.node = owner) s ON s.slot = supply.slot
        LEFT JOIN hit_supply USING (supply) ORDER BY supply
    """)
    inside = session.arrays("SELECT node FROM inside")["node"]
    nodes = np.unique(np.concatenate([inside, slot["need"][slot["need"] != NONE], supply["provider"]])).astype(np.int64)
    session.load("part_node", {"node": nodes.astype(np.int32)})
    entity = session.arrays("SELECT DISTINCT entity FROM node SEMI JOIN part_node USING (node)")["entity"]
    nodes = np.union1d(nodes, entity).astype(np.int64)
    session.load("part_node", {"node": nodes.astype(np.int32)})
    about = session.arrays(f"""
        SELECT node.node AS node, entity, part, coalesce(hit_{bound}, 0.0) AS hit
        FROM node SEMI JOIN part_node ON part_node.node = node.node LEFT JOIN hit_node ON hit_node.node = node.node
        ORDER BY node.node
    """)
    hidden = nodes >= entities

    def place(rows: Ints) -> Ints:
        return np.searchsorted(nodes, rows).astype(np.int64)

    slots = slot["slot"].astype(np.int64)
    network = Network(
        nodes=NumberedNames(int((~hidden).sum())),
        slot_owner=place(slot["owner"]),
        slot_need=np.where(slot["need"] == NONE, NONE, place(slot["need"])),
        weights=np.stack([slot[f"weight_{end}"] for end in range(3)]),
        mode=slot["mode"],
        at_least=slot["at_least"].astype(np.int64),
        supply_start=np.searchsorted(supply["slot"], np.append(slots, np.iinfo(np.int32).max)).astype(np.int64),
        supply_provider=place(supply["provider"]),
        supply_share=supply["share"],
        unstated=supply["unstated"].astype(bool),
        hidden_entity=place(about["entity"][hidden]),
        hidden_slot=about["part"][hidden].astype(np.int64),
    )
    hit = InitialLosses(about["hit"], slot["hit"], supply["hit"])
    return Part(network, nodes, slots, supply["supply"].astype(np.int64), np.isin(nodes, inside), hit)


def losses_in(session: Session, part: Part, table: str, column: str) -> Floats:
    """Return the losses that a table of the session has for the nodes of a part; 0 where it has none."""
    session.load("part_node", {"node": part.nodes.astype(np.int32)})
    found = session.arrays(f"SELECT node, {column} AS loss FROM {table} SEMI JOIN part_node USING (node)")
    losses = np.zeros(len(part.nodes))
    losses[np.searchsorted(part.nodes, found["node"])] = found["loss"]
    return losses


__all__ = ["Part", "losses_in", "part_of"]
