"""Where things stand: positions for the map and for the cascade, computed once, the same every time.

Up to a few hundred entities the map minimises stress (distance on paper
against distance in the graph), which reads calmer than springs; beyond that
rings around the best connected entity, which costs next to nothing.
"""

from __future__ import annotations

import heapq
import math
from collections import deque
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
#: Stress needs all pairs: above this many entities it would be slow.
STRESS_LIMIT = 420
#: Between neighbours on the map; labels are wide, so x is stretched.
GAP = 105.0
STRETCH = 1.25
#: Entities of one step of a cascade that are drawn; the rest is folded.
FOLD = 40


def positions(count: int, links: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """A place for each of ``count`` entities, by the links between them.

    >>> places = positions(3, [(0, 1), (1, 2)])
    >>> len(set(places)), places == positions(3, [(0, 1), (1, 2)])
    (3, True)
    """
    neighbours: list[list[int]] = [[] for _ in range(count)]
    for start, end in links:
        if start != end:
            neighbours[start].append(end)
            neighbours[end].append(start)
    blocks = [_block(part, neighbours) for part in _components(neighbours)]
    placed = np.zeros((count, 2))
    for (part, _), (places, corner) in zip(blocks, _packed([places for _, places in blocks]), strict=True):
        placed[part] = places + corner
    return [(round(float(x)), round(float(y))) for x, y in placed]


def _components(neighbours: Sequence[Sequence[int]]) -> list[list[int]]:
    """Connected parts, the largest first."""
    seen: set[int] = set()
    parts = []
    for start in range(len(neighbours)):
        if start not in seen:
            part = list(_layers(start, neighbours))
            seen.update(part)
            parts.append(sorted(part))
    return sorted(parts, key=lambda part: (-len(part), part[0]))


def _layers(start: int, neighbours: Sequence[Sequence[int]]) -> dict[int, int]:
    """Steps from one entity to each that it reaches, in breadth-first order."""
    steps = {start: 0}
    queue = deque([start])
    while queue:
        here = queue.popleft()
        for there in neighbours[here]:
            if there not in steps:
                steps[there] = steps[here] + 1
                queue.append(there)
    return steps


def _block(part: list[int], neighbours: Sequence[Sequence[int]]) -> tuple[list[int], Array]:
    rings = _rings(part, neighbours)
    if 2 < len(part) <= STRESS_LIMIT:
        rings = _apart(_stress(rings, _distances(part, neighbours)))
    return part, rings * np.array([STRETCH, 1.0])


def _rings(part: list[int], neighbours: Sequence[Sequence[int]]) -> Array:
    """The best connected entity in the middle, the others on rings by distance, beside whom they hang on."""
    centre = max(part, key=lambda node: (len(neighbours[node]), -node))
    row = {node: index for index, node in enumerate(part)}
    places = np.zeros((len(part), 2))
    angle = {centre: 0.0}
    rings: dict[int, list[int]] = {}
    for node, step in _layers(centre, neighbours).items():
        rings.setdefault(step, []).append(node)
    radius = 0.0
    for step in sorted(rings)[1:]:
        # Those that hang on the same entity stay together.
        around = sorted(rings[step], key=lambda node: (min(angle[n] for n in neighbours[node] if n in angle), node))
        radius = max(radius + 1.6 * GAP, len(around) * 0.55 * GAP / math.tau)
        for index, node in enumerate(around):
            turn = math.tau * (index + 0.5) / len(around)
            places[row[node]] = radius * math.cos(turn), radius * math.sin(turn)
        angle.update({node: math.tau * (index + 0.5) / len(around) for index, node in enumerate(around)})
    return places


def _distances(part: list[int], neighbours: Sequence[Sequence[int]]) -> Array:
    """Lengths of the shortest ways, where a way into a hub is longer: its many neighbours need room around it."""
    room = {node: 0.35 * math.sqrt(len(set(neighbours[node]))) for node in part}
    row = {node: index for index, node in enumerate(part)}
    table = np.zeros((len(part), len(part)))
    for node in part:
        for other, length in _shortest(node, neighbours, room).items():
            table[row[node], row[other]] = GAP * length
    return table


def _shortest(start: int, neighbours: Sequence[Sequence[int]], room: Mapping[int, float]) -> dict[int, float]:
    found: dict[int, float] = {}
    queue = [(0.0, start)]
    while queue:
        length, here = heapq.heappop(queue)
        if here not in found:
            found[here] = length
            for there in neighbours[here]:
                if there not in found:
                    heapq.heappush(queue, (length + 1 + max(room[here], room[there]), there))
    return found


def _stress(places: Array, distances: Array, rounds: int = 160) -> Array:
    """Stress majorisation (SMACOF, weights 1/d^2) from the given start."""
    weights = np.divide(1.0, distances**2, out=np.zeros_like(distances), where=distances > 0)
    total = weights.sum(axis=1, keepdims=True)
    for _ in range(rounds):
        apart = places[:, None, :] - places[None, :, :]
        length = np.maximum(np.sqrt((apart**2).sum(axis=2)), 1e-6)
        pull = weights * distances / length
        places = (weights @ places + (pull[:, :, None] * apart).sum(axis=1)) / total
    centred: Array = places - places.mean(axis=0)
    return centred


def _apart(places: Array, gap: float = 0.8 * GAP, rounds: int = 60) -> Array:
    """Push entities that stand too close away from each other."""
    places = places.copy()
    # A golden-angle nudge separates the ones on the very same spot, the same way every time.
    turn = np.arange(len(places)) * 2.399963
    places += np.column_stack([np.cos(turn), np.sin(turn)]) * 0.5
    for _ in range(rounds):
        apart = places[:, None, :] - places[None, :, :]
        length = np.sqrt((apart**2).sum(axis=2))
        close = (length < gap) & (length > 0)
        if not close.any():
            break
        push = np.where(close, (gap - length) / 2 / np.maximum(length, 1e-6), 0.0)
        places += 0.5 * (push[:, :, None] * apart).sum(axis=1)
    return places


def _packed(blocks: Sequence[Array]) -> list[tuple[Array, Array]]:
    """The largest part around the origin, the small ones in rows below it."""
    packed = []
    x = y = row_height = 0.0
    width = 0.0
    for index, places in enumerate(blocks):
        low, high = places.min(axis=0), places.max(axis=0)
        size = high - low + 2.4 * GAP
        if index == 0:
            width = max(float(size[0]), 8 * GAP)
            corner = -low - np.array([width / 2, size[1] / 2])
            x, y = -width / 2, float(size[1]) / 2 + GAP
        else:
            if x + size[0] > width / 2 + 2.4 * GAP and row_height:
                x, y, row_height = -width / 2, y + row_height, 0.0
            corner = np.array([x, y]) - low
            x, row_height = x + float(size[0]), max(row_height, float(size[1]))
        packed.append((places, corner))
    return packed


def columns(steps: Sequence[int]) -> list[tuple[int, int]]:
    """Column and row of each impact of a cascade: x is its step, y its rank there (the order given).

    >>> columns([0, 1, 1, 2])
    [(0, 0), (1, 0), (1, 1), (2, 0)]
    """
    ranks: dict[int, int] = {}
    places = []
    for step in steps:
        places.append((step, ranks.get(step, 0)))
        ranks[step] = ranks.get(step, 0) + 1
    return places
