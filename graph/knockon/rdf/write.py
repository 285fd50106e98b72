"""Serialise triples and quads in a format of RDF, and refuse what could not be read back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from pyoxigraph import Literal, Quad, RdfFormat, Triple, serialize

from knockon.errors import UsageError

#: Characters that XML 1.0 cannot represent, not even by number. (A class of all valid characters takes long to compile.)
_NOT_IN_XML = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
#: The end of an IRI from which the name of an element can be made.
_NAME = re.compile(r"[^\W\d][\w.\-]*\Z")
_HINT = "write ttl, nt, nq or trig"


def serialise(items: Iterable[Quad | Triple], form: RdfFormat, prefixes: Mapping[str, str]) -> bytes:
    r"""Serialise triples or quads in a format, in their order.

    Raises
    ------
    UsageError
        The format cannot represent one of them; the message names its subject, and formats that can.

    Examples
    --------
    >>> from pyoxigraph import NamedNode
    >>> triple = Triple(NamedNode("urn:x:a"), NamedNode("urn:x:label"), Literal("a\0b"))
    >>> print(serialise([triple], RdfFormat.N_TRIPLES, {}).decode(), end="")
    <urn:x:a> <urn:x:label> "a\u0000b" .
    >>> serialise([triple], RdfFormat.RDF_XML, {})
    Traceback (most recent call last):
    knockon.errors.UsageError: <urn:x:a> <urn:x:label>: XML cannot represent the character U+0000; write ttl, nt, nq or trig
    """
    item_list: list[Any] = list(items)
    if form == RdfFormat.RDF_XML:
        for item in item_list:
            _check_xml(item, item)
    if form == RdfFormat.JSON_LD:
        for item in item_list:
            if isinstance(item.object, Triple):
                raise _format_error(item, "JSON-LD cannot represent a triple term")
    text = serialize(item_list, format=form, prefixes=dict(prefixes)) or b""
    # An unescaped carriage return would be read as a line feed; it can only be in the text of a literal.
    return text.replace(b"\r", b"&#13;") if form == RdfFormat.RDF_XML else text


def _check_xml(item: Quad | Triple, whole: Quad | Triple) -> None:
    value: Any = item.object
    if not _NAME.search(item.predicate.value):
        raise _format_error(whole, f"XML cannot represent the property {item.predicate}, which does not end in a name")
    if isinstance(value, Literal) and (match := _NOT_IN_XML.search(value.value)):
        raise _format_error(whole, f"XML cannot represent the character U+{ord(match[0]):04X}")
    if isinstance(value, Triple):
        _check_xml(value, whole)


def _format_error(item: Quad | Triple, reason: str) -> UsageError:
    return UsageError(f"{item.subject} {item.predicate}: {reason}; {_HINT}")
