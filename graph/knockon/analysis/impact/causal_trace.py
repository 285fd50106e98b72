"""From an entity in a cascade back to what hit it, link by link."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

from knockon.analysis.context import Context
from knockon.analysis.impact.support import Judged, Support
from knockon.analysis.outcome import Outcome
from knockon.model import Dependency, Evidence, Hit, Record, Statement
from knockon.model.dependency import records_with_loss
from knockon.network.network import Mode
from knockon.network.resolve import Target
from knockon.propagation.result import NONE
from knockon.vocabulary import Stance


class Link(NamedTuple):
    """One step of a cause: this entity loses through this dependency, from that source.

    ``provider`` is the IRI of the binding provider, None where the need itself
    is lost or the dependency is hit; ``source`` the entity the loss comes from,
    None where it comes from a hit on the dependency or supply.
    """

    node: int
    slot: int
    supply: int
    dependencies: tuple[Dependency, ...]
    provider: str | None
    source: int | None


class CausalTrace:
    """The causes that one shock of an outcome has, read off its bindings."""

    def __init__(self, context: Context, outcome: Outcome, row: int) -> None:
        self.context, self.outcome, self.row = context, outcome, row
        self.network, self.result = outcome.network, outcome.result
        self._traces: dict[int, _Trace] = {}

    @cached_property
    def _hardest(self) -> Mapping[str, Target]:
        """The hardest hit on each target, by its IRI."""
        hardest: dict[str, Target] = {}
        for target in self.outcome.resolved[self.row].targets:
            there = hardest.get(target.iri)
            if there is None or target.interval.point > there.interval.point:
                hardest[target.iri] = target
        return hardest

    @cached_property
    def _hits(self) -> Mapping[str, Hit]:
        """The hits of the shock, by IRI."""
        return {hit.id: hit for hit in self.outcome.shocks[self.row].hit}

    def link(self, node: int) -> Link | None:
        """What binds a node; None where it is hit itself or loses nothing."""
        slot, supply = int(self.result.slot[self.row, node]), int(self.result.supply[self.row, node])
        if slot == NONE:
            return None
        names = self.network.slot_records[slot]
        records = tuple(records_with_loss([r for name in names if isinstance(r := self.context.records[name], Dependency)]))
        provider = self.network.nodes[self.network.supply_provider[supply]] if supply != NONE else None
        source = int(self.result.source[self.row, node])
        return Link(node, slot, supply, records, provider, source if source != NONE else None)

    def path(self, node: int) -> Iterator[Link]:
        """The links from a node back to what was hit."""
        seen: set[int] = set()
        current: int | None = node
        while current is not None and current not in seen:
            seen.add(current)
            link = self.link(current)
            if link is None:
                return
            yield link
            current = link.source

    def origin(self, node: int) -> Target:
        """What was hit at the far end of a cause; of several hits on it, the hardest."""
        return self._trace(node).origin

    def others(self, link: Link) -> list[tuple[str, float]]:
        """Where a need has several suppliers that must fail together: the others, with what they lose."""
        if link.supply == NONE or self.network.mode[link.slot] == Mode.ALL_OF:
            return []
        supplies = range(self.network.supply_start[link.slot], self.network.supply_start[link.slot + 1])
        rest = [int(self.network.supply_provider[s]) for s in supplies if s != link.supply]
        return [(self.network.nodes[n], float(self.result.loss[self.row, n])) for n in rest]

    def evidence(self, node: int) -> tuple[Evidence, ...]:
        """The evidence of what binds a node: its dependency, or the shock where it is hit itself."""
        link = self.link(node)
        if link is not None:
            return tuple(e for record in link.dependencies for e in record.evidence)
        hit = self.context.records.get(self.origin(node).hit)
        own = hit.evidence if isinstance(hit, Statement) else ()
        return own or self.outcome.shocks[self.row].evidence

    def support(self, node: int) -> Support:
        """What the answer for a node rests on, over its whole path."""
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
        """What the path of a node holds: that of its source, and its own link."""
        if node not in self._traces:
            links = []
            current: int | None = node
            while current is not None and current not in self._traces and (link := self.link(current)) is not None:
                links.append(link)
                current = link.source
            # From the hit on, so that no part of a path is walked twice, however many entities share it.
            for link in reversed(links):
                self._traces[link.node] = self._longer(link)
        if node not in self._traces:
            self._traces[node] = self._start((self.network.nodes[node],))
        return self._traces[node]

    def _longer(self, link: Link) -> _Trace:
        if link.source is not None:
            before = self._trace(link.source)
        else:
            hit_records = (
                self.network.supply_records[link.supply] if link.supply != NONE else self.network.slot_records[link.slot]
            )
            before = self._start(hit_records)
        records = (*link.dependencies, *self._supplies(link))
        judged = {record.id: record.judged for record in records if record.judged}
        # A slot of several records is as strong as the strongest of them; a path is as weak as its weakest slot.
        return before._replace(
            stances=(_weakest([_strongest(link.dependencies), *before.stances]),),
            inferred=before.inferred | {record.id for record in records if record.inferred},
            judged={**before.judged, **judged} if judged else before.judged,
            unknown=before.unknown + bool(self.network.unknown[link.slot]),
            disputed=before.disputed + bool(self.network.disputed[link.slot]),
            split=before.split + bool(self.network.split[link.slot]),
        )

    def _start(self, names: tuple[str, ...]) -> _Trace:
        """The beginning of a path: what is hit, and no link yet."""
        targets = (self._hardest[name] for name in names if name in self._hardest)
        origin = max(targets, key=lambda target: target.interval.point)
        hit = self._hits.get(origin.hit)
        return _Trace(origin, (), frozenset(), {hit.id: hit.judged} if hit and hit.judged else {}, 0, 0, 0)

    def _supplies(self, link: Link) -> list[Statement]:
        names = self.network.supply_records[link.supply] if link.supply != NONE else ()
        return [record for name in names if isinstance(record := self.context.records[name], Statement)]


class _Trace(NamedTuple):
    """What a path holds so far; ``stances`` is its weakest, and empty before the first link."""

    origin: Target
    stances: tuple[Stance | None, ...]
    inferred: frozenset[str]
    judged: Mapping[str, tuple[str, ...]]
    unknown: int
    disputed: int
    split: int


def _strongest(records: tuple[Record, ...]) -> Stance | None:
    found = [r.stance for r in records if isinstance(r, Statement) and r.stance is not None]
    return min(found, key=list(Stance).index, default=None)


def _weakest(stances: list[Stance | None]) -> Stance | None:
    if any(stance is None for stance in stances):
        return None
    return max((s for s in stances if s is not None), key=list(Stance).index)
