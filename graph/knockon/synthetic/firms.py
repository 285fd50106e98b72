"""The firms of a synthetic country: how many each sector has, and their sizes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from knockon.errors import UsageError
from knockon.network.arrays import Floats, Ints
from knockon.synthetic.economy import Economy


@dataclass(frozen=True, eq=False)
class Firms:
    """The firms by number.

    Attributes
    ----------
    sector
        The sector of each firm, (n,).
    size
        The size of each firm: the r-th largest of n has about n / r (Zipf's law), so that the smallest has about 1, (n,).
    by_sector
        The firms ordered by sector, then by number, (n,).
    start
        The firms of sector k are ``by_sector[start[k]:start[k + 1]]``, (s + 1,).
    """

    sector: Ints
    size: Floats
    by_sector: Ints
    start: Ints

    def __len__(self) -> int:
        return len(self.sector)

    def shares(self, counts: npt.NDArray[np.bool_] | None = None) -> Floats:
        """Return the size of each firm as a share of its sector, (n,); of those that count, if some do not."""
        size = self.size if counts is None else np.where(counts, self.size, 0.0)
        total = np.bincount(self.sector, size, len(self.start) - 1)
        return size / np.where(total > 0, total, 1.0)[self.sector]


def make_firms(economy: Economy, count: int, seed: int) -> Firms:
    """Divide firms among sectors in proportion to output, and give them sizes.

    Sizes follow Zipf's law, as those of firms do (R. L. Axtell, "Zipf distribution of U.S. firm sizes", Science
    293:1818-1820 (2001), doi:10.1126/science.1062081), and do not depend on the sector.

    Raises
    ------
    UsageError
        There are fewer firms than the sectors need.
    """
    numbers = _firms_by_sector(economy, count)
    random = np.random.default_rng([seed, 1])
    sector = np.empty(count, np.int64)
    sector[np.argsort(random.random(count), kind="stable")] = np.repeat(np.arange(len(numbers)), numbers)
    size = np.empty(count)
    size[np.argsort(random.random(count), kind="stable")] = count / (np.arange(1, count + 1) - 0.5 * random.random(count))
    return Firms(
        sector=sector,
        size=size,
        by_sector=np.argsort(sector, kind="stable"),
        start=np.concatenate([[0], np.cumsum(numbers)]),
    )


def _firms_by_sector(economy: Economy, count: int) -> Ints:
    """Return the number of firms of each sector: by largest remainders of its part of all output.

    A sector that sells to itself needs two firms, since no firm sells to itself; a sector without any flow has none.
    """
    sales, purchases = economy.sales, economy.purchases
    output = np.maximum(sales + np.maximum(economy.final_demand, 0.0), purchases)
    least = np.where(output > 0, 1 + economy.has_diagonal, 0)
    free = count - int(least.sum())
    if free < 0:
        needed = f"{len(economy.sectors):,} sectors need {int(least.sum()):,} firms, two where one sells to itself"
        raise UsageError(f"{count:,} firms are too few: {needed}; ask for more firms or fewer sectors")
    part = free * output / output.sum()
    numbers: Ints = np.floor(part).astype(np.int64)
    rest = free - int(numbers.sum())
    largest = np.lexsort((np.arange(len(part)), numbers - part))[:rest]
    numbers[largest] += 1
    numbers += least
    return numbers


__all__ = ["Firms", "make_firms"]
