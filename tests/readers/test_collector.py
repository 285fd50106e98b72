"""Records of an import: merged, implied, rejected and counted, each with its evidence."""

from __future__ import annotations

from pathlib import Path

import pytest

from knockon.model import Company, Dependency
from knockon.readers.collector import RecordCollector
from knockon.readers.foreign_file import ForeignFile
from knockon.readers.import_target import ImportTarget
from knockon.readers.record_drafts import Place


@pytest.fixture
def file(tmp_path: Path) -> ForeignFile:
    path = tmp_path / "list.csv"
    path.write_text("x")
    return ForeignFile("list.csv", path)


def collector(**options: object) -> RecordCollector:
    return RecordCollector(ImportTarget("test", "urn:x:", "urn:x:data-test"), "test", **options)  # type: ignore[arg-type]


def test_rows_of_one_record_are_merged(file: ForeignFile) -> None:
    """Lists are united, a second label is another name, a contradiction is counted and not taken; both rows are evidence."""
    records = collector()
    document = records.document(file)
    records.add("Organization", "acme", {"label": "Acme", "partOf": "a", "until": "2024"}, document, Place("row:2", 2))
    records.add("Company", "acme", {"label": "ACME", "partOf": "b", "until": "2025"}, document, Place("row:3", 3))
    for name in ("a", "b"):
        records.imply("Company", name, name.upper(), document, Place("row:2", 2))
    imported = records.finish()
    acme = next(record for record in imported.data_set.records if record.name == "acme")
    assert isinstance(acme, Company)
    assert (acme.label, acme.alt_label, len(acme.part_of), str(acme.until)) == ("Acme", ("ACME",), 2, "2024-12-31")
    assert [evidence.row for evidence in acme.evidence] == [2, 3]
    report = imported.report
    assert (report.merged, report.conflicts, dict(report.implied)) == (1, 1, {"Company": 2})
    assert "until of acme in list.csv:3, stated otherwise in list.csv:2" in str(report.notices[0])


def test_the_last_row_wins_where_it_is_asked_for(file: ForeignFile) -> None:
    """With keep="last" a later value takes the place of an earlier one."""
    records = collector()
    document = records.document(file)
    for row, until in ((2, "2024"), (3, "2025")):
        records.add("Company", "acme", {"label": "Acme", "until": until}, document, Place(f"row:{row}", row), keep="last")
    (acme,) = (record for record in records.finish().data_set.records if isinstance(record, Company))
    assert str(acme.until) == "2025-12-31"


def test_an_implied_entity_gives_way_to_a_declared_one(file: ForeignFile) -> None:
    """An entity that is only named is dropped where any row declares it, before or after."""
    records = collector()
    document = records.document(file)
    records.imply("Entity", "acme", "acme", document, Place("row:2", 2))
    records.add("Company", "acme", {"label": "Acme Ltd"}, document, Place("row:9", 9))
    report = records.finish().report
    assert (report.implied, dict(report.records)) == ((), {"Company": 1, "Document": 1})


def test_an_invalid_record_rejects_its_rows_and_what_refers_to_it(file: ForeignFile) -> None:
    """A share over 1 and a reference to a missing record are rejected with their line; a second pass leaves them out."""

    def read(records: RecordCollector) -> None:
        document = records.document(file)
        records.add("Company", "acme", {"label": "Acme"}, document, Place("row:2", 2))
        supply = {"dependant": "acme", "need": "parts", "supply": [{"provider": "acme", "share": "1.2"}]}
        records.add("Dependency", "one", supply, document, Place("row:3", 3))
        records.add("Dependency", "two", {"dependant": "acme", "need": "missing"}, document, Place("row:4", 4))
        records.add("Dependency", "three", {"dependant": "acme", "need": "acme"}, document, Place("row:5", 5))

    first = collector()
    read(first)
    first.finish()
    assert first.has_rejected_records
    reasons = {place.line: place.reason for place in first.rejected.values()}
    assert "must be at most 1" in reasons[3]
    assert "need names missing, which does not exist" in reasons[4]
    second = collector(skip=first.rejected.keys())
    read(second)
    imported = second.finish()
    assert not second.rejected
    assert [record.name for record in imported.data_set.records if isinstance(record, Dependency)] == ["three"]


def test_classes_that_contradict_each_other_are_rejected(file: ForeignFile) -> None:
    """The second row that gives a record another class is rejected, and names the first."""
    records = collector()
    document = records.document(file)
    records.add("Company", "acme", {"label": "Acme"}, document, Place("row:2", 2))
    records.add("Person", "acme", {"label": "Acme"}, document, Place("row:3", 3))
    (place,) = records.rejected.values()
    assert place.line == 3
    assert "acme is a Person here and a Company in list.csv:2" in place.reason


def test_evidence_has_confidence_stance_and_claimant(file: ForeignFile) -> None:
    """What a source says of a statement is kept in its evidence."""
    records = collector()
    document = records.document(file, license="CC0-1.0", url="https://example.org/list.csv", retrieved="2025-02-03")
    records.add("Company", "acme", {"label": "Acme"}, document, Place("", 1))
    place = Place("pointer:/a/3")
    records.add("Company", "rival", {"label": "Rival"}, document, place, confidence="0.8", stance="Alleges", claimant="acme")
    found = {record.name: record for record in records.finish().data_set.records}
    (evidence,) = found["rival"].evidence
    assert (evidence.pointer, str(evidence.confidence), evidence.stance.value) == ("/a/3", "0.8", "Alleges")
    assert evidence.claimant == "urn:x:acme"
    described = found["doc-list"].model_dump(include={"license", "retrieved", "sha256"})
    assert (described["license"], str(described["retrieved"])) == ("CC0-1.0", "2025-02-03")


def test_a_record_of_many_rows_takes_time_in_proportion_to_them(file: ForeignFile) -> None:
    """Suppliers of one need are united as few are: the same again is one, and parts of one provider that agree are one."""
    records = collector()
    document = records.document(file)
    names = [*range(40), *range(40), 7]
    for number, name in enumerate(names, 1):
        part = {"provider": f"p{name}", **({"delay": "P1D"} if number > 40 else {})}
        data = {"dependant": "a", "need": "b", "supply": [part]}
        records.add("Dependency", "d", data, document, Place(f"row:{number}", number))
        for entity in ("a", "b", f"p{name}"):
            records.imply("Company", entity, entity, document, Place(f"row:{number}", number))
    (dependency,) = (record for record in records.finish().data_set.records if isinstance(record, Dependency))
    assert [supply.delay for supply in dependency.supply] == ["P1D"] * 40
    assert len(dependency.evidence) == len(names)
