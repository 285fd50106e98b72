"""The JSON-LD 1.1 context, generated from the models: records as JSON with the names they have in data files."""

from __future__ import annotations

import json
from typing import Any

from knockon.model import CLASSES
from knockon.model.base import Record
from knockon.rdf.fields import HAS_SELECTOR, SELECTOR_CLASS, Field, fields
from knockon.vocabulary import KO, PREFIXES, RELATION_TYPES, XSD

Term = str | dict[str, str]


def context() -> str:
    """The context as JSON, the same text each time.

    Numbers of type xsd:decimal are written as strings (``"0.25"``): JSON-LD
    reads a fraction that is no string as a double.

    >>> json.loads(context())["@context"]["need"]
    {'@id': 'ko:need', '@type': '@id'}
    """
    terms: dict[str, Any] = {"@version": 1.1, "@vocab": KO, **dict(sorted(PREFIXES.items()))}
    terms.update(_classes())
    terms.update(_properties())
    return json.dumps({"@context": terms}, indent=2, ensure_ascii=False) + "\n"


def _short(iri: str) -> str:
    for prefix, base in PREFIXES.items():
        if iri.startswith(base):
            return f"{prefix}:{iri[len(base) :]}"
    return iri


def _classes() -> dict[str, Term]:
    terms: dict[str, Term] = {name: _short(cls.class_iri()) for name, cls in CLASSES.items()}
    terms["TextPositionSelector"] = _short(SELECTOR_CLASS)
    return dict(sorted(terms.items()))


def _properties() -> dict[str, Term]:
    terms: dict[str, Term] = {name: {"@id": f"ko:{name}", "@type": "@id"} for name in (*RELATION_TYPES, "dependsOn", "owns")}
    terms["disputed"] = {"@id": "ko:disputed", "@type": "xsd:boolean"}
    terms["selector"] = {"@id": _short(HAS_SELECTOR), "@type": "@id"}
    for cls in CLASSES.values():
        for field in fields(cls):
            _add(terms, cls, field)
    return dict(sorted(terms.items()))


def _add(terms: dict[str, Term], cls: type[Record], field: Field) -> None:
    term = _term(field)
    known = terms.setdefault(field.alias, term)
    if _without_container(known) != _without_container(term):
        raise ValueError(f"{field.alias} of {cls.__name__} is said as {term}, and elsewhere as {known}")
    # Where one class allows several, every reader should expect a list.
    if "@container" in term:
        terms[field.alias] = term


def _without_container(term: Term) -> Term:
    return term if isinstance(term, str) else {key: value for key, value in term.items() if key != "@container"}


def _term(field: Field) -> Term:
    said = {"@id": _short(field.iri)}
    if field.kind in {"iri", "nested"}:
        said["@type"] = "@id"
    elif field.kind in {"word", "property"}:
        said["@type"] = "@vocab"
    elif field.kind == "text":
        said["@language"] = "en"
    elif field.kind != "string":
        said["@type"] = (field.datatype or "").replace(XSD, "xsd:")
    if field.many:
        said["@container"] = "@set"
    return said
