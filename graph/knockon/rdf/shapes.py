"""Generate the SHACL shapes from the models, so that any SHACL processor can check a graph.

The graph to validate must contain the ontology besides the data, for
subclasses and relation types.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from knockon.model import CLASSES, ancestors
from knockon.model.base import Evidence, Record, Statement
from knockon.model.places import PLACES, PlaceKind
from knockon.rdf.fields import FRAGMENT_CLASS, HAS_SELECTOR, SELECTOR_CLASS, SELECTOR_TERMS, Field, fields
from knockon.rdf.shape_rules import RULES, Rule, query, quoted
from knockon.vocabulary import KO, ONTOLOGY_GRAPH, PREFIXES, RDFS, RELATION_TYPES, SCHEMES

SHAPES = "https://w3id.org/knockon/shapes"

_SHAPES_LICENSE = "https://www.apache.org/licenses/LICENSE-2.0"
_PREFIXES = {**PREFIXES, "sh": "http://www.w3.org/ns/shacl#", "shape": SHAPES + "#"}
_HEADER = """# Generated from the models by `python -m knockon.rdf.generate`: change those, not this.
#
# Validate data together with the ontology, for instance
#   pyshacl --shacl shapes.ttl --ont-graph knockon.ttl data.ttl
"""
_LABEL = RDFS + "label"
#: A literal with or without a language.
_TEXT = "sh:or ( [ sh:datatype rdf:langString ] [ sh:datatype xsd:string ] )"
_LICENSE = "sh:or ( [ sh:nodeKind sh:IRI ] [ sh:datatype xsd:string ] )"
#: Derived properties of records; relation types are recognised as subproperties of ko:related.
_DERIVED = ("coveredBy", "dependsOn", "owns", "related", "disputed", "sameAs")


def shapes() -> str:
    """Return the shapes graph as Turtle, always the same text.

    >>> "sh:targetClass ko:Dependency" in shapes()
    True
    """
    parts = [_HEADER, *_prefixes(), ""]
    parts += [_ontology(), _described_shape()]
    parts += [_class_shape(cls) for cls in CLASSES.values()]
    parts += [_span(), _fragment(), *(_rule(rule) for rule in RULES)]
    parts += [_known_properties(cls) for name, cls in CLASSES.items() if not ancestors(name)]
    return "\n".join(parts).rstrip() + "\n"


def curie(iri: str) -> str:
    """Return an IRI with its prefix, or in full if its namespace has none.

    >>> curie("https://w3id.org/knockon/ns#need"), curie("urn:x")
    ('ko:need', '<urn:x>')
    """
    fitting = [(base, prefix) for prefix, base in _PREFIXES.items() if iri.startswith(base)]
    if not fitting:
        return f"<{iri}>"
    base, prefix = max(fitting)
    return f"{prefix}:{iri[len(base) :]}"


def own_fields(cls: type[Record]) -> tuple[Field, ...]:
    """Return the fields that a class adds to those of its superclass, whose shape checks the others.

    >>> from knockon.model import Company, Entity
    >>> own_fields(Company), own_fields(Entity)[-1].alias
    ((), 'atLeast')
    """
    above = ancestors(cls.rdf_class)
    inherited = {field.name for field in fields(CLASSES[above[0]])} if above else set()
    return tuple(field for field in fields(cls) if field.name not in inherited)


def _prefixes() -> Iterator[str]:
    yield f"@base <{SHAPES}> ."
    for prefix, base in sorted(_PREFIXES.items()):
        yield f"@prefix {prefix}: <{base}> ."


def _ontology() -> str:
    declared = ("ko", "oa", "rdf", "rdfs")
    lines = [f"    sh:declare [ sh:prefix {quoted(p)} ; sh:namespace {quoted(_PREFIXES[p])}^^xsd:anyURI ]" for p in declared]
    title = 'dcterms:title "Shapes of the Knock-on vocabulary"@en'
    terms = f"dcterms:license <{_SHAPES_LICENSE}> ;\n    dcterms:isPartOf <{ONTOLOGY_GRAPH}>"
    return f"<> a owl:Ontology ;\n    {title} ;\n    {terms} ;\n" + " ;\n".join(lines) + " .\n"


def _described_shape() -> str:
    body = "sh:property [ sh:path rdf:type ; sh:minCount 1 ]"
    return _node("Described", None, [body], "What is named here is described nowhere in the graph.")


def _node(name: str, target: str | None, body: Iterable[str], message: str = "") -> str:
    lines = ["a sh:NodeShape", *([target] if target else []), *body]
    if message:
        lines.append(f"sh:message {quoted(message)}@en")
    return f"shape:{name} " + " ;\n    ".join(lines) + " .\n"


def _rule(rule: Rule) -> str:
    return _node(rule.name, rule.target, [rule.body], rule.message)


def _class_shape(cls: type[Record]) -> str:
    own = [field for field in own_fields(cls) if field.iri not in SELECTOR_TERMS.values()]
    body = [_property(cls, field) for field in own]
    body += [_unknown_number(cls, field) for field in own if field.unknown_iri]
    if cls is Evidence:
        body.append(_has_selector())
    if issubclass(cls, Statement) and not ancestors(cls.rdf_class):
        order = "ko:from is after ko:until."
        body.append(f"sh:property [ sh:path ko:from ; sh:lessThanOrEquals ko:until ; sh:message {quoted(order)}@en ]")
    return _node(cls.rdf_class, f"sh:targetClass ko:{cls.rdf_class}", body)


def _property(cls: type[Record], field: Field) -> str:
    message = f"{curie(field.iri)} of {_a(cls.rdf_class)}: {_count(field)} {_value(field)}."
    constraints = [f"sh:path {curie(field.iri)}", *_cardinality(field), *_constraints(cls, field)]
    return _block([*constraints, f"sh:message {quoted(message)}@en"])


def _unknown_number(cls: type[Record], field: Field) -> str:
    """Return the constraint on the property that is true where a number is stated to be unknown."""
    path = curie(field.unknown_iri)
    message = f"{path} of {_a(cls.rdf_class)}: at most one, an xsd:boolean."
    return _block([f"sh:path {path}", "sh:maxCount 1", "sh:datatype xsd:boolean", f"sh:message {quoted(message)}@en"])


def _block(lines: Iterable[str]) -> str:
    return "sh:property [\n        " + " ;\n        ".join(lines) + "\n    ]"


def _cardinality(field: Field) -> Iterator[str]:
    if field.required:
        yield f"sh:minCount {field.min_items or 1 if field.many else 1}"
    if field.iri == _LABEL:
        # A reader takes one of them for the label, and the others for other names.
        yield "sh:uniqueLang true"
    elif not field.many:
        yield "sh:maxCount 1"


def _constraints(cls: type[Record], field: Field) -> Iterator[str]:
    if field.datatype or field.kind == "license":
        # Where a value has one of several forms.
        forms = {"license": _LICENSE, "text": _TEXT, "name": _TEXT}
        yield forms.get(field.kind) or f"sh:datatype {curie(field.datatype or '')}"
        yield from _literal(field)
        return
    yield "sh:nodeKind sh:IRI"
    if field.max_length is not None:
        yield f"sh:maxLength {field.max_length}"
    if field.words:
        yield f"sh:in ( {' '.join('ko:' + word for word in field.words)} )"
    elif field.vocab == "relation":
        yield f"sh:in ( {' '.join('ko:' + name for name in sorted(RELATION_TYPES))} )"
    elif field.vocab:
        yield f"sh:in ( {' '.join(curie(iri) for iri in _properties(cls))} )"
    elif field.nested:
        yield f"sh:class ko:{field.nested.rdf_class}"
    elif "Record" in field.ranges:
        yield "sh:node shape:Described"
    elif len(field.ranges) == 1:
        yield f"sh:class ko:{field.ranges[0]}"
    elif field.ranges:
        yield f"sh:or ( {' '.join(f'[ sh:class ko:{name} ]' for name in field.ranges)} )"


def _literal(field: Field) -> Iterator[str]:
    if field.min_length is not None:
        yield f"sh:minLength {field.min_length}"
    if field.max_length is not None:
        yield f"sh:maxLength {field.max_length}"
    if field.pattern is not None:
        yield f"sh:pattern {quoted(field.pattern)}"
    if field.minimum is not None:
        yield f"sh:minInclusive {field.minimum}"
    if field.maximum is not None:
        yield f"sh:maxInclusive {field.maximum}"


def _properties(cls: type[Record]) -> list[str]:
    """Return every property that a record of the class or a subclass may have."""
    below = [c for c in CLASSES.values() if issubclass(c, cls)]
    iris = (iri for c in below for field in fields(c) for iri in (field.iri, field.unknown_iri) if iri)
    return list(dict.fromkeys(iris))


def _count(field: Field) -> str:
    if field.iri == _LABEL:
        return "at least one, and at most one in each language,"
    if field.many:
        return "at least one, each" if field.required else "any number, each"
    return "exactly one," if field.required else "at most one,"


def _value(field: Field) -> str:
    if field.words:
        return f"a word of ko:{SCHEMES[field.words]}"
    if field.vocab:
        return "a relation type" if field.vocab == "relation" else "a property of the record"
    if field.nested:
        return _a(field.nested.rdf_class)
    if field.kind == "iri":
        named = " or ".join("a record" if name == "Record" else _a(name) for name in field.ranges)
        return f"the IRI of {named}" if named else "an IRI"
    if field.kind == "license":
        return "the IRI or the name of a licence"
    if field.kind in {"text", "name"}:
        return "a text, in any language or none"
    return f"{_a(curie(field.datatype or ''))}{_within(field)}"


def _within(field: Field) -> str:
    if field.kind == "duration":
        return " of 0 or more"
    if field.pattern is not None:
        return f" that matches {field.pattern}"
    if field.maximum is not None:
        return f" from {field.minimum} to {field.maximum}"
    return f" of {field.minimum} or more" if field.minimum is not None else ""


def _a(name: str) -> str:
    return f"{'an' if name[0] in 'AEIOUaeioux' else 'a'} {name}"


def _has_selector() -> str:
    message = (
        "oa:hasSelector of an Evidence: at most one, an oa:TextPositionSelector with oa:start and oa:end, or an "
        "oa:FragmentSelector with one rdf:value and the dcterms:conformsTo of a row, a pointer, a line or a page."
    )
    return _block(
        [
            f"sh:path {curie(HAS_SELECTOR)}",
            "sh:maxCount 1",
            "sh:nodeKind sh:IRI",
            "sh:or ( [ sh:node shape:Span ] [ sh:node shape:Fragment ] )",
            f"sh:message {quoted(message)}@en",
        ]
    )


def _span() -> str:
    # The shape has no target, since other vocabularies may use selectors in other ways.
    start, end = (curie(SELECTOR_TERMS[name]) for name in ("start", "end"))
    by_iri = {field.iri: field for field in fields(Evidence)}
    ends = [_property(Evidence, replace(by_iri[SELECTOR_TERMS[name]], required=True)) for name in ("start", "end")]
    order = f"sh:property [ sh:path {start} ; sh:lessThan {end} ; sh:message {quoted('A span starts before it ends.')}@en ]"
    return _node("Span", None, [f"sh:class {curie(SELECTOR_CLASS)}", *ends, order])


def _fragment() -> str:
    """Return the shape of a selector of another place than a span: a fragment in the form of its standard."""
    forms = "\n        ".join(map(_fragment_of, PLACES))
    return _node("Fragment", None, [f"sh:class {curie(FRAGMENT_CLASS)}", f"sh:or (\n        {forms}\n    )"])


def _fragment_of(kind: PlaceKind) -> str:
    form = {"key": "^key=", "pointer": "^/", "line": "^line=[0-9]+,[1-9][0-9]*$"}.get(kind.name, f"^{kind.name}=[1-9][0-9]*$")
    value = f"[ sh:path rdf:value ; sh:minCount 1 ; sh:maxCount 1 ; sh:pattern {quoted(form)} ]"
    if not kind.standard:
        return f"[ sh:property {value} , [ sh:path dcterms:conformsTo ; sh:maxCount 0 ] ]"
    return f"[ sh:property {value} , [ sh:path dcterms:conformsTo ; sh:in ( {curie(kind.standard)} ) ] ]"


def _known_properties(cls: type[Record]) -> str:
    """Return the shape that refuses ``ko:`` properties that a record of the class cannot have, such as misspelt ones."""
    # One pattern instead of a list of names, since processors parse the query again for each focus node.
    names = [iri.removeprefix(KO) for iri in _properties(cls) if iri.startswith(KO)]
    known = "|".join([*names, *_DERIVED])
    select = f"""
        SELECT DISTINCT $this ?path ?value WHERE {{
            ?class rdfs:subClassOf* $this .
            ?value a ?class ; ?path ?any .
            FILTER (STRSTARTS(STR(?path), STR(ko:)))
            FILTER (!REGEX(STR(?path), "#({known})$"))
            FILTER NOT EXISTS {{ ?path rdfs:subPropertyOf ko:related }}
        }}"""
    message = f"{{?value}} has {{?path}}, which is not a property of {_a(cls.rdf_class)}."
    return _node(f"{cls.rdf_class}Properties", f"sh:targetNode ko:{cls.rdf_class}", [query(select, message)])


__all__ = ["SHAPES", "curie", "own_fields", "shapes"]
