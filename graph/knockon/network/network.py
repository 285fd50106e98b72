"""The compiled network that the models run on, with the ways to make, save and describe one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import numpy.typing as npt

from knockon.network.arrays import MODES, NONE, Bools, Floats, Ints, Mode, Rows
from knockon.network.edges import Edges
from knockon.network.network_arrays import NetworkArrays


class Network(NetworkArrays):
    """A network of ``n`` nodes that own slots (their dependencies), which hold supplies.

    Node, slot and supply numbers are rows of these arrays. Slots are in the order of their owners, supplies in the order of
    their slots. A network may have hidden nodes, whose rows come after those of the visible ones: what an entity is without
    its provisions, one of the parts that add up to it, one of several records that disagree or a choice among them, or itself
    as one that never fails. Shocks name visible nodes, and results have numbers of these alone.

    Parameters
    ----------
    nodes
        The name of each visible node, (entities,).
    slot_owner
        The node that owns each slot, (slots,), ascending.
    slot_need
        The node that each slot needs, (slots,); -1 where it has suppliers only (flows).
    weights
        Criticality of each slot in 0..1, (3, slots): the low end, the point and the high end of its interval.
    mode
        How the supplies of each slot combine, a :class:`knockon.network.Mode`, (slots,).
    at_least
        The number of supplies of each slot that must work where the mode is ``AT_LEAST``, (slots,).
    supply_start
        The supplies of slot r are the rows ``supply_start[r]:supply_start[r + 1]``, (slots + 1,).
    supply_provider
        The node that provides each supply, (supplies,).
    supply_share
        The share of each supply in 0..1, (supplies,). Shares of a slot add up to at most 1.
    slot_records
        The IRIs of the records behind each slot; empty for flows.
    supply_records
        The IRIs of the records behind each supply; empty for flows.
    unknown
        Whether nobody states the criticality of a slot, (slots,).
    disputed
        Whether several records state the criticality of a slot, (slots,).
    unstated
        Whether nobody states the share of a supply, (supplies,); true for two or more of a slot, or for none.
        ``supply_share`` divides the remainder equally among them; at the low and high end it belongs to the least or the
        most harmed of them.
    buffer
        Days of stock of each slot, (slots,); 0 where nobody states one.
    delay
        Days of delay of each supply, (supplies,); 0 where nobody states one.
    origin
        The hash of what the network was compiled from.
    flows
        The money behind the network, where it was made of flow tables.
    hidden_entity
        The visible node that each hidden node stands for, (hidden,); n is the number of both.
    hidden_slot
        The slot that holds what a hidden node is a part or a record of its entity by, (hidden,); -1: it is the entity without
        its provisions. A hit on the entity hits that node as well.
    hit_with
        The first of the slots whose records dispute one need, (slots,), of others the slot itself; empty where there are none.
        A hit on one of them hits all, and the model ``chance`` draws one number for them.
    substitutes
        The alternatives that meet the need of a slot some days after a shock begins; None where no record states the days.

    Examples
    --------
    >>> network = Network.from_flows(supplier=[0, 1], customer=[2, 2], value=[3.0, 1.0], names=["acme", "bolt", "shop"])
    >>> network
    <Network of 3 nodes, 1 slots, 2 supplies>
    >>> network.supply_share.tolist()
    [0.75, 0.25]
    """

    @classmethod
    def from_graph(cls, graph: Any, **options: Any) -> Network:
        """Compile the network of a graph.

        Parameters
        ----------
        graph
            A :class:`knockon.Graph`.
        options
            The options of :meth:`knockon.Graph.network`, such as ``as_of``, ``according_to``, ``without`` and ``financing``.

        Returns
        -------
        Network
            A slot for each need of a dependant, with bounds of its criticality and its suppliers.

        Raises
        ------
        UsageError, NotFound, InvalidData
            As :meth:`knockon.Graph.network` raises them.

        Examples
        --------
        >>> import knockon
        >>> Network.from_graph(knockon.open("chips")).size > 0
        True
        """
        network = graph.network(**options)
        assert isinstance(network, cls)  # noqa: S101 - what Graph.network promises
        return network

    @classmethod
    def from_flows(
        cls,
        supplier: npt.ArrayLike,
        customer: npt.ArrayLike,
        value: npt.ArrayLike,
        sector: npt.ArrayLike | None = None,
        essentiality: npt.ArrayLike | None = None,
        final_demand: npt.ArrayLike | None = None,
        *,
        costs: npt.ArrayLike | None = None,
        names: Sequence[str] | None = None,
        self_flows: bool = False,
    ) -> Network:
        """Build the network of a table of money flows, as Diem et al. (2022) read it.

        Every customer has one slot for each sector it buys essential inputs from, one for all its non-essential inputs, and
        one of weight 0 for the negligible ones. A supply is a supplier with its share of the sector (essential) or of all
        that the customer buys (the others). Flows that occur several times are added up, flows of 0 are left out;
        :meth:`describe` counts both.

        Parameters
        ----------
        supplier, customer
            Firm numbers from 0, (flows,), in any form that numpy reads (numpy, Arrow, pandas, lists). For firms known by
            names: ``names, row = np.unique(ids, return_inverse=True)``. A number without flows is a firm without flows.
        value
            What the supplier sells to the customer, (flows,): money of one unit and period, 0 or more.
        sector
            The sector number of each firm, from 0, (n,); by default all firms are in one sector.
        essentiality
            What inputs of sector k are to a buyer in sector l, (m, m) for m sectors: 0 negligible, 1 non-essential (the
            default), 2 essential.
        final_demand
            What each firm sells outside the table, (n,), in the unit of value; by default 0.
        costs
            What each firm spends in all, wages and imports included, (n,), in the unit of value, at least what it buys in the
            table, which is the default. Non-essential inputs are shares of it.
        names
            The name of each firm, (n,); by default its number.
        self_flows
            Keep what a firm sells to itself, as input-output tables have it; else it is an error.

        Returns
        -------
        Network
            Nodes are the firms, in the order of their numbers; ``flows`` has their sales and sectors.

        Raises
        ------
        InvalidData
            Negative, missing or non-finite values, self-flows, firm or sector numbers that do not exist, duplicate names.
        UsageError
            Columns of different lengths or of no numbers, an essentiality matrix of another shape.

        References
        ----------
        C. Diem, A. Borsos, T. Reisch, J. Kertész, S. Thurner, "Quantifying firm-level economic systemic risk from
        nation-wide supply networks", Scientific Reports 12:7719 (2022), doi:10.1038/s41598-022-11522-z.

        Examples
        --------
        >>> network = Network.from_flows([0, 1, 1], [1, 2, 2], [3.0, 1.0, 1.5], sector=[0, 1, 1])
        >>> network.flows.sales.tolist(), network.flows.merged
        ([3.0, 2.5, 0.0], 1)
        """
        from knockon.network.from_flows import FlowColumns, from_flows

        columns = FlowColumns(supplier, customer, value, sector, essentiality, final_demand, costs, names)
        return from_flows(cls, columns, self_flows=self_flows)

    @classmethod
    def from_table(
        cls,
        flows: Any,
        firms: Any = None,
        essentiality: Any = None,
        *,
        self_flows: Literal["refuse", "keep", "drop"] = "refuse",
        **options: Any,
    ) -> Network:
        """Read tables of money flows, firms and sectors, and build the network of them, without a graph in between.

        Each table is the path of a Parquet, CSV, TSV or Excel file (flows also of a wide input-output table), an Arrow table
        or stream, a data frame of pandas or Polars, or a mapping of columns. Columns may be in any order and spelling, and
        others beside them are left out. Names of firms are texts or whole numbers of any width.

        Parameters
        ----------
        flows
            Who sells to whom for how much: ``supplier``, ``customer``, ``value``, and optionally ``supplier_sector`` and
            ``customer_sector``.
        firms
            What is known of firms: ``firm``, and any of ``sector``, ``final_demand``, ``inventories``, ``costs``, ``equity``,
            ``weight``; the last two are no part of a network, and only checked.
        essentiality
            ``supplier_sector``, ``customer_sector``, ``essentiality`` (0, 1 or 2); pairs without a row are 1.
        self_flows
            What to do with what a firm sells to itself: ``refuse`` the table, ``keep`` or ``drop`` these rows.
        options
            How text tables are read: the fields of :class:`knockon.ReadOptions`, such as ``decimal=","`` and ``rename``.

        Returns
        -------
        Network
            Nodes are the firms, in the order of their names; :meth:`from_flows` says what their slots are.

        Raises
        ------
        NotFound
            A file does not exist.
        InvalidData
            A column is missing or of another type, a name or a value is missing, negative or not finite, a firm sells to
            itself, is listed twice or has two sectors; with file and row. Where a table is not a text, the row after the
            column names is row 2.
        UsageError
            A table is none, or needs a package that is not installed.

        Examples
        --------
        >>> columns = {"supplier": ["acme", "bolt"], "customer": ["shop", "shop"], "value": [3.0, 1.0]}
        >>> network = Network.from_table(columns, {"firm": ["shop"], "final_demand": [9.0]})
        >>> list(network.nodes), network.supply_share.tolist(), network.flows.final_demand.tolist()
        (['acme', 'bolt', 'shop'], [0.75, 0.25], [0.0, 0.0, 9.0])
        """
        from knockon.authoring.options import ReadOptions
        from knockon.network.from_table import read_network

        return read_network(cls, flows, firms, essentiality, ReadOptions(**options), self_flows).network

    def save(self, path: str | Path) -> None:
        """Write a snapshot: a folder of arrays that :meth:`open` maps into memory.

        Parameters
        ----------
        path
            A folder that does not exist yet, or a snapshot, which is replaced at once when the new one is complete.

        Raises
        ------
        UsageError
            Something else is at that path, or it cannot be written.

        Examples
        --------
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     Network.from_flows([0], [1], [2.0]).save(f"{folder}/network")
        ...     Network.open(f"{folder}/network")
        <Network of 2 nodes, 1 slots, 1 supplies>
        """
        from knockon.authoring.files import as_path
        from knockon.network.snapshot import save

        save(self, as_path(path))

    @classmethod
    def open(cls, path: str | Path) -> Network:
        """Open a snapshot, mapped into memory: arrays are read when a model needs them.

        Parameters
        ----------
        path
            The folder that :meth:`save` wrote; :meth:`save` has an example.

        Returns
        -------
        Network
            The network that was saved, with the same hash.

        Raises
        ------
        NotFound
            The folder does not exist.
        InvalidData
            The folder is not a snapshot, is of another version, or a file in it is damaged.
        """
        from knockon.authoring.files import as_path
        from knockon.network.snapshot import open_snapshot

        return open_snapshot(cls, as_path(path))

    def describe(self) -> dict[str, Any]:
        """Return counts and shares of the network, and the hash that identifies it.

        Returns
        -------
        dict
            Numbers of nodes, slots and supplies, of each combination and of missing information; for a network of flows also
            of firms, sectors and money. :func:`knockon.network.describe.describe` lists the keys.

        Examples
        --------
        >>> Network.from_flows([0, 1], [1, 2], [1.0, 1.0]).describe()["nodes_without_needs"]
        1
        """
        from knockon.network.describe import describe

        return describe(self)


__all__ = ["MODES", "NONE", "Bools", "Edges", "Floats", "Ints", "Mode", "Network", "Rows"]
