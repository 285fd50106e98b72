"""RDF of other vocabularies becomes records by CONSTRUCT queries, and its triples stay as they are."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from pyoxigraph import RdfFormat, Store, parse, serialize

import knockon
from knockon.errors import InvalidData, UsageError
from knockon.model import BusinessUnit, Company, Dependency, Jurisdiction, Organization, Ownership, Person, Relation
from knockon.readers.foreign_rdf import constructs
from knockon.readers.import_files import import_files
from knockon.vocabulary import PREFIXES, InterestKind
from support.imports import damaged_text, import_content, records_of, survives

IOF = """
@prefix core: <https://purl.industrialontologies.org/ontology/core/Core/> .
@prefix scro: <https://www.industrialontologies.org/ontology/supplychain/SupplyChain/> .
@prefix bfo: <http://purl.obolibrary.org/obo/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix x: <https://example.org/> .
x:mill a core:BusinessOrganization ; rdfs:label "Mill " .
x:smith a core:BusinessOrganization ; core:designatedBy [ a scro:ProperName ; scro:hasTextValue "Smith" ] .
x:cart a core:BusinessOrganization ; rdfs:label "Cart maker" .
x:s1 a scro:SupplyRelationship ;
    bfo:BFO_0000195 [ a core:SupplierRole ; core:roleOf x:mill ] , [ a core:BuyerRole ; core:roleOf x:smith ] .
x:s2 a scro:SupplyRelationship ;
    bfo:BFO_0000195 [ a core:SupplierRole ; core:roleOf x:smith ] , [ a core:BuyerRole ; core:roleOf x:cart ] .
x:c2 a scro:Contract ; core:prescribes x:s2 ; bfo:BFO_0000110 x:wheel .
x:wheel a scro:MaterialArtifactModelName ; scro:hasTextValue "Wheel 3" .
"""
GLEIF = """
@prefix base: <https://www.gleif.org/ontology/Base/> .
@prefix l1: <https://www.gleif.org/ontology/L1/> .
@prefix l2: <https://www.gleif.org/ontology/L2/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix x: <https://example.org/> .
x:L-1111 l1:hasLegalName "Child GmbH"@de ; l1:hasPreviousLegalName "Young" ; base:hasLegalJurisdiction x:DE .
x:L-1111-LEI l1:identifiesAndRecords x:L-1111 ; l1:LEI "1111" .
x:r a l2:DirectConsolidation ; l2:hasChild x:L-1111 ; l2:hasParent x:L-2222 ;
    l2:hasRelationshipPeriod [
        base:hasStart "2017-12-02T00:00:00.000Z"^^xsd:dateTime ; base:hasEnd "2020-01-01T00:00:00Z"^^xsd:dateTime ] .
x:old a l2:UltimateConsolidation ; l2:hasChild x:L-1111 ; l2:hasParent x:L-3333 ;
    l2:hasRelationshipStatus l2:RelationshipStatusInactive .
"""
ORG = """
@prefix org: <http://www.w3.org/ns/org#> .
@prefix rov: <http://www.w3.org/ns/regorg#> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix x: <https://example.org/> .
x:acme a org:FormalOrganization , rov:RegisteredOrganization ; rov:legalName "Acme Ltd" ;
    org:hasUnit x:rd ; org:identifier "7"^^x:chamber .
