"""Read bills of materials in CycloneDX 1.x, as JSON or XML (https://cyclonedx.org/specification/overview/)."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any

from knockon.readers.collector import RecordCollector
from knockon.readers.foreign_file import ForeignFile
from knockon.readers.json_object import JsonObject, WrongForm
from knockon.readers.json_stream import json_document
from knockon.readers.record_drafts import Place
from knockon.readers.registry import Head
from knockon.readers.software_records import SoftwarePart, SoftwareRecords
from knockon.readers.xml_events import xml_events

#: Elements of XML that are lists in JSON; those in them are their items.
_LISTS = {"components", "services", "dependencies", "vulnerabilities", "affects"}


def recognises(head: Head) -> bool:
    """Return whether a file begins as a bill of materials of CycloneDX."""
    return '"CycloneDX"' in head.text if head.file.ending == ".json" else "http://cyclonedx.org/schema/bom" in head.text


def read(files: Sequence[ForeignFile], collector: RecordCollector) -> None:
    """Read the components, services, dependencies and vulnerabilities of the files."""
    for file in files:
        records = SoftwareRecords(collector, collector.document(file))
        try:
            document = JsonObject(_from_xml(file) if file.ending == ".xml" else json_document(file))
            bom = document.holding("bomFormat", "specVersion", "components")
            version = bom.text("specVersion")
            if version and version.split(".")[0] != "1":
                raise file.fail(None, f"is CycloneDX {version[:20]}; this reader knows 1.0 to 1.7")
            _read_parts(bom, records)
            _read_links(bom, records)
        except WrongForm as error:
            raise file.fail(None, str(error)) from None


def _read_parts(bom: JsonObject, records: SoftwareRecords) -> None:
    """Add all parts before what refers to them; a component may contain components."""
    root = bom.child("metadata").child("component")
    waiting = deque([(root, "")] if root.values else [])
    waiting += [(part, "") for name in ("components", "services") for part in _each(bom, name, records)]
    while waiting:
        part, whole = waiting.popleft()
        place = Place(f"pointer:/{part.path}")
        try:
            found = _part(part)
        except WrongForm as error:
            records.collector.progress()
            records.collector.reject(records.document, place, str(error))
            continue
        if found.type == "file":
            records.collector.progress()
            records.collector.leave_out("a component of the type file")
            continue
        records.add_part(found, place)
        if whole:
            records.add_inclusion(whole, found.key, place)
        waiting += [(inner, found.key) for name in ("components", "services") for inner in _each(part, name, records)]


def _part(part: JsonObject) -> SoftwarePart:
    name, version = part.text("name"), part.text("version")
    if not name:
        raise WrongForm("a component has no name")
    full = "/".join(filter(None, (part.text("group"), name)))
    suppliers = (part.child(field).text("name") for field in ("supplier", "manufacturer", "provider"))
    return SoftwarePart(
        key=part.text("bom-ref") or part.text("purl") or f"{full}@{version}",
        name=full,
        type=part.text("type") or ("service" if "services" in part.path.split("/") else ""),
        version=version,
        purl=part.text("purl"),
        identifiers={"CPE": part.text("cpe")},
        supplier=next(filter(None, suppliers), "") or part.text("publisher"),
        comment=part.text("description"),
    )


def _read_links(bom: JsonObject, records: SoftwareRecords) -> None:
    for item in _each(bom, "dependencies", records):
        records.collector.progress()
        place = Place(f"pointer:/{item.path}")
        try:
            ref, needs, provides = item.text("ref"), item.texts("dependsOn"), item.texts("provides")
        except WrongForm as error:
            records.collector.reject(records.document, place, str(error))
            continue
        for _ in provides:
            records.collector.leave_out("a specification that a component implements (provides)")
        for need in needs:
            records.add_need(ref, need, place)
    for item in _each(bom, "vulnerabilities", records):
        place = Place(f"pointer:/{item.path}")
        try:
            name = item.text("id") or item.text("bom-ref")
            affected = [target.text("ref") for target in item.children("affects")]
            records.add_vulnerability(name or "without an id", affected, item.text("description"), place)
        except WrongForm as error:
            records.collector.reject(records.document, place, str(error))


def _each(parent: JsonObject, name: str, records: SoftwareRecords) -> Iterator[JsonObject]:
    """Yield the objects of a list; what is not an object is rejected."""
    items = parent.values.get(name)
    path = f"{parent.path}/{name}" if parent.path else name
    if items is not None and not isinstance(items, list):
        raise WrongForm(f"{path} is not a list")
    for number, item in enumerate(items or []):
        if isinstance(item, dict):
            yield JsonObject(item, f"{path}/{number}")
        else:
            records.collector.progress()
            records.collector.reject(records.document, Place(f"pointer:/{path}/{number}"), "is not an object")


def _from_xml(file: ForeignFile) -> dict[str, Any]:
    """Return a bill of materials in XML in the form that it has in JSON."""
    root: dict[str, Any] = {}
    open_: list[Any] = [root]
    for event in xml_events(file):
        if event.start:
            if event.name == "bom":
                root["specVersion"] = event.namespace.rpartition("/")[2]
                continue
            open_.append([] if event.name in _LISTS else dict(event.attributes))
            continue
        if event.name == "bom":
            continue
        value = open_.pop()
        parent = open_[-1]
        value = (event.text or None) if value == {} else value
        if isinstance(parent, list):
            parent.append(value)
        elif event.name == "dependency" and isinstance(value, dict):
            parent.setdefault("dependsOn", []).append(value.get("ref"))
        else:
            parent.setdefault(event.name, value)
    return root
