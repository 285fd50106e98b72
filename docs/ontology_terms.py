"""The terms of the ontology as its HTML page shows them, read from the Turtle files and the models."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from rdflib import OWL, RDF, RDFS, SKOS, Graph, Node, URIRef
from rdflib.collection import Collection

from knockon.bundled import ontology_folder
from knockon.model import CLASSES, ancestors
from knockon.rdf.fields import Field, fields
from knockon.rdf.ontology import FILES
from knockon.vocabulary import KO, ko, prefixed

#: The links of alignments, with their words on the page.
LINKS = {
    RDFS.subClassOf: "is a kind of",
    RDFS.subPropertyOf: "is a special case of",
    SKOS.closeMatch: "close to",
    SKOS.relatedMatch: "related to",
}

#: FollowTheMoney's namespace, whose names have colons, so that Turtle writes its IRIs in full.
FTM = "https://schema.followthemoney.tech/#"


@dataclass(frozen=True, slots=True)
class Alignment:
    """A link from one of our terms to a term of another vocabulary.

    Attributes
    ----------
    term
        The local name of our term.
    link
        The link in words.
    name, iri
        The other term, with the prefix of the file of alignments, and its IRI.
    """

    term: str
    link: str
    name: str
    iri: str


@dataclass(frozen=True, slots=True)
class Use:
    """A property that records of a class may have.

    Attributes
    ----------
    name
        The property with its prefix.
    term
        Its local name if it is one of our terms, else empty.
    count
        How many values a record may have.
    values
        What the values are.
    inherited
        Whether every record has it, or the class inherits it.
    """

    name: str
    term: str
    count: str
    values: tuple[str, ...]
    inherited: bool


@dataclass(frozen=True, slots=True)
class Term:
    """A class, a property or a word.

    Attributes
    ----------
    name, label, comment
        Its local name, label and explanation.
    traits
        What kind of class or property it is, in words: functional, symmetric.
    above, below
        Terms directly above and below it in the hierarchy.
    domain, range
        Of a property: what has it, and what its values are; empty where anything is allowed.
    interval, rank
        Of a word: the interval that it stands for, and its place on the scale; empty where it has none.
    """

    name: str
    label: str
    comment: str
    traits: tuple[str, ...] = ()
    above: tuple[str, ...] = ()
    below: tuple[str, ...] = ()
    domain: tuple[str, ...] = ()
    range: tuple[str, ...] = ()
    interval: str = ""
    rank: str = ""


@dataclass(frozen=True, slots=True)
class Scale:
    """A list of words: the term of the scale, and its words in order."""

    term: Term
    words: tuple[Term, ...]


@cache
def ontology_graph() -> Graph:
    """Return the ontology, its scales and its alignments as one graph."""
    graph = Graph()
    for name in FILES:
        graph.parse(ontology_folder() / name)
    return graph


def classes() -> list[Term]:
    """Return the classes: entities with their subclasses first, then the others by name."""
    names = sorted(_local(ontology_graph().subjects(RDF.type, OWL.Class)))
    tops = [name for name in names if not _above(name, RDFS.subClassOf)]
    entity = [name for name in tops if name == "Entity"]
    ordered = [name for top in (*entity, *(top for top in tops if top != "Entity")) for name in _descendants(top)]
    return [_term(name, RDFS.subClassOf) for name in ordered]


def depth(name: str) -> int:
    """Return how many classes are above a class.

    >>> depth("Entity"), depth("Regulator")
    (0, 3)
    """
    above = _above(name, RDFS.subClassOf)
    return 1 + max(map(depth, above)) if above else 0


def properties() -> list[Term]:
    """Return the properties without relation types, by name."""
    return [_term(name, RDFS.subPropertyOf) for name in _property_names() if "related" not in _above(name, RDFS.subPropertyOf)]


def relation_types() -> list[Term]:
    """Return the relation types, by name."""
    return [_term(name, RDFS.subPropertyOf) for name in _property_names() if "related" in _above(name, RDFS.subPropertyOf)]


def scales() -> list[Scale]:
    """Return the scales by name, each with its words: by rank, or by name where they have none."""
    graph = ontology_graph()
    found = []
    for name in sorted(_local(graph.subjects(RDF.type, SKOS.ConceptScheme))):
        words = [_word(word) for word in sorted(_local(graph.subjects(SKOS.inScheme, URIRef(ko(name)))))]
        found.append(Scale(_word(name), tuple(sorted(words, key=lambda word: int(word.rank or 0)))))
    return found


def graphs() -> list[Term]:
    """Return the terms that are neither class, property, scale nor word: named graphs."""
    graph = ontology_graph()
    names = _local(graph.subjects(RDF.type, OWL.NamedIndividual)) - _local(graph.subjects(SKOS.prefLabel, None))
    return [_term(name, RDFS.subClassOf) for name in sorted(names)]


def alignments() -> list[Alignment]:
    """Return the alignments, by our term, link and other term."""
    graph = ontology_graph()
    found = {
        Alignment(str(subject).removeprefix(KO), LINKS[link], _curie(str(value)), str(value))
        for link in LINKS
        for subject, value in graph.subject_objects(link)
        if isinstance(value, URIRef) and not str(value).startswith(KO)
    }
    order = list(LINKS.values())
    return sorted(found, key=lambda item: (item.term.lower(), order.index(item.link), item.iri))


def uses(name: str) -> list[Use]:
    """Return the properties that records of a class may have, its own before those that it inherits."""
    cls = CLASSES.get(name)
    if cls is None:
        return []
    inherited = {field.name for above in ancestors(name) for field in fields(CLASSES[above])} | _common()
    found = [_use(field, inherited=field.name in inherited) for field in fields(cls)]
    return sorted(found, key=lambda use: use.inherited)


@cache
def _common() -> frozenset[str]:
    """Return the fields that records of every class have."""
    statements = [{field.name for field in fields(cls)} for name, cls in CLASSES.items() if not cls.nested]
    return frozenset(set.intersection(*statements))


def _use(field: Field, *, inherited: bool) -> Use:
    count = ("1 or more" if field.required else "any") if field.many else ("exactly 1" if field.required else "0 or 1")
    term = field.iri.removeprefix(KO) if field.iri.startswith(KO) else ""
    return Use(prefixed(field.iri), term, count, _values(field), inherited)


def _values(field: Field) -> tuple[str, ...]:
    if field.nested is not None:
        return (f"ko:{field.nested.rdf_class}",)
    if field.words is not None:
        return _ranges(field.iri.removeprefix(KO))
    if field.ranges:
        return tuple("any record" if name == "Record" else f"ko:{name}" for name in field.ranges)
    if field.vocab:
        return ("a property",)
    return (prefixed(field.datatype) if field.datatype else "an IRI",)


def _curie(iri: str) -> str:
    """Return an IRI with the prefix that the file of alignments has for it."""
    known = [(str(base), prefix) for prefix, base in ontology_graph().namespaces()] + [(FTM, "ftm")]
    base, prefix = max((pair for pair in known if iri.startswith(pair[0])), key=lambda pair: len(pair[0]))
    return f"{prefix}:{iri.removeprefix(base)}"


def _local(nodes: Iterable[Node | None]) -> set[str]:
    return {str(node).removeprefix(KO) for node in nodes if isinstance(node, URIRef) and str(node).startswith(KO)}


def _above(name: str, link: URIRef) -> set[str]:
    return _local(ontology_graph().objects(URIRef(ko(name)), link))


def _below(name: str, link: URIRef) -> set[str]:
    return _local(ontology_graph().subjects(link, URIRef(ko(name))))


def _descendants(name: str) -> Iterator[str]:
    yield name
    for below in sorted(_below(name, RDFS.subClassOf)):
        yield from _descendants(below)


def _property_names() -> list[str]:
    graph = ontology_graph()
    return sorted(
        _local(node for kind in (OWL.ObjectProperty, OWL.DatatypeProperty) for node in graph.subjects(RDF.type, kind))
    )


def _term(name: str, link: URIRef) -> Term:
    graph, node = ontology_graph(), URIRef(ko(name))
    kinds = set(graph.objects(node, RDF.type))
    traits = {"functional": OWL.FunctionalProperty, "symmetric": OWL.SymmetricProperty}
    words = [word for word, kind in traits.items() if kind in kinds]
    return Term(
        name=name,
        label=str(graph.value(node, RDFS.label) or name),
        comment=str(graph.value(node, RDFS.comment) or ""),
        traits=tuple(words),
        above=tuple(f"ko:{above}" for above in sorted(_above(name, link))),
        below=tuple(f"ko:{below}" for below in sorted(_below(name, link))),
        domain=_classes_of(node, RDFS.domain),
        range=_classes_of(node, RDFS.range),
    )


def _word(name: str) -> Term:
    graph, node = ontology_graph(), URIRef(ko(name))
    low, point, high = (graph.value(node, URIRef(ko(bound))) for bound in ("low", "point", "high"))
    interval = f"{low} to {high}, point {point}" if low is not None else ""
    rank = graph.value(node, URIRef(ko("rank")))
    label, text = graph.value(node, SKOS.prefLabel), graph.value(node, SKOS.definition)
    return Term(name, str(label), str(text or ""), interval=interval, rank="" if rank is None else str(rank))


def _ranges(name: str) -> tuple[str, ...]:
    return _classes_of(URIRef(ko(name)), RDFS.range)


def _classes_of(node: URIRef, link: URIRef) -> tuple[str, ...]:
    """Return the classes, the scale or the datatype that the domain or range of a property is, with their prefixes."""
    graph = ontology_graph()
    value = graph.value(node, link)
    if value is None:
        return ()
    if (members := graph.value(value, OWL.unionOf)) is not None:
        return tuple(sorted(prefixed(str(member)) for member in Collection(graph, members)))
    scale = graph.value(value, OWL.hasValue)
    return (prefixed(str(value if scale is None else scale)),)
