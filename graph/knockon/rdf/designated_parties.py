"""The parties of measures that follow from designations, and are derived again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from pyoxigraph import DefaultGraph, NamedNode, Quad

from knockon.model import Designation, Measure, Statement
from knockon.rdf.derived import APPLIES_TO
from knockon.rdf.sameness import Sameness


def without_derived_parties(records: Sequence[Statement], quads: Iterable[Quad]) -> list[Statement]:
    """Return the records without the ``appliesTo`` of measures that designations stand for, which are derived again.

    With named graphs, derived triples have a graph of their own, and a measure keeps all parties that it states.
    """
    if not any(isinstance(record, Designation) for record in records):
        return list(records)
    in_default_graph = {(q.subject, q.predicate, q.object) for q in quads if isinstance(q.graph_name, DefaultGraph)}
    designated: dict[str, set[str]] = defaultdict(set)
    same = Sameness.of(records)
    for designation in (record for record in records if isinstance(record, Designation)):
        for iri in same.all_of(designation.designated):
            link = NamedNode(designation.measure), APPLIES_TO, NamedNode(iri)
            designated[designation.measure] |= {iri} if link in in_default_graph else set()
    result = list(records)
    for place, record in enumerate(result):
        if isinstance(record, Measure) and designated.get(record.id):
            parties = tuple(iri for iri in record.applies_to if iri not in designated[record.id])
            result[place] = record.model_copy(update={"applies_to": parties})
    return result


__all__ = ["without_derived_parties"]
