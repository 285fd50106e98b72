r"""The most harmful paths from what a shock hits to an entity, each alone.

A path is a chain of links that visits no entity twice, from a thing that is
hit to the entity. Its harm is the loss that arrives along it:

.. math::

   harm_0 &= severity, \qquad harm_{i+1} = \min(c_r \cdot through_r(harm_i),\ loss_{owner(r)})

   through_r(x) &= x \text{ for a need and for all-of}, \qquad share_s \cdot x \text{ for shares},

   through_r(x) &= \min(x,\ \text{k-th smallest loss of the other supplies}) \text{ for at-least-k; any-of: k = 1}

with the point of each criticality c and severity (and of shares that no record
states, which are equal there), and for the other supplies,
which must fail together with this one, the losses that the model gives them.
No link raises a harm, so a best-first search gives the k most harmful paths
exactly.

Its share is its harm divided by the loss of the entity. Paths share links, and a
loss is not the sum of paths, so shares do not add up to one. The binding path, the
links that make the loss what it is, comes first: under ``leontief``, where
nothing is lost by shares, its harm is the loss. ``reach`` knows no weights, and
every path has harm 1; under ``timeline`` losses are the greatest of all times
and stocks show in them alone; under ``chance`` the harm is the probability that
the entity fails by this path, within the noise of the draws.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from knockon.analysis.impact.causal_trace import CausalTrace
from knockon.analysis.methods import METHODS, REGISTRY
from knockon.errors import UsageError
from knockon.network.hits import NODE, SLOT
from knockon.network.network import NONE, Floats, Mode
from knockon.network.resolve import ResolvedShock, Target, to_hits
from knockon.propagation.ways_to import fewest_links, greatest_products

#: The most unfinished paths that are followed; beyond it the search ends, and the answer says that it is not complete.
LIMIT = 50_000
_HARM = REGISTRY["harm"]
#: The combinations by their numbers: a search looks at very many links.
_SHARES, _ANY_OF, _WHOLLY = int(Mode.SHARES), int(Mode.ANY_OF), frozenset({int(Mode.ALL_OF), int(Mode.DISPUTED)})


def harm_definition(*forms: str) -> str:
    """Return what the harm and the share of a path are, in the forms of these names.

    >>> harm_definition("given").endswith("the way on which it fails.")
    True
    """
    chosen = [_HARM.forms[name] for name in forms]
    equations = [*_HARM.equations, *(text for form in chosen for text in form.equations)]
    caveats = [_HARM.caveat, *(form.caveat for form in chosen)]
    return f"{'. '.join(text[0].upper() + text[1:] for text in equations)}. {' '.join(caveats)}"


class Step(NamedTuple):
    """One link of a path: the slot, the supply (-1: the need), the source (-1: the link is hit), the harm behind it."""

    slot: int
    supply: int
    source: int
    owner: int
    harm: float


@dataclass(frozen=True)
class Path:
    """Links from what is hit to an entity, and the loss that arrives along them alone (0..1)."""

    target: Target
    steps: tuple[Step, ...]
    harm: float
    binding: bool = False

    @property
    def edges(self) -> tuple[tuple[int, int, int], ...]:
        """The slot, the supply and the source of each link, which identify the path."""
        return tuple(step[:3] for step in self.steps)


@dataclass(frozen=True)
class Paths:
    """Paths, the binding one first, then by harm; not ``complete`` where the search was cut off before it had them all."""

    paths: tuple[Path, ...]
    complete: bool


def most_harmful(cause: CausalTrace, node: int, count: int = 3, *, limit: int = LIMIT) -> Paths:
    """Return the binding path to a node and the most harmful other paths, at most ``count`` together.

    Of paths with equal harm the shorter comes first, then the one with the smaller numbers of slots and supplies.

    Raises
    ------
    UsageError
        The count is below 1.
    """
    if count < 1:
        raise UsageError(f"paths must be 1 or more, not {count}")
    search = _Search(cause, node)
    binding = search.binding()
    paths, complete = search.best(count if count > 1 else 0, limit)
    others = [path for path in paths if path.edges != binding.edges]
    return Paths((binding, *others[: count - 1]), complete)


@dataclass(order=True)
class _PartialPath:
    """An unfinished path, in the order of the search.

    First comes the one with the greatest harm that it can reach (``bound``: its negative), then the one that can become the
    shortest, then the one with the smallest numbers of slots and supplies (``rows``).
    """

    bound: float
    length: int
    rows: tuple[tuple[int, int], ...]
    node: int = field(compare=False)
    steps: tuple[Step, ...] = field(compare=False)
    harm: float = field(compare=False)
    target: Target = field(compare=False)


class _Search:
    """Paths to one node under one shock."""

    def __init__(self, cause: CausalTrace, node: int) -> None:
        self.cause, self.network, self.node = cause, cause.network, node
        self.unweighted = not METHODS[cause.result.model].graded
        self.loss: Floats = cause.result.all_nodes.loss[cause.row]
        self.hits, _ = to_hits(self.network, [cause.outcome.resolved[cause.row]])
        self.supply_hits: Floats = self.hits.initial_losses(self.network, 0, 1).supply
        #: For each node the greatest product of weights and shares on a path to the entity, and the fewest links.
        self.gain = greatest_products(self.network.edges, self._factors(), node)
        self.distance = fewest_links(self.network.edges, self.network.inner_edges, node)

    def best(self, count: int, limit: int) -> tuple[list[Path], bool]:
        """Return the most harmful paths, and whether the search was completed within the limit."""
        paths: list[Path] = []
        starts = self._starts() if count else ()
        heap = [self._partial_path(node, _rows(steps), steps, harm, target) for node, steps, harm, target in starts]
        heapq.heapify(heap)
        while heap and len(paths) < count:
            if limit <= 0:
                return paths, False
            limit -= 1
            partial = heapq.heappop(heap)
            if partial.node == self.node:
                paths.append(Path(partial.target, partial.steps, partial.harm))
                continue
            # A path visits no entity twice, with its provisions or without; the first step of a hit on a link has no source.
            entity = self.network.entity
            visited = {int(entity[step.source]) for step in partial.steps if step.source != NONE}
            visited.add(int(entity[partial.node]))
            for step in self._links(partial.node, partial.harm):
                if int(entity[step.owner]) not in visited and self.gain[step.owner] > 0:
                    rows, steps = (*partial.rows, (step.slot, step.supply)), (*partial.steps, step)
                    heapq.heappush(heap, self._partial_path(step.owner, rows, steps, step.harm, partial.target))
            for node, harm in self._as_whole(partial):
                steps = _ending_at(partial.steps, node, harm)
                heapq.heappush(heap, self._partial_path(node, partial.rows, steps, harm, partial.target))
        return sorted(paths, key=lambda path: (-path.harm, len(path.steps))), True

    def binding(self) -> Path:
        """Return the path along the links that make the loss of the node what it is."""
        target = self.cause.origin(self.node)
        links = list(reversed(list(self.cause.path(self.node))))
        first = self.node if not links else links[0].source
        harm = self._initial_harm(target, first)
        steps = []
        for link in links:
            source = NONE if link.source is None else link.source
            harm = min(
                self._step(link.slot, link.supply, source, harm).harm, 1.0 if self.unweighted else float(self.loss[link.node])
            )
            steps.append(Step(link.slot, link.supply, source, link.node, harm))
        return Path(target, tuple(steps), harm, binding=True)

    def _initial_harm(self, target: Target, node: int | None) -> float:
        """Return the harm at the start of a path: the severity of the hit, but at most what a node that is hit loses."""
        severity = 1.0 if self.unweighted else target.interval.point
        return severity if node is None else min(severity, float(self.loss[node]))

    def _partial_path(
        self, node: int, rows: tuple[tuple[int, int], ...], steps: tuple[Step, ...], harm: float, target: Target
    ) -> _PartialPath:
        # Products of the same numbers in another order differ in their last digits.
        bound = -round(harm * self.gain[node], 12)
        return _PartialPath(bound, len(steps) + int(self.distance[node]), rows, node, steps, harm, target)

    def _starts(self) -> Iterator[tuple[int, tuple[Step, ...], float, Target]]:
        """Yield the beginning of the paths from each hit: the first node, the link before it if any, the harm, the target."""
        network = self.network
        for (kind, index), target in self._targets().items():
            if kind == NODE:
                # A hit on an entity is one on itself without its provisions, where it has such a node.
                twin = int(network.twin[index])
                start = index if twin == NONE else twin
                harm = self._initial_harm(target, start)
                if harm > 0 and self.gain[start] > 0:
                    yield start, (), harm, target
                continue
            if kind == SLOT:
                links = [(slot, NONE) for slot in network.together(index).tolist()]
            else:
                links = [(int(network.supply_slot[index]), index)]
            for slot, supply in links:
                step = self._step(slot, supply, NONE, self._initial_harm(target, None))
                if step.harm > 0 and self.gain[step.owner] > 0:
                    yield step.owner, (step,), step.harm, target

    def _targets(self) -> dict[tuple[int, int], Target]:
        """Return the targets of the shock by kind and row in the network; of several hits on a row the most severe."""
        targets: dict[tuple[int, int], Target] = {}
        for target in self.cause.outcome.resolved[self.cause.row].targets:
            hits, _ = to_hits(self.network, [ResolvedShock((target,), ())])
            for place in zip(hits.kind.tolist(), hits.index.tolist(), strict=True):
                if place not in targets or target.interval.point > targets[place].interval.point:
                    targets[place] = target
        return {place: target for place, target in targets.items() if target.interval.point > 0}

    def _links(self, source: int, harm: float) -> Iterator[Step]:
        """Yield the links from a node along which some of a harm is passed on."""
        edges = self.network.edges
        for edge in edges.out[edges.out_start[source] : edges.out_start[source + 1]].tolist():
            slot, supply = int(edges.slot[edge]), int(edges.supply[edge])
            if self.network.entity[source] == self.network.entity[edges.owner[edge]]:
                continue  # See _as_whole.
            step = self._step(slot, supply, source, harm)
            if step.harm > 0:
                yield step

    def _as_whole(self, partial: _PartialPath) -> Iterator[tuple[int, float]]:
        """Yield the entity of a node without its provisions, and the harm that has arrived there: no step of its own."""
        entity = int(self.network.entity[partial.node])
        if entity != partial.node and self.gain[entity] > 0:
            yield entity, partial.harm

    def _step(self, slot: int, supply: int, source: int, harm: float) -> Step:
        """Return the link along a slot, given the harm before it; a part of a whole leads on to the whole at once."""
        network = self.network
        after, owner = self._harm_after(slot, supply, harm), int(network.slot_owner[slot])
        while owner >= network.entities and (outer := int(network.outer_supply[owner - network.entities])) != NONE:
            inner_slot = int(network.supply_slot[outer])
            after, owner = self._harm_after(inner_slot, outer, after), int(network.slot_owner[inner_slot])
        return Step(slot, supply, source, owner, after)

    def _harm_after(self, slot: int, supply: int, harm: float) -> float:
        """Return the harm behind a link, given the harm before it."""
        if self.unweighted:
            return 1.0
        owner = self.network.slot_owner[slot]
        through = harm if supply == NONE else self._through(slot, supply, harm)
        return min(float(self.network.weights[1, slot]) * through, float(self.loss[owner]))

    def _through(self, slot: int, supply: int, harm: float) -> float:
        """Return how much of its slot is short when a supply loses ``harm``."""
        network, mode = self.network, int(self.network.mode[slot])
        if mode == _SHARES:
            return float(network.supply_share[supply]) * harm
        if mode in _WHOLLY:
            return harm
        others = np.setdiff1d(np.arange(network.supply_start[slot], network.supply_start[slot + 1]), [supply])
        lost = np.sort(np.maximum(self.supply_hits[others], self.loss[network.supply_provider[others]])).tolist()
        least = 1 if mode == _ANY_OF else max(int(network.at_least[slot]), 1)
        return min(harm, lost[least - 1]) if least <= len(lost) else harm

    def _factors(self) -> Floats:
        """Return the most by which each link multiplies a harm: its criticality, times the share of the supply."""
        network, edges = self.network, self.network.edges
        if self.unweighted:
            return np.ones(len(edges.source))
        shared = (edges.supply != NONE) & (network.mode[edges.slot] == Mode.SHARES)
        factors: Floats = network.weights[1, edges.slot].astype(float)
        factors[shared] *= network.supply_share[edges.supply[shared]].astype(float)
        return factors


def _rows(steps: tuple[Step, ...]) -> tuple[tuple[int, int], ...]:
    """Return the numbers of the slots and supplies of some steps."""
    return tuple((step.slot, step.supply) for step in steps)


def _ending_at(steps: tuple[Step, ...], node: int, harm: float) -> tuple[Step, ...]:
    """Return steps with another end: the entity in place of itself without its provisions."""
    return (*steps[:-1], steps[-1]._replace(owner=node, harm=harm)) if steps else ()
