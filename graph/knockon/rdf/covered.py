"""Derive ``ko:coveredBy``: from each party to the measures whose lists cover it, by name or by an ownership rule."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import product
from typing import Any

from pyoxigraph import NamedNode, Quad

from knockon.model import DataSet, Ownership, Statement
from knockon.model.lists import LIST_RECORDS, Lists
from knockon.model.records import of_class
from knockon.rdf.fold import fold
from knockon.rdf.sameness import Sameness
from knockon.vocabulary import ASSERTED, DERIVED_GRAPH, KO, Stance

COVERED_BY = NamedNode(KO + "coveredBy")
_GRAPH = NamedNode(DERIVED_GRAPH)
#: Subject, predicate and object.
_Triple = tuple[Any, Any, Any]


def covered_by(
    records: Iterable[Statement],
    data_set_of: Mapping[str, str] | None = None,
    stances: Collection[Stance] = ASSERTED,
    *,
    facts_only: bool = False,
) -> Iterator[Quad]:
    """Yield a triple for each party that a measure covers with certainty, between every IRI of both, in ``ko:derived``.

    Parameters
    ----------
    records
        The records.
    data_set_of
        The data set of each ownership, by IRI.
    stances
        Designations, rules and ownerships count whose evidence has one of these stances, and those without evidence.
    facts_only
        Those that are inferred do not count.

    Examples
    --------
    >>> from knockon.model import Measure
    >>> law = Measure(id="urn:x:law", label="Law", applies_to=["urn:x:a"])
    >>> [(str(quad.subject), str(quad.object)) for quad in covered_by([law])]
    [('<urn:x:a>', '<urn:x:law>')]
    """

    def counts(record: Statement) -> bool:
        return record.rests_on(stances) and not (facts_only and record.inferred)

    record_list = list(records)
    same = Sameness.of([record for record in record_list if counts(record)], lambda _: True)
    if same:
        record_list = [*fold(record_list, same)]
    lists = Lists.of((record for record in record_list if isinstance(record, LIST_RECORDS)), data_set_of or {}, counts)
    for measure in sorted(lists.named):
        for party in lists.covered(measure).certain:
            for first, second in product(same.all_of(party), same.all_of(measure)):
                yield Quad(NamedNode(first), COVERED_BY, NamedNode(second), _GRAPH)


def possible_coverage(records: Iterable[Statement], triples: Iterable[_Triple]) -> Iterator[_Triple]:
    """Yield those ``ko:coveredBy`` triples of a file that may have been derived from its records.

    A file does not tell which record is of which data set, so the triples themselves may be other ones than these records
    give: it is enough that the measure names the party, or that the party is owned and a rule extends the list.
    """
    stated = [triple for triple in triples if triple[1] == COVERED_BY]
    if not stated:
        return
    known = list(records)
    same = Sameness.of(known, lambda _: True)
    folded = fold(known, same) if same else known
    lists = Lists.of((record for record in folded if isinstance(record, LIST_RECORDS)), {}, lambda _: True)
    for party, predicate, measure in stated:
        iri = same.shown(party.value)
        if iri in lists.named.get(measure.value, ()) or (iri in lists.stakes.recorded and lists.rules_of(measure.value)):
            yield party, predicate, measure


def data_sets_of_ownerships(data_sets: Iterable[DataSet]) -> dict[str, str]:
    """Return the data set of each ownership, by IRI; of one that is in several, the first."""
    names: dict[str, str] = {}
    for data_set in data_sets:
        for record in of_class(data_set.records, Ownership):
            names.setdefault(record.id, data_set.info.id)
    return names


__all__ = ["COVERED_BY", "covered_by", "data_sets_of_ownerships", "possible_coverage"]
