"""Alternatives that meet the need of a slot some time after a shock begins: the switching times of a network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from knockon.network.arrays import NONE, Floats, Ints, Rows


@dataclass(frozen=True, eq=False)
class Substitutes:
    """The alternatives of slots, in the order of the slots; a slot without a switching time has none.

    Parameters
    ----------
    slot
        The slot of each alternative, (m,), ascending.
    provider
        The node that would provide, (m,).
    days
        Days after the beginning of a shock from which it does, (m,), 0 or more.

    Examples
    --------
    >>> Substitutes.of([(1, 4, 30.0), (0, 3, 5.0)]).provider.tolist()
    [3, 4]
    """

    slot: Rows
    provider: Rows
    days: Floats

    @classmethod
    def of(cls, rows: list[tuple[int, int, float]]) -> Substitutes:
        """Return the alternatives of rows of slot, provider and days, in any order."""
        table = sorted(rows)
        slot, provider = (np.array([row[column] for row in table], np.int64) for column in (0, 1))
        return cls(slot, provider, np.array([row[2] for row in table], np.float64))

    def __len__(self) -> int:
        return len(self.slot)

    def arrays(self) -> tuple[npt.NDArray[Any], ...]:
        """Return the arrays, in the order in which they are hashed."""
        return self.slot, self.provider, self.days

    def renumbered(self, slot_row: Ints, node_row: Ints) -> Substitutes | None:
        """Return the alternatives of a part of the network; None where it has none.

        Parameters
        ----------
        slot_row, node_row
            The number there of each slot and node of the whole; -1: not in the part.
        """
        slot, provider = slot_row[self.slot], node_row[self.provider]
        kept = (slot != NONE) & (provider != NONE)
        return Substitutes(slot[kept], provider[kept], self.days[kept]) if kept.any() else None


__all__ = ["Substitutes"]
