"""Make the network of tables of flows, firms and essentiality: files, Arrow tables, data frames."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Literal, TypeVar

import numpy as np

from knockon.authoring.files import printable_path
from knockon.authoring.flow_tables import FlowTable, TableSource, read_flows
from knockon.authoring.options import DEFAULTS, ReadOptions
from knockon.errors import InvalidData, Problem, UsageError
from knockon.network.arrays import Bools, Floats
from knockon.network.from_flows import FlowColumns, from_flows
from knockon.network.network_arrays import NetworkArrays

#: The class of network that is made.
N = TypeVar("N", bound=NetworkArrays)
SelfFlows = Literal["refuse", "keep", "drop"]
_SELF_FLOWS = ("refuse", "keep", "drop")
#: What callers that have the options of ``knockon rank`` can do about rows with self-flows.
_HINT = "leave the row out, or use --drop-self-flows, or --keep-self-flows for a table of industries"
#: The rows with self-flows that an error names; the others are counted.
_NAMED_ROWS = 5


@dataclass(frozen=True, eq=False)
class TabledNetwork(Generic[N]):
    """The network of a table of flows, and what the tables state that is no part of a network.

    Attributes
    ----------
    network
        The network.
    equity
        The equity of each firm, (firms,), NaN where it is not known; None if no table has it.
    weight
        What each firm counts in an index, (firms,); None if no table has it.
    dropped
        The number of rows left out in which a firm sells to itself.
    sectors
        The name of each sector by its number; empty if the tables have none.
    without_flows
        The firms that a table of firms lists and no flow names: they neither sell nor buy.
    """

    network: N
    equity: Floats | None = None
    weight: Floats | None = None
    dropped: int = 0
    sectors: tuple[str, ...] = ()
    without_flows: tuple[str, ...] = ()


def read_network(
    kind: type[N],
    flows: TableSource,
    firms: TableSource | None = None,
    essentiality: TableSource | None = None,
    options: ReadOptions = DEFAULTS,
    self_flows: SelfFlows = "refuse",
    *,
    valued: bool = True,
    hint: str = _HINT,
) -> TabledNetwork[N]:
    """Read tables and make the network of them.

    Parameters
    ----------
    kind
        The class of the network to make; ``Network.from_table`` passes itself.
    flows, firms, essentiality, self_flows
        As :meth:`knockon.network.Network.from_table` takes them.
    options
        How text tables are read.
    valued
        Whether the flows must have a column ``value``; without it each counts 1.
    hint
        What the refusal of rows in which a firm sells to itself says about them.

    Raises
    ------
    NotFound, InvalidData, UsageError
        As :meth:`knockon.network.Network.from_table` raises them.

    Examples
    --------
    >>> from knockon.network import Network
    >>> columns = {"supplier": ["acme", "shop"], "customer": ["shop", "shop"], "value": [3, 1]}
    >>> tabled = read_network(Network, columns, {"firm": ["acme"], "equity": [2.5]}, self_flows="drop")
    >>> tabled.network, tabled.equity.tolist(), tabled.dropped
    (<Network of 2 nodes, 1 slots, 1 supplies>, [2.5, nan], 1)
    """
    if self_flows not in _SELF_FLOWS:
        raise UsageError(f"self_flows is one of {', '.join(_SELF_FLOWS)}, not {self_flows!r}")
    table = read_flows(flows, firms, essentiality, options, valued=valued)
    if essentiality is not None and table.sector is None:
        raise UsageError("essentiality needs sectors: give every firm one, in the table of firms or in that of flows")
    is_self = table.supplier == table.customer
    found = bool(is_self.any())
    if found and self_flows == "refuse":
        raise _self_flows(flows, table, is_self, hint)
    keep = ~is_self if found and self_flows == "drop" else slice(None)
    columns = FlowColumns(
        table.supplier[keep], table.customer[keep], table.value[keep],
        table.sector, table.essentiality, table.final_demand, table.costs, table.names,
    )  # fmt: skip
    network = from_flows(kind, columns, self_flows=self_flows == "keep")
    dropped = int(np.sum(is_self)) if self_flows == "drop" else 0
    without_flows = tuple(str(table.names[firm]) for firm in table.without_flows)
    return TabledNetwork(network, table.equity, table.weight, dropped, table.sectors, without_flows)


def _self_flows(source: TableSource, table: FlowTable, is_self: Bools, hint: str) -> InvalidData:
    name = printable_path(Path(source)) if isinstance(source, str | Path) else "flows"
    rows = np.flatnonzero(is_self)
    problems = [
        Problem(name, table.line_of(int(row)), f"{table.names[table.supplier[row]]} is its own customer", hint)
        for row in rows[:_NAMED_ROWS]
    ]
    if len(rows) > len(problems):
        problems.append(Problem(name, None, f"{len(rows)} rows of this kind in all"))
    return InvalidData(problems)


__all__ = ["TabledNetwork", "read_network"]
