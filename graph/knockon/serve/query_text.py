"""What the server reads from the text of a query before it is run: its form, relative IRIs, whether answers are repeatable."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Literal

from knockon.sparql.tokens import tokens

#: The longest texts that are remembered to be repeatable or not, and that are read token by token: the server does nothing else
#: meanwhile, and a million characters take half a second.
_SHORT, _MAX_TOKENS = 1_000, 2**14
_SPACE = r"(?>(?:\s++|\#[^\r\n]*+)*)"
#: What may stand before the form of a query, and the form, after which no space is needed.
_PROLOGUE = re.compile(
    rf"""{_SPACE}(?>(?:(?:(?:PREFIX{_SPACE}[^\s\#<:]*+:{_SPACE}|BASE{_SPACE})<[^<>\s]*+>|VERSION{_SPACE}(?:"[^"]*+"|'[^']*+')){_SPACE})*)"""
    r"(?:(SELECT|ASK)|CONSTRUCT|DESCRIBE)",
    re.IGNORECASE,
)
_RELATIVE = re.compile(r"<(?![A-Za-z][A-Za-z0-9+.-]*:)[^<>\"{}|^`\\\x00-\x20]*>")
#: Functions with another value each time; the parser may resolve escapes, so a text with some is not searched.
_CHANGING = re.compile(r"(?:rand|now|uuid|bnode)\s*[(#]|\\u", re.IGNORECASE)
#: A graph that is a variable: a database in memory takes the graphs in another order in each process.
_ANY_GRAPH = re.compile(r"graph\s*+[?$#]", re.IGNORECASE)
_LINE = re.compile(r"\bline (\d+), column")


def form_of(text: str) -> Literal["rows", "triples"]:
    """Return the form of the answers to a query; ``rows`` if it cannot be told, since such a query does not parse.

    >>> form_of("PREFIX select: <urn:x:> CONSTRUCT WHERE { ?s ?p ?o }"), form_of("ASK{}")
    ('triples', 'rows')
    """
    found = _PROLOGUE.match(text)
    return "rows" if found is None or found[1] else "triples"


def with_base(text: str, base: Callable[[], str]) -> str:
    r"""Return a text with a declaration of its base, on a line of its own, if it has relative IRIs.

    >>> with_base("ASK { <s> ?p ?o }", lambda: "http://localhost/sparql")
    'BASE <http://localhost/sparql>\nASK { <s> ?p ?o }'
    >>> with_base("ASK { <urn:x:s> ?p ?o }", lambda: "http://localhost/sparql")
    'ASK { <urn:x:s> ?p ?o }'
    >>> with_base("ASK { FILTER(?a<?b&&?c>?d) }", lambda: "http://localhost/sparql")
    'ASK { FILTER(?a<?b&&?c>?d) }'
    """
    # The pattern also matches comparisons, which the tokens tell from IRIs; a declaration that is not needed changes nothing.
    is_relative = _RELATIVE.search(text) and (
        len(text) > _MAX_TOKENS or any(kind == "iri" and _RELATIVE.match(word) for kind, word, _ in tokens(text))
    )
    return f"BASE <{base()}>\n{text}" if is_relative else text


def without_base(message: str) -> str:
    """Return a message about a text that ``with_base`` extended with the lines of the original text.

    >>> without_base("line 3, column 7: expected '}'")
    "line 2, column 7: expected '}'"
    """
    return _LINE.sub(lambda match: f"line {max(int(match[1]) - 1, 1)}, column", message)


def is_repeatable(text: str, form: Literal["rows", "triples"]) -> bool:
    """Return whether the same data give the same answer, byte for byte: no random values, no new blank nodes.

    One with a graph that is a variable does not, since processes may take the graphs in different orders. A long text for
    triples counts as one with blank nodes.

    >>> is_repeatable("SELECT (RAND() AS ?x) {}", "rows"), is_repeatable("SELECT ?x { ?x a ko:Company }", "rows")
    (False, True)
    >>> is_repeatable("SELECT ?g { GRAPH ?g {} }", "rows"), is_repeatable("SELECT ?s { GRAPH <urn:x:g> { ?s ?p ?o } }", "rows")
    (False, True)
    >>> is_repeatable("CONSTRUCT { ?s ?p (1 2) } { ?s ?p ?o }", "triples")
    False
    """
    return (_is_short_constant if len(text) <= _SHORT else _is_constant)(text) and not (
        form == "triples" and (len(text) > _MAX_TOKENS or _makes_blank_nodes(text))
    )


def _is_constant(text: str) -> bool:
    # A call has a bracket, and most texts have none: that is found sooner.
    return not (("(" in text or "\\" in text) and _CHANGING.search(text)) and not _ANY_GRAPH.search(text)


_is_short_constant = lru_cache(maxsize=1_024)(_is_constant)


def _makes_blank_nodes(text: str) -> bool:
    """Return whether the template of a CONSTRUCT, which is the first group, has blank nodes or lists."""
    depth = 0
    for kind, word, _ in tokens(text):
        depth += (word == "{") - (word == "}")
        if depth == 0 and word == "}":
            return False
        if depth and (kind == "blank" or word in {"[", "("}):
            return True
    return False
