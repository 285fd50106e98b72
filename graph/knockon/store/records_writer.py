"""Write the table of the records of a revision while its database is built, so that neither waits for the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from queue import SimpleQueue
from types import TracebackType
from typing import TYPE_CHECKING, Self

from knockon.model import DataSet, Statement
from knockon.rdf.plain_records import PlainRecord
from knockon.store.kept import KeptFiles
from knockon.store.plain_record_table import write_plain_records
from knockon.store.pointer import StoredDataSet
from knockon.store.record_files import ALL, records_key

if TYPE_CHECKING:
    from concurrent.futures import Future

_Part = Sequence[PlainRecord | Statement]


class RecordsWriter:
    """Writer of the table of the records of the only data set of a revision, in parts; a thread writes them.

    Where the table cannot be written it is not kept, as if it had never been begun: who needs the records reads the sources.

    Parameters
    ----------
    files
        The kept files of the revision.
    data_set
        The data set.
    """

    def __init__(self, files: KeptFiles, data_set: DataSet) -> None:
        # Who only reads stores does without.
        from concurrent.futures import ThreadPoolExecutor

        self._files, self._data_set = files, data_set
        #: The parts that were not written yet, and what follows them. Their records are in memory anyway, so that it need not
        #: be bounded.
        self._parts = SimpleQueue[_Part | None]()
        self._stored = SimpleQueue[StoredDataSet | None]()
        self._abandoned = False
        self._thread = ThreadPoolExecutor(1, "records")
        self._kept: Future[None] = self._thread.submit(self._write)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        # What was kept is not waiting for these any more.
        self._abandoned = True
        self._parts.put(None)
        self._stored.put(None)
        self._thread.shutdown()

    def write(self, records: _Part) -> None:
        """Add records, which follow the earlier ones in the order of IRIs."""
        self._parts.put(records)

    def end(self) -> None:
        """Finish the table, since all records were added; it is not waited for."""
        self._parts.put(None)

    def keep(self, stored: StoredDataSet) -> None:
        """Wait until the table is complete, and keep it for a revision that has the data set."""
        self._stored.put(stored)
        self._kept.result()

    def _write(self) -> None:
        with suppress(OSError, _Abandoned), self._files.new_file(ALL) as file:
            write_plain_records(file, self._data_set, self._added())
            if (stored := self._stored.get()) is not None:
                self._files.keep(ALL, records_key([stored]), file)

    def _added(self) -> Iterator[_Part]:
        """Yield the parts, each when it was added."""
        while (part := self._parts.get()) is not None:
            if self._abandoned:
                break
            yield part
        if self._abandoned:
            raise _Abandoned


class _Abandoned(Exception):
    """The revision is not made."""


__all__ = ["RecordsWriter"]
