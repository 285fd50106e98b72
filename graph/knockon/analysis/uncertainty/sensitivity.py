r"""On which assumption an answer hangs: one at a time, and over all draws.

The *swing* of an entity under an assumption is exact and no sample: its loss
with that number at the top of its interval, less its loss with it at the
bottom, everything else at its point. What a swing cannot see, two assumptions
that matter only together, the *rank correlation* of Spearman over the draws
may:

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

#: Losses that differ by less are the same: the order of multiplications is no reason to rank one above another.
DIGITS = 12
#: A rank correlation is reported where it is this many times its standard error under chance, 1 / sqrt(draws - 1).
CLEAR = 4.0


@dataclass(frozen=True, slots=True)
class Driver(Answer):
    """What an assumption does to the loss of one entity.

    Attributes
    ----------
    assumption
        The assumption. In JSON: its name.
    loss_low, loss_high
        The loss (0..1) with the assumption alone at its lowest and at its highest, the others at their points.
    rank_correlation
        Spearman's rank correlation (-1..1) of the number and the loss over all draws; None where the loss never differs.
    """

    json_keys = ("assumption_name", "loss_low", "loss_high", "swing", "rank_correlation")
    json_names: ClassVar[Mapping[str, str]] = {"assumption_name": "assumption"}

    assumption: Assumption
    loss_low: float
    loss_high: float
    rank_correlation: float | None

    @property
    def swing(self) -> float:
        """How far the loss goes when the assumption alone goes from its lowest to its highest (0..1)."""
        return round(max(0.0, self.loss_high - self.loss_low), DIGITS)

    @property
    def assumption_name(self) -> str:
        """What the assumption is about, in a few words."""
        return self.assumption.name


class Runs:
    """One shock, to be run with any values of its assumptions; remembers whether a run stopped by its cap."""

    def __init__(self, rules: Rules, hits: Hits, assumed: Assumed, nodes: Ints, *, eps: float, cap: int) -> None:
        self.rules, self.hits, self.assumed, self.nodes = rules, hits, assumed, nodes
        self.eps, self.cap, self.capped = eps, cap, False
        self.width = lanes_at_once(rules.network)

    def losses(self, values: Floats) -> Floats:
        """Return the losses (nodes, m) where the assumptions are (d, m) values."""
        parts = [values[:, start : start + self.width] for start in range(0, values.shape[1], self.width)]
        return np.concatenate([np.zeros((len(self.nodes), 0)), *(self._run(part).loss[self.nodes] for part in parts)], axis=1)

    def _run(self, values: Floats) -> VariantLosses:
        found = variants(self.rules, self.hits, 0, *self.assumed.lanes(values), eps=self.eps, cap=self.cap)
        self.capped |= "cap" in found.stopped_by
        return found

    def ends(self) -> tuple[Floats, Floats]:
        """Return the losses (d, nodes) with each assumption at its low, then at its high, the others at their points."""
        low, point, high = self.assumed.intervals
        count, block = len(point), max(1, self.width // 2)
        found = [np.zeros((2, 0, len(self.nodes)))]
        for start in range(0, count, block):
            some = np.arange(start, min(start + block, count))
            values = np.repeat(point[:, None], 2 * len(some), axis=1)
            values[some, np.arange(len(some))] = low[some]
            values[some, len(some) + np.arange(len(some))] = high[some]
            found.append(self.losses(values).T.reshape(2, len(some), len(self.nodes)))
        both = np.concatenate(found, axis=1)
        return both[0], both[1]


class Ranks(NamedTuple):
    """Places in each row of an array, from 1 for the least: the mean of those that tie, and the first of them."""

    mean: Floats
    first: Floats


def ranks(values: Floats) -> Ranks:
    """Return the ranks in each row of (rows, m) values.

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
    # The last of a tie stands before the next beginning, read from the far end.
    ends = np.ones((rows, width), bool)
    ends[:, :-1] = new[:, 1:]
    last = np.minimum.accumulate(np.where(ends, place, width)[:, ::-1], axis=1)[:, ::-1]
    mean, lowest = np.empty((rows, width)), np.empty((rows, width))
    np.put_along_axis(mean, order, (first + last) / 2 + 1, axis=1)
    np.put_along_axis(lowest, order, first + 1.0, axis=1)
    return Ranks(mean, lowest)


def rank_correlations(one: Floats, other: Floats) -> Floats:
    """Return Spearman's rho of each row of (a, m) with each of (b, m): (a, b), nan where a row is constant.

    >>> rank_correlations(np.array([[1.0, 2.0, 3.0]]), np.array([[2.0, 4.0, 8.0], [9.0, 4.0, 1.0], [7.0, 7.0, 7.0]])).tolist()
    [[1.0, -1.0, nan]]
    """
    first, second = (_standard(ranks(rows).mean) for rows in (one, other))
    # The last digits of a product of matrices depend on the machine.
    rounded: Floats = np.clip(first @ second.T, -1.0, 1.0).round(DIGITS)
    return rounded


def _standard(rows: Floats) -> Floats:
    centred = rows - rows.mean(axis=1, keepdims=True)
    length = np.sqrt((centred**2).sum(axis=1, keepdims=True))
    scaled: Floats = np.divide(centred, length, out=np.full_like(centred, np.nan), where=length > 0)
    return scaled


def drivers(runs: Runs, values: Floats, losses: Floats) -> list[tuple[Driver, ...]]:
    """Return for each node what moves it, the largest swing first: each assumption with a swing, or a clear rank correlation.

    Parameters
    ----------
    runs
        The shock.
    values, losses
        The draws, (d, m), and what came of them, (nodes, m), rounded to DIGITS.
    """
    low, high = (ends.round(DIGITS) for ends in runs.ends())
    rho = rank_correlations(values, losses)
    shown = (high > low) | (np.abs(rho) * np.sqrt(max(values.shape[1] - 1, 1)) > CLEAR)
    return [
        _ranked(runs.assumed.each, np.flatnonzero(shown[:, k]), low[:, k], high[:, k], rho[:, k]) for k in range(shown.shape[1])
    ]


def _ranked(each: Sequence[Assumption], shown: Ints, low: Floats, high: Floats, rho: Floats) -> tuple[Driver, ...]:
    found = [Driver(each[a], float(low[a]), float(high[a]), None if np.isnan(rho[a]) else float(rho[a])) for a in shown]
    return tuple(sorted(found, key=lambda one: (-one.swing, -abs(one.rank_correlation or 0.0), one.assumption.name)))


__all__ = ["CLEAR", "DIGITS", "Driver", "Ranks", "Runs", "drivers", "rank_correlations", "ranks"]
