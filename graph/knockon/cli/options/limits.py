"""The limits of a query: its time, memory, number of rows and size."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import typer

from knockon.cli.signatures import with_options
from knockon.cli.sizes import bytes_of
from knockon.sparql.limits import Limits
from knockon.text import format_bytes

_DEFAULTS = Limits()
_SECONDS = typer.Option("--max-seconds", metavar="SECONDS", help="Stop the query after this time (0: no limit).")
_MEMORY = typer.Option(
    "--max-memory", metavar="SIZE", help="Stop the query if it needs more memory, e.g. 512M or 4G (0: no limit)."
)
_ROWS = typer.Option("--max-rows", metavar="COUNT", help="Stop the query if it has more rows (0: no limit).")
_SIZE = typer.Option("--max-size", metavar="SIZE", help="Stop the query if its answer is larger, e.g. 64M (0: no limit).")
_OPTIONS: dict[str, tuple[Any, Any]] = {
    "max_seconds": (Annotated[float, _SECONDS], _DEFAULTS.seconds or 0),
    "max_memory": (Annotated[str, _MEMORY], format_bytes(_DEFAULTS.memory or 0)),
    "max_rows": (Annotated[int, _ROWS], _DEFAULTS.rows or 0),
    "max_size": (Annotated[str, _SIZE], format_bytes(_DEFAULTS.size or 0)),
}


def limit_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the limits of a query to a command, which gets them as ``limits``."""

    def run(*, max_seconds: float, max_memory: str, max_rows: int, max_size: str, **values: Any) -> Any:
        memory, size = bytes_of("--max-memory", max_memory), bytes_of("--max-size", max_size)
        return command(**values, limits=Limits(max_seconds, memory, max_rows, size))

    return with_options(command, run, _OPTIONS, hidden={"limits"})
