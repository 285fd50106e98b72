"""Check references between records: the target must exist and have a suitable class."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from knockon.errors import nearest
from knockon.model import Evidence, Record, Statement, is_a
from knockon.model.validation_errors import Fault
from knockon.rdf.fields import Field, fields
from knockon.vocabulary import local_name, namespace, prefixed

#: The most names that are compared in search of suggestions for missing names.
_MAX_COMPARED = 300_000
#: The number of similar names that are considered for a suggestion, before unsuitable ones are removed.
_MAX_SIMILAR = 8


class Violation(NamedTuple):
    """A fault with the id of its record, and the faulty value if it is a reference or a query.

    Violations with the same ``cause`` have the same remedy, such as a name that many records use and none declares. One that
    is ``joint`` is of several records together, such as a sum of shares: without some of them there may be none.
    """

    record: str
    fault: Fault
    value: str = ""
    cause: str = ""
    joint: bool = False


#: A reference: the path to it, the IRI of its target, and the classes that the target may have.
Reference = tuple[tuple[int | str, ...], str, tuple[str, ...]]


class Draft(NamedTuple):
    """The id, class and references of a record, which are known even if the record is invalid."""

    id: str
    cls: str
    references: Sequence[Reference]


def with_parts(record: Record) -> Iterator[Record]:
    """Yield a record and all its parts."""
    yield record
    for field in _nested_fields(type(record)):
        value = getattr(record, field.name)
        for part in value if field.many else [value]:
            yield from with_parts(part)


def parts_without_evidence(record: Record) -> Iterator[Record]:
    """Yield all parts of a record but evidence, which several records may share."""
    for name, many in _part_fields(type(record)):
        if value := getattr(record, name):
            part: Record
            for part in value if many else (value,):
                yield part
                if has_parts(type(part)):
                    yield from parts_without_evidence(part)


@cache
def _part_fields(cls: type[Record]) -> tuple[tuple[str, bool], ...]:
    """Return the names of the fields that are parts, but for evidence, each with whether it has many."""
    return tuple((field.name, field.many) for field in _nested_fields(cls) if field.nested is not Evidence)


@cache
def has_parts(cls: type[Record]) -> bool:
    """Return whether records of a class may have parts other than evidence.

    >>> from knockon.model import Company, Ownership
    >>> has_parts(Company), has_parts(Ownership)
    (True, False)
    """
    return bool(_part_fields(cls))


@cache
def _nested_fields(cls: type[Record]) -> tuple[Field, ...]:
    """Return the fields of a class that are parts of it."""
    return tuple(field for field in fields(cls) if field.kind == "nested")


@cache
def _referring_fields(cls: type[Record]) -> tuple[Field, ...]:
    """Return the fields of a class that refer to records, or are parts that may."""
    return tuple(field for field in fields(cls) if field.ranges or field.kind == "nested")


def referenced(record: Record) -> Iterator[str]:
    """Yield the IRIs of the records that a record and its parts refer to."""
    for name, many, ranges in reference_forms(type(record)):
        if value := getattr(record, name):
            for item in value if many else (value,):
                if ranges:
                    yield item
                else:
                    yield from referenced(item)


def ranged_references(record: Record) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the IRIs that a record and its parts refer to, each with the classes that it may have."""
    for name, many, ranges in reference_forms(type(record)):
        if value := getattr(record, name):
            for item in value if many else (value,):
                if ranges:
                    yield item, ranges
                else:
                    yield from ranged_references(item)


def drafts_of(records: Iterable[Statement]) -> Iterator[Draft]:
    """Yield the ids, classes and references of records."""
    for record in records:
        yield Draft(record.id, record.rdf_class, tuple(_references(record, ())))


class SoundReferences:
    """The records whose references are all sound, which are nearly all: told without the paths that messages need.

    Parameters
    ----------
    classes
        The class of each record and part by IRI; empty if it is not known.
    others
        The classes of other existing records. They may have to be read: an IRI is looked up here last.

    Attributes
    ----------
    names_keys
        Whether evidence of a record that was sound names a row by its key.
    """

    def __init__(self, classes: Mapping[str, str], others: Mapping[str, str] | None = None) -> None:
        self.classes, self.others = classes, others
        self._allowed: dict[tuple[str, tuple[str, ...]], bool] = {}
        #: The documents that evidence may name.
        self._documents: set[str] = set()
        self.names_keys = False

    def include(self, record: Record) -> bool:
        """Return whether each reference of a record and its parts names a record of a suitable class."""
        for name, many, ranges in reference_forms(type(record)):
            value = getattr(record, name)
            if not value:
                continue
            if name == "evidence":
                if not all(map(self._include_evidence, value)):
                    return False
                continue
            for item in value if many else (value,):
                if not (self._fits(item, ranges) if ranges else self.include(item)):
                    return False
        return True

    def _include_evidence(self, evidence: Evidence) -> bool:
        """Return whether the references of evidence are sound; a million records are evidence of one document."""
        document = evidence.document
        if evidence.key is not None:
            self.names_keys = True
        if document in self._documents:
            return evidence.claimant is None or self.include(evidence)
        if not self.include(evidence):
            return False
        self._documents.add(document)
        return True

    def _fits(self, iri: str, ranges: tuple[str, ...]) -> bool:
        cls = self.classes.get(iri)
        if cls is None and self.others is not None:
            cls = self.others.get(iri)
        if not cls:
            return cls is not None
        fits = self._allowed.get((cls, ranges))
        if fits is None:
            fits = self._allowed[cls, ranges] = any(is_a(cls, allowed) for allowed in ranges)
        return fits


