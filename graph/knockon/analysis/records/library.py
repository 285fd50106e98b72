"""The library of named queries as answers: what queries there are, and the rows of one of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from knockon.analysis.answer import Answer, JsonValue, as_json
from knockon.query.answers import QueryAnswer
from knockon.query.library import NamedQuery, library


@dataclass(frozen=True, slots=True)
class LibraryParameter(Answer):
    """A parameter of a query of the library.

    Attributes
    ----------
    name
        Its name.
    classes
        The classes of the records that it may name.
    default
        What it names where it is not given; None where it must be given.
    description
        What it is.
    """

    name: str
    classes: tuple[str, ...]
    default: str | None
    description: str


@dataclass(frozen=True, slots=True)
class LibraryQuery(Answer):
    """A query of the library.

    Attributes
    ----------
    name
        Its name.
    title
        What it finds, in a few words.
    question
        The question that it answers.
    parameters
        What it can be asked about.
    text
        The query in SPARQL.
    """

    name: str
    title: str
    question: str
    parameters: tuple[LibraryParameter, ...]
    text: str


@dataclass(frozen=True, slots=True)
class LibraryAnswer(Answer):
    """The rows of a query of the library.

    Attributes
    ----------
    name
        The name of the query.
    title
        What it finds, in a few words.
    columns
        The names of its columns.
    rows
        The value of each column by its name: whole IRIs, numbers as numbers; null where a row has none.
    notices
        What may explain that there are no rows.
    """

    name: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[Mapping[str, JsonValue], ...]
    notices: tuple[str, ...]


def library_queries() -> tuple[LibraryQuery, ...]:
    """Return the queries of the library, in the order of their names."""
    return tuple(
        LibraryQuery(
            query.name,
            query.title,
            query.question,
            tuple(LibraryParameter(p.name, p.classes, p.default, p.description) for p in query.parameters),
            query.text,
        )
        for query in library().values()
    )


def library_answer(query: NamedQuery, answer: QueryAnswer) -> LibraryAnswer:
    """Return the answer to a query of the library with its rows as JSON has them."""
    rows = tuple({name: as_json(value) for name, value in row.items()} for row in answer.to_dicts())
    return LibraryAnswer(query.name, query.title, answer.columns, rows, answer.notices)


__all__ = ["LibraryAnswer", "LibraryParameter", "LibraryQuery", "library_answer", "library_queries"]
