r"""Operability that depends on feeders, by strength and criticality of each dependency (FDNA).

:math:`P_j` in 0..100 is the operability of node j, with feeders i, strengths
:math:`\alpha_{ij}` in 0..1 and criticalities :math:`\beta_{ij}` in 0..100:

.. math::

   P_j = \min\Bigl(\operatorname{mean}_i \bigl(\alpha_{ij} P_i + 100 (1 - \alpha_{ij})\bigr),\
                   \min_i (P_i + \beta_{ij}),\ 100\,(1 - hit_j)\Bigr)

computed as losses :math:`l = 1 - P / 100`, which is the same and loses nothing
to rounding:

.. math::

   l_j = \max\Bigl(hit_j,\ \operatorname{mean}_i (\alpha_{ij} l_i),\ \max_i (l_i - \beta_{ij} / 100)\Bigr)

That a hit caps the node's own operability is our reading of a shock.

The published equations are for networks without cycles. Around a cycle they
are solved: the losses are the least that satisfy them, which rounds from the
hits rise to, so that nothing fails because of itself. ``cycles="condense"``
replaces a cycle by one node instead, as the authors propose: its members share
one operability, that of the worst of them by its own hit and by its feeders
from outside, and links inside the cycle are left out. This never understates a
loss, and may turn a loss of 10 per cent into a total one.

References
----------
P. R. Garvey, C. A. Pinto, "Introduction to functional dependency network
analysis", Second International Symposium on Engineering Systems, MIT (2009).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from knockon.errors import InvalidData, Problem, UsageError
from knockon.network.hits import Hits
from knockon.network.network import Floats, Ints, Network
from knockon.propagation.bounds import HIGH, LOW, POINT, bounds_to_run, enclose
from knockon.propagation.checks import check_stopping
from knockon.propagation.fdna_levels import LevelOrder, causes_by_level, losses_by_level
from knockon.propagation.fdna_links import LinkNumbers, Links, read_links
from knockon.propagation.fixed_point import CAP, EPS
from knockon.propagation.matrices import initial_losses, node_hits, without_slots
from knockon.propagation.result import Result, stop_reasons

Cycles = Literal["solve", "condense", "error"]


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class FdnaResult(Result):
    """Operability of each node, (k, n) in 0..100; ``loss`` is 1 - operability / 100.

    ``source`` is the feeder that binds: the most critical one, or, where the
    mean of the strengths binds, the one that takes most from it; in a cycle, of
    those that lost anything in an earlier round. Of a condensed cycle the
    worst member has such a feeder or is hit, and is the source of the others.
    ``component`` (n,) numbers the cycles: members of one share a number.
    ``slot`` and ``supply`` are -1.
    """

    operability: Floats
    component: Ints


def fdna(
    network: Network | npt.ArrayLike | int,
    shocks: Hits | npt.ArrayLike | None = None,
    *,
    strength: LinkNumbers | None = None,
    criticality: LinkNumbers | None = None,
    links: tuple[npt.ArrayLike, npt.ArrayLike] | None = None,
    cycles: Cycles = "solve",
    eps: float = EPS,
    cap: int = CAP,
) -> FdnaResult:
    """Return the operability of n nodes after k shocks, by the equations of Garvey and Pinto (2009).

    The simplest form is a table of links: the number of nodes, and the columns ``links=(feeder, receiver)``, ``strength`` and
    ``criticality`` in the same order.

    Strength and criticality are each a column beside ``links``, a mapping ``{(feeder, receiver): number}``, an (n, n)
    array (NaN, or 0 in the strengths, for pairs without a link), or one number for all links. With a network and without
    ``links``, a column is in the order of ``network.flows``: by feeder, then receiver, not as the columns it was made from.

    Parameters
    ----------
    network
        The number of nodes, with ``links`` or mappings; or ``Network.from_flows(feeder, receiver, anything)``;
        or a square matrix of strengths, row feeder, column receiver, where 0 and NaN are no link
        (then without ``strength``; a link of strength 0 needs one of the other forms).
    shocks
        The part (0..1) of its own operability that each node loses: Hits on nodes, node numbers (which lose all), a (k, n)
        array of losses, one row of n floats, or None to close each node in turn.
    strength
        alpha of each link, in 0..1: the part of the feeder's loss that is passed on, before the mean is taken.
    criticality
        beta of each link, in 0..100: how far the operability of the receiver can be above that of its feeder.
    links
        Two columns of node numbers, (feeder, receiver), (links,) each. A link occurs once.
    cycles
        ``solve`` the equations around cycles, ``condense`` cycles to one node, or ``error`` to raise InvalidData.
    eps, cap
        Where rounds around cycles stop, as in :func:`knockon.propagation.leontief.leontief`.

    Returns
    -------
    FdnaResult
        Operability in 0..100, and the losses.

    Raises
    ------
    UsageError
        Strength or criticality is missing, the forms cannot be combined, or a slot or supply is hit.
    InvalidData
        A number is out of range, a link has no number or is a duplicate, a number has no link; or there is a cycle with
        ``cycles="error"``.

    Examples
    --------
    >>> links = [0, 0, 0, 1, 2, 3], [1, 2, 3, 4, 4, 4]
    >>> alpha, beta = [0.75, 0.85, 0.45, 0.45, 0.70, 0.45], [20, 30, 55, 35, 30, 55]
    >>> result = fdna(5, [0.5, 0, 0, 0, 0], links=links, strength=alpha, criticality=beta)
    >>> result.operability.round(6).tolist()
    [[50.0, 62.5, 57.5, 77.5, 81.083333]]
    """
    nodes, table = read_links(network, links, strength, criticality)
    if cycles not in ("solve", "condense", "error"):
        raise UsageError(f"unknown cycles {cycles!r}; known are solve, condense, error")
    check_stopping(eps, cap)
    order = LevelOrder(nodes.size, table)
    if cycles == "error":
        _reject_cycles(order)
    hits = node_hits(nodes, shocks, "fdna")
    shock_losses = initial_losses(hits, bounds_to_run(hits.severity), nodes.size, "fdna")
    if cycles == "solve" and order.circular.size:
        solution = _solve_around_cycles(nodes.size, table, shock_losses, eps, cap)
    else:
        solution = _solve_by_levels(order, shock_losses)
    return _result(nodes, order, solution, {"cycles": cycles, "eps": eps, "cap": cap})


class _Solution(NamedTuple):
    """Losses for each bound, (n, k); step and source of the losses at the point, (n, k); and how each shock ended, (k,)."""

    losses: dict[int, Floats]
    step: Ints
    source: Ints
    iterations: Ints
    residual: Floats
    error: Floats


def _result(nodes: Network, order: LevelOrder, solution: _Solution, parameters: dict[str, Any]) -> FdnaResult:
    """Build the result from the solution at each bound."""
    loss, low, high = (solution.losses.get(bound, solution.losses[POINT]).T for bound in (POINT, LOW, HIGH))
    low, high = enclose(low, loss, high)
    return FdnaResult(
        model="fdna",
        loss=loss,
        low=low,
        high=high,
        step=solution.step.T,
        source=solution.source.T,
        iterations=solution.iterations,
        residual=solution.residual,
        stopped_by=stop_reasons(solution.residual, parameters["eps"]),
        parameters=parameters,
        error=solution.error,
        operability=100.0 * (1.0 - loss),
        component=order.component,
        **without_slots(nodes, len(loss)),
    )


def _reject_cycles(order: LevelOrder) -> None:
    """Raise InvalidData that names the first few nodes on cycles."""
    if order.circular.size:
        names = ", ".join(map(str, order.circular[:5])) + (" ..." if order.circular.size > 5 else "")
        raise InvalidData(
            [
                Problem(
                    "links",
                    None,
                    f"they form a cycle through {names}",
                    "solve them, or take the worst of each: cycles= solve, or condense",
                )
            ]
        )


def _solve_around_cycles(size: int, links: Links, shock_losses: dict[int, Floats], eps: float, cap: int) -> _Solution:
    """Solve the equations at each bound by rounds from the hits."""
    from knockon.propagation.fdna_cycles import solve

    solved = {bound: solve(size, links, shock_loss, eps, cap) for bound, shock_loss in shock_losses.items()}
    iterations, residual, error = (
        np.max([getattr(solution, name) for solution in solved.values()], axis=0)
        for name in ("iterations", "residual", "error")
    )
    losses = {bound: solution.loss for bound, solution in solved.items()}
    return _Solution(losses, solved[POINT].step, solved[POINT].source, iterations, residual, error)


def _solve_by_levels(order: LevelOrder, shock_losses: dict[int, Floats]) -> _Solution:
    """Compute the losses at each bound level by level, with cycles condensed."""
    runs = {bound: losses_by_level(order, shock_loss) for bound, shock_loss in shock_losses.items()}
    step, source = causes_by_level(order, shock_losses[POINT], *runs[POINT])
    shocks = shock_losses[POINT].shape[1]
    levels = np.full(shocks, len(order.levels), np.int64)
    losses = {bound: loss for bound, (loss, _) in runs.items()}
    return _Solution(losses, step, source, levels, np.zeros(shocks), np.zeros(shocks))
