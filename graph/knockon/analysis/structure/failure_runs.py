"""Runs of the model in which each of some nodes fails alone: for the number of links to the target, and for the paths."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from knockon.network.hits import Hits
from knockon.propagation.leontief import leontief_at_point
from knockon.propagation.result import Result
from knockon.propagation.structure.removal import RemovalLosses

#: The most losses (failing nodes times nodes) that are in memory at once.
_CELLS = 2_000_000
#: The most losses of runs that are kept, to read the paths from what the steps are read from; others run again.
_KEPT_CELLS = 8_000_000
#: Some nodes, and the run in which each of them fails alone.
Run: TypeAlias = tuple[Sequence[int], Result]


class FailureRuns:
    """The runs in which each of some nodes fails alone, at the point, on the network of what decides them.

    Parameters
    ----------
    removal
        What computes the losses of the target.
    nodes
        The nodes (rows of its network).

    Attributes
    ----------
    deciding
        The network of the runs, with the rows of the nodes and of the target there.
    """

    def __init__(self, removal: RemovalLosses, nodes: Sequence[int]) -> None:
        self._removal, self._nodes = removal, nodes
        self.deciding = removal.deciding(nodes)
        self._cells = max(1, self.deciding.network.size, self.deciding.network.slots)
        self._kept: tuple[Run, ...] | None = None

    def __iter__(self) -> Iterator[Run]:
        """Yield some nodes after others with their runs; few are kept for the next time."""
        if self._kept is None and len(self._nodes) * self._cells <= _KEPT_CELLS:
            self._kept = tuple(self._run())
        yield from self._run() if self._kept is None else self._kept

    @property
    def kept(self) -> bool:
        """Whether the runs are kept, and need not run again."""
        return self._kept is not None

    def _run(self) -> Iterator[Run]:
        removal, deciding, width = self._removal, self.deciding, max(1, _CELLS // self._cells)
        for start in range(0, len(self._nodes), width):
            batch = slice(start, start + width)
            hits = Hits.of(deciding.network, deciding.rows[batch])
            yield (
                self._nodes[batch],
                leontief_at_point(deciding.network, hits, deciding.sweeps, eps=removal.eps, cap=removal.cap),
            )

    def steps(self) -> tuple[list[int], bool]:
        """Return how many links are between the target and each node that fails, and whether the cap stopped the model."""
        steps, capped = list[int](), False
        for _, result in self:
            steps += result.step[:, self.deciding.target].tolist()
            capped = capped or result.truncated
        return steps, capped


__all__ = ["FailureRuns", "Run"]
