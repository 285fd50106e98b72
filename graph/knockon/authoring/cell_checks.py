"""Cells of a table held against the fields that they are for, before any record is made of its rows."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any

from pydantic import TypeAdapter, ValidationError

from knockon.authoring.expand import Expander
from knockon.authoring.names import Refused
from knockon.authoring.resolver import Resolver
from knockon.model import STATEMENTS, Dependency, Hit, Record, Supply
from knockon.model.faults import faults
from knockon.rdf.fields import Field, by_alias

#: The rows of a table of shocks are hits: several of them make one record.
HIT = "Hit"
_OF_SUPPLIES = frozenset(by_alias(Supply)) & {"provider", "share", "delay"}
#: What a cell of these kinds means is not known before all names are, or is free text.
_LATER = {"iri", "property", "nested"}
#: So many values of one column are remembered.
_REMEMBERED = 100_000


def class_of(cls: str, column: str) -> type[Record]:
    """The record that a column of a table is about: in a table of dependencies some are about supplies."""
    if cls == HIT:
        return Hit
    return Supply if cls == Dependency.rdf_class and column in _OF_SUPPLIES else STATEMENTS[cls]


@cache
def field_of(cls: str, column: str) -> Field | None:
    """The field that a column of a table is for; None where it is for none.

    >>> field_of("Dependency", "share").kind, field_of("Hit", "severity").kind, field_of("Company", "colour")
    ('decimal', 'decimal', None)
    """
    name = "severityValue" if cls == HIT and column == "severity" else column
    return by_alias(class_of(cls, column)).get(name)


def is_number(severity: str) -> bool:
    """Whether a severity in a table is a number and not a word.

    >>> is_number("0.2"), is_number("high")
    (True, False)
    """
    return severity[:1] in tuple("+-.0123456789")


class CellChecks:
    """Says what is wrong with single cells; equal cells are looked at once.

    >>> checks = CellChecks()
    >>> checks.fault("Dependency", "share", "0.5"), checks.fault("Dependency", "share", "x")
    (None, ("share: 'x' is not a number", 'write digits and a point, e.g. 0.5'))
    >>> checks.fault("Dependency", "criticality", "hihg")[0]
    "'hihg' is not a criticality"
    """

    def __init__(self) -> None:
        self._expander = Expander(Resolver(""))
        self._known: dict[tuple[str, str], dict[str, tuple[str, str] | None]] = {}

    def fault(self, cls: str, column: str, value: str) -> tuple[str, str] | None:
        """The message and the hint for a cell that no record can have; None where there is nothing to say of it alone."""
        known = self._known.setdefault((cls, column), {})
        if value in known:
            return known[value]
        found = self._fault(cls, column, value)
        if len(known) < _REMEMBERED:
            known[value] = found
        return found

    def _fault(self, cls: str, column: str, value: str) -> tuple[str, str] | None:
        field = field_of(cls, column)
        if cls == HIT and column == "severity" and not is_number(value):
            field = by_alias(Hit)["severity"]
        if field is None or field.kind in _LATER or field.many:
            return None
        try:
            text = self._expander.text(field, value)
            _adapter(class_of(cls, column), field.name).validate_python(text)
        except Refused as refused:
            return f"{column}: {refused.message}", refused.hint
        except ValidationError as error:
            fault = next(faults(error, (), within=(column,)))
            return fault.message, fault.hint
        return None


@cache
def _adapter(cls: type[Record], name: str) -> TypeAdapter[Any]:
    info = cls.model_fields[name]
    kind: Any = info.annotation
    return TypeAdapter(Annotated[kind, *info.metadata] if info.metadata else kind)
