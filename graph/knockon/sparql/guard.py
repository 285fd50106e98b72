"""The guard of all queries: refuse queries that would reach outside the store, with the position of every error.

pyoxigraph follows SERVICE over HTTP and has no option to disable it. Two checks
prevent that. The first reads the text token by token, as SPARQL defines it, and
states the position of the word. The second does not rely on the first: the
parser of pyoxigraph reads without tokens (``SERVICEx:y``, ``1<2)SERVICE#>``
and ``a:.SERVICE`` are all followed), so the letters of the word are replaced
and the text is parsed again by that same parser. Names, strings, comments and IRIs
stay valid; a keyword does not. Parsers also differ in when they resolve codepoint
escapes, so the first check is done with and without them.

The guard also limits the size of a query (size.py): a text that passes is parsed and planned in about a second at
most, and does not overflow a stack. It does not limit the cost of the answer: a query from outside runs in a process
that can be killed.
"""

from __future__ import annotations

import re

from knockon.errors import ForbiddenQuery, QuerySyntaxError
from knockon.sparql.parse import parse
from knockon.sparql.size import QUERY, Size, SizeLimits
from knockon.sparql.syntax import unclosed_string_fault
from knockon.sparql.tokens import Token, place, tokens
from knockon.vocabulary import PREFIXES

_SERVICE = re.compile("service", re.IGNORECASE | re.ASCII)
_UPDATES = frozenset({"LOAD", "INSERT", "DELETE", "CLEAR", "DROP", "CREATE", "COPY", "MOVE", "ADD"})
#: IRIs that are one in any context.
_IRI = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*+://[^<>\"{}|^`\\\x00-\x20]*+>")
#: What the checks look for: words, escapes, strings, comparisons and values without space between them.
_SUSPECT = re.compile(
    r"[<>\\\"'@]|service|load|insert|delete|clear|drop|create|copy|move|add|from|true|false", re.IGNORECASE | re.ASCII
)
#: Parts of tokens: each token has at least one of its own.
_PART = re.compile(r"\d+|[^\W\d]\w*|[^\w\s]", re.ASCII)
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")


def guard(text: str, limits: SizeLimits = QUERY) -> str:
    """Check that a query stays inside the store and is not too large; return it unchanged.

    Parameters
    ----------
    text
        The query.
    limits
        The size limits.

    Raises
    ------
    ForbiddenQuery
        It has SERVICE, it is an update, or FROM is not followed by the name of a graph (``file:``, an unknown scheme).
    QuerySyntaxError
        It cannot be read: it is not Unicode text, it is too long, too deep or has too many parts, a string is not closed,
        ``<`` is ambiguous, or it contains the letters of SERVICE and does not parse once they are replaced.

    Examples
    --------
    >>> guard("SELECT ?service { ?s ko:offers ?service } # no SERVICE here")[:6]
    'SELECT'
    >>> guard("SELECT * { SERVICE <https://example.org/> { ?s ?p ?o } }")
    Traceback (most recent call last):
    ...
    knockon.errors.ForbiddenQuery: line 1, column 12: SERVICE would leave the store; queries see only what was loaded
    """
    if _is_harmless(text, limits):
        return text
    for reading in readings(text):
        _check_tokens(reading, limits)
    if _SERVICE.search(text):
        parse(without_words(text, _SERVICE), text)
    return text


def _is_harmless(text: str, limits: SizeLimits) -> bool:
    """Return whether a text is too small and too plain for anything to be wrong with it, as most queries are.

    However it is read, it has no word that is refused, since none of its letters follow each other anywhere.

    >>> _is_harmless("SELECT ?x { ?x a ko:Company }", QUERY), _is_harmless("SELECT ?x FROM id:g { }", QUERY)
    (True, False)
    """
    if len(text) > limits.length or not text.isascii():
        return False
    rest = _IRI.sub(" _ ", text)
    if _SUSPECT.search(rest) or _SERVICE.search(text):
        return False
    parts = len(_PART.findall(rest))
    least = min(limits.tokens, limits.steps, limits.operators, limits.variables)
    return parts <= least and sum(map(rest.count, "([{")) <= limits.depth


