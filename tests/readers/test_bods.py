"""Statements of BODS 0.4 become parties and what they hold of each other, each held once and on its days."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import knockon
from knockon.authoring.options import ReadOptions
from knockon.errors import InvalidData
from knockon.model import Company, Group, Organization, Ownership, Person, Relation
from knockon.readers import bods_statements
from knockon.readers.bods_statements import licensed_if_each_once
from knockon.readers.foreign_file import ForeignFile
from knockon.readers.import_files import import_files
from knockon.vocabulary import InterestKind
from support.imports import as_json, damaged_values, import_content, records_of, survives


def statement(record: str, kind: str, details: dict[str, Any], status: str = "new", day: str = "2020-01-01") -> dict[str, Any]:
    return {
        "statementId": f"{record}-{day}-{status}", "statementDate": day, "recordId": record, "recordStatus": status,
        "recordType": kind, "publicationDetails": {"bodsVersion": "0.4", "publicationDate": day}, "recordDetails": details,
    }  # fmt: skip


def entity(record: str, kind: str = "registeredEntity", **details: Any) -> dict[str, Any]:
    return statement(record, "entity", {"isComponent": False, "entityType": {"type": kind}, "name": record.title(), **details})


def person(record: str, kind: str = "knownPerson", **details: Any) -> dict[str, Any]:
    named = {"names": [{"type": "legal", "fullName": record.title()}]} if kind == "knownPerson" else {}
    return statement(record, "person", {"isComponent": False, "personType": kind, **named, **details})


def held(record: str, owner: Any, owned: Any, *interests: dict[str, Any], **more: Any) -> dict[str, Any]:
    day, status = more.pop("day", "2020-01-01"), more.pop("status", "new")
    details = {"isComponent": False, "subject": owned, "interestedParty": owner, "interests": list(interests), **more}
    return statement(record, "relationship", details, status, day)


def shares(exact: float | None = None, how: str = "direct", kind: str = "shareholding", **more: Any) -> dict[str, Any]:
    share = {} if exact is None else {"share": {"exact": exact}}
    return {"type": kind, "directOrIndirect": how, **share, **more}


def ownerships(*statements: dict[str, Any]) -> dict[str, Ownership]:
    return records_of(import_content("bods.json", as_json(list(statements)), "bods"), Ownership)


PARTIES = (entity("acme"), entity("holding"), person("ann"))


def test_an_indirect_holding_and_its_components_are_not_added_up() -> None:
    found = ownerships(
        *PARTIES,
        held("r1", "holding", "acme", shares(60), isComponent=True),
        held("r2", "ann", "holding", shares(100), isComponent=True),
        held("r3", "ann", "acme", shares(60, "indirect"), componentRecords=["r1", "r2", "holding"]),
    )
    assert {name: record.direct for name, record in found.items()} == {
        "r1-shareholding": True, "r2-shareholding": True, "r3-shareholding-indirect": False,
    }  # fmt: skip
    assert sum(r.share or 0 for r in found.values() if r.owned.endswith("acme") and r.is_part_of_whole) == Decimal("0.6")


def test_a_relationship_with_components_is_indirect_and_unknown_stays_unknown() -> None:
    plain = {"type": "shareholding"}
    found = ownerships(
        *PARTIES, held("r1", "ann", "acme", plain, componentRecords=["x"]), held("r2", "ann", "holding", shares(how="unknown"))
    )
    assert [found["r1-shareholding-indirect"].direct, found["r2-shareholding"].direct] == [False, None]


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        ({"exact": 25, "minimum": 25, "maximum": 25}, ("0.25", None, None)),
        ({"minimum": 25, "maximum": 50}, (None, "0.25", "0.5")),
        ({"exclusiveMinimum": 25, "maximum": 50}, (None, "0.25", "0.5")),
        ({"minimum": 25, "exclusiveMinimum": False}, (None, "0.25", None)),
        ({"maximum": 10.5}, (None, None, "0.105")),
        ({}, (None, None, None)),
    ],
)
def test_shares_are_numbers_or_ranges_in_percent(share: dict[str, Any], expected: tuple[str | None, ...]) -> None:
    record = ownerships(*PARTIES, held("r", "ann", "acme", shares(share=share)))["r-shareholding"]
    assert (record.share, record.share_low, record.share_high) == tuple(None if e is None else Decimal(e) for e in expected)


def test_kinds_of_interests_are_kept_apart_and_a_seat_on_the_board_is_a_relation() -> None:
    kinds = ("votingRights", "appointmentOfBoard", "trustee", "unknownInterest", "boardMember")
    imported = import_content(
        "bods.json", as_json([*PARTIES, held("r", "ann", "acme", *(shares(kind=kind) for kind in kinds))]), "bods"
    )
    assert {name: record.interest_kind for name, record in records_of(imported, Ownership).items()} == {
        "r-votingRights": InterestKind.VOTING_RIGHTS, "r-appointmentOfBoard": InterestKind.BOARD_CONTROL,
        "r-trustee": InterestKind.OTHER_CONTROL, "r-unknownInterest": None,
    }  # fmt: skip
    seat = records_of(imported, Relation)["r-boardMember"]
    assert (seat.relation_type, seat.mechanism, seat.subject[-3:]) == ("directorOf", "member of the board", "ann")


def test_the_last_statement_counts_wherever_it_is_and_a_changed_share_from_its_day() -> None:
    ended = shares(50, startDate="2019-05-01", endDate="2022-01-21")
    versions = [
        held("r", "ann", "acme", shares(100, startDate="2019-05-01"), day="2022-01-21", status="updated"),
        held("r", "ann", "acme", shares(50, startDate="2019-05-01"), day="2020-01-01"),
        held("r", "ann", "acme", shares(50, startDate="2019-05-01"), day="2021-01-01", status="updated"),
        held("s", "holding", "acme", shares(50, startDate="2019-05-01"), day="2020-01-01"),
        held("s", "holding", "acme", ended, day="2022-01-21", status="closed"),
    ]
    imported = import_content("bods.json", as_json([*PARTIES, *versions]), "bods")
    found = records_of(imported, Ownership)
    assert {name: (record.share, record.from_, record.until) for name, record in found.items()} == {
        "r-shareholding": (1, date(2022, 1, 21), None),
        "r-shareholding-until-2022-01-20": (Decimal("0.5"), date(2019, 5, 1), date(2022, 1, 20)),
        "s-shareholding": (Decimal("0.5"), date(2019, 5, 1), date(2022, 1, 20)),
    }
    assert imported.report.left_out == (("an earlier statement of a record that a later one replaces", 3),)
    # The earlier share rests on the last statement that gave it.
    assert [found[name].evidence[0].place for name in sorted(found)] == ["pointer:/3", "pointer:/5", "pointer:/7"]


def test_a_closed_relationship_without_an_end_ended_when_it_was_closed() -> None:
    closed = held("r", "ann", "acme", shares(50), day="2023-03-02", status="closed")
    assert ownerships(*PARTIES, closed)["r-shareholding"].until == date(2023, 3, 1)


def test_parties_that_are_not_known_are_kept_each_for_itself() -> None:
    unknown = {"reason": "subjectUnableToConfirmOrIdentifyBeneficialOwner", "description": "No answer"}
    imported = import_content(
        "bods.json",
        as_json([
            *PARTIES, person("p1", "unknownPerson"), person("p2", "anonymousPerson", unspecifiedPersonDetails=unknown),
            entity("e1", "anonymousEntity", name=None),
            held("r1", "p1", "acme", shares(10)), held("r2", unknown, "acme", shares(20)),
            held("r3", {"reason": "noBeneficialOwners"}, "acme"), held("r4", "p2", {"reason": "unknown"}),
        ]),
        "bods",
    )  # fmt: skip
    people, groups = records_of(imported, Person), records_of(imported, Group)
    assert [people["p1"].label, people["p2"].label] == ["unknown person p1", "anonymous person p2"]
    assert people["p2"].comment == "anonymous person: subjectUnableToConfirmOrIdentifyBeneficialOwner; No answer"
    assert records_of(imported, Organization)["e1"].label == "anonymous entity e1"
    assert list(groups) == ["r2-party"]
    assert dict(imported.report.left_out) == {
        "a relationship without interested party: no beneficial owners": 1, "a relationship without subject: unknown": 1,
    }  # fmt: skip


def test_a_company_that_need_not_say_who_owns_it_has_an_owner_that_is_not_known() -> None:
    exempt = held("r", {"reason": "subjectExemptFromDisclosure", "description": "It is listed"}, "acme")
    del exempt["recordDetails"]["interests"]
    imported = import_content("bods.json", as_json([*PARTIES, exempt]), "bods")
    (held_by,) = records_of(imported, Ownership).values()
    (party,) = records_of(imported, Group).values()
    assert (held_by.owner, held_by.interest_kind, held_by.share) == (party.id, None, None)
    assert (party.label, party.comment) == ("subject exempt from disclosure (r)", "It is listed")


def test_identifiers_names_dates_and_places_are_kept() -> None:
    details = {
        "alternateNames": ["ACME"], "identifiers": [{"scheme": "XI-LEI", "id": "5493"}, {"uri": "https://example.org/a"}],
        "jurisdiction": {"code": "FI", "name": "Finland"}, "foundingDate": "2001", "dissolutionDate": "2024-05",
    }  # fmt: skip
    firm = records_of(import_content("bods.json", as_json([entity("GB/1 a", **details)]), "bods"), Company)
    record = next(iter(firm.values()))
    assert (record.alt_label, record.jurisdiction[0][-15:], record.from_, record.until) == (
        ("ACME",), "jurisdiction-fi", date(2001, 1, 1), date(2024, 5, 31),
    )  # fmt: skip
    assert {(item.scheme, item.notation) for item in record.identifier} == {("LEI", "5493"), ("URI", "https://example.org/a")}


def before_04(statement_id: str, kind: str, *, replaces: str = "", day: str = "2019-01-01", **fields: Any) -> dict[str, Any]:
    """A statement of BODS 0.2 or 0.3."""
    replaced = {"replacesStatements": [replaces]} if replaces else {}
    published = {"publicationDate": day, "bodsVersion": "0.2", "license": "https://spdx.org/licenses/CC0-1.0"}
    head = {"statementID": statement_id, "statementType": kind, "statementDate": day, "publicationDetails": published}
    return {**head, **replaced, **fields}


OLD = [
    before_04("e1", "entityStatement", entityType="registeredEntity", name="Acme", incorporatedInJurisdiction={"code": "GB"}),
    before_04("p1", "personStatement", personType="knownPerson", names=[{"type": "individual", "fullName": "Ann"}]),
    before_04(
        "o1", "ownershipOrControlStatement", subject={"describedByEntityStatement": "e1"},
        interestedParty={"describedByPersonStatement": "p1"},
        interests=[
            {"type": "shareholding", "interestLevel": "direct", "share": {"minimum": 25, "maximum": 50}},
            {"type": "voting-rights", "interestLevel": "indirect"},
        ],
    ),
    before_04("e2", "entityStatement", replaces="e1", day="2020-01-01", entityType="registeredEntity", name="Acme plc"),
    before_04(
        "o2", "ownershipOrControlStatement", day="2020-02-01", subject={"describedByEntityStatement": "e2"},
        interestedParty={"unspecified": {"reason": "unknown", "description": "not asked"}},
        interests=[{"type": "trustee-of-trust"}],
    ),
]  # fmt: skip


def test_statements_before_04_are_read_as_those_of_04(tmp_path: Path) -> None:
    """Records are known by the first statement of those that replace each other, in whatever order; the last one counts."""
    for statements in (OLD, OLD[::-1]):
        imported = import_content("bods.json", as_json(statements))
        assert imported.report.reader == "bods"
        assert {name: company.label for name, company in records_of(imported, Company).items()} == {"e1": "Acme plc"}
        assert [person.label for person in records_of(imported, Person).values()] == ["Ann"]
        found = records_of(imported, Ownership)
        first = found["o1-shareholding"]
        assert (first.owner[-3:], first.owned[-3:]) == ("/p1", "/e1")
        assert (first.share_low, first.share_high) == (Decimal("0.25"), Decimal("0.5"))
        kinds = {name: (record.interest_kind, record.direct) for name, record in found.items()}
        assert kinds["o1-votingRights-indirect"] == (InterestKind.VOTING_RIGHTS, False)
        assert kinds["o2-trustee"] == (InterestKind.OTHER_CONTROL, None)
        assert [group.comment for group in records_of(imported, Group).values()] == ["not asked"]


def test_statements_that_replace_each_other_in_a_circle_are_one_record() -> None:
    """Nothing loops."""
    circle = [
        before_04(name, "entityStatement", replaces=other, entityType="registeredEntity", name="Acme")
        for name, other in (("a", "b"), ("b", "c"), ("c", "a"), ("d", "b"))
    ]
    assert list(records_of(import_content("bods.json", as_json(circle)), Company)) == ["a"]


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ({"statementId": "x", "statementType": "entityStatement"}, "has no statementID"),
        ({"statementID": "x", "statementType": "shipStatement"}, "statementType 'shipStatement' is not one of"),
        (entity("a") | {"publicationDetails": {"bodsVersion": "1.0"}}, "is a statement of BODS 1.0"),
        (
            {"statementID": "a", "statementType": "personStatement", "publicationDetails": {"bodsVersion": "0.5"}},
            "is a statement of BODS 0.5",
        ),
        (entity("a") | {"recordId": None}, "has no recordId"),
        (entity("a", "ship"), "entityType 'ship' is not one of"),
        (held("r", "ann", "acme", shares(150)), "share"),
        (held("r", "ann", "acme", {"type": "hopes"}), "'hopes' is not a type of interest"),
        (held("r", "ann", "acme", shares(share=5)), "share is a number, and should be an object"),
        (held("r", "nobody", "acme", shares(5)), "nobody"),
        (held("r", "acme", "acme", shares(5)), "an owner cannot own itself"),
        (held("r", "ann", "acme", shares(5, startDate="soon")), "soon"),
        ([], "the record is a list, and should be an object"),
    ],
)
def test_a_statement_of_another_form_is_rejected_with_its_place(broken: Any, reason: str) -> None:
    imported = import_content("bods.jsonl", "\n".join(map(as_json, [*PARTIES, broken])), "bods", rejects=True)
    (place,) = imported.report.rejected
    assert (place.line, place.selector) == (4, "line:4")
    assert reason in place.reason
    assert len(records_of(imported, Company)) == 2
    with pytest.raises(InvalidData, match=r"bods.jsonl:4: "):
        import_content("bods.jsonl", "\n".join(map(as_json, [*PARTIES, broken])), "bods")


def test_an_import_without_a_sound_row_says_why() -> None:
    with pytest.raises(InvalidData, match=r"(?s)0 records of 1 row, 1 rejected.*:1: a: label"):
        import_content("b.json", as_json([entity("a", name="x" * 200_000)]), "bods", rejects=True)


def test_versions_of_a_malformed_last_statement_do_not_count() -> None:
    """The last statement is rejected: an earlier one must not be taken for what holds."""
    last = held("r", "ann", "acme", {"type": "hopes"}, day="2022-01-01", status="updated")
    imported = import_content("b.json", as_json([*PARTIES, held("r", "ann", "acme", shares(5)), last]), "bods", rejects=True)
    assert records_of(imported, Ownership) == {}
    assert [place.selector for place in imported.report.rejected] == ["pointer:/4"]


def test_an_earlier_version_of_another_form_is_rejected() -> None:
    """Its shares would be kept with their days, so that it is not counted as replaced."""
    first = held("r", "ann", "acme", {"type": "hopes"})
    last = held("r", "ann", "acme", shares(5), day="2022-01-01", status="updated")
    imported = import_content("b.json", as_json([*PARTIES, first, last]), "bods", rejects=True)
    assert [place.selector for place in imported.report.rejected] == ["pointer:/3"]
    assert len(records_of(imported, Ownership)) == 1


SAMPLE = [
    *PARTIES,
    person("p", "unknownPerson", unspecifiedPersonDetails={"reason": "unknown"}),
    held("r", "ann", "acme", shares(50, startDate="2020-01-01"), shares(kind="boardMember"), componentRecords=["q"]),
    held("r", "ann", "acme", shares(60, endDate="2021-01-01"), day="2021-01-01", status="closed"),
    held("q", {"reason": "unknown"}, "acme", shares(share={"minimum": 5, "maximum": 10})),
]


@given(damaged_values(SAMPLE, *SAMPLE, OLD))
def test_hostile_statements_are_rejected_or_refused(value: Any) -> None:
    survives("bods.json", as_json(value), "bods")


def test_the_files_of_the_standard_give_the_right_ownership(shared: Path) -> None:
    """Skipped where the examples of the standard are not there."""
    folder = shared / "realdata" / "bods"
    if not folder.is_dir():
        pytest.skip(f"no folder {folder}")
    with knockon.open() as graph:
        report = graph.import_files(*sorted(folder.glob("*.json")), name="bods")
        assert (report.rows, dict(report.records)["Ownership"], report.rejected) == (54, 20, ())
    imported = import_files([folder / "fermcat.json"])
    now = [r for r in records_of(imported, Ownership).values() if r.until is None]
    assert [(record.owner.rsplit("/", 1)[1], record.share) for record in now] == [("per-41c0bb0cef246f7c", 1)]
    finnish = records_of(import_files([folder / "bods-package-fi-soe.json"]), Ownership).values()
    gas = [r.share for r in finnish if r.owned.endswith("19f1c5afe9d7") and r.is_part_of_whole]
    assert sorted(filter(None, gas)) == [Decimal("0.235"), Decimal("0.765")]


#: Lines of a file, some of which are no sound statement, or state a record or a licence in an unusual way.
_LINES = [
    json.dumps(each)
    for each in (
        *PARTIES, entity("acme", name="ACME plc"),
        held("r1", "ann", "acme", shares(60)), held("r2", "holding", "acme", shares(10)),
        held("r1", "ann", "acme", shares(55), day="2021-01-01"), held("r3", "ann", "acme", shares(kind="odd")),
        held("r4", "ann", "acme", shares(20), status="closed", day="2021-01-01"), {"recordType": "person"}, [],
        {**entity("sub"), "publicationDetails": {"license": "CC0-1.0"}}, entity("new", entityType={}),
    )
]  # fmt: skip
_LINES += ["", "{", _LINES[1].replace('"recordId"', '"record\\u0049d"'), _LINES[0].replace('"acme"', '"\\u0061cme"', 1)]


@given(st.lists(st.sampled_from(_LINES), min_size=1, max_size=6), st.booleans())
def test_reading_once_gives_what_reading_twice_gives(lines: list[str], every: bool) -> None:
    """Where each record has one statement nothing is read in advance: records, counts and rejected lines are the same."""

    def outcome(path: Path) -> object:
        try:
            imported = import_files([path], "bods", options=ReadOptions(rejects=path.with_name("rejects.csv")))
        except InvalidData as error:
            return str(error)
        return imported.report, imported.data_set.records

    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        path = Path(folder) / "bods.jsonl"
        path.write_text("\n".join([*(_LINES[:3] if every else []), *lines]), "utf-8")
        at_once = outcome(path)
        patch.setattr(bods_statements, "licensed_if_each_once", lambda _: None)
        assert outcome(path) == at_once


def test_what_is_not_certain_to_be_stated_once_is_read_twice(tmp_path: Path) -> None:
    """The name of a record may be written in several ways, and a statement over several lines."""
    path = tmp_path / "bods.jsonl"

    def is_certain(*lines: str) -> bool:
        path.write_text("\n".join(lines), "utf-8")
        return licensed_if_each_once([ForeignFile("bods.jsonl", path)]) is not None

    assert is_certain('{"recordId": "a"}', "", '{"recordId" : "b"}')
    for second in ('" a "', '"\\u0061"', '"a", "recordId": "b"', "1", '""', '"b", "record\\u0049d": "a"'):
        assert not is_certain('{"recordId": "a"}', f'{{"recordId": {second}}}')
    assert not is_certain("[", '{"recordId": "a"}]')
