"""Write the database, the archive and the table of records of a store whose only data set has plain records, in one pass."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import NamedTuple

from knockon.model import DataSet, Statement
from knockon.rdf.ontology import ontology
from knockon.rdf.plain_derived import can_be_derived, derived_lines, description_lines, evidence_type_lines, type_lines
from knockon.rdf.plain_records import PlainRecord, PlainRecords, QuadWriter, shared_evidence
from knockon.store.archive import SourceWriter
from knockon.store.database import DatabaseWriter
from knockon.store.pointer import Database, StoredDataSet
from knockon.store.records_writer import RecordsWriter

#: The records, or the lines of derived triples, whose text is one bulk of the database: about 80,000 quads, 20 MB. Larger bulks
#: take more memory, and no less time: the database sorts each of them.
_RECORDS, _LINES = 8_000, 100_000


class Built(NamedTuple):
    """A database that was built, and the data set in the archive."""

    database: Database
    stored: StoredDataSet


def plain_records(data_sets: Iterable[DataSet]) -> PlainRecords | None:
    """Return the plain records of the only data set; None if there are others, or more than text is needed for it."""
    first, *rest = data_sets or (None,)
    if first is None or rest or first.extra or first.stated or not isinstance(first.records, PlainRecords):
        return None
    return first.records if can_be_derived(first.records) else None


def least_quads(records: PlainRecords) -> int:
    """Return a number of quads that records have at least."""
    return 6 * len(records.dependencies) + 2 * len(records.entities) + 3 * len(records.documents)


def build(folder: Path, data_set: DataSet, records: PlainRecords, loaded: str) -> Built:
    """Write a data set into the archive of a store folder, and a database of it alone; wait until they are on the disk.

    The table of its records is written beside the database, where it can be.

    Raises
    ------
    OSError
        They cannot be written.
    """
    with (
        SourceWriter(folder) as archive,
        DatabaseWriter(folder) as database,
        RecordsWriter(database.kept_files, data_set) as table,
    ):
        triples = 0
        for part, text, derived in _texts(data_set, records):
            triples += text.count(b"\n")
            archive.write(text)
            database.load(text + derived)
            table.write(part)
            del text, derived  # while the next ones are made
        table.end()
        lines = chain(description_lines(data_set.info, records, triples), (f"{quad} .\n" for quad in ontology()))
        for chunk in chain(_chunks(derived_lines(records, data_set.graph)), _chunks(lines)):
            database.load(chunk)
            del chunk
        stored = archive.finish(data_set.info, len(records), data_set.origin, loaded)
        table.keep(stored)
        return Built(database.finish(), stored)


class _Part(NamedTuple):
    """Some records, their N-Quads, and those of the superclasses that follow from them."""

    records: Sequence[PlainRecord | Statement]
    text: bytes
    derived: bytes


def _texts(data_set: DataSet, records: PlainRecords) -> Iterator[_Part]:
    """Yield the N-Quads of the records in parts, in the order of their IRIs."""
    writer = QuadWriter(data_set.graph, shared_evidence(records))
    start = writer.lines(data_set.info)
    remaining = iter(records.in_order())
    while chunk := list(islice(remaining, _RECORDS)):
        lines, above = start, []
        for record in chunk:
            lines += writer.lines(record)
            above.append(type_lines(record))
        above += evidence_type_lines(writer.take_new_evidence())
        part = _Part(chunk, "".join(lines).encode(), "".join(above).encode())
        start, lines, above = [], [], []
        yield part
        del part


def _chunks(lines: Iterator[str]) -> Iterator[bytes]:
    # A chunk is not held while the next one is made.
    while text := "".join(islice(lines, _LINES)):
        content = text.encode()
        del text
        yield content
        del content


__all__ = ["Built", "build", "least_quads", "plain_records"]
