"""What an import counts and tells beside its records: rows, those left out, notices, columns, and rejected rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping

from knockon.authoring.columns import normalize_column
from knockon.errors import Notice
from knockon.readers.foreign_file import ForeignFile
from knockon.readers.import_report import RejectedPlace
from knockon.readers.record_drafts import Place
from knockon.readers.rejected_places import PlaceKey, RejectedPlaces

#: After how many rows the progress is told.
_STEP = 10_000


class ImportTally:
    """What one import counts and tells beside its records.

    Parameters
    ----------
    skip
        Places that an earlier pass has rejected.
    progress
        Called with the number of rows read so far.

    Examples
    --------
    >>> tally = ImportTally()
    >>> tally.progress(2)
    >>> tally.reject("doc-firms", Place("row:3", 3), "has no id")
    >>> tally.rows, [place.reason for place in tally.rejected.values()]
    (2, ['has no id'])
    >>> tally.reading("owners.csv")
    >>> tally.progress(3)
    >>> tally.rows_by_file
    (('owners.csv', 3),)
    """

    def __init__(self, skip: Collection[PlaceKey] = (), progress: Callable[[int], None] | None = None) -> None:
        self._skip, self._progress = skip, progress
        #: The names of the files by the ids of their documents.
        self._files: dict[str, str] = {}
        self._rejected = RejectedPlaces()
        self._left_out: Counter[str] = Counter()
        self._notices: dict[Notice, None] = {}
        self._passed_over: dict[str, None] = {}
        #: The columns of the files by their normalized names, and the sheets that were read, which options may name.
        self.columns: dict[str, str] = {}
        self.sheets: list[str] = []
        self.rows = 0
        #: The files in the order in which they were read, each with the number of rows before it.
        self._readings: list[tuple[str, int]] = []

    def reject(
        self,
        document: str,
        place: Place,
        reason: str,
        hint: str = "",
        row: Mapping[str, str] | None = None,
    ) -> None:
        """Reject a place, with the reason: whatever is added there is left out.

        ``row`` are its values by column, for the file of rejected rows; a place may have several rows.
        """
        reason = f"{reason} ({hint})" if hint else reason
        self._rejected.add((document, place), self._files.get(document, document), reason)
        if row:
            self.keep_row(document, place, row)

    def leave_out(self, reason: str, count: int = 1) -> None:
        """Count rows that are outside of what is modelled, which is not an error."""
        self._left_out[reason] += count

    def notice(self, notice: Notice) -> None:
        """Add a notice on how a file was read; the same one again says nothing more."""
        self._notices[notice] = None

    def pass_over(self, file: ForeignFile, reason: str, hint: str = "") -> None:
        """Count a file of a folder or archive that is not read, and say so in a notice."""
        self._passed_over[file.name] = None
        self.notice(Notice(file.name, None, f"not read: {reason}", hint))

    def has_columns(self, names: Iterable[str]) -> None:
        """Note the columns that a file has (or attributes, or types of edges), which options may name."""
        self.columns.update((normalize_column(name), name) for name in names if name)

    def skips(self, document: str, place: Place) -> bool:
        """Return whether an earlier pass rejected a row."""
        return bool(self._skip) and (document, place) in self._skip

    def keep_row(self, document: str, place: Place, row: Mapping[str, str]) -> None:
        """Keep the values of a row that is rejected, once, for the file of rejected rows."""
        self._rejected.keep_row((document, place), row)

    def has_origin(self, document: str, place: Place, origin: tuple[str, str]) -> None:
        """Note the file and line that a file of rejected rows states of a row."""
        self._rejected.has_origin((document, place), origin)

    @property
    def rejected_rows(self) -> Mapping[PlaceKey, tuple[Mapping[str, str], ...]]:
        """The values of the rows at each rejected place."""
        return self._rejected.rows()

    def progress(self, rows: int = 1) -> None:
        """Count rows that were read."""
        before, self.rows = self.rows, self.rows + rows
        if self._progress is not None and before // _STEP != self.rows // _STEP:
            self._progress(self.rows)

    def reading(self, file: str) -> None:
        """Note that the rows counted from now on are of a file."""
        self._readings.append((file, self.rows))

    @property
    def rows_by_file(self) -> tuple[tuple[str, int], ...]:
        """How many rows were read of each file, in the order in which they were read."""
        counts: dict[str, int] = {}
        # Where no file was read there is no reading.
        begins = [*(begin for _, begin in self._readings), self.rows]
        for (file, begin), end in zip(self._readings, begins[1:], strict=True):
            counts[file] = counts.get(file, 0) + end - begin
        return tuple(counts.items())

    @property
    def rejected(self) -> Mapping[PlaceKey, RejectedPlace]:
        """The places that are rejected so far."""
        return self._rejected.places


__all__ = ["ImportTally"]
