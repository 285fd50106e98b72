"""Read YAML files: class name, then id, then fields.

Every scalar is read as text, and the model interprets it. So ``NO`` stays
Norway's code and ``0020`` keeps its zeros. Anchors, aliases and tags are
refused: data files do not need them, and they can make a small file expand to
a large one.
"""

from __future__ import annotations

from typing import Any

from knockon.authoring.provisions import split_provisions
from knockon.authoring.raw import Raw, Route, Sheet
from knockon.authoring.source import Source
from knockon.authoring.yaml_tree import Node, parse, to_python
from knockon.errors import Problem
from knockon.model import STATEMENTS
from knockon.model.validation_errors import did_you_mean


def read_mapping(source: Source, problems: list[Problem]) -> tuple[dict[str, Any], dict[Route, int]] | None:
    """Read a YAML file that is one mapping (dataset.yaml), with the lines of its values; None if it cannot be read."""
    node = _parse_source(source, problems)
    if node is None:
        return None
    if node.kind != "map":
        problems.append(Problem(source.name, node.line, "must map names to values", "write e.g. `name: acme-suppliers`"))
        return None
    lines: dict[Route, int] = {}
    return to_python(node, (), lines, source.name, problems), lines


def read_yaml(source: Source) -> Sheet:
    """Read the records and problems of a YAML file."""
    sheet = Sheet()
    file = source.name
    node = _parse_source(source, sheet.problems)
    if node is None:
        sheet.whole = False
        return sheet
    if node.kind != "map":
        hint = "write `Company:` and the records below it"
        sheet.problems.append(Problem(file, node.line, "must map class names to records", hint))
        sheet.whole = False
        return sheet
    first: dict[str, int] = {}
    for cls, line, section in node.pairs(file, sheet.problems):
        if cls in first:
            hint = f"first in line {first[cls]}; put its records there"
            sheet.problems.append(Problem(file, line, f"duplicate class {cls!r}", hint))
        first.setdefault(cls, line)
        _read_section(sheet, file, cls, line, section)
    return sheet


def _read_section(sheet: Sheet, file: str, cls: str, line: int, section: Node) -> None:
    if cls not in STATEMENTS:
        sheet.problems.append(Problem(file, line, f"unknown class {cls[:100]}", did_you_mean(cls, STATEMENTS)))
        sheet.lost.update(name for name, _, _ in section.pairs(file, sheet.problems))
    elif section.kind == "map":
        for name, at, node in section.pairs(file, sheet.problems):
            _read_record(sheet, Raw(cls, name, {}, file, at), node)
    elif section.kind == "list" or section.text is not None:
        hint = "write `acme:` and its fields below it"
        sheet.problems.append(Problem(file, section.line, f"{cls} must map ids to records", hint))
        # The section may contain records in a form without ids.
        sheet.whole = False


def _read_record(sheet: Sheet, raw: Raw, node: Node) -> None:
    if node.kind == "map":
        raw.data = to_python(node, (), raw.lines, raw.file, sheet.problems)
        sheet.raws += [*split_provisions(raw, sheet.problems), raw]
    else:
        sheet.problems.append(Problem(raw.file, raw.line, f"{raw.id}: must have fields", "write `label: ...` below it"))
        sheet.lost.add(raw.id)


def _parse_source(source: Source, problems: list[Problem]) -> Node | None:
    text = source.text()
    if isinstance(text, Problem):
        problems.append(text)
        return None
    return parse(text, source.name, problems)
