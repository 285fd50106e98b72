"""Records that are built by a plan are those that the model itself makes of the same values."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from knockon.authoring.expand import Expander
from knockon.authoring.resolver import Resolver
from knockon.model import STATEMENTS, Evidence, Statement
from knockon.model.compact import CompactRecords
from knockon.model.language import LanguageString
from knockon.readers.drafts import Drafts
from knockon.readers.plain_records import PlainRecords
from knockon.readers.record_drafts import RecordDraft

BASE = "urn:x:"
EVIDENCE = (Evidence(document="urn:x:doc-a", row=5),)
ATOMS = st.one_of(
    st.sampled_from(
        ["a", "b c", "", " ", "id:nvidia", "urn:x:b", "a\0", "LEI 1", "2020", "2020-02-30", "02.12.2019", "0.5", "1e3", "-1",
         "unknown", "Shareholding", "votingrights", "true", "x" * 9_000, "directorOf"]
    ),
    st.sampled_from([True, False, Decimal("0.50"), Decimal("0.5"), Decimal("NaN"), Decimal(2), None]),
    st.builds(LanguageString, st.sampled_from(["a", "名", "2020"]), st.sampled_from(["", "zh"])),
)  # fmt: skip
VALUES = st.one_of(ATOMS, st.lists(ATOMS, max_size=3), st.dictionaries(st.sampled_from(["scheme", "notation", "x"]), ATOMS))
FIELDS = st.sampled_from([
    "label", "altLabel", "identifier", "partOf", "jurisdiction", "from", "until", "comment", "atLeast", "judged", "owner",
    "owned", "share", "shareLow", "shareHigh", "direct", "interestKind", "subject", "relationType", "object", "mechanism",
    "inferred",
])  # fmt: skip


def by_the_model(draft: RecordDraft) -> Statement | None:
    """Return the record that the model makes; None if a value is invalid."""
    expander = Expander(Resolver(BASE))
    try:
        record = STATEMENTS[draft.cls].model_validate({"id": draft.id, **expander.expand(STATEMENTS[draft.cls], draft.data)})
    except ValueError:
        return None
    return None if expander.faults else record.model_copy(update={"evidence": EVIDENCE})


def described(record: Statement) -> list[Any]:
    """Return the values of a record with their types and languages."""
    values = [getattr(record, name) for name in type(record).model_fields]
    languages = [getattr(value, "language", "") for value in values]
    return [type(record), [(type(value), repr(value)) for value in values], languages, sorted(record.model_fields_set)]


@given(
    st.lists(
        st.tuples(st.sampled_from(["Company", "Ownership", "Relation"]), st.dictionaries(FIELDS, VALUES, max_size=5)),
        max_size=6,
    )
)
def test_a_plan_makes_the_records_of_the_model(written: list[tuple[str, dict[str, Any]]]) -> None:
    """Whatever the fields hold, and whatever was built before: the same record, or none where the model refuses a value."""
    drafts = Drafts(BASE)
    plain = PlainRecords(BASE, drafts, CompactRecords(), Expander(Resolver(BASE)))
    for number, (cls, data) in enumerate(written):
        # What is required, so that most are valid.
        least = {"label": "A"} if cls == "Company" else {"owner": "a", "owned": "b"} if cls == "Ownership" else {}
        drafts[f"{BASE}r{number}"] = draft = RecordDraft(cls, {**least, **data})
        record = plain.build(draft, EVIDENCE)
        if record is not None:
            expected = by_the_model(draft)
            assert expected is not None
            assert described(record) == described(expected)


def test_what_imports_state_is_plain() -> None:
    """Parties, holdings and relations as the readers write them are built by a plan, not the long way."""
    drafts = Drafts(BASE)
    plain = PlainRecords(BASE, drafts, CompactRecords(), Expander(Resolver(BASE)))
    party = {"label": "A", "altLabel": ["B", "C"], "identifier": ["LEI 1", "VAT 2"], "jurisdiction": "jurisdiction-de"}
    holding = {
        "owner": "a",
        "owned": "b",
        "share": Decimal("0.5"),
        "from": "2020",
        "direct": True,
        "interestKind": "Shareholding",
    }
    relation = {"subject": "a", "relationType": "directorOf", "object": "b", "mechanism": "chair", "until": "2021-02"}
    for cls, data in (("Company", party), ("Ownership", holding), ("Relation", relation)):
        drafts[f"{BASE}{cls}"] = draft = RecordDraft(cls, data)
        record = plain.build(draft, EVIDENCE)
        expected = by_the_model(draft)
        assert record is not None
        assert expected is not None
        assert described(record) == described(expected)
