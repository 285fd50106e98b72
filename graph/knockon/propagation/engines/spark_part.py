"""A part of a network that is read from Spark into memory: its slots and supplies, what a lane hits there, and its losses."""

from __future__ import annotations

import numpy as np

from knockon.network.arrays import NONE, Ints
from knockon.propagation.engines.network_part import Columns, Part, assemble_part
from knockon.propagation.engines.spark_checkpoint import Checkpoint
from knockon.propagation.engines.spark_frames import Frames
from knockon.propagation.engines.spark_hits import HitTables

#: The most links of a part of the network that is solved for in memory.
_MOST_LINKS = 5_000_000


class PartReader:
    """Reader of parts of the network of a run.

    Parameters
    ----------
    frames
        The tables of the graph.
    links
        Its links.
    hit
        What the lanes hit.
    """

    def __init__(self, frames: Frames, links: Checkpoint, hit: HitTables) -> None:
        self.frames, self.links, self.hit = frames, links, hit

    def known(self, state: Checkpoint, lane: int, part: Part, column: str = "loss") -> Columns:
        """Return the losses of a lane on the nodes of a part."""
        chosen = self.frames.local({"node": part.nodes}, {"node": "BIGINT"})
        return self.frames.arrays(
            self.frames.sql(
                f"SELECT s.node, {column} AS loss FROM {{state}} s JOIN {{chosen}} c ON c.node = s.node WHERE lane = {lane}",
                state=state.frame,
                chosen=chosen,
            )
        )

    def part_of(self, nodes: Ints, lane: int, *, dependants: bool) -> Part | None:
        """Return the part of some nodes, and of those that depend on them where asked for; None if it has too many links."""
        frames, links = self.frames, self.links.frame
        chosen = frames.local({"node": nodes}, {"node": "BIGINT"})
        inside = nodes
        if dependants:
            query = "SELECT DISTINCT owner AS node FROM {link} e JOIN {chosen} c ON c.node = e.source"
            owners = frames.arrays(frames.sql(query, link=links, chosen=chosen))["node"]
            inside = np.union1d(nodes, owners).astype(np.int64)
        slot, supply = self._rows_of(inside, lane)
        if len(supply["supply"]) > _MOST_LINKS and dependants:
            return None
        sources = np.concatenate([inside, slot["need"][slot["need"] != NONE], supply["provider"]])
        return assemble_part(
            slot, supply, self._nodes(np.unique(sources).astype(np.int64), lane), inside, frames.tables.entities
        )

    def _rows_of(self, inside: Ints, lane: int) -> tuple[Columns, Columns]:
        """Return the slots of some nodes, and their supplies, with what the lane hits."""
        frames = self.frames
        kinds = {
            "slot": "BIGINT", "owner": "BIGINT", "need": "BIGINT", "mode": "INT", "at_least": "BIGINT", "weight_low": "DOUBLE",
            "weight": "DOUBLE", "weight_high": "DOUBLE",
        }  # fmt: skip
        owner = frames.local({"node": inside}, {"node": "BIGINT"})
        slot = frames.arrays(
            frames.sql(
                f"""SELECT s.slot, owner, need, mode, at_least, weight_low AS weight_0, weight AS weight_1,
                           weight_high AS weight_2,
                           coalesce(h.loss, 0D) AS hit
                    FROM {{slot}} s JOIN {{owner}} o ON o.node = s.owner
                    LEFT JOIN (SELECT slot, loss FROM {{hit}} WHERE lane = {lane}) h ON h.slot = s.slot ORDER BY s.slot""",
                slot=frames.file("slots", kinds),
                owner=owner,
                hit=self.hit.slot,
            )
        )
        supply = frames.arrays(
            frames.sql(
                f"""SELECT e.supply, e.slot, e.source AS provider, e.share, e.unstated, coalesce(h.loss, 0D) AS hit
                    FROM {{link}} e JOIN {{owner}} o ON o.node = e.owner
                    LEFT JOIN (SELECT supply, loss FROM {{hit}} WHERE lane = {lane}) h ON h.supply = e.supply
                    WHERE e.supply >= 0 ORDER BY e.supply""",
                link=self.links.frame,
                owner=owner,
                hit=self.hit.link,
            )
        )
        return slot, supply

    def _nodes(self, nodes: Ints, lane: int) -> Columns:
        """Return some nodes and the entities that they stand for, with what the lane hits, by node."""
        frames = self.frames
        node = frames.file("nodes", {"node": "BIGINT", "entity": "BIGINT", "part": "BIGINT"})
        chosen = frames.local({"node": nodes}, {"node": "BIGINT"})
        entities = frames.arrays(
            frames.sql("SELECT DISTINCT entity FROM {node} n JOIN {chosen} c ON c.node = n.node", node=node, chosen=chosen)
        )
        both = frames.local({"node": np.union1d(nodes, entities["entity"])}, {"node": "BIGINT"})
        return frames.arrays(
            frames.sql(
                f"""SELECT n.node, entity, part, coalesce(h.loss, 0D) AS hit FROM {{node}} n JOIN {{both}} b ON b.node = n.node
                    LEFT JOIN (SELECT node, max(loss) AS loss FROM {{hit}} WHERE lane = {lane} GROUP BY node) h
                    ON h.node = n.node
                    ORDER BY n.node""",
                node=node,
                both=both,
                hit=self.hit.node,
            )
        )


__all__ = ["PartReader"]
