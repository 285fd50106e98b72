r"""The rounds of ``leontief`` in Spark: each reads the links out of nodes that lose, and adds them up by slot and owner.

The equations are those of :mod:`knockon.propagation.leontief`, sums are in its order, and the rule by which rounds end is that
of :mod:`knockon.propagation.fixed_point`. A lane is a shock at one bound; all lanes run side by side, each until it ends.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from knockon.network.arrays import Bools, Floats, Ints, Mode
from knockon.network.hits import Hits
from knockon.propagation.bounds import HIGH, LOW, POINT, bounds_to_run
from knockon.propagation.engines.network_part import Columns, Part
from knockon.propagation.engines.spark_checkpoint import Checkpoint
from knockon.propagation.engines.spark_frames import Frames, links_of_graph
from knockon.propagation.engines.spark_hits import WEIGHTS, HitTables, hit_tables, weight
from knockon.propagation.engines.spark_kept_losses import Losses, fields_by_node, lanes_by_table
from knockon.propagation.engines.spark_output import Outputs
from knockon.propagation.engines.spark_part import PartReader
from knockon.propagation.fixed_point import EPS, FIRST_SOLVE, Convergence
from knockon.propagation.limit import MAX_SOLVED, ROUNDING_ERROR, distance_to_limit, limit_from
from knockon.propagation.result import Result, stop_reasons


def run(frames: Frames, hits: Hits, *, eps: float, cap: int, keep: bool, outputs: Outputs) -> Result:
    """Run all shocks, and return the result as :func:`knockon.propagation.leontief.leontief` does.

    Parameters
    ----------
    frames
        The tables of a graph.
    hits
        The shocks.
    eps, cap
        When rounds end.
    keep
        Keep losses, steps and bindings of each node.
    outputs
        Where losses are written beside that.
    """
    links = links_of_graph(frames)
    slots = frames.file("slots", dict.fromkeys(WEIGHTS, "DOUBLE"))
    uneven = slots.where("weight_low <> weight OR weight <> weight_high").limit(1).count()
    split = any(group["split"] for group in links.groups)
    bounds = bounds_to_run(hits.severity, split=split or bool(uneven))
    rounds = _Rounds(frames, links, hit_tables(frames, links, hits, bounds), split=split, eps=eps, cap=cap)
    losses = rounds.run(np.array([3 * shock + bound for bound in bounds for shock in range(hits.count)], np.int64))
    by_node: dict[str, Any] = dict.fromkeys(("loss", "low", "high", "step", "slot", "supply", "source", "shortage"))
    if outputs != Outputs():
        tables = [table.frame.where(f"lane IN ({', '.join(map(str, lanes))})") for table, lanes in lanes_by_table(losses)]
        frames.write_losses(frames.united(tables), "node", bounds, outputs)
    if keep:
        by_node = fields_by_node(rounds.parts, losses, hits.count, bounds, split=split)
    shape = (len(bounds), hits.count)
    residual = losses.residual.reshape(shape).max(axis=0, initial=0.0)
    return Result(
        model="leontief",
        **by_node,
        iterations=losses.iterations.reshape(shape).max(axis=0, initial=0),
        residual=residual,
        stopped_by=stop_reasons(residual, eps),
        parameters={"eps": eps, "cap": cap, "engine": "spark"},
        error=losses.error.reshape(shape).max(axis=0, initial=0.0),
    )


class _Rounds:
    """The rounds of all lanes; a lane that has ended is in the checkpoint of its last round."""

    def __init__(self, frames: Frames, links: Checkpoint, hit: HitTables, *, split: bool, eps: float, cap: int) -> None:
        self.frames, self.links, self.hit, self.split, self.eps, self.cap = frames, links, hit, split, eps, cap
        self.parts = PartReader(frames, links, hit)
        self.listed = any(group["listed"] for group in links.groups)

    def run(self, lanes: Ints) -> Losses:
        """Run every lane until it ends."""
        width = len(lanes)
        ended = Losses(lanes, {}, np.zeros(width, np.int64), np.zeros(width), np.zeros(width))
        moving, convergence = np.arange(width), Convergence.of(np.zeros((0, width)))
        state = self._write(
            "SELECT lane, node, max(loss) AS loss, 0D AS before FROM {hit} GROUP BY lane, node", hit=self.hit.node
        )
        mark, rounds, next_solve = state, 0, FIRST_SOLVE
        while moving.size:
            rounds += 1
            before, state = state, self._round(state, lanes[moving])
            rises = {group["lane"]: group["rise"] for group in state.groups}
            rise = np.array([rises.get(lane, 0.0) for lane in lanes[moving].tolist()])
            convergence.record_rise(rise, rounds)
            done = convergence.at_rest(rise, self.eps) | (rounds >= self.cap)
            self._end(ended, moving, done, convergence, rise, rounds, state, mark)
            moving, convergence = moving[~done], convergence.select(~done)
            self._drop(before, mark, state, ended)
            if 2 * rounds == next_solve:
                mark = state
            if rounds == next_solve and moving.size:
                state = self._solve(state, mark, lanes[moving], convergence)
                mark, next_solve = state, 2 * next_solve
        return ended

    def _drop(self, before: Checkpoint, mark: Checkpoint, state: Checkpoint, ended: Losses) -> None:
        """Remove the checkpoint of the round before, unless something is still read from it."""
        if not any(before is kept for kept in (mark, state, *ended.table.values())):
            self.frames.checkpoints.drop(before)

    def _write(self, query: str, **frames: Any) -> Checkpoint:
        numbers = {"rise": "max(abs(loss - before))"}
        return self.frames.checkpoints.write(self.frames.sql(query, **frames), ("lane",), numbers)

    def _round(self, state: Checkpoint, lanes: Ints) -> Checkpoint:
        """Write the losses after one round of some lanes, with those before it."""
        active = self.frames.local({"lane": lanes}, {"lane": "BIGINT"})
        lost = self.frames.sql(
            "SELECT s.lane, node, loss FROM {state} s JOIN {active} a ON a.lane = s.lane", state=state, active=active
        )
        return self._write(
            f"""
            SELECT lane, node, max(loss) AS loss, max(before) AS before FROM (
                SELECT lane, owner AS node, {weight("lane")} * greatest(coalesce(needed, 0D), {self._met()}) AS loss,
                       0D AS before
                FROM ({self._slots()})
                UNION ALL SELECT h.lane, owner, lost, 0D FROM {{hit_slot}} h JOIN {{active}} a ON a.lane = h.lane
                UNION ALL SELECT h.lane, node, loss, 0D FROM {{hit_node}} h JOIN {{active}} a ON a.lane = h.lane
                UNION ALL SELECT lane, node, 0D, loss FROM {{lost}}
            ) GROUP BY lane, node HAVING max(loss) > 0 OR max(before) > 0
            """,
            link=self.links.frame, lost=self.frames.sent(lost, state.rows), hit_link=self.hit.link, active=active,
            hit_slot=self.hit.slot, hit_node=self.hit.node,
        )  # fmt: skip

    def _slots(self) -> str:
        """Return the query of the slots of which a need or a supply loses something: what combines to their shortage."""
        listed = ""
        if self.listed:
            modes = f"mode IN ({int(Mode.SHARES)}, {int(Mode.AT_LEAST)}) AND supply >= 0"
            listed = f", array_sort(collect_list(CASE WHEN {modes} THEN struct(supply, share, unstated, loss) END)) AS parts"
        columns = (
            "edge, slot, owner, supply, share, unstated, mode, at_least, weight_low, weight, weight_high, width, open, rest"
        )
        hit = ""
        if self.hit.link.rows:
            hit = f"""
                LEFT JOIN (SELECT lane, edge FROM {{hit_link}}) h ON h.lane = s.lane AND h.edge = e.edge WHERE h.edge IS NULL
                UNION ALL SELECT h.lane, greatest(h.loss, coalesce(s.loss, 0D)) AS loss, {columns}
                FROM {{hit_link}} h JOIN {{active}} a ON a.lane = h.lane
                LEFT JOIN {{lost}} s ON s.lane = h.lane AND s.node = h.source
            """
        own = ", ".join(f"e.{name}" for name in columns.split(", "))
        same = ("owner", "mode", "at_least", "weight_low", "weight", "weight_high", "width", "open", "rest")
        return f"""
            SELECT lane, slot, {", ".join(f"max({name}) AS {name}" for name in same)},
                   max(CASE WHEN supply < 0 THEN loss END) AS needed, max(CASE WHEN supply >= 0 THEN loss END) AS most,
                   min(CASE WHEN supply >= 0 THEN loss END) AS least, count_if(supply >= 0) AS losing {listed}
            FROM (SELECT s.lane, s.loss, {own} FROM {{link}} e JOIN {{lost}} s ON s.node = e.source {hit})
            GROUP BY lane, slot
        """

    def _met(self) -> str:
        """Return the SQL of the part of a need that its supplies fail to meet; supplies that lose nothing have no row."""
        least = "CASE WHEN losing < width THEN 0D ELSE least END"
        cases = [f"WHEN mode = {int(Mode.ALL_OF)} THEN most", f"WHEN mode = {int(Mode.ANY_OF)} THEN {least}"]
        cases.append(f"WHEN mode = {int(Mode.DISPUTED)} THEN CASE WHEN lane % 3 = {LOW} THEN {least} ELSE most END")
        if self.listed:
            total = "aggregate(parts, 0D, (total, p) -> total + p.share * p.loss)"
            greatest = "aggregate(parts, 0D, (most, p) -> CASE WHEN p.share > 0 THEN greatest(most, p.loss) ELSE most END)"
            cases.append(f"WHEN mode = {int(Mode.SHARES)} THEN least({_read(total) if self.split else total}, {greatest})")
            kth = "greatest(at_least, 1) - (width - losing)"
            lost = "array_sort(transform(parts, p -> p.loss))"
            cases.append(
                f"WHEN mode = {int(Mode.AT_LEAST)} THEN CASE WHEN {kth} < 1 THEN 0D ELSE {lost}[CAST({kth} AS INT) - 1] END"
            )
        return f"coalesce(CASE WHEN losing = 0 THEN 0D {' '.join(cases)} END, 0D)"

    def _end(
        self, ended: Losses, moving: Ints, done: Bools, convergence: Convergence, rise: Floats, rounds: int,
        state: Checkpoint, mark: Checkpoint,
    ) -> None:  # fmt: skip
        """Record how the lanes that end with this round have ended."""
        finished = moving[done]
        error = convergence.error_bound(rise)[done]
        for place, number in enumerate(finished.tolist()):
            lane = int(ended.lanes[number])
            ended.table[lane] = state
            if error[place] > EPS and self.eps > EPS:
                error[place] = self._distance(state, mark, lane)
        ended.iterations[finished], ended.error[finished] = rounds, error
        # Near a solution rounds change by rounding alone.
        ended.residual[finished] = np.where(convergence.solved & (rise <= ROUNDING_ERROR), 0.0, rise)[done]

    def _solve(self, state: Checkpoint, mark: Checkpoint, lanes: Ints, convergence: Convergence) -> Checkpoint:
        """Return the losses with the limits of lanes that converge slowly, where these can be solved for."""
        replaced: list[Columns] = []
        for place, lane in enumerate(lanes.tolist()):
            moved = None if convergence.solved[place] else self._moving_part(state, mark, lane)
            if moved is None:
                continue
            part, now, then = moved
            limit = limit_from(part.equations(lane % 3, now, split=self.split), 0, now, then)
            if limit is not None:
                convergence.solution_error[place] = limit.error
                rows = np.flatnonzero(limit.state != now)
                replaced.append({"lane": np.full(len(rows), lane), "node": part.nodes[rows], "loss": limit.state[rows]})
        if not replaced:
            return state
        columns = {name: np.concatenate([one[name] for one in replaced]) for name in ("lane", "node", "loss")}
        limits = self.frames.local(columns, {"lane": "BIGINT", "node": "BIGINT", "loss": "DOUBLE"})
        return self._write(
            """SELECT s.lane, s.node, coalesce(l.loss, s.loss) AS loss, coalesce(l.loss, s.loss) AS before
               FROM {state} s LEFT JOIN {limits} l ON l.lane = s.lane AND l.node = s.node""",
            state=state.frame, limits=limits,
        )  # fmt: skip

    def _distance(self, state: Checkpoint, mark: Checkpoint, lane: int) -> float:
        """Return how far below their limits the losses of a lane may be; 1 where that cannot be solved for."""
        moved = self._moving_part(state, mark, lane)
        if moved is None:
            return 1.0
        part, now, then = moved
        return distance_to_limit(part.equations(lane % 3, now, split=self.split), 0, now, then)

    def _moving_part(self, state: Checkpoint, mark: Checkpoint, lane: int) -> tuple[Part, Floats, Floats] | None:
        """Return the part of the nodes whose losses have moved since the mark, with both; None if too many, or none."""
        moved = self.frames.sql(
            f"""SELECT s.node FROM {{state}} s
                LEFT JOIN (SELECT node, loss FROM {{mark}} WHERE lane = {lane}) m ON m.node = s.node
                WHERE s.lane = {lane} AND s.loss <> coalesce(m.loss, 0D) LIMIT {MAX_SOLVED + 1}""",
            state=state.frame, mark=mark.frame,
        )  # fmt: skip
        nodes = self.frames.arrays(moved)["node"]
        if not 0 < len(nodes) <= MAX_SOLVED:
            return None
        part = self.parts.part_of(nodes, lane, dependants=True)
        if part is None:
            return None
        return part, part.losses(self.parts.known(state, lane, part)), part.losses(self.parts.known(mark, lane, part))


def _read(total: str) -> str:
    """Return the SQL of the weighted sum of a slot where shares that nobody stated are read in three ways."""
    fixed = "aggregate(parts, 0D, (total, p) -> total + CASE WHEN p.unstated THEN 0D ELSE p.share END * p.loss)"
    lost = "filter(parts, p -> p.unstated)"
    least = f"CASE WHEN size({lost}) < open THEN 0D ELSE aggregate({lost}, 1D, (least, p) -> least(least, p.loss)) END"
    most = f"aggregate({lost}, 0D, (most, p) -> greatest(most, p.loss))"
    # Rounding must not move a bound past the point.
    return f"""CASE WHEN open = 0 OR lane % 3 = {POINT} THEN {total}
        WHEN lane % 3 = {LOW} THEN least({fixed} + rest * {least}, {total})
        WHEN lane % 3 = {HIGH} THEN greatest({fixed} + rest * {most}, {total}) END"""


__all__ = ["run"]
