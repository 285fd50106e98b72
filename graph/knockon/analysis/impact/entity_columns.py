"""The places of some entities, and of the parts of companies among them, in the columns of losses."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from knockon.analysis.context import Context
from knockon.model import Company, Entity
from knockon.network.network import Floats, Ints, Network
from knockon.propagation.traversal import steps_from


class EntityColumns:
    """Where the losses of some entities are among those of a network.

    Attributes
    ----------
    entities
        Those of the entities (IRIs) that the network has, in order.
    places
        The number of each in the network.
    parts
        The numbers of the parts of each company among them (IRI), direct and indirect, in the order of the IRIs of the parts.
    """

    def __init__(self, context: Context, network: Network, entities: Collection[str]) -> None:
        self.entities = sorted(iri for iri in entities if iri in network.index)
        self.places: Ints = np.array([network.index[iri] for iri in self.entities], np.int64)
        companies = [iri for iri in sorted(entities) if isinstance(context.records.get(iri), Company)]
        inside: dict[str, list[str]] = {}
        for record in context.statements.parts_of_wholes if companies else ():
            for whole in record.part_of if isinstance(record, Entity) else ():
                inside.setdefault(whole, []).append(record.id)
        self.parts: dict[str, Ints] = {}
        for company in companies:
            below = steps_from([company], lambda whole: inside.get(whole, ()))
            parts = [network.index[iri] for iri in sorted(below) if iri != company and iri in network.index]
            if parts:
                self.parts[company] = np.array(parts, np.int64)

    def lost(self, losses: Floats) -> dict[str, int]:
        """Return those of the entities that lose something, each with its number; ``losses`` are (entities,)."""
        lost = np.flatnonzero(losses[self.places] > 0).tolist()
        return {self.entities[place]: int(self.places[place]) for place in lost}

    def worst_parts(self, losses: Floats) -> dict[str, int]:
        """Return the part (its number) that loses most of each company, where one loses; of equal ones the first by IRI."""
        worst = ((company, int(places[losses[places].argmax()])) for company, places in self.parts.items())
        return {company: node for company, node in worst if losses[node] > 0}


__all__ = ["EntityColumns"]
