"""The answer to how much is lost when each firm is closed alone: a ranking of all firms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeAlias

import numpy as np
import numpy.typing as npt

from knockon.analysis.answer import Answer, JsonObject, JsonValue
from knockon.network.network import Ints, Network

#: A column: numbers, or names.
Array: TypeAlias = npt.NDArray[Any]


@dataclass(frozen=True, eq=False)
class Ranking(Answer):
    """The index of each node when it is closed alone, largest first; equal ones in the order of the network.

    Attributes
    ----------
    network
        The network; JSON has its hash (``network_hash``) and its size (``firms``).
    model
        esri, debtrank or leontief.
    meaning
        What the index measures, in words: "share of all sales lost", "mean loss of all others", ...
    equation
        Its equations, in words.
    reference
        Their source.
    columns
        The numbers of the model by name, each an array (nodes,) in the order of the network; ``rows`` lists their units.
    stopped_by
        Why the run of each node ended: an array (nodes,) of ``tolerance`` and ``cap``, in the order of the network.
    order
        The numbers of the nodes in the network by rank: an array (nodes,).
    parameters
        The parameters of the model by name.
    sole
        The need (number of the node) of each supplier (number of the node) whose closure has the same effect, see
        :func:`knockon.propagation.structure.sole_suppliers.sole_suppliers`: in the table the two are one row, that of the
        need, which names the supplier.
    caveats
        Reasons why the index depends on parameters such as ``eps``, e.g. a cascade in which no loss leaves the network.
    """

    json_keys = (
        "model", "meaning", "equation", "reference", "parameters", "network_hash", "firms", "truncated", "caveats",
        "stopped_by_cap", "ranked_rows",
    )  # fmt: skip
    json_names: ClassVar[Mapping[str, str]] = {"ranked_rows": "rows"}

    network: Network
    model: str
    meaning: str
    equation: str
    reference: str
    columns: Mapping[str, Array]
    stopped_by: Array
    order: Ints
    parameters: Mapping[str, JsonValue]
    sole: Mapping[int, int] = field(default_factory=dict)
    caveats: tuple[str, ...] = ()

    @property
    def network_hash(self) -> str:
        """A digest of the network."""
        return self.network.hash

    @property
    def firms(self) -> int:
        """The number of nodes of the network."""
        return self.network.entities

    @property
    def stopped_by_cap(self) -> int:
        """The number of runs that were stopped by their cap, so that the index may be too low."""
        return int((self.stopped_by == "cap").sum())

    @property
    def truncated(self) -> bool:
        """Whether the cap stopped any run."""
        return self.stopped_by_cap > 0

    @property
    def ranked_rows(self) -> list[JsonObject]:
        """All rows of the table, in the order of the ranks: ``rank`` (from 1), ``firm``, ``sole_supplier`` where there is one,
        the numbers of the model, and ``stopped_by`` (``tolerance`` or ``cap``). Every model has ``index`` (0..1),
        ``iterations`` and ``residual`` (0..1); ``esri`` its parts ``downstream`` and ``upstream`` (0..1), ``leontief`` on a
        graph the bounds ``low`` and ``high`` (0..1) and ``affected``, the number of others that lose something.
        """
        return self.rows()

    def table(self) -> dict[str, Array]:
        """Return the columns (rows,) of the table by name: rank, firm, sole supplier (if any), numbers, stopped_by.

        Rows are in the order of the ranks; a supplier that is named as a sole supplier has no row of its own.
        """
        order = self.order
        if self.sole:
            order = order[~np.isin(order, np.fromiter(self.sole, np.int64, len(self.sole)))]
        firm = np.array([self.network.nodes[int(node)] for node in order], object)
        supplier = {need: self.network.nodes[row] for row, need in self.sole.items()}
        sole_supplier = {"sole_supplier": np.array([supplier.get(int(node)) for node in order], object)} if self.sole else {}
        numbers = {name: column[order] for name, column in self.columns.items()}
        rank = np.arange(1, len(order) + 1)
        return {"rank": rank, "firm": firm, **sole_supplier, **numbers, "stopped_by": self.stopped_by[order]}

    def rows(self, first: int | None = None) -> list[JsonObject]:
        """Return the first rows of the table as plain values; all rows where ``first`` is None."""
        table = {name: column[:first].tolist() for name, column in self.table().items()}
        return [dict(zip(table, row, strict=True)) for row in zip(*table.values(), strict=True)]


__all__ = ["Array", "Ranking"]
