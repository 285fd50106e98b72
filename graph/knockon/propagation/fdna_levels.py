"""The levels of a network of FDNA links: each is computed from the levels before it, with cycles condensed to one node."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from knockon.network.network import NONE, Floats, Ints
from knockon.propagation.fdna_links import Links

#: The most losses of feeders that are held at once.
_MAX_LOSSES = 4_000_000


class _Level(NamedTuple):
    """Nodes whose feeders outside their own cycle are all on earlier levels.

    ``links`` are the links from outside; those of ``receiver[k]`` begin at row ``start[k]``. The members of cycle k are
    ``size[k]`` nodes of ``member`` from ``part[k]`` on; a node on no cycle is a cycle of its own here.
    """

    links: Links
    receiver: Ints
    start: Ints
    member: Ints
    part: Ints
    size: Ints


class LevelOrder:
    """The levels of a network of links, with each cycle condensed to one node.

    ``component`` (n,) numbers the cycles, ``circular`` are the nodes on cycles of two or more nodes, or with a link to itself.
    """

    def __init__(self, size: int, links: Links) -> None:
        from scipy.sparse import csr_array
        from scipy.sparse.csgraph import connected_components

        pattern = csr_array((np.ones(len(links.feeder)), (links.feeder, links.receiver)), shape=(size, size))
        _, labels = connected_components(pattern, directed=True, connection="strong") if size else (0, np.zeros(0, np.int64))
        # Numbered by their first member, so that numbers do not depend on the library.
        _, first, part = np.unique(labels, return_index=True, return_inverse=True)
        self.component = np.argsort(np.argsort(first))[part].astype(np.int64)
        inside = self.component[links.feeder] == self.component[links.receiver]
        shared = np.bincount(self.component)[self.component] > 1 if size else np.zeros(0, bool)
        shared[links.feeder[inside]] = True
        self.circular = np.flatnonzero(shared)
        outside = links.pick(np.flatnonzero(~inside))
        level = _levels(self.component, outside)[self.component] if size else self.component
        self.size = size
        self.levels = [self._level(level, outside, number) for number in range(int(level.max(initial=-1)) + 1)]

    def _level(self, level: Ints, outside: Links, number: int) -> _Level:
        """Return one level."""
        links = outside.pick(np.flatnonzero(level[outside.receiver] == number))
        receiver, start = np.unique(links.receiver, return_index=True)
        member = np.flatnonzero(level == number)
        member = member[np.argsort(self.component[member], kind="stable")]
        _, part, size = np.unique(self.component[member], return_index=True, return_counts=True)
        return _Level(links, receiver, start, member, part, size)


def _levels(component: Ints, links: Links) -> Ints:
    """Return the number of links of the longest path to each component from one without feeders."""
    feeder, receiver = component[links.feeder], component[links.receiver]
    count = int(component.max()) + 1
    level, waiting = np.zeros(count, np.int64), np.bincount(receiver, minlength=count)
    order = np.argsort(feeder, kind="stable")
    end = np.cumsum(np.bincount(feeder, minlength=count))
    ready = np.flatnonzero(waiting == 0)
    depth = 0
    while ready.size:
        level[ready] = depth
        depth += 1
        length = (end - np.append(0, end[:-1]))[ready]
        rows = np.repeat(end[ready] - np.cumsum(length), length) + np.arange(length.sum())
        reached, times = np.unique(receiver[order[rows]], return_counts=True)
        waiting[reached] -= times
        ready = reached[waiting[reached] == 0]
    return level


def losses_by_level(order: LevelOrder, initial_loss: Floats) -> tuple[Floats, Floats]:
    """Return the losses, and what each would be without the other members of its cycle, (n, k) each."""
    loss, alone = np.zeros_like(initial_loss), initial_loss.copy()
    widest = max((len(level.links.feeder) for level in order.levels), default=0)
    width = max(1, _MAX_LOSSES // max(widest, 1))
    for column in range(0, initial_loss.shape[1], width):
        columns = slice(column, column + width)
        for level in order.levels:
            if level.receiver.size:
                through, beyond = _passed_on(level, loss[:, columns])
                mean = np.add.reduceat(through, level.start) / np.diff(np.append(level.start, len(through)))[:, None]
                worst = np.maximum.reduceat(beyond, level.start)
                alone[level.receiver, columns] = np.maximum(alone[level.receiver, columns], np.maximum(mean, worst))
            together = np.maximum.reduceat(alone[level.member, columns], level.part)
            loss[level.member, columns] = np.repeat(together, level.size, axis=0)
    return loss, alone


def _passed_on(level: _Level, loss: Floats) -> tuple[Floats, Floats]:
    """Return the loss that each link passes on by its strength, and by its criticality, (links, k) each."""
    feeder = loss[level.links.feeder]
    return level.links.strength[:, None] * feeder, feeder - level.links.criticality[:, None] / 100


def causes_by_level(order: LevelOrder, initial_loss: Floats, loss: Floats, alone: Floats) -> tuple[Ints, Ints]:
    """Return the step from the shock and the source of every loss, (n, k) each; -1 without a loss or source."""
    step, source = np.full(loss.shape, NONE, np.int64), np.full(loss.shape, NONE, np.int64)
    shock = np.arange(loss.shape[1])
    for level in order.levels:
        if level.receiver.size:
            through, beyond = _passed_on(level, loss)
            for place, node in enumerate(level.receiver):
                last = level.start[place + 1] if place + 1 < len(level.start) else len(through)
                rows = slice(level.start[place], last)
                critical = beyond[rows].max(axis=0) >= alone[node]
                pick = np.where(critical, beyond[rows].argmax(axis=0), through[rows].argmax(axis=0))
                source[node] = level.links.feeder[rows][pick]
        for first, size in zip(level.part, level.size, strict=True):
            members = level.member[first : first + size]
            worst = members[(alone[members] >= loss[members]).argmax(axis=0)]
            behind = alone[members] < loss[members]
            source[members] = np.where(behind, worst, np.where(initial_loss[members] >= loss[members], NONE, source[members]))
            source[members] = np.where(loss[members] > 0, source[members], NONE)
            step[worst, shock] = np.where(source[worst, shock] == NONE, 0, 1 + step[source[worst, shock], shock])
            step[members] = np.where(source[members] == NONE, 0, 1 + step[source[members], shock])
            step[members] = np.where(loss[members] > 0, step[members], NONE)
    return step, source
