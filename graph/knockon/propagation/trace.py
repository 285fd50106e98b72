"""Find which slot, supply and source make each loss what it is: explanations follow these back to the shock."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from knockon.network.hits import InitialLosses
from knockon.network.network import NONE, Bools, Floats, Ints, Mode, Network
from knockon.propagation.traversal import first_arrivals


class TracedRound(NamedTuple):
    """One round: the losses before it and after it, and what each slot and supply came to in between.

    ``part`` is what each supply adds to the shortage of a slot of shares;
    ``slack`` is how far, relatively, rounding may carry a sum above its parts.
    """

    before: Floats
    after: Floats
    supply_loss: Floats
    part: Floats
    meet: Floats
    short: Floats
    value: Floats
    slack: float = 0.0


class Bindings(NamedTuple):
    """For every node its step from the shock and the slot, supply and source that bind it (-1 where there is none)."""

    step: Ints
    slot: Ints
    supply: Ints
    source: Ints


def find_bindings(network: Network, initial_loss: InitialLosses, last: TracedRound) -> Bindings:
    """Return the step of every node that loses, and the slot, supply and source that make its loss what it is.

    An edge binds where its slot makes the loss of the owner what it is, and its
    source the shortage of the slot. A breadth-first search over such edges
    gives each node the one nearest to the shock (ties: by row, which is the
    order of IRIs), so that explanations are acyclic and each step is one more
    than that of its source.

    Shares have an exception. In a circle of them whose losses have met their
    limit the largest parts may all come from within it. There any supplier
    counts that loses as much as its customer: every loss was once new, and had
    such a one before it that had it from outside, so that the search arrives
    everywhere.

    Rounding is one more: a circle of full weights keeps what it once had, which
    may be a last digit above all that comes from outside. There an edge binds
    that comes as near as ``last.slack``.
    """
    bindings = Bindings(*(np.full(network.size, NONE, np.int64) for _ in range(4)))
    step = bindings.step
    for tolerance, largest in dict.fromkeys(((0.0, True), (0.0, False), (last.slack, True), (last.slack, False))):
        step[(step == NONE) & (initial_loss.node > 0) & (initial_loss.node >= last.after * (1 - tolerance))] = 0
        slot, supply, source = _binding_edges(network, initial_loss, last, tolerance, largest=largest)
        edge = first_arrivals(step, source, network.slot_owner[slot])
        owner = network.slot_owner[slot[edge]]
        bindings.slot[owner], bindings.supply[owner], bindings.source[owner] = slot[edge], supply[edge], source[edge]
        if (step[last.after > 0] != NONE).all():
            break
    return bindings


def _binding_edges(
    network: Network, initial_loss: InitialLosses, last: TracedRound, tolerance: float, *, largest: bool
) -> tuple[Ints, Ints, Ints]:
    """Slot, supply (or none) and source (none: the slot or supply is hit itself) of the edges that bind, in this order."""
    lost = last.after[network.slot_owner]
    # What makes a loss or a shortage is the greatest of several things; ``near`` lets a little less count.
    enough = last.short * (1 - tolerance)
    tight = (last.value >= lost * (1 - tolerance)) & (lost > initial_loss.node[network.slot_owner])
    by_hit = np.flatnonzero(tight & (initial_loss.slot >= enough))
    needs = tight & (network.slot_need != NONE)
    by_need = np.flatnonzero(needs & (last.before[network.slot_need] >= enough)) if network.slots else by_hit
    by_supply = np.flatnonzero(_binding_supplies(network, tight & (last.meet >= enough), last, tolerance, largest=largest))
    through = initial_loss.supply[by_supply] < last.supply_loss[by_supply]
    slot = np.concatenate([by_hit, by_need, network.supply_slot[by_supply]])
    supply = np.concatenate([np.full(by_hit.size + by_need.size, NONE), by_supply])
    source = np.concatenate(
        [np.full(by_hit.size, NONE), network.slot_need[by_need], np.where(through, network.supply_provider[by_supply], NONE)]
    )
    order = np.lexsort((source, supply, slot))
    return slot[order], supply[order], source[order]


def _binding_supplies(network: Network, slots: Bools, last: TracedRound, tolerance: float, *, largest: bool) -> Bools:
    """Of the supplies of some slots, those that make the shortage what it is; of shares only the ``largest``, or all."""
    row = network.supply_slot
    shared = network.mode[row] == Mode.SHARES
    # Of shares, those that lose at least as much as they cause.
    enough = (last.part > 0) & (last.supply_loss >= last.after[network.slot_owner[row]] * (1 - last.slack))
    if largest:
        parts = np.where(slots[row] & enough, last.part, 0.0)
        most = np.zeros(network.slots)
        np.maximum.at(most, row, parts)
        enough &= parts == most[row]
    # Of the others the one that the shortage is as large as: the most harmed, the least, or one between them.
    meets = np.abs(last.supply_loss - last.meet[row]) <= tolerance * last.meet[row]
    return np.asarray(slots[row] & np.where(shared, enough, meets))
