"""Records that are made quickly and take little memory are the records of their models."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from knockon.model import Company, Dependency, Evidence, ImpactRun, Statement
from knockon.model.compact import CompactRecords, blank
from support.record_strategies import STANDING, contents


@st.composite
def stated(draw: st.DrawFn) -> tuple[type[Statement], dict[str, Any]]:
    """A class, and values of its fields as data files have them."""
    cls = draw(st.sampled_from([cls for cls in STANDING if cls is not ImpactRun]))
    return cls, {"id": "urn:x:record", **draw(contents(cls))}


@settings(max_examples=2 * settings.default.max_examples)
@given(stated())
def test_a_record_is_the_one_of_its_model(record: tuple[type[Statement], dict[str, Any]]) -> None:
    """It has the same values, parts, ids and stated fields, twice from one maker, and evidence that is given apart."""
    cls, values = record
    maker, expected = CompactRecords(), cls.model_validate(values)
    for _ in range(2):
        made = maker.make(cls, values)
        # A class with other checks than those of whole records is left to its model.
        if made is not None:
            assert made == expected
            assert made.model_fields_set == expected.model_fields_set
            assert repr(made) == repr(expected)
    assert maker.of(expected) == expected
    without = {name: value for name, value in values.items() if name != "evidence"}
    made = maker.make(cls, without, expected.evidence)
    assert made is None or made == expected


@settings(max_examples=2 * settings.default.max_examples)
@given(stated())
def test_what_a_model_refuses_is_not_made(record: tuple[type[Statement], dict[str, Any]]) -> None:
    """Without a required field, with a date that is none, or an end before the start."""
    cls, values = record
    wrong: list[dict[str, Any]] = [{**values, "from": "soon"}, {**values, "from": "2021-01-02", "until": "2021-01-01"}]
    wrong += [{name: value for name, value in values.items() if name != left_out} for left_out in values]
    for case in wrong:
        try:
            cls.model_validate(case)
        except ValidationError:
            assert CompactRecords().make(cls, case) is None


@settings(max_examples=15)
@given(stated())
def test_a_check_does_nothing_where_what_it_concerns_is_not_stated(record: tuple[type[Statement], dict[str, Any]]) -> None:
    """Whatever else is stated: an import skips it."""
    cls, values = record
    maker, valid = CompactRecords(), cls.model_validate(values)
    form = maker.form_of(cls)
    for check in form.checks if form else ():
        skipped: frozenset[str] = getattr(check, "concerns", frozenset())
        if skipped:
            content = blank(cls) | {name: getattr(valid, name) for name in cls.model_fields if name not in skipped}
            made = maker.new(cls, dict(content), set(content))
            check(made)
            assert vars(made) == content


def test_parts_of_equal_records_are_their_own() -> None:
    """A part is named after its record, so that records with equal values do not share it."""
    maker = CompactRecords()
    values = {"dependant": "urn:x:a", "need": "urn:x:b", "supply": [{"provider": "urn:x:p"}]}
    first, second = (maker.make(Dependency, {"id": f"urn:x:{name}", **values}) for name in "de")
    assert first is not None
    assert second is not None
    assert (first.supply[0].id, second.supply[0].id) == ("urn:x:d--p", "urn:x:e--p")


def test_records_share_what_is_equal() -> None:
    """The names of stated fields, and values that repeat, are one object."""
    maker = CompactRecords()
    place = Evidence(document="urn:x:doc", row=2)
    values = {"label": "A", "jurisdiction": ["urn:x:fr"], "from": "2021-01-02"}
    one, other = (maker.make(Company, {"id": f"urn:x:{name}", **values}, (place,)) for name in "ab")
    assert one is not None
    assert other is not None
    assert one.model_fields_set is other.model_fields_set
    assert one.jurisdiction is other.jurisdiction
    assert one.from_ is other.from_
