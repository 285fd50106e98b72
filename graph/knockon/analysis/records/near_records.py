"""The dependencies and provisions of a large store that have to do with some entities, found by links, the nearest first."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import TYPE_CHECKING, NamedTuple

from knockon.model import Dependency, Provision, Statement

if TYPE_CHECKING:
    from knockon.store.lazy_records import LazyRecords


class NearRecords(NamedTuple):
    """Dependencies and provisions in the order of their IRIs, and whether they are all, or some were not read."""

    dependencies: list[Dependency]
    provisions: list[Provision]
    complete: bool


def near_records(
    records: LazyRecords, entities: Collection[str], counts: Callable[[Statement], bool], most: int
) -> NearRecords:
    """Return what some entities need, and by what others depend on them, directly or through others.

    Parameters
    ----------
    records
        The records of a store folder.
    entities
        The entities (IRIs).
    counts
        Returns whether a record counts.
    most
        The most dependencies of others; where there are more, those are returned that are found first, the nearest.
    """
    search = _Search(records, counts, most)
    search.add_own(entities)
    search.follow(entities)
    search.add_providers()
    dependencies, provisions = ([group[iri] for iri in sorted(group)] for group in (search.dependencies, search.provisions))
    return NearRecords(dependencies, provisions, search.complete)  # type: ignore[arg-type] # two groups of two classes


class _Search:
    """The records that have been found so far; ``left`` is how many dependencies of others may still be."""

    def __init__(self, records: LazyRecords, counts: Callable[[Statement], bool], most: int) -> None:
        self.records, self.counts, self.left = records, counts, most
        self.dependencies: dict[str, Dependency] = {}
        self.provisions: dict[str, Provision] = {}
        self.complete = True

    def add_own(self, entities: Collection[str]) -> None:
        """Add what entities need, and who provides them to everyone."""
        for record in self._naming(entities):
            if isinstance(record, Dependency) and record.dependant in entities:
                self.dependencies[record.id] = record
            elif isinstance(record, Provision) and record.provided in entities:
                self.provisions[record.id] = record

    def follow(self, entities: Collection[str]) -> None:
        """Add by what others depend on entities, step by step, until there are none or too many."""
        reached, frontier = {*entities}, sorted(entities)
        while frontier and self.complete:
            following: set[str] = set()
            for source in frontier:
                for dependency in self._resting_on(source):
                    if not self._add(dependency):
                        self.complete = False
                        return
                    following.add(dependency.dependant)
            frontier = sorted(following - reached)
            reached |= following

    def _resting_on(self, source: str) -> Iterator[Dependency]:
        """Yield the dependencies that rest on an entity: as their need, as a supplier, or as who provides the need."""
        for record in self._naming([source]):
            if isinstance(record, Dependency) and source in (record.need, *(supply.provider for supply in record.supply)):
                yield record
            elif isinstance(record, Provision) and record.provider == source:
                self.provisions[record.id] = record
                for other in self._naming([record.provided]):
                    if isinstance(other, Dependency) and other.need == record.provided and not other.supply:
                        yield other

    def _add(self, dependency: Dependency) -> bool:
        """Add a dependency; False where there are too many."""
        if dependency.id not in self.dependencies:
            if not self.left:
                return False
            self.left -= 1
            self.dependencies[dependency.id] = dependency
        return True

    def add_providers(self) -> None:
        """Add who provides to everyone what dependencies need that name no supplier."""
        needs = {dependency.need for dependency in self.dependencies.values() if not dependency.supply}
        for need in sorted(needs):
            for record in self._naming([need]):
                if isinstance(record, Provision) and record.provided == need:
                    self.provisions[record.id] = record

    def _naming(self, entities: Collection[str]) -> Iterator[Statement]:
        from knockon.store.record_links import REFERENCE, SUBJECT

        return filter(self.counts, self.records.linked(entities, SUBJECT, REFERENCE))


__all__ = ["NearRecords", "near_records"]
