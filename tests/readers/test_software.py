"""Bills of materials of software become parts, who supplies them, what needs what, and known weaknesses."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given

from knockon.errors import InvalidData
from knockon.model import Dataset, Dependency, Entity, Organization, Person, Provision, Service, Technology, Vulnerability
from knockon.readers.import_report import Imported
from support.imports import as_json, damaged_text, damaged_values, import_content, records_of, survives

APP, LIB, TOOL = "pkg:npm/app@1", "pkg:npm/lib@2", "pkg:npm/tool@3"
CYCLONE: dict[str, Any] = {
    "bomFormat": "CycloneDX", "specVersion": "1.5",
    "metadata": {"component": {"type": "application", "bom-ref": "r-app", "name": "app", "version": "1", "purl": APP}},
    "components": [
        {"type": "library", "bom-ref": "r-lib", "name": "lib", "version": "2", "purl": LIB, "supplier": {"name": "Lib Makers"},
         "components": [{"type": "data", "bom-ref": "r-data", "name": "table"}, {"type": "file", "name": "a.txt"}]},
        {"type": "library", "bom-ref": "r-tool", "name": "tool", "version": "3", "purl": TOOL, "publisher": "Lib Makers"},
    ],
    "services": [{"bom-ref": "r-api", "name": "api", "provider": {"name": "Cloud Ltd"}}],
    "dependencies": [{"ref": "r-app", "dependsOn": ["r-lib", "r-api"]}, {"ref": "r-lib", "dependsOn": ["r-tool"]}],
    "vulnerabilities": [{"id": "CVE-1", "description": "Overflow", "affects": [{"ref": "r-tool"}]}],
}  # fmt: skip
CYCLONE_XML = """<?xml version="1.0"?>
<bom xmlns="http://cyclonedx.org/schema/bom/1.4">
  <metadata><component type="application" bom-ref="r-app"><name>app</name><version>1</version>
    <purl>pkg:npm/app@1</purl></component></metadata>
  <components>
    <component type="library" bom-ref="r-lib"><supplier><name>Lib Makers</name></supplier><name>lib</name><version>2</version>
      <purl>pkg:npm/lib@2</purl><components><component type="data" bom-ref="r-data"><name>table</name></component>
      <component type="file"><name>a.txt</name></component></components></component>
    <component type="library" bom-ref="r-tool"><publisher>Lib Makers</publisher><name>tool</name><version>3</version>
      <purl>pkg:npm/tool@3</purl></component>
  </components>
  <services><service bom-ref="r-api"><provider><name>Cloud Ltd</name></provider><name>api</name></service></services>
  <dependencies><dependency ref="r-app"><dependency ref="r-lib"/><dependency ref="r-api"/></dependency>
    <dependency ref="r-lib"><dependency ref="r-tool"/></dependency><dependency ref="r-tool"/></dependencies>
  <vulnerabilities><vulnerability><id>CVE-1</id><description>Overflow</description>
    <affects><target><ref>r-tool</ref></target></affects></vulnerability></vulnerabilities>
