"""The ranking of firms by how much is lost when each is closed alone."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

import numpy as np

from knockon.analysis.answer import JsonValue
from knockon.analysis.engine_choice import IN_MEMORY, EngineChoice
from knockon.analysis.rank.checkpoint import Checkpoint
from knockon.analysis.rank.on_engine import close_on_engine
from knockon.analysis.rank.ranking import Ranking
from knockon.analysis.rank.runners import MODELS, RankOptions, Runner, blocks, runner_for
from knockon.errors import EngineFailed, UsageError
from knockon.network.network import Floats, Network
from knockon.propagation.structure.sole_suppliers import sole_suppliers

if TYPE_CHECKING:
    from knockon.propagation.engines.spark_options import SparkOptions


def rank(
    network: Network,
    model: str = "leontief",
    *,
    checkpoint: Path | None = None,
    progress: Callable[[int], None] | None = None,
    as_of: str | None = None,
    spark: SparkOptions | None = None,
    choice: EngineChoice = IN_MEMORY,
    **parameters: Unpack[RankOptions],
) -> Ranking:
    """Close every node of a network in turn, and rank the nodes by the index of a model.

    ``esri`` and ``debtrank`` are their published indices (``debtrank`` needs
    ``equity``). ``leontief`` on flows is the share of all sales lost downstream
    where no firm can be replaced; on a graph, where entities have no weights,
    it is the mean loss of all others, with exact bounds.

    Parameters
    ----------
    checkpoint
        A file with the results so far, written every few seconds and deleted at the end; the same call continues from it.
    progress
        Called with the number of firms that are done.
    as_of
        The day of the records in the network, for the parameters of the result; None for a network without dates.
    spark
        Where to run Spark, whose executors close the firms; None: they are closed in this process. The numbers are the same.

    choice
        The engine that closes the firms where Spark does not; the numbers are the same.

    Raises
    ------
    UsageError
        The model or a parameter is unknown, the engine does not have the model,
        the network lacks inputs of the model, the checkpoint is of another run, or Spark
        is not installed.
    EngineFailed
        Spark failed for good.

    Examples
    --------
    >>> network = Network.from_flows([0, 0, 1], [1, 2, 2], [1.0, 1.0, 2.0])
    >>> [(row["firm"], row["index"]) for row in rank(network, "esri", replaceability=False).rows()]
    [('0', 1.0), ('2', 1.0), ('1', 0.75)]
    """
    if model not in MODELS:
        raise UsageError(f"unknown model {model!r}; rank knows {', '.join(MODELS)}")
    if spark is None and choice.name == "spark":
        from knockon.propagation.engines.spark_engine import spark_options

        spark = spark_options(choice.settings)
    runner = runner_for(network, model, parameters)
    results = Checkpoint(checkpoint, _identity(network, model, runner.parameters), network.entities, len(runner.columns))
    if results.done < network.entities:
        with (
            _closures(network, model, runner, parameters, results.done, spark)
            if choice.is_memory or spark is not None
            else close_on_engine(choice, network, model, parameters, results.done)
        ) as numbers:
            _run(numbers, results, progress)
    columns = dict(zip(runner.columns, results.rows.T, strict=True))
    for name in ("iterations", "affected"):
        if name in columns:
            columns[name] = columns[name].astype(np.int64)
    results.remove()
    return Ranking(
        network=network,
        model=model,
        meaning=runner.wording.meaning,
        equation=runner.wording.equation,
        reference=runner.wording.reference,
        columns=columns,
        stopped_by=np.where(columns["residual"] <= runner.eps, "tolerance", "cap").astype(object),
        order=np.lexsort((np.arange(network.entities), -columns["index"])),
        parameters={
            **runner.parameters,
            **({} if choice.is_memory else {"engine": choice.name}),
            **({} if as_of is None else {"as_of": as_of}),
        },
        sole=sole_suppliers(network) if network.flows is None else {},
        caveats=runner.caveats,
    )


@contextmanager
def _closures(
    network: Network, model: str, runner: Runner, parameters: RankOptions, first: int, spark: SparkOptions | None
) -> Iterator[Iterator[Floats]]:
    """Give the numbers of the firms from ``first`` on, some at a time, computed here or by the executors of Spark."""
    if spark is None:
        yield (runner.run(np.arange(block.start, block.stop)) for block in blocks(runner, first, network.entities))
        return
    from knockon.analysis.rank.spark import close_on_spark
    from knockon.propagation.engines.spark_session import spark_session

    with (
        spark_session(spark) as session,
        closing(close_on_spark(session, network, model, runner, parameters, first)) as numbers,
    ):
        yield numbers


def _run(numbers: Iterator[Floats], results: Checkpoint, progress: Callable[[int], None] | None) -> None:
    """Record the numbers of the firms that have none yet; an interrupt, or an engine that fails, leaves the results so far."""
    if progress:
        progress(results.done)
    try:
        for rows in numbers:
            results.add(rows)
            if progress:
                progress(results.done)
    except (KeyboardInterrupt, EngineFailed):
        results.write()
        raise


def _identity(network: Network, model: str, parameters: Mapping[str, JsonValue]) -> str:
    """Return a digest of everything that the numbers depend on."""
    plain = {name: value for name, value in parameters.items() if name != "threads"}
    return hashlib.sha256(json.dumps([network.hash, model, plain], sort_keys=True, default=str).encode()).hexdigest()


__all__ = ["rank"]
