"""Records of a large store, each of which is read when it is needed."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Self, overload

from knockon.model import Record, Statement
from knockon.model.records import Records


class LazyRecords(Records):
    """Records of which single ones are found without a look at the others."""

    @property
    @abstractmethod
    def _all(self) -> Sequence[Statement]:
        """All records, for questions that go through them."""

    def __iter__(self) -> Iterator[Statement]:
        return iter(self._all)

    @overload
    def __getitem__(self, place: int) -> Statement: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Statement]: ...
    def __getitem__(self, place: int | slice) -> Statement | Sequence[Statement]:
        return self._all[place]

    @abstractmethod
    def find(self, iri: str) -> Statement | None:
        """Return the record with an IRI; None if there is none. Parts are found by ``by_iri``."""

    @abstractmethod
    def wholes_of(self, iri: str) -> Sequence[Statement]:
        """Return the records that may have a part with an IRI: all that have it, perhaps others."""

    @abstractmethod
    def linked(self, texts: Iterable[str], *kinds: int) -> Iterator[Statement]:
        """Yield the records with links of some kinds to IRIs or identifiers, and perhaps others; some may come twice."""

    @abstractmethod
    def names_in_use(self, *classes: str, parts: bool = False, without: Collection[str] = ()) -> set[str]:
        """See Records; some IRIs may be left out."""

    def find_part(self, iri: str) -> Statement | None:
        """Return the part of a record with an IRI; None if there is none."""
        for record in self.wholes_of(iri):
            for part in record.parts():
                if part.id == iri:
                    return part
        return None

    def with_every_shock(self) -> Self:
        """Return the same records with all shocks as they are, whatever the day."""
        return self


class ByIri(Mapping[str, Record]):
    """Records and their parts by IRI; each is looked for when it is asked for.

    Parameters
    ----------
    records
        The records.
    """

    def __init__(self, records: LazyRecords) -> None:
        self._records = records

    def __getitem__(self, iri: str) -> Record:
        found = self._records.find(iri) or self._records.find_part(iri)
        if found is None:
            raise KeyError(iri)
        return found

    def __iter__(self) -> Iterator[str]:
        return (part.id for record in self._records for part in (record, *record.parts()))

    def __len__(self) -> int:
        return sum(1 + len(list(record.parts())) for record in self._records)


__all__ = ["ByIri", "LazyRecords"]
