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
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, NoReturn, Self

from pyoxigraph import NamedNode, Quad

from knockon.errors import InvalidData, Problem, UsageError
from knockon.model import DataSet, ImpactRun, Statement
from knockon.model.records import ListedRecords, Records
from knockon.rdf.covered import COVERED_BY, covered_by, data_sets_of_ownerships
from knockon.rdf.derived import derived
from knockon.rdf.description import descriptions, may_describe
from knockon.rdf.merge import PlacedRecord, merge
from knockon.rdf.ontology import ontology, selected_ontology
from knockon.rdf.to_rdf import quads
from knockon.sparql.answers import Answer, Function, WrittenAnswer
from knockon.sparql.limits import Limits
from knockon.sparql.selection import Selection
from knockon.vocabulary import ASSERTED, Stance
from knockon.worker.store_content import StoreContent

if TYPE_CHECKING:
    from knockon.rdf.integrity import Violation
    from knockon.store.changes import LoadReport
    from knockon.store.kept import KeptFiles


#: The most violations whose lines are looked for.
_MAX_LINES = 100


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


def authored_quads(placed: Iterable[PlacedRecord]) -> Iterator[Quad]:
    """Return the quads of the records, without duplicates; each stored run has a graph of its own."""
    written: set[str] = set()  # records share nothing except evidence
    for record, graph in placed:
        yield from quads(record, record.id if isinstance(record, ImpactRun) else graph, written)


def selected_quads(
    data_sets: Sequence[DataSet], selection: Selection, stances: frozenset[Stance], *, facts_only: bool = False
) -> list[Quad]:
    """Return the quads of ``assemble`` that a selection has, and perhaps some others of them.

    Parameters
    ----------
    data_sets
        The data sets, which were checked before, without triples of other vocabularies and without stored runs.
    selection
        The triples that are asked for.
    stances
        The stances of evidence from which links are derived.
    facts_only
        Derive no links from what is inferred.
    """
    placed, written = merge(data_sets), set[str]()
    own = [(data_set.info, data_set.graph) for data_set in data_sets] + placed
    return [
        *(quad for record, graph in own for quad in quads(record, graph, written, selection)),
        *derived([record for record, _ in placed], stances, selection, facts_only=facts_only),
        *(_covered(placed, data_sets, stances, facts_only=facts_only) if selection.has(COVERED_BY.value) else ()),
        *(descriptions(data_sets) if may_describe(selection) else ()),
        *selected_ontology(selection),
    ]


def replace_data_sets(present: Iterable[DataSet], new: Iterable[DataSet]) -> tuple[DataSet, ...]:
    """Return the data sets of a store after a load, in the order of their names."""
    by_name = {data_set.info.id: data_set for data_set in (*present, *new)}
    return tuple(by_name[name] for name in sorted(by_name))


def check_load(present: Sequence[DataSet], new: Sequence[DataSet], *, replace: bool = False) -> None:
    """Check that data sets, each valid by itself, could be loaded beside others: by their records, without quads of them.

    Raises
    ------
    InvalidData
        The content of the store would be invalid.
    UsageError
        Two of them have the same name, or (without ``replace``) one has the name of a data set from another place.
    """
    from knockon.store.changes import check_names
    from knockon.store.conflicting_claims import rename_conflicting_claims

    check_names(present, new, replace=replace)
    renamed, _ = rename_conflicting_claims(present, new)
    data_sets = replace_data_sets(present, renamed)
    if len(data_sets) > 1:
        check_together([record for record, _ in merge(data_sets)], data_sets, "loading")


