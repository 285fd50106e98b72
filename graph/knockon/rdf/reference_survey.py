"""Find which ids and references of records may be wrong, by digests of IRIs instead of the records themselves.

``check`` of ``integrity.py`` says what is wrong with those.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from knockon.model import Document, Evidence, Record, Statement, is_a
from knockon.rdf.digests import Digests, DistinctDigests, as_set, digest
from knockon.rdf.references import has_parts, parts_without_evidence, ranged_references, reference_forms

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: The classes that the target of a reference may have.
Ranges = tuple[str, ...]
#: The number of the class of an IRI that several records or parts have.
_SEVERAL = 0


@dataclass(frozen=True, slots=True)
class ReferenceDoubts:
    """What may be wrong with the ids and references of records that were gone through.

    Attributes
    ----------
    duplicated
        The digests of IRIs that several records or parts have.
    unsound
        The digests of IRIs by the classes that references want them to have, of which they may have none.
    missing
        The digests of those of them that nothing has.
    keyed
        The digests of documents without a column of keys of which evidence names a key.
    """

    duplicated: frozenset[bytes]
    unsound: Mapping[Ranges, frozenset[bytes]]
    missing: frozenset[bytes]
    keyed: frozenset[bytes]

    def __bool__(self) -> bool:
        return bool(self.duplicated or self.unsound or self.keyed)

    def is_doubtful(self, record: Statement) -> bool:
        """Return whether a reference of a record may not be sound."""
        return bool(self.unsound) and any(
            digest(iri) in self.unsound[ranges] for iri, ranges in ranged_references(record) if ranges in self.unsound
        )

    def missing_ranges(self, record: Statement) -> Iterator[Ranges]:
        """Yield the classes that those targets of a record may have that do not exist."""
        return (ranges for iri, ranges in ranged_references(record) if digest(iri) in self.missing)

    def concern(self, record: Statement) -> bool:
        """Return whether there is any doubt about a record, or about another one because of it."""
        return self._is_duplicated(record) or self._is_keyed(record) or self.is_doubtful(record)

    def _is_duplicated(self, record: Statement) -> bool:
        return bool(self.duplicated) and any(digest(iri) in self.duplicated for iri in _iris(record))

    def _is_keyed(self, record: Statement) -> bool:
        if not self.keyed:
            return False
        if isinstance(record, Document) and digest(record.id) in self.keyed:
            return True
        return any(each.key is not None and digest(each.document) in self.keyed for each in record.all_evidence())


class ReferenceSurvey:
    """What references and ids of records are compared with, while the records are gone through."""

    def __init__(self) -> None:
        self._iris, self._classes = Digests(), array("H")
        self._numbers: dict[str, int] = {}
        self._targets: dict[Ranges, DistinctDigests] = {}
        #: The documents of which evidence names a key, and those without a column of keys.
        self._keyed, self._without_column = DistinctDigests(), Digests()

    def include(self, record: Statement) -> None:
        """Add a record."""
        self._add(record)
        if has_parts(type(record)):
            for part in parts_without_evidence(record):
                self._add(part)
        if isinstance(record, Document) and record.key_column is None:
            self._without_column.add(record.id)
        self._refer(record)

    def _add(self, record: Record) -> None:
        self._iris.add(record.id)
        self._classes.append(self._numbers.setdefault(record.rdf_class, len(self._numbers) + 1))

    def _refer(self, record: Record) -> None:
        """Add the references of a record and its parts."""
        if isinstance(record, Evidence) and record.key is not None:
            self._keyed.add(record.document)
        for name, many, ranges in reference_forms(type(record)):
            value = getattr(record, name)
            if not value:
                continue
            if not ranges:
                for part in value if many else (value,):
                    self._refer(part)
                continue
            targets = self._targets.get(ranges)
            if targets is None:
                targets = self._targets[ranges] = DistinctDigests()
            for iri in value if many else (value,):
                targets.add(iri)

    def doubts(self) -> ReferenceDoubts:
        """Return what may be wrong with the records that were added."""
        import numpy as np  # not for who checks no data

        iris = self._iris.array()
        order = np.argsort(iris, kind="stable")
        iris, classes = iris[order], np.frombuffer(self._classes, self._classes.typecode)[order]
        same = iris[1:] == iris[:-1]
        classes[1:][same] = classes[:-1][same] = _SEVERAL
        unsound: dict[Ranges, frozenset[bytes]] = {}
        missing: frozenset[bytes] = frozenset()
        for ranges, targets in self._targets.items():
            wanted = np.unique(targets.array())
            found = _class_of_each(wanted, iris, classes)
            allowed = [False, *(any(is_a(name, each) for each in ranges) for name in self._numbers)]
            sound = (found >= 0) & np.array(allowed)[found]
            if not sound.all():
                unsound[ranges] = as_set(wanted[~sound])
                missing |= as_set(wanted[found < 0])
        keyed = as_set(np.intersect1d(self._keyed.array(), self._without_column.array()))
        return ReferenceDoubts(as_set(iris[1:][same]), unsound, missing, keyed)


def _class_of_each(wanted: NDArray[Any], iris: NDArray[Any], classes: NDArray[Any]) -> NDArray[Any]:
    """Return the number of the class of each of some IRIs among others, which are sorted; -1 for one that is missing."""
    import numpy as np

    if not len(iris):
        return np.full(len(wanted), -1)
    places = np.minimum(np.searchsorted(iris, wanted), len(iris) - 1)
    return np.where(iris[places] == wanted, classes[places].astype(np.int64), -1)


def _iris(record: Statement) -> Iterator[str]:
    """Yield the IRI of a record, and those of its parts but evidence."""
    yield record.id
    for part in parts_without_evidence(record):
        yield part.id


__all__ = ["ReferenceDoubts", "ReferenceSurvey"]
