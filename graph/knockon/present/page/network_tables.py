"""The tables of the networks of a page: nodes, slots and supplies of all its worlds, each row once.

The networks of the worlds of a page (all sources, one document, one day) have most rows in common. A row that
differs in a world, if only in its evidence, is a row of its own; a world is the set of its rows. Rows are in the order of
``knockon.network.assemble``, so that those of any world are in the order that its network has in Python.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np

from knockon.analysis.answer_parts import Citation, cite
from knockon.analysis.context import Context
from knockon.model import Dependency, Statement
from knockon.model.dependency import records_with_loss
from knockon.network.compile import Compiled
from knockon.network.network import Network
from knockon.network.planned import Node, PlannedSupply, SlotPlan
from knockon.vocabulary import Stance

_STANCES = list(Stance)
#: What has rows of a table: a tuple, which can be hashed.
Value = TypeVar("Value")


@dataclass(frozen=True)
class PageRows:
    """The rows of a page: of a string, an IRI written short, an entity (-1: not drawn), the facts of a record, a citation.

    ``drawn`` are the entities and measures (IRIs) that are drawn; ``kept`` are the same, and None where that is all.
    """

    text: Callable[[str], int]
    name: Callable[[str], int]
    node: Callable[[str], int]
    facts_of: Callable[[str], list[int]]
    evidence: Callable[[Citation], int]
    drawn: Sequence[str]
    kept: frozenset[str] | None = None


class Row(NamedTuple):
    """A row of slots: where it is in the order of rows, and all that it says."""

    owner: Node
    order: tuple[int, str]
    content: tuple[Any, ...]


@dataclass
class Distinct(Generic[Value]):
    """Numbers for distinct values, in the order of their first occurrence."""

    rows: dict[Value, int] = field(default_factory=dict)

    def row(self, value: Value) -> int:
        """Return the number of a value."""
        return self.rows.setdefault(value, len(self.rows))


class NetworkTables:
    """Collects the rows of the networks of several worlds."""

    def __init__(self, page: PageRows) -> None:
        self.page = page
        self.intervals = Distinct[tuple[float, ...]]()
        self.records = Distinct[tuple[int, tuple[int, ...], int, int]]()
        #: The entities that records name as alternatives, by row of the record; none where they name none.
        self.alternatives: dict[int, list[int]] = {}
        self.hits = Distinct[tuple[int, bool, tuple[int, ...]]]()
        self.slots, self.entities = Distinct[Row](), Distinct[str]()
        # Also what needs nothing and is needed by nobody: one may ask what if it fails.
        for iri in page.drawn:
            self.entities.row(iri)
        #: Parts, and the companies that they belong to.
        self.parts = Distinct[tuple[str, str]]()

    def interval(self, interval: Sequence[float]) -> int:
        """Return the row of a low end, a point and a high end."""
        return self.intervals.row(tuple(float(end) for end in interval))

    def add(self, context: Context, compiled: Compiled) -> list[int]:
        """Add the slots of a world, and return the number of each in the order of its network."""
        return [self.slots.row(self._slot(context, compiled, row, plan)) for row, plan in enumerate(compiled.plans)]

    def add_hit(self, name: str, judged: bool, evidence: Iterable[Any], context: Context) -> int:
        """Return the row of the record of a hit."""
        return self.hits.row((self.page.name(name), judged, self._evidence(evidence, context)))

    def _slot(self, context: Context, compiled: Compiled, row: int, plan: SlotPlan) -> Row:
        records = [record for name in plan.records if isinstance(record := context.records[name], Dependency)]
        cited = [evidence for record in records_with_loss(records) for evidence in record.evidence] if records else []
        named = self._unstated(compiled.network, row)
        content = (
            plan.need,
            self.interval(plan.weight),
            int(plan.mode),
            plan.at_least,
            tuple(self._supply(context, supply, cited=not records) for supply in plan.supplies),
            tuple(self._record(context.records[name]) for name in plan.records),
            self._evidence(cited, context),
            int(plan.unknown) + 2 * int(plan.disputed),
            plan.buffer,
            plan.dispute,
            plan.terms,
            tuple((self.page.name(iri), self.page.text(context.named(iri))) for iri in named),
        )
        return Row(plan.owner, plan.order, content)

    def _unstated(self, network: Network, slot: int) -> tuple[str, ...]:
        """Return the records of a slot whose weights nobody states: of a sum of parts the parts, else the dependency."""
        if not network.split[slot]:
            return ()
        if not network.inner_slots[slot]:
            return network.records_of_slot(slot)
        return network.parts_unstated(np.arange(network.slots) == slot)

    def _supply(self, context: Context, supply: PlannedSupply, *, cited: bool) -> tuple[Any, ...]:
        records = [context.records[name] for name in supply.records]
        evidence = [e for record in records if isinstance(record, Statement) for e in record.evidence] if cited else []
        return (
            supply.provider,
            supply.share,
            supply.unstated,
            tuple(self._record(record) for record in records),
            self._evidence(evidence, context),
        )

    def _record(self, record: Any) -> int:
        """Return the row of a record: its name, its facts on the page, its stance, and what else results say of it."""
        stance = -1 if record.stance is None else _STANCES.index(record.stance)
        details = isinstance(record, Dependency) and record.adds_details_only
        flags = int(record.inferred) + 2 * bool(record.judged) + 4 * details
        row = self.records.row((self.page.name(record.id), tuple(self.page.facts_of(record.id)), stance, flags))
        if isinstance(record, Dependency) and record.alternative:
            self.alternatives[row] = [node for iri in sorted(record.alternative) if (node := self.page.node(iri)) >= 0]
        return row

    def _evidence(self, evidence: Iterable[Any], context: Context) -> tuple[int, ...]:
        return tuple(self.page.evidence(citation) for citation in cite(evidence, context.records))


class PackedNetworks:
    """The tables as the page reads them, and the place of each row that was collected."""

    def __init__(self, tables: NetworkTables) -> None:
        self.tables, self.page = tables, tables.page
        found = list(tables.slots.rows)
        nodes = {node for row in found for node in _nodes_of(row)}
        self.entities: list[str] = sorted({node.entity for node in nodes}.union(tables.entities.rows))
        self.hidden = sorted(node for node in nodes if node.role)
        self.row = {Node(iri): place for place, iri in enumerate(self.entities)}
        self.row |= {node: len(self.entities) + place for place, node in enumerate(self.hidden)}
        order = sorted(range(len(found)), key=lambda row: (self.row[found[row].owner], found[row].order, row))
        self.slots = [found[row] for row in order]
        #: The place of each slot by the number under which it was collected, and that of its first supply.
        self.slot_place = {row: place for place, row in enumerate(order)}
        self.first_supply: list[int] = []
        supplies = 0
        for slot in self.slots:
            self.first_supply.append(supplies)
            supplies += len(slot.content[4])

    def columns(self) -> dict[str, Any]:
        """Return all tables but those of shocks and worlds."""
        page, tables = self.page, self.tables
        hits = [(name, int(judged), list(evidence)) for name, judged, evidence in tables.hits.rows]
        parts = [(self.row[Node(part)], self.row[Node(whole)]) for part, whole in tables.parts.rows]
        records = [(name, list(facts), stance, flags) for name, facts, stance, flags in tables.records.rows]
        return {
            "alternatives": [[row, nodes] for row, nodes in sorted(tables.alternatives.items()) if nodes],
            "hidden": [self.row[Node(node.entity)] for node in self.hidden],
            "hits": _columns(("name", "judged", "evidence"), hits),
            "intervals": list(map(list, tables.intervals.rows)),
            "nodes": [page.node(iri) for iri in self.entities],
            "own": [int(node.role == "own") for node in self.hidden],
            "parts": _columns(("part", "whole"), parts),
            "records": _columns(("name", "facts", "stance", "flags"), records),
            **self._slot_columns(),
        }

    def _slot_columns(self) -> dict[str, Any]:
        names = ("owner", "need", "weight", "mode", "width", "records", "evidence", "flags")
        rows, supplies = [], []
        sparse: dict[str, list[list[Any]]] = {name: [] for name in ("atLeast", "buffer", "dispute", "named", "terms")}
        disputes = Distinct[tuple[str, str]]()
        for place, slot in enumerate(self.slots):
            need, weight, mode, at_least, of_slot, records, evidence, flags, buffer, dispute, terms, named = slot.content
            need_row = -1 if need is None else self.row[need]
            rows.append((self.row[slot.owner], need_row, weight, mode, len(of_slot), list(records), list(evidence), flags))
            shared = disputes.row((slot.owner.entity, dispute)) if dispute else -1
            for name, value in (("atLeast", at_least), ("buffer", buffer), ("named", [list(pair) for pair in named])):
                if value:
                    sparse[name].append([place, value])
            if dispute:
                sparse["dispute"].append([place, shared])
            stated = terms.stated if terms else (None,) * len(of_slot)
            if terms and (terms.combination is not None or terms.passing):
                kind = -1 if terms.combination is None else int(terms.combination)
                sparse["terms"].append([place, kind, terms.at_least, list(terms.passing)])
            for (provider, share, unstated, of_supply, cited), share_stated in zip(of_slot, stated, strict=True):
                # A share that counts as it is stated is not written twice.
                as_stated = -1 if share_stated == share else share_stated
                supplies.append((self.row[provider], share, int(unstated), as_stated, list(of_supply), list(cited)))
        of_supplies = ("provider", "share", "unstated", "stated", "records", "evidence")
        return {"slots": {**_columns(names, rows), **sparse}, "supplies": _columns(of_supplies, supplies)}


def _nodes_of(row: Row) -> Iterable[Node]:
    yield row.owner
    if row.content[0] is not None:
        yield row.content[0]
    for supply in row.content[4]:
        yield supply[0]


def _columns(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> dict[str, list[Any]]:
    """Return rows as columns.

    >>> _columns(("a", "b"), [(1, 2), (3, 4)])
    {'a': [1, 3], 'b': [2, 4]}
    """
    listed = list(rows)
    return {name: [row[place] for row in listed] for place, name in enumerate(names)}


def toggles(rows: Iterable[int], base: Iterable[int]) -> list[int]:
    """Return how two sets of rows differ: how many rows are alike, then how many are in only one of them, and so on.

    >>> toggles([0, 1, 5], [0, 1, 2, 3])
    [2, 2, 1, 1]
    """
    lengths: list[int] = []
    at = 0
    differing = sorted(set(rows) ^ set(base))
    for place, row in enumerate(differing):
        if place and differing[place - 1] == row - 1:
            lengths[-1] += 1
        else:
            lengths += [row - at, 1]
        at = row + 1
    return lengths


__all__ = ["Distinct", "NetworkTables", "PackedNetworks", "PageRows", "toggles"]
