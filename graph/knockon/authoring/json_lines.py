"""JSON Lines: one record a line, with the fields that it has in YAML, and its class and id beside them."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from knockon.authoring.columns import plain
from knockon.authoring.files import CONTROL
from knockon.authoring.options import PLAIN, ReadOptions
from knockon.authoring.raw import Raw, Sheet, Table
from knockon.authoring.source import Source
from knockon.errors import Notice, Problem
from knockon.model import STATEMENTS
from knockon.model.faults import HINTS, did_you_mean
from knockon.rdf.fields import by_alias

_FORM = 'write e.g. {"class": "Company", "id": "acme", "label": "Acme"}'
#: A record nests six deep at most, as in YAML.
_DEPTH = 20


def read_json_lines(source: Source, options: ReadOptions = PLAIN, without: Collection[int] = ()) -> Sheet:
    """The records of a JSON Lines file, and what is wrong with its form; the lines in ``without`` are passed over.

    Blank lines are passed over. Every value is taken as the text that stands there, as in YAML.
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
        sheet.problems.append(Problem(source.name, None, "is empty", _FORM))
        sheet.whole = False
    rename = {plain(old): new for old, new in options.rename}
    unknown: dict[str, int] = {}
    for at, line in lines.items():
        if at in without:
            continue
        record = _parsed(line, source.name, at, sheet.problems)
        if record is not None:
            named = {rename.get(plain(name), name): value for name, value in record.items()}
            _record(sheet, named, source.name, at, unknown if options.ignore_unknown else None)
    if unknown:
        message = f"fields left out: {', '.join(unknown)}"
        sheet.notices.append(Notice(source.name, min(unknown.values()), message, "--ignore-unknown"))
    _foreign(sheet, source.name, lines)
    return sheet


def _parsed(line: str, file: str, at: int, problems: list[Problem]) -> dict[str, Any] | None:
    twice: list[str] = []

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        record = dict(items)
        if len(record) < len(items):
            names: set[str] = set()
            for name, _ in items:
                if name in names:
                    twice.append(name)
                names.add(name)
        return record

    try:
        value = json.loads(line, object_pairs_hook=pairs, parse_float=str, parse_int=str, parse_constant=str)
    except RecursionError:
        problems.append(Problem(file, at, f"is nested more than {_DEPTH} deep"))
        return None
    except ValueError as error:
        problems.append(Problem(file, at, f"is no JSON: {error}", f"one record a line; {_FORM}"))
        return None
    if not isinstance(value, dict):
        problems.append(Problem(file, at, "is no record", _FORM))
        return None
    if twice:
        problems.append(Problem(file, at, f"duplicate field {twice[0][:100]!r}"))
        return None
    try:
        as_text: dict[str, Any] = _as_text(value, 0)
    except ValueError as error:
        problems.append(Problem(file, at, str(error)))
        return None
    return as_text


def _as_text(value: Any, depth: int) -> Any:
    """A JSON value with every scalar as text; null is nothing."""
    if depth > _DEPTH:
        raise ValueError(f"is nested more than {_DEPTH} deep")
    if isinstance(value, dict):
        return {name: _as_text(one, depth + 1) for name, one in value.items()}
    if isinstance(value, list):
        return [_as_text(one, depth + 1) for one in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str) and (control := CONTROL.search(value)):
        raise ValueError(f"holds the control character U+{ord(control.group()):04X}")
    return value


def _record(sheet: Sheet, record: dict[str, Any], file: str, at: int, unknown: dict[str, int] | None) -> None:
    cls, name = record.pop("class", None), record.pop("id", None)
    if cls is None:
        sheet.problems.append(Problem(file, at, "has no class", _FORM))
    elif not isinstance(cls, str) or cls not in STATEMENTS:
        classes = STATEMENTS if len(sheet.problems) < HINTS else ()
        hint = did_you_mean(str(cls)[:100], classes, f"e.g. {', '.join(list(STATEMENTS)[:3])}")
        sheet.problems.append(Problem(file, at, f"unknown class {str(cls)[:100]!r}", hint))
        sheet.lost.update([name] if isinstance(name, str) else [])
    elif not isinstance(name, str) or not name:
        sheet.problems.append(Problem(file, at, "has no id", _FORM))
    else:
        if unknown is not None:
            known = by_alias(STATEMENTS[cls])
            for field in [field for field in record if field not in known]:
                unknown.setdefault(field, at)
                del record[field]
        sheet.raws.append(Raw(cls, name, record, file, at, rows=[at]))


def _foreign(sheet: Sheet, file: str, lines: dict[int, str]) -> None:
    """One problem instead of one a line where nothing in the file is a record of ours."""
    without = [problem for problem in sheet.problems if problem.message == "has no class"]
    if without and len(without) == len(lines) and len(lines) > 1:
        fields = list(json.loads(lines[min(lines)]))
        kind = "looks like FollowTheMoney" if {"schema", "properties"} <= set(fields) else f"its fields are {', '.join(fields)}"
        hint = f"{_FORM}, one record a line; or convert it to a table"
        sheet.problems[:] = [Problem(file, min(lines), f"none of {len(lines):,} lines has a class ({kind[:200]})", hint)]
        sheet.whole = False
