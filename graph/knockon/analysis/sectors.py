"""Prices, extraction, supply-driven losses and inoperability on a table of flows between sectors or firms, by their names."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from knockon.analysis.methods import REGISTRY
from knockon.analysis.methods.method import Wording
from knockon.analysis.sector_answers import SectorAnswer, SectorShock, SectorShocks
from knockon.analysis.sector_models import GREATEST, Pace, SectorTable, check_inputs, compute, hit_option
from knockon.authoring.files import printable_path
from knockon.errors import InvalidData, Problem, UsageError, failing_with

if TYPE_CHECKING:
    from knockon.authoring.options import ReadOptions
    from knockon.network.network import Floats


def sector_answer(
    table: Path,
    firms: Path | None,
    read: ReadOptions,
    model: str,
    shock: Mapping[str, float],
    passed_on: Mapping[str, float] | None = None,
    choice: str = "",
    pace: Pace | None = None,
) -> SectorAnswer:
    """Compute what a shock does to the sectors of a table of flows.

    Parameters
    ----------
    table
        A table with the columns supplier, customer, value; what a sector sells to itself counts.
    firms
        A table with the columns firm and final_demand.
    read
        How the tables are read.
    model
        ``price``, ``extraction``, ``ghosh`` or ``inoperability``.
    shock
        The number of each sector that is hit.
    passed_on
        The share of higher costs that sectors pass on; ``""`` is the share of all others.
    choice
        What rises (``price``), what is extracted (``extraction``), or what the table means (``inoperability``: ``given``,
        where a value is the part of the supplier's inoperability that passes to the customer, ``demand`` or ``supply``).
    pace
        How sectors recover, for inoperability over time; None: at rest.

    Raises
    ------
    NotFound
        There is no such sector or file.
    InvalidData
        The tables are invalid, or a sector buys as much as its output is worth or more.
    UsageError
        A number is negative, not finite or above 1 where it is a share, or nothing is hit.
    """
    if not shock and not (pace and pace.start):
        raise UsageError(f"say which sector is hit: {hit_option(model, choice)} SECTOR=NUMBER, or --shocks FILE")
    with failing_with("nothing was computed"):
        opened = _open(table, firms, read, model, choice)
        given = opened.by_sector(shock, 0.0, hit_option(model, choice), share=model != "price")[None]
        changes = compute(opened, model, given, _shares(opened, passed_on), choice, pace)
        changes.check(printable_path(table))
    set_by_call = given if pace is None else np.maximum(given, opened.by_sector(pace.start, 0.0, "--start"))
    about, name = _wording(model, choice, passed_on, pace)
    sectors = changes.of(0, opened.names, set_by_call)
    return SectorAnswer(name, about.equation, about.reference, changes.total_of(0), sectors, opened.without_flows)


def sector_shocks(
    table: Path,
    firms: Path | None,
    read: ReadOptions,
    model: str,
    shocks: Path,
    passed_on: Mapping[str, float] | None = None,
    choice: str = "",
    pace: Pace | None = None,
) -> SectorShocks:
    """Compute what each shock of a table does to the sectors of a table of flows.

    Parameters
    ----------
    table, firms, read, model, passed_on, choice, pace
        As :func:`sector_answer` takes them.
    shocks
        A table with the columns shock, sector (or firm) and share, which is the number of the sector that is hit.

    Raises
    ------
    NotFound, InvalidData, UsageError
        As :func:`sector_answer` raises them; a sector of the table of shocks that does not exist is invalid data.
    """
    from knockon.authoring.share_tables import read_shares

    with failing_with("nothing was computed"):
        opened = _open(table, firms, read, model, choice)
        rows = read_shares(shocks, opened.names, read, most=GREATEST if model == "price" else 1.0)
        given = rows.matrix(len(opened.names))
        changes = compute(opened, model, given, _shares(opened, passed_on), choice, pace)
        changes.check(printable_path(table))
    about, model = _wording(model, choice, passed_on, pace)
    results = tuple(
        SectorShock(name, changes.total_of(row), changes.of(row, opened.names, given)) for row, name in enumerate(rows.names)
    )
    return SectorShocks(model, about.equation, about.reference, results, opened.without_flows)


def _open(table: Path, firms: Path | None, read: ReadOptions, model: str, choice: str) -> SectorTable:
    """Read the tables and check that the model can run on them."""
    from knockon.network import Network
    from knockon.network.from_table import read_network

    tabled = read_network(Network, table, firms, None, read, "keep")
    network = tabled.network
    names = tuple(str(name) for name in network.nodes)
    if not names:
        raise InvalidData([Problem(printable_path(table), None, "has no rows", "one for each pair: supplier, customer, value")])
    if firms is not None and (network.flows is None or not (network.flows.final_demand > 0).any()):
        fault = "no firm has final demand above 0"
        raise InvalidData([Problem(printable_path(firms), None, fault, "name its columns firm and final_demand")])
    check_inputs(network, names, table, model, choice)
    return SectorTable(network, names, tabled.without_flows)


def _shares(opened: SectorTable, passed_on: Mapping[str, float] | None) -> Floats:
    """Return the share of higher costs that each sector passes on."""
    return opened.by_sector(passed_on or {}, 1.0, "--passed-on")


def _wording(model: str, choice: str, passed_on: Mapping[str, float] | None, pace: Pace | None) -> tuple[Wording, str]:
    """Return the equations and their source, and the name of the model in the registry."""
    if pace is not None:
        form = REGISTRY[model].forms[choice]
        about = REGISTRY[f"dynamic_{model}"].wording()
        return about._replace(equation="; ".join((about.equation, *form.equations))), f"dynamic_{model}"
    return REGISTRY[model].wording(*([choice] if choice else []), *(["passed_on"] if passed_on else [])), model


__all__ = ["Pace", "sector_answer", "sector_shocks"]
