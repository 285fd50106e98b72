"""Dependencies that come back to where they started."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from knockon.model import Dependency

#: Loops of more entities than this are not listed one by one: there may be too many to count.
LONGEST = 8


def loops(dependencies: Iterable[Dependency]) -> list[tuple[Dependency, ...]]:
    """The loops of at most eight entities, each as its dependencies in order, strongest first.

    >>> pair = [Dependency(id=f"urn:x:{a}{b}", dependant=f"urn:x:{a}", need=f"urn:x:{b}") for a, b in ("ab", "ba")]
    >>> [d.id for d in loops(pair)[0]]
    ['urn:x:ab', 'urn:x:ba']
    """
    import networkx as nx

    graph = nx.DiGraph()
    for d in sorted(dependencies, key=lambda d: (d.interval.point, d.id)):
        # Of several links between the same two, the strongest stands for all.
        for source in (d.need, *(s.provider for s in d.supply)):
            graph.add_edge(d.dependant, source, link=d)
    found = []
    for cycle in nx.simple_cycles(graph, length_bound=LONGEST):
        start = cycle.index(min(cycle))
        around = [*cycle[start:], *cycle[:start], cycle[start]]
        found.append(tuple(graph.edges[a, b]["link"] for a, b in pairwise(around)))
    return sorted(found, key=_weight)


def _weight(loop: tuple[Dependency, ...]) -> tuple[float, int, str]:
    product = 1.0
    for d in loop:
        product *= d.interval.point
    return -product, len(loop), loop[0].id
