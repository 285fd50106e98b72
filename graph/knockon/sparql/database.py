"""Queries on a pyoxigraph database, with known prefixes and a default graph of everything except stored runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import IO, Any, NamedTuple

import pyoxigraph
from pyoxigraph import NamedNode, Quad, RdfFormat, Variable

from knockon.errors import UsageError
from knockon.sparql.answers import Answer, Function
from knockon.sparql.dataset_clause import has_dataset_clause
from knockon.sparql.engine_errors import engine_error
from knockon.sparql.syntax import syntax_error
from knockon.vocabulary import KO, PREFIXES, RDF

#: The property and the class of stored runs.
TYPE, RUN = NamedNode(RDF + "type"), NamedNode(KO + "ImpactRun")


#: The quads that are added at once: between two parts other threads have their turn.
_PART = 1_000


def in_memory(quads: bytes | IO[bytes]) -> pyoxigraph.Store:
    r"""Return a database in memory with the quads of N-Quads that this package has written.

    Rows of queries have the same order in each process that has the same quads, and blank nodes keep their names, which
    ``Store.bulk_load`` would change.

    Examples
    --------
    >>> [quad.subject.value for quad in in_memory(b"_:a <urn:x:p> _:b .\n")]
    ['a']
    """
    engine, parsed = pyoxigraph.Store(), pyoxigraph.parse(quads, RdfFormat.N_QUADS)
    while part := list(islice(parsed, _PART)):
        engine.bulk_extend(part)
    return engine


class Graphs(NamedTuple):
    """The data set of a query: the graphs whose merge is the default graph, and the named graphs, by IRI."""

    default: Sequence[str]
    named: Sequence[str]

    def arguments(self) -> dict[str, Any]:
        """Return the arguments of pyoxigraph; raise UsageError where a name is not an IRI."""
        try:
            return {"default_graph": list(map(NamedNode, self.default)), "named_graphs": list(map(NamedNode, self.named))}
        except ValueError as error:
            raise UsageError(f"the name of a graph is not an IRI: {error}") from None


class Database:
    """Queries and patterns on a database of pyoxigraph.

    Parameters
    ----------
    engine
        The database.
    graphs
        The graphs that queries see, instead of those that they name themselves or all.

    Examples
    --------
    >>> bool(Database(pyoxigraph.Store()).query("ASK { ?s a ko:Entity }"))
    False
    """

    def __init__(self, engine: pyoxigraph.Store, graphs: Graphs | None = None) -> None:
        self.engine, self.graphs = engine, graphs
        self._selected: dict[str, Any] | None = None

    def query(
        self,
        text: str,
        substitutions: Mapping[str, str] | None = None,
        functions: Mapping[str, Function] | None = None,
        prefixes: dict[str, str] = PREFIXES,
    ) -> Answer:
        """Return the answer to a query that has passed the guard; see ``Store.query``.

        ``prefixes`` are those that it need not declare.

        Raises
        ------
        QuerySyntaxError
            The query does not parse.
        UsageError
            The query cannot be run.
        """
        if self.graphs is not None:
            graphs = self.graphs.arguments()
        else:
            # A default graph given here would replace the graphs that the query names.
            graphs = {} if has_dataset_clause(text) else self._selected or self._default_graph()
        bindings: Any = {Variable(name): NamedNode(iri) for name, iri in (substitutions or {}).items()}
        called: Any = {NamedNode(iri): function for iri, function in (functions or {}).items()}
        try:
            return self.engine.query(
                text, prefixes=prefixes, substitutions=bindings or None, custom_functions=called or None, **graphs
            )
        except SyntaxError as error:
            raise syntax_error(error, text) from None
        except (RuntimeError, OSError) as error:  # a substituted variable that the query does not project, a damaged file
            raise engine_error(error, "") from None

    def freeze(self) -> Database:
        """Find the default graph once and for all, as the data do not change any more; return this database."""
        self._selected = self._default_graph()
        return self

    @property
    def graph_count(self) -> int:
        """The graphs of which each is searched for a pattern, once ``freeze`` has found them; 0 if all are searched at once."""
        return len((self._selected or {}).get("default_graph", ()))

    def _default_graph(self) -> dict[str, Any]:
        """Return the arguments of pyoxigraph for a query that names no graphs: all but stored runs."""
        runs = {quad.graph_name for quad in self.quads(None, TYPE, RUN)}
        if not runs:
            return {"use_default_graph_as_union": True}
        # Each is searched in turn, and a database in memory names them in another order in each process.
        graphs = (graph for graph in self.engine.named_graphs() if graph not in runs)
        return {"default_graph": sorted(graphs, key=lambda graph: graph.value)}

    def quads(self, subject: Any = None, predicate: Any = None, value: Any = None, graph: Any = None) -> Iterator[Quad]:
        """Return the quads that match; None matches all.

        Raises
        ------
        InvalidData
            A file of the database was damaged after it was opened.
        """
        try:
            yield from self.engine.quads_for_pattern(subject, predicate, value, graph)
        except (RuntimeError, OSError) as error:
            raise engine_error(error, "the database cannot be read") from None
