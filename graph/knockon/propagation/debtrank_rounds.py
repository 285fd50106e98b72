"""Run the rounds of DebtRank until no shock changes a loss any more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from knockon.network.hits import Hits
from knockon.network.network import Bools, Floats, Ints
from knockon.propagation.attribution import Causes, LargestContributor

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Variant = Literal["linear", "original"]


class DebtRankTask(NamedTuple):
    """The input of all engines of DebtRank.

    ``weight`` is the leverage matrix (n, n), ``part`` the share of each node in all value (n,), ``bounds`` are the bounds to
    run, ``keep`` says whether losses by node are returned.
    """

    weight: csr_array
    part: Floats
    hits: Hits
    bounds: tuple[int, ...]
    variant: Variant
    eps: float
    cap: int
    keep: bool


class Run(NamedTuple):
    """Losses (n, shocks) at the start and the end, and the rounds and last rise of each shock."""

    initial_loss: Floats
    loss: Floats
    iterations: Ints
    residual: Floats
    causes: Causes | None


def run_rounds(task: DebtRankTask, initial_loss: Floats, bound: int) -> Run:
    """Run rounds until every shock has stopped; a shock that stops is not changed by later rounds."""
    shocks = initial_loss.shape[1]
    trace = LargestContributor(task.weight, initial_loss) if task.keep and bound == 1 else None
    loss, iterations, residual = initial_loss.copy(), np.zeros(shocks, np.int64), np.zeros(shocks)
    active = np.arange(shocks)
    start, before, sent = initial_loss, initial_loss, np.zeros_like(initial_loss)
    rounds = 0
    while active.size:
        rounds += 1
        after, sent, moved, resting = _round(task, start, before, sent)
        if trace:
            trace.record_round(before, after, sent, rounds, active)
        done = resting | (rounds >= task.cap)
        if done.any():
            finished = active[done]
            loss[:, finished], iterations[finished], residual[finished] = after[:, done], rounds, moved[done]
            if trace:
                trace.record_final(after[:, done], sent[:, done], finished)
            active, start, after, sent = active[~done], start[:, ~done], after[:, ~done], sent[:, ~done]
        before = after
    return Run(initial_loss, loss, iterations, residual, trace.causes() if trace else None)


def _round(task: DebtRankTask, start: Floats, before: Floats, sent: Floats) -> tuple[Floats, Floats, Floats, Bools]:
    """Return the losses after one round, what nodes have passed on by then, the largest rise, and whether shocks stop."""
    if task.variant == "linear":
        after = task.weight @ before
        after += start
        np.minimum(after, 1.0, out=after)
        moved = (after - before).max(axis=0, initial=0.0)
        return after, before, moved, moved <= task.eps
    passed_on = np.where(sent > 0, 0.0, before)
    after = np.minimum(before + task.weight @ passed_on, 1.0)
    sent = sent + passed_on
    # The residual is what nodes that were just hit have still to pass on.
    remaining = np.where(sent > 0, 0.0, after).max(axis=0, initial=0.0)
    return after, sent, remaining, remaining == 0
