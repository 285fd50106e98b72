"""The money of a network: who sells to whom for how much, and what the inputs of each sector are to each buyer."""

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

    The customers of firm i are ``customer[start[i]:start[i + 1]]``, in
    ascending order, ``value`` is what it sells to each, and ``slot`` the slot
    of the customer that the flow is a supply of. ``sales`` are the
    row sums and ``purchases`` the column sums over all links. ``sector`` is one
    number per firm, ``essentiality[k, l]`` is 0 (negligible), 1 (non-essential)
    or 2 (essential): what inputs of sector k are to a buyer in sector l.
    ``other_costs`` says whether any firm spends on more than what it buys in the table.
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
        """Everything that makes up the flows, in a fixed order."""
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
        """The supplier of each flow, beside ``customer`` and ``value``."""
        return np.repeat(np.arange(len(self.sales), dtype=np.int32), np.diff(self.start))
