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

    An edge binds where its slot determines the loss of the owner, and its
    source the shortage of the slot. A breadth-first search over such edges
    gives each node the one nearest to the shock (ties: by row, which is the
    order of IRIs), so that explanations are acyclic and each step is one more
    than that of its source.

    There are two exceptions. On a cycle of shares whose losses have reached
    their limit, the largest parts may all come from within the cycle. There any
    supplier binds that loses at least as much as its customer: such suppliers
    lead back to the first loss from outside. And on a cycle of full weights,
    rounding may keep a loss slightly above all that comes from outside. There
    an edge binds that is nearer than ``last.slack``, relatively.

    Parameters
    ----------
    network
        The network, of n nodes.
    initial_loss
        The losses that the shock itself sets.
    last
        The values of the last round.
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
    """Return slot, supply and source of the edges that bind, in this order; -1: no supply, or hit without a source."""
    lost = last.after[network.slot_owner]
    # The greatest of several terms determines a loss or shortage; within ``tolerance`` others count as well.
    enough = last.short * (1 - tolerance)
    tight = (last.value >= lost * (1 - tolerance)) & (lost > initial_loss.node[network.slot_owner])
    by_hit = np.flatnonzero(tight & (initial_loss.slot >= enough))
    needs = tight & (network.slot_need != NONE)
    by_need = np.flatnonzero(needs & (last.before[network.slot_need] >= enough)) if network.slots else by_hit
    by_supply = np.flatnonzero(_binding_supplies(network, tight & (last.unmet >= enough), last, tolerance, largest=largest))
    through = initial_loss.supply[by_supply] < last.supply_loss[by_supply]
    slot = np.concatenate([by_hit, by_need, network.supply_slot[by_supply]])
    supply = np.concatenate([np.full(by_hit.size + by_need.size, NONE), by_supply])
    source = np.concatenate(
        [np.full(by_hit.size, NONE), network.slot_need[by_need], np.where(through, network.supply_provider[by_supply], NONE)]
    )
    order = np.lexsort((source, supply, slot))
    return slot[order], supply[order], source[order]


def _binding_supplies(network: Network, slots: Bools, last: TracedRound, tolerance: float, *, largest: bool) -> Bools:
    """Return whether a supply determines the shortage of its slot; of shares only the ``largest``, or all."""
    row = network.supply_slot
    shared = network.mode[row] == Mode.SHARES
    # Shares: supplies that lose at least as much as they cause.
    enough = (last.part > 0) & (last.supply_loss >= last.after[network.slot_owner[row]] * (1 - last.slack))
    if largest:
        parts = np.where(slots[row] & enough, last.part, 0.0)
        most = np.zeros(network.slots)
        np.maximum.at(most, row, parts)
        enough &= parts == most[row]
    # Other combinations: the supply whose loss is the shortage (the most or least harmed, or the k-th).
    meets = np.abs(last.supply_loss - last.unmet[row]) <= tolerance * last.unmet[row]
    return np.asarray(slots[row] & np.where(shared, enough, meets))
