"""Record through which slot, supply and source each loss of a timeline came, and whether a stock or delay held it up."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from knockon.network.hits import InitialLosses
from knockon.network.network import NONE, Bools, Floats, Ints, Mode
from knockon.propagation.combinations import concatenated_ranges, first_positions
from knockon.propagation.timeline_setup import Setup


class StepAtPoint(NamedTuple):
    """One step at the point: losses after and before it, losses of supplies, shortages, values of slots, and hits.

    Shortages that an alternative lessened are those before it did: what lacks is due to what fails.
    """

    loss: Floats
    before: Floats
    lost: Floats
    short: Floats
    value: Floats
    hit: InitialLosses


def record_bindings(setup: Setup, moment: StepAtPoint, risen: Bools, bound: Ints, before: Bools, waited: Bools) -> None:
    """Record the slot, supply and source of the losses that have risen above all before, and whether they were held up.

    Parameters
    ----------
    setup, moment
        What all lanes share, and the step.
    risen
        Whether a loss is higher than ever before, (n, k).
    bound
        Slot, supply and source of each loss, (3, n, k); filled in.
    before
        What ``waited`` was before the step, (n, k).
    waited
        Whether a stock or delay is on the way of each loss, (n, k); filled in.
    """
    owner, k = setup.rules.owner, risen.shape[1]
    bound[:, risen] = NONE
    through = risen & (moment.loss > moment.hit.node)
    slot, lane = np.nonzero(through[owner] & (moment.value == moment.loss[owner]))
    # Slots are in the order of their owners: the first binding slot of each owner.
    first = first_positions(owner[slot] * k + lane)
    slot, lane = slot[first], lane[first]
    short, need = moment.short[slot, lane], setup.rules.need[slot]
    by_hit = moment.hit.slot[slot, lane] == short
    by_need = ~by_hit & (need != NONE)
    # What a hidden node loses, its entity loses in the same step; what another entity loses, one step later.
    inner = setup.network.inner_slots[slot]
    of_need = np.where(inner, moment.loss[need, lane], moment.before[need, lane])
    by_need &= of_need == short
    supply, source = np.full(len(slot), NONE), np.where(by_need, need, NONE)
    rest = np.flatnonzero(~by_hit & ~by_need)
    supply[rest] = _binding_supply(setup, moment, slot[rest], lane[rest])
    hit = moment.hit.supply[supply[rest], lane[rest]] >= moment.lost[supply[rest], lane[rest]]
    source[rest] = np.where(hit, NONE, setup.rules.provider[supply[rest]])
    bound[:, owner[slot], lane] = slot, supply, source
    delayed = setup.buffer[slot] > 0
    if setup.substitution is not None:
        delayed |= np.isin(slot, setup.substitution.owners)
    for same_step, earlier in ((inner, waited), (~inner, before)):
        through_need = np.flatnonzero(by_need & same_step)
        delayed[through_need] |= earlier[need[through_need], lane[through_need]]
        through_supply = rest[same_step[rest]]
        delayed[through_supply] |= _delayed_by_supply(setup, moment, slot[through_supply], lane[through_supply], earlier)
    waited[risen] = False
    waited[owner[slot], lane] = delayed


def _delayed_by_supply(setup: Setup, moment: StepAtPoint, slot: Ints, lane: Ints, waited: Bools) -> Bools:
    """Return whether a supply that makes a slot short was delayed, for slots that are short through supplies."""
    start = setup.network.supply_start
    width = start[slot + 1] - start[slot]
    supply, event = concatenated_ranges(start[slot], start[slot + 1]), np.repeat(np.arange(len(slot)), width)
    lost = moment.lost[supply, lane[event]]
    shared = setup.network.mode[slot][event] == Mode.SHARES
    partaking = np.where(shared, lost > 0, lost >= moment.short[slot, lane][event])
    is_late = setup.lag[supply] | waited[setup.rules.provider[supply], lane[event]]
    # A supply that is hit itself does not wait for its provider.
    is_late &= moment.hit.supply[supply, lane[event]] < lost
    delayed = np.zeros(len(slot), bool)
    np.logical_or.at(delayed, event, partaking & is_late)
    return delayed


def _binding_supply(setup: Setup, moment: StepAtPoint, slot: Ints, lane: Ints) -> Ints:
    """Return the supply that makes each slot short, for slots that are short through supplies; ties: the first."""
    start = setup.network.supply_start
    width = start[slot + 1] - start[slot]
    supply, event = concatenated_ranges(start[slot], start[slot + 1]), np.repeat(np.arange(len(slot)), width)
    lost = moment.lost[supply, lane[event]]
    share = setup.network.supply_share[supply]
    # Of shares, the largest part among those that lose at least as much as they cause, so that bindings have no cycle.
    enough = (share > 0) & (lost >= moment.loss[setup.rules.owner[slot], lane][event])
    shared = np.where(enough, share * lost, -1.0)
    score = np.where(setup.network.mode[slot][event] == Mode.SHARES, shared, lost == moment.short[slot, lane][event])
    order = np.lexsort((supply, -score, event))
    return np.asarray(supply[order][np.cumsum(width) - width])
