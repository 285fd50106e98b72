"""Read JSON Lines: one record on each line, with its class, its id and the fields that it has in YAML."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from knockon.authoring.columns import normalize_column
from knockon.authoring.files import CONTROL
from knockon.authoring.languages import base_of
from knockon.authoring.options import DEFAULTS, ReadOptions
from knockon.authoring.provisions import SHORT_FORM, split_provisions
from knockon.authoring.raw import Raw, Sheet, Table
from knockon.authoring.source import Source
from knockon.errors import Notice, Problem
from knockon.model import STATEMENTS, is_a
from knockon.model.validation_errors import HINTS, did_you_mean
from knockon.rdf.fields import by_alias

_EXAMPLE = 'write e.g. {"class": "Company", "id": "acme", "label": "Acme"}'
#: The deepest nesting; valid records have at most six levels.
_MAX_DEPTH = 20


def read_json_lines(source: Source, options: ReadOptions = DEFAULTS, without: Collection[int] = ()) -> Sheet:
    """Read the records and problems of a JSON Lines file; the lines in ``without`` are skipped.

    Blank lines are skipped. Every scalar is read as text, as in YAML.
    """
    sheet = Sheet()
    text = source.text()
    if isinstance(text, Problem):
        sheet.problems.append(text)
        sheet.whole = False
        return sheet
    lines = {at: line for at, line in enumerate(text.split("\n"), 1) if line.strip()}
    sheet.table = Table(source.name, ["record"], {at: [line.strip()] for at, line in lines.items()})
    if not lines:
        sheet.problems.append(Problem(source.name, None, "is empty", _EXAMPLE))
        sheet.whole = False
    rename = {normalize_column(old): new for old, new in options.rename}
    unknown: dict[str, int] = {}
    for at, line in lines.items():
        if at in without:
            continue
        record = _parse_line(line, source.name, at, sheet.problems)
        if record is not None:
            named = {rename.get(normalize_column(name), name): value for name, value in record.items()}
            _add_record(sheet, named, source.name, at, unknown if options.ignore_unknown else None)
    if unknown:
        message = f"fields left out: {', '.join(unknown)}"
        sheet.notices.append(Notice(source.name, min(unknown.values()), message, "--ignore-unknown"))
    _report_other_format(sheet, source.name, lines)
    return sheet


def _parse_line(line: str, file: str, at: int, problems: list[Problem]) -> dict[str, Any] | None:
    duplicates: list[str] = []

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        record = dict(items)
        if len(record) < len(items):
            names: set[str] = set()
            for name, _ in items:
                if name in names:
                    duplicates.append(name)
                names.add(name)
        return record

    try:
        value = json.loads(line, object_pairs_hook=pairs, parse_float=str, parse_int=str, parse_constant=str)
    except RecursionError:
        problems.append(Problem(file, at, f"has more than {_MAX_DEPTH} levels of nesting"))
        return None
    except ValueError as error:
        problems.append(Problem(file, at, f"is not valid JSON: {error}", f"one record a line; {_EXAMPLE}"))
        return None
    if not isinstance(value, dict):
        problems.append(Problem(file, at, "is not a record", _EXAMPLE))
        return None
    if duplicates:
        problems.append(Problem(file, at, f"duplicate field {duplicates[0][:100]!r}"))
        return None
    try:
        as_text: dict[str, Any] = _as_text(value, 0)
    except ValueError as error:
        problems.append(Problem(file, at, str(error)))
        return None
    return as_text


def _as_text(value: Any, depth: int) -> Any:
    """Return a JSON value with every scalar as text; null stays None."""
    if depth > _MAX_DEPTH:
        raise ValueError(f"has more than {_MAX_DEPTH} levels of nesting")
    if isinstance(value, dict):
        return {name: _as_text(item, depth + 1) for name, item in value.items()}
    if isinstance(value, list):
        return [_as_text(item, depth + 1) for item in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str) and (control := CONTROL.search(value)):
        raise ValueError(f"contains the control character U+{ord(control.group()):04X}")
    return value


def _add_record(sheet: Sheet, record: dict[str, Any], file: str, at: int, unknown: dict[str, int] | None) -> None:
    cls, name = record.pop("class", None), record.pop("id", None)
    if cls is None:
        sheet.problems.append(Problem(file, at, "has no class", _EXAMPLE))
    elif not isinstance(cls, str) or cls not in STATEMENTS:
        classes = STATEMENTS if len(sheet.problems) < HINTS else ()
        hint = did_you_mean(str(cls)[:100], classes, f"e.g. {', '.join(list(STATEMENTS)[:3])}")
        sheet.problems.append(Problem(file, at, f"unknown class {str(cls)[:100]!r}", hint))
        sheet.lost.update([name] if isinstance(name, str) else [])
    elif not isinstance(name, str) or not name:
        sheet.problems.append(Problem(file, at, "has no id", _EXAMPLE))
    else:
        if unknown is not None:
            known = {*by_alias(STATEMENTS[cls]), *([SHORT_FORM] if is_a(cls, "Entity") else [])}
            for field in [field for field in record if base_of(field) not in known]:
                unknown.setdefault(field, at)
                del record[field]
        raw = Raw(cls, name, record, file, at, rows=[at])
        sheet.raws += [*split_provisions(raw, sheet.problems), raw]


def _report_other_format(sheet: Sheet, file: str, lines: dict[int, str]) -> None:
    """Replace the problems of all lines by one if no line has a class: the file is in another format."""
    problems = [problem for problem in sheet.problems if problem.message == "has no class"]
    if problems and len(problems) == len(lines) and len(lines) > 1:
        fields = list(json.loads(lines[min(lines)]))
        kind = "looks like FollowTheMoney" if {"schema", "properties"} <= set(fields) else f"its fields are {', '.join(fields)}"
        hint = f"{_EXAMPLE}, one record on each line; or convert it to a table"
        sheet.problems[:] = [Problem(file, min(lines), f"none of {len(lines):,} lines has a class ({kind[:200]})", hint)]
        sheet.whole = False
