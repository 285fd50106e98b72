"""Split a SPARQL text into tokens with their positions.

Tokens are the same as those of the parser of the store, so that counts agree. One token depends on the context: ``<``
begins an IRI or compares two values, ``?a<?b&&?c>?d``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from knockon.vocabulary import PREFIXES

# Letters beyond ASCII occur only in names, strings, comments and IRIs. The ``+`` after a quantifier forbids
# backtracking, and unclosed strings extend to the end, so that the time is proportional to the length of the text.
# (The classes exclude ASCII characters: classes that list all letters take fifty times as long to compile.)
_CHAR = r"[^\x00-,./:-@\[-^`{-\x7f]"
_RUN = rf"[^\x00-@\[-`{{-\x7f]{_CHAR}*+(?>(?:\.++{_CHAR}++)*)"
_ESCAPED = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%]"
_LOCAL = rf"(?>(?:(?:[^\x00-/;-@\[-^`{{-\x7f]|{_ESCAPED})(?>(?:\.*+(?:{_CHAR}|:|{_ESCAPED}))*))?)"
_TOKEN = re.compile(
    rf"""
    (?P<comment>\#[^\r\n]*)
  | (?P<iri><(?>(?:[^<>"{{}}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{{4}}|\\U[0-9A-Fa-f]{{8}})*)>)
  | (?P<string>\"\"\"(?>(?:[^"\\]|\\.?|"(?!""))*)(?:\"\"\"|\Z)|'''(?>(?:[^'\\]|\\.?|'(?!''))*)(?:'''|\Z)
              |"(?>(?:[^"\\\r\n]|\\.?)*)"?|'(?>(?:[^'\\\r\n]|\\.?)*)'?)
  | (?P<variable>[?$][^\x00-/:-@\[-^`{{-\x7f]+)
  | (?P<blank>_:{_CHAR}++(?>(?:\.++{_CHAR}++)*))
  | (?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
  | (?P<prefixed>(?:{_RUN})?:{_LOCAL})
  | (?P<keyword>{_RUN})
  | (?P<number>[+-]?(?:[0-9]++(?:\.[0-9]++)?|\.[0-9]++)(?:[eE][+-]?[0-9]++)?)
  | (?P<space>\s+)
  | (?P<other>\|\||&&|\^\^|.)
    """,
    re.VERBOSE | re.DOTALL,
)
#: An IRI in any context: no value of an expression begins like it.
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
#: Text that is a single token even if it is not an IRI, so that it cannot hide a keyword.
_PLAIN = re.compile(r"(?:[A-Za-z][A-Za-z0-9.-]*:[\w:.%~-]*)?")
#: A relative IRI that does not begin like a value.
_RELATIVE = re.compile(r"(?!true|false)(?:[A-Za-z_/]|\.\.?/)[^(]*+", re.IGNORECASE)
#: Kinds of tokens after which a value is complete.
TERMS = frozenset({"iri", "string", "variable", "blank", "language", "prefixed", "number"})
_CLOSING = {")": "(", "]": "[", "}": "{"}


class Token(NamedTuple):
    """A token: its kind (``iri``, ``string``, ``variable``, ``prefixed``, ``keyword``, ...), its text, and its offset.

    The kind ``ambiguous`` may be an IRI or a comparison.
    """

    kind: str
    text: str
    start: int


def tokens(text: str) -> Iterator[Token]:
    r"""Yield the tokens of a query; comments and white space are left out.

    >>> [token.text for token in tokens("SELECT ?x # all\n{ ?x a ko:Company }")]
    ['SELECT', '?x', '{', '?x', 'a', 'ko:Company', '}']
    >>> [token.text for token in tokens("(?a<?b&&?c>1) <urn:x:y>")]
    ['(', '?a', '<', '?b', '&&', '?c', '>', '1', ')', '<urn:x:y>']
    """
    context = _Context()
    matches = _TOKEN.finditer(text)
    while (match := next(matches, None)) is not None:
        kind = match.lastgroup or ""
        if kind in {"comment", "space"}:
            continue
        token = Token(kind, match.group(), match.start())
        if kind == "iri" and context.may_compare(token):
            kind = context.kind(token.text[1:-1])
            token = Token(kind, token.text if kind != "other" else "<", token.start)
            if kind == "other":
                matches = _TOKEN.finditer(text, token.start + 1)
        context.add(token)
        yield token


class _Context:
    """The tokens before a position, as far as they determine the meaning of ``<``."""

    def __init__(self) -> None:
        self.brackets: list[str] = []
        self.previous = Token("", "", -1)
        self.declared = set(PREFIXES)
        self.has_base = False

    def may_compare(self, token: Token) -> bool:
        """Return whether ``<`` may be a comparison: after a value in parentheses, or after another ``<``."""
        previous = self.previous
        if previous.text == "<" and previous.start + 1 == token.start:
            return True
        return self.brackets[-1:] == ["("] and (
            previous.kind in TERMS or previous.kind == "keyword" or previous.text in _CLOSING
        )

    def kind(self, content: str) -> str:
        """Classify ``<content>`` where a comparison is possible: ``iri``, ``other`` or ``ambiguous``."""
        if _ABSOLUTE.match(content) or _PLAIN.fullmatch(content):
            return "iri"
        if scheme := _SCHEME.match(content):
            return "ambiguous" if scheme[1] in self.declared else "iri"
        if not self.has_base:
            return "other"
        return "iri" if _RELATIVE.fullmatch(content) else "ambiguous"

    def add(self, token: Token) -> None:
        """Add a token to the context."""
        kind, text, _ = token
        if kind == "other":
            if text in _CLOSING:
                if self.brackets:
                    self.brackets.pop()
            elif text in {"(", "[", "{"}:
                self.brackets.append(text)
        elif kind == "iri" and self.previous.kind == "prefixed" and self.previous.text.endswith(":"):
            # No space is needed after PREFIX.
            prefix = self.previous.text[:-1]
            self.declared |= {prefix, prefix[6:]} if prefix[:6].upper() == "PREFIX" else {prefix}
        elif kind == "keyword" and "BASE" in text.upper():
            self.has_base = True
        self.previous = token


def place(text: str, start: int) -> str:
    r"""Return the line and column of an offset.

    >>> place("SELECT *\n{ }", 9)
    'line 2, column 1'
    """
    return f"line {text.count(chr(10), 0, start) + 1}, column {start - text.rfind(chr(10), 0, start)}"
