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
from knockon.propagation.combinations import Rules, concatenated_ranges, depths, first_positions
from knockon.propagation.fixed_point import ROUNDING
from knockon.propagation.leontief_round import hit_columns, loss_from, shortage


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


class Setup(NamedTuple):
    """What holds for every lane: stocks in days of the need, delays in steps, and how to read the course."""

    network: Network
    rules: Rules
    clock: Clock
    buffer: Floats
    late: list[tuple[int, Ints]]
    lag: Bools
    refill: float
    threshold: float
    eps: float
    keep: bool

    @property
    def memory(self) -> int:
        """For how many steps back losses are still on their way."""
        return 1 + max((steps for steps, _ in self.late), default=0)

    @property
    def delayed(self) -> bool:
        """Whether anything is on its way for longer than a step."""
        return self.memory > 1


class Trajectories(NamedTuple):
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
    timed: Bools
    iterations: Ints
    residual: Floats
    capped: Bools
    path: Floats | None


def course(plan: Setup, hits: Hits, shocks: range, bounds: tuple[int, ...]) -> Trajectories:
    """Return the course of some shocks at some bounds (0 low, 1 point, 2 high); all but the losses is that of the point."""
    stepper = _Stepper(plan, hits, shocks, bounds)
    for t in range(plan.clock.horizon + 1):
        stepper.advance(t)
        if stepper.resting.all():
            break
    return stepper.course(t)


