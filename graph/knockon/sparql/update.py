"""Run a SPARQL update on a copy of a database, and return what it changes.

The default graph of the store is the union of its graphs, and has no triples of its own. So an update reads the union,
what it inserts without a graph goes into the graph ``target``, and what it deletes without a graph is deleted from every
graph that has it. CLEAR, DROP, COPY, MOVE and ADD mean the graph ``target`` by DEFAULT, since they work on whole graphs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pyoxigraph
from pyoxigraph import DefaultGraph, NamedNode, Quad, Triple

from knockon.errors import ForbiddenQuery
from knockon.sparql.database import RUN, TYPE, Database
from knockon.sparql.engine_errors import engine_error
from knockon.sparql.execution import Queryable
from knockon.sparql.guard import without_words
from knockon.sparql.syntax import syntax_error
from knockon.sparql.update_text import MANAGEMENT, OUTSIDE, Operation, guard_update, operations
from knockon.vocabulary import DERIVED_GRAPH, ONTOLOGY_GRAPH, PREFIXES

_DEFAULT = DefaultGraph()
_STORED_RUN = "a stored run"


@dataclass(frozen=True, slots=True)
class GraphChanges:
    """What an update changes: quads of named graphs.

    Attributes
    ----------
    added, removed
        The quads.
    kept
        How many triples it would have deleted without naming a graph that are only in graphs that cannot be changed.
    """

    added: frozenset[Quad]
    removed: frozenset[Quad]
    kept: int = 0


def read_only_graphs(store: Queryable) -> dict[Any, str]:
    """Return the graphs that no update changes, and what each of them is."""
    runs = {quad.graph_name: _STORED_RUN for quad in store.quads(None, TYPE, RUN)}
    return {NamedNode(ONTOLOGY_GRAPH): "the ontology", NamedNode(DERIVED_GRAPH): "derived triples", **runs}


def refuse_read_only(store: Queryable, graph: str) -> None:
    """Refuse to change a graph that no update changes.

    Raises
    ------
    ForbiddenQuery
        It is the ontology, that of derived triples, or a stored run.
    """
    if what := read_only_graphs(store).get(NamedNode(graph)):
        raise _read_only(graph, what)


def run_update(
    database: pyoxigraph.Store,
    text: str,
    target: str,
    default_graphs: Sequence[str] | None = None,
    named_graphs: Sequence[str] = (),
) -> GraphChanges:
    """Return what an update changes, without changing the database.

    Parameters
    ----------
    database
        The database.
    text
        The update.
    target
        The graph of what is inserted without a graph.
    default_graphs, named_graphs
        See ``update_text.operations``.

    Raises
    ------
    QuerySyntaxError
        It does not parse.
    ForbiddenQuery
        It has SERVICE or LOAD, or would change a graph that cannot be changed.
    UsageError
        It cannot be run: it clears a graph that does not exist, without SILENT.

    Examples
    --------
    >>> changes = run_update(pyoxigraph.Store(), "INSERT DATA { <urn:x:s> <urn:x:p> 1 }", "urn:x:updates")
    >>> [str(quad.graph_name) for quad in changes.added]
    ['<urn:x:updates>']
    """
    if guard_update(text):
        _run(pyoxigraph.Store(), without_words(text, OUTSIDE), text)
    parts = operations(text, target, default_graphs, named_graphs)
    names_its_quads = all(operation.quads for operation in parts)
    state: _Lookup | _Copy = (_Lookup if names_its_quads else _Copy)(database, NamedNode(target))
    for operation in parts:
        state.apply(operation)
    return state.changes()


def _run(engine: pyoxigraph.Store, text: str, shown: str) -> None:
    try:
        engine.update(text, prefixes=PREFIXES)
    except SyntaxError as error:
        raise syntax_error(error, shown, is_update=True) from None
    except RuntimeError as error:
        # On the empty database of the check, a graph that is to be cleared does not exist.
        if text == shown:
            raise engine_error(error, "the update cannot be run") from None


class _Lookup:
    """The changes of operations that name their quads, which are looked up one by one: a large database is not copied."""

    def __init__(self, database: pyoxigraph.Store, target: NamedNode) -> None:
        self._database, self._target = database, target
        self._read_only = read_only_graphs(Database(database))
        self._added, self._removed = pyoxigraph.Store(), set[Quad]()

    def changes(self) -> GraphChanges:
        """Return the changes of all operations."""
        return GraphChanges(frozenset(self._added), frozenset(self._removed))

    def apply(self, operation: Operation) -> None:
        """Add the changes of one operation."""
        _run(pyoxigraph.Store(), operation.text, operation.text)
        engine = pyoxigraph.Store()
        _run(engine, operation.quads, operation.quads)
        change = self._insert if operation.kind == "INSERT DATA" else self._delete
        for quad in engine:
            change(quad)

    def _graphs(self, quad: Quad) -> set[Any]:
        """Return the graphs that have the triple of a quad; of a quad of a named graph, at most that graph."""
        pattern = quad.subject, quad.predicate, quad.object
        before = set(self._database.quads_for_pattern(*pattern)) - self._removed
        graphs: set[Any] = {each.graph_name for each in (*before, *self._added.quads_for_pattern(*pattern))}
        if quad.graph_name != _DEFAULT:
            return graphs & {quad.graph_name}
        return {graph for graph in graphs if self._read_only.get(graph) != _STORED_RUN}

    def _insert(self, quad: Quad) -> None:
        if self._graphs(quad):
            return
        graph = self._target if quad.graph_name == _DEFAULT else quad.graph_name
        if what := self._read_only.get(graph):
            raise _read_only(graph, what)
        new = _quad(quad.triple, graph)
        if new in self._removed:
            self._removed.discard(new)
        else:
            self._added.add(new)

    def _delete(self, quad: Quad) -> None:
        graphs = self._graphs(quad)
        own = graphs - self._read_only.keys()
        if graphs and not own:
            graph = min(graphs, key=str)
            raise _read_only(graph, self._read_only[graph])
        for graph in own:
            old = _quad(quad.triple, graph)
            if old in self._added:
                self._added.remove(old)
            else:
                self._removed.add(old)


class _Copy:
    """A copy of the named graphs of a database, whose default graph is filled with the union of them."""

    def __init__(self, database: pyoxigraph.Store, target: NamedNode) -> None:
        self.before = {quad for quad in database if quad.graph_name != _DEFAULT}
        self.quads, self.kept = set(self.before), 0
        self._engine, self._target = pyoxigraph.Store(), target
        self._engine.bulk_extend(self.before)
        self._read_only = read_only_graphs(Database(database))
        self._runs = {graph for graph, what in self._read_only.items() if what == _STORED_RUN}

    def changes(self) -> GraphChanges:
        """Return the changes of all operations."""
        return GraphChanges(frozenset(self.quads - self.before), frozenset(self.before - self.quads), self.kept)

    def apply(self, operation: Operation) -> None:
        """Run one operation."""
        union = {quad.triple for quad in self.quads if quad.graph_name not in self._runs}
        self._engine.clear_graph(_DEFAULT)
        self._engine.add_graph(self._target)  # as the default graph, it always exists
        self._engine.bulk_extend(_quad(triple, _DEFAULT) for triple in union)
        _run(self._engine, operation.text, operation.text)
        after = set(self._engine)
        default = {quad.triple for quad in after if quad.graph_name == _DEFAULT}
        named = {quad for quad in after if quad.graph_name != _DEFAULT}
        result = set(self.quads)
        self._remove(result, operation, self.quads - named)
        self._remove_from_default(result, operation, union - default)
        added = (named - self.quads) | {_quad(triple, self._target) for triple in default - union}
        for quad in added:
            self._check(quad)
        self.quads = result | added
        self._engine.extend(self.quads - named)
        for quad in named - self.quads:
            self._engine.remove(quad)

    def _check(self, quad: Quad) -> None:
        if what := self._read_only.get(quad.graph_name):
            raise _read_only(quad.graph_name, what)

    def _remove(self, result: set[Quad], operation: Operation, removed: Iterable[Quad]) -> None:
        """Remove quads of named graphs; CLEAR ALL names none of the graphs that cannot be changed, and leaves them."""
        for quad in removed:
            if quad.graph_name in self._read_only:
                if not operation.clears:
                    self._check(quad)
            elif quad.graph_name != self._target or operation.clears != "NAMED":
                result.discard(quad)

    def _remove_from_default(self, result: set[Quad], operation: Operation, removed: set[Triple]) -> None:
        """Remove triples of the default graph from the graphs that have them."""
        if operation.kind in MANAGEMENT:
            return
        holders = defaultdict(list)
        for quad in self.quads if removed else ():
            if quad.triple in removed:
                holders[quad.triple].append(quad)
        for quads in holders.values():
            own = [quad for quad in quads if quad.graph_name not in self._read_only]
            result.difference_update(own)
            if not own and operation.kind == "DELETE DATA":
                self._check(quads[0])
            self.kept += not own


def _quad(triple: Triple, graph: Any) -> Quad:
    return Quad(triple.subject, triple.predicate, triple.object, graph)


def _read_only(graph: object, what: str) -> ForbiddenQuery:
    return ForbiddenQuery(f"{graph} cannot be changed: it holds {what}")
