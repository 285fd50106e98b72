"""Refuse RDF/XML before it is parsed if it has entities, or too many nested elements, attributes or namespaces.

Entities can expand without limit (an entity of ten entities of ten entities ...; a long one used often), and the RDF parser
expands them wherever it finds a declaration, even in a comment of the DOCTYPE. So the text is first read by expat, which
stops at the first declaration and reports lines.
"""

from __future__ import annotations

import re
from typing import Any

from knockon.errors import Problem
from knockon.rdf.turtle import LONGEST, line_at

#: The deepest nesting of elements, the most attributes of an element, and the most namespaces declared at one place.
DEPTH, ATTRIBUTES, NAMESPACES = 500, 2_000, 500
_CHUNK = 1 << 20
#: The text before a DOCTYPE.
_BEFORE = re.compile(rb"(?:\s+|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)
_ENTITY = b"<!ENTITY"
_ASCII = bytes(code if code < 0x80 else ord("a") for code in range(256))
_WITHOUT_ENTITIES = (
    "convert it with `riot --output=rdfxml in.rdf > out.rdf` or rdflib, which insert the values, or save it as Turtle; "
    "or replace the entities by their values and remove the DOCTYPE"
)


def fault_of(content: bytes, source: str) -> Problem | None:
    """Return the problem with an RDF/XML text that must not be parsed, or None.

    >>> fault_of(b'<!DOCTYPE a [<!ENTITY b "c">]><a/>', "a.rdf").message
    'declares XML entities, which are not read: they can expand without limit'
    """
    check = _Check(content, source)
    fault = check.fault()
    if fault and check.invalid_character and not content.isascii() and _is_utf_8(content):
        # Expat only allows the letters of Unicode 2.0 in names, so all others are replaced by an ASCII letter.
        return _Check(content.translate(_ASCII), source).fault()
    return fault


def _is_utf_8(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


class _Refused(Exception):
    """Signal to stop expat."""


class _Check:
    """One pass of expat over a text."""

    def __init__(self, content: bytes, source: str) -> None:
        # Imported here since it is slow, and most commands do not read RDF/XML.
        from xml.parsers import expat

        self.content, self.source = content, source
        self.problem: Problem | None = None
        self.invalid_character = False
        self.depth = self.last_event = 0
        # For each open element that declares namespaces, its depth and their number.
        self.declared: list[tuple[int, int]] = []
        self.parser: Any = expat.ParserCreate("utf-8")
        self.error = expat.ExpatError
        self.reason, self.invalid_token = expat.ErrorString, expat.errors.codes[expat.errors.XML_ERROR_INVALID_TOKEN]
        self.parser.XmlDeclHandler = self._declaration
        self.parser.EntityDeclHandler = lambda *_: self._refuse(*_ENTITIES)
        self.parser.EndDoctypeDeclHandler = self._doctype
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end

    def fault(self) -> Problem | None:
        """Return the first problem, or None."""
        try:
            for start in range(0, len(self.content), _CHUNK):
                self.parser.Parse(self.content[start : start + _CHUNK], False)
                # Some versions of expat read unfinished markup again with each chunk; others defer it.
                if start - self.parser.CurrentByteIndex > LONGEST:
                    self._refuse(*_TOO_LONG, self.last_event)
            self.parser.Parse(b"", True)
        except _Refused:
            return self.problem
        except self.error as error:
            self.invalid_character = error.code == self.invalid_token
            return Problem(self.source, error.lineno, f"is not well-formed XML: {self.reason(error.code)}")
        return None

    def _refuse(self, message: str, hint: str, place: int | None = None) -> None:
        line = self.parser.CurrentLineNumber if place is None else line_at(self.content, place)
        self.problem = Problem(self.source, line, message, hint)
        raise _Refused

    def _declaration(self, version: str, encoding: str | None, standalone: int) -> None:  # noqa: ARG002 - expat passes them
        if encoding and encoding.lower() not in {"utf-8", "utf8"}:
            hint = f"save it as UTF-8 and state that in its first line: iconv -f {encoding[:40]} -t UTF-8"
            self._refuse(f"is in {encoding[:40]!r}; RDF/XML is read in UTF-8 only", hint)

    def _doctype(self) -> None:
        before = _BEFORE.match(self.content)
        start = before.end() if before else 0
        text = self.content[start : self.parser.CurrentByteIndex + 1]
        if (place := text.find(_ENTITY)) >= 0:
            self._refuse(*_ENTITIES, start + place)
        # For the RDF parser, the DOCTYPE may end where as many brackets are closed as are open.
        level = 0
        for bracket in re.finditer(rb"[<>]", text):
            level += 1 if bracket[0] == b"<" else -1
            if level == 0 and bracket.end() == len(text):
                return
            if level <= 0:
                break
        self._refuse("has a DOCTYPE with < or > inside a text or a comment", "remove the DOCTYPE", start)

    def _start(self, _: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > DEPTH:
            hint = "give the inner nodes rdf:about or rdf:nodeID, and write them beside each other"
            self._refuse(f"elements are nested more than {DEPTH} deep", hint)
        if attributes:
            if len(attributes) > ATTRIBUTES:
                self._refuse(f"an element has more than {ATTRIBUTES:,} attributes", "write elements instead")
            new = sum(name.startswith("xmlns") for name in attributes)
            if new:
                self.declared.append((self.depth, new))
                if sum(count for _, count in self.declared) > NAMESPACES:
                    self._refuse(f"more than {NAMESPACES} namespaces are declared", "declare only those that are used")
        self._check_length()

    def _end(self, _: str) -> None:
        if self.declared and self.declared[-1][0] == self.depth:
            self.declared.pop()
        self.depth -= 1
        self._check_length()

    def _check_length(self) -> None:
        """Check the length of the text since the last event."""
        place = self.parser.CurrentByteIndex
        if place - self.last_event > LONGEST:
            self._refuse(*_TOO_LONG, self.last_event)
        self.last_event = place


_ENTITIES = ("declares XML entities, which are not read: they can expand without limit", _WITHOUT_ENTITIES)
_TOO_LONG = ("has a text or markup of more than 16 MB", "keep long texts in files of their own, and refer to them")
