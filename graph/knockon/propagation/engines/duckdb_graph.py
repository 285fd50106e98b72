"""Load a network of a graph, or the links of money flows, into DuckDB, with the tables that the models on links read.

``edge``
    ``source``, ``owner``, ``slot``, ``edge``, ``inner``: from the need and the providers of each slot to its owner, by source.
    ``edge`` numbers needs by their slot and supplies behind all slots; ``inner`` edges lead to a node of the same entity.
``node``
    ``node``, ``entity``, ``part``, of a graph.
``slot``, ``supply``
    The columns of the files, of a graph; ``rest`` of a slot is what is left to the supplies that state no share.
"""

from __future__ import annotations

import numpy as np

from knockon.network.arrays import NONE, Mode
from knockon.network.name_arrays import NumberedNames
from knockon.network.network import Network
from knockon.network.tables import NetworkTables
from knockon.propagation.engines.duckdb_flows import reader
from knockon.propagation.engines.duckdb_session import Session


def load_graph(session: Session, tables: NetworkTables) -> None:
    """Load the tables of a graph: ``node``, ``slot`` and ``supply``."""
    session.stream(
        """CREATE TEMP TABLE node AS SELECT node::INTEGER AS node, id, entity::INTEGER AS entity, part::INTEGER AS part
           FROM given""",
        reader(tables.path("nodes"), ["node", "id", "entity", "part"]),
    )
    session.stream(
        """CREATE TEMP TABLE slot AS SELECT slot::INTEGER AS slot, owner::INTEGER AS owner, need::INTEGER AS need,
           mode::TINYINT AS mode, at_least::INTEGER AS at_least, weight_low::DOUBLE AS weight_0, weight::DOUBLE AS weight_1,
           weight_high::DOUBLE AS weight_2, hit_with::INTEGER AS hit_with FROM given ORDER BY slot""",
        reader(
            tables.path("slots"),
            ["slot", "owner", "need", "mode", "at_least", "weight_low", "weight", "weight_high", "hit_with"],
        ),
    )
    session.stream(
        """CREATE TEMP TABLE supply AS SELECT supply::INTEGER AS supply, slot::INTEGER AS slot, provider::INTEGER AS provider,
           share::DOUBLE AS share, unstated FROM given ORDER BY supply""",
        reader(tables.path("supplies"), ["supply", "slot", "provider", "share", "unstated"]),
    )


def make_edges(session: Session, tables: NetworkTables) -> None:
    """Make the table ``edge`` of a graph, whose tables are loaded."""
    inner = "false"
    joins = ""
    if tables.nodes > tables.entities:
        inner = f"source >= {tables.entities} AND s.entity = o.entity"
        joins = "JOIN node s ON s.node = source JOIN node o ON o.node = owner"
    session.run(f"""
        CREATE TEMP TABLE edge AS
        SELECT source, owner, slot, edge, {inner} AS inner_edge FROM (
            SELECT need AS source, owner, slot, slot::BIGINT AS edge FROM slot WHERE need <> {NONE}
            UNION ALL
            SELECT provider, owner, slot, {tables.rows["slots"]}::BIGINT + supply FROM supply JOIN slot USING (slot)
        ) {joins} ORDER BY source
    """)


def make_links(session: Session) -> None:
    """Make the table ``edge`` of money flows, whose tables are loaded: from supplier to customer, without slots."""
    session.run("CREATE TEMP TABLE edge AS SELECT supplier AS source, customer AS owner FROM flow ORDER BY source")


def make_remainders(session: Session) -> bool:
    """Add the column ``rest`` to ``slot`` and ``supply``, and return whether a slot has several readings.

    It is the part of a need that belongs to the supplies that state no share, null where there are none.
    """
    # Equal parts of a whole need not add up to it: 49 times 1/49 is less than 1.
    session.run("""
        CREATE TEMP TABLE shared AS
        SELECT slot, CASE WHEN abs(stated + unknown - 1.0) < 1e-12 THEN 1.0 - stated ELSE unknown END AS rest FROM (
            SELECT slot, sum(CASE WHEN unstated THEN 0.0 ELSE share END) AS stated,
                   sum(CASE WHEN unstated THEN share ELSE 0.0 END) AS unknown
            FROM supply SEMI JOIN (SELECT DISTINCT slot FROM supply WHERE unstated) USING (slot) GROUP BY slot
        )
    """)
    session.run("CREATE TEMP TABLE whole AS SELECT slot.*, rest FROM slot LEFT JOIN shared USING (slot) ORDER BY slot")
    session.run("DROP TABLE slot")
    session.run("DROP TABLE shared")
    session.run("ALTER TABLE whole RENAME TO slot")
    # Each supply has what its slot says of the combination, so that no round has to join the two.
    session.run("""
        CREATE TEMP TABLE combined AS
        SELECT supply.*, mode, at_least, rest FROM supply JOIN slot USING (slot) ORDER BY supply
    """)
    session.run("DROP TABLE supply")
    session.run("ALTER TABLE combined RENAME TO supply")
    split = f"SELECT count(*) FROM slot WHERE rest IS NOT NULL OR mode = {int(Mode.DISPUTED)}"
    return bool(session.number(split))


def nodes_alone(session: Session, tables: NetworkTables) -> Network:
    """Return a network of the nodes of a graph without its slots: which are hidden, and what entities they stand for."""
    none = np.zeros(0, np.int64)
    hidden = session.arrays(f"SELECT entity, part FROM node WHERE node >= {tables.entities} ORDER BY node")
    return Network(
        nodes=NumberedNames(tables.entities), slot_owner=none, slot_need=none, weights=np.zeros((3, 0)), mode=none,
        at_least=none, supply_start=np.zeros(1, np.int64), supply_provider=none, supply_share=np.zeros(0),
        hidden_entity=hidden["entity"].astype(np.int64), hidden_slot=hidden["part"].astype(np.int64),
    )  # fmt: skip


__all__ = ["load_graph", "make_edges", "make_links", "make_remainders", "nodes_alone"]
