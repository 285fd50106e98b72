"""The records of a large store where some are other ones or are gone: what a question supposes, or what evidence is left of."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TypeVar, overload

from knockon.model import Record, Statement, is_a
from knockon.model.names import names_of, normalize_name
from knockon.store.lazy_records import ByIri, LazyRecords
from knockon.store.record_links import owners
from knockon.vocabulary import whole_iri

S = TypeVar("S", bound=Statement)


class ReplacedRecords(LazyRecords):
    """Records of which some are replaced by others of the same IRI and class, and some are gone.

    They take no time in proportion to those that nobody asks for.

    Parameters
    ----------
    records
        The records before.
    replaced
        What is in place of some of them, by IRI; None where one is gone. An IRI that no record has changes nothing.
    refer_to_more
        The IRIs of those that may refer to what they did not refer to before.
    """

    def __init__(
        self, records: LazyRecords, replaced: Mapping[str, Statement | None], refer_to_more: Collection[str] = ()
    ) -> None:
        self.before, self.replaced, self._refer_to_more = records, replaced, refer_to_more

    def with_every_shock(self) -> ReplacedRecords:
        """See LazyRecords."""
        return ReplacedRecords(self.before.with_every_shock(), self.replaced, self._refer_to_more)

    def _now(self, records: Iterable[Statement]) -> Iterator[Statement]:
        """Yield what is in the place of some records."""
        return (now for record in records if (now := self.replaced.get(record.id, record)) is not None)

    def __len__(self) -> int:
        return len(self._all)

    def __iter__(self) -> Iterator[Statement]:
        return iter(self._all)

    @overload
    def __getitem__(self, place: int) -> Statement: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Statement]: ...
    def __getitem__(self, place: int | slice) -> Statement | Sequence[Statement]:
        return self._all[place]

    @cached_property
    def _all(self) -> tuple[Statement, ...]:
        """All records, for questions that go through them."""
        return tuple(self._now(self.before))

    @cached_property
    def by_iri(self) -> Mapping[str, Record]:
        """See Records."""
        return ByIri(self)

    def iris(self) -> Iterator[str]:
        """See Records."""
        return (iri for iri in self.before.iris() if self.replaced.get(iri, iri) is not None)

    def find(self, iri: str) -> Statement | None:
        """See LazyRecords."""
        record = self.before.find(iri)
        return None if record is None else self.replaced.get(iri, record)

    def wholes_of(self, iri: str) -> Sequence[Statement]:
        """See LazyRecords."""
        return [*self._now(self.before.wholes_of(iri))]

    def of_class(self, *kinds: type[S]) -> Sequence[S]:
        """See Records."""
        return [record for record in self._now(self.before.of_class(*kinds)) if isinstance(record, kinds)]

    def read_ahead(self, iris: Iterable[str]) -> None:
        """See Records."""
        self.before.read_ahead(iris)

    def having(self, iris: Iterable[str]) -> Sequence[Statement]:
        """See Classified."""
        return [*self._now(self.before.having(iris))]

    def named(self, name: str) -> Sequence[Statement]:
        """See Records."""
        found = {one.id: one for one in self._found(statement.id for statement in self.before.named(name))}
        # A part that was not there before has a name that begins with that of its record.
        normalized, iri = normalize_name(name), whole_iri(name)
        wholes = {one.id for text in (*owners(normalized), *owners(iri)) for one in self.before.named(text)}
        for whole in self._found(wholes & self.replaced.keys()):
            for part in whole.parts():
                if part.id == iri or normalized in map(normalize_name, names_of(part)):
                    found[part.id] = part
        return [statement for _, statement in sorted(found.items())]

    def _found(self, iris: Iterable[str]) -> Iterator[Statement]:
        """Yield the records and parts with some IRIs that are there."""
        return (found for iri in iris if isinstance(found := self.by_iri.get(iri), Statement))

    def linked(self, texts: Iterable[str], *kinds: int) -> Iterator[Statement]:
        """See LazyRecords."""
        yield from self._now(self.before.linked(texts, *kinds))
        yield from self._found(self._refer_to_more)

    def names_in_use(self, *classes: str, parts: bool = False, without: Collection[str] = ()) -> set[str]:
        """See LazyRecords."""
        names = self.before.names_in_use(*classes, parts=parts, without={*self.replaced, *without})
        others = (self.find(iri) for iri, record in self.replaced.items() if record is not None and iri not in without)
        known = (part for one in others if one is not None for part in (one, *(one.parts() if parts else ())))
        return names.union(*(names_of(each) for each in known if any(is_a(each.rdf_class, cls) for cls in classes)))

    @cached_property
    def dated(self) -> Sequence[Statement]:
        """See Records."""
        found = self._found(statement.id for statement in self.before.dated)
        return [statement for statement in found if statement.begins is not None or statement.ends is not None]

    @property
    def telling_same(self) -> Sequence[Statement]:
        """See Records."""
        return [*self._now(self.before.telling_same)]

    @property
    def parts_of_wholes(self) -> Sequence[Statement]:
        """See Records."""
        return [*self._now(self.before.parts_of_wholes)]

    @property
    def some_inferred(self) -> bool:
        """See Records."""
        return self.before.some_inferred and any(record.inferred for record in self)


__all__ = ["ReplacedRecords"]
