"""Derived triples: which links and superclasses follow from which records, and which do not."""

from __future__ import annotations

import pytest
from pyoxigraph import RdfFormat

from knockon.model import (
    Company,
    DataSet,
    DataSetInfo,
    Dependency,
    Designation,
    Measure,
    Ownership,
    Provision,
    Relation,
    Statement,
)
from knockon.rdf.derived import derived
from knockon.rdf.from_rdf import read
from knockon.rdf.parse import parse_rdf
from knockon.rdf.to_rdf import quads
from knockon.store.files import to_bytes
from knockon.store.oxigraph import MemoryStore
from knockon.store.worlds import world
from knockon.vocabulary import ID, Stance, local_name, prefixed


def passage(stance: str) -> dict[str, object]:
    """A passage of a document with a stance."""
    return {"document": f"{ID}doc", "start": 0, "end": 9, "stance": stance}


def links(*records: Statement, stances: tuple[Stance, ...] = (Stance.ASSERTS,)) -> set[str]:
    """The derived triples of records, without types, as text."""
    triples = derived(records, stances)
    return {
        f"{local_name(q.subject.value)} {prefixed(q.predicate.value)} {local_name(getattr(q.object, 'value', ''))}"
        for q in triples
        if not q.predicate.value.endswith("#type")
    }


def dependency(stance: str = "Asserts", **more: object) -> Dependency:
    """A dependency of a shop on a cloud, of which acme is the supplier."""
    data = {"id": f"{ID}d", "dependant": f"{ID}shop", "need": f"{ID}cloud", "supply": [{"provider": f"{ID}acme"}]}
    return Dependency.model_validate({**data, "evidence": passage(stance), **more})


def test_dependencies_and_provisions_are_links_to_what_is_needed() -> None:
    """The dependant depends on need and providers, what is provided on its providers; dcterms:requires follows."""
    provision = Provision(id=f"{ID}p", provided=f"{ID}cloud", provider=f"{ID}nimbus")
    pairs = ("shop {} cloud", "shop {} acme", "cloud {} nimbus")
    assert links(dependency(), provision) == {pair.format(p) for pair in pairs for p in ("ko:dependsOn", "dcterms:requires")}


@pytest.mark.parametrize(
    "record",
    [
        dependency("Asks"),
        Provision(id=f"{ID}p", provided=f"{ID}c", provider=f"{ID}n", evidence=passage("Hypothesises")),
        Relation(id=f"{ID}r", subject=f"{ID}a", relation_type="supports", object=f"{ID}b", evidence=passage("Denies")),
        Ownership(id=f"{ID}o", owner=f"{ID}a", owned=f"{ID}b", evidence=passage("Alleges")),
        Designation(id=f"{ID}d", measure=f"{ID}m", designated=f"{ID}b", evidence=passage("Alleges")),
    ],
    ids=lambda record: record.rdf_class,
)
def test_what_nobody_asserts_is_no_link(record: Statement) -> None:
    """A record that rests on no assertion has no links, unless its stance is let in."""
    assert links(record) == set()
    assert links(record, stances=tuple(Stance))


def test_a_supply_counts_by_its_own_evidence() -> None:
    """A supplier that somebody only alleges is no provider of an asserted dependency."""
    supply = [{"provider": f"{ID}acme", "evidence": passage("Alleges")}]
    assert links(dependency(supply=supply)) == {"shop ko:dependsOn cloud", "shop dcterms:requires cloud"}


def test_a_dispute_needs_two_assertions() -> None:
    """A hypothesis disputes nothing."""
    second = dependency(id=f"{ID}second", criticality="Low")
    assert "second ko:disputed true" in links(dependency(), second)
    assert "second ko:disputed true" not in links(dependency("Hypothesises"), second)


def test_superclasses_follow_from_every_record() -> None:
    """They follow from the class that stands in the graph, whatever the evidence; aligned vocabularies answer too."""
    acme = Company(id=f"{ID}acme", label="Acme", part_of=f"{ID}group", evidence=passage("Asks"))
    store = MemoryStore(DataSet(DataSetInfo(id=f"{ID}data-x", title="X"), (acme,)), checked=True)
    for pattern in ("a prov:Entity", "a org:Organization", "a ko:Entity", "dcterms:isPartOf id:group"):
        assert store.query(f"ASK {{ id:acme {pattern} }}"), pattern
    assert store.query("ASK { ?evidence a oa:SpecificResource ; oa:hasSource id:doc }")


def test_relations_are_related() -> None:
    """The superproperty of relation types answers for each of them, both ways if the type is symmetric."""
    relation = Relation(id=f"{ID}r", subject=f"{ID}a", relation_type="competesWith", object=f"{ID}b")
    wanted = {f"{pair[0]} {p} {pair[1]}" for pair in ("ab", "ba") for p in ("ko:competesWith", "ko:related")}
    assert links(relation) == wanted


@pytest.mark.parametrize(("kind", "owns"), [("Shareholding", True), ("Consolidation", True), ("VotingRights", False)])
def test_a_right_to_decide_is_no_possession(kind: str, owns: bool) -> None:
    """ko:owns is derived from what is held, not from control."""
    assert bool(links(Ownership(id=f"{ID}o", owner=f"{ID}a", owned=f"{ID}b", interest_kind=kind))) is owns


def test_applies_to_is_derived_from_designations_unless_the_measure_states_it() -> None:
    """A triple is in one graph: not both in that of the measure and among the derived ones."""
    designations = [Designation(id=ID + n, measure=f"{ID}m", designated=ID + n + "x") for n in "ab"]
    measure = Measure(id=f"{ID}m", label="M", applies_to=[f"{ID}ax"])
    assert links(measure, *designations) == {"m ko:appliesTo bx"}


@pytest.mark.parametrize("form", [RdfFormat.TURTLE, RdfFormat.N_QUADS], ids=["Turtle", "N-Quads"])
def test_records_with_derived_triples_come_back_as_they_were(form: RdfFormat) -> None:
    """Derived triples in a file are derived again and not read as statements, those of what nobody asserts included."""
    records: list[Statement] = [
        Measure(id=f"{ID}m", label="M"),
        Designation(id=f"{ID}b", measure=f"{ID}m", designated=f"{ID}x", list_entry="114"),
        Company(id=f"{ID}x", label="X", part_of=f"{ID}y", evidence=passage("Asserts")),
        Relation(id=f"{ID}r", subject=f"{ID}x", relation_type="competesWith", object=f"{ID}y"),
        dependency("Asks"),
    ]
    written = {quad for record in records for quad in quads(record, f"{ID}data-x")} | derived(records, tuple(Stance))
    if form is RdfFormat.TURTLE:
        written = {type(q)(q.subject, q.predicate, q.object) for q in written}
    reading = read(parse_rdf(to_bytes(written, form), form, "file"))
    assert (reading.problems, reading.extra) == ((), ())
    assert list(reading.records) == sorted(records, key=lambda record: record.id)


def test_a_world_of_another_stance_has_its_links() -> None:
    """Target queries and SPARQL of an answer with --stance see the links of these stances, and no others do."""
    store = MemoryStore(DataSet(DataSetInfo(id=f"{ID}data-x", title="X"), (dependency("Asks"),)), checked=True)
    ask = "ASK { id:shop ko:dependsOn id:cloud }"
    assert not world(store).store.query(ask)
    assert world(store, stances=frozenset({Stance.ASKS})).store.query(ask)
