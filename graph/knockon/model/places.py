"""Places in a document that evidence points at, other than spans of text: a row, a key, a pointer, a line, a page.

A place is written ``row:114``, and in RDF as the fragment of a standard where there is one
(``row=114``). The span of a text has its own selector: see ``Evidence``.
"""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import quote, unquote


class PlaceKind(NamedTuple):
    """One kind of place: the name of its field, and the IRI of the standard of its fragments, empty if it is our own."""

    name: str
    standard: str


#: The kinds of places. Web Annotation names standards by these IRIs.
PLACES: tuple[PlaceKind, ...] = (
    PlaceKind("row", "http://tools.ietf.org/rfc/rfc7111"),
    PlaceKind("key", ""),
    PlaceKind("pointer", "http://tools.ietf.org/rfc/rfc6901"),
    PlaceKind("line", "http://tools.ietf.org/rfc/rfc5147"),
    PlaceKind("page", "http://tools.ietf.org/rfc/rfc8118"),
)
_BY_STANDARD = {kind.standard: kind.name for kind in PLACES}
#: A JSON pointer: tokens after slashes, in which ~0 is ``~`` and ~1 is ``/``.
POINTER = r"(?:/(?:[^/~]|~[01])*)+"
#: The greatest number of a row, a line or a page.
GREATEST = 10**12
_WHOLE = re.compile("[1-9][0-9]{0,12}")
_LINE = re.compile("line=([0-9]{1,13}),([0-9]{1,13})")


def to_fragment(kind: str, value: int | str) -> str:
    """Return the fragment of a place in RDF.

    RFC 5147 counts the positions between lines, from 0: line 5 is between the
    positions 4 and 5. RFC 6901 has characters of a pointer percent-encoded.

    >>> to_fragment("row", 114), to_fragment("line", 5), to_fragment("pointer", "/a b/3"), to_fragment("key", "33 114")
    ('row=114', 'line=4,5', '/a%20b/3', 'key=33 114')
    """
    if kind == "pointer":
        return quote(str(value), safe="/~!$&'()*+,;=:@-._")
    if kind == "line":
        return f"line={int(value) - 1},{value}"
    return f"{kind}={value}"


def from_fragment(text: str, standard: str = "") -> tuple[str, str]:
    """Return the kind and the value of a place of which RDF has the fragment: the inverse of ``to_fragment``.

    Parameters
    ----------
    text
        The fragment.
    standard
        The IRI of the standard that it follows; empty if none is stated, then the fragment itself says which.

    Raises
    ------
    ValueError
        It is not the fragment of one place.

    Examples
    --------
    >>> from_fragment("row=114"), from_fragment("line=4,5"), from_fragment("/a%20b/3", "http://tools.ietf.org/rfc/rfc6901")
    (('row', '114'), ('line', '5'), ('pointer', '/a b/3'))
    """
    if standard not in _BY_STANDARD:
        raise ValueError(f"follows {standard!r}; use one of {', '.join(kind.standard for kind in PLACES if kind.standard)}")
    name, equals, value = text.partition("=")
    if standard == "":
        name = "pointer" if text.startswith("/") else name if equals else ""
    elif standard == _standard("pointer"):
        name = "pointer"
    elif _BY_STANDARD[standard] != name:
        name = ""
    if name == "pointer":
        return name, unquote(text, errors="strict")
    if name == "key" and value:
        return name, value
    if name in {"row", "page"} and _WHOLE.fullmatch(value):
        return name, value
    if name == "line" and (match := _LINE.fullmatch(text)) and int(match[2]) == int(match[1]) + 1:
        return name, match[2]
    raise ValueError(f"{text[:100]!r} is not a place; write row=114, key=33114, /a/3, line=4,5 (the fifth line) or page=12")


def _standard(name: str) -> str:
    return next(kind.standard for kind in PLACES if kind.name == name)


__all__ = ["GREATEST", "PLACES", "POINTER", "PlaceKind", "from_fragment", "to_fragment"]
