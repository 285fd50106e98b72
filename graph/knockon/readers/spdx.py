"""Read bills of materials in SPDX 2.x and 3.0, as JSON (https://spdx.dev)."""

from __future__ import annotations

from collections.abc import Sequence

from knockon.readers.collector import RecordCollector
from knockon.readers.foreign_file import ForeignFile
from knockon.readers.json_object import JsonObject, WrongForm
from knockon.readers.json_stream import json_document
from knockon.readers.record_drafts import Place
from knockon.readers.registry import Head
from knockon.readers.software_records import SoftwarePart, SoftwareRecords

#: Relationships whose first element needs the second, and those whose second needs the first; without punctuation.
_NEEDS = {
    "dependson", "staticlink", "dynamiclink", "hasprerequisite", "hasoptionaldependency", "hasstaticlink", "hasdynamiclink",
    "hasprovideddependency", "usestool",
}  # fmt: skip
_NEEDED = {
    "dependencyof", "runtimedependencyof", "builddependencyof", "devdependencyof", "testdependencyof", "optionaldependencyof",
    "provideddependencyof", "prerequisitefor", "buildtoolof", "devtoolof", "testtoolof",
}  # fmt: skip
_INCLUDES, _INCLUDED = {"contains", "packages"}, {"containedby", "packagedby"}
#: What stands for "not stated".
_NONE = {"NOASSERTION", "NONE", ""}


def recognises(head: Head) -> bool:
    """Return whether a file begins as a document of SPDX."""
    return '"SPDX-' in head.text or '"spdxVersion"' in head.text or "spdx.org/rdf/3." in head.text


def read(files: Sequence[ForeignFile], collector: RecordCollector) -> None:
    """Read the packages of the files and how they relate."""
    for file in files:
        records = SoftwareRecords(collector, collector.document(file))
        try:
            # What GitHub exports has an object around it.
            spdx = JsonObject(json_document(file)).holding("spdxVersion", "@graph")
            if isinstance(spdx.values.get("@graph"), list):
                _Spdx3(spdx, records).read()
            elif spdx.text("spdxVersion").startswith("SPDX-2."):
                _read_2(spdx, records)
            else:
                version = spdx.text("spdxVersion")[:20] or "of no stated version"
                raise file.fail(None, f"is SPDX {version}; this reader knows SPDX-2.x and 3.0 (a @graph)")
        except WrongForm as error:
            raise file.fail(None, str(error)) from None


def _read_2(spdx: JsonObject, records: SoftwareRecords) -> None:
    others = {spdx.text("SPDXID") or "SPDXRef-DOCUMENT"}
    for item in spdx.children("packages"):
        place = Place(f"pointer:/{item.path}")
        try:
            references = {ref.text("referenceType"): ref.text("referenceLocator") for ref in item.children("externalRefs")}
            kind, _, supplier = item.text("supplier").partition(":")
            part = SoftwarePart(
                key=item.text("SPDXID"), name=item.text("name"), type=item.text("primaryPackagePurpose"),
                version="" if item.text("versionInfo") in _NONE else item.text("versionInfo"), purl=references.get("purl", ""),
                identifiers={"CPE": references.get("cpe23Type", "")}, supplier=_without_address(supplier),
                supplier_is_person=kind == "Person", comment=item.text("summary"),
            )  # fmt: skip
            _add(part, records, place)
        except WrongForm as error:
            records.collector.progress()
            records.collector.reject(records.document, place, str(error))
    for name in ("files", "snippets"):
        for item in spdx.children(name):
            records.collector.progress()
            others.add(item.text("SPDXID"))
            records.collector.leave_out(f"an element of the kind {name.removesuffix('s')}")
    for item in spdx.children("relationships"):
        records.collector.progress()
        place = Place(f"pointer:/{item.path}")
        try:
            ends = item.text("spdxElementId"), item.text("relatedSpdxElement")
            _relate(item.text("relationshipType"), *ends, others, records, place)
        except WrongForm as error:
            records.collector.reject(records.document, place, str(error))


def _without_address(supplier: str) -> str:
    """Return the name of a supplier, behind which an address may stand in brackets: with and without it he is one."""
    name, bracket, rest = supplier.strip().rpartition("(")
    address = rest.removesuffix(")").strip() if bracket and rest.endswith(")") else None
    return supplier.strip() if address is None or (address and "@" not in address) else name.strip()


