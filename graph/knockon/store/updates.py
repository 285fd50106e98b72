"""Turn the changes of a SPARQL update into data sets.

What an update inserts belongs to a data set of its own, ``updates``. It keeps every triple as it was stated, in its graph;
records are read from them as from any source, and triples of other vocabularies are counted. What an update deletes is
deleted from every data set that states it, whose records are then read again: a record that lacks something afterwards
makes the update invalid.

What it inserts about a record of another data set becomes a record of ``updates`` as well if the two can be merged, as an
entity can, so that it survives when the other data set is loaded again; else it joins the record where that is. What it
inserts about a subject of which it deletes something joins that subject, so that a value can be replaced.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Triple

from knockon.errors import InvalidData, Problem
from knockon.model import DataSet, DataSetInfo, Entity, Measure
from knockon.rdf.fields import fields
from knockon.rdf.merge import merge
from knockon.rdf.skolem import skolemise
from knockon.rdf.to_rdf import TYPE, classes_by_iri, quads
from knockon.sparql.update import GraphChanges
from knockon.store.assembly import authored_quads
from knockon.store.changes import ChangeReport
from knockon.store.files import from_quads
from knockon.vocabulary import DCTERMS, MY, RDFS

#: The data set of updates, whose IRI is also the name of the graph of what is inserted without a graph.
UPDATES = MY + "data-updates"
_GRAPH = NamedNode(UPDATES)
_ORIGIN = "SPARQL updates"
#: The properties that name a record.
_NAMES = frozenset({NamedNode(RDFS + "label"), NamedNode(DCTERMS + "title")})
_INFO = DataSetInfo(id=UPDATES, title="Updates", base=MY)
#: The most triples that a message lists.
_MOST_LISTED = 5


@dataclass(frozen=True, slots=True)
class UpdateReport(ChangeReport):
    """The effect of a SPARQL update.

    Attributes
    ----------
    added_triples, removed_triples
        How many triples of named graphs it inserted and deleted.
    kept_triples
        How many triples it would have deleted without naming a graph that are only in graphs that cannot be changed.
    other_triples
        How many triples of other vocabularies the data set of updates has now.
    """

    added_triples: int = 0
    removed_triples: int = 0
    kept_triples: int = 0
    other_triples: int = 0


def read_stated(quads: Iterable[Quad], source: str) -> DataSet:
    """Read the data set of updates from its triples.

    Raises
    ------
    InvalidData
        Its records are invalid.
    """
    stated = tuple(sorted((quad for quad in quads if quad.subject != _GRAPH), key=str))
    data_set = from_quads(stated, source, "updates")
    records = tuple(record for record in data_set.records if not isinstance(record, DataSetInfo))
    return DataSet(_INFO, records, data_set.extra, data_set.notices, _ORIGIN, stated=stated)


def apply_changes(before: Sequence[DataSet], changes: GraphChanges, number: int) -> tuple[DataSet, ...]:
    """Return the data sets after an update.

    Parameters
    ----------
    before
        The data sets before.
    changes
        What the update changes.
    number
        The number of the revision before, which tells the blank nodes of equal updates apart.

    Raises
    ------
    InvalidData
        A record is invalid afterwards.
    """
    # The triples of a record that several data sets state are in one graph, whichever of them stated them.
    authored = set(authored_quads(merge(before))) if changes.removed else set()
    removed = _Removed(changes.removed, {quad.triple for quad in changes.removed & authored})
    added = set(_with_names(changes.added, number))
    present = next((data_set for data_set in before if data_set.info.id == UPDATES), None)
    stated = set(present.stated or _quads_of(present)) if present else set[Quad]()
    stated = {quad for quad in stated - changes.removed if quad.graph_name != _GRAPH or quad.triple not in removed.triples}
    others = [data_set for data_set in before if data_set is not present]
    joining = _complete(others, stated, added)
    taken = set[Quad]()
    changed = [_changed(data_set, removed, added, taken, joining) for data_set in others]
    after = [data_set for data_set in changed if data_set]
    stated = _without_repeated(stated | (added - taken), after)
    if any(quad.subject != _GRAPH for quad in stated):
        after.append(read_stated(stated, "the update"))
    return tuple(sorted(after, key=lambda data_set: data_set.info.id))


def _complete(others: Iterable[DataSet], stated: Iterable[Quad], added: set[Quad]) -> set[Any]:
    """Add class and name of the records that an update says more of; return the subjects of which it cannot be told apart."""
    ours = {quad.subject for quad in added if quad.graph_name == _GRAPH and quad.predicate.value in _properties()}
    ours -= {quad.subject for quad in (*stated, *added) if quad.predicate == TYPE}
    named = {quad.subject for quad in added if quad.predicate in _NAMES}
    if not ours:
        return ours
    for record in (record for data_set in others for record in data_set.records):
        subject = NamedNode(record.id)
        if subject in ours and isinstance(record, Entity | Measure):
            ours.discard(subject)
            lacking = {TYPE} if subject in named else {TYPE, *_NAMES}
            added |= {quad for quad in quads(record, UPDATES) if quad.subject == subject and quad.predicate in lacking}
    return ours


@cache
def _properties() -> frozenset[str]:
    """Return the IRIs of the properties of records."""
    return frozenset(field.iri for cls in classes_by_iri().values() for field in fields(cls))


def _without_repeated(stated: set[Quad], others: Iterable[DataSet]) -> set[Quad]:
    """Leave subjects out of the graph of updates of which nothing is stated there that other data sets do not state."""
    own = {quad for quad in stated if quad.graph_name == _GRAPH}
    known = {quad.triple for data_set in others for quad in _quads_of(data_set)} if own else set()
    new = {quad.subject for quad in own if quad.triple not in known}
    return {quad for quad in stated if quad.graph_name != _GRAPH or quad.subject in new}


def check_removed(changes: GraphChanges, quads: Iterable[Quad]) -> None:
    """Check that what an update deletes is gone.

    Raises
    ------
    InvalidData
        The records that remain still state some of it.
    """
    remaining = sorted(str(quad.triple) for quad in changes.removed.intersection(quads) if quad.subject != _GRAPH)
    if remaining:
        hint = "delete or change the records that it follows from"
        listed = [Problem("the update", None, f"{text} cannot be deleted alone", hint) for text in remaining[:_MOST_LISTED]]
        raise InvalidData(listed, "nothing was changed")


@dataclass(frozen=True, slots=True)
class _Removed:
    """What an update deletes: the quads, and the triples of those that state records, which may be in another graph."""

    quads: frozenset[Quad]
    triples: set[Triple]


def _changed(data_set: DataSet, removed: _Removed, added: set[Quad], taken: set[Quad], joining: set[Any]) -> DataSet | None:
    """Return a data set after an update, None if nothing is left of it; add to ``taken`` what it takes of what is added."""
    own = list(_quads_of(data_set))
    rest = [quad for quad in own if quad.triple not in removed.triples and quad not in removed.quads]
    gone = set(own).difference(rest)
    subjects = {quad.subject for quad in gone} | joining.intersection(quad.subject for quad in own)
    if not subjects:
        return data_set
    graphs = {_GRAPH, NamedNode(data_set.graph), *(quad.graph_name for quad in gone)}
    own_part = {quad for quad in added if quad.subject in subjects and quad.graph_name in graphs}
    taken |= own_part
    rest += [_in_graph(quad, data_set.graph) for quad in own_part]
    if not any(quad.subject != NamedNode(data_set.info.id) for quad in rest):
        return None
    name = data_set.info.short_name
    read = from_quads(rest, name, name)
    info = read.info if read.info.id == data_set.info.id else data_set.info
    return replace(read, info=info, notices=(), origin=data_set.origin, loaded=data_set.loaded)


def _quads_of(data_set: DataSet) -> Iterator[Quad]:
    """Yield the triples of a data set, each in the graph in which a store has it."""
    yield from authored_quads((record, data_set.graph) for record in (data_set.info, *data_set.records))
    for quad in data_set.extra:
        yield quad if isinstance(quad.graph_name, NamedNode) else _in_graph(quad, data_set.graph)


def _in_graph(quad: Quad, graph: str) -> Quad:
    return Quad(quad.subject, quad.predicate, quad.object, NamedNode(graph))


def _with_names(quads: Iterable[Quad], number: int) -> Iterator[Quad]:
    """Give blank nodes IRIs; equal updates at different revisions have different blank nodes."""
    marker = Quad(_GRAPH, _GRAPH, Literal(number), DefaultGraph())
    return (quad for quad in skolemise([marker, *quads]) if quad != marker)
