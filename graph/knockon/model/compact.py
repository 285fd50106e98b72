"""Make records quickly, and so that they take little memory: an import makes a million of them.

pydantic gives each record a dictionary of its own, with the names of its fields. CPython shares these names between the
instances of a class (PEP 412) if attributes are set one by one, and between copies of the dictionary of such an instance: a
Dependency takes 370 bytes then, not 1,100. A copy is four times as fast as setting attributes, and takes 64 bytes more; from
Python 3.13 on it takes 340 more, so that they are set there. Fields whose values repeat, such as references, words and days,
are validated once for each value.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from functools import cache
from typing import Annotated, Any, NamedTuple, TypeVar, get_args

from pydantic import AfterValidator, BaseModel, TypeAdapter, ValidationError

from knockon.model.base import Evidence, Record, as_set
from knockon.model.plain_texts import PlainText

R = TypeVar("R", bound=Record)
#: The most values of a field that are kept.
_MAX_KEPT = 100_000


class CompactRecords:
    """Maker of records that share what is equal: the names of their fields, the sets of those that are stated, repeated values.

    Examples
    --------
    >>> from knockon.model import Company, Supply
    >>> records = CompactRecords()
    >>> plain = Supply(id="urn:x:s", provider="urn:x:acme", share="0.5")
    >>> records.of(plain) == plain
    True
    >>> records.make(Company, {"id": "urn:x:a", "label": "Acme", "from": "2020-01-02"}).from_
    datetime.date(2020, 1, 2)
    >>> records.make(Company, {"id": "urn:x:a", "label": "Acme", "from": "soon"}) is None
    True
    """

    def __init__(self) -> None:
        self._stated: dict[frozenset[str], set[str]] = {}
        self._shapes: dict[tuple[type[Record], tuple[str, ...]], set[str] | None] = {}
        self._fields: dict[type[Record], dict[str, _FieldForm]] = {}

    def of(self, record: R) -> R:
        """Return a record that is equal to another one and its parts, and takes less memory."""
        cls = type(record)
        values = blank(cls).copy()
        for name in values:
            values[name] = getattr(record, name)
        for name in _fields_with_parts(cls):
            if parts := values[name]:
                values[name] = tuple([self.of(part) for part in parts])
        return self.new(cls, values, self._shared(record.model_fields_set))

    def make(self, cls: type[R], values: Mapping[str, Any], evidence: tuple[Evidence, ...] = ()) -> R | None:
        """Return the record that ``cls.model_validate`` would return for values; None if it is to be asked.

        Parameters
        ----------
        cls
            The class.
        values
            The values of its fields by their names in data files, and its ``id``.
        evidence
            Its valid evidence, if it is not among the values.
        """
        form = self.form_of(cls)
        if form is None:
            return None
        fields = self._fields.get(cls) or self._fields.setdefault(cls, {})
        content = blank(cls).copy()
        try:
            for alias, value in values.items():
                field = fields.get(alias) or fields.setdefault(alias, _FieldForm(self, cls, form.names[alias]))
                content[field.name] = field.validated(value)
            if evidence:
                content["evidence"] = evidence
            stated = self.stated_by(cls, (*values, "evidence") if evidence else tuple(values))
            if stated is None:
                return None
            record = self.new(cls, content, stated)
            for check in form.checks:
                check(record)
        except (ValidationError, ValueError, KeyError):
            return None
        return record

    def new(self, cls: type[R], values: dict[str, Any], stated: set[str]) -> R:
        """Return a record with valid values.

        Parameters
        ----------
        cls
            The class.
        values
            The values of all fields: a copy of ``blank(cls)``, which becomes the record's own, with those that are stated.
        stated
            The names of the fields that are stated.
        """
        record = cls.__new__(cls)
        if _COPIES_SHARE:
            _put(record, "__dict__", values)
        else:
            for name, value in values.items():
                _put(record, name, value)
        _put_stated(record, stated)
        _put_extra(record, None)
        _put_private(record, None)
        return record

    def form_of(self, cls: type[Record]) -> RecordForm | None:
        """Return the form of a class; None if it has checks that only the model itself can make."""
        return _form(cls)

    def validator_of(self, cls: type[Record], alias: str) -> Callable[[Any], Any]:
        """Return what validates values of the field with a name in data files, as ``make`` does."""
        fields = self._fields.setdefault(cls, {})
        if alias not in fields:
            fields[alias] = _FieldForm(self, cls, _names_by_alias(cls)[alias])
        return fields[alias].validated

    def plain_text_of(self, cls: type[Record], alias: str) -> PlainText | None:
        """Return the form of the texts of the field with a name in data files; None if it is no field of plain texts."""
        self.validator_of(cls, alias)
        return self._fields[cls][alias].plain

    def stated_by(self, cls: type[Record], aliases: tuple[str, ...]) -> set[str] | None:
        """Return the shared set of the names of fields with these names in data files; None if one that is required is not."""
        key = (cls, aliases)
        if key not in self._shapes:
            form = _form(cls)
            stated = self._shared({form.names[alias] for alias in aliases}) if form else set[str]()
            self._shapes[key] = stated if form and stated >= form.required else None
        return self._shapes[key]

    def _shared(self, stated: set[str]) -> set[str]:
        """Return a set of names that all records with the same names share."""
        return self._stated.setdefault(frozenset(stated), stated)


_put = object.__setattr__
#: What sets the slots of a record that pydantic has for itself: faster than by their names.
_put_stated, _put_extra, _put_private = (
    BaseModel.__dict__[f"__pydantic_{slot}__"].__set__ for slot in ("fields_set", "extra", "private")
)
#: Whether copies of the dictionary of an instance take little memory as dictionaries of others: in later versions values are a
#: part of the instance, and stay there unused.
_COPIES_SHARE = sys.version_info < (3, 13)


@cache
def blank(cls: type[Record]) -> dict[str, Any]:
    """Return the values of all fields of a class where nothing is stated, to be copied; None for those that are required.

    >>> blank(Evidence)["row"], list(blank(Evidence))[:2]
    (None, ['id', 'document'])
    """
    first = cls.__new__(cls)
    for name, info in cls.model_fields.items():
        _put(first, sys.intern(name), None if info.is_required() else info.get_default())
    return first.__dict__


class RecordForm(NamedTuple):
    """The fields of a class: their names by alias, those that are required, and the checks of a whole record."""

    names: dict[str, str]
    required: frozenset[str]
    checks: tuple[Callable[[Any], object], ...]


@cache
def _form(cls: type[Record]) -> RecordForm | None:
    """Return the form of a class; None if it has checks of another kind."""
    decorators = cls.__pydantic_decorators__
    checks = list(decorators.model_validators.values())
    if decorators.field_validators or decorators.root_validators or any(check.info.mode != "after" for check in checks):
        return None
    fields = cls.model_fields
    return RecordForm(
        _names_by_alias(cls),
        frozenset(name for name, info in fields.items() if info.is_required()),
        tuple(check.func for check in checks),
    )


@cache
def _names_by_alias(cls: type[Record]) -> dict[str, str]:
    return {info.alias or name: name for name, info in cls.model_fields.items()} | {"id": "id"}


class _FieldForm:
    """The validator of one field, which keeps the results for texts and lists of texts that repeat."""

    def __init__(self, maker: CompactRecords, cls: type[Record], name: str) -> None:
        self.name, self._maker = name, maker
        # The validator itself, without the options that its adapter would look at for each value.
        self._validate = _adapter(cls, name).validator.validate_python
        self._has_parts, self._part = name in _fields_with_parts(cls), _class_of_parts(cls, name)
        # Parts are named after their record, and long texts seldom repeat.
        self._kept: dict[Any, Any] | None = None if self._has_parts or name in _UNIQUE else {}
        info = cls.model_fields[name]
        #: The form of texts that need no validation, of which none are kept.
        self.plain = None if self._has_parts or self._kept is not None else PlainText.of(info.annotation, info.metadata)

    def validated(self, value: Any) -> Any:
        """Return the value of the field for a value of a file."""
        kept, kind = self._kept, value.__class__
        if kept is None:
            if self.plain is not None and self.plain.accepts(value):
                return self.plain.make(value)
            return self._parts(value) if self._has_parts else self._validate(value)
        if kind is str:
            key = value
        elif kind is list and all(item.__class__ is str for item in value):
            key = tuple(value)
        else:
            return self._validate(value)
        try:
            return kept[key]
        except KeyError:
            result = self._validate(value)
            if len(kept) < _MAX_KEPT:
                kept[key] = result
            return result

    def _parts(self, value: Any) -> Any:
        """Return the parts that a value of a file describes, each made as a record is."""
        items = value if value.__class__ is list else [value]
        if self._part is not None:
            made = [self._maker.make(self._part, item) if item.__class__ is dict else None for item in items]
            parts = tuple(part for part in made if part is not None)
            if len(parts) == len(made):
                # What compares records gives each a dictionary.
                return parts if len(parts) < 2 else tuple(map(self._maker.of, as_set(parts)))
        parts = self._validate(value)
        return tuple(map(self._maker.of, parts)) if parts else parts


#: Fields whose values mostly differ.
_UNIQUE = ("id", "label", "alt_label", "comment", "evidence", "notation")


def _class_of_parts(cls: type[Record], name: str) -> type[Record] | None:
    """Return the class of the parts of a field that is a set of them, and nothing else is asked of it."""
    info = cls.model_fields[name]
    inner = get_args(info.annotation)
    is_set = [check.func for check in info.metadata if isinstance(check, AfterValidator)] == [as_set] and len(
        info.metadata
    ) == 2
    return inner[0] if is_set and isinstance(inner[0], type) and issubclass(inner[0], Record) else None


@cache
def _adapter(cls: type[Record], name: str) -> TypeAdapter[Any]:
    info = cls.model_fields[name]
    annotation: Any = info.annotation
    return TypeAdapter(Annotated[annotation, *info.metadata] if info.metadata else annotation)


@cache
def _fields_with_parts(cls: type[Record]) -> tuple[str, ...]:
    """Return the names of the fields of a class whose values are records, but for evidence."""
    fields = cls.model_fields.items()
    return tuple(name for name, info in fields if name != "evidence" and _has_parts(info.annotation))


def _has_parts(annotation: Any) -> bool:
    """Return whether values of a type are records."""
    if isinstance(annotation, type) and issubclass(annotation, Record):
        return True
    return any(_has_parts(inner) for inner in getattr(annotation, "__args__", ()))


__all__ = ["CompactRecords", "RecordForm", "blank"]
