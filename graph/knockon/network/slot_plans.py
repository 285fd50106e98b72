"""The slots and hidden nodes that the dependencies and provisions of one entity become.

A dependency is a slot of its dependant. Several records of one need that
differ in their suppliers are computed one by one: each is a hidden node, and a
``DISPUTED`` slot holds them. Parts of a whole add up: each is a hidden node,
and one slot of the dependant shares the whole out among them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from knockon.network.need_slots import NeedSlots
from knockon.network.part_slots import part_slots
from knockon.network.planned import Member, Node, Plans, SlotPlan, planned_supplies
from knockon.network.provided import Provided
from knockon.vocabulary import Interval


def plan_slots(
    owner: Node, needs: Mapping[str, Sequence[Member]], passing: Sequence[float | None], with_own: frozenset[str]
) -> Plans:
    """Return the slots of one dependant.

    Parameters
    ----------
    owner
        The node that owns them: the dependant, or itself without its provisions.
    needs
        The records of each need; those that only add details come last.
    passing
        The portions (0..1, None where unknown) of records that do not count and pass them on.
    with_own
        The entities with a hidden node without their provisions: buyers with suppliers of their own need that one.
    """
    plans = Plans([], {}, {})
    planned = [NeedSlots(owner, need, needs[need], with_own, plans) for need in sorted(needs)]
    for need in planned:
        if not need.has_part:
            plans.slots.extend(need.slots())
    if parts := [need for need in planned if need.has_part]:
        plans.slots.extend(part_slots(owner, parts, passing, plans))
    return plans


def provision_slot(node: Node, provided: Provided) -> SlotPlan:
    """Return the slot of an entity that holds its provisions."""
    suppliers = provided.suppliers
    supplies = planned_supplies(suppliers.each, provided.without_effect)
    return SlotPlan(
        owner=node,
        order=(2, ""),
        weight=provided.weight,
        mode=suppliers.mode,
        at_least=suppliers.at_least,
        supplies=supplies,
        unknown=provided.unknown,
        terms=suppliers.terms,
    )


def identity_slot(entity: str) -> SlotPlan:
    """Return the slot by which an entity loses what it loses without its provisions."""
    return SlotPlan(Node(entity), (3, ""), Node(entity, "own"))


def idle_slot(node: Node) -> SlotPlan:
    """Return the slot of a hidden node that never fails: it needs nothing."""
    return SlotPlan(node, (0, ""), weight=Interval(0.0, 0.0, 0.0))


__all__ = ["identity_slot", "idle_slot", "plan_slots", "provision_slot"]
