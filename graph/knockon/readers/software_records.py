"""What a bill of materials of software says: its parts, who supplies them, and what needs what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from knockon.readers.collector import RecordCollector
from knockon.readers.record_drafts import Place
from knockon.readers.source_names import source_name

#: The class of the parts of each type in CycloneDX, and of each purpose in SPDX; all other software is a Technology.
_CLASSES = {"device": "Product", "data": "Dataset", "service": "Service"}

#: How keys of parts of other bills of materials begin: external documents of SPDX 2, and BOM-Links of CycloneDX.
_OF_OTHERS = ("DocumentRef-", "urn:cdx:")


class SoftwarePart(NamedTuple):
    """One part: ``key`` is what the file refers to it by."""

    key: str
    name: str
    type: str = ""
    version: str = ""
    purl: str = ""
    identifiers: Mapping[str, str] = {}
    supplier: str = ""
    supplier_is_person: bool = False
    comment: str = ""


class SoftwareRecords:
    """The records of one bill of materials.

    A part is named by its package URL where it has one, since keys are often made anew for each build. ``elsewhere`` are
    keys of parts of other bills of materials, beside those whose form says so: a link to one is left out, and counted.
    """

    def __init__(self, collector: RecordCollector, document: str) -> None:
        self.collector, self.document = collector, document
        self.ids: dict[str, str] = {}
        self.elsewhere: set[str] = set()

    def add_part(self, part: SoftwarePart, place: Place) -> None:
        """Add a part, and its supplier, who provides it to everyone."""
        self.collector.progress()
        name = source_name(part.purl or part.key)
        self.ids[part.key] = name
        identifiers = {"purl": part.purl, **part.identifiers}
        data = {
            "label": f"{part.name} {part.version}".strip() or part.key,
            "identifier": [{"scheme": scheme, "notation": text} for scheme, text in identifiers.items() if text],
            "comment": part.comment or None,
        }
        self.collector.add(_CLASSES.get(part.type.lower(), "Technology"), name, data, self.document, place)
        if part.supplier:
            supplier = self.collector.local_name(part.supplier)
            cls = "Person" if part.supplier_is_person else "Organization"
            self.collector.imply(cls, supplier, part.supplier, self.document, place)
            provision = {"provider": supplier, "provided": name}
            self.collector.add("Provision", f"{name}-from-{source_name(supplier)}", provision, self.document, place)

    def add_need(self, dependant: str, need: str, place: Place, mechanism: str = "") -> None:
        """Add that one part needs another; how much is lost without it, no bill of materials says."""
        self._add_dependency(dependant, need, place, {"mechanism": mechanism or None})

    def add_inclusion(self, whole: str, part: str, place: Place) -> None:
        """Add that one part is built into another: without it the whole is not what it is."""
        ends = self._ends(whole, part, place)
        if ends is not None:
            self.collector.add("Entity", ends[1], {"partOf": ends[0]}, self.document, place)
            self._add_dependency(whole, part, place, {"criticalityValue": "1", "mechanism": "is built into it"})

    def add_vulnerability(self, name: str, affected: Iterable[str], comment: str, place: Place) -> None:
        """Add a known weakness of parts."""
        self.collector.progress()
        affected = list(affected)
        keys = [key for key in affected if not self._is_elsewhere(key)]
        if affected and not keys:
            return
        unknown = [key for key in keys if key not in self.ids]
        if unknown or not keys:
            reason = f"affects {unknown[0][:200]!r}, which is not a part" if unknown else "affects no part"
            self.collector.reject(self.document, place, f"vulnerability {name[:200]} {reason}")
            return
        data = {"label": name, "of": [self.ids[key] for key in keys], "comment": comment or None}
        self.collector.add("Vulnerability", f"vulnerability-{source_name(name)}", data, self.document, place)

    def _add_dependency(self, dependant: str, need: str, place: Place, data: Mapping[str, str | None]) -> None:
        ends = self._ends(dependant, need, place)
        if ends is not None:
            record = {"dependant": ends[0], "need": ends[1], **data}
            self.collector.add("Dependency", f"{ends[0]}-needs-{ends[1]}", record, self.document, place)

    def _is_elsewhere(self, key: str) -> bool:
        """Return whether a key is of a part of another bill of materials; then it is counted as left out."""
        found = key not in self.ids and (key in self.elsewhere or key.startswith(_OF_OTHERS))
        if found:
            self.collector.leave_out("a link to a part of another bill of materials")
        return found

    def _ends(self, first: str, second: str, place: Place) -> tuple[str, str] | None:
        if any(self._is_elsewhere(key) for key in (first, second)):
            return None
        for key in (first, second):
            if key not in self.ids:
                self.collector.reject(self.document, place, f"refers to {key[:200]!r}, which is not a part")
                return None
        return self.ids[first], self.ids[second]


__all__ = ["SoftwarePart", "SoftwareRecords"]
