"""The ontology, the models and the vocabulary say the same, both ways."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from enum import StrEnum
from functools import cache

import pytest
from rdflib import OWL, RDF, RDFS, SKOS, Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.namespace import DCAT, DCTERMS, FOAF, ORG, PROV, VANN, VOID, DefinedNamespace

from knockon.bundled import ontology_folder
from knockon.model import CLASSES, ancestors
from knockon.model.base import Record, Statement
from knockon.rdf.fields import Field, fields
from knockon.vocabulary import INTERVALS, KO, ONTOLOGY_GRAPH, RELATION_TYPES, SCHEMES, SYMMETRIC, Level, ko

#: Terms that are in the ontology for their own sake, and in no model.
OTHERS = frozenset(
    {
        "coveredBy",
        "dependsOn",
        "owns",
        "sameAs",
        "derived",
        "disputed",
        "related",
        "low",
        "point",
        "high",
        "rank",
        "portionUnknown",
    }
)

#: What SPARQL users rely on by name: more may be added, these stay.
CONTRACT = (
    "Entity Organization Company BusinessUnit GovernmentBody Regulator Institution Person Group Product Service "
    "Dataset Technology Infrastructure Channel Material Resource Capability Contract Market RevenueStream Funding "
    "Jurisdiction Concept Dependency Supply Ownership Relation Judgement Measure Vulnerability Shock Hit CausalChain "
    "ChainStep Event Observation Document Evidence Discrepancy ImpactRun Impact dependant need criticality "
    "combination supply judged mechanism switchingCost alternatives alternative switchingTime buffer evidence provider share "
    "delay dependsOn atLeast partOf owner owned subject relationType object of chainKind shock order about date "
    "datePrecision participant metric value valueLow valueHigh unit period asWritten between discrepancyKind "
    "handling identifier scheme notation offers jurisdiction issuer appliesTo covers measureKind status legalBasis "
    "exploits sha256 from until reason inferred criticalityValue severity severityValue hit target targetQuery "
    "stance claimant derived AllOf AnyOf Shares AtLeast Essential High Medium Low Negligible SwitchingNone "
    "SwitchingLow SwitchingMedium SwitchingHigh SwitchingProhibitive NoAlternative FewAlternatives "
    "SeveralAlternatives ManyAlternatives Provision provided provisionCombination portion criticalityLow criticalityHigh "
    "severityLow severityHigh "
    "OwnershipRule extends threshold aboveThreshold coveredBy "
    "Designation measure designated listEntry nameAsListed licensePolicy interestKind shareLow shareHigh direct Shareholding "
    "VotingRights BoardControl OtherControl Consolidation Cascade Mechanism Allegation Narrative OpenQuestion InForce Emerging "
    "Ongoing Happened Potential Hypothetical ExportControl InvestmentBan AssetFreeze ImportBan ProcurementBan "
    "MarketBan DataRule Approval Asserts Alleges Denies Hypothesises Asks founderOf employedBy competesWith "
    "customerOf investorIn operates regulates supports limitedBy lockedInBy scalesBy describedBy "
    "sameAs entity verdict judgedBy Same Different Unsure "
)

WORDS = [(scheme, words) for words, scheme in SCHEMES.items()]


@cache
def graph(*names: str) -> Graph:
    result = Graph()
    for name in names or ("knockon", "scales"):
        result.parse(ontology_folder() / f"{name}.ttl")
    return result


def term(name: str) -> URIRef:
    return URIRef(ko(name))


def local(iris: Iterable[object]) -> set[str]:
    return {str(iri).removeprefix(KO) for iri in iris if isinstance(iri, URIRef) and str(iri).startswith(KO)}


def texts(name: str, *properties: URIRef) -> list[Literal]:
    return [value for p in properties for value in graph().objects(term(name), p) if isinstance(value, Literal)]


def said_classes(name: str, property_: URIRef) -> set[str]:
    """The domain or range of a property: one class or the members of one union; a scale for a word; datatypes by IRI."""
    result = list(graph().objects(term(name), property_))
    assert len(result) <= 1, f"{name} has two of {property_}, which would be an intersection"
    if not result:
        return set()
    union = graph().value(result[0], OWL.unionOf)
    if union is not None:
        return {str(item).removeprefix(KO) for item in Collection(graph(), union)}
    scale = graph().value(result[0], OWL.hasValue)
    if scale is not None:
        assert graph().value(result[0], OWL.onProperty) == SKOS.inScheme
        return local([scale])
    return {str(result[0]).removeprefix(KO)}


@cache
def modelled() -> dict[str, list[tuple[type[Record], Field]]]:
    """Every ``ko:`` property of the models, with each class that brings it in."""
    result: dict[str, list[tuple[type[Record], Field]]] = defaultdict(list)
    for name, cls in CLASSES.items():
        inherited = {field.name for above in ancestors(name)[:1] for field in fields(CLASSES[above])}
        for field in fields(cls):
            if field.iri.startswith(KO) and field.name not in inherited:
                result[field.iri.removeprefix(KO)].append((cls, field))
    return dict(result)


def modelled_domain(name: str) -> set[str]:
    if name in {field.alias for field in fields(Statement)}:
        return set()
    return {cls.rdf_class for cls, _ in modelled()[name]}


def modelled_range(field: Field) -> set[str]:
    if field.words:
        return {SCHEMES[field.words]}
    if field.nested:
        return {field.nested.rdf_class}
    return {field.datatype} if field.datatype else set(field.ranges)


def test_header() -> None:
    """The ontology says what it is, its version and its licence."""
    ontology = URIRef(ONTOLOGY_GRAPH)
    assert (ontology, RDF.type, OWL.Ontology) in graph()
    assert graph().value(ontology, DCTERMS.license) == URIRef("https://www.apache.org/licenses/LICENSE-2.0")
    assert graph().value(ontology, OWL.versionInfo) == Literal("0.2.0")
    assert graph().value(ontology, VANN.preferredNamespacePrefix) == Literal("ko")
    assert graph().value(ontology, VANN.preferredNamespaceUri) == Literal(KO)
    assert graph().value(ontology, DCTERMS.title)
    assert graph().value(ontology, DCTERMS.description)


def test_classes_are_those_of_the_models() -> None:
    """Every class of the models is in the ontology, and no other one is."""
    assert local(graph().subjects(RDF.type, OWL.Class)) == set(CLASSES)


@pytest.mark.parametrize("name", CLASSES)
def test_sub_classes_follow_the_models(name: str) -> None:
    """A class stands below the one that its Python class extends."""
    assert local(graph().objects(term(name), RDFS.subClassOf)) == set(ancestors(name)[:1])


def test_properties_are_those_of_the_models() -> None:
    """Every property of the models and every relation type is in the ontology, and none besides but the known others."""
    kinds = (OWL.ObjectProperty, OWL.DatatypeProperty)
    result = local(subject for kind in kinds for subject in graph().subjects(RDF.type, kind))
    assert result == set(modelled()) | RELATION_TYPES | (OTHERS - {"derived"})


@pytest.mark.parametrize("name", modelled())
def test_domain_agrees_with_the_models(name: str) -> None:
    """The domain is every class that has the field; none where every record has it."""
    assert said_classes(name, RDFS.domain) == modelled_domain(name)


@pytest.mark.parametrize("name", modelled())
def test_range_agrees_with_the_models(name: str) -> None:
    """The range is what the field allows; none where that is any record, or a property."""
    expected = set().union(*(modelled_range(field) for _, field in modelled()[name]))
    assert said_classes(name, RDFS.range) == (set() if "Record" in expected else expected)


@pytest.mark.parametrize("name", modelled())
def test_kind_of_property_agrees_with_the_models(name: str) -> None:
    """What becomes a literal is a datatype property, all else an object property."""
    literal = {field.datatype is not None for _, field in modelled()[name]}
    assert literal == {(term(name), RDF.type, OWL.DatatypeProperty) in graph()}
    assert literal == {(term(name), RDF.type, OWL.ObjectProperty) not in graph()}


@pytest.mark.parametrize("name", modelled())
def test_functional_only_where_no_record_has_several(name: str) -> None:
    """Nothing is functional that the models allow several of."""
    if (term(name), RDF.type, OWL.FunctionalProperty) in graph():
        assert not any(field.many for _, field in modelled()[name])


@pytest.mark.parametrize("name", sorted({*CLASSES, *modelled(), *RELATION_TYPES, *OTHERS}))
def test_terms_are_explained(name: str) -> None:
    """Every class, property and relation type has one label and one comment in English, and says who defines it."""
    for result in (texts(name, RDFS.label), texts(name, RDFS.comment)):
        assert [text.language for text in result] == ["en"]
    assert set(graph().objects(term(name), RDFS.isDefinedBy)) == {URIRef(ONTOLOGY_GRAPH)}


def test_relation_types_are_those_of_the_vocabulary() -> None:
    """The sub-properties of ko:related are the relation types."""
    assert local(graph().subjects(RDFS.subPropertyOf, term("related"))) == set(RELATION_TYPES)


def test_schemes_are_those_of_the_vocabulary() -> None:
    """Each enumeration is a concept scheme, and there are no others."""
    assert local(graph().subjects(RDF.type, SKOS.ConceptScheme)) == set(SCHEMES.values())


@pytest.mark.parametrize(("scheme", "words"), WORDS)
def test_words_are_those_of_the_vocabulary(scheme: str, words: type[StrEnum]) -> None:
    """A scheme has exactly the words of its list, each explained."""
    for link in (SKOS.inScheme, SKOS.topConceptOf):
        assert local(graph().subjects(link, term(scheme))) == {word.value for word in words}
    for name in (scheme, *words):
        assert (term(name), RDF.type, OWL.NamedIndividual) in graph()
        assert [text.language for text in texts(name, SKOS.prefLabel, SKOS.definition)] == ["en", "en"]
        assert set(graph().objects(term(name), RDFS.isDefinedBy)) == {URIRef(ONTOLOGY_GRAPH)}
    for word in words:
        assert (term(word), RDF.type, SKOS.Concept) in graph()


@pytest.mark.parametrize("level", Level)
def test_levels_stand_for_their_intervals(level: Level) -> None:
    """Low, point and high of a level are those that the engine reckons with, as decimals."""
    result = [texts(level, term(name)) for name in ("low", "point", "high")]
    assert [[type(value.value) for value in values] for values in result] == [[Decimal]] * 3
    assert tuple(float(values[0]) for values in result) == INTERVALS[level]


@pytest.mark.parametrize(("scheme", "words"), WORDS)
def test_ranks_follow_the_list(scheme: str, words: type[StrEnum]) -> None:
    """Where words have a rank, all of the scale do, in the order of the list or against it."""
    ranks = [int(rank) for word in words for rank in texts(word, term("rank"))]
    ordered = scheme in {"LevelScale", "SwitchingCostScale", "AlternativesScale", "StanceScale", "DatePrecisionScale"}
    upwards = list(range(1, len(words) + 1))
    assert ranks in ([upwards, upwards[::-1]] if ordered else [[]])


def test_nothing_unknown_is_defined() -> None:
    """Every ko: term of the ontology is known to the models, to the vocabulary, or on the short list above."""
    words = {word.value for words in SCHEMES for word in words}
    known = {*CLASSES, *modelled(), *RELATION_TYPES, *OTHERS, *SCHEMES.values(), *words}
    assert local(iri for triple in graph() for iri in triple) <= known


def test_a_name_means_one_thing() -> None:
    """No ko: name is at once a class, a property or an individual."""
    kinds = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.NamedIndividual)
    names = [name for kind in kinds for name in local(graph().subjects(RDF.type, kind))]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("name", CONTRACT.split())
def test_names_that_users_rely_on_are_there(name: str) -> None:
    """The names of the contract stay."""
    assert (term(name), None, None) in graph()


def test_no_class_is_disjoint_from_one_above_it() -> None:
    """Disjointness leaves every class something to hold."""
    for group in graph().subjects(RDF.type, OWL.AllDisjointClasses):
        (start,) = graph().objects(group, OWL.members)
        members = local(Collection(graph(), start))
        assert len(members) > 1
        for name in members:
            assert not members & set(ancestors(name))


def test_derived_links_stand_where_they_should() -> None:
    """ko:dependsOn is below dcterms:requires; derived links have the domains of what they derive from."""
    assert set(graph().objects(term("dependsOn"), RDFS.subPropertyOf)) == {DCTERMS.requires}
    assert said_classes("dependsOn", RDFS.domain) == said_classes("dependant", RDFS.range)
    assert said_classes("dependsOn", RDFS.range) == said_classes("need", RDFS.range) | said_classes("provider", RDFS.range)
    assert said_classes("owns", RDFS.domain) == said_classes("owner", RDFS.range)
    assert said_classes("owns", RDFS.range) == said_classes("owned", RDFS.range)


def test_alignments_start_from_our_terms() -> None:
    """An alignment links one of our terms to one of somebody else's, by a link of RDFS or SKOS."""
    links = {RDFS.subClassOf, RDFS.subPropertyOf, SKOS.closeMatch, SKOS.relatedMatch}
    header = URIRef(f"{ONTOLOGY_GRAPH}/alignments")
    for subject, predicate, value in graph("alignments"):
        if subject == header:
            continue
        assert (subject, RDFS.label, None) in graph()
        assert predicate in links
        assert not str(value).startswith(KO)
        if predicate == RDFS.subClassOf:
            assert (subject, RDF.type, OWL.Class) in graph()


@pytest.mark.parametrize("namespace", [DCAT, DCTERMS, FOAF, ORG, PROV, SKOS, VOID])
def test_aligned_terms_exist(namespace: type[DefinedNamespace]) -> None:
    """Terms of the vocabularies that rdflib knows are spelt as those have them."""
    base = str(namespace)
    named = [value for value in graph("alignments").objects() if str(value).startswith(base)]
    assert named
    assert [value for value in named if value not in namespace] == []


def test_symmetric_relations_are_the_same_in_both() -> None:
    """What the ontology calls symmetric is derived both ways, and nothing else."""
    graph = Graph().parse(ontology_folder() / "knockon.ttl")
    symmetric = {str(subject) for subject in graph.subjects(RDF.type, OWL.SymmetricProperty)}
    # Sameness is no relation that a record states: it is derived from judgements.
    assert symmetric == {KO + name for name in SYMMETRIC} | {KO + "sameAs"}
