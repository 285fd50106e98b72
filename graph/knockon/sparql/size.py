"""Limits on the size of a query, so that parsing and planning by Oxigraph finish in time and do not overflow.

Measured with pyoxigraph 0.5.13; the numbers are in docs/decisions/0020-limits-of-a-query.md. Long flat lists of values
(VALUES, IN) are cheap, and limited only by the length of the text. Everything else is read or planned by recursion, or
planned in superlinear time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from knockon.errors import QuerySyntaxError
from knockon.sparql.tokens import TERMS, Token, place

_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")
#: Tokens that separate triple patterns or the steps of a path; a division counts like a path.
_STEPS = frozenset(".;,/|~")
_TRUTH = re.compile("true|false", re.IGNORECASE)
_OPERATORS = frozenset({"||", "&&", "=", "<", ">", "!", "+", "-", "*"})
_SHORTER = "use several queries, or list values with VALUES or IN (...)"


@dataclass(frozen=True, slots=True)
class SizeLimits:
    """The size limits of a query.

    Parameters
    ----------
    length
        Characters of the text.
    tokens
        Names, numbers, strings, keywords and symbols.
    depth
        Nesting of brackets.
    steps
        Triple patterns, steps of paths, groups in braces, and expressions in brackets.
    operators
        Logical operators, comparisons and sums.
    variables
        Distinct variables.
    """

    length: int = 1_000_000
    tokens: int = 100_000
    depth: int = 50
    steps: int = 100
    operators: int = 500
    variables: int = 1_000


#: For queries of users.
QUERY = SizeLimits()
#: For target queries, of which data may contain hundreds: each is planned in a hundredth of a second.
TARGET = SizeLimits(length=2_000, depth=20, steps=50)


def too_long(length: int) -> QuerySyntaxError:
    """Return the error for a text that is too long."""
    return QuerySyntaxError(f"the query is longer than {length:,} characters; use several queries")


class Size:
    """Counter of the parts of a query, token by token, which refuses queries that are too large.

    Parameters
    ----------
    text
        The query.
    limits
        The size limits.

    Raises
    ------
    QuerySyntaxError
        The text is too long.

    Examples
    --------
    >>> from knockon.sparql.tokens import tokens
    >>> size = Size(text := "ASK { ?s " + "ko:need/" * 200 + "ko:need ?o }")
    >>> for token in tokens(text):
    ...     size.add(token)
    Traceback (most recent call last):
    ...
    knockon.errors.QuerySyntaxError: line 1, column 809: more than 100 triple patterns, steps of paths and groups; \
use several queries, or list values with VALUES or IN (...)
    """

    def __init__(self, text: str, limits: SizeLimits = QUERY) -> None:
        if len(text) > limits.length:
            raise too_long(limits.length)
        self._text, self._limits = text, limits
        self._tokens = self._steps = self._operators = 0
        self._variables: set[str] = set()
        self._brackets: list[str] = []
        self._previous = Token("", "", -1)
        self._values = ""  # the position in a VALUES clause: "", "names" or "rows"

    def add(self, token: Token) -> None:
        """Count a token.

        Raises
        ------
        QuerySyntaxError
            A limit is exceeded.
        """
        self._tokens += 1
        if token.kind == "keyword" and token.text.upper().endswith("VALUES"):
            self._values = "names"
        elif self._values != "rows":
            self._steps += self._count_steps(token)
        if token.text in _OPERATORS:
            self._operators += 1
        elif token.kind == "variable":
            self._variables.add(token.text[1:])
        self._track_bracket(token)
        self._previous = token
        limits = self._limits
        self._check_limit(self._tokens, limits.tokens, "names and symbols", token)
        self._check_limit(self._steps, limits.steps, "triple patterns, steps of paths and groups", token)
        self._check_limit(len(self._variables), limits.variables, "variables", token)
        self._check_limit(self._operators, limits.operators, "operators (||, &&, =, +, ...)", token)

    def _check_limit(self, count: int, limit: int, what: str, token: Token) -> None:
        if count > limit:
            raise QuerySyntaxError(f"{place(self._text, token.start)}: more than {limit:,} {what}; {_SHORTER}")

    def _count_steps(self, token: Token) -> int:
        kind, text, start = token
        open_bracket, previous = self._brackets[-1:], self._previous
        if kind == "keyword":
            # Values of a collection, which need no space between them.
            return len(_TRUTH.findall(text)) if open_bracket == ["("] else 0
        if text in {"{", "["} or (text == "(" and open_bracket != ["("]):
            return 1
        if text == "<" and previous.text == "<" and previous.start + 1 == start:  # a triple term
            return 1
        if text in _STEPS:
            # A comma in parentheses separates the values of a list.
            return int(text != "," or open_bracket != ["("])
        # Two adjacent values: of a collection, or of DESCRIBE.
        if open_bracket not in ([], ["("]) or not (previous.kind in TERMS or previous.text in _CLOSING):
            return 0
        if open_bracket == ["("]:
            return int((kind in TERMS and kind != "language") or text == "(")
        return int(kind in {"iri", "prefixed"} and not (kind == "iri" and previous.text.endswith(":")))

    def _track_bracket(self, token: Token) -> None:
        text = token.text
        if text in _OPENING:
            self._brackets.append("rows" if text == "{" and self._values == "names" else text)
            if self._brackets[-1] == "rows":
                self._values = "rows"
            if len(self._brackets) > self._limits.depth:
                raise QuerySyntaxError(f"{place(self._text, token.start)}: more than {self._limits.depth} levels of brackets")
        elif text in _CLOSING and self._brackets and self._brackets.pop() == "rows":
            self._values = ""
