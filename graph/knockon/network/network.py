"""The compiled network that the models run on, with the ways to make, save and describe one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy.typing as npt

from knockon.network.arrays import MODES, NONE, Bools, Floats, Ints, Mode, Rows
from knockon.network.network_arrays import Edges, NetworkArrays


class Network(NetworkArrays):
    """``n`` nodes own slots (their dependencies), and slots hold supplies.

    Node, slot and supply numbers are rows of these arrays. Slots stand in the
    order of their owners, supplies in the order of their slots. ``slot_need``
    is -1 where a slot has no need of its own (flows name suppliers only).
    ``weights`` is (3, slots): criticality at the low end, the point and the
    high end of its interval, each in 0..1. Shares sum to at most 1 within a
    slot. ``unstated`` marks the supplies (two or more of a slot of shares) whose
    shares nobody stated: ``supply_share`` divides the remainder equally among
    them, and at the low and high end it belongs to one of them, the least or
    the most harmed. ``buffer`` (per slot) and ``delay`` (per supply) are in days, 0 where
    nobody gave one. ``origin`` is the hash of what the network was compiled
    from, ``flows`` the money behind it where it came from flow tables.
    """

    @classmethod
    def from_graph(cls, graph: Any, **options: Any) -> Network:
        """The network of a :class:`knockon.Graph`, with the options of :meth:`knockon.Graph.network`."""
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
        """The network of a table of money flows, for every model; see :func:`knockon.network.from_flows.from_flows`.

        Parameters
        ----------
        supplier, customer, value
            Columns of equal length: firm numbers from 0, and what the one sells to the other, 0 or more.
        sector
            The sector number of each firm; by default all are in one.
        essentiality
            (m, m), what inputs of sector k are to a buyer in sector l: 0 negligible, 1 non-essential (default), 2 essential.
        final_demand
            What each firm sells outside the table; by default 0.
        costs
            What each firm spends in all, at least what it buys in the table, which is the default.
        names
            The name of each firm, in the order of the numbers; by default the numbers.
        self_flows
            Keep what a firm sells to itself; else it is an error.
        """
        from knockon.network.from_flows import from_flows

        return from_flows(
            cls, supplier, customer, value, sector, essentiality, final_demand, costs=costs, names=names, self_flows=self_flows
        )

    def save(self, path: str | Path) -> None:
        """Write a snapshot: a folder of arrays that :meth:`open` maps into memory without reading them."""
        from knockon.network.snapshot import save

        save(self, Path(path))

    @classmethod
    def open(cls, path: str | Path) -> Network:
        """A snapshot, mapped into memory; NotFound or InvalidData where there is none that is whole."""
        from knockon.network.snapshot import open_snapshot

        return open_snapshot(cls, Path(path))

    def describe(self) -> dict[str, Any]:
        """What is in the network, as numbers; see :func:`knockon.network.describe.describe`."""
        from knockon.network.describe import describe

        return describe(self)


__all__ = ["MODES", "NONE", "Bools", "Edges", "Floats", "Ints", "Mode", "Network", "Rows"]
