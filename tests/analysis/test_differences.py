"""Two versions of data: what differs, by record and field."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad

from knockon.analysis.records.differences import ChangeKind, Differences, FieldChange, differences
from knockon.model import DataSet, Product
from support.small_records import data_set, documents, entities, iri, need, passage


def diff(before: DataSet, after: DataSet) -> Differences:
    return differences([before], [after])


def test_records_and_fields_that_differ() -> None:
    """Added and removed records with their fields, changed ones with each field before and after; the rest is counted."""
    before = data_set("x", [*entities("a", "b", "c"), need("a", "b", criticality="High")])
    after = data_set(
        "x", [*entities("a", comment="New."), *entities("b", "d"), need("a", "b", criticality="Low", buffer="P3D")]
    )
    answer = diff(before, after)
    assert (answer.added, answer.removed, answer.changed, answer.evidence, answer.unchanged) == (1, 1, 2, 0, 1)
    result = {record.name: record for record in answer.records}
    assert result["a"].fields == (FieldChange("comment", None, "New."),)
    assert result["a-needs-b"].fields == (FieldChange("criticality", "High", "Low"), FieldChange("buffer", None, "P3D"))
    assert result["a-needs-b"].title == "A needs B"
    assert (result["c"].kind, result["c"].fields[-1]) == (ChangeKind.REMOVED, FieldChange("label", "C", None))
    assert (result["d"].kind, result["d"].data_set) == (ChangeKind.ADDED, "x")
    assert not answer.same


def test_parts_are_compared_one_by_one() -> None:
    """A supply that comes, goes or changes is a change of its dependency, named by the supply."""
    supplies = [{"provider": iri("p"), "share": "0.5"}, {"provider": iri("q"), "share": "0.5"}]
    others = [{"provider": iri("p"), "share": "0.4"}, {"provider": iri("r")}]
    everyone = entities("a", "b", "p", "q", "r")
    before = data_set("x", [*everyone, need("a", "b", supply=supplies, combination="Shares")])
    after = data_set("x", [*everyone, need("a", "b", supply=others, combination="Shares")])
    (record,) = diff(before, after).records
    assert {(change.field, change.old, change.new) for change in record.fields} == {
        ("supply[p].share", "0.5", "0.4"),
        ("supply[q].provider", iri("q"), None),
        ("supply[q].share", "0.5", None),
        ("supply[r].provider", None, iri("r")),
    }


def test_evidence_alone_is_counted_apart() -> None:
    """Another span, on a record or on one of its parts, is a change of evidence; beside a changed field it is counted there."""
    papers = documents("doc-a")
    supply = [{"provider": iri("p"), "evidence": [passage(0, 9)]}]
    before = data_set("x", [*papers, *entities("a", "b", "p"), need("a", "b", supply=supply)])
    other = [{"provider": iri("p"), "evidence": [passage(0, 9), passage(20, 30)]}]
    after = data_set(
        "x", [*papers, *entities("a", evidence=[passage(5, 8)]), *entities("b", "p"), need("a", "b", supply=other)]
    )
    answer = diff(before, after)
    assert (answer.changed, answer.evidence) == (0, 2)
    assert {(r.name, r.evidence_added, r.evidence_removed) for r in answer.records} == {("a", 1, 0), ("a-needs-b", 1, 0)}
    changed = data_set("x", [*papers, *entities("a", comment="New.", evidence=[passage(5, 8)]), *entities("b", "p")])
    (record,) = (r for r in diff(before, changed).records if r.name == "a")
    assert (record.kind, record.evidence_added) == (ChangeKind.CHANGED, 1)


def test_a_class_that_changes_is_a_field() -> None:
    """A company that becomes a product."""
    (record,) = diff(data_set("x", entities("a")), data_set("x", entities("a", cls=Product))).records
    assert FieldChange("class", "Company", "Product") in record.fields


def test_data_sets_and_other_triples() -> None:
    """Data sets that come and go are named, titles are compared, triples of other vocabularies are counted."""
    quad = Quad(NamedNode("urn:x:a"), NamedNode("urn:x:p"), Literal("1"))
    before = [data_set("x", entities("a"), extra=(quad,)), data_set("y", [])]
    after = [data_set("x", entities("a")), data_set("z", [])]
    answer = differences(before, after)
    assert (answer.data_sets_added, answer.data_sets_removed) == (("z",), ("y",))
    assert (answer.other_triples_added, answer.other_triples_removed, answer.unchanged) == (0, 1, 1)
    renamed = before[1].info.model_copy(update={"title": "Why"})
    (record,) = differences(before, [before[0], DataSet(renamed, ())]).records
    assert record.fields == (FieldChange("title", "Y", "Why"),)


def test_as_versions_names_do_not_matter() -> None:
    """Two files are two versions of one data set, whatever they are called."""
    assert differences([data_set("jan", entities("a"))], [data_set("feb", entities("a"))], as_versions=True).same


NAMES = st.sets(st.sampled_from("abcd"))


@given(NAMES, NAMES)
def test_the_way_back_is_the_opposite(before: set[str], after: set[str]) -> None:
    """From the second to the first, added and removed change places; nothing differs from itself; counts add up."""
    answer, two = data_set("x", entities(*before)), data_set("x", entities(*after))
    result, back = diff(answer, two), diff(two, answer)
    assert (result.added, result.removed, result.unchanged) == (back.removed, back.added, back.unchanged)
    assert result.removed + result.changed + result.evidence + result.unchanged == len(before)
    assert diff(answer, answer).same
    json.dumps(result.to_dict())
