"""Loops of dependencies, around which a loss returns to the entity that it started from."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from math import prod
from typing import TYPE_CHECKING

from knockon.analysis.answer_parts import Range, cite
from knockon.analysis.context import Context
from knockon.analysis.labels import label_of
from knockon.analysis.structure.links import dependency_link
from knockon.analysis.structure.loops_answer import Loop, LoopLink, Loops, ScaleStatement, SupposedLink
from knockon.errors import UsageError
from knockon.model import CausalChain, Dependency, Record, Relation
from knockon.network.network import NONE, Network
from knockon.propagation.structure.cycles import (
    cycles,
    cycles_through,
    is_loop,
    link_graph,
    link_pairs,
    longer_exist,
)
from knockon.vocabulary import UNKNOWN

if TYPE_CHECKING:
    import networkx as nx

#: The most entities in a loop that is listed: there may be too many longer ones to enumerate.
LONGEST = 8
#: The most loops that are listed; where there are more, the answer says so.
MOST = 10_000


def dependency_loops(dependencies: Iterable[Dependency], through: Iterable[str] | None = None) -> list[tuple[Dependency, ...]]:
    """Return the loops of at most eight entities as dependencies in order, the greatest product of criticalities first.

    ``through`` are entities (IRIs) of which each loop has at least one; None: all loops.

    >>> pair = [Dependency(id=f"urn:x:{a}{b}", dependant=f"urn:x:{a}", need=f"urn:x:{b}") for a, b in ("ab", "ba")]
    >>> [d.id for d in dependency_loops(pair)[0]]
    ['urn:x:ab', 'urn:x:ba']
    """
    import networkx as nx

    # The order is by criticalities, not by losses, so how suppliers combine has no effect.
    graph = nx.DiGraph()
    for d in sorted(dependencies, key=lambda d: (d.interval.point, d.id)):
        # Of several links between the same two entities, the strongest is added last and replaces the others.
        for source in (d.need, *(s.provider for s in d.supply)):
            graph.add_edge(d.dependant, source, link=d)
    every_loop = link_pairs(cycles(graph, None, LONGEST) if through is None else cycles_through(graph, through, LONGEST))
    loops = [tuple(graph.edges[pair]["link"] for pair in pairs) for pairs in every_loop]
    return sorted(loops, key=_by_weight)


def _by_weight(loop: tuple[Dependency, ...]) -> tuple[float, int, str]:
    product = 1.0
    for d in loop:
        product *= d.interval.point
    return -product, len(loop), loop[0].id


def find_loops(
    context: Context,
    *,
    through: str | None = None,
    length: int = LONGEST,
    supposing: Sequence[tuple[str, str]] = (),
    most: int = MOST,
) -> Loops:
    """Return the loops of a network, strongest first, each link with its evidence.

    The strength of a loop is the product of the factors of its links (at the point,
    and at the low and the high ends): the part of a loss that is left after one pass around the loop.
    The factor of a link is its criticality, times the share of the supplier where shares are stated. Where
    other suppliers can replace the one of the link (AnyOf, AtLeast), the link passes on that
    part only if they fail as well: such a link is ``partial``, the strength of its
    loop is the most that can be left, and the low end is 0.

    Parameters
    ----------
    context
        The world of the question.
    through
        Only loops through this entity (IRI, local name or label).
    length
        The most entities in a loop.
    supposing
        Links (dependant, need) that are assumed to exist, with an unknown criticality.
    most
        The most loops that are listed.

    Raises
    ------
    NotFound
        No entity has this name.
    UsageError
        ``length`` or ``most`` is below 1, or a supposed link is not a pair of names.
    """
    if length < 1 or most < 1:
        raise UsageError("the length and the number of loops must be at least 1")
    compiled = context.compiled()
    graph = link_graph(compiled.network)
    supposed = _suppose(context, graph, supposing)
    start = context.entity(through).id if through is not None else None
    # One loop more than is listed shows whether there are more.
    every = (pairs for pairs in link_pairs(cycles(graph, start, length)) if is_loop(compiled.network, graph, pairs))
    enumerated = list(islice(every, min(most, sys.maxsize - 1) + 1))
    loops = [_loop(context, compiled.network, graph, pairs) for pairs in enumerated[:most]]
    return Loops(
        run=context.run_info(compiled),
        loops=tuple(sorted(loops, key=lambda loop: (-loop.strength, loop.partial, loop.length, loop.entities))),
        through=start,
        length=length,
        supposing=supposed,
        most=most,
        longer=longer_exist(graph, start, length),
        more_exist=len(enumerated) > most,
        statements=_scale_statements(context),
    )


def _suppose(context: Context, graph: nx.DiGraph, links: Sequence[tuple[str, str]]) -> tuple[SupposedLink, ...]:
    """Add links to a graph; return them with whether the graph had them already."""
    for link in links:
        if not isinstance(link, tuple | list) or len(link) != 2:
            raise UsageError(f"supposing takes pairs of names, (dependant, need), not {link!r}")
    pairs = [(context.entity(dependant).id, context.entity(need).id) for dependant, need in links]
    supposed = tuple(SupposedLink(a, b, graph.has_edge(a, b)) for a, b in pairs)
    graph.add_edges_from((pair for pair in pairs if not graph.has_edge(*pair)), slot=None, supply=NONE)
    return supposed


def _loop(context: Context, network: Network, graph: nx.DiGraph, pairs: list[tuple[str, str]]) -> Loop:
    """Return the loop along some links (dependant, source)."""
    links = tuple(_link(context, network, a, b, **graph.edges[a, b]) for a, b in pairs)
    return Loop(
        entities=tuple(a for a, _ in pairs),
        strength=prod(link.passes.point for link in links),
        strength_low=prod(link.passes.low for link in links),
        strength_high=prod(link.passes.high for link in links),
        links=links,
    )


def _link(context: Context, network: Network, dependant: str, source: str, *, slot: int | None, supply: int) -> LoopLink:
    """Return a link of a loop; without a slot it is a link that the question supposes."""
    if slot is not None:
        return LoopLink(**vars(dependency_link(context, network, (dependant, source), slot, supply)), supposed=False)
    return LoopLink(
        dependant=dependant,
        need=source,
        provider=None,
        dependencies=(),
        criticality=Range(*UNKNOWN),
        share=1.0,
        partial=False,
        unknown=True,
        inferred=False,
        judged=(),
        supposed=True,
        evidence=(),
    )


def _scale_statements(context: Context) -> tuple[ScaleStatement, ...]:
    """Return the relations that state an effect of scale, and the chains about the same concepts, whatever their stance."""
    scales = [r for r in context.held.of_class(Relation) if r.relation_type == "scalesBy"]
    concepts = {r.object for r in scales}
    chains = [r for r in context.held.of_class(CausalChain) if concepts & {i for s in r.step for i in s.about}]
    names = context.records
    return (
        *(_statement(r, f"{label_of(names, r.subject)} scales by {label_of(names, r.object)}", names) for r in scales),
        *(_statement(c, f"{c.label} ({c.chain_kind.value})", names) for c in chains),
    )


def _statement(record: Relation | CausalChain, text: str, names: Mapping[str, Record]) -> ScaleStatement:
    steps = record.step if isinstance(record, CausalChain) else ()
    evidence = [*record.evidence, *(e for step in steps for e in step.evidence)]
    # A chain may have evidence, and so stances, on its steps only.
    stances = tuple(sorted({e.stance.value for e in evidence}))
    return ScaleStatement(record.id, record.name, text, stances, cite(evidence, names))


__all__ = ["LONGEST", "MOST", "dependency_loops", "find_loops"]
