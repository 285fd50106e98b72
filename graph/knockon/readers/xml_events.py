"""Read XML of other programs as a stream of events: no entities, no other files, nothing nested without end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from knockon.errors import InvalidData
from knockon.readers.foreign_file import ForeignFile

#: The deepest nesting of elements, and the most attributes of one.
DEPTH, ATTRIBUTES = 200, 2_000
#: The longest text between two tags, in characters.
LONGEST = 10_000_000
_CHUNK = 1 << 16


class XmlEvent(NamedTuple):
    """The start or the end of an element, with its local name; at the end with the text directly inside it."""

    start: bool
    name: str
    namespace: str
    attributes: Mapping[str, str]
    text: str
    line: int


class _Refused(Exception):
    """Signal to stop expat, with a message."""


def xml_events(file: ForeignFile) -> Iterator[XmlEvent]:
    """Yield the elements of an XML file as they begin and end.

    Raises
    ------
    InvalidData
        It is not XML, declares entities, or is nested too deeply; with the line.
    """
    reader = _Expat()
    with file.open_binary() as stream:
        while True:
            chunk = stream.read(_CHUNK)
            try:
                reader.parser.Parse(chunk, not chunk)
            except _Refused as refused:
                raise _fail(file, reader, str(refused)) from None
            except reader.error as error:
                raise _fail(file, reader, f"is not XML: {error}") from None
            except (ValueError, LookupError) as error:  # an encoding that Python does not know
                raise _fail(file, reader, f"cannot be decoded: {error}") from None
            yield from reader.events
            reader.events.clear()
            if not chunk:
                return


def _fail(file: ForeignFile, reader: _Expat, message: str) -> InvalidData:
    return file.fail(reader.parser.CurrentLineNumber, message, "write it without a DOCTYPE" if "entities" in message else "")


class _Expat:
    """A parser that collects events."""

    def __init__(self) -> None:
        from xml.parsers import expat

        self.error = expat.ExpatError
        self.events: list[XmlEvent] = []
        self.texts: list[list[str]] = []
        self.size = 0
        self.parser: Any = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.EntityDeclHandler = self._refuse_entity
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text

    def _refuse_entity(self, *_: object) -> None:
        raise _Refused("declares XML entities, which are not read: they can expand without limit")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self.texts) >= DEPTH:
            raise _Refused(f"has elements nested more than {DEPTH} deep")
        if len(attributes) > ATTRIBUTES:
            raise _Refused(f"has an element with more than {ATTRIBUTES:,} attributes")
        self.texts.append([])
        self.size = 0
        plain = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
        self._add(True, name, plain, "")

    def _end(self, name: str) -> None:
        self._add(False, name, {}, "".join(self.texts.pop()).strip())

    def _add(self, start: bool, name: str, attributes: Mapping[str, str], text: str) -> None:
        namespace, _, local = name.rpartition(" ")
        self.events.append(XmlEvent(start, local, namespace, attributes, text, self.parser.CurrentLineNumber))

    def _text(self, text: str) -> None:
        self.size += len(text)
        if self.size > LONGEST:
            raise _Refused(f"has a text of more than {LONGEST:,} characters")
        self.texts[-1].append(text)


__all__ = ["XmlEvent", "xml_events"]
