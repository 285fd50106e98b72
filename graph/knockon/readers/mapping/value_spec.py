"""How a mapping makes a value of a column."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator

from knockon.readers.mapping.dates import date_parser
from knockon.readers.mapping.spec_parts import Part, PatternText, TemplateText, Texts
from knockon.readers.mapping.templates import template_of


def _checked_formats(formats: tuple[str, ...]) -> tuple[str, ...]:
    date_parser(formats)
    return formats


class Value(Part):
    """A value that is made of a column: found in it, split, looked up, read as a number or date.

    The steps happen in the order of the fields. A text in place of it is short for ``of``.
    """

    of: TemplateText
    find: PatternText | None = None
    find_all: Annotated[PatternText | None, Field(alias="findAll")] = None
    split: Texts | None = None
    replace: dict[str, str | None] = Field(default_factory=dict)
    strip: str | None = None
    nulls: Texts = ()
    case: Literal["upper", "lower", "title"] | None = None
    lookup: dict[str, str | None] | None = None
    otherwise: str | None = None
    unknown: Literal["reject", "keep", "leave empty"] = "reject"
    number: Literal["any", "fraction", "percent"] | None = None
    decimal: Literal[".", ","] | None = None
    thousands: str | None = None
    date: Annotated[Texts, AfterValidator(_checked_formats)] | None = None
    first: bool = False
    join: str | None = None
    default: TemplateText | None = None

    @model_validator(mode="after")
    def _steps_fit(self) -> Value:
        if self.number and self.date:
            raise ValueError("a value is a number or a date, not both")
        if self.find and self.find_all:
            raise ValueError("use find or findAll, not both")
        if (self.otherwise is not None or self.unknown != "reject") and self.lookup is None:
            raise ValueError("otherwise and unknown belong to lookup")
        if "" in (self.split or ()):
            raise ValueError("split has an empty separator; write the text between the items, e.g. split: ','")
        if "" in self.replace:
            raise ValueError("replace has an empty text to be replaced")
        return self


def as_value(value: Any) -> Any:
    """Return the fields of a value, of which a text is ``of``."""
    return _with_braces({"of": value} if isinstance(value, str) else value)


def _with_braces(value: Any) -> Any:
    """Return the fields of a value whose ``of`` is the name of a column, without braces, as a template."""
    of = value.get("of") if isinstance(value, dict) else None
    return {**value, "of": template_of(of)} if isinstance(of, str) and "{" not in of else value


__all__ = ["Value", "as_value"]
