"""Check plain records as ``rdf.integrity`` checks record objects: ids that are used once, references that are sound."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import chain

from knockon.authoring.plain_rows import NotPlain, PlainRows
from knockon.model import Dependency, Document, Supply, is_a
from knockon.rdf.fields import by_alias
from knockon.rdf.plain_records import PlainRecords, cited_document, supply_id
from knockon.rdf.references import Draft, parts_without_evidence


def check_plain(
    records: PlainRecords, tables: Sequence[PlainRows], elsewhere: Mapping[str, str], drafts: Sequence[Draft] = ()
) -> None:
    """Check the plain records of one data set against each other and against all others.

    Parameters
    ----------
    records
        The records.
    tables
        The tables that they are from.
    elsewhere
        The classes of IRIs in other data sets; empty if they are not known.
    drafts
        Invalid records, which exist.

    Raises
    ------
    NotPlain
        Something is wrong: the check of record objects says what.
    """
    own = {entity.id: entity.cls for entity in records.entities}
    own |= {record.id: record.rdf_class for record in records.others}
    own |= {draft.id: draft.cls for draft in drafts}

    @cache
    def documents() -> set[str]:
        return set(map(cited_document, records.documents))

    def are_sound(iris: Iterable[str], ranges: Sequence[str]) -> bool:
        for iri in iris:
            cls = own.get(iri)
            if cls is None:  # hardly any: so the set of documents, which is large, is not made for nothing
                cls = Document.rdf_class if iri in documents() else elsewhere.get(iri)
            if cls is None or (cls and not any(is_a(cls, allowed) for allowed in ranges)):
                return False
        return True

    needs, supply = by_alias(Dependency), by_alias(Supply)
    sound = (
        are_sound({record.dependant for record in records.dependencies}, needs["dependant"].ranges)
        and are_sound({record.need for record in records.dependencies}, needs["need"].ranges)
        and are_sound({each.provider for record in records.dependencies for each in record.supplies}, supply["provider"].ranges)
        and all(are_sound([iri], ranges) for table in tables for iri, ranges in table.references.items())
    )
    import numpy as np  # not for loads that have no plain rows

    # Equal hashes of different ids are as rare as they are harmless: the records are then checked as objects.
    hashes = np.fromiter(map(hash, _ids(records)), dtype=np.int64)
    hashes.sort()
    if not sound or (hashes[1:] == hashes[:-1]).any():
        raise NotPlain


def plain_classes(records: PlainRecords) -> dict[str, str]:
    """Return the class of each plain record and supply, by IRI."""
    classes = {entity.id: entity.cls for entity in records.entities}
    classes |= dict.fromkeys(map(cited_document, records.documents), Document.rdf_class)
    classes |= dict.fromkeys((record.id for record in records.dependencies), Dependency.rdf_class)
    return classes | dict.fromkeys(_supply_ids(records), Supply.rdf_class)


def _ids(records: PlainRecords) -> Iterator[str]:
    """Yield the ids of all records and of their parts; evidence is shared."""
    parts = (part.id for record in records.others for part in parts_without_evidence(record))
    return chain(records.iris(), _supply_ids(records), parts)


def _supply_ids(records: PlainRecords) -> Iterator[str]:
    return (supply_id(record.id, each.provider) for record in records.dependencies for each in record.supplies)


__all__ = ["check_plain", "plain_classes"]
