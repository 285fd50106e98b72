"""Close firms with an engine for networks beyond memory, some at a time, on the network written as tables."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np

from knockon.analysis.engine_choice import EngineChoice
from knockon.analysis.rank.runners import RankOptions, blocks, runner_for
from knockon.network.network import Floats, Ints, Network

#: The most firms that one call closes: each call loads the tables, and progress is saved after it.
_STEP = 50
#: What only the kernels in memory take.
_KERNEL_OPTIONS = ("engine", "threads")


@contextmanager
def close_on_engine(
    engine: EngineChoice, network: Network, model: str, parameters: RankOptions, first: int
) -> Iterator[Iterator[Floats]]:
    """Give the numbers of the firms from ``first`` on, some at a time, computed by an engine.

    Parameters
    ----------
    engine
        The engine.
    network, model, parameters
        As :func:`knockon.analysis.rank.rank.rank` takes them.
    first
        The first firm to close.

    Raises
    ------
    UsageError
        The engine does not have the model.
    LimitReached
        A run does not fit into the memory and the disk that the engine may take.
    """
    from knockon.network.tables import open_tables, write_tables
    from knockon.network.tables.working_folder import working_folder
    from knockon.propagation.engines import check_engine_model

    with engine.open() as running, working_folder(engine.spill) as folder:
        check_engine_model(running.name, running.models, model)
        write_tables(network, folder / "tables")
        tables = open_tables(folder / "tables")

        def close(model: str, nodes: Ints, **options: Any) -> Any:
            taken = {name: value for name, value in options.items() if name not in _KERNEL_OPTIONS}
            # Losses are kept where the index is made of them.
            return running.run(model, tables, nodes, **{"losses": True, **taken})

        runner = runner_for(network, model, parameters, close)
        runner = replace(runner, step=min(runner.step, _STEP))
        yield (runner.run(np.arange(block.start, block.stop)) for block in blocks(runner, first, network.entities))


__all__ = ["close_on_engine"]
