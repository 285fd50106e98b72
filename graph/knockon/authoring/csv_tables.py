"""CSV tables: one row a record, columns named like the fields; several rows of one need make its supplies.

A table tells its class by its name (``companies.csv``), by a column ``class``,
or by its columns: ``dependant`` and ``need`` make dependencies, ``owner`` and
``owned`` ownerships, ``subject`` and ``object`` relations.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from knockon.authoring.raw import LOCAL, Raw
from knockon.errors import Problem, nearest
from knockon.model import CLASSES, STATEMENTS
from knockon.rdf.fields import by_alias
from knockon.store.files import slug

_BY_COLUMNS = {("dependant", "need"): "Dependency", ("owner", "owned"): "Ownership", ("subject", "object"): "Relation"}
#: Columns that belong to the supply of a row, not to its dependency.
_SUPPLY = {"provider", "share", "delay"}
#: Columns a dependency table may have beside the fields: what the things it names are.
_ABOUT = {"dependantClass", "needClass", "providerClass"}


class Table(NamedTuple):
    """What a table holds: records, problems, and the entities it names (id, label, class, line) but does not declare."""

    raws: list[Raw]
    problems: list[Problem]
    implied: list[Raw]


def read_csv(path: Path, shown: str) -> Table:
    """The records of a CSV table, and what is wrong with its form."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return _broken(Problem(shown, None, f"is no UTF-8 text (byte {error.start})", "save it as CSV UTF-8"))
    if "\0" in text:
        return _broken(Problem(shown, text[: text.index("\0")].count("\n") + 1, "holds a NUL character"))
    rows, problems = _rows(text, shown)
    if not rows:
        return _broken(*problems)
    header, cls = rows[0][1], _class_of(path, rows[0][1])
    problems += _header_problems(header, cls, shown)
    if problems:
        return _broken(*problems)
    found = [(line, dict(zip(header, row, strict=True))) for line, row in rows[1:]]
    if cls == "Dependency":
        return _dependencies(found, shown)
    raws = []
    for line, row in found:
        name = cls or row.pop("class", "")
        if name not in STATEMENTS:
            close = nearest(name, STATEMENTS)
            problems.append(Problem(shown, line, f"unknown class {name!r}", f"did you mean {', '.join(close)}?" if close else ""))
            continue
        raws.append(_raw(name, row, shown, line))
    return Table(raws, problems, [])


def _broken(*problems: Problem) -> Table:
    return Table([], list(problems), [])


def _rows(text: str, shown: str) -> tuple[list[tuple[int, list[str]]], list[Problem]]:
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(text.splitlines(keepends=True), delimiter=delimiter, strict=True)
    rows: list[tuple[int, list[str]]] = []
    problems = []
    start = 1
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                cells = [cell.strip() for cell in row]
                if rows and len(cells) != len(rows[0][1]):
                    wrong = f"has {len(cells)} cells, and the header has {len(rows[0][1])}"
                    problems.append(Problem(shown, start, wrong, "put text with a delimiter in it between double quotes"))
                else:
                    rows.append((start, cells))
            start = reader.line_num + 1
    except csv.Error as error:
        problems.append(Problem(shown, start, f"is no CSV: {error}"))
    if not rows and not problems:
        problems.append(Problem(shown, None, "is empty", "the first row names the columns"))
    return rows, problems


def _class_of(path: Path, header: list[str]) -> str:
    for columns, cls in _BY_COLUMNS.items():
        if set(columns) <= set(header):
            return cls
    plain = path.stem.replace("-", "").replace("_", "").lower()
    for name in STATEMENTS:
        lower = name.lower()
        if plain in {lower, lower + "s", lower.removesuffix("y") + "ies"}:
            return "" if "class" in header else name
    return ""


