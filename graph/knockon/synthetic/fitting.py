"""Fit numbers to margins by iterative proportional fitting: in turn each total is scaled to what it has to be.

References
----------
W. E. Deming, F. F. Stephan, "On a least squares adjustment of a sampled frequency table when the expected marginal totals are
known", Annals of Mathematical Statistics 11:427-444 (1940), doi:10.1214/aoms/1177731829.
"""

from __future__ import annotations

import numpy as np

from knockon.errors import LimitReached
from knockon.network.arrays import Floats, Rows

#: The links whose values are in memory at a time.
_PART = 1 << 20
_MAX_ROUNDS = 10_000


def fit_matrix(matrix: Floats, rows: Floats, columns: Floats, tolerance: float = 1e-13) -> Floats:
    """Scale the rows and columns of a positive matrix until they add up to given totals.

    Parameters
    ----------
    matrix
        The numbers to begin with, above 0, (n, m).
    rows, columns
        The totals, (n,) and (m,), with the same sum.
    tolerance
        The greatest relative difference of a total.

    Raises
    ------
    LimitReached
        The totals are not reached in 10,000 rounds.

    Examples
    --------
    >>> fit_matrix(np.ones((2, 2)), np.array([3.0, 1.0]), np.array([2.0, 2.0])).tolist()
    [[1.5, 1.5], [0.5, 0.5]]
    """
    for _ in range(_MAX_ROUNDS):
        matrix = matrix * (rows / matrix.sum(axis=1))[:, None]
        sums = matrix.sum(axis=0)
        matrix = matrix * (columns / sums)
        if (np.abs(matrix.sum(axis=1) - rows) <= tolerance * rows).all():
            return matrix
    raise LimitReached("the totals of the table of sectors cannot be reached by scaling")


class LinkValues:
    """The values of links between firms: a factor of the supplier, one of the customer, and one of the pair of their sectors.

    After :meth:`fit` the links of each pair of sectors add up to its total, up to rounding, and sales and purchases of firms
    are near to what they should be; few links cannot meet those of every firm.

    Parameters
    ----------
    supplier, customer
        Firm numbers, (links,).
    pair
        The number of the pair of sectors of each link, (links,); each pair has a link.
    sales, purchases
        What each firm should sell to and buy from other firms, (firms,).
    total
        What the links of each pair must add up to, above 0, (pairs,).
    """

    def __init__(self, supplier: Rows, customer: Rows, pair: Rows, sales: Floats, purchases: Floats, total: Floats) -> None:
        self.supplier, self.customer, self.pair = supplier, customer, pair
        self._sales, self._purchases, self._total = sales, purchases, total
        self._of_supplier = np.ones(len(sales))
        self._of_customer = np.ones(len(purchases))
        self._of_pair = np.ones(len(total))

    def fit(self, rounds: int) -> None:
        """Scale sales, purchases and pairs in turn, the pairs last."""
        for _ in range(rounds):
            for target, factor, by in (
                (self._sales, self._of_supplier, self.supplier),
                (self._purchases, self._of_customer, self.customer),
                (self._total, self._of_pair, self.pair),
            ):
                sums = self.sums(by, len(target))
                np.multiply(factor, target / np.where(sums > 0, sums, 1.0), out=factor, where=sums > 0)

    def part(self, start: int, end: int) -> Floats:
        """Return the values of some links in a row."""
        value = self._of_supplier[self.supplier[start:end]] * self._of_customer[self.customer[start:end]]
        value *= self._of_pair[self.pair[start:end]]
        return value

    def sums(self, by: Rows, count: int) -> Floats:
        """Return the sum of the values by a number of each link, (count,)."""
        sums = np.zeros(count)
        for start in range(0, len(by), _PART):
            value = self.part(start, start + _PART)
            sums += np.bincount(by[start : start + _PART], value, count)
        return sums

    def all(self) -> Floats:
        """Return all values, (links,)."""
        values = np.empty(len(self.pair))
        for start in range(0, len(values), _PART):
            values[start : start + _PART] = self.part(start, start + _PART)
        return values


__all__ = ["LinkValues", "fit_matrix"]
