"""Asking: the guard first, then the store."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from knockon.query.guard import guard

if TYPE_CHECKING:
    from knockon.store.base import Answer, Store


def ask(store: Store, text: str, substitutions: Mapping[str, str] | None = None) -> Answer:
    """The answer to a SPARQL 1.1 query that stays inside the store; ``substitutions`` gives variables an IRI beforehand.

    Raises
    ------
    QuerySyntaxError
        It does not parse; the message has line and column.
    ForbiddenQuery
        It would leave the store, or change it.
    """
    return store.query(guard(text), substitutions)
