"""Asking a store: the guard first, then the query."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from knockon.errors import UsageError
from knockon.query.guard import guard

if TYPE_CHECKING:
    # The store stands on this floor too, and reads the guard: only its type is needed here.
    from knockon.store.base import Answer, Store


def ask(store: Store, text: str, substitutions: Mapping[str, str] | None = None) -> Answer:
    """The answer of a store to a SPARQL 1.1 query that stays inside it.

    ``substitutions`` gives variables an IRI beforehand, without touching the
    text. A SELECT must name such a variable among its own; so must a SELECT
    inside it that is to see the value.

    Raises
    ------
    QuerySyntaxError
        It does not parse; ForbiddenQuery where it would leave the store.
    UsageError
        It cannot be run: an unknown function, a substitution that is no IRI or stands for no variable.

    >>> from knockon.store.oxigraph import MemoryStore
    >>> store = MemoryStore()
    >>> bool(ask(store, "ASK { ko:Company rdfs:subClassOf+ ko:Entity }"))
    True
    >>> asked = {"class": "https://w3id.org/knockon/ns#Regulator"}
    >>> [row["above"].value for row in ask(store, "SELECT ?class ?above { ?class rdfs:subClassOf ?above }", asked)]
    ['https://w3id.org/knockon/ns#GovernmentBody']
    """
    guard(text)
    try:
        return store.query(text, substitutions)
    except (RuntimeError, ValueError) as error:
        raise UsageError(f"the query cannot be run: {error}") from None
