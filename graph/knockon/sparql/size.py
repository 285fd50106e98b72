"""How large a query may be: what the parser and the planner of Oxigraph take without end or overflow.

Measured with pyoxigraph 0.5.13; the numbers are in docs/decisions/0020-limits-of-a-query.md. Long flat lists of values
(VALUES, IN) are cheap, and bounded by the text alone. All else is read or planned by recursion, or planned in time that
grows with a power of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from knockon.errors import QuerySyntaxError
from knockon.sparql.tokens import TERMS, Token, place

_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")
#: Tokens that part triple patterns or the steps of a path; a division counts as a path does.
_STEPS = frozenset(".;,/|~")
_TRUTH = re.compile("true|false", re.IGNORECASE)
_OPERATORS = frozenset({"||", "&&", "=", "<", ">", "!", "+", "-", "*"})
_SHORTER = "ask in several queries, or list values with VALUES or IN (...)"


@dataclass(frozen=True, slots=True)
class SizeLimits:
    """How large a query may be.

    Parameters
    ----------
    length
        Characters of the text.
    tokens
        Names, numbers, strings, keywords and signs.
    depth
        Brackets in brackets.
    steps
        What is joined or computed one after another: triple patterns, steps of paths, groups in braces, and
        expressions in brackets of their own.
    operators
        Logical operators, comparisons and sums.
    variables
        Variables, each once.
    """

    length: int = 1_000_000
    tokens: int = 100_000
    depth: int = 50
    steps: int = 100
    operators: int = 500
    variables: int = 1_000


#: For queries that anybody asks.
QUERY = SizeLimits()
#: For target queries, which stand in data by the hundred: each is planned in a hundredth of a second.
TARGET = SizeLimits(length=2_000, depth=20, steps=50)


def too_long(length: int) -> QuerySyntaxError:
    """Return the error for a text of more characters than it may have."""
    return QuerySyntaxError(f"the query is longer than {length:,} characters; ask in several queries")


class Size:
    """Counts a query, token by token, and refuses what is too large.

    Parameters
    ----------
    text
        The query.
    limits
        How large it may be.

    Raises
    ------
    QuerySyntaxError
        Its text is too long.

    >>> from knockon.sparql.tokens import tokens
    >>> size = Size(text := "ASK { ?s " + "ko:need/" * 200 + "ko:need ?o }")
    >>> for token in tokens(text):
    ...     size.add(token)
    Traceback (most recent call last):
    ...
    knockon.errors.QuerySyntaxError: line 1, column 809: more than 100 triple patterns, steps of paths and groups; \
ask in several queries, or list values with VALUES or IN (...)
    """

    def __init__(self, text: str, limits: SizeLimits = QUERY) -> None:
        if len(text) > limits.length:
            raise too_long(limits.length)
        self._text, self._limits = text, limits
        self._tokens = self._steps = self._operators = 0
        self._variables: set[str] = set()
        self._brackets: list[str] = []
        self._before = Token("", "", -1)
        self._values = ""  # where in VALUES a token stands: "", "names" or "rows"

    def add(self, token: Token) -> None:
        """Count a token.

        Raises
        ------
        QuerySyntaxError
            There are too many now.
        """
        self._tokens += 1
        if token.kind == "keyword" and token.text.upper().endswith("VALUES"):
            self._values = "names"
        elif self._values != "rows":
            self._steps += self._steps_of(token)
        if token.text in _OPERATORS:
            self._operators += 1
        elif token.kind == "variable":
            self._variables.add(token.text[1:])
        self._bracket(token)
        self._before = token
        limits = self._limits
        self._at_most(self._tokens, limits.tokens, "names and signs", token)
        self._at_most(self._steps, limits.steps, "triple patterns, steps of paths and groups", token)
        self._at_most(len(self._variables), limits.variables, "variables", token)
        self._at_most(self._operators, limits.operators, "operators (||, &&, =, +, ...)", token)

    def _at_most(self, count: int, limit: int, what: str, token: Token) -> None:
        if count > limit:
            raise QuerySyntaxError(f"{place(self._text, token.start)}: more than {limit:,} {what}; {_SHORTER}")

    def _steps_of(self, token: Token) -> int:
        kind, text, start = token
        around, before = self._brackets[-1:], self._before
        if kind == "keyword":
            # Values of a collection, which need no space between them.
            return len(_TRUTH.findall(text)) if around == ["("] else 0
        if text in {"{", "["} or (text == "(" and around != ["("]):
            return 1
        if text == "<" and before.text == "<" and before.start + 1 == start:  # a triple term
            return 1
        if text in _STEPS:
            # A comma in parentheses parts the values of a list.
            return int(text != "," or around != ["("])
        # Two values side by side: of a collection, or of DESCRIBE.
        if around not in ([], ["("]) or not (before.kind in TERMS or before.text in _CLOSING):
            return 0
        if around == ["("]:
            return int((kind in TERMS and kind != "language") or text == "(")
        return int(kind in {"iri", "prefixed"} and not (kind == "iri" and before.text.endswith(":")))

    def _bracket(self, token: Token) -> None:
        text = token.text
        if text in _OPENING:
            self._brackets.append("rows" if text == "{" and self._values == "names" else text)
            if self._brackets[-1] == "rows":
                self._values = "rows"
            if len(self._brackets) > self._limits.depth:
                raise QuerySyntaxError(f"{place(self._text, token.start)}: nested deeper than {self._limits.depth}")
        elif text in _CLOSING and self._brackets and self._brackets.pop() == "rows":
            self._values = ""
