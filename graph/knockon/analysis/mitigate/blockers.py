"""Why no single change helps: where on its way back to the shock a loss is bound several times over, or hit."""

from __future__ import annotations

from typing import Any

import numpy as np

from knockon.analysis.context import Context, Outcome
from knockon.analysis.impact.causal_trace import CausalTrace
from knockon.analysis.mitigate.candidates import AffectedSlots
from knockon.network.network import NONE

#: Losses that differ by less are equally bad.
_EQUAL = 1e-9


def ties(context: Context, outcome: Outcome, stretch: AffectedSlots) -> dict[str, Any]:
    """What stands in the way of any one change, for the first shock of an outcome.

    ``hit`` names the entities on the way (the target first) that the shock
    hits themselves as hard as they lose, ``hit_dependencies`` the dependencies
    that are short because they are hit, ``ties`` the entities that lose as
    much by two dependencies or more, each with all of them.
    """
    network, result = outcome.network, outcome.result
    cause = CausalTrace(context, outcome, 0)
    target, struck = stretch.target, stretch.struck
    links = list(cause.path(target))
    way = [target, *(link.source for link in links if link.source is not None)]
    struck_slots = [link.slot for link in links if struck.slot[link.slot] >= result.shortage[0, link.slot] - _EQUAL]
    hit, tied = [], []
    for node in way:
        loss = float(result.loss[0, node])
        if struck.node[node] >= loss - _EQUAL:
            hit.append(network.nodes[node])
        slots = np.flatnonzero(network.slot_owner == node)
        equal = [s for s in slots.tolist() if abs(network.weights[1, s] * result.shortage[0, s] - loss) <= _EQUAL]
        if len(equal) > 1:
            tied.append({"entity": network.nodes[node], "loss": loss, "ways": [_way(outcome, s) for s in equal]})
    return {
        "hit_itself": bool(hit) and hit[0] == network.nodes[target],
        "hit": hit,
        "hit_dependencies": [network.slot_records[slot][0] for slot in struck_slots],
        "ties": tied,
    }


def _way(outcome: Outcome, slot: int) -> dict[str, Any]:
    network, need = outcome.network, int(outcome.network.slot_need[slot])
    return {
        "dependency": network.slot_records[slot][0],
        "need": network.nodes[need] if need != NONE else None,
        "shortage": float(outcome.result.shortage[0, slot]),
    }
