"""What a proposer gives is checked against the graph and the model before it is kept."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given as any_of
from hypothesis import strategies as st

from knockon.model import Company, Person, Shock
from knockon.proposals.check_line import LineChecker, Refused
from knockon.proposals.document_text import DocumentText
from knockon.proposals.proposal import Proposal
from knockon.proposals.propose import LONGEST_LINE, read_lines

DOCUMENT = DocumentText.of("note.txt", b"Acme Works depends on Bolt Makers.")
GRAPH = [
    Company(id="urn:x:acme", label="Acme Works"), Company(id="urn:x:bolt", label="Bolt Makers"),
    Company(id="urn:x:bolt-2", label="Bolt", altLabel=["Twin"]), Person(id="urn:x:twin-1", label="Twin"),
    Shock(id="urn:x:mine-stops", label="The mine stops", hit=[{"target": "urn:x:bolt", "severity": "High"}]),
]  # fmt: skip
LINE = {"class": "Dependency", "fields": {"dependant": "Acme Works", "need": "bolt"}, "quote": "depends on Bolt Makers"}


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"dependant": "acme", "need": "nobody"}, "nothing called 'nobody'"),
        ({"dependant": "acme", "need": "mine-stops"}, "is a Shock"),
        ({"dependant": "acme"}, "need"),
        ({"dependant": "acme", "need": "bolt", "evidence": "doc 1-2"}, "no field 'evidence'"),
        ({"dependant": "acme", "need": "bolt", "criticality": "Huge"}, "'Huge'"),
        ({"dependant": "acme", "need": {"class": "Dependency", "label": "x"}}, "class of entities"),
        ({"dependant": "acme", "need": {"class": "Service"}}, "has a label"),
        ({"dependant": "acme", "need": {"class": "Service", "label": "a\u0000b"}}, "control"),
        ({"dependant": "acme", "need": ["bolt"]}, "one value"),
        ({"dependant": "acme", "need": 7}, "name of the graph"),
        ({"dependant": "acme", "need": "bolt", "mechanism": "x" * 3_000}, "2,000 characters"),
        ({"dependant": "acme", "need": "bolt", "supply": [[[[[["x"]]]]]]}, "levels"),
        ([], "fields must be an object"),
    ],
)
def test_a_record_that_the_model_refuses_is_no_proposal(fields: object, reason: str) -> None:
    """Each with the reason."""
    checked = LineChecker(DOCUMENT, GRAPH, "me", "2026-01-01").check(1, {**LINE, "fields": fields})
    assert isinstance(checked, Refused)
    assert reason in checked.reason


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"class": "Shock"}, "not a class that can be proposed"),
        ({"class": "Document"}, "not a class that can be proposed"),
        ({"class": ["Company"]}, "not a class that can be proposed"),
        ({"stance": "Maybe"}, "is not a stance"),
        ({"confidence": 2}, "0..1"),
        ({"confidence": "high"}, "0..1"),
        ({"confidence": True}, "0..1"),
        ({"confidence": float("nan")}, "0..1"),
        ({"claimant": "nobody"}, "nothing called 'nobody'"),
        ({"id": "x"}, "unknown key 'id'"),
    ],
)
def test_a_line_of_other_content_is_no_proposal(given: dict[str, object], reason: str) -> None:
    """Each with the reason."""
    checked = LineChecker(DOCUMENT, GRAPH, "me", "2026-01-01").check(1, {**LINE, **given})
    assert isinstance(checked, Refused)
    assert reason in checked.reason


def test_names_of_the_graph_are_found_and_new_ones_are_kept_whole() -> None:
    """By id, IRI or label in any case; a new entity that the graph has by its label is that one."""
    fields = {
        "dependant": "ACME works", "need": {"class": "Service", "label": "Cloud hosting"},
        "supply": ["bolt", {"class": "Company", "label": "Cloud One"}, {"provider": "urn:x:bolt-2", "share": "40%"}],
    }  # fmt: skip
    checked = LineChecker(DOCUMENT, GRAPH, "me", "2026-01-01").check(1, {**LINE, "fields": fields, "claimant": "acme"})
    assert isinstance(checked, Proposal), checked
    assert checked.fields == {
        "dependant": "urn:x:acme", "need": {"class": "Service", "label": "Cloud hosting"},
        "supply": [
            {"provider": "urn:x:bolt"}, {"provider": {"class": "Company", "label": "Cloud One"}},
            {"provider": "urn:x:bolt-2", "share": "40%"},
        ],
    }  # fmt: skip
    assert (checked.claimant, Proposal.from_json(checked.to_json())) == ("urn:x:acme", checked)
    same = LineChecker(DOCUMENT, GRAPH, "me", "2026-01-01").check(
        1, {**LINE, "fields": {"dependant": "acme", "need": {"class": "Company", "label": "Bolt Makers"}}}
    )
    assert isinstance(same, Proposal)
    assert same.fields["need"] == "urn:x:bolt"


def test_a_new_record_does_not_join_another_one_by_its_id() -> None:
    """A label that would give the id of something else is refused; one of the same kind is that thing."""
    graph = [*GRAPH, Company(id="https://w3id.org/knockon/local/tin", label="Tin Ltd")]
    checker = LineChecker(DOCUMENT, graph, "me", "2026-01-01")
    owned = {"class": "Ownership", "quote": LINE["quote"]}
    refused = checker.check(1, {**owned, "fields": {"owner": {"class": "Person", "label": "Tin"}, "owned": "bolt"}})
    assert isinstance(refused, Proposal)
    assert refused.fields["owner"] == "https://w3id.org/knockon/local/tin"
    measure = {"class": "Designation", "fields": {"measure": {"class": "Measure", "label": "Tin"}, "designated": "bolt"}}
    refused = checker.check(1, {**measure, "quote": LINE["quote"]})
    assert isinstance(refused, Refused)
    assert "another label" in refused.reason


WORDS = ["acme", "bolt", "Company", "class", "label", "\x00"]
NAMES = ["class", "label", "dependant", "need", "supply", "provider", "criticality"]
KEYS = ["fields", "start", "end", "page", "stance", "claimant", "confidence", "quote"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(WORDS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4),
    max_leaves=12,
)


@any_of(
    line=JSON, fields=JSON, key=st.sampled_from(["fields", "start", "end", "page", "stance", "claimant", "confidence", "quote"])
)
def test_any_json_is_a_proposal_or_refused(line: object, fields: object, key: str) -> None:
    """Whatever a proposer writes, there is a reason, and no error of the program."""
    checker = LineChecker(DOCUMENT, GRAPH, "me", "2026-01-01")
    for each in (line, {**LINE, "fields": fields}, {**LINE, key: fields}):
        checked = checker.check(1, each)
        assert isinstance(checked, Proposal) or checked.reason
        if isinstance(checked, Proposal):
            assert Proposal.from_json(checked.to_json()) == checked
    for value in (line, {**_KEPT, key: fields}):
        if isinstance(value, dict):
            with suppress(ValueError):
                Proposal.from_json(value)


_KEPT = {
    "class": "Dependency", "fields": {}, "document": "0" * 64, "file": "a", "start": 0, "end": 1, "quote_sha256": "0" * 64,
    "match": "exact",
}  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"criticality": {"high": 1}}, "must be a text or a number"),
        ({"mechanism": ["a", "b"]}, "is one value, not a list"),
        ({"supply": [5]}, "must be an object"),
        ({"supply": ["Bolt Makers"] * 1_000}, "more than"),
        ({"need": {"class": "Shock", "label": "x"}}, "a class of entities"),
        ({"need": {"class": "Company"}}, "has a label"),
        ({"need": " "}, "must be a name"),
        ({"need": "x" * 10_000}, "nothing called"),
        ({"need": "Twin"}, "need"),
    ],
)
def test_values_of_another_form_are_refused(fields: dict[str, object], reason: str) -> None:
    """Lists, objects and names where the model has something else: a reason for each, and no record."""
    checked = LineChecker(DOCUMENT, GRAPH, "me", "2026-01-01").check(1, {**LINE, "fields": {**LINE["fields"], **fields}})  # type: ignore[dict-item]
    assert isinstance(checked, Refused)
    assert reason in checked.reason


def test_lines_that_cannot_be_read_are_refused_by_number() -> None:
    """A line that is too long, nested too deeply or not JSON is refused; the others are read."""
    lines = ["", '{"a": 1}', "x" * (LONGEST_LINE + 1), "[" * 100_000, "{"]
    values = list(read_lines(lines))
    assert values[0] == {"a": 1}
    assert [value.number for value in values[1:] if isinstance(value, Refused)] == [2, 3, 4]
