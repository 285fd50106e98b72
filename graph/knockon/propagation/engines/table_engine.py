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

    Beside the parameters of the models each takes ``rows_to``: a Parquet file for the losses of one shock, a row for each
    entity that loses something (``id``, ``loss``, ``low``, ``high``, ``step``), since they may be more than fit into memory.

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
            The engine does not have the model, its form of it does not take one of the parameters, or ``rows_to`` is given
            for several shocks.
        """
        from knockon.propagation.engines import check_engine_model

        check_engine_model(self.name, self.models, model)
        if parameters.get("rows_to") is not None and isinstance(network, NetworkTables):
            check_one_shock(Hits.of(network, shocks))
        run: Any = getattr(self, model)
        known = [name for name, one in inspect.signature(run).parameters.items() if one.kind is one.KEYWORD_ONLY]
        if unknown := sorted(set(parameters) - set(known)):
            raise UsageError(f"{model} on the engine {self.name} takes no {unknown[0]}; it takes {', '.join(known)}")
        result: Result = run(network, shocks, **parameters)
        return result


def check_one_shock(hits: Hits) -> None:
    """Raise UsageError unless hits are of one shock: a file of rows holds the losses of one."""
    if hits.count != 1:
        raise UsageError(f"rows_to takes the losses of one shock, not of {hits.count}")


def rows_schema() -> Any:
    """Return the columns of a file of the losses of one shock; those of ``step`` that are not computed are -1."""
    import pyarrow as pa

    return pa.schema([("id", pa.string()), *((name, pa.float64()) for name in ("loss", "low", "high")), ("step", pa.int32())])


__all__ = ["TableEngine", "check_one_shock", "rows_schema"]
