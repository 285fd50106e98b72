r"""ESRI in Spark: each round joins the firms that lose with what they sell and buy; all shocks advance side by side.

The equations and constants are those of :mod:`knockon.propagation.esri`. Firms that lose nothing are in no table: a round
reads the flows of the firms reached, and adds up what their customers and suppliers lose, in the order of the firms.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from knockon.network.arrays import Floats, Ints
from knockon.network.hits import NODE, Hits
from knockon.propagation.bounds import POINT
from knockon.propagation.checks import check_flag, check_stopping
from knockon.propagation.engines.spark_checkpoint import Checkpoint
from knockon.propagation.engines.spark_flows import firms_of, inputs_of
from knockon.propagation.engines.spark_frames import Frames, ordered_sum
from knockon.propagation.engines.spark_hits import hit_rows
from knockon.propagation.engines.spark_output import Outputs, write_output
from knockon.propagation.engines.spark_rows import write_rows
from knockon.propagation.esri_caveats import FlowSums, caveats_of
from knockon.propagation.esri_result import EsriResult
from knockon.propagation.esri_task import FLOOR, NO_SALES, Cascade
from knockon.propagation.result import stop_reasons

#: Remaining sales of a sector below this share of its sales are summed anew: a small difference of large numbers would
#: be exact to nine digits only.
_RESUM_BELOW = 1e-4


class CascadeOptions(NamedTuple):
    """When rounds end, which cascades run, and whether suppliers can be replaced within their sector."""

    eps: float
    cap: int
    cascade: Cascade
    replaceability: bool

    @classmethod
    def checked(cls, eps: float, cap: int, cascade: Cascade, *, replaceability: bool) -> CascadeOptions:
        """Return the options; raise UsageError where one is out of range."""
        from knockon.propagation.esri import check_cascade

        check_stopping(eps, cap)
        check_flag("replaceability", replaceability)
        check_cascade(cascade)
        return cls(eps, cap, cascade, replaceability)


def run(frames: Frames, hits: Hits, options: CascadeOptions, *, keep: bool, outputs: Outputs) -> EsriResult:
    """Run all shocks until each stops, and return the result as :func:`knockon.propagation.esri.esri` does.

    Parameters
    ----------
    frames
        The tables of money flows.
    hits
        The shocks: losses of firms.
    options
        When rounds end, and which cascades run.
    keep
        Keep the losses of each firm.
    outputs
        Where losses are written beside that.
    """
    hits.node_losses("esri")
    rounds = _Rounds(frames, options, hit_rows(frames, hits, NODE, (POINT,)), hits.count)
    rounds.run()
    index = rounds.indices()
    by_node: dict[str, Any] = dict.fromkeys(("loss", "low", "high", "step", "slot", "supply", "source", "shortage"))
    if keep:
        loss = rounds.losses()
        by_node |= {"loss": loss, "low": loss, "high": loss}
    rounds.write(outputs)
    demand = frames.ordered_total("SELECT firm AS key, final_demand AS amount FROM {firm}", firm=rounds.firms.frame)[None]
    flows = FlowSums(frames.tables.links, demand > 0, bool(rounds.firms.groups[0]["other_costs"]))
    parameters = {
        "eps": options.eps, "cap": options.cap, "replaceability": options.replaceability, "exact": False,
        "cascade": options.cascade, "engine": "spark", "dtype": "float64", "final_demand": demand,
    }  # fmt: skip
    return EsriResult(
        model="esri", **by_node, iterations=rounds.iterations, residual=rounds.residual,
        stopped_by=stop_reasons(rounds.residual, options.eps), parameters=parameters, index=index[0], downstream=index[1],
        upstream=index[2], caveats=caveats_of(flows, options.eps, options.replaceability, options.cascade),
    )  # fmt: skip


class _Rounds:
    """The rounds of all shocks: tables of shock, firm, down, up, and the two before the last round."""

    def __init__(self, frames: Frames, options: CascadeOptions, hit: Any, shocks: int) -> None:
        self.frames, self.options, self.shocks = frames, options, shocks
        self.hit = frames.sql("SELECT lane DIV 3 AS shock, row AS firm, loss AS hit FROM {hit}", hit=hit)
        self.firms = firms_of(frames)
        self.inputs = inputs_of(frames, self.firms)
        self.sales = np.zeros(int(self.firms.groups[0]["last_sector"]) + 1)
        query = "SELECT sector, firm AS key, sales AS amount FROM {firm}"
        for sector, sales in frames.ordered_total(query, "sector", firm=self.firms.frame).items():
            self.sales[sector] = sales
        self.iterations, self.residual = np.zeros(shocks, np.int64), np.zeros(shocks)
        #: The tables in which shocks have ended, with these.
        self.ended: list[tuple[Checkpoint, Ints]] = []

    def run(self) -> None:
        """Run the rounds."""
        active, rounds = np.arange(self.shocks), 0
        state = self._write(
            "SELECT shock, firm, hit AS down, hit AS up, 0D AS down_before, 0D AS up_before FROM {hit}", hit=self.hit
        )
        while active.size:
            rounds += 1
            before, state = state, self._round(state, active)
            rises = {group["shock"]: group["rise"] for group in state.groups}
            rise = np.array([max(rises.get(shock, 0.0), 0.0) for shock in active.tolist()])
            self.iterations[active], self.residual[active] = rounds, rise
            done = (rise <= self.options.eps) | (rounds >= self.options.cap)
            if done.any():
                self.ended.append((state, active[done]))
            if not any(before is kept for kept, _ in self.ended):
                self.frames.checkpoints.drop(before)
            active = active[~done]

    def _write(self, query: str, **frames: Any) -> Checkpoint:
        parts = [f"{name} - {name}_before" for name in self._cascades()]
        numbers = {"rise": f"max(greatest({', '.join(parts)}))" if len(parts) > 1 else f"max({parts[0]})"}
        return self.frames.checkpoints.write(self.frames.sql(query, **frames), ("shock",), numbers)

    def _cascades(self) -> list[str]:
        """Return the columns of the cascades that run."""
        runs = {"down": self.options.cascade != "upstream", "up": self.options.cascade != "downstream"}
        return [name for name, runs_now in runs.items() if runs_now]

    def _round(self, state: Checkpoint, active: Ints) -> Checkpoint:
        """Write the losses after one round of some shocks, with those before it."""
        chosen = self.frames.local({"shock": active}, {"shock": "BIGINT"})
        now = self.frames.sql(
            "SELECT s.* FROM {state} s JOIN {chosen} c ON c.shock = s.shock", state=state.frame, chosen=chosen
        )
        parts, tables = [], dict[str, Any](state=now, hit=self.hit, chosen=chosen, input=self.inputs.frame)
        if "down" in self._cascades():
            parts.append(_LOST_INPUTS)
            tables["lost"] = self._sent(self._lost_inputs(now), state)
        if "up" in self._cascades():
            parts.append(_LOST_SALES)
            tables["unsold"] = self._sent(
                self.frames.sql(f"SELECT shock, firm, up FROM {{now}} WHERE up >= {FLOOR}", now=now), state
            )
        united = "\n".join(f"UNION ALL {part}" for part in parts)
        return self._write(
            f"""
            SELECT shock, firm, least(max(down), 1D) AS down, least(max(up), 1D) AS up, max(down_before) AS down_before,
                   max(up_before) AS up_before
            FROM (
                SELECT shock, firm, 0D AS down, 0D AS up, down AS down_before, up AS up_before FROM {{state}}
                UNION ALL SELECT h.shock, firm, hit, hit, 0D, 0D FROM {{hit}} h JOIN {{chosen}} c ON c.shock = h.shock
                {united}
            ) GROUP BY shock, firm
            """,
            **tables,
        )

    def _sent(self, frame: Any, state: Checkpoint) -> Any:
        """Return a table of some rows of the state, to be sent to all executors where that is small."""
        return self.frames.sent(frame, state.rows)

    def _lost_inputs(self, now: Any) -> Any:
        """Return what the customers of each firm lose of it: shock, firm, loss."""
        if not self.options.replaceability:
            return self.frames.sql(f"SELECT shock, firm, down AS loss FROM {{now}} WHERE down >= {FLOOR}", now=now)
        remaining = self._remaining_sales(now)
        shock, sector = (part.ravel() for part in np.indices(remaining.shape))
        columns = {"shock": shock, "sector": sector, "left": remaining.ravel()}
        left = self.frames.local(columns, {"shock": "BIGINT", "sector": "BIGINT", "left": "DOUBLE"})
        return self.frames.sql(
            f"""SELECT shock, firm, loss FROM (
                    SELECT n.shock, n.firm, down * least(1D, f.sales / l.left) AS loss FROM {{now}} n
                    JOIN {{firm}} f ON f.firm = n.firm JOIN {{left}} l ON l.shock = n.shock AND l.sector = f.sector
                ) WHERE loss >= {FLOOR}""",
            now=now, firm=self.firms, left=left,
        )  # fmt: skip

    def _remaining_sales(self, now: Any) -> Floats:
        """Return what each sector still sells, (shocks, sectors); 1 where that is nothing, as published."""
        frames, firm = self.frames, self.firms
        remaining = np.tile(self.sales, (self.shocks, 1))
        rows = frames.sql(
            f"""SELECT shock, sector, {ordered_sum("sales * down", "n.firm")} AS lost
                FROM {{now}} n JOIN {{firm}} f ON f.firm = n.firm GROUP BY shock, sector""",
            now=now, firm=firm,
        ).collect()  # fmt: skip
        small = []
        for row in rows:
            place = row["shock"], row["sector"]
            remaining[place] -= row["lost"]
            # Near NO_SALES as well, so that the rounding of the difference does not decide the comparison.
            if remaining[place] <= max(self.sales[place[1]] * _RESUM_BELOW, 2 * NO_SALES):
                small.append(place)
        if small:
            pairs = np.array(small, np.int64)
            chosen = frames.local({"shock": pairs[:, 0], "sector": pairs[:, 1]}, {"shock": "BIGINT", "sector": "BIGINT"})
            again = frames.sql(
                f"""SELECT c.shock, c.sector, {ordered_sum("sales * (1D - coalesce(n.down, 0D))", "f.firm")} AS sales
                    FROM {{firm}} f JOIN {{chosen}} c ON c.sector = f.sector
                    LEFT JOIN {{now}} n ON n.firm = f.firm AND n.shock = c.shock GROUP BY c.shock, c.sector""",
                firm=firm.frame, chosen=chosen, now=now,
            ).collect()  # fmt: skip
            for row in again:
                remaining[row["shock"], row["sector"]] = row["sales"]
        remaining[remaining <= NO_SALES] = 1.0
        return remaining

    def indices(self) -> Floats:
        """Return the shares of all sales lost by both cascades together, downstream, and upstream, (3, shocks)."""
        index = np.zeros((3, self.shocks))
        total = float(self.sales.sum()) or 1.0
        for place, lost in enumerate(("greatest(down, up)", "down", "up")):
            for table, shocks in self.ended:
                query = (
                    f"SELECT shock, n.firm AS key, sales * {lost} AS amount FROM {{now}} n JOIN {{firm}} f ON f.firm = n.firm"
                )
                sums = self.frames.ordered_total(query, "shock", now=table.frame.where(_among(shocks)), firm=self.firms)
                for shock, amount in sums.items():
                    index[place, shock] = amount / total
        return index

    def losses(self) -> Floats:
        """Return the losses of all firms, (shocks, firms)."""
        loss = np.zeros((self.shocks, self.frames.tables.entities))
        for table, shocks in self.ended:
            rows = self.frames.arrays(
                table.frame.where(_among(shocks)).selectExpr("shock", "firm", "greatest(down, up) AS loss")
            )
            loss[rows["shock"], rows["firm"]] = rows["loss"]
        return loss

    def write(self, outputs: Outputs) -> None:
        """Write one table of all losses (shock, firm, id, downstream, upstream), and the rows of one shock."""
        if outputs == Outputs():
            return
        united = self.frames.united([table.frame.where(_among(shocks)) for table, shocks in self.ended])
        table = self.frames.sql(
            """SELECT shock, n.firm, id, down AS downstream, up AS upstream FROM {now} n JOIN {node} i ON i.node = n.firm
               WHERE down > 0 OR up > 0""",
            now=united, node=self.frames.ids(),
        )  # fmt: skip
        if outputs.folder is not None:
            write_output(self.frames.checkpoints, table.orderBy("shock", "firm"), outputs.folder)
        if outputs.rows is not None:
            loss = "greatest(downstream, upstream)"
            columns = ("firm AS node", "id", f"{loss} AS low", f"{loss} AS loss", f"{loss} AS high", "-1 AS step")
            write_rows(self.frames.checkpoints, table.selectExpr(*columns), outputs.rows)


#: What each customer loses of its inputs: the greatest of its groups.
_LOST_INPUTS = f"""
    SELECT shock, firm, max(lost) AS down, 0D AS up, 0D AS down_before, 0D AS up_before FROM (
        SELECT l.shock, customer AS firm, input_group, {ordered_sum("i.down * l.loss", "supplier")} AS lost
        FROM {{input}} i JOIN {{lost}} l ON l.firm = i.supplier WHERE i.down > 0 GROUP BY l.shock, customer, input_group
    ) GROUP BY shock, firm
"""
#: The lost sales of each supplier.
_LOST_SALES = f"""
    SELECT u.shock, supplier AS firm, 0D AS down, {ordered_sum("i.up * u.up", "customer")} AS up, 0D AS down_before,
           0D AS up_before
    FROM {{input}} i JOIN {{unsold}} u ON u.firm = i.customer GROUP BY u.shock, supplier
"""


def _among(shocks: Ints) -> str:
    """Return the SQL of being a row of some shocks."""
    return f"shock IN ({', '.join(map(str, shocks.tolist()))})"


__all__ = ["CascadeOptions", "run"]
