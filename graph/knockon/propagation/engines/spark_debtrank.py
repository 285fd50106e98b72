r"""DebtRank in Spark: each round reads the exposures to nodes in distress; all shocks and bounds advance side by side.

The equations are those of :mod:`knockon.propagation.debtrank`: of the linear variant the second form, levels instead of rises.
Sums are in the order of the nodes.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from knockon.network.arrays import Floats, Ints
from knockon.network.hits import NODE, Hits
from knockon.propagation.bounds import POINT, bounds_to_run, enclose
from knockon.propagation.debtrank import DebtRankResult
from knockon.propagation.debtrank_rounds import Variant
from knockon.propagation.engines.spark_checkpoint import Checkpoint
from knockon.propagation.engines.spark_flows import flows_of
from knockon.propagation.engines.spark_frames import Frames, ordered_sum
from knockon.propagation.engines.spark_hits import hit_rows
from knockon.propagation.engines.spark_output import Outputs
from knockon.propagation.result import stop_reasons


class DistressOptions(NamedTuple):
    """The variant, when rounds end, and the equity and value of each firm, (n,); None: those of the tables."""

    variant: Variant
    eps: float
    cap: int
    equity: Floats | None
    value: Floats | None


def run(frames: Frames, hits: Hits, options: DistressOptions, *, keep: bool, outputs: Outputs) -> DebtRankResult:
    """Run all shocks until each stops, and return the result as :func:`knockon.propagation.debtrank.debtrank` does.

    Parameters
    ----------
    frames
        The tables of money flows: suppliers are the lenders.
    hits
        The shocks: losses of equity.
    options
        The variant and its numbers.
    keep
        Keep the losses of each firm.
    outputs
        Where losses are written beside that.
    """
    bounds = bounds_to_run(hits.severity)
    rounds = _Rounds(frames, options, hit_rows(frames, hits, NODE, bounds))
    lanes = np.array([3 * shock + bound for bound in bounds for shock in range(hits.count)], np.int64)
    rounds.run(lanes)
    shape = (len(bounds), hits.count)
    lost, hit = (sums[lanes].reshape(shape) if lanes.size else np.zeros(shape) for sums in rounds.totals(3 * hits.count))
    index = _index(lost, hit)
    by_node: dict[str, Any] = dict.fromkeys(("loss", "low", "high", "step", "slot", "supply", "source", "shortage"))
    if keep:
        losses = rounds.losses(bounds, hits.count)
        low, high = enclose(losses[0], losses[bounds.index(POINT)], losses[-1])
        by_node |= {"loss": losses[bounds.index(POINT)], "low": low, "high": high}
    if outputs != Outputs():
        rounds.write(bounds, outputs)
    residual = rounds.residual[lanes].reshape(shape).max(axis=0, initial=0.0)
    return DebtRankResult(
        model="debtrank", **by_node, iterations=rounds.iterations[lanes].reshape(shape).max(axis=0, initial=0),
        residual=residual,
        stopped_by=stop_reasons(residual, options.eps if options.variant == "linear" else 0.0),
        parameters={"variant": options.variant, "eps": options.eps, "cap": options.cap, "engine": "spark"},
        index=index[1], index_low=index[0], index_high=index[2],
    )  # fmt: skip


def _index(lost: Floats, hit: Floats) -> Floats:
    """Return the index of each shock at low, point and high, (3, shocks), from the value lost in the end and by the shock."""
    low, point, high = range(3) if len(lost) == 3 else (0, 0, 0)
    # A node that loses more to the shock itself has less to lose to distress, so the ends are crossed.
    index = [np.maximum(lost[end] - hit[other], 0.0) for end, other in ((low, high), (point, point), (high, low))]
    return np.stack([np.minimum(index[0], index[1]), index[1], np.maximum(index[2], index[1])])


class _Rounds:
    """The rounds of all lanes: tables of lane, firm, loss, and what the firm has passed on; lane = 3 * shock + bound."""

    def __init__(self, frames: Frames, options: DistressOptions, hit: Any) -> None:
        self.frames, self.options = frames, options
        self.hit = frames.sql("SELECT lane, row AS firm, loss AS hit FROM {hit}", hit=hit)
        self.firms = _firms(frames, options)
        most = "1D" if options.variant == "original" else f"{float(np.finfo(float).max)!r}D"
        self.exposures = frames.checkpoints.write(
            frames.sql(
                f"""SELECT supplier AS lender, customer AS borrower, least(value / equity, {most}) AS weight
                    FROM {{flow}} f JOIN {{firm}} o ON o.firm = f.supplier""",
                flow=flows_of(frames),
                firm=self.firms,
            )
        )
        self.ended: list[tuple[Checkpoint, Ints]] = []
        self.iterations, self.residual = np.zeros(0, np.int64), np.zeros(0)

    def run(self, lanes: Ints) -> None:
        """Run every lane until it ends."""
        size = int(lanes.max(initial=-1)) + 1
        self.iterations, self.residual = np.zeros(size, np.int64), np.zeros(size)
        linear = self.options.variant == "linear"
        state = self._write("SELECT lane, firm, hit AS loss, 0D AS before, 0D AS sent FROM {hit}", hit=self.hit)
        active, rounds = lanes, 0
        while active.size:
            rounds += 1
            before, state = state, self._round(state, active)
            rests = {group["lane"]: group["rest"] for group in state.groups}
            rest = np.array([max(rests.get(lane, 0.0) or 0.0, 0.0) for lane in active.tolist()])
            self.iterations[active], self.residual[active] = rounds, rest
            done = (rest <= (self.options.eps if linear else 0.0)) | (rounds >= self.options.cap)
            if done.any():
                self.ended.append((state, active[done]))
            if not any(before is kept for kept, _ in self.ended):
                self.frames.checkpoints.drop(before)
            active = active[~done]

    def _write(self, query: str, **frames: Any) -> Checkpoint:
        # Of the original variant the residual is what nodes that were just hit have still to pass on.
        rest = "max(loss - before)" if self.options.variant == "linear" else "max(CASE WHEN sent > 0 THEN 0D ELSE loss END)"
        return self.frames.checkpoints.write(self.frames.sql(query, **frames), ("lane",), {"rest": rest})

    def _round(self, state: Checkpoint, active: Ints) -> Checkpoint:
        """Write the losses after one round of some lanes."""
        chosen = self.frames.local({"lane": active}, {"lane": "BIGINT"})
        now = self.frames.sql("SELECT s.* FROM {state} s JOIN {chosen} c ON c.lane = s.lane", state=state.frame, chosen=chosen)
        linear = self.options.variant == "linear"
        passed = now.selectExpr(
            "lane", "firm", "loss AS amount" if linear else "CASE WHEN sent > 0 THEN 0D ELSE loss END AS amount"
        )
        base = "max(hit)" if linear else "max(before)"
        return self._write(
            f"""
            SELECT lane, firm, least({base} + max(taken), 1D) AS loss, max(before) AS before, max(sent) AS sent FROM (
                SELECT h.lane, firm, hit, 0D AS before, 0D AS sent, 0D AS taken
                FROM {{hit}} h JOIN {{chosen}} c ON c.lane = h.lane
                UNION ALL SELECT lane, firm, 0D, loss, CASE WHEN sent > 0 THEN sent ELSE loss END, 0D FROM {{now}}
                UNION ALL SELECT p.lane, lender, 0D, 0D, 0D, {ordered_sum("weight * amount", "borrower")}
                FROM {{exposure}} e JOIN {{passed}} p ON p.firm = e.borrower WHERE amount > 0 GROUP BY p.lane, lender
            ) GROUP BY lane, firm
            """,
            hit=self.hit, chosen=chosen, now=now, exposure=self.exposures.frame, passed=self.frames.sent(passed, state.rows),
        )  # fmt: skip

    def totals(self, size: int) -> tuple[Floats, Floats]:
        """Return the value lost in the end and by the shock itself, by lane, as parts of all value."""
        lost, hit = np.zeros(size), np.zeros(size)
        part = "SELECT lane, n.firm AS key, part * {amount} AS amount FROM {now} n JOIN {firm} f ON f.firm = n.firm"
        for table, lanes in self.ended:
            query = part.replace("{amount}", "loss")
            for lane, amount in self.frames.ordered_total(
                query, "lane", now=table.frame.where(_among(lanes)), firm=self.firms
            ).items():
                lost[lane] = amount
        for lane, amount in self.frames.ordered_total(
            part.replace("{amount}", "hit"), "lane", now=self.hit, firm=self.firms
        ).items():
            hit[lane] = amount
        return lost, hit

    def losses(self, bounds: tuple[int, ...], shocks: int) -> Floats:
        """Return the losses of all firms, (bounds, shocks, firms)."""
        loss = np.zeros((len(bounds), shocks, self.frames.tables.entities))
        for table, lanes in self.ended:
            rows = self.frames.arrays(table.frame.where(_among(lanes)).select("lane", "firm", "loss"))
            place = np.array([bounds.index(bound) for bound in (rows["lane"] % 3).tolist()], np.int64)
            loss[place, rows["lane"] // 3, rows["firm"]] = rows["loss"]
        return loss

    def write(self, bounds: tuple[int, ...], outputs: Outputs) -> None:
        """Write one table of all losses (shock, firm, id, low, loss, high), and the rows of one shock."""
        united = self.frames.united([table.frame.where(_among(lanes)) for table, lanes in self.ended])
        self.frames.write_losses(united, "firm", bounds, outputs)


def _firms(frames: Frames, options: DistressOptions) -> Checkpoint:
    """Write the table of firms: firm, equity, and their part of all value."""
    numbers = {"firm": "BIGINT"} | ({"equity": "DOUBLE"} if options.equity is None else {})
    firm: Any = frames.file("firms", numbers)
    given = {"equity": options.equity, "value": options.value}
    for name, values in given.items():
        if values is not None:
            table = frames.local({"firm": np.arange(len(values)), name: values}, {"firm": "BIGINT", name: "DOUBLE"})
            firm = frames.sql(
                f"SELECT f.*, g.{name} FROM {{firm}} f JOIN {{given}} g ON g.firm = f.firm", firm=firm, given=table
            )
    if options.value is None:
        sales = f"SELECT supplier AS firm, {ordered_sum('value', 'customer')} AS value FROM {{flow}} GROUP BY supplier"
        firm = frames.sql(
            f"SELECT f.*, coalesce(s.value, 0D) AS value FROM {{firm}} f LEFT JOIN ({sales}) s ON s.firm = f.firm",
            firm=firm, flow=flows_of(frames),
        )  # fmt: skip
    greatest = frames.checkpoints.write(firm, numbers={"most": "max(value)"})
    most = (greatest.groups[0]["most"] if greatest.groups else None) or 1.0
    # Scaled first: a sum of large values must not overflow.
    scaled = f"value / {most!r}D"
    total = frames.ordered_total(f"SELECT firm AS key, {scaled} AS amount FROM {{firm}}", firm=greatest.frame)[None] or 1.0
    return frames.checkpoints.write(greatest.frame.selectExpr("firm", "equity", f"{scaled} / {total!r}D AS part"))


def _among(lanes: Ints) -> str:
    """Return the SQL of being a row of some lanes."""
    return f"lane IN ({', '.join(map(str, lanes.tolist()))})"


__all__ = ["DistressOptions", "run"]