</bom>"""
SPDX_2: dict[str, Any] = {
    "spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT",
    "packages": [
        {"SPDXID": f"SPDXRef-{name}", "name": name, "versionInfo": version, "supplier": supplier,
         "externalRefs": [{"referenceType": "purl", "referenceLocator": purl}]}
        for name, version, supplier, purl in (
            ("app", "1", "NOASSERTION", APP), ("lib", "2", "Organization: Lib Makers", LIB), ("tool", "3", "Person: Ann", TOOL),
        )
    ],
    "files": [{"SPDXID": "SPDXRef-f", "fileName": "a.txt"}],
    "relationships": [
        {"spdxElementId": "SPDXRef-DOCUMENT", "relatedSpdxElement": "SPDXRef-app", "relationshipType": "DESCRIBES"},
        {"spdxElementId": "SPDXRef-app", "relatedSpdxElement": "SPDXRef-lib", "relationshipType": "DEPENDS_ON"},
        {"spdxElementId": "SPDXRef-tool", "relatedSpdxElement": "SPDXRef-lib", "relationshipType": "BUILD_TOOL_OF"},
        {"spdxElementId": "SPDXRef-app", "relatedSpdxElement": "SPDXRef-tool", "relationshipType": "CONTAINS"},
        {"spdxElementId": "SPDXRef-app", "relatedSpdxElement": "SPDXRef-f", "relationshipType": "CONTAINS"},
        {"spdxElementId": "SPDXRef-lib", "relatedSpdxElement": "SPDXRef-tool", "relationshipType": "VARIANT_OF"},
    ],
}  # fmt: skip
SPDX_3: dict[str, Any] = {
    "@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld",
    "@graph": [
        {"type": "Organization", "spdxId": "urn:org", "name": "Lib Makers"},
        {"type": "software_Package", "spdxId": "urn:app", "name": "app", "software_packageVersion": "1",
         "software_packageUrl": APP},
        {"type": "software_Package", "spdxId": "urn:lib", "name": "lib", "software_packageUrl": LIB, "suppliedBy": "urn:org"},
        {"type": "Relationship", "from": "urn:app", "to": ["urn:lib"], "relationshipType": "dependsOn"},
    ],
}  # fmt: skip


def needs(imported: Imported) -> set[tuple[str, str, str]]:
    labels = {record.id: str(record.label) for record in records_of(imported, Entity).values()}
    found = records_of(imported, Dependency).values()
    return {(labels[r.dependant], labels[r.need], str(r.mechanism or "")) for r in found}


@pytest.mark.parametrize(("name", "content"), [("bom.json", as_json(CYCLONE)), ("bom.xml", CYCLONE_XML)])
def test_cyclonedx_has_parts_suppliers_needs_and_weaknesses(name: str, content: str) -> None:
    imported = import_content(name, content)
    assert needs(imported) == {
        ("app 1", "lib 2", ""), ("app 1", "api", ""), ("lib 2", "tool 3", ""), ("lib 2", "table", "is built into it"),
    }  # fmt: skip
    providers = sorted(record.provider.rsplit("/", 1)[1] for record in records_of(imported, Provision).values())
    assert providers == ["cloud-ltd", "lib-makers", "lib-makers"]
    assert {str(record.label) for record in records_of(imported, Organization).values()} == {"Lib Makers", "Cloud Ltd"}
    (weakness,) = records_of(imported, Vulnerability).values()
    assert (weakness.label, weakness.comment, len(weakness.of)) == ("CVE-1", "Overflow", 1)
    assert [len(records_of(imported, cls)) for cls in (Technology, Dataset, Service)] == [3, 1, 1]
    assert imported.report.left_out == (("a component of the type file", 1),)
    assert imported.report.rejected == ()


@pytest.mark.parametrize("bom", [CYCLONE, SPDX_2, SPDX_3], ids=["cyclonedx", "spdx 2", "spdx 3"])
def test_a_bill_of_materials_may_have_an_object_around_it(bom: dict[str, Any]) -> None:
    """As in the export of GitHub; its places lead through that object."""
    plain, around = import_content("b.json", as_json(bom)), import_content("b.json", as_json({"sbom": bom, "n": 1}))
    assert around.report.records == plain.report.records
    places = [item.place for record in around.data_set.records for item in record.evidence if item.place]
    assert places
    assert all(place.startswith("pointer:/sbom/") for place in places)


def test_spdx_2_has_packages_and_the_direction_of_each_relationship() -> None:
    imported = import_content("s.spdx.json", as_json(SPDX_2))
    assert needs(imported) == {
        ("app 1", "lib 2", ""), ("lib 2", "tool 3", "build tool of"), ("app 1", "tool 3", "is built into it"),
    }  # fmt: skip
    assert [record.label for record in records_of(imported, Person).values()] == ["Ann"]
    assert [record.label for record in records_of(imported, Organization).values()] == ["Lib Makers"]
    left_out = dict(imported.report.left_out)
    assert left_out["a relationship of the type VARIANT_OF"] == left_out["an element of the kind file"] == 1
    assert left_out["a relationship of something that is not a package"] == 2


def test_spdx_3_has_elements_of_all_types_in_one_list() -> None:
    imported = import_content("s.json", as_json(SPDX_3))
    assert needs(imported) == {("app 1", "lib", "")}
    assert [record.provider[-10:] for record in records_of(imported, Provision).values()] == ["lib-makers"]


def test_each_element_of_spdx_3_counts_as_read_once_and_is_rejected_once() -> None:
    elements = [
        *SPDX_3["@graph"],
        {"type": {"a": 1}, "spdxId": "urn:no-type"},
        {"type": "software_Package", "name": "without an id"},
        {"type": "software_Package", "spdxId": {"a": 1}, "name": "with an id that is no text"},
        {"type": "Relationship", "spdxId": "urn:r", "relationshipType": "dependsOn", "from": [], "to": ["urn:app"]},
    ]
    report = import_content("s.json", as_json({**SPDX_3, "@graph": elements}), rejects=True).report
    assert report.rows == len(elements)
    assert len(report.rejected) == 4


def _with_relationship(target: str) -> dict[str, Any]:
    link = {"spdxElementId": "SPDXRef-app", "relatedSpdxElement": target, "relationshipType": "DEPENDS_ON"}
    return {**SPDX_2, "relationships": [*SPDX_2["relationships"], link]}


def _with_import(target: str) -> dict[str, Any]:
    document = {"type": "SpdxDocument", "spdxId": "urn:d", "import": [{"type": "ExternalMap", "externalSpdxId": target}]}
    link = {"type": "Relationship", "from": "urn:app", "to": [target], "relationshipType": "dependsOn"}
    return {**SPDX_3, "@graph": [*SPDX_3["@graph"], document, link]}


@pytest.mark.parametrize(
    "bom",
    [
        _with_relationship("DocumentRef-other:SPDXRef-x"),
        _with_import("urn:other"),
        {**CYCLONE, "dependencies": [{"ref": "r-app", "dependsOn": ["r-lib", "urn:cdx:3e671687-395b/1#x"]}]},
        {**CYCLONE, "vulnerabilities": [{"id": "CVE-1", "affects": [{"ref": "r-lib"}, {"ref": "urn:cdx:3e671687-395b/1#x"}]}]},
    ],
)
def test_links_to_parts_of_other_bills_are_left_out_and_counted(bom: dict[str, Any]) -> None:
    report = import_content("bom.json", as_json(bom)).report
    assert dict(report.left_out)["a link to a part of another bill of materials"] == 1


def test_a_weakness_of_another_bill_alone_is_left_out() -> None:
    bom = {**CYCLONE, "vulnerabilities": [{"id": "CVE-1", "affects": [{"ref": "urn:cdx:3e671687-395b/1#x"}]}]}
    assert "Vulnerability" not in dict(import_content("bom.json", as_json(bom)).report.records)


def test_specifications_that_a_component_implements_are_counted() -> None:
    bom = {**CYCLONE, "dependencies": [{"ref": "r-app", "provides": ["r-lib"]}]}
    left = dict(import_content("bom.json", as_json(bom)).report.left_out)
    assert left["a specification that a component implements (provides)"] == 1


@pytest.mark.parametrize(
    ("supplier", "name"),
    [
        ("Organization: Lib Makers (info@lib.org)", "Lib Makers"),
        ("Organization: Lib Makers ()", "Lib Makers"),
        ("Organization: Lib Makers (Europe)", "Lib Makers (Europe)"),
        ("Organization: Lib Makers (", "Lib Makers ("),
    ],
)
def test_a_supplier_is_one_with_and_without_an_address(supplier: str, name: str) -> None:
    bom = {**SPDX_2, "packages": [{**SPDX_2["packages"][1], "supplier": supplier}], "relationships": []}
    assert [maker.label for maker in records_of(import_content("a.json", as_json(bom)), Organization).values()] == [name]


def test_parts_have_one_id_whatever_the_build_calls_them() -> None:
    other = json.loads(as_json(CYCLONE).replace('"r-', '"build-7-'))
    first, second = (import_content("bom.json", as_json(bom)) for bom in (CYCLONE, other))
    assert {r.id for r in records_of(first, Technology).values()} == {r.id for r in records_of(second, Technology).values()}


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("bom.json", {"bomFormat": "CycloneDX", "specVersion": "2.0"}, "is CycloneDX 2.0"),
        (
            "bom.json",
            {**CYCLONE, "dependencies": [{"ref": "r-app", "dependsOn": ["gone"]}]},
            "refers to 'gone', which is not a part",
        ),
        ("bom.json", {**CYCLONE, "components": [{"type": "library"}]}, "a component has no name"),
        ("bom.json", {**CYCLONE, "components": 5}, "components is not a list"),
        ("s.json", {**SPDX_2, "spdxVersion": "SPDX-9.0"}, "is SPDX SPDX-9.0"),
        ("s.json", {**SPDX_2, "packages": [{"name": "x"}]}, "a package has no SPDXID"),
    ],
)
def test_what_is_not_such_a_bill_is_refused(name: str, value: Any, message: str) -> None:
    with pytest.raises(InvalidData) as error:
        import_content(name, as_json(value))
    assert message in str(error.value)


@given(damaged_values(CYCLONE))
def test_hostile_cyclonedx(value: Any) -> None:
    survives("bom.json", as_json(value), "cyclonedx")


@given(damaged_text(CYCLONE_XML))
def test_hostile_cyclonedx_in_xml(text: str) -> None:
    survives("bom.xml", text, "cyclonedx")


@given(damaged_values(SPDX_2, SPDX_3))
def test_hostile_spdx(value: Any) -> None:
    survives("s.json", as_json(value), "spdx")
