"""Read a part of a network out of DuckDB as a network in memory: some nodes with all that their losses depend on."""

from __future__ import annotations

import numpy as np

from knockon.network.arrays import NONE, Floats
from knockon.propagation.engines.duckdb_session import Session
from knockon.propagation.engines.network_part import Part, assemble_part


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
    return assemble_part(slot, supply, about, inside, entities)


def losses_in(session: Session, part: Part, table: str, column: str) -> Floats:
    """Return the losses that a table of the session has for the nodes of a part; 0 where it has none."""
    session.load("part_node", {"node": part.nodes.astype(np.int32)})
    found = session.arrays(f"SELECT node, {column} AS loss FROM {table} SEMI JOIN part_node USING (node)")
    return part.losses(found)


__all__ = ["losses_in", "part_of"]
