"""Records as values of JSON, to be read again without validation: for data that was validated when it was written."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import cache, partial
from typing import Any, NamedTuple, TypeVar

from knockon.model import Record
from knockon.model.base import UNKNOWN_NUMBER
from knockon.model.language import ENGLISH, LanguageString
from knockon.rdf.fields import Field, fields

R = TypeVar("R", bound=Record)


def to_json(record: Record) -> dict[str, Any]:
    """Return a record as an object of JSON: its id, and every field that was set, by its name in data files.

    >>> from knockon.model import Supply
    >>> to_json(Supply(id="urn:x:s", provider="urn:x:acme", share="0.50"))
    {'id': 'urn:x:s', 'provider': 'urn:x:acme', 'share': '0.5'}
    """
    stated = record.model_fields_set
    values = {f.alias: _value(f, getattr(record, f.name)) for f in fields(type(record)) if f.name in stated}
    return {"id": record.id, **values}


def from_json(cls: type[R], values: dict[str, Any]) -> R:
    """Return the record of a class that ``to_json`` wrote, without validating it again.

    Raises
    ------
    KeyError
        The class has no such field.
    TypeError, ValueError
        A value is not of the type of its field.

    Examples
    --------
    >>> from knockon.model import Supply
    >>> from_json(Supply, {"id": "urn:x:s", "provider": "urn:x:acme", "share": "0.50"}).share
    Decimal('0.50')
    """
    form = _form(cls)
    content = form.defaults.copy()
    stated = set()
    for alias, value in values.items():
        name, convert = form.fields[alias]
        content[name] = value if convert is None or value is None else convert(value)
        stated.add(name)
    if cls.nested:
        stated.discard("id")  # parts are named after the record that they belong to
    # What model_construct does, without looking for each field by each of its names.
    record = cls.__new__(cls)
    object.__setattr__(record, "__dict__", content)
    object.__setattr__(record, "__pydantic_fields_set__", stated)
    object.__setattr__(record, "__pydantic_extra__", None)
    object.__setattr__(record, "__pydantic_private__", None)
    return record


class _Form(NamedTuple):
    """The fields of a class: their defaults in the order of the model, and by alias the attribute and the conversion."""

    defaults: dict[str, Any]
    fields: dict[str, tuple[str, Callable[[Any], Any] | None]]


@cache
def _form(cls: type[Record]) -> _Form:
    defaults = {name: info.get_default() for name, info in cls.model_fields.items()}
    return _Form(defaults, {"id": ("id", None), **{field.alias: (field.name, _converter(field)) for field in fields(cls)}})


def _converter(field: Field) -> Callable[[Any], Any] | None:
    convert: Callable[[Any], Any] | None = None
    if field.kind in {"text", "name"}:
        convert = _to_text if field.kind == "text" else _to_name
    elif field.unknown_iri:
        convert = _to_number_or_word
    elif field.kind == "decimal":
        convert = Decimal
    elif field.kind == "date":
        convert = date.fromisoformat
    elif field.words is not None:
        convert = field.words
    elif field.nested is not None:
        convert = partial(from_json, field.nested)
    if field.many:
        return tuple if convert is None else partial(_each, convert)
    return convert


def _to_text(value: str | dict[str, str]) -> LanguageString:
    return LanguageString(value, ENGLISH) if isinstance(value, str) else LanguageString(value["@value"], value["@language"])


def _to_name(value: str | dict[str, str]) -> LanguageString:
    return LanguageString(value) if isinstance(value, str) else LanguageString(value["@value"], value["@language"])


def _to_number_or_word(text: str) -> Decimal | str:
    return text if text == UNKNOWN_NUMBER else Decimal(text)


def _each(convert: Callable[[Any], Any], values: list[Any]) -> tuple[Any, ...]:
    return tuple([convert(value) for value in values])


def _value(field: Field, value: Any) -> Any:
    if isinstance(value, tuple):
        return [_value(field, item) for item in value]
    if isinstance(value, Record):
        return to_json(value)
    if isinstance(value, LanguageString):
        # The usual language of a field is left out: English for texts, none for names.
        usual = ENGLISH if field.kind == "text" else ""
        return str(value) if value.language == usual else {"@value": str(value), "@language": value.language}
    return str(value) if isinstance(value, Decimal | date) else value
