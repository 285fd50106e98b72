"""Draft a mapping from the columns of a file: every guess is marked, for its author to check."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from knockon.authoring.columns import normalize_column
from knockon.authoring.files import printable_path
from knockon.authoring.options import ReadOptions
from knockon.errors import InvalidData, Problem
from knockon.readers.collector import RecordCollector
from knockon.readers.foreign_file import ForeignFile
from knockon.readers.import_target import ImportTarget
from knockon.readers.mapping.column_looks import Column, column_looks
from knockon.readers.mapping.grids import is_workbook, read_sheets
from knockon.readers.mapping.model import MappingSpec
from knockon.readers.mapping.number_forms import decimal_sign
from knockon.readers.mapping.row_paths import ROW_NAME
from knockon.readers.mapping.suggested_rows import path_to_rows, values_around
from knockon.readers.mapping.table_spec import TableSpec
from knockon.readers.mapping.tables import TableReader
from knockon.readers.mapping.templates import template_of
from knockon.vocabulary import MY

#: How many rows are looked at.
_ROWS = 200
#: The names of columns, normalized, that mostly have a meaning; the first that a table has is taken.
_MEANINGS: Mapping[str, Sequence[str]] = {
    "id": ("id", "uid", "entitynumber", "lei", "code", "identifier", "key", "number", "nodeid", "rowname"),
    "name": ("name", "label", "legalname", "companyname", "entityname", "title", "rowname", "company", "supplier", "vendor"),
    "alias": ("alias", "altname", "altnames", "aliases", "aka", "alternativename", "othernames"),
    "country": ("country", "countrycode", "countryname", "jurisdiction", "nation", "location"),
    "provider": ("provider", "supplier", "vendor", "seller", "source", "from", "producer", "manufacturer", "subprocessor"),
    "dependant": ("dependant", "customer", "buyer", "client", "target", "to", "user", "consumer"),
    "need": (
        "need",
        "provided",
        "product",
        "item",
        "part",
        "material",
        "component",
        "service",
        "commodity",
        "purpose",
        "input",
    ),
    "owner": ("owner", "shareholder", "parent", "holder", "ownername"),
    "owned": ("owned", "subsidiary", "asset", "issuer", "company", "child"),
    "share": ("share", "percent", "percentage", "stake", "ownershippercentage", "portion", "shareprovided", "quota"),
    "from": ("from", "startdate", "start", "since", "begin", "dateadded", "listed", "validfrom"),
    "until": ("until", "enddate", "end", "expiration", "dateremoved", "validto", "expires"),
}
_ONE_COLUMN = "    # One cell: a line of text before the header? Say skip: LINES, and header: ROWS if the header has several."
_NO_NAME = "    # A column has values and no name: has the header several rows? Say header: ROWS."


def suggest_mapping(file: ForeignFile, options: ReadOptions) -> str:
    """Return a draft of a mapping for a file, as YAML with comments.

    Raises
    ------
    InvalidData
        The file cannot be read, or has no rows.
    """
    sheet = _largest_sheet(file, options)
    rows = path_to_rows(file)
    found = list(_columns(file, replace(options, sheets=(sheet,)) if sheet else options, rows))
    columns = [column for column in found if column.name]
    if not columns:
        raise InvalidData([Problem(file.name, None, "has no rows from which a mapping could be drafted")])
    roles = _roles(columns)
    values = list(_values(columns))
    top = [column.name for column in columns if "." not in column.name and "[]" not in column.name and column.name != ROW_NAME]
    lines = [
        f"# A draft for {printable_path(Path(file.file_name))}, made of its columns and values. Lines with GUESS are guesses:",
        "# check each, and delete what the file does not say. See what it gives with",
        "# knockon import FILE --mapping THIS.yaml --dry-run",
        f"title: {_quoted(file.stem)}",
        "# license: CC-BY-4.0",
        "# url: https://example.org/where-it-is-published",
        "tables:",
        f"  {_key(file.stem)}:",
        *([f"    sheet: {_quoted(sheet)}"] if sheet else []),
        *([f"    rows: {_quoted(rows)}  # GUESS: the most objects"] if rows else []),
        *([_ONE_COLUMN] if len(columns) == 1 else [_NO_NAME] if len(columns) < len(found) else []),
        f"    columns: [{', '.join(_quoted(name) for name in top[:6])}]",
        *(["    values:", *values] if values else []),
        "    records:",
        *_records(roles, {column.name: column for column in columns}),
        "# The columns and an example of each:",
        *(f"#   {_quoted(column.name)}: {column.example}" for column in columns),
    ]
    return "\n".join(lines) + "\n"


def _largest_sheet(file: ForeignFile, options: ReadOptions) -> str:
    """Return the sheet of a workbook with the most rows, where it has several: the others are covers and notes."""
    if not is_workbook(file):
        return ""
    sheets = read_sheets(file, options.sheets)
    # A row with one cell is a line of text.
    largest = max(sheets, key=lambda sheet: sum(sum(map(bool, row.cells)) > 1 for row in sheet.rows), default=None)
    return largest.name if largest is not None and len(sheets) > 1 else ""


def _columns(file: ForeignFile, options: ReadOptions, rows: str | None) -> Iterator[Column]:
    """Yield the columns of the first rows; one without a name only where it has values."""
    spec = TableSpec(rows=rows)
    collector = RecordCollector(ImportTarget("draft", MY, f"{MY}draft"), options=options)
    reader = TableReader(MappingSpec.model_construct(title="", tables={"a": spec}), spec, options, (), collector)
    samples: dict[str, list[str]] = {}
    for _, row in zip(range(_ROWS), reader.rows(file), strict=False):
        for name, value in values_around(row.values, rows):
            samples.setdefault(name, [])
            if value is not None and str(value).strip():
                samples[name].append(str(value).strip())
    decimal = decimal_sign(samples.values())
    for name, values in samples.items():
        if name or values:
            example = _quoted(values[0][:80]) if values else "(empty)"
            yield column_looks(name, values, decimal)._replace(example=example)


def _roles(columns: Sequence[Column]) -> dict[str, str]:
    """Return the column of each meaning, as far as names tell: one of that name, else one whose name begins with it."""
    by_key = {normalize_column(column.name.rpartition(".")[2]): column.name for column in reversed(columns)}
    roles: dict[str, str] = {}
    for meaning, names in _MEANINGS.items():
        # Of provider_name and provider_id the latter names the record.
        spellings = (name + end for name in names for end in ("", "id", "name", "code"))
        found = next((by_key[key] for key in spellings if key in by_key), None)
        if found is not None:
            roles[meaning] = found
    return roles


def _values(columns: Sequence[Column]) -> Iterator[str]:
    """Yield the values of columns whose texts must be read."""
    for column in columns:
        name, of = _key(column.name), _quoted(column.name)
        note = "; ".join(filter(None, (column.example, column.doubt)))
        if column.looks == "date":
            yield f"      {name}_date: {{of: {of}, date: {_quoted(column.detail)}}}  # GUESS: {note}"
        elif column.looks == "percent" or (column.looks == "number" and _is_share(column.name)):
            hint = f"0 to 100; fraction: 0 to 1 ({note})"
            yield f"      {name}_share: {{of: {of}, number: percent{column.detail}}}  # GUESS: {hint}"
        elif column.looks == "number":
            yield f"      {name}_number: {{of: {of}, number: any{column.detail}}}  # GUESS: {note}"
        elif column.looks == "list":
            yield f"      {name}_list: {{of: {of}, split: {_quoted(column.detail)}}}  # GUESS: several values in one cell"


def _is_share(name: str) -> bool:
    key = normalize_column(name)
    return any(word in key for word in ("share", "percent", "percentage", "stake", "quota", "portion"))


def _value(role: str, roles: Mapping[str, str], columns: Mapping[str, Column]) -> str:
    """Return the template for the column of a meaning: its value where it has one."""
    column = columns[roles[role]]
    suffix = {"date": "_date", "percent": "_share", "list": "_list"}.get(column.looks, "")
    if column.looks == "number" and _is_share(column.name):
        suffix = "_share"
    return f'"{{{_key(column.name)}{suffix}}}"' if suffix else _quoted(template_of(column.name))


def _records(roles: Mapping[str, str], columns: Mapping[str, Column]) -> Iterator[str]:
    """Yield the records that the meanings of the columns suggest."""
    of = {role: _value(role, roles, columns) for role in roles}
    share = [f"        share: {of['share']}  # GUESS"] if "share" in of else []
    if _differ(roles, "owner", "owned"):
        yield from [
            "      - class: Ownership  # GUESS",
            f"        owner: {of['owner']}",
            f"        owned: {of['owned']}",
            *share,
        ]
    elif _differ(roles, "provider", "dependant"):
        yield "      - class: Dependency  # GUESS: the first needs what the second provides"
        yield f"        dependant: {of['dependant']}"
        if _differ(roles, "need", "provider") and _differ(roles, "need", "dependant"):
            part = f", share: {of['share']}" if share else ""
            yield from [f"        need: {of['need']}", f"        supply: {{provider: {of['provider']}{part}}}"]
        else:
            yield f"        need: {of['provider']}"
    elif _differ(roles, "provider", "need"):
        yield "      - class: Provision  # GUESS: it provides this to everyone"
        yield from [f"        provider: {of['provider']}", f"        provided: {of['need']}", *share]
    else:
        yield from _entity(roles, of, columns)
    for role in ("from", "until"):
        if role in roles and columns[roles[role]].looks == "date":
            yield f"        {role}: {of[role]}  # GUESS"


def _differ(roles: Mapping[str, str], first: str, second: str) -> bool:
    """Return whether two meanings have a column each."""
    return first in roles and second in roles and roles[first] != roles[second]


def _entity(roles: Mapping[str, str], of: Mapping[str, str], columns: Mapping[str, Column]) -> Iterator[str]:
    """Yield the record of an entity with its names."""
    label = of.get("name") or _quoted(template_of(next(iter(columns))))
    yield "      - class: Company  # GUESS: or Product, Service, Material ..."
    yield f"        id: {of.get('id') or label}  # what the source itself numbers or names it by"
    yield f"        label: {label}"
    if _differ(roles, "alias", "name"):
        yield f"        altLabel: {of['alias']}  # GUESS"
    if "country" in of:
        yield f"        jurisdiction: {of['country']}  # GUESS"


def _key(name: str) -> str:
    """Return a word for a column that needs no quotes."""
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_") or "table"


def _quoted(text: str) -> str:
    """Return a text in quotes, as JSON and YAML read it; what cannot be printed is escaped."""
    quoted = json.dumps(text, ensure_ascii=False)
    return quoted if quoted.isprintable() else json.dumps(text)


__all__ = ["suggest_mapping"]
