"""The rounds of DebtRank: how distress runs through the network until every shock has come to rest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from knockon.network.hits import Hits
from knockon.network.network import Bools, Floats, Ints
from knockon.propagation.attribution import Causes, LargestContributor

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Variant = Literal["linear", "original"]


class Task(NamedTuple):
    """What is asked: leverage, the part of all value each node has, the hits and the bounds to run, and when to stop."""

    weight: csr_array
    part: Floats
    hits: Hits
    bounds: tuple[int, ...]
    variant: Variant
    eps: float
    cap: int
    keep: bool


class Run(NamedTuple):
    """Losses (n, shocks) at the start and the end, and how each shock came to rest."""

    initial_loss: Floats
    loss: Floats
    iterations: Ints
    residual: Floats
    causes: Causes | None


def run(task: Task, initial_loss: Floats, bound: int) -> Run:
    """Rounds until every shock has come to rest; those that have are set aside."""
    shocks = initial_loss.shape[1]
    trace = LargestContributor(task.weight, initial_loss) if task.keep and bound == 1 else None
    loss, iterations, residual = initial_loss.copy(), np.zeros(shocks, np.int64), np.zeros(shocks)
    going = np.arange(shocks)
    start, before, sent = initial_loss, initial_loss, np.zeros_like(initial_loss)
    rounds = 0
    while going.size:
        rounds += 1
        after, sent, moved, resting = _round(task, start, before, sent)
        if trace:
            trace.note(before, after, sent, rounds, going)
        done = resting | (rounds >= task.cap)
        if done.any():
            ended = going[done]
            loss[:, ended], iterations[ended], residual[ended] = after[:, done], rounds, moved[done]
            if trace:
                trace.finish(after[:, done], sent[:, done], ended)
            going, start, after, sent = going[~done], start[:, ~done], after[:, ~done], sent[:, ~done]
        before = after
    return Run(initial_loss, loss, iterations, residual, trace.causes() if trace else None)


def _round(task: Task, start: Floats, before: Floats, sent: Floats) -> tuple[Floats, Floats, Floats, Bools]:
    """Losses after one round, what everybody has passed on by now, the largest rise, and which shocks are at rest."""
    if task.variant == "linear":
        after = task.weight @ before
        after += start
        np.minimum(after, 1.0, out=after)
        moved = (after - before).max(axis=0, initial=0.0)
        return after, before, moved, moved <= task.eps
    turn = np.where(sent > 0, 0.0, before)
    after = np.minimum(before + task.weight @ turn, 1.0)
    sent = sent + turn
    # What is left is what those that were just hit have still to pass on.
    left = np.where(sent > 0, 0.0, after).max(axis=0, initial=0.0)
    return after, sent, left, left == 0
