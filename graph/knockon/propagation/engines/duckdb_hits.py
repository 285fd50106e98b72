"""The tables of what a shock hits, in DuckDB."""

from __future__ import annotations

from typing import Any

import numpy as np

from knockon.network.arrays import NONE
from knockon.network.hits import NODE, SLOT, SUPPLY, Hits
from knockon.propagation.engines.duckdb_session import Session


def load_hits(session: Session, hits: Hits, shock: int) -> None:
    """Make the tables of what a shock hits: ``hit_node``, ``hit_slot`` and ``hit_supply``, with a column for each bound.

    What stands for the same thing is hit as well: an entity without its provisions, and the records that dispute a need.
    """
    rows = hits.of_shock(shock)
    for kind, name in ((NODE, "node"), (SLOT, "slot"), (SUPPLY, "supply")):
        chosen = rows[hits.kind[rows] == kind]
        index, place = np.unique(hits.index[chosen], return_inverse=True)
        columns: dict[str, Any] = {name: index.astype(np.int32)}
        for bound in range(3):
            # Several hits on one target: the greatest.
            severity = np.zeros(len(index))
            np.maximum.at(severity, place, hits.severity[bound, chosen])
            columns[f"hit_{bound}"] = severity
        session.load(f"hit_{name}", columns)
    session.run(f"""
        INSERT INTO hit_node SELECT node.node, hit_0, hit_1, hit_2 FROM node JOIN hit_node h ON h.node = entity
        WHERE node.node <> entity AND part = {NONE}
    """)
    session.run("""
        CREATE OR REPLACE TEMP TABLE hit_slot AS
        SELECT slot.slot AS slot, max(hit_0) AS hit_0, max(hit_1) AS hit_1, max(hit_2) AS hit_2
        FROM slot JOIN (SELECT hit_with, hit_0, hit_1, hit_2 FROM slot JOIN hit_slot USING (slot)) h
        ON h.hit_with = slot.hit_with GROUP BY slot.slot
    """)


__all__ = ["load_hits"]
