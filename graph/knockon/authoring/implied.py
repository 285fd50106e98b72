"""Entities that tables name but no file declares, and the spellings of all names in tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

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
        #: The spellings of each record that tables name, with the first place of each.
        self.spellings: dict[str, dict[str, tuple[str, int]]] = {}
        self._raws: dict[str, Raw] = {}
        #: The names of each record, its label and other names.
        self._labels: dict[str, set[str]] = {}

    def add_name(self, text: str, full: str, file: str, line: int, word: str = "") -> None:
        """Record that a table uses the name ``text`` for the record ``full``, and the class ``word`` if it states one."""
        if not is_iri(text):
            self.spellings.setdefault(full, {}).setdefault(text, (file, line))
        cls = self._class(word, file, line) if word else "Entity"
        label = local_name(full) if is_iri(text) else with_language(text, self.language)
        earlier = self._raws.setdefault(full, Raw(cls, full, {"label": label}, file, line, loose=True))
        labels = self._labels.setdefault(full, {earlier.data["label"]})
        if label not in labels:
            labels.add(label)
            earlier.data.setdefault("altLabel", []).append(label)
        if is_a(cls, earlier.cls):
            if cls != earlier.cls:
                earlier.cls, earlier.file, earlier.line = cls, file, line
        elif not is_a(earlier.cls, cls):
            clash = f"{label} is a {cls} here and a {earlier.cls} elsewhere"
            hint = f"give it one class; {earlier.file}:{earlier.line} has the other"
            self.problems.append(Problem(file, line, clash, hint, f"{full} {cls} {earlier.cls}"))

    def add_references(self, texts: Iterable[tuple[str, str, tuple[str, ...]]], file: str, line: int) -> None:
        """Record the references of one record of a table: the original text, the IRI, and the classes that it may have."""
        for text, full, ranges in texts:
            if cls := entity_class(ranges):
                self.add_name(text, full, file, line, "" if cls == "Entity" else cls)

    def entities(self) -> Iterator[Raw]:
        """Yield the entities that are created because tables name them."""
        for full, raw in self._raws.items():
            if not self.strict and full not in self.resolver.declared and self._can_create(full):
                yield raw

    def stated_classes(self) -> Iterator[Raw]:
        """Yield the classes that tables state for declared records."""
        return (raw for full, raw in self._raws.items() if full in self.resolver.declared and raw.cls != "Entity")

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
