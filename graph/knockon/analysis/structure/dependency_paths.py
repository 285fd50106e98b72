"""The chains of dependencies by which one entity rests on another, whatever the shock."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice, pairwise
from math import prod
from typing import TYPE_CHECKING, ClassVar

from knockon.analysis.answer import Answer
from knockon.analysis.context import Context
from knockon.analysis.labels import label_of
from knockon.analysis.run_info import RunAnswer
from knockon.analysis.structure.links import DependencyLink, dependency_link
from knockon.errors import UsageError
from knockon.network.network import Network
from knockon.propagation.structure.cycles import is_chain
from knockon.propagation.structure.lazy_links import lazy_link_graph
from knockon.vocabulary import local_name

if TYPE_CHECKING:
    import networkx as nx

#: The most chains that are looked at; beyond it the answer says that it is not complete.
TRIED = 10_000


@dataclass(frozen=True)
class DependencyPath(Answer):
    """A chain of dependencies that visits no entity twice.

    Attributes
    ----------
    entities
        The entities (IRIs), from the dependant to what it rests on.
    ids
        Their local names.
    length
        The number of links.
    strength, strength_low, strength_high
        The part (0..1) of a loss that the chain passes on: the product of what its links pass on, and its exact bounds.
    partial
        Whether other suppliers can take the place of one of the chain: then ``strength`` is the most that can pass.
    links
        The links in the order of ``entities``.
    """

    json_keys: ClassVar[tuple[str, ...]] = (
        "entities", "ids", "length", "strength", "strength_low", "strength_high", "partial", "links",
    )  # fmt: skip

    entities: tuple[str, ...]
    links: tuple[DependencyLink, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        """The local names of the entities."""
        return tuple(map(local_name, self.entities))

    @property
    def length(self) -> int:
        """The number of links."""
        return len(self.links)

    @property
    def strength(self) -> float:
        """The part of a loss that the chain passes on."""
        return prod(link.passes.point for link in self.links)

    @property
    def strength_low(self) -> float:
        """The lower bound of ``strength``."""
        return prod(link.passes.low for link in self.links)

    @property
    def strength_high(self) -> float:
        """The upper bound of ``strength``."""
        return prod(link.passes.high for link in self.links)

    @property
    def partial(self) -> bool:
        """Whether any link is partial."""
        return any(link.partial for link in self.links)


@dataclass(frozen=True, kw_only=True)
class DependencyPaths(RunAnswer):
    """The chains of dependencies by which one entity rests on another.

    Attributes
    ----------
    dependant, source
        The entity (IRI) that rests on the other one, and that other one.
    paths
        The chains: the shortest first, then the strongest.
    length
        The most links of a chain that was looked for.
    most
        The most chains that are listed.
    truncated
        Whether there are, or may be, more chains of that length.
    more_exist
        The same; in JSON as ``truncated``.
    longer
        Whether longer chains may exist.
    reverse
        Whether ``source`` rests on ``dependant`` by a chain of any length.
    labels
        The labels of the entities that are named, by IRI.
    """

    json_keys: ClassVar[tuple[str, ...]] = (
        "dependant", "source", "paths", "length", "most", "truncated", "longer", "reverse", "labels", "parameters",
        "network_hash", "left_out", "fallen", "not_holding", "confidence?", "same_as?",
    )  # fmt: skip

    dependant: str
    source: str
    paths: tuple[DependencyPath, ...]
    length: int
    most: int
    more_exist: bool
    longer: bool
    reverse: bool
    labels: Mapping[str, str]

    @property
    def truncated(self) -> bool:
        """Whether there are, or may be, more chains."""
        return self.more_exist


def find_paths(context: Context, dependant: str, source: str, *, length: int = 8, most: int = 100) -> DependencyPaths:
    """Return the chains of dependencies from one entity to another, the shortest first.

    Raises
    ------
    NotFound
        No entity has one of the names.
    UsageError
        ``length`` or ``most`` is below 1, or both names mean one entity.
    """
    if length < 1 or most < 1:
        raise UsageError("the length and the number of paths must be at least 1")
    first, last = context.entity(dependant).id, context.entity(source).id
    if first == last:
        raise UsageError("a path leads from one entity to another; both names mean the same one (loops are about one entity)")
    compiled = context.compiled()
    graph = lazy_link_graph(compiled.network)
    search = _Search(compiled.network, graph, first, last, length)
    chains = list(islice(search, most + 1))
    paths = [_path(context, compiled.network, graph, chain) for chain in chains[:most]]
    iris = {iri for path in paths for link in path.links for iri in (link.dependant, link.need, link.provider) if iri}
    return DependencyPaths(
        run=context.run_info(compiled),
        dependant=first,
        source=last,
        paths=tuple(sorted(paths, key=lambda path: (path.length, -path.strength, path.entities))),
        length=length,
        most=most,
        more_exist=len(chains) > most or search.cut,
        longer=search.longer,
        reverse=_reaches(graph, last, first),
        labels={iri: label_of(context.records, iri) for iri in sorted({first, last} | iris)},
    )


class _Search:
    """The chains between two entities in the order of their lengths; afterwards what was not looked at."""

    def __init__(self, network: Network, graph: nx.DiGraph, first: str, last: str, length: int) -> None:
        self.network, self.graph, self.first, self.last, self.length = network, graph, first, last, length
        self.cut, self.longer = False, False

    def __iter__(self) -> Iterator[list[str]]:
        import networkx as nx

        if not _reaches(self.graph, self.first, self.last):
            return
        for number, chain in enumerate(nx.shortest_simple_paths(self.graph, self.first, self.last)):
            self.longer = len(chain) - 1 > self.length
            self.cut = number >= TRIED
            if self.longer or self.cut:
                return
            if is_chain(self.network, self.graph, list(pairwise(chain))):
                yield chain


def _reaches(graph: nx.DiGraph, first: str, last: str) -> bool:
    import networkx as nx

    return first in graph and last in graph and nx.has_path(graph, first, last)


def _path(context: Context, network: Network, graph: nx.DiGraph, chain: list[str]) -> DependencyPath:
    links = tuple(dependency_link(context, network, pair, **graph.edges[pair]) for pair in pairwise(chain))
    return DependencyPath(tuple(chain), links)


__all__ = ["DependencyPath", "DependencyPaths", "find_paths"]
