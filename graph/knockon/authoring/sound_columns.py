"""Take over a table of dependencies column by column, where none of its cells needs a second look."""

from __future__ import annotations

from array import array
from collections.abc import Mapping

from knockon.authoring.cell_checks import CellChecks
from knockon.authoring.csv_form import SPECIAL, Form
from knockon.authoring.raw import NeedRows
from knockon.authoring.supplies import REQUIRED


def sound_columns(form: Form, names: Mapping[str, str]) -> NeedRows | None:
    """Return the rows of a table of dependencies; None if a cell may have a fault, or is not taken as it is.

    They are what ``TableRows`` makes of the rows one by one, but equal cells of a column are checked once.

    Parameters
    ----------
    form
        The table. Its columns state no class, and its numbers have decimal points and are no percentages.
    names
        The canonical name of each known column.
    """
    width, proper = len(form.columns), set(names.values())
    if not all(form.columns) or len(proper) < len(names) or {*map(len, form.written.values())} != {width}:
        return None
    checks, columns = CellChecks(), dict[str, list[str]]()
    for column, header, cells in zip(form.columns, form.header, zip(*form.written.values(), strict=True), strict=True):
        different = {*cells}
        # A cell that is named like its column may belong to the header once more.
        if header in different or any(cell[:1] in SPECIAL for cell in different if cell):
            return None
        name = names.get(column)
        if name is not None and different != {""}:
            # A plain number is no duration: it has a fault, also where such numbers are days.
            if any(checks.fault("Dependency", name, cell) for cell in different if cell):
                return None
            columns[name] = list(cells)
    if any("" in columns.get(name, [""]) for name in REQUIRED):
        return None
    return NeedRows(form.file, array("q", form.written), columns)


__all__ = ["sound_columns"]
