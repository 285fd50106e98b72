"""Prices, extraction and supply-driven losses on a table of flows between sectors or firms, by their names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from knockon.analysis.answer import Answer
from knockon.analysis.methods import REGISTRY
from knockon.authoring.files import printable_path
from knockon.errors import InvalidData, NotFound, Problem, UsageError

if TYPE_CHECKING:
    from knockon.authoring.options import ReadOptions
    from knockon.network import Network
    from knockon.network.network import Floats


#: The greatest rise of a cost or a price: a million times. Larger ones are typing errors, and end in numbers without meaning.
_GREATEST = 1e6


@dataclass(frozen=True, slots=True)
class SectorChange(Answer):
    """What a shock does to one sector.

    Attributes
    ----------
    sector
        Its name in the table.
    shock
        What the call sets for it (a share, 0 or more); 0 where nothing.
    change
        The rise of its price (a share, 0 or more), or the share of its output that it loses (at most 1).
    absorbed
        What it takes from its margin for each unit of output (a share, 0 or more); None of other models than ``price``.
    source
        The sector that contributes most; None where the shock itself does, or the model names none.
    """

    sector: str
    shock: float
    change: float
    absorbed: float | None
    source: str | None


@dataclass(frozen=True)
class SectorAnswer(Answer):
    """What a shock does to the sectors of a table.

    Attributes
    ----------
    model
        ``price``, ``extraction`` or ``ghosh``.
    equation
        Its equations in words, with those of what rises or is extracted.
    reference
        Its source.
    total
        The rise of prices (a share, 0 or more) weighted by final demand (``price``; None without final demand), or the share
        (at most 1) of all output that is lost (``extraction``); None of ``ghosh``.
    sectors
        The sectors that change, the greatest change first.
    """

    model: str
    equation: str
    reference: str
    total: float | None
    sectors: tuple[SectorChange, ...]


def sector_answer(
    table: Path,
    firms: Path | None,
    read: ReadOptions,
    model: str,
    shock: Mapping[str, float],
    passed_on: Mapping[str, float] | None = None,
    choice: str = "",
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
        ``price``, ``extraction`` or ``ghosh``.
    shock
        The number of each sector that is hit.
    passed_on
        The share of higher costs that sectors pass on; ``""`` is the share of all others.
    choice
        What rises (``price``) or what is extracted (``extraction``).

    Raises
    ------
    NotFound
        There is no such sector or file.
    InvalidData
        The tables are invalid, or a sector buys as much as its output is worth or more.
    UsageError
        A number is negative, not finite or above 1 where it is a share, or nothing is hit.
    """
    from knockon.network import Network
    from knockon.network.from_table import read_network

    if not shock:
        raise UsageError("say which sector is hit: SECTOR=NUMBER (see --help)")
    network = read_network(Network, table, firms, None, read, "keep").network
    names = tuple(str(name) for name in network.nodes)
    rows = {name: row for row, name in enumerate(names)}
    given = np.zeros(len(names))
    for name, number in shock.items():
        given[_row(rows, name)] = _checked(f"{name}={number:g}", number, share=model != "price")
    shares = dict(passed_on or {})
    share = np.full(len(names), _checked("--passed-on", shares.pop("", 1.0), share=True))
    for name, number in shares.items():
        share[_row(rows, name)] = _checked(f"--passed-on {name}={number:g}", number, share=True)
    if firms is not None and (network.flows is None or not (network.flows.final_demand > 0).any()):
        fault = "no firm has final demand above 0"
        raise InvalidData([Problem(printable_path(firms), None, fault, "name its columns firm and final_demand")])
    _check_inputs(network, names, table, model)
    total, change, absorbed, source = _computed(network, model, given, share, choice)
    order = np.lexsort((np.arange(len(names)), -change))
    sectors = tuple(
        SectorChange(
            names[row],
            float(given[row]),
            float(change[row]),
            None if absorbed is None else float(absorbed[row]),
            None if source is None or source[row] < 0 else names[source[row]],
        )
        for row in order.tolist()
        if change[row] > 0 or (absorbed is not None and absorbed[row] > 0)
    )
    about = REGISTRY[model].wording(*([choice] if choice else []), *(["passed_on"] if passed_on else []))
    return SectorAnswer(model, about.equation, about.reference, total, sectors)


def _computed(network: Network, model: str, given: Floats, share: Floats, choice: str) -> tuple[float | None, Floats, Any, Any]:
    """Return the total, the changes, what is absorbed, and the sources."""
    if model == "price":
        from knockon.propagation.price import price

        prices = price(network, given, rises=choice, pass_through=share)  # type: ignore[arg-type] # it refuses unknown ones
        consumer = float(prices.consumer[0])
        return consumer if isfinite(consumer) else None, prices.rise[0], prices.absorbed[0], prices.source[0]
    if model == "extraction":
        from knockon.propagation.extraction import extraction

        extracted = extraction(network, given[None, :], extracted=choice)  # type: ignore[arg-type] # it refuses unknown ones
        return float(extracted.index[0]), extracted.loss[0], None, None
    from knockon.propagation.ghosh import ghosh

    losses = ghosh(network, given[None, :])
    return None, losses.loss[0], None, losses.source[0]


def _row(rows: Mapping[str, int], name: str) -> int:
    if name not in rows:
        raise NotFound("sector", name, rows)
    return rows[name]


def _checked(where: str, number: float, *, share: bool) -> float:
    most = 1.0 if share else _GREATEST
    if not 0 <= number <= most:
        raise UsageError(
            f"{where}: the number must be {'in 0..1' if share else f'finite, 0 or more, at most {_GREATEST:,.0f}'}"
        )
    return number


def _check_inputs(network: Network, names: tuple[str, ...], table: Path, model: str) -> None:
    """Refuse, by name, sectors that buy as much as they make or more."""
    from knockon.propagation.matrices import flow_matrix

    nodes, flows = flow_matrix(network, model)
    hint = "output is sales and final demand: --firms FILE with the columns firm and final_demand"
    if model == "extraction":  # a single sector may buy more than it makes, as long as A has a spectral radius below 1
        if nodes.flows is None or not (nodes.flows.final_demand > 0).any():
            raise InvalidData([Problem(printable_path(table), None, "no sector sells to final demand", hint)])
        return
    bought = np.asarray(flows.sum(axis=0))
    made = np.asarray(flows.sum(axis=1)) + (nodes.flows.final_demand if nodes.flows else 0.0)
    faulty = np.flatnonzero((bought > 0) & (bought >= made * (1 - 1e-12)))
    if len(faulty):
        raise InvalidData(
            [
                Problem(
                    printable_path(table), None, f"{names[row]} buys {bought[row]:g}, and its output is {made[row]:g}", hint
                )
                for row in faulty[:5].tolist()
            ]
        )


__all__ = ["SectorAnswer", "SectorChange", "sector_answer"]