@cache
def reference_forms(cls: type[Record]) -> tuple[tuple[str, bool, tuple[str, ...]], ...]:
    """Return the names of the fields that refer to records, or are parts that do (without ranges), each with whether many."""
    referring = (f for f in _referring_fields(cls) if f.nested is None or reference_forms(f.nested))
    return tuple((f.name, f.many, () if f.kind == "nested" else tuple(f.ranges)) for f in referring)


class ReferenceChecker:
    """Checker of references, with suggestions for missing targets.

    Parameters
    ----------
    classes
        The class of each existing record and part by IRI; empty if it is not known.
    broken
        The IRIs of records whose parts are not known.
    complete
        False if some records could not be read: then a missing target is not a fault.
    """

    def __init__(self, classes: Mapping[str, str], broken: Collection[str], complete: bool) -> None:
        self.classes, self.broken, self.complete = classes, broken, complete
        self.pools: dict[tuple[str, ...], dict[str, list[str]]] = {}
        self.similar: dict[tuple[str, tuple[str, ...]], list[str]] = {}
        self.comparisons_left = _MAX_COMPARED

    def violations(self, drafts: Iterable[Draft]) -> Iterator[Violation]:
        """Yield the references to missing records and to records of an unsuitable class."""
        for draft in drafts:
            for reference in draft.references:
                path, iri, ranges = reference
                cls = self.classes.get(iri)
                if cls is None:
                    if self.complete and not self._may_be_part_of_broken(iri):
                        name, field = _short_form(iri, draft.id), str(path[0])
                        fault = Fault(path, f"{field} names {name}, which does not exist", self._hint(draft, reference))
                        yield Violation(draft.id, fault, iri, f"missing {iri}")
                elif cls and not any(is_a(cls, allowed) for allowed in ranges):
                    name, field = _short_form(iri, draft.id), str(path[0])
                    message = f"{field} names {name}, a {cls}; it must be a {' or '.join(ranges)}"
                    yield Violation(draft.id, Fault(path, message), iri, f"class {message}")

    def _may_be_part_of_broken(self, iri: str) -> bool:
        """Return whether an IRI may be a part of a record whose content is not known."""
        stem = iri
        while (cut := stem.rfind("--")) > 0:
            stem = stem[:cut]
            if stem in self.broken:
                return True
        return False

    def _hint(self, draft: Draft, reference: Reference) -> str:
        """Suggest existing records of a suitable class, except the record itself and, for an alternative, what it replaces."""
        path, missing, ranges = reference
        excluded = {draft.id}
        if path[0] == "alternative":
            excluded |= {iri for route, iri, _ in draft.references if route[0] in {"dependant", "need", "supply"}}
        candidates = [
            iri for iri in self._nearest(missing, ranges) if iri not in excluded and not iri.startswith(draft.id + "--")
        ]
        return f"did you mean {', '.join(_short_form(iri, draft.id) for iri in candidates[:3])}?" if candidates else ""

    def _nearest(self, missing: str, ranges: tuple[str, ...]) -> list[str]:
        """Return IRIs of suitable classes with names similar to a missing one; empty after too many searches."""
        key = (missing, ranges)
        if key not in self.similar:
            pool, name = self._pool(ranges), local_name(missing)
            names = [name] if name in pool else []
            if not names and self.comparisons_left >= 0:
                self.comparisons_left -= len(pool)
                names = nearest(name, pool, _MAX_SIMILAR)
            self.similar[key] = [iri for similar in names for iri in pool[similar]]
        return self.similar[key]

    def _pool(self, ranges: tuple[str, ...]) -> dict[str, list[str]]:
        """Return the IRIs of suitable classes by local name."""
        if ranges not in self.pools:
            suitable: dict[str, list[str]] = defaultdict(list)
            for iri, cls in self.classes.items():
                if not cls or any(is_a(cls, allowed) for allowed in ranges):
                    suitable[local_name(iri)].append(iri)
            self.pools[ranges] = suitable
        return self.pools[ranges]


def _short_form(iri: str, other: str) -> str:
    """Write an IRI as in the data set of another one: as a local name, with a prefix, or in full.

    >>> [_short_form(iri, "urn:x:b") for iri in ("urn:x:a", "https://w3id.org/knockon/id/a", "urn:y:a")]
    ['a', 'id:a', 'urn:y:a']
    """
    return local_name(iri) if namespace(iri) == namespace(other) else prefixed(iri)


def _references(record: Record, path: tuple[int | str, ...]) -> Iterator[Reference]:
    """Yield the references in a record and its parts."""
    for field in _referring_fields(type(record)):
        value = getattr(record, field.name)
        if value is None:
            continue
        for index, item in enumerate(value) if field.many else ((None, value),):
            item_path = (*path, field.alias) if index is None else (*path, field.alias, index)
            if field.kind == "nested":
                yield from _references(item, item_path)
            else:
                yield item_path, item, field.ranges
