r"""The most harmful paths from what a shock hits to an entity, each alone.

A path is a chain of links that visits no entity twice, from a thing that is
hit to the entity. Its harm is the loss that arrives along it:

.. math::

   harm_0 &= severity, \qquad harm_{i+1} = \min(c_r \cdot through_r(harm_i),\ loss_{owner(r)})

   through_r(x) &= x \text{ for a need and for all-of}, \qquad share_s \cdot x \text{ for shares},

   through_r(x) &= \min(x,\ \text{k-th smallest loss of the other supplies}) \text{ for at-least-k; any-of: k = 1}

with the point of each criticality c and severity (and of shares that nobody
stated, which are equal there), and for the other supplies,
which must fail together with this one, the losses that the model gives them.
No link raises a harm, so a best-first search gives the k most harmful paths
exactly.

Its share is its harm by the loss of the entity. Paths share links, and losses
are no sums of paths, so shares do not add up to one. The binding path, the
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
from knockon.errors import UsageError
from knockon.network.hits import NODE, SLOT
from knockon.network.network import NONE, Floats, Ints, Mode
from knockon.network.resolve import ResolvedShock, Target, to_hits

#: So many unfinished paths are followed before the search gives up, and says so.
LIMIT = 50_000
DEFINITION = (
    "The harm of a path is the loss that arrives along it alone: the severity of its hit times the criticality of each link "
    "(times the share of a supplier; where several suppliers must fail together, no more than the others lose), and at no "
    "entity more than it loses. Its share is that harm divided by the loss of the entity; paths overlap, so shares do not add "
    "up to one."
)


class Step(NamedTuple):
    """One link of a path: the slot, the supply (-1: the need), the source (-1: the link is hit), the harm after it."""

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
    def way(self) -> tuple[tuple[int, int, int], ...]:
        """Slot, supply and source of each link."""
        return tuple(step[:3] for step in self.steps)


@dataclass(frozen=True)
class Paths:
    """Paths, the binding one first, then by harm; not ``complete`` where the search was cut off before it had them all."""

    paths: tuple[Path, ...]
    complete: bool


def most_harmful(cause: CausalTrace, node: int, count: int = 3, *, limit: int = LIMIT) -> Paths:
    """The binding path to a node and the most harmful others, ``count`` together; ties: the shorter, then by rows.

    Raises
    ------
    UsageError
        A count below 1.
    """
    if count < 1:
        raise UsageError(f"paths must be 1 or more, not {count}")
    search = _Search(cause, node)
    binding = search.binding()
    found, complete = search.best(count if count > 1 else 0, limit)
    others = [path for path in found if path.way != binding.way]
    return Paths((binding, *others[: count - 1]), complete)


@dataclass(order=True)
class _Open:
    """A path on its way: by the most it can come to, then by the least length it can have, then by its rows."""

    most: float
    length: int
    rows: tuple[tuple[int, int], ...]
    here: int = field(compare=False)
    steps: tuple[Step, ...] = field(compare=False)
    harm: float = field(compare=False)
    target: Target = field(compare=False)


class _Search:
    """Paths to one node under one shock."""

    def __init__(self, cause: CausalTrace, node: int) -> None:
        self.cause, self.network, self.node = cause, cause.network, node
        self.flat = cause.result.model == "reach"
        self.loss: Floats = cause.result.loss[cause.row]
        self.hits, _ = to_hits(self.network, [cause.outcome.resolved[cause.row]])
        self.struck = self.hits.rows(self.network, 0, 1)
        self.gain, self.away = self._gains(), self._distances()

    def best(self, count: int, limit: int) -> tuple[list[Path], bool]:
        """The first paths by harm, and whether none was missed."""
        found: list[Path] = []
        heap = [self._open(*start) for start in self._starts()] if count else []
        heapq.heapify(heap)
        while heap and len(found) < count:
            if limit <= 0:
                return found, False
            limit -= 1
            one = heapq.heappop(heap)
            if one.here == self.node:
                found.append(Path(one.target, one.steps, one.harm))
                continue
            seen = {step.source for step in one.steps} | {one.here}
            for step in self._links(one.here, one.harm):
                if step.owner not in seen and self.gain[step.owner] > 0:
                    heapq.heappush(heap, self._open(step.owner, (*one.steps, step), step.harm, one.target))
        return sorted(found, key=lambda path: (-path.harm, len(path.steps))), True

    def binding(self) -> Path:
        """The path of the bindings."""
        target = self.cause.origin(self.node)
        links = list(reversed(list(self.cause.path(self.node))))
        first = self.node if not links else links[0].source
        harm = self._begun(target, first)
        steps = []
        for link in links:
            source = NONE if link.source is None else link.source
            harm = self._after(link.slot, link.supply, harm)
            steps.append(Step(link.slot, link.supply, source, link.node, harm))
        return Path(target, tuple(steps), harm, binding=True)

    def _begun(self, target: Target, node: int | None) -> float:
        """The harm that a path begins with: the severity, and no more than a node that is hit loses."""
        severity = 1.0 if self.flat else target.interval.point
        return severity if node is None else min(severity, float(self.loss[node]))

    def _open(self, here: int, steps: tuple[Step, ...], harm: float, target: Target) -> _Open:
        # Products of the same numbers in another order differ in their last digits.
        most = -round(harm * self.gain[here], 12)
        rows = tuple((step.slot, step.supply) for step in steps)
        return _Open(most, len(steps) + int(self.away[here]), rows, here, steps, harm, target)

    def _starts(self) -> Iterator[tuple[int, tuple[Step, ...], float, Target]]:
        network = self.network
        for (kind, index), target in self._hardest().items():
            steps: tuple[Step, ...] = ()
            if kind == NODE:
                start, harm = index, self._begun(target, index)
            else:
                slot, supply = (index, NONE) if kind == SLOT else (int(network.supply_slot[index]), index)
                start = int(network.slot_owner[slot])
                harm = self._after(slot, supply, self._begun(target, None))
                steps = (Step(slot, supply, NONE, start, harm),)
            if harm > 0 and self.gain[start] > 0:
                yield start, steps, harm, target

    def _hardest(self) -> dict[tuple[int, int], Target]:
        """What is hit, by kind and row; of several hits on one thing the hardest."""
        found: dict[tuple[int, int], Target] = {}
        for target in self.cause.outcome.resolved[self.cause.row].targets:
            one, _ = to_hits(self.network, [ResolvedShock((target,), ())])
            for where in zip(one.kind.tolist(), one.index.tolist(), strict=True):
                if where not in found or target.interval.point > found[where].interval.point:
                    found[where] = target
        return {where: target for where, target in found.items() if target.interval.point > 0}

    def _links(self, source: int, harm: float) -> Iterator[Step]:
        edges = self.network.edges
        for edge in edges.out[edges.out_start[source] : edges.out_start[source + 1]].tolist():
            slot, supply = int(edges.slot[edge]), int(edges.supply[edge])
            after = self._after(slot, supply, harm)
            if after > 0:
                yield Step(slot, supply, source, int(edges.owner[edge]), after)

    def _after(self, slot: int, supply: int, harm: float) -> float:
        """The harm behind a link."""
        if self.flat:
            return 1.0
        owner = self.network.slot_owner[slot]
        through = harm if supply == NONE else self._through(slot, supply, harm)
        return min(float(self.network.weights[1, slot]) * through, float(self.loss[owner]))

    def _through(self, slot: int, supply: int, harm: float) -> float:
        """What of the loss of a supply is a shortage of its slot."""
        network, mode = self.network, self.network.mode[slot]
        if mode == Mode.SHARES:
            return float(network.supply_share[supply]) * harm
        if mode == Mode.ALL_OF:
            return harm
        others = np.setdiff1d(np.arange(network.supply_start[slot], network.supply_start[slot + 1]), [supply])
        lost = np.sort(np.maximum(self.struck[2][others], self.loss[network.supply_provider[others]])).tolist()
        least = 1 if mode == Mode.ANY_OF else max(int(network.at_least[slot]), 1)
        return min(harm, lost[least - 1]) if least <= len(lost) else harm

    def _gains(self) -> Floats:
        """For each node the greatest product of weights and shares on any way from it to the entity; 0 where there is none."""
        edges = self.network.edges
        gain = np.zeros(self.network.size)
        gain[self.node] = 1.0
        heap = [(-1.0, self.node)]
        while heap:
            worth, here = heapq.heappop(heap)
            if -worth < gain[here]:
                continue
            for edge in edges.into[edges.into_start[here] : edges.into_start[here + 1]].tolist():
                value = -worth * self._factor(int(edges.slot[edge]), int(edges.supply[edge]))
                source = int(edges.source[edge])
                if value > gain[source]:
                    gain[source] = value
                    heapq.heappush(heap, (-value, source))
        return gain

    def _distances(self) -> Ints:
        """For each node the fewest links from it to the entity."""
        edges = self.network.edges
        away = np.full(self.network.size, NONE, np.int64)
        away[self.node] = 0
        queue = [self.node]
        for here in queue:
            for edge in edges.into[edges.into_start[here] : edges.into_start[here + 1]].tolist():
                source = int(edges.source[edge])
                if away[source] == NONE:
                    away[source] = away[here] + 1
                    queue.append(source)
        return away

    def _factor(self, slot: int, supply: int) -> float:
        if self.flat:
            return 1.0
        shared = supply != NONE and self.network.mode[slot] == Mode.SHARES
        return float(self.network.weights[1, slot]) * (float(self.network.supply_share[supply]) if shared else 1.0)