class _Stepper:
    """The state of every lane, and what is remembered of its past."""

    def __init__(self, plan: Setup, hits: Hits, shocks: range, bounds: tuple[int, ...]) -> None:
        network, count, lanes = plan.network, len(shocks), len(shocks) * len(bounds)
        self.plan, self.count, self.bounds = plan, count, bounds
        self.initial_loss = hit_columns(network, hits, [(shock, bound) for bound in bounds for shock in shocks])
        self.weight = np.repeat(network.weights[list(bounds)].T, count, axis=1)
        self.reading = np.repeat(np.array(bounds, np.float64), count)[None, :] if plan.rules.split else None
        self.point = slice(bounds.index(1) * count, (bounds.index(1) + 1) * count)
        self.past = deque([np.zeros((network.size, lanes))] * plan.memory, maxlen=plan.memory)
        self.stock = np.repeat(plan.buffer[:, None], lanes, axis=1) if plan.buffer.any() else None
        self.peak = np.zeros((network.size, lanes))
        self.change = np.zeros(lanes)
        # The step in which each loss last changed, where delays must know; before the shock nothing had.
        self.changed = np.full((network.size, lanes), -plan.memory, np.int64) if plan.delayed else None
        self.resting, self.rested = np.zeros(lanes, bool), np.full(lanes, plan.clock.horizon)
        self.unmoved: Bools = np.ones(lanes, bool)
        self.steady: Bools = np.ones(lanes, bool)
        # Whether a stock or a delay held up the present loss on its way, and the loss that first met the threshold.
        self.waited, self.timed = np.zeros((2, network.size, count), bool)
        self.shortage = np.zeros((network.slots, count))
        self.bound = np.full((3, network.size, count), NONE, np.int64)
        self.impact, self.last = np.full((network.size, count), np.inf), np.full((network.size, count), -1)
        self.area = np.zeros((network.size, count))
        self.path = np.zeros((count, plan.clock.horizon + 1, network.size)) if plan.keep else None

    def advance(self, t: int) -> None:
        """The state at step t, from those before it."""
        rules, before = self.plan.rules, self.past[0]
        hit = self._hits_at(t)
        lost = np.maximum(hit[2], self._arriving_losses())
        short = self._shortage_at(hit[1], before, lost)
        value = self.weight * self._uncovered_by_stock(short)
        loss = loss_from(rules, hit[0], value)
        p = self.point
        first = (loss[:, p] >= self.plan.threshold - ROUNDING) & np.isinf(self.impact)
        if self._record_step(t, loss):
            risen = loss[:, p] > self.peak[:, p]
            moment = _StepAtPoint(loss[:, p], before[:, p], lost[:, p], short[:, p], value[:, p], [rows[:, p] for rows in hit])
            _record_bindings(self.plan, moment, risen, self.bound, self.waited)
            self.timed |= first & self.waited
        self.shortage = np.maximum(self.shortage, short[:, self.point])
        self.peak = np.maximum(self.peak, loss)
        self._record_rest(t, loss)
        self.past.appendleft(loss)

    def _hits_at(self, t: int) -> list[Floats]:
        """What the shock sets at a step: of nodes, slots and supplies."""
        strength = self.plan.clock.strength(t)
        return [rows if strength == 1 else rows * strength for rows in self.initial_loss]

    def _shortage_at(self, hit: Floats, state: Floats, lost: Floats) -> Floats:
        """(slots, m): how far each need is unmet, before any stock."""
        rules = self.plan.rules
        return shortage(rules, hit, state, rules.supply_loss(lost, self.reading))

    def _arriving_losses(self) -> Floats:
        """(supplies, m): the losses of providers that are felt by now."""
        provider = self.plan.rules.provider
        if len(self.plan.late) == 1:
            return self.past[self.plan.late[0][0]][provider]
        lost = np.zeros((len(provider), self.peak.shape[1]))
        for steps, supplies in self.plan.late:
            lost[supplies] = self.past[steps][provider[supplies]]
        return lost

    def _uncovered_by_stock(self, short: Floats) -> Floats:
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

    def _record_step(self, t: int, loss: Floats) -> bool:
        """Remember what the point says of step t; whether any of its losses is higher than before."""
        losses, step = loss[:, self.point], self.plan.clock.step
        over = losses >= self.plan.threshold - ROUNDING
        self.impact[over & np.isinf(self.impact)] = t * step
        self.last[over] = t
        if t < self.plan.clock.horizon:
            self.area += np.where(self.resting[self.point], 0.0, losses)
        if self.path is not None:
            self.path[:, t] = losses.T
        return bool((losses > self.peak[:, self.point]).any())

    def _record_rest(self, t: int, loss: Floats) -> None:
        """Which lanes have come to rest: nothing moves, all that was on its way has arrived, and no hit will change."""
        self.change = np.abs(loss - self.past[0]).max(axis=0, initial=0.0)
        if self.changed is not None:
            self.changed[loss != self.past[0]] = t
        if self.plan.clock.settled(t):
            resting_now = (self.change == 0) & self.unmoved & ~self.resting
            if resting_now.any():
                resting_now &= self._arrived(t)
            self.rested[resting_now] = t
            self.resting |= resting_now

    def _arrived(self, t: int) -> Bools:
        """Lanes in which every supply with a delay has seen the last change of its provider."""
        arrived = np.ones(self.change.shape, bool)
        if self.changed is not None:
            for steps, supplies in self.plan.late:
                arrived &= (self.changed[self.plan.rules.provider[supplies]] < t - steps).all(axis=0)
        return arrived

    def _nearly_at_rest(self, end: int) -> Bools:
        """Lanes in which nothing that is still to come moves a loss by more than eps.

        The model is monotone: what arrives in future steps lies between the
        least and the greatest loss on its way. Where both leave every loss and
        stock as it is, so does everything between them, for ever.
        """
        stable = (self.change <= self.plan.eps) & self.steady
        if not self.plan.clock.settled(end) or self.changed is None or not stable.any():
            return stable & self.plan.clock.settled(end)
        hit, current, eps = self._hits_at(end), self.past[0], self.plan.eps
        for extreme in (np.minimum, np.maximum):
            lost = np.maximum(hit[2], self._on_the_way(extreme))
            short = self._shortage_at(hit[1], current, lost)
            if self.stock is None:
                uncovered, stock_stable = short, stable
            else:
                full = self.plan.buffer[:, None]
                # A stock stays as it is where there is none, where it is used up and the need short, and where the need
                # is met and it is full or not refilled.
                met = (short == 0) & ((self.stock == full) | (self.plan.refill == 0))
                stock_stable = ((full == 0) | ((self.stock == 0) & (short > 0)) | met).all(axis=0)
                uncovered = np.where(self.stock > 0, 0.0, short)
            change = np.abs(loss_from(self.plan.rules, hit[0], self.weight * uncovered) - current).max(axis=0, initial=0.0)
            stable = stable & stock_stable & (change <= eps)
        return stable

    def _on_the_way(self, extreme: np.ufunc) -> Floats:
        """(supplies, m): the least or greatest of the losses of its provider that each supply has still to feel."""
        provider = self.plan.rules.provider
        lost = self.past[0][provider]
        seen, reached = self.past[0], 0
        for steps, supplies in self.plan.late:
            for back in range(reached + 1, steps + 1):
                seen = extreme(seen, self.past[back])
            reached = steps
            lost[supplies] = seen[provider[supplies]]
        return lost

    def course(self, end: int) -> Trajectories:
        """Return everything that was recorded, as rows; ``end`` is the last step that was run."""
        clock, p, n = self.plan.clock, self.point, self.peak.shape[0]
        losses = self.past[0][:, p]
        # A lane at rest stays as it is: its days to come are known without running them.
        area = self.area + np.where(self.resting[p], losses * np.maximum(clock.horizon - 1 - self.rested[p], 0), 0.0)
        if self.path is not None:
            self.path[:, end + 1 :] = losses.T[:, None, :]
        back = np.where(losses >= self.plan.threshold - ROUNDING, np.inf, (self.last + 1) * clock.step)
        capped = ~(self.resting | self._nearly_at_rest(end))
        slot, supply, source = self.bound
        step = [depths(slot[:, k] != NONE, source[:, k]) for k in range(self.count)]
        lost = self.peak[:, p] > 0
        each = (len(self.bounds), self.count)
        return Trajectories(
            peak=self.peak.T.reshape(*each, n),
            step=np.where(lost.T, np.array(step, np.int64).reshape(self.count, n), NONE),
            slot=slot.T,
            supply=supply.T,
            source=source.T,
            shortage=self.shortage.T,
            impact=self.impact.T,
            recover=np.where(np.isinf(self.impact), np.nan, back).T,
            area=area.T * clock.step,
            timed=self.timed.T,
            iterations=self.rested.reshape(each).max(axis=0),
            residual=self.change.reshape(each).max(axis=0),
            capped=np.asarray(capped.reshape(each).any(axis=0)),
            path=self.path,
        )


