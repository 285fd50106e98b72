"""The guard in front of every query: nothing leaves the store, and what does not parse says where.

pyoxigraph follows SERVICE over HTTP and has no switch against it. Two readings
stand in its way. The first goes token by token, the way SPARQL is meant to be
read, and says where the word stands. The second does not trust the first: the
parser behind pyoxigraph reads without tokens (``SERVICEx:y``, ``1<2)SERVICE#>``
and ``a:.SERVICE`` are all followed), so the letters of the word are blotted out
and that same parser is asked again. Names, strings, comments and IRIs survive
the blot; a keyword does not. Readers also differ in when they resolve codepoint
escapes, so the first reading is done with and without them.

How large a query may be is the guard's business too (size.py): a text that passes is parsed and planned in about a
second at most, and does not overflow a stack. What it costs to answer is not: a query from outside runs in a process
that may be killed.
"""

from __future__ import annotations

import re

from knockon.errors import ForbiddenQuery, QuerySyntaxError
from knockon.sparql.parse import parse
from knockon.sparql.size import QUERY, Size, SizeLimits
from knockon.sparql.syntax import open_string
from knockon.sparql.tokens import Token, place, tokens
from knockon.vocabulary import PREFIXES

_SERVICE = re.compile("service", re.IGNORECASE | re.ASCII)
_UPDATES = frozenset({"LOAD", "INSERT", "DELETE", "CLEAR", "DROP", "CREATE", "COPY", "MOVE", "ADD"})
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")


def guard(text: str, limits: SizeLimits = QUERY) -> str:
    """The query, unchanged, if it stays inside the store and is not too large.

    Parameters
    ----------
    text
        The query.
    limits
        How large it may be.

    Raises
    ------
    ForbiddenQuery
        It has SERVICE, it is an update, or it has FROM something that is no graph name (``file:``, an unknown scheme).
    QuerySyntaxError
        It cannot be read: it is no text, it is too long, too deep or has too many parts, a string is not closed, ``<``
        may be read in two ways, or it holds the letters of SERVICE and does not parse once they are blotted out.

    >>> guard("SELECT ?service { ?s ko:offers ?service } # no SERVICE here")[:6]
    'SELECT'
    >>> guard("SELECT * { SERVICE <https://example.org/> { ?s ?p ?o } }")
    Traceback (most recent call last):
    ...
    knockon.errors.ForbiddenQuery: line 1, column 12: SERVICE would leave the store; queries see only what was loaded
    """
    _is_text(text)
    for reading in dict.fromkeys((text, _unescape(text))):
        _check(reading, limits)
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


def _check(text: str, limits: SizeLimits) -> None:
    size = Size(text, limits)
    after_from = False
    declared = dict(PREFIXES)
    two_before, before = "", ""
    for token in tokens(text):
        kind, content, start = token
        size.add(token)
        _is_clear(text, token)
        word = content.upper() if kind == "keyword" else ""
        # No keyword but SERVICE holds these letters, and the parser needs no space around it.
        if kind == "keyword" and _SERVICE.search(content):
            raise ForbiddenQuery(f"{place(text, start)}: SERVICE would leave the store; queries see only what was loaded")
        if word in _UPDATES:
            raise ForbiddenQuery(f"{place(text, start)}: {word} is an update; a store is changed by `knockon load` alone")
        if kind == "iri" and two_before == "PREFIX":
            declared[before.removesuffix(":")] = content[1:-1]
        if after_from and kind in {"iri", "prefixed"} and not _names_a_graph(kind, content, declared):
            raise ForbiddenQuery(f"{place(text, start)}: FROM {content} is no graph of the store")
        after_from = word in {"FROM", "FROMNAMED"} or (after_from and word == "NAMED")
        two_before, before = before.upper(), content


def _is_clear(text: str, token: Token) -> None:
    """Refuse what the parser might read in another way: something could hide in it."""
    if fault := open_string(token):
        raise QuerySyntaxError(f"{place(text, token.start)}: {fault}")
    if token.kind == "ambiguous":
        raise QuerySyntaxError(
            f"{place(text, token.start)}: this may be an IRI or a comparison; write spaces around '<' and '>' to compare, "
            "or the IRI with a prefix"
        )


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
    parse(blotted, text)
