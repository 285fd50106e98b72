"""The conditions of a mapping: which rows count, and which become a record."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from knockon.readers.mapping.spec_parts import Part, PatternText, Texts


class Condition(Part):
    """What a value must be: equal to one of some texts or to another column, or not, to contain or match one, or to be present.

    A text or a list in place of it is short for ``is``.
    """

    is_: Annotated[Texts | None, Field(alias="is")] = None
    not_: Annotated[Texts | None, Field(alias="not")] = None
    same_as: Annotated[str | None, Field(alias="sameAs")] = None
    not_same_as: Annotated[str | None, Field(alias="notSameAs")] = None
    contains: Texts | None = None
    matches: PatternText | None = None
    present: bool | None = None
    at_least: Annotated[Decimal | None, Field(alias="atLeast")] = None
    at_most: Annotated[Decimal | None, Field(alias="atMost")] = None


def _as_condition(value: Any) -> Any:
    return {"is": value} if isinstance(value, str | list) else value


#: Conditions by column or value, all of which must hold.
Conditions = dict[str, Annotated[Condition, BeforeValidator(_as_condition)]]
#: Conditions, or a list of them of which one must hold.
Where = Annotated[tuple[Conditions, ...], BeforeValidator(lambda value: [value] if isinstance(value, dict) else value)]


__all__ = ["Condition", "Conditions", "Where"]
