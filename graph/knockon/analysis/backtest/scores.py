"""Scores of predictions against outcomes, each with its number of observations and what chance gives.

Who is hit: precision and recall, with the hypergeometric probability of at least as many by chance. In what order: Kendall's
tau-b (Kendall 1945, Biometrika 33, doi:10.1093/biomet/33.3.239) within each case, with the probability of at least that by
permutation. How much: the share of observations whose middle is inside of the predicted range; by chance it would be the mean
width of the ranges, for losses that are equally probable everywhere in 0..1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, median

import numpy as np
import numpy.typing as npt

from knockon.analysis.answer import Answer

Numbers = npt.NDArray[np.float64]
#: The permutations of an order that are drawn, and the seed.
PERMUTATIONS, SEED = 5_000, 1


@dataclass(frozen=True)
class Pair:
    """A prediction and what happened.

    Attributes
    ----------
    case
        The name of the case: orders are compared within one.
    loss, low, high
        The predicted loss (0..1) with its range; None for ``low`` and ``high`` where a prediction has none.
    hit
        Whether it was hit.
    observed
        The middle of the observed loss (0..1), where it is a share of output, deliveries or customers.
    rank
        The observed order, smaller for worse; None if it is not known. Those of one ``scale`` are compared.
    scale
        What the order is by.
    predicted_day, day
        When it was predicted to be hit and when it was, in days after the shock.
    entity
        Its name: of one entity with several rows, who is hit counts once. Without names every pair is an entity.
    """

    case: str
    loss: float
    low: float | None
    high: float | None
    hit: bool
    observed: float | None = None
    rank: float | None = None
    scale: str = ""
    predicted_day: float | None = None
    day: float | None = None
    entity: str = ""


@dataclass(frozen=True)
class Score(Answer):
    """How well predictions agree with what happened; a score without observations is None.

    Attributes
    ----------
    case
        The name of the case; ``all`` for all cases without another known cause.
    method
        ``knockon``, or the name of a baseline.
    n
        How many entities have an outcome.
    hit
        How many of them were hit.
    predicted
        How many were predicted to be hit.
    right
        How many of these were.
    precision, recall
        The right ones as a share (0..1) of those predicted, and of those hit.
    precision_chance
        The precision of a choice by chance (0..1): the share of those hit.
    recall_chance
        The recall of a choice by chance of as many (0..1).
    p_hit
        The probability (0..1) that a choice by chance of as many has at least as many right ones.
    order_n
        How many outcomes have an order.
    tau
        Kendall's tau-b of the orders within cases (-1..1); by chance it is 0.
    p_order
        The probability (0..1) of at least that tau by chance.
    inside_n
        How many outcomes are measured as a share of output, deliveries or customers.
    inside
        The share (0..1) of these whose middle is inside of the predicted range.
    inside_chance
        The mean width of these ranges (0..1).
    days_n
        How many outcomes have a day, as their predictions have.
    days_off
        The median difference, in days.
    """

    case: str
    method: str
    n: int
    hit: int
    predicted: int
    right: int
    precision: float | None
    precision_chance: float | None
    recall: float | None
    recall_chance: float | None
    p_hit: float | None
    order_n: int
    tau: float | None
    p_order: float | None
    inside_n: int
    inside: float | None
    inside_chance: float | None
    days_n: int
    days_off: float | None


def score(case: str, method: str, pairs: Sequence[Pair]) -> Score:
    """Score predictions.

    Parameters
    ----------
    case, method
        What the score is of.
    pairs
        The predictions with their outcomes.

    Examples
    --------
    >>> worst = Pair("c", 0.9, 0.8, 1.0, hit=True, observed=0.9, rank=1.0, scale="order")
    >>> second = Pair("c", 0.5, 0.4, 0.6, hit=True, observed=0.5, rank=2.0, scale="order")
    >>> found = score("c", "knockon", [worst, second, Pair("c", 0.0, 0.0, 0.0, hit=False)])
    >>> found.precision, found.recall, found.tau, found.inside
    (1.0, 1.0, 1.0, 1.0)
    >>> round(found.p_hit, 3), round(found.precision_chance, 3), round(found.inside_chance, 3)
    (0.333, 0.667, 0.2)
    """
    from scipy.stats import hypergeom

    each = list({(pair.case, pair.entity or number): pair for number, pair in enumerate(pairs)}.values())
    n, hit, predicted = len(each), sum(pair.hit for pair in each), sum(pair.loss > 0 for pair in each)
    right = sum(pair.hit and pair.loss > 0 for pair in each)
    p_hit = float(hypergeom.sf(right - 1, n, hit, predicted)) if n and predicted and 0 < hit < n else None
    tau, p_order, order_n = _order(pairs)
    ranged = [pair for pair in pairs if pair.observed is not None and pair.low is not None]
    inside = [is_inside(pair.low or 0.0, pair.high or 0.0, pair.observed or 0.0) for pair in ranged]
    days = [abs(pair.day - pair.predicted_day) for pair in pairs if pair.day is not None and pair.predicted_day is not None]
    return Score(
        case, method, n, hit, predicted, right,
        precision=right / predicted if predicted else None,
        precision_chance=hit / n if n else None,
        recall=right / hit if hit else None,
        recall_chance=predicted / n if n else None,
        p_hit=p_hit,
        order_n=order_n, tau=tau, p_order=p_order,
        inside_n=len(ranged),
        inside=fmean(inside) if inside else None,
        inside_chance=fmean((pair.high or 0.0) - (pair.low or 0.0) for pair in ranged) if ranged else None,
        days_n=len(days),
        days_off=median(days) if days else None,
    )  # fmt: skip


def is_inside(low: float, high: float, observed: float) -> bool:
    """Return whether an observed loss is inside of a predicted range (all 0..1).

    >>> is_inside(0.2, 0.4, 0.4), is_inside(0.2, 0.4, 0.5)
    (True, False)
    """
    return low - 1e-9 <= observed <= high + 1e-9


def _order(pairs: Sequence[Pair]) -> tuple[float | None, float | None, int]:
    """Return Kendall's tau-b within cases, the probability of at least that by permutation, and the number of outcomes."""
    groups: dict[tuple[str, str], list[Pair]] = {}
    for pair in pairs:
        if pair.rank is not None and pair.hit:
            groups.setdefault((pair.case, pair.scale), []).append(pair)
    series = [
        (np.array([-pair.loss for pair in group]), np.array([pair.rank for pair in group], float))
        for group in groups.values()
        if len(group) > 1
    ]
    order_n = sum(len(ranks) for _, ranks in series)
    tau = tau_b(series)
    if tau is None:
        return None, None, order_n
    # The ties of both sides are those of the order itself, so that the permutations differ in what is concordant alone.
    least = sum(_concordant(predicted, ranks[None])[0] for predicted, ranks in series)
    rng = np.random.default_rng(SEED)
    permuted = np.zeros(PERMUTATIONS)
    for predicted, ranks in series:
        permuted += _concordant(predicted, rng.permuted(np.tile(ranks, (PERMUTATIONS, 1)), axis=1))
    return tau, (int((permuted >= least - 1e-9).sum()) + 1) / (PERMUTATIONS + 1), order_n


