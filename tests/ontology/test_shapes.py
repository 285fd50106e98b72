"""The generated files are those of the models, and the shapes find what is wrong."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, parse
from rdflib import SH, Graph, URIRef

from knockon import Graph as KnowledgeGraph
from knockon import open as open_graph
from knockon.bundled import data_set_names, ontology_folder
from knockon.errors import InvalidData
from knockon.model import CLASSES, Dependency
from knockon.rdf import generate
from knockon.rdf.context import context
from knockon.rdf.rdflib_export import to_rdflib
from knockon.rdf.shapes import shapes
from knockon.rdf.to_rdf import quads
from knockon.store.base import Store
from knockon.store.files import from_quads
from knockon.store.oxigraph import MemoryStore
from knockon.vocabulary import ID, PREFIXES, ko

HEADER = "".join(f"@prefix {prefix}: <{base}> .\n" for prefix, base in PREFIXES.items())

#: A small graph with one record of most classes, in which nothing is wrong.
GOOD = """
id:acme a ko:Company ; rdfs:label "Acme"@en ; skos:altLabel "ACME" ; ko:identifier id:acme--id ; ko:jurisdiction id:land ;
    dcterms:subject "foreign triples are welcome" .
id:acme--id a ko:Identifier ; ko:scheme "LEI" ; ko:notation "X" .
id:land a ko:Jurisdiction ; rdfs:label "Land" .
id:chips a ko:Product ; rdfs:label "芯片"@zh-Hant , "Chips"@en ; skos:altLabel "Puces"@fr ; rdfs:comment "小"@zh-Hant .
id:ann a ko:Person ; rdfs:label "Ann"@en .
id:cloud a ko:Service ; rdfs:label "Cloud"@en ; ko:partOf id:acme .
id:shop a ko:Company ; rdfs:label "Shop"@en ; ko:dependsOn id:cloud , id:acme ; ko:competesWith id:acme .
id:hosting a ko:Dependency ; ko:dependant id:shop ; ko:need id:cloud ; ko:criticality ko:High ; ko:combination ko:AtLeast ;
    ko:atLeast 1 ; ko:supply id:hosting--acme ; ko:buffer "P30D"^^xsd:duration ; ko:judged ko:criticality ; ko:evidence id:ev .
id:hosting--acme a ko:Supply ; ko:provider id:acme .
id:energy a ko:Dependency ; ko:dependant id:shop ; ko:need id:law ; ko:criticality ko:High ; ko:criticalityValue 0.9 ;
    ko:supply id:energy--acme , id:energy--shop .
id:energy--acme a ko:Supply ; ko:provider id:acme ; ko:share 0.605 .
id:energy--shop a ko:Supply ; ko:provider id:shop ; ko:share 0.4 .
id:doc a ko:Document ; dcterms:title "A document"@en ; dcterms:issued "2024-01-01"^^xsd:date .
id:ev a ko:Evidence ; oa:hasSource id:doc ; ko:stance ko:Asserts ; oa:hasSelector id:ev-span .
id:ev-span a oa:TextPositionSelector ; oa:start 0 ; oa:end 600 .
id:own a ko:Ownership ; ko:owner id:ann ; ko:owned id:acme ; ko:share 0.7 ; ko:until "2020-01-01"^^xsd:date .
id:own-now a ko:Ownership ; ko:owner id:shop ; ko:owned id:acme ; ko:share 0.8 ; ko:from "2020-01-01"^^xsd:date .
id:rivals a ko:Relation ; ko:subject id:shop ; ko:relationType ko:competesWith ; ko:object id:acme .
id:law a ko:Measure ; rdfs:label "Law"@en ; ko:appliesTo id:shop ; ko:covers id:cloud ; ko:status ko:InForce .
id:weak a ko:Vulnerability ; rdfs:label "Weak"@en ; ko:of id:shop .
id:fire a ko:Shock ; rdfs:label "Fire"@en ; ko:legalBasis id:law ; ko:exploits id:weak ; ko:hit id:fire--1 , id:fire--2 .
id:fire--1 a ko:Hit ; ko:target id:hosting--acme ; ko:severityValue 0.5 .
id:fire--2 a ko:Hit ; ko:targetQuery "SELECT ?target WHERE { ?target a ko:Company }" ; ko:severity ko:Low .
id:chain a ko:CausalChain ; rdfs:label "Chain"@en ; ko:chainKind ko:Cascade ; ko:shock id:fire ; ko:step id:chain--1 .
id:chain--1 a ko:ChainStep ; ko:order 1 ; rdfs:label "First"@en ; ko:about id:cloud , id:law .
id:event a ko:Event ; rdfs:label "Event"@en ; ko:date "2024-01-01"^^xsd:date ; ko:datePrecision ko:Year ;
    ko:participant id:ann .
