"""Each data set is described in VoID and DCAT: right numbers, the same each time, and no part of the data."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given

import knockon
from knockon.errors import InvalidData
from knockon.model import DataSet, DataSetInfo, ImpactRun, Statement
from knockon.rdf.description import descriptions, triple_count
from knockon.store.assembly import authored_quads
from knockon.store.files import from_quads, read_file, write_file
from knockon.store.folder import FolderStore
from knockon.store.oxigraph import MemoryStore
from knockon.vocabulary import DERIVED_GRAPH
from support.record_strategies import data_sets
from support.small_records import data_set, documents, entities, iri, need, passage


def stated(data: DataSet) -> int:
    """How many triples the records of a data set are."""
    quads = authored_quads([(record, data.graph) for record in (data.info, *data.records)])
    return len({(quad.subject, quad.predicate, quad.object) for quad in [*quads, *data.extra]})


def shop() -> DataSet:
    cited = [passage(0, 9), passage(20, 30)]
    return data_set(
        "shop", [*documents("doc-a"), *entities("shop", "cloud", evidence=cited), need("shop", "cloud", evidence=cited)]
    )


def test_a_query_finds_numbers_licence_date_and_sources(graph: knockon.Graph) -> None:
    """What a catalogue asks for is on the node of the data set, the licence as an IRI."""
    asked = """SELECT ?licence ?issued ?entities (COUNT(?document) AS ?documents) WHERE {
        ?set a void:Dataset, dcat:Dataset ; dcterms:identifier "sensetime" ; dcterms:license ?licence ; dcterms:issued ?issued ;
             void:entities ?entities ; dcterms:source ?document . ?document a ko:Document }
        GROUP BY ?licence ?issued ?entities"""
    (row,) = graph.query(asked).to_dicts()
    assert row["licence"] == "https://spdx.org/licenses/CC0-1.0"
    assert row["documents"] == 5
    assert row["entities"] == len(graph.store.records)
    assert str(row["issued"]).startswith("2026-")


def test_counts_by_class_are_those_of_the_records(graph: knockon.Graph) -> None:
    """The partitions add up to the records, and each is what a count of its class gives."""
    asked = "SELECT ?class ?n { ?set void:classPartition ?part . ?part void:class ?class ; void:entities ?n }"
    counts = {row["class"]: row["n"] for row in graph.query(asked).to_dicts()}
    assert sum(counts.values()) == len(graph.store.records)
    measures = graph.query("SELECT (COUNT(?m) AS ?n) { ?m a ko:Measure }").to_dicts()[0]["n"]
    assert counts["https://w3id.org/knockon/ns#Measure"] == measures


@given(data_sets())
def test_the_number_of_triples_is_that_of_the_quads(records: list[Statement]) -> None:
    """Counting without building quads gives the number of quads."""
    data = data_set("x", [record for record in records if not isinstance(record, DataSetInfo | ImpactRun)])
    assert triple_count(data) == stated(data)


def test_bundled_data_sets_are_counted_right(graph: knockon.Graph) -> None:
    for data in graph.store.data_sets:
        assert triple_count(data) == stated(data)


def test_descriptions_stand_in_the_derived_graph_alone_and_differ_by_nothing_but_the_data() -> None:
    """Another data set in the store, its order and the time of loading change no description."""
    other = data_set("other", entities("else"))
    first, second = MemoryStore(shop(), other), MemoryStore(other, shop())
    for quad in descriptions([shop()]):
        assert [q.graph_name.value for q in first.quads(quad.subject, quad.predicate, quad.object)] == [DERIVED_GRAPH]
        assert list(second.quads(quad.subject, quad.predicate, quad.object)) == [quad]


def test_a_description_is_no_change_of_the_data(tmp_path: Path) -> None:
    """An export of everything is the same data set when read, in formats with and without graphs; loading it is no change."""
    store = MemoryStore(shop())
    for ending in ("nq", "ttl", "jsonld"):
        write_file(store.quads(), tmp_path / f"shop.{ending}")
        back = read_file(tmp_path / f"shop.{ending}")
        assert (back.info, back.extra, set(back.records)) == (shop().info, (), set(shop().records))
    with FolderStore(tmp_path / "store") as folder:
        folder.load(shop())
        before = folder.revision
        report = folder.load(read_file(tmp_path / "shop.ttl"), replace=True)
        assert report.data_sets[0].unchanged == len(shop().records)
        assert folder.revision == before


def test_a_description_of_other_data_is_kept(tmp_path: Path) -> None:
    """VoID about a data set that is not one of ours is what its author wrote, and stays."""
    path = tmp_path / "a.ttl"
    path.write_text("@prefix void: <http://rdfs.org/ns/void#> . <urn:x:d> a void:Dataset ; void:triples 7 .")
    assert len(read_file(path).extra) == 2


@pytest.mark.parametrize(
    ("written", "read", "in_rdf"),
    [
        ("CC0-1.0", "CC0-1.0", "<https://spdx.org/licenses/CC0-1.0>"),
        ("https://spdx.org/licenses/MIT.html", "MIT", "<https://spdx.org/licenses/MIT>"),
        ("https://example.org/terms", "https://example.org/terms", "<https://example.org/terms>"),
        ("ask us", "ask us", '"ask us"'),
    ],
)
def test_a_licence_with_an_iri_is_one_in_rdf(written: str, read: str, in_rdf: str) -> None:
    """A name of SPDX and an address are IRIs in RDF, any other text is a string; all come back as they are written."""
    info = shop().info.model_validate({**shop().info.model_dump(by_alias=True), "id": iri("data-x"), "license": written})
    quads = list(authored_quads([(info, info.id)]))
    assert in_rdf in {str(quad.object) for quad in quads}
    assert (info.license, from_quads(quads, "x").info.license) == (read, read)


def test_a_date_of_publication_is_a_day(tmp_path: Path) -> None:
    """A year, a number or a word is refused with file and line; it would be read as seconds since 1970."""
    for value in ("2026", "20260131", "soon"):
        (tmp_path / "dataset.yaml").write_text(f"name: x\nbase: https://example.org/\nissued: {value}\n")
        (tmp_path / "a.yaml").write_text("- {class: Company, id: acme, label: Acme}\n")
        with pytest.raises(InvalidData, match=r"dataset\.yaml:3"):
            knockon.open(tmp_path)
