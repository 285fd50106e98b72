"""What a run of ``leontief`` in Spark keeps: the losses of all lanes, and steps, bindings and shortages at the point."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from knockon.network.arrays import NONE, Floats, Ints
from knockon.propagation.bounds import POINT, enclose
from knockon.propagation.engines.spark_checkpoint import Checkpoint
from knockon.propagation.engines.spark_frames import nodes_alone
from knockon.propagation.engines.spark_part import PartReader
from knockon.propagation.hidden_nodes import by_entity
from knockon.propagation.leontief import SLACK
from knockon.propagation.trace import TracedRound, find_bindings


class Losses(NamedTuple):
    """The result of all lanes: the table (lane, node, loss, before) of each, with rounds, last rise and stopping error."""

    lanes: Ints
    table: dict[int, Checkpoint]
    iterations: Ints
    residual: Floats
    error: Floats


def fields_by_node(parts: PartReader, losses: Losses, shocks: int, bounds: Sequence[int], *, split: bool) -> dict[str, Any]:
    """Return the fields of a result by node: losses of each bound, and steps and bindings at the point."""
    frames = parts.frames
    tables = frames.tables
    loss = np.zeros((len(bounds), shocks, tables.nodes))
    step, slot, supply, source = (np.full((shocks, tables.nodes), NONE, np.int64) for _ in range(4))
    short = np.zeros((shocks, tables.rows["slots"]))
    for table, lanes in lanes_by_table(losses):
        listed = ", ".join(map(str, lanes))
        rows = frames.arrays(table.frame.where(f"lane IN ({listed}) AND loss > 0").select("lane", "node", "loss"))
        place = np.array([bounds.index(bound) for bound in (rows["lane"] % 3).tolist()], np.int64)
        loss[place, rows["lane"] // 3, rows["node"]] = rows["loss"]
    for shock in range(shocks):
        _trace(parts, losses.table[3 * shock + POINT], shock, (step, slot, supply, source), short, split=split)
    point = loss[bounds.index(POINT)]
    low, high = enclose(loss[0], point, loss[-1])
    return {**by_entity(nodes_alone(frames), (low, point, high), (step, slot, supply, source)), "shortage": short}


def lanes_by_table(losses: Losses) -> list[tuple[Checkpoint, list[int]]]:
    """Return each checkpoint with the lanes that ended there."""
    found: dict[int, tuple[Checkpoint, list[int]]] = {}
    for lane, table in losses.table.items():
        found.setdefault(id(table), (table, []))[1].append(lane)
    return list(found.values())


def _trace(
    parts: PartReader, table: Checkpoint, shock: int, bindings: tuple[Ints, Ints, Ints, Ints], short: Floats, *, split: bool
) -> None:
    """Fill in the steps, bindings and shortages of a shock at the point, read off its last round."""
    lane = 3 * shock + POINT
    frames = parts.frames
    losing = frames.arrays(table.frame.where(f"lane = {lane} AND loss > 0").select("node"))["node"]
    # Slots that are hit may be short though their owners lose nothing.
    owners = [
        frames.arrays(hit.frame.where(f"lane = {lane}").select("owner"))["owner"] for hit in (parts.hit.slot, parts.hit.link)
    ]
    nodes = np.unique(np.concatenate([losing, *owners])).astype(np.int64)
    part = parts.part_of(nodes, lane, dependants=True)
    if part is None:
        part = parts.part_of(nodes, lane, dependants=False)
    assert part is not None  # noqa: S101 - without dependants there is no limit
    after, before = (part.losses(parts.known(table, lane, part, column)) for column in ("loss", "before"))
    lost, unmet, slot_short, value, _ = (
        values[:, 0] for values in part.equations(POINT, before, split=split).values(before[:, None])
    )
    traced = TracedRound(before, after, lost, part.network.supply_share * lost, unmet, slot_short, value, SLACK)
    step, *rows = find_bindings(part.network, part.hit, traced)
    bindings[0][shock, part.nodes] = step
    for array, found, numbers in zip(bindings[1:], rows, (part.slots, part.supplies, part.nodes), strict=True):
        array[shock, part.nodes[found != NONE]] = numbers[found[found != NONE]]
    short[shock, part.slots] = slot_short


__all__ = ["Losses", "fields_by_node", "lanes_by_table"]
