"""Layout: positions for the map and the cascade, computed once, the same every time.

Up to a few hundred entities the map minimises stress (distance on paper
against distance in the graph), which reads calmer than springs; up to some
thousands springs do it; beyond that rings around the best connected entity,
which cost next to nothing. ``docs/decisions/0010-layout.md`` says why.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from knockon.present.page.force_layout import SPRING_LIMIT, apart, springs
from knockon.propagation.traversal import steps_from

Array = NDArray[np.float64]
#: Stress needs all pairs: above this many entities it would be slow.
STRESS_LIMIT = 420
#: Pairs that stress looks at in all parts together; when they are used up, smaller parts are laid out by springs.
_STRESS_PAIRS = 3 * STRESS_LIMIT**2
#: Between neighbours on the map; labels are wide, so x is stretched.
GAP = 105.0
STRETCH = 1.25
#: Entities of one step of a cascade that are drawn; the rest is folded.
FOLD = 40


def positions(count: int, links: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return a place for each of ``count`` entities, by the links between them.

    >>> places = positions(3, [(0, 1), (1, 2)])
    >>> len(set(places)), places == positions(3, [(0, 1), (1, 2)])
    (3, True)
    """
    # JSON, from which a process of its own reads them, has lists.
    return list(_positions(count, tuple((first, second) for first, second in links)))


