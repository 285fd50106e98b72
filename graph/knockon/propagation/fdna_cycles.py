"""Solve the equations of FDNA around cycles for their least losses, and find the feeder that causes each."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from knockon.network.network import NONE, Floats, Ints
from knockon.propagation.fdna_links import Links
from knockon.propagation.fixed_point import Round, settle
from knockon.propagation.traversal import first_arrivals

#: How far, relatively, rounding may carry the loss of a feeder below what it causes.
_SLACK = 1e-12


class CycleSolution(NamedTuple):
    """Losses (n, k), rounds, residual and error of each shock (k,), and step and source of every loss (n, k)."""

    loss: Floats
    iterations: Ints
    residual: Floats
    error: Floats
    step: Ints
    source: Ints


def solve(size: int, links: Links, initial_loss: Floats, eps: float, cap: int) -> CycleSolution:
    """Return the least solution for the losses (n, k) that k shocks set themselves."""
    equations = _Equations(size, links, initial_loss)
    settled = settle(equations, initial_loss, eps=eps, cap=cap)
    step, source = equations.causes(settled.state)
    return CycleSolution(settled.state, settled.iterations, settled.residual, settled.error, step, source)


class _Equations:
    """The equations of k shocks on n nodes: a link passes on a part of a loss, or its excess over the criticality."""

    def __init__(self, size: int, links: Links, initial_loss: Floats) -> None:
        self.links = links.pick(np.argsort(links.receiver, kind="stable"))
        self.initial_loss = initial_loss
        self.receiver, self.start, count = np.unique(self.links.receiver, return_index=True, return_counts=True)
        self.part = self.links.strength / np.repeat(count, count)
        self.beyond = self.links.criticality / 100
        self.size = size

    def round(self, lanes: Ints) -> Round:
        """Return the round of some shocks: a function from losses to losses."""
        initial_loss = self.initial_loss[:, lanes]

        def advance(loss: Floats) -> Floats:
            feeder = loss[self.links.feeder]
            mean = np.add.reduceat(self.part[:, None] * feeder, self.start)
            worst = np.maximum.reduceat(feeder - self.beyond[:, None], self.start)
            new = initial_loss.copy()
            new[self.receiver] = np.maximum(new[self.receiver], np.maximum(mean, worst))
            return new

        return advance

    def branch(self, lane: int) -> _Branch:  # noqa: ARG002 - all shocks have the same equations
        """Return the linear equations of one shock, to be solved where rounds converge slowly."""
        return _Branch(self)

    def causes(self, loss: Floats) -> tuple[Ints, Ints]:
        """Return step and source of every loss, by a breadth-first search from the hits along binding links."""
        step, source = (np.full(loss.shape, NONE, np.int64) for _ in range(2))
        for shock in range(loss.shape[1]):
            self._search(loss[:, shock], self.initial_loss[:, shock], step[:, shock], source[:, shock])
        return step, source

    def _search(self, loss: Floats, initial_loss: Floats, step: Ints, source: Ints) -> None:
        """Fill in step and source of the losses of one shock."""
        feeder, receiver = self.links.feeder, self.links.receiver
        step[(loss > 0) & (initial_loss >= loss * (1 - _SLACK))] = 0
        # A feeder may lose exactly what its receiver tolerates: then nothing is lost, and nothing is the cause.
        critical = (loss[receiver] > 0) & (loss[feeder] - self.beyond >= loss[receiver] * (1 - _SLACK))
        through = self.part * loss[feeder]
        mean = np.zeros(self.size)
        np.add.at(mean, receiver, through)
        # A mean has no single cause: of the feeders that lose at least the mean, the one that contributes most.
        binding_mean = (through > 0) & (mean[receiver] >= loss[receiver] * (1 - _SLACK))
        binding_mean &= loss[feeder] >= loss[receiver] * (1 - _SLACK)
        most = np.zeros(self.size)
        np.maximum.at(most, receiver[binding_mean], through[binding_mean])
        largest = binding_mean & (through >= most[receiver])
        for bound in (critical | largest, critical | binding_mean):
            # Of equally near feeders the one that passes on most comes first.
            order = np.flatnonzero(bound)
            order = order[np.argsort(-through[order], kind="stable")]
            first = order[first_arrivals(step, feeder[order], receiver[order])]
            source[receiver[first]] = feeder[first]


class _Branch(NamedTuple):
    """The linear equations that hold near a state."""

    equations: _Equations

    def slopes(self, state: Floats, moving: Ints) -> Floats:
        """Return the derivative of the next loss of each moving node by the loss of each, (moving, moving)."""
        links, equations = self.equations.links, self.equations
        column = np.full(equations.size, NONE)
        column[moving] = np.arange(len(moving))
        feeder = state[links.feeder]
        mean, worst = (np.zeros(equations.size) for _ in range(2))
        np.add.at(mean, links.receiver, equations.part * feeder)
        np.maximum.at(worst, links.receiver, feeder - equations.beyond)
        averaged = mean[links.receiver] >= worst[links.receiver]
        critical = ~averaged & (feeder - equations.beyond >= worst[links.receiver])
        slope = np.where(averaged, equations.part, critical.astype(np.float64))
        rows, columns = column[links.receiver], column[links.feeder]
        inside = (rows != NONE) & (columns != NONE)
        slopes = np.zeros((len(moving), len(moving)))
        np.add.at(slopes, (rows[inside], columns[inside]), slope[inside])
        return slopes
