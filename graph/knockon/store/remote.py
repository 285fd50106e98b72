"""A store behind the address of a SPARQL 1.1 endpoint: queries run there, records are read back once, nothing is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, partial
from io import BytesIO
from itertools import count
from typing import IO, Any

import pyoxigraph
from pyoxigraph import (
    DefaultGraph,
    NamedNode,
    Quad,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    parse,
    parse_query_results,
    serialize,
)

from knockon.errors import InvalidData, LimitReached, Problem, UsageError
from knockon.model import DataSet
from knockon.sparql.answers import Answer, Function, Kind, WrittenAnswer, write_answer
from knockon.sparql.dataset_clause import has_dataset_clause
from knockon.sparql.given_values import with_values
from knockon.sparql.limits import Limits
from knockon.sparql.parse import calls_functions
from knockon.sparql.tokens import tokens
from knockon.store.base import ElsewhereStore, Store
from knockon.store.changes import LoadReport
from knockon.store.data_sets_in_quads import data_sets_in
from knockon.store.files import slug
from knockon.store.keyed_reader import KeyedReader
from knockon.store.network_records import NetworkRecords
from knockon.store.oxigraph import MemoryStore
from knockon.store.sparql_client import Reply, SparqlClient
from knockon.store.sparql_server import ServerTraits, named_traits, traits_of
from knockon.vocabulary import DCTERMS, DERIVED_GRAPH, ONTOLOGY_GRAPH, PREFIXES
from knockon.worker.store_content import StoreContent

_SOLUTIONS = "application/sparql-results+json, application/sparql-results+xml;q=0.8"
#: Not RDF/XML, whose entities make a large document of a small one.
_TRIPLES = "application/n-triples, text/turtle;q=0.8"
#: The limits of one page of records.
_PAGE = Limits(seconds=600.0, memory=None, rows=None, size=2**28)
_NO_LIMITS = Limits(None, None, None, None)
#: The most graphs that a query names, and the most triples that are read back.
_MOST_GRAPHS, _MOST_TRIPLES = 5_000, 20_000_000
_NUMBERS = count(1)
_KINDS: Mapping[str, Kind] = {"SELECT": "solutions", "ASK": "boolean", "CONSTRUCT": "triples", "DESCRIBE": "triples"}
_NOT_RECORDS = frozenset({ONTOLOGY_GRAPH, DERIVED_GRAPH})


class RemoteStore(ElsewhereStore):
    """A store of another machine, which is asked by SPARQL and never changed.

    Its records are read when a question first needs them, and kept: to see later changes, open it again.

    Parameters
    ----------
    address
        The address of the endpoint.

    Raises
    ------
    UsageError
        The address is not usable, or httpx2 is not installed.
    """

    def __init__(self, address: str) -> None:
        self.client = SparqlClient(address)
        self._key = f"remote-{next(_NUMBERS)}"

    @cached_property
    def traits(self) -> ServerTraits:
        """What the server does differently, by what the environment or the server itself says."""
        if (named := named_traits()) is not None:
            return named
        reply = self.client.post([("query", "ASK {}")], _SOLUTIONS, _PAGE)
        return traits_of(reply.headers.get("server", ""))

    @cached_property
    def _graphs(self) -> tuple[str, ...]:
        """The named graphs, in the order of their names."""
        return self._names("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }")

    @cached_property
    def _runs(self) -> frozenset[str]:
        """The graphs of stored runs, which the default graph does not contain."""
        return frozenset(self._names("SELECT DISTINCT ?g { GRAPH ?g { ?run a ko:ImpactRun } }"))

    def _names(self, text: str) -> tuple[str, ...]:
        """Return the IRIs in the column ``g`` of an answer, sorted."""
        names = {row["g"].value for row in self._select(text, _PAGE) if isinstance(row["g"], NamedNode)}
        try:
            return tuple(sorted(NamedNode(name).value for name in names))
        except ValueError as error:
            problem = Problem(self.client.address, None, f"has a graph whose name is not an IRI ({error})")
            raise InvalidData([problem], "nothing was read") from None

    @cached_property
    def _data_sets(self) -> tuple[DataSet, ...]:
        name = slug(self.client.address.partition("://")[2])
        quads = [quad for graph in self._graphs_of_records() for quad in self._read_graph(graph, (None, None, None))]
        if DERIVED_GRAPH in self._graphs:
            # Says which documents are the sources of which data set.
            quads += self.quads(None, NamedNode(DCTERMS + "source"), None, NamedNode(DERIVED_GRAPH))
        return data_sets_in(quads, self.client.address, name)

    def _graphs_of_records(self) -> Iterator[str | None]:
        """Yield the graphs that records may be in; None is what is in no named graph."""
        yield from (graph for graph in self._graphs if graph not in _NOT_RECORDS)
        if not self._graphs or not self.traits.union:
            yield None

    @property
    def data_sets(self) -> tuple[DataSet, ...]:
        """See Store: as the descriptions of data sets and the graphs of records tell them apart."""
        return self._data_sets

    def load(self, *data_sets: DataSet, replace: bool = False) -> LoadReport:  # noqa: ARG002 - as every store
        """Refuse to load: nothing is written to an endpoint.

        Raises
        ------
        UsageError
            Always.
        """
        raise UsageError(f"{self.client.address} is only read; load into a store of your own: knockon load DATA --store FOLDER")

    def query(
        self, text: str, substitutions: Mapping[str, str] | None = None, functions: Mapping[str, Function] | None = None
    ) -> Answer:
        """See Store."""
        if calls_functions(text, functions or ()):
            return self.copy.query(text, substitutions, functions)
        return self.answer(text, substitutions, _NO_LIMITS).to_engine()

    def answer(self, text: str, substitutions: Mapping[str, str] | None, limits: Limits) -> WrittenAnswer:
        """See ElsewhereStore."""
        sent = with_values(text, substitutions or {})
        kind = _KINDS[_form(text)]
        accept = _TRIPLES if kind == "triples" else _SOLUTIONS
        reply = self._post(sent, accept, limits, [] if has_dataset_clause(text) else self._default_graph())
        return self._written(reply, kind, limits)

    @property
    def exact(self) -> bool:
        """See ElsewhereStore."""
        return self.traits.exact

    @cached_property
    def copy(self) -> Store:
        """See ElsewhereStore."""
        return MemoryStore(*self.data_sets, checked=True)

    @cached_property
    def network_records(self) -> Store:
        """See ElsewhereStore."""
        # One page of triples is read as fast as a part of it is found.
        is_small = self.reader.count("GRAPH ?g { ?s ?p ?o }") <= self.traits.page
        if is_small or "_data_sets" in self.__dict__ or self._is_outside_of_graphs:
            return self.copy
        return NetworkRecords(self.reader, slug(self.client.address.partition("://")[2]))

    @property
    def _is_outside_of_graphs(self) -> bool:
        """Whether records may be in no named graph, where they are read with everything else."""
        if not self._graphs:
            return True
        return not self.traits.union and self.reader.count("?s ?p ?o") > 0

    def _default_graph(self) -> list[tuple[str, str]]:
        """Return the parameters of a request that make the default graph that of ``Store.query``."""
        if not self._runs and (self.traits.union or not self._graphs):
            return []
        if not self._runs and self.traits.union_parameter:
            name, _, value = self.traits.union_parameter.partition("=")
            return [(name, value)]
        if len(self._graphs) > _MOST_GRAPHS:
            raise LimitReached(
                f"{self.client.address} has more than {_MOST_GRAPHS:,} graphs; write FROM <GRAPH> into the query"
            )
        return [
            *(("default-graph-uri", graph) for graph in self._graphs if graph not in self._runs),
            *(("named-graph-uri", graph) for graph in self._graphs),
        ]

    def _post(self, text: str, accept: str, limits: Limits, more: Sequence[tuple[str, str]] = ()) -> Reply:
        """Send a query with the prefixes that every query may use; an answer that the server cut is an error."""
        traits, fields = self.traits, [("query", f"{_PROLOGUE}{text}"), *more]
        if traits.timeout_parameter and limits.seconds is not None:
            fields.append((traits.timeout_parameter, str(max(1, round(limits.seconds * traits.per_second)))))
        reply = self.client.post(fields, accept, limits)
        if traits.partial and (reason := reply.headers.get(traits.partial)):
            raise LimitReached(f"{self.client.address} cut the answer ({reason[:40]}); narrow the query, e.g. by LIMIT")
        return reply

    def _written(self, reply: Reply, expected: Kind, limits: Limits) -> WrittenAnswer:
        """Return an answer in the formats in which every answer is kept.

        Raises
        ------
        InvalidData
            It is not the answer to a SPARQL query of that kind.
        """
        out, accept = BytesIO(), _TRIPLES if expected == "triples" else _SOLUTIONS
        try:
            if not reply.media_type or reply.media_type not in accept:
                raise ValueError("it was not asked for")
            if expected != "triples":
                form = QueryResultsFormat.from_media_type(reply.media_type)
                kind, rows = write_answer(parse_query_results(reply.content, form), out, limits)
            else:
                database = pyoxigraph.Store()
                database.bulk_extend(parse(reply.content, RdfFormat.from_media_type(reply.media_type)))
                kind, rows = write_answer(database.query("CONSTRUCT WHERE { ?s ?p ?o }"), out, limits)
            if kind != expected:
                raise ValueError(f"{kind}, where {expected} belongs")
        except (SyntaxError, ValueError) as error:
            fault = f"answers with {reply.media_type or 'no type'}, which is not an answer ({error})"
            raise InvalidData([Problem(self.client.address, None, fault)], "nothing was answered") from None
        return WrittenAnswer(kind, rows, out.getvalue())

    def _select(self, text: str, limits: Limits) -> QuerySolutions:
        return self._written(self._post(text, _SOLUTIONS, limits), "solutions", limits).solutions()

    def quads(self, subject: Any = None, predicate: Any = None, value: Any = None, graph: Any = None) -> Iterator[Quad]:
        """See Store."""
        if isinstance(graph, DefaultGraph):
            graphs: Sequence[str | None] = [None]
        else:
            graphs = self._graphs if graph is None else [graph.value]
        for name in graphs:
            yield from self._read_graph(name, (subject, predicate, value))

    def _read_graph(self, graph: str | None, pattern: tuple[Any, Any, Any]) -> Iterator[Quad]:
        """Yield the quads of a graph that match; as many as the server counts.

        Raises
        ------
        InvalidData
            Their number changes meanwhile, or there are blank nodes and several pages, which name them differently.
        """
        place = NamedNode(graph) if graph is not None else DefaultGraph()
        given = "".join(f"VALUES ?{name} {{ {term} }} " for name, term in zip("spo", pattern, strict=True) if term is not None)
        where = given + ("?s ?p ?o" if graph is None else f"GRAPH <{graph}> {{ ?s ?p ?o }}")
        total, read = self.reader.count(where), 0
        if total > _MOST_TRIPLES:
            raise LimitReached(f"{self.client.address} counts {total:,} triples in a graph; {_MOST_TRIPLES:,} can be read back")
        for rows in self.reader.triples(where, total):
            read += len(rows)
            try:
                yield from [Quad(subject, predicate, value, place) for subject, predicate, value in rows]
            except TypeError:
                raise self.reader.error("has a row that is no triple") from None
        if read != total:
            raise self.reader.uncounted(f"the graph {graph}" if graph is not None else "the default graph")

    @cached_property
    def reader(self) -> KeyedReader:
        """Reads triples in pages."""
        return KeyedReader(lambda text: self._select(text, _PAGE), self.client.address, self.traits.page)

    def content(self) -> StoreContent:
        """See Store."""
        return StoreContent(self._key, partial(_write_quads, self))

    def close(self) -> None:
        """See Store."""
        self.client.close()


_PROLOGUE = "".join(f"PREFIX {prefix}: <{iri}> " for prefix, iri in PREFIXES.items())


def _form(text: str) -> str:
    r"""Return the form of a query that parses.

    >>> _form("PREFIX ask: <urn:x:ask> # ASK\nCONSTRUCT WHERE { ?s ask:p ?o }")
    'CONSTRUCT'
    """
    words = (token.text.upper() for token in tokens(text) if token.kind == "keyword")
    return next(form for word in words for form in _KINDS if word.startswith(form))


def _write_quads(store: RemoteStore, out: IO[bytes]) -> object:
    return serialize(store.quads(), out, RdfFormat.N_QUADS)


__all__ = ["RemoteStore"]
