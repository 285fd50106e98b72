"""Serialise triples and quads in a format of RDF, and refuse what could not be read back."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import IO, Any

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
    text = io.BytesIO()
    serialise_into(text, list(items), form, prefixes)
    return text.getvalue()


def serialise_into(out: IO[bytes], items: Iterable[Quad | Triple], form: RdfFormat, prefixes: Mapping[str, str]) -> None:
    """Write triples or quads in a format into a file, one after the other.

    Raises
    ------
    UsageError
        As :func:`serialise`; a part is written then.
    """
    fault: list[UsageError] = []
    into: Any = _CarriageReturns(out) if form == RdfFormat.RDF_XML else out
    serialize(_until_fault(items, form, fault), into, form, prefixes=dict(prefixes))
    if fault:
        raise fault[0]


def _until_fault(items: Iterable[Any], form: RdfFormat, fault: list[UsageError]) -> Iterator[Any]:
    """Yield items up to one that a format cannot represent, of which the error is added to a list."""
    # What a generator raises does not come through the serializer as it is.
    for item in items:
        try:
            if form == RdfFormat.RDF_XML:
                _check_xml(item, item)
            elif form == RdfFormat.JSON_LD and isinstance(item.object, Triple):
                raise _format_error(item, "JSON-LD cannot represent a triple term")
        except UsageError as error:
            fault.append(error)
            return
        yield item


class _CarriageReturns:
    """A stream that writes carriage returns by number, as XML would read others as line feeds: they are only in literals."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out = out

    def write(self, content: bytes) -> int:
        self._out.write(content.replace(b"\r", b"&#13;"))
        return len(content)

    def flush(self) -> None:
        self._out.flush()


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
