"""The merged records of data sets one after the other, so that those that a store keeps are not in memory all at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from heapq import merge as merge_sorted
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import NamedTuple

from knockon.errors import InvalidData, Problem
from knockon.model import DataSet, Statement
from knockon.model.records import Streamed, each
from knockon.rdf.merge import combine, difference

#: Shows how many records of how many were gone through.
Show = Callable[[int, int], None]
#: After how many records their number is shown.
_SHOWN = 1_000


class Merged(NamedTuple):
    """A record as all data sets state it together, and as each states it, by its number."""

    record: Statement
    stated: Sequence[tuple[int, Statement]]


class RecordStream:
    """The merged records of data sets in the order of their IRIs, as ``merge`` makes them; they can be gone through again.

    Parameters
    ----------
    data_sets
        The data sets; their numbers are their places in it.
    show
        Shows how many records were gone through.

    Examples
    --------
    >>> from knockon.model import Company, DataSetInfo
    >>> acme = Company(id="urn:x:acme", label="Acme")
    >>> data_sets = [DataSet(DataSetInfo(id=f"urn:x:data-{name}", title=name), (acme,)) for name in "ab"]
    >>> [(merged.record.name, len(merged.stated)) for merged in RecordStream(data_sets)]
    [('acme', 2)]
    """

    def __init__(self, data_sets: Sequence[DataSet], show: Show = lambda _done, _every: None) -> None:
        self.data_sets, self._show = data_sets, show
        # As in ``merge``: what other data sets state too belongs to their graphs, not to those of updates.
        self._order = sorted(range(len(data_sets)), key=lambda number: bool(data_sets[number].stated))

    def __iter__(self) -> Iterator[Merged]:
        """Yield the records.

        Raises
        ------
        InvalidData
            Two data sets contain different records with the same id; when all records were yielded.
        """
        every, done = sum(len(data_set.records) for data_set in self.data_sets), 0
        problems: list[tuple[int, Problem]] = []
        streams = [self._of(place, number) for place, number in enumerate(self._order)]
        for _, group in groupby(merge_sorted(*streams, key=itemgetter(0)), key=itemgetter(0)):
            stated = [(place, record) for _, place, record in group]
            if done // _SHOWN != (done := done + len(stated)) // _SHOWN:
                self._show(done, every)
            yield self._merged(stated, problems)
        if problems:
            problems.sort(key=itemgetter(0))
            raise InvalidData([problem for _, problem in problems])

    def _of(self, place: int, number: int) -> Iterator[tuple[str, int, Statement]]:
        return ((record.id, place, record) for record in _in_order(self.data_sets[number].records))

    def _merged(self, stated: Sequence[tuple[int, Statement]], problems: list[tuple[int, Problem]]) -> Merged:
        """Return what data sets, by their places in the order of the merge, state of one record; add how they differ."""
        (first, merged), *others = stated
        graph = self.data_sets[self._order[first]].graph
        for place, record in others:
            if merged != record:
                combined = combine(merged, record)
                if combined is None:
                    problems.append((place, difference(self.data_sets[self._order[place]], record, graph)))
                else:
                    merged = combined
        return Merged(merged, [(self._order[place], record) for place, record in stated])


def _in_order(records: Sequence[Statement]) -> Iterator[Statement]:
    return each(records, Statement) if isinstance(records, Streamed) else iter(sorted(records, key=attrgetter("id")))


__all__ = ["Merged", "RecordStream", "Show"]
