"""The law of the floor below: records to quads to records is the identity, and so is the way round, and over text."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, Quad, RdfFormat, parse

from knockon.model import Company, Entity, Observation, Statement
from knockon.rdf.from_rdf import read
from knockon.rdf.to_rdf import quads
from knockon.store.files import to_bytes
from knockon.vocabulary import PREFIXES
from support.record_strategies import STANDING, data_sets, records

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
    # Most entities are alike but for their name.
    @settings(max_examples=settings.default.max_examples // (7 if issubclass(cls, Entity) and cls is not Entity else 2))
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


def test_identifiers_keep_one_order() -> None:
    for count in range(20):
        several = [{"scheme": "LEI", "notation": str(n)} for n in range(count)]
        company = Company.model_validate({"id": "urn:x:a", "label": "A", "identifier": several})
        assert read_all(said([company])) == [company]


def test_a_number_of_any_length_keeps_its_digits() -> None:
    digits = "0.1234567890123456789012345678901234567891"
    (said_value,) = [q.object for q in said([_figure(digits)]) if q.predicate.value.endswith("#value")]
    assert said_value.value == digits
    (zero,) = [q.object for q in said([_figure("-0.00")]) if q.predicate.value.endswith("#value")]
    assert zero.value == "0"


def _figure(value: str) -> Statement:
    return Observation.model_validate({"id": "urn:x:o", "about": "urn:x:a", "metric": "m", "value": value})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('ko:from "0"^^xsd:date', "from '0' is not a valid xsd:date"),
        ('ko:from "2021-12-10T00:00:00"^^xsd:date', "is not a valid xsd:date"),
        ('ko:from "2021-13"^^xsd:gYearMonth', "from '2021-13' is not an xsd:gYearMonth"),
        ('ko:until "2021Z"^^xsd:gYear', "until '2021Z' is not an xsd:gYear"),
        ('ko:share "1e-1"^^xsd:decimal', "share '1e-1' is not a valid xsd:decimal"),
        ('ko:share "1_0"^^xsd:decimal', "is not a valid xsd:decimal"),
        ('ko:inferred "yes"^^xsd:boolean', "inferred 'yes' is not a valid xsd:boolean"),
        ('ko:share "0.5"', "must be xsd:decimal, not string"),
        ("ko:share 0.2, 0.3", "has 2 values for share"),
    ],
)
def test_literals_that_are_none_of_their_datatype_are_refused(text: str, message: str) -> None:
    prefixes = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items())
    turtle = f"{prefixes} id:o a ko:Ownership ; ko:owner id:a ; ko:owned id:b ; {text} ."
    (problem,) = read(parse(turtle, format=RdfFormat.TURTLE)).problems
    assert message in str(problem)


def test_a_span_has_one_start() -> None:
    evidence = {"document": "urn:x:d", "start": 1, "end": 2}
    there = said([Company.model_validate({"id": "urn:x:a", "label": "A", "evidence": evidence})])
    start = next(quad for quad in there if quad.predicate.value.endswith("#start"))
    twice = read([*there, Quad(start.subject, start.predicate, Literal(3), start.graph_name)])
    assert "has two values for start" in str(twice.problems[0])


def test_rdf_may_give_a_year_or_a_month_as_the_bounds_of_a_record() -> None:
    """The first day of the one and the last day of the other, as in the other formats; written back as xsd:date."""
    prefixes = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items())
    turtle = f'{prefixes} id:o a ko:Ownership ; ko:owner id:a ; ko:owned id:b ; ko:from "2021"^^xsd:gYear'
    reading = read(parse(f'{turtle} ; ko:until "2022-02"^^xsd:gYearMonth .', format=RdfFormat.TURTLE))
    assert (reading.problems, reading.extra) == ((), ())
    assert [(record.from_, record.until) for record in reading.records] == [(date(2021, 1, 1), date(2022, 2, 28))]
