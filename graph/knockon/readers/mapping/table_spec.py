"""The tables of a mapping: how each is read and reshaped, what it joins, and the records that its rows become."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from knockon.readers.mapping.conditions import Where
from knockon.readers.mapping.record_spec import RecordSpec
from knockon.readers.mapping.row_paths import row_steps
from knockon.readers.mapping.spec_parts import EncodingName, Part, PatternText, Texts, as_list
from knockon.readers.mapping.value_spec import Value, as_value


def _checked_path(path: str) -> str:
    row_steps(path)
    return path


#: The names of a column: by the first one the mapping knows it, and of all the first that a file has is read.
ColumnNames = Annotated[tuple[str, ...], BeforeValidator(as_list), Field(min_length=1)]
Columns = Annotated[tuple[ColumnNames, ...], BeforeValidator(as_list)]


class Join(Part):
    """Values of another table, whose rows have the same key.

    ``on`` has the column of this table by that of the other, ``take`` the new name of each column that is taken. Of several
    rows all are taken as a list (``collect``), or the first or last.
    """

    table: str
    on: dict[str, str] = Field(min_length=1)
    take: dict[str, str] = Field(min_length=1)
    many: Literal["collect", "first", "last"] = "collect"


class Matrix(Part):
    """A matrix: columns of keys at its left (``index``), rows of keys at its top (``header``), and a value in each cell."""

    index: Texts
    header: Texts
    value: str = "value"
    zeros: bool = False


class Unpivot(Part):
    """Columns that are values of one thing, such as years: each cell of them becomes a row."""

    columns: Texts = ()
    matching: PatternText | None = None
    name: str
    value: str

    @model_validator(mode="after")
    def _has_columns(self) -> Unpivot:
        if not self.columns and self.matching is None:
            raise ValueError("name the columns (columns), or a pattern of their names (matching)")
        return self


class DocumentFields(Part):
    """What the document of a file is, beside its name and SHA-256."""

    title: str | None = None
    url: str | None = None
    license: str | None = None
    retrieved: str | None = None
    issued: str | None = None


class TableSpec(Part):
    """A table (or list of objects) and the records that its rows become."""

    file: Texts = ()
    like: str | None = None
    columns: Columns = ()
    optional: Columns = ()
    format: Literal["csv", "json", "jsonl", "yaml", "parquet", "xlsx"] | None = None
    rows: Annotated[str, AfterValidator(_checked_path)] | None = None
    sheet: str | None = None
    skip: Annotated[int, Field(ge=0)] = 0
    names: Texts = ()
    header: Annotated[int, Field(ge=1, le=10)] = 1
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] | None = None
    quote: Annotated[str, Field(max_length=1)] = '"'
    encoding: EncodingName | None = None
    nulls: Texts = ()
    verbatim: Texts = ()
    decimal: Literal[".", ","] | None = None
    thousands: str | None = None
    key: str | None = None
    matrix: Matrix | None = None
    unpivot: Unpivot | None = None
    join: tuple[Join, ...] = ()
    values: dict[str, Annotated[Value, BeforeValidator(as_value)]] = Field(default_factory=dict)
    where: Where = ()
    left_out: Annotated[str | None, Field(alias="leftOut")] = None
    document: DocumentFields = DocumentFields()
    records: tuple[RecordSpec, ...] = ()

    @property
    def required_columns(self) -> tuple[str, ...]:
        """The columns by which it is recognised, by the names that the mapping knows them by."""
        return tuple(names[0] for names in self.columns)

    @property
    def optional_columns(self) -> tuple[str, ...]:
        """The columns that may be missing, by the names that the mapping knows them by."""
        return tuple(names[0] for names in self.optional)

    @property
    def other_names(self) -> Mapping[str, tuple[str, ...]]:
        """The other names of each column that has any, in the order in which they are looked for."""
        return {names[0]: names[1:] for names in (*self.columns, *self.optional) if len(names) > 1}

    @model_validator(mode="after")
    def _forms_fit(self) -> TableSpec:
        if self.matrix and (self.names or self.unpivot):
            raise ValueError("a matrix has no names and no unpivot: its columns are those of index, header and value")
        return self


__all__ = ["DocumentFields", "Join", "Matrix", "TableSpec", "Unpivot"]
