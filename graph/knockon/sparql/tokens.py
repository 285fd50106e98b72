"""The tokens of a SPARQL text, with their places."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

# Letters beyond ASCII stand nowhere but in names, strings, comments and IRIs. The ``+`` after a
# quantifier forbids going back, and what is never closed is taken to its end, so that reading takes time in
# proportion to the text.
# (They are written as all but some of ASCII: a class that names them takes fifty times as long to compile.)
_CHAR = r"[^\x00-,./:-@\[-^`{-\x7f]"
_RUN = rf"[^\x00-@\[-`{{-\x7f]{_CHAR}*+(?:\.++{_CHAR}++)*+"
_ESCAPED = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%]"
_LOCAL = rf"(?:(?:[^\x00-/;-@\[-^`{{-\x7f]|{_ESCAPED})(?:\.*+(?:{_CHAR}|:|{_ESCAPED}))*+)?+"
_TOKEN = re.compile(
    rf"""
    (?P<comment>\#[^\r\n]*)
  | (?P<iri><[^<>"{{}}|^`\\\x00-\x20]*>)
  | (?P<string>\"\"\"(?:[^"\\]|\\.?|"(?!""))*+(?:\"\"\"|\Z)|'''(?:[^'\\]|\\.?|'(?!''))*+(?:'''|\Z)
              |"(?:[^"\\\r\n]|\\.?)*+"?|'(?:[^'\\\r\n]|\\.?)*+'?)
  | (?P<variable>[?$][^\x00-/:-@\[-^`{{-\x7f]+)
  | (?P<blank>_:{_CHAR}++(?:\.++{_CHAR}++)*+)
  | (?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
  | (?P<prefixed>(?:{_RUN})?:{_LOCAL})
  | (?P<keyword>{_RUN})
  | (?P<space>\s+)
  | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)


class Token(NamedTuple):
    """A token: its kind (``iri``, ``string``, ``variable``, ``prefixed``, ``keyword``, ...), its text, where it starts."""

    kind: str
    text: str
    start: int


def tokens(text: str) -> Iterator[Token]:
    r"""Yield the tokens of a query; comments and white space are left out.

    >>> [token.text for token in tokens("SELECT ?x # all\n{ ?x a ko:Company }")]
    ['SELECT', '?x', '{', '?x', 'a', 'ko:Company', '}']
    """
    for match in _TOKEN.finditer(text):
        if match.lastgroup not in {"comment", "space"}:
            yield Token(match.lastgroup or "", match.group(), match.start())


def place(text: str, start: int) -> str:
    r"""Return the line and column of an offset.

    >>> place("SELECT *\n{ }", 9)
    'line 2, column 1'
    """
    return f"line {text.count(chr(10), 0, start) + 1}, column {start - text.rfind(chr(10), 0, start)}"
