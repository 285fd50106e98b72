"""The networks of a page, with every shock in each of its worlds: the page computes what they cause by itself.

The page has an engine that gives the numbers of ``leontief`` (``web/src/model/engine``). It gets the network of the whole
graph, also where it draws a part, and the worlds as the rows that they have (``network_tables.py``). What Python alone
knows is sent with them: what each shock hits there, and sentences in the words of ``present/caveats.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from knockon.analysis.answer_parts import cite
from knockon.analysis.context import Context
from knockon.analysis.impact.companies import companies_above
from knockon.analysis.impact.coverage import NAMED, dependencies_left_out, not_hit
from knockon.analysis.impact.impact_report import owners_among
from knockon.analysis.labels import label_of
from knockon.analysis.methods import METHODS
from knockon.analysis.mitigate.candidates import LOWER
from knockon.errors import KnockonError
from knockon.model import Entity, Measure, Shock, Statement
from knockon.model.dates import as_of_text, hits_nothing
from knockon.network.compile import Compiled
from knockon.network.hits import Hits
from knockon.network.network import NONE
from knockon.network.planned import Node
from knockon.network.record_filter import FINANCE, MONEY
from knockon.network.resolve import ResolvedShock, to_hits
from knockon.present.caveats import MORE, NEEDS, REACHED, RESTS, STANCES, fallen, not_asserted, numbers, owners, ungraded
from knockon.present.page.cascade import settings
from knockon.present.page.layout import FOLD
from knockon.present.page.network_tables import Distinct, NetworkTables, PackedNetworks, PageRows, toggles
from knockon.present.page.styles import words as words_of
from knockon.present.phrases import CAPPED
from knockon.vocabulary import UNKNOWN, UNSTATED, Level, Stance, interval, local_name

#: The model that the page computes.
MODEL = "leontief"
KINDS = ("node", "slot", "supply")
#: What tells worlds with the same network apart.
_NAMES = ("as_of", "date", "document", "reason")


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
    cases = [_placed(case, packed) for case in collected.cases.rows]
    return {
        **packed.columns(),
        "cases": cases,
        "excerpt": int(page.kept is not None),
        "finance": collected.finance,
        "fold": FOLD,
        "model": MODEL,
        "money": list(MONEY),
        "notes": [_placed_notes(notes, packed) for notes in collected.notes.rows],
        "opens": compared,
        "others": collected.others(packed),
        "shocks": collected.shocks(shocks),
        "stopping": collected.stopping,
        "words": words() | {"nothing_row": page.text(NOTHING)},
        "worlds": _written(rows, packed),
    }


def _written(rows: Sequence[dict[str, Any]], packed: PackedNetworks) -> list[dict[str, Any]]:
    """Return the worlds with their rows as differences from the first; one that is as an earlier one only names that."""
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
        written.append(dict(sorted(shown.items())))
    return written


def words() -> dict[str, Any]:
    """Return the sentences that the page fills in: those that ``present/caveats.py`` writes."""
    return {
        "caveat": METHODS[MODEL].caveat,
        "capped": f"{CAPPED}.",
        "levels": _levels(),
        "more": MORE,
        "named": NAMED,
        "needs": list(NEEDS),
        "nothing": NOTHING,
        "reached": list(REACHED.values()),
        "rests": dict(sorted(RESTS.items())),
        "stances": [stance.value for stance in Stance],
        "stances_in_words": [STANCES[stance] for stance in Stance],
        "unstated": UNSTATED,
    }


def _levels() -> list[list[Any]]:
    """Return each word for a criticality with its interval and the next lower word, as ``mitigate`` lowers it.

    >>> _levels()[1]
    ['high', 0.6, 0.75, 0.9, 'medium']
    """
    stated = [[words_of(level), *interval(level), words_of(LOWER[level]) if level in LOWER else ""] for level in Level]
    # One that is not given counts as Medium at the point, and the next lower word is Low.
    return [*stated, ["not given", *UNKNOWN, words_of(LOWER[Level.MEDIUM])]]


#: Why a run has no losses, where nothing else explains it.
NOTHING = "The shock harms nothing in this world."
ABSENT = "What the shock hits is not in this world."


class _Collected:
    """What is collected from one world after another."""

    def __init__(self, page: PageRows) -> None:
        self.page, self.tables = page, NetworkTables(page)
        self.cases, self.notes = Distinct[tuple[Any, ...]](), Distinct[tuple[Any, ...]]()
        self.labels: dict[str, tuple[str, str]] = {}
        self.statements: dict[int, Shock] = {}
        #: Rows of where each shock and its hits are cited.
        self.citations: dict[int, list[int]] = {}
        #: The row of the world of each day; of all sources that of the empty day.
        self.days: dict[str, int] = {}
        self.stopping: dict[str, float] = {}
        #: Classes whose failure passes nothing on to others than money.
        self.finance: list[str] = []

    def world(self, place: int, world: NetworkWorld, shocks: Sequence[Shock]) -> dict[str, Any]:
        """Return a world, with rows as they are numbered so far."""
        reason = self.page.text(world.reason)
        named = {"as_of": world.as_of, "date": world.day, "document": world.document, "reason": reason}
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
            self.tables.entities.row(iri)
            self._label(context, iri)
        run = context.run_info(compiled)
        text = world.as_of or (as_of_text(run.as_of, run.not_holding) if run.as_of else "")
        cases = [self._case(context, compiled, slots, place, shock) for place, shock in enumerate(shocks)]
        return {
            "as_of": text,
            "cases": [self.cases.row(case) for case in cases],
            "entities": network.entities,
            "fallen": page.text(fallen(run)),
            "hash": page.text(network.hash),
            "left_out": page.text(_sentence(dependencies_left_out(compiled.left_out))),
            "nodes": list(network.nodes),
            "notes": self.notes.row(self._notes(context, compiled, slots)),
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
        self.tables.entities.row(company)
        self._label(context, company)
        return self.tables.parts.row((iri, company))

    def _label(self, context: Context, iri: str) -> None:
        """Keep the label and class of an entity that the page does not draw although it draws all that has a record."""
        if self.page.node(iri) < 0 and self.page.kept is None:
            record = context.records.get(iri)
            self.labels.setdefault(iri, (label_of(context.records, iri), record.rdf_class if record else "Entity"))

    def _case(self, context: Context, compiled: Compiled, slots: Sequence[int], place: int, shock: Shock) -> tuple[Any, ...]:
        """Return what a shock hits in a world, and what Python says of that; the same for shocks and worlds that agree."""
        text = self.page.text
        known = next((record for record in context.shocks if record.id == shock.id), shock)
        self.statements.setdefault(place, known)
        if place not in self.citations:
            cited = [evidence for record in (known, *known.parts()) for evidence in record.evidence]
            self.citations[place] = [self.page.evidence(citation) for citation in cite(cited, context.records)]
        stance = -1 if known.stance is None else list(Stance).index(known.stance)
        ends = tuple(map(text, not_asserted(known.stance)))
        try:
            resolved = context.resolve([known])[0]
        except KnockonError as error:
            return (), (), ends, text(str(error)), text(""), 0, stance, text(""), text(""), 0, 0
        named = {target.iri for target in resolved.targets}
        added = sorted(iri for iri in named if self._is_added(context, compiled, iri))
        network = context.compiled([resolved]).network if added else compiled.network
        for iri in added:
            self.tables.entities.row(iri)
            self._label(context, iri)
        missing = (*resolved.missing, *to_hits(network, [resolved])[1][0])
        says = [f"{line}." for line in not_hit(missing, known.id)]
        says += [f"{line}." for line in (ungraded(resolved.ungraded), *owners(owners_among(context, named))) if line]
        left_out = dependencies_left_out({**compiled.left_out, **resolved.left_out}) if resolved.left_out else ""
        day = str(context.options.parameters()["as_of"])
        why = hits_nothing("The shock", day, resolved.not_in_force) if resolved.not_in_force else ""
        return (
            self._hits(context, compiled, slots, resolved, known, frozenset(added)),
            tuple(map(text, says)),
            ends,
            text(why or (ABSENT if missing else NOTHING)),
            text(why),
            len(added),
            stance,
            text(network.hash if added else ""),
            text(_sentence(left_out)),
            len(resolved.targets),
            len(resolved.ungraded),
        )

    def _is_added(self, context: Context, compiled: Compiled, iri: str) -> bool:
        """Whether an entity is a node only where this shock is run: its query found it, and nobody depends on it."""
        return iri not in compiled.network.index and isinstance(context.records.get(iri), Entity | Measure)

    def _hits(
        self,
        context: Context,
        compiled: Compiled,
        slots: Sequence[int],
        resolved: ResolvedShock,
        shock: Shock,
        added: frozenset[str],
    ) -> tuple[Any, ...]:
        """Return the hits of a shock: kind, place, interval, target, record of the hit, and whether nobody states how hard."""
        known, rows = {hit.id: hit for hit in shock.hit}, []
        for target in resolved.targets:
            hits, outside = to_hits(compiled.network, [ResolvedShock((target,), ())])
            if outside[0] and target.iri not in added:
                continue
            record, hit = context.records.get(target.hit), known.get(target.hit)
            evidence = (record.evidence if isinstance(record, Statement) else ()) or shock.evidence
            of_hit = self.tables.add_hit(target.hit, hit is not None and bool(hit.judged), evidence, context)
            where = self._where(compiled, slots, target.iri, hits)
            rows.append(
                (where, self.tables.interval(target.interval), self.page.name(target.iri), of_hit, int(target.ungraded))
            )
        return tuple(rows)

    def _where(self, compiled: Compiled, slots: Sequence[int], iri: str, hits: Hits) -> tuple[str, Any, int]:
        """Return the kind of a target, its entity or collected slot, and its place in the slot."""
        if not len(hits.kind) or hits.kind[0] == 0:
            return "node", iri, 0
        row = int(hits.index[0])
        if hits.kind[0] == 1:
            return "slot", slots[row], 0
        slot = int(compiled.network.supply_slot[row])
        return "supply", slots[slot], row - int(compiled.network.supply_start[slot])

    def _notes(self, context: Context, compiled: Compiled, slots: Sequence[int]) -> tuple[Any, ...]:
        """Return what there is to say of records where a shock reaches them: a list for each sentence but the first two."""
        network, text = compiled.network, self.page.text
        named = []
        for by_iri in (compiled.scaled, compiled.completed):
            texts = zip(sorted(by_iri), numbers(dict(sorted(by_iri.items()))), strict=True)
            named.append(tuple((*self._place_of(compiled, slots, iri), text(words)) for iri, words in texts))
        met = tuple(("need", slots[network.slot_index[iri]], text(local_name(iri))) for iri in compiled.met_by_provisions)
        periods = tuple(
            ("entity", iri, text(f"{local_name(iri)} {period}")) for iri, period in sorted(compiled.periods.items())
        )
        totals = {iri: total for iri, total in compiled.incomplete_periods.items() if iri in compiled.periods}
        incomplete = tuple(("entity", iri, text(words)) for iri, words in zip(totals, numbers(totals), strict=True))
        held = [iri for iri in network.nodes if iri in context.holdings]
        sentences = tuple((iri, text(f"{owners(owners_among(context, [iri]))[0]}.")) for iri in held)
        return (*named, met, periods, incomplete, sentences)

    def _place_of(self, compiled: Compiled, slots: Sequence[int], iri: str) -> tuple[str, Any]:
        """Return the slot that is reached where a record is, and the kind ``whole`` where it may be reached as a part too."""
        network = compiled.network
        if (supply := network.supply_index.get(iri)) is not None:
            return "slot", slots[int(network.supply_slot[supply])]
        slot = network.slot_index[iri]
        return "whole" if network.whole_supply(slot) != NONE else "slot", slots[slot]

    def others(self, packed: PackedNetworks) -> list[list[int]]:
        """Return the entities without a record: row, name, label and class."""
        text = self.page.text
        return [
            [packed.row[Node(iri)], self.page.name(iri), text(label), text(cls)]
            for iri, (label, cls) in sorted(self.labels.items())
        ]

    def shocks(self, shocks: Sequence[Shock]) -> dict[str, list[Any]]:
        """Return what the page says of each shock, in all worlds."""
        text, known = self.page.text, [self.statements.get(place, shock) for place, shock in enumerate(shocks)]
        return {
            "basis": [[self.page.name(iri) for iri in shock.legal_basis] for shock in known],
            "comment": [text(shock.comment or "") for shock in known],
            "evidence": [self.citations.get(place, []) for place in range(len(shocks))],
            "label": [text(shock.label) for shock in known],
            "name": [self.page.name(shock.id) for shock in known],
            "since": [text(shock.begins.isoformat() if shock.begins else "") for shock in known],
            "status": [text(shock.status.value if shock.status else "") for shock in known],
            "until": [text(shock.ends.isoformat() if shock.ends else "") for shock in known],
        }


def packed_rows(world: Mapping[str, Any], packed: PackedNetworks) -> dict[str, list[int]]:
    """Return the rows of a world in the packed tables."""
    return {
        "nodes": sorted(packed.row[Node(iri)] for iri in world["nodes"]),
        "parts": sorted(world["parts"]),
        "slots": sorted(packed.slot_place[slot] for slot in world["slots"]),
    }


def _placed(case: Sequence[Any], packed: PackedNetworks) -> dict[str, Any]:
    """Return a case with places in the packed tables; what is 0 or empty is left out."""
    hits, says, ends, silence, why, added, stance, hashed, left_out, named, unstated_hit = case
    rows = []
    for (kind, where, place), severity, target, of_hit, unstated in hits:
        index = packed.row[Node(where)] if kind == "node" else packed.slot_place[where]
        index = packed.first_supply[index] + place if kind == "supply" else index
        rows.append([KINDS.index(kind), index, severity, target, of_hit, unstated])
    columns = {
        "added": added, "ends": list(ends), "hash": hashed, "hits": rows, "left_out": left_out, "named": named,
        "says": list(says), "silence": silence, "stance": stance, "unstated": unstated_hit, "why": why,
    }  # fmt: skip
    return {name: value for name, value in columns.items() if value}


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


def _sentence(text: str) -> str:
    return f"{text}." if text else ""


__all__ = ["MODEL", "NetworkWorld", "network_data"]
