"""What differs between SPARQL servers: the default graph, time limits, the size of pages."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from knockon.errors import UsageError
from knockon.store.addresses import SERVER


@dataclass(frozen=True, slots=True)
class ServerTraits:
    """The traits of one kind of SPARQL server.

    Attributes
    ----------
    name
        Its name.
    union
        Whether its default graph is the union of all graphs. Where it is not, a query names all graphs itself.
    union_parameter
        A parameter of the request, as ``name=value``, that makes it so; empty where there is none.
    timeout_parameter
        The parameter by which a request limits its time; empty where there is none.
    per_second
        The number of its units in a second: 1000 for milliseconds.
    page
        How many rows of a large answer are asked for at once.
    exact
        Whether it evaluates SPARQL 1.1 as the specification says. Where it does not, queries of the library are answered from
        a copy of the records.
    partial
        The header by which it says that an answer is not complete; empty where it never cuts answers.
    """

    name: str
    union: bool = False
    union_parameter: str = ""
    timeout_parameter: str = ""
    per_second: int = 1
    page: int = 50_000
    exact: bool = True
    partial: str = ""


#: A server that says nothing of itself: a query names all graphs, which each server of SPARQL 1.1 understands.
UNKNOWN_SERVER = ServerTraits("unknown")
#: Kinds of servers, by a word in the header ``Server`` of their answers.
SERVERS: Mapping[str, ServerTraits] = MappingProxyType({
    "knockon": ServerTraits("knockon", union=True, partial="knockon-cut"),
    "oxigraph": ServerTraits("oxigraph", union_parameter="union-default-graph=true"),
    "virtuoso": ServerTraits(
        "virtuoso", union=True, timeout_parameter="timeout", per_second=1000, page=10_000, exact=False, partial="x-sql-state",
    ),
    "fuseki": ServerTraits("fuseki", timeout_parameter="timeout"),
    "blazegraph": ServerTraits("blazegraph", union=True, timeout_parameter="timeout"),
    "graphdb": ServerTraits("graphdb", union=True, timeout_parameter="timeout"),
    # Their time limits have no number of seconds in the request: QLever takes "30s", Neptune a hint within the query.
    "qlever": ServerTraits("qlever", union=True),
    "neptune": ServerTraits("neptune", union=True),
})  # fmt: skip


def named_traits() -> ServerTraits | None:
    """Return the traits that the environment names, for a server whose header a proxy hides; None where it names none.

    Raises
    ------
    UsageError
        There is no such kind of server.
    """
    name = os.environ.get(SERVER, "").strip().lower()
    if name and name not in SERVERS:
        raise UsageError(f"{SERVER} is {name[:40]!r}; known kinds of servers are {', '.join(SERVERS)}")
    return SERVERS.get(name)


def traits_of(server: str) -> ServerTraits:
    """Return the traits of a server by the header ``Server`` of its answers.

    >>> traits_of("Virtuoso/07.20.3237 (Linux)").page, traits_of("nginx").name
    (10000, 'unknown')
    """
    lowered = server.lower()
    return next((traits for word, traits in SERVERS.items() if word in lowered), UNKNOWN_SERVER)


__all__ = ["SERVERS", "UNKNOWN_SERVER", "ServerTraits", "named_traits", "traits_of"]
