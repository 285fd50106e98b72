"""Run the models of sectors on a table of flows, and name what changes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from knockon.analysis.finite_answers import check_finite
from knockon.analysis.sector_answers import SectorChange
from knockon.authoring.files import printable_path
from knockon.errors import InvalidData, NotFound, Problem, UsageError

if TYPE_CHECKING:
    from knockon.network import Network
    from knockon.network.network import Floats, Ints
    from knockon.propagation.inoperability import InoperabilityResult

#: The greatest rise of a cost or a price: a million times. Larger ones are typing errors, and end in numbers without meaning.
GREATEST = 1e6
#: A row of an array, as errors of the models name it.
_ROW = re.compile(r"(.*)\[([0-9]+)\]")
#: How an output is stated.
_OUTPUT = "output is sales and final demand: --firms FILE with the columns firm and final_demand"


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How sectors recover (``dynamic_inoperability``).

    Attributes
    ----------
    recovery
        The time that each sector takes alone, above 0; ``""`` is that of all others. Any unit of time.
    horizon
        The time that is computed, in the same unit.
    start
        The inoperability of each sector at the beginning (0..1).
    step
        The length of a step, in the same unit.
    """

    recovery: Mapping[str, float]
    horizon: float
    start: Mapping[str, float] = field(default_factory=dict)
    step: float = 1.0


def hit_option(model: str, choice: str = "") -> str:
    """Return the option of the command line that says what is hit.

    >>> hit_option("price", "duty"), hit_option("ghosh"), hit_option("inoperability", "demand")
    ('--duty', '--fall', '--hit')
    """
    return f"--{choice}" if model == "price" else {"extraction": "--extract", "ghosh": "--fall"}.get(model, "--hit")


class SectorTable(NamedTuple):
    """A table of flows that a model can run on: its network, the names of its sectors, and those without a flow."""

    network: Network
    names: tuple[str, ...]
    without_flows: tuple[str, ...]

    def row(self, name: str) -> int:
        """Return the number of a sector."""
        return row_of(name, self.names)

    def by_sector(self, numbers: Mapping[str, float], default: float, option: str, *, share: bool = True) -> Floats:
        """Return a number for each sector: that of its name, else that of ``""``, else the default."""
        numbers = dict(numbers)
        values = np.full(len(self.names), checked(option, numbers.pop("", default), share=share))
        for name, number in numbers.items():
            values[self.row(name)] = checked(f"{option} {name}={number:g}", number, share=share)
        return values


class Changes(NamedTuple):
    """What a model computes for k shocks on n sectors: totals (k,), changes, what is absorbed, sources and times (k, n)."""

    total: Floats | None
    change: Floats
    absorbed: Floats | None = None
    source: Ints | None = None
    recovered: Floats | None = None
    cumulative: Floats | None = None

    def check(self, table: str) -> None:
        """Refuse changes that are not finite; a total is missing (NaN) without final demand, a time where none is recovered.

        Raises
        ------
        InvalidData
            One is not; ``table`` is named.
        """
        total = None if self.total is None else self.total[~np.isnan(self.total)]
        check_finite(table, total, self.change, self.absorbed, self.cumulative)

    def total_of(self, shock: int) -> float | None:
        """Return the total of a shock; None where there is none."""
        return None if self.total is None or not isfinite(self.total[shock]) else float(self.total[shock])

    def of(self, shock: int, names: Sequence[str], given: Floats) -> tuple[SectorChange, ...]:
        """Return the sectors that change by one shock, the greatest change first; ``given`` is what the call sets, (k, n)."""
        change, absorbed, source = self.change[shock], self.absorbed, self.source
        return tuple(
            SectorChange(
                names[row],
                float(given[shock, row]),
                float(change[row]),
                None if absorbed is None else float(absorbed[shock, row]),
                None if source is None or source[shock, row] < 0 else names[source[shock, row]],
                self._finite(self.recovered, shock, row),
                self._finite(self.cumulative, shock, row),
            )
            for row in np.lexsort((np.arange(len(names)), -change)).tolist()
            if change[row] > 0 or (absorbed is not None and absorbed[shock, row] > 0)
        )

    @staticmethod
    def _finite(values: Floats | None, shock: int, row: int) -> float | None:
        return None if values is None or not isfinite(values[shock, row]) else float(values[shock, row])


def compute(opened: SectorTable, model: str, given: Floats, share: Floats, choice: str, pace: Pace | None) -> Changes:
    """Run a model on shocks, (k, n), with the share that each sector passes on, (n,).

    Raises
    ------
    InvalidData
        The model has no solution, or a number of a sector, by its name, does not fit.
    """
    try:
        # What overflows is found in the answer.
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            return _run(opened, model, given, share, choice, pace)
    except np.linalg.LinAlgError:
        message = "its numbers are too far apart to compute with: its equations have no single solution"
        raise InvalidData([Problem("A", None, message, "check the greatest and the least numbers of the table")]) from None
    except InvalidData as error:
        named = [replace(problem, file=_place(problem.file, opened.names)) for problem in error.problems]
        raise InvalidData(named, error.outcome) from None


