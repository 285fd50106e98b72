"""The model of a mapping file: its tables, their values and the records that rows become."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from knockon.authoring.options import checked_encoding
from knockon.model import STATEMENTS
from knockon.model.validation_errors import did_you_mean
from knockon.rdf.fields import by_alias
from knockon.readers.mapping.dates import date_parser
from knockon.readers.mapping.paths import row_steps
from knockon.readers.mapping.patterns import Pattern
from knockon.readers.mapping.templates import Template, template_of


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


def _as_list(value: Any) -> Any:
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


def _checked_formats(formats: tuple[str, ...]) -> tuple[str, ...]:
    date_parser(formats)
    return formats


def _checked_path(path: str) -> str:
    row_steps(path)
    return path


#: One text, or a list of texts.
Texts = Annotated[tuple[str, ...], BeforeValidator(_as_list)]
#: The names of a column: by the first one the mapping knows it, and of all the first that a file has is read.
ColumnNames = Annotated[tuple[str, ...], BeforeValidator(_as_list), Field(min_length=1)]
Columns = Annotated[tuple[ColumnNames, ...], BeforeValidator(_as_list)]
TemplateText = Annotated[str, AfterValidator(_checked_template)]
PatternText = Annotated[str, AfterValidator(_checked_pattern)]
EncodingName = Annotated[str, AfterValidator(checked_encoding)]


class Condition(_Part):
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


class Value(_Part):
    """A value that is made of a column: found in it, split, looked up, read as a number or date.

    The steps happen in the order of the fields. A text in place of it is short for ``of``.
    """

    of: TemplateText
    find: PatternText | None = None
    find_all: Annotated[PatternText | None, Field(alias="findAll")] = None
    split: Texts | None = None
    replace: dict[str, str | None] = {}
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


def _as_value(value: Any) -> Any:
    return _with_braces({"of": value} if isinstance(value, str) else value)


def _with_braces(value: Any) -> Any:
    """Return the fields of a value whose ``of`` is the name of a column, without braces, as a template."""
    of = value.get("of") if isinstance(value, dict) else None
    return {**value, "of": template_of(of)} if isinstance(of, str) and "{" not in of else value


class Join(_Part):
    """Values of another table, whose rows have the same key.

    ``on`` has the column of this table by that of the other, ``take`` the new name of each column that is taken. Of several
    rows all are taken as a list (``collect``), or the first or last.
    """

    table: str
    on: dict[str, str] = Field(min_length=1)
    take: dict[str, str] = Field(min_length=1)
    many: Literal["collect", "first", "last"] = "collect"


class Matrix(_Part):
    """A matrix: columns of keys at its left (``index``), rows of keys at its top (``header``), and a value in each cell."""

    index: Texts
    header: Texts
    value: str = "value"
    zeros: bool = False


class Unpivot(_Part):
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


class DocumentFields(_Part):
    """What the document of a file is, beside its name and SHA-256."""

    title: str | None = None
    url: str | None = None
    license: str | None = None
    retrieved: str | None = None
    issued: str | None = None


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


class TableSpec(_Part):
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
    values: dict[str, Annotated[Value, BeforeValidator(_as_value)]] = {}
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


class MappingSpec(_Part):
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


__all__ = [
    "DEFAULT_IDS", "Condition", "Conditions", "DocumentFields", "Join", "MappingSpec", "Matrix", "RecordSpec", "TableSpec",
    "Unpivot", "Value", "Where",
]  # fmt: skip
