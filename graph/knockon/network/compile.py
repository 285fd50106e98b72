"""Compile records into a network: select the dependencies and provisions that count, and make slots of them.

An entity with provisions that a buyer with suppliers of its own needs becomes
two nodes: the entity, and a hidden one without its provisions, which owns its
dependencies. The first loses what the second loses, and what the provisions
fail to deliver; buyers with suppliers of their own need the second.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from knockon.model import Dependency, Entity, Provision, Statement, Supply
from knockon.network.assemble import assemble, in_order
from knockon.network.joined_slots import assemble_with
from knockon.network.lone_slots import LoneSlots
from knockon.network.network import Network
from knockon.network.planned import IDLE, Member, Node, SlotPlan
from knockon.network.provided import Selection, select_provisions
from knockon.network.record_filter import FINANCE, FINANCING, ITSELF, MONEY, NEVER_DEPENDANT, RecordFilter
from knockon.network.slot_plans import identity_slot, idle_slot, plan_slots, provision_slot
from knockon.network.supply_shares import MORE_THAN_WHOLE
from knockon.rdf.fold import fold, with_shown_names
from knockon.rdf.sameness import Sameness


@dataclass(frozen=True)
class Compiled:
    """A compiled network and what was decided about its records, by IRI.

    Parameters
    ----------
    network
        The network.
    left_out
        The reason why each dependency, supply or provision is not in the network, or passes no loss on there.
    scaled
        The sum of the stated shares of each dependency where it was more than 1, so that they were scaled to 1.
    completed
        The remainder (0..1) given to the one supplier of each dependency that states no share where all others do. Portions
        of a dependant are scaled and completed in the same way.
    met_by_provisions
        The dependencies none of whose supplies counts, so that the provisions of the need meet them.
    periods
        The period whose shares count, of each entity with provisions of several periods or of one.
    incomplete_periods
        The sum of the stated shares of that period where it does not state the whole and an older period is known.
    make_plans
        Makes the ``plans``.
    """

    network: Network
    left_out: dict[str, str] = field(default_factory=dict)
    scaled: dict[str, float] = field(default_factory=dict)
    completed: dict[str, float] = field(default_factory=dict)
    met_by_provisions: tuple[str, ...] = ()
    periods: dict[str, str] = field(default_factory=dict)
    incomplete_periods: dict[str, float] = field(default_factory=dict)
    make_plans: Callable[[], tuple[SlotPlan, ...]] = field(default=tuple, repr=False, compare=False)

    @cached_property
    def plans(self) -> tuple[SlotPlan, ...]:
        """The slots of the network in the order of their rows, with the names of their nodes and what the records state."""
        return self.make_plans()


def compile_network(
    records: Iterable[Statement],
    record_filter: RecordFilter | None = None,
    extra_entities: Iterable[str] = (),
    origin: str = "",
    absent_supplies: Mapping[str, Sequence[Supply]] | None = None,
    absent_records: Iterable[Statement] = (),
    same: Sameness | None = None,
) -> Compiled:
    """Compile the network of the dependencies and provisions among records; the same entities are one node.

    Two dependencies of one dependant on one need are one slot, marked disputed:
    the hull of their intervals and the higher point where they name the same
    suppliers, else each computed by itself. One that says neither criticality
    nor supplies adds its stock and alternatives to the others, and disputes nothing.

    Parameters
    ----------
    records
        Records of any class; entities among them tell the classes of dependants and needs, and how their provisions combine.
    record_filter
        The conditions that records must meet; by default those of :class:`RecordFilter`.
    extra_entities
        IRIs of entities that are nodes although no dependency names them.
    origin
        The revision of what the records were read from.
    absent_supplies
        Supplies that are not among the records because they are not of the world asked for, by the IRI of their dependency.
        Their shares pass to the supplies that count (see network/supply_shares.py).
    absent_records
        Provisions and dependencies that are not of that world; likewise their shares and portions pass to those that are.
    same
        Which entities are the same; by default what those records say that meet the conditions.

    Examples
    --------
    >>> ns = "https://w3id.org/knockon/id/"
    >>> hosting = Dependency(id=ns + "hosting", dependant=ns + "shop", need=ns + "cloud", supply=[{"provider": ns + "acme"}])
    >>> network = compile_network([hosting]).network
    >>> network.size, network.slots, network.supplies
    (3, 1, 1)
    """
    records, absent_records, absent_supplies = list(records), list(absent_records), absent_supplies or {}
    record_filter = record_filter or RecordFilter()
    same = Sameness.of(records, lambda record: not record_filter.admits(record)) if same is None else same
    if same:
        records = list(fold(records, same))
        absent_records = [with_shown_names(record, same.shown) for record in absent_records]
        absent_supplies = {
            iri: [with_shown_names(supply, same.shown) for supply in supplies] for iri, supplies in absent_supplies.items()
        }
    compiler = Compiler(records, record_filter, absent_records)
    for record in compiler.records:
        if isinstance(record, Dependency):
            compiler.add(record, absent_supplies.get(record.id, ()))
    return compiler.compiled(map(same.shown, extra_entities), origin)


class Compiler:
    """The records to compile, and what was decided about them so far.

    Parameters
    ----------
    records
        The records, in the order of their IRIs.
    record_filter
        The conditions that they must meet.
    absent
        Records that are not of the world asked for.
    classes
        The class of each record by IRI; by default those of the records.
    """

    def __init__(
        self,
        records: Sequence[Statement],
        record_filter: RecordFilter,
        absent: Sequence[Statement],
        classes: Mapping[str, str] | None = None,
    ) -> None:
        self.records, self.filter = records, record_filter
        self.classes = {record.id: record.rdf_class for record in records} if classes is None else dict(classes)
        self.selection: Selection = select_provisions(
            [record for record in records if isinstance(record, Provision)],
            {record.id: record for record in records if isinstance(record, Entity)},
            record_filter,
            self.classes,
            [record for record in absent if isinstance(record, Provision)],
        )
        self.left_out = self.selection.left_out
        self.groups: dict[str, dict[str, list[Member]]] = defaultdict(lambda: defaultdict(list))
        self.passing_portions: dict[str, dict[str, list[Dependency]]] = defaultdict(lambda: defaultdict(list))
        self.met_by_provisions: list[str] = []
        for record in absent:
            if isinstance(record, Dependency) and not record_filter.begins_later(record):
                self._pass_portion(record)

    def add(self, record: Dependency, absent_supplies: Sequence[Supply]) -> None:
        """Add a dependency, or leave it out with the reason."""
        member, unused = self._admitted(record, absent_supplies)
        reason = self.filter.admits(record)
        if not reason and record.need == record.dependant:
            reason = ITSELF
        reason = reason or self.filter.excludes(record.dependant, record.need, self.classes)
        if reason:
            self.left_out[record.id] = reason
            if not self.filter.begins_later(record):
                self._pass_portion(record)
            return
        self.groups[record.dependant][record.need].append(member)
        self.left_out |= unused
        self.left_out |= {s.id: FINANCING for s in member.record.supply if s.provider in member.without_effect}
        if (record.supply or absent_supplies) and not member.record.supply and record.need in self.selection.provided:
            self.met_by_provisions.append(record.id)

    def compiled(
        self,
        extra_entities: Iterable[str],
        origin: str,
        lone: LoneSlots | None = None,
        make_plans: Callable[[], tuple[SlotPlan, ...]] | None = None,
    ) -> Compiled:
        """Return the network of everything that was added, and of slots that are alone, with what makes the plans of all."""
        with_own = self._needed_without_provisions()
        slots: list[SlotPlan] = []
        scaled, completed = dict[str, float](), dict[str, float]()
        for dependant in sorted(self.groups):
            # Records that state a criticality or supplies come before those that only add details: the first names the slot.
            needs = {
                need: sorted(members, key=lambda member: (member.details, member.record.id))
                for need, members in self.groups[dependant].items()
            }
            owner = Node(dependant, "own" if dependant in with_own else "")
            plans = plan_slots(owner, needs, self._passed_portions(dependant, needs), with_own)
            slots += plans.slots
            scaled |= plans.scaled
            completed |= plans.completed
        for entity, provided in self.selection.provided.items():
            slots.append(provision_slot(Node(entity), provided))
            slots += [identity_slot(entity)] if entity in with_own else []
            ids = [name for s in provided.suppliers.each if s.provider not in provided.without_effect for name in s.records]
            if provided.suppliers.total > MORE_THAN_WHOLE:
                scaled |= dict.fromkeys(ids, provided.suppliers.total)
            if provided.suppliers.completed is not None:
                completed |= {name: provided.suppliers.completed for name in provided.without_share if name in ids}
        slots += [
            idle_slot(node) for node in sorted({s.provider for slot in slots for s in slot.supplies}) if node.role == IDLE
        ]
        return Compiled(
            network=assemble_with(lone, slots, extra_entities, origin) if lone else assemble(slots, extra_entities, origin),
            left_out=self.left_out,
            scaled=scaled,
            completed=completed,
            met_by_provisions=tuple(sorted(self.met_by_provisions)),
            periods=self.selection.periods,
            incomplete_periods=self.selection.incomplete,
            make_plans=make_plans or (lambda: tuple(in_order(slots))),
        )

    def _needed_without_provisions(self) -> frozenset[str]:
        """Return the entities with provisions that a dependency with supplies, or alternatives, of its own needs."""
        return frozenset(
            need
            for needs in self.groups.values()
            for need, members in needs.items()
            if need in self.selection.provided and any(m.record.supply or m.record.switching_time for m in members)
        )

    def _admitted(self, record: Dependency, absent_supplies: Sequence[Supply]) -> tuple[Member, dict[str, str]]:
        """Return the dependency with the supplies that count, and the reasons why the others are left out."""
        left_out = {
            supply.id: reason
            for supply in record.supply
            if (reason := self.filter.admits(supply) or (ITSELF if supply.provider == record.dependant else ""))
        }
        # A supply that begins later has no share to pass on.
        not_counting = [*(supply for supply in record.supply if supply.id in left_out), *absent_supplies]
        passing = tuple(supply for supply in not_counting if not self.filter.begins_later(supply))
        details = record.adds_details_only and not absent_supplies
        if left_out:
            record = record.model_copy(update={"supply": tuple(s for s in record.supply if s.id not in left_out)})
        providers = {supply.provider for supply in record.supply}
        without_effect = {p for p in providers if self.filter.without_effect(record.dependant, p, self.classes)}
        return Member(record, passing, details, frozenset(without_effect)), left_out

    def _pass_portion(self, record: Dependency) -> None:
        if record.portion is not None:
            self.passing_portions[record.dependant][record.need].append(record)

    def _passed_portions(self, dependant: str, needs: Mapping[str, Sequence[Member]]) -> list[float | None]:
        """Return the portions of needs of which no record counts; the greatest where several records state one."""
        portions: list[float | None] = []
        for need, records in self.passing_portions[dependant].items():
            counting = [member.record.portion for member in needs.get(need, ())]
            if all(portion is None for portion in counting):
                stated = [float(record.portion) for record in records if record.portion not in (None, "unknown")]
                portions.append(max(stated, default=None))
        return portions


__all__ = ["FINANCE", "MONEY", "NEVER_DEPENDANT", "Compiled", "Compiler", "RecordFilter", "compile_network"]
