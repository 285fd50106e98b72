"""The interface of a store: how quads are loaded and queried.

A store holds data sets. What it shows is built from all of them at once:
records merged, derived triples added, the ontology beside them. So loading a
data set again replaces it, and nothing is ever half there.
"""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from types import TracebackType
from typing import Any, NoReturn, Self

from pyoxigraph import NamedNode, Quad

from knockon.errors import InvalidData, Problem, UsageError
from knockon.model import DataSet, ImpactRun, Statement
from knockon.rdf.derived import derived
from knockon.rdf.integrity import Found, check
from knockon.rdf.merge import Placed, merge
from knockon.rdf.ontology import ontology
from knockon.rdf.to_rdf import quads
from knockon.sparql.answers import Answer, Function
from knockon.store.changes import LoadReport
from knockon.worker.store_content import StoreContent


class Store(ABC):
    """A store of quads that answers queries and loads data sets.

    Every backend passes one behavioural test (tests/store/test_contract.py).
    """

    @property
    @abstractmethod
    def data_sets(self) -> tuple[DataSet, ...]:
        """The data sets it was built from, in the order of their names."""

    @abstractmethod
    def load(self, *data_sets: DataSet, replace: bool = False) -> LoadReport:
        """Put data sets in, each in place of an earlier one of its name: all of them or, on any error, none.

        Parameters
        ----------
        data_sets
            The data sets; their names are those of their descriptions.
        replace
            Let a data set take the place of one that was read from another place.

        Returns
        -------
        LoadReport
            The records added, changed, removed and unchanged, by data set.

        Raises
        ------
        InvalidData
            What the store would hold then breaks the model.
        UsageError
            Two of them have one name, or (without ``replace``) one has the name of a data set from another place.
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
        """Run a SPARQL 1.1 query; ``substitutions`` replaces variables of its SELECT by IRIs.

        ``functions`` may be called in it, by their IRIs. The default graph is
        the union of all graphs but stored runs, unless the query has FROM or
        FROM NAMED: then it is asked of the graphs that it names, stored runs
        among them, and one that the store does not hold is empty. The text has
        passed no guard: see query/ask.py.
        """

    @abstractmethod
    def quads(self, subject: Any = None, predicate: Any = None, value: Any = None, graph: Any = None) -> Iterator[Quad]:
        """The quads that match; None matches all."""

    @abstractmethod
    def content(self) -> StoreContent:
        """Return what it holds as another process gets it; another one after a change."""

    @property
    def trusted(self) -> bool:
        """Whether all data is bundled with the package, so that its queries are known to terminate."""
        return False

    def __reduce__(self) -> NoReturn:
        raise UsageError(
            "an open store cannot be pickled or copied, nor can a result that holds one; open it again where it is needed, "
            "or keep what the result says: to_dict()"
        )

    @abstractmethod
    def close(self) -> None:
        """Release files and locks."""

    @cached_property
    def _placed(self) -> list[Placed]:
        return merge(self.data_sets)

    @property
    def records(self) -> tuple[Statement, ...]:
        """Every record of every data set once, in the order of their IRIs."""
        return tuple(record for record, _ in self._placed)

    @property
    def revision(self) -> str:
        """The SHA-256 of the content without the ontology: equal content has an equal revision."""
        lines = sorted(str(quad) for data_set in [self._placed] for quad in authored(data_set))
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def authored(placed: Iterable[Placed]) -> Iterator[Quad]:
    """Return the quads of the records, without duplicates; each stored run has a graph of its own."""
    said: set[str] = set()  # records share nothing but evidence
    for record, graph in placed:
        yield from quads(record, record.id if isinstance(record, ImpactRun) else graph, said)


def replaced(present: Iterable[DataSet], new: Iterable[DataSet]) -> tuple[DataSet, ...]:
    """The data sets of a store after a load, in the order of their names."""
    by_name = {data_set.info.id: data_set for data_set in (*present, *new)}
    return tuple(by_name[name] for name in sorted(by_name))


def assemble(data_sets: Sequence[DataSet], *, checked: bool = False, change: str = "loading") -> list[Quad]:
    """All quads of a store that holds these data sets: authored, foreign, derived and the ontology.

    ``checked`` says that what must hold between their records was looked at; ``change`` is what messages call the
    change that brings the data sets together.

    Raises
    ------
    InvalidData
        Together they break the model: a reference to nothing, one id with two meanings.
    """
    placed = merge(data_sets)
    records = [record for record, _ in placed]
    problems = [] if checked else [_problem(found, change) for found in check(records)]
    if problems:
        raise InvalidData(problems)
    infos = [(data_set.info, data_set.graph) for data_set in data_sets]
    own = [*authored([*infos, *placed]), *derived(records), *ontology()]
    return own + foreign(data_sets, own)


def _problem(found: Found, change: str) -> Problem:
    return Problem(f"after {change}", None, f"{found.record}: {found.fault.message}", found.fault.hint, found.cause)


def foreign(data_sets: Sequence[DataSet], own: Iterable[Quad]) -> list[Quad]:
    """The triples of other vocabularies, each in one graph: the first, by data set and name, that has it."""
    if not any(data_set.extra for data_set in data_sets):
        return []
    said = {(q.subject, q.predicate, q.object) for q in own}
    kept = []
    for data_set in data_sets:
        for quad in data_set.extra:
            triple = (quad.subject, quad.predicate, quad.object)
            if triple not in said:
                said.add(triple)
                graph = quad.graph_name if isinstance(quad.graph_name, NamedNode) else NamedNode(data_set.graph)
                kept.append(Quad(*triple, graph))
    return kept
