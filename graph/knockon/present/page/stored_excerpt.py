"""The part of a large store that is on a page: it is read by the links between records, no more than the page may show.

A page of a graph in memory knows every link of what it draws, and the network of the whole graph. Of a store of a million
records that takes minutes: there an entity that very many records name is followed to some of them, and the page computes
nothing by itself. The page says both (docs/decisions/0067-pages-of-large-stores.md).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from knockon.analysis.impact.impact_report import ImpactReport
from knockon.analysis.labels import label_of
from knockon.errors import UsageError
from knockon.model import Document, Entity, Measure, Statement
from knockon.present.page.excerpt import FAR, NEEDS, Excerpt, hit_hardest, losers_of, named_centre, near
from knockon.present.page.facts import ABOUT_RECORDS, LinkReader
from knockon.store.kept_records import KeptRecords
from knockon.store.linked_records import LinkedRecords
from knockon.store.validity import named_iris

#: The most records of a store of which a page has everything that a page of a graph in memory has.
MOST_RECORDS = 50_000
#: The records that one step reads, for each entity that the page may draw.
_RECORDS_PER_ENTITY = 2
#: What is about a record may be about an entity through that record and one more.
_BETWEEN = 2


@dataclass(frozen=True)
class StoredExcerpt(Excerpt):
    """The part of a large store that is drawn, and how much is not.

    Attributes
    ----------
    records
        The records that the page is made of.
    others
        How many records of the store it is not made of.
    unread
        How many of these may name an entity that is drawn.
    """

    records: Sequence[Statement] = ()
    others: int = 0
    unread: int = 0

    def notice(self) -> dict[str, Any] | None:
        """See Excerpt."""
        unread = f", {self.unread:,} of which name an entity that is shown" if self.unread else ""
        why = (
            f"{self.why} Left out: {self.entities:,} entities and {self.others:,} records{unread}. The graph has more than "
            f"{MOST_RECORDS:,} records: the page computes nothing by itself, the command line does."
        )
        return {"entities": self.entities, "records": self.others, "why": why}


def stored_excerpt(
    records: KeptRecords,
    report: ImpactReport | None = None,
    *,
    centre: str | None = None,
    listed: Sequence[str] = (),
    depth: int,
    limit: int,
) -> StoredExcerpt:
    """Return the part of a large store that goes on a page; parameters and choice are those of ``excerpt``.

    The best connected entities are those that most records name.

    Raises
    ------
    UsageError
        There is no centre, shock or list to choose by; or depth or limit is not a number of entities.
    """
    if limit < 1 or depth < 0:
        raise UsageError("a page holds at least one entity (limit), and steps from the centre (depth) are not negative")
    links = _StoredLinks(LinkedRecords(records), _RECORDS_PER_ENTITY * limit)
    middle = [centre] if centre is not None else [] if report else [iri for iri in listed if iri in links]
    if middle:
        kept, why = near(links, middle, named_centre(middle, partial(label_of, records.by_iri)), depth, limit)
    elif report is None:
        raise UsageError(
            f"the graph has {links.stored.count_of(Entity, Measure):,} entities, more than one page has room for: name a "
            "--centre, a --shock or a --hit to show those that it hits hardest, or a --portfolio"
        )
    elif report.impacts:
        kept, why = hit_hardest(links, losers_of(report), len(report.impacts), limit)
    else:
        kept = list(dict.fromkeys(hit.target for hit in report.shock.hit if hit.target and hit.target in links))[:limit]
        why = "Nothing is lost, so this page shows what the shock names."
    return links.part(frozenset(kept), why)


class _StoredLinks:
    """The links between the entities of a large store, of which each step reads a limited number of records.

    Parameters
    ----------
    stored
        The records.
    most
        The most records of a step, beside the entities that they name.
    """

    def __init__(self, stored: LinkedRecords, most: int) -> None:
        self.stored, self._most = stored, most

    def __contains__(self, iri: object) -> bool:
        return isinstance(self.stored.records.find(str(iri)), Entity | Measure)

    def around(self, entities: Iterable[str], *, far: bool = False) -> set[str]:
        """See Links."""
        centres = frozenset(entities)
        pairs = (pair for kind, *pair in self._pairs(centres) if far or kind not in FAR)
        return {end for pair in pairs if not centres.isdisjoint(pair) for end in pair}

    def ranked(self, entities: Iterable[str]) -> list[str]:
        """See Links: those that most records name come first."""
        counts = {iri: self.stored.count_naming(iri) for iri in entities}
        return sorted(counts, key=lambda iri: (-counts[iri], iri))

    def needs_of(self, entity: str) -> set[str]:
        """See Links."""
        return {end for kind, start, end in self._pairs([entity]) if kind in NEEDS and start == entity}

    def _pairs(self, entities: Collection[str]) -> list[tuple[str, str, str]]:
        """Return kind, start and end of the links of some entities, as far as one step reads them."""
        naming = {iri: self.stored.numbers_naming(iri) for iri in sorted(entities)}
        read = [*self.stored.numbered(fair_share(naming, self._most)), *self.stored.records.having(entities)]
        known = {record.id: record for record in (*read, *self._named_by(read, set(entities)))}
        drawn = frozenset(iri for iri, record in known.items() if isinstance(record, Entity | Measure))
        links = (fact for fact in LinkReader(known, drawn).facts(read) if fact.link)
        return [(fact.kind, fact.ends[0], fact.ends[1]) for fact in links]

    def _named_by(self, records: Iterable[Statement], known: Collection[str]) -> list[Statement]:
        """Return the records that some records name, without those with IRIs that are known."""
        named = dict.fromkeys(iri for record in records for iri in named_iris(record))
        return self.stored.records.having(iri for iri in named if iri not in known)

    def part(self, kept: frozenset[str], why: str) -> StoredExcerpt:
        """Return the part of a store in which some entities are drawn: the records about them, and what these name."""
        naming = {iri: self.stored.numbers_naming(iri) for iri in sorted(kept)}
        often = Counter(number for numbers in naming.values() for number in numbers)
        # What links two that are drawn is read in any case; of what names one of them, as much as there is room for.
        between = {number for number, count in often.items() if count > 1}
        single = {iri: [number for number in numbers if number not in between] for iri, numbers in naming.items()}
        chosen = between | fair_share(single, self._most)
        found = {record.id: record for record in (*self.stored.records.having(kept), *self.stored.numbered(sorted(chosen)))}
        about = list(found)
        for _ in range(_BETWEEN):
            further = [record for record in self.stored.naming(about, *ABOUT_RECORDS) if record.id not in found]
            found |= {record.id: record for record in further}
            about = [record.id for record in further]
        records = self._with_named(found)
        entities = self.stored.count_of(Entity, Measure) - len(kept)
        others = len(self.stored.records) - len(records)
        unread = often.keys() - chosen
        unread -= self.stored.numbers_of(record.id for record in records) if unread else set()
        return StoredExcerpt(kept, entities, 0, 0, why, records, others, len(unread))

    def _with_named(self, found: dict[str, Statement]) -> list[Statement]:
        """Return records with all that they name, and what entities and documents among these name, in their order."""
        naming = list(found.values())
        while naming:
            added = self._named_by(naming, found)
            found |= {record.id: record for record in added}
            naming = [record for record in added if isinstance(record, Entity | Document)]
        return [record for _, record in sorted(found.items())]


def fair_share(lists: Mapping[str, Sequence[int]], most: int) -> set[int]:
    """Return at most ``most`` numbers of some lists: all of short ones, and of the others as many of each, the first.

    >>> sorted(fair_share({"a": [1], "b": [2, 3, 4, 5], "c": [6, 7, 8]}, 5))
    [1, 2, 3, 6, 7]
    """
    chosen, room, waiting = set[int](), most, len(lists)
    for name in sorted(lists, key=lambda name: (len(lists[name]), name)):
        share = min(len(lists[name]), room // waiting)
        chosen.update(lists[name][:share])
        room, waiting = room - share, waiting - 1
    return chosen


__all__ = ["MOST_RECORDS", "StoredExcerpt", "fair_share", "stored_excerpt"]
