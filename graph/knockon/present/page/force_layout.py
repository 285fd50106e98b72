"""Springs: places for connected parts of a graph that are too large for stress.

Fruchterman and Reingold's forces (https://doi.org/10.1002/spe.4380211102), as rustworkx computes them: what is
linked attracts, everything repels. A round costs a constant for every pair of entities, so the larger the part
the fewer the rounds; they start from places that already are nearly right and only have to be made even.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Links = Sequence[tuple[int, int]]

#: Rounds times entities squared: about a second and a half.
_WORK = 2e8
_MOST_ROUNDS = 60
#: With fewer rounds than this nothing becomes even.
_FEWEST_ROUNDS = 6
#: The largest part that springs place.
SPRING_LIMIT = int((_WORK / _FEWEST_ROUNDS) ** 0.5)
_SEED = 7
#: The most entities of which all pairs are looked at.
ALL_PAIRS_LIMIT = 500


def springs(start: Array, links: Links, gap: float) -> Array:
    """Return places of ``len(start)`` entities, ``gap`` apart on the average and never closer than half of that.

    >>> places = springs(np.array([[0.0, 0.0], [1.0, 0.0], [2.0, 0.5]]), [(0, 1), (1, 2)], 100)
    >>> places.shape, bool((springs(np.zeros((2, 2)), [(0, 1)], 100)[0] != springs(np.zeros((2, 2)), [(0, 1)], 100)[1]).any())
    ((3, 2), True)
    """
    # Loading it takes as long as answering a small question.
    import rustworkx as rx

    count = len(start)
    graph = rx.PyGraph(multigraph=False)
    graph.add_nodes_from(range(count))
    graph.add_edges_from_no_data(list(links))
    spots = _scaled(_nudged(start), 1 / np.sqrt(count)) / 1.5
    rounds = int(min(_MOST_ROUNDS, max(_FEWEST_ROUNDS, _WORK / max(count, 1) ** 2)))
    layout = rx.spring_layout(graph, pos=dict(enumerate(spots.tolist())), num_iter=rounds, seed=_SEED)
    return apart(_scaled(np.array([layout[row] for row in range(count)]), gap), 0.6 * gap)


def _scaled(places: Array, gap: float) -> Array:
    """Return the places around the origin, as wide as a disc in which each has ``gap`` squared to itself."""
    centred = places - places.mean(axis=0)
    width = float(np.sqrt((centred**2).sum(axis=1).mean()))
    scaled: Array = centred * (gap * np.sqrt(len(places) / (2 * np.pi)) / width) if width > 0 else centred
    return scaled


def _nudged(places: Array) -> Array:
    # A golden-angle nudge separates the ones on the very same spot, the same way every time.
    turn = np.arange(len(places)) * 2.399963
    size = max(1e-9, float(np.abs(places).max(initial=1.0))) * 1e-3
    return places + np.column_stack([np.cos(turn), np.sin(turn)]) * size


def apart(places: Array, gap: float, rounds: int = 40) -> Array:
    """Push entities that are closer than ``gap`` away from each other; only near pairs are looked at.

    >>> bool(np.ptp(apart(np.zeros((2, 2)), 10.0), axis=0).max() > 5)
    True
    """
    places = _nudged(places)
    near = _near if len(places) <= ALL_PAIRS_LIMIT else _near_of_many
    for _ in range(rounds):
        first, second = near(places, gap * 0.98)
        if not len(first):
            break
        between = places[first] - places[second]
        length = np.maximum(np.sqrt((between**2).sum(axis=1)), 1e-6)
        push = between * (0.4 * (gap - length) / length)[:, None]
        for axis in (0, 1):
            places[:, axis] += np.bincount(first, push[:, axis], len(places)) - np.bincount(second, push[:, axis], len(places))
    return places


def _near(places: Array, distance: float) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the pairs that are within a distance, in ascending order; all pairs are looked at."""
    between = [places[:, None, axis] - places[None, :, axis] for axis in (0, 1)]
    first, second = np.nonzero(np.triu(between[0] ** 2 + between[1] ** 2 <= distance**2, 1))
    return first, second


def _near_of_many(places: Array, distance: float) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the same as ``_near``, where looking at all pairs would take long."""
    # Loading it takes longer than placing some hundred entities.
    from scipy.spatial import cKDTree

    pairs = cKDTree(places).query_pairs(distance, output_type="ndarray")
    # The tree gives them in an order of its own; sums of floats depend on the order.
    pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
    return pairs[:, 0], pairs[:, 1]