def _place(place: str, names: Sequence[str]) -> str:
    """Return a place in an array, such as recovery[1], with the name of the sector in place of its number."""
    match = _ROW.fullmatch(place)
    return f"{match[1]} of {names[int(match[2])]}" if match else place


def _run(opened: SectorTable, model: str, given: Floats, share: Floats, choice: str, pace: Pace | None) -> Changes:
    network = opened.network
    if model == "price":
        from knockon.propagation.price import price

        prices = price(network, given, rises=choice, pass_through=share)  # type: ignore[arg-type] # it refuses unknown ones
        return Changes(prices.consumer, prices.rise, prices.absorbed, prices.source)
    if model == "extraction":
        from knockon.propagation.extraction import extraction

        extracted = extraction(network, given, extracted=choice)  # type: ignore[arg-type] # it refuses unknown ones
        return Changes(extracted.index, extracted.loss)
    if model == "ghosh":
        from knockon.propagation.ghosh import ghosh

        return _of_losses(ghosh(network, given))
    return _inoperability(opened, given, choice, pace)


def _of_losses(losses: InoperabilityResult) -> Changes:
    return Changes(None, losses.loss, None, losses.source)


def _inoperability(opened: SectorTable, given: Floats, choice: str, pace: Pace | None) -> Changes:
    """Run the model of inoperability, at rest or over time."""
    from knockon.propagation.inoperability import inoperability
    from knockon.propagation.matrices import flow_matrix

    table = flow_matrix(opened.network, "inoperability")[1].T if choice == "given" else opened.network
    if pace is None:
        return _of_losses(inoperability(table, given, interdependency=choice))  # type: ignore[arg-type] # it refuses unknown ones
    from knockon.propagation.dynamic_inoperability import dynamic_inoperability

    recovery = opened.by_sector(pace.recovery, np.nan, "--recovery", share=False)
    start = opened.by_sector(pace.start, 0.0, "--start")
    result = dynamic_inoperability(
        table, given, recovery=recovery, horizon=pace.horizon, initial=start, dt=pace.step,
        interdependency=choice,  # type: ignore[arg-type] # it refuses unknown ones
    )  # fmt: skip
    return _of_losses(result)._replace(recovered=result.recovered, cumulative=result.cumulative)


def row_of(name: str, names: Sequence[str], what: str = "sector") -> int:
    """Return the number of a sector, or of ``what`` else the names are of.

    Raises
    ------
    NotFound
        There is no such sector; the message has the nearest ones.
    """
    if name not in names:
        raise NotFound(what, name, names)
    return names.index(name)


def checked(where: str, number: float, *, share: bool) -> float:
    """Return a number that is a share, or else at most ``GREATEST``.

    Raises
    ------
    UsageError
        It is out of range, or missing (NaN).
    """
    if np.isnan(number) and where == "--recovery":
        raise UsageError("--recovery is needed of each sector: --recovery TIME is that of all others")
    most = 1.0 if share else GREATEST
    if not 0 <= number <= most:
        raise UsageError(f"{where}: the number must be {'in 0..1' if share else f'finite, 0 or more, at most {GREATEST:,.0f}'}")
    return number


def check_inputs(network: Network, names: Sequence[str], table: Path, model: str, choice: str) -> None:
    """Refuse, by name, sectors that buy as much as they make or more, and tables without final demand.

    Raises
    ------
    InvalidData
        The model has no solution on the table.
    """
    from knockon.propagation.matrices import flow_matrix

    if model == "inoperability" and choice not in ("demand", "supply"):
        return
    nodes, flows = flow_matrix(network, model)
    if model == "extraction" or choice == "demand":  # one sector may buy more than it makes: the radius of A counts
        if nodes.flows is None or not (nodes.flows.final_demand > 0).any():
            raise InvalidData([Problem(printable_path(table), None, "no sector sells to final demand", _OUTPUT)])
        return
    bought = np.asarray(flows.sum(axis=0))
    made = np.asarray(flows.sum(axis=1)) + (nodes.flows.final_demand if nodes.flows else 0.0)
    faulty = np.flatnonzero((bought > 0) & (bought >= made * (1 - 1e-12)))
    if len(faulty):
        what = (f"{names[row]} buys {bought[row]:g}, and its output is {made[row]:g}" for row in faulty[:5].tolist())
        raise InvalidData([Problem(printable_path(table), None, text, _OUTPUT) for text in what])


__all__ = ["GREATEST", "Changes", "Pace", "SectorTable", "check_inputs", "checked", "compute", "hit_option", "row_of"]
