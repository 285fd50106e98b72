"""The breadth-first search of ``reach`` in Spark: each step joins the nodes that were just reached with the links out of them.

Steps and their order are those of :mod:`knockon.propagation.reach`: of several links that reach a node in one step the lowest
counts, and a link between nodes of one entity is no step. Keys are carried, never paths; all shocks advance side by side.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from knockon.network.arrays import NONE
from knockon.network.hits import NODE, SLOT, SUPPLY, Hits
from knockon.propagation.bounds import POINT
from knockon.propagation.engines.spark_checkpoint import Checkpoint
from knockon.propagation.engines.spark_frames import Frames, links_of_graph, nodes_alone
from knockon.propagation.engines.spark_hits import hit_rows
from knockon.propagation.engines.spark_output import Outputs, write_output
from knockon.propagation.engines.spark_rows import write_rows
from knockon.propagation.hidden_nodes import by_entity
from knockon.propagation.result import Result, Stop


def run(frames: Frames, hits: Hits, *, upstream: bool, keep: bool, outputs: Outputs) -> Result:
    """Run the search of all shocks, and return the result as :func:`knockon.propagation.reach.reach` does.

    Parameters
    ----------
    frames
        The tables of a network.
    hits
        The shocks.
    upstream
        Follow needs and providers instead of dependants.
    keep
        Keep the steps of each node, and on a graph slot, supply and source.
    outputs
        Where the nodes that are reached are written beside that.
    """
    search = _Search(frames, hits, upstream=upstream)
    reached = search.run()
    deepest = np.zeros(hits.count, np.int64)
    for group in reached.groups:
        deepest[group["shock"]] = group["deepest"]
    by_node: dict[str, Any] = dict.fromkeys(("loss", "low", "high", "step", "slot", "supply", "source", "shortage"))
    search.write(reached, outputs)
    stopped: Stop = "tolerance"
    return Result(
        model="reach",
        **(search.fields(reached) if keep else by_node),
        iterations=deepest,
        residual=np.zeros(hits.count),
        stopped_by=(stopped,) * hits.count,
        parameters={"upstream": upstream, "engine": "spark"},
    )


class _Search:
    """The search of all shocks: a table of shock, node, step, and how each node was reached.

    ``turn`` counts the joins: a node keeps the first that reached it, and of that the lowest link.
    """

    def __init__(self, frames: Frames, hits: Hits, *, upstream: bool) -> None:
        self.frames, self.hits, self.upstream = frames, hits, upstream
        self.is_graph = frames.tables.kind == "graph"
        self.near, self.far = ("owner", "source") if upstream else ("source", "owner")
        self.hidden = frames.tables.nodes > frames.tables.entities
        self.links = links_of_graph(frames) if self.is_graph else _links_of_flows(frames)

    def run(self) -> Checkpoint:
        """Search until nothing more is reached."""
        reached = self._settled(self._start(), 0, 0)
        step, turn = 0, int(reached.groups[0]["turns"]) if reached.groups else 0
        while True:
            turn += 1
            after = self._next(reached, f"step = {step}", step + 1, turn, with_hits=step == 0)
            self.frames.checkpoints.drop(reached)
            if after.rows == reached.rows:
                return after
            step += 1
            reached = self._settled(after, step, turn)
            turn = max(int(group["turns"]) for group in reached.groups)

    def _write(self, query: str, **frames: Any) -> Checkpoint:
        numbers = {"deepest": "max(step)", "turns": "max(turn)"}
        return self.frames.checkpoints.write(self.frames.sql(query, **frames), ("shock",), numbers)

    def _start(self) -> Checkpoint:
        """Write the nodes that are hit, and those that are the same entities without their provisions."""
        hit = hit_rows(self.frames, self.hits, NODE, (POINT,))
        columns = f"0 AS step, 0 AS turn, {NONE} AS edge, {NONE} AS slot, {NONE} AS supply, {NONE} AS source"
        same = ""
        frames: dict[str, Any] = {"hit": hit}
        if self.hidden:
            frames["node"] = self.frames.file("nodes", {"node": "BIGINT", "entity": "BIGINT", "part": "BIGINT"})
            same = f"""UNION SELECT lane, n.node FROM {{node}} n JOIN {{hit}} h ON h.row = n.entity
                       WHERE n.node <> n.entity AND n.part = {NONE}"""
        return self._write(
            f"SELECT lane DIV 3 AS shock, node, {_typed(columns)} FROM (SELECT lane, row AS node FROM {{hit}} {same})", **frames
        )

    def _settled(self, reached: Checkpoint, step: int, turn: int) -> Checkpoint:
        """Reach the nodes that are no further step away, by links between nodes of one entity."""
        if not self.hidden:
            return reached
        chosen = f"step = {step}"
        while True:
            turn += 1
            after = self._next(reached, chosen, step, turn, inner=True)
            self.frames.checkpoints.drop(reached)
            if after.rows == reached.rows:
                return after
            reached, chosen = after, f"turn = {turn}"

    def _next(
        self, reached: Checkpoint, chosen: str, step: int, turn: int, *, inner: bool = False, with_hits: bool = False
    ) -> Checkpoint:
        """Follow the links out of some of the nodes that were reached; those reached before stay as they are."""
        kind = f"AND {'' if inner else 'NOT '}inner" if self.hidden else ""
        edge = f"edge, slot, supply, {self.near} AS source" if self.is_graph else f"{NONE}, {NONE}, {NONE}, {NONE}"
        key = "turn, late, edge, slot, supply, source, step"
        hit_rows_query, frames = self._hit_rows(step, turn) if with_hits else ("", {})
        return self._write(
            f"""
            SELECT shock, node, best.step, best.turn, best.edge, best.slot, best.supply, best.source FROM (
                SELECT shock, node, min(struct({key})) AS best FROM (
                    SELECT shock, node, step, turn, 0 AS late, edge, slot, supply, source FROM {{reached}}
                    UNION ALL
                    SELECT shock, {self.far}, {step}, {turn}, 0, {edge}
                    FROM {{link}} e JOIN (SELECT shock, node FROM {{front}} WHERE {chosen}) f ON f.node = e.{self.near} {kind}
                    {hit_rows_query}
                ) GROUP BY shock, node
            )""",
            reached=reached.frame, front=reached, link=self.links.frame, **frames,
        )  # fmt: skip

    def _hit_rows(self, step: int, turn: int) -> tuple[str, dict[str, Any]]:
        """Return the query of the nodes next to slots and supplies that are hit: they come after those that a link reached."""
        if not self.is_graph:
            return "", {}
        slot = self.frames.file("slots", {"slot": "BIGINT", "owner": "BIGINT", "hit_with": "BIGINT"})
        frames: dict[str, Any] = {
            "slots": slot, "hit_slot": hit_rows(self.frames, self.hits, SLOT, (POINT,)),
            "hit_supply": hit_rows(self.frames, self.hits, SUPPLY, (POINT,)),
        }  # fmt: skip
        slots = "SELECT DISTINCT lane, s.slot, s.owner FROM {slots} s JOIN ({with}) w ON w.hit_with = s.hit_with".replace(
            "{with}", "SELECT lane, hit_with FROM {slots} o JOIN {hit_slot} h ON h.row = o.slot"
        )
        if self.upstream:
            links = f"""
                SELECT lane, e.edge, e.slot, e.supply, e.source AS node FROM {{link}} e JOIN ({slots}) s ON s.slot = e.slot
                UNION ALL SELECT lane, edge, slot, supply, source FROM {{link}} e JOIN {{hit_supply}} h ON h.row = e.supply
            """
        else:
            links = f"""
                SELECT lane, slot AS edge, slot, {NONE} AS supply, owner AS node FROM ({slots})
                UNION ALL SELECT lane, edge, slot, supply, owner FROM {{link}} e JOIN {{hit_supply}} h ON h.row = e.supply
            """
        return f"UNION ALL SELECT lane DIV 3, node, {step}, {turn}, 1, edge, slot, supply, {NONE} FROM ({links})", frames

    def fields(self, reached: Checkpoint) -> dict[str, Any]:
        """Return the fields of a result by node."""
        tables, shocks = self.frames.tables, self.hits.count
        rows = self.frames.arrays(reached.frame.drop("turn", "edge"))
        step, slot, supply, source = (np.full((shocks, tables.nodes), NONE, np.int64) for _ in range(4))
        for array, name in ((step, "step"), (slot, "slot"), (supply, "supply"), (source, "source")):
            array[rows["shock"], rows["node"]] = rows[name]
        loss = (step >= 0).astype(np.float64)
        if not self.is_graph:
            none = dict.fromkeys(("slot", "supply", "source", "shortage"))
            return {"loss": loss, "low": loss, "high": loss, "step": step, **none}
        fields = by_entity(nodes_alone(self.frames), (loss, loss, loss), (step, slot, supply, source), upstream=self.upstream)
        return {**fields, "shortage": self._short(reached)}

    def _short(self, reached: Checkpoint) -> Any:
        """Return 1 for each slot that the search passed through, or that is hit, (shocks, slots)."""
        short = np.zeros((self.hits.count, self.frames.tables.rows["slots"]))
        query = "SELECT DISTINCT r.shock, e.slot FROM {link} e JOIN {reached} r ON e.source = r.node"
        if self.upstream:
            query += " UNION SELECT r.shock, e.slot FROM {link} e JOIN {reached} r ON e.owner = r.node"
        rows = self.frames.arrays(self.frames.sql(query, link=self.links.frame, reached=reached))
        short[rows["shock"], rows["slot"]] = 1.0
        hits = self.hits
        chosen = hits.severity[POINT] > 0
        slots = chosen & (hits.kind == SLOT)
        short[hits.shock[slots], hits.index[slots]] = 1.0
        if (chosen & (hits.kind == SUPPLY)).any():
            hit = hit_rows(self.frames, hits, SUPPLY, (POINT,))
            query = "SELECT lane DIV 3 AS shock, e.slot FROM {link} e JOIN {hit} h ON h.row = e.supply"
            rows = self.frames.arrays(self.frames.sql(query, link=self.links.frame, hit=hit))
            short[rows["shock"], rows["slot"]] = 1.0
        return short

    def write(self, reached: Checkpoint, outputs: Outputs) -> None:
        """Write one table of the nodes that are reached (shock, node, id, step), and the rows of one shock."""
        if outputs == Outputs():
            return
        node = self.frames.ids()
        table = self.frames.sql(
            f"""SELECT shock, r.entity AS node, id, min(step) AS step
                FROM (SELECT shock, step, entity FROM {{reached}} r JOIN {{node}} n ON n.node = r.node
                      WHERE r.node < {self.frames.tables.entities} OR ({"part = -1" if self.upstream else "false"})) r
                JOIN {{node}} n ON n.node = r.entity GROUP BY shock, r.entity, id""",
            reached=reached.frame, node=node,
        )  # fmt: skip
        if outputs.folder is not None:
            write_output(self.frames.checkpoints, table.orderBy("shock", "node"), outputs.folder)
        if outputs.rows is not None:
            columns = ("node", "id", "1D AS low", "1D AS loss", "1D AS high", "step")
            write_rows(self.frames.checkpoints, table.selectExpr(*columns), outputs.rows)


def _typed(columns: str) -> str:
    """Return columns of whole numbers with the types that later steps have."""
    parts = [column.split(" AS ") for column in columns.split(", ")]
    return ", ".join(f"CAST({value} AS {'INT' if name in ('step', 'turn') else 'BIGINT'}) AS {name}" for value, name in parts)


def _links_of_flows(frames: Frames) -> Checkpoint:
    """Write the links of money flows: from supplier to customer; flows of 0 are none."""
    flow = frames.file("flows", {"supplier": "BIGINT", "customer": "BIGINT", "value": "DOUBLE"})
    return frames.checkpoints.write(flow.where("value > 0").selectExpr("supplier AS source", "customer AS owner"))


__all__ = ["run"]
