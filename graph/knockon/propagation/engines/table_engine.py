"""What the engines on tables share: the context that they are, and running a model by its name."""

from __future__ import annotations

import inspect
from typing import Any, ClassVar, Self

import numpy.typing as npt

from knockon.errors import UsageError
from knockon.network.hits import Hits
from knockon.network.tables import NetworkTables
from knockon.propagation.engines.settings import EngineSettings
from knockon.propagation.result import Result


class TableEngine:
    """An engine that has a method for each of its models; every run removes its own files.

    Parameters
    ----------
    settings
        How much memory, disk and processor it may take.
    """

    name: ClassVar[str]
    models: ClassVar[tuple[str, ...]] = ("reach", "leontief", "esri", "debtrank")

    def __init__(self, settings: EngineSettings) -> None:
        self.settings = settings

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        """Nothing is left to remove."""

    def run(self, model: str, network: NetworkTables, shocks: Hits | npt.ArrayLike | None = None, **parameters: Any) -> Result:
        """Run a model; see :class:`knockon.propagation.engines.Engine`.

        Raises
        ------
        UsageError
            The engine does not have the model, or its form of it does not take one of the parameters.
        """
        from knockon.propagation.engines import check_engine_model

        check_engine_model(self.name, self.models, model)
        run: Any = getattr(self, model)
        known = [name for name, one in inspect.signature(run).parameters.items() if one.kind is one.KEYWORD_ONLY]
        if unknown := sorted(set(parameters) - set(known)):
            raise UsageError(f"{model} on the engine {self.name} takes no {unknown[0]}; it takes {', '.join(known)}")
        result: Result = run(network, shocks, **parameters)
        return result


__all__ = ["TableEngine"]
