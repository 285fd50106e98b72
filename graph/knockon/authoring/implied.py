"""Entities that tables name and nothing declares, and the spellings in which they name what they do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from knockon.authoring.csv_form import class_named
from knockon.authoring.names import is_iri
from knockon.authoring.raw import Raw
from knockon.authoring.resolver import Resolver
from knockon.errors import Problem
from knockon.model import STATEMENTS, is_a
from knockon.model.faults import HINTS, did_you_mean
from knockon.vocabulary import ID, local_name

#: Bundled data lives below this: what stands there is declared in it, and is not made by naming it.
_BUNDLED = ID.removesuffix("id/")


class Implied:
    """Gathers the names that tables use, and makes entities of those that nothing declares.

    >>> implied = Implied(Resolver("urn:x:", {"urn:x:acme": ("acme", "Acme")}), strict=False)
    >>> for line, name in enumerate(["Acme", "Nimbus Cloud", "NIMBUS cloud"], 2):
    ...     implied.name(name, implied.resolver.iri(name, loose=True), "a.csv", line)
    >>> [(raw.id, raw.cls, raw.data["label"], raw.data["altLabel"]) for raw in implied.entities()]
    [('urn:x:nimbus-cloud', 'Entity', 'Nimbus Cloud', ['NIMBUS cloud'])]
    """

    def __init__(self, resolver: Resolver, *, strict: bool) -> None:
        self.resolver, self.strict = resolver, strict
        self.problems: list[Problem] = []
        #: Each spelling of each record that a table names, with the first place where it does.
        self.spellings: dict[str, dict[str, tuple[str, int]]] = {}
        self._raws: dict[str, Raw] = {}
        #: The names of each record, its label and other names.
        self._labels: dict[str, set[str]] = {}

    def name(self, text: str, full: str, file: str, line: int, word: str = "") -> None:
        """Note that a table calls the record with this IRI so, and says that its class is ``word``."""
        if not is_iri(text):
            self.spellings.setdefault(full, {}).setdefault(text, (file, line))
        cls = self._class(word, file, line) if word else "Entity"
        label = local_name(full) if is_iri(text) else text
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

    def references(self, texts: Iterable[tuple[str, str, tuple[str, ...]]], file: str, line: int) -> None:
        """Note the references of one record of a table: as written, the IRI, and the classes that it may have."""
        for text, full, ranges in texts:
            if cls := entity_class(ranges):
                self.name(text, full, file, line, "" if cls == "Entity" else cls)

    def entities(self) -> Iterator[Raw]:
        """The entities that the data set is to have because its tables name them."""
        for full, raw in self._raws.items():
            if not self.strict and full not in self.resolver.declared and self._may_be_made(full):
                yield raw

    def stated_classes(self) -> Iterator[Raw]:
        """What tables say of the classes of things that the data set declares."""
        return (raw for full, raw in self._raws.items() if full in self.resolver.declared and raw.cls != "Entity")

    def _may_be_made(self, full: str) -> bool:
        known = self.resolver.known
        if full.startswith(self.resolver.base):
            return full not in known.classes or known.has_entity(full)
        return full not in known.classes and not full.startswith(_BUNDLED)

    def _class(self, word: str, file: str, line: int) -> str:
        cls = class_named(word) or word
        if cls in STATEMENTS and is_a(cls, "Entity"):
            return cls
        known = (name for name in STATEMENTS if is_a(name, "Entity"))
        hint = did_you_mean(word, known, "e.g. Company, Product, Material") if len(self.problems) < HINTS else ""
        self.problems.append(Problem(file, line, f"{word!r} is not a class of entities", hint, f"class {word}"))
        return "Entity"


def entity_class(ranges: Sequence[str]) -> str:
    """The class of what a reference in a table makes; empty where it has to name something that is there.

    >>> entity_class(("Entity", "Measure")), entity_class(("Jurisdiction",)), entity_class(("Document",))
    ('Entity', 'Jurisdiction', '')
    """
    if "Dependency" in ranges:  # the target of a hit: a new entity would be one that nothing depends on
        return ""
    if "Record" in ranges or "Entity" in ranges:
        return "Entity"
    return next((name for name in ranges if is_a(name, "Entity")), "")
