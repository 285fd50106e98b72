"""Simulate failures in many draws at once to their least fixed point, and count through what each node fails."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from knockon.network.hits import InitialLosses
from knockon.network.network import NONE, Bools, Floats, Ints, Mode, Network
from knockon.propagation.combinations import Columns, Rules, concatenated_ranges, depths, first_positions, reading_at
from knockon.propagation.fixed_point import ROUNDING
from knockon.propagation.hidden_nodes import join_inner_edges
from knockon.propagation.leontief_round import shortage
from knockon.propagation.trace import Bindings
from knockon.propagation.traversal import on_cycles

#: The weight of a draw that decides only where no other draw says anything.
_RARE = 1e-9


class Draws(NamedTuple):
    """Numbers in 0..1 for each chance and draw, (rows, D) each, and the weight of each draw, (D,).

    A node, slot or supply is hit where its number is below the severity, a
    slot makes its owner fail where ``tie`` is below its criticality times its shortage.
    """

    node: Floats
    slot: Floats
    supply: Floats
    tie: Floats
    weight: Floats

    def select(self, lanes: Ints) -> Draws:
        """Return some of the draws."""
        node, slot, supply, tie = (rows[:, lanes] for rows in self[:4])
        return Draws(node, slot, supply, tie, self.weight[lanes])


class Tally:
    """Sums of the weights of draws in which each event occurs: failures, hits, and through what nodes fail."""

    def __init__(self, rules: Rules) -> None:
        network = rules.network
        self.rules = rules
        self.failed, self.short = np.zeros(network.size), np.zeros(network.slots)
        self.rounds = 0
        self.first = np.full(network.size, np.iinfo(np.int64).max)
        self.hit = np.zeros(network.size)
        self.slot_hit, self.by_need = np.zeros(network.slots), np.zeros(network.slots)
        self.supply_hit, self.by_supply = np.zeros(network.supplies), np.zeros(network.supplies)

    def count_finished(self, failed: Bools, short: Columns, weight: Floats) -> None:
        """Count draws in which nothing more fails."""
        self.failed += failed @ weight
        self.short += short @ weight

    def add_rare(self, other: Tally) -> None:
        """Add another tally with a weight that decides only where this one has nothing."""
        for name in ("failed", "hit", "slot_hit", "by_need", "supply_hit", "by_supply"):
            setattr(self, name, getattr(self, name) + _RARE * getattr(other, name))
        self.first = np.minimum(self.first, other.first)
        self.rounds = max(self.rounds, other.rounds)

    def count_hits(self, failed: Bools, weight: Floats) -> None:
        """Count nodes that are hit themselves."""
        self.hit += failed @ weight
        self.first[failed.any(axis=1)] = 0

    def _is_picked(self, moment: _RoundEvents, slot: Ints, lane: Ints, event: Ints, supply: Ints, is_new: Bools) -> Bools:
        """Return whether a supply is one that the number of its slot may pick, of the supplies of some events.

        Shares lie one after the other in 0..1, those that were lost earlier first: the number picks the first at which they
        exceed it. In other combinations every supply may be picked.
        """
        network = self.rules.network
        share = np.where(is_new, network.supply_share[supply], 0.0)
        of_event = np.bincount(event, share, len(slot))
        earlier = moment.short[slot, lane] - of_event
        reached = np.cumsum(share) - (np.cumsum(of_event) - of_event)[event]
        in_order: Bools = network.mode[slot[event]] == Mode.SHARES
        value = moment.criticality[slot][event] * (earlier[event] + reached + ROUNDING)
        picked: Bools = ~in_order | (value > moment.tie[slot, lane][event])
        return picked

    def count_causes(self, round_: int, moment: _RoundEvents) -> None:
        """Count through what the nodes of one round fail: in each draw the first slot, and what is newly lost in it.

        Of shares that is the one that the number of the slot picks, and else the first.
        """
        rules, lanes = self.rules, len(moment.weight)
        start = rules.network.supply_start
        slot, lane = np.nonzero(moment.fired & moment.fresh[rules.owner])
        first = first_positions(rules.owner[slot] * lanes + lane)
        slot, lane = slot[first], lane[first]
        np.minimum.at(self.first, rules.owner[slot], round_)
        weight, need = moment.weight[lane], rules.need[slot]
        # All hits occur before the first round, so that they are new only there.
        by_hit = moment.slot_hit[slot, lane] if round_ == 1 else np.zeros(len(slot), bool)
        by_need = ~by_hit & (need != NONE) & moment.before[need, lane]
        np.add.at(self.slot_hit, slot[by_hit], weight[by_hit])
        np.add.at(self.by_need, slot[by_need], weight[by_need])
        rest = np.flatnonzero(~by_hit & ~by_need)
        event = np.repeat(rest, start[slot[rest] + 1] - start[slot[rest]])
        supply = concatenated_ranges(start[slot[rest]], start[slot[rest] + 1])
        hit = moment.supply_hit[supply, lane[event]]
        new = moment.before[rules.provider[supply], lane[event]]
        is_new = new | hit if round_ == 1 else new & ~hit
        chosen = np.flatnonzero(is_new & self._is_picked(moment, slot, lane, event, supply, is_new))
        chosen = chosen[first_positions(event[chosen])]
        by_hit = hit[chosen]
        np.add.at(self.supply_hit, supply[chosen[by_hit]], weight[event[chosen[by_hit]]])
        np.add.at(self.by_supply, supply[chosen[~by_hit]], weight[event[chosen[~by_hit]]])


class _RoundEvents(NamedTuple):
    """One round: slots that make owners fail, nodes that fail in it and in the round before, hits, and weights of draws.

    ``short`` are the shortages of slots, ``tie`` their numbers, and ``criticality`` (slots,) what these are compared with.
    """

    short: Columns
    tie: Floats
    criticality: Floats
    fired: Bools
    fresh: Bools
    before: Bools
    slot_hit: Bools
    supply_hit: Bools
    weight: Floats


def simulate_draws(
    tally: Tally, criticality: Floats, initial_loss: InitialLosses, draws: Draws, *, trace: bool, bound: int = 1
) -> None:
    """Add the failures of some draws to a tally.

    Rounds over all slots end when nothing new fails, at the latest after as many rounds as there are nodes. Draws in which
    nothing new failed are dropped as soon as they are half of all.

    Parameters
    ----------
    tally
        The tally that the draws are added to.
    criticality
        The probability that each slot makes its owner fail when it is wholly short, (slots,).
    initial_loss
        The probabilities that nodes, slots and supplies are hit.
    draws
        The draws.
    trace
        Count also through what each node fails.
    bound
        The reading of shares that nobody stated: 0 low, 1 point, 2 high.
    """
    rules, round_, reading = tally.rules, 0, reading_at(bound)
    failed, slot_hit, supply_hit = (
        np.broadcast_to(row < severity[:, None], (len(severity), len(draws.weight)))
        for row, severity in zip(draws[:3], initial_loss, strict=True)
    )
    before = failed
    if trace:
        tally.count_hits(failed, draws.weight)
    while True:
        short = shortage(rules, slot_hit, failed, rules.supply_loss(supply_hit | failed[rules.provider], reading))
        fired = draws.tie < criticality[:, None] * short
        newly_failed = rules.slot_max(fired) & ~failed
        active = np.asarray(newly_failed.any(axis=0))
        if not active.any():
            tally.count_finished(failed, short, draws.weight)
            return
        round_ += 1
        tally.rounds = max(tally.rounds, round_)
        if trace:
            events = _RoundEvents(
                short, draws.tie, criticality, fired, newly_failed, before, slot_hit, supply_hit, draws.weight
            )
            tally.count_causes(round_, events)
        failed, before = failed | newly_failed, newly_failed
        if active.sum() * 2 <= len(active):
            tally.count_finished(failed[:, ~active], short[:, ~active], draws.weight[~active])
            active_draws = np.flatnonzero(active)
            draws, failed, before = draws.select(active_draws), failed[:, active_draws], before[:, active_draws]
            slot_hit, supply_hit = slot_hit[:, active_draws], supply_hit[:, active_draws]


class _FinalFailures(Tally):
    """A record of which draws some nodes fail in, for draws whose weights are their numbers."""

    def __init__(self, rules: Rules, nodes: Ints, draws: int) -> None:
        super().__init__(rules)
        self.nodes = nodes
        self.fails = np.zeros((len(nodes), draws), bool)

    def count_finished(self, failed: Bools, short: Columns, weight: Floats) -> None:  # noqa: ARG002 - of Tally
        """Record draws in which nothing more fails."""
        self.fails[:, weight.astype(np.int64)] = failed[self.nodes]


def final_failures(
    rules: Rules, criticality: Floats, initial_loss: InitialLosses, draws: Draws, nodes: Ints, *, bound: int = 1
) -> Bools:
    """Return whether some nodes have failed at the end of each draw, (nodes, D); else as ``simulate_draws``."""
    record = _FinalFailures(rules, nodes, len(draws.weight))
    numbered = draws._replace(weight=np.arange(len(draws.weight), dtype=np.float64))
    simulate_draws(record, criticality, initial_loss, numbered, trace=False, bound=bound)
    return record.fails


def one_number_per_dispute(network: Network, tie: Floats) -> Floats:
    """Return the numbers drawn for slots, (slots, D), where slots whose records dispute one need have one and the same."""
    return tie[network.hit_with] if len(network.hit_with) else tie


class _FailurePaths(NamedTuple):
    """All slots, supplies and sources through which nodes failed, and the weight of the draws in which they did."""

    owner: Ints
    slot: Ints
    supply: Ints
    source: Ints
    weight: Floats


def most_frequent_bindings(tally: Tally) -> Bindings:
    """Return the slot through which each node failed most often, and its most frequent cause there; ties: the first.

    Where these form a cycle, each node on it is bound to the most frequent of
    the causes that can fail in an earlier round than the node can; the draw of
    its earliest failure has one.
    """
    paths = _failure_paths(tally)
    earlier = (paths.source == NONE) | (tally.first[paths.source] < tally.first[paths.owner])
    barred = np.zeros(len(tally.first), bool)
    while True:
        chosen = _most_frequent(paths, earlier | ~barred[paths.owner], len(barred))
        slot, supply, source = np.full((3, len(barred)), NONE)
        owner = paths.owner[chosen]
        slot[owner], supply[owner], source[owner] = paths.slot[chosen], paths.supply[chosen], paths.source[chosen]
        cycle = on_cycles(source)
        if not cycle.size:
            network = tally.rules.network
            if network.size > network.entities:
                joined = join_inner_edges(network, slot[None], supply[None], source[None])
                slot, supply, source = (rows[0] for rows in joined)
            step = np.where(tally.failed > 0, depths(slot != NONE, source), NONE)
            return Bindings(step, slot, supply, source)
        barred[cycle] = True


def _failure_paths(tally: Tally) -> _FailurePaths:
    """Return the causes of failure that a tally has counted, with their weights."""
    rules = tally.rules
    slots, supplies, nodes = (np.arange(len(rows)) for rows in (tally.slot_hit, tally.supply_hit, tally.hit))
    slot_of = np.asarray(rules.network.supply_slot, np.int64)

    def none(like: Ints) -> Ints:
        return np.full(len(like), NONE)

    kinds = [
        (nodes, none(nodes), none(nodes), none(nodes), tally.hit),
        (rules.owner, slots, none(slots), none(slots), tally.slot_hit),
        (rules.owner, slots, none(slots), rules.need, tally.by_need),
        (rules.owner[slot_of], slot_of, supplies, none(supplies), tally.supply_hit),
        (rules.owner[slot_of], slot_of, supplies, rules.provider, tally.by_supply),
    ]
    columns = [np.concatenate(column) for column in zip(*kinds, strict=True)]
    occurs = columns[-1] > 0
    return _FailurePaths(*(column[occurs] for column in columns))


def _most_frequent(paths: _FailurePaths, allowed: Bools, nodes: int) -> Ints:
    """Return the most frequent path of each node, within its most frequent slot (or own hit), among allowed paths."""
    rows = np.flatnonzero(allowed)
    # A hit on the node itself counts like one more slot.
    key = np.where(paths.slot[rows] == NONE, paths.owner[rows], nodes + paths.slot[rows])
    slot_weight = np.bincount(key, paths.weight[rows])[key] if rows.size else np.zeros(0)
    order = np.lexsort((rows, -paths.weight[rows], key, -slot_weight, paths.owner[rows]))
    rows = rows[order]
    return rows[first_positions(paths.owner[rows])]
