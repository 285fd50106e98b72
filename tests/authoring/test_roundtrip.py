"""The law of the floor below: records to quads to records is the identity, and so is the way round, and over text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Quad, RdfFormat, parse
from records import STANDING, data_sets, records

from knockon.model import Statement
from knockon.rdf.plan import quads
from knockon.rdf.reader import read
from knockon.store.files import to_bytes

GRAPH = "https://w3id.org/knockon/id/data-test"


def said(given: list[Statement]) -> set[Quad]:
    """The quads of records."""
    return {quad for record in given for quad in quads(record, GRAPH)}


def read_all(given: set[Quad]) -> list[Statement]:
    """The records of quads that are all ours and all right."""
    reading = read(given)
    assert reading.problems == ()
    assert reading.extra == ()
    return list(reading.records)


@pytest.mark.parametrize("cls", STANDING, ids=lambda cls: cls.__name__)
def test_a_record_of_any_class_comes_back_as_itself(cls: type[Statement]) -> None:
    @settings(max_examples=25)
    @given(records(cls))
    def law(record: Statement) -> None:
        assert read_all(said([record])) == [record]

    law()


@given(data_sets())
def test_quads_come_back_as_themselves(given: list[Statement]) -> None:
    there = said(given)
    assert said(read_all(there)) == there


@given(data_sets())
def test_records_come_back_from_text(given: list[Statement]) -> None:
    text = to_bytes(said(given), RdfFormat.N_QUADS)
    assert read_all(set(parse(text, format=RdfFormat.N_QUADS))) == sorted(given, key=lambda record: record.id)


@given(data_sets(), st.randoms())
def test_order_is_no_matter(given: list[Statement], random) -> None:  # type: ignore[no-untyped-def]
    shuffled = list(said(given))
    random.shuffle(shuffled)
    assert list(read(shuffled).records) == sorted(given, key=lambda record: record.id)
