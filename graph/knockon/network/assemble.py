"""Make the arrays of a network of planned slots."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from knockon.network.network import NONE, Network
from knockon.network.planned import Node, SlotPlan
from knockon.network.substitutes import Substitutes


def assemble(plans: Sequence[SlotPlan], extra_entities: Iterable[str], origin: str) -> Network:
    """Return the network of some slots, in any order.

    Parameters
    ----------
    plans
        The slots.
    extra_entities
        IRIs of entities that are nodes although no slot names them.
    origin
        The revision of what the slots were made from.

    Examples
    --------
    >>> assemble([SlotPlan(Node("urn:x:shop"), (0, "urn:x:cloud"), Node("urn:x:cloud"))], [], "").nodes
    ('urn:x:cloud', 'urn:x:shop')
    """
    named = {node for plan in plans for node in _nodes_of(plan)}
    entities = sorted({node.entity for node in named}.union(extra_entities))
    hidden = sorted(node for node in named if node.role)
    row = {Node(iri): place for place, iri in enumerate(entities)}
    row |= {node: len(entities) + place for place, node in enumerate(hidden)}
    slots = in_order(plans)
    supplies = [supply for slot in slots for supply in slot.supplies]
    substitutes = [(place, row[one.provider], one.days) for place, slot in enumerate(slots) for one in slot.substitutes]
    hidden_slot = np.full(len(hidden), NONE)
    for place, slot in enumerate(slots):
        if slot.owner.role not in {"", "own"}:
            hidden_slot[row[slot.owner] - len(entities)] = place
    return Network(
        nodes=tuple(entities),
        slot_owner=np.array([row[slot.owner] for slot in slots], np.int64),
        slot_need=np.array([NONE if slot.need is None else row[slot.need] for slot in slots], np.int64),
        weights=np.array([slot.weight for slot in slots], np.float64).reshape(-1, 3).T.copy(),
        mode=np.array([slot.mode for slot in slots], np.int64),
        at_least=np.array([slot.at_least for slot in slots], np.int64),
        supply_start=np.concatenate([[0], np.cumsum([len(slot.supplies) for slot in slots])]).astype(np.int64),
        supply_provider=np.array([row[supply.provider] for supply in supplies], np.int64),
        supply_share=np.array([supply.share for supply in supplies], np.float64),
        slot_records=tuple(slot.records for slot in slots),
        supply_records=tuple(supply.records for supply in supplies),
        unknown=np.array([slot.unknown for slot in slots], bool),
        disputed=np.array([slot.disputed for slot in slots], bool),
        unstated=np.array([supply.unstated for supply in supplies], bool),
        buffer=np.array([slot.buffer for slot in slots], np.float64),
        delay=np.array([supply.delay for supply in supplies], np.float64),
        origin=origin,
        hidden_entity=np.array([row[Node(node.entity)] for node in hidden], np.int64),
        hidden_slot=hidden_slot,
        hit_with=_hit_with(slots),
        substitutes=Substitutes.of(substitutes) if substitutes else None,
    )


def in_order(plans: Iterable[SlotPlan]) -> list[SlotPlan]:
    """Return slots in the order of their rows: those of entities by IRI, then those of hidden nodes."""
    return sorted(plans, key=lambda plan: (bool(plan.owner.role), plan.owner, plan.order))


def _nodes_of(plan: SlotPlan) -> Iterable[Node]:
    yield plan.owner
    if plan.need is not None:
        yield plan.need
    for supply in plan.supplies:
        yield supply.provider
    for substitute in plan.substitutes:
        yield substitute.provider


def _hit_with(slots: Sequence[SlotPlan]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return the first of the slots whose records dispute one need, for each slot; empty where there is no dispute."""
    first: dict[tuple[str, str], int] = {}
    rows = [
        first.setdefault((slot.owner.entity, slot.dispute), place) if slot.dispute else place
        for place, slot in enumerate(slots)
    ]
    return np.array(rows if first else [], np.int64)


__all__ = ["assemble", "in_order"]
