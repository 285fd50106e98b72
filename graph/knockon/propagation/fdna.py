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
takes a cycle for one node instead, as the authors propose for networks that
have any: its members share one operability, that of the worst of them by its
own hit and by its feeders from outside, and links inside are left out. That
never understates a loss, and may make 10 per cent of a loss the whole of it.

References
----------
P. R. Garvey, C. A. Pinto, "Introduction to functional dependency network
analysis", Second International Symposium on Engineering Systems, MIT (2009).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from knockon.errors import InvalidData, Problem, UsageError
from knockon.network.hits import Hits
from knockon.network.network import NONE, Floats, Ints, Network
from knockon.propagation.checks import check_stopping
from knockon.propagation.fdna_links import Given, Links, links_of
from knockon.propagation.fixed_point import CAP, EPS
from knockon.propagation.matrices import bounds_of, hits_of, losses_of
from knockon.propagation.result import Result, stops

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
    strength: Given | None = None,
    criticality: Given | None = None,
    links: tuple[npt.ArrayLike, npt.ArrayLike] | None = None,
    cycles: Cycles = "solve",
    eps: float = EPS,
    cap: int = CAP,
) -> FdnaResult:
    """Operability of n nodes after k shocks; the equation stands at the top of this module.

    The easy way, with a table of links at hand: the number of nodes, and its columns ``links=(feeder, receiver)``,
    ``strength`` and ``criticality`` in the same order.

    Strength and criticality are each a column beside ``links``, a mapping ``{(feeder, receiver): number}``, an (n, n)
    array (NaN, or 0 in the strengths, where there is no link), or one number for all links. With a network and no
    ``links``, a column stands in the order of ``network.flows``, which is that of feeder and receiver, not that of
    the columns it was made from.

    Parameters
    ----------
    network
        The number of nodes, with ``links`` or mappings; or ``Network.from_flows(feeder, receiver, anything)``;
        or a square matrix of strengths, row feeder, column receiver, where 0 and NaN are no link
        (then without ``strength``; a link of strength 0 needs one of the other forms).
    shocks
        What each node loses of its own operability: Hits on nodes, node numbers (they lose all), a (k, n) array of
        losses, one row of n floats, or None to close each node in turn.
    strength
        alpha of each link, in 0..1: how much of the feeder's loss comes through, before the mean is taken.
    criticality
        beta of each link, in 0..100: how far the receiver can be above its feeder. 100 is not critical, 0 wholly so.
    links
        (feeder, receiver), two columns of node numbers, to say what link each number is for. A link occurs once.
    cycles
        ``solve`` the equations around them, ``condense`` them (see the top of this module), or ``error`` to refuse them.
    eps, cap
        When rounds around cycles stop, as in :func:`knockon.propagation.leontief.leontief`; without cycles there are none.

    Raises
    ------
    UsageError
        Strength or criticality is missing, forms that do not go together, a slot or supply is hit.
    InvalidData
        Numbers out of range, a link without a number or twice, a number without a link; a cycle with ``cycles="error"``.

    Examples
    --------
    >>> links = [0, 0, 0, 1, 2, 3], [1, 2, 3, 4, 4, 4]
    >>> alpha, beta = [0.75, 0.85, 0.45, 0.45, 0.70, 0.45], [20, 30, 55, 35, 30, 55]
    >>> result = fdna(5, [0.5, 0, 0, 0, 0], links=links, strength=alpha, criticality=beta)
    >>> result.operability.round(6).tolist()
    [[50.0, 62.5, 57.5, 77.5, 81.083333]]
    """
    made, table = links_of(network, links, strength, criticality)
    if cycles not in ("solve", "condense", "error"):
        raise UsageError(f"unknown cycles {cycles!r}; known are solve, condense, error")
    check_stopping(eps, cap)
    order = _Order(made.size, table)
    if cycles == "error" and order.circular.size:
        names = ", ".join(map(str, order.circular[:5])) + (" ..." if order.circular.size > 5 else "")
        raise InvalidData([Problem("links", None, f"they go round in a circle through {names}", "say cycles='solve'")])
    hits = hits_of(made, shocks, "fdna")
    initial_loss = {bound: losses_of(hits, bound, made.size, "fdna", 0, hits.count) for bound in bounds_of(hits)}
    if cycles == "solve" and order.circular.size:
        from knockon.propagation.fdna_cycles import solve

        solved = {bound: solve(made.size, table, one, eps, cap) for bound, one in initial_loss.items()}
        step, source = solved[1].step, solved[1].source
        losses = {bound: one.loss for bound, one in solved.items()}
        rounds, residual, error = (
            np.max([getattr(one, name) for one in solved.values()], axis=0) for name in ("iterations", "residual", "error")
        )
    else:
        runs = {bound: _losses(order, one) for bound, one in initial_loss.items()}
        step, source = _causes(order, initial_loss[1], *runs[1])
        losses = {bound: one for bound, (one, _) in runs.items()}
        rounds, residual, error = np.full(hits.count, len(order.levels), np.int64), np.zeros(hits.count), np.zeros(hits.count)
    loss, low, high = (losses.get(bound, losses[1]).T for bound in (1, 0, 2))
    none = np.broadcast_to(np.int64(NONE), loss.shape)
    return FdnaResult(
        model="fdna",
        loss=loss,
        low=np.minimum(low, loss),
        high=np.maximum(high, loss),
        step=step.T,
        slot=none,
        supply=none,
        source=source.T,
        shortage=np.broadcast_to(0.0, (hits.count, made.slots)),
        iterations=rounds,
        residual=residual,
        stopped_by=stops(residual, eps),
        parameters={"cycles": cycles, "eps": eps, "cap": cap},
        error=error,
        operability=100.0 * (1.0 - loss),
        component=order.component,
    )


