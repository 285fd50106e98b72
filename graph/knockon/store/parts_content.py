"""What the quads of a bulk export are about, counted as they are read, to compare it with what the manifest states."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import attrgetter

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad

from knockon.rdf.to_rdf import TYPE
from knockon.store.parts_manifest import QuadPart, QuadParts
from knockon.vocabulary import DCTERMS, KO

_DATA_SET, _LICENSE = NamedNode(KO + "DataSetInfo"), NamedNode(DCTERMS + "license")


class PartsContent:
    """The graphs, data sets and licences of the parts that were read so far, in their order.

    Examples
    --------
    >>> from pyoxigraph import Literal
    >>> content = PartsContent()
    >>> part = QuadPart("part-000001.nq", 1, 0, 0, "", 1, "urn:x:g", "urn:x:g")
    >>> quads = [Quad(NamedNode("urn:x:a"), _LICENSE, Literal("CC0-1.0"), NamedNode("urn:x:g"))]
    >>> content.add(part, quads)
    []
    >>> content.differences(QuadParts("", 1, 0, 1, (), (), (part,)))
    ['licenses']
    """

    def __init__(self) -> None:
        self._graphs: list[str | None] = []
        self._count = 0
        self._data_sets: set[str] = set()
        self._licenses: Counter[str] = Counter()

    def add(self, part: QuadPart, quads: Sequence[Quad]) -> list[str]:
        """Count the quads of the next part; return the names of what the manifest states of it otherwise."""
        graphs = [_text(graph) for graph, _ in groupby(quads, attrgetter("graph_name"))]
        self._count += len(graphs) - (self._graphs[-1:] == graphs[:1] != [])
        self._graphs = graphs or self._graphs
        for quad in quads:
            predicate = quad.predicate
            if predicate == TYPE and quad.object == _DATA_SET:
                self._data_sets.add(str(_text(quad.subject)))
            elif predicate == _LICENSE:
                self._licenses[str(_text(quad.object))] += 1
        first, last = (graphs[0], graphs[-1]) if graphs else (None, None)
        stated = {"graphs": part.graphs, "first_graph": _stated(part.first_graph), "last_graph": _stated(part.last_graph)}
        found = {"graphs": len(graphs), "first_graph": first, "last_graph": last}
        return [name for name, value in found.items() if value != stated[name]]

    def differences(self, manifest: QuadParts) -> list[str]:
        """Return the names of what a manifest states otherwise of all parts."""
        stated = {
            "graphs": manifest.graphs,
            "data_sets": _counted((name, 1) for name in manifest.data_sets),
            "licenses": _counted(manifest.licenses),
        }
        found = {
            "graphs": self._count,
            "data_sets": _counted((name, 1) for name in self._data_sets),
            "licenses": self._licenses,
        }
        return [name for name, value in found.items() if value != stated[name]]


def _counted(pairs: Iterable[tuple[str, int]]) -> Counter[str]:
    """Return the counts of names, those of all blank nodes together."""
    counts: Counter[str] = Counter()
    for name, count in pairs:
        counts[str(_stated(name))] += count
    return counts


def _stated(name: str | None) -> str | None:
    """Return a name of the manifest; blank nodes get others as they are read, so that all of them count as one."""
    return "_:" if name is not None and name.startswith("_:") else name


def _text(term: object) -> str | None:
    """Return the text of a term as the manifest has it; None of the default graph."""
    if isinstance(term, DefaultGraph):
        return None
    return "_:" if isinstance(term, BlankNode) else str(getattr(term, "value", term))


__all__ = ["PartsContent"]
