"""The records of a large store where some are other ones or are gone: what a question supposes, or what evidence is left of."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from knockon.model import Statement, is_a
from knockon.model.names import names_of, normalize_name
from knockon.store.lazy_records import LazyRecords
from knockon.store.record_links import owners
from knockon.store.record_view import RecordView
from knockon.vocabulary import whole_iri


class ReplacedRecords(RecordView):
    """Records of which some are replaced by others of the same IRI and class, and some are gone.

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
        super().__init__(records)
        self.replaced, self._refer_to_more = replaced, refer_to_more

    def with_every_shock(self) -> ReplacedRecords:
        """See LazyRecords."""
        return ReplacedRecords(self.before.with_every_shock(), self.replaced, self._refer_to_more)

    def seen(self, record: Statement) -> Statement | None:
        """Return what is in the place of a record; None where it is gone."""
        return self.replaced.get(record.id, record)

    def iris(self) -> Iterator[str]:
        """See Records."""
        return (iri for iri in self.before.iris() if self.replaced.get(iri, iri) is not None)

    def named(self, name: str) -> Sequence[Statement]:
        """See Records."""
        found = {one.id: one for one in super().named(name)}
        # A part that was not there before has a name that begins with that of its record.
        normalized, iri = normalize_name(name), whole_iri(name)
        wholes = {one.id for text in (*owners(normalized), *owners(iri)) for one in self.before.named(text)}
        for whole in self._found(wholes & self.replaced.keys()):
            for part in whole.parts():
                if part.id == iri or normalized in map(normalize_name, names_of(part)):
                    found[part.id] = part
        return [statement for _, statement in sorted(found.items())]

    def linked(self, texts: Iterable[str], *kinds: int) -> Iterator[Statement]:
        """See LazyRecords."""
        yield from super().linked(texts, *kinds)
        yield from self._found(self._refer_to_more)

    def names_in_use(self, *classes: str, parts: bool = False, without: Collection[str] = ()) -> set[str]:
        """See LazyRecords."""
        names = self.before.names_in_use(*classes, parts=parts, without={*self.replaced, *without})
        others = (self.find(iri) for iri, record in self.replaced.items() if record is not None and iri not in without)
        known = (part for one in others if one is not None for part in (one, *(one.parts() if parts else ())))
        return names.union(*(names_of(each) for each in known if any(is_a(each.rdf_class, cls) for cls in classes)))


__all__ = ["ReplacedRecords"]
