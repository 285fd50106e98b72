"""Records read from RDF: whatever stands where a value is wanted is a problem with words, or is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

import knockon
from knockon.errors import InvalidData
from knockon.rdf.to_rdf import classes_by_iri, conversion_steps
from knockon.store.files import read_bytes

TERM = "<<( <urn:x:a> <urn:x:b> <urn:x:c> )>>"


@pytest.mark.parametrize("iri", sorted(classes_by_iri()))
def test_a_triple_term_is_the_value_of_no_property(iri: str) -> None:
    """It has no text; reading one failed with a traceback."""
    for field, predicate, _ in conversion_steps(classes_by_iri()[iri]):
        if field.kind == "text" and not predicate.value.startswith("https://w3id.org/knockon/"):
            continue  # a label, say, in a form of another vocabulary is kept as it came
        with pytest.raises(InvalidData):
            read_bytes(f"<urn:x:a> a <{iri}> ; <{predicate.value}> {TERM} .".encode(), ".ttl", "a", "a")


def test_types_that_are_no_iris_are_kept_and_are_no_classes(tmp_path: Path) -> None:
    data = tmp_path / "a.ttl"
    data.write_text(f'<urn:x:a> a "not an IRI", {TERM}, <urn:x:T> .')
    graph = knockon.open(data)
    assert len(list(graph.store.quads())) > 3
    classes = {term.iri for term in graph.schema() if term.kind == "class"}
    assert "urn:x:T" in classes
    assert all(iri.startswith(("http:", "https:", "urn:x:T")) for iri in classes)


@pytest.mark.parametrize(
    ("triples", "message"),
    [
        ('a ko:Company ; rdfs:label "A"@en ; ko:partOf "b"', "partOf must be an IRI, not 'b'"),
        ("a ko:Company ; ko:offers <urn:x:b>", "ko:offers is derived; it cannot be stated"),
        ('ko:share "0.5"', "ko:share on a subject that is not a record"),
        ("a ko:Supply ; ko:provider <urn:x:b>", "this Supply is not part of a record"),
        ('a ko:Company ; rdfs:label "A"@en ; ko:need <urn:x:b>', "ko:need is not a property of a Company"),
        ("a ko:Company, ko:Product", "has classes that exclude each other: Company, Product"),
        ("a ko:Ownership ; ko:owner <urn:x:b> ; ko:owned <urn:x:c> ; ko:share 0.5, 0.6", "has 2 values for share; at most one"),
        ('a ko:Ownership ; ko:owner <urn:x:b> ; ko:owned <urn:x:c> ; ko:share "half"', "share must be xsd:decimal, not string"),
        ("a ko:Ownership ; ko:owner <urn:x:a> ; ko:owned <urn:x:a>", "an owner cannot own itself"),
        ('a ko:Company ; rdfs:label "A"@en ; ko:from "2021-13"^^xsd:gYearMonth', "from '2021-13' is not an xsd:gYearMonth"),
        ("a ko:Relation ; ko:relationType <urn:x:t>", "relationType must be a term of the vocabulary, not urn:x:t"),
    ],
)
def test_a_violation_of_the_vocabulary_names_the_subject(triples: str, message: str) -> None:
    """Each problem names the subject and what is wrong with its triple."""
    prefixes = "PREFIX ko: <https://w3id.org/knockon/ns#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "
    prefixes += "PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> "
    with pytest.raises(InvalidData) as caught:
        read_bytes(f"{prefixes} <urn:x:a> {triples} .".encode(), ".ttl", "a", "a")
    assert any(f"urn:x:a: {message}" in str(problem) for problem in caught.value.problems), str(caught.value)