def _concordant(first: Numbers, seconds: Numbers) -> Numbers:
    """Return the concordant pairs less the discordant ones, of one series with each of several (rows)."""
    rows, columns = np.triu_indices(len(first), 1)
    total: Numbers = np.sign(seconds[:, rows] - seconds[:, columns]) @ np.sign(first[rows] - first[columns])
    return total


def tau_b(series: Sequence[tuple[Numbers, Numbers]]) -> float | None:
    """Return Kendall's tau-b over the pairs within several series: concordant less discordant pairs, by those without ties.

    Parameters
    ----------
    series
        Two sequences of numbers each, of one length.

    Returns
    -------
    float or None
        -1 to 1; None where all numbers of a side are tied. Of one series it is that of ``scipy.stats.kendalltau``.

    Examples
    --------
    >>> tau_b([(np.array([1.0, 2.0, 3.0]), np.array([1.0, 3.0, 2.0]))])
    0.3333333333333333
    """
    concordant = sum(float(_concordant(first, second[None])[0]) for first, second in series)
    untied = [sum(_untied(pair[side]) for pair in series) for side in (0, 1)]
    return concordant / float(np.sqrt(untied[0] * untied[1])) if all(untied) else None


def _untied(numbers: Numbers) -> int:
    rows, columns = np.triu_indices(len(numbers), 1)
    return int((numbers[rows] != numbers[columns]).sum())


__all__ = ["PERMUTATIONS", "SEED", "Pair", "Score", "is_inside", "score", "tau_b"]
