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
    assert all(iri.startswith(("https:", "urn:x:T")) for iri in classes)
