"""The engine ``memory``: reads tables into a network, and runs the models of :mod:`knockon.propagation` on it."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Self

import numpy.typing as npt

from knockon.network.hits import Hits
from knockon.network.network import Network
from knockon.network.tables import NetworkTables, read_tables
from knockon.network.tables.equity import check_equity, read_equity
from knockon.propagation.engines.settings import EngineSettings
from knockon.propagation.result import Result


class MemoryEngine:
    """Runs the models on a network in memory; the other engines are compared with it.

    Parameters
    ----------
    settings
        Not used: numpy takes what it needs.
    """

    name = "memory"
    models: tuple[str, ...] = ("reach", "leontief", "esri", "debtrank", "timeline")

    def __init__(self, settings: EngineSettings) -> None:
        self.settings = settings

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        """Nothing is left to remove."""

    def run(
        self, model: str, network: NetworkTables | Network, shocks: Hits | npt.ArrayLike | None = None, **parameters: Any
    ) -> Result:
        """Run a model; see :class:`knockon.propagation.engines.Engine`. By default equity is that of the tables."""
        from knockon.propagation.engines import check_engine_model

        check_engine_model(self.name, self.models, model)
        if isinstance(network, NetworkTables):
            if model == "debtrank" and network.kind == "flows" and parameters.get("equity") is None:
                check_equity(network)
                parameters["equity"] = read_equity(network)
            network = read_tables(network)
        function: Any = getattr(import_module("knockon.propagation"), model)
        result: Result = function(network, shocks, **parameters)
        return result


__all__ = ["MemoryEngine"]
