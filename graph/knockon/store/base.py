"""The interface of a store: how quads are loaded and queried.

A store holds data sets. Its quads are built from all of them together: their
merged records, derived triples and the ontology. So loading a data set again
replaces it completely.
"""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Any, NoReturn, Self

from knockon.errors import UsageError
from knockon.model import DataSet
from knockon.model.records import ListedRecords, Records
from knockon.rdf.merge import PlacedRecord, merge

if TYPE_CHECKING:
    from pyoxigraph import Quad

    from knockon.sparql.answers import Answer, Function, WrittenAnswer
    from knockon.sparql.limits import Limits
    from knockon.store.changes import LoadReport
    from knockon.store.kept import KeptFiles
    from knockon.worker.store_content import StoreContent


class Store(ABC):
    """A store of quads that answers queries and loads data sets.

    Every backend passes one behavioural test (tests/store/test_contract.py).
    """

    #: The merged records, with the list that they were made from.
    _listed: tuple[list[PlacedRecord], Records] | None = None

    @property
    @abstractmethod
    def data_sets(self) -> tuple[DataSet, ...]:
        """The data sets of the store, in the order of their names."""

    @abstractmethod
    def load(self, *data_sets: DataSet, replace: bool = False) -> LoadReport:
        """Load data sets, each in place of an earlier one with its name: all of them or, on any error, none.

        Parameters
        ----------
        data_sets
            The data sets, with the names in their descriptions.
        replace
            Allow a data set to replace one that was read from another place.

        Returns
        -------
        LoadReport
            The records added, changed, removed and unchanged, by data set.

        Raises
        ------
        InvalidData
            The content of the store would be invalid.
        UsageError
            Two of them have the same name, or (without ``replace``) one has the name of a data set from another place.
        StoreBusy
            Another process is writing.
        """

    @abstractmethod
    def query(
        self,
        text: str,
        substitutions: Mapping[str, str] | None = None,
        functions: Mapping[str, Function] | None = None,
    ) -> Answer:
        """Run a SPARQL 1.1 query.

        The default graph is the union of all graphs except stored runs. If the
        query has FROM or FROM NAMED, its graphs are those that it names, stored
        runs included; a graph that the store does not contain is empty. The
        text is not checked by the guard: see query/ask.py.

        Parameters
        ----------
        text
            The query.
        substitutions
            IRIs that replace variables of its SELECT.
        functions
            Functions that it may call, by their IRIs.
        """

    def query_for_rows(self, text: str) -> Answer:
        """Run a SELECT whose rows count as a set, in any order: a store may ask only the data that they can rest on."""
        return self.query(text)

    def known_targets(self, query: str) -> Sequence[str] | None:  # noqa: ARG002 - what stores may override
        """Return the IRIs of the targets that a target query selects, where it was answered before; else None."""
        return None

    def prepare_rows(self, texts: Iterable[str]) -> None:  # noqa: B027 - most stores have nothing to prepare
        """Announce several queries for rows, so that a store may gather the data that they rest on once for all of them."""

    @abstractmethod
    def quads(self, subject: Any = None, predicate: Any = None, value: Any = None, graph: Any = None) -> Iterator[Quad]:
        """Return the quads that match; None matches all."""

    @abstractmethod
    def content(self) -> StoreContent:
        """Return the content for another process; its key changes when the content does."""

    @property
    def trusted(self) -> bool:
        """Whether all data is bundled with the package, so that its queries are known to terminate."""
        return False

    @property
    def kept_files(self) -> KeptFiles | None:
        """Where what is derived from the content may be kept for other processes; None where it cannot be."""
        return None

    def __reduce__(self) -> NoReturn:
        raise UsageError(
            "an open store cannot be pickled or copied, nor can a result that holds one; open it again where it is needed, "
            "or use the plain values of the result: to_dict()"
        )

    @abstractmethod
    def close(self) -> None:
        """Release files and locks."""

    @cached_property
    def _placed(self) -> list[PlacedRecord]:
        return merge(self.data_sets)

    @property
    def records(self) -> Records:
        """The merged records of all data sets, in the order of their IRIs."""
        placed = self._placed
        if self._listed is None or self._listed[0] is not placed:
            self._listed = placed, ListedRecords(record for record, _ in placed)
        return self._listed[1]

    @property
    def revision(self) -> str:
        """The SHA-256 of the content without the ontology: equal content has an equal revision."""
        from knockon.store.assembly import authored_quads

        lines = sorted(map(str, authored_quads(self._placed)))
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


class ElsewhereStore(Store):
    """A store whose queries run on another machine, so that no process of this one must be protected from them."""

    @property
    @abstractmethod
    def exact(self) -> bool:
        """Whether the other machine evaluates queries as SPARQL 1.1 says."""

    @property
    @abstractmethod
    def copy(self) -> Store:
        """A copy of the records on this machine, for what the other one cannot answer."""

    @property
    @abstractmethod
    def network_records(self) -> Store:
        """A store on this machine of the records that a network is compiled from, if possible without all others."""

    @abstractmethod
    def answer(self, text: str, substitutions: Mapping[str, str] | None, limits: Limits) -> WrittenAnswer:
        """Return the whole answer to a query that parses and calls no function of ours.

        Raises
        ------
        LimitReached
            The answer exceeds the limits.
        UsageError
            The other machine refuses it.
        """
