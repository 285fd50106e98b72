"""Write the rejected rows of an import into a file that is imported again once they are corrected."""

from __future__ import annotations

from collections.abc import Iterator

from knockon.authoring.options import ReadOptions
from knockon.authoring.rejects_file import WrittenRow, as_csv
from knockon.readers.import_report import ImportReport, RejectedPlace
from knockon.readers.repeated_cells import written_once


def write_rejects(report: ImportReport, options: ReadOptions) -> None:
    """Write the rejected rows of an import to the file that the options name, if they name one."""
    if options.rejects is not None:
        from knockon.store.atomic_write import write_bytes

        rows = (row for place in report.rejected for row in _written_rows(place))
        write_bytes(options.rejects, as_csv(written_once(rows)).encode())


def _written_rows(place: RejectedPlace) -> Iterator[WrittenRow]:
    """Yield the lines of the file of rejected rows for a place: one for each of its rows, at least one."""
    file, line = place.file, str(place.line or 0)
    if place.origin is not None:
        file, line = place.origin
    elif not place.line:
        file = f"{file} {place.selector}".strip()
    yield from (WrittenRow(file, line, place.reason, row) for row in place.rows or ({},))


__all__ = ["write_rejects"]
