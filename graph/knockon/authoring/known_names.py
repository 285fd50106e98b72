"""Names that exist already: those of the store, and of the other files of the same load."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from knockon.authoring.names import InvalidName, to_local_name
from knockon.errors import shortened
from knockon.model import DataSet, Statement, is_a
from knockon.query.names import names_of, normalize_name
from knockon.rdf.integrity import with_parts
from knockon.vocabulary import namespace, prefixed

#: How a name is looked up: exactly, or ignoring case and spaces.
EXACT, IGNORING_CASE = "exact", "squeezed"


@dataclass(frozen=True, slots=True)
class KnownName:
    """An existing record or part of a record: its IRI, class (empty if invalid), data set, and names."""

    iri: str
    cls: str
    data_set: str
    names: tuple[str, ...] = ()


class _Meaning(NamedTuple):
    """The one IRI that a name means, or the first of several candidates as a text for a message."""

    iri: str | None
    candidates: str


_NOTHING = _Meaning(None, "")


class KnownNames:
    """Index of existing IRIs with their classes and data sets, by id, label and other names.

    Parameters
    ----------
    names
        The existing names; one IRI may be in several data sets.
    data_sets
        The existing data sets, those without records included.

    Examples
    --------
    >>> acme = KnownName("urn:x:acme", "Company", "suppliers", ("Acme Ltd",))
    >>> known = KnownNames([acme])
    >>> known.find("acme ltd", ["suppliers"]), known.find("Nimbus", ["suppliers"]), known.data_sets_of("urn:x:acme")
    ('urn:x:acme', None, ('suppliers',))
    """

    def __init__(self, names: Iterable[KnownName] = (), data_sets: Iterable[str] = ()) -> None:
        self._entries = tuple(names)
        classes: dict[str, str] = {}
        #: The class of each record and part, by IRI; empty if it is not known.
        self.classes: Mapping[str, str] = classes
        self.data_sets = {*data_sets, *(entry.data_set for entry in self._entries)}
        self._data_sets: dict[str, dict[str, None]] = defaultdict(dict)
        self._meanings: dict[tuple[tuple[str, str], tuple[str, ...], str, tuple[str, ...]], _Meaning] = {}
        for entry in self._entries:
            earlier = classes.setdefault(entry.iri, entry.cls)
            if not earlier or (entry.cls and is_a(entry.cls, earlier)):
                classes[entry.iri] = entry.cls
            self._data_sets[entry.iri][entry.data_set] = None

    @property
    def names(self) -> tuple[KnownName, ...]:
        """All names."""
        return self._entries

    @classmethod
    def of(cls, data_sets: Iterable[DataSet]) -> KnownNames:
        """Create the index of data sets, with the parts of their records."""
        data_set_list = list(data_sets)
        names = (name for data_set in data_set_list for name in names_in(data_set.info.short_name, data_set.records))
        return cls(names, (data_set.info.short_name for data_set in data_set_list))

    def combine(self, *others: KnownNames) -> KnownNames:
        """Return an index of these names and others."""
        names = [*self.names, *(name for other in others for name in other.names)]
        return KnownNames(names, self.data_sets.union(*(other.data_sets for other in others)))

    def data_sets_of(self, iri: str) -> tuple[str, ...]:
        """Return the data sets that contain an IRI."""
        return tuple(self._data_sets.get(iri, ()))

    def has_entity(self, iri: str) -> bool:
        """Return whether an IRI is an entity, as far as is known."""
        cls = self.classes.get(iri)
        return cls is not None and (not cls or is_a(cls, "Entity"))

    def find(
        self, name: str, data_sets: Collection[str] = (), *, base: str = "", ranges: Sequence[str] = (), exact: bool = False
    ) -> str | None:
        """Return the IRI of the record with a name; None if there is none.

        Parameters
        ----------
        name
            An id, a label or another name; with ``exact`` the spelling must match.
        data_sets, base
            Search only these data sets, and only this base, if they are given.
        ranges
            The record must have one of these classes, if they are given.

        Raises
        ------
        InvalidName
            Several records have this name.
        """
        if not self.has_names:  # as in the first load of a store, for each name in its tables
            return None
        keys = (
            [(name, EXACT)] if exact else [(name, EXACT), (normalize_name(name), IGNORING_CASE), (to_local_name(name), EXACT)]
        )
        for key in keys:
            meaning = self._meaning(key, tuple(data_sets), base, tuple(ranges))
            if meaning.candidates:
                raise InvalidName(f"{name!r} may mean {meaning.candidates}", "write one of these")
            if meaning.iri is not None:
                return meaning.iri
        return None

    def _meaning(self, key: tuple[str, str], data_sets: tuple[str, ...], base: str, ranges: tuple[str, ...]) -> _Meaning:
        """Return what a name means, computed once: a thousand records may share it, and a thousand rows may use it."""
        if not (iris := self._named(key)):
            return _NOTHING
        query = (key, data_sets, base, ranges)
        if query not in self._meanings:
            matches = [iri for iri in iris if self._matches(iri, data_sets, base, ranges)]
            candidates = ", ".join(shortened(map(prefixed, sorted(matches)), 5)) if len(matches) > 1 else ""
            self._meanings[query] = _Meaning(matches[0] if matches else None, candidates)
        return self._meanings[query]

    def _matches(self, iri: str, data_sets: Collection[str], base: str, ranges: Sequence[str]) -> bool:
        if data_sets and set(self.data_sets_of(iri)).isdisjoint(data_sets):
            return False
        if base and namespace(iri) != base:
            return False
        cls = self.classes[iri]
        return not ranges or not cls or any(is_a(cls, required) for required in ranges)

    def _named(self, key: tuple[str, str]) -> Collection[str]:
        """Return the IRIs with a name, as it is written or normalized."""
        return self._by_name.get(key, ())

    @property
    def has_names(self) -> bool:
        """Whether any name may be found."""
        return bool(self._by_name)

    @cached_property
    def _by_name(self) -> dict[tuple[str, str], dict[str, None]]:
        index: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
        for known in self._entries:
            for name in known.names:
                index[name, EXACT][known.iri] = None
                index[normalize_name(name), IGNORING_CASE][known.iri] = None
        return index


def names_in(data_set: str, records: Iterable[Statement]) -> Iterable[KnownName]:
    """Yield the names of records and of their parts."""
    for record in records:
        for part in with_parts(record):
            yield KnownName(part.id, part.rdf_class, data_set, tuple(names_of(record)) if part is record else ())
