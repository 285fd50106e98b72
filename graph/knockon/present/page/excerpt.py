"""Which part of a large graph is on the page: what is near one entity, or what a shock hits hardest.

Nothing is left out silently: an excerpt counts what is missing and says why, and the page shows it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from knockon.analysis.impact.impact_report import Impact, ImpactReport
from knockon.analysis.impact.rows import LossRows
from knockon.errors import UsageError
from knockon.model import Entity, Measure, Statement
from knockon.present.cascade_drawing import entity_loss
from knockon.present.page.facts import Fact, FactReader, LinkReader
from knockon.vocabulary import local_name

#: Entities that a page holds by default.
LIMIT = 5_000
#: Steps from the centre that are shown by default.
DEPTH = 2
#: Links to whole countries, which say little about nearness, and those that say what an entity needs.
FAR, NEEDS = frozenset({"jurisdiction"}), frozenset({"dependsOn", "supply", "provision"})
#: Entities that the message suggests as a centre.
_CANDIDATES = 5


@dataclass(frozen=True)
class Excerpt:
    """The entities that are drawn, and how much is not."""

    kept: frozenset[str]
    entities: int
    links: int
    facts: int
    why: str

    def notice(self) -> dict[str, Any] | None:
        """Return what the page and the command line say of it; None if nothing is missing."""
        if not self.entities:
            return None
        amounts = (
            f"{_count(self.entities, 'entity', 'entities')}, {_count(self.links, 'link')} and {_count(self.facts, 'fact')}"
        )
        why = f"{self.why} Left out: {amounts}."
        return {"entities": self.entities, "facts": self.facts, "links": self.links, "why": why}


def excerpt(
    records: Iterable[Statement],
    reports: Sequence[ImpactReport] = (),
    *,
    centre: str | None = None,
    listed: Sequence[str] = (),
    depth: int = DEPTH,
    limit: int = LIMIT,
) -> Excerpt | None:
    """Return the part of a graph that goes on a page; None if that is all of it.

    Around ``centre`` (an IRI) it is what lies within ``depth`` steps, nearest
    and best connected first. Else, of a graph with more than ``limit``
    entities, those that lose most in the ``reports`` of a shock, with the path
    that the harm took to them, and then what they need. Without either it is what
    lies within ``depth`` steps of the ``listed`` (IRIs), those that the graph has.

    >>> from knockon.model import Company, Dependency
    >>> records = [Company(id=f"urn:x:{n}", label=f"Company {n}") for n in range(4)]
    >>> records += [Dependency(id=f"urn:x:d{n}", dependant=f"urn:x:{n}", need=f"urn:x:{n + 1}") for n in range(3)]
    >>> part = excerpt(records, centre="urn:x:0", depth=1)
    >>> sorted(part.kept), part.notice()["why"]
    (['urn:x:0', 'urn:x:1'], 'This page shows what lies within 1 step of Company 0. Left out: 2 entities, 2 links and 1 fact.')

    Raises
    ------
    UsageError
        The graph is too large for a page, and there is no centre, shock or list
        to choose by; or depth or limit is not a number of entities.
    """
    if limit < 1 or depth < 0:
        raise UsageError("a page holds at least one entity (limit), and steps from the centre (depth) are not negative")
    known = {record.id: record for record in records}
    drawn = frozenset(iri for iri, record in known.items() if isinstance(record, Entity | Measure))
    if centre is None and len(drawn) <= limit:
        return None
    facts = LinkReader(known, drawn).facts()
    graph = _Graph(drawn, facts)
    middle = [centre] if centre is not None else [] if reports else [iri for iri in listed if iri in drawn]
    if not middle and not reports:
        raise UsageError(_too_many(len(drawn), limit, graph))
    label = FactReader(known, drawn).label
    if middle:
        kept, why = near(graph, middle, named_centre(middle, label), depth, limit)
    elif any(report.impacts for report in reports):
        losers = list(losers_of(reports[0])) if len(reports) == 1 else _paths(reports)
        kept, why = hit_hardest(graph, losers, sum(iri in drawn for iri, _ in losers), limit)
    else:
        first = graph.best(1)[0]
        kept, _ = near(graph, [first], "", len(drawn), limit)
        why = f"Nothing is lost, so this page shows what is nearest to {label(first)}, the best connected of all."
    return _excerpt(frozenset(kept), drawn, facts, why)


class Links(Protocol):
    """The links between the entities of a graph, as an excerpt is chosen by."""

    def around(self, entities: Iterable[str], *, far: bool = False) -> set[str]:
        """Return what is linked with some entities; with ``far``, also by links that say little about nearness."""
        ...

    def ranked(self, entities: Iterable[str]) -> list[str]:
        """Return entities, the best connected first."""
        ...

    def needs_of_each(self, entities: Sequence[str]) -> Iterator[set[str]]:
        """Yield what each of some entities needs, in their order."""
        ...

    def __contains__(self, iri: object) -> bool:
        """Return whether the graph has an entity."""
        ...


class _Graph:
    """The links between the entities of a graph in memory; sharing a country does not count as being near."""

    def __init__(self, drawn: frozenset[str], facts: Iterable[Fact]) -> None:
        self.near: dict[str, set[str]] = {iri: set() for iri in drawn}
        self.far: dict[str, set[str]] = {}
        self.needs: dict[str, set[str]] = {}
        for fact in facts:
            if fact.link:
                start, end = fact.ends
                links = self.far if fact.kind in FAR else self.near
                links.setdefault(start, set()).add(end)
                links.setdefault(end, set()).add(start)
                if fact.kind in NEEDS:
                    self.needs.setdefault(start, set()).add(end)

    def __contains__(self, iri: object) -> bool:
        return iri in self.near

    def around(self, entities: Iterable[str], *, far: bool = False) -> set[str]:
        return set[str]().union(*(self.near[iri] | (self.far.get(iri, set()) if far else set()) for iri in entities))

    def needs_of_each(self, entities: Sequence[str]) -> Iterator[set[str]]:
        return (self.needs.get(entity, set()) for entity in entities)

    def ranked(self, entities: Iterable[str]) -> list[str]:
        return sorted(entities, key=lambda iri: (-len(self.near[iri]), iri))

    def best(self, count: int) -> list[str]:
        return self.ranked(self.near)[:count]


def named_centre(middle: Sequence[str], label: Callable[[str], str]) -> str:
    """Return how a sentence names the entities in the middle of a page."""
    return label(middle[0]) if len(middle) == 1 else f"the {len(middle):,} entities of the portfolio"


def near(links: Links, centres: Sequence[str], label: str, depth: int, limit: int) -> tuple[list[str], str]:
    """Return the entities within ``depth`` steps of some, nearest first, and the sentence that says so."""
    kept, edge, steps = dict.fromkeys(centres), list(centres), 0
    while edge and steps < depth and len(kept) <= limit:
        # Around a country the page shows what is in it.
        edge = links.ranked(links.around(edge, far=steps == 0) - kept.keys())
        kept |= dict.fromkeys(edge)
        steps += 1
    why = f"This page shows what lies within {_count(depth, 'step')} of {label}."
    if len(kept) > limit:
        why = (
            f"This page shows the {limit:,} nearest and best connected of what lies within {_count(depth, 'step')} of {label}."
        )
    return list(kept)[:limit], why


def hit_hardest(links: Links, losers: Iterable[tuple[str, list[str]]], losing: int, limit: int) -> tuple[list[str], str]:
    """Return the entities that lose most, with the paths to them and what they need, and the sentence that says so.

    Parameters
    ----------
    links
        The links between entities.
    losers
        Each entity that loses something, hardest hit first, with the path from the shock to it.
    losing
        How many entities lose something.
    limit
        The most entities.
    """
    kept: dict[str, None] = {}
    complete = True
    for _, path in losers:
        fresh = [iri for iri in path if iri not in kept and iri in links]
        complete = len(kept) + len(fresh) <= limit
        if not complete:
            # Of a path that does not fit, the part where the harm begins.
            kept |= dict.fromkeys(fresh[: limit if not kept else 0])
            break
        kept |= dict.fromkeys(fresh)
    lost = len(kept)
    for needs in links.needs_of_each(list(kept)) if complete else ():
        kept |= dict.fromkeys(links.ranked(needs - kept.keys())[: limit - len(kept)])
        if len(kept) == limit:
            break
    if complete:
        why = f"This page shows the {_count(lost, 'entity', 'entities')} that lose something, and what they need."
    else:
        why = (
            f"Of {losing:,} entities that lose something, this page shows {lost:,}: the hardest hit, and how harm came to them."
        )
    return list(kept), why


def _paths(reports: Sequence[ImpactReport]) -> list[tuple[str, list[str]]]:
    """Return each entity that loses something, hardest hit first, with the path from the shock to it."""
    worst: dict[str, tuple[float, list[str]]] = {}
    for report in reports:
        impacts = {impact.entity: impact for impact in report.impacts}
        for iri, impact in impacts.items():
            if iri not in worst or impact.loss > worst[iri][0]:
                worst[iri] = impact.loss, path_to(impact, impacts.get)
    return [(iri, worst[iri][1]) for iri in sorted(worst, key=lambda iri: (-worst[iri][0], iri))]


def losers_of(report: ImpactReport) -> Iterator[tuple[str, list[str]]]:
    """Yield what ``_paths`` returns for one report, each when it is looked at: a shock may reach a million entities."""
    return report.impacts.paths() if isinstance(report.impacts, LossRows) else iter(_paths([report]))


def path_to(impact: Impact, find: Callable[[str], Impact | None]) -> list[str]:
    """Return the entities from the shock to an impact, which comes last; ``find`` returns the impact on an entity."""
    path: list[str] = []
    current: Impact | None = impact
    while current is not None:
        path.append(current.entity)
        step, causes = current.step, [find(name) for name in entity_loss(current).causes]
        current = next((cause for cause in causes if cause is not None and cause.step < step), None)
    return path[::-1]


def _excerpt(kept: frozenset[str], drawn: frozenset[str], facts: Iterable[Fact], why: str) -> Excerpt:
    """Return the excerpt of what is kept, with the numbers of what is not."""
    left_out, links = 0, set()
    for fact in facts:
        inside = [end in kept for end in fact.ends]
        left_out += not any(inside)
        if fact.link and not all(inside):
            links.add((fact.kind, *fact.ends))
    return Excerpt(kept, len(drawn) - len(kept), len(links), left_out, why)


def _count(count: int, singular: str, plural: str = "") -> str:
    return f"{count:,} {singular if count == 1 else plural or singular + 's'}"


def _too_many(count: int, limit: int, graph: _Graph) -> str:
    named = ", ".join(local_name(iri) for iri in graph.best(_CANDIDATES))
    return (
        f"the graph has {count:,} entities, more than the {limit:,} of one page: name a --centre (best connected are {named}), "
        "a --shock or a --hit to show those that it hits hardest, a --portfolio, or a higher --limit"
    )


__all__ = ["DEPTH", "FAR", "LIMIT", "NEEDS", "Excerpt", "Links", "excerpt", "hit_hardest", "losers_of", "named_centre", "near"]
