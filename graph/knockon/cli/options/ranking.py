"""The options of a ranking: the tables of flows and firms, and how the closures are computed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from knockon.analysis.methods import listed_models
from knockon.cli.options.question import Cap, Eps
from knockon.cli.signatures import with_options
from knockon.errors import UsageError


@dataclass(frozen=True)
class FlowTables:
    """The tables beside a table of flows.

    Attributes
    ----------
    firms
        A table of firms; None: there is none.
    essentiality
        A table of how essential a sector is to another; None: there is none.
    drop_self_flows
        Leave out what firms sell to themselves.
    keep_self_flows
        Keep it: the diagonal of an input-output table.
    weights
        What firms count in the index: a column of the table of firms, or a file with firm and weight; None: their sales.
    shocks
        A table of shocks that are run in place of the closure of every firm; None: there is none.
    by_sector
        Compute the loss of each sector too.
    """

    firms: Path | None
    essentiality: Path | None
    drop_self_flows: bool
    keep_self_flows: bool
    weights: str | None
    shocks: Path | None
    by_sector: bool

    def of_esri(self) -> list[str]:
        """Return the options that are given and that only the model esri on a table of flows has."""
        given = {"--weights": self.weights, "--shocks": self.shocks, "--by-sector": self.by_sector}
        return [name for name, value in given.items() if value]


@dataclass(frozen=True)
class Closures:
    """How the closures of a ranking are computed.

    Attributes
    ----------
    model
        The model; None: the one that suits the network.
    checkpoint
        The file with the progress; None: beside the output.
    eps, cap
        When a closure stops; None: the default of the model.
    replaceability
        ``esri``: weigh suppliers by their share of the sector.
    precision
        The bits of a number in the compiled kernels, 64 or 32.
    threads
        The number of cores; None: all.
    variant
        ``debtrank``: linear or original.
    """

    model: str | None
    checkpoint: Path | None
    eps: float | None
    cap: int | None
    replaceability: bool
    precision: int
    threads: int | None
    variant: str

    def check(self) -> None:
        """Refuse values that no model takes.

        Raises
        ------
        UsageError
            The precision is neither 64 nor 32, or there is no such variant.
        """
        if self.precision not in (64, 32):
            raise UsageError(f"--precision is 64 or 32, not {self.precision}")
        if self.variant not in ("linear", "original"):
            raise UsageError(f"--variant is linear or original, not {self.variant!r}")


_TABLES: dict[str, tuple[Any, Any]] = {
    "firms": (
        Annotated[
            Path | None,
            typer.Option("--firms", help="A table of firms: firm, and any of sector, final_demand, costs, equity, weight."),
        ],
        None,
    ),
    "essentiality": (
        Annotated[
            Path | None,
            typer.Option("--essentiality", help="A table: supplier_sector, customer_sector, essentiality (0, 1 or 2; else 1)."),
        ],
        None,
    ),
    "drop_self_flows": (
        Annotated[bool, typer.Option("--drop-self-flows", help="Leave out, and count, what firms sell to themselves.")],
        False,
    ),
    "keep_self_flows": (
        Annotated[
            bool,
            typer.Option("--keep-self-flows", help="Keep what firms sell to themselves, the diagonal of a table."),
        ],
        False,
    ),
    "weights": (
        Annotated[
            str | None,
            typer.Option(
                "--weights",
                metavar="COLUMN_OR_FILE",
                help="esri: count firms by this column of --firms (jobs, revenue), or by a table: firm, weight.",
            ),
        ],
        None,
    ),
    "shocks": (
        Annotated[
            Path | None,
            typer.Option(
                "--shocks",
                help="esri: run these shocks instead. A table: shock, firm, share; upstream if demand loses another share.",
            ),
        ],
        None,
    ),
    "by_sector": (
        Annotated[bool, typer.Option("--by-sector", help="esri: the loss of each sector, for each shock or closed firm.")],
        False,
    ),
}
#: The models in the words of the registry; on a graph `leontief` alone has its inputs.
_MODELS = listed_models(("esri", "debtrank", "leontief"))
_CLOSURES: dict[str, tuple[Any, Any]] = {
    "model": (
        Annotated[str | None, typer.Option("--model", help=f"{_MODELS} [default on flows: esri]")],
        None,
    ),
    "checkpoint": (
        Annotated[
            Path | None,
            typer.Option("--checkpoint", help="Save the progress in this file and continue from it; default: beside -o."),
        ],
        None,
    ),
    "eps": (Eps, None),
    "cap": (Cap, None),
    "replaceability": (
        Annotated[
            bool,
            typer.Option("--replaceability/--no-replaceability", help="esri: weigh suppliers by their share of the sector."),
        ],
        True,
    ),
    "precision": (
        Annotated[int, typer.Option("--precision", help="Bits of a number in the compiled kernels: 64 or 32.")],
        64,
    ),
    "threads": (Annotated[int | None, typer.Option("--threads", min=1, help="Cores to use; default: all.")], None),
    "variant": (Annotated[str, typer.Option("--variant", help="debtrank: linear or original.")], "linear"),
}


def flow_table_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the tables beside a table of flows to a command, which gets them as ``tables``."""

    def run(**values: Any) -> Any:
        tables = FlowTables(**{name: values.pop(name) for name in _TABLES})
        return command(**values, tables=tables)

    return with_options(command, run, _TABLES, hidden={"tables"})


def closure_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of closures to a command, which gets them as ``closures``."""

    def run(**values: Any) -> Any:
        closures = Closures(**{name: values.pop(name) for name in _CLOSURES})
        return command(**values, closures=closures)

    return with_options(command, run, _CLOSURES, hidden={"closures"})
