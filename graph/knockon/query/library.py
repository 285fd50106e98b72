"""The library of named queries for common questions of analysts.

Each is a file of ``ontology/queries/``, with a header of comments::

    # title: Who depends on it
    # question: Who depends on an entity, directly or through any number of others?
    # param: entity Entity,Measure = nvidia -- what they depend on

The value of a parameter is a name that people type. It is looked up among the
records of the store and passed as an IRI; it never becomes part of the query text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from knockon.bundled import ontology_folder
from knockon.errors import InvalidData, NotFound, Problem, UsageError
from knockon.model import CLASSES
from knockon.query.ask import ask_serialized
from knockon.query.names import find
from knockon.store.base import ElsewhereStore

if TYPE_CHECKING:
    from knockon.sparql.answers import Function, WrittenAnswer
    from knockon.sparql.limits import Limits
    from knockon.store.base import Store

_HEADER = re.compile(r"# (title|question|param): *(.*)")
_PARAMETER = re.compile(
    r"(?P<name>[A-Za-z]\w*) (?P<classes>\w+(?:,\w+)*)(?: = (?P<default>\S.*?))?(?: -- (?P<description>.*))?", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A variable of a named query: the classes of its records, and the default record."""

    name: str
    classes: tuple[str, ...]
    default: str | None = None
    description: str = ""


@dataclass(frozen=True, slots=True)
class NamedQuery:
    """A query of the library."""

    name: str
    title: str
    question: str
    parameters: tuple[Parameter, ...]
    text: str


@cache
def library() -> dict[str, NamedQuery]:
    """Return all queries of the library by name, in the order of the names.

    >>> library()["who-depends-on"].title
    'Who depends on it'
    """
    files = (ontology_folder() / "queries").glob("*.rq")
    return {path.stem: read_query(path) for path in sorted(files, key=lambda path: path.stem)}


def query_by_name(name: str) -> NamedQuery:
    """Return a query of the library by name.

    Raises
    ------
    NotFound
        There is no such query; the message suggests similar names.

    Examples
    --------
    >>> [parameter.name for parameter in query_by_name("depends-on").parameters]
    ['entity']
    """
    if name not in library():
        raise NotFound("query", name, library(), otherwise="`knockon query --list` lists them")
    return library()[name]


def read_query(path: Path) -> NamedQuery:
    """Read one file of the library.

    Raises
    ------
    InvalidData
        Its header lacks a title or a question, or has a parameter that cannot be read.
    """
    text = path.read_text("utf-8")
    header: dict[str, list[str]] = {"title": [], "question": [], "param": []}
    for line in text.splitlines():
        if match := _HEADER.fullmatch(line.rstrip()):
            header[match[1]].append(match[2].strip())
    for key in ("title", "question"):
        if len(header[key]) != 1:
            raise InvalidData([Problem(str(path), 1, f"one line must start with '# {key}:'")])
    parameters = tuple(_parameter(path, declaration) for declaration in header["param"])
    return NamedQuery(path.stem, header["title"][0], header["question"][0], parameters, text)


def _parameter(path: Path, declaration: str) -> Parameter:
    match = _PARAMETER.fullmatch(declaration)
    classes = tuple(match["classes"].split(",")) if match else ()
    if match is None or not all(cls in CLASSES or cls == "Record" for cls in classes):
        hint = "write: # param: NAME CLASS[,CLASS] = default -- what it is"
        raise InvalidData([Problem(str(path), 1, f"invalid parameter: {declaration!r}", hint)])
    return Parameter(match["name"], classes, match["default"], match["description"] or "")


def run(
    store: Store,
    query: NamedQuery,
    arguments: Mapping[str, str],
    functions: Mapping[str, Function] | None = None,
    limits: Limits | None = None,
) -> WrittenAnswer:
    """Run a query of the library on a store; omitted parameters have their defaults.

    Every parameter is a column of the answer, with the IRI that the name was resolved to. ``functions`` and
    ``limits`` as in ``ask``.

    Raises
    ------
    UsageError
        An unknown or missing parameter, or an ambiguous name.
    NotFound
        No record of the store has the name of a parameter.

    Examples
    --------
    >>> from knockon.model import Company, DataSet, DataSetInfo
    >>> from knockon.store.oxigraph import MemoryStore
    >>> ns = "https://w3id.org/knockon/id/"
    >>> acme = Company(id=ns + "acme", label="Acme", altLabel=["ACME Ltd"])
    >>> plant = Company(id=ns + "plant", label="Plant", partOf=[acme.id])
    >>> store = MemoryStore(DataSet(DataSetInfo(id=ns + "data-x", title="X"), (acme, plant)))
    >>> [row["part"].value for row in run(store, query_by_name("parts-of"), {"entity": "acme ltd"}).solutions()]
    ['https://w3id.org/knockon/id/plant']
    """
    check_arguments(query, arguments)
    substitutions = {p.name: _iri(store, query, p, arguments.get(p.name)) for p in query.parameters}
    asked = store.copy if isinstance(store, ElsewhereStore) and not store.exact else store
    return ask_serialized(asked, query.text, substitutions, functions, limits)


def check_arguments(query: NamedQuery, names: Iterable[str]) -> None:
    """Refuse an argument that is not a parameter of a query.

    Raises
    ------
    UsageError
        The query has no such parameter.

    Examples
    --------
    >>> check_arguments(query_by_name("parts-of"), ["entity"])
    """
    known = [parameter.name for parameter in query.parameters]
    for name in names:
        if name not in known:
            raise UsageError(f"{query.name} has no parameter {name!r}; it takes {', '.join(known) or 'none'}")


def _iri(store: Store, query: NamedQuery, parameter: Parameter, name: str | None) -> str:
    kind = " or ".join(cls.lower() for cls in parameter.classes)
    if name is not None:
        return find(store.records, name, *parameter.classes, what=kind).id
    try:
        return find(store.records, parameter.default or "", *parameter.classes).id
    except NotFound:
        # The defaults are records of the bundled data, which other stores do not contain.
        requirement = f"{query.name} needs {parameter.name}: {parameter.description or kind}"
        raise UsageError(
            f"{requirement}; give --param {parameter.name}=NAME, the id, label or IRI of a record: {kind}"
        ) from None
