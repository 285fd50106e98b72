"""What exists already: the names of the store that files are read for, and of the other files of the same load."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from knockon.authoring.names import Refused, local
from knockon.errors import shortened
from knockon.model import DataSet, Statement, is_a
from knockon.query.names import names_of, squeezed
from knockon.rdf.integrity import with_parts
from knockon.vocabulary import namespace, prefixed

#: How a name is looked for: as it is spelt, or without regard to capitals and spaces.
_EXACT, _SQUEEZED = "exact", "squeezed"


@dataclass(frozen=True, slots=True)
class KnownName:
    """One record or part of a record that exists: its IRI, class (empty if broken), data set, and what it is called."""

    iri: str
    cls: str
    data_set: str
    names: tuple[str, ...] = ()


class _Meant(NamedTuple):
    """The one IRI that is meant, or the first ones of several, as a message names them."""

    iri: str | None
    several: str


_NOTHING = _Meant(None, "")


class KnownNames:
    """IRIs that exist with their classes and data sets, to be found by id, label or other name.

    Parameters
    ----------
    names
        What exists; one IRI may be in several data sets.
    data_sets
        The data sets that exist, those without a record included.

    Examples
    --------
    >>> acme = KnownName("urn:x:acme", "Company", "suppliers", ("Acme Ltd",))
    >>> known = KnownNames([acme])
    >>> known.find("acme ltd", ["suppliers"]), known.find("Nimbus", ["suppliers"]), known.data_sets_of("urn:x:acme")
    ('urn:x:acme', None, ('suppliers',))
    """

    def __init__(self, names: Iterable[KnownName] = (), data_sets: Iterable[str] = ()) -> None:
        self.names = tuple(names)
        self.classes: dict[str, str] = {}
        self.data_sets = {*data_sets, *(one.data_set for one in self.names)}
        self._data_sets: dict[str, dict[str, None]] = defaultdict(dict)
        self._meanings: dict[tuple[tuple[str, str], tuple[str, ...], str, tuple[str, ...]], _Meant] = {}
        for one in self.names:
            earlier = self.classes.setdefault(one.iri, one.cls)
            if not earlier or (one.cls and is_a(one.cls, earlier)):
                self.classes[one.iri] = one.cls
            self._data_sets[one.iri][one.data_set] = None

    @classmethod
    def of(cls, data_sets: Iterable[DataSet]) -> KnownNames:
        """The names of whole data sets, those of parts of their records included."""
        given = list(data_sets)
        names = (name for data_set in given for name in names_in(data_set.info.short_name, data_set.records))
        return cls(names, (data_set.info.short_name for data_set in given))

    def and_also(self, *others: KnownNames) -> KnownNames:
        """These names and others."""
        names = [*self.names, *(name for other in others for name in other.names)]
        return KnownNames(names, self.data_sets.union(*(other.data_sets for other in others)))

    def data_sets_of(self, iri: str) -> tuple[str, ...]:
        """The data sets that have an IRI."""
        return tuple(self._data_sets.get(iri, ()))

    def has_entity(self, iri: str) -> bool:
        """Whether an IRI is that of an entity, as far as is known."""
        cls = self.classes.get(iri)
        return cls is not None and (not cls or is_a(cls, "Entity"))

    def find(
        self, name: str, data_sets: Collection[str] = (), *, base: str = "", ranges: Sequence[str] = (), exact: bool = False
    ) -> str | None:
        """The IRI of the one thing that is called so; None where nothing is.

        Parameters
        ----------
        name
            An id, a label or another name; ``exact`` takes labels only as they are spelt.
        data_sets, base
            Where to look: in these data sets, and under this base, where they are given.
        ranges
            The classes one of which it must have, where they are given.

        Raises
        ------
        Refused
            Several things are called so.
        """
        keys = [(name, _EXACT)] if exact else [(name, _EXACT), (squeezed(name), _SQUEEZED), (local(name), _EXACT)]
        for key in keys:
            meant = self._meant(key, tuple(data_sets), base, tuple(ranges))
            if meant.several:
                raise Refused(f"{name!r} may mean {meant.several}", "write one of these")
            if meant.iri is not None:
                return meant.iri
        return None

    def _meant(self, key: tuple[str, str], data_sets: tuple[str, ...], base: str, ranges: tuple[str, ...]) -> _Meant:
        """What a key of names means, worked out once: a thousand things may share it, and a thousand rows may name it."""
        iris = self._by_name.get(key)
        if iris is None:
            return _NOTHING
        asked = (key, data_sets, base, ranges)
        if asked not in self._meanings:
            found = [iri for iri in iris if self._fits(iri, data_sets, base, ranges)]
            several = ", ".join(shortened(map(prefixed, sorted(found)), 5)) if len(found) > 1 else ""
            self._meanings[asked] = _Meant(found[0] if found else None, several)
        return self._meanings[asked]

    def _fits(self, iri: str, data_sets: Collection[str], base: str, ranges: Sequence[str]) -> bool:
        if data_sets and not any(one in data_sets for one in self._data_sets[iri]):
            return False
        if base and namespace(iri) != base:
            return False
        cls = self.classes[iri]
        return not ranges or not cls or any(is_a(cls, wanted) for wanted in ranges)

    @cached_property
    def _by_name(self) -> dict[tuple[str, str], dict[str, None]]:
        index: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
        for one in self.names:
            for name in one.names:
                index[name, _EXACT][one.iri] = None
                index[squeezed(name), _SQUEEZED][one.iri] = None
        return index


def names_in(data_set: str, records: Iterable[Statement]) -> Iterable[KnownName]:
    """The names of records and of their parts."""
    for record in records:
        for part in with_parts(record):
            yield KnownName(part.id, part.rdf_class, data_set, tuple(names_of(record)) if part is record else ())
