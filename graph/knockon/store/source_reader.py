"""Read the records of a data set in the archive of a store folder some at a time, so that memory does not grow with them.

A source has its records in the order of their IRIs, each with its parts and its evidence, but for evidence that an earlier
record has too: that is read from the database.
"""

from __future__ import annotations

import gzip
import hashlib
import re
import sqlite3
import zlib
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from functools import cache
from itertools import chain, pairwise
from pathlib import Path

import pyoxigraph
from pyoxigraph import NamedNode, Quad, RdfFormat

from knockon.lazy_sequence import LazySequence
from knockon.model import CLASSES, DataSet, DataSetInfo, Statement
from knockon.rdf.fields import by_alias
from knockon.rdf.from_rdf import read
from knockon.rdf.selectors import SELECTOR
from knockon.store.archive import read_source, source_path
from knockon.store.invalid_store import InvalidStore
from knockon.store.pointer import StoredDataSet
from knockon.store.regular_files import open_regular
from knockon.store.updates import UPDATES
from knockon.vocabulary import DERIVED_GRAPH, RDF

#: How many bytes of N-Quads are read at once: some 5,000 records.
_BLOCK = 4 << 20
#: How many records are read at once where they are sorted.
_SORTED = 5_000
_EVIDENCE, _DERIVED = NamedNode(by_alias(Statement)["evidence"].iri), NamedNode(DERIVED_GRAPH)


class NotInOrder(Exception):
    """The records of a source are not in the order in which this version writes them, so that they must be read at once."""


class SourceReader:
    """Reader of the records of one data set in the archive, in the order of their IRIs.

    Parameters
    ----------
    folder
        The store folder.
    stored
        The data set.
    database
        A database that has its quads.
    sort
        Sort the records first, in a temporary file: where they are not in the order in which this version writes them.

    Attributes
    ----------
    data_set
        The data set, without its records; its triples of other vocabularies are known when all records were read.

    Raises
    ------
    InvalidStore
        The source is missing or damaged.
    NotInOrder
        It was not written as this version writes it.
    """

    def __init__(self, folder: Path, stored: StoredDataSet, database: pyoxigraph.Store, *, sort: bool = False) -> None:
        self._sort = sort
        self._path, self._stored, self._database = source_path(folder, stored.source), stored, database
        self._extra: list[Quad] = []
        if stored.id == UPDATES:
            # Its triples are as they were stated, in no order.
            self.data_set = read_source(folder, stored)
            self._records: Iterator[Statement] = iter(sorted(self.data_set.records, key=lambda record: record.id))
            return
        self._records = chain.from_iterable(self._blocks())
        info = next(self._records, None)
        if not isinstance(info, DataSetInfo):
            raise NotInOrder
        self.data_set = DataSet(info, LazySequence(tuple, stored.records), origin=stored.origin, loaded=stored.loaded)

    def __iter__(self) -> Iterator[Statement]:
        last, count = "", 0
        for record in self._records:
            if record.id <= last or isinstance(record, DataSetInfo):
                raise NotInOrder
            last, count = record.id, count + 1
            yield record
        if count != self._stored.records:
            raise NotInOrder
        self.data_set = replace(self.data_set, extra=(*self.data_set.extra, *self._extra))

    def _blocks(self) -> Iterator[Sequence[Statement]]:
        """Yield the records of each block, the description of the data set first."""
        is_first = True
        for text in self._sorted_texts() if self._sort else self._texts():
            quads = list(pyoxigraph.parse(text, RdfFormat.N_QUADS, lenient=True))
            elsewhere = self._evidence_elsewhere(quads)
            reading = read([*quads, *elsewhere], str(self._path), has_addresses=False)
            if reading.problems:
                raise NotInOrder
            known = {quad.subject for quad in elsewhere}
            self._extra += [quad for quad in reading.extra if quad.subject not in known]
            records = reading.records
            if is_first:
                records = tuple(sorted(records, key=lambda record: (not isinstance(record, DataSetInfo), record.id)))
            is_first = False
            yield records

    def _evidence_elsewhere(self, quads: Sequence[Quad]) -> list[Quad]:
        """Return the quads of the evidence that the records of a block have, and that is not in the block."""
        present = {quad.subject for quad in quads}
        missing = {quad.object for quad in quads if quad.predicate == _EVIDENCE and quad.object not in present}
        found = [quad for evidence in missing for quad in self._about(evidence)]
        return [*found, *(quad for link in found if link.predicate == SELECTOR for quad in self._about(link.object))]

    def _about(self, subject: object) -> list[Quad]:
        return [
            quad
            for quad in self._database.quads_for_pattern(subject, None, None, None)  # type: ignore[arg-type]
            if quad.graph_name != _DERIVED
        ]

    def _sorted_texts(self) -> Iterator[bytes]:
        """Yield the N-Quads in blocks of whole records, the first of all records, then in the order of their IRIs."""
        with closing(sqlite3.connect("", isolation_level=None)) as database:  # a temporary file
            database.execute("CREATE TABLE record (place INTEGER PRIMARY KEY, iri TEXT, content BLOB)")
            database.execute("BEGIN")
            for text in self._texts():
                starts = [match.start() for match in _record_start().finditer(text)]
                each = [text[start:end] for start, end in pairwise([0, *starts[1:], len(text)])]
                records = ((one[1 : one.index(b">")].decode(errors="replace"), one) for one in each)
                database.executemany("INSERT INTO record (iri, content) VALUES (?, ?)", records)
            ordered = database.execute("SELECT content FROM record ORDER BY place > 1, iri")
            while rows := ordered.fetchmany(_SORTED):
                yield b"".join(content for (content,) in rows)

    def _texts(self) -> Iterator[bytes]:
        """Yield the N-Quads in blocks of whole records.

        Raises
        ------
        InvalidStore
            They are missing or damaged.
        """
        digest, size, rest = hashlib.sha256(), 0, b""
        try:
            with open_regular(self._path) as compressed, gzip.open(compressed) as file:
                while block := file.read(_BLOCK):
                    digest.update(block)
                    size += len(block)
                    if size > self._stored.size:
                        break
                    rest += block
                    starts = [match.start() for match in _record_start().finditer(rest)]
                    if len(starts) > 1:
                        yield rest[: starts[-1]]
                        rest = rest[starts[-1] :]
        except (OSError, EOFError, zlib.error) as error:
            raise InvalidStore.unread(self._path, error) from None
        if size != self._stored.size or digest.hexdigest() != self._stored.source:
            raise InvalidStore(self._path)
        yield rest


@cache
def _record_start() -> re.Pattern[bytes]:
    """Return what the line with the class of a record begins with, which is the first one of the record."""
    classes = [cls.class_iri() for cls in CLASSES.values() if issubclass(cls, Statement) and not cls.nested]
    among = "|".join(sorted(map(re.escape, classes), key=len, reverse=True))
    return re.compile(rf"^<[^<>\s]+> <{re.escape(RDF)}type> <(?:{among})> ".encode(), re.MULTILINE)


__all__ = ["NotInOrder", "SourceReader"]
