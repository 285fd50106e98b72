"""Refuse Turtle, TriG, N-Triples and N-Quads that are nested too deeply before they are parsed.

A triple term that is nested ten thousand deep overflows the stack of the parser, which ends the process.
"""

from __future__ import annotations

import re

from knockon.errors import Problem

#: The deepest nesting of triple terms, and of brackets of any kind.
TRIPLE_TERMS, BRACKETS = 100, 500
#: The longest literal, IRI or comment in bytes: the size of the buffer of the parser.
LONGEST = 1 << 24

_LONG_STRING = rb'"""(?>(?:[^"\\]++|\\.|""?(?!"))*)"""|' + rb"'''(?>(?:[^'\\]++|\\.|''?(?!'))*)'''|"
_STRING = rb'"(?>(?:[^"\\\n]++|\\.)*)"|' + rb"'(?>(?:[^'\\\n]++|\\.)*)'|"
#: Tokens in which brackets have no meaning, then the brackets. A backslash escapes a character in a name.
TOKEN = re.compile(_LONG_STRING + _STRING + rb"\\.|<<|>>|<[^<>\n]*+>|#[^\n\r]*+|[\[\](){}]", re.DOTALL)

_WORD = re.compile(rb"\S++")

_TERMS = (
    f"triple terms are nested more than {TRIPLE_TERMS} deep",
    "name the inner statements with a reifier: _:r rdf:reifies <<( ... )>>",
)
_BRACKETS = (
    f"brackets are nested more than {BRACKETS} deep",
    "give the inner nodes names, and write them as separate statements",
)


def fault_of(content: bytes, source: str) -> Problem | None:
    """Return the problem with a text that is nested too deeply, or None.

    >>> str(fault_of(b"<urn:x:a> <urn:x:b> " + b"[ <urn:x:c> " * 501, "a.ttl"))
    'a.ttl:1: brackets are nested more than 500 deep (give the inner nodes names, and write them as separate statements)'
    """
    if content.count(b"<<") <= TRIPLE_TERMS and sum(map(content.count, (b"[", b"(", b"{"))) <= BRACKETS:
        return None
    terms = brackets = 0
    for token in TOKEN.finditer(content):
        match token[0]:
            case b"<<":
                terms += 1
            case b">>":
                terms -= 1
            case b"[" | b"(" | b"{":
                brackets += 1
            case b"]" | b")" | b"}":
                brackets -= 1
        if terms > TRIPLE_TERMS or brackets > BRACKETS:
            message, hint = _TERMS if terms > TRIPLE_TERMS else _BRACKETS
            return Problem(source, line_at(content, token.start()), message, hint)
    return None


def line_at(content: bytes, offset: int) -> int:
    """Return the number of the line at an offset, from 1."""
    return content.count(b"\n", 0, offset) + 1


def line_of_longest(content: bytes, tokens: re.Pattern[bytes] = TOKEN) -> int | None:
    """Return the line of the first literal, name or comment that is too long for the parser, or None."""
    for pattern in (tokens, _WORD):
        for token in pattern.finditer(content):
            if token.end() - token.start() >= LONGEST:
                return line_at(content, token.start())
    return None
