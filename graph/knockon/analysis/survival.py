"""For how many days final demand can be met without each firm of a table of flows, by their names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from knockon.analysis.answer import Answer
from knockon.analysis.finite_answers import check_finite
from knockon.analysis.methods import REGISTRY
from knockon.authoring.files import printable_path
from knockon.errors import InvalidData, NotFound, Problem, failing_with

if TYPE_CHECKING:
    from knockon.authoring.options import ReadOptions
    from knockon.network import Network
    from knockon.network.network import Floats

#: The most days of stock or recovery, and the greatest capacity that is not unlimited.
_MOST = 1e9
#: How many firms are computed between two reports of progress.
_BLOCK = 20


@dataclass(frozen=True, slots=True)
class FirmSurvival(Answer):
    """For how long the others can meet final demand without one firm.

    Attributes
    ----------
    firm
        Its name in the table.
    days
        The days for which all final demand can be met without it, 0 or more; None where it can be for ever.
    recovery
        The days that it takes to recover; None where the table of firms does not say.
    exposed
        Whether that is longer than ``days``; None where it is not known.
    lost_sales
        The least final demand that is lost until it has recovered, in the unit of the flows times days of their period; None
        where the time to recover is not known.
    """

    firm: str
    days: float | None
    recovery: float | None
    exposed: bool | None
    lost_sales: float | None


@dataclass(frozen=True)
class SurvivalAnswer(Answer):
    """For how long final demand can be met without each firm of a table of flows.

    Attributes
    ----------
    model
        ``time_to_survive``.
    equation
        Its equations in words.
    reference
        Their source.
    firms
        The firms that were asked for, that with the least days first.
    without_flows
        The firms that the table of firms lists and no flow names: they neither sell to others nor buy.
    """

    model: str
    equation: str
    reference: str
    firms: tuple[FirmSurvival, ...]
    without_flows: tuple[str, ...]


class _Firms(NamedTuple):
    """What a table of firms states of each beside final demand: days of stock, capacity, and days to recover (NaN: unknown)."""

    stock: Floats
    capacity: Floats
    recovery: Floats


def survival(
    table: Path,
    firms: Path,
    read: ReadOptions,
    only: Sequence[str] = (),
    progress: Callable[[int, int], object] = lambda _done, _all: None,
) -> SurvivalAnswer:
    """Compute for how many days final demand can be met without each firm.

    Parameters
    ----------
    table
        A table with the columns supplier, customer, value.
    firms
        A table with the columns firm and final_demand; optionally sector, stock (days of its normal output; 0 where it is
        empty), capacity (in multiples of its normal output; 1 where it is empty, inf without a limit) and recovery (days):
        each from 0 to a thousand million.
    read
        How the tables are read.
    only
        The firms that are taken away, each by itself; empty: every firm.
    progress
        Called with the number of firms that are done, and of all.

    Raises
    ------
    NotFound
        There is no such firm or file.
    InvalidData
        The tables are invalid, no firm has final demand, or numbers are too far apart for the solver.
    LimitReached
        The solver stopped at a limit.
    """
    from knockon.network import Network
    from knockon.network.from_table import read_network

    with failing_with("nothing was computed"):
        tabled = read_network(Network, table, firms, None, read, "keep")
        network = tabled.network
        if network.flows is None or not (network.flows.final_demand > 0).any():
            hint = "the column final_demand: what each firm sells to all outside the table"
            raise InvalidData([Problem(printable_path(firms), None, "no firm has final demand above 0", hint)])
        names = [str(name) for name in network.nodes]
        about = _read(firms, names, read)
    rows = {name: row for row, name in enumerate(names)}
    if unknown := [name for name in only if name not in rows]:
        raise NotFound("firm", unknown[0], names)
    chosen = np.array([rows[name] for name in dict.fromkeys(only)] if only else range(len(names)), np.int64)
    with failing_with("nothing was computed"):
        days = _days(network, chosen, about, progress)
        lost = _lost(network, chosen, days, about)
        # Days are infinite where demand can be met for ever; what is lost is unknown without a time to recover.
        check_finite(printable_path(firms), days[~np.isposinf(days)], lost[np.isfinite(about.recovery[chosen])])
    answers = [_answer(names[node], days[at], about.recovery[node], lost[at]) for at, node in enumerate(chosen.tolist())]
    answers.sort(key=lambda each: (np.inf if each.days is None else each.days, -(each.lost_sales or 0.0), each.firm))
    forms = ("exposed", "lost_sales") if np.isfinite(about.recovery[chosen]).any() else ()
    wording = REGISTRY["time_to_survive"].wording(*forms)
    return SurvivalAnswer("time_to_survive", wording.equation, wording.reference, tuple(answers), tabled.without_flows)


def _days(network: Network, chosen: Any, about: _Firms, progress: Callable[[int, int], object]) -> Floats:
    from knockon.propagation.time_to_survive import time_to_survive

    parts = []
    for start in range(0, len(chosen), _BLOCK):
        progress(start, len(chosen))
        block = chosen[start : start + _BLOCK]
        parts.append(time_to_survive(network, block, stock=about.stock, capacity=about.capacity))
    return np.concatenate(parts)


def _lost(network: Network, chosen: Any, days: Floats, about: _Firms) -> Floats:
    """Return the sales that are lost until each firm has recovered; 0 where the others survive that long, NaN if unknown."""
    from knockon.propagation.time_to_survive import lost_sales

    recovery = about.recovery[chosen]
    lost = np.where(np.isnan(recovery), np.nan, 0.0)
    exposed = np.flatnonzero(days < recovery)
    if len(exposed):
        lost[exposed] = lost_sales(
            network, chosen[exposed], recovery[exposed], stock=about.stock, capacity=about.capacity
        )  # fmt: skip
    return lost


def _answer(name: str, days: float, recovery: float, lost: float) -> FirmSurvival:
    known = isfinite(recovery)
    return FirmSurvival(
        name,
        float(days) if isfinite(days) else None,
        float(recovery) if known else None,
        bool(days < recovery) if known else None,
        float(lost) if known else None,
    )


def _read(firms: Path, names: Sequence[str], read: ReadOptions) -> _Firms:
    """Read stocks, capacities and times to recover; the names of the firms were checked before."""
    from knockon.authoring.flow_columns import read_columns
    from knockon.authoring.row_checks import check_range, together

    table = read_columns(firms, ("firm",), _Firms._fields, read, name="firms", collect=True)
    # The solver has no numbers beyond, and its answers would be off by days.
    unlimited = {"capacity"}
    together(table, *(lambda name=name: check_range(table, name, _MOST, infinite=name in unlimited) for name in _Firms._fields))
    rows = {name: row for row, name in enumerate(names)}
    column = table.names["firm"]
    node = np.array([rows[text] for text in column.texts()], np.int64)[column.code]
    defaults = {"stock": 0.0, "capacity": 1.0, "recovery": np.nan}
    values = {}
    for name, default in defaults.items():
        values[name] = np.full(len(names), default)
        if name in table.amounts:
            stated = table.amounts[name]
            values[name][node] = np.where(np.isnan(stated), default, stated)
    return _Firms(**values)


__all__ = ["FirmSurvival", "SurvivalAnswer", "survival"]
