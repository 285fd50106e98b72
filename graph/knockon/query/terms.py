"""Terms of an answer as people and programs want them: short and plain."""

from __future__ import annotations

import math
import re
from decimal import Decimal
from typing import Any

from pyoxigraph import Literal, NamedNode

from knockon.vocabulary import PREFIXES, XSD

_INTEGERS = frozenset(
    XSD + name
    for name in (
        "integer", "int", "long", "short", "byte", "nonNegativeInteger", "positiveInteger", "nonPositiveInteger",
        "negativeInteger", "unsignedInt", "unsignedLong", "unsignedShort", "unsignedByte",
    )
)  # fmt: skip
_INTEGER = re.compile(r"[+-]?[0-9]{1,4000}")
_DECIMAL = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)")
_LOCAL = re.compile(r"[^\W\d][\w\-]*(?:\.[\w\-]+)*|[0-9][\w\-]*(?:\.[\w\-]+)*")


def short(term: Any) -> str:
    """A term for people: IRIs under a known prefix in their short form, literals by their text.

    >>> short(NamedNode("https://w3id.org/knockon/id/nvidia")), short(Literal("a", language="en")), short(None)
    ('id:nvidia', 'a', '')
    """
    if isinstance(term, NamedNode):
        for prefix, namespace in PREFIXES.items():
            if term.value.startswith(namespace) and _LOCAL.fullmatch(term.value, len(namespace)):
                return f"{prefix}:{term.value[len(namespace) :]}"
    return text_of(term)


def text_of(term: Any) -> str:
    """The text of a term alone: a whole IRI, a literal without its datatype, ``_:`` and a label, nothing for no term.

    >>> text_of(Literal(5)), text_of(NamedNode("urn:x:a")), text_of(None)
    ('5', 'urn:x:a', '')
    """
    if term is None:
        return ""
    return term.value if isinstance(term, NamedNode | Literal) else str(term)


def value_of(term: Any) -> Any:
    """A term as a value of JSON; a number that JSON would round, or has not, stays text.

    >>> [value_of(Literal(value)) for value in (True, 5, 0.5, "five")]
    [True, 5, 0.5, 'five']
    >>> value_of(Literal("0.10", datatype=NamedNode(XSD + "decimal"))), value_of(Literal(math.inf))
    (0.1, 'INF')
    """
    if not isinstance(term, Literal):
        return None if term is None else text_of(term)
    kind, text = term.datatype.value, term.value
    if kind == XSD + "boolean" and text in {"true", "false", "1", "0"}:
        return text in {"true", "1"}
    if kind in _INTEGERS and _INTEGER.fullmatch(text):
        return int(text)
    if kind == XSD + "decimal" and _DECIMAL.fullmatch(text):
        number = float(text)
        return number if math.isfinite(number) and Decimal(repr(number)) == Decimal(text) else text
    if kind in {XSD + "double", XSD + "float"}:
        return _finite(text)
    return text


def _finite(text: str) -> Any:
    try:
        number = float(text)
    except ValueError:
        return text
    return number if math.isfinite(number) else text
