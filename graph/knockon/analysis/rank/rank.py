"""Every firm closed in turn, and ranked by what falls with it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Unpack

import numpy as np

from knockon.analysis.answer import JsonValue
from knockon.analysis.rank.checkpoint import Checkpoint
from knockon.analysis.rank.ranking import Ranking
from knockon.analysis.rank.runners import MODELS, RankOptions, runner_for
from knockon.errors import UsageError
from knockon.network.network import Network
from knockon.propagation.structure.sole_suppliers import sole_suppliers


def rank(
    network: Network,
    model: str = "leontief",
    *,
    checkpoint: Path | None = None,
    progress: Callable[[int], None] | None = None,
    as_of: str | None = None,
    **parameters: Unpack[RankOptions],
) -> Ranking:
    """Close every node of a network in turn, and rank the nodes by the index of a model.

    ``esri`` and ``debtrank`` are their published indices (``debtrank`` needs
    ``equity``). ``leontief`` on flows is the share of all sales lost downstream
    with nobody replaceable; on a graph, where nobody weighs the entities
    against each other, it is the mean loss of all others, with exact bounds.

    Parameters
    ----------
    checkpoint
        A file that keeps what is done, written every few seconds and gone at the end; the same call goes on from it.
    progress
        Called with the number of firms that are done.
    as_of
        The day that the network is as of, for the parameters of the result; None for a network without dates.

    Raises
    ------
    UsageError
        An unknown model or parameter, a model whose inputs the network lacks, a checkpoint of another run.

    Examples
    --------
    >>> network = Network.from_flows([0, 0, 1], [1, 2, 2], [1.0, 1.0, 2.0])
    >>> [(row["firm"], row["index"]) for row in rank(network, "esri", replaceability=False).rows()]
    [('0', 1.0), ('2', 1.0), ('1', 0.75)]
    """
    if model not in MODELS:
        raise UsageError(f"unknown model {model!r}; rank knows {', '.join(MODELS)}")
    runner = runner_for(network, model, parameters)
    kept = Checkpoint(checkpoint, _identity(network, model, runner.parameters), network.size, len(runner.columns))
    if progress:
        progress(kept.done)
    try:
        while kept.done < network.size:
            kept.add(runner.run(np.arange(kept.done, min(kept.done + runner.step, network.size))))
            if progress:
                progress(kept.done)
    except KeyboardInterrupt:
        kept.write()
        raise
    columns = dict(zip(runner.columns, kept.rows.T, strict=True))
    for name in ("iterations", "affected"):
        if name in columns:
            columns[name] = columns[name].astype(np.int64)
    kept.remove()
    return Ranking(
        network=network,
        model=model,
        meaning=runner.meaning,
        columns=columns,
        stopped_by=np.where(columns["residual"] <= runner.eps, "tolerance", "cap").astype(object),
        order=np.lexsort((np.arange(network.size), -columns["index"])),
        parameters=runner.parameters if as_of is None else {**runner.parameters, "as_of": as_of},
        sole=sole_suppliers(network) if network.flows is None else {},
        caveats=runner.caveats,
    )


def _identity(network: Network, model: str, parameters: Mapping[str, JsonValue]) -> str:
    """Return a digest of all that must be the same for a checkpoint to be of use."""
    plain = {name: value for name, value in parameters.items() if name != "threads"}
    return hashlib.sha256(json.dumps([network.hash, model, plain], sort_keys=True, default=str).encode()).hexdigest()


__all__ = ["rank"]
