"""The guard in front of every query: nothing leaves the store, and what does not parse says where.

pyoxigraph follows SERVICE over HTTP and has no switch against it, so the text
is read token by token first, the way SPARQL reads it: comments, strings, IRIs,
variables and prefixed names are stepped over. Readers differ in when they
resolve codepoint escapes, so the text must be harmless both as it stands and
with its escapes resolved.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pyoxigraph

from knockon.errors import ForbiddenQuery, QuerySyntaxError
from knockon.vocabulary import PREFIXES

_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_NAME = r"[^\W\d_](?:[\w.\-·]*[\w\-·])?"
_LOCAL = r"(?:[\w:.\-·]|%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%])*"
_TOKEN = re.compile(
    rf"""
    (?P<comment>\#[^\r\n]*)
  | (?P<iri><[^<>"{{}}|^`\\\x00-\x20]*>)
  | (?P<string>\"\"\"(?:[^"\\]|\\.|"(?!""))*\"\"\"|'''(?:[^'\\]|\\.|'(?!''))*'''|"(?:[^"\\\r\n]|\\.)*"|'(?:[^'\\\r\n]|\\.)*')
  | (?P<variable>[?$]\w+)
  | (?P<blank>_:[\w.\-·]+)
  | (?P<prefixed>(?:{_NAME})?:{_LOCAL})
  | (?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
  | (?P<keyword>[A-Za-z_]\w*)
  | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_POSITION = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)


def _unescape(text: str) -> str:
    def character(match: re.Match[str]) -> str:
        code = int(match.group(1) or match.group(2), 16)
        return chr(code) if code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else match.group()

    return _ESCAPE.sub(character, text)


def guard(text: str) -> str:
    """The query, unchanged, if it stays inside the store.

    Raises
    ------
    ForbiddenQuery
        It has SERVICE, or FROM something that is no graph name (``file:``, an unknown scheme).
    QuerySyntaxError
        It is an update.

    >>> guard("SELECT ?service { ?s ko:offers ?service } # no SERVICE here")[:6]
    'SELECT'
    >>> guard("SELECT * { SERVICE <https://example.org/> { ?s ?p ?o } }")
    Traceback (most recent call last):
    ...
    knockon.errors.ForbiddenQuery: line 1, column 12: SERVICE would leave the store; queries see only what was loaded
    """
    for reading in {text, _unescape(text)}:
        _stays_inside(reading)
    return text


def _stays_inside(text: str) -> None:
    after_from = False
    for kind, token, start in _tokens(text):
        word = token.upper() if kind == "keyword" else ""
        where = _place(text, start)
        if word == "SERVICE":
            raise ForbiddenQuery(f"{where}: SERVICE would leave the store; queries see only what was loaded")
        if word in {"LOAD", "INSERT", "DELETE", "CLEAR", "DROP", "CREATE", "COPY", "MOVE", "ADD"}:
            raise ForbiddenQuery(f"{where}: {word} is an update; a store is changed by `knockon load` alone")
        if after_from and kind == "iri" and not token[1:-1].lower().startswith(("http:", "https:", "urn:")):
            raise ForbiddenQuery(f"{where}: FROM {token} is no graph of the store")
        if word != "NAMED":
            after_from = word == "FROM"


def _tokens(text: str) -> Iterator[tuple[str, str, int]]:
    for match in _TOKEN.finditer(text):
        if match.lastgroup != "comment" and not match.group().isspace():
            yield match.lastgroup or "", match.group(), match.start()


def _place(text: str, start: int) -> str:
    return f"line {text.count(chr(10), 0, start) + 1}, column {start - text.rfind(chr(10), 0, start)}"


def fault_of(text: str) -> str:
    """What is wrong with a query, or an empty string.

    >>> fault_of("SELECT ?x WHERE { ?x a ko:Entity }")
    ''
    >>> fault_of("SELECT ?x WHERE { ?x a my:Thing }")
    'line 1, column 24: the prefix my: is not declared'
    """
    try:
        guard(text)
        pyoxigraph.Store().query(text, prefixes=PREFIXES)
    except QuerySyntaxError as error:
        return str(error)
    except SyntaxError as error:
        return str(syntax_error(error, text))
    return ""


def syntax_error(error: SyntaxError, text: str = "") -> QuerySyntaxError:
    """Our error for one of the SPARQL parser, with line and column; an undeclared prefix is named."""
    declared, last = set(PREFIXES), ""
    for kind, token, start in _tokens(text):
        if kind == "prefixed":
            prefix = token.split(":", 1)[0]
            if last == "PREFIX":
                declared.add(prefix)
            elif prefix not in declared:
                return QuerySyntaxError(f"{_place(text, start)}: the prefix {prefix}: is not declared")
        last = token.upper() if kind == "keyword" else ""
    message = str(error.msg or error)
    if match := _POSITION.search(message):
        line, column, rest = match.groups()
        return QuerySyntaxError(f"line {line}, column {column}: {rest.strip()}")
    return QuerySyntaxError(message)
