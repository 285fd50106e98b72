r"""Where the solver of :mod:`knockon.propagation.time_to_survive` starts: a plan in which each part keeps its usual mix.

With fixed shares of its suppliers in every part, the linear program has a
solution that a few sweeps find. The least production u that meets demand for
t days with the stocks s is the least solution of

.. math:: u = \max(0, W u + d t - s),

and t is the longest time for which the firm that is down need not produce. In
the dual program a good that is not produced costs nothing, that of the firm
that is down costs 1, and every other one costs what its parts cost,
:math:`q = W^T q`; then :math:`t = s^T q / d^T q`. Which firms produce follows
from t, and t from which firms produce: iteration over policies, R. A. Howard,
"Dynamic Programming and Markov Processes", MIT Press (1960).

In the best plan each part comes from its cheapest supplier, but for some whose
stock is used up exactly. So the firms that produce, and the cheapest supplier
of each part, are a basis from which the simplex method needs few steps. It is
a start only: whatever it is, the solver ends at the optimum.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from knockon.network.network import Bools, Floats, Ints

if TYPE_CHECKING:
    from knockon.propagation.survival_program import LinearProgram

#: A start need not be exact: sweeps end where nothing changes by more than this share of the greatest number, or at a limit.
_TOLERANCE, _SWEEPS, _ROUNDS = 1e-3, 1_000, 30


class Start(NamedTuple):
    """Which firms produce (n,), from which flow each part comes (parts,), and the firm whose being down decides.

    ``flow`` is a row of ``Parts``.
    """

    producing: Bools
    flow: Ints
    deciding: int


def start_with(program: LinearProgram, down: Bools) -> Start | None:
    """Return a start with some firms down; None where no single one of them is missed.

    Examples
    --------
    Firm 0 sells to 1, which holds a stock that lasts longer than that of 0: with 0 down, both produce until theirs ends.

    >>> from knockon.network import Network
    >>> from knockon.propagation.survival_program import LinearProgram
    >>> network = Network.from_flows([0], [1], [1.0], final_demand=[0.0, 2.0])
    >>> start = start_with(LinearProgram.of(network, [5.0, 3.0], None, None), np.array([True, False]))
    >>> start.producing.tolist(), start.flow.tolist(), start.deciding
    ([False, True], [0], 0)
    """
    for firm in np.flatnonzero(down):
        producing, price, made = ~down, np.zeros(len(down)), np.zeros(len(down))
        for _ in range(_ROUNDS):
            price = _prices(program, producing, int(firm), price)
            wanted = float(program.daily @ price)
            if not wanted > 0:
                break
            days = float(program.stock @ price) / wanted
            made = _production(program, down, days, made)
            before, producing = producing, made > 0
            if (producing == before).all():
                break
        if wanted > 0:
            return Start(producing, _cheapest(program, price), int(firm))
    return None


def _prices(program: LinearProgram, producing: Bools, firm: int, price: Floats) -> Floats:
    """Return what a day of the output of each firm costs, in days of that of the firm that is down; from a guess."""
    for _ in range(_SWEEPS):
        before, price = price, np.where(producing, program.usual.T @ price, 0.0)
        price[firm] = 1.0
        if np.abs(price - before).max() <= _TOLERANCE * price.max():
            break
    return price


def _production(program: LinearProgram, down: Bools, days: float, made: Floats) -> Floats:
    """Return the least that firms produce, in days of their output, to meet demand for some days; from a guess."""
    outside = program.daily * days - program.stock
    for _ in range(_SWEEPS):
        before, made = made, np.where(down, 0.0, np.maximum(0.0, program.usual @ made + outside))
        if np.abs(made - before).max() <= _TOLERANCE * days:
            break
    return made


def _cheapest(program: LinearProgram, price: Floats) -> Ints:
    """Return the flow from the cheapest supplier of each part; of equally cheap ones the first."""
    parts = program.parts
    each = (price / np.where(program.output > 0, program.output, 1.0))[parts.supplier]
    order = np.lexsort((each, parts.part))
    first = np.concatenate([[True], np.diff(parts.part[order]) > 0]) if len(order) else np.zeros(0, bool)
    flow: Ints = order[first]
    return flow


__all__ = ["Start", "start_with"]
