"""The questions that people ask again and again, by name: ontology/queries/*.rq.

Each file starts with comments: ``# title:``, ``# question:``, and for each
parameter ``# param: NAME CLASS[,CLASS] -- what it is``. The text binds it with
``VALUES ?NAME { id:default }``, so a file runs as it stands in any SPARQL tool.
A value is a name as people type it: it is looked up among the records of these
classes, and the IRI of what is found takes the default's place.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from knockon.bundled import ontology_folder
from knockon.errors import NotFound, UsageError
from knockon.query.ask import ask
from knockon.query.names import find

if TYPE_CHECKING:
    from knockon.store.base import Answer, Store

_PARAM = re.compile(r"(\w+) ([\w,]+) -- (.*)")
_VALUES = r"VALUES \?{} \{{ id:(\S+) \}}"


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a named query wants to know: a record of one of these classes."""

    name: str
    classes: tuple[str, ...]
    default: str
    description: str


@dataclass(frozen=True, slots=True)
class NamedQuery:
    """A question of the library."""

    name: str
    title: str
    question: str
    parameters: tuple[Parameter, ...]
    text: str


@cache
def library() -> dict[str, NamedQuery]:
    """The named queries, sorted by name.

    >>> library()["who-depends-on"].parameters[0].name
    'entity'
    """
    return {path.stem: _read(path.stem, path.read_text("utf-8")) for path in sorted((ontology_folder() / "queries").glob("*.rq"))}


def _read(name: str, text: str) -> NamedQuery:
    head: dict[str, list[str]] = {"title": [], "question": [], "param": []}
    for line in text.splitlines():
        key, colon, value = line.removeprefix("# ").partition(": ")
        if line.startswith("# ") and colon and key in head:
            head[key].append(value.strip())
    parameters = []
    for line in head["param"]:
        if (match := _PARAM.fullmatch(line)) is None:
            raise UsageError(f"{name}.rq: `# param: {line}` is not NAME CLASS -- description")
        known, classes, description = match.groups()
        values = re.search(_VALUES.format(known), text)
        if values is None:
            raise UsageError(f"{name}.rq: nothing binds {known}; write VALUES ?{known} {{ id:default }}")
        parameters.append(Parameter(known, tuple(classes.split(",")), values.group(1), description))
    return NamedQuery(name, " ".join(head["title"]), " ".join(head["question"]), tuple(parameters), text)


def named(name: str) -> NamedQuery:
    """A query by its name; NotFound with the nearest names."""
    if name not in library():
        raise NotFound("named query", name, library(), "(knockon query --list shows them all)")
    return library()[name]


def run(store: Store, query: NamedQuery, given: Mapping[str, str]) -> Answer:
    """The answer to a named query, its parameters by name.

    Raises
    ------
    UsageError
        A parameter that it does not have.
    NotFound
        A value that names nothing in the store.
    """
    known = {parameter.name: parameter for parameter in query.parameters}
    for name in given:
        if name not in known:
            raise UsageError(f"{query.name} has no parameter {name!r}; it has {', '.join(known) or 'none'}")
    text = query.text
    for parameter in query.parameters:
        found = find(store.records, given.get(parameter.name, parameter.default), *parameter.classes, what=parameter.name)
        # An IRI of a record holds no bracket, quote or space: the model sees to that.
        text = re.sub(_VALUES.format(parameter.name), lambda _, iri=found.id: f"VALUES ?{parameter.name} {{ <{iri}> }}", text)
    return ask(store, text)
