"""Find the slot, supply and source that determine each loss; explanations follow these back to the shock."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from knockon.network.hits import InitialLosses
from knockon.network.network import NONE, Bools, Floats, Ints, Mode, Network
from knockon.propagation.traversal import first_arrivals


class TracedRound(NamedTuple):
    """The values of the last round of one lane, from which bindings are found.

    ``before`` and ``after`` are the losses of nodes, (n,); ``supply_loss`` and ``part`` those of supplies, where ``part`` is
    what each adds to the shortage of a slot of shares; ``unmet``, ``short`` and ``value`` are those of slots, as in
    :class:`knockon.propagation.leontief_round.Values`. ``slack`` is the relative rounding error of sums.
    """

    before: Floats
    after: Floats
    supply_loss: Floats
    part: Floats
    unmet: Floats
    short: Floats
    value: Floats
    slack: float = 0.0


class Bindings(NamedTuple):
    """The step of every node from the shock, and the slot, supply and source that bind it; -1 where there is none."""

    step: Ints
    slot: Ints
    supply: Ints
    source: Ints


def find_bindings(network: Network, initial_loss: InitialLosses, last: TracedRound) -> Bindings:
    """Return the step of every node that loses, and the slot, supply and source that determine its loss.

    An edge binds where its slot makes the loss of the owner what it is, and its
    source the shortage of the slot; of a sum every part binds that loses at
    least as much as the whole sum comes to. A breadth-first search over such
    edges gives each node the one nearest to the shock (ties: of a sum the
    largest part, then by row, which is the order of IRIs), so that explanations
    are acyclic and each step is one more than that of its source. An edge from
    a hidden node to one of the same entity is no step.

    The search arrives everywhere: among the nodes that it would not reach take
    those that lose the most. What makes their losses loses as much, so it is
    among them, and they would have their loss from nowhere but themselves,
    which the least solution of the equations does not allow.

    Rounding is an exception: a circle of full weights keeps what it once had,
    which may be a last digit above all that comes from outside. There an edge
    binds that comes as near as ``last.slack``, relatively.

    Parameters
    ----------
    network
        The network, of n nodes.
    initial_loss
        The losses that the shock itself sets.
    last
        The values of the last round.
    """
    before, after, supply_loss, part, unmet, short, value = (
        values[:, None] for values in (last.before, last.after, last.supply_loss, last.part, last.unmet, last.short, last.value)
    )
    one = TracedRound(before, after, supply_loss, part, unmet, short, value, last.slack)
    lane = find_bindings_of_lanes(network, InitialLosses(*(hit[:, None] for hit in initial_loss)), one)
    return Bindings(*(rows[:, 0] for rows in lane))


def find_bindings_of_lanes(network: Network, initial_loss: InitialLosses, last: TracedRound) -> Bindings:
    """Return the bindings of several lanes, (n, lanes) each, as :func:`find_bindings` returns those of one.

    The losses that the shocks set, and the values of the last round, have a column for each lane.
    """
    lanes = last.after.shape[1]
    # A row for each node in each lane: the lanes are followed together, and no edge leads from one to another.
    bindings = Bindings(*(np.full(network.size * lanes, NONE, np.int64) for _ in range(4)))
    step, after, node_hit = bindings.step, last.after.reshape(-1), np.ascontiguousarray(initial_loss.node).reshape(-1)
    hidden = network.size > network.entities
    for tolerance in dict.fromkeys((0.0, last.slack)):
        step[(step == NONE) & (node_hit > 0) & (node_hit >= after * (1 - tolerance))] = 0
        slot, supply, source, lane = _binding_edges(network, initial_loss, last, tolerance)
        owner = network.slot_owner[slot]
        free = (source >= network.entities) & (network.entity[source] == network.entity[owner]) if hidden else None
        target = owner.astype(np.int64) * lanes + lane
        edge = first_arrivals(step, np.where(source == NONE, NONE, source * lanes + lane), target, free)
        reached = target[edge]
        bindings.slot[reached], bindings.supply[reached], bindings.source[reached] = slot[edge], supply[edge], source[edge]
        if (step[after > 0] != NONE).all():
            break
    return Bindings(*(rows.reshape(network.size, lanes) for rows in bindings))


def _binding_edges(
    network: Network, initial_loss: InitialLosses, last: TracedRound, tolerance: float
) -> tuple[Ints, Ints, Ints, Ints]:
    """Return slot, supply, source and lane of the edges that bind, in this order; -1: no supply, or hit without a source."""
    lost = last.after[network.slot_owner]
    # The greatest of several terms determines a loss or shortage; within ``tolerance`` others count as well.
    enough = last.short * (1 - tolerance)
    tight = (last.value >= lost * (1 - tolerance)) & (lost > initial_loss.node[network.slot_owner])
    by_hit, hit_lane = np.nonzero(tight & (initial_loss.slot >= enough))
    needs = np.flatnonzero(network.slot_need != NONE)
    needed, need_lane = np.nonzero(tight[needs] & (last.before[network.slot_need[needs]] >= enough[needs]))
    by_need = needs[needed]
    by_supply, supply_lane = np.nonzero(
        binding_supplies(network.supply_slot, network.mode, tight & (last.unmet >= enough), last, tolerance)
    )
    supply_hit = np.broadcast_to(initial_loss.supply, last.supply_loss.shape)[by_supply, supply_lane]
    through = supply_hit < last.supply_loss[by_supply, supply_lane] * (1 - tolerance)
    slot = np.concatenate([by_hit, by_need, network.supply_slot[by_supply]]).astype(np.int64)
    supply = np.concatenate([np.full(by_hit.size + by_need.size, NONE), by_supply])
    provider = np.where(through, network.supply_provider[by_supply], NONE)
    source = np.concatenate([np.full(by_hit.size, NONE), network.slot_need[by_need], provider]).astype(np.int64)
    lane = np.concatenate([hit_lane, need_lane, supply_lane])
    # Hits and needs come before supplies; of a sum the largest part comes first.
    part = np.where(supply == NONE, np.inf, 0.0)
    of_sum = np.flatnonzero((supply != NONE) & (network.mode[slot] == Mode.SHARES))
    part[of_sum] = last.part[supply[of_sum], lane[of_sum]]
    order = np.lexsort((source, supply, -part, slot))
    return slot[order], supply[order], source[order], lane[order]


def binding_supplies(supply_slot: Ints, mode: Ints, slots: Bools, last: TracedRound, tolerance: float) -> Bools:
    """Return which supplies make the shortage of some slots what it is, (supplies, lanes).

    Parameters
    ----------
    supply_slot, mode
        The slot of each supply, and how the supplies of each slot combine.
    slots
        The slots whose supplies make their shortage, (slots, lanes).
    last
        The values of the last round.
    tolerance
        The relative difference that counts as none.
    """
    unmet = last.unmet[supply_slot]
    # Of a sum those that lose at least as much as it comes to: it is at most its greatest part.
    enough = (last.part > 0) & (last.supply_loss >= unmet * (1 - last.slack))
    # Of the others the one that the shortage is as large as: the most harmed, the least, or one between them.
    meets = np.abs(last.supply_loss - unmet) <= tolerance * unmet
    return np.asarray(slots[supply_slot] & np.where((mode[supply_slot] == Mode.SHARES)[:, None], enough, meets))
