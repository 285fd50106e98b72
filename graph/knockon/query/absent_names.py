"""Names in a query that no record has: mistyped, or names of other data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode

from knockon.errors import nearest
from knockon.sparql.known_terms import prefixed_names
from knockon.vocabulary import local_name, prefixed

if TYPE_CHECKING:
    from knockon.store.base import Store

#: The prefixes of records, as opposed to those of vocabularies.
_PREFIXES = ("id", "my")


@dataclass(frozen=True, slots=True)
class AbsentName:
    """A name that no record has.

    Attributes
    ----------
    written
        The name as the query has it: ``id:nvidai``.
    nearest
        Similar names of records, with their prefixes.
    """

    written: str
    nearest: tuple[str, ...]


def absent_names(store: Store, text: str) -> list[AbsentName]:
    """Return the names of records in the text of a query that are in no triple of a store.

    >>> from knockon.store.oxigraph import MemoryStore
    >>> absent_names(MemoryStore(), "SELECT * { id:nvidia ?p ?o }")
    [AbsentName(written='id:nvidia', nearest=())]
    """
    absent = [(name, iri) for name, iri in prefixed_names(text, _PREFIXES).items() if not _occurs(store, iri)]
    if not absent:
        return []
    known = {local_name(record.id): record.id for record in store.records}
    return [
        AbsentName(name, tuple(prefixed(known[similar]) for similar in nearest(local_name(iri), known))) for name, iri in absent
    ]


def _occurs(store: Store, iri: str) -> bool:
    node = NamedNode(iri)
    return any(True for _ in store.quads(node)) or any(True for _ in store.quads(None, None, node))


__all__ = ["AbsentName", "absent_names"]
