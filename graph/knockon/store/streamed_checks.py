"""Check data sets of any size against each other, without holding their records: only those that can be wrong are kept."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from knockon.model import DataSet, Statement, is_a
from knockon.model.dataset import replace_data_sets
from knockon.rdf.integrity import check_suspects
from knockon.rdf.merge import merge
from knockon.rdf.references import parts_without_evidence, ranged_references
from knockon.rdf.suspects import Survey, Suspects
from knockon.rdf.weight_rules import excess_weights
from knockon.store.joint_checks import check_together, raise_violations
from knockon.store.record_stream import RecordStream, Show

#: Fewer records are checked in memory, which needs no numpy.
LEAST_STREAMED = 20_000


def check_streamed(data_sets: Sequence[DataSet], show: Show = lambda _done, _every: None) -> None:
    """Check that data sets could be loaded together into an empty store; what a store keeps is read, and not held.

    The records are gone through once, and again only where something may be wrong with some of them.

    Parameters
    ----------
    data_sets
        The data sets, each valid by itself; of several with one name the last counts.
    show
        Shows how many records were gone through.

    Raises
    ------
    InvalidData
        They are invalid together: the problems of ``MemoryStore``, in the same order.
    """
    together = replace_data_sets((), data_sets)
    if sum(len(data_set.records) for data_set in together) < LEAST_STREAMED:
        check_together([record for record, _ in merge(together)], together, "loading")
        return
    stream, survey = RecordStream(together, show), Survey()
    for merged in stream:
        survey.include(merged.record)
        for number, record in merged.stated:
            survey.include_stated(number, record)
    suspects = survey.suspects()
    if not suspects:
        return
    if suspects.some_tell:
        suspects.join([merged.record for merged in stream if suspects.tells(merged.record)])
    found = _find(stream, suspects)
    classes = _classes(stream, suspects, found.doubtful) if found.doubtful else {}
    weights = [violation for records in found.stated for violation in excess_weights(records)]
    raise_violations([*check_suspects(found.records, found.doubtful, classes), *weights], "loading", found.origins)


class _Found(NamedTuple):
    """The suspects: merged, those of them with doubtful references, as each data set states them, and where they are from."""

    records: list[Statement]
    doubtful: list[Statement]
    stated: list[list[Statement]]
    origins: dict[str, str]


def _find(stream: RecordStream, suspects: Suspects) -> _Found:
    found = _Found([], [], [[] for _ in stream.data_sets], {})
    for record, stated in stream:
        is_suspect = suspects.include(record)
        if is_suspect:
            found.records.append(record)
            if suspects.doubts.is_doubtful(record):
                found.doubtful.append(record)
        for number, own in sorted(stated, key=lambda each: each[0]):
            in_weights = suspects.include_stated(number, own)
            if in_weights:
                found.stated[number].append(own)
            if (is_suspect or in_weights) and (origin := stream.data_sets[number].origin):
                found.origins[own.id] = origin
    return found


def _classes(stream: RecordStream, suspects: Suspects, doubtful: Sequence[Statement]) -> dict[str, str]:
    """Return the classes of what records refer to, and of all that may be suggested for what is missing, by IRI.

    Evidence comes first, since of names that are equally similar those are suggested that come first.
    """
    targets = {iri for record in doubtful for iri, _ in ranged_references(record)}
    wanted = {ranges for record in doubtful for ranges in suspects.doubts.missing_ranges(record)}
    suitable: dict[str, bool] = {}
    evidence: dict[str, str] = {}
    own: dict[str, str] = {}
    for record, _ in stream:
        for each in record.all_evidence():
            _add(evidence, each.id, each.rdf_class, targets, wanted, suitable)
        for part in (record, *parts_without_evidence(record)):
            _add(own, part.id, part.rdf_class, targets, wanted, suitable)
    return {**evidence, **own}


def _add(
    classes: dict[str, str],
    iri: str,
    cls: str,
    targets: Collection[str],
    wanted: Collection[tuple[str, ...]],
    suitable: dict[str, bool],
) -> None:
    """Add the class of an IRI, if it is a target or is suitable for one that is missing."""
    if cls not in suitable:
        suitable[cls] = any(is_a(cls, allowed) for ranges in wanted for allowed in ranges)
    if suitable[cls] or iri in targets:
        classes[iri] = cls


__all__ = ["check_streamed"]
