"""The breadth-first search of ``reach`` in DuckDB: each step joins the nodes that were just reached with the edges out of them.

The steps and their order are those of :mod:`knockon.propagation.reach`: of several edges that reach a node in one step the
lowest counts, and an edge between nodes of one entity is no step. Keys are carried, never paths.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from knockon.network.arrays import NONE, Ints
from knockon.network.hits import NODE, SLOT, SUPPLY, Hits
from knockon.network.tables import NetworkTables
from knockon.propagation.engines.duckdb_graph import nodes_alone
from knockon.propagation.engines.duckdb_session import Session
from knockon.propagation.hidden_nodes import by_entity
from knockon.propagation.result import Result, Stop


class SearchOptions(NamedTuple):
    """What a search does: its direction, whether nodes are hidden, and whether the edges to nodes are kept."""

    upstream: bool
    hidden: bool
    traced: bool
    slots: int


def search(session: Session, hits: Hits, shock: int, options: SearchOptions) -> int:
    """Run the search of one shock, and leave it in the table ``reached``: ``node``, ``step``, ``edge``.

    ``edge`` is that of the lowest number which reached the node: null where it was hit itself, and below 0, counted from -1,
    where a slot or supply of it was hit that has no edge behind it.

    Parameters
    ----------
    session
        A session with the table ``edge``; where slots or supplies are hit, also ``slot`` and ``supply``.
    hits, shock
        Which shock of them.
    options
        The direction, and what is kept.

    Returns
    -------
    int
        The greatest step.
    """
    rows = hits.of_shock(shock)
    rows = rows[hits.severity[1, rows] > 0]
    of_kind = {kind: np.unique(hits.index[rows[hits.kind[rows] == kind]]) for kind in (NODE, SLOT, SUPPLY)}
    run = _Search(session, options)
    run.start(of_kind[NODE])
    run.settle_inner()
    deepest, found = 0, run.next(0, 1)
    found += run.reach_hit_rows(of_kind[SLOT], of_kind[SUPPLY])
    while found:
        deepest += 1
        run.settle_inner()
        found = run.next(deepest, deepest + 1)
    return deepest


class _Search:
    """The statements of one search."""

    def __init__(self, session: Session, options: SearchOptions) -> None:
        self.session, self.options = session, options
        self.near, self.far = ("owner", "source") if options.upstream else ("source", "owner")
        self.turn = 0

    def start(self, nodes: Ints) -> None:
        """Begin with the nodes that are hit, and with those that are the same entities without their provisions."""
        session = self.session
        session.run("CREATE OR REPLACE TEMP TABLE reached (node INTEGER, step INTEGER, edge BIGINT, turn INTEGER)")
        session.load("first", {"node": nodes.astype(np.int32)})
        session.run("INSERT INTO reached SELECT node, 0, NULL, 0 FROM first")
        if self.options.hidden:
            session.run("""
                INSERT INTO reached SELECT node.node, 0, NULL, 0 FROM node JOIN first ON first.node = entity
                WHERE node.node <> entity AND part = -1
            """)

    def next(self, step: int, to: int, *, inner: bool = False) -> int:
        """Follow the edges from the nodes of the last turns once, and return the number of nodes reached.

        Nodes are those reached at ``step``; of inner edges, those of the last turn.
        """
        chosen = f"step = {step}" if not inner else f"turn = {self.turn}"
        self.turn += 1
        edge = "min(edge)" if self.options.traced else "NULL"
        of_kind = ("AND inner_edge" if inner else "AND NOT inner_edge") if self.options.hidden else ""
        before = self._count()
        self.session.run(f"""
            INSERT INTO reached
            SELECT {self.far}, {to}, {edge}, {self.turn}
            FROM edge SEMI JOIN (SELECT node FROM reached WHERE {chosen}) f ON f.node = {self.near}
            WHERE true {of_kind} AND NOT EXISTS (SELECT 1 FROM reached r WHERE r.node = {self.far})
            GROUP BY {self.far}
        """)
        return self._count() - before

    def settle_inner(self) -> None:
        """Reach the nodes that are no further step away, by edges between nodes of one entity."""
        if not self.options.hidden:
            return
        step = self.session.number("SELECT coalesce(max(step), 0) FROM reached")
        # All nodes of this step begin together.
        self.session.run(f"UPDATE reached SET turn = {self.turn} WHERE step = {step}")
        while self.next(step, step, inner=True):
            pass

    def reach_hit_rows(self, slots: Ints, supplies: Ints) -> int:
        """Reach the nodes one step from slots and supplies that are hit, and return how many are new."""
        if not (len(slots) or len(supplies)):
            return 0
        session = self.session
        session.load("hit_slot", {"slot": slots.astype(np.int32)})
        session.load("hit_supply", {"supply": supplies.astype(np.int32)})
        # A hit on one of the records that dispute a need hits all.
        session.run("""
            CREATE OR REPLACE TEMP TABLE hit_row AS
            SELECT slot, owner, NULL::INTEGER AS supply FROM slot
            WHERE hit_with IN (SELECT hit_with FROM slot SEMI JOIN hit_slot USING (slot))
            UNION ALL
            SELECT slot, owner, supply FROM supply SEMI JOIN hit_supply USING (supply) JOIN slot USING (slot)
        """)
        if self.options.upstream:
            slots_number = self.options.slots
            query = f"""
                SELECT source AS node, -1 - min(edge.edge) AS edge FROM edge JOIN hit_row h ON h.slot = edge.slot
                AND (h.supply IS NULL OR edge.edge = {slots_number} + h.supply) GROUP BY source
            """
        else:
            # In the order of slots, then of supplies; below 0, since no edge leads there.
            query = f"""
                SELECT owner AS node, -1 - min(coalesce({self.options.slots}::BIGINT + supply, slot::BIGINT)) AS edge
                FROM hit_row GROUP BY owner
            """
        before = self._count()
        session.run(f"""
            INSERT INTO reached SELECT node, 1, edge, {self.turn} FROM ({query}) h
            WHERE NOT EXISTS (SELECT 1 FROM reached r WHERE r.node = h.node)
        """)
        return self._count() - before

    def _count(self) -> int:
        return int(self.session.number("SELECT count(*) FROM reached"))


def run(session: Session, tables: NetworkTables, hits: Hits, *, upstream: bool, keep: bool) -> Result:
    """Run the search of each shock, and return the result as :func:`knockon.propagation.reach.reach` does.

    Parameters
    ----------
    session
        A session with the tables of :mod:`knockon.propagation.engines.duckdb_graph`.
    tables
        The network.
    hits
        The shocks.
    upstream
        Follow needs and providers instead of dependants.
    keep
        Keep the steps of each node, and on a graph slot, supply and source.
    """
    is_graph = tables.kind == "graph"
    options = SearchOptions(upstream, tables.nodes > tables.entities, keep and is_graph, tables.slots)
    found = _Found(tables, hits.count) if keep else None
    deepest = np.zeros(hits.count, np.int64)
    for shock in range(hits.count):
        deepest[shock] = search(session, hits, shock, options)
        if found is not None:
            found.read(session, hits, shock, upstream=upstream)
    by_node: dict[str, Any] = dict.fromkeys(("loss", "low", "high", "step", "slot", "supply", "source", "shortage"))
    exact: Stop = "tolerance"
    return Result(
        model="reach",
        **(by_node if found is None else found.fields(session, upstream=upstream)),
        iterations=deepest,
        residual=np.zeros(hits.count),
        stopped_by=(exact,) * hits.count,
        parameters={"upstream": upstream, "engine": "duckdb"},
    )


class _Found:
    """The steps and bindings of all shocks, (k, nodes) each, and the slots that are short."""

    def __init__(self, tables: NetworkTables, shocks: int) -> None:
        self.tables, self.shocks = tables, shocks
        shape = (shocks, tables.nodes)
        self.step = np.full(shape, NONE, np.int64)
        self.bindings = [np.full(shape, NONE, np.int64) for _ in range(3)] if tables.kind == "graph" else []
        self.short = np.zeros((shocks, tables.slots))

    def read(self, session: Session, hits: Hits, shock: int, *, upstream: bool) -> None:
        """Read what the search of one shock reached."""
        reached = session.arrays("SELECT node, step FROM reached")
        self.step[shock, reached["node"]] = reached["step"]
        if not self.bindings:
            return
        far = "owner" if upstream else "source"
        # An edge is that of a need, numbered as its slot, or of a supply, numbered behind all slots.
        slots = self.tables.slots
        rows = session.arrays(f"""
            SELECT r.node AS node, coalesce(supply.slot, key)::INTEGER AS slot, coalesce(supply, {NONE}) AS supply,
                   coalesce(e.far, {NONE}) AS source
            FROM (SELECT node, edge, CASE WHEN edge < 0 THEN -1 - edge ELSE edge END AS key FROM reached
                  WHERE edge IS NOT NULL) r
            LEFT JOIN supply ON supply.supply = key - {slots}
            LEFT JOIN (SELECT edge, {far} AS far FROM edge) e ON e.edge = r.edge
        """)
        for array, name in zip(self.bindings, ("slot", "supply", "source"), strict=True):
            array[shock, rows["node"]] = rows[name]
        short = "SELECT slot FROM edge SEMI JOIN reached r ON r.node = source"
        if upstream:
            short += " UNION SELECT slot FROM edge SEMI JOIN reached r ON r.node = owner"
        self.short[shock, session.arrays(f"SELECT DISTINCT slot FROM ({short})")["slot"]] = 1.0
        self._mark_hit_slots(session, hits, shock)

    def _mark_hit_slots(self, session: Session, hits: Hits, shock: int) -> None:
        rows = hits.of_shock(shock)
        rows = rows[hits.severity[1, rows] > 0]
        kind, index = hits.kind[rows], hits.index[rows]
        self.short[shock, index[kind == SLOT]] = 1.0
        if (kind == SUPPLY).any():
            session.load("hit_supply", {"supply": np.unique(index[kind == SUPPLY]).astype(np.int32)})
            slots = session.arrays("SELECT slot FROM supply SEMI JOIN hit_supply USING (supply)")["slot"]
            self.short[shock, slots] = 1.0

    def fields(self, session: Session, *, upstream: bool) -> dict[str, Any]:
        """Return the fields of a result by node."""
        reached = (self.step >= 0).astype(np.float64)
        losses = (reached, reached, reached)
        if not self.bindings:
            none = dict.fromkeys(("slot", "supply", "source", "shortage"))
            return {"loss": reached, "low": reached, "high": reached, "step": self.step, **none}
        slot, supply, source = self.bindings
        network = nodes_alone(session, self.tables)
        return {**by_entity(network, losses, (self.step, slot, supply, source), upstream=upstream), "shortage": self.short}


__all__ = ["SearchOptions", "run", "search"]
