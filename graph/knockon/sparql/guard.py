"""The guard in front of every query: nothing leaves the store, and what does not parse says where.

pyoxigraph follows SERVICE over HTTP and has no switch against it. Two readings
stand in its way. The first goes token by token, the way SPARQL is meant to be
read, and says where the word stands. The second does not trust the first: the
parser behind pyoxigraph reads without tokens (``SERVICEx:y``, ``1<2)SERVICE#>``
and ``a:.SERVICE`` are all followed), so the letters of the word are blotted out
and that same parser is asked again. Names, strings, comments and IRIs survive
the blot; a keyword does not. Readers also differ in when they resolve codepoint
escapes, so the first reading is done with and without them.

What a query costs is not the guard's business: one from outside belongs in a
worker that may be killed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

import pyoxigraph

from knockon.errors import ForbiddenQuery, QuerySyntaxError
from knockon.sparql.syntax import syntax_error
from knockon.sparql.tokens import place, tokens
from knockon.vocabulary import PREFIXES

#: Deeper brackets overflow the stack of the parser in a thread, which ends the process.
MAX_DEPTH = 100

_SERVICE = re.compile("service", re.IGNORECASE | re.ASCII)
_DEEPER = {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}
_UPDATES = frozenset({"LOAD", "INSERT", "DELETE", "CLEAR", "DROP", "CREATE", "COPY", "MOVE", "ADD"})
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")


def guard(text: str) -> str:
    """The query, unchanged, if it stays inside the store.

    Raises
    ------
    ForbiddenQuery
        It has SERVICE, it is an update, or it has FROM something that is no graph name (``file:``, an unknown scheme).
    QuerySyntaxError
        It cannot be read: it is no text, it is nested too deep, or it holds the letters of SERVICE and does not parse
        once they are blotted out.

    >>> guard("SELECT ?service { ?s ko:offers ?service } # no SERVICE here")[:6]
    'SELECT'
    >>> guard("SELECT * { SERVICE <https://example.org/> { ?s ?p ?o } }")
    Traceback (most recent call last):
    ...
    knockon.errors.ForbiddenQuery: line 1, column 12: SERVICE would leave the store; queries see only what was loaded
    """
    _is_text(text)
    for reading in dict.fromkeys((text, _unescape(text))):
        _stays_inside(reading)
    if _SERVICE.search(text):
        _parses_without_service(text)
    return text


def _is_text(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise QuerySyntaxError(f"{place(text, error.start)}: half a surrogate pair is no character") from None


def _unescape(text: str) -> str:
    def character(match: re.Match[str]) -> str:
        code = int(match.group(1) or match.group(2), 16)
        return chr(code) if code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else match.group()

    return _ESCAPE.sub(character, text)


def _stays_inside(text: str) -> None:
    after_from, depth = False, 0
    declared = dict(PREFIXES)
    two_before, before = "", ""
    for kind, token, start in tokens(text):
        word = token.upper() if kind == "keyword" else ""
        # No keyword but SERVICE holds these letters, and the parser needs no space around it.
        if kind == "keyword" and _SERVICE.search(token):
            raise ForbiddenQuery(f"{place(text, start)}: SERVICE would leave the store; queries see only what was loaded")
        if word in _UPDATES:
            raise ForbiddenQuery(f"{place(text, start)}: {word} is an update; a store is changed by `knockon load` alone")
        if kind == "iri" and two_before == "PREFIX":
            declared[before.removesuffix(":")] = token[1:-1]
        if after_from and kind in {"iri", "prefixed"} and not _names_a_graph(kind, token, declared):
            raise ForbiddenQuery(f"{place(text, start)}: FROM {token} is no graph of the store")
        depth += _DEEPER.get(token, 0)
        if depth > MAX_DEPTH:
            raise QuerySyntaxError(f"{place(text, start)}: nested deeper than {MAX_DEPTH}")
        after_from = word in {"FROM", "FROMNAMED"} or (after_from and word == "NAMED")
        two_before, before = before.upper(), token


def _names_a_graph(kind: str, token: str, declared: dict[str, str]) -> bool:
    iri = token[1:-1]
    if kind == "prefixed":
        prefix, _, local = token.partition(":")
        iri = declared.get(prefix, "") + local
    return iri.lower().startswith(("http:", "https:", "urn:"))


def _parses_without_service(text: str) -> None:
    # Same length, so positions in the message hold; no hexadecimal letter, so %-escapes stay as (in)valid as they were;
    # letters found nowhere in the text, so no two names become one.
    letter = next((c for c in "zqxkjwyhgvnmtr" if c * 7 not in text.lower()), None)
    if letter is None:
        raise ForbiddenQuery("the letters of SERVICE stand among so many others that nobody can tell what they mean")
    blotted = _SERVICE.sub(lambda found: "".join(letter.upper() if c.isupper() else letter for c in found[0]), text)
    try:
        _nothing().query(blotted, prefixes=PREFIXES)
    except SyntaxError as error:
        raise syntax_error(error, text) from None
    except RuntimeError:
        pass  # it parses, and fails later


@cache
def _nothing() -> pyoxigraph.Store:
    return pyoxigraph.Store()


def fault_of(text: str, functions: Iterable[str] = ()) -> str:
    """What is wrong with a query that may call some functions (by IRI), or an empty string.

    >>> fault_of("SELECT ?x WHERE { ?x a ko:Entity }")
    ''
    >>> fault_of("SELECT ?x WHERE { ?x a ex:Thing }")
    'line 1, column 24: the prefix ex: is not declared'
    """
    try:
        guard(text)
        called: Any = {pyoxigraph.NamedNode(iri): _no_value for iri in functions}
        _nothing().query(text, prefixes=PREFIXES, custom_functions=called or None)
    except QuerySyntaxError as error:
        return str(error)
    except SyntaxError as error:
        return str(syntax_error(error, text))
    except RuntimeError as error:
        return str(error)
    return ""


def _no_value(*_: object) -> None:
    """Stands for any function where there is nothing to call it on."""