class _StepAtPoint(NamedTuple):
    """One step at the point: the losses after and before it, and what each supply and slot came to."""

    loss: Floats
    before: Floats
    lost: Floats
    short: Floats
    value: Floats
    hit: list[Floats]


def _record_bindings(plan: Setup, moment: _StepAtPoint, risen: Bools, bound: Ints, waited: Bools) -> None:
    """Record through what the losses came that have risen above all before them, and whether a stock or delay held them up.

    Slot, supply and source go into ``bound``, (3, n, k); ``waited`` is (n, k).
    """
    owner, k = plan.rules.owner, risen.shape[1]
    bound[:, risen] = NONE
    through = risen & (moment.loss > moment.hit[0])
    slot, lane = np.nonzero(through[owner] & (moment.value == moment.loss[owner]))
    # Slots stand in the order of their owners: the first of the tight ones.
    first = first_positions(owner[slot] * k + lane)
    slot, lane = slot[first], lane[first]
    short, need = moment.short[slot, lane], plan.rules.need[slot]
    by_hit = moment.hit[1][slot, lane] == short
    by_need = ~by_hit & (need != NONE)
    by_need[by_need] = moment.before[need[by_need], lane[by_need]] == short[by_need]
    supply, source = np.full(len(slot), NONE), np.where(by_need, need, NONE)
    rest = np.flatnonzero(~by_hit & ~by_need)
    supply[rest] = _binding_supply(plan, moment, slot[rest], lane[rest])
    hit = moment.hit[2][supply[rest], lane[rest]] >= moment.lost[supply[rest], lane[rest]]
    source[rest] = np.where(hit, NONE, plan.rules.provider[supply[rest]])
    bound[:, owner[slot], lane] = slot, supply, source
    delayed = plan.buffer[slot] > 0
    delayed[by_need] |= waited[need[by_need], lane[by_need]]
    delayed[rest] |= _delayed_by_supply(plan, moment, slot[rest], lane[rest], waited)
    waited[risen] = False
    waited[owner[slot], lane] = delayed


def _delayed_by_supply(plan: Setup, moment: _StepAtPoint, slot: Ints, lane: Ints, waited: Bools) -> Bools:
    """Of slots that are short through their supplies, whether one that makes them so came late."""
    start = plan.network.supply_start
    width = start[slot + 1] - start[slot]
    supply, event = concatenated_ranges(start[slot], start[slot + 1]), np.repeat(np.arange(len(slot)), width)
    lost = moment.lost[supply, lane[event]]
    shared = plan.network.mode[slot][event] == Mode.SHARES
    partaking = np.where(shared, lost > 0, lost >= moment.short[slot, lane][event])
    is_late = plan.lag[supply] | waited[plan.rules.provider[supply], lane[event]]
    # A supply that is hit itself does not wait for its provider.
    is_late &= moment.hit[2][supply, lane[event]] < lost
    delayed = np.zeros(len(slot), bool)
    np.logical_or.at(delayed, event, partaking & is_late)
    return delayed


def _binding_supply(plan: Setup, moment: _StepAtPoint, slot: Ints, lane: Ints) -> Ints:
    """Of the supplies of each slot that is short through them, the first that makes it so."""
    start = plan.network.supply_start
    width = start[slot + 1] - start[slot]
    supply, event = concatenated_ranges(start[slot], start[slot + 1]), np.repeat(np.arange(len(slot)), width)
    lost = moment.lost[supply, lane[event]]
    share = plan.network.supply_share[supply]
    # Of shares, the largest part among those that lose at least as much as they cause: so no explanation goes round.
    enough = (share > 0) & (lost >= moment.loss[plan.rules.owner[slot], lane][event])
    shared = np.where(enough, share * lost, -1.0)
    score = np.where(plan.network.mode[slot][event] == Mode.SHARES, shared, lost == moment.short[slot, lane][event])
    order = np.lexsort((supply, -score, event))
    return np.asarray(supply[order][np.cumsum(width) - width])