def assemble(
    data_sets: Sequence[DataSet],
    *,
    checked: bool = False,
    change: str = "loading",
    stances: frozenset[Stance] = ASSERTED,
    facts_only: bool = False,
) -> list[Quad]:
    """Return all quads of a store with these data sets: authored, foreign, derived and the ontology.

    Parameters
    ----------
    data_sets
        The data sets.
    checked
        Skip the checks between records, which were made before.
    change
        The name of the change in messages.
    stances
        The stances of evidence from which links are derived.
    facts_only
        Derive no links from what is inferred.

    Raises
    ------
    InvalidData
        The data sets are invalid together: a reference to a missing record, two different records with one id.
    """
    placed = merge(data_sets)
    records = [record for record, _ in placed]
    if not checked:
        check_together(records, data_sets, change)
    graphs = {data_set.graph for data_set in data_sets if data_set.stated}
    infos = [(data_set.info, data_set.graph) for data_set in data_sets]
    authored = list(authored_quads([*infos, *((record, graph) for record, graph in placed if graph not in graphs)]))
    stated = _stated_quads(data_sets, authored)
    covered = _covered(placed, data_sets, stances, facts_only=facts_only)
    own = [
        *authored,
        *stated,
        *derived(records, stances, facts_only=facts_only),
        *covered,
        *descriptions(data_sets),
        *ontology(),
    ]
    return own + foreign_quads([data_set for data_set in data_sets if not data_set.stated], own)


def _stated_quads(data_sets: Iterable[DataSet], authored: Iterable[Quad]) -> list[Quad]:
    """Return what updates stated; of what they stated without a graph, what no record of another data set states."""
    updates = [data_set for data_set in data_sets if data_set.stated]
    known = {quad.triple for quad in authored} if updates else set()
    return [
        quad
        for data_set in updates
        for quad in data_set.stated
        if quad.graph_name != NamedNode(data_set.graph) or quad.triple not in known
    ]


def _covered(
    placed: Iterable[PlacedRecord], data_sets: Iterable[DataSet], stances: frozenset[Stance], *, facts_only: bool
) -> Iterator[Quad]:
    """Return the triples that say whom lists cover."""
    return covered_by((record for record, _ in placed), data_sets_of_ownerships(data_sets), stances, facts_only=facts_only)


def check_together(records: Sequence[Statement], data_sets: Sequence[DataSet], change: str) -> None:
    """Check the merged records of data sets against each other; raise InvalidData, naming the change, if they are invalid."""
    # Loaded only for data that were not checked before.
    from knockon.rdf.integrity import check
    from knockon.rdf.weight_rules import excess_weights

    weights = [violation for data_set in data_sets for violation in excess_weights(data_set.records)]
    if violations := [*check(records, one_data_set=False), *weights]:
        origins = _origins(data_sets) if change == "loading" else {}
        # To find a line takes time, and nobody reads more of them.
        numbered = enumerate(violations)
        raise InvalidData([_to_problem(each, change, origins, find_line=number < _MAX_LINES) for number, each in numbered])


def _origins(data_sets: Iterable[DataSet]) -> dict[str, str]:
    """Return where each record was read from, as far as that is known; of a record of several data sets the last."""
    return {record.id: data_set.origin for data_set in data_sets if data_set.origin for record in data_set.records}


def _to_problem(violation: Violation, change: str, origins: Mapping[str, str], *, find_line: bool) -> Problem:
    from knockon.store.files import line_in_file

    fault, origin = violation.fault, origins.get(violation.record, "")
    line = line_in_file(Path(origin), violation.record) if origin and find_line else None
    file = relative_to_here(origin) if origin else f"after {change}"
    return Problem(file, line, f"{violation.record}: {fault.message}", fault.hint, violation.cause)


def relative_to_here(origin: str) -> str:
    """Return the origin of a data set as it is shorter to read: a path below the current folder from there.

    >>> relative_to_here("bundled data set chips")
    'bundled data set chips'
    """
    try:
        return str(Path(origin).relative_to(Path.cwd())) or origin
    except (ValueError, OSError):
        return origin


def foreign_quads(data_sets: Sequence[DataSet], own: Iterable[Quad]) -> list[Quad]:
    """Return the triples of other vocabularies, each in the first graph that contains it, except those in ``own``."""
    if not any(data_set.extra for data_set in data_sets):
        return []
    seen = {(q.subject, q.predicate, q.object) for q in own}
    kept = []
    for data_set in data_sets:
        for quad in data_set.extra:
            triple = (quad.subject, quad.predicate, quad.object)
            if triple not in seen:
                seen.add(triple)
                graph = quad.graph_name if isinstance(quad.graph_name, NamedNode) else NamedNode(data_set.graph)
                kept.append(Quad(*triple, graph))
    return kept
