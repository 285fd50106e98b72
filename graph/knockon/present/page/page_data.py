"""The data of the explorer page: columns and a table of strings, in one fixed order."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from itertools import chain
from typing import Any

from knockon.analysis.answer_parts import Citation
from knockon.analysis.impact.impact_report import ImpactReport
from knockon.analysis.lists.everybody import ListedParty
from knockon.model import DataSetInfo, Document, Entity, Evidence, Measure, Shock, Statement
from knockon.model.dates import Calendar
from knockon.present.citations import Place, confidence_text, is_link, place_text
from knockon.present.page.cascade import CascadeTables
from knockon.present.page.excerpt import FAR, Excerpt
from knockon.present.page.facts import Fact, FactReader
from knockon.present.page.identity import IdentityPairs, identity_data
from knockon.present.page.layout import positions
from knockon.present.page.lists import lists_data
from knockon.present.page.network_tables import PageRows
from knockon.present.page.network_worlds import NetworkWorld, network_data
from knockon.present.page.portfolio import portfolio_data
from knockon.present.page.styles import LISTED, ORDER, class_style, kind, words
from knockon.present.page.world_members import Membership, stops, turning, turning_days
from knockon.store.worlds import reduced_to_names
from knockon.vocabulary import ID, namespace

#: The rows of a document and of the words for a place in it, and the start and end of a span.
PlaceKey = tuple[int, int, int, int]
#: Gives entities their places: of their number and the links between them, as ``positions`` does. It may compute them while
#: the rest is put together: they are looked at last.
Arrange = Callable[[int, list[tuple[int, int]]], Sequence[tuple[int, int]]]
#: Gives the words at a place in a document, as ``DocumentFolder.quote`` does; empty where there are none.
Quote = Callable[[Place], str]


def drawing(
    records: Iterable[Statement],
    report: ImpactReport | None = None,
    *,
    title: str,
    worlds: Iterable[NetworkWorld] | None = None,
    shocks: Sequence[Shock] = (),
    compared: int = 0,
    part: Excerpt | None = None,
    arrange: Arrange = positions,
    days: bool = True,
    quote: Quote | None = None,
    changed: Collection[str] = (),
    listed: Sequence[str] = (),
    company: str | None = None,
    data_sets: Sequence[DataSetInfo] = (),
    finding: Sequence[str] = (),
    on_lists: Iterable[ListedParty] = (),
    identity: IdentityPairs | None = None,
) -> dict[str, Any]:
    """Return what the explorer page shows of records, and of the run of a shock.

    ``worlds`` are those in which the page computes ``shocks`` and other questions, all sources first (see
    ``present/page/network_worlds.py``); it opens on the first ``compared`` of the shocks, of which the report is the first.
    ``part`` is the part of the records that is drawn, if not all; ``arrange`` gives it its places.
    Without ``days`` the records are those of one day, and the page offers no other.
    With ``quote`` the evidence has a column ``words``: rows of ``strings``, of the empty one where nothing is quoted; and the
    documents have a column ``changed``, 1 for those of which there is a file with other contents.
    ``listed`` are the entities (IRIs) of the reader's list at first, and ``company`` the one that is the reader's own: the
    page opens on what threatens it, unless it was made with a shock. ``data_sets`` are what a saved drawing says it is from.
    ``finding`` are the sentences on the run, for a page of another model than the page computes itself. ``on_lists`` are those
    whom lists cover, and ``identity`` the pairs of entities that may be one.

    >>> from knockon.model import Company
    >>> data = drawing([Company(id="urn:x:a", label="Acme")], title="One company")
    >>> [data["strings"][row] for row in data["nodes"]["label"]]
    ['Acme']
    """
    tables = _Tables({record.id: record for record in records}, part.kept if part else None, quote, changed)
    data = tables.drawing(report, title, arrange)
    if report is not None and finding:
        # The page shows two paragraphs of it; what follows, such as measures with their equations, is with the caveats.
        data["cascade"]["finding"] = list(finding[:2])
        data["cascade"]["run"]["caveats"] += finding[2:]
    if worlds is not None:
        tables.add_networks(data, worlds, shocks, compared)
    tables.add_lists(data, on_lists, identity)
    data["days"] = tables.days() if days else {"named": [], "of": 0, "stop": []}
    tables.finish(data)
    if data_sets:
        data["data_sets"] = [[info.title, info.issued.isoformat() if info.issued else ""] for info in data_sets]
    if listed or company is not None:
        data["portfolio"] = portfolio_data(tables.row, listed, company)
    notice = part.notice() if part else None
    return dict(sorted({**data, **({"left_out": notice} if notice else {})}.items()))


class _Tables:
    """Collects strings, evidence, nodes and facts while the drawing is put together."""

    def __init__(
        self,
        records: Mapping[str, Statement],
        kept: frozenset[str] | None = None,
        quote: Quote | None = None,
        changed: Collection[str] = (),
    ) -> None:
        self.records, self.kept, self.quote, self.changed = records, kept, quote, changed
        self.words: list[int] = []
        self.places: Sequence[tuple[int, int]] = ()
        drawn = (iri for iri, record in records.items() if isinstance(record, Entity | Measure))
        self.nodes = sorted(iri for iri in drawn if kept is None or iri in kept)
        self.row = {iri: index for index, iri in enumerate(self.nodes)}
        # Of a part, only the documents that it cites.
        listed = sorted(iri for iri, record in records.items() if isinstance(record, Document)) if kept is None else []
        self.documents = {iri: row for row, iri in enumerate(listed)}
        self.reader = FactReader(records, frozenset(self.nodes))
        self.facts = self.reader.facts()
        # The first string is the empty one: what is missing needs no row.
        self.strings: dict[str, int] = {"": 0}
        self.evidence: dict[tuple[int, int, int, int, int, int], int] = {}
        spaces = Counter(namespace(iri) for iri in self.nodes)
        self.base = min(spaces, key=lambda space: (-spaces[space], space), default=ID)

    def drawing(self, report: ImpactReport | None, title: str, arrange: Arrange) -> dict[str, Any]:
        """Return what is drawn, with the run of a shock."""
        edges = self._edges()
        self.places = arrange(len(self.nodes), [(start, end) for start, end, name in edges if name not in FAR])
        data: dict[str, Any] = {
            "base": self.base,
            "classes": self._classes(),
            "edges": self._edge_columns(edges),
            "facts": self._fact_columns(),
            "format": 1,
            "kinds": self._kinds(),
            "nodes": self._node_columns(),
            "title": title,
        }
        if report is not None:
            rows = self._page_rows()
            cascades = CascadeTables(rows.text, rows.node, rows.facts_of, rows.evidence, self.kept)
            data["cascade"] = cascades.table(report)
        data["members"] = self._members()
        return data

    def add_networks(
        self, data: dict[str, Any], worlds: Iterable[NetworkWorld], shocks: Sequence[Shock], compared: int
    ) -> None:
        """Add what the page computes with, where it computes."""
        offered_worlds = (world for world in worlds if self._offers(world.document))
        networks = network_data(offered_worlds, shocks, self._page_rows(), compared=compared)
        for world in networks["worlds"]:
            world["document"] = self._document_row(world["document"]) if world["document"] else -1
        data["network"] = networks

    def add_lists(self, data: dict[str, Any], on_lists: Iterable[ListedParty], identity: IdentityPairs | None) -> None:
        """Add whom lists cover, and which entities may be one, where there is any."""
        rows = self._page_rows()
        covered = lists_data(on_lists, rows)
        if covered["node"]:
            data["lists"] = covered
        if identity is not None and (identity.pairs or identity.reason):
            data["identity"] = identity_data(identity, rows)

    def finish(self, data: dict[str, Any]) -> None:
        """Add the tables that the others fill, and the places."""
        data["documents"] = self._document_columns()
        data["evidence"] = self._evidence_columns()
        data["strings"] = list(self.strings)
        data["nodes"] |= {"x": [x for x, _ in self.places], "y": [y for _, y in self.places]}

    def text(self, value: str) -> int:
        """Return the row of a string in the table."""
        return self.strings.setdefault(value, len(self.strings))

    def texts(self, values: Iterable[str]) -> list[int]:
        """Return the rows of some strings in the table."""
        strings = self.strings
        return [strings.setdefault(value, len(strings)) for value in values]

    def name(self, iri: str) -> int:
        """Return the row of an IRI, written without the base that most share: a name without a colon is in the base."""
        short = iri.removeprefix(self.base)
        return self.text(iri if ":" in short or not short else short)

    def _node(self, iri: str) -> int:
        return self.row.get(iri, -1)

    def _classes(self) -> list[dict[str, str]]:
        names = sorted({self.records[iri].rdf_class for iri in self.nodes})
        return [
            {"family": class_style(name)[1], "label": words(name).capitalize(), "letter": class_style(name)[0], "name": name}
            for name in names
        ]

    def _kinds(self) -> list[dict[str, str]]:
        links = [{"key": name} | dict(sorted(kind(name)._asdict().items())) for name in self._kind_names()]
        return links + [{"family": "listed", "inverse": head, "key": name, "label": head} for name, head in LISTED.items()]

    def _kind_names(self) -> list[str]:
        used = {fact.kind for fact in self.facts}
        return [name for name in ORDER if name in used]

    def _kind_rows(self) -> dict[str, int]:
        return {name: index for index, name in enumerate([*self._kind_names(), *LISTED])}

    def _node_columns(self) -> dict[str, list[Any]]:
        records = [self.records[iri] for iri in self.nodes]
        classes = {name["name"]: index for index, name in enumerate(self._classes())}
        return {
            "alias": [[self.text(name) for name in getattr(record, "alt_label", ())] for record in records],
            "class": [classes[record.rdf_class] for record in records],
            "comment": [self.text(_remark(record)) for record in records],
            "evidence": [self._evidence_rows(record.evidence) for record in records],
            "id": [self.name(record.id) for record in records],
            "identifier": [
                [self.text(f"{name.scheme} {name.notation}") for name in getattr(record, "identifier", ())]
                for record in records
            ],
            "inferred": [int(record.inferred) for record in records],
            "label": [self.text(self.reader.label(record.id)) for record in records],
            "since": [self.text(record.begins.isoformat() if record.begins else "") for record in records],
            "until": [self.text(record.ends.isoformat() if record.ends else "") for record in records],
        }

    def _edges(self) -> dict[tuple[int, int, str], list[int]]:
        """Return the facts of each link by start, end and kind: records of the same link are one line."""
        edges: dict[tuple[int, int, str], list[int]] = {}
        for index, fact in enumerate(self.facts):
            if fact.link:
                start, end = (self.row[iri] for iri in fact.ends)
                edges.setdefault((start, end, fact.kind), []).append(index)
        return dict(sorted(edges.items()))

    def _edge_columns(self, edges: Mapping[tuple[int, int, str], list[int]]) -> dict[str, list[Any]]:
        kinds = self._kind_rows()
        return {
            "fact": list(edges.values()),
            "from": [start for start, _, _ in edges],
            "kind": [kinds[name] for _, _, name in edges],
            "to": [end for _, end, _ in edges],
        }

    def _fact_columns(self) -> dict[str, list[Any]]:
        kinds = self._kind_rows()
        facts = self.facts
        return {
            "criticality": [fact.criticality for fact in facts],
            "ends": [[self.row[iri] for iri in fact.ends] for fact in facts],
            "evidence": self._evidence_of(facts),
            "headline": self.texts(fact.headline for fact in facts),
            "inferred": [int(fact.inferred) for fact in facts],
            "judged": [self.texts(fact.judged) for fact in facts],
            "kind": [kinds[fact.kind] for fact in facts],
            "notes": [self.texts(chain.from_iterable(fact.notes)) for fact in facts],
            "record": [self.name(fact.record) for fact in facts],
            "since": self.texts(fact.since for fact in facts),
            "until": self.texts(fact.until for fact in facts),
            "usedBy": [self._node(fact.used_by) for fact in facts],
        }

    def _evidence_of(self, facts: Iterable[Fact]) -> list[list[int]]:
        """Return the rows of the evidence of each fact; several facts of one record have the same."""
        # The facts keep what the numbers identify.
        known: dict[int, list[int]] = {}
        for fact in facts:
            if id(fact.evidence) not in known:
                known[id(fact.evidence)] = self._evidence_rows(fact.evidence)
        return [known[id(fact.evidence)] for fact in facts]

    def _evidence_rows(self, evidence: Iterable[Evidence]) -> list[int]:
        return [
            self._evidence_row(
                e.document, e, e.stance.value, self.reader.label(e.claimant) if e.claimant else "",
            )
            for e in evidence
        ]  # fmt: skip

    def _evidence_row(self, document: str, place: Place, stance: str, claimant: str = "") -> int:
        key = (*self._place_key(document, place), self.text(stance), self.text(claimant))
        row = self.evidence.setdefault(key, len(self.evidence))
        if self.quote is not None and row == len(self.words):
            self.words.append(self.text(self.quote(place)))
        return row

    def _place_key(self, document: str, place: Place) -> PlaceKey:
        """Return the rows of a document and of the words for a place in it; start and end are -1 if it is not a span."""
        words = ", ".join(part for part in (place_text(place, spans=False), confidence_text(place)) if part)
        start, end = (-1 if place.start is None else place.start), (-1 if place.end is None else place.end)
        return self._document_row(document), start, end, self.text(words)

    def _document_row(self, iri: str) -> int:
        return self.documents.setdefault(iri, len(self.documents))

    def _evidence_columns(self) -> dict[str, list[int]]:
        names = ("document", "start", "end", "place", "stance", "claimant")
        columns = {name: [key[place] for key in self.evidence] for place, name in enumerate(names)}
        return dict(sorted({**columns, **({} if self.quote is None else {"words": self.words})}.items()))

    def _document_columns(self) -> dict[str, list[int]]:
        records = [self.records.get(iri) for iri in self.documents]
        dates = [_issued(record) if isinstance(record, Document) else "" for record in records]
        changed = {} if self.quote is None else {"changed": [int(iri in self.changed) for iri in self.documents]}
        return {
            **changed,
            "id": [self.name(iri) for iri in self.documents],
            "issued": self.texts(dates),
            "publisher": self.texts(map(self._publishers, records)),
            "retrieved": self.texts(map(_retrieved, records)),
            "title": self.texts(map(self.reader.label, self.documents)),
            "url": self.texts(map(_address, records)),
        }

    def _publishers(self, record: Statement | None) -> str:
        names = record.publisher if isinstance(record, Document) else ()
        return ", ".join(self.reader.label(iri) for iri in names)

    def _members(self) -> list[dict[str, Any]]:
        """Return what the world of each offered document has."""
        membership = Membership(self.records, self.row, self.facts)
        documents = [iri for iri in membership.offered() if self._offers(iri)]
        rows = [{"document": self._document_row(iri)} for iri in documents]
        return [row | columns for row, columns in zip(rows, membership.columns(documents, self._reading), strict=True)]

    def _offers(self, document: str) -> bool:
        # Of a part, only the worlds of documents that it cites.
        return not document or self.kept is None or document in self.documents

    def _reading(self, fact: Fact) -> list[Any]:
        """Return what of a fact may differ in another world."""
        return [
            [self.row[iri] for iri in fact.ends],
            self.text(fact.headline),
            [self.text(word) for note in fact.notes for word in note],
            [self.text(name) for name in fact.judged],
            fact.criticality,
        ]

    def days(self) -> dict[str, Any]:
        """Return where the slider of days stops, which entities are there as names only, and how many days there were."""
        records = turning(self.records.values())
        days = stops(records)
        named = reduced_to_names(self.records.values(), Calendar.of(records), map(date.fromisoformat, days))
        rows = [sorted(self.row[iri] for iri in names if iri in self.row) for names in named]
        return {"named": rows, "of": len(turning_days(records)), "stop": days}

    def _page_rows(self) -> PageRows:
        by_record: dict[str, list[int]] = {}
        for index, fact in enumerate(self.facts):
            by_record.setdefault(fact.record, []).append(index)
        known = {key[:4]: row for row, key in reversed(list(enumerate(self.evidence)))}

        def cited(citation: Citation) -> int:
            # A run names the place: stance and claimant are those of the record that cites it.
            row = known.get(self._place_key(citation.document, citation))
            return self._evidence_row(citation.document, citation, citation.stance) if row is None else row

        return PageRows(self.text, self.name, self._node, lambda iri: by_record.get(iri, []), cited, self.nodes, self.kept)


def _issued(document: Document) -> str:
    """Return the date of a document, no more exact than it is known.

    >>> _issued(Document(title="Brief", issued="2023-12-01", date_precision="month"))
    '2023-12'
    """
    if document.issued is None:
        return ""
    length = {"Day": 10, "Year": 4}.get(str(document.date_precision or "Day"), 7)
    return document.issued.isoformat()[:length]


def _retrieved(document: Statement | None) -> str:
    return document.retrieved.isoformat() if isinstance(document, Document) and document.retrieved else ""


def _address(document: Statement | None) -> str:
    """Return the web address of a document if the page may link to it."""
    address = document.url if isinstance(document, Document) else None
    return address if address and is_link(address) else ""


def _remark(record: Statement) -> str:
    """Return what is known of an entity itself: its kind and status, its comment, and why it was inferred."""
    kinds = [words(value) for name in ("measure_kind", "status") if (value := getattr(record, name, None))]
    remarks = [", ".join(kinds).capitalize(), record.comment or "", record.reason or ""]
    return re.sub(r"\s+", " ", " ".join(remark for remark in remarks if remark)).strip()


__all__ = ["drawing"]
