"""Answers of queries, and the query library, as people read them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from knockon.present.rows.table import Row, Table

if TYPE_CHECKING:
    from knockon.analysis.records.library import LibraryAnswer, LibraryQuery
    from knockon.query.absent_names import AbsentName
    from knockon.query.answers import QueryAnswer
    from knockon.store.base import Store


def query_table(answer: QueryAnswer, *, for_people: bool) -> Table:
    """Return the rows of an answer; for people with the short names of IRIs."""
    from knockon.query.terms import short_form

    rows = answer.to_dicts()
    if for_people and answer.variables:
        for row, terms in zip(rows, answer, strict=True):
            row |= {name: short_form(terms[name]) for name, value in row.items() if isinstance(value, str)}
    return Table(rows, answer.columns)


def answer_notes(store: Store, text: str, world: Iterable[str] = (), *, is_empty: bool) -> Iterator[str]:
    """Yield what may explain the answer to a query of a store.

    These are the notes on the ``world`` that is asked, and terms that the vocabulary does not have: they match nothing, and
    beside ``FILTER NOT EXISTS`` or ``OPTIONAL`` the answer still has rows. Of an empty answer also names and texts that the
    store does not have.

    >>> from knockon.store.oxigraph import MemoryStore
    >>> list(answer_notes(MemoryStore(), "SELECT * { ?x rdfs:lable ?name }", is_empty=True))
    ['rdfs:lable is in no record here; did you mean rdfs:label?']
    """
    from knockon.query.absent_names import absent_names, unknown_term_notes
    from knockon.query.absent_texts import absent_texts

    yield from world
    yield from unknown_term_notes(store, text)
    if not is_empty:
        return
    yield from absent_name_notes(absent_names(store, text))
    for absent in absent_texts(store, text):
        yield f"no record has the text {absent.written} as it is written here; did you mean {', '.join(absent.present)}?"


def absent_name_notes(names: Iterable[AbsentName]) -> Iterable[str]:
    """Return a line for each name of a query that no record has, with similar names.

    >>> from knockon.query.absent_names import AbsentName
    >>> list(absent_name_notes([AbsentName("id:nvidai", ("id:nvidia",))]))
    ['id:nvidai is in no record here; did you mean id:nvidia?']
    """
    for name in names:
        hint = f"; did you mean {', '.join(name.nearest)}?" if name.nearest else ""
        yield f"{name.written} is in no record here{hint}"


def library_table(queries: Iterable[LibraryQuery]) -> Table:
    """Return a row for each query of the library, with its parameters."""
    return Table([_query_row(query) for query in queries], ["name", "question", "parameters"])


def library_answer_table(answer: LibraryAnswer) -> Table:
    """Return the rows of a query of the library."""
    return Table(answer.rows, answer.columns)


def _query_row(query: LibraryQuery) -> Row:
    parameters = [f"{p.name}={p.default}" if p.default else p.name for p in query.parameters]
    return {"name": query.name, "title": query.title, "question": query.question, "parameters": parameters}


__all__ = ["absent_name_notes", "answer_notes", "library_answer_table", "library_table", "query_table"]
