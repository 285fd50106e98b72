"""The options of the engine that runs a model, and of what it may take."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from knockon.analysis.engine_choice import MEMORY, EngineChoice
from knockon.cli.signatures import with_options

_OPTIONS: dict[str, tuple[Any, Any]] = {
    "engine": (
        Annotated[
            str,
            typer.Option(
                "--engine",
                help="Where the model runs: memory, duckdb or spark, for what outgrows it.",
            ),
        ],
        MEMORY,
    ),
    "memory": (
        Annotated[
            str | None,
            typer.Option("--memory", metavar="SIZE", help="The most memory of another engine, e.g. 4GB; default: most of it."),
        ],
        None,
    ),
    "spill": (
        Annotated[
            Path | None,
            typer.Option("--spill", metavar="FOLDER", help="Where another engine writes what does not fit into memory."),
        ],
        None,
    ),
    "spill_limit": (
        Annotated[
            str | None,
            typer.Option(
                "--spill-limit", metavar="SIZE", help="The most it may write there, e.g. 30GB; default: what is free."
            ),
        ],
        None,
    ),
    "master": (
        Annotated[
            str | None,
            typer.Option("--master", metavar="URL", help="Where Spark runs: local[2], spark://host:7077, yarn; default: here."),
        ],
        None,
    ),
}


def engine_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of the engine to a command, which gets them as ``engine``."""

    def run(**values: Any) -> Any:
        choice = EngineChoice.of(**{name: values.pop(name) for name in _OPTIONS})
        return command(**values, engine=choice)

    return with_options(command, run, _OPTIONS, hidden={"engine"})


__all__ = ["engine_options"]
