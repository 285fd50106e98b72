"""Divide the records in quads of several data sets, as an endpoint holds them, into these data sets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from pyoxigraph import NamedNode, Quad

from knockon.errors import InvalidData
from knockon.model import DataSet, DataSetInfo, Statement
from knockon.rdf.from_rdf import read
from knockon.rdf.skolem import skolemise
from knockon.rdf.to_rdf import TYPE
from knockon.store.files import from_quads
from knockon.vocabulary import DCTERMS, DERIVED_GRAPH, ONTOLOGY_GRAPH

_SOURCE = NamedNode(DCTERMS + "source")
_DERIVED, _ONTOLOGY = NamedNode(DERIVED_GRAPH), NamedNode(ONTOLOGY_GRAPH)


def data_sets_in(quads: Iterable[Quad], source: str, name: str) -> tuple[DataSet, ...]:
    """Return the data sets whose descriptions are in quads, in the order of their names; without descriptions one.

    A record belongs to the data set in whose graph it is. One in the graph of a document belongs to the data set that
    has the document as a source, by the derived descriptions; where several have it, to the first of them.

    Parameters
    ----------
    quads
        The quads, the derived descriptions among them.
    source
        Where they come from, for problems.
    name
        The name of the data set, where none is described.

    Raises
    ------
    InvalidData
        The records are invalid; every problem is listed.
    """
    named = skolemise(quads)
    own = [quad for quad in named if quad.graph_name not in (_DERIVED, _ONTOLOGY)]
    if not own:
        return ()
    reading = read(own, source)
    if reading.problems:
        raise InvalidData(reading.problems)
    infos = {record.id: record for record in reading.records if isinstance(record, DataSetInfo)}
    if len(infos) < 2:
        return (from_quads(own, source, name),)
    owners = _owners(named, infos)
    first = min(infos)
    homes = {str(quad.subject): str(quad.graph_name) for quad in own if quad.predicate == TYPE}
    records: dict[str, list[Statement]] = defaultdict(list)
    extra: dict[str, list[Quad]] = defaultdict(list)
    for record in reading.records:
        if not isinstance(record, DataSetInfo):
            records[owners.get(homes.get(f"<{record.id}>", ""), first)].append(record)
    for quad in reading.extra:
        extra[owners.get(str(quad.graph_name), first)].append(quad)
    return tuple(DataSet(infos[iri], tuple(records[iri]), tuple(extra[iri])) for iri in sorted(infos))


def _owners(quads: Iterable[Quad], infos: Mapping[str, DataSetInfo]) -> dict[str, str]:
    """Return the data set of each graph, as N-Triples writes it: its own, and those of its documents."""
    names = {f"<{iri}>": iri for iri in infos}
    sources = sorted(
        (names[str(quad.subject)], str(quad.object))
        for quad in quads
        if quad.predicate == _SOURCE and quad.graph_name == _DERIVED and str(quad.subject) in names
    )
    return {document: data_set for data_set, document in reversed(sources)} | names


__all__ = ["data_sets_in"]
