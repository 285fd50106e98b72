"""The options of a sampling: how many draws, how they are drawn, and which probabilities are computed from them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import typer

from knockon.cli.signatures import with_options

_OPTIONS: dict[str, tuple[Any, Any]] = {
    "draws": (Annotated[int, typer.Option("--draws", help="How many draws (2 or more; a power of two for sobol).")], 1024),
    "draws_per": (
        Annotated[
            str,
            typer.Option("--draws-per", help="word (all links of a word share a number in a draw) or link (each has its own)."),
        ],
        "word",
    ),
    "sampling": (Annotated[str, typer.Option("--sampling", help="lhs (Latin hypercube) or sobol.")], "lhs"),
    "shape": (
        Annotated[str, typer.Option("--shape", help="triangular (its peak at the point of the interval) or uniform.")],
        "triangular",
    ),
    "seed": (Annotated[int, typer.Option("--seed", help="The same seed draws the same numbers.")], 0),
    "threshold": (
        Annotated[
            float,
            typer.Option("--threshold", help="Give the probability of a loss of at least this (0..1; 0: any loss)."),
        ],
        0.5,
    ),
    "worst": (
        Annotated[int, typer.Option("--worst", min=1, help="Give the probability of being among this many worst losses.")],
        5,
    ),
}


def sampling_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of a sampling to a command, which gets them as ``settings``, the keywords of ``Graph.uncertainty``."""

    def run(**values: Any) -> Any:
        settings = {"top" if name == "worst" else name: values.pop(name) for name in _OPTIONS}
        return command(**values, settings=settings)

    return with_options(command, run, _OPTIONS, hidden={"settings"})
