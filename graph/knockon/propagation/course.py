"""The course of some shocks through time, step by step: the stepping behind :func:`knockon.propagation.timeline.timeline`.

A state has a column (lane) for each shock and bound. Nothing in a step looks
from one lane into another, so a batch gives what each shock gives alone.
"""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

import numpy as np

from knockon.network.hits import Hits
from knockon.network.network import NONE, Bools, Floats, Ints, Mode, Network
from knockon.propagation.rules import Rules, depths, first_of, ranges


class Clock(NamedTuple):
    """Steps of ``step`` days, and how long a hit lasts and heals (days)."""

    horizon: int
    step: float
    duration: float | None
    recovery: float

    def strength(self, t: int) -> float:
        """What is left of a hit at step t: 1 while it lasts, then linearly down to 0."""
        if self.duration is None or t * self.step < self.duration:
            return 1.0
        return 0.0 if self.settled(t) else max(0.0, 1.0 - (t * self.step - self.duration) / self.recovery)

    def settled(self, t: int) -> bool:
        """Whether no hit changes after step t."""
        return self.duration is None or t * self.step >= self.duration + self.recovery


class Plan(NamedTuple):
    """What holds for every lane: stocks in days of the need, delays in steps, and how to read the course."""

    network: Network
    rules: Rules
    clock: Clock
    buffer: Floats
    late: list[tuple[int, Ints]]
    refill: float
    threshold: float
    eps: float
    keep: bool

    @property
    def memory(self) -> int:
        """For how many steps back losses are still on their way."""
        return 1 + max((steps for steps, _ in self.late), default=0)


class Course(NamedTuple):
    """What came of some shocks: a row for each, greatest losses at every bound as (bounds, k, n)."""

    peak: Floats
    step: Ints
    slot: Ints
    supply: Ints
    source: Ints
    shortage: Floats
    impact: Floats
    recover: Floats
    area: Floats
    iterations: Ints
    residual: Floats
    capped: Bools
    path: Floats | None


def course(plan: Plan, hits: Hits, shocks: range, bounds: tuple[int, ...]) -> Course:
    """The course of some shocks at some bounds (0 low, 1 point, 2 high); what is told beside losses is told of the point."""
    march = _March(plan, hits, shocks, bounds)
    for t in range(plan.clock.horizon + 1):
        march.advance(t)
        if march.resting.all():
            break
    return march.told(t)


