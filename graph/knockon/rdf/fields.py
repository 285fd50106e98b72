"""The RDF form of each field of a record, derived once from the models.

The conversion to RDF, the SHACL shapes and the JSON-LD context are all built
from ``fields``, so that they always agree with the models.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin
from typing import Literal as OneOf

from pydantic.fields import FieldInfo

from knockon.model.base import DIGITS, LONGEST_IRI, Evidence, Iri, LicenseMark, Literal, Record, RefTo, Term, Vocab
from knockon.model.field_types import OrUnknown
from knockon.model.places import PLACES
from knockon.vocabulary import KO, OA, RDF, XSD

T = TypeVar("T")

Kind = OneOf[
    "iri", "text", "name", "string", "license", "decimal", "double", "integer", "boolean", "date", "duration", "word",
    "property", "nested",
]  # fmt: skip

#: The datatype of each kind of literal; a text or name is a string with or without a language. A ``license`` is an IRI or
#: a string.
DATATYPES: dict[Kind, str] = {
    "text": RDF + "PlainLiteral",
    "name": RDF + "PlainLiteral",
    "string": XSD + "string",
    "decimal": XSD + "decimal",
    "double": XSD + "double",
    "integer": XSD + "integer",
    "boolean": XSD + "boolean",
    "date": XSD + "date",
    "duration": XSD + "duration",
}

#: The place of an Evidence is a separate node, as in the Web Annotation vocabulary: see rdf/selectors.py.
HAS_SELECTOR = OA + "hasSelector"
SELECTOR_CLASS, FRAGMENT_CLASS = OA + "TextPositionSelector", OA + "FragmentSelector"
#: The properties of that node by the fields of Evidence: other places than spans share one.
SELECTOR_TERMS: dict[str, str] = {
    "start": OA + "start", "end": OA + "end", **{kind.name: RDF + "value" for kind in PLACES}
}  # fmt: skip

_IRI_MARK = get_args(Iri)[1]
_SIMPLE: dict[Any, Kind] = {
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "double",
    Decimal: "decimal",
    date: "date",
}


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a record class, with its RDF property and type.

    ``name`` is the attribute, ``alias`` the name in data files, ``iri`` the
    property. ``ranges`` are the classes that a reference may have, ``words``
    the enumeration of a word, ``nested`` the class of parts of the record.
    For the kind ``property``, ``vocab`` states which names are allowed:
    properties of the record (``property``) or relation types (``relation``).
    ``tristate`` states that a boolean may also be unknown. ``unknown_iri`` is the
    property that is true where a number is stated to be unknown; empty if there
    is none.
    """

    name: str
    alias: str
    iri: str
    kind: Kind
    required: bool
    many: bool
    ranges: tuple[str, ...] = ()
    words: type[StrEnum] | None = None
    nested: type[Record] | None = None
    minimum: float | None = None
    maximum: float | None = None
    pattern: str | None = None
    min_items: int | None = None
    min_length: int | None = None
    max_length: int | None = None
    vocab: str = ""
    tristate: bool = False
    unknown_iri: str = ""

    @property
    def datatype(self) -> str | None:
        """The IRI of the datatype of its literals; None if its values are IRIs."""
        return DATATYPES.get(self.kind)


@cache
def fields(cls: type[Record]) -> tuple[Field, ...]:
    """Return the fields of a record class without its ``id``, in the order of the model.

    >>> from knockon.model import Designation, Statement
    >>> [(f.alias, f.kind) for f in fields(Designation) if f.name not in Statement.model_fields][:3]
    [('measure', 'iri'), ('designated', 'iri'), ('listEntry', 'string')]
    >>> from knockon.model import Ownership
    >>> share = by_alias(Ownership)["share"]
    >>> share.iri, share.maximum, share.required
    ('https://w3id.org/knockon/ns#share', 1, False)
    """
    return tuple(_field(cls, name, info) for name, info in cls.model_fields.items() if name != "id")


@cache
def by_alias(cls: type[Record]) -> dict[str, Field]:
    """Return the fields of a record class by their names in data files and in the ontology.

    >>> by_alias(Evidence)["document"].iri
    'http://www.w3.org/ns/oa#hasSource'
    """
    return {field.alias: field for field in fields(cls)}


