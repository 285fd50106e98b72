"""Texts in a query that no record has as they are written, though with another language or in other letters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyoxigraph import Literal, QuerySolutions

from knockon.sparql.tokens import Token, tokens
from knockon.vocabulary import XSD

if TYPE_CHECKING:
    from knockon.store.base import Store

#: The most texts of the data that are suggested for one of the query.
_MAX_SUGGESTED = 3
#: The longest text that is looked for.
_MAX_LENGTH = 500
#: Keywords before a parenthesis that is not the arguments of a function.
_GROUPING = frozenset({"FILTER", "BIND", "HAVING", "IN", "VALUES", "SELECT", "BY", "DISTINCT", "WHERE", "UNION", "OPTIONAL"})
_ESCAPES = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f"}
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)


@dataclass(frozen=True, slots=True)
class AbsentText:
    """A text that no record has in this form.

    Attributes
    ----------
    written
        The text as the query has it: ``'NVIDIA'``.
    present
        The same text as records have it, in SPARQL: ``"NVIDIA"@en``.
    """

    written: str
    present: tuple[str, ...]


def absent_texts(store: Store, text: str) -> list[AbsentText]:
    """Return the texts of a query that are in no triple of a store, and are in some with another language or other letters.

    Arguments of functions, and what is compared with the result of one, are left out: these need not be in the data.

    >>> from knockon.model import Company, DataSet, DataSetInfo
    >>> from knockon.store.oxigraph import MemoryStore
    >>> acme = Company(id="https://example.org/acme", label="Acme")
    >>> store = MemoryStore(DataSet(DataSetInfo(id="https://example.org/data-x", title="X"), (acme,)))
    >>> absent_texts(store, "SELECT * { ?x rdfs:label 'acme' }")
    [AbsentText(written="'acme'", present=('"Acme"@en',))]
    """
    absent = []
    for written, literal in dict(_texts(text)).items():
        if any(True for _ in store.quads(None, None, literal)):
            continue
        if present := _same_text(store, literal):
            absent.append(AbsentText(written, present))
    return absent


def _same_text(store: Store, literal: Literal) -> tuple[str, ...]:
    """Return the texts of a store that differ from a literal only in language or case, in SPARQL: the same letters first."""
    if len(literal.value) > _MAX_LENGTH:
        return ()
    wanted = Literal(literal.value)
    asked = f"SELECT DISTINCT ?o {{ ?s ?p ?o FILTER(isLiteral(?o) && LCASE(STR(?o)) = LCASE({wanted})) }}"
    answer = store.query(asked)
    assert isinstance(answer, QuerySolutions)  # noqa: S101 - a SELECT has rows
    found = [row[0] for row in answer if row[0].datatype.value == XSD + "string" or row[0].language]
    found.sort(key=lambda term: (term.value != literal.value, str(term)))
    return tuple(map(str, found[:_MAX_SUGGESTED]))


def _texts(text: str) -> Iterator[tuple[str, Literal]]:
    """Yield the texts of a query that must be in the data, as written and as literals."""
    found = list(tokens(text))
    functions: list[bool] = []
    for index, token in enumerate(found):
        if token.text == "(":
            functions.append(_calls_function(found[index - 1] if index else None))
        elif token.text == ")" and functions:
            functions.pop()
        elif token.kind == "string" and not any(functions) and not _is_compared_with_function(found, index):
            after = found[index + 1] if index + 1 < len(found) else Token("", "", 0)
            if after.text != "^^" and (value := _value(token.text)):
                language = after.text[1:].lower() if after.kind == "language" else None
                written = token.text + (after.text if language else "")
                yield written, Literal(value, language=language) if language else Literal(value)


def _calls_function(before: Token | None) -> bool:
    if before is None:
        return False
    return before.kind in {"prefixed", "iri"} or (before.kind == "keyword" and before.text.upper() not in _GROUPING)


def _is_compared_with_function(found: list[Token], index: int) -> bool:
    """Return whether a text is compared with a result: ``STR(?name) = "Acme"``, or the other way round."""
    before, after = found[max(index - 2, 0) : index], found[index + 1 : index + 3]
    if len(before) == 2 and before[1].text in {"=", "<", ">"} and before[0].text not in {"(", "!"}:
        return before[0].text == ")"
    if len(before) == 2 and before[1].text == "=" and before[0].text == "!":
        return True  # what is unequal to a text need not have it
    return len(after) == 2 and after[0].text == "=" and after[1].kind in {"keyword", "prefixed", "iri"}


def _value(token: str) -> str:
    """Return the text of a token in quotes."""
    quote = token[:3] if token[:3] in {'"""', "'''"} else token[:1]

    def character(match: re.Match[str]) -> str:
        if code := match[1] or match[2]:
            return chr(int(code, 16))
        return _ESCAPES.get(match[3], match[3])

    return _ESCAPE.sub(character, token[len(quote) : -len(quote)])


__all__ = ["AbsentText", "absent_texts"]