class _March:
    """The state of every lane, and what is remembered of its past."""

    def __init__(self, plan: Plan, hits: Hits, shocks: range, bounds: tuple[int, ...]) -> None:
        network, count, lanes = plan.network, len(shocks), len(shocks) * len(bounds)
        self.plan, self.count, self.bounds = plan, count, bounds
        struck = [hits.rows(network, shock, bound) for bound in bounds for shock in shocks]
        sizes = (network.size, network.slots, network.supplies)
        self.struck = [_columns([rows[kind] for rows in struck], size) for kind, size in enumerate(sizes)]
        self.weight = np.repeat(network.weights[list(bounds)].T, count, axis=1)
        self.point = slice(bounds.index(1) * count, (bounds.index(1) + 1) * count)
        self.past = deque([np.zeros((network.size, lanes))] * plan.memory, maxlen=plan.memory)
        self.stock = np.repeat(plan.buffer[:, None], lanes, axis=1) if plan.buffer.any() else None
        self.peak = np.zeros((network.size, lanes))
        self.change = np.zeros(lanes)
        # Before the shock everything was at rest, for ever.
        self.still, self.nearly = np.full(lanes, plan.memory), np.full(lanes, plan.memory)
        self.resting, self.rested = np.zeros(lanes, bool), np.full(lanes, plan.clock.horizon)
        self.unmoved: Bools = np.ones(lanes, bool)
        self.steady: Bools = np.ones(lanes, bool)
        self.shortage = np.zeros((network.slots, count))
        self.bound = np.full((3, network.size, count), NONE, np.int64)
        self.impact, self.last = np.full((network.size, count), np.inf), np.full((network.size, count), -1)
        self.area = np.zeros((network.size, count))
        self.path = np.zeros((count, plan.clock.horizon + 1, network.size)) if plan.keep else None

    def advance(self, t: int) -> None:
        """The state at step t, from those before it."""
        rules, before = self.plan.rules, self.past[0]
        strength = self.plan.clock.strength(t)
        hit = [rows if strength == 1 else rows * strength for rows in self.struck]
        lost = np.maximum(hit[2], self._arriving())
        short = np.maximum(np.maximum(hit[1], rules.needed(before)), rules.meeting(lost))
        value = self.weight * self._felt(short)
        loss = np.maximum(hit[0], rules.worst(value))
        if self._note(t, loss):
            p = self.point
            risen = loss[:, p] > self.peak[:, p]
            moment = _Moment(loss[:, p], before[:, p], lost[:, p], short[:, p], value[:, p], [rows[:, p] for rows in hit])
            _bind(self.plan, moment, risen, self.bound)
        self.shortage = np.maximum(self.shortage, short[:, self.point])
        self.peak = np.maximum(self.peak, loss)
        self._judge(t, loss)
        self.past.appendleft(loss)

    def _arriving(self) -> Floats:
        """(supplies, m): the losses of providers that are felt by now."""
        provider = self.plan.rules.provider
        if len(self.plan.late) == 1:
            return self.past[self.plan.late[0][0]][provider]
        lost = np.zeros((len(provider), self.peak.shape[1]))
        for steps, supplies in self.plan.late:
            lost[supplies] = self.past[steps][provider[supplies]]
        return lost

    def _felt(self, short: Floats) -> Floats:
        """What of the shortages the stocks leave uncovered; runs them down, and fills them where nothing is short."""
        if self.stock is None:
            return short
        step, full = self.plan.clock.step, self.plan.buffer[:, None]
        drawn = np.minimum(self.stock, short * step)
        filled = np.minimum(full, self.stock + self.plan.refill * step)
        stock = np.where(short > 0, self.stock - drawn, filled)
        moved = np.abs(stock - self.stock)
        self.unmoved = np.asarray((moved == 0).all(axis=0))
        self.steady = np.asarray((moved <= self.plan.eps).all(axis=0))
        self.stock = stock
        # Covered in full is exactly nothing, whatever short * step / step comes to.
        return np.where(drawn >= short * step, 0.0, np.maximum(short - drawn / step, 0.0))

    def _note(self, t: int, loss: Floats) -> bool:
        """Remember what the point says of step t; whether any of its losses is higher than before."""
        losses, step = loss[:, self.point], self.plan.clock.step
        over = losses >= self.plan.threshold
        self.impact[over & np.isinf(self.impact)] = t * step
        self.last[over] = t
        if t < self.plan.clock.horizon:
            self.area += np.where(self.resting[self.point], 0.0, losses)
        if self.path is not None:
            self.path[:, t] = losses.T
        return bool((losses > self.peak[:, self.point]).any())

    def _judge(self, t: int, loss: Floats) -> None:
        """Which lanes have come to rest: nothing has moved for as long as losses can be on their way, nor will any hit."""
        self.change = np.abs(loss - self.past[0]).max(axis=0, initial=0.0)
        self.still = np.where(self.change == 0, self.still + 1, 0)
        self.nearly = np.where((self.change <= self.plan.eps) & self.steady, self.nearly + 1, 0)
        if self.plan.clock.settled(t):
            now = (self.still >= self.plan.memory) & self.unmoved & ~self.resting
            self.rested[now] = t
            self.resting |= now

    def told(self, end: int) -> Course:
        """Everything that was remembered, as rows; ``end`` is the last step that was run."""
        clock, p, n = self.plan.clock, self.point, self.peak.shape[0]
        losses = self.past[0][:, p]
        # A lane at rest stays as it is: its days to come are known without running them.
        area = self.area + np.where(self.resting[p], losses * np.maximum(clock.horizon - 1 - self.rested[p], 0), 0.0)
        if self.path is not None:
            self.path[:, end + 1 :] = losses.T[:, None, :]
        back = np.where(losses >= self.plan.threshold, np.inf, (self.last + 1) * clock.step)
        capped = ~(self.resting | ((self.nearly >= self.plan.memory) & clock.settled(end)))
        slot, supply, source = self.bound
        step = [depths(slot[:, k] != NONE, source[:, k]) for k in range(self.count)]
        lost = self.peak[:, p] > 0
        each = (len(self.bounds), self.count)
        return Course(
            peak=self.peak.T.reshape(*each, n),
            step=np.where(lost.T, np.array(step, np.int64).reshape(self.count, n), NONE),
            slot=slot.T,
            supply=supply.T,
            source=source.T,
            shortage=self.shortage.T,
            impact=self.impact.T,
            recover=np.where(np.isinf(self.impact), np.nan, back).T,
            area=area.T * clock.step,
            iterations=self.rested.reshape(each).max(axis=0),
            residual=self.change.reshape(each).max(axis=0),
            capped=np.asarray(capped.reshape(each).any(axis=0)),
            path=self.path,
        )


