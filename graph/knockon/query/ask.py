"""Run a query on a store after the guard: in this process or, with limits, in a process that can be stopped."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import TYPE_CHECKING

from pyoxigraph import Quad, RdfFormat, serialize

from knockon.errors import UsageError
from knockon.sparql.answers import WrittenAnswer
from knockon.sparql.execution import start_query
from knockon.sparql.guard import guard
from knockon.sparql.limits import Limits
from knockon.sparql.losses import LossFunctions
from knockon.sparql.parse import calls_functions
from knockon.store.base import ElsewhereStore
from knockon.worker.store_content import StoreContent

if TYPE_CHECKING:
    from knockon.sparql.answers import Answer, Function
    from knockon.store.base import Store

_NO_LIMITS = Limits(None, None, None, None)


def ask(
    store: Store,
    text: str,
    substitutions: Mapping[str, str] | None = None,
    functions: Mapping[str, Function] | None = None,
    limits: Limits | None = None,
) -> Answer:
    """Run a SPARQL 1.1 query on a store.

    Parameters
    ----------
    store
        The store.
    text
        The query.
    substitutions
        IRIs that replace variables, without changing the text. A SELECT must select such a variable, and so must a
        nested SELECT that uses the value.
    functions
        Functions by IRI, which take terms and return a term, or None for no value; their exceptions are raised. A
        query that calls one is answered completely before this returns. With limits only ``LossFunctions`` can be
        called.
    limits
        The limits of the query, which then runs in a separate process, so that an untrusted query can do no harm. With
        None it runs in this process, without limits.

    Raises
    ------
    QuerySyntaxError
        It does not parse; ForbiddenQuery if it would reach outside the store.
    UsageError
        It cannot be run: an unknown function, or an invalid substitution.
    LimitReached
        It exceeds a limit.

    Examples
    --------
    >>> from pyoxigraph import Literal
    >>> from knockon.store.oxigraph import MemoryStore
    >>> store = MemoryStore()
    >>> bool(ask(store, "ASK { ko:Company rdfs:subClassOf+ ko:Entity }"))
    True
    >>> substitutions = {"class": "https://w3id.org/knockon/ns#Regulator"}
    >>> [row["above"].value for row in ask(store, "SELECT ?class ?above { ?class rdfs:subClassOf ?above }", substitutions)]
    ['https://w3id.org/knockon/ns#GovernmentBody']
    >>> twice = {"urn:x:twice": lambda term: Literal(2 * int(term.value))}
    >>> [row["x"].value for row in ask(store, "SELECT (<urn:x:twice>(21) AS ?x) {}", functions=twice)]
    ['42']
    >>> ask(store, "SELECT * { ?s ?p ?o }", limits=Limits(rows=10))
    Traceback (most recent call last):
    ...
    knockon.errors.LimitReached: the answer has more than 10 rows and was stopped; narrow it, e.g. by LIMIT, or raise the \
limit: --max-rows, in Python limits=knockon.Limits(rows=...)
    """
    if limits is not None:
        return ask_serialized(store, text, substitutions, functions, limits).to_engine()
    guard(text)
    started = start_query(store, text, substitutions, functions)
    if started.raised is None:
        return started.answer
    out = BytesIO()
    kind, rows = started.write(out, _NO_LIMITS)
    return WrittenAnswer(kind, rows, out.getvalue()).to_engine()


def ask_serialized(
    store: Store,
    text: str,
    substitutions: Mapping[str, str] | None = None,
    functions: Mapping[str, Function] | None = None,
    limits: Limits | None = None,
) -> WrittenAnswer:
    """Run a query like ``ask``, and return the whole answer as bytes that can be read repeatedly."""
    if isinstance(store, ElsewhereStore):
        if not calls_functions(guard(text), functions or ()):
            return store.answer(text, substitutions, limits or _NO_LIMITS)
        store = store.copy
    if limits is not None:
        guard(text)
        if functions is not None and not isinstance(functions, LossFunctions):
            raise UsageError("your own functions can only be called in this process; pass limits=None")
        from knockon.worker import session
        from knockon.worker.process import Request

        session.prepare()  # the process starts while the data are prepared
        return session.ask(Request(store.content(), text, substitutions, functions), limits)
    guard(text)
    out = BytesIO()
    kind, rows = start_query(store, text, substitutions, functions).write(out, _NO_LIMITS)
    return WrittenAnswer(kind, rows, out.getvalue())


def ask_quads(quads: Sequence[Quad], text: str, limits: Limits) -> Answer:
    """Run a query on quads and nothing else: it sees no ontology and no description of data sets.

    Parameters
    ----------
    quads
        The quads; the default graph of the query is the union of all their graphs.
    text
        The query.
    limits
        Its limits: it runs in a separate process.

    Raises
    ------
    QuerySyntaxError
        It does not parse; ForbiddenQuery if it would reach outside the quads.
    LimitReached
        It exceeds a limit.

    Examples
    --------
    >>> from pyoxigraph import parse, RdfFormat
    >>> quads = list(parse("<urn:x:a> a <urn:x:B> .", format=RdfFormat.TURTLE))
    >>> len(list(ask_quads(quads, "CONSTRUCT WHERE { ?s ?p ?o }", Limits())))
    1
    """
    from knockon.worker import session
    from knockon.worker.process import Request

    guard(text)
    session.prepare()
    written = BytesIO()
    serialize(quads, written, RdfFormat.N_QUADS)
    # Equal quads have an equal key, by which the process keeps them for the next query.
    key = f"quads-{hashlib.sha256(written.getbuffer()).hexdigest()}"
    content = StoreContent(key, lambda out: out.write(written.getbuffer()))
    return session.ask(Request(content, text, None, None), limits).to_engine()
