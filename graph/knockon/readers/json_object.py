"""Typed access to objects of JSON from other programs: a value of another type is an error that names it."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from knockon.model.base import DIGITS


class WrongForm(ValueError):
    """A value has another form than the format says; the message names it."""


class JsonObject:
    """An object of JSON, with its path in the record for messages.

    >>> item = JsonObject({"name": " Acme ", "share": {"exact": Decimal(60)}, "tags": "a"})
    >>> item.text("name"), item.child("share").number("exact"), item.texts("tags"), item.text("absent")
    ('Acme', Decimal('60'), ['a'], '')
    >>> item.text("share")
    Traceback (most recent call last):
    ...
    knockon.readers.json_object.WrongForm: share is an object, and should be a text
    """

    __slots__ = ("_name", "_parent", "values")

    def __init__(self, value: object, name: str = "", parent: JsonObject | None = None) -> None:
        # The path is put together where it is asked for: nearly always there is nothing to say.
        self._name, self._parent = name, parent
        if not isinstance(value, dict):
            raise WrongForm(f"{self.path or 'the record'} is {_kind(value)}, and should be an object")
        self.values: dict[str, Any] = value

    @property
    def path(self) -> str:
        """Its path in the record; empty for the record itself."""
        return self._name if self._parent is None else self._parent.path_of(self._name)

    def path_of(self, name: str) -> str:
        """Return the path of one of its values."""
        return f"{path}/{name}" if (path := self.path) else name

    def __contains__(self, name: str) -> bool:
        return self.values.get(name) is not None

    def text(self, name: str) -> str:
        """Return a text, without spaces around it; empty if there is none. Numbers are written out."""
        value = self.values.get(name)
        # Most are texts or absent: every other check is slower.
        if value.__class__ is str:
            return str.strip(value)
        return "" if value is None else self._text(value, name)

    def texts(self, name: str) -> list[str]:
        """Return the texts of a list, or the one text that stands in its place; empty ones are left out."""
        value = self.values.get(name)
        if value is None:
            return []
        items = value if isinstance(value, list) else [value]
        return [text for item in items if (text := self._text(item, name))]

    def number(self, name: str) -> Decimal | None:
        """Return a number, which may be written as a text; None if there is none."""
        value = self.values.get(name)
        if value is None or value == "":
            return None
        try:
            number = Decimal(value.strip()) if isinstance(value, str) else value
        except InvalidOperation:
            number = None
        # No figure has more digits, and arithmetic with such an exponent overflows.
        if not isinstance(number, Decimal) or not number.is_finite() or abs(number.adjusted()) > DIGITS:
            raise WrongForm(f"{self.path_of(name)} is {_kind(value)}, and should be a number")
        return number

    def flag(self, name: str) -> bool | None:
        """Return true, false, or None if there is neither."""
        value = self.values.get(name)
        if value is None or isinstance(value, bool):
            return value
        raise WrongForm(f"{self.path_of(name)} is {_kind(value)}, and should be true or false")

    def child(self, name: str) -> JsonObject:
        """Return an object; an empty one if there is none."""
        value = self.values.get(name)
        if value is None:
            return _ABSENT  # No value in it is wrong, so that nothing asks for its path.
        return JsonObject(value, name, self)

    def holding(self, *names: str) -> JsonObject:
        """Return the object that has one of some names: this one, or the only one inside it that has.

        >>> JsonObject({"sbom": {"spdxVersion": "SPDX-2.3"}}).holding("spdxVersion", "@graph").path
        'sbom'
        """
        if any(name in self for name in names):
            return self
        inner = [key for key, value in self.values.items() if isinstance(value, dict) and any(name in value for name in names)]
        return self.child(inner[0]) if len(inner) == 1 else self

    def children(self, name: str) -> list[JsonObject]:
        """Return the objects of a list; none if there is no list."""
        value = self.values.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            raise WrongForm(f"{self.path_of(name)} is {_kind(value)}, and should be a list")
        return [JsonObject(item, f"{name}/{number}", self) for number, item in enumerate(value)]

    def _text(self, value: object, name: str) -> str:
        if value is None:
            return ""
        if isinstance(value, Decimal):
            return str(value)
        if not isinstance(value, str):
            raise WrongForm(f"{self.path_of(name)} is {_kind(value)}, and should be a text")
        return value.strip()


_ABSENT = JsonObject({})


def _kind(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if value is None:
        return "null"
    kinds = {str: "a text", list: "a list", dict: "an object"}
    return next((name for kind, name in kinds.items() if isinstance(value, kind)), "a number")


__all__ = ["JsonObject", "WrongForm"]