def _header_problems(header: list[str], cls: str, shown: str) -> list[Problem]:
    if not cls and "class" not in header:
        hint = "name the columns dependant and need, or add a column class, or name the file after a class (companies.csv)"
        return [Problem(shown, 1, f"cannot tell what these rows are: columns {', '.join(header)}", hint)]
    known = set(by_alias(STATEMENTS[cls])) if cls else {alias for c in STATEMENTS.values() for alias in by_alias(c)}
    known |= {"id", "class"} | (_SUPPLY | _ABOUT if cls == "Dependency" else set())
    problems = []
    for place, column in enumerate(header):
        if column not in known:
            close = nearest(column, known)
            problems.append(Problem(shown, 1, f"unknown column {column!r}", f"did you mean {', '.join(close)}?" if close else ""))
        elif column in header[:place]:
            problems.append(Problem(shown, 1, f"column {column} stands twice"))
    return problems


def _raw(cls: str, row: dict[str, str], shown: str, line: int) -> Raw:
    data = {k: _cell(cls, k, v) for k, v in row.items() if v != "" and k not in {"id", "class"}}
    identifier = row.get("id") or slug(row.get("label") or "-".join(v for k, v in row.items() if k in _NAMING and v) or f"row-{line}")
    return Raw(cls, identifier, data, shown, line)


_NAMING = {"owner", "owned", "subject", "relationType", "object", "about", "metric", "period"}


def _cell(cls: str, column: str, value: str) -> Any:
    field = by_alias(CLASSES[cls]).get(column)
    if field is not None and field.many:
        return [part.strip() for part in value.split(";") if part.strip()]
    return value


def _dependencies(rows: list[tuple[int, dict[str, str]]], shown: str) -> Table:
    groups: dict[str, Raw] = {}
    implied: dict[str, Raw] = {}
    problems: list[Problem] = []
    for line, row in rows:
        missing = [column for column in ("dependant", "need") if not row[column]]
        if missing:
            problems.append(Problem(shown, line, f"{' and '.join(missing)} is empty"))
            continue
        for entity in _named(row, shown, line):
            if implied.setdefault(entity.id, entity).cls == "Entity":
                implied[entity.id].cls = entity.cls
        key = row.get("id") or f"{local(row['dependant'])}--needs--{local(row['need'])}"
        own = {k: _cell("Dependency", k, v) for k, v in row.items() if v and k not in _SUPPLY | _ABOUT | {"id"}}
        raw = groups.setdefault(key, Raw("Dependency", key, {**own, "supply": []}, shown, line))
        for name, value in own.items():
            if raw.data.setdefault(name, value) != value:
                clash = f"{name} is {value!r} here and {raw.data[name]!r} in line {raw.line}"
                problems.append(Problem(shown, line, clash, "rows of one need say the same, or have ids of their own"))
        problems += _supplies(raw, row, line)
    for raw in groups.values():
        # A share for every provider says how they combine, unless the table says otherwise.
        if raw.data["supply"] and all("share" in s for s in raw.data["supply"]):
            raw.data.setdefault("combination", "Shares")
    return Table(list(groups.values()), problems, list(implied.values()))


def _named(row: dict[str, str], shown: str, line: int) -> Iterator[Raw]:
    for column in ("dependant", "need", "provider"):
        for name in (row.get(column) or "").split(";") if column == "provider" else [row[column]]:
            if name.strip() and ":" not in name:
                yield Raw(row.get(column + "Class") or "Entity", local(name.strip()), {"label": name.strip()}, shown, line)


def local(name: str) -> str:
    """The local name of a thing that a table calls by any name: itself if it could be one, else made of it.

    >>> local("acme-widgets"), local("Acme Widgets")
    ('acme-widgets', 'acme-widgets')
    """
    return name if LOCAL.fullmatch(name) else slug(name)


def _supplies(raw: Raw, row: dict[str, str], line: int) -> list[Problem]:
    providers = [p.strip() for p in row.get("provider", "").split(";") if p.strip()]
    extra = {k: row[k] for k in ("share", "delay") if row.get(k)}
    if extra and len(providers) != 1:
        return [Problem(raw.file, line, f"{' and '.join(extra)} needs exactly one provider in its row")]
    for provider in providers:
        if any(s["provider"] == provider for s in raw.data["supply"]):
            return [Problem(raw.file, line, f"{provider} stands twice as provider of {raw.data['need']} for {raw.data['dependant']}")]
        raw.lines[("supply", len(raw.data["supply"]))] = line
        raw.data["supply"].append({"provider": provider, **extra})
    return []