#: So many losses of feeders are laid out at once.
_AT_ONCE = 4_000_000


class _Level(NamedTuple):
    """Nodes that rest on earlier levels alone: their links from outside, and who shares a cycle with whom.

    ``receiver[k]`` has the links from ``start[k]`` on; the members of a cycle
    are ``member`` from ``part[k]`` on, ``size[k]`` of them.
    """

    links: Links
    receiver: Ints
    start: Ints
    member: Ints
    part: Ints
    size: Ints


class _Order:
    """The levels of a network of links, cycles condensed."""

    def __init__(self, size: int, links: Links) -> None:
        from scipy.sparse import csr_array
        from scipy.sparse.csgraph import connected_components

        pattern = csr_array((np.ones(len(links.feeder)), (links.feeder, links.receiver)), shape=(size, size))
        _, found = connected_components(pattern, directed=True, connection="strong") if size else (0, np.zeros(0, np.int64))
        # Numbered by their first member: the same on every machine.
        _, first, part = np.unique(found, return_index=True, return_inverse=True)
        self.component = np.argsort(np.argsort(first))[part].astype(np.int64)
        inside = self.component[links.feeder] == self.component[links.receiver]
        shared = np.bincount(self.component)[self.component] > 1 if size else np.zeros(0, bool)
        shared[links.feeder[inside]] = True
        self.circular = np.flatnonzero(shared)
        outside = links.pick(np.flatnonzero(~inside))
        level = _levels(self.component, outside)[self.component] if size else self.component
        self.size = size
        self.levels = [self._level(level, outside, one) for one in range(int(level.max(initial=-1)) + 1)]

    def _level(self, level: Ints, outside: Links, one: int) -> _Level:
        links = outside.pick(np.flatnonzero(level[outside.receiver] == one))
        receiver, start = np.unique(links.receiver, return_index=True)
        member = np.flatnonzero(level == one)
        member = member[np.argsort(self.component[member], kind="stable")]
        _, part, size = np.unique(self.component[member], return_index=True, return_counts=True)
        return _Level(links, receiver, start, member, part, size)


def _levels(component: Ints, links: Links) -> Ints:
    """How many links the longest way to each component has, from one that has no feeders."""
    feeder, receiver = component[links.feeder], component[links.receiver]
    count = int(component.max()) + 1
    level, waiting = np.zeros(count, np.int64), np.bincount(receiver, minlength=count)
    order = np.argsort(feeder, kind="stable")
    end = np.cumsum(np.bincount(feeder, minlength=count))
    ready = np.flatnonzero(waiting == 0)
    depth = 0
    while ready.size:
        level[ready] = depth
        depth += 1
        length = (end - np.append(0, end[:-1]))[ready]
        rows = np.repeat(end[ready] - np.cumsum(length), length) + np.arange(length.sum())
        reached, times = np.unique(receiver[order[rows]], return_counts=True)
        waiting[reached] -= times
        ready = reached[waiting[reached] == 0]
    return level


def _losses(order: _Order, initial_loss: Floats) -> tuple[Floats, Floats]:
    """Losses (n, k), and what each would be without the other members of its cycle."""
    loss, alone = np.zeros_like(initial_loss), initial_loss.copy()
    widest = max((len(level.links.feeder) for level in order.levels), default=0)
    width = max(1, _AT_ONCE // max(widest, 1))
    for column in range(0, initial_loss.shape[1], width):
        some = slice(column, column + width)
        for level in order.levels:
            if level.receiver.size:
                through, beyond = _drawn(level, loss[:, some])
                mean = np.add.reduceat(through, level.start) / np.diff(np.append(level.start, len(through)))[:, None]
                worst = np.maximum.reduceat(beyond, level.start)
                alone[level.receiver, some] = np.maximum(alone[level.receiver, some], np.maximum(mean, worst))
            together = np.maximum.reduceat(alone[level.member, some], level.part)
            loss[level.member, some] = np.repeat(together, level.size, axis=0)
    return loss, alone


def _drawn(level: _Level, loss: Floats) -> tuple[Floats, Floats]:
    """What each link passes on by its strength, and by its criticality."""
    feeder = loss[level.links.feeder]
    return level.links.strength[:, None] * feeder, feeder - level.links.criticality[:, None] / 100


def _causes(order: _Order, initial_loss: Floats, loss: Floats, alone: Floats) -> tuple[Ints, Ints]:
    """Step and source of every loss."""
    step, source = np.full(loss.shape, NONE, np.int64), np.full(loss.shape, NONE, np.int64)
    shock = np.arange(loss.shape[1])
    for level in order.levels:
        if level.receiver.size:
            through, beyond = _drawn(level, loss)
            for place, node in enumerate(level.receiver):
                last = level.start[place + 1] if place + 1 < len(level.start) else len(through)
                rows = slice(level.start[place], last)
                critical = beyond[rows].max(axis=0) >= alone[node]
                pick = np.where(critical, beyond[rows].argmax(axis=0), through[rows].argmax(axis=0))
                source[node] = level.links.feeder[rows][pick]
        for first, size in zip(level.part, level.size, strict=True):
            members = level.member[first : first + size]
            worst = members[(alone[members] >= loss[members]).argmax(axis=0)]
            behind = alone[members] < loss[members]
            source[members] = np.where(behind, worst, np.where(initial_loss[members] >= loss[members], NONE, source[members]))
            source[members] = np.where(loss[members] > 0, source[members], NONE)
            step[worst, shock] = np.where(source[worst, shock] == NONE, 0, 1 + step[source[worst, shock], shock])
            step[members] = np.where(source[members] == NONE, 0, 1 + step[source[members], shock])
            step[members] = np.where(loss[members] > 0, step[members], NONE)
    return step, source
