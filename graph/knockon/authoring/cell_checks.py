"""Checks of table cells against the fields they are for, before records are made of the rows."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any

from pydantic import TypeAdapter, ValidationError

from knockon.authoring.expand import Expander
from knockon.authoring.names import InvalidName
from knockon.authoring.resolver import Resolver
from knockon.model import STATEMENTS, Dependency, Hit, Record, Shock, Supply
from knockon.model.validation_errors import faults
from knockon.rdf.fields import Field, by_alias

#: The class name for rows of a table of shocks: each row is a hit, and several rows make one record.
HIT = "Hit"
_SUPPLY_COLUMNS = frozenset(by_alias(Supply)) & {"provider", "share", "delay"}
#: Texts of the shock in a row of a table of shocks; all other columns are checked as those of its hit.
_SHOCK_TEXTS = frozenset({"label", "altLabel", "comment", "reason"})
#: Kinds of fields that cannot be checked cell by cell: their meaning depends on all names, or they are free text.
_UNCHECKED_KINDS = {"iri", "property", "nested"}
#: The most values of one column whose result is cached.
_MAX_CACHED = 100_000


def record_class(cls: str, column: str) -> type[Record]:
    """Return the record class that a column belongs to: some columns of a table of dependencies belong to its supplies."""
    if cls == HIT:
        return Shock if column in _SHOCK_TEXTS else Hit
    return Supply if cls == Dependency.rdf_class and column in _SUPPLY_COLUMNS else STATEMENTS[cls]


@cache
def column_field(cls: str, column: str) -> Field | None:
    """Return the field that a column of a table is for; None if there is none.

    >>> column_field("Dependency", "share").kind, column_field("Hit", "severity").kind, column_field("Company", "colour")
    ('decimal', 'decimal', None)
    """
    name = "severityValue" if cls == HIT and column == "severity" else column
    return by_alias(record_class(cls, column)).get(name)


def is_number(severity: str) -> bool:
    """Return whether a severity in a table is a number and not a word.

    >>> is_number("0.2"), is_number("high")
    (True, False)
    """
    return severity[:1] in tuple("+-.0123456789")


class CellChecks:
    """Checker of single cells, with a cache for equal cells.

    >>> checks = CellChecks()
    >>> checks.fault("Dependency", "share", "0.5"), checks.fault("Dependency", "share", "x")
    (None, ("share: 'x' is not a number", 'write digits and a point, e.g. 0.5'))
    >>> checks.fault("Dependency", "criticality", "hihg")[0]
    "'hihg' is not a criticality"
    """

    def __init__(self) -> None:
        self._expander = Expander(Resolver(""))
        self._results: dict[tuple[str, str], dict[str, tuple[str, str] | None]] = {}

    def fault(self, cls: str, column: str, value: str) -> tuple[str, str] | None:
        """Return the message and hint for an invalid cell; None if it is valid as far as it can be checked alone."""
        results = self._results.setdefault((cls, column), {})
        if value in results:
            return results[value]
        fault = self._check(cls, column, value)
        if len(results) < _MAX_CACHED:
            results[value] = fault
        return fault

    def _check(self, cls: str, column: str, value: str) -> tuple[str, str] | None:
        field = column_field(cls, column)
        if cls == HIT and column == "severity" and not is_number(value):
            field = by_alias(Hit)["severity"]
        if field is None or field.kind in _UNCHECKED_KINDS or field.many:
            return None
        try:
            text = self._expander.normalize(field, value)
            field_validator(record_class(cls, column), field.name).validate_python(text)
        except InvalidName as error:
            return f"{column}: {error.message}", error.hint
        except ValidationError as error:
            fault = next(faults(error, (), within=(column,)))
            return fault.message, fault.hint
        return None


@cache
def field_validator(cls: type[Record], name: str) -> TypeAdapter[Any]:
    """Return the validator of one field of a record, without the checks that compare it with others."""
    info = cls.model_fields[name]
    kind: Any = info.annotation
    return TypeAdapter(Annotated[kind, *info.metadata] if info.metadata else kind)
