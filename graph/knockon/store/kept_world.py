"""Worlds by evidence of a large store: the records that differ from those of the store, without the others.

Most evidence stays where one document is left out, or where the least confidence is low; where one document alone counts,
little does. So what is read are the records that cite the document, or that state a confidence. All others are as they are,
or gone.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from knockon.model import Dependency, Document, Entity, Evidence, Measure, Provision, Record, Shock, Statement, Supply
from knockon.rdf.record_json import from_json
from knockon.store.evidence_filter import ConfidenceCounts, EvidenceFilter
from knockon.store.kept_records import KeptRecords
from knockon.store.record_links import REFERENCE, SUBJECT
from knockon.store.replaced_records import ReplacedRecords
from knockon.store.validity import filtered_evidence, has_support, named_iris, reduced_to_name

#: Records that every world by evidence has.
ALWAYS = (Shock, Document)
_CONFIDENCE, _EVIDENCE, _PORTION = (f"""instr(data, '"{name}"')""" for name in ("confidence", "evidence", "portion"))
#: The digits of the hash at the end of the IRI of evidence.
_HASH = 20
_REFERRING = f"number IN (SELECT record FROM {{layer}}.link WHERE kind = {REFERENCE})"  # noqa: S608 - made here


class KeptWorld(NamedTuple):
    """The world by evidence of a store.

    Attributes
    ----------
    records
        Its records.
    names
        The IRIs of those that are reduced to their names.
    fallen, lost_supplies, lost_weights, confidence
        As of :class:`knockon.store.worlds.World`.
    """

    records: ReplacedRecords
    names: frozenset[str]
    fallen: tuple[str, ...]
    lost_supplies: Mapping[str, tuple[Supply, ...]]
    lost_weights: tuple[Statement, ...]
    confidence: ConfidenceCounts | None


def kept_world(records: KeptRecords, stays: EvidenceFilter) -> KeptWorld:
    """Return the world of a store by the evidence that stays, as ``worlds.world`` makes it of all records.

    Parameters
    ----------
    records
        The records of the store.
    stays
        The filter of evidence.

    Raises
    ------
    InvalidStore
        A row is damaged.
    """
    reader = _Reader(records, stays)
    reader.read()
    names = reader.add_names()
    view = ReplacedRecords(records, reader.replaced)
    gone = [iri for iri, record in reader.replaced.items() if record is None]
    supplies = {iri: reader.lost[iri] for iri in sorted(reader.lost)}
    return KeptWorld(
        view,
        names,
        tuple(sorted([*gone, *(supply.id for some in supplies.values() for supply in some)])),
        supplies,
        _weights(records, reader.replaced),
        None if stays.min_confidence is None else _confidence_counts(records, stays),
    )


class _Reader:
    """What is in place of the records that do not stay as they are; None where one is gone, and supplies that are lost."""

    def __init__(self, records: KeptRecords, stays: EvidenceFilter) -> None:
        self.records, self.stays = records, stays
        self.replaced: dict[str, Statement | None] = {}
        self.lost: dict[str, tuple[Supply, ...]] = {}

    def read(self) -> None:
        """Read the records that may not stay as they are."""
        if self.stays.only is not None:
            # What does not cite the document is gone, unless it is always there.
            self.replaced = {iri: None for iri, _ in self.records.classes_of(ALWAYS, among=False)}
        for row in self._candidates():
            self._add(self.records.read_row(*row))

    def _candidates(self) -> Iterator[tuple[str, int, str]]:
        """Yield the rows of the records of which evidence may be left out, and of those that alone may stay."""
        stays = self.stays
        if stays.only is not None:
            yield from self.records.rows_naming([stays.only])
            yield from self.records.rows_of(ALWAYS, also=_EVIDENCE)
            return
        if stays.excluded is not None:
            yield from self.records.rows_naming([stays.excluded])
        if stays.min_confidence is not None:
            yield from self.records.rows_of((Statement,), also=_CONFIDENCE)

    def _add(self, record: Statement) -> None:
        evidence = list(record.all_evidence())
        staying = [each for each in evidence if self.stays(each)]
        if not (staying or isinstance(record, ALWAYS) or (not evidence and self.stays.only is None)):
            self.replaced[record.id] = None
        elif len(staying) < len(evidence):
            self.replaced[record.id] = filtered_evidence(record, self.stays)
            self._add_lost(record)
        else:
            self.replaced.pop(record.id, None)

    def _add_lost(self, record: Statement) -> None:
        if isinstance(record, Dependency):
            lost = tuple(supply for supply in record.supply if not has_support(supply, self.stays))
            if lost:
                self.lost[record.id] = lost

    def add_names(self) -> frozenset[str]:
        """Let the entities and measures be there by name that are gone and that records name; return their IRIs."""
        names: set[str] = set()
        queue = [iri for record in self._naming() for iri in named_iris(record) if self._is_gone(iri)]
        while queue:
            iri = queue.pop()
            if not self._is_gone(iri):
                continue
            record = self.records.find(iri)
            name = None if record is None else reduced_to_name(record)
            if name is not None:
                self.replaced[iri] = name
                names.add(iri)
                queue += [other for other in named_iris(name) if self._is_gone(other)]
        return frozenset(names)

    def _is_gone(self, iri: str) -> bool:
        return iri in self.replaced and self.replaced[iri] is None

    def _naming(self) -> Iterator[Record]:
        """Yield the records that are there and may name what is gone."""
        if self.stays.only is not None:
            # Few are there; of those that are there in any case, the ones that refer to something.
            rows = (*self.records.rows_naming([self.stays.only]), *self.records.rows_of((Document,), also=_REFERRING))
            every: Iterable[Statement] = (self.records.read_row(*row) for row in rows)
        else:
            gone = [iri for iri, record in self.replaced.items() if record is None]
            classes = {iri: self.records.classes[number] for iri, number in self.records.rows.with_iris(gone, "iri, class")}
            named = [iri for iri, cls in classes.items() if issubclass(cls, Entity | Measure)]
            every = self.records.linked(named, SUBJECT, REFERENCE)
        for record in every:
            now = self.replaced.get(record.id, record)
            if now is not None and not isinstance(now, Shock):
                yield now


def _weights(records: KeptRecords, replaced: Mapping[str, Statement | None]) -> tuple[Statement, ...]:
    """Return the provisions and the dependencies with a portion that are gone, in the order of their IRIs."""
    provisions = records.of_class(Provision)
    found: dict[str, Statement] = {each.id: each for each in provisions if replaced.get(each.id, each) is None}
    for row in records.rows_of((Dependency,), also=_PORTION):
        if row[0] in replaced and replaced[row[0]] is None:
            record = records.read_row(*row)
            if isinstance(record, Dependency) and record.portion is not None:
                found[record.id] = record
    return tuple(record for _, record in sorted(found.items()))


def _confidence_counts(records: KeptRecords, stays: EvidenceFilter) -> ConfidenceCounts:
    """Return what ``EvidenceFilter.confidence_counts`` returns for all records."""
    rows = records.rows_of((Statement,), also=_EVIDENCE) if stays.only is None else records.rows_naming([stays.only])
    by_document = EvidenceFilter(stays.only, stays.excluded)
    places: set[bytes] = set()
    stating: dict[str, Evidence] = {}
    try:
        for _, _, data in rows:
            for values in _evidence_in(json.loads(data)):
                if "confidence" in values:
                    evidence: Evidence = from_json(Evidence, values)
                    if by_document(evidence):
                        stating[evidence.id] = evidence
                elif values["document"] != stays.excluded and stays.only in (None, values["document"]):
                    # The end of its IRI is a hash of all that it states.
                    places.add(bytes.fromhex(values["id"][-_HASH:]))
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise records.rows.damaged(error) from None
    counts = stays.counts_of(stating.values())
    return counts._replace(not_stated=counts.not_stated + len(places))


def _evidence_in(values: dict[str, Any]) -> list[Any]:
    """Return the evidence in the JSON of a record, that of its parts included."""
    found = list(values.get("evidence", ()))
    for name, value in values.items():
        if value.__class__ is dict:
            found += _evidence_in(value)
        elif value.__class__ is list and name != "evidence" and value and value[0].__class__ is dict:
            for part in value:
                found += _evidence_in(part)
    return found


__all__ = ["KeptWorld", "kept_world"]