def readings(text: str) -> tuple[str, ...]:
    """Return the ways in which parsers may read a text: as it is, and with codepoint escapes resolved.

    Raises
    ------
    QuerySyntaxError
        It is not Unicode text.
    """
    _check_unicode(text)
    return tuple(dict.fromkeys((text, _unescape(text))))


def _check_unicode(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise QuerySyntaxError(f"{place(text, error.start)}: a lone surrogate is not a character") from None


def _unescape(text: str) -> str:
    def character(match: re.Match[str]) -> str:
        code = int(match.group(1) or match.group(2), 16)
        return chr(code) if code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else match.group()

    return _ESCAPE.sub(character, text)


def _check_tokens(text: str, limits: SizeLimits) -> None:
    size = Size(text, limits)
    after_from = False
    declared = dict(PREFIXES)
    second_previous, previous = "", ""
    for token in tokens(text):
        kind, content, start = token
        size.add(token)
        check_unambiguous(text, token)
        word = content.upper() if kind == "keyword" else ""
        # No other keyword contains these letters, and the parser needs no space around it.
        if kind == "keyword" and _SERVICE.search(content):
            raise ForbiddenQuery(f"{place(text, start)}: SERVICE would leave the store; queries see only what was loaded")
        if word in _UPDATES:
            raise ForbiddenQuery(f"{place(text, start)}: {word} is an update, and a query only reads")
        if kind == "iri" and second_previous == "PREFIX":
            declared[previous.removesuffix(":")] = content[1:-1]
        if after_from and kind in {"iri", "prefixed"} and not _is_graph_name(kind, content, declared):
            raise ForbiddenQuery(f"{place(text, start)}: FROM {content} is not a graph of the store")
        after_from = word in {"FROM", "FROMNAMED"} or (after_from and word == "NAMED")
        second_previous, previous = previous.upper(), content


def check_unambiguous(text: str, token: Token) -> None:
    """Refuse tokens that the parser might read differently, since they could hide a keyword."""
    if fault := unclosed_string_fault(token):
        raise QuerySyntaxError(f"{place(text, token.start)}: {fault}")
    if token.kind == "ambiguous":
        raise QuerySyntaxError(
            f"{place(text, token.start)}: this may be an IRI or a comparison; write spaces around '<' and '>' to compare, "
            "or the IRI with a prefix"
        )


def _is_graph_name(kind: str, token: str, declared: dict[str, str]) -> bool:
    iri = token[1:-1]
    if kind == "prefixed":
        prefix, _, local = token.partition(":")
        iri = declared.get(prefix, "") + local
    return iri.lower().startswith(("http:", "https:", "urn:"))


def without_words(text: str, words: re.Pattern[str]) -> str:
    """Replace the letters of words that would leave the store: the result parses only if none of them is a keyword.

    Raises
    ------
    ForbiddenQuery
        The letters cannot be replaced in a way that keeps names apart.

    Examples
    --------
    >>> without_words("ASK { ?s ko:serviceFee ?o }", _SERVICE)
    'ASK { ?s ko:zzzzzzzFee ?o }'
    """
    # Same length, so positions in messages stay right; not a hexadecimal letter, so %-escapes stay as (in)valid as they
    # were; a letter sequence that does not occur in the text, so that no two names become equal.
    length = min((len(match[0]) for match in words.finditer(text)), default=1)
    letter = next((c for c in "zqxkjwyhgvnmtr" if c * length not in text.lower()), None)
    if letter is None:
        raise ForbiddenQuery("the letters of SERVICE or LOAD occur in a text where they cannot be told apart from a keyword")
    return words.sub(lambda match: "".join(letter.upper() if c.isupper() else letter for c in match[0]), text)
