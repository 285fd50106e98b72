"""What the parts of a mapping file have in common: no unknown fields, texts in lists, templates, patterns and encodings."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict

from knockon.authoring.options import checked_encoding
from knockon.readers.mapping.patterns import Pattern
from knockon.readers.mapping.templates import Template


class Part(BaseModel):
    """A part of a mapping file; what it does not know is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


def as_list(value: Any) -> Any:
    """Return a text as a list of it."""
    return [value] if isinstance(value, str) else value


def _checked_template(text: str) -> str:
    Template.parse(text)
    return text


def _checked_pattern(text: str) -> str:
    try:
        Pattern.compile(text)
    except ValueError as error:
        raise ValueError(f"the pattern {text[:100]!r} {error}") from None
    return text


#: One text, or a list of texts.
Texts = Annotated[tuple[str, ...], BeforeValidator(as_list)]
TemplateText = Annotated[str, AfterValidator(_checked_template)]
PatternText = Annotated[str, AfterValidator(_checked_pattern)]
EncodingName = Annotated[str, AfterValidator(checked_encoding)]


__all__ = ["EncodingName", "Part", "PatternText", "TemplateText", "Texts", "as_list"]
