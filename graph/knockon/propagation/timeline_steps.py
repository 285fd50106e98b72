"""Simulate shocks step by step: the state behind :func:`knockon.propagation.timeline.timeline`.

A state has a column (lane) for each shock and bound. No lane depends on
another, so that a batch gives what each shock gives alone.
"""

from __future__ import annotations

from collections import deque

import numpy as np

from knockon.network.hits import Hits, InitialLosses
from knockon.network.network import NONE, Bools, Floats
from knockon.propagation.combinations import depths
from knockon.propagation.fixed_point import EPS, ROUNDING, settle
from knockon.propagation.hidden_nodes import join_inner_edges
from knockon.propagation.leontief_round import LaneEquations, hit_columns, loss_from, shortage
from knockon.propagation.timeline_bindings import StepAtPoint, record_bindings
from knockon.propagation.timeline_setup import Setup
from knockon.propagation.timeline_skip import Stocks, steps_until_arrival, steps_until_hit_changes
from knockon.propagation.timeline_substitution import short_by_cause
from knockon.propagation.timeline_trajectories import Trajectories


class Stepper:
    """The state of every lane, the past losses that are still delayed, and the records of the point."""

    def __init__(self, setup: Setup, hits: Hits, shocks: range, bounds: tuple[int, ...]) -> None:
        network, count, lanes = setup.network, len(shocks), len(shocks) * len(bounds)
        self.setup, self.count, self.bounds = setup, count, bounds
        self.hits = hit_columns(network, hits, [(shock, bound) for bound in bounds for shock in shocks])
        self.weight = np.repeat(network.weights[list(bounds)].T, count, axis=1)
        self.reading = np.repeat(np.array(bounds, np.float64), count)[None, :] if setup.rules.split else None
        self.point = slice(bounds.index(1) * count, (bounds.index(1) + 1) * count)
        self.inner = np.flatnonzero(network.inner_slots)
        self.inner_groups = setup.rules.groups_of(self.inner)
        self.inner_supplies = np.flatnonzero(network.inner_slots[network.supply_slot]) if self.inner.size else self.inner
        self.past = deque([np.zeros((network.size, lanes))] * setup.memory, maxlen=setup.memory)
        self.stock = np.repeat(setup.buffer[:, None], lanes, axis=1) if setup.buffer.any() else None
        self.stocks: Stocks | None = None
        # The steps in which any loss changed, ascending.
        self.changes: list[int] = []
        self.peak = np.zeros((network.size, lanes))
        self.change = np.zeros(lanes)
        # The step in which each loss last changed, where there are delays; nothing changed before the shock.
        self.changed = np.full((network.size, lanes), -setup.memory, np.int64) if setup.delayed else None
        self.resting, self.rested = np.zeros(lanes, bool), np.full(lanes, setup.clock.horizon)
        self.unmoved: Bools = np.ones(lanes, bool)
        # Whether an alternative is still to come, and the days on which each first met a need.
        self.pending: Bools = np.zeros(lanes, bool)
        alternatives = setup.substitution
        self.switched = np.full((len(alternatives.slot), count), np.inf) if alternatives is not None else None
        self.steady: Bools = np.ones(lanes, bool)
        # Whether a stock or delay is on the way of the present loss, and of the first loss at the threshold.
        self.waited, self.timed = np.zeros((2, network.size, count), bool)
        self.shortage = np.zeros((network.slots, count))
        self.bound = np.full((3, network.size, count), NONE, np.int64)
        self.impact, self.last = np.full((network.size, count), np.inf), np.full((network.size, count), -1)
        self.area = np.zeros((network.size, count))
        self.path = np.zeros((count, setup.clock.horizon + 1, network.size)) if setup.keep else None

    def advance(self, t: int) -> None:
        """Compute the state at step t, and record it."""
        rules, before = self.setup.rules, self.past[0]
        hit = self._hits_at(t)
        lost = np.maximum(hit.supply, self._arriving_losses())
        short, unmet = self._shortage_at(hit.slot, before, lost, t)
        # What joins hidden nodes takes no step: it is computed from their losses in this one, below.
        short[self.inner] = 0.0
        self._record_switches(t, short, unmet, before)
        value = self.weight * self._uncovered_by_stock(short)
        loss = loss_from(rules, hit.node, value)
        if self.inner.size:
            self._join_hidden(loss, lost, short, value)
        p = self.point
        first = (loss[:, p] >= self.setup.threshold - ROUNDING) & np.isinf(self.impact)
        if self._record_step(t, loss):
            risen = loss[:, p] > self.peak[:, p]
            hit_at_point = InitialLosses(*(rows[:, p] for rows in hit))
            cause = short
            if self.setup.substitution is not None:
                cause = short_by_cause(self.setup.network, short, unmet, hit.slot, before)
            moment = StepAtPoint(loss[:, p], before[:, p], lost[:, p], cause[:, p], value[:, p], hit_at_point)
            self._record_bindings(moment, risen)
            self.timed |= first & self.waited
        self.shortage = np.maximum(self.shortage, short[:, self.point])
        self.peak = np.maximum(self.peak, loss)
        self._record_rest(t, loss)
        if self.change.any():
            self.changes.append(t)
            self.past.appendleft(loss)
        else:
            # Equal losses of a long past take memory once.
            self.past.appendleft(before)

    def skip(self, t: int) -> int:
        """Pass over the steps after step t in which nothing happens, and return their number; the last step is computed."""
        if self.change.any():
            return 0
        setup, stocks = self.setup, self.stocks
        hit = steps_until_hit_changes(setup.clock, t)
        limit = min(setup.clock.horizon - 1 - t, hit, steps_until_arrival(setup, self.changes, t))
        if setup.substitution is not None:
            limit = min(limit, setup.substitution.steps_until_next(t))
        if limit >= 1 and stocks:
            limit = min(limit, stocks.quiet_steps(setup))
        if limit < 1:
            return 0
        count, losses = int(limit), self.past[0][:, self.point]
        if stocks:
            self.stock = stocks.after(setup, count)
        self.last[losses >= setup.threshold - ROUNDING] = t + count
        self.area += np.where(self.resting[self.point], 0.0, losses * count)
        if self.path is not None:
            self.path[:, t + 1 : t + count + 1] = losses.T[:, None, :]
        self.past.extendleft([self.past[0]] * min(count, setup.memory))
        return count

    def _join_hidden(self, loss: Floats, lost: Floats, short: Floats, value: Floats) -> None:
        """Add, in place, what hidden nodes pass on at once, to the losses and to the slots that join hidden nodes."""
        rules, inner, supplies = self.setup.rules, self.inner, self.inner_supplies
        need, owner = rules.need[inner], rules.owner[inner]
        for _ in range(self.setup.network.inner_depth):
            lost[supplies] = loss[rules.provider[supplies]]
            of_need = np.where((need != NONE)[:, None], loss[need], 0.0)
            short[inner] = np.maximum(rules.supply_loss(lost, self.reading, self.inner_groups)[inner], of_need)
            value[inner] = self.weight[inner] * short[inner]
            np.maximum.at(loss, owner, value[inner])

    def _record_bindings(self, moment: StepAtPoint, risen: Bools) -> None:
        """Record through what losses came; once more for each hidden node in a row, which passes on at once what it waited."""
        before = self.waited.copy() if self.inner.size else self.waited
        for _ in range(self.setup.network.inner_depth + 1):
            record_bindings(self.setup, moment, risen, self.bound, before, self.waited)

    def _hits_at(self, t: int) -> InitialLosses:
        """Return the losses that the shocks set at a step."""
        strength = self.setup.clock.strength(t)
        return InitialLosses(*(rows if strength == 1 else rows * strength for rows in self.hits))

    def _shortage_at(self, hit: Floats, state: Floats, lost: Floats, t: int) -> tuple[Floats, Floats]:
        """Return the shortage of each slot before any stock, and before alternatives meet a need, (slots, m) each."""
        rules, substitution = self.setup.rules, self.setup.substitution
        unmet = shortage(rules, hit, state, rules.supply_loss(lost, self.reading))
        if substitution is None:
            return unmet, unmet
        short = unmet.copy()
        short[substitution.owners] = substitution.cover(unmet, hit, state, t)
        return short, unmet

    def _record_switches(self, t: int, short: Floats, unmet: Floats, state: Floats) -> None:
        """Record which alternatives meet a need for the first time, and in which lanes one is still to come."""
        substitution, p = self.setup.substitution, self.point
        if substitution is None or self.switched is None:
            return
        owners = substitution.owners
        in_use = substitution.in_use(unmet[owners, p], short[owners, p], state[:, p], t)
        self.switched[in_use & np.isinf(self.switched)] = t * self.setup.clock.step
        self.pending = substitution.pending(short, t)

    def _arriving_losses(self) -> Floats:
        """Return the losses of providers that reach each supply by now, (supplies, m)."""
        provider = self.setup.rules.provider
        if len(self.setup.late) == 1:
            return self.past[self.setup.late[0][0]][provider]
        lost = np.zeros((len(provider), self.peak.shape[1]))
        for steps, supplies in self.setup.late:
            lost[supplies] = self.past[steps][provider[supplies]]
        return lost

    def _uncovered_by_stock(self, short: Floats) -> Floats:
        """Return the shortages that stocks do not cover; use up stocks, and refill them where nothing is short."""
        if self.stock is None:
            return short
        step, full = self.setup.clock.step, self.setup.buffer[:, None]
        drawn = np.minimum(self.stock, short * step)
        filled = np.minimum(full, self.stock + self.setup.refill * step)
        stock = np.where(short > 0, self.stock - drawn, filled)
        moved = np.abs(stock - self.stock)
        self.stocks = Stocks(stock, drawn, short.copy(), bool(((short == 0) & (moved > 0) & (stock == full)).any()))
        self.unmoved = np.asarray((moved == 0).all(axis=0))
        self.steady = np.asarray((moved <= self.setup.eps).all(axis=0))
        self.stock = stock
        # A shortage that is covered in full is exactly 0, without the rounding of short * step / step.
        return np.where(drawn >= short * step, 0.0, np.maximum(short - drawn / step, 0.0))

    def _record_step(self, t: int, loss: Floats) -> bool:
        """Record step t at the point, and return whether any loss is higher than ever before."""
        losses, step = loss[:, self.point], self.setup.clock.step
        over = losses >= self.setup.threshold - ROUNDING
        self.impact[over & np.isinf(self.impact)] = t * step
        self.last[over] = t
        if t < self.setup.clock.horizon:
            self.area += np.where(self.resting[self.point], 0.0, losses)
        if self.path is not None:
            self.path[:, t] = losses.T
        return bool((losses > self.peak[:, self.point]).any())

    def _record_rest(self, t: int, loss: Floats) -> None:
        """Record the lanes at rest: no loss or stock changes, all delayed losses have arrived, and no hit will change."""
        self.change = np.abs(loss - self.past[0]).max(axis=0, initial=0.0)
        if self.changed is not None:
            self.changed[loss != self.past[0]] = t
        if self.setup.clock.settled(t):
            resting_now = (self.change == 0) & self.unmoved & ~self.resting
            if self.setup.substitution is not None:
                resting_now &= ~self.pending
            if resting_now.any():
                resting_now &= self._arrived(t)
            self.rested[resting_now] = t
            self.resting |= resting_now

    def _arrived(self, t: int) -> Bools:
        """Return whether the last change of every provider has reached its supplies, for each lane."""
        arrived = np.ones(self.change.shape, bool)
        if self.changed is not None:
            for steps, supplies in self.setup.late:
                arrived &= (self.changed[self.setup.rules.provider[supplies]] < t - steps).all(axis=0)
        return arrived

    def nearly_at_rest(self, end: int) -> Bools:
        """Return whether nothing that is still to arrive changes a loss by more than eps, for each lane.

        The model is monotone: losses that arrive in future steps lie between
        the least and the greatest delayed loss. Where neither changes any loss
        or stock, nothing between them does.
        """
        stable = (self.change <= self.setup.eps) & self.steady & ~self.pending
        if not self.setup.clock.settled(end) or self.changed is None or not stable.any():
            return stable & self.setup.clock.settled(end)
        hit, current, eps = self._hits_at(end), self.past[0], self.setup.eps
        for extreme in (np.minimum, np.maximum):
            lost = np.maximum(hit.supply, self._on_the_way(extreme))
            short, _ = self._shortage_at(hit.slot, current, lost, end)
            if self.stock is None:
                uncovered, stock_stable = short, stable
            else:
                full = self.setup.buffer[:, None]
                # A stock does not change where it has no capacity, where it is used up and the need is short, and where the
                # need is met and it is full or not refilled.
                met = (short == 0) & ((self.stock == full) | (self.setup.refill == 0))
                stock_stable = ((full == 0) | ((self.stock == 0) & (short > 0)) | met).all(axis=0)
                uncovered = np.where(self.stock > 0, 0.0, short)
            change = np.abs(loss_from(self.setup.rules, hit.node, self.weight * uncovered) - current).max(axis=0, initial=0.0)
            stable = stable & stock_stable & (change <= eps)
        return stable

    def end_slow_loops(self, end: int) -> None:
        """Take losses that are still rising at the end of the horizon by next to nothing to their limits, within that step.

        A loop of weights comes ever closer to its limit, and a horizon has fewer steps than that needs. A lane that is
        within rounding of its limit by the rule of :mod:`knockon.propagation.fixed_point` is at rest there. Where a stock or
        a delay is under way, there are alternatives, or the hits do not last, the equations of one round are not all there
        is, and no lane ends.
        """
        if self.setup.clock.duration is not None or self.stock is not None or self.changed is not None:
            return
        if self.setup.substitution is not None:
            return
        lanes = np.flatnonzero((self.change > 0) & (self.change <= ROUNDING) & ~self.resting)
        if not lanes.size:
            return
        equations = LaneEquations(self.setup.rules, self.weight, self.hits, self.reading).select(lanes)
        current = self.past[0][:, lanes]
        limit = settle(equations, current)
        near = ((limit.state - current).max(axis=0, initial=0.0) <= ROUNDING) & (limit.error <= EPS)
        lanes = lanes[near]
        self.past[0][:, lanes] = limit.state[:, near]
        self.peak[:, lanes] = np.maximum(self.peak[:, lanes], limit.state[:, near])
        self.change[lanes] = 0.0
        self.resting[lanes], self.rested[lanes] = True, end
        if self.path is not None:
            self.path[:, end] = self.past[0][:, self.point].T

    def _on_the_way(self, extreme: np.ufunc) -> Floats:
        """Return the least or greatest delayed loss of the provider of each supply, (supplies, m)."""
        provider = self.setup.rules.provider
        lost = self.past[0][provider]
        seen, reached = self.past[0], 0
        for steps, supplies in self.setup.late:
            for back in range(reached + 1, steps + 1):
                seen = extreme(seen, self.past[back])
            reached = steps
            lost[supplies] = seen[provider[supplies]]
        return lost

    def trajectories(self, end: int) -> Trajectories:
        """Return everything that was recorded, a row for each shock; ``end`` is the last step that was run."""
        clock, p, n = self.setup.clock, self.point, self.peak.shape[0]
        losses = self.past[0][:, p]
        # A lane at rest does not change: its later days need not be simulated.
        area = self.area + np.where(self.resting[p], losses * np.maximum(clock.horizon - 1 - self.rested[p], 0), 0.0)
        if self.path is not None:
            self.path[:, end + 1 :] = losses.T[:, None, :]
        back = np.where(losses >= self.setup.threshold - ROUNDING, np.inf, (self.last + 1) * clock.step)
        capped = ~(self.resting | self.nearly_at_rest(end))
        slot, supply, source = self.bound
        if self.inner.size:
            joined = join_inner_edges(self.setup.network, slot.T, supply.T, source.T)
            slot, supply, source = (rows.T for rows in joined)
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
            switched=None if self.switched is None else self.switched.T,
        )