id:figure a ko:Observation ; ko:about id:acme ; ko:metric "staff" ; ko:valueLow 10.0 ; ko:valueHigh 11.5 .
id:cloud--acme a ko:Provision ; ko:provider id:acme ; ko:provided id:cloud ; ko:share 0.61 ; ko:period "2024" .
id:cloud--acme-again a ko:Provision ; ko:provider id:acme ; ko:provided id:cloud ; ko:share 0.5 ; ko:period "2024" .
id:cloud--acme-2025 a ko:Provision ; ko:provider id:acme ; ko:provided id:cloud ; ko:share 0.7 ; ko:period "2025" .
id:cloud--shop a ko:Provision ; ko:provider id:shop ; ko:provided id:cloud ; ko:share 0.4 ; ko:period "2024" ;
    ko:delay "P3D"^^xsd:duration .
id:cloud--asked a ko:Provision ; ko:provider id:land ; ko:provided id:cloud ; ko:share 0.9 ; ko:evidence id:ev-asked .
id:ev-asked a ko:Evidence ; oa:hasSource id:doc ; ko:stance ko:Asks ; oa:hasSelector id:ev-asked-span .
id:ev-asked-span a oa:TextPositionSelector ; oa:start 0 ; oa:end 60 .
id:power a ko:Resource ; rdfs:label "Power"@en ; ko:provisionCombination ko:AtLeast ; ko:atLeast 2 .
id:power--acme a ko:Provision ; ko:provider id:acme ; ko:provided id:power .
id:part-1 a ko:Dependency ; ko:dependant id:acme ; ko:need id:cloud ; ko:portion 0.7 .
id:part-2 a ko:Dependency ; ko:dependant id:acme ; ko:need id:power ; ko:portion 0.3 .
id:part-3 a ko:Dependency ; ko:dependant id:acme ; ko:need id:shop ; ko:portionUnknown true .
id:range a ko:Dependency ; ko:dependant id:cloud ; ko:need id:power ; ko:criticality ko:High ; ko:criticalityLow 0.6 ;
    ko:criticalityValue 0.7 ; ko:criticalityHigh 0.9 .
id:listed a ko:Designation ; ko:measure id:law ; ko:designated id:acme ; ko:listEntry "114" ; ko:nameAsListed "ACME LTD" ;
    ko:licensePolicy "Case by case" ; ko:from "2024-01-01"^^xsd:date .
id:votes a ko:Ownership ; ko:owner id:shop ; ko:owned id:acme ; ko:share 0.9 ; ko:interestKind ko:VotingRights .
id:indirect a ko:Ownership ; ko:owner id:ann ; ko:owned id:acme ; ko:shareLow 0.75 ; ko:direct false .
id:clash a ko:Discrepancy ; rdfs:label "Clash"@en ; ko:between id:doc ; ko:discrepancyKind ko:Tension ;
    ko:handling "Both kept"@en .
