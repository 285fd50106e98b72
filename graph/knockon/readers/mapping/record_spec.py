"""The records that a mapping makes of each row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, model_validator

from knockon.model import STATEMENTS
from knockon.model.validation_errors import did_you_mean
from knockon.rdf.fields import by_alias
from knockon.readers.mapping.conditions import Where
from knockon.readers.mapping.spec_parts import TemplateText
from knockon.readers.mapping.templates import Template


class RecordSpec(BaseModel):
    """A record that each row becomes; its other fields are those of its class, by their names in data files."""

    model_config = ConfigDict(extra="allow", frozen=True, populate_by_name=True)

    cls: Annotated[TemplateText, Field(alias="class")]
    id: TemplateText | None = None
    where: Where = ()
    each: dict[str, TemplateText] = {}
    keep: Literal["first", "last"] = "first"
    cite: Literal["all", "first"] = "all"
    implied: bool = False
    stance: TemplateText | None = None
    claimant: TemplateText | None = None
    confidence: TemplateText | None = None

    @property
    def fields(self) -> Mapping[str, Any]:
        """The fields of its class, as templates."""
        return self.model_extra or {}

    @model_validator(mode="after")
    def _fields_are_known(self) -> RecordSpec:
        cls = Template.parse(self.cls).constant
        if cls is not None and cls not in STATEMENTS:
            raise ValueError(f"unknown class {cls[:100]!r}; {did_you_mean(cls, STATEMENTS, 'e.g. Company, Dependency')}")
        known = {name for item in ([cls] if cls else STATEMENTS) for name in by_alias(STATEMENTS[item])}
        for name, value in self.fields.items():
            if name.partition("@")[0] not in known:
                of = f" of {cls}" if cls else ""
                hint = did_you_mean(name, known, f"its fields are {', '.join(sorted(known))}")
                raise ValueError(f"unknown field {name[:100]!r}{of}; {hint}")
            _check_field(name, value)
        if self.id is None and cls not in DEFAULT_IDS:
            raise ValueError(f'has no id; write e.g. id: "{{name}}" ({", ".join(DEFAULT_IDS)} have one by default)')
        return self


class IdPart(NamedTuple):
    """A part of a default id: the words before it, the field whose value it is, and whether every id has it."""

    words: str
    field: str
    required: bool = True


#: The parts of the ids of records that say what links what, where a mapping gives none.
DEFAULT_IDS: dict[str, tuple[IdPart, ...]] = {
    "Dependency": (IdPart("", "dependant"), IdPart("--needs--", "need")),
    "Provision": (IdPart("", "provided"), IdPart("--by--", "provider"), IdPart("--in--", "period", required=False)),
    "Ownership": (IdPart("", "owner"), IdPart("--owns--", "owned"), IdPart("--as--", "interestKind", required=False)),
    "Designation": (IdPart("", "measure"), IdPart("--names--", "designated"), IdPart("--as--", "listEntry", required=False)),
    "Relation": (IdPart("", "subject"), IdPart("--", "relationType"), IdPart("--", "object")),
    "Observation": (IdPart("", "about"), IdPart("--", "metric"), IdPart("--", "period", required=False)),
}


def _check_field(name: str, value: Any) -> None:
    """Check the templates in the value of a field."""
    if isinstance(value, str):
        try:
            Template.parse(value)
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from None
    elif isinstance(value, dict):
        for key, item in value.items():
            _check_field(f"{name}.{key}", item)
    elif isinstance(value, list):
        for item in value:
            _check_field(name, item)


__all__ = ["DEFAULT_IDS", "IdPart", "RecordSpec"]
