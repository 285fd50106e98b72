"""Format terms of an answer for people and programs."""

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


def short_form(term: Any) -> str:
    """Format a term for people: IRIs with a known prefix in short form, literals as their text.

    >>> short_form(NamedNode("https://w3id.org/knockon/id/nvidia")), short_form(Literal("a", language="en")), short_form(None)
    ('id:nvidia', 'a', '')
    """
    if isinstance(term, NamedNode):
        for prefix, namespace in PREFIXES.items():
            if term.value.startswith(namespace) and _LOCAL.fullmatch(term.value, len(namespace)):
                return f"{prefix}:{term.value[len(namespace) :]}"
    return term_text(term)


def term_text(term: Any) -> str:
    """Return the text of a term: a whole IRI, a literal without its datatype, ``_:`` and a label, empty for no term.

    >>> term_text(Literal(5)), term_text(NamedNode("urn:x:a")), term_text(None)
    ('5', 'urn:x:a', '')
    """
    if term is None:
        return ""
    return term.value if isinstance(term, NamedNode | Literal) else str(term)


def term_value(term: Any) -> Any:
    """Convert a term to a JSON value; numbers that JSON would round or cannot represent stay text.

    >>> [term_value(Literal(value)) for value in (True, 5, 0.5, "five")]
    [True, 5, 0.5, 'five']
    >>> term_value(Literal("0.10", datatype=NamedNode(XSD + "decimal"))), term_value(Literal(math.inf))
    (0.1, 'INF')
    """
    if not isinstance(term, Literal):
        return None if term is None else term_text(term)
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
