"""Asking a store: the guard first, then the query, in this process or, within limits, in one that can be stopped."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import TYPE_CHECKING

from pyoxigraph import Quad
from pyoxigraph import Store as Oxigraph

from knockon.errors import UsageError
from knockon.sparql.answers import WrittenAnswer
from knockon.sparql.asking import start
from knockon.sparql.guard import guard
from knockon.sparql.limits import Limits
from knockon.sparql.losses import LossFunctions
from knockon.worker import session
from knockon.worker.process import Request

if TYPE_CHECKING:
    # The store stands on this floor too, and reads the guard: only its type is needed here.
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
    """The answer of a store to a SPARQL 1.1 query that stays inside it.

    Parameters
    ----------
    store
        What is asked.
    text
        The query.
    substitutions
        IRIs for variables, given beforehand without touching the text. A SELECT must name such a variable among its
        own; so must a SELECT inside it that is to see the value.
    functions
        Functions by their IRIs, which are called with terms and give a term, or None for no value; what they raise
        comes through. A query that calls one is answered in full before this returns. Within limits only
        ``LossFunctions`` can be called.
    limits
        What the query may take, in a process of its own; so a text from elsewhere can do no harm. None answers in this
        process, without limits.

    Raises
    ------
    QuerySyntaxError
        It does not parse, or it has a ``ko:`` term that does not exist; ForbiddenQuery where it would leave the store.
    UsageError
        It cannot be run: an unknown function, a substitution that is no IRI or stands for no variable.
    LimitReached
        It goes beyond a limit.

    >>> from pyoxigraph import Literal
    >>> from knockon.store.oxigraph import MemoryStore
    >>> store = MemoryStore()
    >>> bool(ask(store, "ASK { ko:Company rdfs:subClassOf+ ko:Entity }"))
    True
    >>> asked = {"class": "https://w3id.org/knockon/ns#Regulator"}
    >>> [row["above"].value for row in ask(store, "SELECT ?class ?above { ?class rdfs:subClassOf ?above }", asked)]
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
        return _answer(ask_in_full(store, text, substitutions, functions, limits))
    guard(text)
    started = start(store, text, substitutions, functions)
    if started.raised is None:
        return started.answer
    out = BytesIO()
    kind, rows = started.write(out, _NO_LIMITS)
    return _answer(WrittenAnswer(kind, rows, out.getvalue()))


def ask_in_full(
    store: Store,
    text: str,
    substitutions: Mapping[str, str] | None = None,
    functions: Mapping[str, Function] | None = None,
    limits: Limits | None = None,
    *,
    check_terms: bool = True,
) -> WrittenAnswer:
    """The whole answer as bytes that can be kept and read several times; else as ``ask``.

    Without ``check_terms`` a ``ko:`` term may be unknown: the query was held against the vocabulary before.
    """
    guard(text)
    if limits is not None:
        if functions is not None and not isinstance(functions, LossFunctions):
            raise UsageError("functions of one's own are called in this process; give limits=None with them")
        session.prepare()  # it gets ready while the data are
        return session.ask(Request(store.handover(), text, substitutions, functions, check_terms), limits)
    out = BytesIO()
    kind, rows = start(store, text, substitutions, functions, check_terms=check_terms).write(out, _NO_LIMITS)
    return WrittenAnswer(kind, rows, out.getvalue())


def _answer(written: WrittenAnswer) -> Answer:
    """The same as the engine would have answered."""
    if written.kind == "boolean":
        return written.boolean()
    if written.kind == "solutions":
        return written.solutions()
    kept = Oxigraph()
    kept.bulk_extend(Quad(*triple) for triple in written.triples())
    return kept.query("CONSTRUCT WHERE { ?s ?p ?o }")