class _Moment(NamedTuple):
    """One step at the point: the losses after and before it, and what each supply and slot came to."""

    loss: Floats
    before: Floats
    lost: Floats
    short: Floats
    value: Floats
    hit: list[Floats]


def _columns(rows: list[Floats], size: int) -> Floats:
    """A column for each lane; where nothing is hit, one zero that is seen everywhere."""
    if not any(row.any() for row in rows):
        return np.broadcast_to(np.zeros((1, 1)), (size, len(rows)))
    return np.stack(rows, axis=1)


def _bind(plan: Plan, now: _Moment, risen: Bools, bound: Ints) -> None:
    """Record slot, supply and source of the losses that have risen above all before them: into ``bound``, (3, n, k)."""
    owner, k = plan.rules.owner, risen.shape[1]
    bound[:, risen] = NONE
    through = risen & (now.loss > now.hit[0])
    slot, lane = np.nonzero(through[owner] & (now.value == now.loss[owner]))
    # Slots stand in the order of their owners: the first of the tight ones.
    first = first_of(owner[slot] * k + lane)
    slot, lane = slot[first], lane[first]
    short, need = now.short[slot, lane], plan.rules.need[slot]
    by_hit = now.hit[1][slot, lane] == short
    by_need = ~by_hit & (need != NONE)
    by_need[by_need] = now.before[need[by_need], lane[by_need]] == short[by_need]
    supply, source = np.full(len(slot), NONE), np.where(by_need, need, NONE)
    rest = np.flatnonzero(~by_hit & ~by_need)
    supply[rest] = _binding_supply(plan, now, slot[rest], lane[rest])
    hit = now.hit[2][supply[rest], lane[rest]] >= now.lost[supply[rest], lane[rest]]
    source[rest] = np.where(hit, NONE, plan.rules.provider[supply[rest]])
    bound[:, owner[slot], lane] = slot, supply, source


def _binding_supply(plan: Plan, now: _Moment, slot: Ints, lane: Ints) -> Ints:
    """Of the supplies of each slot that is short through them, the first that makes it so."""
    start = plan.network.supply_start
    width = start[slot + 1] - start[slot]
    supply, event = ranges(start[slot], start[slot + 1]), np.repeat(np.arange(len(slot)), width)
    lost = now.lost[supply, lane[event]]
    share = plan.network.supply_share[supply]
    # Of shares, the largest part among those that lose at least as much as they cause: so no explanation goes round.
    enough = (share > 0) & (lost >= now.loss[plan.rules.owner[slot], lane][event])
    shared = np.where(enough, share * lost, -1.0)
    score = np.where(plan.network.mode[slot][event] == Mode.SHARES, shared, lost == now.short[slot, lane][event])
    order = np.lexsort((supply, -score, event))
    return np.asarray(supply[order][np.cumsum(width) - width])
