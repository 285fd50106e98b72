"""Answers: frozen dataclasses whose JSON derives from their attributes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from enum import Enum
from functools import cache
from typing import Any, ClassVar, TypeAlias, cast

JsonValue: TypeAlias = "bool | int | float | str | list[JsonValue] | dict[str, JsonValue] | None"
JsonObject: TypeAlias = dict[str, JsonValue]

#: Attributes whose key in JSON is a reserved word of Python.
KEYS: Mapping[str, str] = {"cls": "class"}
#: ``json_names`` of an answer about a record, which has a local name and an IRI as the record itself has.
RECORD_NAMES: Mapping[str, str] = {"name": "id", "id": "iri"}


class Answer:
    """Base class of what a question returns, and of its parts: a frozen dataclass with ``to_dict``.

    Attributes
    ----------
    json_keys
        The attributes that JSON has, in their order: fields and properties. Empty: all fields. A name that starts with
        ``*`` is that of a part (an Answer, or a mapping) whose keys are among those of the whole. One that ends in ``?``
        is left out of JSON where its value is None.
    json_names
        The key in JSON of each attribute that has another name there.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> @dataclass(frozen=True)
    ... class Row(Answer):
    ...     entity: str
    ...     cls: str
    >>> @dataclass(frozen=True)
    ... class Rows(Answer):
    ...     json_keys = ("count", "rows")
    ...     rows: tuple[Row, ...]
    ...     @property
    ...     def count(self) -> int:
    ...         return len(self.rows)
    >>> Rows((Row("urn:a", "Company"),)).to_dict()
    {'count': 1, 'rows': [{'entity': 'urn:a', 'class': 'Company'}]}
    """

    json_keys: ClassVar[tuple[str, ...]] = ()
    json_names: ClassVar[Mapping[str, str]] = {}

    def to_dict(self) -> JsonObject:
        """Return the answer as JSON has it.

        Returns
        -------
        dict
            Plain values by the keys of ``json_keys``: whole IRIs, numbers as numbers.

        Examples
        --------
        >>> import knockon
        >>> knockon.open("chips").impact(hit={"asml": "high"}).to_dict()["model"]
        'leontief'
        """
        return self.to_json_of(self._json_keys())

    def to_json_of(self, names: tuple[str, ...]) -> JsonObject:
        """Return some attributes as JSON has them.

        Parameters
        ----------
        names
            The attributes, as in ``json_keys``.

        Returns
        -------
        dict
            Their values by the keys of JSON.

        Examples
        --------
        >>> import knockon
        >>> knockon.open("chips").impact(hit={"asml": "high"}).to_json_of(("model", "stopped_by"))
        {'model': 'leontief', 'stopped_by': 'tolerance'}
        """
        result: JsonObject = {}
        for attribute, key, optional in _keys_of(type(self), names):  # type: ignore[arg-type] # a class is hashable
            value = as_json(getattr(self, attribute))
            if optional and value is None:
                continue
            if key is None:
                result |= cast("JsonObject", value or {})
            else:
                result[key] = value
        return result

    def json_items(self) -> Iterator[tuple[str, object]] | None:
        """Yield the keys of JSON with their values as they are in Python, so that a long one can be written item by item.

        Returns
        -------
        iterator of (str, object), or None
            None where the keys of a part are among those of the whole, or the class makes its JSON itself.

        Examples
        --------
        >>> import knockon
        >>> dict(knockon.open("chips").impact(hit={"asml": "high"}).json_items())["model"]
        'leontief'
        """
        keys = _keys_of(type(self), self._json_keys())  # type: ignore[arg-type] # a class is hashable
        if type(self).to_dict is not Answer.to_dict or any(key is None for _, key, _ in keys):
            return None
        values = ((key or "", getattr(self, attribute), optional) for attribute, key, optional in keys)
        return ((key, value) for key, value, optional in values if not optional or value is not None)

    def json_values(self) -> Iterator[object]:
        """Yield the values of the attributes that JSON has, as they are in Python.

        Yields
        ------
        object
            The value of each attribute, in the order of JSON.

        Examples
        --------
        >>> import knockon
        >>> list(knockon.open("chips").impact(hit={"asml": "high"}).json_values())[3]
        'leontief'
        """
        return (getattr(self, _attribute(name)) for name in self._json_keys())

    def _json_keys(self) -> tuple[str, ...]:
        return self.json_keys or _field_names(type(self))  # type: ignore[arg-type] # a class is hashable


#: The types whose values JSON has as they are.
_PLAIN = frozenset({type(None), bool, int, float, str})


@dataclass(frozen=True, slots=True)
class RecordAnswer(Answer):
    """Base class of answers, and of rows of answers, about one record. In JSON ``name`` is ``id``, and ``id`` is ``iri``.

    Attributes
    ----------
    name
        Its local name.
    id
        Its IRI.
    cls
        Its class.
    title
        Its label or title, or else a short description.
    """

    json_names: ClassVar[Mapping[str, str]] = RECORD_NAMES

    name: str
    id: str
    cls: str
    title: str


@cache
def _field_names(kind: type[Any]) -> tuple[str, ...]:
    """Return the names of the fields of a class of answers."""
    return tuple(field.name for field in fields(kind))


@cache
def _keys_of(kind: type[Any], names: tuple[str, ...]) -> tuple[tuple[str, str | None, bool], ...]:
    """Return each attribute with its key in JSON, and whether it is left out where it is None.

    The key is None where the value is a mapping whose keys are those of the answer.
    """
    keys: list[tuple[str, str | None, bool]] = []
    for name in names:
        attribute = _attribute(name)
        key = None if name.startswith("*") else kind.json_names.get(attribute, KEYS.get(attribute, attribute))
        keys.append((attribute, key, name.endswith("?")))
    return tuple(keys)


def _attribute(name: str) -> str:
    """Return a name of ``json_keys`` without its marks."""
    return name.removeprefix("*").removesuffix("?")


def as_json(value: object) -> JsonValue:
    """Return a value in the form of JSON.

    Parameters
    ----------
    value
        An Answer, a plain value, an enum, a date, a number of numpy, or a mapping, sequence or set of these.

    Raises
    ------
    TypeError
        The value is of another type.

    Examples
    --------
    >>> as_json({"days": (1, date(2026, 1, 2)), "names": frozenset({"b", "a"})})
    {'days': [1, '2026-01-02'], 'names': ['a', 'b']}
    """
    if type(value) in _PLAIN:
        return cast("JsonValue", value)
    if isinstance(value, Answer):
        return value.to_dict()
    if isinstance(value, Enum):
        return as_json(value.value)
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): as_json(item) for key, item in value.items()}
    if isinstance(value, set | frozenset):
        return [as_json(item) for item in sorted(value)]
    if isinstance(value, Sequence) and not isinstance(value, bytes):
        return [as_json(item) for item in value]
    if hasattr(value, "item"):
        return as_json(value.item())
    raise TypeError(f"{type(value).__name__} has no form in JSON")


__all__ = ["KEYS", "RECORD_NAMES", "Answer", "JsonObject", "JsonValue", "RecordAnswer", "as_json"]
