"""Write the table of records of a large revision from its sources: some records at a time, so that memory does not grow.

That is needed where what a load kept is missing, damaged, or of an earlier form.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from heapq import merge as merge_sorted
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import pyoxigraph

from knockon.model import Statement
from knockon.rdf.merge import merge
from knockon.store.long_work import long_work
from knockon.store.pointer import StoredDataSet
from knockon.store.record_table import PlacedStatements, write_merged_records
from knockon.store.source_reader import NotInOrder, SourceReader

#: After how many records their number is shown.
_SHOWN = 1_000


def rebuild(path: Path, folder: Path, stored: Sequence[StoredDataSet], database: pyoxigraph.Store) -> None:
    """Write the records of data sets in the archive of a store folder, and those that they are together, into an empty file.

    Parameters
    ----------
    path
        The file.
    folder
        The store folder.
    stored
        The data sets.
    database
        The database of the revision.

    Raises
    ------
    InvalidStore
        A source is missing or damaged.
    NotInOrder
        A source was not written as this version writes it.
    OSError
        The file cannot be written.
    """
    every = sum(each.records for each in stored)
    message = f"reading the {every:,} records of {folder} again, once: they were not kept in the present form"
    with long_work.get()(message) as show:
        try:
            _write(path, [SourceReader(folder, each, database) for each in stored], every, show)
        except NotInOrder:
            path.write_bytes(b"")
            _write(path, [SourceReader(folder, each, database, sort=True) for each in stored], every, show)


def _write(path: Path, sources: Sequence[SourceReader], every: int, show: Callable[[int, int], None]) -> None:
    graphs = [source.data_set.graph for source in sources]
    write_merged_records(path, graphs, _shown(_merged(sources), every, show), lambda: [each.data_set for each in sources])


def _shown(records: Iterator[PlacedStatements], every: int, show: Callable[[int, int], None]) -> Iterator[PlacedStatements]:
    for done, record in enumerate(records):
        if done % _SHOWN == 0:
            show(done, every)
        yield record


def _merged(sources: Sequence[SourceReader]) -> Iterator[PlacedStatements]:
    """Yield each record once, in the order of IRIs, with what each data set states of it where there are several."""
    streams = [_by_iri(number, source) for number, source in enumerate(sources)]
    for _, group in groupby(merge_sorted(*streams, key=itemgetter(0)), key=itemgetter(0)):
        (_, first, record), *others = group
        if not others:
            yield PlacedStatements(record, sources[first].data_set.graph)
            continue
        stated = [(first, record), *((number, other) for _, number, other in others)]
        ((merged, graph),) = merge(replace(sources[number].data_set, records=(each,)) for number, each in stated)
        yield PlacedStatements(merged, graph, stated)


def _by_iri(number: int, source: SourceReader) -> Iterator[tuple[str, int, Statement]]:
    return ((record.id, number, record) for record in source)


__all__ = ["rebuild"]
