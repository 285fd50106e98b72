"""The engine ``duckdb``: models as iterated joins, whose tables are written to disk where they do not fit into memory."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from knockon.errors import UsageError
from knockon.network.hits import NODE, Hits
from knockon.network.tables import NetworkTables
from knockon.propagation.bounds import POINT
from knockon.propagation.checks import check_flag, check_stopping
from knockon.propagation.debtrank import CAP as DEBTRANK_CAP
from knockon.propagation.debtrank import EPS as DEBTRANK_EPS
from knockon.propagation.debtrank import DebtRankResult, check_bounds, check_variant
from knockon.propagation.debtrank_rounds import Variant
from knockon.propagation.engines import duckdb_flows, duckdb_graph
from knockon.propagation.engines.duckdb_session import Session, require_duckdb
from knockon.propagation.engines.settings import EngineSettings
from knockon.propagation.engines.table_engine import TableEngine
from knockon.propagation.esri import CAP as ESRI_CAP
from knockon.propagation.esri import EPS as ESRI_EPS
from knockon.propagation.esri import check_cascade, check_weights, number_type, upstream_losses
from knockon.propagation.esri_caveats import FlowSums, caveats_of
from knockon.propagation.esri_result import EsriResult
from knockon.propagation.esri_task import Cascade, EngineResult, EsriTask
from knockon.propagation.fixed_point import CAP, EPS
from knockon.propagation.matrices import node_values
from knockon.propagation.result import MAX_KEPT, Result, stop_reasons


class DuckDBEngine(TableEngine):
    """Runs reach, leontief, esri and debtrank on DuckDB.

    Parameters
    ----------
    settings
        How much memory, disk and processor it may take.

    Raises
    ------
    UsageError
        DuckDB or pyarrow is not installed.
    """

    name = "duckdb"

    def __init__(self, settings: EngineSettings) -> None:
        super().__init__(settings)
        require_duckdb()

    def esri(
        self,
        network: NetworkTables,
        shocks: Hits | npt.ArrayLike | None = None,
        *,
        eps: float = ESRI_EPS,
        cap: int = ESRI_CAP,
        replaceability: bool = True,
        cascade: Cascade = "both",
        upstream_shocks: Hits | npt.ArrayLike | None = None,
        weights: npt.ArrayLike | None = None,
        by_sector: bool = False,
        losses: bool | None = None,
        rows_to: Path | None = None,
        dtype: npt.DTypeLike = np.float64,
    ) -> EsriResult:
        """Return the economic systemic risk index of k shocks; parameters as :func:`knockon.propagation.esri.esri` has them.

        Losses are kept without steps and bindings.
        """
        _require(network, "flows", "esri")
        single = number_type(dtype, eps) == np.float32
        check_stopping(eps, cap)
        check_flag("replaceability", replaceability)
        check_flag("by_sector", by_sector)
        check_cascade(cascade)
        hits = Hits.of(network, shocks)
        keep = hits.count * network.entities <= MAX_KEPT if losses is None else losses
        down = hits.node_losses("esri")
        # Without numbers of its own each firm counts by its sales, which the tables have.
        counted = np.zeros(0) if weights is None else check_weights(weights, network.entities)
        task = EsriTask(
            down, upstream_losses(network, upstream_shocks, down), counted, eps, cap, replaceability, keep, by_sector,
            down=cascade != "upstream", up=cascade != "downstream",
        )  # fmt: skip
        from knockon.propagation.engines import duckdb_esri

        with Session(self.settings) as session:
            duckdb_flows.load_flows(session, network)
            final_demand, other_costs = duckdb_flows.sums(session)
            duckdb_esri.prepare(session, task.weight, single=single)
            outcome = duckdb_esri.run(session, task, network.entities)
            _write(session, "esri", network, rows_to)
        parameters = {
            "eps": eps, "cap": cap, "replaceability": replaceability, "exact": False, "cascade": cascade, "engine": self.name,
            "dtype": "float32" if single else "float64", "final_demand": float(final_demand),
        }  # fmt: skip
        parameters |= {"weights": "given"} if weights is not None else {}
        parameters |= {"upstream_shocks": "given"} if upstream_shocks is not None else {}
        sums = FlowSums(network.links, final_demand > 0, other_costs)
        return _esri_result(outcome, task, parameters, caveats_of(sums, eps, replaceability, cascade))

    def reach(
        self,
        network: NetworkTables,
        shocks: Hits | npt.ArrayLike | None = None,
        *,
        upstream: bool = False,
        losses: bool | None = None,
        rows_to: Path | None = None,
    ) -> Result:
        """Return what k shocks reach, and at how many steps; parameters as :func:`knockon.propagation.reach.reach` has them.

        On a graph slot, supply and source of each node are kept with the steps; on money flows the source alone.
        """
        from knockon.propagation.engines import duckdb_reach

        _require(network, network.kind if isinstance(network, NetworkTables) else "graph", "reach")
        check_flag("upstream", upstream)
        hits = Hits.of(network, shocks)
        keep = hits.count * network.nodes <= MAX_KEPT if losses is None else losses
        with Session(self.settings) as session:
            if network.kind == "flows":
                if (hits.kind != NODE).any():
                    raise UsageError("reach on money flows takes losses of nodes; a slot or supply is hit")
                duckdb_flows.load_flows(session, network)
                duckdb_graph.make_links(session)
            else:
                duckdb_graph.load_graph(session, network)
                duckdb_graph.make_edges(session, network)
            result = duckdb_reach.run(session, network, hits, upstream=upstream, keep=keep)
            _write(session, "reach", network, rows_to)
            return result

    def leontief(
        self,
        network: NetworkTables,
        shocks: Hits | npt.ArrayLike | None = None,
        *,
        eps: float = EPS,
        cap: int = CAP,
        losses: bool | None = None,
        rows_to: Path | None = None,
    ) -> Result:
        """Return the losses of k shocks with exact bounds; as :func:`knockon.propagation.leontief.leontief`."""
        from knockon.propagation.engines import duckdb_leontief

        _require(network, "graph", "leontief")
        check_stopping(eps, cap)
        hits = Hits.of(network, shocks)
        keep = hits.count * network.nodes <= MAX_KEPT if losses is None else losses
        with Session(self.settings) as session:
            duckdb_graph.load_graph(session, network)
            duckdb_graph.make_edges(session, network)
            split = duckdb_graph.make_remainders(session)
            bounds = duckdb_leontief.bounds_of(session, hits, split=split)
            result = duckdb_leontief.run(session, network, hits, bounds, split=split, eps=eps, cap=cap, keep=keep)
            _write(session, "leontief", network, rows_to, bounds)
            return result

    def debtrank(
        self,
        network: NetworkTables,
        shocks: Hits | npt.ArrayLike | None = None,
        *,
        equity: npt.ArrayLike | None = None,
        value: npt.ArrayLike | None = None,
        variant: Variant = "linear",
        eps: float = DEBTRANK_EPS,
        cap: int = DEBTRANK_CAP,
        losses: bool | None = None,
        rows_to: Path | None = None,
    ) -> DebtRankResult:
        """Return the DebtRank of k shocks; parameters as :func:`knockon.propagation.debtrank.debtrank` has them.

        By default equity is that of the tables. Losses are kept without steps and sources.
        """
        from knockon.propagation.engines import duckdb_debtrank

        _require(network, "flows", "debtrank")
        check_variant(variant, eps, cap)
        size = network.entities
        stated = None if equity is None else node_values(equity, size, "equity", positive=True)
        worth = None if value is None else node_values(value, size, "value")
        hits = Hits.of(network, shocks)
        if variant == "original":
            check_bounds(hits)
        keep = hits.count * size <= MAX_KEPT if losses is None else losses
        with Session(self.settings) as session:
            duckdb_flows.load_flows(session, network)
            duckdb_debtrank.prepare(session, network, stated, worth, variant)
            result = duckdb_debtrank.run(session, network, duckdb_debtrank.Exposed(hits, variant, eps, cap, keep))
            _write(session, "debtrank", network, rows_to)
            return result


def _write(session: Session, model: str, network: NetworkTables, path: Path | None, bounds: tuple[int, ...] = (POINT,)) -> None:
    """Write the losses of one shock to a file, where one is named."""
    if path is None:
        return
    from knockon.propagation.engines.duckdb_rows import write_rows

    write_rows(session, model, network, path, bounds)


def _require(network: NetworkTables, kind: str, model: str) -> None:
    """Raise UsageError unless tables are of a kind."""
    if not isinstance(network, NetworkTables):
        raise UsageError(f"{model} of this engine runs on tables: write_tables(network, folder), then open_tables(folder)")
    if network.kind != kind:
        needed = (
            "money flows (flows.parquet, firms.parquet)" if kind == "flows" else "a graph (slots.parquet, supplies.parquet)"
        )
        raise UsageError(f"{model} needs tables of {needed}; {network.folder} holds others")


def _esri_result(outcome: EngineResult, task: EsriTask, parameters: dict[str, Any], caveats: tuple[str, ...]) -> EsriResult:
    """Return the result of ESRI, without steps and bindings."""
    by_node: dict[str, Any] = dict.fromkeys(("loss", "low", "high", "step", "slot", "supply", "source", "shortage"))
    if outcome.loss_down is not None and outcome.loss_up is not None:
        loss = np.maximum(outcome.loss_down, outcome.loss_up)
        by_node |= {"loss": loss, "low": loss, "high": loss}
    return EsriResult(
        model="esri", **by_node, iterations=outcome.iterations, residual=outcome.residual,
        stopped_by=stop_reasons(outcome.residual, task.eps), parameters=parameters, index=outcome.both,
        downstream=outcome.downstream, upstream=outcome.upstream, caveats=caveats, sector_loss=outcome.sector,
    )  # fmt: skip
