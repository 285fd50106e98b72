"""What shocks hit, as tables of Spark: a row for each shock, bound and target."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from knockon.network.arrays import NONE
from knockon.network.hits import NODE, SLOT, SUPPLY, Hits
from knockon.propagation.bounds import LOW, POINT
from knockon.propagation.engines.spark_checkpoint import Checkpoint
from knockon.propagation.engines.spark_frames import Frames

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


#: The criticality of a slot at the low end, the point and the high end.
WEIGHTS = ("weight_low", "weight", "weight_high")


class HitTables(NamedTuple):
    """What k shocks hit at some bounds; lane = 3 * shock + bound.

    ``node`` has lane, node, loss; ``slot`` lane, slot, owner, loss, and ``lost``, which is what the owner loses by it; ``link``
    lane, loss and the columns of the links of the supplies that are hit. Hits of 0 are left out.
    """

    node: Checkpoint
    slot: Checkpoint
    link: Checkpoint


def hit_tables(frames: Frames, links: Checkpoint, hits: Hits, bounds: tuple[int, ...]) -> HitTables:
    """Write the tables of what shocks hit, with what stands for the same thing.

    Parameters
    ----------
    frames
        The tables of a graph.
    links
        The links of the graph.
    hits
        The shocks.
    bounds
        The bounds that are run.
    """
    node = frames.file("nodes", {"node": "BIGINT", "entity": "BIGINT", "part": "BIGINT"})
    kinds = {"slot": "BIGINT", "owner": "BIGINT", "hit_with": "BIGINT", **dict.fromkeys(WEIGHTS, "DOUBLE")}
    slot = frames.file("slots", kinds)
    given = {kind: hit_rows(frames, hits, kind, bounds) for kind in (NODE, SLOT, SUPPLY)}
    nodes = frames.sql(
        f"""SELECT lane, row AS node, loss FROM {{hit}} UNION ALL
            SELECT lane, n.node, loss FROM {{node}} n JOIN {{hit}} h ON h.row = n.entity
            WHERE n.node <> n.entity AND n.part = {NONE}""",
        hit=given[NODE], node=node,
    )  # fmt: skip
    slots = frames.sql(
        f"""SELECT lane, s.slot, max(owner) AS owner, max(loss) AS loss, max({weight("lane")} * loss) AS lost FROM {{slot}} s
            JOIN (SELECT lane, hit_with, loss FROM {{slot}} o JOIN {{hit}} h ON h.row = o.slot) g ON g.hit_with = s.hit_with
            GROUP BY lane, s.slot""",
        slot=slot, hit=given[SLOT],
    )  # fmt: skip
    # Whole tables are read for the rows that are hit, so that this is done once.
    chosen = frames.sql(
        "SELECT h.lane, h.loss, e.* FROM {link} e JOIN {hit} h ON h.row = e.supply", link=links.frame, hit=given[SUPPLY]
    )
    write = frames.checkpoints.write
    return HitTables(write(nodes), write(slots), write(chosen))


def hit_rows(frames: Frames, hits: Hits, kind: int, bounds: tuple[int, ...]) -> DataFrame:
    """Return the rows of one kind that shocks hit: lane, row, loss (0..1), the greatest of several hits on one target."""
    chosen = np.flatnonzero(hits.kind == kind)
    parts: list[dict[str, Any]] = []
    for bound in bounds:
        rows = chosen[hits.severity[bound, chosen] > 0]
        parts.append({"lane": 3 * hits.shock[rows] + bound, "row": hits.index[rows], "loss": hits.severity[bound, rows]})
    columns = {name: np.concatenate([part[name] for part in parts]) for name in ("lane", "row", "loss")}
    order = np.lexsort((-columns["loss"], columns["row"], columns["lane"]))
    columns = {name: column[order] for name, column in columns.items()}
    first = np.ones(len(order), bool)
    first[1:] = (np.diff(columns["lane"]) != 0) | (np.diff(columns["row"]) != 0)
    columns = {name: column[first] for name, column in columns.items()}
    return frames.local(columns, {"lane": "BIGINT", "row": "BIGINT", "loss": "DOUBLE"})


def weight(lane: str) -> str:
    """Return the SQL of the criticality of a slot at the bound of a lane.

    >>> weight("lane")
    'CASE lane % 3 WHEN 0 THEN weight_low WHEN 1 THEN weight ELSE weight_high END'
    """
    return f"CASE {lane} % 3 WHEN {LOW} THEN weight_low WHEN {POINT} THEN weight ELSE weight_high END"


__all__ = ["WEIGHTS", "HitTables", "hit_rows", "hit_tables", "weight"]