@lru_cache(maxsize=8)
def _positions(count: int, links: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    """Return the places of entities; pages of one graph with several shocks have the same."""
    neighbours: list[list[int]] = [[] for _ in range(count)]
    for start, end in links:
        if start != end:
            neighbours[start].append(end)
            neighbours[end].append(start)
    blocks = list(_blocks(_components(neighbours), neighbours))
    placed = np.zeros((count, 2))
    for (part, _), (places, corner) in zip(blocks, _packed([places for _, places in blocks]), strict=True):
        placed[part] = places + corner
    return tuple(_distinct([(round(float(x)), round(float(y))) for x, y in placed]))


def _distinct(places: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return places no two of which are the same, also after rounding: the later one moves to the right."""
    taken: set[tuple[int, int]] = set()
    free = []
    for x, y in places:
        column = x
        while (column, y) in taken:
            column += 1
        taken.add((column, y))
        free.append((column, y))
    return free


def _components(neighbours: Sequence[Sequence[int]]) -> list[list[int]]:
    """Return the connected parts, the largest first."""
    seen: set[int] = set()
    parts = []
    for start in range(len(neighbours)):
        if start not in seen:
            part = list(steps_from([start], neighbours.__getitem__))
            seen.update(part)
            parts.append(sorted(part))
    return sorted(parts, key=lambda part: (-len(part), part[0]))


def _blocks(parts: Iterable[list[int]], neighbours: Sequence[Sequence[int]]) -> Iterator[tuple[list[int], Array]]:
    """Yield each connected part with its places, by the method that its size allows."""
    pairs = _STRESS_PAIRS
    for part in parts:
        places = _rings(part, neighbours)
        links = _links(part, neighbours)
        if 2 < len(part) <= min(STRESS_LIMIT, math.isqrt(pairs)):
            pairs -= len(part) ** 2
            places = apart(_stress(places, _distances(links, len(part))), 0.8 * GAP)
        elif 2 < len(part) <= SPRING_LIMIT:
            places = springs(places, links, GAP)
        yield part, places * np.array([STRETCH, 1.0])


def _links(part: list[int], neighbours: Sequence[Sequence[int]]) -> list[tuple[int, int]]:
    row = {node: index for index, node in enumerate(part)}
    return sorted({(row[node], row[other]) for node in part for other in neighbours[node] if node < other})


def _rings(part: list[int], neighbours: Sequence[Sequence[int]]) -> Array:
    """Return places with the best connected entity in the middle, the others on rings by distance, near their neighbours."""
    centre = max(part, key=lambda node: (len(neighbours[node]), -node))
    row = {node: index for index, node in enumerate(part)}
    places = np.zeros((len(part), 2))
    angle = {centre: 0.0}
    rings: dict[int, list[int]] = {}
    for node, step in steps_from([centre], neighbours.__getitem__).items():
        rings.setdefault(step, []).append(node)
    radius = 0.0
    for step in sorted(rings)[1:]:
        # Neighbours of the same entity stay together.
        around = sorted(rings[step], key=lambda node: (min(angle[n] for n in neighbours[node] if n in angle), node))
        radius = max(radius + 1.6 * GAP, len(around) * 0.55 * GAP / math.tau)
        for index, node in enumerate(around):
            turn = math.tau * (index + 0.5) / len(around)
            places[row[node]] = radius * math.cos(turn), radius * math.sin(turn)
        angle.update({node: math.tau * (index + 0.5) / len(around) for index, node in enumerate(around)})
    return places


def _distances(links: Sequence[tuple[int, int]], count: int) -> Array:
    """Return the lengths of the shortest paths, where a link to a hub is longer: its many neighbours need room.

    All paths grow by a link at a time until none becomes shorter, which takes as many rounds as the longest has links. (Loading
    scipy for it takes longer than all of the layout.)
    """
    start, end = np.array(links).T
    room = 0.35 * np.sqrt(np.bincount(np.concatenate([start, end]), minlength=count))
    length = np.tile(1 + np.maximum(room[start], room[end]), 2)
    # Both directions, by the entity at which they arrive: each has at least one.
    left, arrived = np.concatenate([start, end]), np.concatenate([end, start])
    order = np.argsort(arrived, kind="stable")
    left, length = left[order], length[order][:, None]
    first = np.searchsorted(arrived[order], np.arange(count))
    distances = np.full((count, count), np.inf)
    np.fill_diagonal(distances, 0.0)
    while True:
        shorter = np.minimum(distances, np.minimum.reduceat(distances[left] + length, first, axis=0))
        if np.array_equal(shorter, distances):
            # Row by row from where a path starts, as the sums were made.
            return GAP * np.ascontiguousarray(distances.T)
        distances = shorter


def _stress(places: Array, distances: Array, rounds: int = 160) -> Array:
    """Return places by stress majorisation (SMACOF, weights 1/d^2) from the given start."""
    weights = np.divide(1.0, distances**2, out=np.zeros_like(distances), where=distances > 0)
    total = weights.sum(axis=1, keepdims=True)
    for _ in range(rounds):
        length = np.maximum(np.hypot(*(places[:, None, axis] - places[None, :, axis] for axis in (0, 1))), 1e-6)
        pull = weights * distances / length
        moved = (weights @ places + pull.sum(axis=1, keepdims=True) * places - pull @ places) / total
        settled = bool(np.abs(moved - places).max() < 0.05)
        places = moved
        if settled:
            break
    centred: Array = places - places.mean(axis=0)
    return centred


def _packed(blocks: Sequence[Array]) -> list[tuple[Array, Array]]:
    """Return the parts with their corners: the largest around the origin, the small ones in rows below it."""
    packed = []
    x = y = row_height = 0.0
    width = 0.0
    for index, places in enumerate(blocks):
        low, high = places.min(axis=0), places.max(axis=0)
        size = high - low + 2.4 * GAP
        if index == 0:
            # Many small parts make a field below the large one, not a tower.
            width = max(float(size[0]), 8 * GAP, math.sqrt(2 * _room(blocks[1:])))
            corner = -low - np.array([width / 2, size[1] / 2])
            x, y = -width / 2, float(size[1]) / 2 + GAP
        else:
            if x + size[0] > width / 2 + 2.4 * GAP and row_height:
                x, y, row_height = -width / 2, y + row_height, 0.0
            corner = np.array([x, y]) - low
            x, row_height = x + float(size[0]), max(row_height, float(size[1]))
        packed.append((places, corner))
    return packed


def _room(blocks: Sequence[Array]) -> float:
    """Return the area that blocks take together."""
    return sum(float(np.prod(np.ptp(places, axis=0) + 2.4 * GAP)) for places in blocks)
