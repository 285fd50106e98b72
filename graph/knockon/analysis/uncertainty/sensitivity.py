r"""The influence of each assumption on a loss: when it alone changes, and over all draws.

The *swing* of an entity under an assumption is exact, not an estimate: its loss
with that number at the top of its interval, minus its loss with it at the
bottom, while everything else is at its point. A swing does not show assumptions that
matter only together; the *rank correlation* of Spearman over the draws
may show them:

.. math:: \rho = corr(rank(x), rank(loss))

with the mean rank for ties.

References
----------
C. Spearman, "The proof and measurement of association between two things", The
American Journal of Psychology 15(1):72-101 (1904), doi:10.2307/1412159.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np

from knockon.analysis.answer import Answer
from knockon.analysis.uncertainty.assumptions import Assumed, Assumption
from knockon.network.hits import Hits
from knockon.network.network import Floats, Ints
from knockon.propagation.combinations import Rules
from knockon.propagation.leontief_round import lanes_at_once
from knockon.propagation.variants import VariantLosses, variants

#: Losses that agree to this many digits are equal: a smaller difference comes from the order of multiplications.
DIGITS = 12
#: A rank correlation is reported where it is this many times the standard error that it has without any influence,
#: 1 / sqrt(draws - 1).
CLEAR = 4.0


@dataclass(frozen=True, slots=True)
class Driver(Answer):
    """The influence of an assumption on the loss of one entity.

    Attributes
    ----------
    assumption
        The assumption. In JSON: its name.
    loss_low, loss_high
        The loss (0..1) with the assumption alone at its lowest and at its highest, the others at their points.
    rank_correlation
        Spearman's rank correlation (-1..1) of the number and the loss over all draws; None where the loss is always the same.
    """

    json_keys = ("assumption_name", "loss_low", "loss_high", "swing", "rank_correlation")
    json_names: ClassVar[Mapping[str, str]] = {"assumption_name": "assumption"}

    assumption: Assumption
    loss_low: float
    loss_high: float
    rank_correlation: float | None

    @property
    def swing(self) -> float:
        """By how much the loss changes when the assumption alone goes from its lowest to its highest (0..1)."""
        return round(max(0.0, self.loss_high - self.loss_low), DIGITS)

    @property
    def assumption_name(self) -> str:
        """The name of the assumption."""
        return self.assumption.name


class Runs:
    """Runs of one shock with any values of its assumptions.

    Attributes
    ----------
    width
        The most runs that are computed at once.
    capped
        Whether the cap stopped any run.
    """

    def __init__(self, rules: Rules, hits: Hits, assumed: Assumed, nodes: Ints, *, eps: float, cap: int) -> None:
        self.rules, self.hits, self.assumed, self.nodes = rules, hits, assumed, nodes
        self.eps, self.cap, self.capped = eps, cap, False
        self.width = lanes_at_once(rules.network)

    def losses(self, values: Floats) -> Floats:
        """Return the losses (nodes, m), 0..1, of m runs with the values (d, m) of the assumptions."""
        parts = [values[:, start : start + self.width] for start in range(0, values.shape[1], self.width)]
        return np.concatenate([np.zeros((len(self.nodes), 0)), *(self._run(part).loss[self.nodes] for part in parts)], axis=1)

    def _run(self, values: Floats) -> VariantLosses:
        result = variants(self.rules, self.hits, 0, *self.assumed.lanes(values), eps=self.eps, cap=self.cap)
        self.capped |= "cap" in result.stopped_by
        return result

    def ends(self) -> tuple[Floats, Floats]:
        """Return the losses (d, nodes) with each assumption alone at its low, and those with each alone at its high."""
        low, point, high = self.assumed.intervals
        count, block = len(point), max(1, self.width // 2)
        losses = [np.zeros((2, 0, len(self.nodes)))]
        for start in range(0, count, block):
            chosen = np.arange(start, min(start + block, count))
            values = np.repeat(point[:, None], 2 * len(chosen), axis=1)
            values[chosen, np.arange(len(chosen))] = low[chosen]
            values[chosen, len(chosen) + np.arange(len(chosen))] = high[chosen]
            losses.append(self.losses(values).T.reshape(2, len(chosen), len(self.nodes)))
        at_low, at_high = np.concatenate(losses, axis=1)
        return at_low, at_high


class Ranks(NamedTuple):
    """The ranks (rows, m) of the values in each row, from 1 for the least.

    Equal values have the mean of their ranks in ``mean``, and the first of their ranks in ``first``.
    """

    mean: Floats
    first: Floats


def ranks(values: Floats) -> Ranks:
    """Return the ranks of the values (rows, m) in each row.

    >>> ranks(np.array([[0.5, 0.1, 0.5]])).mean.tolist()
    [[2.5, 1.0, 2.5]]
    """
    rows, width = values.shape
    order = np.argsort(values, axis=1, kind="stable")
    sorted_ = np.take_along_axis(values, order, axis=1)
    new = np.ones((rows, width), bool)
    new[:, 1:] = sorted_[:, 1:] != sorted_[:, :-1]
    place = np.broadcast_to(np.arange(width), (rows, width))
    first = np.maximum.accumulate(np.where(new, place, 0), axis=1)
    # The last of a tie is the one before the next beginning, read from the far end.
    ends = np.ones((rows, width), bool)
    ends[:, :-1] = new[:, 1:]
    last = np.minimum.accumulate(np.where(ends, place, width)[:, ::-1], axis=1)[:, ::-1]
    mean, lowest = np.empty((rows, width)), np.empty((rows, width))
    np.put_along_axis(mean, order, (first + last) / 2 + 1, axis=1)
    np.put_along_axis(lowest, order, first + 1.0, axis=1)
    return Ranks(mean, lowest)


def rank_correlations(first: Floats, second: Floats) -> Floats:
    """Return Spearman's rho (a, b) of each row of ``first`` (a, m) with each of ``second`` (b, m); nan for constant rows.

    >>> rank_correlations(np.array([[1.0, 2.0, 3.0]]), np.array([[2.0, 4.0, 8.0], [9.0, 4.0, 1.0], [7.0, 7.0, 7.0]])).tolist()
    [[1.0, -1.0, nan]]
    """
    a, b = (_standardized(ranks(rows).mean) for rows in (first, second))
    # The last digits of a product of matrices depend on the machine.
    rounded: Floats = np.clip(a @ b.T, -1.0, 1.0).round(DIGITS)
    return rounded


def _standardized(rows: Floats) -> Floats:
    """Return rows with mean 0 and length 1; nan for constant rows."""
    centred = rows - rows.mean(axis=1, keepdims=True)
    length = np.sqrt((centred**2).sum(axis=1, keepdims=True))
    scaled: Floats = np.divide(centred, length, out=np.full_like(centred, np.nan), where=length > 0)
    return scaled


def drivers(runs: Runs, values: Floats, losses: Floats) -> list[tuple[Driver, ...]]:
    """Return for each node the assumptions with a swing or a clear rank correlation, the largest swing first.

    Parameters
    ----------
    runs
        Runs of the shock.
    values
        The draws of the assumptions: (d, m).
    losses
        The losses with these draws: (nodes, m), rounded to ``DIGITS``.
    """
    low, high = (ends.round(DIGITS) for ends in runs.ends())
    rho = rank_correlations(values, losses)
    shown = (high > low) | (np.abs(rho) * np.sqrt(max(values.shape[1] - 1, 1)) > CLEAR)
    return [
        _drivers_of_node(runs.assumed.each, np.flatnonzero(shown[:, k]), low[:, k], high[:, k], rho[:, k])
        for k in range(shown.shape[1])
    ]


def _drivers_of_node(each: Sequence[Assumption], shown: Ints, low: Floats, high: Floats, rho: Floats) -> tuple[Driver, ...]:
    own = [Driver(each[a], float(low[a]), float(high[a]), None if np.isnan(rho[a]) else float(rho[a])) for a in shown]
    return tuple(sorted(own, key=lambda d: (-d.swing, -abs(d.rank_correlation or 0.0), d.assumption.name)))


__all__ = ["CLEAR", "DIGITS", "Driver", "Ranks", "Runs", "drivers", "rank_correlations", "ranks"]
