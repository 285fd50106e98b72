"""The networks of a page, with every shock in each of its worlds: the page computes what they cause by itself.

The page has an engine that gives the numbers of ``leontief`` (``web/src/model/engine``). It gets the network of the whole
graph, also where it draws a part, and the worlds as the rows that they have (``network_tables.py``). What Python alone
knows is sent with them: what each shock hits there, and sentences in the words of ``present/caveats.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from knockon.analysis.context import Context
from knockon.analysis.impact.companies import companies_above
from knockon.analysis.impact.coverage import dependencies_left_out
from knockon.errors import KnockonError
from knockon.model import Shock
from knockon.model.dates import as_of_text
from knockon.network.planned import Node
from knockon.network.record_filter import FINANCE, MONEY
from knockon.present.caveats import fallen
from knockon.present.page.cascade import settings
from knockon.present.page.layout import FOLD
from knockon.present.page.network_entities import NetworkEntities
from knockon.present.page.network_notes import NetworkNotes
from knockon.present.page.network_shocks import NetworkShocks
from knockon.present.page.network_tables import NetworkTables, PackedNetworks, PageRows, toggles
from knockon.present.page.network_words import MODEL, NOTHING, as_sentence, words

#: What tells worlds with the same network apart.
_NAMES = ("as_of", "date", "document", "reason")
#: What is written also where it is 0 or empty: a world without slots is not computed.
_KEPT = ("cases", "date", "document", "nodes", "reason", "slots")


class NetworkWorld(NamedTuple):
    """A world of the page.

    ``document`` is an IRI and ``day`` an ISO date; neither is given for all sources, which come first. ``opened`` returns its
    context. Without it the world is not computed, for a ``reason``, or it has the network of the day ``same``, an earlier one,
    or of all sources where that is empty. ``as_of`` says which day it is as of.
    """

    document: str
    day: str
    opened: Callable[[], Context] | None
    as_of: str = ""
    reason: str = ""
    same: str | None = None


def network_data(worlds: Iterable[NetworkWorld], shocks: Sequence[Shock], page: PageRows, *, compared: int) -> dict[str, Any]:
    """Return the networks of some worlds, as the page reads them.

    Parameters
    ----------
    worlds
        The worlds, that of all sources first; each is opened when the one before it has been read.
    shocks
        The shocks, in the order in which the page lists them; the page opens on the first ``compared`` of them.
    page
        The rows of the page.
    """
    collected = _Collected(page)
    # One after another, so that only one of them is in memory.
    rows = [collected.world(place, world, shocks) for place, world in enumerate(worlds)]
    packed = PackedNetworks(collected.tables)
    return {
        **packed.columns(),
        "cases": collected.shocks.placed(packed),
        "excerpt": int(page.kept is not None),
        "finance": collected.finance,
        "fold": FOLD,
        "model": MODEL,
        "money": list(MONEY),
        "notes": collected.notes.placed(packed),
        "opens": compared,
        "others": collected.entities.undrawn(packed),
        "shocks": collected.shocks.columns(shocks),
        "stopping": collected.stopping,
        "words": words() | {"nothing_row": page.text(NOTHING)},
        "worlds": _written(rows, packed),
    }


def _written(rows: Sequence[dict[str, Any]], packed: PackedNetworks) -> list[dict[str, Any]]:
    """Return the worlds with their rows as differences from the first; one that is as an earlier one only names that.

    What is 0 or empty is left out, but for what tells worlds apart.
    """
    empty: dict[str, list[int]] = {"nodes": [], "parts": [], "slots": []}
    places = [packed_rows(row, packed) if "slots" in row else empty for row in rows]
    first: dict[str, int] = {}
    written = []
    for number, row in enumerate(rows):
        if "slots" in row:
            contents = {name: value for name, value in (row | places[number]).items() if name not in _NAMES}
            same = first.setdefault(repr(sorted(contents.items())), number)
            base = places[0] if number else empty
            kept = {name: toggles(places[number][name], base[name]) for name in empty}
            shown = row | kept if same == number else {name: row[name] for name in _NAMES} | {"same": same}
        else:
            shown = row
        written.append({name: value for name, value in sorted(shown.items()) if value or name in _KEPT or "same" in shown})
    return written


class _Collected:
    """What is collected from one world after another."""

    def __init__(self, page: PageRows) -> None:
        self.page, self.tables = page, NetworkTables(page)
        self.entities = NetworkEntities(page, self.tables)
        self.shocks, self.notes = NetworkShocks(page, self.tables, self.entities), NetworkNotes(page.text)
        #: The row of the world of each day; of all sources that of the empty day.
        self.days: dict[str, int] = {}
        self.stopping: dict[str, float] = {}
        #: Classes whose failure passes nothing on to others than money.
        self.finance: list[str] = []

    def world(self, place: int, world: NetworkWorld, shocks: Sequence[Shock]) -> dict[str, Any]:
        """Return a world, with rows as they are numbered so far."""
        reason = self.page.text(world.reason)
        named = {"as_of": self.page.text(world.as_of), "date": world.day, "document": world.document, "reason": reason}
        if world.same is not None:
            return named | {"same": self.days[world.same]}
        if not world.document:
            self.days[world.day] = place
        if world.opened is None:
            return named
        try:
            return named | self._computed(world.opened(), world, shocks)
        except KnockonError as error:
            return named | {"reason": self.page.text(str(error))}

    def _computed(self, context: Context, world: NetworkWorld, shocks: Sequence[Shock]) -> dict[str, Any]:
        page, info = self.page, context.options
        self.stopping = {"cap": info.cap, "eps": info.eps}
        self.finance = [] if info.record_filter.financing else list(FINANCE)
        compiled = context.compiled()
        network = compiled.network
        slots = self.tables.add(context, compiled)
        for iri in network.nodes:
            self.entities.add(context, iri)
        run = context.run_info(compiled)
        text = world.as_of or (as_of_text(run.as_of, run.not_holding) if run.as_of else "")
        context.prepare_targets(shocks)
        cases = [self.shocks.row(context, compiled, slots, place, shock) for place, shock in enumerate(shocks)]
        return {
            "as_of": page.text(text),
            "cases": cases,
            "entities": network.entities,
            "fallen": page.text(fallen(run)),
            "hash": page.text(network.hash),
            "left_out": page.text(as_sentence(dependencies_left_out(compiled.left_out, named=context.named))),
            "nodes": list(network.nodes),
            "notes": self.notes.row(context, compiled, slots),
            "parameters": page.text(settings({**info.parameters(), "eps": info.eps, "cap": info.cap})),
            "parts": [
                self._part(context, iri, company)
                for iri in sorted({*network.nodes, *page.drawn})
                for company in sorted(companies_above(context, iri))
            ],
            "slots": slots,
            "unknown": network.unknown_share,
        }

    def _part(self, context: Context, iri: str, company: str) -> int:
        """Return the number of a part and a company that it belongs to, which need not be in the network."""
        self.entities.add(context, company)
        return self.tables.parts.row((iri, company))


def packed_rows(world: Mapping[str, Any], packed: PackedNetworks) -> dict[str, list[int]]:
    """Return the rows of a world in the packed tables."""
    return {
        "nodes": sorted(packed.row[Node(iri)] for iri in world["nodes"]),
        "parts": sorted(world["parts"]),
        "slots": sorted(packed.slot_place[slot] for slot in world["slots"]),
    }


__all__ = ["MODEL", "NetworkWorld", "network_data"]
