"""Find the entities from which ``partOf`` leads into a cycle, by hashes of their IRIs."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray


class WholeSurvey:
    """The links from entities to their wholes.

    Examples
    --------
    >>> survey = WholeSurvey()
    >>> for part, whole in ("ab", "bc", "cb", "cd"):
    ...     survey.add(part, whole)
    >>> survey.into_cycles() == {hash("a"), hash("b"), hash("c")}
    True
    """

    def __init__(self) -> None:
        self._parts, self._wholes = array("q"), array("q")

    def add(self, part: str, whole: str) -> None:
        """Add an entity that is part of another one."""
        self._parts.append(hash(part))
        self._wholes.append(hash(whole))

    def into_cycles(self, shown: Mapping[str, str] | None = None) -> frozenset[int]:
        """Return the hashes of the entities from which wholes lead into a cycle, and perhaps of others.

        Parameters
        ----------
        shown
            The IRIs that stand for others, which are of the same entities, by these.
        """
        import numpy as np  # not for who checks no data

        parts, wholes = (np.frombuffer(each, np.int64) for each in (self._parts, self._wholes))
        if shown:
            parts, wholes = _replaced(parts, shown), _replaced(wholes, shown)
        return frozenset(_remaining(parts, wholes).tolist())


def _replaced(hashes: NDArray[Any], shown: Mapping[str, str]) -> NDArray[Any]:
    """Return hashes in which those of IRIs that others stand for are those of the others."""
    import numpy as np

    pairs = np.array(sorted((hash(iri), hash(other)) for iri, other in shown.items()), np.int64)
    places = np.minimum(np.searchsorted(pairs[:, 0], hashes), len(pairs) - 1)
    return np.where(pairs[places, 0] == hashes, pairs[places, 1], hashes)


def _remaining(parts: NDArray[Any], wholes: NDArray[Any]) -> NDArray[Any]:
    """Return the parts that remain when what is part of nothing that remains is removed, again and again."""
    import numpy as np

    nodes = np.unique(parts)
    inside = np.isin(wholes, nodes)  # what is part of nothing closes no cycle
    links = np.searchsorted(nodes, np.stack([wholes[inside], parts[inside]]))
    wholes_of, parts_of = links[:, np.argsort(links[0], kind="stable")]
    left = np.bincount(parts_of, minlength=len(nodes))
    starts = np.searchsorted(wholes_of, np.arange(len(nodes) + 1))
    removed = np.flatnonzero(left == 0)
    while len(removed):
        counts = starts[removed + 1] - starts[removed]
        offsets = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        affected, times = np.unique(parts_of[np.repeat(starts[removed], counts) + offsets], return_counts=True)
        left[affected] -= times
        removed = affected[left[affected] == 0]
    return nodes[left > 0]


__all__ = ["WholeSurvey"]
