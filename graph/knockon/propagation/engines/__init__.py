"""Engines that run models on a network as tables, for networks that do not fit into memory.

``memory`` reads the tables into a Network and runs the models of :mod:`knockon.propagation` on it. ``duckdb`` runs them as
iterated joins that write to disk what does not fit (:mod:`knockon.propagation.engines.duckdb_engine`), ``spark`` on several
machines (:mod:`knockon.propagation.engines.spark_engine`). All give the same numbers (to 1e-12), rounds and reasons for
stopping.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any, Protocol, Self

import numpy.typing as npt

from knockon.errors import UsageError, nearest
from knockon.network.hits import Hits
from knockon.network.tables import NetworkTables
from knockon.propagation.engines.settings import EngineSettings
from knockon.propagation.result import Result

#: The module and class of each engine.
_HOMES = {
    "memory": ("knockon.propagation.engines.memory_engine", "MemoryEngine"),
    "duckdb": ("knockon.propagation.engines.duckdb_engine", "DuckDBEngine"),
    "spark": ("knockon.propagation.engines.spark_engine", "SparkEngine"),
}
#: The names of all engines.
ENGINES = tuple(_HOMES)


class Engine(Protocol):
    """What every engine offers; use one as a context, so that its temporary files are removed.

    Attributes
    ----------
    name
        The name that options and results have for it.
    models
        The models that it has.
    """

    name: str
    models: tuple[str, ...]

    def __init__(self, settings: EngineSettings) -> None: ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *error: object) -> None: ...

    def run(self, model: str, network: NetworkTables, shocks: Hits | npt.ArrayLike | None = None, **parameters: Any) -> Result:
        """Run a model on a network as tables.

        Parameters
        ----------
        model
            One of ``models``.
        network
            The network, as :func:`knockon.network.tables.open_tables` opens it.
        shocks
            As the function of the model takes them.
        parameters
            Those of the model. The engines beyond memory also take ``rows_to``, a Parquet file for the losses of one shock.

        Returns
        -------
        Result
            As the function of the model returns it.
        """


def engine(name: str, **settings: Any) -> Engine:
    """Return an engine.

    Parameters
    ----------
    name
        ``memory``, ``duckdb`` or ``spark``.
    settings
        The fields of :class:`knockon.propagation.engines.settings.EngineSettings`: memory, spill, spill_limit,
        threads, master.

    Raises
    ------
    UsageError
        There is no such engine, what it runs on is not installed, or a setting is out of range.

    Examples
    --------
    >>> engine("memory").models
    ('reach', 'leontief', 'esri', 'debtrank', 'timeline')
    """
    if name not in _HOMES:
        close = nearest(name, ENGINES)
        hint = f"; did you mean {', '.join(close)}?" if close else ";"
        raise UsageError(f"unknown engine {name!r}{hint} known are {', '.join(ENGINES)}")
    module, kind = _HOMES[name]
    factory: Callable[[EngineSettings], Engine] = getattr(import_module(module), kind)
    chosen = EngineSettings(**settings)
    if chosen.master is not None and name != "spark":
        raise UsageError(f"a master is the address of a cluster for --engine spark; the engine {name} takes none")
    return factory(chosen)


def check_engine_model(name: str, models: tuple[str, ...], model: str) -> None:
    """Raise UsageError where an engine does not have a model; the message lists those that it has.

    >>> check_engine_model("duckdb", ("reach", "esri"), "timeline")
    Traceback (most recent call last):
    ...
    knockon.errors.UsageError: the engine duckdb has no model timeline; it has reach, esri; --engine memory has all
    """
    if model not in models:
        raise UsageError(f"the engine {name} has no model {model}; it has {', '.join(models)}; --engine memory has all")


__all__ = ["ENGINES", "Engine", "EngineSettings", "check_engine_model", "engine"]
