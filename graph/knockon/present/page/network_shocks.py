"""What each shock of a page hits in each of its worlds, and what Python says of that."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from knockon.analysis.answer_parts import cite
from knockon.analysis.context import Context
from knockon.analysis.impact.coverage import dependencies_left_out, not_hit
from knockon.analysis.impact.impact_parts import owners_among
from knockon.errors import KnockonError
from knockon.model import Entity, Measure, Shock, Statement
from knockon.model.dates import hits_nothing
from knockon.network.compile import Compiled
from knockon.network.hits import Hits
from knockon.network.planned import Node
from knockon.network.resolve import ResolvedShock, to_hits
from knockon.present.caveats import not_asserted, owners, ungraded
from knockon.present.page.network_entities import NetworkEntities
from knockon.present.page.network_tables import Distinct, NetworkTables, PackedNetworks, PageRows
from knockon.present.page.network_words import ABSENT, NOTHING, as_sentence
from knockon.present.page.styles import words
from knockon.vocabulary import Stance

KINDS = ("node", "slot", "supply")


class NetworkShocks:
    """The shocks of a page, in one world after another.

    Parameters
    ----------
    page
        The rows of the page.
    tables
        The tables of the networks.
    entities
        The entities of the networks, which get those that a shock alone adds.
    """

    def __init__(self, page: PageRows, tables: NetworkTables, entities: NetworkEntities) -> None:
        self._page, self._tables, self._entities = page, tables, entities
        self._cases = Distinct[tuple[Any, ...]]()
        self._statements: dict[int, Shock] = {}
        self._measures: dict[str, Measure] = {}
        #: Rows of where each shock and its hits are cited.
        self._citations: dict[int, list[int]] = {}

    def row(self, context: Context, compiled: Compiled, slots: Sequence[int], place: int, shock: Shock) -> int:
        """Return the row of what a shock hits in a world, the shock at a place of the list of the page."""
        return self._cases.row(self._case(context, compiled, slots, place, shock))

    def _case(self, context: Context, compiled: Compiled, slots: Sequence[int], place: int, shock: Shock) -> tuple[Any, ...]:
        """Return what a shock hits in a world, and what Python says of that; the same for shocks and worlds that agree."""
        text = self._page.text
        known = next((record for record in context.shocks if record.id == shock.id), shock)
        self._statements.setdefault(place, known)
        basis = {iri: context.base_records.get(iri) for iri in known.legal_basis}
        self._measures |= {iri: record for iri, record in basis.items() if isinstance(record, Measure)}
        if place not in self._citations:
            cited = [evidence for record in (known, *known.parts()) for evidence in record.evidence]
            self._citations[place] = [self._page.evidence(citation) for citation in cite(cited, context.records)]
        stance = -1 if known.stance is None else list(Stance).index(known.stance)
        ends = tuple(map(text, not_asserted(known.stance)))
        try:
            resolved = context.resolve([known])[0]
        except KnockonError as error:
            return (), (), ends, text(str(error)), text(""), 0, stance, text(""), text(""), 0, 0
        named = {target.iri for target in resolved.targets}
        added = sorted(iri for iri in named if _is_added(context, compiled, iri))
        network = context.compiled([resolved]).network if added else compiled.network
        for iri in added:
            self._entities.add(context, iri)
        missing = (*resolved.missing, *to_hits(network, [resolved])[1][0])
        says = [f"{line}." for line in not_hit(missing, known.id, context.named)]
        says += [
            f"{line}." for line in (ungraded(resolved.ungraded, context.named), *owners(owners_among(context, named))) if line
        ]
        all_left_out = {**compiled.left_out, **resolved.left_out} if resolved.left_out else {}
        left_out = dependencies_left_out(all_left_out, named=context.named)
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
            text(as_sentence(left_out)),
            len(resolved.targets),
            len(resolved.ungraded),
        )

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
            of_hit = self._tables.add_hit(target.hit, hit is not None and bool(hit.judged), evidence, context)
            where = _where(compiled, slots, target.iri, hits)
            rows.append(
                (where, self._tables.interval(target.interval), self._page.name(target.iri), of_hit, int(target.ungraded))
            )
        return tuple(rows)

    def columns(self, shocks: Sequence[Shock]) -> dict[str, list[Any]]:
        """Return what the page says of each shock, in all worlds."""
        text, known = self._page.text, [self._statements.get(place, shock) for place, shock in enumerate(shocks)]
        return {
            "basis": [[self._page.name(iri) for iri in shock.legal_basis] for shock in known],
            "comment": [text(shock.comment or "") for shock in known],
            "evidence": [self._citations.get(place, []) for place in range(len(shocks))],
            "label": [text(shock.label) for shock in known],
            "measures": [self._basis(shock) for shock in known],
            "name": [self._page.name(shock.id) for shock in known],
            "since": [text(shock.begins.isoformat() if shock.begins else "") for shock in known],
            "status": [text(shock.status.value if shock.status else "") for shock in known],
            "until": [text(shock.ends.isoformat() if shock.ends else "") for shock in known],
        }

    def _basis(self, shock: Shock) -> list[list[int]]:
        """Return the measures of the legal basis of a shock: name, kind and status, as the report words them."""
        text = self._page.text
        known = [(iri, self._measures[iri]) for iri in shock.legal_basis if iri in self._measures]
        return [
            [
                self._page.name(iri),
                text(words(measure.measure_kind) if measure.measure_kind else ""),
                text(words(measure.status) if measure.status else ""),
            ]
            for iri, measure in known
        ]

    def placed(self, packed: PackedNetworks) -> list[dict[str, Any]]:
        """Return what the shocks hit with places in the packed tables."""
        return [_placed(case, packed) for case in self._cases.rows]


def _is_added(context: Context, compiled: Compiled, iri: str) -> bool:
    """Return whether an entity is a node only where this shock is run: its query found it, and nobody depends on it."""
    return iri not in compiled.network.index and isinstance(context.records.get(iri), Entity | Measure)


def _where(compiled: Compiled, slots: Sequence[int], iri: str, hits: Hits) -> tuple[str, Any, int]:
    """Return the kind of a target, its entity or collected slot, and its place in the slot."""
    if not len(hits.kind) or hits.kind[0] == 0:
        return "node", iri, 0
    row = int(hits.index[0])
    if hits.kind[0] == 1:
        return "slot", slots[row], 0
    slot = int(compiled.network.supply_slot[row])
    return "supply", slots[slot], row - int(compiled.network.supply_start[slot])


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


__all__ = ["NetworkShocks"]
