"""Names, texts, IRIs and numbers have a longest form: what is longer is refused in a short message, wherever it stands."""

from __future__ import annotations

from decimal import Decimal

import pytest
from pydantic import ValidationError

from knockon.model import Company, Dependency, Discrepancy, Document, Observation, Shock, Supply
from knockon.model.base import DIGITS, LONGEST_IRI, LONGEST_NAME, LONGEST_TEXT
from knockon.model.validation_errors import faults
from knockon.rdf.fields import by_alias

NS = "urn:x:"


def _messages(error: ValidationError) -> list[str]:
    return [fault.message for fault in faults(error, ())]


@pytest.mark.parametrize(("field", "limit"), [("label", LONGEST_NAME), ("altLabel", LONGEST_NAME), ("comment", LONGEST_TEXT)])
def test_a_text_has_a_longest_form(field: str, limit: int) -> None:
    """A text of the greatest length is taken, one of a character more is refused, and the message does not repeat it."""
    given = {"id": NS + "a", "label": "A", field: "x" * limit}
    assert Company.model_validate(given)
    with pytest.raises(ValidationError) as caught:
        Company.model_validate({**given, field: "x" * (limit + 1)})
    (message,) = _messages(caught.value)
    assert f"is longer than {limit:,} characters" in message
    assert len(message) < 500


def test_an_iri_has_a_longest_form() -> None:
    """References and ids are bounded alike."""
    longest = NS + "x" * (LONGEST_IRI - len(NS))
    assert Company(id=longest, label="A", part_of=longest).id == longest
    for wrong in ({"id": longest + "x"}, {"id": NS + "a", "partOf": longest + "x"}):
        with pytest.raises(ValidationError) as caught:
            Company.model_validate({"label": "A", **wrong})
        (message,) = _messages(caught.value)
        assert f"an IRI of {LONGEST_IRI + 1:,} characters; use at most {LONGEST_IRI:,}" in message


@pytest.mark.parametrize("text", ["1e-999999999", "1E+101", "0." + "1" * (DIGITS + 1)])
def test_numbers_have_a_bounded_number_of_digits(text: str) -> None:
    """A number that would be written with a thousand million digits is refused."""
    with pytest.raises(ValidationError, match=r"more than 100 digits|less than or equal to 1"):
        Supply.model_validate({"provider": NS + "a", "share": text})
    with pytest.raises(ValidationError, match="more than 100 digits"):
        Observation.model_validate({"id": NS + "o", "about": NS + "a", "metric": "m", "value": text})
    longest = "0." + "1" * DIGITS
    assert Supply.model_validate({"provider": NS + "a", "share": longest}).share == Decimal(longest)


@pytest.mark.parametrize(("text", "written"), [("0.70", "0.7"), ("1.0", "1"), ("0.0", "0"), ("0E+3", "0"), ("7e-1", "0.7")])
def test_equal_numbers_have_one_text(text: str, written: str) -> None:
    """However a file writes a number, a record has it as RDF does: what is read back from there says the same."""
    assert str(Supply.model_validate({"provider": NS + "a", "share": text}).share) == written
    needs = Dependency.model_validate({"id": NS + "d", "dependant": NS + "a", "need": NS + "b", "portion": text})
    assert str(needs.portion) == written


def test_a_message_of_a_model_is_short() -> None:
    """What a model says of a value, or of many, does not grow with it."""
    for data in (
        {"judged": ["x" * 10_000_000]},
        {"buffer": "P" + "9" * 1_000_000 + "Y"},
        {"buffer": "y" * 1_000_000},
    ):
        with pytest.raises(ValidationError) as caught:
            Dependency.model_validate({"id": NS + "d", "dependant": NS + "a", "need": NS + "b", **data})
        assert all(len(message) < 500 for message in _messages(caught.value))


def test_every_text_and_iri_of_a_record_is_bounded() -> None:
    """No field of a record takes a text or an IRI of any length."""
    for cls in (Company, Dependency, Supply, Shock, Document, Discrepancy, Observation):
        for field in by_alias(cls).values():
            if field.kind in {"text", "string", "iri", "decimal"} and field.pattern is None:
                assert field.max_length is not None, (cls, field.alias)
