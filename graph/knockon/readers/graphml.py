"""Read graphs in GraphML, of yEd too (http://graphml.graphdrawing.org)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from knockon.readers.collector import RecordCollector
from knockon.readers.foreign_file import ForeignFile
from knockon.readers.graph_records import GraphRecords
from knockon.readers.record_drafts import Place
from knockon.readers.registry import Head
from knockon.readers.xml_events import XmlEvent, xml_events


def recognises(head: Head) -> bool:
    """Return whether a file begins with a GraphML document."""
    return "<graphml" in head.text


def read(files: Sequence[ForeignFile], collector: RecordCollector) -> None:
    """Read the nodes and edges of the files."""
    for file in files:
        reader = _GraphMl(GraphRecords(collector, collector.document(file)), collector)
        for event in xml_events(file):
            reader.take(event)


@dataclass
class _Item:
    """A node or edge whose data are being read."""

    key: str
    line: int
    attributes: dict[str, str] = field(default_factory=dict)
    source: str = ""
    target: str = ""
    directed: bool = True
    added: bool = False


class _GraphMl:
    """The state of reading one document."""

    def __init__(self, records: GraphRecords, collector: RecordCollector) -> None:
        self.records, self.collector = records, collector
        #: Of each key, its name, what it is for, and the value of what does not state one.
        self.keys: dict[str, tuple[str, str]] = {}
        self.defaults: dict[str, dict[str, str]] = {"node": {}, "edge": {}}
        self.default_of = ""
        self.directed = [True]
        #: The open items, the innermost last; a node may contain a graph.
        self.open: list[_Item] = []
        self.data = self.label = ""

    def take(self, event: XmlEvent) -> None:
        """Take the start or the end of an element."""
        handler = getattr(self, f"_{'start' if event.start else 'end'}_{event.name.lower()}", None)
        if handler is not None and event.name.isalnum():
            handler(event)

    def _start_key(self, event: XmlEvent) -> None:
        key = event.attributes.get("id", "")
        self.keys[key] = (event.attributes.get("attr.name") or key, event.attributes.get("for", "all"))
        self.default_of = key

    def _end_default(self, event: XmlEvent) -> None:
        name, kind = self.keys.get(self.default_of, ("", ""))
        for target in ("node", "edge"):
            if name and kind in (target, "all"):
                self.defaults[target][name] = event.text

    def _start_graph(self, event: XmlEvent) -> None:
        self.directed.append(event.attributes.get("edgedefault", "directed") != "undirected")
        self._add_open_node()  # what a node contains comes after its data

    def _end_graph(self, _: XmlEvent) -> None:
        self.directed.pop()

    def _start_node(self, event: XmlEvent) -> None:
        self.open.append(_Item(event.attributes.get("id", ""), event.line))

    def _end_node(self, _: XmlEvent) -> None:
        self._add_open_node()
        self.open.pop()

    def _add_open_node(self) -> None:
        if self.open and not self.open[-1].added:
            item, *outer = reversed(self.open)
            attributes = {**self.defaults["node"], **item.attributes}
            self.records.node(item.key, attributes, Place(f"line:{item.line}", item.line), outer[0].key if outer else "")
            item.added = True

    def _start_edge(self, event: XmlEvent) -> None:
        directed = event.attributes.get("directed", "true" if self.directed[-1] else "false") == "true"
        source, target = event.attributes.get("source", ""), event.attributes.get("target", "")
        self.open.append(_Item(event.attributes.get("id", ""), event.line, {}, source, target, directed))

    def _end_edge(self, _: XmlEvent) -> None:
        item = self.open.pop()
        attributes = {**self.defaults["edge"], **item.attributes}
        place = Place(f"line:{item.line}", item.line)
        self.records.edge(item.source, item.target, attributes, place, directed=item.directed)

    def _start_hyperedge(self, _: XmlEvent) -> None:
        self.collector.leave_out("an edge between more than two nodes (hyperedge)")

    def _start_data(self, event: XmlEvent) -> None:
        self.data, self.label = event.attributes.get("key", ""), ""

    def _end_nodelabel(self, event: XmlEvent) -> None:
        self.label = self.label or event.text  # of yEd

    _end_edgelabel = _end_nodelabel

    def _end_data(self, event: XmlEvent) -> None:
        if self.open:
            name, _ = self.keys.get(self.data, (self.data, ""))
            if self.label:
                self.open[-1].attributes.setdefault("label", self.label)
            elif event.text:
                self.open[-1].attributes[name] = event.text
