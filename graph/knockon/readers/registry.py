"""The readers of other formats by name; each is imported when it is used."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from typing import Any, Protocol, cast

from knockon.authoring.files import encoding_of_mark
from knockon.readers.collector import RecordCollector
from knockon.readers.foreign_file import ForeignFile

#: How many bytes of a file are looked at to recognise its format, and how many where its first value of JSON is longer.
_HEAD, _LONG_HEAD = 1 << 16, 1 << 23
_DECODER = json.JSONDecoder()
#: The endings of files that hold JSON.
_OF_JSON = (".json", ".jsonl", ".ndjson", ".ijson")
_LIST_OF_OBJECTS = re.compile(r'"([^"\\]{1,100})"\s*:\s*\[\s*\{')


@dataclass(frozen=True)
class Head:
    """The beginning of a file, by which its format is recognised."""

    file: ForeignFile

    @cached_property
    def text(self) -> str:
        """The first 64 KB as text; bytes that are not UTF-8 are replaced."""
        return self._read(_HEAD)

    @property
    def is_empty(self) -> bool:
        """Whether the file holds nothing, or blank lines alone."""
        return not self.text.strip("\ufeff \t\r\n\0") and not self.is_cut_off

    def _read(self, size: int) -> str:
        with self.file.open_binary() as stream:
            content = stream.read(size)
        return content.decode(self.file.encoding or encoding_of_mark(content) or "utf-8", "replace")

    @cached_property
    def first_json(self) -> Any:
        """The first value of JSON Lines, or the first member of a list in JSON; None if there is none within the first 8 MB.

        An object that is longer is known by its first list of objects alone, with the first member of that.
        """
        value = _first_value(self.text)
        # One entity with long texts is longer than the head; a file that is not JSON is not read further.
        is_cut_off = value is None and self.is_cut_off and self.text.lstrip()[:1] in ("{", "[")
        if not is_cut_off:
            return value
        text = self._read(_LONG_HEAD)
        return _first_value(text) or _first_list(text)

    @cached_property
    def json_fault(self) -> str:
        """Why the first value of a file of JSON cannot be looked at; empty if it can, or the file is none."""
        if self.file.ending not in _OF_JSON or self.first_json is not None:
            return ""
        text = self._read(_LONG_HEAD).lstrip("\ufeff \t\r\n")
        text = text[1:].lstrip() if text.startswith("[") else text
        try:
            _DECODER.raw_decode(text)
        except RecursionError:
            return "has too many levels of nesting"
        except ValueError as error:
            if self._is_longer_than(_LONG_HEAD):
                return f"begins with a value of more than {_LONG_HEAD // 1_000_000} MB, by which its format cannot be told"
            return f"is not valid JSON: {error}"
        return ""  # null

    def first_objects(self, most: int) -> list[dict[str, Any]]:
        """Return the first objects of JSON Lines, or of a list in JSON, as far as they are within the first 64 KB."""
        text = self.text.lstrip("\ufeff \t\r\n[")
        found: list[dict[str, Any]] = []
        try:
            while text.startswith("{") and len(found) < most:
                value, end = _DECODER.raw_decode(text)
                found.append(value)
                text = text[end:].lstrip(" \t\r\n,")
        except (ValueError, RecursionError):
            pass  # one that is cut off or broken; it is said when the file is read
        return found

    @cached_property
    def is_cut_off(self) -> bool:
        """Whether the file goes on after its text here."""
        return self._is_longer_than(_HEAD)

    def _is_longer_than(self, size: int) -> bool:
        with self.file.open_binary() as stream:
            return len(stream.read(size + 1)) > size


def _first_list(text: str) -> Any:
    """Return an object with the first list of objects in a text that is cut off, and of that its first member."""
    begins = _LIST_OF_OBJECTS.search(text) if text.lstrip().startswith("{") else None
    first = _first_value(text[begins.end() - 1 :]) if begins else None
    return {begins[1]: [first]} if begins and isinstance(first, dict) else None


def _first_value(text: str) -> Any:
    text = text.lstrip()
    text = text[1:].lstrip() if text.startswith("[") else text
    try:
        return _DECODER.raw_decode(text)[0]
    except (ValueError, RecursionError):
        return None


class ReaderModule(Protocol):
    """A module with a reader.

    One of a format whose files are parts of each other also has ``parts(files, recognised)``: the files that belong to
    those recognised, which alone are of no format.
    """

    def recognises(self, head: Head) -> bool:
        """Return whether a file with this beginning is of its format."""

    def read(self, files: Sequence[ForeignFile], collector: RecordCollector) -> None:
        """Read files of its format, and add their records to the collector."""


@dataclass(frozen=True, slots=True)
class Reader:
    """A reader of a format: its module, and what people choose it by.

    Attributes
    ----------
    module
        The module, which has the functions ``read`` and ``recognises``.
    title
        The format.
    recognised
        How it is recognised, in words.
    endings
        The endings of files that are looked at.
    part_hint
        How files come in that are a part of another one, where their names do not say so.
    """

    module: str
    title: str
    recognised: str
    endings: tuple[str, ...]
    part_hint: str = ""

    def load(self) -> ReaderModule:
        """Import the module."""
        return cast("ReaderModule", import_module(self.module))

    def recognises(self, head: Head) -> bool:
        """Return whether a file is of this format; its module is imported only if the ending fits."""
        return head.file.ending in self.endings and self.load().recognises(head)

    def fitting(self, heads: Mapping[ForeignFile, Head]) -> list[ForeignFile]:
        """Return the files that are of this format, or parts of those that are."""
        recognised = [file for file, head in heads.items() if self.recognises(head)]
        parts = getattr(self.load(), "parts", None) if recognised else None
        if parts is None:
            return recognised
        others = [file for file in heads if file.ending in self.endings]
        return [file for file in heads if file in {*recognised, *parts(others, recognised)}]

    def read(self, files: Sequence[ForeignFile], collector: RecordCollector) -> None:
        """Read the files of this format; of others that are beside them in a folder or archive a notice says so.

        Raises
        ------
        InvalidData
            No file of a folder is of this format.
        """
        fitting = list(files)
        if not all(file.named for file in files):
            recognised = self.fitting({file: Head(file) for file in files})
            fitting = [file for file in files if file.named or file in recognised]
        if not fitting:
            raise files[0].fail(None, f"neither this nor another file here is {self.title}", f"recognised: {self.recognised}")
        for file in files:
            if file not in fitting:
                collector.pass_over(file, f"it is not {self.title}", self.part_hint)
        self.load().read(fitting, collector)


#: The readers by the name that ``--mapping`` takes.
READERS: Mapping[str, Reader] = {
    "bods": Reader(
        "knockon.readers.bods",
        "Beneficial Ownership Data Standard 0.1 to 0.4 (JSON, JSON Lines)",
        "statements with a statementId, or a statementID and statementType",
        (".json", ".jsonl", ".ndjson"),
    ),
    "ftm": Reader(
        "knockon.readers.ftm",
        "FollowTheMoney entities (JSON Lines)",
        "entities with a schema and properties",
        (".json", ".jsonl", ".ndjson", ".ijson"),
    ),
    "rdf": Reader(
        "knockon.readers.foreign_rdf",
        "RDF of IOF supply chains, GLEIF, W3C ORG, FIBO (Turtle, N-Triples, N-Quads, TriG, JSON-LD, RDF/XML)",
        "the namespace of one of these vocabularies",
        (".ttl", ".turtle", ".nt", ".nq", ".trig", ".jsonld", ".json", ".rdf", ".owl", ".xml"),
    ),
    "graphml": Reader("knockon.readers.graphml", "GraphML", "an element graphml", (".graphml", ".xml")),
    "gexf": Reader("knockon.readers.gexf", "GEXF 1.2 and 1.3", "an element gexf", (".gexf", ".xml")),
    "node-link": Reader(
        "knockon.readers.node_link",
        "node-link JSON of networkx and d3, and Cytoscape JSON",
        "an object with nodes, and links or edges",
        (".json",),
    ),
    "neo4j": Reader(
        "knockon.readers.neo4j_csv",
        "CSV files of neo4j-admin, or of APOC",
        "columns :ID, or :START_ID and :END_ID; _id and _labels, or _start and _end",
        (".csv", ".tsv", ".txt"),
        "rows of Neo4j whose header is another file are read with --mapping neo4j, and the header named before them",
    ),
    "cyclonedx": Reader(
        "knockon.readers.cyclonedx", "CycloneDX 1.x (JSON, XML)", "bomFormat, or the namespace of CycloneDX", (".json", ".xml")
    ),
    "spdx": Reader(
        "knockon.readers.spdx", "SPDX 2.x and 3.0 (JSON)", "spdxVersion, or the context of SPDX 3", (".json", ".jsonld")
    ),
}


__all__ = ["READERS", "Head", "Reader", "ReaderModule"]
