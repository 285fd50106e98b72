"""What a network is planned from before its arrays are made: nodes, supplies and slots to be."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from knockon.model import Dependency, Supply
from knockon.network.arrays import Mode
from knockon.network.suppliers import Supplier, Terms
from knockon.vocabulary import Interval

#: All of what is short is lost.
ALL = Interval(1.0, 1.0, 1.0)
#: The role of a node that stands for a provider by whose failure a dependant loses nothing.
IDLE = "idle"


class Node(NamedTuple):
    """A node to be: an entity (IRI), or a hidden node of it.

    ``role`` is empty for the entity itself, ``own`` for the entity without its
    provisions, ``part`` for a part of it by ``of`` (a need, or a record), ``record``
    for one of several records, ``of``, that disagree, ``choice`` for what it loses if of
    each need one record counts, and ``idle`` for the entity as one that never fails.
    """

    entity: str
    role: str = ""
    of: str = ""


class Member(NamedTuple):
    """A dependency with the supplies that count; ``passing`` are supplies that do not and pass their shares on.

    ``details`` marks a record that only adds a stock or an alternative to what other records say of the need;
    ``without_effect`` are the providers (IRIs) whose failure passes no loss on.
    """

    record: Dependency
    passing: tuple[Supply, ...]
    details: bool
    without_effect: frozenset[str] = frozenset()


class PlannedSupply(NamedTuple):
    """A supply to be, as :class:`knockon.network.suppliers.Supplier`, from a node."""

    provider: Node
    share: float = 0.0
    unstated: bool = False
    delay: float = 0.0
    records: tuple[str, ...] = ()


class PlannedSubstitute(NamedTuple):
    """An alternative to be: a node that meets the need from some days after the beginning of a shock."""

    provider: Node
    days: float


class SlotPlan(NamedTuple):
    """A slot to be.

    ``order`` is its place among those of its owner. ``dispute`` is the need
    that other slots of the same entity are about as well: a hit on one of them
    hits all. ``substitutes`` are the alternatives with a switching time.
    """

    owner: Node
    order: tuple[int, str]
    need: Node | None = None
    weight: Interval = ALL
    mode: Mode = Mode.ALL_OF
    at_least: int = 0
    supplies: tuple[PlannedSupply, ...] = ()
    records: tuple[str, ...] = ()
    unknown: bool = False
    disputed: bool = False
    buffer: float = 0.0
    dispute: str = ""
    terms: Terms | None = None
    substitutes: tuple[PlannedSubstitute, ...] = ()


class Plans(NamedTuple):
    """The slots of one dependant, and the shares of each of its dependencies that were scaled or completed (see Compiled)."""

    slots: list[SlotPlan]
    scaled: dict[str, float]
    completed: dict[str, float]


def planned_supplies(suppliers: Iterable[Supplier], without_effect: frozenset[str]) -> tuple[PlannedSupply, ...]:
    """Return the supplies of some suppliers; of those ``without_effect`` they are from nodes that never fail.

    >>> fund = Supplier("urn:x:fund", 0.5, False, 0.0, ())
    >>> [supply.provider.role for supply in planned_supplies([fund], frozenset({"urn:x:fund"}))]
    ['idle']
    """
    return tuple(
        # A hit on the record of a supply without effect has none either.
        PlannedSupply(Node(s.provider, IDLE), s.share, s.unstated)
        if s.provider in without_effect
        else PlannedSupply(Node(s.provider), s.share, s.unstated, s.delay, s.records)
        for s in suppliers
    )


__all__ = [
    "ALL", "IDLE", "Member", "Node", "PlannedSubstitute", "PlannedSupply", "Plans", "SlotPlan", "planned_supplies",
]  # fmt: skip
