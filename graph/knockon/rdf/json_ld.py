"""Refuse JSON-LD before it is parsed if its nesting or its contexts are unbounded.

The parser defines a term of a context by first defining the terms that it is made of, one inside the other: a chain of
ten thousand overflows its stack. Each context copies the one around it, so that work and memory grow with the product of both.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from itertools import accumulate
from typing import Any, NamedTuple

from knockon.errors import Problem
from knockon.rdf.turtle import line_at

#: Objects and lists in one another.
DEPTH = 500
#: Terms of a context that are made of terms that are made of others; there are none in most.
CHAINED = 500
#: Terms that are copied for contexts inside of others: this many, and for each byte of the file some more.
_COPIES, _COPIES_PER_BYTE = 5_000_000, 10
#: Terms that may be there at once, in contexts that are nested.
_AT_ONCE = 1_000_000

STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_OPENING, _CLOSING = b"[{", b"]}"
_NO_BRACKET = bytes(set(range(256)) - {*_OPENING, *_CLOSING})


def fault_of(content: bytes, source: str) -> Problem | None:
    """Return what is refused in a JSON-LD text, or None.

    >>> fault_of(b"[" * 501, "a.jsonld").message
    'objects and lists are nested more than 500 deep'
    """
    if (depth := _depth(content)) > DEPTH:
        hint = "write the inner objects beside each other in @graph, and refer to them by @id"
        return Problem(source, None, f"objects and lists are nested more than {DEPTH} deep", hint)
    if content.count(b'"') < CHAINED:
        return None
    contexts = _Contexts()
    try:
        json.loads(content.decode(), object_pairs_hook=contexts.visit, parse_int=len, parse_float=len, strict=False)
    except UnicodeDecodeError as error:
        return Problem(source, line_at(content, error.start), "is not text in UTF-8", "save it as UTF-8")
    except json.JSONDecodeError as error:
        return Problem(source, error.lineno, f"is not JSON: {error.msg} at column {error.colno}")
    except RecursionError:
        return Problem(
            source, None, "objects and lists are nested too deep", "write the inner objects beside each other in @graph"
        )
    if contexts.chained > CHAINED:
        hint = "write full IRIs into the @context"
        return Problem(source, None, f"{contexts.chained:,} terms of a @context are made of one another", hint)
    # A context of a term is used wherever the term is; how often that is, only the parser knows.
    copies = contexts.terms * (contexts.objects if contexts.scoped else contexts.count)
    at_once = contexts.terms * depth if contexts.count > 1 else 0
    if copies > _COPIES + _COPIES_PER_BYTE * len(content) or at_once > _AT_ONCE:
        message = f"{contexts.count:,} contexts with {contexts.terms:,} terms are used one inside the other"
        return Problem(source, None, message, "use one @context at the top, with the terms that are needed")
    return None


def _depth(content: bytes) -> int:
    brackets = STRING.sub(b"", content).translate(None, _NO_BRACKET)
    return max(accumulate(1 if bracket in _OPENING else -1 for bracket in brackets), default=0)


class _Object(NamedTuple):
    """A summary of an object: the number of its keys, the texts of its keywords, and the contexts in it."""

    size: int
    texts: tuple[str, ...]
    has_context: bool
    holds_one: bool


class _Contexts:
    """Collector of the contexts of a text; objects are visited from the inside out."""

    def __init__(self) -> None:
        self.objects = self.count = self.terms = self.chained = 0
        self.scoped = False

    def visit(self, pairs: list[tuple[str, Any]]) -> _Object:
        """Summarize an object."""
        self.objects += 1
        has_context = holds_one = False
        for key, value in pairs:
            if key == "@context":
                has_context = True
                self.count += 1
                for one in value if isinstance(value, list) else [value]:
                    if isinstance(one, _Object):
                        self.terms += one.size
                        self.scoped |= one.holds_one
            elif isinstance(value, _Object):
                holds_one |= value.has_context
        if len(pairs) > CHAINED:
            self.chained = max(self.chained, _chained(pairs))
        return _Object(len(pairs), tuple(v for k, v in pairs if k[:1] == "@" and isinstance(v, str)), has_context, holds_one)


def _chained(pairs: Iterable[tuple[str, Any]]) -> int:
    """Count the keys that are made of keys that are made of others: no chain is longer, by more than two."""
    made: dict[str, list[str]] = {}
    for key, value in pairs:
        texts = (value,) if isinstance(value, str) else value.texts if isinstance(value, _Object) else ()
        made[key] = [part for text in (key, *texts) for part in (text, text.partition(":")[0]) if part != key]
    first = {key for key, parts in made.items() if any(part in made for part in parts)}
    return sum(any(part in first for part in made[key]) for key in first)
