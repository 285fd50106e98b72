"""A record without a label has a title that is made of the names of what it refers to."""

from __future__ import annotations

import pytest

from knockon.analysis.records.titles import COMPOSED, Titles
from knockon.model import (
    STATEMENTS,
    Company,
    Designation,
    Judgement,
    Measure,
    Observation,
    Ownership,
    Provision,
    Relation,
    Statement,
)
from knockon.rdf.fields import fields
from support.small_records import iri

_NAMED = [
    Company(id=iri("acme"), label="Acme"),
    Company(id=iri("bolt"), label="Bolt"),
    Measure(id=iri("list"), label="Entity List"),
]


@pytest.mark.parametrize(
    ("record", "title"),
    [
        (Designation(id=iri("d"), measure=iri("list"), designated=iri("acme")), "Entity List: Acme"),
        (
            Designation(id=iri("d"), measure=iri("list"), designated=iri("acme"), **{"from": "2019-10-09"}),
            "Entity List: Acme (from 2019-10-09)",
        ),
        (Designation(id=iri("d"), measure=iri("other"), designated=iri("nobody")), "other: nobody"),
        (Provision(id=iri("p"), provider=iri("acme"), provided=iri("bolt")), "Acme provides Bolt"),
        (Provision(id=iri("p"), provider=iri("acme"), provided=iri("bolt"), period="2025"), "Acme provides Bolt (2025)"),
        (Judgement(id=iri("j"), entity=[iri("acme"), iri("bolt")], verdict="same"), "Same: Acme and Bolt"),
        (Ownership(id=iri("o"), owner=iri("acme"), owned=iri("bolt")), "Acme owns Bolt"),
        (Relation(id=iri("r"), subject=iri("acme"), relationType="competesWith", object=iri("bolt")), "Acme competesWith Bolt"),
        (Observation(id=iri("v"), about=iri("acme"), metric="revenue", value=1, unit="USD"), "revenue of Acme"),
    ],
)
def test_a_title_names_what_a_record_refers_to(record: Statement, title: str) -> None:
    assert Titles([*_NAMED, record]).of(record) == title


def test_every_class_has_a_label_or_a_composed_title() -> None:
    """So that no record is shown by its id where it could be named."""
    without = {cls for cls in STATEMENTS.values() if not {"label", "title"} & {field.name for field in fields(cls)}}
    assert without == set(COMPOSED)
