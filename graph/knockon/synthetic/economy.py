"""The input-output table of a synthetic country: one that a seed invents, or a table of the user."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from knockon.authoring.files import missing_file, printable_path
from knockon.authoring.flow_tables import read_flows
from knockon.errors import InvalidData, Problem
from knockon.network.arrays import Floats, Ints
from knockon.synthetic.fitting import fit_matrix

#: Output of an invented country for each firm, in its synthetic unit of money.
_OUTPUT_A_FIRM = 1000.0
#: The parts of output that are bought from sectors, and sold to them: drawn from this interval. With these bounds, sales to
#: sectors can be scaled to purchases from them and never take all output of one.
_BETWEEN = (0.35, 0.55)


@dataclass(frozen=True, eq=False)
class Economy:
    """Sectors, what they sell to each other, and what they sell to final demand.

    Attributes
    ----------
    sectors
        The name of each sector, (s,).
    supplier, customer, value
        The flows between sectors that are above 0: sector numbers, and money, (pairs,); by customer and supplier.
    final_demand
        What each sector sells to final demand, (s,).
    inventories
        The changes in inventories of each sector, which may be negative, (s,); None if the table has none.
    value_added
        What each sector spends beside its purchases, (s,); None if the table does not state it.
    source
        The file that it was read from; empty for an invented one.
    """

    sectors: tuple[str, ...]
    supplier: Ints
    customer: Ints
    value: Floats
    final_demand: Floats
    inventories: Floats | None
    value_added: Floats | None
    source: str = ""

    @property
    def sales(self) -> Floats:
        """What each sector sells to sectors, (s,)."""
        return np.bincount(self.supplier, self.value, len(self.sectors)).astype(np.float64)

    @property
    def purchases(self) -> Floats:
        """What each sector buys from sectors, (s,)."""
        return np.bincount(self.customer, self.value, len(self.sectors)).astype(np.float64)

    @property
    def has_diagonal(self) -> npt.NDArray[np.bool_]:
        """Whether each sector sells to itself, (s,)."""
        diagonal = np.zeros(len(self.sectors), bool)
        diagonal[self.supplier[self.supplier == self.customer]] = True
        return diagonal


def invent_economy(sectors: int, firms: int, seed: int) -> Economy:
    """Invent the table of some sectors: no number of it is that of a real economy.

    Outputs and flows are heavy-tailed; each sector buys 35 to 55 percent of its output from sectors and sells about as much to
    them, and every sector sells to every other.

    Parameters
    ----------
    sectors
        The number of sectors, 1 or more.
    firms
        The number of firms, to which output is proportional.
    seed
        The same seed gives the same table.

    Examples
    --------
    >>> economy = invent_economy(3, 100, 1)
    >>> economy.sectors, bool(np.allclose(economy.sales + economy.final_demand, economy.purchases + economy.value_added))
    (('Synthetic sector 01', 'Synthetic sector 02', 'Synthetic sector 03'), True)
    """
    random = np.random.default_rng([seed, 0])
    output = 1 / (1.05 - random.random(sectors))
    output *= firms * _OUTPUT_A_FIRM / output.sum()
    low, high = _BETWEEN
    bought = output * (low + (high - low) * random.random(sectors))
    sold = output * (low + (high - low) * random.random(sectors))
    sold *= bought.sum() / sold.sum()
    matrix = fit_matrix(1 / (1.02 - random.random((sectors, sectors))), sold, bought)
    customer, supplier = (part.ravel() for part in np.indices((sectors, sectors)))
    width = max(2, len(str(sectors)))
    # Of what the fitted matrix adds up to, so that output is exactly what is bought and added.
    return Economy(
        sectors=tuple(f"Synthetic sector {number:0{width}}" for number in range(1, sectors + 1)),
        supplier=supplier,
        customer=customer,
        value=matrix.T.ravel(),
        final_demand=output - matrix.sum(axis=1),
        inventories=None,
        value_added=output - matrix.sum(axis=0),
    )


def read_economy(path: Path) -> Economy:
    """Read the table of the user: a wide input-output table, or a list of flows between sectors.

    Raises
    ------
    NotFound
        The file does not exist.
    InvalidData
        It is no such table, or no sector sells to another.
    """
    if not path.is_file():
        raise missing_file(path)
    table = read_flows(path)
    count = len(table.names)
    key = table.customer * count + table.supplier
    pairs, place = np.unique(key[table.value > 0], return_inverse=True)
    value = np.bincount(place, table.value[table.value > 0], len(pairs)).astype(np.float64)
    if not len(pairs):
        raise InvalidData([Problem(printable_path(path), None, "has no flow above 0 between sectors")])
    inputs = np.bincount(pairs // count, value, count)
    return Economy(
        sectors=table.names,
        supplier=pairs % count,
        customer=pairs // count,
        value=value,
        final_demand=np.zeros(count) if table.final_demand is None else table.final_demand,
        inventories=table.inventories,
        value_added=None if table.costs is None else np.maximum(table.costs - inputs, 0.0),
        source=printable_path(path),
    )


__all__ = ["Economy", "invent_economy", "read_economy"]
