"""The names of a large store, each looked for when it is asked for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from knockon.authoring.known_names import EXACT, KnownName, KnownNames, names_in
from knockon.model import DataSet, Statement, is_a
from knockon.query.names import names_of, normalize_name
from knockon.rdf.integrity import with_parts
from knockon.store.kept_records import KeptDataSet, KeptRecords


def known_names(data_sets: Iterable[DataSet]) -> KnownNames:
    """Return the index of the names in data sets; of those of a store folder, records are read when they are asked for.

    >>> from knockon.model import Company, DataSetInfo
    >>> acme = DataSet(DataSetInfo(id="urn:x:data-x", title="X"), (Company(id="urn:x:acme", label="Acme"),))
    >>> known_names([acme]).find("ACME")
    'urn:x:acme'
    """
    data_set_list = list(data_sets)
    stored = [each for each in data_set_list if isinstance(each.records, KeptDataSet)]
    stores = {id(each.records.store) for each in stored if isinstance(each.records, KeptDataSet)}
    return StoredNames(data_set_list) if len(stores) == 1 else KnownNames.of(data_set_list)


class StoredNames(KnownNames):
    """Index of the names of the data sets of one store folder, and of other data sets.

    Parameters
    ----------
    data_sets
        All data sets, in their order.
    """

    def __init__(self, data_sets: Sequence[DataSet]) -> None:
        self._all = data_sets
        others = [each for each in data_sets if not isinstance(each.records, KeptDataSet)]
        # Only what is at hand is indexed now.
        super().__init__(
            (name for each in others for name in names_in(each.info.short_name, each.records)),
            (each.info.short_name for each in data_sets),
        )
        kept = [(each.records, each.info.short_name) for each in data_sets if isinstance(each.records, KeptDataSet)]
        self._store: KeptRecords = kept[0][0].store
        self._stored = {records.number: name for records, name in kept}
        self._others, self.classes = self.classes, _Classes(self)

    @property
    def names(self) -> tuple[KnownName, ...]:
        """See KnownNames; all records are read for it."""
        return tuple(name for each in self._all for name in names_in(each.info.short_name, each.records))

    def data_sets_of(self, iri: str) -> tuple[str, ...]:
        """See KnownNames."""
        found = {*super().data_sets_of(iri), *(self._stored[number] for number, _ in self._stating(iri))}
        return tuple(each.info.short_name for each in self._all if each.info.short_name in found)

    def class_of(self, iri: str) -> str | None:
        """Return the class of a record or part: the most specific one that a data set states; None if there is none."""
        found = self._others.get(iri)
        for _, cls in self._stating(iri):
            if not found or is_a(cls, found):
                found = cls
        return found

    def _stating(self, iri: str) -> Sequence[tuple[int, str]]:
        """Return the class of a record or part in each data set of the store that has it."""
        if iri not in self._known:
            self._known[iri] = [
                (number, part.rdf_class)
                for number, record in self._store.statements_with(iri)
                if number in self._stored
                for part in with_parts(record)
                if part.id == iri
            ]
        return self._known[iri]

    @cached_property
    def _known(self) -> dict[str, Sequence[tuple[int, str]]]:
        return {}

    @property
    def has_names(self) -> bool:
        """See KnownNames."""
        return True

    def _named(self, key: tuple[str, str]) -> Collection[str]:
        if key not in self._iris:
            name, kind = key
            found: dict[str, None] = dict.fromkeys(super()._named(key))
            for number, record in self._store.statements_named(normalize_name(name)):
                if number in self._stored and name in _keys(record, kind):
                    found[record.id] = None
            self._iris[key] = found
        return self._iris[key]

    @cached_property
    def _iris(self) -> dict[tuple[str, str], dict[str, None]]:
        return {}


def _keys(record: Statement, kind: str) -> Collection[str]:
    return names_of(record) if kind == EXACT else list(map(normalize_name, names_of(record)))


class _Classes(Mapping[str, str]):
    """The classes of all records and parts by IRI; each is looked for when it is asked for."""

    def __init__(self, names: StoredNames) -> None:
        self._names = names

    def __getitem__(self, iri: str) -> str:
        cls = self._names.class_of(iri)
        if cls is None:
            raise KeyError(iri)
        return cls

    def __iter__(self) -> Iterator[str]:
        return iter(self._whole)

    def __len__(self) -> int:
        return len(self._whole)

    @cached_property
    def _whole(self) -> Mapping[str, str]:
        return KnownNames(self._names.names).classes


__all__ = ["StoredNames", "known_names"]
