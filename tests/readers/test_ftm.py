"""Entities of FollowTheMoney become entities, ownerships, relations, amounts and designations; the rest is counted."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from knockon.model import Company, Contract, Designation, Entity, Measure, Observation, Ownership, Person, Relation
from knockon.readers.ftm_schema import LINKS
from knockon.readers.import_files import import_files
from knockon.readers.import_report import Imported
from knockon.vocabulary import InterestKind
from support.imports import as_json, damaged_values, import_content, records_of, survives


def entity(key: str, schema: str, **properties: Any) -> dict[str, Any]:
    lists = {name: value if isinstance(value, list) else [value] for name, value in properties.items()}
    return {"id": key, "schema": schema, "properties": lists}


PARTIES = (
    entity(
        "acme", "Company", name=["Acme", "ACME Ltd"], alias="AC", leiCode="5493", jurisdiction="fi", incorporationDate="2001-02"
    ),
    entity("ann", "Person", name="Ann", country="de"), entity("bob", "Person", name="Bob"),
    entity("ship", "Vessel", name="Ship"), entity("box", "Address", full="1 Road"), entity("org", "PublicBody", name="Office"),
)  # fmt: skip


def imported(*entities: dict[str, Any], rejects: bool = False) -> Imported:
    return import_content("e.ftm.jsonl", "\n".join(map(as_json, [*PARTIES, *entities])), rejects=rejects)


def test_parties_have_names_identifiers_places_and_days() -> None:
    result = imported()
    acme = records_of(result, Company)["acme"]
    assert (acme.label, acme.alt_label, acme.identifier[0].scheme) == ("Acme", ("AC", "ACME Ltd"), "LEI")
    assert (acme.jurisdiction[0][-15:], acme.from_) == ("jurisdiction-fi", date(2001, 2, 1))
    assert {r.name: r.rdf_class for r in records_of(result, Entity).values() if r.name in ("ship", "org", "ann")} == {
        "ship": "Infrastructure", "org": "GovernmentBody", "ann": "Person",
    }  # fmt: skip
    assert (result.report.rows, result.report.left_out) == (6, (("schema Address is not modelled", 1),))
    assert acme.evidence[0].place == "line:1"


@pytest.mark.parametrize(
    ("percentage", "low", "exact", "high"),
    [
        ("25", None, "0.25", None), ("25.5%", None, "0.255", None), ("25,5 %", None, "0.255", None),
        ("25-50", "0.25", None, "0.5"), ("25 % – 50 %", "0.25", None, "0.5"), (">50", "0.5", None, None),
        ("<= 10%", None, None, "0.1"), ("a majority", None, None, None),
    ],
)  # fmt: skip
def test_percentages_are_shares_ranges_or_kept_as_written(
    percentage: str, low: str | None, exact: str | None, high: str | None
) -> None:
    result = imported(entity("o", "Ownership", owner="ann", asset="acme", percentage=percentage, endDate="2020"))
    record = records_of(result, Ownership)["o"]
    expected = tuple(None if number is None else Decimal(number) for number in (low, exact, high))
    assert (record.share_low, record.share, record.share_high) == expected
    assert (record.until, record.comment) == (date(2020, 12, 31), None if any(expected) else "share as written: a majority")


def test_control_is_ownership_of_another_kind_and_things_have_owners_too() -> None:
    result = imported(
        entity("c", "Control", controller="ann", controlled="acme", controlType="golden share"),
        entity("o", "Ownership", owner="ann", asset="ship"),
        entity("x", "Ownership", owner="ann", asset="box"),
        entity("p", "Company", name="Parent"), entity("q", "Company", name="Child", parent="p"),
    )  # fmt: skip
    found = records_of(result, Ownership)
    assert (found["c"].interest_kind, found["c"].comment) == (InterestKind.OTHER_CONTROL, "golden share")
    assert found["q-parent-p"].owner.endswith("/p")
    assert records_of(result, Relation)["o"].relation_type == "ownerOf"
    assert dict(result.report.left_out)["Ownership of or to an entity whose schema is not modelled"] == 1


@pytest.mark.parametrize("schema", sorted(LINKS))
def test_links_are_relations_with_days_and_role(schema: str) -> None:
    link = LINKS[schema]
    ends = {link.subject: "ann", link.object: "acme", link.mechanism: "chair", "startDate": "2020-01-02", "endDate": "2021"}
    record = records_of(imported(entity("l", schema, **ends)), Relation)["l"]
    assert (record.relation_type, record.subject[-4:], record.object[-5:]) == (link.relation, "/ann", "/acme")
    assert (record.mechanism, record.from_, record.until) == ("chair", date(2020, 1, 2), date(2021, 12, 31))


def test_payments_have_an_amount_and_several_parties_make_several_links() -> None:
    result = imported(
        entity("p", "Payment", payer="ann", beneficiary="acme", amountEur="50000", date="2011-12-29"),
        entity("q", "Payment", payer="ann", beneficiary="acme", amount="7.5", currency="GBP"),
        entity("d", "Directorship", director=["ann", "bob"], organization="acme"),
    )
    amounts = {r.about.rsplit("/", 1)[1]: (r.value, r.unit, r.period) for r in records_of(result, Observation).values()}
    assert amounts == {"p": (50000, "EUR", "2011-12-29"), "q": (Decimal("7.5"), "GBP", None)}
    directors = [r.subject[-3:] for r in records_of(result, Relation).values() if r.relation_type == "directorOf"]
    assert sorted(directors) == ["ann", "bob"]


def test_a_sanction_is_a_designation_under_a_measure() -> None:
    facts = {
        "entity": ["acme"],
        "authority": "Office",
        "program": "Order 1",
        "authorityId": "E-9",
        "listingDate": "2022-02-03T10:00",
    }
    result = imported(
        entity("s", "Sanction", **facts), entity("t", "Sanction", entity="ann", program="Order 1", authority="Office")
    )
    (measure,) = records_of(result, Measure).values()
    found = records_of(result, Designation)
    assert (measure.label, found["s"].measure, found["t"].measure) == ("Office: Order 1", measure.id, measure.id)
    assert (found["s"].list_entry, found["s"].from_) == ("E-9", date(2022, 2, 3))


def test_a_sanction_of_several_programs_is_a_designation_under_each() -> None:
    """No program is dropped; where each has a key, the key names its measure."""
    result = imported(
        entity("s", "Sanction", entity=["acme"], authority="Office", program=["Order 1", "Order 2"]),
        entity("t", "Sanction", entity=["acme"], program=["Order 3", "Order 4"], programId=["X-3", "X-4"]),
    )
    assert sorted(m.label for m in records_of(result, Measure).values()) == [
        "Office: Order 1", "Office: Order 2", "Order 3", "Order 4",
    ]  # fmt: skip
    assert {"measure-X-3", "measure-X-4"} <= {m.name for m in records_of(result, Measure).values()}
    assert len(records_of(result, Designation)) == 4


def test_a_legal_entity_that_is_also_a_person_is_a_person_and_fragments_are_merged() -> None:
    result = imported(entity("x", "LegalEntity", name="Xu"), entity("x", "Person", name="Xu L.", nationality="cn"))
    assert (records_of(result, Person)["x"].alt_label, result.report.merged) == (("Xu L.",), 1)


def test_entities_written_inside_others_are_read() -> None:
    inner = {"id": "o", "schema": "Ownership", "properties": {"owner": [{**PARTIES[1], "id": "cy"}], "asset": ["acme"]}}
    result = imported(entity("firm", "Company", name="Firm", ownershipAsset=[inner]))
    assert records_of(result, Ownership)["o"].owner.endswith("/cy")
    assert records_of(result, Person)["cy"].label == "Ann"


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ({"schema": "Company", "properties": {}}, "has no id"),
        (entity("x", "com pany"), "is not the name of a schema"),
        (entity("x", "Ownership", owner="ann"), "Ownership has no asset"),
        (entity("x", "Ownership", owner="ann", asset="nobody"), "nobody"),
        (entity("x", "Ownership", owner="ann", asset="acme", percentage="500"), "share"),
        (entity("x", "Family", person="ann", relative="bob", startDate="then"), "then"),
        (entity("x", "Payment", payer="ann", beneficiary="bob", amountEur="much"), "should be a number"),
        (entity("x", "Sanction"), "Sanction has no entity"),
    ],
)
def test_an_entity_of_another_form_is_rejected_with_its_line(broken: dict[str, Any], reason: str) -> None:
    result = imported(broken, rejects=True)
    (place,) = result.report.rejected
    assert (place.line, reason in place.reason) == (7, True), place.reason


SAMPLE = [
    *PARTIES,
    entity("o", "Ownership", owner="ann", asset="acme", percentage="25-50", startDate="2020"),
    entity("p", "Payment", payer="ann", beneficiary="acme", amountEur="5", date="2011-12-29"),
    entity("s", "Sanction", entity="acme", authority="Office", program="Order 1"),
    entity("c", "Control", controller="ann", controlled="acme"),
]


@given(damaged_values(SAMPLE))
def test_hostile_entities_are_rejected_or_refused(values: Any) -> None:
    lines = values if isinstance(values, list) else [values]
    survives("e.jsonl", "\n".join(map(as_json, lines)), "ftm")


def test_the_donations_to_parties_are_read(shared: Path) -> None:
    """Skipped where the file is not there."""
    file = shared / "realdata" / "ftm" / "donations.ftm.jsonl"
    if not file.is_file():
        pytest.skip(f"no file {file}")
    report = import_files([file]).report
    assert (report.rows, report.rejected, dict(report.left_out)) == (474, (), {"schema Address is not modelled": 89})
    counts = dict(report.records)
    assert [counts[name] for name in ("Company", "Organization", "Person", "Relation", "Observation")] == [56, 17, 22, 290, 290]


def test_links_may_come_before_what_they_link_and_before_what_narrows_its_class() -> None:
    links = (entity("own", "Ownership", owner="ann", asset="late"), entity("held", "Ownership", owner="late", asset="boat"))
    late = (
        entity("late", "LegalEntity", name="Late"), entity("late", "Person", alias="L"), entity("boat", "Address", full="Quay"),
        entity("boat", "Vessel", name="Boat"),
    )  # fmt: skip
    before, after = imported(*links, *late), imported(*late, *links)
    assert [
        record.model_copy(update={"evidence": ()}) for record in before.data_set.records if record.rdf_class != "Document"
    ] == [record.model_copy(update={"evidence": ()}) for record in after.data_set.records if record.rdf_class != "Document"]
    entities, relations = records_of(before, Entity), records_of(before, Relation)
    assert (entities["late"].rdf_class, entities["late"].alt_label) == ("Person", ("L",))
    # What Ann holds turns out to be a person, and what that one holds to be a ship.
    assert {relation.relation_type for relation in relations.values()} == {"ownerOf"}
    assert len(relations) == 2
    assert before.report.left_out == after.report.left_out


def test_a_contract_has_its_title_for_a_name() -> None:
    imported = import_content("c.ftm.json", as_json({"id": "c", "schema": "Contract", "properties": {"title": ["Bridge"]}}))
    assert [str(record.label) for record in records_of(imported, Contract).values()] == ["Bridge"]