"""

#: What is added to the good graph, and what the message must say then.
WRONG = {
    "no label": ("id:x a ko:Company .", "rdfs:label of an Entity: at least one, and at most one in each"),
    "two labels": (
        'id:shop rdfs:label "Store"@en .',
        "rdfs:label of an Entity: at least one, and at most one in each",
    ),
    "empty label": ('id:x a ko:Group ; rdfs:label ""@en .', "a text, in any language or none"),
    "label that is no text": ("id:x a ko:Group ; rdfs:label 5 .", "a text, in any language or none"),
    "no need": ("id:x a ko:Dependency ; ko:dependant id:shop .", "ko:need of a Dependency: exactly one"),
    "need that is not an entity": (
        "id:x a ko:Dependency ; ko:dependant id:shop ; ko:need id:doc .",
        "ko:need of a Dependency: exactly one, the IRI of an Entity or a Measure.",
    ),
    "dependant that is nothing": (
        "id:x a ko:Dependency ; ko:dependant id:y ; ko:need id:cloud .",
        "ko:dependant of a Dependency",
    ),
    "unknown word": ("id:law ko:measureKind ko:High .", "a word of ko:MeasureKindScale"),
    "word as a string": ('id:law ko:measureKind "Approval" .', "a word of ko:MeasureKindScale"),
    "number out of range": ("id:hosting ko:criticalityValue 1.5 .", "an xsd:decimal from 0 to 1"),
    "number of the wrong type": ("id:hosting ko:criticalityValue 1.0e0 .", "an xsd:decimal from 0 to 1"),
    "no duration": ('id:hosting--acme ko:delay "30 days"^^xsd:duration .', "at most one, an xsd:duration"),
    "negative duration": ('id:hosting--acme ko:delay "-P3D"^^xsd:duration .', "an xsd:duration of 0 or more"),
    "no digest": ('id:doc ko:sha256 "ABC" .', "that matches ^[0-9a-f]{64}$"),
    "judged what it has not": ("id:hosting ko:judged ko:severity .", "each a property of the record"),
    "unknown relation type": (
        "id:x a ko:Relation ; ko:subject id:shop ; ko:relationType ko:partOf ; ko:object id:acme .",
        "exactly one, a relation type",
    ),
    "atLeast of 0": ("id:x a ko:Dependency ; ko:dependant id:shop ; ko:need id:law ; ko:atLeast 0 .", "of 1 or more"),
    "atLeast without AtLeast": (
        "id:x a ko:Dependency ; ko:dependant id:shop ; ko:need id:law ; ko:combination ko:AnyOf ; ko:atLeast 1 .",
        "ko:atLeast goes with combination ko:AtLeast",
    ),
    "AtLeast without atLeast": (
        "id:x a ko:Dependency ; ko:dependant id:shop ; ko:need id:law ; ko:combination ko:AtLeast .",
        "ko:atLeast goes with combination ko:AtLeast",
    ),
    "supplies of more than 1": (
        "id:energy ko:supply id:energy--ann . id:energy--ann a ko:Supply ; ko:provider id:ann ; ko:share 0.1 .",
        "/energy add up to 1.105, more than 1.",
    ),
    "a share beside another combination": ("id:hosting--acme ko:share 0.6 .", "A ko:share goes with combination ko:Shares"),
    "a number outside its word": ("id:hosting ko:criticalityValue 0.1 .", "ko:criticalityHigh lies outside the interval"),
    "a severity outside its word": ("id:fire--2 ko:severityValue 0.9 .", "ko:severityHigh lies outside the interval"),
    "owners of more than 1": (
        "id:x a ko:Ownership ; ko:owner id:ann ; ko:owned id:acme ; ko:share 0.25 .",
        "/acme come to 1.05 at one time, more than 1.",
    ),
    "owner of itself": ("id:x a ko:Ownership ; ko:owner id:shop ; ko:owned id:shop .", "An owner cannot own itself"),
    "provisions of more than 1": (
        "id:x a ko:Provision ; ko:provider id:ann ; ko:provided id:cloud ; ko:share 0.1 .",
        "/cloud add up to 1.11, more than 1.",
    ),
    "a provision of itself": (
        "id:x a ko:Provision ; ko:provider id:cloud ; ko:provided id:cloud .",
        "An entity cannot be its own provider",
    ),
    "a provision without a provider": (
        "id:x a ko:Provision ; ko:provided id:cloud .",
        "ko:provider of a Provision: exactly one",
    ),
    "a share of provisions beside another combination": (
        "id:power--acme ko:share 0.6 .",
        "A ko:share goes with provisionCombination ko:Shares",
    ),
    "atLeast of provisions without AtLeast": ("id:cloud ko:atLeast 1 .", "ko:atLeast goes with provisionCombination"),
    "portions of more than 1": (
        "id:x a ko:Dependency ; ko:dependant id:acme ; ko:need id:law ; ko:portion 0.1 .",
        "/acme add up to 1.1, more than 1.",
    ),
    "a portion and a criticality": ("id:part-1 ko:criticality ko:High .", "a criticality or a portion, not both"),
    "an unknown portion and a criticality": ("id:part-3 ko:criticalityValue 0.3 .", "a criticality or a portion, not both"),
    "a portion that is stated and unknown": ("id:part-1 ko:portionUnknown true .", "ko:portion or ko:portionUnknown true"),
    "an interval with one end": (
        "id:energy ko:criticalityLow 0.7 .",
        "ko:criticalityLow and ko:criticalityHigh need each other",
    ),
    "an interval upside down": (
        "id:x a ko:Dependency ; ko:dependant id:shop ; ko:need id:power ; ko:criticalityLow 0.7 ; ko:criticalityHigh 0.6 .",
        "ko:criticalityLow is above ko:criticalityHigh",
    ),
    "a point outside its interval": (
        "id:fire--1 ko:severityLow 0.6 ; ko:severityHigh 0.7 .",
        "ko:severityLow is above ko:severityValue",
    ),
    "an interval outside its word": (
        "id:fire--2 ko:severityLow 0.1 ; ko:severityHigh 0.7 .",
        "lies outside the interval of ko:severity",
    ),
    "a designation of nobody": ("id:x a ko:Designation ; ko:measure id:law .", "ko:designated of a Designation: exactly one"),
    "a range of shares upside down": ("id:indirect ko:shareHigh 0.5 .", "ko:shareLow is above ko:shareHigh"),
    "a share and a range": ("id:votes ko:shareLow 0.5 .", "a ko:share or a range, not both"),
    "unknown kind of interest": ("id:votes ko:interestKind ko:Approval .", "a word of ko:InterestKindScale"),
    "hit on nothing": ("id:fire ko:hit id:h . id:h a ko:Hit .", "A Hit has either"),
    "hit on two things": ("id:fire--2 ko:target id:acme .", "A Hit has either"),
    "shock without a hit": ('id:x a ko:Shock ; rdfs:label "X"@en .', "ko:hit of a Shock: at least one"),
    "span too long": (
        "id:e a ko:Evidence ; oa:hasSource id:doc ; oa:hasSelector id:s . "
        "id:s a oa:TextPositionSelector ; oa:start 5 ; oa:end 606 .",
        "a span of more than 600 code points",
    ),
    "span that ends before it starts": (
        "id:e a ko:Evidence ; oa:hasSource id:doc ; oa:hasSelector id:s . "
        "id:s a oa:TextPositionSelector ; oa:start 9 ; oa:end 9 .",
        "oa:hasSelector of an Evidence",
    ),
    # Evidence without a selector is the whole document; a selector has a place.
    "selector without a place": (
        "id:e a ko:Evidence ; oa:hasSource id:doc ; oa:hasSelector id:s . id:s a oa:FragmentSelector .",
        "oa:hasSelector of an Evidence: at most one",
    ),
    "two selectors": (
        "id:e a ko:Evidence ; oa:hasSource id:doc ; oa:hasSelector id:s , id:t . "
        'id:s a oa:FragmentSelector ; rdf:value "row=5" . id:t a oa:FragmentSelector ; rdf:value "row=6" .',
        "oa:hasSelector of an Evidence: at most one",
    ),
    "row in the form of another standard": (
        "id:e a ko:Evidence ; oa:hasSource id:doc ; oa:hasSelector id:s . "
        'id:s a oa:FragmentSelector ; dcterms:conformsTo <http://tools.ietf.org/rfc/rfc8118> ; rdf:value "row=5" .',
        "oa:hasSelector of an Evidence: at most one",
    ),
    "row before the first": (
        "id:e a ko:Evidence ; oa:hasSource id:doc ; oa:hasSelector id:s . "
        'id:s a oa:FragmentSelector ; dcterms:conformsTo <http://tools.ietf.org/rfc/rfc7111> ; rdf:value "row=0" .',
        "oa:hasSelector of an Evidence: at most one",
    ),
    "sheet without a row": (
        'id:e a ko:Evidence ; oa:hasSource id:doc ; ko:sheet "Parts" .',
        "ko:sheet goes with the row",
    ),
    "key without a column": (
        "id:doc ko:sha256 '" + "0" * 64 + "' . id:acme ko:evidence id:e . id:e a ko:Evidence ; oa:hasSource id:doc ; "
        'oa:hasSelector id:s . id:s a oa:FragmentSelector ; rdf:value "key=33114" .',
        "its document has no ko:keyColumn",
    ),
    "confidence above 1": (
        "id:e a ko:Evidence ; oa:hasSource id:doc ; ko:confidence 1.5 .",
        "ko:confidence of an Evidence: at most one, an xsd:decimal from 0 to 1",
    ),
    "address that a browser would run": ("id:doc schema:url <javascript:alert(1)> .", "an http or https address"),
    "address with a fragment": ("id:doc schema:url <https://example.org/#end> .", "an http or https address"),
    "until before from": (
        'id:acme ko:from "2024-01-02"^^xsd:date ; ko:until "2024-01-01"^^xsd:date .',
        "ko:from is after ko:until",
    ),
    "event that ends before it begins": ('id:event ko:until "2023-12-31"^^xsd:date .', "ko:date is after ko:until"),
    "precision without a date": (
        'id:x a ko:Event ; rdfs:label "X"@en ; ko:datePrecision ko:Day .',
        "ko:datePrecision only with a ko:date",
    ),
    "figure that says nothing": (
        'id:x a ko:Observation ; ko:about id:acme ; ko:metric "staff" .',
        "An Observation has a ko:value",
    ),
    "range upside down": ("id:figure ko:value 12.5 .", "ko:value is above ko:valueHigh"),
    "order of 0": ('id:chain ko:step id:s . id:s a ko:ChainStep ; rdfs:label "S"@en ; ko:order 0 .', "of 1 or more"),
    "step about nothing": ("id:chain--1 ko:about id:nobody .", "ko:about of a ChainStep"),
    "misspelt property": ("id:hosting ko:criticallity ko:High .", "ns#criticallity, which is not a property of a Dependency"),
    "property of another class": ("id:shop ko:severity ko:High .", "ns#severity, which is not a property of an Entity"),
    "reference that is a literal": ('id:cloud ko:partOf "Acme" .', "ko:partOf of an Entity"),
}

#: One case of each kind of constraint: the shapes run on these in `make test`, and on all in `make test-all`.
QUICK = {
    "no label",
    "label that is no text",
    "need that is not an entity",
    "unknown word",
    "number out of range",
    "no digest",
    "atLeast without AtLeast",
    "supplies of more than 1",
    "a share beside another combination",
    "a number outside its word",
    "owners of more than 1",
    "owner of itself",
    "provisions of more than 1",
    "portions of more than 1",
    "hit on two things",
    "span too long",
    "row before the first",
    "key without a column",
    "until before from",
    "misspelt property",
}

#: How many copies of the good graph the quick cases share: the good graph is most of what a run reads. In its copy, each case
#: alone causes its message; a new case may need another number of copies for that.
COPIES = 3


@cache
def shape_graph() -> Graph:
    return Graph().parse(data=shapes(), format="turtle")


def report(data: Graph) -> tuple[bool, object, str]:
    """What pySHACL says of a graph: whether it conforms, the report as a graph and as text."""
    # Not above: every process that collects the tests would import it.
    from pyshacl import validate

    return validate(data, shacl_graph=shape_graph(), ont_graph=ontology())


@cache
def ontology() -> Graph:
    return Graph().parse(ontology_folder() / "knockon.ttl")


def findings(case: str) -> list[str]:
    """The messages of the shapes on a case; in `make test` those on the other cases of its copy of the good graph too."""
    quick = case in QUICK
    return findings_of_all(quick=quick)[copy_of(case, quick=quick)]


@cache
def findings_of_all(*, quick: bool) -> dict[int, list[str]]:
    """The messages of the shapes on each copy of the good graph with its faults: one run over one graph.

    The nodes of a copy have names of their own. Without ``quick`` each case has a copy.
    """
    cases = [case for case in WRONG if quick == (case in QUICK)] + ([] if quick else ["good"])
    copies = dict.fromkeys(sorted({copy_of(case, quick=quick) for case in cases}), GOOD)
    for case in cases:
        copies[copy_of(case, quick=quick)] += added(case)
    data = Graph()
    for copy, turtle in copies.items():
        data.parse(data=HEADER.replace(f"<{ID}>", f"<{name_space(copy)}>") + turtle, format="turtle")
    results = report(data)[1]
    assert isinstance(results, Graph)
    messages: dict[int, list[str]] = {copy: [] for copy in copies}
    for result, node in results.subject_objects(SH.focusNode):
        # The focus of a constraint on all records of a class is the class; its message names the record.
        texts = [str(text) for text in results.objects(result, SH.resultMessage)]
        copy = next(copy for copy in copies if any(name_space(copy) in text for text in (node, *texts)))
        messages[copy] += texts
    return messages


def added(case: str) -> str:
    """What a case adds to the good graph; new records, which have names of one letter there, are called after the case."""
    if case == "good":
        return ""
    return re.sub(r"\bid:([a-z])\b(?!-)", rf"id:\1-{list(WRONG).index(case)}", WRONG[case][0])


def copy_of(case: str, *, quick: bool) -> int:
    """The copy of the good graph to which a case is added."""
    if quick:
        return sorted(QUICK).index(case) % COPIES
    return len(WRONG) if case == "good" else list(WRONG).index(case)


def name_space(copy: int) -> str:
    """Where the nodes of a copy have their names."""
    return f"{ID}case{copy}/"


@pytest.mark.parametrize("name", generate.FILES)
def test_committed_files_are_those_of_the_models(name: str) -> None:
    """Nobody edited a generated file, and nobody changed a model without generating."""
    assert (ontology_folder() / name).read_text("utf-8") == generate.FILES[name]()


@pytest.mark.parametrize("make", generate.FILES.values())
def test_generated_twice_is_the_same(make: object) -> None:
    """The text follows from the models alone."""
    assert callable(make)
    assert make() == make()


def test_check_names_what_differs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """``--check`` writes nothing and exits 1 on a missing or changed file; without it both are written."""
    monkeypatch.setattr(generate, "ontology_folder", lambda: tmp_path)
    (tmp_path / "shapes.ttl").write_text("changed", "utf-8")
    assert generate.main(["--check"]) == 1
    assert capsys.readouterr().err.count("differs from the models") == len(generate.FILES)
    assert (tmp_path / "shapes.ttl").read_text("utf-8") == "changed"
    assert generate.main([]) == 0
    assert generate.main(["--check"]) == 0


@pytest.mark.parametrize("name", CLASSES)
def test_every_class_has_a_shape(name: str) -> None:
    """One node shape per class is aimed at it by name."""
    aimed = shape_graph().subjects(SH.targetClass, URIRef(ko(name)))
    assert URIRef(f"https://w3id.org/knockon/shapes#{name}") in set(aimed)


@pytest.mark.slow
def test_good_graph_conforms() -> None:
    """What is right passes, without superclass types being written out."""
    assert findings("good") == []


@pytest.mark.parametrize("case", [case if case in QUICK else pytest.param(case, marks=pytest.mark.slow) for case in WRONG])
def test_wrong_graph_has_a_message(case: str) -> None:
    """Each kind of fault is found, with a message in plain English."""
    _, message = WRONG[case]
    assert any(message in text for text in findings(case)), findings(case)


def ours(turtle: str) -> str:
    """What our own validation says of a graph: nothing, or what is wrong."""
    try:
        MemoryStore(from_quads(parse((HEADER + turtle).encode(), format=RdfFormat.TURTLE), "a graph", "a-graph"))
    except InvalidData as error:
        return str(error)
    return ""


def test_our_own_validation_accepts_the_same() -> None:
    """The good graph passes here as well."""
    assert ours(GOOD) == ""


@pytest.mark.parametrize("case", WRONG)
def test_our_own_validation_rejects_the_same(case: str) -> None:
    """The verdict on each broken graph is that of the shapes."""
    assert ours(GOOD + WRONG[case][0])


@pytest.mark.slow
@pytest.mark.parametrize("name", data_set_names())
def test_the_bundled_graphs_conform(name: str) -> None:
    """PySHACL finds nothing wrong with what comes with the package."""
    assert_conforms(open_graph(name).store)


def test_a_part_of_the_bundled_graph_conforms(graph: KnowledgeGraph) -> None:
    """The quick form: one record of each class, with all that they refer to."""
    (whole,) = graph.store.data_sets
    known = {record.id: record for record in whole.records}
    queue = list({type(record): record.id for record in whole.records}.values())
    kept: set[str] = set()
    while queue:
        if (iri := queue.pop()) not in kept:
            kept.add(iri)
            queue += known.keys() & set(re.findall(r'"(https?://[^"]+)"', known[iri].model_dump_json()))
    assert len(kept) < len(known) / 2
    assert_conforms(MemoryStore(replace(whole, records=tuple(known[iri] for iri in sorted(kept)))))


def assert_conforms(store: Store) -> None:
    data = to_rdflib(store.quads())
    merged = Graph()
    for subject, predicate, value, _ in data.quads():
        merged.add((subject, predicate, value))
    conforms, _, text = report(merged)
    assert conforms, text


def test_json_with_the_context_is_the_record() -> None:
    """JSON with the names of data files and the context reads as the same triples as the record."""
    data = {
        "dependant": ID + "shop",
        "need": ID + "cloud",
        "criticality": "High",
        "combination": "Shares",
        "buffer": "P30D",
        "mechanism": "hosts it",
        "judged": ["criticality", "mechanism"],
        "from": "2024-01-01",
    }
    supply = {"provider": ID + "acme", "share": "0.25"}
    evidence = {"document": ID + "doc", "start": 3, "end": 9}
    record = Dependency.model_validate({"id": ID + "hosting", **data, "supply": [supply], "evidence": [evidence]})
    place = {"@id": record.evidence[0].selector_id, "@type": "TextPositionSelector", "start": 3, "end": 9}
    source = {"@id": record.evidence[0].id, "@type": "Evidence", "document": "id:doc", "stance": "Asserts", "selector": place}
    message = {
        "@context": json.loads(context())["@context"],
        "@id": "id:hosting",
        "@type": "Dependency",
        **data,
        "supply": [{"@id": "id:hosting--acme", "@type": "Supply", **supply}],
        "evidence": [source],
    }
    read = {(q.subject, q.predicate, q.object) for q in parse(json.dumps(message), format=RdfFormat.JSON_LD)}
    assert read == {(q.subject, q.predicate, q.object) for q in quads(record, ID + "data")}
