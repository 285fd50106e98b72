"""The model of a mapping file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field, model_validator

from knockon.model.validation_errors import did_you_mean
from knockon.readers.mapping.record_spec import RecordSpec
from knockon.readers.mapping.spec_parts import EncodingName, Part, Texts
from knockon.readers.mapping.table_spec import TableSpec

#: What a table takes from the table that it is ``like``, where it does not say it itself.
_SHARED = ("key", "unpivot", "values", "where", "leftOut", "records")


def _like(name: str, table: Any, tables: Mapping[str, Any]) -> Any:
    """Return the fields of a table with those of the table that it is like; its own values come first."""
    other_name = table.get("like") if isinstance(table, dict) else None
    if not isinstance(other_name, str):
        return table
    other = tables.get(other_name)
    if not isinstance(other, dict) or other_name == name:
        others = [key for key in tables if key != name]
        hint = did_you_mean(other_name, others, f"others are {', '.join(others) or 'none'}")
        raise ValueError(f"table {name} is like {other_name[:100]!r}, which is no other table of this mapping; {hint}")
    if "like" in other:
        raise ValueError(f"table {name} is like {other_name}, which is like a table itself; write like: {other['like']}")
    filled = {**{field: other[field] for field in _SHARED if field in other}, **table}
    if isinstance(table.get("values"), dict) and isinstance(other.get("values"), dict):
        filled["values"] = {**table["values"], **{key: v for key, v in other["values"].items() if key not in table["values"]}}
    return filled


class MappingSpec(Part):
    """A mapping: what it is for, and its tables."""

    title: str
    description: str | None = None
    documented: str | None = None
    name: str | None = None
    base: str | None = None
    license: str | None = None
    url: str | None = None
    encoding: EncodingName | None = None
    nulls: Texts = ()
    decimal: Literal[".", ","] | None = None
    thousands: str | None = None
    constants: tuple[RecordSpec, ...] = ()
    tables: dict[str, TableSpec] = Field(min_length=1)

    @model_validator(mode="before")
    @classmethod
    def _fill_like_tables(cls, fields: Any) -> Any:
        """Give each table that is ``like`` another one what it does not say itself of values, rows that count and records."""
        tables = fields.get("tables") if isinstance(fields, dict) else None
        if not isinstance(tables, dict):
            return fields
        return {**fields, "tables": {name: _like(name, table, tables) for name, table in tables.items()}}

    @model_validator(mode="after")
    def _joins_fit(self) -> MappingSpec:
        for name, table in self.tables.items():
            for join in table.join:
                if join.table not in self.tables:
                    hint = did_you_mean(join.table, self.tables)
                    raise ValueError(f"table {name} joins {join.table[:100]!r}, which is not a table of this mapping; {hint}")
                if self.tables[join.table].join:
                    raise ValueError(f"table {name} joins {join.table}, which joins another table itself; join both here")
        for name, table in self.tables.items():
            decimal, thousands = table.decimal or self.decimal, table.thousands or self.thousands
            for value_name, value in table.values.items():
                mark = value.decimal or decimal or "."
                if value.number and (value.thousands or thousands) == mark:
                    hint = "; write decimal: ','" if mark == "." else ""
                    raise ValueError(f"{value_name} of table {name} has {mark!r} as decimal and as thousands mark{hint}")
        if not any(table.records for table in self.tables.values()):
            raise ValueError("no table has records")
        return self


__all__ = ["MappingSpec"]
