"""The quads of a store, built from its data sets: their merged records, derived triples and the ontology.

Only what asks the quads loads this: most questions need the records alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from pyoxigraph import NamedNode, Quad

from knockon.model import DataSet, ImpactRun
from knockon.rdf.covered import COVERED_BY, covered_by, data_sets_of_ownerships
from knockon.rdf.derived import derived
from knockon.rdf.description import descriptions, may_describe
from knockon.rdf.merge import PlacedRecord, merge
from knockon.rdf.ontology import ontology, selected_ontology
from knockon.rdf.to_rdf import quads
from knockon.sparql.selection import Selection
from knockon.store.joint_checks import check_together
from knockon.vocabulary import ASSERTED, Stance


def authored_quads(placed: Iterable[PlacedRecord]) -> Iterator[Quad]:
    """Return the quads of the records, without duplicates; each stored run has a graph of its own."""
    written: set[str] = set()  # records share nothing except evidence
    for record, graph in placed:
        yield from quads(record, record.id if isinstance(record, ImpactRun) else graph, written)


def selected_quads(
    data_sets: Sequence[DataSet], selection: Selection, stances: frozenset[Stance], *, facts_only: bool = False
) -> list[Quad]:
    """Return the quads of ``assemble`` that a selection has, and perhaps some others of them.

    Parameters
    ----------
    data_sets
        The data sets, which were checked before, without triples of other vocabularies and without stored runs.
    selection
        The triples that are asked for.
    stances
        The stances of evidence from which links are derived.
    facts_only
        Derive no links from what is inferred.
    """
    placed, written = merge(data_sets), set[str]()
    own = [(data_set.info, data_set.graph) for data_set in data_sets] + placed
    return [
        *(quad for record, graph in own for quad in quads(record, graph, written, selection)),
        *derived([record for record, _ in placed], stances, selection, facts_only=facts_only),
        *(_covered(placed, data_sets, stances, facts_only=facts_only) if selection.has(COVERED_BY.value) else ()),
        *(descriptions(data_sets) if may_describe(selection) else ()),
        *selected_ontology(selection),
    ]


def assemble(
    data_sets: Sequence[DataSet],
    *,
    checked: bool = False,
    change: str = "loading",
    stances: frozenset[Stance] = ASSERTED,
    facts_only: bool = False,
) -> list[Quad]:
    """Return all quads of a store with these data sets: authored, foreign, derived and the ontology.

    Parameters
    ----------
    data_sets
        The data sets.
    checked
        Skip the checks between records, which were made before.
    change
        The name of the change in messages.
    stances
        The stances of evidence from which links are derived.
    facts_only
        Derive no links from what is inferred.

    Raises
    ------
    InvalidData
        The data sets are invalid together: a reference to a missing record, two different records with one id.
    """
    placed = merge(data_sets)
    records = [record for record, _ in placed]
    if not checked:
        check_together(records, data_sets, change)
    graphs = {data_set.graph for data_set in data_sets if data_set.stated}
    infos = [(data_set.info, data_set.graph) for data_set in data_sets]
    authored = list(authored_quads([*infos, *((record, graph) for record, graph in placed if graph not in graphs)]))
    stated = _stated_quads(data_sets, authored)
    covered = _covered(placed, data_sets, stances, facts_only=facts_only)
    own = [
        *authored,
        *stated,
        *derived(records, stances, facts_only=facts_only),
        *covered,
        *descriptions(data_sets),
        *ontology(),
    ]
    return own + foreign_quads([data_set for data_set in data_sets if not data_set.stated], own)


def _stated_quads(data_sets: Iterable[DataSet], authored: Iterable[Quad]) -> list[Quad]:
    """Return what updates stated; of what they stated without a graph, what no record of another data set states."""
    updates = [data_set for data_set in data_sets if data_set.stated]
    known = {quad.triple for quad in authored} if updates else set()
    return [
        quad
        for data_set in updates
        for quad in data_set.stated
        if quad.graph_name != NamedNode(data_set.graph) or quad.triple not in known
    ]


def _covered(
    placed: Iterable[PlacedRecord], data_sets: Iterable[DataSet], stances: frozenset[Stance], *, facts_only: bool
) -> Iterator[Quad]:
    """Return the triples that say whom lists cover."""
    return covered_by((record for record, _ in placed), data_sets_of_ownerships(data_sets), stances, facts_only=facts_only)


def foreign_quads(data_sets: Sequence[DataSet], own: Iterable[Quad]) -> list[Quad]:
    """Return the triples of other vocabularies, each in the first graph that contains it, except those in ``own``."""
    if not any(data_set.extra for data_set in data_sets):
        return []
    seen = {(q.subject, q.predicate, q.object) for q in own}
    kept = []
    for data_set in data_sets:
        for quad in data_set.extra:
            triple = (quad.subject, quad.predicate, quad.object)
            if triple not in seen:
                seen.add(triple)
                graph = quad.graph_name if isinstance(quad.graph_name, NamedNode) else NamedNode(data_set.graph)
                kept.append(Quad(*triple, graph))
    return kept
