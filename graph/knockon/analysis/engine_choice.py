"""Which engine runs a model: this process, or one for networks beyond memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

from knockon.errors import UsageError

if TYPE_CHECKING:
    from knockon.network.hits import Hits
    from knockon.network.network import Network
    from knockon.propagation.engines.settings import EngineSettings
    from knockon.propagation.result import Result

#: The engine that runs models where none is chosen.
MEMORY = "memory"


class EngineOptions(TypedDict, total=False):
    """The options of a question that may run on another engine.

    Attributes
    ----------
    engine
        ``memory``, ``duckdb`` or another of :data:`knockon.propagation.engines.ENGINES`; all give the same numbers.
    memory
        The most memory of the engine, such as ``"4GB"``.
    spill
        The folder for what does not fit into memory.
    spill_limit
        The most that may be written there, such as ``"30GB"``.
    master
        The address of the cluster that Spark runs on, such as ``spark://host:7077``.
    """

    engine: str
    memory: int | str | None
    spill: str | Path | None
    spill_limit: int | str | None
    master: str | None


@dataclass(frozen=True)
class EngineChoice:
    """Which engine runs a model, and what it may take; see ``EngineOptions``.

    Examples
    --------
    >>> EngineChoice.of(engine="duckdb", memory="4GB").name
    'duckdb'
    >>> EngineChoice.of(engine="duckbd")
    Traceback (most recent call last):
    ...
    knockon.errors.UsageError: unknown engine 'duckbd'; did you mean duckdb? known are memory, duckdb, spark
    """

    name: str = MEMORY
    memory: int | str | None = None
    spill: str | Path | None = None
    spill_limit: int | str | None = None
    master: str | None = None

    @classmethod
    def of(cls, **options: Any) -> EngineChoice:
        """Return the choice of the options of ``EngineOptions``, checked.

        Raises
        ------
        UsageError
            There is no such engine, a size is none, or the engine in memory is given one.
        """
        choice = cls(options.pop("engine", MEMORY), **options)
        if not choice.is_memory:
            choice.open()
        elif given := [name for name in ("memory", "spill", "spill_limit", "master") if getattr(choice, name) is not None]:
            raise UsageError(f"{given[0]} goes with other engines: engine=duckdb, or leave it out")
        return choice

    def options(self) -> EngineOptions:
        """Return the choice as the keywords of ``EngineOptions``."""
        return {
            "engine": self.name, "memory": self.memory, "spill": self.spill, "spill_limit": self.spill_limit,
            "master": self.master,
        }  # fmt: skip

    @property
    def is_memory(self) -> bool:
        """Whether models run in this process, on the network itself."""
        return self.name == MEMORY

    @property
    def settings(self) -> EngineSettings:
        """How much memory and disk the engine may take."""
        from knockon.propagation.engines.settings import EngineSettings

        return EngineSettings(memory=self.memory, spill=self.spill, spill_limit=self.spill_limit, master=self.master)

    def open(self) -> Any:
        """Return the engine; use it as a context."""
        from knockon.propagation.engines import engine

        return engine(self.name, memory=self.memory, spill=self.spill, spill_limit=self.spill_limit, master=self.master)

    def run(self, model: str, network: Network, hits: Hits, arguments: Mapping[str, Any]) -> Result:
        """Write a network as tables, and run a model on them; the tables are removed afterwards.

        Parameters
        ----------
        model, network, hits
            The model, the network and the shocks.
        arguments
            The parameters of the model.

        Raises
        ------
        UsageError
            The engine does not have the model.
        LimitReached
            The run does not fit into the memory and the disk that it may take.
        """
        from knockon.network.tables import open_tables, write_tables
        from knockon.network.tables.working_folder import working_folder
        from knockon.propagation.engines import check_engine_model

        with self.open() as engine:
            check_engine_model(engine.name, engine.models, model)
            with working_folder(self.spill) as folder:
                write_tables(network, folder / "tables")
                result: Result = engine.run(model, open_tables(folder / "tables"), hits, losses=True, **arguments)
                return result


#: The choice where none is made.
IN_MEMORY = EngineChoice()

__all__ = ["IN_MEMORY", "MEMORY", "EngineChoice", "EngineOptions"]
