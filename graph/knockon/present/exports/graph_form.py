"""Records as nodes and links with attributes, which graph formats share; the reader of graphs reads them back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from knockon.model import Dependency, Designation, Entity, Measure, Ownership, Provision, Relation, Statement
from knockon.present.exports.export import Export, ExportReport, counts

#: The identifiers that have an attribute of their own.
_SCHEMES = {"LEI": "lei", "Wikidata": "wikidata", "ISIN": "isin", "ticker": "ticker"}


@dataclass(frozen=True, slots=True)
class Node:
    """An entity or measure, with what is stated of it as texts."""

    id: str
    label: str
    cls: str
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Link:
    """One link, the record that states it, and the rest of what that says as texts."""

    source: str
    target: str
    type: str
    record: str
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class GraphForm:
    """The nodes and links of records, and the classes of those that are neither."""

    nodes: tuple[Node, ...]
    links: tuple[Link, ...]
    left_out: tuple[str, ...]

    def to_export(self, form: str, content: str | bytes) -> Export:
        """Return the export of its nodes and links in a format."""
        written = [*(node.cls for node in self.nodes), *(link.type for link in self.links)]
        report = ExportReport(form, counts(written), counts(self.left_out))
        return Export(content.encode() if isinstance(content, str) else content, report)


def graph_form(records: Sequence[Statement]) -> GraphForm:
    """Return records as nodes and links.

    >>> from knockon.model import Company
    >>> acme = Company(id="urn:x:acme", label="Acme", part_of=["urn:x:group"])
    >>> form = graph_form([acme, Company(id="urn:x:group", label="Group")])
    >>> [node.label for node in form.nodes], [(link.source, link.type, link.target) for link in form.links]
    (['Acme', 'Group'], [('urn:x:acme', 'partOf', 'urn:x:group')])
    """
    nodes = tuple(_node(record) for record in records if isinstance(record, Entity | Measure))
    links = tuple(link for record in records for link in _links(record))
    kinds = (Entity, Measure, Dependency, Provision, Ownership, Relation, Designation)
    return GraphForm(nodes, links, tuple(record.rdf_class for record in records if not isinstance(record, kinds)))


def _node(record: Entity | Measure) -> Node:
    identifiers = record.identifier if isinstance(record, Entity) else ()
    own = {_SCHEMES[item.scheme]: item.notation for item in identifiers if item.scheme in _SCHEMES}
    others = (item for item in identifiers if own.get(_SCHEMES.get(item.scheme, "")) != item.notation)
    attributes = {
        **own,
        "identifiers": _joined(f"{item.scheme}={item.notation}" for item in others),
        "aliases": _joined(record.alt_label),
        "jurisdiction": _joined(record.jurisdiction),
    }
    return Node(record.id, str(record.label), record.rdf_class, _texts(record, attributes))


def _links(record: Statement) -> Iterator[Link]:
    if isinstance(record, Entity):
        yield from (Link(record.id, whole, "partOf", record.id) for whole in record.part_of)
    elif isinstance(record, Dependency):
        yield _link(record, record.dependant, record.need, "dependsOn", {
            "criticality": record.criticality, "criticalityValue": record.criticality_value,
            "criticalityLow": record.criticality_low, "criticalityHigh": record.criticality_high, "portion": record.portion,
            "combination": record.combination, "atLeast": record.at_least, "mechanism": record.mechanism,
            "buffer": record.buffer,
        })  # fmt: skip
        for supply in record.supply:
            facts = {"need": record.need, "share": supply.share, "delay": supply.delay}
            attributes = {name: str(value) for name, value in facts.items() if value is not None}
            yield Link(record.dependant, supply.provider, "suppliedBy", record.id, attributes)
    elif isinstance(record, Provision):
        facts = {"share": record.share, "period": record.period, "delay": record.delay}
        yield _link(record, record.provider, record.provided, "provides", facts)
    elif isinstance(record, Ownership):
        yield _link(record, record.owner, record.owned, "owns", {
            "share": record.share, "shareLow": record.share_low, "shareHigh": record.share_high,
            "interestKind": record.interest_kind, "direct": None if record.direct is None else str(record.direct).lower(),
        })  # fmt: skip
    elif isinstance(record, Relation):
        yield _link(record, record.subject, record.object, record.relation_type, {"mechanism": record.mechanism})
    elif isinstance(record, Designation):
        facts = {"listEntry": record.list_entry, "nameAsListed": record.name_as_listed}
        yield _link(record, record.designated, record.measure, "designatedBy", facts)


def _link(record: Statement, source: str, target: str, type_: str, facts: Mapping[str, Any]) -> Link:
    return Link(source, target, type_, record.id, _texts(record, facts))


def _texts(record: Statement, facts: Mapping[str, Any]) -> dict[str, str]:
    """Return what is stated as texts, with the days and the comment."""
    every = {**facts, "from": record.from_, "until": record.until, "comment": record.comment}
    return {name: str(value) for name, value in every.items() if value not in (None, "")}


def _joined(texts: Iterable[str]) -> str:
    """Return texts as one, between semicolons; a semicolon inside one of them has a backslash in front."""
    return "; ".join(text.replace("\\", "\\\\").replace(";", "\\;") for text in texts)


def attribute_names(items: Iterable[Node | Link]) -> list[str]:
    """Return the names of all attributes, in order."""
    return sorted({name for item in items for name in item.attributes})


__all__ = ["GraphForm", "Link", "Node", "attribute_names", "graph_form"]