def _add(part: SoftwarePart, records: SoftwareRecords, place: Place) -> None:
    if not part.key or not part.name:
        raise WrongForm("a package has no SPDXID, or no name")
    records.add_part(part, place)


def _relate(kind: str, first: str, second: str, others: set[str], records: SoftwareRecords, place: Place) -> None:
    """Add a relationship between two packages; others, and those of files and documents, are counted by their type."""
    word = kind.replace("_", "").lower()
    mechanism = kind.replace("_", " ").lower()
    if not {first, second}.isdisjoint(others) or second in _NONE or not word.isalpha():
        records.collector.leave_out("a relationship of something that is not a package")
    elif word in _NEEDS:
        records.add_need(first, second, place, "" if word == "dependson" else mechanism)
    elif word in _NEEDED:
        records.add_need(second, first, place, "" if word == "dependencyof" else mechanism)
    elif word in _INCLUDES:
        records.add_inclusion(first, second, place)
    elif word in _INCLUDED:
        records.add_inclusion(second, first, place)
    else:
        records.collector.leave_out(f"a relationship of the type {kind[:60]}")


class _Spdx3:
    """A document of version 3: a list of elements of all types."""

    def __init__(self, spdx: JsonObject, records: SoftwareRecords) -> None:
        self.records = records
        self.elements = spdx.children("@graph")
        self.names: dict[str, tuple[str, bool]] = {}
        self.others: set[str] = set()

    def read(self) -> None:
        """Add the packages, then what refers to them; an element is rejected once, at the first thing that is wrong with it."""
        elements = self._of_known_type()
        for step in (self._note, self._add_package, self._add_relationship):
            sound = []
            for element, kind in elements:
                try:
                    step(element, kind, _place(element))
                    sound.append((element, kind))
                except WrongForm as error:
                    # A package counts as read where it is added.
                    self._reject(element, error, counted=kind != "Package")
            elements = sound

    def _of_known_type(self) -> list[tuple[JsonObject, str]]:
        found = []
        for element in self.elements:
            try:
                kind = (element.text("type") or element.text("@type")).removeprefix("software_")
            except WrongForm as error:
                self._reject(element, error, counted=False)
                continue
            if kind != "Package":
                self.records.collector.progress()
            found.append((element, kind))
        return found

    def _reject(self, element: JsonObject, error: WrongForm, *, counted: bool) -> None:
        if not counted:
            self.records.collector.progress()
        self.records.collector.reject(self.records.document, _place(element), str(error))

    def _note(self, element: JsonObject, kind: str, _: Place) -> None:
        key = _key(element)
        if kind in ("Organization", "Person", "Agent"):
            self.names[key] = (element.text("name"), kind == "Person")
        if kind not in ("Package", "Relationship", "LifecycleScopedRelationship"):
            self.others.add(key)
            # Where the parts of other documents are that this one refers to.
            if kind == "SpdxDocument":
                self.records.elsewhere.update(item.text("externalSpdxId") for item in element.children("import"))
            if kind in ("File", "Snippet"):
                self.records.collector.leave_out(f"an element of the kind {kind.lower()}")

    def _add_package(self, element: JsonObject, kind: str, place: Place) -> None:
        if kind != "Package":
            return
        supplier, is_person = self.names.get(next(iter(element.texts("suppliedBy")), ""), ("", False))
        part = SoftwarePart(
            key=_key(element), name=element.text("name"), type=element.text("software_primaryPurpose"),
            version=element.text("software_packageVersion"), purl=element.text("software_packageUrl"), supplier=supplier,
            supplier_is_person=is_person, comment=element.text("summary"),
        )  # fmt: skip
        _add(part, self.records, place)

    def _add_relationship(self, element: JsonObject, kind: str, place: Place) -> None:
        if kind.endswith("Relationship"):
            for target in element.texts("to"):
                _relate(element.text("relationshipType"), element.text("from"), target, self.others, self.records, place)


def _key(element: JsonObject) -> str:
    return element.text("spdxId") or element.text("@id")


def _place(element: JsonObject) -> Place:
    return Place(f"pointer:/{element.path}")
