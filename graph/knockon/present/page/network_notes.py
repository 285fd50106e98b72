"""What the page says of records where a shock reaches them: scaled shares, periods, owners."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from knockon.analysis.context import Context
from knockon.analysis.impact.impact_parts import owners_among
from knockon.network.compile import Compiled
from knockon.network.network import NONE
from knockon.network.planned import Node
from knockon.present.caveats import numbers, owners
from knockon.present.page.network_tables import Distinct, PackedNetworks


class NetworkNotes:
    """The notes of one world after another; worlds that agree share them.

    Parameters
    ----------
    text
        Returns the row of a string of the page.
    """

    def __init__(self, text: Callable[[str], int]) -> None:
        self._text, self._notes = text, Distinct[tuple[Any, ...]]()

    def row(self, context: Context, compiled: Compiled, slots: Sequence[int]) -> int:
        """Return the row of the notes of a world: a list for each sentence but the first two."""
        network, text = compiled.network, self._text
        named = []
        for by_iri in (compiled.scaled, compiled.completed):
            texts = zip(sorted(by_iri), numbers(dict(sorted(by_iri.items())), context.named), strict=True)
            named.append(tuple((*_place_of(compiled, slots, iri), text(words)) for iri, words in texts))
        met = tuple(("need", slots[network.slot_index[iri]], text(context.named(iri))) for iri in compiled.met_by_provisions)
        periods = tuple(
            ("entity", iri, text(f"{context.named(iri)} {period}")) for iri, period in sorted(compiled.periods.items())
        )
        totals = {iri: total for iri, total in compiled.incomplete_periods.items() if iri in compiled.periods}
        incomplete = tuple(
            ("entity", iri, text(words)) for iri, words in zip(totals, numbers(totals, context.named), strict=True)
        )
        held = [iri for iri in network.nodes if iri in context.holdings]
        sentences = tuple((iri, text(f"{owners(owners_among(context, [iri]))[0]}.")) for iri in held)
        return self._notes.row((*named, met, periods, incomplete, sentences))

    def placed(self, packed: PackedNetworks) -> list[dict[str, list[Any]]]:
        """Return all notes with places in the packed tables."""
        return [_placed_notes(notes, packed) for notes in self._notes.rows]


def _place_of(compiled: Compiled, slots: Sequence[int], iri: str) -> tuple[str, Any]:
    """Return the slot that is reached where a record is, and the kind ``whole`` where it may be reached as a part too."""
    network = compiled.network
    if (supply := network.supply_index.get(iri)) is not None:
        return "slot", slots[int(network.supply_slot[supply])]
    slot = network.slot_index[iri]
    return "whole" if network.whole_supply(slot) != NONE else "slot", slots[slot]


def _placed_notes(notes: Sequence[Any], packed: PackedNetworks) -> dict[str, list[Any]]:
    """Return notes with places in the packed tables."""
    *lists, sentences = notes
    kinds = ("slot", "whole", "need", "entity")

    def placed(kind: str, where: Any) -> int:
        return packed.row[Node(where)] if kind == "entity" else packed.slot_place[where]

    return {
        "owners": [[packed.row[Node(iri)], sentence] for iri, sentence in sentences],
        "reached": [[[kinds.index(kind), placed(kind, where), words] for kind, where, words in one] for one in lists],
    }


__all__ = ["NetworkNotes"]
