"""Records of one thing in two data sets."""

from __future__ import annotations

import pytest

from knockon.errors import InvalidData
from knockon.model import Measure
from knockon.model.language import LanguageString
from knockon.rdf.merge import merge
from support.small_records import data_set, iri


def law(label: str, **more: object) -> Measure:
    return Measure(id=iri("law"), label=label, **more)  # type: ignore[arg-type]


def test_a_measure_of_two_data_sets_is_one() -> None:
    """It has whom and what either names, the first label and the other as a further name; it is inferred if both say so."""
    one = law("The list", applies_to=[iri("acme")], covers=[iri("steel")], inferred=True, reason="So it seems.")
    other = law("List", covers=[iri("coal")], status="InForce")
    ((merged, _),) = merge([data_set("a", [one]), data_set("b", [other])])
    both = {"applies_to": [iri("acme")], "covers": [iri("steel"), iri("coal")], "status": "InForce"}
    assert merged == law("The list", alt_label=[LanguageString("List", "en")], **both)


def test_measures_that_contradict_each_other_are_refused() -> None:
    """In force here and a proposal there: one of them needs another id."""
    with pytest.raises(InvalidData, match="law is a different record"):
        merge([data_set("a", [law("Law", status="InForce")]), data_set("b", [law("Law", status="Hypothetical")])])
