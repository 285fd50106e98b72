"""Workbooks made by hand, part by part, so that every odd cell can be written."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO, TypeVar
from xml.sax.saxutils import escape, quoteattr

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
#: Style 1 is a date, style 2 a percentage.
_STYLES = (
    f'<styleSheet xmlns="{_MAIN}"><fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/>'
    '</borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3"><xf numFmtId="0"/>'
    '<xf numFmtId="14" applyNumberFormat="1"/><xf numFmtId="9" applyNumberFormat="1"/></cellXfs></styleSheet>'
)


Target = TypeVar("Target", Path, IO[bytes])


def text(value: str) -> str:
    """A cell of text."""
    return f't="inlineStr"><is><t>{escape(value)}</t></is>'


def number(value: float, style: int = 0) -> str:
    """A cell with a number; style 1 shows it as a date, 2 as a percentage."""
    return f's="{style}"><v>{value}</v>'


def formula(value: str | None) -> str:
    """A cell with a formula, and what it came to where that was saved."""
    return ">" + "<f>A1&amp;B1</f>" + (f"<v>{value}</v>" if value is not None else "")


def error(word: str) -> str:
    """A cell with an error."""
    return f't="e"><v>{word}</v>'


def workbook(
    path: Target, sheets: Mapping[str, list[list[str]]], merged: Mapping[str, str] | None = None, hidden: tuple[str, ...] = ()
) -> Target:
    """A workbook at a path; a cell that is not one of the above is text, and an empty one is left out."""
    types = (
        f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/></Types>'
    )
    numbered = list(enumerate(sheets, 1))
    states = dict.fromkeys(hidden, ' state="hidden"')
    names = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{at}" r:id="rId{at}"{states.get(name, "")}/>' for at, name in numbered
    )
    relations = f'<Relationship Id="rIdS" Type="{_REL}/styles" Target="styles.xml"/>' + "".join(
        f'<Relationship Id="rId{at}" Type="{_REL}/worksheet" Target="worksheets/sheet{at}.xml"/>' for at, _ in numbered
    )
    root = f'<Relationship Id="rId1" Type="{_REL}/officeDocument" Target="xl/workbook.xml"/>'
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", types)
        archive.writestr("_rels/.rels", f'<Relationships xmlns="{_PACKAGE}/relationships">{root}</Relationships>')
        archive.writestr("xl/workbook.xml", f'<workbook xmlns="{_MAIN}" xmlns:r="{_REL}"><sheets>{names}</sheets></workbook>')
        archive.writestr(
            "xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{_PACKAGE}/relationships">{relations}</Relationships>'
        )
        archive.writestr("xl/styles.xml", _STYLES)
        for at, (name, rows) in enumerate(sheets.items(), 1):
            archive.writestr(f"xl/worksheets/sheet{at}.xml", _sheet(rows, (merged or {}).get(name, "")))
    return path


def _sheet(rows: list[list[str]], merged: str) -> str:
    lines = []
    for at, row in enumerate(rows, 1):
        cells = "".join(
            f'<c r="{chr(65 + place)}{at}" {cell if ">" in cell else text(cell)}</c>' for place, cell in enumerate(row) if cell
        )
        lines.append(f'<row r="{at}">{cells}</row>')
    ranges = f'<mergeCells count="1"><mergeCell ref="{merged}"/></mergeCells>' if merged else ""
    return f'<worksheet xmlns="{_MAIN}"><sheetData>{"".join(lines)}</sheetData>{ranges}</worksheet>'
