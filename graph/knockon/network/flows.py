"""The money of a network: the flows between firms, and how essential the inputs of each sector are to each buyer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from knockon.network.arrays import Floats, Ints, Rows

ESSENTIAL, NON_ESSENTIAL, NEGLIGIBLE = 2, 1, 0


@dataclass(frozen=True, eq=False)
class Flows:
    """The money of a network: what each firm sells to each customer.

    Parameters
    ----------
    start
        The flows of supplier i are the rows ``start[i]:start[i + 1]``, (n + 1,).
    customer
        The customer of each flow, ascending for each supplier, (flows,).
    value
        The money that the customer pays, (flows,), of one unit and period.
    slot
        The slot of the customer that each flow is a supply of, (flows,).
    sales
        The sum of what each firm sells in the table, (n,).
    purchases
        The sum of what each firm buys in the table, (n,).
    sector
        The sector number of each firm, (n,).
    essentiality
        What inputs of sector k are to a buyer in sector l, (sectors, sectors): 0 negligible, 1 non-essential, 2 essential.
    final_demand
        What each firm sells outside the table, (n,), in the unit of value.
    merged
        The number of rows of the table that were added to others.
    dropped
        The number of rows of 0 that were left out.
    other_costs
        Whether any firm spends more than it buys in the table.
    """

    start: Ints
    customer: Rows
    value: Floats
    slot: Rows
    sales: Floats
    purchases: Floats
    sector: Rows
    essentiality: npt.NDArray[np.int8]
    final_demand: Floats
    merged: int = 0
    dropped: int = 0
    other_costs: bool = False

    def arrays(self) -> tuple[npt.NDArray[Any], ...]:
        """Return the arrays in a fixed order."""
        return (
            self.start, self.customer, self.value, self.slot, self.sales, self.purchases,
            self.sector, self.essentiality, self.final_demand,
        )  # fmt: skip

    @property
    def sectors(self) -> int:
        """The number of sectors."""
        return len(self.essentiality)

    @property
    def supplier(self) -> Rows:
        """The supplier of each flow, (flows,)."""
        return np.repeat(np.arange(len(self.sales), dtype=np.int32), np.diff(self.start))
