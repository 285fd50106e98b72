"""Entities that tables name but no file declares, and the spellings of all names in tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from knockon.authoring.csv_form import class_by_name
from knockon.authoring.languages import with_language
from knockon.authoring.names import is_iri
from knockon.authoring.raw import Raw
from knockon.authoring.resolver import Resolver
from knockon.errors import Problem
from knockon.model import STATEMENTS, is_a
from knockon.model.validation_errors import HINTS, did_you_mean
from knockon.vocabulary import ID, local_name

#: The namespace of bundled data: its records are declared there, and are not created by naming them.
_BUNDLED = ID.removesuffix("id/")


class _Place(NamedTuple):
    """A line of a file."""

    file: str
    line: int


class _Named(NamedTuple):
    """What the first use of a name states of a record: its class, its label, where that is; its spelling if it is no IRI."""

    cls: str
    label: str
    place: _Place
    spelling: str | None


class ImpliedEntities:
    """Collector of the names in tables, which creates entities for names that are not declared.

    >>> implied = ImpliedEntities(Resolver("urn:x:", {"urn:x:acme": ("acme", "Acme")}), strict=False)
    >>> for line, name in enumerate(["Acme", "Nimbus Cloud", "NIMBUS cloud"], 2):
    ...     implied.add_name(name, implied.resolver.iri(name, loose=True), "a.csv", line)
    >>> [(raw.id, raw.cls, raw.data["label"], raw.data["altLabel"]) for raw in implied.entities()]
    [('urn:x:nimbus-cloud', 'Entity', 'Nimbus Cloud', ['NIMBUS cloud'])]
    """

    def __init__(self, resolver: Resolver, *, strict: bool, language: str = "") -> None:
        self.resolver, self.strict, self.language = resolver, strict, language
        self.problems: list[Problem] = []
        #: Each record that tables name. Most have one name: what others add is kept by itself, since it takes more memory.
        self._named: dict[str, _Named] = {}
        self._other_labels: dict[str, dict[str, None]] = {}
        #: The spellings of records beyond the first, with the first place of each; and of records whose class was refined
        #: later, or that an IRI named first, all of them.
        self._spellings: dict[str, dict[str, _Place]] = {}

    def add_name(self, text: str, full: str, file: str, line: int, word: str = "") -> None:
        """Record that a table uses the name ``text`` for the record ``full``, and the class ``word`` if it states one."""
        place, by_iri = _Place(file, line), is_iri(text)
        cls = self._class(word, file, line) if word else "Entity"
        label = local_name(full) if by_iri else with_language(text, self.language)
        earlier = self._named.get(full)
        if earlier is None:
            self._named[full] = _Named(cls, label, place, None if by_iri else text)
            return
        if not by_iri and text != earlier.spelling:
            self._spellings.setdefault(full, _first_spelling(earlier)).setdefault(text, place)
        if label != earlier.label:
            self._other_labels.setdefault(full, {}).setdefault(label)
        if is_a(cls, earlier.cls):
            if cls != earlier.cls:
                # The place of the record is that of its class then, and no longer that of its first spelling.
                self._spellings.setdefault(full, _first_spelling(earlier))
                self._named[full] = earlier._replace(cls=cls, place=place)
        elif not is_a(earlier.cls, cls):
            clash = f"{label} is a {cls} here and a {earlier.cls} elsewhere"
            hint = f"give it one class; {earlier.place.file}:{earlier.place.line} has the other"
            self.problems.append(Problem(file, line, clash, hint, f"{full} {cls} {earlier.cls}"))

    def spellings(self) -> Iterator[tuple[str, Iterable[str]]]:
        """Yield the IRI and the spellings of each record that tables name by more than IRIs."""
        for full, named in self._named.items():
            if spellings := self._spellings.get(full) or _first_spelling(named):
                yield full, spellings

    def first_place(self, full: str) -> tuple[str, int]:
        """Return the first file and line, in the order of their names, in which a spelling of a record is."""
        return min((self._spellings.get(full) or _first_spelling(self._named[full])).values())

    def merged(self) -> list[str]:
        """Return the IRIs of the records that have several spellings."""
        return [full for full, spellings in self._spellings.items() if len(spellings) > 1]

    def add_references(self, texts: Iterable[tuple[str, str, tuple[str, ...]]], file: str, line: int) -> None:
        """Record the references of one record of a table: the original text, the IRI, and the classes that it may have."""
        for text, full, ranges in texts:
            if cls := entity_class(ranges):
                self.add_name(text, full, file, line, "" if cls == "Entity" else cls)

    def entities(self) -> Iterator[Raw]:
        """Yield the entities that are created because tables name them."""
        for full, named in self._named.items():
            if not self.strict and full not in self.resolver.declared and self._can_create(full):
                yield self._raw(full, named)

    def stated_classes(self) -> Iterator[Raw]:
        """Yield the classes that tables state for declared records."""
        for full, named in self._named.items():
            if full in self.resolver.declared and named.cls != "Entity":
                yield self._raw(full, named)

    def _raw(self, full: str, named: _Named) -> Raw:
        data: dict[str, str | list[str]] = {"label": named.label}
        if others := self._other_labels.get(full):
            data["altLabel"] = list(others)
        return Raw(named.cls, full, data, named.place.file, named.place.line, loose=True)

    def _can_create(self, full: str) -> bool:
        known = self.resolver.known
        if full.startswith(self.resolver.base):
            return full not in known.classes or known.has_entity(full)
        return full not in known.classes and not full.startswith(_BUNDLED)

    def _class(self, word: str, file: str, line: int) -> str:
        cls = class_by_name(word) or word
        if cls in STATEMENTS and is_a(cls, "Entity"):
            return cls
        known = (name for name in STATEMENTS if is_a(name, "Entity"))
        hint = did_you_mean(word, known, "e.g. Company, Product, Material") if len(self.problems) < HINTS else ""
        self.problems.append(Problem(file, line, f"{word!r} is not a class of entities", hint, f"class {word}"))
        return "Entity"


def _first_spelling(named: _Named) -> dict[str, _Place]:
    return {} if named.spelling is None else {named.spelling: named.place}


def entity_class(ranges: Sequence[str]) -> str:
    """Return the class of the entity that a reference in a table creates; empty if it must name an existing record.

    >>> entity_class(("Entity", "Measure")), entity_class(("Jurisdiction",)), entity_class(("Document",))
    ('Entity', 'Jurisdiction', '')
    """
    if "Dependency" in ranges:  # the target of a hit: a new entity would be one that nothing depends on
        return ""
    if "Record" in ranges or "Entity" in ranges:
        return "Entity"
    return next((name for name in ranges if is_a(name, "Entity")), "")
