"""SPARQL updates as texts: their operations, the graphs that a request names for them, and the guard of updates."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from knockon.errors import ForbiddenQuery, QuerySyntaxError
from knockon.sparql.guard import check_unambiguous, readings
from knockon.sparql.size import QUERY, Size, SizeLimits
from knockon.sparql.tokens import Token, place, tokens

#: Keywords that would leave the store.
OUTSIDE = re.compile("service|load", re.IGNORECASE | re.ASCII)
_KINDS = frozenset({"INSERT", "DELETE", "WITH", "CLEAR", "DROP", "CREATE", "COPY", "MOVE", "ADD"})
#: Operations on whole graphs.
MANAGEMENT = frozenset({"CLEAR", "DROP", "COPY", "MOVE", "ADD"})
#: Operations that name their quads, which are read one by one: only their number is limited.
_DATA = SizeLimits(length=100_000_000, tokens=10_000_000, steps=10_000_000, operators=10_000_000)
_LONGEST = 100_000_000
#: The most operations of one update.
_MOST = 1_000
_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")


class Operation(NamedTuple):
    """One operation of an update.

    Attributes
    ----------
    kind
        ``INSERT DATA``, ``DELETE DATA``, ``DELETE WHERE``, ``MODIFY``, or the first word: ``CLEAR``, ``COPY``, ...
    text
        It as an update of its own, with the prefixes and the base that are declared before it.
    clears
        ``ALL`` or ``NAMED`` if it clears or drops these graphs, and so names none of them; else empty.
    quads
        Of ``INSERT DATA`` and ``DELETE DATA``: an update that inserts its quads.
    """

    kind: str
    text: str
    clears: str = ""
    quads: str = ""


def operations(
    text: str, target: str, default_graphs: Sequence[str] | None = None, named_graphs: Sequence[str] = ()
) -> list[Operation]:
    r"""Split an update into its operations.

    Parameters
    ----------
    text
        The update.
    target
        The graph that CLEAR, DROP, COPY, MOVE and ADD mean by DEFAULT.
    default_graphs, named_graphs
        The graphs that the request names for WHERE (``using-graph-uri``, ``using-named-graph-uri``); None if it names none.

    Raises
    ------
    QuerySyntaxError
        A text between semicolons is not an operation, or it names graphs itself (USING, WITH) although the request does.

    Examples
    --------
    >>> [operation.kind for operation in operations("CLEAR ALL; INSERT DATA { <urn:x:s> <urn:x:p> ';' }", "urn:x:t")]
    ['CLEAR', 'INSERT DATA']
    >>> operations("COPY <urn:x:g> TO DEFAULT", "urn:x:t")[0].text
    'COPY <urn:x:g> TO GRAPH <urn:x:t>'
    >>> operations("DELETE WHERE { ?s ?p 1 }", "urn:x:t", ["urn:x:g"])[0].text
    'DELETE { ?s ?p 1 } USING <urn:x:g> WHERE { ?s ?p 1 }'
    """
    using = None
    if default_graphs is not None:
        using = "".join(f" USING <{iri}>" for iri in default_graphs) + "".join(f" USING NAMED <{iri}>" for iri in named_graphs)
    found: list[Operation] = []
    prologue: list[str] = []
    for part in _parts(text):
        start = next((number for number, token in enumerate(part) if _is_operation(token, part[:number])), None)
        if start is None:
            # After the last semicolon there may be declarations alone.
            prologue += [token.text for token in part]
            continue
        prologue += [token.text for token in part[:start]]
        if len(found) == _MOST:
            raise QuerySyntaxError(f"{place(text, part[start].start)}: more than {_MOST:,} operations; use several updates")
        found.append(_operation(text, part[start:], " ".join(prologue), using, target))
    if not found:
        raise QuerySyntaxError("the update is empty; write e.g. INSERT DATA { id:acme rdfs:label 'Acme' }")
    return found


def _parts(text: str) -> Iterator[list[Token]]:
    """Yield the tokens between the semicolons that are in no brackets."""
    part: list[Token] = []
    depth = 0
    for token in tokens(text):
        if token.text in _OPENING:
            depth += 1
        elif token.text in _CLOSING:
            depth -= 1
        if token.text == ";" and depth <= 0:
            yield part
            part = []
        else:
            part.append(token)
    yield part


def _is_operation(token: Token, before: Sequence[Token]) -> bool:
    """Return whether a token is the first that belongs to no declaration of a prefix or base."""
    word = token.text.upper()
    if token.kind == "prefixed":
        return not ((before and before[-1].text.upper() == "PREFIX") or word.startswith("PREFIX"))
    return not (token.kind == "iri" and before) and word not in {"PREFIX", "BASE"}


def _operation(text: str, part: Sequence[Token], prologue: str, using: str | None, target: str) -> Operation:
    first, start = part[0].text.upper(), part[0].start
    second = part[1].text.upper() if len(part) > 1 else ""
    if first not in _KINDS:
        raise QuerySyntaxError(f"{place(text, start)}: {part[0].text[:40]!r} does not begin an operation of an update")
    kind = first
    if first in {"INSERT", "DELETE", "WITH"}:
        kind = f"{first} {second}" if second in {"DATA", "WHERE"} and first != "WITH" else "MODIFY"
    end = part[-1].start + len(part[-1].text)
    own = text[start:end]
    if using is not None and kind in {"MODIFY", "DELETE WHERE"}:
        own = _with_graphs(text, part, own, using, kind)
    if kind in MANAGEMENT:
        for token in reversed(part):
            if token.kind == "keyword" and token.text.upper() == "DEFAULT":
                place_of = token.start - start
                own = f"{own[:place_of]}GRAPH <{target}>{own[place_of + len(token.text) :]}"
    # Lines and columns stay right in messages, except where declarations are on the same line.
    line, column = text.count("\n", 0, start), start - text.rfind("\n", 0, start) - 1
    place_before = "\n" * line + " " * max(column - (0 if line else len(prologue)), int(bool(prologue))) if start else ""
    last = part[-1].text.upper()
    clears = last if kind in {"CLEAR", "DROP"} and last in {"ALL", "NAMED"} else ""
    quads = f"{prologue} INSERT{own[len(first) :]}" if kind in {"INSERT DATA", "DELETE DATA"} else ""
    return Operation(kind, prologue + place_before + own, clears, quads)


def _with_graphs(text: str, part: Sequence[Token], own: str, using: str, kind: str) -> str:
    """Return an operation with the graphs of its WHERE."""
    depth, where = 0, None
    for token in part:
        word = token.text.upper() if token.kind == "keyword" else ""
        if depth == 0 and word in {"USING", "WITH"}:
            message = f"{word} names graphs, and so does the request (using-graph-uri, using-named-graph-uri): one of the two"
            raise QuerySyntaxError(f"{place(text, token.start)}: {message}")
        if depth == 0 and word == "WHERE":
            where = token.start - part[0].start
        depth += (token.text in _OPENING) - (token.text in _CLOSING)
    if where is None:
        return own
    pattern = own[where:][len("WHERE") :].strip()
    if kind == "DELETE WHERE":
        return f"DELETE {pattern}{using} WHERE {pattern}"
    return f"{own[:where].rstrip()}{using} {own[where:]}"


def guard_update(text: str) -> bool:
    """Check that an update stays inside the store and is not too large; see ``sparql.guard.guard``.

    Parameters
    ----------
    text
        The update.

    Returns
    -------
    bool
        Whether it contains the letters of SERVICE or LOAD, so that it must also be parsed without them.

    Raises
    ------
    ForbiddenQuery
        It has SERVICE or LOAD.
    QuerySyntaxError
        It cannot be read, or an operation is too large.

    Examples
    --------
    >>> guard_update("CLEAR ALL")
    False
    >>> guard_update("LOAD <file:///etc/passwd>")
    Traceback (most recent call last):
    ...
    knockon.errors.ForbiddenQuery: line 1, column 1: LOAD would leave the store; send the data itself
    """
    if len(text) > _LONGEST:
        raise QuerySyntaxError(f"the update is longer than {_LONGEST:,} characters; use several")
    for reading in readings(text):
        for part in _parts(reading):
            words = [token.text.upper() for token in part if token.kind == "keyword"]
            names_data = any(pair in {("INSERT", "DATA"), ("DELETE", "DATA")} for pair in pairwise(words))
            _check_tokens(reading, part, _DATA if names_data else QUERY)
    return bool(OUTSIDE.search(text))


def _check_tokens(text: str, part: Sequence[Token], limits: SizeLimits) -> None:
    size = Size("", limits)
    for token in part:
        try:
            size.add(token)
        except QuerySyntaxError as error:
            reason = str(error).partition(": ")[2]
            raise QuerySyntaxError(f"{place(text, token.start)}: {reason}") from None
        check_unambiguous(text, token)
        # No other keyword contains these letters, and the parser needs no space around it.
        if token.kind == "keyword" and (match := OUTSIDE.search(token.text)):
            raise ForbiddenQuery(f"{place(text, token.start)}: {match[0].upper()} would leave the store; send the data itself")
