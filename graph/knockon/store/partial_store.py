"""A part of a large store, such as what holds on a day, each record of which is looked at when it is needed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, NoReturn

from knockon.errors import UsageError
from knockon.model import DataSet
from knockon.model.records import Records
from knockon.store.base import Store
from knockon.store.lazy_records import LazyRecords
from knockon.store.oxigraph import MemoryStore
from knockon.vocabulary import ASSERTED, Stance

if TYPE_CHECKING:
    from pyoxigraph import Quad

    from knockon.sparql.answers import Answer, Function
    from knockon.store.changes import LoadReport
    from knockon.worker.store_content import StoreContent


class PartialStore(Store):
    """A part of a store: what holds on a day or has evidence; all of it is read for what asks triples or whole data sets.

    Parameters
    ----------
    store
        The store, whose records are kept.
    records
        The records of the part.
    in_memory
        Makes a store in memory of the part.
    stances, facts_only
        As in :class:`knockon.store.oxigraph.MemoryStore`: from what its links are derived.
    """

    def __init__(
        self,
        store: Store,
        records: LazyRecords,
        in_memory: Callable[[], MemoryStore],
        stances: frozenset[Stance] = ASSERTED,
        *,
        facts_only: bool = False,
    ) -> None:
        self._store, self._records, self._make = store, records, in_memory
        self.stances, self.facts_only = stances, facts_only

    @cached_property
    def _memory(self) -> MemoryStore:
        return self._make()

    @property
    def records(self) -> Records:
        """See Store."""
        return self._records

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
        """Refuse to change a part alone."""
        return self._refuse(data_sets, replace)

    def _refuse(self, *_: object) -> NoReturn:
        raise UsageError("a part of a store cannot be changed, such as what holds on a day; load into the store itself")

    def close(self) -> None:
        """See Store: the store itself stays open."""


__all__ = ["PartialStore"]
