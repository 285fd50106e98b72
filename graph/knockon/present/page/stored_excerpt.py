"""The part of a large store that is on a page: it is read by the links between records, no more than the page may show.

A page of a graph in memory knows every link of what it draws, and the network of the whole graph. Of a store of a million
records that takes minutes: there an entity that very many records name is followed to some of them, and the page computes
nothing by itself. The page says both (docs/decisions/0067-pages-of-large-stores.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from knockon.analysis.impact.impact_report import ImpactReport
from knockon.analysis.labels import label_of
from knockon.errors import UsageError
from knockon.model import Entity, Measure, Statement
from knockon.present.page.excerpt import Excerpt, hit_hardest, losers_of, named_centre, near
from knockon.present.page.stored_links import StoredLinks
from knockon.store.kept_records import KeptRecords
from knockon.store.linked_records import LinkedRecords

#: The most records of a store of which a page has everything that a page of a graph in memory has.
MOST_RECORDS = 50_000
#: The records that one step reads, for each entity that the page may draw.
_RECORDS_PER_ENTITY = 2


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
    links = StoredLinks(LinkedRecords(records), _RECORDS_PER_ENTITY * limit)
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
    drawn = frozenset(kept)
    read = links.read(drawn)
    entities, others = links.stored.count_of(Entity, Measure) - len(drawn), len(records) - len(read.records)
    return StoredExcerpt(drawn, entities, 0, 0, why, read.ordered(), others, read.unread)


__all__ = ["MOST_RECORDS", "StoredExcerpt", "stored_excerpt"]
