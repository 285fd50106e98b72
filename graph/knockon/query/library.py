"""Named competency queries: what analysts ask, ready to run.

Each is a file of ``ontology/queries/``, with a header of comments::

    # title: Who depends on it
    # question: Who depends on an entity, directly or through any number of others?
    # param: entity Entity,Measure = nvidia -- what they depend on

A parameter is a name that people type. It is looked up among the records of the
store and handed over as an IRI; it never becomes part of the text of a query.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from knockon.bundled import ontology_folder
from knockon.errors import InvalidData, NotFound, Problem, UsageError
from knockon.model import CLASSES
from knockon.query.ask import ask_in_full
from knockon.query.names import find

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
    """A variable of a named query: records of which classes it may stand for, and for which one when nobody says."""

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
    """Every query of the library by its name, in the order of the names.

    >>> library()["who-depends-on"].title
    'Who depends on it'
    """
    files = (ontology_folder() / "queries").glob("*.rq")
    return {path.stem: read(path) for path in sorted(files, key=lambda path: path.stem)}


def named(name: str) -> NamedQuery:
    """The query of that name.

    Raises
    ------
    NotFound
        There is none; the nearest names are given.

    >>> [parameter.name for parameter in named("depends-on").parameters]
    ['entity']
    """
    if name not in library():
        raise NotFound("query", name, library())
    return library()[name]


def read(path: Path) -> NamedQuery:
    """One file of the library.

    Raises
    ------
    InvalidData
        Its header lacks a title or a question, or has a parameter that cannot be read.
    """
    text = path.read_text("utf-8")
    found: dict[str, list[str]] = {"title": [], "question": [], "param": []}
    for line in text.splitlines():
        if match := _HEADER.fullmatch(line.rstrip()):
            found[match[1]].append(match[2].strip())
    for key in ("title", "question"):
        if len(found[key]) != 1:
            raise InvalidData([Problem(str(path), 1, f"one line must start with '# {key}:'")])
    parameters = tuple(_parameter(path, given) for given in found["param"])
    return NamedQuery(path.stem, found["title"][0], found["question"][0], parameters, text)


def _parameter(path: Path, given: str) -> Parameter:
    match = _PARAMETER.fullmatch(given)
    classes = tuple(match["classes"].split(",")) if match else ()
    if match is None or not all(cls in CLASSES or cls == "Record" for cls in classes):
        hint = "write: # param: NAME CLASS[,CLASS] = default -- what it is"
        raise InvalidData([Problem(str(path), 1, f"no parameter: {given!r}", hint)])
    return Parameter(match["name"], classes, match["default"], match["description"] or "")


def run(
    store: Store,
    query: NamedQuery,
    given: Mapping[str, str],
    functions: Mapping[str, Function] | None = None,
    limits: Limits | None = None,
) -> WrittenAnswer:
    """The answer of a store to a query of the library; a parameter not given takes its default.

    Every parameter comes back as a column of the answer, with the IRI that was meant. ``functions`` and
    ``limits`` as in ``ask``.

    Raises
    ------
    UsageError
        An unknown parameter, a missing one, or a name that may mean several things.
    NotFound
        Nothing in the store is called what a parameter says.

    >>> from knockon.model import Company, DataSet, DataSetInfo
    >>> from knockon.store.oxigraph import MemoryStore
    >>> ns = "https://w3id.org/knockon/id/"
    >>> acme = Company(id=ns + "acme", label="Acme", altLabel=["ACME Ltd"])
    >>> plant = Company(id=ns + "plant", label="Plant", partOf=[acme.id])
    >>> store = MemoryStore(DataSet(DataSetInfo(id=ns + "data-x", title="X"), (acme, plant)))
    >>> [row["part"].value for row in run(store, named("parts-of"), {"entity": "acme ltd"}).solutions()]
    ['https://w3id.org/knockon/id/plant']
    """
    known = [parameter.name for parameter in query.parameters]
    for name in given:
        if name not in known:
            raise UsageError(f"{query.name} has no parameter {name!r}; it takes {', '.join(known) or 'none'}")
    asked = {p.name: _iri(store, query, p, given.get(p.name)) for p in query.parameters}
    return ask_in_full(store, query.text, asked, functions, limits)


def _iri(store: Store, query: NamedQuery, parameter: Parameter, name: str | None) -> str:
    kind = " or ".join(cls.lower() for cls in parameter.classes)
    if name is not None:
        return find(store.records, name, *parameter.classes, what=kind).id
    try:
        return find(store.records, parameter.default or "", *parameter.classes).id
    except NotFound:
        # The defaults are of the bundled data; another store has things of its own.
        asked = f"{query.name} needs {parameter.name}: {parameter.description or kind}"
        raise UsageError(f"{asked}; give --param {parameter.name}=NAME, the id, label or IRI of a record: {kind}") from None
