"""Dependencies that come back to where they started: a loss that runs around one feeds itself."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, pairwise
from math import prod
from typing import TYPE_CHECKING, Any

from knockon.analysis.context import Context
from knockon.analysis.impact.impact import spans
from knockon.errors import UsageError
from knockon.model import CausalChain, Dependency, Relation
from knockon.network.network import NONE, Mode, Network
from knockon.vocabulary import UNKNOWN, local_name

if TYPE_CHECKING:
    import networkx as nx

#: Loops of more entities than this are not listed one by one: there may be too many to count.
LONGEST = 8
#: So many loops are listed; where there are more, the answer says so.
MOST = 10_000


def loops(dependencies: Iterable[Dependency]) -> list[tuple[Dependency, ...]]:
    """The loops of at most eight entities, each as its dependencies in order, the greatest product of criticalities first.

    >>> pair = [Dependency(id=f"urn:x:{a}{b}", dependant=f"urn:x:{a}", need=f"urn:x:{b}") for a, b in ("ab", "ba")]
    >>> [d.id for d in loops(pair)[0]]
    ['urn:x:ab', 'urn:x:ba']
    """
    import networkx as nx

    # How suppliers combine is left out here: the order is of criticalities, not of losses.
    graph = nx.DiGraph()
    for d in sorted(dependencies, key=lambda d: (d.interval.point, d.id)):
        # Of several links between the same two, the strongest stands for all.
        for source in (d.need, *(s.provider for s in d.supply)):
            graph.add_edge(d.dependant, source, link=d)
    cycles = nx.simple_cycles(graph, length_bound=LONGEST)
    found = [tuple(graph.edges[a, b]["link"] for a, b in around) for around in _around(cycles)]
    return sorted(found, key=_weight)


def _weight(loop: tuple[Dependency, ...]) -> tuple[float, int, str]:
    product = 1.0
    for d in loop:
        product *= d.interval.point
    return -product, len(loop), loop[0].id


def reinforcing(
    context: Context,
    *,
    through: str | None = None,
    length: int = LONGEST,
    supposing: Sequence[tuple[str, str]] = (),
    most: int = MOST,
) -> dict[str, Any]:
    """The loops of a network, strongest first, each link with its evidence.

    The strength of a loop is the product of what its links pass on (point
    values, with the products of the low and of the high ends): the part of a
    loss that is left when it has gone around once. A link passes on its
    criticality, times the share of the supplier where shares are given. Where
    other suppliers stand beside one (AnyOf, AtLeast) it passes on so much only
    if they fail too: such a link is ``partial``, the strength of its loop is
    what is left at most, and its low end is 0. Of loops of equal strength those
    without such a link come first.

    Parameters
    ----------
    ground
        The world the question is asked in.
    through
        Only loops through this entity (IRI, local name or label).
    length
        The most entities in a loop; ``longer`` in the answer says that longer ones may exist.
    supposing
        Links (dependant, need) to think of as there, of unknown criticality: which loops would they close?
    most
        So many loops are listed; beyond it ``truncated`` is true, and stronger ones may be among those not listed.

    Returns
    -------
    dict
        ``loops``, and ``said``: what the records say of effects of scale in
        words, which is no dependency and closes no loop, with its stance.
        ``supposing`` says of each link whether the graph ``stated`` it already.

    Raises
    ------
    NotFound
        No such entity.
    UsageError
        A length or number below 1.
    """
    if length < 1 or most < 1:
        raise UsageError("the length and the number of loops must be at least 1")
    compiled = context.compiled()
    graph = _links(compiled.network)
    for link in supposing:
        if not isinstance(link, tuple | list) or len(link) != 2:
            raise UsageError(f"supposing takes pairs of names, (dependant, need), not {link!r}")
    pairs = [(context.entity(dependant).id, context.entity(need).id) for dependant, need in supposing]
    supposed = [{"dependant": a, "need": b, "stated": graph.has_edge(a, b)} for a, b in pairs]
    graph.add_edges_from((pair for pair in pairs if not graph.has_edge(*pair)), slot=None, supply=NONE)
    start = context.entity(through).id if through is not None else None
    cycles = list(islice(_around(_cycles(graph, start, length)), min(most, sys.maxsize - 1) + 1))
    found = [_loop(context, compiled.network, graph, around) for around in cycles[:most]]
    return {
        "loops": sorted(found, key=lambda loop: (-loop["strength"], loop["partial"], loop["length"], loop["entities"])),
        "through": start,
        "length": length,
        "supposing": supposed,
        "most": most,
        "longer": _larger(graph, start, length),
        "truncated": len(cycles) > most,
        "said": _said(context),
        "parameters": context.options.parameters(),
        "network_hash": compiled.network.hash,
        "left_out": dict(sorted(compiled.left_out.items())),
        "fallen": list(context.world.fallen),
        "not_holding": context.not_holding,
    }


def _links(network: Network) -> nx.DiGraph:
    """From each dependant to its needs and providers; of several links between the same two the strongest, then a whole one."""
    import networkx as nx

    edges = network.edges
    rows = zip(edges.owner.tolist(), edges.source.tolist(), edges.slot.tolist(), edges.supply.tolist(), strict=True)

    def rank(row: tuple[int, int, int, int]) -> tuple[float, bool, int, int]:
        _, _, slot, supply = row
        return -network.weights[1, slot] * _share(network, slot, supply), _partial(network, slot, supply), supply, slot

    graph = nx.DiGraph()
    for owner, source, slot, supply in sorted(rows, key=rank):
        ends = network.nodes[owner], network.nodes[source]
        if not graph.has_edge(*ends):
            graph.add_edge(*ends, slot=slot, supply=supply)
    return graph


def _share(network: Network, slot: int, supply: int) -> float:
    """The part of a need that a supplier meets; all of it where suppliers do not share it."""
    return float(network.supply_share[supply]) if supply != NONE and network.mode[slot] == Mode.SHARES else 1.0


def _partial(network: Network, slot: int, supply: int) -> bool:
    """Whether other suppliers stand beside this one, so that it may fail and nothing is lost."""
    if supply == NONE or network.mode[slot] not in {Mode.ANY_OF, Mode.AT_LEAST}:
        return False
    must = 1 if network.mode[slot] == Mode.ANY_OF else network.at_least[slot]
    return bool(network.supply_start[slot + 1] - network.supply_start[slot] > must)


def _around(cycles: Iterable[Sequence[str]]) -> Iterator[list[tuple[str, str]]]:
    """The links of each cycle, beginning with the least of its names."""
    for cycle in cycles:
        at = cycle.index(min(cycle))
        yield list(pairwise([*cycle[at:], *cycle[:at], cycle[at]]))


def _cycles(graph: nx.DiGraph, start: str | None, length: int) -> Iterator[Sequence[str]]:
    import networkx as nx

    if start is None:
        yield from nx.simple_cycles(graph, length_bound=length)
    elif start in graph:
        yield from _through(graph, start, length)


def _through(graph: nx.DiGraph, start: str, length: int) -> Iterator[list[str]]:
    """The cycles through a node: paths from it, never further away than there are links left to come back."""
    import networkx as nx

    back = nx.single_source_shortest_path_length(graph.reverse(copy=False), start, cutoff=length)
    path = [start]
    ahead = [iter(sorted(graph[start]))]
    while ahead:
        node = next(ahead[-1], None)
        if node is None:
            ahead.pop()
            path.pop()
        elif node == start:
            yield list(path)
        elif node not in path and len(path) + back.get(node, length) <= length:
            path.append(node)
            ahead.append(iter(sorted(graph[node])))


def _larger(graph: nx.DiGraph, start: str | None, length: int) -> bool:
    """Whether loops of more entities than ``length`` may exist: so many reach each other."""
    import networkx as nx

    return any(len(part) > length for part in nx.strongly_connected_components(graph) if start is None or start in part)


def _loop(context: Context, network: Network, graph: nx.DiGraph, around: list[tuple[str, str]]) -> dict[str, Any]:
    links = [_link(context, network, a, b, **graph.edges[a, b]) for a, b in around]
    low, point, high = (prod(link["passes"][end] for link in links) for end in ("low", "point", "high"))
    names = [a for a, _ in around]
    return {
        "entities": names,
        "ids": [local_name(iri) for iri in names],
        "length": len(names),
        "strength": point,
        "strength_low": low,
        "strength_high": high,
        "partial": any(link["partial"] for link in links),
        "inferred": sum(link["inferred"] for link in links),
        "supposed": sum(link["supposed"] for link in links),
        "links": links,
    }


def _link(context: Context, network: Network, dependant: str, source: str, *, slot: int | None, supply: int) -> dict[str, Any]:
    names = network.slot_records[slot] if slot is not None else ()
    records = [r for name in names if isinstance(r := context.records[name], Dependency)]
    weights = network.weights[:, slot].tolist() if slot is not None else list(UNKNOWN)
    share = _share(network, slot, supply) if slot is not None else 1.0
    partial = slot is not None and _partial(network, slot, supply)
    low, point, high = (weight * share for weight in weights)
    return {
        "dependant": dependant,
        "need": source if slot is None else network.nodes[network.slot_need[slot]],
        "provider": None if supply == NONE else source,
        "dependency": records[0].id if records else None,
        "dependencies": [r.id for r in records],
        "criticality": dict(zip(("low", "point", "high"), weights, strict=True)),
        "share": share,
        "passes": {"low": 0.0 if partial else low, "point": point, "high": high},
        "partial": partial,
        "inferred": any(r.inferred for r in records),
        "judged": sorted({name for r in records for name in r.judged}),
        "supposed": slot is None,
        "evidence": spans(e for r in records for e in r.evidence),
    }


def _said(context: Context) -> list[dict[str, Any]]:
    """Relations that say by what somebody scales, and chains about the same ideas, whatever their stance."""
    scales = [r for r in context.store.records if isinstance(r, Relation) and r.relation_type == "scalesBy"]
    ideas = {r.object for r in scales}
    chains = [r for r in context.store.records if isinstance(r, CausalChain) and ideas & {i for s in r.step for i in s.about}]
    return [
        *(_statement(r, f"{_label(context, r.subject)} scales by {_label(context, r.object)}") for r in scales),
        *(_statement(c, f"{c.label} ({c.chain_kind.value})") for c in chains),
    ]


def _statement(record: Relation | CausalChain, text: str) -> dict[str, Any]:
    steps = record.step if isinstance(record, CausalChain) else ()
    cited = [*record.evidence, *(e for step in steps for e in step.evidence)]
    # A chain may carry its stance on its steps only.
    stances = sorted({e.stance.value for e in cited})
    return {"record": record.id, "id": record.name, "text": text, "stances": stances, "evidence": spans(cited)}


def _label(context: Context, iri: str) -> str:
    return str(getattr(context.records.get(iri), "label", None) or local_name(iri))


__all__ = ["LONGEST", "MOST", "loops", "reinforcing"]