def property_iri(cls: type[Record], name: str) -> str:
    """Return the property with a name on a record: that of its field, else the ``ko:`` term (a relation type).

    >>> from knockon.model import Relation
    >>> property_iri(Relation, "competesWith"), property_iri(Evidence, "document")
    ('https://w3id.org/knockon/ns#competesWith', 'http://www.w3.org/ns/oa#hasSource')
    """
    field = by_alias(cls).get(name)
    return field.iri if field else KO + name


def property_name(cls: type[Record], iri: str) -> str:
    """Return the name of a property in data files: the inverse of ``property_iri``.

    >>> property_name(Evidence, "http://www.w3.org/ns/oa#hasSource")
    'document'
    """
    return next((field.alias for field in fields(cls) if field.iri == iri), iri.removeprefix(KO))


def _field(cls: type[Record], name: str, info: FieldInfo) -> Field:
    outer, marks = _unwrap(info.annotation, info.metadata)
    many = get_origin(outer) is tuple
    core, item_marks = _unwrap(get_args(outer)[0], ()) if many else (outer, marks)
    alias = info.alias or name
    all_marks = [*marks, *item_marks] if many else marks
    ref = _find(RefTo, all_marks)
    vocab = _find(Vocab, all_marks)
    or_unknown = _find(OrUnknown, all_marks)
    kind = _kind(core, item_marks)
    return Field(
        name=name,
        alias=alias,
        iri=_iri(cls, alias, _find(Term, all_marks)),
        kind=kind,
        required=info.is_required(),
        many=many,
        ranges=ref.classes if ref else (),
        words=core if issubclass(core, StrEnum) else None,
        nested=core if issubclass(core, Record) else None,
        minimum=_bound("ge", item_marks),
        maximum=_bound("le", item_marks),
        pattern=_bound("pattern", item_marks),
        min_items=_bound("min_length", marks) if many else None,
        min_length=_bound("min_length", item_marks),
        max_length=_max_length(kind, item_marks),
        vocab=vocab.of if vocab else "",
        tristate=core is bool and info.default is None,
        unknown_iri=or_unknown.iri if or_unknown else "",
    )


def _unwrap(annotation: Any, marks: Iterable[Any]) -> tuple[Any, list[Any]]:
    """Return the type inside ``Annotated`` and ``| None``, and all annotations."""
    all_marks = list(_flatten(marks))
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            annotation, *more = get_args(annotation)
            all_marks += _flatten(more)
        elif origin in (Union, UnionType):
            # A word beside a number is no type of its own: see OrUnknown.
            (annotation,) = (arg for arg in get_args(annotation) if arg is not NoneType and get_origin(arg) is not OneOf)
        else:
            return annotation, all_marks


def _flatten(marks: Iterable[Any]) -> Iterator[Any]:
    # Inside a union pydantic does not resolve its own Field(ge=...).
    for mark in marks:
        if isinstance(mark, FieldInfo):
            yield from mark.metadata
        else:
            yield mark


def _find(mark_class: type[T], marks: Iterable[Any]) -> T | None:
    return next((mark for mark in marks if isinstance(mark, mark_class)), None)


def _bound(name: str, marks: Iterable[Any]) -> Any:
    # Ge, Le, MinLen and StringConstraints use the same names for bounds.
    return next((getattr(mark, name) for mark in marks if getattr(mark, name, None) is not None), None)


def _max_length(kind: Kind, marks: Iterable[Any]) -> int | None:
    """Return the largest length of a value in RDF, in characters."""
    if kind == "decimal":
        return 2 * DIGITS + 2  # with a sign and a point
    return LONGEST_IRI if kind == "iri" else _bound("max_length", marks)


def _iri(cls: type[Record], alias: str, term: Term | None) -> str:
    if issubclass(cls, Evidence) and alias in SELECTOR_TERMS:
        return SELECTOR_TERMS[alias]
    return term.iri if term else KO + alias


def _kind(core: type, marks: Iterable[Any]) -> Kind:
    if issubclass(core, StrEnum):
        return "word"
    if issubclass(core, Record):
        return "nested"
    if _find(Vocab, marks):
        return "property"
    if _find(RefTo, marks) or _IRI_MARK in marks:
        return "iri"
    if _find(LicenseMark, marks):
        return "license"
    literal = _find(Literal, marks)
    if literal and literal.language:
        return "name" if literal.language == "name" else "text"
    if literal and literal.datatype == "duration":
        return "duration"
    return _SIMPLE[core]
