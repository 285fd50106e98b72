"""Loops, the classes and properties in use, and single records."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knockon.analysis.records.record import show
from knockon.analysis.records.record_index import RecordIndex
from knockon.analysis.records.schema import schema
from knockon.analysis.structure.loops import LONGEST
from knockon.analysis.structure.loops import dependency_loops as loops
from knockon.errors import NotFound, UsageError
from knockon.model import Company, Dependency, Observation
from knockon.store.oxigraph import MemoryStore
from support.contexts import bakery, context
from support.small_records import data_set, documents, entities, iri, need, passage

# Loops


def round_trip(*names: str, **more: object) -> list[Dependency]:
    return [need(a, b, **more) for a, b in zip(names, (*names[1:], names[0]), strict=True)]


def test_a_loop_is_its_dependencies_in_order() -> None:
    """Each link's dependant is needed by the link before; it begins with the first by IRI, and goes round once."""
    (answer,) = loops(round_trip("c", "a", "b"))
    assert [d.name for d in answer] == ["a-needs-b", "b-needs-c", "c-needs-a"]


def test_the_strongest_loop_comes_first() -> None:
    """By the product of the criticalities, then the shorter one."""
    weak, strong = round_trip("a", "b", criticality="Low"), round_trip("x", "y", "z", criticality="High")
    assert [loop[0].name for loop in loops([*weak, *strong])] == ["x-needs-y", "a-needs-b"]


def test_a_loop_may_run_through_a_supplier() -> None:
    """The baker needs heat of the plant, and the plant needs the baker."""
    (answer,) = loops([need("baker", "heat", "plant"), need("plant", "baker")])
    assert [d.name for d in answer] == ["baker-needs-heat", "plant-needs-baker"]


def test_of_parallel_links_the_strongest_stands() -> None:
    """Two dependencies between the same two are one loop, not two."""
    answer = loops(
        [need("a", "b", name="weak", criticality="Low"), need("a", "b", name="strong", criticality="High"), need("b", "a")]
    )
    assert [[d.name for d in loop] for loop in answer] == [["strong", "b-needs-a"]]


def test_no_loop_is_no_loop() -> None:
    """A tree has none; what needs itself is one of a single link; a loop beyond the longest is left out."""
    assert loops([need("a", "b"), need("b", "c"), need("a", "c")]) == []
    assert [d.name for d in loops([need("a", "a")])[0]] == ["a-needs-a"]
    assert len(loops(round_trip(*"abcdefgh"))) == 1
    assert len("abcdefgh") == LONGEST
    assert loops(round_trip(*"abcdefghi")) == []


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("abcd")), unique=True))
def test_every_loop_closes(pairs: list[tuple[str, str]]) -> None:
    """Whatever the graph: no entity twice in a loop, each link leads to the next, no loop twice."""
    answer = loops([need(a, b) for a, b in pairs])
    for loop in answer:
        assert len({d.dependant for d in loop}) == len(loop)
        assert all(item.need == other.dependant for item, other in zip(loop, (*loop[1:], loop[0]), strict=True))
    assert len({tuple(d.id for d in loop) for loop in answer}) == len(answer)


# Schema


def test_schema_counts_classes_and_properties() -> None:
    """Instances of each class, superclasses too, and triples of each property; the ontology itself is not counted."""
    rows = {term.name: term for term in schema(context(*bakery()).store)}
    assert (rows["ko:Company"].count, rows["ko:Company"].derived) == (3, False)
    assert (rows["ko:Entity"].count, rows["ko:Entity"].derived) == (10, True)
    assert (rows["ko:need"].kind, rows["ko:need"].count) == ("property", 4)
    assert (rows["ko:dependsOn"].count, rows["ko:dependsOn"].derived) == (6, True)
    assert rows["ko:Company"].comment
    assert rows["ko:Company"].iri == "https://w3id.org/knockon/ns#Company"
    assert not [name for name in rows if name.startswith(("owl:", "skos:prefLabel"))]
    counts = [term.count for term in schema(context(*bakery()).store) if term.kind == "class"]
    assert counts == sorted(counts, reverse=True)


def test_schema_has_the_words_of_scales_that_are_in_use() -> None:
    """A word comes with its scale and definition, so that a query can be written with it; words not in use are left out."""
    words = {term.name: term for term in schema(context(*bakery()).store) if term.kind == "word"}
    assert words["ko:Essential"].count > 0
    assert words["ko:Essential"].comment.startswith("A word of ko:LevelScale. ")
    assert "ko:Negligible" not in words


def test_an_empty_store_has_no_schema() -> None:
    """Nothing in use, no rows."""
    assert schema(MemoryStore()) == ()


# Show


def test_a_record_shows_what_it_says_and_who_names_it() -> None:
    """Fields by their names in data files, evidence, and every record that names it with the property."""
    store = context(*bakery()).store
    answer = show(RecordIndex(store), "baking")
    assert json.loads(json.dumps(answer.to_dict())) == answer.to_dict()
    assert (answer.name, answer.cls, answer.values["label"], answer.values["partOf"]) == (
        "baking",
        "Product",
        "Baking",
        [iri("bakery")],
    )
    assert [(mention.record.rsplit("/")[-1], mention.property) for mention in answer.named_by] == [
        ("baking-needs-flour", "dependant"),
        ("rye-needs-baking", "need"),
        ("rye", "partOf"),
    ]


def test_parts_are_shown_inside_and_name_others() -> None:
    """Supplies stand in their dependency with their own fields; a provider is named as supply.provider."""
    store = context(*bakery()).store
    answer = show(RecordIndex(store), "baking-needs-flour")
    assert [supply["provider"] for supply in answer.values["supply"]] == [iri("mill-a"), iri("mill-b")]
    assert (answer.values["combination"], [e.start for e in answer.evidence]) == ("AnyOf", [10])
    assert [mention.property for mention in show(RecordIndex(store), "mill-a").named_by] == ["hit.target", "supply.provider"]


def test_nothing_is_shown_of_what_is_not_said_and_zero_is_said() -> None:
    """Empty fields are left out; a figure of nought is a figure."""
    figure = Observation(id=iri("o"), about=iri("x"), metric="debt", value="0", evidence=[passage()])
    store = MemoryStore(data_set("x", [*documents("doc-a"), *entities("x"), figure]))
    assert show(RecordIndex(store), "o").values["value"] == "0"
    assert "unit" not in show(RecordIndex(store), "o").to_dict()
    assert "inferred" not in show(RecordIndex(store), "o").to_dict()
    share = need("x", "x", criticality_value="0", supply=[{"provider": iri("x"), "share": "0"}])
    answer = show(RecordIndex(MemoryStore(data_set("x", [*entities("x"), share]))), share.name)
    assert (answer.values["criticalityValue"], answer.values["supply"][0]["share"]) == ("0", "0")


def test_a_record_is_found_by_iri_local_name_or_label() -> None:
    """Capitals do not matter in a label; an unknown name is NotFound, one that two have a UsageError with both."""
    records = [Company(id=iri("one"), label="Same Name"), Company(id=iri("two"), label="same name")]
    store = MemoryStore(data_set("x", records))
    assert show(RecordIndex(store), iri("one")) == show(RecordIndex(store), "one") == show(RecordIndex(store), "id:one")
    with pytest.raises(UsageError, match=r"may mean id:one, id:two; give one of these"):
        show(RecordIndex(store), "SAME NAME")
    with pytest.raises(NotFound, match="no record called 'onne'; did you mean one"):
        show(RecordIndex(store), "onne")
