"""The engine ``spark``: models as joins of tables on one or several machines, with verified checkpoints after each round."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import numpy.typing as npt

from knockon.errors import UsageError
from knockon.network.hits import NODE, Hits
from knockon.network.tables import NetworkTables
from knockon.network.tables.equity import check_equity
from knockon.propagation.checks import check_flag, check_stopping
from knockon.propagation.debtrank import CAP as DEBTRANK_CAP
from knockon.propagation.debtrank import EPS as DEBTRANK_EPS
from knockon.propagation.debtrank import DebtRankResult, check_bounds, check_variant
from knockon.propagation.debtrank_rounds import Variant
from knockon.propagation.engines.settings import EngineSettings
from knockon.propagation.engines.spark_failures import spark_failures
from knockon.propagation.engines.spark_frames import Frames
from knockon.propagation.engines.spark_options import SparkOptions
from knockon.propagation.engines.spark_output import Outputs, check_output
from knockon.propagation.engines.spark_process import require_pyspark
from knockon.propagation.engines.spark_session import spark_session
from knockon.propagation.engines.table_engine import TableEngine
from knockon.propagation.esri import CAP as ESRI_CAP
from knockon.propagation.esri import EPS as ESRI_EPS
from knockon.propagation.esri_result import EsriResult
from knockon.propagation.esri_task import Cascade
from knockon.propagation.fixed_point import CAP, EPS
from knockon.propagation.matrices import node_values
from knockon.propagation.result import MAX_KEPT, Result


class SparkEngine(TableEngine):
    """Runs reach, leontief, esri and debtrank on Spark.

    Parameters
    ----------
    settings
        How much memory it may take (of Java; of each executor on a cluster), the folder for temporary files, the number of
        cores of this machine or the address of a cluster.

    Raises
    ------
    UsageError
        A setting that Spark does not have, or pyspark is not installed.
    """

    name = "spark"

    def __init__(self, settings: EngineSettings) -> None:
        super().__init__(settings)
        self.options = spark_options(settings)
        require_pyspark()

    def leontief(
        self,
        network: NetworkTables,
        shocks: Hits | npt.ArrayLike | None = None,
        *,
        eps: float = EPS,
        cap: int = CAP,
        losses: bool | None = None,
        output: str | os.PathLike[str] | None = None,
        rows_to: Path | None = None,
    ) -> Result:
        """Return the losses of k shocks with exact bounds; as :func:`knockon.propagation.leontief.leontief`.

        ``output`` is a folder for one table of all losses (Parquet: shock, node, id, low, loss, high), for results that do
        not fit into memory.
        """
        from knockon.propagation.engines import spark_leontief

        _require(network, "graph", "leontief")
        check_stopping(eps, cap)
        hits = Hits.of(network, shocks)
        keep = hits.count * network.nodes <= MAX_KEPT if losses is None else losses
        with self._frames(network, output, rows_to) as (frames, outputs):
            return spark_leontief.run(frames, hits, eps=eps, cap=cap, keep=keep, outputs=outputs)

    def reach(
        self,
        network: NetworkTables,
        shocks: Hits | npt.ArrayLike | None = None,
        *,
        upstream: bool = False,
        losses: bool | None = None,
        output: str | os.PathLike[str] | None = None,
        rows_to: Path | None = None,
    ) -> Result:
        """Return what k shocks reach, and at how many steps; parameters as :func:`knockon.propagation.reach.reach` has them.

        On a graph slot, supply and source of each node are kept with the steps; on money flows the steps alone. ``output`` is
        a folder for one table of all nodes reached (Parquet: shock, node, id, step).
        """
        from knockon.propagation.engines import spark_reach

        _require(network, network.kind if isinstance(network, NetworkTables) else "graph", "reach")
        check_flag("upstream", upstream)
        hits = Hits.of(network, shocks)
        if network.kind == "flows" and (hits.kind != NODE).any():
            raise UsageError("reach on money flows takes losses of nodes; a slot or supply is hit")
        keep = hits.count * network.nodes <= MAX_KEPT if losses is None else losses
        with self._frames(network, output, rows_to) as (frames, outputs):
            return spark_reach.run(frames, hits, upstream=upstream, keep=keep, outputs=outputs)

    def esri(
        self,
        network: NetworkTables,
        shocks: Hits | npt.ArrayLike | None = None,
        *,
        eps: float = ESRI_EPS,
        cap: int = ESRI_CAP,
        replaceability: bool = True,
        cascade: Cascade = "both",
        losses: bool | None = None,
        output: str | os.PathLike[str] | None = None,
        rows_to: Path | None = None,
    ) -> EsriResult:
        """Return the economic systemic risk index of k shocks; parameters as :func:`knockon.propagation.esri.esri` has them.

        Losses are kept without steps and bindings. ``output`` is a folder for one table of all losses (Parquet: shock, firm,
        id, downstream, upstream).
        """
        from knockon.propagation.engines import spark_esri

        _require(network, "flows", "esri")
        options = spark_esri.CascadeOptions.checked(eps, cap, cascade, replaceability=replaceability)
        hits = Hits.of(network, shocks)
        keep = hits.count * network.entities <= MAX_KEPT if losses is None else losses
        with self._frames(network, output, rows_to) as (frames, outputs):
            return spark_esri.run(frames, hits, options, keep=keep, outputs=outputs)

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
        output: str | os.PathLike[str] | None = None,
        rows_to: Path | None = None,
    ) -> DebtRankResult:
        """Return the DebtRank of k shocks; parameters as :func:`knockon.propagation.debtrank.debtrank` has them.

        By default equity is that of the tables. Losses are kept without steps and sources. ``output`` is a folder for one
        table of all losses (Parquet: shock, firm, id, low, loss, high).
        """
        from knockon.propagation.engines import spark_debtrank

        _require(network, "flows", "debtrank")
        check_variant(variant, eps, cap)
        size = network.entities
        stated = None if equity is None else node_values(equity, size, "equity", positive=True)
        worth = None if value is None else node_values(value, size, "value")
        if stated is None:
            check_equity(network)
        hits = Hits.of(network, shocks)
        hits.node_losses("debtrank")
        if variant == "original":
            check_bounds(hits)
        keep = hits.count * size <= MAX_KEPT if losses is None else losses
        with self._frames(network, output, rows_to) as (frames, outputs):
            options = spark_debtrank.DistressOptions(variant, eps, cap, stated, worth)
            return spark_debtrank.run(frames, hits, options, keep=keep, outputs=outputs)

    @contextmanager
    def _frames(
        self, network: NetworkTables, output: str | os.PathLike[str] | None, rows_to: Path | None
    ) -> Iterator[tuple[Frames, Outputs]]:
        """Give the tables in Spark, and where the result is written; temporary files are removed."""
        with spark_session(self.options) as session, spark_failures("computing losses"):
            url = None if output is None else check_output(session, os.fspath(output))
            frames = Frames(session, network)
            with closing(frames.checkpoints):
                yield frames, Outputs(url, rows_to)


def spark_options(settings: EngineSettings) -> SparkOptions:
    """Return the settings of an engine as options of Spark.

    Raises
    ------
    UsageError
        Spark has no such setting.

    Examples
    --------
    >>> spark_options(EngineSettings(threads=2)).master
    'local[2]'
    """
    if settings.spill_limit is not None:
        raise UsageError("Spark has no limit for its temporary files: leave out --spill-limit, and choose a disk with --spill")
    if settings.threads is not None and settings.master is not None:
        raise UsageError("the master of Spark says how many cores it has: leave out --threads, or write --master 'local[2]'")
    master = settings.master if settings.threads is None else f"local[{settings.threads}]"
    return SparkOptions(master, settings.memory_bytes, None if settings.spill is None else str(settings.spill))


def _require(network: NetworkTables, kind: str, model: str) -> None:
    """Raise UsageError unless tables are of a kind."""
    if not isinstance(network, NetworkTables):
        raise UsageError(
            f"{model} of this engine runs on tables: open_tables(folder), which write_tables(network, folder) writes"
        )
    if network.kind != kind:
        needed = {
            "flows": "money flows (flows.parquet and firms.parquet)",
            "graph": "a graph (slots.parquet, supplies.parquet)",
        }
        raise UsageError(f"{model} needs tables of {needed[kind]}; {network.folder} holds others")


def no_nodes() -> dict[str, Any]:
    """Return the fields of a result by node that is not kept."""
    return dict.fromkeys(("loss", "low", "high", "step", "slot", "supply", "source", "shortage"))


__all__ = ["SparkEngine", "no_nodes", "spark_options"]
