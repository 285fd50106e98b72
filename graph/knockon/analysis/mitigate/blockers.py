"""The reasons why no single change helps: several dependencies cause the same loss, or the shock hits the path itself."""

from __future__ import annotations

import numpy as np

from knockon.analysis.context import Context
from knockon.analysis.impact.causal_trace import CausalTrace
from knockon.analysis.mitigate.candidates import AffectedSlots
from knockon.analysis.mitigate.mitigation import BindingDependency, Blockers, Tie
from knockon.network.network import NONE

#: Losses that differ by less are equal.
_EQUAL = 1e-9


def blockers(context: Context, affected: AffectedSlots) -> Blockers:
    """Return why no single change reduces the loss, for the first shock of an outcome."""
    outcome, target = affected.outcome, affected.target
    network, result, initial = outcome.network, outcome.result, affected.initial
    links = list(CausalTrace(context, outcome, 0).path(target))
    path = [target, *(link.source for link in links if link.source is not None)]
    hit_slots = [link.slot for link in links if initial.slot[link.slot] >= result.shortage[0, link.slot] - _EQUAL]
    hit = [node for node in path if initial.node[node] >= float(result.all_nodes.loss[0, node]) - _EQUAL]
    return Blockers(
        hit_itself=target in hit,
        hit=tuple(network.name(node) for node in hit),
        hit_dependencies=tuple(network.records_of_slot(slot)[0] for slot in hit_slots),
        ties=tuple(tie for node in path if len((tie := _tie(affected, node)).dependencies) > 1),
    )


def _tie(affected: AffectedSlots, node: int) -> Tie:
    """Return all dependencies that cost a node as much as it loses."""
    network, result = affected.outcome.network, affected.outcome.result
    loss = float(result.all_nodes.loss[0, node])
    slots = [slot for slot in np.flatnonzero(network.slot_owner == node).tolist() if network.records_of_slot(slot)]
    binding = [slot for slot in slots if abs(network.weights[1, slot] * result.shortage[0, slot] - loss) <= _EQUAL]
    return Tie(network.name(node), loss, tuple(_binding(affected, slot) for slot in binding))


def _binding(affected: AffectedSlots, slot: int) -> BindingDependency:
    network, need = affected.outcome.network, int(affected.outcome.network.slot_need[slot])
    return BindingDependency(
        dependency=network.records_of_slot(slot)[0],
        need=network.name(need) if need != NONE else None,
        shortage=float(affected.outcome.result.shortage[0, slot]),
    )


__all__ = ["blockers"]
