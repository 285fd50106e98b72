"""Write GraphML, which Gephi, yEd, Cytoscape and networkx read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr

from knockon.model import Statement
from knockon.present.exports.export import Export
from knockon.present.exports.graph_form import GraphForm, attribute_names, graph_form


def write(records: Sequence[Statement], form: str) -> Export:
    """Return a graph in GraphML: the id of a node is its IRI, and ``record`` of an edge the record that states it."""
    graph = graph_form(records)
    return graph.to_export(form, "".join(f"{line}\n" for line in _lines(graph)))


def _lines(graph: GraphForm) -> Iterator[str]:
    keys = {
        "node": ["label", "class", *attribute_names(graph.nodes)],
        "edge": ["type", "record", *attribute_names(graph.links)],
    }
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">'
    for target, names in keys.items():
        for name in names:
            yield f'  <key id={quoteattr(f"{target}-{name}")} for="{target}" attr.name={quoteattr(name)} attr.type="string"/>'
    yield '  <graph edgedefault="directed">'
    for node in graph.nodes:
        yield f"    <node id={quoteattr(node.id)}>"
        yield from _data("node", {"label": node.label, "class": node.cls, **node.attributes})
        yield "    </node>"
    known = {node.id for node in graph.nodes}
    for link in graph.links:
        for end in dict.fromkeys((link.source, link.target)):
            if end not in known:
                # A relation may link records that are not entities; an edge needs a node at each end.
                known.add(end)
                yield f"    <node id={quoteattr(end)}/>"
        yield f"    <edge source={quoteattr(link.source)} target={quoteattr(link.target)}>"
        yield from _data("edge", {"type": link.type, "record": link.record, **link.attributes})
        yield "    </edge>"
    yield "  </graph>"
    yield "</graphml>"


def _data(target: str, values: Mapping[str, str]) -> Iterable[str]:
    # A carriage return that is written as such is read as the end of a line.
    texts = {name: escape(value, {chr(13): "&#13;"}) for name, value in values.items()}
    return (f"      <data key={quoteattr(f'{target}-{name}')}>{text}</data>" for name, text in texts.items())
