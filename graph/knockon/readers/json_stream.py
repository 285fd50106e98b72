"""Read the values of JSON files one after the other: items of an array, lines of JSON Lines, or one value.

Only one value is in memory at a time. Numbers are decimals, so that 0.1 stays 0.1.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from decimal import Decimal, InvalidOperation
from typing import NamedTuple, TextIO

from knockon.readers.collector import RecordCollector
from knockon.readers.foreign_file import ZERO_BYTE, ForeignFile
from knockon.readers.json_names import ObjectHook, RepeatedName, lines_of_objects, named_once
from knockon.readers.record_drafts import Place

#: The most characters of one value.
MAX_VALUE = 100_000_000
#: The endings of files with a value on each line.
LINES = frozenset({".jsonl", ".ndjson", ".ijson"})
_CHUNK = 1 << 18
_DEEP = "is nested too deeply for JSON of this kind"
_SPACE = " \t\r\n"


class JsonValue(NamedTuple):
    """A value, and where it is written."""

    place: Place
    value: object


def _to_number(text: str) -> Decimal | str:
    try:
        return Decimal(text)
    except InvalidOperation:  # an exponent that no number has
        return text


def _decoder(hook: Callable[[list[tuple[str, object]]], object]) -> json.JSONDecoder:
    """Return what reads JSON: NaN and Infinity are none, but programs write them for "no value"."""
    return json.JSONDecoder(parse_float=_to_number, parse_int=Decimal, parse_constant=lambda _: None, object_pairs_hook=hook)


_DECODER = _decoder(named_once)


def json_values(file: ForeignFile, document: str, collector: RecordCollector | None = None) -> Iterator[JsonValue]:
    """Yield the values of a file: the items of its array, its lines, or its one value.

    A line that is not JSON is a reject of ``collector``, and so is a value in which an object has a name twice; with None
    it is skipped.

    Raises
    ------
    InvalidData
        The file is not JSON: with the line.
    """
    if file.ending in LINES:
        yield from _lines(file, document, collector)
        return
    with file.open_text() as stream:
        buffer = _Buffer(stream, file)
        start = buffer.peek()
        if not start:
            raise file.fail(1, "is empty", "it should hold JSON")
        one_a_line = start == "{" and buffer.line_is_value()
        if not one_a_line:
            for place, value, fault in buffer.items() if start == "[" else buffer.sequence():
                if not fault:
                    yield JsonValue(place, value)
                elif collector is not None:
                    collector.progress()
                    collector.reject(document, place, fault)
    if one_a_line:
        yield from _lines(file, document, collector)


def json_document(file: ForeignFile) -> object:
    """Return the one value of a file.

    Raises
    ------
    InvalidData
        The file is not JSON, or too large to be one document.
    """
    with file.open_text() as stream:
        buffer = _Buffer(stream, file)
        if not buffer.peek():
            raise file.fail(1, "is empty", "it should hold JSON")
        line, value, fault = buffer.decode()
        if fault:
            raise file.fail(line, fault)
        if buffer.peek():
            raise file.fail(buffer.line, "has more than one value of JSON")
        return value


def _lines(file: ForeignFile, document: str, collector: RecordCollector | None) -> Iterator[JsonValue]:
    decode = _DECODER.raw_decode
    with file.open_text(keeps_zeros=True) as stream:
        for number, line in enumerate(stream.lines(MAX_VALUE + 1), 1):
            if len(line) > MAX_VALUE:
                raise file.fail(number, f"is longer than {MAX_VALUE:,} characters")
            text = line.strip()
            if not text:
                continue
            place = Place(f"line:{number}", number)
            try:
                value, end = decode(text)
                if end != len(text):
                    _DECODER.decode(text)  # which says what is wrong
            except (ValueError, RecursionError) as error:
                if collector is not None:
                    collector.progress()
                    fault = _DEEP if isinstance(error, RecursionError) else f"is not valid JSON: {error}"
                    fault = str(error) if isinstance(error, RepeatedName) else ZERO_BYTE if "\0" in text else fault
                    collector.reject(document, place, fault)
                continue
            yield JsonValue(place, value)


class _Decoded(NamedTuple):
    """A value, where it is written, and why it is not to be read: an object in it has a name twice, and that is the place."""

    place: Place
    value: object
    fault: str


class _Buffer:
    """The text of a file from the place on that is being read."""

    def __init__(self, stream: TextIO, file: ForeignFile) -> None:
        self.stream, self.file = stream, file
        self.text, self.at, self.line, self.ended = "", 0, 1, False

    def peek(self) -> str:
        """Return the next character that is not a space, without reading it; empty at the end."""
        while True:
            while self.at < len(self.text) and self.text[self.at] in _SPACE:
                self._advance(self.at + 1)
            if self.at < len(self.text):
                return self.text[self.at]
            if not self._fill():
                return ""

    def line_is_value(self) -> bool:
        """Return whether the rest of this line is one value, and another line follows: JSON Lines."""
        while "\n" not in self.text[self.at :] and self._fill():
            pass
        line, newline, rest = self.text[self.at :].partition("\n")
        try:
            _DECODER.decode(line)
        except (ValueError, RecursionError):
            return False
        return bool(newline and rest.strip())

    def items(self) -> Iterator[_Decoded]:
        """Yield the items of the array that begins here."""
        self._advance(self.at + 1)
        number, following = 0, self.peek()
        while following != "]":
            line, value, fault = self.decode()
            yield _Decoded(Place(f"pointer:/{number}", line), value, fault)
            number += 1
            following = self.peek()
            if following == ",":
                self._advance(self.at + 1)
                if self.peek() == "]":
                    raise self.file.fail(self.line, "is not valid JSON: a comma before ]")
            elif following != "]":
                raise self.file.fail(
                    self.line,
                    "is not valid JSON: the array has no end" if not following else "is not valid JSON: a comma is missing",
                )
        self._advance(self.at + 1)
        if self.peek():
            raise self.file.fail(self.line, "is not valid JSON: text after the end of the array")

    def sequence(self) -> Iterator[_Decoded]:
        """Yield the values that follow each other; a single one is the whole document."""
        line, value, fault = self.decode()
        if not self.peek():
            yield _Decoded(Place("", line), value, fault)
            return
        yield _Decoded(Place(f"line:{line}", line), value, fault)
        while self.peek():
            line, value, fault = self.decode()
            yield _Decoded(Place(f"line:{line}", line), value, fault)

    def decode(self) -> tuple[int, object, str]:
        """Read the value that begins here; return its line, the value, and its fault: an object in it has a name twice.

        The line of a fault is that of the object.
        """
        decoder, hook = _DECODER, ObjectHook(named_once)
        while True:
            try:
                value, end = decoder.raw_decode(self.text, self.at)
            except RecursionError:
                raise self.file.fail(self.line, _DEEP) from None
            except RepeatedName:
                # Once more, to know where the value ends.
                decoder = _decoder(hook)
            except json.JSONDecodeError as error:
                cut_off = error.msg.startswith("Unterminated") or error.pos > len(self.text) - 16
                if not (cut_off and self._fill()):
                    line = self.line + self.text.count("\n", self.at, error.pos)
                    raise self.file.fail(line, f"is not valid JSON: {error.msg}") from None
                hook.restart()
            else:
                # A number at the end of the buffer may go on.
                if end < len(self.text) or isinstance(value, dict | list | str) or not self._fill():
                    return self._take(end, value, hook)
                hook.restart()

    def _take(self, end: int, value: object, hook: ObjectHook) -> tuple[int, object, str]:
        """Return what ``decode`` returns of a value that ends there, and go on behind it."""
        line, fault = self.line, ""
        if hook.repeated:
            first = hook.repeated[0]
            line += lines_of_objects(self.text[self.at : end], [first.number])[first.number] - 1
            fault = first.fault
        self._advance(end)
        return line, value, fault

    def _advance(self, to: int) -> None:
        self.line += self.text.count("\n", self.at, to)
        self.at = to

    def _fill(self) -> bool:
        """Read on, each time as much again as there is; return False at the end of the file."""
        kept = self.text[self.at :]
        if len(kept) > MAX_VALUE:
            raise self.file.fail(self.line, f"has a value of more than {MAX_VALUE:,} characters")
        more = self.stream.read(max(_CHUNK, len(kept)))
        self.text, self.at = kept + more, 0
        return bool(more)