x:rd a org:OrganizationalUnit , org:Organization ; skos:prefLabel "R and D"@en , "Forschung"@de ; org:linkedTo x:uni .
x:uni a org:Organization ; skos:prefLabel "University"@en .
x:ann a foaf:Person ; foaf:name "Ann" ; org:memberOf x:uni ; org:headOf x:rd .
x:m a org:Membership ; org:member x:ann ; org:organization x:acme ; org:role x:chair .
x:chair skos:prefLabel "Chair"@en .
"""
FIBO = """
@prefix own: <https://spec.edmcouncil.org/fibo/ontology/BE/OwnershipAndControl/OwnershipParties/> .
@prefix lei: <https://spec.edmcouncil.org/fibo/ontology/BE/LegalEntities/LEIEntities/> .
@prefix rel: <https://spec.edmcouncil.org/fibo/ontology/FND/Relations/Relations/> .
@prefix lr: <https://www.omg.org/spec/LCC/Languages/LanguageRepresentation/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix x: <https://example.org/> .
x:bank rel:hasLegalName "Bank plc" ; own:hasDirectOwningEntity x:holding , x:fund .
x:holding rdfs:label "Holding" .
x:code a lei:LegalEntityIdentifier ; lr:hasTag "5493" ; lr:identifies x:bank .
x:o a own:DirectConsolidation ; own:hasOwnedEntity x:bank ; own:hasOwningEntity x:holding ; lei:hasOwnershipPercentage 62.5 .
"""


def test_the_queries_are_queries_that_construct_and_stay_in_the_store() -> None:
    for query in constructs():
        assert query.namespaces, query.name
        assert "SERVICE" not in query.text.upper()
        Store().query(query.text, prefixes=PREFIXES)


def test_supply_relationships_are_dependencies_with_their_place(tmp_path: Path) -> None:
    imported = import_content("chain.ttl", IOF)
    found = records_of(imported, Dependency)
    assert found["s2"].supply[0].provider == "https://example.org/smith"
    assert (found["s2"].need, found["s1"].need) == ("https://example.org/wheel", "https://example.org/mill")
    assert {record.label for record in records_of(imported, Company).values()} == {"Mill", "Smith", "Cart maker"}
    triples = list(parse(IOF, format=RdfFormat.TURTLE))
    assert (found["s2"].evidence[0].place, imported.report.other_triples) == ("line:12", len(triples))
    file = tmp_path / "chain.ttl"
    file.write_text(IOF, "utf-8")
    with knockon.open(tmp_path / "store", write=True) as graph:
        graph.import_files(file)
        losses = graph.impact(hit={"Mill": "essential"}).to_dict()["impacts"]
        assert [loss["label"] for loss in losses if loss["class"] == "Company"] == ["Mill", "Smith", "Cart maker"]
        contract = "<https://www.industrialontologies.org/ontology/supplychain/SupplyChain/Contract>"
        assert bool(graph.query(f"ASK {{ ?s a {contract} }}"))


def test_namespaces_of_later_releases_are_read_too() -> None:
    moved = IOF.replace("https://www.indu", "https://spec.indu").replace("https://purl.indu", "https://spec.indu")
    assert len(records_of(import_content("chain.ttl", moved), Dependency)) == 2


def test_legal_entities_and_consolidation() -> None:
    imported = import_content("lei.ttl", GLEIF)
    child = records_of(imported, Company)["L-1111"]
    assert (child.label, child.alt_label, child.identifier[0].notation) == ("Child GmbH", ("Young",), "1111")
    # The parent is known by its LEI alone; a relationship that is over, without an end, is no record.
    assert records_of(imported, Company)["L-2222"].label == "2222"
    (held,) = records_of(imported, Ownership).values()
    assert (held.interest_kind, held.direct, held.from_, held.until) == (
        InterestKind.CONSOLIDATION, True, date(2017, 12, 2), date(2020, 1, 1),
    )  # fmt: skip
    assert records_of(imported, Jurisdiction)["DE"].label == "DE"


def test_organizations_units_people_and_roles() -> None:
    imported = import_content("org.ttl", ORG)
    acme, unit = records_of(imported, Company)["acme"], records_of(imported, BusinessUnit)["rd"]
    assert (acme.label, acme.identifier[0].scheme, unit.label, unit.part_of) == (
        "Acme Ltd", "chamber", "R and D", ("https://example.org/acme",),
    )  # fmt: skip
    links = {(r.relation_type, r.object.rsplit("/", 1)[1]): r.mechanism for r in records_of(imported, Relation).values()}
    assert links == {
        ("memberOf", "acme"): "Chair",
        ("memberOf", "uni"): None,
        ("directorOf", "rd"): None,
        ("linkedTo", "uni"): None,
    }
    assert set(records_of(imported, Person)) == {"ann"}
    assert set(records_of(imported, Organization)) == {"acme", "rd", "uni"}


def test_ownership_of_fibo_has_its_percentage() -> None:
    imported = import_content("bank.ttl", FIBO)
    held = {record.owner.rsplit("/", 1)[1]: record for record in records_of(imported, Ownership).values()}
    assert (held["holding"].share, held["holding"].interest_kind) == (Decimal("0.625"), InterestKind.SHAREHOLDING)
    assert (held["fund"].share, held["fund"].direct) == (None, True)
    assert records_of(imported, Company)["bank"].identifier[0].scheme == "LEI"


def test_several_files_refer_to_each_other_and_each_record_rests_on_its_own(tmp_path: Path) -> None:
    head, _, rest = ORG.partition("x:acme a")
    (tmp_path / "a.ttl").write_text(head + "x:acme a" + rest.split("x:ann")[0], "utf-8")
    ann = "<https://example.org/ann>"
    person = f"{ann} <{PREFIXES['rdf']}type> <{PREFIXES['foaf']}Person> .\n"
    (tmp_path / "b.nt").write_text(f"{person}{ann} <{PREFIXES['org']}memberOf> <https://example.org/uni> .\n", "utf-8")
    imported = import_files([tmp_path / "a.ttl", tmp_path / "b.nt"], "rdf")
    assert records_of(imported, Person)["ann"].documents[0].endswith("doc-b")
    assert records_of(imported, Company)["acme"].documents[0].endswith("doc-a")


@pytest.mark.parametrize(
    ("form", "ending"), [(RdfFormat.RDF_XML, "rdf"), (RdfFormat.JSON_LD, "jsonld"), (RdfFormat.N_TRIPLES, "nt")]
)
def test_other_forms_of_rdf_give_the_same_records_with_their_lines(form: RdfFormat, ending: str) -> None:
    text = serialize((quad.triple for quad in parse(FIBO, format=RdfFormat.TURTLE)), format=form)
    assert text is not None
    imported, plain = import_content(f"bank.{ending}", text.decode()), import_content("bank.ttl", FIBO)
    assert {record.id for record in imported.data_set.records} - {r.id for r in plain.data_set.records} == set()
    places = {record.evidence[0].kind for record in records_of(imported, Company).values()}
    assert places <= {"line", ""}
    assert "line" in places


def test_a_record_that_is_invalid_is_rejected_alone() -> None:
    broken = FIBO.replace("62.5", "625")
    with pytest.raises(InvalidData, match="share"):
        import_content("bank.ttl", broken)
    imported = import_content("bank.ttl", broken, rejects=True)
    assert len(imported.report.rejected) == 1
    assert len(records_of(imported, Company)) == 3


def test_a_query_of_ones_own_makes_the_records(tmp_path: Path) -> None:
    data, query = tmp_path / "trade.ttl", tmp_path / "trade.rq"
    data.write_text("@prefix x: <https://example.org/> .\nx:a x:sellsTo x:b .\nx:b x:called 'B' .", "utf-8")
    query.write_text(
        """PREFIX x: <https://example.org/>
        CONSTRUCT { ?a a ko:Company ; rdfs:label ?name . ?d a ko:Dependency ; ko:dependant ?b ; ko:need ?s }
        WHERE { { ?a ?p ?o OPTIONAL { ?a x:called ?called } BIND(COALESCE(?called, "A") AS ?name) FILTER(isIRI(?a)) }
                UNION { ?s x:sellsTo ?b BIND(IRI(CONCAT("urn:knockon:base:", SHA1(STR(?s)))) AS ?d) } }""",
        "utf-8",
    )
    imported = import_files([data], query)
    assert {record.label for record in records_of(imported, Company).values()} == {"A", "B"}
    (need,) = records_of(imported, Dependency).values()
    assert (need.id.startswith("https://w3id.org/knockon/local/trade/"), need.need[-2:]) == (True, "/a")
    for text, error in (
        ("SELECT * { ?s ?p ?o }", "is not a CONSTRUCT query"),
        ("CONSTRUCT { ?s ?p ?o } WHERE { SERVICE <http://example.org/> { ?s ?p ?o } }", "SERVICE"),
        ("CONSTRUCT {", "line 1"),
    ):
        query.write_text(text, "utf-8")
        with pytest.raises(UsageError, match=error):
            import_files([data], query)


@given(damaged_text(IOF, GLEIF, ORG, FIBO))
def test_hostile_rdf_is_rejected_or_refused(text: str) -> None:
    survives("x.ttl", text, "rdf")


def test_a_query_sees_the_triples_of_the_files_alone(tmp_path: Path) -> None:
    """Neither the ontology nor the description of the data set is a record of somebody."""
    data, query = tmp_path / "firms.ttl", tmp_path / "all.rq"
    data.write_text("<https://example.org/a> <https://example.org/called> 'A' .\n", "utf-8")
    query.write_text("CONSTRUCT { ?s a ko:Company ; rdfs:label ?name } WHERE { ?s ?p ?o BIND(STR(?s) AS ?name) }", "utf-8")
    imported = import_files([data], query)
    assert [company.id for company in records_of(imported, Company).values()] == ["https://example.org/a"]


def test_the_supply_chain_and_the_legal_entities_of_others_are_read(shared: Path) -> None:
    """Skipped where the files are not there."""
    folder = shared / "realdata"
    if not folder.is_dir():
        pytest.skip(f"no folder {folder}")
    with knockon.open() as graph:
        report = graph.import_files(folder / "iof_scro" / "SCRO_Ford.ttl")
        assert (dict(report.records)["Dependency"], report.other_triples, report.rejected) == (11, 540, ())
        result = graph.impact(hit={"Alcoa Corporation": "essential"}).to_dict()
        steps = {loss["label"]: loss["step"] for loss in result["impacts"]}
        assert steps["Ford Motor Company"] == 4
    counts = dict(import_files(sorted((folder / "gleif_lei_rdf").glob("*.ttl"))).report.records)
    assert counts == {"Company": 9, "Document": 3, "Jurisdiction": 4, "Ownership": 6}


@pytest.mark.parametrize("name", ["a.json", "a.jsonld", "a.xml", "a.rdf", "a.turtle", "a.ttl"])
def test_the_endings_that_load_reads(name: str) -> None:
    """JSON-LD may be in .json, RDF/XML in .xml."""
    contents = {
        "json": '[{"@id": "urn:x:a", "@type": "http://www.w3.org/ns/org#Organization"}]',
        "xml": '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:org="http://www.w3.org/ns/org#">'
        '<org:Organization rdf:about="urn:x:a"/></rdf:RDF>',
        "ttl": "<urn:x:a> a <http://www.w3.org/ns/org#Organization> .",
    }
    form = {"jsonld": "json", "rdf": "xml", "turtle": "ttl"}.get(name.removeprefix("a."), name.removeprefix("a."))
    assert dict(import_content(name, contents[form]).report.records) == {"Document": 1, "Organization": 1}
