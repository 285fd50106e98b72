"""Generate the JSON-LD 1.1 context from the models: records in JSON have the same names as in data files."""

from __future__ import annotations

import json
from typing import Any

from knockon.model import CLASSES, Evidence
from knockon.model.base import Record
from knockon.rdf.fields import FRAGMENT_CLASS, HAS_SELECTOR, SELECTOR_CLASS, SELECTOR_TERMS, Field, fields
from knockon.vocabulary import KO, PREFIXES, RDF, RELATION_TYPES, XSD

Term = str | dict[str, str]


def context() -> str:
    """Return the context as JSON, always the same text.

    Numbers of type xsd:decimal are written as strings (``"0.25"``), since JSON-LD
    reads fractions that are JSON numbers as doubles.

    >>> json.loads(context())["@context"]["need"]
    {'@id': 'ko:need', '@type': '@id'}
    """
    terms: dict[str, Any] = {"@version": 1.1, "@vocab": KO, **dict(sorted(PREFIXES.items()))}
    terms.update(_classes())
    terms.update(_properties())
    return json.dumps({"@context": terms}, indent=2, ensure_ascii=False) + "\n"


def _compact(iri: str) -> str:
    for prefix, base in PREFIXES.items():
        if iri.startswith(base):
            return f"{prefix}:{iri[len(base) :]}"
    return iri


def _classes() -> dict[str, Term]:
    terms: dict[str, Term] = {name: _compact(cls.class_iri()) for name, cls in CLASSES.items()}
    terms["TextPositionSelector"] = _compact(SELECTOR_CLASS)
    terms["FragmentSelector"] = _compact(FRAGMENT_CLASS)
    return dict(sorted(terms.items()))


def _properties() -> dict[str, Term]:
    terms: dict[str, Term] = {
        name: {"@id": f"ko:{name}", "@type": "@id"}
        for name in (*RELATION_TYPES, "related", "dependsOn", "owns", "coveredBy", "sameAs")
    }
    terms["disputed"] = {"@id": "ko:disputed", "@type": "xsd:boolean"}
    terms["selector"] = {"@id": _compact(HAS_SELECTOR), "@type": "@id"}
    # The places of evidence other than spans: one property of the selector, and the standard that its value follows.
    terms["fragment"] = {"@id": "rdf:value"}
    terms["conformsTo"] = {"@id": "dcterms:conformsTo", "@type": "@id"}
    for cls in CLASSES.values():
        for field in fields(cls):
            if cls is Evidence and SELECTOR_TERMS.get(field.alias) == RDF + "value":
                continue
            _add(terms, cls, field)
            if field.unknown_iri:
                terms[field.unknown_iri.removeprefix(KO)] = {"@id": _compact(field.unknown_iri), "@type": "xsd:boolean"}
    return dict(sorted(terms.items()))


def _add(terms: dict[str, Term], cls: type[Record], field: Field) -> None:
    term = _term(field)
    known = terms.setdefault(field.alias, term)
    if _without_container(known) != _without_container(term):
        raise ValueError(f"{field.alias} of {cls.__name__} has the definition {term}, and elsewhere {known}")
    # If one class allows several values, readers should always expect a list.
    if "@container" in term:
        terms[field.alias] = term


def _without_container(term: Term) -> Term:
    return term if isinstance(term, str) else {key: value for key, value in term.items() if key != "@container"}


def _term(field: Field) -> Term:
    term = {"@id": _compact(field.iri)}
    if field.kind in {"iri", "nested"}:
        term["@type"] = "@id"
    elif field.kind in {"word", "property"}:
        term["@type"] = "@vocab"
    elif field.kind == "text":
        term["@language"] = "en"
    elif field.kind not in {"string", "name", "license"}:
        term["@type"] = (field.datatype or "").replace(XSD, "xsd:")
    if field.many:
        term["@container"] = "@set"
    return term
