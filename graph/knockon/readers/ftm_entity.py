"""One entity of FollowTheMoney: its id, its schema, and typed access to its properties."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import lru_cache
from typing import Any

from knockon.model import is_a
from knockon.readers.ftm_schema import CLASSES, CONTROL_TYPES
from knockon.readers.json_object import JsonObject, WrongForm

_SCHEMA = re.compile(r"[A-Z][A-Za-z]{1,60}")
_NUMBER = r"(\d{1,3}(?:[.,]\d{1,20})?)\s*%?"
_EXACT, _RANGE, _BOUND = (
    re.compile(rf"\s*{form}\s*") for form in (_NUMBER, rf"{_NUMBER}\s*[-–]\s*{_NUMBER}", rf"([<>])=?\s*{_NUMBER}")
)


#: The properties that say more about a holding.
_WORDS = ("role", "legalBasis", "summary")
_REMARKS = frozenset((*_WORDS, "ownershipType", "controlType"))
_PARTS = ("id", "schema", "properties")


class FtmEntity:
    """An entity or a link.

    Raises
    ------
    WrongForm
        It has no id, or no schema.
    """

    __slots__ = ("id", "schema", "values")

    def __init__(self, value: object) -> None:
        #: The values of its properties by their names.
        self.values: dict[str, Any]
        if type(value) is dict:
            id_, schema, properties = map(value.get, _PARTS)
            # Most are of this form: every other check is slower.
            if type(id_) is str and type(schema) is str and type(properties) is dict and schema in CLASSES and id_.strip():
                self.id, self.schema, self.values = id_.strip(), schema, properties
                return
        entity = JsonObject(value)
        self.id, self.schema = entity.text("id"), entity.text("schema")
        self.values = entity.child("properties").values
        if not self.id:
            raise WrongForm("has no id")
        if self.schema not in CLASSES and not _SCHEMA.fullmatch(self.schema):
            raise WrongForm(f"schema {self.schema[:50]!r} is not the name of a schema")

    def texts(self, name: str) -> list[str]:
        """Return the values of a property; entities that are written inside it by their ids."""
        values = self.values.get(name)
        if values is None:
            return []
        # Most are a list of one text: every other check is slower.
        if values.__class__ is list and len(values) == 1 and (item := values[0]).__class__ is str:
            text = item.strip()
            return [text] if text else []
        items = values if isinstance(values, list) else [values]
        texts = []
        for item in items:
            text = str.strip(item) if item.__class__ is str else JsonObject({name: _id_of(item)}).text(name)
            if text:
                texts.append(text)
        return texts

    def first(self, *names: str) -> str | None:
        """Return the first value of the first of these properties that has one."""
        for name in names:
            if name in self.values and (texts := self.texts(name)):
                return texts[0]
        return None

    def day(self, *names: str, last: bool = False) -> str | None:
        """Return the first, or the last, of the days in the first property that has any, without the time of day."""
        for name in names:
            if name in self.values and (days := sorted(self.texts(name))):
                return days[-1 if last else 0].partition("T")[0]
        return None

    def share(self) -> dict[str, Any]:
        """Return the share in 0..1, or its range; a text that is neither as a comment."""
        text = self.first("percentage") or ""
        if match := _EXACT.fullmatch(text):
            return {"share": _part(match[1])}
        if match := _RANGE.fullmatch(text):
            return {"shareLow": _part(match[1]), "shareHigh": _part(match[2])}
        if match := _BOUND.fullmatch(text):
            return {"shareLow" if match[1] == ">" else "shareHigh": _part(match[2])}
        return {"comment": f"share as written: {text}"} if text else {}

    def remarks(self) -> tuple[bool | None, str | None]:
        """Return whether a holding is direct, and what else is said about it."""
        if _REMARKS.isdisjoint(self.values):
            return None, None
        kind, control = self.first("ownershipType") or "", self.first("controlType") or ""
        direct = {"direct": True, "indirect": False}.get(kind.lower())
        words = [self.first(name) for name in _WORDS]
        words += [kind if direct is None else "", control if control not in CONTROL_TYPES.values() else ""]
        return direct, "; ".join(filter(None, words)) or None

    def control(self) -> dict[str, Any]:
        """Return the kind of control: one that our export names, or other control with its own words."""
        words = self.first("controlType")
        kind = next((kind for kind, named in CONTROL_TYPES.items() if named == words), None)
        return {"interestKind": kind or "OtherControl"}


def entities_of(value: object) -> Iterable[FtmEntity]:
    """Return the entity that a value of JSON is, then those that are written inside its properties.

    Raises
    ------
    WrongForm
        It is no entity; as one inside it may be when it is its turn.
    """
    entity = FtmEntity(value)
    inside = _inside(entity)
    # Most have none inside: every other way is slower.
    return _with_inside(entity, inside) if inside else (entity,)


def _inside(entity: FtmEntity) -> list[object]:
    """Return the objects in the properties of an entity."""
    found: list[object] = []
    for values in entity.values.values():
        # Most have one value, and it is a text.
        if values.__class__ is list and not (len(values) == 1 and values[0].__class__ is str):
            found += [item for item in values if item.__class__ is dict]
    return found


def _with_inside(entity: FtmEntity, waiting: list[object]) -> Iterator[FtmEntity]:
    yield entity
    while waiting:
        one = FtmEntity(waiting.pop())
        yield one
        waiting += _inside(one)


def narrower_class(before: str, cls: str) -> str:
    """Return the class of an entity that two places give different ones; empty is one that is not modelled.

    >>> narrower_class("Organization", "Company"), narrower_class("Company", ""), narrower_class("Person", "Organization")
    ('Company', 'Company', 'Person')
    """
    # A legal entity is an organization or a person: Person is then the narrower one.
    keep = not cls or before == "Person" or (before and is_a(before, cls))
    return before if keep else cls


def _id_of(value: object) -> object:
    return value.get("id") if isinstance(value, dict) else value


@lru_cache(maxsize=10_000)
def _part(percentage: str) -> Decimal:
    return Decimal(percentage.replace(",", ".")) / 100
