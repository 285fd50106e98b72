"""Prices, extraction and supply-driven losses on a table of flows between sectors or firms, by their names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from knockon.analysis.methods import REGISTRY
from knockon.analysis.methods.method import Wording
from knockon.analysis.sector_answers import SectorAnswer, SectorChange, SectorShock, SectorShocks
from knockon.authoring.files import printable_path
from knockon.errors import InvalidData, NotFound, Problem, UsageError, failing_with

if TYPE_CHECKING:
    from knockon.authoring.options import ReadOptions
    from knockon.network import Network
    from knockon.network.network import Floats, Ints


#: The greatest rise of a cost or a price: a million times. Larger ones are typing errors, and end in numbers without meaning.
_GREATEST = 1e6


class _SectorTable(NamedTuple):
    """A table of flows that a model can run on: its network, the names of its sectors, and those without a flow."""

    network: Network
    names: tuple[str, ...]
    without_flows: tuple[str, ...]

    def row(self, name: str) -> int:
        """Return the number of a sector."""
        if name not in self.names:
            raise NotFound("sector", name, self.names)
        return self.names.index(name)


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
    if not shock:
        raise UsageError("say which sector is hit: SECTOR=NUMBER (see --help)")
    with failing_with("nothing was computed"):
        opened = _open(table, firms, read, model)
    given = np.zeros((1, len(opened.names)))
    for name, number in shock.items():
        given[0, opened.row(name)] = _checked(f"{name}={number:g}", number, share=model != "price")
    ((total, sectors),) = _answers(opened, model, given, _shares(opened, passed_on), choice)
    about = _wording(model, choice, passed_on)
    return SectorAnswer(model, about.equation, about.reference, total, sectors, opened.without_flows)


def sector_shocks(
    table: Path,
    firms: Path | None,
    read: ReadOptions,
    model: str,
    shocks: Path,
    passed_on: Mapping[str, float] | None = None,
    choice: str = "",
) -> SectorShocks:
    """Compute what each shock of a table does to the sectors of a table of flows.

    Parameters
    ----------
    table, firms, read, model, passed_on, choice
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
        opened = _open(table, firms, read, model)
        rows = read_shares(shocks, opened.names, read, most=_GREATEST if model == "price" else 1.0)
    answers = _answers(opened, model, rows.matrix(len(opened.names)), _shares(opened, passed_on), choice)
    about = _wording(model, choice, passed_on)
    results = tuple(SectorShock(name, *answer) for name, answer in zip(rows.names, answers, strict=True))
    return SectorShocks(model, about.equation, about.reference, results, opened.without_flows)


def _open(table: Path, firms: Path | None, read: ReadOptions, model: str) -> _SectorTable:
    """Read the tables and check that the model can run on them."""
    from knockon.network import Network
    from knockon.network.from_table import read_network

    tabled = read_network(Network, table, firms, None, read, "keep")
    network = tabled.network
    names = tuple(str(name) for name in network.nodes)
    if firms is not None and (network.flows is None or not (network.flows.final_demand > 0).any()):
        fault = "no firm has final demand above 0"
        raise InvalidData([Problem(printable_path(firms), None, fault, "name its columns firm and final_demand")])
    _check_inputs(network, names, table, model)
    return _SectorTable(network, names, tabled.without_flows)


def _shares(opened: _SectorTable, passed_on: Mapping[str, float] | None) -> Floats:
    """Return the share of higher costs that each sector passes on."""
    shares = dict(passed_on or {})
    share = np.full(len(opened.names), _checked("--passed-on", shares.pop("", 1.0), share=True))
    for name, number in shares.items():
        share[opened.row(name)] = _checked(f"--passed-on {name}={number:g}", number, share=True)
    return share


def _wording(model: str, choice: str, passed_on: Mapping[str, float] | None) -> Wording:
    return REGISTRY[model].wording(*([choice] if choice else []), *(["passed_on"] if passed_on else []))


def _answers(
    opened: _SectorTable, model: str, given: Floats, share: Floats, choice: str
) -> list[tuple[float | None, tuple[SectorChange, ...]]]:
    """Return the total and the sectors that change of each shock."""
    network, names = opened.network, opened.names
    results = _computed(network, model, given, share, choice)
    return [
        (
            None if results.total is None or not isfinite(results.total[row]) else float(results.total[row]),
            _changes(names, results, given, row),
        )
        for row in range(len(given))
    ]


def _changes(names: Sequence[str], results: _Changes, given: Floats, shock: int) -> tuple[SectorChange, ...]:
    """Return the sectors that change by one shock, the greatest change first."""
    change, absorbed, source = results.change[shock], results.absorbed, results.source
    return tuple(
        SectorChange(
            names[row],
            float(given[shock, row]),
            float(change[row]),
            None if absorbed is None else float(absorbed[shock, row]),
            None if source is None or source[shock, row] < 0 else names[source[shock, row]],
        )
        for row in np.lexsort((np.arange(len(names)), -change)).tolist()
        if change[row] > 0 or (absorbed is not None and absorbed[shock, row] > 0)
    )


class _Changes(NamedTuple):
    """What a model computes for k shocks on n sectors: totals (k,), changes, what is absorbed, and sources (k, n)."""

    total: Floats | None
    change: Floats
    absorbed: Floats | None = None
    source: Ints | None = None


def _computed(network: Network, model: str, given: Floats, share: Floats, choice: str) -> _Changes:
    """Run a model on the shocks, (k, n)."""
    if model == "price":
        from knockon.propagation.price import price

        prices = price(network, given, rises=choice, pass_through=share)  # type: ignore[arg-type] # it refuses unknown ones
        return _Changes(prices.consumer, prices.rise, prices.absorbed, prices.source)
    if model == "extraction":
        from knockon.propagation.extraction import extraction

        extracted = extraction(network, given, extracted=choice)  # type: ignore[arg-type] # it refuses unknown ones
        return _Changes(extracted.index, extracted.loss)
    from knockon.propagation.ghosh import ghosh

    losses = ghosh(network, given)
    return _Changes(None, losses.loss, None, losses.source)


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


__all__ = ["sector_answer", "sector_shocks"]
