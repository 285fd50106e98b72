"""Read graphs in GEXF 1.2 and 1.3, as Gephi writes them (https://gexf.net)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from knockon.readers.collector import RecordCollector
from knockon.readers.foreign_file import ForeignFile
from knockon.readers.graph_records import GraphRecords
from knockon.readers.record_drafts import Place
from knockon.readers.registry import Head
from knockon.readers.xml_events import XmlEvent, xml_events

#: The attributes of nodes and edges themselves that say something about them; the kind of an edge is that of 1.3.
_OWN = {"label": "label", "start": "start", "end": "end", "kind": "type"}

_DIRECTIONS = ("directed", "undirected", "mutual", "")


def recognises(head: Head) -> bool:
    """Return whether a file begins with a GEXF document."""
    return "<gexf" in head.text


def read(files: Sequence[ForeignFile], collector: RecordCollector) -> None:
    """Read the nodes and edges of the files."""
    for file in files:
        reader = _Gexf(GraphRecords(collector, collector.document(file)))
        for event in xml_events(file):
            reader.take(event)


@dataclass
class _Item:
    """A node or edge whose values are being read."""

    key: str
    line: int
    attributes: dict[str, str]
    source: str = ""
    target: str = ""
    whole: str = ""
    directed: bool = True
    added: bool = field(default=False)


class _Gexf:
    """The state of reading one document."""

    def __init__(self, records: GraphRecords) -> None:
        self.records = records
        self.kind = self.attribute = ""
        #: Of nodes and of edges, the titles of attributes by their ids, and the values of those that state none.
        self.titles: dict[str, dict[str, str]] = {"node": {}, "edge": {}}
        self.defaults: dict[str, dict[str, str]] = {"node": {}, "edge": {}}
        self.edge_type = "undirected"
        self.open: list[_Item] = []

    def take(self, event: XmlEvent) -> None:
        """Take the start or the end of an element."""
        handler = getattr(self, f"_{'start' if event.start else 'end'}_{event.name.lower()}", None)
        if handler is not None and event.name.isalnum():
            handler(event)

    def _start_graph(self, event: XmlEvent) -> None:
        self.edge_type = event.attributes.get("defaultedgetype", "undirected")

    def _start_attributes(self, event: XmlEvent) -> None:
        self.kind = event.attributes.get("class", "node")

    def _start_attribute(self, event: XmlEvent) -> None:
        self.attribute = event.attributes.get("id", "")
        self.titles.setdefault(self.kind, {})[self.attribute] = event.attributes.get("title") or self.attribute

    def _end_default(self, event: XmlEvent) -> None:
        title = self.titles.get(self.kind, {}).get(self.attribute, "")
        self.defaults.setdefault(self.kind, {})[title] = event.text

    def _start_node(self, event: XmlEvent) -> None:
        self._add_open_node()  # nodes may contain nodes
        whole = event.attributes.get("pid") or (self.open[-1].key if self.open else "")
        self.open.append(_Item(event.attributes.get("id", ""), event.line, _own(event, self.defaults["node"]), whole=whole))

    def _end_node(self, _: XmlEvent) -> None:
        self._add_open_node()
        self.open.pop()

    def _add_open_node(self) -> None:
        if self.open and not self.open[-1].added:
            item = self.open[-1]
            self.records.node(item.key, item.attributes, Place(f"line:{item.line}", item.line), item.whole)
            item.added = True

    def _start_edge(self, event: XmlEvent) -> None:
        own = event.attributes
        item = _Item(
            own.get("id", ""), event.line, _own(event, self.defaults["edge"]), own.get("source", ""), own.get("target", "")
        )
        written = own.get("type", self.edge_type)
        item.directed = written == "directed"
        if written not in _DIRECTIONS:
            # Programs write the kind of an edge there, since other formats have no direction by that name.
            item.directed = self.edge_type == "directed"
            item.attributes.setdefault("type", written)
        self.open.append(item)

    def _end_edge(self, _: XmlEvent) -> None:
        item = self.open.pop()
        place = Place(f"line:{item.line}", item.line)
        self.records.edge(item.source, item.target, item.attributes, place, directed=item.directed)

    def _start_attvalue(self, event: XmlEvent) -> None:
        if self.open:
            kind = "edge" if self.open[-1].source or self.open[-1].target else "node"
            key = event.attributes.get("for") or event.attributes.get("id", "")
            self.open[-1].attributes[self.titles[kind].get(key, key)] = event.attributes.get("value", "")


def _own(event: XmlEvent, defaults: dict[str, str]) -> dict[str, str]:
    """Return what an element says of itself, and the values that it has unless others are stated."""
    return defaults | {name: event.attributes[key] for key, name in _OWN.items() if event.attributes.get(key)}
