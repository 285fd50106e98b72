"""The causes of losses: the path from an entity back to the hit, link by link."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from knockon.analysis.context import Context
from knockon.analysis.impact.support import Judged, Support
from knockon.analysis.outcome import Outcome
from knockon.model import Dependency, Evidence, Hit, Provision, Record, Statement
from knockon.model.dependency import records_with_loss
from knockon.network.network import Ints, Mode
from knockon.network.resolve import Target
from knockon.propagation.result import NONE
from knockon.vocabulary import Interval, Stance

#: The most links that are kept when the rows of many nodes are made.
_MOST_LINKS = 10_000
#: The numbers of an entity, and of the slot, the supply and the source that determine its loss.
LinkKey = tuple[int, int, int, int]


class Link(NamedTuple):
    """One link of a path: an entity loses through a dependency, because a source loses or the link is hit.

    Attributes
    ----------
    node, slot, supply
        The numbers of the entity, of its dependency or provisions, and of the supply in the network; -1: the need itself is
        lost. The node may be the hidden one of an entity without its provisions.
    dependencies
        The records of the dependency; none where the entity loses by its provisions.
    provisions
        The records of the binding provision, where the entity loses by its provisions.
    weight
        What the entity loses (0..1) when all of the need is missing: low, point and high. Of a part of a whole its portion.
    whole
        The number of the supply that states the portion; -1 where the dependency is no part of a whole.
    provider
        The binding provider (IRI); None where the need itself is lost, or the dependency is hit.
    source
        The number of the entity that the loss comes from; None where the dependency or supply is hit.
    """

    node: int
    slot: int
    supply: int
    dependencies: tuple[Dependency, ...]
    provider: str | None
    source: int | None
    provisions: tuple[Provision, ...] = ()
    weight: Interval = Interval(1.0, 1.0, 1.0)
    whole: int = NONE

    @property
    def records(self) -> tuple[Dependency | Provision, ...]:
        """The records of the dependency, or those of the provision."""
        return self.dependencies or self.provisions


class CausalTrace:
    """The causes of the losses under one shock of an outcome, as the bindings of the result have them.

    Parameters
    ----------
    context
        The world of the question.
    outcome
        What the model returned.
    row
        The number of the shock in the outcome.
    known
        Links that were made for other rows of the outcome, or of others on the same network; new ones are added.
    """

    def __init__(self, context: Context, outcome: Outcome, row: int, known: dict[LinkKey, Link] | None = None) -> None:
        self.context, self.outcome, self.row = context, outcome, row
        self.network, self.result = outcome.network, outcome.result
        self._traces: dict[int, _Trace] = {}
        self._links: dict[int, Link | None] = {}
        self._known = known

    @cached_property
    def _targets(self) -> Mapping[str, Target]:
        """The targets of the shock by IRI; of several hits on one target the most severe."""
        targets: dict[str, Target] = {}
        for target in self.outcome.resolved[self.row].targets:
            other = targets.get(target.iri)
            if other is None or target.interval.point > other.interval.point:
                targets[target.iri] = target
        return targets

    @cached_property
    def _hits(self) -> Mapping[str, Hit]:
        """The hits of the shock, by IRI."""
        return {hit.id: hit for hit in self.outcome.shocks[self.row].hit}

    def link(self, node: int) -> Link | None:
        """Return the link that determines the loss of a node; None where it is hit itself or loses nothing."""
        # Threads may share a report, and one that reads ahead forgets links.
        links = self._links
        if node not in links:
            links[node] = self._link(node)
        return links[node]

    def _link(self, node: int) -> Link | None:
        slot, supply, source = (int(rows[self.row, node]) for rows in self._bindings)
        if slot == NONE:
            return None
        key = node, slot, supply, source
        link = None if self._known is None else self._known.get(key)
        if link is None:
            link = self._new_link(*key)
            # Which portion of a whole counts depends on the losses of the row.
            if self._known is not None and link.whole == NONE:
                self._known[key] = link
        return link

    def read_ahead(self, nodes: Sequence[int]) -> None:
        """Read together what the rows of some nodes are made of, so that no record is looked up by itself.

        That is the entities, the records of the links of their paths, and the documents that state their own links.

        Parameters
        ----------
        nodes
            The numbers of the nodes.
        """
        if len(self._links) + len(nodes) > _MOST_LINKS:
            self._links = {}
        records = self.context.statements
        records.read_ahead([*map(self.network.name, nodes), *self._names_on_paths(nodes)])
        records.read_ahead({evidence.document for node in nodes for evidence in self.evidence(node)})

    def read_ahead_brief(self, nodes: Sequence[int]) -> None:
        """Read together what the rows of some nodes are made of that show neither support nor evidence."""
        if len(self._links) + len(nodes) > _MOST_LINKS:
            self._links = {}
        slots = self._bindings[0][self.row][nodes].tolist() if nodes else ()
        several = [own for slot in slots if slot != NONE and len(own := self.network.slot_records[slot]) != 1]
        names = (name for own in several for name in own)
        self.context.statements.read_ahead([*map(self.network.name, nodes), *names])

    def binding(self, node: int) -> tuple[str | None, str | None]:
        """Return the record and the provider (IRIs) by which a node loses, as those of its ``link``; None where it has none."""
        slot, supply, _ = (int(rows[self.row, node]) for rows in self._bindings)
        names = self.network.slot_records[slot] if slot != NONE else ()
        if len(names) == 1:
            # The dependency is known without reading its record.
            return names[0], self.network.name(self.network.supply_provider[supply]) if supply != NONE else None
        link = self.link(node)
        return (link.records[0].id, link.provider) if link is not None else (None, None)

    def _names_on_paths(self, nodes: Sequence[int]) -> set[str]:
        """Return the IRIs of the records of the links of some nodes, and of their paths as far as these are not known."""
        slots, supplies, sources = (rows[self.row] for rows in self._bindings)
        names: set[str] = set()
        seen: set[int] = set()
        for node in nodes:
            current = node
            while current != NONE and current not in seen and (slot := int(slots[current])) != NONE:
                seen.add(current)
                supply = int(supplies[current])
                own = self.network.slot_records[slot]
                names.update(own if own or supply == NONE else self.network.supply_records[supply])
                current = int(sources[current])
                if current in self._traces:
                    break
        return names

    @cached_property
    def _bindings(self) -> tuple[Ints, Ints, Ints]:
        """The slot, the supply and the source that determine the loss of each node, (shocks, nodes) each."""
        nodes = self.result.all_nodes
        return nodes.slot, nodes.supply, nodes.source

    def _new_link(self, node: int, slot: int, supply: int, source: int) -> Link:
        names = self.network.slot_records[slot]
        records = tuple(records_with_loss([r for name in names if isinstance(r := self.context.records[name], Dependency)]))
        provider = self.network.name(self.network.supply_provider[supply]) if supply != NONE else None
        return Link(
            node=node,
            slot=slot,
            supply=supply,
            dependencies=records,
            provider=provider,
            source=source if source != NONE else None,
            provisions=() if records or supply == NONE else self._provisions(supply),
            weight=self.network.weight(slot),
            whole=self._whole(slot),
        )

    def _whole(self, slot: int) -> int:
        """Return the supply by which a slot is part of its entity; where records disagree, in the choice that counts."""
        supplies = self.network.whole_supplies(slot)
        if not supplies.size:
            return NONE
        owners = self.network.slot_owner[self.network.supply_slot[supplies]]
        losses, shares = self.result.all_nodes.loss[self.row][owners].tolist(), self.network.supply_share[supplies].tolist()
        *_, least = max(zip(losses, shares, (-supplies).tolist(), strict=True))
        return -int(least)

    def _provisions(self, supply: int) -> tuple[Provision, ...]:
        names = self.network.supply_records[supply]
        return tuple(r for name in names if isinstance(r := self.context.records[name], Provision))

    def path(self, node: int) -> Iterator[Link]:
        """Yield the links from a node back to the hit."""
        visited: set[int] = set()
        current: int | None = node
        while current is not None and current not in visited:
            visited.add(current)
            link = self.link(current)
            if link is None:
                return
            yield link
            current = link.source

    def origin(self, node: int) -> Target:
        """Return the target at the start of the path to a node; of several hits on it the most severe."""
        return self._trace(node).origin

    def other_suppliers(self, link: Link) -> list[tuple[str, float]]:
        """Return the other suppliers (IRIs) of a need and their losses; empty where the loss of one supplier is enough."""
        if link.supply == NONE or self.network.mode[link.slot] == Mode.ALL_OF:
            return []
        supplies = range(self.network.supply_start[link.slot], self.network.supply_start[link.slot + 1])
        rest = [supply for supply in supplies if supply != link.supply]
        return [(self.network.name(int(self.network.supply_provider[supply])), self.supply_loss(supply)) for supply in rest]

    def supply_loss(self, supply: int) -> float:
        """Return what of a supply is lost (0..1): the loss of its provider, or what a hit on the supply itself takes."""
        hits = (self._targets[name].interval.point for name in self.network.supply_records[supply] if name in self._targets)
        return max(float(self.result.all_nodes.loss[self.row, self.network.supply_provider[supply]]), *hits, 0.0)

    def evidence(self, node: int) -> tuple[Evidence, ...]:
        """Return the evidence of the dependency that determines the loss of a node.

        Of a node that is hit itself: the evidence of the hit, or else that of the shock.
        """
        link = self.link(node)
        if link is not None:
            return tuple(e for record in link.records for e in record.evidence)
        hit = self.context.records.get(self.origin(node).hit)
        hit_evidence = hit.evidence if isinstance(hit, Statement) else ()
        return hit_evidence or self.outcome.shocks[self.row].evidence

    def support(self, node: int) -> Support:
        """Return what the loss of a node rests on, over its whole path."""
        trace = self._trace(node)
        stance = trace.stances[0] if trace.stances else self.outcome.shocks[self.row].stance
        ungraded = trace.origin.ungraded
        return Support(
            stance=stance,
            inferred=tuple(sorted(trace.inferred)),
            judged=tuple(Judged(record, properties) for record, properties in sorted(trace.judged.items())),
            unknown=trace.unknown + ungraded,
            ungraded_hit=ungraded,
            disputed=trace.disputed,
            split_shares=trace.split,
        )

    def _trace(self, node: int) -> _Trace:
        """Return the summary of the path to a node: that of its source, extended by its own link."""
        if node not in self._traces:
            links = []
            current: int | None = node
            while current is not None and current not in self._traces and (link := self.link(current)) is not None:
                links.append(link)
                current = link.source
            # From the hit on, so that a part that many paths share is summarised once.
            for link in reversed(links):
                self._traces[link.node] = self._extend(link)
        if node not in self._traces:
            self._traces[node] = self._start((self.network.name(node),))
        return self._traces[node]

    def _extend(self, link: Link) -> _Trace:
        """Return the summary of the path that ends with a link."""
        before = self._trace(link.source) if link.source is not None else self._start(self._hit_records(link))
        records = (*link.dependencies, *self._supplies(link))
        judged = {record.id: record.judged for record in records if record.judged}
        # A slot of several records is as strong as the strongest of them; a path is as weak as its weakest slot.
        return before._replace(
            stances=(_weakest([_strongest(link.records), *before.stances]),),
            inferred=before.inferred | {record.id for record in records if record.inferred},
            judged={**before.judged, **judged} if judged else before.judged,
            unknown=before.unknown + bool(self.network.unknown[link.slot]),
            disputed=before.disputed + bool(self.network.disputed[link.slot]),
            split=before.split + bool(self.network.split[link.slot]) + self._portion_unstated(link),
        )

    def _hit_records(self, link: Link) -> tuple[str, ...]:
        """Return the records of a link that may be hit; a hit on one of several that disagree is a hit on all."""
        if link.supply != NONE:
            return self.network.supply_records[link.supply]
        return tuple(name for slot in self.network.together(link.slot).tolist() for name in self.network.slot_records[slot])

    def _portion_unstated(self, link: Link) -> bool:
        return link.whole != NONE and bool(self.network.unstated[link.whole])

    def _start(self, names: tuple[str, ...]) -> _Trace:
        """Return the summary of a path without links, from the records that are hit."""
        targets = (self._targets[name] for name in names if name in self._targets)
        origin = max(targets, key=lambda target: target.interval.point)
        hit = self._hits.get(origin.hit)
        return _Trace(origin, (), frozenset(), {hit.id: hit.judged} if hit and hit.judged else {}, 0, 0, 0)

    def _supplies(self, link: Link) -> list[Statement]:
        names = self.network.supply_records[link.supply] if link.supply != NONE else ()
        # Most are parts of the dependency: to look for a part takes looking for its record first.
        parts = {part.id: part for record in link.records for part in (record, *record.parts())} if names else {}
        found = (parts.get(name) or self.context.records[name] for name in names)
        return [record for record in found if isinstance(record, Statement)]


class _Trace(NamedTuple):
    """The summary of a path: its origin, and what its records rest on.

    ``stances`` has the weakest stance of the path, and is empty where it has no link; ``unknown``, ``disputed`` and ``split``
    count links.
    """

    origin: Target
    stances: tuple[Stance | None, ...]
    inferred: frozenset[str]
    judged: Mapping[str, tuple[str, ...]]
    unknown: int
    disputed: int
    split: int


#: The place of each stance, the strongest first.
_PLACES = {stance: place for place, stance in enumerate(Stance)}


def _strongest(records: tuple[Record, ...]) -> Stance | None:
    stances = [stance for r in records if isinstance(r, Statement) and (stance := r.stance) is not None]
    return min(stances, key=_PLACES.__getitem__, default=None)


def _weakest(stances: list[Stance | None]) -> Stance | None:
    if any(stance is None for stance in stances):
        return None
    return max((s for s in stances if s is not None), key=_PLACES.__getitem__)
