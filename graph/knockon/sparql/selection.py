"""Which triples a simple query can match, so that it can be asked of those alone: most target queries are simple.

A query is simple if it is ``SELECT ?a ?b { ... }`` with nothing but triple patterns whose predicates are names or paths of
names, groups, UNION, comparisons, FILTER EXISTS and NOT EXISTS, and BIND of a name. Each pattern of such a query matches the
same on all data as on any part that has the triples with the predicates that it names, and so the rows are the same.

A path that may have no step, such as ``ko:partOf*``, also matches every node of the data with itself. It is allowed where
another step of it, or another pattern of its group or of a group around it, ties one of its ends to triples that are selected:
``ko:provider/ko:partOf*``, or ``?site ko:jurisdiction ?home FILTER NOT EXISTS { ?home ko:partOf* ?land }``.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from knockon.sparql.tokens import Token, tokens
from knockon.vocabulary import PREFIXES, RDF

_TYPE = RDF + "type"
#: The most brackets of a simple query, which may all be nested.
_MAX_BRACKETS = 50


class Selection(NamedTuple):
    """A selection of triples: those with one of some predicates, and the types that are one of some classes, by IRI."""

    predicates: frozenset[str]
    classes: frozenset[str]

    def has(self, predicate: str, value: str = "") -> bool:
        """Return whether the selection has triples with a predicate and a value.

        >>> selection = Selection(frozenset({"urn:x:p"}), frozenset({"urn:x:C"}))
        >>> selection.has("urn:x:p"), selection.has(RDF + "type", "urn:x:C"), selection.has(RDF + "type", "urn:x:D")
        (True, True, False)
        """
        return predicate in self.predicates or (predicate == _TYPE and value in self.classes)


def union(selections: Iterable[Selection]) -> Selection:
    """Return the selection of what any of some selections has.

    >>> both = union([Selection(frozenset({"urn:x:p"}), frozenset()), Selection(frozenset(), frozenset({"urn:x:C"}))])
    >>> both.has("urn:x:p"), both.has(RDF + "type", "urn:x:C"), both.has("urn:x:q")
    (True, True, False)
    """
    selections = list(selections)
    return Selection(
        frozenset().union(*(selection.predicates for selection in selections)),
        frozenset().union(*(selection.classes for selection in selections)),
    )


@lru_cache(maxsize=256)
def selection_of(text: str) -> Selection | None:
    """Return the triples that a simple query can match; None if the query is not simple.

    >>> selection = selection_of("SELECT ?target { ?target a ko:Supply ; ko:provider/ko:partOf* id:acme }")
    >>> sorted(iri.rpartition("#")[2] for iri in selection.predicates), sorted(selection.classes)
    (['partOf', 'provider'], ['https://w3id.org/knockon/ns#Supply'])
    >>> selection_of("SELECT ?target { ?target ?any id:acme }"), selection_of("SELECT ?target { ?target ko:partOf* ?any }")
    (None, None)
    """
    if text.count("{") + text.count("(") > _MAX_BRACKETS:
        return None
    reader = _Reader(list(tokens(text)))
    try:
        reader.query()
    except _NotSimpleError:
        return None
    return Selection(frozenset(reader.predicates), frozenset(reader.classes))


class _NotSimpleError(Exception):
    """The query has something else than triple patterns whose predicates are names."""


class _Reader:
    """Reads a simple query, and gathers the predicates and classes that it names."""

    def __init__(self, read: list[Token]) -> None:
        # A token that ends every rule.
        self.read, self.at = [*read, Token("end", "", -1)], 0
        self.predicates: set[str] = set()
        self.classes: set[str] = set()
        #: The variables that the patterns of each group around a place tie to triples, the innermost group last.
        self.tied: list[set[str]] = []
        #: The ends of each path that may have no step, with what is tied around it.
        self.loose: list[tuple[set[str], tuple[set[str], ...]]] = []

    @property
    def token(self) -> Token:
        return self.read[self.at]

    def take(self, *texts: str) -> bool:
        """Go past a symbol or keyword if it is next."""
        found = self.token.kind in {"other", "keyword"} and self.token.text.upper() in texts
        self.at += found
        return found

    def expect(self, *texts: str) -> None:
        if not self.take(*texts):
            raise _NotSimpleError

    def query(self) -> None:
        self.expect("SELECT")
        self.take("DISTINCT")
        while self.token.kind == "variable":
            self.at += 1
        self.take("WHERE")
        self.group()
        if self.token.kind != "end" or any(ends.isdisjoint(set().union(*around)) for ends, around in self.loose):
            raise _NotSimpleError

    def group(self) -> None:
        self.expect("{")
        self.tied.append(set())
        while not self.take("}"):
            if self.token.text == "{":
                self.group()
                while self.take("UNION"):
                    self.group()
            elif self.take("FILTER"):
                self.filter()
            elif self.take("BIND"):
                self.binding()
            else:
                self.triples()
            self.take(".")
        self.tied.pop()

    def filter(self) -> None:
        negated = self.take("NOT")
        if self.take("EXISTS"):
            self.group()
            return
        if negated or self.token.text != "(":
            raise _NotSimpleError
        depth = 0
        while depth or self.token.text == "(":
            kind, text, _ = self.token
            if kind in {"end", "keyword"} or text in {"{", "}"}:
                raise _NotSimpleError
            depth += (text == "(") - (text == ")")
            self.at += 1

    def binding(self) -> None:
        self.expect("(")
        self.iri()
        self.expect("AS")
        if self.token.kind != "variable":
            raise _NotSimpleError
        self.at += 1
        self.expect(")")

    def triples(self) -> None:
        subject = self.node()
        self.properties(subject)
        while self.take(";"):
            if self.token.text not in {".", "}"}:
                self.properties(subject)

    def properties(self, subject: Token) -> None:
        """Go past a predicate and its objects."""
        start = self.at
        named, optional = self.path()
        is_type = named == {_TYPE} and self.at == start + 1
        while True:
            value = self.node()
            if is_type and value.kind != "variable":
                self.classes.add(self.named(value))
            else:
                self.predicates |= named
            self.tie(subject, value, optional=optional)
            if not self.take(","):
                return

    def tie(self, subject: Token, value: Token, *, optional: bool) -> None:
        """Keep what a pattern says of its ends."""
        variables = {end.text[1:] for end in (subject, value) if end.kind == "variable"}
        if optional:
            self.loose.append((variables, tuple(self.tied)))
        else:
            self.tied[-1] |= variables

    def node(self) -> Token:
        """Go past a subject or an object: a variable, a name or a number."""
        token = self.token
        self.at += 1
        if token.kind not in {"variable", "number"}:
            self.named(token)
        return token

    def path(self) -> tuple[set[str], bool]:
        """Go past alternatives, and return the predicates, and whether the path may have no step."""
        named, optional = self.sequence()
        while self.take("|"):
            others, may_be_none = self.sequence()
            named, optional = named | others, optional or may_be_none
        return named, optional

    def sequence(self) -> tuple[set[str], bool]:
        named, optional = self.step()
        while self.take("/"):
            others, may_be_none = self.step()
            named, optional = named | others, optional and may_be_none
        return named, optional

    def step(self) -> tuple[set[str], bool]:
        self.take("^")
        if self.take("("):
            named, optional = self.path()
            self.expect(")")
        else:
            named, optional = {_TYPE} if self.token.text == "a" and self.take("A") else {self.iri()}, False
        if self.take("*", "?"):
            optional = True
        else:
            self.take("+")
        return named, optional

    def iri(self) -> str:
        """Go past a name, and return its IRI."""
        self.at += 1
        return self.named(self.read[self.at - 1])

    def named(self, token: Token) -> str:
        """Return the IRI that a token names."""
        kind, text, _ = token
        prefix, _, local = text.partition(":")
        if kind == "iri" and "\\" not in text and ":" in text:
            return text[1:-1]
        if kind == "prefixed" and prefix in PREFIXES and "\\" not in local:
            return PREFIXES[prefix] + local
        raise _NotSimpleError


__all__ = ["Selection", "selection_of", "union"]
