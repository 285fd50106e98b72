"""A part of a network as a network in memory: some nodes with all that their losses depend on.

It is what the linear equations of a slowly converging loop are solved on, and what bindings are read off: the code for both is
that of the models in memory.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from knockon.network.arrays import NONE, Bools, Floats, Ints
from knockon.network.hits import InitialLosses
from knockon.network.name_arrays import NumberedNames
from knockon.network.network import Network
from knockon.propagation.combinations import Rules
from knockon.propagation.leontief_round import LaneEquations

Columns = Mapping[str, npt.NDArray[Any]]


class Part(NamedTuple):
    """A part of a network: its arrays, and the numbers that its rows have in the whole.

    ``inside`` says of each node whether all its slots are in the part; the others are there as providers alone. ``hit`` are the
    losses that the shock sets on the rows of the part.
    """

    network: Network
    nodes: Ints
    slots: Ints
    supplies: Ints
    inside: Bools
    hit: InitialLosses

    def equations(self, bound: int, state: Floats, *, split: bool) -> LaneEquations:
        """Return the equations of one bound, in which nodes outside keep their losses.

        Parameters
        ----------
        bound
            0 low, 1 point, 2 high.
        state
            The losses of the nodes of the part.
        split
            Whether any slot of the whole network has several readings.
        """
        hit = InitialLosses(np.where(self.inside, self.hit.node, state)[:, None], *(part[:, None] for part in self.hit[1:]))
        reading = np.array([[float(bound)]]) if split else None
        return LaneEquations(Rules(self.network), self.network.weights[bound][:, None], hit, reading)

    def losses(self, known: Columns) -> Floats:
        """Return the losses of the nodes of the part, from a table of ``node`` and ``loss``; 0 where that has no row."""
        losses = np.zeros(len(self.nodes))
        rows = np.isin(known["node"], self.nodes)
        losses[np.searchsorted(self.nodes, known["node"][rows])] = known["loss"][rows]
        return losses


def assemble_part(slot: Columns, supply: Columns, node: Columns, inside: Ints, entities: int) -> Part:
    """Return the part of a network that some columns describe.

    Parameters
    ----------
    slot
        ``slot``, ``owner``, ``need``, ``mode``, ``at_least``, ``weight_0``, ``weight_1``, ``weight_2`` and ``hit`` of all
        slots of the nodes inside, by slot.
    supply
        ``supply``, ``slot``, ``provider``, ``share``, ``unstated`` and ``hit`` of all supplies of these slots, by supply.
    node
        ``node``, ``entity``, ``part`` and ``hit`` of the nodes inside, of those that they depend on, and of the entities that
        these stand for, by node.
    inside
        The nodes inside.
    entities
        The number of visible nodes of the whole network.
    """
    nodes = node["node"].astype(np.int64)
    hidden = nodes >= entities

    def place(rows: npt.NDArray[Any]) -> Ints:
        return np.searchsorted(nodes, rows).astype(np.int64)

    slots = slot["slot"].astype(np.int64)
    network = Network(
        nodes=NumberedNames(int((~hidden).sum())),
        slot_owner=place(slot["owner"]),
        slot_need=np.where(slot["need"] == NONE, NONE, place(slot["need"])),
        weights=np.stack([slot[f"weight_{end}"] for end in range(3)]),
        mode=slot["mode"],
        at_least=slot["at_least"].astype(np.int64),
        supply_start=np.searchsorted(supply["slot"], np.append(slots, np.iinfo(np.int64).max)).astype(np.int64),
        supply_provider=place(supply["provider"]),
        supply_share=supply["share"].astype(np.float64),
        unstated=supply["unstated"].astype(bool),
        hidden_entity=place(node["entity"][hidden]),
        hidden_slot=node["part"][hidden].astype(np.int64),
    )
    hit = InitialLosses(node["hit"], slot["hit"], supply["hit"])
    return Part(network, nodes, slots, supply["supply"].astype(np.int64), np.isin(nodes, inside), hit)


__all__ = ["Columns", "Part", "assemble_part"]
