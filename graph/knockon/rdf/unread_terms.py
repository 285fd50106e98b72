"""Terms of the vocabulary that no record accounts for: what is wrong with them, and how to mend it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from pyoxigraph import BlankNode, Literal, NamedNode, Quad

from knockon.model.class_order import most_specific
from knockon.model.validation_errors import did_you_mean
from knockon.rdf.fields import fields
from knockon.rdf.to_rdf import TYPE, classes_by_iri
from knockon.vocabulary import KO, RELATION_TYPES


class Unread(NamedTuple):
    """The subject of a triple that cannot be read, what is wrong with it, and how to mend it."""

    subject: Any
    message: str
    hint: str = ""


def text_of(term: Any) -> str:
    """Return an IRI, a label of a node or a literal as text."""
    return term.value if isinstance(term, NamedNode | BlankNode | Literal) else str(term)


def unread_terms(extra: Iterable[Quad], properties: Mapping[Any, Sequence[tuple[Any, Any]]]) -> Iterator[Unread]:
    """Yield the classes and properties of the vocabulary that cannot be read.

    Parameters
    ----------
    extra
        The quads that no record accounts for.
    properties
        The pairs of property and object of each subject.
    """
    for quad in extra:
        predicate, obj = quad.predicate.value, quad.object
        if quad.predicate == TYPE and isinstance(obj, NamedNode) and obj.value.startswith(KO):
            if obj.value not in classes_by_iri():
                name = obj.value[len(KO) :]
                hint = did_you_mean(name, (cls.rdf_class for cls in classes_by_iri().values()))
                yield Unread(quad.subject, f"unknown class ko:{name}", hint)
        elif predicate.startswith(KO):
            yield _unread_property(quad, properties[quad.subject])


def _unread_property(quad: Quad, properties: Sequence[tuple[Any, Any]]) -> Unread:
    """Return why a property of the vocabulary cannot be read."""
    name = quad.predicate.value[len(KO) :]
    types = [c for p, o in properties if p == TYPE and (c := classes_by_iri().get(text_of(o)))]
    cls = most_specific(types) if types else None
    if name in RELATION_TYPES or name in {"coveredBy", "dependsOn", "owns", "related"}:
        hint = "write a ko:Relation, ko:Dependency or ko:Ownership"
        hint = "write a ko:Designation, or a ko:OwnershipRule with ko:Ownership" if name == "coveredBy" else hint
        return Unread(quad.subject, f"ko:{name} is derived; it cannot be stated", hint)
    if cls is None:
        return Unread(quad.subject, f"ko:{name} on a subject that is not a record", "give it a class of the vocabulary")
    if cls.nested:
        return Unread(quad.subject, f"this {cls.rdf_class} is not part of a record")
    known = (field.alias for field in fields(cls))
    return Unread(quad.subject, f"ko:{name} is not a property of a {cls.rdf_class}", did_you_mean(name, known))


__all__ = ["Unread", "text_of", "unread_terms"]
