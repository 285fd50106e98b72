"""What the target queries of a data set select, for its prebuilt form: a shock then needs no database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from pyoxigraph import NamedNode

from knockon.model import DataSet, Shock
from knockon.model.dataset import KnownTargets
from knockon.model.dates import Calendar
from knockon.query.budget import current_budget
from knockon.query.target_queries import run_target_query
from knockon.store.base import Store
from knockon.store.oxigraph import MemoryStore
from knockon.store.worlds import world


def select_targets(data_set: DataSet) -> KnownTargets:
    """Return what each target query of a data set selects, in its worlds since the day on which it was issued.

    What a question asks for is the world of today, or that of another day: between two dates in the data it is the same.
    Queries that select a severity are left out, and so are other worlds, such as that of one document: they are asked.
    """
    store = MemoryStore(data_set, checked=True, trusted=True)
    queries = sorted(
        {hit.target_query for shock in store.records.of_class(Shock) for hit in shock.hit if hit.target_query is not None}
    )
    calendar = Calendar(tuple(store.records.dated))
    worlds = {
        frozenset(each.absent): each.store for day in _days(calendar, data_set.info.issued) if (each := world(store, as_of=day))
    }
    return {absent: dict(_selected(worlds[absent], queries)) for absent in sorted(worlds, key=sorted)}


def _days(calendar: Calendar, issued: date | None) -> Iterator[date | None]:
    """Yield a day of each interval from the day of publication on in which the same records hold, after no day at all."""
    first = issued or date.min
    yield from (None, first)
    yield from (day for day in calendar.turns if day > first)


def _selected(store: Store, queries: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield each query that selects targets alone, with their IRIs."""
    for query in queries:
        answer = run_target_query(store, query, current_budget())
        names = {variable.value for variable in answer.variables()}
        if "target" in names and "severity" not in names:
            targets = (row["target"] for row in answer.solutions())
            yield query, sorted({target.value for target in targets if isinstance(target, NamedNode)})
