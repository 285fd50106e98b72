"""The records of a store folder that hold on a day, each looked at when it is needed, as records of a store."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, NoReturn

from knockon.errors import UsageError
from knockon.model import DataSet
from knockon.model.dates import Absence
from knockon.model.records import Records
from knockon.store.base import Store
from knockon.store.kept_records import KeptRecords
from knockon.store.oxigraph import MemoryStore
from knockon.store.records_on_day import RecordsOnDay

if TYPE_CHECKING:
    from pyoxigraph import Quad

    from knockon.sparql.answers import Answer, Function
    from knockon.store.changes import LoadReport
    from knockon.worker.store_content import StoreContent


class StoreOnDay(Store):
    """The part of a store that holds on a day; all of it is read for what asks triples or whole data sets.

    Parameters
    ----------
    store
        The store, whose records are kept.
    absent
        Why records and parts of it do not hold on the day, by IRI.
    in_memory
        Makes a store in memory of all that holds.
    """

    def __init__(self, store: Store, absent: Mapping[str, Absence], in_memory: Callable[[], MemoryStore]) -> None:
        self._store, self._make, records = store, in_memory, store.records
        assert isinstance(records, KeptRecords)  # noqa: S101 - for types: what is kept is of this class
        self._on_day = RecordsOnDay(records, absent)

    @cached_property
    def _memory(self) -> MemoryStore:
        return self._make()

    @property
    def records(self) -> Records:
        """See Store."""
        return self._on_day

    @property
    def trusted(self) -> bool:
        """See Store."""
        return self._store.trusted

    @property
    def data_sets(self) -> tuple[DataSet, ...]:
        """See Store."""
        return self._memory.data_sets

    @property
    def revision(self) -> str:
        """See Store."""
        return self._memory.revision

    def query(
        self, text: str, substitutions: Mapping[str, str] | None = None, functions: Mapping[str, Function] | None = None
    ) -> Answer:
        """See Store."""
        return self._memory.query(text, substitutions, functions)

    def query_for_rows(self, text: str) -> Answer:
        """See Store."""
        return self._memory.query_for_rows(text)

    def known_targets(self, query: str) -> Sequence[str] | None:
        """See Store."""
        return self._memory.known_targets(query) if query else None

    def prepare_rows(self, texts: Iterable[str]) -> None:
        """See Store."""
        if queries := list(texts):
            self._memory.prepare_rows(queries)

    def quads(self, subject: Any = None, predicate: Any = None, value: Any = None, graph: Any = None) -> Iterator[Quad]:
        """See Store."""
        return self._memory.quads(subject, predicate, value, graph)

    def content(self) -> StoreContent:
        """See Store."""
        return self._memory.content()

    def load(self, *data_sets: DataSet, replace: bool = False) -> LoadReport:
        """Refuse to change what holds on a day."""
        return self._refuse(data_sets, replace)

    def _refuse(self, *_: object) -> NoReturn:
        raise UsageError("what holds on a day cannot be changed; load into the store itself")

    def close(self) -> None:
        """See Store: the store itself stays open."""


__all__ = ["StoreOnDay"]
