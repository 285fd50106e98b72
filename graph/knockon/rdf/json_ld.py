"""Refuse JSON-LD with too deep nesting or too large contexts before it is parsed.

The parser defines a term of a context after the terms that it is built from, recursively: a chain of ten thousand overflows
its stack. Each context copies the outer one, so that work and memory grow with the product of their sizes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from itertools import accumulate
from typing import Any, NamedTuple

from knockon.errors import Problem
from knockon.rdf.turtle import line_at

#: The deepest nesting of objects and lists.
DEPTH = 500
#: The most terms of a context that are built from terms that are themselves built from others; most contexts have none.
CHAINED = 500
#: The most terms that are copied for nested contexts: a fixed number, and more for each byte of the file.
_COPIES, _COPIES_PER_BYTE = 5_000_000, 10
#: The most terms in memory at the same time, in nested contexts.
_AT_ONCE = 1_000_000

STRING = re.compile(rb'"(?>(?:[^"\\]++|\\.)*)"', re.DOTALL)
_OPENING, _CLOSING = b"[{", b"]}"
_NO_BRACKET = bytes(set(range(256)) - {*_OPENING, *_CLOSING})


def fault_of(content: bytes, source: str) -> Problem | None:
    """Return the problem with a JSON-LD text that must not be parsed, or None.

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
        return Problem(source, None, f"{contexts.chained:,} terms of a @context are built from one another", hint)
    # The context of a term is used wherever the term is; only the parser knows how often.
    copies = contexts.terms * (contexts.objects if contexts.scoped else contexts.count)
    at_once = contexts.terms * depth if contexts.count > 1 else 0
    if copies > _COPIES + _COPIES_PER_BYTE * len(content) or at_once > _AT_ONCE:
        message = f"{contexts.count:,} contexts with {contexts.terms:,} terms are nested"
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
    contains_context: bool


class _Contexts:
    """Collector of the contexts of a text; objects are visited from the inside out."""

    def __init__(self) -> None:
        self.objects = self.count = self.terms = self.chained = 0
        self.scoped = False

    def visit(self, pairs: list[tuple[str, Any]]) -> _Object:
        """Summarize an object."""
        self.objects += 1
        has_context = contains_context = False
        for key, value in pairs:
            if key == "@context":
                has_context = True
                self.count += 1
                for context in value if isinstance(value, list) else [value]:
                    if isinstance(context, _Object):
                        self.terms += context.size
                        self.scoped |= context.contains_context
            elif isinstance(value, _Object):
                contains_context |= value.has_context
        if len(pairs) > CHAINED:
            self.chained = max(self.chained, _chained(pairs))
        return _Object(
            len(pairs), tuple(v for k, v in pairs if k[:1] == "@" and isinstance(v, str)), has_context, contains_context
        )


def _chained(pairs: Iterable[tuple[str, Any]]) -> int:
    """Count the keys that are built from keys that are built from others; a chain is at most two longer than that."""
    built_from: dict[str, list[str]] = {}
    for key, value in pairs:
        texts = (value,) if isinstance(value, str) else value.texts if isinstance(value, _Object) else ()
        built_from[key] = [part for text in (key, *texts) for part in (text, text.partition(":")[0]) if part != key]
    first = {key for key, parts in built_from.items() if any(part in built_from for part in parts)}
    return sum(any(part in first for part in built_from[key]) for key in first)
